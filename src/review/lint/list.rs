//! The origins of one list, whoever holds it, and what is unwise about them.

use std::collections::HashSet;

use super::catalogue::Lint;
use super::cover::Cover;
use super::finding::Finding;
use crate::builder::is_for_strangers;
use crate::origin::pattern::{OriginPattern, Pattern, Star};
use crate::policy::Place;
use crate::policy::shown::Quoted;

/// Origins as they were written, parsed.
pub(super) struct OriginList<'a> {
    /// Also `null` and `file://`, which are no patterns.
    pub(super) written: HashSet<&'a str>,
    entries: Vec<(&'a str, OriginPattern<'a>)>,
    pub(super) cover: Cover<'a>,
}

/// What a list of origins is for.
pub(super) struct Purpose<'a> {
    pub(super) place: Place,
    /// What an entry is called: `origin`.
    pub(super) subject: &'a str,
    /// Whether the origins can act as the visitor.
    pub(super) is_trusted: bool,
    /// Whether an origin is listed, or matches a pattern.
    pub(super) lists: &'a dyn Fn(&str) -> bool,
    /// The same, or a predicate might allow it, or another list for the same requests.
    pub(super) may_match: &'a dyn Fn(&str) -> bool,
}

impl<'a> OriginList<'a> {
    /// Each value once, if it can be parsed. The errors of the others are told when they are built.
    pub(super) fn new(values: &'a [String]) -> Self {
        let mut written = HashSet::with_capacity(values.len());
        let entries: Vec<_> = values
            .iter()
            .filter(|value| written.insert(value.as_str()))
            .filter_map(|value| match Pattern::parse(value) {
                Ok(Pattern::Origins(pattern)) => Some((value.as_str(), pattern)),
                Ok(Pattern::Any) | Err(_) => None,
            })
            .collect();
        let cover = Cover::new(&entries);
        Self { written, entries, cover }
    }

    /// Each as it was written, and parsed.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&'a str, &OriginPattern<'a>)> {
        self.entries.iter().map(|(value, pattern)| (*value, pattern))
    }

    /// `null` and `file://`, if they are listed.
    pub(super) fn no_patterns(&self) -> impl Iterator<Item = &'static str> {
        ["null", "file://"].into_iter().filter(|origin| self.written.contains(origin))
    }

    /// The entries that another one covers, and that other one.
    pub(super) fn covered(&mut self) -> Vec<(&'a str, String)> {
        let cover = &mut self.cover;
        let by = self
            .entries
            .iter()
            .filter_map(|(value, pattern)| Some((*value, cover.of(pattern)?.written())));
        by.collect()
    }

    /// What is unwise about each.
    pub(super) fn lint(&mut self, purpose: &Purpose<'_>, found: &mut Vec<Finding>) {
        for (value, pattern) in &self.entries {
            let fault = match self.cover.of(pattern) {
                Some(other) => {
                    let by = other.written();
                    vec![(Lint::Covered, format!("is covered by {}; remove it", Quoted(&by)))]
                }
                None => faults(value, pattern, &self.written, purpose),
            };
            found.extend(fault.into_iter().map(|(lint, what)| {
                let message = format!("{} {} {what}", purpose.subject, Quoted(value));
                Finding::new(lint, purpose.place, message).with_value(value)
            }));
        }
    }
}

type Fault = (Lint, String);

/// What is wrong with an entry that no other entry covers, and what to write.
fn faults(
    value: &str,
    pattern: &OriginPattern<'_>,
    written: &HashSet<&str>,
    purpose: &Purpose<'_>,
) -> Vec<Fault> {
    let found = [
        insecure(value, pattern, written, purpose.lists),
        without_port(value, written),
        trailing_dot(value, pattern, written, purpose.may_match),
        half_of_an_app(value, purpose.may_match),
        too_wide(pattern, purpose.is_trusted),
        any_port(pattern, purpose.is_trusted),
    ];
    found.into_iter().flatten().collect()
}

/// `http://a.example` beside `https://a.example`. Loopback is nobody's to write into.
fn insecure(
    value: &str,
    pattern: &OriginPattern<'_>,
    written: &HashSet<&str>,
    lists: &dyn Fn(&str) -> bool,
) -> Option<Fault> {
    let secure = format!("https://{}", value.strip_prefix("http://")?);
    let has_secure = written.contains(&*secure) || pattern.is_exact() && lists(&secure);
    (pattern.is_insecure() && has_secure).then(|| {
        let what = "is allowed beside its https form, and whoever is on the way can write its pages; \
                    remove it";
        (Lint::HttpBesideHttps, what.to_owned())
    })
}

