//! What a page sends and reads of a request that the policy denies before it is sent, with every kind of policy
//! and of browser: the request never arrives, and the reason is the step that failed.
//!
//! Fetch: <https://fetch.spec.whatwg.org/#cors-preflight-fetch>

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use http::Request;
use tower::{Layer, service_fn};
use tower_cors::browser::{Blocked, Body, Browser, Credentials, Fetch, Seen, UserAgent};
use tower_cors::{CorsLayer, Policy, PolicyBuilder};

use super::{Words, sent};

/// A rule in plain words.
#[derive(Clone, Copy, Debug)]
struct Rule {
    origins: Origins,
    credentials: bool,
    methods: Words,
    only: bool,
    headers: Words,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Origins {
    Any,
    /// Those that are written, and the pages that are meant.
    Listed(Words, Words),
    /// A predicate for the same page.
    If(&'static str),
    /// `null`, beside another.
    Null,
}

const A: &str = "https://a.example";
const ORIGINS: [Origins; 6] = [
    Origins::Any,
    Origins::Listed(&[A], &[A]),
    Origins::Listed(&["https://b.example", A], &[A, "https://b.example"]),
    Origins::Listed(&["https://*.a.example"], &["https://eu.a.example"]),
    Origins::If(A),
    Origins::Null,
];

const METHODS: [(Words, bool); 6] = [
    (&[], false),
    (&["PUT"], false),
    (&["*"], false),
    (&["GET"], true),
    (&["PUT", "POST"], true),
    (&["PATCH"], true),
];

const HEADERS: [Words; 6] =
    [&[], &["x-a", "Content-Type"], &["x-*"], &["*"], &["*", "authorization"], &["a*"]];

const PAGES: [&str; 4] = [A, "https://eu.a.example", "https://evil.example", "null"];

const ASKED_METHODS: [&str; 4] = ["GET", "POST", "PUT", "PATCH"];

/// Sorted, as browsers ask for them. No form can send one of them.
const ASKED_HEADERS: [Words; 8] = [
    &[],
    &["x-a"],
    &["authorization"],
    &["traceparent", "x-a"],
    &["authorization", "x-a", "x-b"],
    &["*"],
    &["*", "authorization"],
    &["accept-x", "authorization"],
];

const USER_AGENTS: [UserAgent; 4] =
    [UserAgent::Standard, UserAgent::Chromium, UserAgent::Firefox, UserAgent::WebKit];

/// How far a request came.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    Origin,
    Method(String),
    Header(String),
    /// The policy allows the request, though not with credentials.
    Credentials,
    /// The request was sent.
    Sent,
}

impl Rule {
    fn every() -> Vec<Self> {
        let mut every = Vec::new();
        for origins in ORIGINS {
            for credentials in [false, true] {
                if credentials && matches!(origins, Origins::Any | Origins::Null) {
                    continue;
                }
                for (methods, only) in METHODS {
                    for headers in HEADERS {
                        every.push(Self { origins, credentials, methods, only, headers });
                    }
                }
            }
        }
        every
    }

    fn builder(self) -> PolicyBuilder {
        let builder = Policy::builder()
            .allow_credentials(self.credentials)
            .allow_headers(self.headers)
            .max_age(std::time::Duration::from_secs(600))
            .dangerously_allow_public_suffixes(true);
        let builder = if self.only {
            builder.only_methods(self.methods)
        } else {
            builder.allow_methods(self.methods)
        };
        match self.origins {
            Origins::Any => builder.allow_origins(["*"]),
            Origins::Listed(written, _) => builder.allow_origins(written),
            Origins::If(page) => {
                builder.allow_origins_if(move |origin, _, _| origin.as_str() == page)
            }
            Origins::Null => {
                builder.allow_origins(["https://b.example"]).dangerously_allow_null_origin(true)
            }
        }
    }

