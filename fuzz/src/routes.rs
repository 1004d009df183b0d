//! Which route a path has, held to the slow model of the tests, and to the router that axum has.
//!
//! An input has two parts. The first is a table: a line of what all other paths have, and a field for each route, what
//! it has and its path. A path has `one` or `two`, which are policies; `alike`, which decides as `one` does, and has
//! another name; `alone`; or, by any other word, no CORS. The second part is the path of a request.

use std::convert::Infallible;
use std::str;
use std::sync::LazyLock;

use futures_util::FutureExt;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use tower::{Layer, ServiceExt, service_fn};
use tower_cors::{CorsLayer, Denial, Policy, Route, RouteError, RouteFault, Routes};
use url::Url;

use crate::naive;
use crate::text::parts;

/// More readings are not looked at, nor more bytes of them.
const MOST_READINGS: usize = 64;
const MOST_BYTES: usize = 16 * 1024;
/// No table of an input has more routes.
const MOST_ROUTES: usize = 16;

pub fn check(input: &[u8]) -> Option<()> {
    let [table, request] = parts(input)?;
    let (fallback, path) = (str::from_utf8(table.first).ok()?, str::from_utf8(request.first).ok()?);
    let mut written = Vec::new();
    for (name, route) in &table.fields {
        written.push((str::from_utf8(route).ok()?, word(name)));
    }
    if written.len() > MOST_ROUTES {
        return None;
    }
    let table = Table::build(&written, word(fallback));
    let found = find(&table.routes, path);
    if path.starts_with('/') {
        let expected = table.expected(path);
        assert_eq!(found, expected.map(what), "{path:?}: {expected:?} in {}", table.shown());
    } else {
        // It is no route's as it stands, though it may be read as one that is.
        let is_other = found.is_none_or(|found| found == what(table.fallback));
        assert!(is_other, "{path:?}: {found:?} in {}", table.shown());
    }
    sends(&table.routes, path, found);
    Some(())
}

/// What a path may have, by its word.
const WORDS: [&str; 5] = ["none", "one", "two", "alike", "alone"];

fn word(text: &str) -> &'static str {
    WORDS.into_iter().find(|word| *word == text).unwrap_or("none")
}

fn what(word: &str) -> &'static Route {
    static ROUTES: LazyLock<[Route; 5]> = LazyLock::new(|| {
        let policy = |name: &str, origin: &str| {
            let origins = [format!("https://{origin}.example")];
            let policy = Policy::builder().name(name).allow_origins(origins).build();
            Route::Policy(policy.expect("an origin"))
        };
        let policies = (policy("one", "one"), policy("two", "two"), policy("alike", "one"));
        [Route::NoCors, policies.0, policies.1, policies.2, Route::LeftAlone]
    });
    let at = WORDS.iter().position(|other| *other == word);
    &ROUTES[at.unwrap_or_default()]
}

/// What decides the same has the same word.
fn sort(word: &str) -> &str {
    if word == "alike" { "one" } else { word }
}

/// A table without the routes that are refused, and the same in the router of axum.
struct Table<'a> {
    written: Vec<(&'a str, &'static str)>,
    fallback: &'static str,
    routes: Routes,
    axum: matchit::Router<&'static str>,
}

impl<'a> Table<'a> {
    /// Whatever is not refused by itself is taken, or is in conflict with what was taken before, as in axum.
    fn build(written: &[(&'a str, &'static str)], fallback: &'static str) -> Self {
        let (mut taken, mut conflicts) = (Vec::new(), Vec::new());
        let mut axum = matchit::Router::new();
        for &(path, word) in written {
            if !is_route(path) {
                continue;
            }
            match axum.insert(path, word) {
                Ok(()) => taken.push((path, word)),
                Err(matchit::InsertError::Conflict { .. }) => conflicts.push(path),
                Err(error) => panic!("{path:?} is no route of axum: {error}"),
            }
        }
        let build = |written: &[(&'a str, &'static str)]| {
            let builder = Routes::builder().fallback(what(fallback).clone());
            let add = |builder: tower_cors::RoutesBuilder, (path, word): &(&str, &str)| {
                builder.route(*path, what(word).clone())
            };
            written.iter().fold(builder, add).build()
        };
        let errors = build(written).err();
        let found = errors.iter().flatten().filter_map(|error| match error {
            RouteError::Conflict { path, .. } => Some(path.as_str()),
            _ => None,
        });
        assert_eq!(found.collect::<Vec<_>>(), conflicts, "{written:?}");
        let routes = build(&taken).unwrap_or_else(|errors| panic!("{taken:?}: {errors}"));
        Self { written: taken, fallback, routes, axum }
    }

    fn shown(&self) -> String {
        format!("{:?}, else {:?}", self.written, self.fallback)
    }

    /// The word of what a path has as it stands.
    fn word(&self, path: &str) -> &'static str {
        let word = naive::route(&self.written, path).unwrap_or(self.fallback);
        let of_axum = self.axum.at(path).map_or(self.fallback, |found| *found.value);
        assert_eq!(word, of_axum, "{path:?} in {}", self.shown());
        word
    }

    /// What all readings of a path agree on.
    fn expected(&self, path: &str) -> Option<&'static str> {
        let own = self.word(path);
        if self.written.iter().all(|(_, word)| sort(word) == sort(self.fallback)) {
            return Some(own);
        }
        let texts = naive::texts(path, MOST_READINGS)?;
        let bytes: usize = texts.iter().map(|(text, _)| text.len()).sum();
        if texts.len() > 1 && bytes > MOST_BYTES {
            return None;
        }
        let agree = texts.into_iter().all(|(text, is_decoded)| {
            sort(self.word(&naive::written(&text, is_decoded))) == sort(own)
        });
        agree.then_some(own)
    }
}

