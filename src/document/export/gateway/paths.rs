//! The matches of an `HTTPRoute`, by the paths of a table.

use std::collections::BTreeMap;

use super::super::paths::RoutePath;
use super::super::table::{Different, Has, Table};
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
    let (mut different, mut groups) = (Different::default(), Vec::<Rule>::new());
    for (kind, value, path, has) in matches(table, warnings) {
        let matched = path_match(kind, &value);
        let (number, _) = different.number(has);
        if let Some(rule) = groups.get_mut(number) {
            rule.matches.push(matched);
        } else {
            groups.push(Rule { matches: vec![matched], filters: filters(&has, path, warnings) });
        }
    }
    let rules = groups.iter().flat_map(|Rule { matches, filters }| {
        let chunks = matches.chunks(MOST_OF_RULE);
        chunks.map(|matches| Rule { matches: matches.to_vec(), filters: filters.clone() })
    });
    rules.collect()
}

/// What has the paths that a match is for, by the kind of the match and its value.
type Matches<'t, 'a> = BTreeMap<(&'static str, String), (&'t Path, Has<'a>)>;
type Match<'t, 'a> = (&'static str, String, &'t Path, Has<'a>);

fn matches<'t, 'a>(table: &'t Table<'a>, warnings: &mut Warnings) -> Vec<Match<'t, 'a>> {
    let (at_fallback, fallback) = &table.fallback;
    let mut matches = Matches::from([((PREFIX, "/".to_owned()), (at_fallback, *fallback))]);
    let mut closed: Vec<(String, &Path)> = Vec::new();
    // The first path of those that have the same.
    let (mut different, mut firsts) = (Different::default(), vec![at_fallback]);
    different.number(*fallback);
    for (path, _, has) in &table.routes {
        if different.number(*has).1 {
            firsts.push(path);
        }
    }
    for (path, written, has) in &table.routes {
        let before_rest = written.before_rest();
        let folder = before_rest.as_deref().and_then(|before| before.strip_suffix('/'));
        let value = written.exact().or_else(|| folder.map(|folder| format!("{folder}/")));
        let may_stand = |path: &str| path.is_empty() || can_be_written(path);
        let are_written =
            |value: &String| may_stand(value) && may_stand(folder.unwrap_or_default());
        let Some(value) = value.filter(are_written) else {
            let is_parameter = written.exact().or(before_rest).is_none();
            warnings.push(path, if is_parameter { Loss::Parameter } else { Loss::UnwritablePath });
            closed.push((folder_of(&written.before_parameter()), path));
            continue;
        };
        let Some(folder) = folder else {
            matches.insert((EXACT, value), (path, *has));
            continue;
        };
        // The prefix of a gateway is for these, too, which the rest of a path is not.
        for besides in [folder.to_owned(), value] {
            if !besides.is_empty() {
                let found = table.find(&besides);
                let at = firsts.get(different.number(found).0).copied().unwrap_or(at_fallback);
                matches.entry((EXACT, besides)).or_insert((at, found));
            }
        }
        let folder = if folder.is_empty() { "/" } else { folder };
        matches.insert((PREFIX, folder.to_owned()), (path, *has));
    }
    let closed = closed.into_iter();
    matches.extend(closed.map(|(folder, path)| ((PREFIX, folder), (path, Has::NoCors))));
    matches.into_iter().map(|((kind, value), (path, has))| (kind, value, path, has)).collect()
}

/// The nearest folder above a path that can be written.
fn folder_of(path: &str) -> String {
    let mut path = path;
    while let Some((folder, _)) = path.rsplit_once('/') {
        if can_be_written(folder) {
            return folder.to_owned();
        }
        path = folder;
    }
    "/".to_owned()
}

/// Whether a resource may have the path, and a table, too, so that it can be read back. None of a table is longer than the
/// 1,024 bytes of a resource, or has a segment that is `.` or `..`, or encodes anything but as browsers do.
fn can_be_written(path: &str) -> bool {
    let is_known =
        |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~!$&'()*+,;=:@%".contains(&byte);
    path.bytes().all(is_known) && !path.contains("//") && RoutePath::parse(path).is_some()
}
