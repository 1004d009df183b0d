//! What a request costs in allocations, counted, for each row of what goes on the wire: nothing
//! beyond room in the response's own header map, and, once for a thread, its copies of what the policy
//! sends.

mod selected;

use std::cell::RefCell;
use std::convert::Infallible;
use std::future::{Future, Ready, ready};
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response};
use tower::{Layer, Service};
use tower_cors::{CorsLayer, Policy, PolicyBuilder};

use Inner::{Empty, Typed, Varying};

/// How many allocations the function makes, besides what it returns.
pub(crate) fn count<T>(function: impl FnOnce() -> T) -> (T, u64) {
    let mut result = None;
    let measured = allocation_counter::measure(|| result = Some(function()));
    (result.unwrap(), measured.count_total)
}

/// What the map of the inner response holds.
#[derive(Clone, Copy)]
enum Inner {
    /// Nothing, so that it has no room.
    Empty,
    /// `content-type` and `content-length`.
    Typed,
    /// These and a `Vary` of its own.
    Varying,
}

type Fields<'a> = &'a [(&'a str, &'a str)];

struct Row<'a> {
    name: &'a str,
    policy: PolicyBuilder,
    inner: Inner,
    method: Method,
    fields: Fields<'a>,
    allocations: u64,
}

const FROM_A: (&str, &str) = ("origin", "https://a.example");
const FROM_EVIL: (&str, &str) = ("origin", "https://evil.example");
const FOR_PUT: (&str, &str) = ("access-control-request-method", "PUT");
const NAMES: (&str, &str) =
    ("access-control-request-headers", "authorization,content-type,x-request-id");

fn any() -> PolicyBuilder {
    Policy::builder().allow_origins(["*"]).expose_headers(["*"])
}

fn one() -> PolicyBuilder {
    Policy::builder().allow_origins(["https://a.example"]).allow_credentials(true)
}

fn two() -> PolicyBuilder {
    Policy::builder()
        .allow_origins(["https://a.example", "https://b.example"])
        .allow_credentials(true)
        .allow_methods(["PUT"])
        .allow_headers(["authorization", "content-type", "x-request-id", "x-amz-*"])
        .expose_headers(["x-request-id"])
        .max_age(Duration::from_secs(600))
}

fn pattern() -> PolicyBuilder {
    Policy::builder().allow_origins(["https://*.a.example", "http://localhost:*"])
}

fn predicate() -> PolicyBuilder {
    Policy::builder().allow_origins_if(|origin, _, _| origin.host() == "a.example")
}

fn many() -> PolicyBuilder {
    two().allow_origins((0..1000).map(|number| format!("https://{number}.example")))
}

#[test]
fn plain_and_simple_requests_add_none_where_there_is_room() {
    let none: Fields<'_> = &[];
    let mut table = Table::default();
    for (policy, builder) in [("any origin", any()), ("one origin", one())] {
        for (request, fields) in [("plain", none), ("simple", &[FROM_A]), ("denied", &[FROM_EVIL])]
        {
            let name = &format!("static, {policy}, {request}");
            table.get(name, &builder, Typed, fields, 0);
            table.get(name, &builder, Varying, fields, 0);
            table.get(name, &builder, Empty, fields, 2);
        }
    }
    let dynamic =
        [("two", two()), ("many", many()), ("pattern", pattern()), ("predicate", predicate())];
    for (policy, builder) in dynamic {
        let sub: Fields<'_> = &[("origin", "https://eu.a.example")];
        for (request, fields) in [
            ("plain", none),
            ("allowed", &[FROM_A]),
            ("of a subdomain", sub),
            ("with a port", &[("origin", "http://localhost:3000")]),
            ("denied", &[FROM_EVIL]),
            ("null", &[("origin", "null")]),
            ("repeated", &[FROM_A, FROM_A]),
        ] {
            let name = &format!("dynamic, {policy}, {request}");
            table.get(name, &builder, Typed, fields, 0);
            table.get(name, &builder, Varying, fields, 1);
            table.get(name, &builder, Empty, fields, 2);
        }
    }
    table.close();
}

#[test]
fn options_that_are_no_preflight_add_none() {
    let mut table = Table::default();
    for (policy, policy_name) in [(any(), "any"), (one(), "one"), (two(), "two")] {
        let no_fields: Fields<'_> = &[];
        for fields in [no_fields, &[FROM_A], &[FOR_PUT]] {
            table.row(Row {
                name: &format!("{policy_name}, {fields:?}"),
                policy: policy.clone(),
                inner: Typed,
                method: Method::OPTIONS,
                fields,
                allocations: 0,
            });
        }
    }
    table.close();
}

