//! What is unwise about what the server refuses.

use std::collections::{HashMap, HashSet};

use super::catalogue::Lint;
use super::finding::{Finding, Findings};
use super::idle;
use super::list::{OriginList, Purpose, is_port_of, is_this_machine};
use crate::builder::is_for_strangers;
use crate::enforce::{Enforcement, host_as_origin};
use crate::origin::set::OriginSet;
use crate::policy::Place;
use crate::policy::shown::Quoted;

impl Enforcement {
    /// What is valid in the enforcement, and unwise, as [`Policy::lint`](crate::Policy::lint) tells it of a
    /// policy. It reads what was given; [`CorsLayer::enforce`](crate::CorsLayer::enforce) tells the errors.
    ///
    /// ```
    /// use tower_cors::Enforcement;
    ///
    /// let enforcement = Enforcement::unsafe_requests().hosts(["api.example", "localhost"]);
    /// assert_eq!(
    ///     enforcement.lint().to_string(),
    ///     "hosts: host \"localhost\" is for ports 80 and 443 alone; \
    ///      write \"localhost:*\", or the port [host-without-port]",
    /// );
    /// ```
    pub fn lint(&self) -> Findings {
        let hosts = self.hosts.as_deref().unwrap_or_default();
        let as_origins: Vec<String> = hosts.iter().map(|host| host_as_origin(host)).collect();
        let mut own_origins = OriginList::new(&self.own_origins);
        let mut of_hosts = OriginList::new(&as_origins);

        let own = self.own_origins.iter().zip(&self.own_origins);
        let mut found = repeated(at("own_origins"), "own origin", own);
        lint_own_origins(&mut own_origins, &mut found);
        found.extend(repeated(at("hosts"), "host", hosts.iter().zip(&as_origins)));
        lint_hosts(hosts.iter().zip(&as_origins), &mut of_hosts, &mut found);
        let is_needed = [&own_origins, &of_hosts]
            .iter()
            .any(|list| list.entries().any(|(_, pattern)| is_for_strangers(pattern, true)));
        if self.public_suffixes && !is_needed {
            let setting = "dangerously_allow_public_suffixes";
            found.push(idle::needless_danger(at(setting)));
        }
        found.into_iter().collect()
    }
}

fn at(setting: &'static str) -> Place {
    Place { rule: None, setting }
}

/// The values whose origins stand there before.
fn repeated<'a>(
    place: Place,
    subject: &str,
    values: impl Iterator<Item = (&'a String, &'a String)>,
) -> Vec<Finding> {
    let mut seen = HashSet::new();
    let again = values.filter(|(_, origin)| !seen.insert(*origin));
    again.map(|(value, _)| idle::repeated(place, subject, value)).collect()
}

/// Own origins pass whatever the policy says, and so are trusted.
fn lint_own_origins(list: &mut OriginList<'_>, found: &mut Vec<Finding>) {
    let patterns: Vec<_> = list.entries().map(|(_, pattern)| pattern.clone()).collect();
    let set = OriginSet::new(&patterns, false);
    let lists = |origin: &str| set.contains(origin.as_bytes());
    let purpose = Purpose {
        place: at("own_origins"),
        subject: "own origin",
        is_trusted: true,
        lists: &lists,
        may_match: &lists,
    };
    list.lint(&purpose, found);
}

/// Hosts, each as it was written, and as the origin under `http` that it is held as.
fn lint_hosts<'a>(
    hosts: impl Iterator<Item = (&'a String, &'a String)>,
    list: &mut OriginList<'a>,
    found: &mut Vec<Finding>,
) {
    let mut written: HashMap<&str, &str> = HashMap::new();
    for (host, origin) in hosts {
        written.entry(origin).or_insert(host);
    }
    let as_written = |origin: &str| written.get(origin).copied().unwrap_or_default().to_owned();
    let mut tell = |lint, host: &str, what: &str| {
        let message = format!("host {} {what}", Quoted(host));
        found.push(Finding::new(lint, at("hosts"), message).with_value(host));
    };
    for (origin, by) in list.covered() {
        let what = format!("is covered by {}; remove it", Quoted(&as_written(&by)));
        tell(Lint::Covered, &as_written(origin), &what);
    }
    for (origin, _) in list.entries() {
        let host = origin.strip_prefix("http://").unwrap_or(origin);
        let has_port = || list.written.iter().any(|other| is_port_of(other, origin));
        if is_this_machine(host) && !has_port() {
            let fix = Quoted(&format!("{host}:*")).to_string();
            let what = format!("is for ports 80 and 443 alone; write {fix}, or the port");
            tell(Lint::HostWithoutPort, &as_written(origin), &what);
        }
    }
}
