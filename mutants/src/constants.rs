//! What is computed at compile time is computed at run time instead, so that mutants can act in it.
//!
//! A function that holds a mutant is `const` no more. A constant that holds one, or names what holds one, becomes a
//! static that is computed when it is first read, and each expression that names it reads it. Where a constant must
//! remain one, as in the length of an array, the compiler says so.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use proc_macro2::{TokenStream, TokenTree};
use syn::Token;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

use crate::Result;

/// All constants and constant functions of the crate.
#[derive(Debug, Default)]
pub struct Constants {
    all: Vec<Constant>,
    /// By a file and a name that it imports, the module that the import names before it.
    imports: BTreeMap<Named, String>,
}

#[derive(Debug)]
struct Constant {
    file: String,
    name: String,
    range: Range<usize>,
    /// The names that it says, of constants and others.
    says: BTreeSet<String>,
    /// What makes it one that is computed at run time.
    edits: Vec<Edit>,
    is_function: bool,
}

/// A constant, by its file and its name.
pub type Named = (String, String);

/// A range of a text, and what stands there instead.
#[derive(Clone, Debug)]
pub struct Edit(pub Range<usize>, pub &'static str);

impl Constants {
    /// Adds those of a file.
    pub fn read(&mut self, file: &str, source: &str) -> Result<()> {
        Reader { file, source, found: self }.visit_file(&syn::parse_file(source)?);
        Ok(())
    }

    /// Those that are computed at run time: they hold a mutant, or name what does. Those that must `remain` are not, nor is
    /// what they name.
    pub fn late(
        &self,
        holds_mutant: impl Fn(&str, &Range<usize>) -> bool,
        remain: &BTreeSet<Named>,
    ) -> BTreeSet<Named> {
        let mut remain = remain.clone();
        while let Some(more) = self.all.iter().find_map(|one| {
            let named = one.says.iter().filter_map(|name| self.find(&one.file, name));
            let mut left = named.filter(|named| !remain.contains(named));
            remain.contains(&one.key()).then(|| left.next())?
        }) {
            remain.insert(more);
        }
        let mut late = BTreeSet::new();
        while let Some(more) = self.all.iter().find(|one| {
            let mut named = one.says.iter().filter_map(|name| self.find(&one.file, name));
            let is_free = !remain.contains(&one.key()) && !late.contains(&one.key());
            is_free
                && (holds_mutant(&one.file, &one.range) || named.any(|named| late.contains(&named)))
        }) {
            late.insert(more.key());
        }
        late
    }

    /// How a file is changed when these are computed at run time.
    pub fn edits(&self, file: &str, source: &str, late: &BTreeSet<Named>) -> Result<Vec<Edit>> {
        let own = self.all.iter().filter(|one| one.file == file && late.contains(&one.key()));
        let mut edits: Vec<Edit> = own.flat_map(|one| one.edits.clone()).collect();
        let is_late = |name: &str| {
            let named = self.find(file, name).filter(|named| late.contains(named));
            named.is_some_and(|named| {
                self.all.iter().any(|one| one.key() == named && !one.is_function)
            })
        };
        Uses { is_late: &is_late, edits: &mut edits }.visit_file(&syn::parse_file(source)?);
        edits.sort_by_key(|edit| (edit.0.start, edit.0.end));
        Ok(edits)
    }

    /// The constant that a file means by a name: its own, or that of the file that is nearest.
    pub fn find(&self, file: &str, name: &str) -> Option<Named> {
        let named = self.all.iter().filter(|one| one.name == name);
        let imported = self.imports.get(&(file.to_owned(), name.to_owned()));
        let near = |one: &&Constant| {
            let shared = one.file.split('/').zip(file.split('/')).take_while(|(a, b)| a == b);
            let is_imported =
                imported.is_some_and(|module| one.file.ends_with(&format!("/{module}.rs")));
            (one.file == file, is_imported, shared.count())
        };
        named.max_by_key(near).map(Constant::key)
    }
}

impl Constant {
    fn key(&self) -> Named {
        (self.file.clone(), self.name.clone())
    }
}

/// The identifiers of a text; none if it is no Rust.
pub fn identifiers(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut left: Vec<TokenStream> = text.parse().into_iter().collect();
    while let Some(tokens) = left.pop() {
        for token in tokens {
            match token {
                TokenTree::Ident(name) => found.extend([name.to_string()]),
                TokenTree::Group(group) => left.push(group.stream()),
                _ => {}
            }
        }
    }
    found
}

/// A text with edits, which are in order.
pub fn edited(source: &str, edits: &[Edit]) -> String {
    let mut text = String::new();
    let mut at = 0;
    for Edit(range, instead) in edits {
        text.push_str(&source[at..range.start]);
        text.push_str(instead);
        at = range.end;
    }
    text + &source[at..]
}

/// Where a range is after edits. It has what was put at its start and its end.
pub fn moved(range: &Range<usize>, edits: &[Edit]) -> Range<usize> {
    let moved = |at: usize, before: &mut dyn Iterator<Item = &Edit>| {
        before.fold(at, |at, Edit(range, instead)| at + instead.len() - range.len())
    };
    let start = moved(range.start, &mut edits.iter().filter(|edit| edit.0.start < range.start));
    start..moved(range.end, &mut edits.iter().filter(|edit| edit.0.end <= range.end))
}

/// Finds constants.
struct Reader<'a> {
    file: &'a str,
    source: &'a str,
    found: &'a mut Constants,
}