/// What no browser sends costs a few: names in several lines, and, for a predicate, a method that
/// `http` does not keep inline.
#[test]
fn rare_preflights_add_few() {
    let mut table = Table::default();
    let long = ("access-control-request-method", "UPDATEREDIRECTREF");
    let content_type = ("access-control-request-headers", "content-type");
    let authorization = ("access-control-request-headers", "authorization");
    let rows: &[(&str, PolicyBuilder, Fields<'_>, u64)] = &[
        ("two lines of names", two(), &[FROM_A, FOR_PUT, content_type, authorization], 1),
        ("a long method", predicate().allow_methods(["*"]), &[FROM_A, long], 1),
        ("a long method, no predicate", two().allow_methods(["*"]), &[FROM_A, long], 0),
    ];
    for (name, policy, fields, allocations) in rows {
        table.row(Row {
            name,
            policy: policy.clone(),
            inner: Empty,
            method: Method::OPTIONS,
            fields,
            allocations: *allocations,
        });
    }
    table.close();
}

#[test]
fn preflights_add_none() {
    let mut table = Table::default();
    let any_header = two().allow_headers(["*"]);
    let open = any().allow_methods(["*"]).allow_headers(["*"]);
    let rows: &[(&str, &PolicyBuilder, Fields<'_>)] = &[
        ("allowed, three names", &two(), &[FROM_A, FOR_PUT, NAMES]),
        ("allowed, no name", &two(), &[FROM_A, FOR_PUT]),
        ("allowed, any header", &any_header, &[FROM_A, FOR_PUT, NAMES]),
        ("allowed, all open", &open, &[FROM_A, FOR_PUT, ("access-control-request-headers", "x-a")]),
        ("allowed, many origins", &many(), &[FROM_A, FOR_PUT, NAMES]),
        ("allowed by a predicate", &predicate().allow_methods(["PUT"]), &[FROM_A, FOR_PUT]),
        (
            "allowed, in another order and case, with a prefix",
            &two(),
            &[
                FROM_A,
                FOR_PUT,
                ("access-control-request-headers", "X-Amz-Date, Content-Type ,AUTHORIZATION"),
            ],
        ),
        ("denied by origin", &two(), &[FROM_EVIL, FOR_PUT, NAMES]),
        ("denied by origin, one origin", &one(), &[FROM_EVIL, FOR_PUT, NAMES]),
        ("denied by method", &two(), &[FROM_A, ("access-control-request-method", "DELETE")]),
        (
            "denied by header, and no other is asked for",
            &two(),
            &[FROM_A, FOR_PUT, ("access-control-request-headers", "x-evil")],
        ),
    ];
    let mut row = |name, policy, fields: &[(&str, &str)], allocations| {
        table.row(Row { name, policy, inner: Empty, method: Method::OPTIONS, fields, allocations });
    };
    for (name, builder, fields) in rows {
        row(name, (*builder).clone(), fields, 0);
    }
    // The names that are allowed, in one piece.
    let long = ["x-evil,", &"authorization,".repeat(250), "x-evil"].concat();
    for (name, names) in [
        ("denied by header, after one", "authorization,x-evil"),
        ("denied by header, between two", "authorization,x-evil,X-Amz-Date"),
        ("denied by header, beside many", &long),
    ] {
        let fields = [FROM_A, FOR_PUT, ("access-control-request-headers", names)];
        row(name, two(), &fields, 1);
    }
    table.close();
}

#[test]
fn hostile_requests_add_none() {
    const LONG: usize = 64 << 10;
    let (origin, commas) = ("h".repeat(LONG), ",".repeat(LONG));
    let names = "x-a,".repeat(LONG / 4);
    let lines = vec![("access-control-request-headers", ","); 1000];
    let others: Vec<String> = (0..1000).map(|number| format!("x-{number}")).collect();
    let others: Vec<(&str, &str)> = others.iter().map(|name| (name.as_str(), "")).collect();
    let mut table = Table::default();
    let rows = [
        ("64 KiB of origin", vec![("origin", origin.as_str()), FOR_PUT, NAMES], 0),
        ("64 KiB of method", vec![FROM_A, ("access-control-request-method", origin.as_str())], 0),
        (
            "64 KiB of commas",
            vec![FROM_A, FOR_PUT, ("access-control-request-headers", commas.as_str())],
            0,
        ),
        (
            "64 KiB of names",
            vec![FROM_A, FOR_PUT, ("access-control-request-headers", names.as_str())],
            0,
        ),
        ("1,000 lines", [&[FROM_A, FOR_PUT][..], &lines[..]].concat(), 0),
        // A map of this size is not kept: the answer gets a small one of its own.
        ("1,000 fields", [&[FROM_A, FOR_PUT][..], &others[..]].concat(), 2),
    ];
    for (name, fields, allocations) in rows {
        for (policy, builder) in
            [("two", two()), ("pattern", pattern()), ("predicate", predicate())]
        {
            table.row(Row {
                name: &format!("{name}, {policy}"),
                policy: builder.allow_methods(["*"]).allow_headers(["*"]),
                inner: Empty,
                method: Method::OPTIONS,
                fields: &fields,
                allocations,
            });
        }
    }
    table.close();
}

/// The text, and its count.
#[test]
fn the_first_request_of_a_thread_copies_what_is_sent() {
    let count = |policy: PolicyBuilder, method, fields| {
        let layer = CorsLayer::new(policy.build().unwrap());
        [(); 3].map(|()| measure_first(&layer, Typed, request(Method::clone(&method), fields)))
    };
    assert_eq!(count(one().expose_headers(["x-a"]), Method::GET, &[FROM_A]), [4, 0, 0]);
    assert_eq!(count(two().expose_headers(["x-a"]), Method::GET, &[FROM_A]), [2, 0, 0]);
    assert_eq!(count(two().expose_headers(["x-a"]), Method::GET, &[]), [0, 0, 0]);
    let preflight = &[FROM_A, FOR_PUT];
    let aged = two().max_age(Duration::from_secs(600));
    assert_eq!(count(aged, Method::OPTIONS, preflight), [2, 0, 0]);
    // What is static is not copied, and of several rules none sends an origin of its own.
    assert_eq!(count(any(), Method::GET, &[FROM_A]), [0, 0, 0]);
    let rules = ["https://a.example", "https://b.example"];
    let rules = rules.map(|origin| Policy::builder().allow_origins([origin]));
    let layer = CorsLayer::new(Policy::from_rules(rules).unwrap());
    assert_eq!(measure_first(&layer, Typed, request(Method::GET, &[FROM_A])), 0);
}

/// What a request costs, from readiness to response, that is not the first of its thread.
fn measure<L>(layer: &L, inner: Inner, request: Request<()>) -> u64
where
    L: Layer<Prepared, Service: Service<Request<()>, Response = Response<()>>>,
{
    const MOST_VALUES_COPIED: u64 = 3;
    let first = measure_first(layer, inner, request.clone());
    let allocations = measure_first(layer, inner, request);
    assert!(first <= allocations + 2 * MOST_VALUES_COPIED, "{first} allocations at first");
    allocations
}

/// What a request costs, from readiness to response.
fn measure_first<L>(layer: &L, inner: Inner, request: Request<()>) -> u64
where
    L: Layer<Prepared, Service: Service<Request<()>, Response = Response<()>>>,
{
    let mut service = layer.layer(Prepared::new(inner));
    let (response, allocations) = count(|| {
        let mut context = Context::from_waker(Waker::noop());
        assert!(service.poll_ready(&mut context).is_ready());
        pin!(service.call(request)).poll(&mut context)
    });
    assert!(response.is_ready());
    allocations
}

#[derive(Default)]
struct Table {
    rows: usize,
    failures: Vec<String>,
}

impl Table {
    fn get(
        &mut self,
        name: &str,
        policy: &PolicyBuilder,
        inner: Inner,
        fields: Fields<'_>,
        allocations: u64,
    ) {
        let (policy, method) = (policy.clone(), Method::GET);
        self.row(Row { name, policy, inner, method, fields, allocations });
    }

    #[track_caller]
    fn row(&mut self, row: Row<'_>) {
        self.rows += 1;
        let layer = CorsLayer::new(row.policy.build().unwrap());
        let allocations = measure(&layer, row.inner, request(row.method, row.fields));
        if allocations != row.allocations {
            let (name, expected) = (row.name, row.allocations);
            self.failures.push(format!("{name}: {allocations} allocations, expected {expected}"));
        }
    }

    #[track_caller]
    fn close(self) {
        assert!(self.rows > 0 && self.failures.is_empty(), "{}", self.failures.join("\n"));
    }
}

/// A request with the other fields that browsers send, built as hyper builds it: its values share
/// the buffer that was read.
fn request(method: Method, fields: Fields<'_>) -> Request<()> {
    let usual: Fields<'_> = &[
        ("host", "api.example"),
        ("user-agent", "Mozilla/5.0"),
        ("accept", "*/*"),
        ("accept-language", "en"),
        ("accept-encoding", "gzip"),
        ("referer", "https://a.example/"),
    ];
    let mut headers = HeaderMap::new();
    for (name, value) in usual.iter().chain(fields) {
        let shared = Bytes::from(value.as_bytes().to_vec());
        let _kept_in_the_buffer = shared.clone();
        headers.append(
            HeaderName::try_from(*name).unwrap(),
            HeaderValue::from_maybe_shared(shared).unwrap(),
        );
    }
    let mut request = Request::new(());
    *request.method_mut() = method;
    *request.headers_mut() = headers;
    request
}

/// Answers with a response that was built before anything is counted.
#[derive(Clone)]
struct Prepared(Rc<RefCell<Option<Response<()>>>>);

impl Prepared {
    fn new(inner: Inner) -> Self {
        let mut response = Response::new(());
        let headers = response.headers_mut();
        if !matches!(inner, Empty) {
            headers.insert("content-type", HeaderValue::from_static("text/plain"));
            headers.insert("content-length", HeaderValue::from_static("2"));
        }
        if matches!(inner, Varying) {
            headers.insert("vary", HeaderValue::from_static("accept-encoding"));
        }
        Self(Rc::new(RefCell::new(Some(response))))
    }
}

impl Service<Request<()>> for Prepared {
    type Response = Response<()>;
    type Error = Infallible;
    type Future = Ready<Result<Response<()>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<()>) -> Self::Future {
        ready(Ok(self.0.take().unwrap()))
    }
}
