//! What a policy says, what a page fetches and what is behind the layer: plain data, which both
//! the crate and `meaning.rs` read.

use std::fmt;
use std::time::Duration;

use http::StatusCode;
use tower_cors::browser::{Credentials, Fetch, Mode};
use tower_cors::{CorsLayer, Policy, PolicyBuilder};

use crate::page::{API_HOST, Page, Port, Ports};

/// One pair of a policy and a fetch.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scenario {
    pub(crate) policy: PolicyText,
    pub(crate) layer: LayerText,
    pub(crate) inner: Inner,
    pub(crate) page: Page,
    pub(crate) fetch: FetchText,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct PolicyText {
    pub(crate) origins: &'static [Allowed],
    /// Whether each of the origins has a rule of its own.
    pub(crate) has_rules: bool,
    pub(crate) credentials: bool,
    pub(crate) methods: &'static [&'static str],
    /// Whether the methods are all whose responses are shared.
    pub(crate) only: bool,
    pub(crate) headers: &'static [&'static str],
    pub(crate) exposed: &'static [&'static str],
    pub(crate) max_age: Option<u64>,
}

/// What one entry of a policy allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Allowed {
    Any,
    Null,
    /// Those that a predicate admits: at this port, whatever their host.
    If(Port),
    /// Scheme, host, port; no port is the scheme's default.
    Exactly(&'static str, &'static str, Option<Port>),
    AnyPort(&'static str, &'static str),
    /// Names under the host.
    Under(&'static str, &'static str, Option<Port>),
    UnderAnyPort(&'static str, &'static str),
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct LayerText {
    pub(crate) preflight_status: u16,
    pub(crate) pass_on_preflights: bool,
    pub(crate) hide_denials: bool,
}

/// What the service behind the layer answers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Inner {
    pub(crate) status: u16,
    /// Whether it has CORS headers of its own, which open it to anybody.
    pub(crate) is_open: bool,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct FetchText {
    pub(crate) method: &'static str,
    pub(crate) headers: Headers,
    pub(crate) credentials: Credentials,
    pub(crate) mode: Mode,
    /// How many times it is made, one after the other.
    pub(crate) times: usize,
}

/// Request headers, and for which of them a preflight asks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Headers {
    pub(crate) set: &'static [(&'static str, &'static str)],
    pub(crate) asked_for: &'static [&'static str],
}

impl PolicyText {
    /// The policy, with every opt-in that it may need.
    pub(crate) fn build(&self, ports: Ports) -> Policy {
        let policy = if self.has_rules {
            let rule = |allowed| self.rule(std::slice::from_ref(allowed), ports);
            Policy::from_rules(self.origins.iter().map(rule))
        } else {
            self.rule(self.origins, ports).build()
        };
        policy.unwrap_or_else(|errors| panic!("{self:?}: {errors}"))
    }

    fn rule(&self, origins: &[Allowed], ports: Ports) -> PolicyBuilder {
        let mut builder = Policy::builder()
            .allow_credentials(self.credentials)
            .allow_headers(self.headers)
            .expose_headers(self.exposed)
            .dangerously_allow_insecure_origins(self.credentials);
        builder = if self.only {
            builder.only_methods(self.methods)
        } else {
            builder.allow_methods(self.methods)
        };
        if let Some(seconds) = self.max_age {
            builder = builder.max_age(Duration::from_secs(seconds));
        }
        for allowed in origins {
            builder = match *allowed {
                Allowed::Null => builder.dangerously_allow_null_origin(true),
                Allowed::If(port) => {
                    let number = ports.number(port);
                    builder.allow_origins_if(move |origin, _, _| origin.port() == Some(number))
                }
                pattern => builder.allow_origins([pattern.text(ports)]),
            };
        }
        builder
    }
}

