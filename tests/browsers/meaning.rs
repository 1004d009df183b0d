//! What a scenario means, by a reading of its plain data that shares no code with the crate: what
//! the author of the policy meant to happen to that fetch.

use std::collections::BTreeSet;

use tower_cors::browser::{Credentials, Mode};

use crate::observed::{Arrived, Observed, Outcome};
use crate::page::{Page, Port, Ports};
use crate::scenario::{Allowed, Headers, PolicyText, Scenario};
use crate::server::INNER_HEADERS;

/// What a shipped browser is known to do otherwise than the standard says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Quirks {
    /// Firefox names a header in a preflight as often as script set it, the standard once.
    /// <https://fetch.spec.whatwg.org/#convert-header-names-to-a-sorted-lowercase-set>
    pub(crate) repeats_names: bool,
    /// Chromium keeps no preflight's result for an opaque origin, to which the standard gives a
    /// cache of its own. <https://fetch.spec.whatwg.org/#network-partition-keys>
    pub(crate) forgets_opaque_origins: bool,
    /// Firefox does not know any more, of a result that it keeps, that `*` is any name, and that
    /// HEAD needs no permission. <https://fetch.spec.whatwg.org/#concept-cache-match-method>
    pub(crate) forgets_what_is_unnamed: bool,
}

impl Quirks {
    pub(crate) const NONE: Self = Self {
        repeats_names: false,
        forgets_opaque_origins: false,
        forgets_what_is_unnamed: false,
    };
}

pub(crate) fn meant(scenario: &Scenario, ports: Ports, quirks: Quirks) -> Observed {
    let mut observed = Observed { results: Vec::new(), requests: Vec::new() };
    let mut is_preflight_kept = false;
    for _ in 0..scenario.fetch.times {
        if scenario.has_preflight() && !is_preflight_kept {
            observed.requests.push(scenario.preflight(ports, quirks));
            if let Some(fault) = scenario.preflight_fault() {
                observed.results.push(Outcome::NetworkError(fault.to_owned()));
                continue;
            }
            is_preflight_kept = scenario.is_preflight_kept(quirks);
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

    fn preflight(&self, ports: Ports, quirks: Quirks) -> Arrived {
        let Headers { asked_for, asked_for_as_set, .. } = self.fetch.headers;
        let names = if quirks.repeats_names { asked_for_as_set } else { asked_for }.join(",");
        Arrived {
            method: "OPTIONS".to_owned(),
            origin: Some(self.page.origin(ports)),
            requested_method: Some(self.fetch.sent_method().to_owned()),
            requested_headers: (!names.is_empty()).then_some(names),
        }
    }

    fn is_preflight_kept(&self, quirks: Quirks) -> bool {
        self.policy.max_age.is_some_and(|seconds| seconds > 0)
            && !(quirks.forgets_opaque_origins && self.page.is_opaque())
            && (!quirks.forgets_what_is_unnamed || self.is_named())
    }

    /// Whether the answer to the preflight names what the fetch needs, GET and POST apart.
    fn is_named(&self) -> bool {
        let PolicyText { credentials, methods, headers, .. } = self.policy;
        let has_wildcard = |names: &[&str]| names.contains(&"*") && !credentials;
        let names_method = match self.fetch.sent_method() {
            "GET" | "POST" => true,
            "HEAD" => false,
            _ => !has_wildcard(methods),
        };
        let mut asked_for = self.fetch.headers.asked_for.iter();
        // Where `*` does not cover it, it is named.
        let names_all = !has_wildcard(headers) || asked_for.all(|name| *name == "authorization");
        names_method && names_all
    }

    /// Chromium's code for what is wrong with the answer to the preflight.
    fn preflight_fault(&self) -> Option<&'static str> {
        Some(match self.faults().first()? {
            Fault::Credentials if self.policy.is_open() => "PreflightWildcardOriginNotAllowed",
            Fault::Credentials => "PreflightInvalidAllowCredentials",
            // A denied preflight has no CORS header at all.
            _ => "PreflightMissingAllowOriginHeader",
        })
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
        if self.has_preflight() && !self.policy.allows_method(self.fetch.sent_method()) {
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
            Fault::Origin => "MissingAllowOriginHeader",
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
        if !is_constant {
            names.insert("vary");
        }
        let is_cors_request = self.crosses() || !["GET", "HEAD"].contains(&self.fetch.method);
        if is_constant || (is_cors_request && self.policy.allows_origin(self.page)) {
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
        self.is_open() || matches!(self.origins, [Allowed::Exactly(..)])
    }

    fn is_open(&self) -> bool {
        self.origins.contains(&Allowed::Any)
    }

    fn allows_origin(&self, page: Page) -> bool {
        self.origins.iter().any(|allowed| allowed.holds(page))
    }

    fn allows_method(&self, method: &str) -> bool {
        ["GET", "HEAD", "POST"].contains(&method)
            || self.methods.contains(&"*")
            || self.methods.contains(&method)
    }

    fn allows_header(&self, name: &str) -> bool {
        self.headers.iter().any(|allowed| match allowed.strip_suffix('*') {
            Some(prefix) => name != "authorization" && name.starts_with(prefix),
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