/// `http://localhost`, unless an app in a web view has it, or a port is listed, too.
fn without_port(value: &str, written: &HashSet<&str>) -> Option<Fault> {
    let host = value.strip_prefix("http://").filter(|host| is_this_machine(host))?;
    let is_of_app = ["capacitor://localhost", "ionic://localhost"];
    let is_meant = is_of_app.iter().any(|app| written.contains(app))
        || written.iter().any(|other| is_port_of(other, value));
    (!is_meant).then(|| {
        let fix = Quoted(&format!("http://{host}:*")).to_string();
        let what = format!("is for port 80 alone; write {fix}, or the port");
        (Lint::LoopbackWithoutPort, what)
    })
}

/// Whether it is a name or an address of this machine alone.
pub(super) fn is_this_machine(host: &str) -> bool {
    matches!(host, "localhost" | "127.0.0.1" | "[::1]")
}

/// Whether the other entry is the same one with a port.
pub(super) fn is_port_of(other: &str, entry: &str) -> bool {
    other.strip_prefix(entry).is_some_and(|port| port.starts_with(':'))
}

/// `https://a.example.`, unless `https://a.example` is allowed, too.
fn trailing_dot(
    value: &str,
    pattern: &OriginPattern<'_>,
    written: &HashSet<&str>,
    may_match: &dyn Fn(&str) -> bool,
) -> Option<Fault> {
    if !matches!(pattern.scheme(), "http" | "https") {
        return None;
    }
    let (host, port) = match value.rsplit_once(".:") {
        Some((host, port)) => (host, format!(":{port}")),
        None => (value.strip_suffix('.')?, String::new()),
    };
    let without = format!("{host}{port}");
    let has_without = written.contains(&*without) || pattern.is_exact() && may_match(&without);
    let is_pattern = Pattern::parse(&without).is_ok();
    (is_pattern && !has_without).then(|| {
        let without = Quoted(&without).to_string();
        (Lint::TrailingDot, format!("is another origin than {without}; write that"))
    })
}

/// The origin of an app on one system, without that on another.
fn half_of_an_app(value: &str, may_match: &dyn Fn(&str) -> bool) -> Option<Fault> {
    let allows = |origins: [&str; 2]| origins.into_iter().any(may_match);
    match value {
        "tauri://localhost" if !allows(["http://tauri.localhost", "https://tauri.localhost"]) => {
            let what = "is that of the app on macOS, Linux and iOS alone; \
                        add \"http://tauri.localhost\" for Windows and Android";
            Some((Lint::TauriWithoutWindows, what.to_owned()))
        }
        "capacitor://localhost" if !allows(["https://localhost", "http://localhost"]) => {
            let what = "is that of the app on iOS alone; add \"https://localhost\" for Android";
            Some((Lint::CapacitorWithoutAndroid, what.to_owned()))
        }
        _ => None,
    }
}

/// Names under a domain, if strangers may have them, or if they can act as the visitor.
fn too_wide(pattern: &OriginPattern<'_>, is_trusted: bool) -> Option<Fault> {
    let base = pattern.base().filter(|base| !base.is_empty())?;
    let is_web = matches!(pattern.scheme(), "http" | "https");
    if pattern.is_loopback() || !is_web {
        return None;
    }
    // With credentials it is an error, unless it was taken on purpose. Without the list nobody can tell.
    if cfg!(feature = "public-suffix") && is_for_strangers(pattern, true) {
        let what = "stands for names that anybody may have; list the origins";
        return Some((Lint::OpenToStrangers, what.to_owned()));
    }
    (is_trusted && pattern.is_star(Star::Labels)).then(|| {
        let base = Quoted(base).to_string();
        let what = format!("lets every host below {base} act as the visitor; list the origins");
        (Lint::WholeDomain, what)
    })
}

/// Any port of a host that is not this machine.
fn any_port(pattern: &OriginPattern<'_>, is_trusted: bool) -> Option<Fault> {
    let is_risky = is_trusted && pattern.has_any_port() && !pattern.is_loopback();
    is_risky.then(|| {
        let what = "lets pages of any port there act as the visitor; write the port";
        (Lint::AnyPort, what.to_owned())
    })
}