impl Reader<'_> {
    fn found(&mut self, name: &syn::Ident, node: &impl Spanned, edits: Vec<Edit>) {
        let range = node.span().byte_range();
        self.found.all.push(Constant {
            file: self.file.to_owned(),
            name: name.to_string(),
            says: identifiers(&self.source[range.clone()]),
            range,
            is_function: edits.len() == 1,
            edits,
        });
    }

    fn function(&mut self, signature: &syn::Signature, node: &impl Spanned) {
        if let Some(keyword) = signature.constness {
            let edits = vec![Edit(keyword.span.byte_range(), "")];
            self.found(&signature.ident, node, edits);
        }
    }

    fn value(
        &mut self,
        name: &syn::Ident,
        node: &impl Spanned,
        keyword: &impl Spanned,
        (its_type, value): (&syn::Type, &syn::Expr),
    ) {
        let (its_type, value) = (its_type.span().byte_range(), value.span().byte_range());
        let edits = vec![
            Edit(keyword.span().byte_range(), "static"),
            Edit(its_type.start..its_type.start, "std::sync::LazyLock<"),
            Edit(its_type.end..its_type.end, ">"),
            Edit(value.start..value.start, "std::sync::LazyLock::new(|| "),
            Edit(value.end..value.end, ")"),
        ];
        self.found(name, node, edits);
    }
}

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_item_fn(&mut self, node: &'ast syn::ItemFn) {
        self.function(&node.sig, node);
        visit::visit_item_fn(self, node);
    }

    fn visit_impl_item_fn(&mut self, node: &'ast syn::ImplItemFn) {
        self.function(&node.sig, node);
        visit::visit_impl_item_fn(self, node);
    }

    fn visit_item_const(&mut self, node: &'ast syn::ItemConst) {
        // What has no name is an assertion, which nobody reads.
        if node.ident != "_" {
            self.value(&node.ident, node, &node.const_token, (&node.ty, &node.expr));
        }
        visit::visit_item_const(self, node);
    }

    fn visit_item_static(&mut self, node: &'ast syn::ItemStatic) {
        self.value(&node.ident, node, &node.static_token, (&node.ty, &node.expr));
        visit::visit_item_static(self, node);
    }

    fn visit_use_path(&mut self, node: &'ast syn::UsePath) {
        let trees = match &*node.tree {
            syn::UseTree::Group(group) => group.items.iter().collect(),
            tree => vec![tree],
        };
        for tree in trees {
            if let syn::UseTree::Name(name) = tree {
                let key = (self.file.to_owned(), name.ident.to_string());
                self.found.imports.insert(key, node.ident.to_string());
            }
        }
        visit::visit_use_path(self, node);
    }
}

/// Finds the expressions that name constants which are computed at run time.
struct Uses<'a> {
    is_late: &'a dyn Fn(&str) -> bool,
    edits: &'a mut Vec<Edit>,
}

impl<'ast> Visit<'ast> for Uses<'_> {
    fn visit_expr_path(&mut self, node: &'ast syn::ExprPath) {
        let segments = &node.path.segments;
        if segments.last().is_some_and(|last| (self.is_late)(&last.ident.to_string())) {
            let range = node.span().byte_range();
            self.edits.push(Edit(range.start..range.start, "(*"));
            self.edits.push(Edit(range.end..range.end, ")"));
        }
    }

    // What stands in a pattern must be a constant.
    fn visit_pat(&mut self, _: &'ast syn::Pat) {}

    fn visit_macro(&mut self, node: &'ast syn::Macro) {
        if let Ok(values) =
            node.parse_body_with(Punctuated::<syn::Expr, Token![,]>::parse_terminated)
        {
            values.iter().for_each(|value| self.visit_expr(value));
        }
    }
}

#[cfg(test)]
mod tests;
