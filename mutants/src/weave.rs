//! A source file with all of its mutants, each of which acts when the program is told so.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::ops::Range;

use proc_macro2::LineColumn;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

use crate::Result;
use crate::mutant::{Genre, Mutant, Position};

/// A text, and where in it each mutant is.
#[derive(Debug)]
pub struct Woven {
    pub text: String,
    pub places: Vec<Place>,
    /// The numbers of those that cannot act at run time: they are in what is computed at compile time, for instance.
    pub apart: Vec<usize>,
}

/// Bytes of a text that are there for mutants.
#[derive(Debug)]
pub struct Place {
    pub range: Range<usize>,
    /// Their numbers.
    pub mutants: Vec<usize>,
    /// Whether it is a `match` with arms that may be deleted.
    pub is_match: bool,
}

/// Weaves mutants, each with its number, into the file they belong to.
pub fn weave(source: &str, mutants: &[(usize, &Mutant)]) -> Result<Woven> {
    let lines = Lines::new(source);
    let mut sites = Sites::new(&lines);
    sites.visit_file(&syn::parse_file(source)?);

    let mut nodes: Vec<Node> = Vec::new();
    let mut apart = Vec::new();
    for &(number, mutant) in mutants {
        let span = (lines.find(mutant.span.start), lines.find(mutant.span.end));
        let (Some(start), Some(end)) = span else {
            return Err(format!("{}: the file has changed since it was listed", mutant.name).into());
        };
        if sites.is_constant(mutant.genre, start) {
            apart.push(number);
            continue;
        }
        let Some((range, shape, change)) = sites.change(source, mutant, start..end) else {
            return Err(format!("{}: it is not where it should be", mutant.name).into());
        };
        match nodes.iter_mut().find(|node| node.range == range && node.shape == shape) {
            Some(node) => node.changes.push((number, change)),
            None => nodes.push(Node { range, shape, changes: vec![(number, change)] }),
        }
    }
    for arms in &sites.matches {
        let of_arms = |node: &&Node| matches!(node.shape, Shape::Arm | Shape::ArmGuard);
        let numbers = nodes.iter().filter(of_arms).filter(|node| arms.contains(&node.range.start));
        let changes: Vec<_> = numbers.flat_map(|node| node.changes.clone()).collect();
        if !changes.is_empty() {
            nodes.push(Node { range: arms.clone(), shape: Shape::Match, changes });
        }
    }
    // What is around comes before what is within.
    nodes.sort_by_key(|node| {
        (node.range.start, !node.shape.is_body(), Reverse(node.range.end), node.shape)
    });

    let mut loom = Loom { source, nodes: &nodes, text: String::new(), places: Vec::new() };
    loom.write(0..source.len());
    let Loom { text, places, .. } = loom;
    Ok(Woven { text, places, apart })
}

/// A place of the source that is written anew.
#[derive(Debug)]
struct Node {
    range: Range<usize>,
    shape: Shape,
    /// Numbers of mutants, and what stands there instead.
    changes: Vec<(usize, String)>,
}

/// In the order in which they enclose each other where ranges are equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Shape {
    /// Before the first statement of a function.
    Body,
    /// The body of a function that returns an iterator of a type without a name.
    Iterator,
    /// A `match`, which stays as it is.
    Match,
    /// After the pattern of an arm that has no guard.
    Arm,
    /// A guard, of an arm that may be deleted.
    ArmGuard,
    /// A guard that is replaced.
    Guard,
    /// An expression that is replaced.
    Expression,
}

impl Shape {
    /// Whether it is around all that begins where it does.
    fn is_body(self) -> bool {
        matches!(self, Self::Body | Self::Iterator)
    }
}

struct Loom<'a> {
    source: &'a str,
    nodes: &'a [Node],
    text: String,
    places: Vec<Place>,
}

impl<'a> Loom<'a> {
    /// Writes a range of the source, with the nodes that are left and lie in it.
    fn write(&mut self, range: Range<usize>) {
        let mut at = range.start;
        while let Some((node, rest)) = self.nodes.split_first() {
            if node.range.start >= range.end {
                break;
            }
            self.nodes = rest;
            self.add(&self.source[at..node.range.start]);
            self.node(node);
            at = node.range.end;
        }
        self.add(&self.source[at..range.end]);
    }

