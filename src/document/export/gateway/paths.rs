//! The matches of an `HTTPRoute`, by the paths of a table.

use std::collections::BTreeMap;

use super::super::table::{Has, Table};
use super::super::warning::{Loss, Warnings};
use super::{MOST_OF_RULE, Rule, filters, path_match};
use crate::document::path::Path;

const EXACT: &str = "Exact";
const PREFIX: &str = "PathPrefix";

/// The paths by what they have. An exact path comes before a prefix, and a longer prefix before a shorter one,
/// wherever they stand.
pub(super) fn rules(table: &Table<'_>, warnings: &mut Warnings) -> Vec<Rule> {
    let whole = Path::default();
    warnings.push(&whole.key("routes"), Loss::AmbiguousPaths);
    let mut groups: Vec<(Has<'_>, Rule)> = Vec::new();
    for (kind, value, path, has) in matches(table, warnings) {
        let matched = path_match(kind, &value);
        if let Some((_, rule)) = groups.iter_mut().find(|(other, _)| *other == has) {
            rule.matches.push(matched);
        } else {
            let filters = filters(&has, path, warnings);
            groups.push((has, Rule { matches: vec![matched], filters }));
        }
    }
    let rules = groups.iter().flat_map(|(_, Rule { matches, filters })| {
        let chunks = matches.chunks(MOST_OF_RULE);
        chunks.map(|matches| Rule { matches: matches.to_vec(), filters: filters.clone() })
    });
    rules.collect()
}

type Match<'t, 'a> = (&'static str, String, &'t Path, Has<'a>);

fn matches<'t, 'a>(table: &'t Table<'a>, warnings: &mut Warnings) -> Vec<Match<'t, 'a>> {
    let (at_fallback, fallback) = &table.fallback;
    let mut exact: BTreeMap<String, (&Path, Has<'a>)> = BTreeMap::new();
    let mut prefixes: BTreeMap<String, (&Path, Has<'a>)> =
        BTreeMap::from([("/".to_owned(), (at_fallback, *fallback))]);
    let mut closed: Vec<(String, &Path)> = Vec::new();
    for (path, written, has) in &table.routes {
        let before_rest = written.before_rest();
        let folder = before_rest.as_deref().and_then(|before| before.strip_suffix('/'));
        if let Some(value) = written.exact() {
            exact.insert(value, (path, *has));
        } else if let Some(folder) = folder {
            // The prefix of a gateway is for these, too, which the rest of a path is not.
            for besides in [folder.to_owned(), format!("{folder}/")] {
                if !besides.is_empty() {
                    let found = table.find(&besides);
                    exact.entry(besides).or_insert((path, found));
                }
            }
            let folder = if folder.is_empty() { "/" } else { folder };
            prefixes.insert(folder.to_owned(), (path, *has));
        } else {
            warnings.push(path, Loss::Parameter);
            let before = written.before_parameter();
            let folder = before.rsplit_once('/').map_or("", |(folder, _)| folder);
            closed.push((if folder.is_empty() { "/" } else { folder }.to_owned(), path));
        }
    }
    prefixes.extend(closed.into_iter().map(|(folder, path)| (folder, (path, Has::NoCors))));
    let exact = exact.into_iter().map(|(value, (path, has))| (EXACT, value, path, has));
    let prefixes = prefixes.into_iter().map(|(value, (path, has))| (PREFIX, value, path, has));
    exact.chain(prefixes).collect()
}
