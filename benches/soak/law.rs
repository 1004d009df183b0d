//! What each version of the policy answers, in plain words and without any code of the crate.

use std::collections::BTreeMap;
use std::time::Duration;

use http::{HeaderValue, Method, Uri};
use tower_cors::{Origin, Policy, PolicyErrors};

use super::gauge::POLICIES;

pub(crate) const FIRST: &str = "https://a.example";
const SECOND: &str = "https://b.example";

/// Who may read a version: versions take turns, so that each swap changes status, values and `Vary`.
#[derive(Clone, Copy, PartialEq)]
enum Readers {
    /// One origin; the policy is static.
    One,
    /// Any origin; the policy is static.
    Any,
    /// Two origins, with credentials; the policy is dynamic.
    Two,
}

fn readers(version: u64) -> Readers {
    match version % 3 {
        0 => Readers::One,
        1 => Readers::Any,
        _ => Readers::Two,
    }
}

/// A policy whose answers tell which version they are of.
pub(crate) fn policy(version: u64) -> Result<Policy, PolicyErrors> {
    let builder = Policy::builder()
        .allow_methods(["PUT", &method_of(version)])
        .allow_headers(["x-always", &name_of(version)])
        .expose_headers([name_of(version)])
        .max_age(Duration::from_secs(version % 86_400));
    let builder = match readers(version) {
        Readers::One => builder.allow_origins([FIRST]),
        Readers::Any => builder.allow_origins(["*"]),
        Readers::Two => {
            // What the predicate owns tells how many of these policies are alive.
            let alive = POLICIES.enter();
            let is_second = move |origin: &Origin, _: &Method, _: &Uri| {
                let _alive = &alive;
                origin.to_string() == SECOND
            };
            builder.allow_origins([FIRST]).allow_origins_if(is_second).allow_credentials(true)
        }
    };
    builder.build()
}

fn method_of(version: u64) -> String {
    format!("M{version}")
}

fn name_of(version: u64) -> String {
    format!("x-{version}")
}

/// What stands in `Origin`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum From {
    Nowhere,
    First,
    Second,
    Stranger,
    Malformed,
    Empty,
    Doubled,
}

impl From {
    pub(crate) const ALL: [Self; 7] = [
        Self::Nowhere,
        Self::First,
        Self::Second,
        Self::Stranger,
        Self::Malformed,
        Self::Empty,
        Self::Doubled,
    ];

    fn lines(self) -> Vec<&'static [u8]> {
        match self {
            Self::Nowhere => Vec::new(),
            Self::First => vec![FIRST.as_bytes()],
            Self::Second => vec![SECOND.as_bytes()],
            Self::Stranger => vec![b"https://a.example.evil.example"],
            Self::Malformed => vec![b"https://a.example\xff"],
            Self::Empty => vec![b""],
            Self::Doubled => vec![FIRST.as_bytes(); 2],
        }
    }

    fn may_read(self, readers: Readers) -> bool {
        match readers {
            Readers::One => self == Self::First,
            Readers::Any => true,
            Readers::Two => self == Self::First || self == Self::Second,
        }
    }
}

/// The method that a preflight asks for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Wanted {
    OfVersion,
    Put,
    Get,
    Forbidden,
    Doubled,
}

impl Wanted {
    pub(crate) const ALL: [Self; 5] =
        [Self::OfVersion, Self::Put, Self::Get, Self::Forbidden, Self::Doubled];
}

/// The names that a preflight asks for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Names {
    None,
    OfVersion,
    TooMany,
    TooLong,
    NoToken,
}

impl Names {
    pub(crate) const ALL: [Self; 5] =
        [Self::None, Self::OfVersion, Self::TooMany, Self::TooLong, Self::NoToken];
}

/// What the resolver does for a request.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Turn {
    Finds,
    Fails,
    Hangs,
    Panics,
}

impl Turn {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Finds => "finds",
            Self::Fails => "fails",
            Self::Hangs => "hangs",
            Self::Panics => "panics",
        }
    }
}

/// A request. One with a turn goes to the server whose policy a resolver finds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked {
    pub(crate) turn: Option<Turn>,
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    pub(crate) from: From,
    pub(crate) preflight: Option<(Wanted, Names)>,
}