    /// What the rule says of the request: origin, then method, then names.
    fn says(&self, asked: Asked) -> End {
        let is_known = match self.origins {
            Origins::Any => true,
            Origins::Listed(_, meant) => meant.contains(&asked.page),
            Origins::If(page) => page == asked.page,
            Origins::Null => asked.page == "null",
        };
        let is_safelisted = ["GET", "POST"].contains(&asked.method);
        let is_listed = self.methods == ["*"] || self.methods.contains(&asked.method);
        if !is_known {
            return End::Origin;
        }
        if !is_listed && (self.only || !is_safelisted) {
            return End::Method(asked.method.to_owned());
        }
        if asked.headers.iter().all(|name| self.allows_header(name)) {
            return End::Sent;
        }
        // Beside what is denied `*` is not said to be allowed, since browsers take it for the wildcard.
        let mut unsaid =
            asked.headers.iter().filter(|name| **name == "*" || !self.allows_header(name));
        End::Header(unsaid.next().map(ToString::to_string).unwrap_or_default())
    }

    fn allows_header(&self, name: &str) -> bool {
        self.headers.iter().any(|allowed| match allowed.strip_suffix('*') {
            // Browsers would take an echo of it for the wildcard.
            Some("") if name == "*" => false,
            Some(prefix) => name.starts_with(prefix) && name != "authorization",
            None => allowed.eq_ignore_ascii_case(name),
        })
    }
}

#[derive(Clone, Copy, Debug)]
struct Asked {
    page: &'static str,
    method: &'static str,
    headers: Words,
    includes: bool,
}

impl Asked {
    fn every() -> Vec<Self> {
        let mut every = Vec::new();
        for page in PAGES {
            for method in ASKED_METHODS {
                for headers in ASKED_HEADERS {
                    for includes in [false, true] {
                        let asked = Self { page, method, headers, includes };
                        if asked.has_preflight() {
                            every.push(asked);
                        }
                    }
                }
            }
        }
        every
    }

    fn is_safelisted(self) -> bool {
        ["GET", "POST"].contains(&self.method)
    }

    fn has_preflight(self) -> bool {
        !self.is_safelisted() || !self.headers.is_empty()
    }

    fn fetch(self) -> Fetch {
        let credentials = if self.includes { Credentials::Include } else { Credentials::Omit };
        let fetch = Fetch::new(self.method, "https://api.example/").credentials(credentials);
        self.headers.iter().fold(fetch, |fetch, name| fetch.header(name, "1"))
    }

