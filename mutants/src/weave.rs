//! A source file with all of its mutants, each of which acts when the program is told so.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::ops::Range;

use syn::spanned::Spanned;
use syn::visit::{self, Visit};

use crate::Result;
use crate::constants::{Edit, edited, moved};
use crate::mutant::{Genre, Mutant};

/// A text, and where in it each mutant is.
#[derive(Debug)]
pub struct Woven {
    pub text: String,
    pub places: Vec<Place>,
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

/// Weaves mutants, each with its number and its place, into the file they belong to, after these edits.
pub fn weave(
    source: &str,
    edits: &[Edit],
    mutants: &[(usize, &Mutant, Range<usize>)],
) -> Result<Woven> {
    let source = &edited(source, edits);
    let mut sites = Sites::default();
    sites.visit_file(&syn::parse_file(source)?);

    let mut nodes: Vec<Node> = Vec::new();
    for &(number, mutant, ref span) in mutants {
        let Some((range, shape, change)) = sites.change(source, mutant, moved(span, edits)) else {
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
    Ok(Woven { text, places })
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
#[derive(Default)]
struct Sites {
    /// Of an operator's start: the operator, and the expression.
    operators: HashMap<usize, (Range<usize>, Range<usize>)>,
    /// The expression of operators that the next one is in, without parentheses between them: with another operator it may be
    /// read in another order.
    chain: Option<Range<usize>>,
    /// Of an arm's start: the end of its pattern, and its guard.
    arms: HashMap<usize, (usize, Option<Range<usize>>)>,
    /// Of a field's start: the expression of the struct, and the field with its comma.
    fields: HashMap<usize, (Range<usize>, Range<usize>)>,
    matches: Vec<Range<usize>>,
}

impl Sites {
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
                let (operator, whole) = self.operators.get(&span.start)?;
                (whole.clone(), Shape::Expression, without(whole, operator, &mutant.replacement))
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
}

impl<'ast> Visit<'ast> for Sites {
    fn visit_expr_binary(&mut self, node: &'ast syn::ExprBinary) {
        let operator = range(&node.op);
        let whole = self.chain.take().unwrap_or_else(|| range(node));
        self.operators.insert(operator.start, (operator, whole.clone()));
        for side in [&node.left, &node.right] {
            self.chain = matches!(**side, syn::Expr::Binary(_)).then(|| whole.clone());
            self.visit_expr(side);
        }
    }

    fn visit_expr_unary(&mut self, node: &'ast syn::ExprUnary) {
        let operator = range(&node.op);
        self.operators.insert(operator.start, (operator, range(node)));
        visit::visit_expr_unary(self, node);
    }

    fn visit_arm(&mut self, node: &'ast syn::Arm) {
        let start = range(node).start;
        let (pattern, guard) = match &node.pat {
            syn::Pat::Guard(guarded) => (&*guarded.pat, Some(range(&guarded.guard))),
            pattern => (pattern, None),
        };
        self.arms.insert(start, (range(pattern).end, guard));
        visit::visit_arm(self, node);
    }

    fn visit_expr_match(&mut self, node: &'ast syn::ExprMatch) {
        self.matches.push(range(node));
        visit::visit_expr_match(self, node);
    }

    fn visit_expr_struct(&mut self, node: &'ast syn::ExprStruct) {
        let whole = range(node);
        for pair in node.fields.pairs() {
            let field = range(pair.value());
            let end = pair.punct().map_or(field.end, |comma| range(*comma).end);
            self.fields.insert(field.start, (whole.clone(), field.start..end));
        }
        visit::visit_expr_struct(self, node);
    }
}

fn range(node: &impl Spanned) -> Range<usize> {
    node.span().byte_range()
}

#[cfg(test)]
mod tests;
