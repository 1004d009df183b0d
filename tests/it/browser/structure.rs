//! The files of `src/browser` make no circle, so that each can be read after those that it names.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// The file that holds the parts together, and names them all.
const JOINS: &str = "agent";

/// Every file of code, with those in a folder counted to the file of its name.
fn texts() -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/browser");
    let mut folders = vec![root.clone()];
    let mut texts: BTreeMap<String, String> = BTreeMap::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let first = path.strip_prefix(&root).unwrap().iter().next().unwrap().to_str().unwrap();
            let name = first.trim_end_matches(".rs").to_owned();
            texts.entry(name).or_default().push_str(&code(&fs::read_to_string(&path).unwrap()));
        }
    }
    texts
}

/// Of each file the others that it imports, by their names without `.rs`.
fn imports() -> BTreeMap<String, BTreeSet<String>> {
    let mut texts = texts();
    let exported = exported(&texts.remove("mod").unwrap());
    texts.remove(JOINS).unwrap();
    let edges = texts.iter().map(|(name, text)| {
        let uses = ["use super::", "use crate::browser::"];
        let words = uses.into_iter().flat_map(|start| statements(text, start)).flat_map(words);
        let files = words.map(|word| exported.get(&word).cloned().unwrap_or(word));
        let others = files.filter(|file| file != name && texts.contains_key(file)).collect();
        (name.clone(), others)
    });
    edges.collect()
}

fn code(text: &str) -> String {
    let is_code = |line: &&str| !line.trim_start().starts_with("//");
    text.lines().filter(is_code).collect::<Vec<_>>().join("\n")
}

/// The file of each name that `mod.rs` exports.
fn exported(text: &str) -> BTreeMap<String, String> {
    let pairs = statements(text, "pub use ").flat_map(|statement| {
        let mut words = words(statement);
        let file = words.next().unwrap();
        words.map(move |name| (name, file.clone())).collect::<Vec<_>>()
    });
    pairs.collect()
}

/// What stands between the start and the next semicolon, wherever the start stands.
fn statements<'a>(text: &'a str, start: &'a str) -> impl Iterator<Item = &'a str> {
    text.split(start).skip(1).map(|rest| rest.split(';').next().unwrap())
}

fn words(statement: &str) -> impl Iterator<Item = String> {
    let is_part = |character: char| character.is_alphanumeric() || character == '_';
    let words = statement.split(move |character| !is_part(character));
    words.filter(|word| !word.is_empty()).map(str::to_owned)
}

/// Every file that the file leads to, itself included if there is a circle.
fn reached(imports: &BTreeMap<String, BTreeSet<String>>, file: &str) -> BTreeSet<String> {
    let mut reached = BTreeSet::new();
    let mut next: Vec<&String> = imports[file].iter().collect();
    while let Some(file) = next.pop() {
        if reached.insert(file.clone()) {
            next.extend(&imports[file]);
        }
    }
    reached
}

#[test]
fn no_file_leads_to_itself() {
    let imports = imports();
    let edges: usize = imports.values().map(BTreeSet::len).sum();
    assert!(imports.len() > 15 && edges > 30, "{imports:#?}");
    let in_circle: Vec<_> =
        imports.keys().filter(|file| reached(&imports, file).contains(*file)).collect();
    assert!(in_circle.is_empty(), "{in_circle:?} import each other: {imports:#?}");
}

/// What others can name or match on: enums whole, of everything else the declaration.
fn public_items() -> Vec<String> {
    let mut items = Vec::new();
    for text in texts().into_values() {
        items.extend(text.match_indices("pub ").map(|(at, _)| declaration(&text[at..]).to_owned()));
    }
    items
}

fn declaration(item: &str) -> &str {
    let ends: &[&str] =
        if item.starts_with("pub enum") { &["\n}"] } else { &[" {\n", ";\n", "(pub(super)"] };
    let end = ends.iter().filter_map(|end| item.find(end)).min();
    &item[..end.unwrap_or(item.len())]
}

/// The major versions of these crates are not ours. `Body` has chunks of the type `Bytes`, in an
/// associated type, since `http-body` and axum ask for it.
#[test]
fn no_signature_names_a_type_of_url_bytes_or_http_body_util() {
    let items = public_items();
    assert!(items.len() > 60, "{items:#?}");
    assert!(items.iter().any(|item| item.contains("B: From<Vec<u8>>")), "{items:#?}");
    let foreign = ["Bytes", "Full<", "Collected", "url::", "ParseError", "&Url", "<Url>", ": Url,"];
    let named: Vec<_> = items
        .iter()
        .filter(|item| !item.starts_with("pub struct Body("))
        .filter(|item| foreign.iter().any(|word| item.contains(word)))
        .collect();
    assert!(named.is_empty(), "{named:#?}");
}

/// So that a reason may say more one day.
#[test]
fn every_variant_with_fields_may_get_more() {
    let errors: Vec<_> = public_items()
        .into_iter()
        .filter(|item| {
            item.starts_with("pub enum Blocked") || item.starts_with("pub enum FetchError")
        })
        .collect();
    assert_eq!(errors.len(), 2);
    for error in errors {
        let lines: Vec<_> = error.lines().map(str::trim).collect();
        for pair in lines.windows(2).filter(|pair| pair[1].ends_with('{')) {
            assert_eq!(pair[0], "#[non_exhaustive]", "{}", pair[1]);
        }
    }
}
