//! What a scenario means, by a reading of its plain data that shares no code with the crate: what
//! the author of the policy meant to happen to that fetch.

use std::collections::BTreeSet;

use tower_cors::browser::{Credentials, Mode};

use crate::observed::{Arrived, HEADER_DISALLOWED, METHOD_DISALLOWED, Observed, Outcome};
use crate::page::{Page, Port, Ports};
use crate::scenario::{Allowed, PolicyText, Scenario};
use crate::server::INNER_HEADERS;

pub(crate) fn meant(scenario: &Scenario, ports: Ports) -> Observed {
    let mut observed =
        Observed { results: Vec::new(), requests: Vec::new(), console: BTreeSet::new() };
    let mut is_preflight_kept = false;
    for _ in 0..scenario.fetch.times {
        if scenario.has_preflight() && !is_preflight_kept {
            observed.requests.push(scenario.preflight(ports));
            if let Some(fault) = scenario.preflight_fault() {
                observed.results.push(Outcome::NetworkError(fault));
                continue;
            }
            is_preflight_kept = scenario.is_preflight_kept();
        }
        observed.requests.push(scenario.request(ports));
        observed.results.push(scenario.result());
    }
    observed
}

/// What a policy has against a fetch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fault {
    Origin,
    Method,
    Header,
    Credentials,
}

impl Scenario {
    fn is_no_cors(&self) -> bool {
        self.fetch.mode == Mode::NoCors
    }

    fn crosses(&self) -> bool {
        !self.page.is_same_origin()
    }

    /// Whether the request is one that no form could send.
    fn has_preflight(&self) -> bool {
        let is_unusual = !["GET", "HEAD", "POST"].contains(&self.fetch.sent_method())
            || !self.fetch.headers.asked_for.is_empty();
        self.crosses() && !self.is_no_cors() && is_unusual
    }

    fn preflight(&self, ports: Ports) -> Arrived {
        let names = self.fetch.headers.asked_for.join(",");
        Arrived {
            method: "OPTIONS".to_owned(),
            origin: Some(self.page.origin(ports)),
            requested_method: Some(self.fetch.sent_method().to_owned()),
            requested_headers: (!names.is_empty()).then_some(names),
        }
    }

    fn is_preflight_kept(&self) -> bool {
        self.policy.max_age.is_some_and(|seconds| seconds > 0)
    }

    /// Chromium's code for what is wrong with the answer to the preflight.
    fn preflight_fault(&self) -> Option<String> {
        const SILENCE: &str = "PreflightMissingAllowOriginHeader";
        let method = self.fetch.sent_method();
        Some(match self.faults().first()? {
            Fault::Credentials if self.policy.is_open() => {
                "PreflightWildcardOriginNotAllowed".to_owned()
            }
            Fault::Credentials => "PreflightInvalidAllowCredentials".to_owned(),
            _ if self.layer.hide_denials => SILENCE.to_owned(),
            // A browser would send a safelisted method, whatever it is told.
            Fault::Method if !["GET", "HEAD", "POST"].contains(&method) => {
                format!("{METHOD_DISALLOWED} {method}")
            }
            Fault::Header => format!("{HEADER_DISALLOWED} {}", self.first_unsaid_name()),
            // A stranger is told nothing.
            Fault::Origin | Fault::Method => SILENCE.to_owned(),
        })
    }