/// Whether a path is the path of a route. One that is has one reading, and browsers send it as it stands. What is said of
/// another is a line, and its fix builds.
fn is_route(path: &str) -> bool {
    let Err(errors) = Routes::builder().route(path, Route::NoCors).build() else {
        let sample = sample(path);
        let sent = Url::parse(&format!("https://a.example{sample}"));
        assert_eq!(sent.as_ref().map(Url::path), Ok(&*sample), "{path:?}");
        assert_eq!(naive::readings(&sample).into_iter().collect::<Vec<_>>(), [sample], "{path:?}");
        return true;
    };
    for error in &errors {
        let said = error.to_string();
        assert!(!said.chars().any(char::is_control) && said.len() < 4096, "{said:?}");
        let RouteError::Path { fault, fix, .. } = error else { panic!("{path:?}: {said}") };
        if *fault == RouteFault::ReadOtherwise {
            let sample = sample(path);
            let is_other =
                |(text, is_decoded): (String, bool)| naive::written(&text, is_decoded) != sample;
            let texts = naive::texts(&sample, MOST_READINGS);
            let are_others = texts.is_none_or(|texts| texts.into_iter().any(is_other));
            assert!(are_others, "{path:?}: {said}");
        }
        if let Some(fix) = fix {
            let built = Routes::builder().route(fix, Route::NoCors).build();
            assert!(built.is_ok(), "{said}: {}", built.unwrap_err());
        }
    }
    false
}

/// A path that a route matches, with `x` for what it has in braces.
pub(crate) fn sample(path: &str) -> String {
    let mut parts = path.split('{');
    let mut sample = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let behind = part.split_once('}').map_or("", |(_, behind)| behind);
        sample.extend(["x", behind]);
    }
    sample
}

/// What a path has, within bounds that do not depend on the table.
fn find<'a>(routes: &'a Routes, path: &str) -> Option<&'a Route> {
    let mut found = None;
    let used = allocation_counter::measure(|| found = routes.find(path));
    let most = (128 << 10) + 16 * path.len() as u64;
    assert!(used.count_total <= 64 && used.bytes_total <= most, "{used:?} for {path:?}");
    found
}

/// Requests and preflights have what the path has, by themselves and in a layer.
fn sends(routes: &Routes, path: &str, found: Option<&Route>) {
    let layer = CorsLayer::new(routes.clone());
    for (method, origin) in [
        (Method::GET, None),
        (Method::GET, Some("https://one.example")),
        (Method::POST, Some("https://two.example")),
        (Method::OPTIONS, Some("https://one.example")),
        (Method::OPTIONS, Some("https://two.example")),
    ] {
        let is_preflight = method == Method::OPTIONS;
        // The query is no part of the path.
        let Some(request) = request(&method, &format!("{path}?{path}"), origin) else { return };
        if request.uri().path() != path {
            return;
        }
        let (decision, (status, headers, ran)) = (routes.decide(&request), send(&layer, &request));
        let allowed = headers.get("access-control-allow-origin").map(HeaderValue::as_bytes);
        let denial = match found {
            Some(Route::LeftAlone) => {
                assert!(decision.headers().is_empty() && ran, "{request:?}");
                assert_eq!(allowed, Some(&b"https://inner.example"[..]), "{request:?}");
                None
            }
            Some(Route::Policy(policy)) => {
                assert_eq!(decision, policy.decide(&request), "{request:?}");
                let own = decision.headers().remove("access-control-allow-origin");
                assert_eq!(allowed, own.as_ref().map(HeaderValue::as_bytes), "{request:?}");
                assert_eq!(ran, !is_preflight, "{request:?}");
                continue;
            }
            Some(Route::NoCors) => Some(Denial::NoPolicy),
            None => Some(Denial::PathAmbiguous),
        };
        if denial.is_some() {
            assert_eq!(allowed, None, "{request:?}");
            let expected = if is_preflight { StatusCode::FORBIDDEN } else { StatusCode::ACCEPTED };
            assert_eq!((status, ran), (expected, !is_preflight), "{request:?}");
        }
        assert_eq!(decision.denial(), denial.filter(|_| origin.is_some()), "{request:?}");
    }
}

fn request(method: &Method, uri: &str, origin: Option<&str>) -> Option<Request<()>> {
    let mut request = Request::builder().method(method).uri(uri);
    if let Some(origin) = origin {
        request = request.header("origin", origin);
    }
    if *method == Method::OPTIONS {
        request = request.header("access-control-request-method", "GET");
    }
    request.body(()).ok()
}

/// What comes of a service with CORS of its own, and whether it ran.
fn send(layer: &CorsLayer<Routes>, request: &Request<()>) -> (StatusCode, HeaderMap, bool) {
    let inner = service_fn(|_: Request<()>| async {
        let response = Response::builder()
            .status(StatusCode::ACCEPTED)
            .header("access-control-allow-origin", "https://inner.example");
        Ok::<_, Infallible>(response.body(true).expect("a sound head"))
    });
    let sent = layer.layer(inner).oneshot(request.clone()).now_or_never();
    let response = sent.expect("nothing to wait for").unwrap_or_else(|never| match never {});
    (response.status(), response.headers().clone(), *response.body())
}