    /// What the page's browser has to say, of the rules: whether the request is sent, and else what failed.
    fn meant(self, rules: &[Rule]) -> End {
        let rank = |end: &End| match end {
            End::Origin => 0,
            End::Method(_) => 1,
            End::Header(_) => 2,
            End::Credentials | End::Sent => 3,
        };
        // The first of those that came nearest.
        let mut nearest = (rules[0].says(self), rules[0]);
        for rule in &rules[1..] {
            let said = rule.says(self);
            if rank(&said) > rank(&nearest.0) {
                nearest = (said, *rule);
            }
        }
        match nearest {
            (End::Origin, _) => End::Origin,
            // A browser would send it, so it is told no more than a stranger is.
            (End::Method(_), _) if self.is_safelisted() => End::Origin,
            (_, rule) if self.includes && !rule.credentials => End::Credentials,
            (said, _) => said,
        }
    }
}

fn end(seen: &Seen) -> Result<End, String> {
    Ok(match seen.blocked() {
        None => End::Sent,
        Some(Blocked::AllowOriginMissing { .. }) => End::Origin,
        Some(Blocked::AllowOriginWildcard { .. } | Blocked::AllowCredentials { .. }) => {
            End::Credentials
        }
        Some(Blocked::Method { method, .. }) => End::Method(method.to_string()),
        Some(Blocked::Header { name, .. }) => End::Header(name.to_string()),
        Some(other) => return Err(other.to_string()),
    })
}

/// Runs the requests of which `keeps` says so, and counts how they end.
async fn walk(
    rules: &[Rule],
    policy: Policy,
    keeps: impl Fn(usize) -> bool,
    ends: &mut BTreeMap<String, usize>,
) {
    let arrived = Arc::new(AtomicUsize::new(0));
    let spy = Arc::clone(&arrived);
    let inner = service_fn(move |_: Request<Body>| {
        spy.fetch_add(1, Ordering::Relaxed);
        async { Ok::<_, Infallible>(sent()) }
    });
    let service = CorsLayer::new(policy).layer(inner);
    for (_, asked) in Asked::every().into_iter().enumerate().filter(|(column, _)| keeps(*column)) {
        let meant = asked.meant(rules);
        for user_agent in USER_AGENTS {
            let mut browser = Browser::new(service.clone()).user_agent(user_agent);
            arrived.store(0, Ordering::Relaxed);
            let seen = browser.fetch_from(asked.page, asked.fetch()).await.unwrap();
            let said = (end(&seen), arrived.load(Ordering::Relaxed), seen.sent().len());
            let expected = if meant == End::Sent { (1, 2) } else { (0, 1) };
            assert_eq!(
                said,
                (Ok(meant.clone()), expected.0, expected.1),
                "{rules:#?}\n{asked:?}, {user_agent:?}"
            );
        }
        *ends.entry(format!("{meant:?}").split('(').next().unwrap().to_owned()).or_default() += 1;
    }
}

/// A fifth of the whole product, five being prime to the number of requests.
#[tokio::test]
async fn what_is_denied_is_never_sent_and_the_reason_is_the_step_that_failed() {
    let mut ends = BTreeMap::new();
    for (row, rule) in Rule::every().into_iter().enumerate() {
        let policy = rule.builder().build().unwrap();
        walk(&[rule], policy, |column| (row + column).is_multiple_of(5), &mut ends).await;
    }
    let often = |end: &str| ends.get(end).copied().unwrap_or_default() > 400;
    assert!(
        ["Origin", "Method", "Header", "Credentials", "Sent"].into_iter().all(often),
        "{ends:?}"
    );
}

#[tokio::test]
async fn of_two_rules_the_one_that_came_nearest_gives_the_reason() {
    let (every, mut ends) = (Rule::every(), BTreeMap::new());
    for (row, &first) in every.iter().enumerate().step_by(13) {
        for &second in every.iter().skip(row % 17).step_by(17) {
            let rules = [first, second];
            let Ok(policy) = Policy::from_rules(rules.map(Rule::builder)) else {
                continue;
            };
            walk(&rules, policy, |column| (row + column).is_multiple_of(31), &mut ends).await;
        }
    }
    let often = |end: &str| ends.get(end).copied().unwrap_or_default() > 50;
    assert!(
        ["Origin", "Method", "Header", "Credentials", "Sent"].into_iter().all(often),
        "{ends:?}"
    );
}

/// What the answer to a denied preflight allows is not kept: the next request has a preflight of its own.
#[tokio::test]
async fn a_denied_preflight_leaves_nothing_behind() {
    let rule = Rule {
        origins: ORIGINS[1],
        credentials: false,
        methods: &["PUT"],
        only: false,
        headers: &["x-a"],
    };
    for user_agent in USER_AGENTS {
        let inner = service_fn(|_: Request<Body>| async { Ok::<_, Infallible>(sent()) });
        let service = CorsLayer::new(rule.builder().build().unwrap()).layer(inner);
        let mut browser = Browser::new(service).user_agent(user_agent);
        let ask = |headers| Asked { page: A, method: "PUT", headers, includes: false }.fetch();
        let denied = browser.fetch_from(A, ask(&["x-a", "x-b"])).await.unwrap();
        assert_eq!(end(&denied), Ok(End::Header("x-b".to_owned())));
        let allowed = browser.fetch_from(A, ask(&["x-a"])).await.unwrap();
        assert!(allowed.sent()[0].is_preflight(), "{user_agent:?}");
        let kept = browser.fetch_from(A, ask(&["x-a"])).await.unwrap();
        assert_eq!((end(&kept), kept.sent().len()), (Ok(End::Sent), 1), "{user_agent:?}");
    }
}