    fn first_unsaid_name(&self) -> &'static str {
        let mut names = self.fetch.headers.asked_for.iter();
        names.find(|name| self.is_unsaid(name)).unwrap_or(&"")
    }

    /// Whether the answer to a preflight that is denied by its names does not allow this one. A `*` is never said
    /// beside what is denied.
    fn is_unsaid(&self, name: &str) -> bool {
        name == "*" || !self.policy.allows_header(name)
    }

    /// Of names that are not allowed, Chromium may name any: here the first.
    pub(crate) fn name_first(&self, reason: &str) -> String {
        match reason.split_once(' ') {
            Some((HEADER_DISALLOWED, name)) if self.is_unsaid(name) => {
                format!("{HEADER_DISALLOWED} {}", self.first_unsaid_name())
            }
            _ => reason.to_owned(),
        }
    }

    /// The same of a sentence on Chromium's console.
    pub(crate) fn name_first_in(&self, sentence: &str) -> String {
        const START: &str = ": Request header field ";
        match sentence
            .split_once(START)
            .and_then(|(start, end)| Some((start, end.split_once(' ')?)))
        {
            Some((start, (name, end))) if self.is_unsaid(name) => {
                format!("{start}{START}{} {end}", self.first_unsaid_name())
            }
            _ => sentence.to_owned(),
        }
    }

    fn request(&self, ports: Ports) -> Arrived {
        let is_read = ["GET", "HEAD"].contains(&self.fetch.method);
        let has_origin = if self.crosses() && !self.is_no_cors() { true } else { !is_read };
        Arrived {
            method: self.fetch.sent_method().to_owned(),
            origin: has_origin.then(|| self.page.origin(ports)),
            requested_method: None,
            requested_headers: None,
        }
    }

    /// All that the policy has against the fetch.
    pub(crate) fn faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        if !self.crosses() || self.is_no_cors() {
            return faults;
        }
        if !self.policy.allows_origin(self.page) {
            faults.push(Fault::Origin);
        }
        let method = self.fetch.sent_method();
        if self.has_preflight() && !self.policy.allows_method(method) || !self.policy.shares(method)
        {
            faults.push(Fault::Method);
        }
        let names = self.fetch.headers.asked_for;
        if !names.iter().all(|name| self.policy.allows_header(name)) {
            faults.push(Fault::Header);
        }
        if self.fetch.credentials == Credentials::Include && !self.policy.credentials {
            faults.push(Fault::Credentials);
        }
        faults
    }

    /// What script gets of the response.
    fn result(&self) -> Outcome {
        if self.is_no_cors() && self.crosses() {
            return Outcome::Response {
                status: 0,
                kind: "opaque".to_owned(),
                names: BTreeSet::new(),
                body: String::new(),
            };
        }
        if let Some(fault) = self.fault() {
            return Outcome::NetworkError(fault.to_owned());
        }
        let names = if self.crosses() { self.exposed_names() } else { self.all_names() };
        Outcome::Response {
            status: self.inner.status,
            kind: if self.crosses() { "cors" } else { "basic" }.to_owned(),
            names,
            body: if self.fetch.method == "HEAD" { "" } else { "ok" }.to_owned(),
        }
    }

    /// Chromium's code for what is wrong with the response.
    fn fault(&self) -> Option<&'static str> {
        Some(match self.faults().first()? {
            Fault::Origin if self.policy.is_constant() => "AllowOriginMismatch",
            Fault::Origin | Fault::Method => "MissingAllowOriginHeader",
            _ if self.policy.is_open() => "WildcardOriginNotAllowed",
            _ => "InvalidAllowCredentials",
        })
    }

    fn exposed_names(&self) -> BTreeSet<String> {
        let always = ["cache-control", "content-type", "content-length"];
        let mut names = self.all_names();
        if !self.policy.exposed.contains(&"*") {
            names.retain(|name| {
                let is_listed = |exposed: &&str| exposed.eq_ignore_ascii_case(name);
                always.contains(&name.as_str()) || self.policy.exposed.iter().any(is_listed)
            });
        }
        names
    }

    /// The names of all headers of the response but `Set-Cookie`.
    fn all_names(&self) -> BTreeSet<String> {
        let inner = INNER_HEADERS.iter().map(|(name, _)| *name);
        let mut names: BTreeSet<_> = inner.filter(|name| *name != "set-cookie").collect();
        names.insert("content-length");
        let is_constant = self.policy.is_constant();
        if !is_constant || self.fetch.method == "OPTIONS" {
            names.insert("vary");
        }
        let is_cors_request = self.crosses() || !["GET", "HEAD"].contains(&self.fetch.method);
        let names_origin = is_constant || (is_cors_request && self.policy.allows_origin(self.page));
        if names_origin && self.policy.shares(self.fetch.sent_method()) {
            names.insert("access-control-allow-origin");
            if self.policy.credentials {
                names.insert("access-control-allow-credentials");
            }
            if !self.policy.exposed.is_empty() {
                names.insert("access-control-expose-headers");
            }
        }
        names.into_iter().map(str::to_owned).collect()
    }
}

impl PolicyText {
    /// Whether it answers to all origins alike.
    fn is_constant(&self) -> bool {
        let has_several_rules = self.has_rules && self.origins.len() > 1;
        !has_several_rules && (self.is_open() || matches!(self.origins, [Allowed::Exactly(..)]))
    }

    fn is_open(&self) -> bool {
        self.origins.contains(&Allowed::Any)
    }

    fn allows_origin(&self, page: Page) -> bool {
        self.origins.iter().any(|allowed| allowed.holds(page))
    }

    fn allows_method(&self, method: &str) -> bool {
        !self.only && ["GET", "HEAD", "POST"].contains(&method)
            || self.methods.contains(&"*")
            || self.methods.contains(&method)
    }

    /// Whether responses to the method are shared.
    fn shares(&self, method: &str) -> bool {
        !self.only || self.methods.contains(&method)
    }

    fn allows_header(&self, name: &str) -> bool {
        self.headers.iter().any(|allowed| match allowed.strip_suffix('*') {
            // A header that a script calls `*` is never allowed: its echo would be the wildcard.
            Some(prefix) => !["authorization", "*"].contains(&name) && name.starts_with(prefix),
            None => allowed.eq_ignore_ascii_case(name),
        })
    }
}

impl Allowed {
    fn holds(self, page: Page) -> bool {
        let Page::At(host, port) = page else {
            return matches!(self, Self::Any | Self::Null);
        };
        // All pages are `http` pages, at ports other than 80.
        let is_at = |scheme: &str, allowed: Option<Port>| scheme == "http" && allowed == Some(port);
        let is_under = |allowed: &str| {
            host.strip_suffix(allowed).is_some_and(|start| start.len() > 1 && start.ends_with('.'))
        };
        match self {
            Self::Any => true,
            Self::Null => false,
            Self::If(allowed) => allowed == port,
            Self::Exactly(scheme, allowed, at) => allowed == host && is_at(scheme, at),
            Self::AnyPort(scheme, allowed) => allowed == host && scheme == "http",
            Self::Under(scheme, allowed, at) => is_under(allowed) && is_at(scheme, at),
            Self::UnderAnyPort(scheme, allowed) => is_under(allowed) && scheme == "http",
        }
    }
}