impl Allowed {
    fn text(self, ports: Ports) -> String {
        let end = |port: Option<Port>| {
            port.map(|port| format!(":{}", ports.number(port))).unwrap_or_default()
        };
        match self {
            Self::Any => "*".to_owned(),
            Self::Null => "null".to_owned(),
            Self::If(port) => format!("if the port is {}", ports.number(port)),
            Self::Exactly(scheme, host, port) => format!("{scheme}://{host}{}", end(port)),
            Self::AnyPort(scheme, host) => format!("{scheme}://{host}:*"),
            Self::Under(scheme, host, port) => format!("{scheme}://*.{host}{}", end(port)),
            Self::UnderAnyPort(scheme, host) => format!("{scheme}://*.{host}:*"),
        }
    }
}

impl LayerText {
    pub(crate) fn build(self, policy: Policy) -> CorsLayer {
        let status = StatusCode::from_u16(self.preflight_status).expect("it is a status");
        CorsLayer::new(policy)
            .preflight_status(status)
            .expect("it is a success")
            .pass_on_preflights(self.pass_on_preflights)
            .hide_denials(self.hide_denials)
    }
}

impl FetchText {
    /// Script writes most methods as it likes, and the browser mends some of them.
    pub(crate) fn sent_method(&self) -> &'static str {
        if self.method == "put" { "PUT" } else { self.method }
    }

    pub(crate) fn body(&self) -> Option<&'static str> {
        (!["GET", "HEAD"].contains(&self.method)).then_some("{}")
    }

    pub(crate) fn credentials_mode(&self) -> &'static str {
        match self.credentials {
            Credentials::Omit => "omit",
            Credentials::Include => "include",
            _ => "same-origin",
        }
    }

    pub(crate) fn request_mode(&self) -> &'static str {
        if self.mode == Mode::NoCors { "no-cors" } else { "cors" }
    }

    /// As `Browser` takes it.
    pub(crate) fn to_model(self, url: &str) -> Fetch {
        let mut fetch = Fetch::new(self.method, url).credentials(self.credentials).mode(self.mode);
        for (name, value) in self.headers.set {
            fetch = fetch.header(name, value);
        }
        match self.body() {
            Some(body) => fetch.body(body),
            None => fetch,
        }
    }

    /// As `page.js` takes it.
    pub(crate) fn to_script(self, url: &str) -> serde_json::Value {
        let fetch = serde_json::json!({
            "url": url,
            "init": {
                "method": self.method,
                "headers": self.headers.set,
                "credentials": self.credentials_mode(),
                "mode": self.request_mode(),
            },
            "body": self.body(),
        });
        vec![fetch; self.times].into()
    }
}

/// Every scenario has a path of its own, so that no cache connects two.
pub(crate) fn url(id: usize, ports: Ports) -> String {
    format!("http://{API_HOST}:{}/s/{id}", ports.api)
}

impl Scenario {
    pub(crate) fn describe(&self, ports: Ports) -> String {
        let Self { policy, layer, inner, page, fetch } = self;
        let origins: Vec<_> = policy.origins.iter().map(|allowed| allowed.text(ports)).collect();
        format!(
            "  policy  origins {origins:?}{}, credentials {}, methods {:?}{}, headers {:?}, exposed {:?}, max-age {:?}\n  \
             layer   preflight status {}, pass on {}, hide {}; behind it {inner}\n  \
             fetch   {} times {} {:?} from {} ({page}), credentials {}, mode {}",
            if policy.has_rules { " in rules" } else { "" },
            policy.credentials,
            policy.methods,
            if policy.only { " only" } else { "" },
            policy.headers,
            policy.exposed,
            policy.max_age,
            layer.preflight_status,
            layer.pass_on_preflights,
            layer.hide_denials,
            fetch.times,
            fetch.method,
            fetch.headers.set,
            page.origin(ports),
            fetch.credentials_mode(),
            fetch.request_mode(),
        )
    }
}

impl fmt::Display for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let own = if self.is_open { "CORS headers for anybody" } else { "no CORS headers" };
        write!(f, "status {} and {own}", self.status)
    }
}
