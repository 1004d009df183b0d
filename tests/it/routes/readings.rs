//! Paths that servers read as others: what all readings have, or nothing.
//!
//! <https://www.rfc-editor.org/rfc/rfc3986#section-6.2.2>,
//! <https://url.spec.whatwg.org/#path-state>

use http::Request;
use proptest::prelude::*;
use tower_cors::{Denial, Policy, Route, Routes};

use super::naive;
use super::{found, policy, table};

/// Paths that are closed, beside a fallback that is open.
const CLOSED: &[&str] = &[
    "/internal",
    "/internal/",
    "/internal/{*rest}",
    "/@admin/{*rest}",
    "/caf%C3%A9",
    "/user/{id}/keys",
];

fn closed() -> Routes {
    let mut builder = Routes::builder().fallback(policy("fallback"));
    for path in CLOSED {
        builder = builder.route(*path, Route::NoCors);
    }
    builder.build().unwrap()
}

/// What a server may do; paths that are then one that is closed.
const ATTACKS: &[(&str, &[&str])] = &[
    ("nothing", &["/internal", "/internal/", "/internal/keys", "/@admin/x", "/caf%C3%A9"]),
    ("nginx and others merge slashes", &["//internal/keys", "/internal//", "/internal///keys"]),
    (
        "what follows two slashes is taken for a host",
        &["//x/internal", "///x/internal/keys", "/\\x/internal", "//%69nternal"],
    ),
    (
        "bytes are decoded that need not be encoded",
        &["/%69nternal", "/%49%6eternal/../internal", "/%40admin/x", "/interna%6C/keys"],
    ),
    ("hex digits are in lower case", &["/caf%c3%a9", "/caf%c3%A9"]),
    ("encoded slashes are decoded", &["/internal%2fkeys", "/internal%2Fkeys", "/%2finternal"]),
    (
        "all but encoded slashes are decoded",
        &["/%75ser/a%2Fb/keys", "/user%2fa/%2e%2e/../internal", "/user/a%2Fb/%6Beys"],
    ),
    ("it is decoded twice", &["/%2569nternal", "/internal%252fkeys", "/%25%36%39nternal"]),
    ("IIS decodes another form", &["/%u0069nternal", "/internal%u002fkeys", "/%U0069nternal"]),
    (
        "dot segments are removed",
        &[
            "/x/../internal",
            "/./internal/keys",
            "/x/%2e%2E/internal",
            "/../internal",
            "/x/..//internal",
            "/x//../internal",
            "/internal/x/..",
        ],
    ),
    (
        "backslashes are slashes",
        &["/internal\\keys", "/internal%5ckeys", "/x\\..\\internal", "/x/..%5Cinternal"],
    ),
    (
        "Tomcat, Jetty and Spring cut parameters",
        &[
            "/internal;x=1/keys",
            "/;/internal",
            "/internal;",
            "/x/..;/internal",
            "/internal%3Bx=1/keys",
            "/;x/internal;y/;z",
            "/x;/../internal/..;/x",
        ],
    ),
    (
        "Windows cuts dots and blanks at the end",
        &[
            "/internal.",
            "/internal./keys",
            "/internal%20",
            "/internal.%20./keys",
            "/x/..%20/internal",
        ],
    ),
    (
        "a NUL ends it",
        &["/internal%00", "/internal%00.html", "/internal%2500x", "/internal%00/../x"],
    ),
    (
        "a question mark that was encoded ends it",
        &["/internal%3Fx", "/internal%3f", "/internal%253Fx"],
    ),
    (
        "control characters are removed",
        &["/internal%0a", "/inter%09nal", "/%0d%0ainternal", "/internal/%7f"],
    ),
    (
        "several of these",
        &[
            "/x%2f..%5c;y%2f%2e%2e%2finternal%00",
            "//x//%2e%2e/%69nternal;/keys.",
            "/%252e%252e/%2569nternal%252fkeys",
            "/%2fx%2f%2569nternal",
        ],
    ),
];