    fn node(&mut self, node: &'a Node) {
        let begin = self.text.len();
        let numbers: Vec<usize> = node.changes.iter().map(|(number, _)| *number).collect();
        match node.shape {
            Shape::Body => {
                for (number, change) in &node.changes {
                    self.add(format!("if crate::mutant::acts({number}) {{ return "));
                    self.place(*number, change);
                    self.add("; } ");
                }
            }
            Shape::Iterator => {
                // `if … { Mutant(…) } else { Own(if … { Mutant(…) } else { Own({ … }) }) }`
                for (number, change) in &node.changes {
                    self.add(format!(
                        "if crate::mutant::acts({number}) {{ crate::mutant::Either::Mutant("
                    ));
                    self.place(*number, change);
                    self.add(") } else { crate::mutant::Either::Own(");
                }
                self.add("{ ");
                self.write(node.range.clone());
                self.add(" }");
                self.add(") }".repeat(node.changes.len()));
            }
            Shape::Match => self.write(node.range.clone()),
            Shape::Arm => self.add(format!(" if !crate::mutant::acts({})", numbers[0])),
            Shape::ArmGuard => {
                self.add(format!("!crate::mutant::acts({}) && (", numbers[0]));
                self.write(node.range.clone());
                self.text.push(')');
            }
            Shape::Guard | Shape::Expression => {
                self.text.push('(');
                for (number, change) in &node.changes {
                    self.add(format!("if crate::mutant::acts({number}) {{ "));
                    self.place(*number, change);
                    self.add(" } else ");
                }
                self.add("{ ");
                self.write(node.range.clone());
                self.add(" })");
            }
        }
        let is_match = node.shape == Shape::Match;
        self.places.push(Place { range: begin..self.text.len(), mutants: numbers, is_match });
    }

    fn add(&mut self, text: impl AsRef<str>) {
        self.text.push_str(text.as_ref());
    }

    fn place(&mut self, number: usize, change: &str) {
        let begin = self.text.len();
        self.add(change);
        self.places.push(Place {
            range: begin..self.text.len(),
            mutants: vec![number],
            is_match: false,
        });
    }
}

/// Where things are in a file, in bytes.
struct Sites<'a> {
    lines: &'a Lines,
    /// Of an operator: the expression.
    operators: HashMap<Range<usize>, Range<usize>>,
    /// Of an arm's start: the end of its pattern, and its guard.
    arms: HashMap<usize, (usize, Option<Range<usize>>)>,
    /// Of a field's start: the expression of the struct, and the field with its comma.
    fields: HashMap<usize, (Range<usize>, Range<usize>)>,
    matches: Vec<Range<usize>>,
    /// What is computed at compile time.
    constant: Vec<Range<usize>>,
}

impl<'a> Sites<'a> {
    fn new(lines: &'a Lines) -> Self {
        Self {
            lines,
            operators: HashMap::new(),
            arms: HashMap::new(),
            fields: HashMap::new(),
            matches: Vec::new(),
            constant: Vec::new(),
        }
    }

    fn range(&self, node: &impl Spanned) -> Range<usize> {
        let span = node.span();
        let find = |at: LineColumn| self.lines.find(at.into()).unwrap_or_default();
        find(span.start())..find(span.end())
    }

    /// The place that a mutant changes, and its text then.
    fn change(
        &self,
        source: &str,
        mutant: &Mutant,
        span: Range<usize>,
    ) -> Option<(Range<usize>, Shape, String)> {
        let without = |whole: &Range<usize>, part: &Range<usize>, with: &str| {
            format!("{}{with}{}", &source[whole.start..part.start], &source[part.end..whole.end])
        };
        Some(match mutant.genre {
            Genre::FnValue if mutant.returns_iterator() => {
                (span, Shape::Iterator, mutant.replacement.clone())
            }
            Genre::FnValue => (span.start..span.start, Shape::Body, mutant.replacement.clone()),
            Genre::BinaryOperator | Genre::UnaryOperator => {
                let whole = self.operators.get(&span)?;
                (whole.clone(), Shape::Expression, without(whole, &span, &mutant.replacement))
            }
            Genre::MatchArm => match self.arms.get(&span.start)? {
                (_, Some(guard)) => (guard.clone(), Shape::ArmGuard, String::new()),
                (end, None) => (*end..*end, Shape::Arm, String::new()),
            },
            Genre::MatchArmGuard => (span, Shape::Guard, mutant.replacement.clone()),
            Genre::StructField => {
                let (whole, field) = self.fields.get(&span.start)?;
                (whole.clone(), Shape::Expression, without(whole, field, ""))
            }
        })
    }

