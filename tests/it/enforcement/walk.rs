//! Every combination of what enforcement looks at, held to the same in plain words.
//!
//! RFC 9110, host: <https://www.rfc-editor.org/rfc/rfc9110#section-7.2>

use http::{Request, Response};
use tower_cors::{CorsLayer, Enforcement, Policy};

use super::{send, vary};

/// Lines of `Sec-Fetch-Site`.
const SITES: [&[&str]; 7] = [
    &[],
    &["same-origin"],
    &["none"],
    &["same-site"],
    &["cross-site"],
    &["Same-Origin"],
    &["same-origin", "same-origin"],
];

/// Lines of `Origin`, and the host and port that it stands for.
type Origin = (&'static [&'static str], Option<(&'static str, u16)>);
const ORIGINS: [Origin; 10] = [
    (&[], None),
    (&["https://shop.example"], Some(("shop.example", 443))),
    (&["http://shop.example"], Some(("shop.example", 80))),
    (&["https://shop.example:8443"], Some(("shop.example", 8443))),
    (&["https://partner.example"], Some(("partner.example", 443))),
    (&["https://evil.example"], Some(("evil.example", 443))),
    (&["null"], None),
    (&["https://shop.example/"], None),
    (&["https://shop.example", "https://shop.example"], None),
    (&["app://shop.example"], None),
];

/// The authority of the URI, lines of `Host`; the host and, if there is one, the port they name.
type Authority =
    (Option<&'static str>, &'static [&'static str], Option<(&'static str, Option<u16>)>);
const AUTHORITIES: [Authority; 9] = [
    (None, &["shop.example"], Some(("shop.example", None))),
    (None, &["SHOP.example:443"], Some(("shop.example", Some(443)))),
    (None, &["shop.example:8443"], Some(("shop.example", Some(8443)))),
    (None, &["evil.example"], Some(("evil.example", None))),
    (None, &[], None),
    (None, &["shop.example", "shop.example"], None),
    (Some("shop.example"), &["evil.example"], Some(("shop.example", None))),
    (Some("shop.example:80"), &[], Some(("shop.example", Some(80)))),
    (Some("evil.example"), &["shop.example"], Some(("evil.example", None))),
];

const METHODS: [&str; 8] = ["GET", "HEAD", "OPTIONS", "TRACE", "POST", "DELETE", "CONNECT", "BREW"];

#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is walked")]
struct Case {
    site: &'static [&'static str],
    origin: Origin,
    authority: Authority,
    method: &'static str,
    upgrade: bool,
    own: bool,
    hosts: bool,
    all: bool,
    policy: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Any,
    One,
    Several,
}

impl Kind {
    fn policy(self) -> Policy {
        let origins: &[&str] = match self {
            Self::Any => &["*"],
            Self::One => &["https://partner.example"],
            Self::Several => &["https://partner.example", "https://other.example"],
        };
        Policy::builder().allow_origins(origins).build().unwrap()
    }
}

impl Case {
    fn request(&self) -> Request<String> {
        let uri =
            self.authority.0.map_or("/".to_owned(), |authority| format!("https://{authority}/"));
        let mut request = Request::builder().method(self.method).uri(uri);
        for host in self.authority.1 {
            request = request.header("host", *host);
        }
        for origin in self.origin.0 {
            request = request.header("origin", *origin);
        }
        for site in self.site {
            request = request.header("sec-fetch-site", *site);
        }
        if self.upgrade {
            request = request.header("upgrade", "websocket").header("connection", "upgrade");
        }
        request.body(String::new()).unwrap()
    }

    fn foreign_host(&self) -> bool {
        let listed = |(host, port): (&str, Option<u16>)| {
            host == "shop.example" && [None, Some(80), Some(443)].contains(&port)
        };
        self.hosts && !self.authority.2.is_some_and(listed)
    }

    fn policy_allows(&self) -> bool {
        match self.policy {
            Kind::Any => true,
            Kind::One | Kind::Several => self.origin.0 == ["https://partner.example"],
        }
    }

    /// The five steps, in their order.
    fn refused(&self) -> bool {
        if self.foreign_host() {
            return true;
        }
        let safe = ["GET", "HEAD", "OPTIONS", "TRACE"].contains(&self.method);
        if !self.all && safe && !self.upgrade {
            return false;
        }
        if self.site == ["same-origin"] || self.site == ["none"] || self.origin.0.is_empty() {
            return false;
        }
        let is_own = if self.own {
            self.origin.0 == ["https://shop.example"]
        } else {
            // Without a port, that of the origin's scheme is meant.
            let default = if self.origin.0[0].starts_with("https:") { 443 } else { 80 };
            let authority = self.authority.2.map(|(host, port)| (host, port.unwrap_or(default)));
            self.site.is_empty() && authority.is_some() && self.origin.1 == authority
        };
        !is_own && !self.policy_allows()
    }

    fn allowed_origin(&self) -> Option<&'static str> {
        let shared = !self.refused() && !self.origin.0.is_empty() && self.policy_allows();
        shared.then(|| if self.policy == Kind::Any { "*" } else { "https://partner.example" })
    }
}

#[test]
fn every_combination_is_refused_or_passes_as_the_steps_say() {
    let (mut cases, mut refused, mut failures) = (0, 0, Vec::new());
    for (own, hosts, all) in [false, true].into_iter().flat_map(|own| {
        [false, true].into_iter().flat_map(move |hosts| [(own, hosts, false), (own, hosts, true)])
    }) {
        for policy in [Kind::Any, Kind::One, Kind::Several] {
            let enforcement =
                if all { Enforcement::all_requests() } else { Enforcement::unsafe_requests() };
            let own_origins: &[&str] = if own { &["https://shop.example"] } else { &[] };
            let enforcement = enforcement.own_origins(own_origins);
            let enforcement = if hosts { enforcement.hosts(["shop.example"]) } else { enforcement };
            let layer = CorsLayer::new(policy.policy()).enforce(enforcement).unwrap();
            for site in SITES {
                for origin in ORIGINS {
                    for authority in AUTHORITIES {
                        for (method, upgrade) in
                            METHODS.into_iter().flat_map(|method| [(method, false), (method, true)])
                        {
                            let case = Case {
                                site,
                                origin,
                                authority,
                                method,
                                upgrade,
                                own,
                                hosts,
                                all,
                                policy,
                            };
                            let (response, ran) = send(&layer, case.request());
                            failures.extend(differs(&case, &response, ran));
                            cases += 1;
                            refused += usize::from(case.refused());
                        }
                    }
                }
            }
        }
    }
    assert!(failures.is_empty(), "{} of {cases}, such as {:#?}", failures.len(), failures[0]);
    assert!(refused > 50_000 && cases - refused > 50_000, "{cases} {refused}");
}

fn differs(case: &Case, response: &Response<String>, ran: bool) -> Option<String> {
    let refused = case.refused();
    let headers = response.headers();
    let origin = headers.get("access-control-allow-origin").map(|value| value.to_str().unwrap());
    let expected = (
        if refused { 403 } else { 200 },
        !refused,
        case.allowed_origin(),
        vec![if case.all { "Origin, Sec-Fetch-Site" } else { "Origin" }],
        1 + usize::from(case.allowed_origin().is_some()),
    );
    let actual = (response.status().as_u16(), ran, origin, vary(headers), headers.len());
    (actual != expected).then(|| format!("{case:#?}: {actual:?}, not {expected:?}"))
}