#[test]
fn what_is_closed_is_closed_in_every_reading() {
    let routes = closed();
    let mut failures = Vec::new();
    for (name, paths) in ATTACKS {
        for path in *paths {
            if let Some(Route::Policy(_)) = routes.find(path) {
                failures.push(format!("{name}: {path} has the fallback"));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// With nothing but a fallback there is nothing to error it for.
#[test]
fn a_table_of_one_policy_has_it_for_every_path() {
    for routes in [Routes::builder().fallback(policy("a")).build().unwrap(), policy("a").into()] {
        for path in ATTACKS.iter().flat_map(|(_, paths)| *paths).chain(&EVERYDAY) {
            assert_eq!(found(&routes, path).as_deref(), Some("a"), "{path}");
        }
    }
}

/// Paths of services in everyday use, with characters that are encoded.
const EVERYDAY: [&str; 16] = [
    "/projects/group%2Fname",
    "/projects/group%2Fsub%2Fname/repository/files/src%2Fmain.rs/raw",
    "/@scope%2fpkg",
    "/u/%7Ebob",
    "/d/2026%2D01%2D01",
    "/search/C%23",
    "/search/C%2B%2B",
    "/files/My%20Documents/a%20b.txt",
    "/wiki/Caf%C3%A9_(Paris)",
    "/image/https%3A%2F%2Fcdn.example%2Fa%2Fb.png/full/max/0/default.jpg",
    "/Products('a')/$value",
    "/calendar/a@b.example;v=2",
    "/proxy/https://a.example/x",
    "/100%25",
    "/.well-known/openid-configuration",
    "/v1.2/a...b/..c",
];

#[test]
fn everyday_paths_have_the_policy_on_which_their_readings_agree() {
    let mut failures = Vec::new();
    let routes = closed();
    for path in EVERYDAY {
        if found(&routes, path).as_deref() != Some("fallback") {
            failures.push(format!("{path} has not the fallback"));
        }
    }
    let same = policy("project");
    let routes = Routes::builder()
        .route("/projects/{id}", same.clone())
        .route("/projects/{id}/{*rest}", same)
        .route("/files/{*rest}", policy("files"))
        // Equal to the other, and none of its clones.
        .route("/packages/{name}", policy("packages"))
        .route("/packages/{scope}/{name}", policy("packages"))
        .route("/tags/{tag}", policy("tag"))
        .route("/tags/{tag}/posts", policy("posts"))
        .route("/caf%C3%A9", policy("coffee"))
        .fallback(policy("fallback"))
        .build()
        .unwrap();
    for (path, expected) in [
        ("/projects/group%2Fname", Some("project")),
        ("/projects/group%2Fname/issues", Some("project")),
        ("/packages/@scope%2Fname", Some("packages")),
        ("/files/a%2Fb/c;d/e.", Some("files")),
        ("/files//a", Some("files")),
        ("/tags/C%23", Some("tag")),
        ("/tags/C%23/posts", Some("posts")),
        ("/tags/a%2Fposts", None),
        ("/tags/a%2Fb", None),
        ("/files/..%2Ftags", None),
        ("/files/x/..%2Fy", Some("files")),
        ("/caf%C3%A9", Some("coffee")),
        ("/caf%c3%a9", None),
    ] {
        let found = found(&routes, path);
        if found.as_deref() != expected {
            failures.push(format!("{path}: {found:?}, not {expected:?}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn a_path_whose_readings_disagree_is_denied_and_the_denial_says_so() {
    let routes = closed();
    let send = |method: &str, path: &str, origin: Option<&str>| {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(origin) = origin {
            request = request.header("origin", origin);
        }
        let request = request.header("access-control-request-method", "PUT");
        routes.decide(&request.body(()).unwrap())
    };
    for method in ["GET", "POST", "OPTIONS"] {
        let denied = send(method, "//internal", Some("https://fallback.example"));
        assert_eq!(denied.denial(), Some(Denial::PathAmbiguous), "{method}");
        let denied = send(method, "/internal/keys", Some("https://fallback.example"));
        assert_eq!(denied.denial(), Some(Denial::NoPolicy), "{method}");
        assert_eq!(send(method, "//internal", None).denial(), None, "{method}");
    }
    let denied = send("GET", "//internal", Some("https://fallback.example"));
    assert_eq!(
        denied.to_string(),
        "CORS request denied: servers can read the path as more than one, with different policies"
    );
    assert_eq!(Denial::PathAmbiguous.as_str(), "path-ambiguous");
    assert!(denied.headers().is_empty());
}

/// What the readings agree on need not be a policy.
#[test]
fn readings_agree_on_no_cors_and_on_what_is_left_alone() {
    let routes = Routes::builder()
        .route("/a/{*rest}", Route::NoCors)
        .route("/b/{*rest}", Route::LeftAlone)
        .route("/b", Route::LeftAlone)
        .fallback(policy("fallback"))
        .build()
        .unwrap();
    assert_eq!(routes.find("/a/x%2Fy"), Some(&Route::NoCors));
    assert_eq!(routes.find("/b/x%2Fy"), Some(&Route::LeftAlone));
    assert_eq!(routes.find("/b//x"), Some(&Route::LeftAlone));
    assert_eq!(routes.find("/a/..%2fb"), None);
    assert_eq!(routes.find("/b/..;/x"), None);
}

/// What policies are called makes no difference on the wire.
#[test]
fn readings_agree_on_policies_that_decide_alike() {
    let named = |name: &str, origin: &str| {
        Policy::builder().name(name).allow_origins([format!("https://{origin}.example")]).build()
    };
    let routes = Routes::builder()
        .route("/a/{id}", named("one", "a").unwrap())
        .route("/a/{id}/{part}", named("two", "a").unwrap())
        .route("/b/{id}", named("three", "b").unwrap())
        .route("/b/{id}/{part}", named("four", "c").unwrap())
        .build()
        .unwrap();
    assert_eq!(found(&routes, "/a/x%2Fy").as_deref(), Some("a"));
    assert_eq!(found(&routes, "/b/x%2Fy"), None);
}

/// However many readings a path has, few are looked at; and beyond them it is as one that is ambiguous.
#[test]
fn a_hostile_path_costs_little_and_has_nothing() {
    let routes = closed();
    let twists = "/%25252f;\\%5c..%00%0a. %2e//".replace(' ', "%20");
    let cases = [
        (twists.repeat(8), None),
        (twists.repeat(2_000), None),
        (format!("/{}", "a%2F".repeat(1_000)), Some("fallback")),
        (format!("/{}", "a%2F".repeat(15_000)), None),
        (format!("/{}", "a/".repeat(30_000)), Some("fallback")),
        (format!("/{}", "%25".repeat(20_000)), None),
        // 64 readings, and one more.
        (format!("/%{}61", "25".repeat(62)), Some("fallback")),
        (format!("/%{}61", "25".repeat(63)), None),
        // 16 KiB of readings, and one byte more.
        (format!("/{}%61", "x".repeat(8_189)), Some("fallback")),
        (format!("/{}%61", "x".repeat(8_190)), None),
        // Of one reading no more is asked.
        (format!("/{}", "x".repeat(16 * 1024)), Some("fallback")),
    ];
    for (path, expected) in &cases {
        let shown = &path[..40];
        let mut has = None;
        let used = allocation_counter::measure(|| has = found(&routes, path));
        assert_eq!(has.as_deref(), *expected, "{} bytes, {shown}", path.len());
        // Of 64 readings at most, each with some texts; a clock would count what else runs.
        assert!(used.count_total < 64 * 32, "{} bytes, {shown}: {used:?}", path.len());
    }
}

/// In memory, and in time beside a path of as many bytes that has one reading.
#[test]
fn a_path_of_many_readings_costs_few_times_what_a_plain_one_does() {
    let routes = table(&[("/x/{*rest}", "x")], true);
    let cost = |path: &str| {
        let time = || {
            let start = std::time::Instant::now();
            std::hint::black_box(routes.find(path));
            start.elapsed().as_nanos()
        };
        (0..50).map(|_| time()).min().unwrap()
    };
    for path in ["//a".repeat(50), "/\\a".repeat(50), "/a./%2F//{%3F\\%0A;/../%u0061".repeat(4)] {
        let memory = allocation_counter::measure(|| assert_eq!(routes.find(&path), None));
        assert!(memory.count_total <= 32, "{} allocations, {path}", memory.count_total);
        let times = cost(&path) / cost(&"/a".repeat(path.len() / 2)).max(1);
        assert!(times < 400, "{times} times, {path}");
    }
}

const ROUTES: &[(&str, &str)] = &[
    ("/internal", "internal"),
    ("/internal/", "internal"),
    ("/internal/{*rest}", "internal"),
    ("/@admin/{id}", "admin"),
    ("/caf%C3%A9", "coffee"),
    ("/x/{id}", "x"),
    ("/x/{id}/y", "y"),
    ("/v{version}/y", "version"),
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    /// The model tries all readings, and all routes for each.
    #[test]
    fn a_path_has_what_all_readings_of_the_model_have(
        path in "/(/|\\\\|%2[fF]|%5[cC]|%252[fF]|\\.|\\.\\.|%2[eE]|%20|;|%3[bB]|a=1|%00|%0[aA]|%|2|\
                 internal|%69nternal|%2569nternal|inter%u006eal|@admin|%40admin|caf%[cC]3%[aA]9|x|y|v1|v){0,7}",
    ) {
        let mut expected: Vec<_> =
            naive::readings(&path).iter().map(|it| naive::route(ROUTES, it)).collect();
        let readings = expected.len();
        expected.dedup();
        let expected = match expected[..] {
            [name] => Some(name.unwrap_or("fallback").to_owned()),
            _ => None,
        };
        let found = found(&table(ROUTES, true), &path);
        // Of very many readings not all are looked at, and then there is nothing.
        if readings <= 32 || found.is_some() {
            prop_assert_eq!(found, expected);
        }
    }
}

/// That the model can tell: it has readings that the crate must find.
#[test]
fn the_model_has_the_readings_of_every_attack() {
    let routes: Vec<_> = CLOSED.iter().map(|path| (*path, "closed")).collect();
    for (name, paths) in ATTACKS {
        for path in *paths {
            let closed = |reading: &String| naive::route(&routes, reading).is_some();
            assert!(naive::readings(path).iter().any(closed), "{name}: {path}");
        }
    }
}

/// A path that no URI can have, but a caller of `find` can.
#[test]
fn any_text_is_a_path_to_find() {
    let routes = closed();
    let _policy: &Policy = routes.find("").and_then(Route::policy).unwrap();
    for (path, is_open) in [
        ("*", true),
        ("internal", true),
        ("/\0internal", false),
        ("/internal\n", false),
        ("/café", false),
        ("/caf\u{e9}e", true),
        ("/internal ", false),
        ("/\u{fffd}/%ff%fe", true),
    ] {
        assert_eq!(routes.find(path).and_then(Route::policy).is_some(), is_open, "{path:?}");
    }
}

/// `%u` that no two bytes follow is read by nobody as a character.
#[test]
fn half_of_a_wide_character_is_none() {
    let routes = table(&[("/x/{*rest}", "x"), ("/internal", "closed")], false);
    for (path, expected) in [
        ("/x/%ua", Some("x")),
        ("/x/%u00", Some("x")),
        ("/x/%ua/../../internal", None),
        ("/x/%u002fa", Some("x")),
    ] {
        assert_eq!(found(&routes, path).as_deref(), expected, "{path}");
    }
}
