//! What comes nearest to an origin among those that are allowed.

use std::str;

use super::Hint;
use crate::builder::is_for_strangers;
use crate::origin::pattern::{self, Pattern};
use crate::origin::{Origin, OriginFault};
use crate::policy::rule::{Origins, Rule};
use crate::sorted::distinct;

/// What of these rules comes nearest to an origin that none of them allows. The rules are asked about origins like
/// it, so that what it costs does not grow with the number of those that are allowed.
pub(super) fn origin(rules: &[&Rule], origin: &[u8]) -> Option<Hint> {
    let is_allowed = |origin: &str| rules.iter().any(|rule| rule.origins.lists(origin));
    let Ok(text) = str::from_utf8(origin) else {
        return Some(Hint::NoOrigin { fault: OriginFault::NotAscii });
    };
    let has_credentials = rules.iter().all(|rule| rule.credentials);
    match Origin::parse(text) {
        _ if text == "null" => Some(Hint::Opaque { has_credentials }),
        _ if text == "file://" => Some(Hint::LocalFile { has_credentials }),
        Err(OriginFault::TooLong) => Some(Hint::NoOrigin { fault: OriginFault::TooLong }),
        Err(fault) => Some(match pattern::repair(text).filter(|meant| is_allowed(meant)) {
            Some(allowed) => Hint::Misspelled { fault, allowed },
            None => Hint::NoOrigin { fault },
        }),
        Ok(origin) => near(&origin, rules, &is_allowed).or_else(|| by_predicate(&origin, rules)),
    }
}

/// An origin like this one that is allowed.
fn near(origin: &Origin<'_>, rules: &[&Rule], is_allowed: &dyn Fn(&str) -> bool) -> Option<Hint> {
    let (scheme, host) = (origin.scheme(), origin.host());
    let port = origin.port().map(|port| format!(":{port}")).unwrap_or_default();
    let allowed = |text: String| is_allowed(&text).then_some(text);
    let other_scheme = match scheme {
        "http" => Some("https"),
        "https" => Some("http"),
        _ => None,
    };
    let under_other = |scheme| {
        let same_port = allowed(format!("{scheme}://{host}{port}"));
        same_port.or_else(|| allowed(format!("{scheme}://{host}")))
    };
    if let Some(allowed) = other_scheme.and_then(under_other) {
        return Some(Hint::OtherScheme { allowed });
    }
    let without_port = format!("{scheme}://{host}");
    let listed: Vec<String> = rules.iter().flat_map(|rule| rule.origins.few()).collect();
    let ports = || distinct(listed.iter().filter_map(|origin| port_of(origin)).map(usize::from));
    let with_port =
        || ports().into_iter().find_map(|port| allowed(format!("{without_port}:{port}")));
    if let Some(allowed) = allowed(without_port.clone()).or_else(with_port) {
        return Some(Hint::OtherPort { allowed });
    }
    // Two labels that stand in no pattern, so that only `*.` matches them.
    if is_allowed(&format!("{scheme}://a--any.label--z.{host}{port}")) {
        return Some(Hint::OnlyNamesUnder { origin: origin.as_str().to_owned() });
    }
    let www = host.strip_prefix("www.").map_or_else(|| format!("www.{host}"), str::to_owned);
    if let Some(allowed) = allowed(format!("{scheme}://{www}{port}")) {
        return Some(Hint::Www { allowed });
    }
    let dotted = host.strip_suffix('.').map_or_else(|| format!("{host}."), str::to_owned);
    if let Some(allowed) = allowed(format!("{scheme}://{dotted}{port}")) {
        return Some(Hint::TrailingDot { allowed });
    }
    let mut similar = listed.iter().filter_map(|pattern| similar_host(host, pattern));
    if let Some(allowed) = similar.find_map(|host| allowed(format!("{scheme}://{host}{port}"))) {
        return Some(Hint::SimilarHost { allowed });
    }
    let (allowed, pattern) = above(host).find_map(|domain| {
        let allowed = allowed(format!("{scheme}://{domain}{port}"))?;
        Some((allowed, format!("{scheme}://*.{domain}{port}")))
    })?;
    let origin = origin.as_str().to_owned();
    (!is_for_anybody(&pattern)).then_some(Hint::OnlyTheDomain { allowed, origin, pattern })
}

/// The number behind the last colon of an origin, or of a pattern.
fn port_of(origin: &str) -> Option<u16> {
    origin.rsplit_once(':')?.1.parse().ok()
}

/// The host that a pattern may stand for, and that differs from this one by a letter.
fn similar_host(host: &str, pattern: &str) -> Option<String> {
    let (_, authority) = pattern.split_once("://")?;
    let listed = authority.trim_end_matches(|last: char| last.is_ascii_digit() || last == '*');
    let listed = listed.strip_suffix(':').unwrap_or(authority);
    // What stands in the place of a `*` stays as it is.
    let (kept, base) = match listed.split_once('*').and_then(|(_, behind)| behind.split_once('.')) {
        Some((_, base)) => {
            let labels = base.split('.').count();
            let (dot, _) = host.rmatch_indices('.').nth(labels - 1)?;
            (host.get(..=dot)?, base)
        }
        None => ("", listed),
    };
    let asked = host.get(kept.len()..)?;
    differ_by_a_letter(asked, base).then(|| format!("{kept}{base}"))
}

/// Whether one has a letter too many, another one, or two that are swapped, within a label that is so long that a
/// typo is likely: `api` is no typo for `app`.
fn differ_by_a_letter(one: &str, other: &str) -> bool {
    let same = one.bytes().zip(other.bytes()).take_while(|(one, other)| one == other).count();
    let label = |host: &str| {
        let [before, behind] = [host.get(..same), host.get(same..)].map(Option::unwrap_or_default);
        let start = before.rfind('.').map_or(0, |dot| dot + 1);
        same - start + behind.find('.').unwrap_or(behind.len())
    };
    let long = label(one).max(label(other));
    match [one, other].map(|host| host.as_bytes().get(same..).unwrap_or_default()) {
        [[_, more @ ..], rest] | [rest, [_, more @ ..]] if more == rest => long >= 3,
        [[_, one @ ..], [_, other @ ..]] if one == other => long >= 4,
        [[a, b, one @ ..], [c, d, other @ ..]] => long >= 3 && (a, b, one) == (d, c, other),
        _ => false,
    }
}

/// Whether strangers may have names there: `https://*.github.io`. Then another name there is a stranger's.
fn is_for_anybody(pattern: &str) -> bool {
    match Pattern::parse(pattern) {
        Ok(Pattern::Origins(pattern)) => is_for_strangers(&pattern, true),
        Ok(Pattern::Any) | Err(_) => true,
    }
}

/// The names above a host, the nearest first: a few, and none of one label.
fn above(host: &str) -> impl Iterator<Item = &str> {
    const FEW: usize = 8;
    let names = host.match_indices('.').filter_map(|(dot, _)| host.get(dot + 1..));
    names.filter(|name| name.contains('.')).take(FEW)
}

/// What the predicates have to do with it.
fn by_predicate(origin: &Origin<'_>, rules: &[&Rule]) -> Option<Hint> {
    let mut asks = rules.iter().filter_map(|rule| match &rule.origins {
        Origins::Listed(listed) if !listed.predicates.is_empty() => Some(listed.ask_insecure),
        _ => None,
    });
    let first = asks.next()?;
    let is_asked = first || !origin.is_insecure() || asks.any(|asks| asks);
    Some(if is_asked { Hint::PredicateDenies } else { Hint::InsecureNotAsked })
}
