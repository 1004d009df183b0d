//! The five steps of enforcement in plain words, for a small world of policies and for every request.
//!
//! RFC 9110, host: <https://www.rfc-editor.org/rfc/rfc9110#section-7.2>

use http::{Request, Response};
use tower_cors::{CorsLayer, Denial, Enforcement, Policy, Route, Routes};

/// Lines of `Origin`; and if these are one page of a server, its host and port.
pub(crate) type Origin<'a> = (&'a [&'a str], Option<(&'a str, u16)>);

/// The authority of the URI, and lines of `Host`; the hosts and ports that they name, if they are sound.
pub(crate) type Authorities<'a> =
    (Option<&'a str>, &'a [&'a str], Option<&'a [(&'a str, Option<u16>)]>);

const PREFLIGHT: &str = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers";

#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is walked")]
pub(crate) struct Case<'a> {
    pub(crate) site: &'a [&'a str],
    pub(crate) origin: Origin<'a>,
    pub(crate) authorities: Authorities<'a>,
    /// And whether it asks for POST, if it is `OPTIONS` and has an origin.
    pub(crate) method: (&'a str, bool),
    pub(crate) upgrade: bool,
    pub(crate) cookie: bool,
    pub(crate) own: bool,
    pub(crate) hosts: bool,
    pub(crate) all: bool,
    pub(crate) policy: Kind,
}

/// What is allowed, and with what.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kind {
    /// Any origin.
    Any,
    /// The partner.
    One,
    /// The partner and the other, with credentials.
    Trusted,
    /// For POST, the partner with credentials; then the partner and the other without.
    Rules,
}

const PARTNER: &str = "https://partner.example";
const OTHER: &str = "https://other.example";

impl Kind {
    fn layer(self) -> CorsLayer<Routes> {
        let listing = |origins: &[&str]| Policy::builder().allow_origins(origins);
        let policy = match self {
            Self::Any => listing(&["*"]).build(),
            Self::One => listing(&[PARTNER]).build(),
            Self::Trusted => listing(&[PARTNER, OTHER]).allow_credentials(true).build(),
            Self::Rules => Policy::from_rules([
                listing(&[PARTNER]).only_methods(["POST"]).allow_credentials(true),
                listing(&[PARTNER, OTHER]),
            ]),
        };
        let routes = Routes::builder().route("/", policy.unwrap()).route("/closed", Route::NoCors);
        CorsLayer::new(routes.build().unwrap())
    }

    /// Whether the request is allowed, and with credentials or without.
    fn says(self, origin: &[&str], method: &str) -> Result<bool, Denial> {
        match (self, origin) {
            (Self::Any, _) | (Self::One, [PARTNER]) | (Self::Rules, [OTHER]) => Ok(false),
            (Self::Trusted, [PARTNER | OTHER]) => Ok(true),
            (Self::Rules, [PARTNER]) => Ok(method == "POST"),
            (_, [_, _, ..]) => Err(Denial::OriginRepeated),
            _ => Err(Denial::OriginNotAllowed),
        }
    }
}

impl Case<'_> {
    pub(crate) fn request(&self) -> Request<String> {
        let authority = self.authorities.0;
        let uri = authority.map_or("/".to_owned(), |authority| format!("https://{authority}/"));
        let (method, preflight) = self.method;
        let mut request = Request::builder().method(method).uri(uri);
        for (name, lines) in
            [("host", self.authorities.1), ("origin", self.origin.0), ("sec-fetch-site", self.site)]
        {
            request = lines.iter().fold(request, |request, line| request.header(name, *line));
        }
        if self.upgrade {
            request = request.header("upgrade", "websocket").header("connection", "upgrade");
        }
        if self.cookie {
            request = request.header("cookie", "session=1");
        }
        if preflight {
            request = request.header("access-control-request-method", "POST");
        }
        request.body(String::new()).unwrap()
    }

    fn is_preflight(&self) -> bool {
        self.method.1 && !self.origin.0.is_empty()
    }

    /// A method that may change something, or an upgrade.
    fn is_unsafe(&self) -> bool {
        !["GET", "HEAD", "OPTIONS", "TRACE"].contains(&self.method.0) || self.upgrade
    }

    /// Why the request is refused, by the five steps in their order.
    fn refusal(&self) -> Option<Denial> {
        // 1. The hosts: all that are named, of which there is one at least.
        let is_listed = |(host, port): &(&str, Option<u16>)| {
            *host == "shop.example" && [None, Some(80), Some(443)].contains(port)
        };
        if self.hosts && !self.authorities.2.is_some_and(|named| named.iter().all(is_listed)) {
            return Some(Denial::HostNotAllowed);
        }
        // A preflight is the policy's, and so is what this kind of enforcement does not look at.
        if self.is_preflight() || !self.all && !self.is_unsafe() {
            return None;
        }
        // 2. What the browser says about the site.
        let has_origin = !self.origin.0.is_empty();
        if self.site == ["same-origin"] || self.site == ["none"] && !has_origin {
            return None;
        }
        // 3. Without an origin.
        if !has_origin && (!self.is_unsafe() || self.site.is_empty()) {
            return None;
        }
        // 4. Own origins.
        let is_own = if self.own {
            self.origin.0 == ["https://shop.example"]
        } else {
            self.site.is_empty() && self.is_of_all_authorities()
        };
        if is_own {
            return None;
        }
        // 5. The policy.
        match self.policy.says(self.origin.0, self.method.0) {
            Err(denial) => Some(denial),
            Ok(false) if self.cookie => Some(Denial::CredentialsNotAllowed),
            Ok(_) => None,
        }
    }

    /// Whether the page is of the host and port of all authorities.
    fn is_of_all_authorities(&self) -> bool {
        let (Some((host, port)), Some(named)) = (self.origin.1, self.authorities.2) else {
            return false;
        };
        // Without a port, that of the origin's scheme is meant.
        let default = if self.origin.0[0].starts_with("https:") { 443 } else { 80 };
        named.iter().all(|(name, named)| *name == host && named.unwrap_or(default) == port)
    }

    /// Status, whether the service ran, the origin that may read, with or without credentials, and
    /// `Vary`.
    pub(crate) fn expected(&self) -> Expected {
        let refusal = self.refusal();
        let mut vary = match self.is_preflight() {
            true => PREFLIGHT.to_owned(),
            false if self.all || self.is_unsafe() => {
                "Origin, Sec-Fetch-Site, Upgrade, Cookie".to_owned()
            }
            false => "Origin, Upgrade".to_owned(),
        };
        // Whether it is a preflight depends on these fields.
        if self.method.0 == "OPTIONS" && !self.is_preflight() {
            vary.push_str(PREFLIGHT.trim_start_matches("Origin"));
        }
        let asked = if self.is_preflight() { "POST" } else { self.method.0 };
        let said = self.policy.says(self.origin.0, asked).ok();
        let said = said.filter(|_| refusal.is_none() && !self.origin.0.is_empty());
        let reader =
            if self.policy == Kind::Any { "*" } else { self.origin.0.first().unwrap_or(&"") };
        let status = match (refusal, self.is_preflight()) {
            (Some(_), _) => 403,
            (None, true) => {
                if said.is_some() {
                    204
                } else {
                    403
                }
            }
            (None, false) => 200,
        };
        Expected {
            status,
            ran: refusal.is_none() && !self.is_preflight(),
            denial: refusal,
            reader: said.map(|_| reader.to_owned()),
            credentials: said == Some(true),
            vary: vec![vary],
        }
    }
}

#[derive(Debug, PartialEq)]
pub(crate) struct Expected {
    status: u16,
    ran: bool,
    pub(crate) denial: Option<Denial>,
    reader: Option<String>,
    credentials: bool,
    vary: Vec<String>,
}

impl Expected {
    pub(crate) fn of(response: &Response<String>, ran: bool) -> Self {
        let headers = response.headers();
        let reader = headers.get("access-control-allow-origin");
        Self {
            status: response.status().as_u16(),
            ran,
            denial: response.extensions().get().copied(),
            reader: reader.map(|value| value.to_str().unwrap().to_owned()),
            credentials: headers.contains_key("access-control-allow-credentials"),
            vary: headers
                .get_all("vary")
                .iter()
                .map(|line| line.to_str().unwrap().to_owned())
                .collect(),
        }
    }

    pub(crate) fn fields(&self) -> usize {
        self.vary.len() + usize::from(self.reader.is_some()) + usize::from(self.credentials)
    }
}

pub(crate) fn layer(own: bool, hosts: bool, all: bool, policy: Kind) -> CorsLayer<Routes> {
    let enforcement =
        if all { Enforcement::all_requests() } else { Enforcement::unsafe_requests() };
    let own_origins: &[&str] = if own { &["https://shop.example"] } else { &[] };
    let enforcement = enforcement.own_origins(own_origins);
    let enforcement = if hosts { enforcement.hosts(["shop.example"]) } else { enforcement };
    policy.layer().enforce(enforcement).unwrap()
}