    fn is_constant(&self, genre: Genre, start: usize) -> bool {
        self.constant.iter().any(|range| {
            // A constant may be the first statement of what is computed at run time.
            let is_statement = genre == Genre::FnValue && range.start == start;
            range.contains(&start) && !is_statement
        })
    }

    fn compile_time(&mut self, node: &impl Spanned) {
        let range = self.range(node);
        self.constant.push(range);
    }
}

impl<'ast> Visit<'ast> for Sites<'_> {
    fn visit_expr_binary(&mut self, node: &'ast syn::ExprBinary) {
        let (operator, whole) = (self.range(&node.op), self.range(node));
        self.operators.insert(operator, whole);
        visit::visit_expr_binary(self, node);
    }

    fn visit_expr_unary(&mut self, node: &'ast syn::ExprUnary) {
        let (operator, whole) = (self.range(&node.op), self.range(node));
        self.operators.insert(operator, whole);
        visit::visit_expr_unary(self, node);
    }

    fn visit_arm(&mut self, node: &'ast syn::Arm) {
        let start = self.range(node).start;
        let end = self.range(&node.pat).end;
        let guard = node.guard.as_ref().map(|(_, guard)| self.range(guard));
        self.arms.insert(start, (end, guard));
        visit::visit_arm(self, node);
    }

    fn visit_expr_match(&mut self, node: &'ast syn::ExprMatch) {
        let whole = self.range(node);
        self.matches.push(whole);
        visit::visit_expr_match(self, node);
    }

    fn visit_expr_struct(&mut self, node: &'ast syn::ExprStruct) {
        let whole = self.range(node);
        for pair in node.fields.pairs() {
            let field = self.range(pair.value());
            let end = pair.punct().map_or(field.end, |comma| self.range(*comma).end);
            self.fields.insert(field.start, (whole.clone(), field.start..end));
        }
        visit::visit_expr_struct(self, node);
    }

    fn visit_item_const(&mut self, node: &'ast syn::ItemConst) {
        self.compile_time(node);
    }

    fn visit_item_static(&mut self, node: &'ast syn::ItemStatic) {
        self.compile_time(node);
    }

    fn visit_impl_item_const(&mut self, node: &'ast syn::ImplItemConst) {
        self.compile_time(node);
    }

    fn visit_expr_const(&mut self, node: &'ast syn::ExprConst) {
        self.compile_time(node);
    }

    fn visit_item_fn(&mut self, node: &'ast syn::ItemFn) {
        if node.sig.constness.is_some() {
            self.compile_time(node);
        }
        visit::visit_item_fn(self, node);
    }

    fn visit_impl_item_fn(&mut self, node: &'ast syn::ImplItemFn) {
        if node.sig.constness.is_some() {
            self.compile_time(node);
        }
        visit::visit_impl_item_fn(self, node);
    }
}

/// Where lines begin, and how wide their characters are.
struct Lines(Vec<Vec<usize>>);

impl Lines {
    fn new(source: &str) -> Self {
        let mut start = 0;
        let lines = source.split_inclusive('\n').map(|line| {
            let mut bytes: Vec<usize> = line.char_indices().map(|(at, _)| start + at).collect();
            start += line.len();
            bytes.push(start);
            bytes
        });
        Self(lines.collect())
    }

    fn find(&self, position: Position) -> Option<usize> {
        self.0.get(position.line.checked_sub(1)?)?.get(position.column.checked_sub(1)?).copied()
    }
}

impl From<LineColumn> for Position {
    fn from(at: LineColumn) -> Self {
        Self { line: at.line, column: at.column + 1 }
    }
}

#[cfg(test)]
mod tests;