impl Asked {
    /// The fields of the request, which asks for what that version allows.
    pub(crate) fn fields(&self, version: u64) -> Vec<(&'static str, HeaderValue)> {
        let mut fields = Vec::new();
        let mut add = |name, value: &[u8]| {
            let value = HeaderValue::from_bytes(value);
            fields.extend(value.map(|value| (name, value)));
        };
        for line in self.from.lines() {
            add("origin", line);
        }
        if let Some(turn) = self.turn {
            add("x-turn", turn.name().as_bytes());
        }
        if let Some((method, names)) = self.preflight {
            let asked = "access-control-request-method";
            match method {
                Wanted::OfVersion => add(asked, method_of(version).as_bytes()),
                Wanted::Put => add(asked, b"PUT"),
                Wanted::Get => add(asked, b"GET"),
                Wanted::Forbidden => add(asked, b"TRACE"),
                Wanted::Doubled => [(); 2].map(|()| add(asked, b"PUT")).into_iter().collect(),
            }
            let asked = "access-control-request-headers";
            match names {
                Names::None => {}
                Names::OfVersion => add(asked, names_asked(version).as_bytes()),
                Names::TooMany => (0..17).for_each(|_| add(asked, b"x-always")),
                Names::TooLong => add(asked, &[b'x'; 4_097]),
                Names::NoToken => add(asked, b"x-always,\"x\""),
            }
        }
        fields
    }
}

fn names_asked(version: u64) -> String {
    format!("{},x-always", name_of(version))
}

/// What matters of an answer: all of it, but for what hyper adds to every response.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) fields: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

const CORS_VARY: &str = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers";

/// The answer of a version to a request that asked for what another version, or the same, allows.
pub(crate) fn expected(asked: &Asked, asked_for: u64, version: u64) -> Answer {
    match asked.preflight.filter(|_| asked.from != From::Nowhere) {
        Some(wanted) => to_preflight(asked, wanted, asked_for, version),
        None => to_other(asked, version),
    }
}

fn to_preflight(
    asked: &Asked,
    (method, names): (Wanted, Names),
    asked_for: u64,
    version: u64,
) -> Answer {
    let readers = readers(version);
    let mut fields = BTreeMap::new();
    let mut add = |name: &str, value: String| drop(fields.insert(name.to_owned(), value));
    match asked.turn {
        None => add("vary", CORS_VARY.to_owned()),
        Some(_) => add("vary", format!("{CORS_VARY}, x-turn")),
    }
    let no_policy = asked.turn == Some(Turn::Fails);
    let malformed = [Wanted::Forbidden, Wanted::Doubled].contains(&method)
        || [Names::TooMany, Names::TooLong, Names::NoToken].contains(&names);
    if no_policy || malformed || !asked.from.may_read(readers) {
        return Answer { status: 403, fields, body: Vec::new() };
    }
    reader(readers, asked.from, &mut add);
    let is_its_own = asked_for == version;
    let is_allowed = method != Wanted::OfVersion || is_its_own;
    let methods = match method {
        Wanted::OfVersion if is_its_own => Some(method_of(asked_for)),
        // A browser whose method is not in the list names the method.
        Wanted::OfVersion => Some("GET".to_owned()),
        Wanted::Put => Some("PUT".to_owned()),
        _ => None,
    };
    if let Some(methods) = methods {
        add("access-control-allow-methods", methods);
    }
    let all_allowed = is_allowed && (names == Names::None || is_its_own);
    if names != Names::None && all_allowed {
        add("access-control-allow-headers", names_asked(asked_for));
    } else if names != Names::None && is_allowed {
        add("access-control-allow-headers", "x-always".to_owned());
    }
    if all_allowed {
        add("access-control-max-age", (version % 86_400).to_string());
    }
    Answer { status: 204, fields, body: Vec::new() }
}

/// To a plain or simple request: what the inner service answers, without its own CORS headers.
fn to_other(asked: &Asked, version: u64) -> Answer {
    let readers = readers(version);
    let is_dynamic = readers == Readers::Two || asked.turn.is_some();
    let mut fields = BTreeMap::new();
    let mut add = |name: &str, value: String| drop(fields.insert(name.to_owned(), value));
    let vary = match asked.method {
        "OPTIONS" => Some(CORS_VARY),
        _ => is_dynamic.then_some("Origin"),
    };
    let turn = asked.turn.map(|_| "x-turn");
    let vary: Vec<&str> = [Some("accept-encoding"), vary, turn].into_iter().flatten().collect();
    add("vary", vary.join(", "));
    // A resolver is not asked for a request without an `Origin`.
    let has_policy = match asked.turn {
        None => true,
        Some(turn) => turn == Turn::Finds && asked.from != From::Nowhere,
    };
    let is_told = !is_dynamic || (asked.from != From::Nowhere && asked.from.may_read(readers));
    if has_policy && is_told {
        reader(readers, asked.from, &mut add);
        add("access-control-expose-headers", name_of(version));
    }
    Answer { status: 200, fields, body: b"inner".to_vec() }
}

/// Who may read.
fn reader(readers: Readers, from: From, add: &mut impl FnMut(&str, String)) {
    let origin = match (readers, from) {
        (Readers::Any, _) => "*",
        (Readers::Two, From::Second) => SECOND,
        _ => FIRST,
    };
    add("access-control-allow-origin", origin.to_owned());
    if readers == Readers::Two {
        add("access-control-allow-credentials", "true".to_owned());
    }
}
