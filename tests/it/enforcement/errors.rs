//! What is wrong with an enforcement, word for word, and that each fix lists the host that was meant.

use proptest::prelude::*;
use tower_cors::{CorsLayer, Enforcement, Policy, PolicyError, Reload, Route, Routes};

use super::{partners, send};

fn said(enforcement: Enforcement) -> String {
    let built = CorsLayer::new(partners()).enforce(enforcement);
    built.map_or_else(|errors| errors.to_string(), |_| "nothing".to_owned())
}

const NONE: [&str; 0] = [];
const HOST: &str =
    r#"is not as requests name it; write host, host:port or host:*, as in "localhost:*""#;
const ANY_HOST: &str = "is any host, which refuses nothing; leave `hosts` out";
const NETWORK: &str = "is a network, and requests name a host; list the hosts, or give the paths of \
                       probes to `any_host_for`";
const PATH: &str = r#"is not one exact path; write each path by itself, as in "/health""#;

/// What builds.
const NOTHING: &str = "";

/// A value, and what is said of it.
type Row = (&'static str, &'static str);

const OWN_ORIGINS: &[Row] = &[
    ("https://shop.example", NOTHING),
    ("https://*.shop.example", NOTHING),
    ("http://localhost:*", NOTHING),
    ("http://shop.example", NOTHING),
    ("https://shop.example/", r#"has a path; write "https://shop.example""#),
    ("*", "cannot be the server's own; list its origins"),
    ("null", "cannot be the server's own; list its origins"),
    // No predicate is asked about these.
    (
        "https://a.*.example",
        "has a `*` where none can stand; write a pattern, as in \"https://*.a.example\" or \"https://a.example:*\", or list the server's origins",
    ),
    #[cfg(feature = "public-suffix")]
    (
        "https://*.github.io",
        "stands for names that strangers may have, and cannot be the server's own; list the server's \
         origins",
    ),
    #[cfg(feature = "public-suffix")]
    (
        "https://*.com",
        "stands for names that strangers may have, and cannot be the server's own; list the server's \
         origins",
    ),
    ("https://shop.github.io", NOTHING),
];

const HOSTS: &[Row] = &[
    ("shop.example", NOTHING),
    ("Shop.Example:443", NOTHING),
    ("*.shop.example", NOTHING),
    ("*.shop.example:*", NOTHING),
    ("localhost:*", NOTHING),
    ("127.0.0.1:8000", NOTHING),
    ("[::1]", NOTHING),
    ("[::1]:80", NOTHING),
    ("[::1]:*", NOTHING),
    ("https://shop.example/", r#"is not as requests name it; write "shop.example""#),
    ("https://shop.example:8443/x", r#"is not as requests name it; write "shop.example:8443""#),
    ("wss://Shop.Example", r#"is not as requests name it; write "shop.example""#),
    ("http://localhost:*", r#"is not as requests name it; write "localhost:*""#),
    ("shop.example/", r#"is not as requests name it; write "shop.example""#),
    (" shop.example", r#"is not as requests name it; write "shop.example""#),
    ("shop.example:08080", r#"is not as requests name it; write "shop.example:8080""#),
    ("::1", r#"is not as requests name it; write "[::1]""#),
    ("FE80::1", r#"is not as requests name it; write "[fe80::1]""#),
    ("0:0:0:0:0:0:0:1", r#"is not as requests name it; write "[::1]""#),
    ("[0:0:0:0:0:0:0:1]:3000", r#"is not as requests name it; write "[::1]:3000""#),
    ("http://[::1]:3000/", r#"is not as requests name it; write "[::1]:3000""#),
    // It may be an address with a port, and it may be none.
    ("::1:3000", HOST),
    ("10.0.0.0/8", NETWORK),
    ("10.0.0.0/255.0.0.0", NETWORK),
    ("http://10.0.0.0/8", NETWORK),
    ("fe80::/10", NETWORK),
    ("shop.example/8", r#"is not as requests name it; write "shop.example""#),
    ("10.0.0.1/health", HOST),
    ("[fe80::]/10", NETWORK),
    ("*", ANY_HOST),
    ("*:*", ANY_HOST),
    ("*:3000", ANY_HOST),
    ("https://*", ANY_HOST),
    ("shop.example:0", HOST),
    ("shop.example:65536", HOST),
    ("localhost:3000:80", HOST),
    ("localhost:", HOST),
    ("192.168.*", HOST),
    ("", HOST),
    ("a b", HOST),
    ("a.example,b.example", HOST),
    ("127.0.0.256", HOST),
    ("127.1", HOST),
    ("capacitor://localhost", HOST),
    ("${HOST}", HOST),
];

const PATHS: &[Row] = &[
    ("/health", NOTHING),
    ("/", NOTHING),
    ("/health/", NOTHING),
    ("/grpc.health.v1.Health/Check", NOTHING),
    ("health", r#"is not one exact path; write "/health""#),
    ("/health?full", r#"is not one exact path; write "/health""#),
    ("/health#top", r#"is not one exact path; write "/health""#),
    (" /health", r#"is not one exact path; write "/health""#),
    ("http://shop.example/health", r#"is not one exact path; write "/health""#),
    ("shop.example/health", PATH),
    ("http://shop.example", PATH),
    ("", PATH),
    ("*", PATH),
    ("/*", PATH),
    ("/health/*", PATH),
    ("/health/{*rest}", PATH),
    ("/{id}", PATH),
    ("//health", PATH),
    ("/health//live", PATH),
    ("/./health", PATH),
    ("/a/../health", PATH),
    ("/%68ealth", PATH),
    ("/health;v=1", PATH),
    ("/health\\live", PATH),
    ("/gesundheit-prüfen", PATH),
];

#[test]
fn what_is_wrong_with_an_enforcement() {
    // Without the list of suffixes every pattern needs the call.
    let is_blind = cfg!(not(feature = "public-suffix"));
    let unsafe_ones = || Enforcement::unsafe_requests().dangerously_allow_public_suffixes(is_blind);
    let mut failures = Vec::new();
    let mut check = |kind: &str, rows: &[Row], with: &dyn Fn(&str) -> Enforcement| {
        for (value, wrong) in rows {
            let expected = match *wrong {
                NOTHING => "nothing".to_owned(),
                wrong => format!("{kind} {value:?} {wrong}"),
            };
            let said = said(with(value));
            if said != expected {
                failures.push(format!("{said}, not {expected}"));
            }
        }
    };
    check("origin", OWN_ORIGINS, &|value| unsafe_ones().own_origins([value]));
    check("host", HOSTS, &|value| unsafe_ones().hosts([value]));
    check("path", PATHS, &|value| unsafe_ones().hosts(["a.example"]).any_host_for([value]));
    assert!(failures.is_empty(), "{failures:#?}");
}

#[test]
fn an_exemption_from_nothing_is_an_error() {
    assert_eq!(
        said(Enforcement::all_requests().any_host_for(["/health"])),
        "`any_host_for` exempts paths from `hosts`, and there is none; give `hosts`, or remove it",
    );
}

#[test]
fn all_that_is_wrong_is_said_at_once() {
    let all = Enforcement::all_requests().hosts(NONE).own_origins(["a.example", "null"]);
    let errors = CorsLayer::new(Policy::permissive()).enforce(all.any_host_for(["x"])).unwrap_err();
    assert_eq!(
        errors.to_string(),
        "origin \"a.example\" has no scheme; write \"https://a.example\"\n\
         origin \"null\" cannot be the server's own; list its origins\n\
         no host is allowed; give `hosts` at least one\n\
         path \"x\" is not one exact path; write \"/x\"\n\
         `enforce` cannot be combined with a policy that is open to any origin, since it denies nobody; \
         list the origins"
    );
}

/// The name that an attacker rebinds would be among them.
#[test]
fn hosts_of_strangers_are_an_error() {
    for host in ["*.com", "*.github.io", "*.co.uk:*"] {
        let hosts = Enforcement::unsafe_requests().hosts([host]);
        let expected = format!(
            "host {host:?} stands for names that strangers may have, and cannot be the server's own; \
             list the server's hosts"
        );
        let refused = said(hosts.clone());
        assert!(refused.starts_with(&expected), "{refused}");
        assert_eq!(said(hosts.dangerously_allow_public_suffixes(true)), "nothing");
    }
}

#[test]
fn own_origins_may_be_dangerous_on_purpose() {
    let own = Enforcement::unsafe_requests().own_origins(["https://*.github.io"]);
    assert_eq!(said(own.clone().dangerously_allow_public_suffixes(true)), "nothing");
    assert_ne!(said(own.dangerously_allow_public_suffixes(false)), "nothing");
}

/// What can be enforced: a policy that denies somebody, whatever else it allows.
#[test]
fn a_policy_that_is_open_to_any_origin_enforces_nothing() {
    let any = || Policy::builder().allow_origins(["*"]);
    let app = || Policy::builder().allow_origins(["https://app.example"]);
    let open = || any().build().unwrap();
    let of = |rules: [tower_cors::PolicyBuilder; 2]| Policy::from_rules(rules).unwrap();
    let reads = || any().only_methods(["GET"]);
    let policies = [
        ("permissive", Policy::permissive(), false),
        ("any origin", open(), false),
        (
            "any origin beside another",
            any().allow_origins(["https://a.example"]).build().unwrap(),
            false,
        ),
        ("any origin that may only read", reads().build().unwrap(), true),
        ("an app, then any origin", of([app(), any()]), false),
        ("any origin, then an app", of([any(), app()]), false),
        (
            "an app with credentials, then any origin",
            of([app().allow_credentials(true), any()]),
            true,
        ),
        ("an app, then any origin that may only read", of([app(), reads()]), true),
        (
            "a predicate that says yes",
            Policy::builder().allow_origins_if(|_, _, _| true).build().unwrap(),
            true,
        ),
    ];
    let enforced = |layer: &CorsLayer<Policy>| {
        let enforcement = Enforcement::all_requests().hosts(["shop.example"]);
        layer.clone().enforce(enforcement)
    };
    for (name, policy, builds) in policies {
        let built = enforced(&CorsLayer::new(policy.clone()));
        assert_eq!(built.is_ok(), builds, "{name}");
        let errors =
            built.err().into_iter().flat_map(|errors| errors.iter().cloned().collect::<Vec<_>>());
        assert!(errors.eq((!builds).then_some(PolicyError::EnforcedForNobody)), "{name}");
    }

    let routes = || Routes::builder().route("/public/{*rest}", Policy::permissive());
    let tables = [
        ("one open route, and no CORS elsewhere", routes(), true),
        ("one open route, and the rest left alone", routes().fallback(Route::LeftAlone), false),
        ("two, and an open fallback", routes().route("/a", open()).fallback(open()), false),
        ("an open fallback alone", Routes::builder().fallback(open()), false),
        ("a route that has none beside it", routes().route("/internal", Route::NoCors), true),
        ("a closed route beside it", routes().route("/app", partners()), true),
        ("a closed fallback", routes().fallback(partners()), true),
        ("an empty table", Routes::builder(), true),
    ];
    for (name, table, builds) in tables {
        let routes = table.build().unwrap();
        let enforcement = Enforcement::unsafe_requests;
        assert_eq!(CorsLayer::new(routes.clone()).enforce(enforcement()).is_ok(), builds, "{name}");
        // What is swapped in later is not judged.
        let reload = Reload::new(routes);
        assert_eq!(
            CorsLayer::new(reload).enforce(enforcement()).is_ok(),
            builds,
            "{name}, reloaded"
        );
    }
}

/// A host as requests name it, and how a user may write it.
fn written() -> impl Strategy<Value = (String, String)> {
    let hosts = prop_oneof![
        "[a-z][a-z0-9-]{0,8}[a-z](\\.[a-z][a-z0-9]{0,6}){0,3}",
        Just("localhost".to_owned()),
        any::<std::net::Ipv4Addr>().prop_map(|address| address.to_string()),
        any::<std::net::Ipv6Addr>().prop_map(|address| format!("[{address}]")),
    ];
    let ports = prop_oneof![Just(String::new()), (1_u16..).prop_map(|port| format!(":{port}"))];
    let before = prop::sample::select(vec![
        "",
        " ",
        "http://",
        "https://",
        "HTTPS://",
        "ws://",
        "wss://",
        "//",
        "user@",
        "https://u:p@",
        "*.",
        "app://",
    ]);
    let after = prop::sample::select(vec![
        "",
        " ",
        "/",
        "/path",
        "/8",
        "/24",
        "?query",
        "#fragment",
        ":",
        ":*",
        ":80",
        ":443",
        ":0",
        ",",
        ", b.example",
        "/*",
        "\t",
        "/255.0.0.0",
    ]);
    (hosts, ports, before, after, any::<bool>(), any::<bool>()).prop_map(
        |(host, port, before, after, upper, bare)| {
            let named = format!("{host}{port}");
            let shown = if upper { host.to_ascii_uppercase() } else { host };
            let shown = if bare { shown.replace(['[', ']'], "") } else { shown };
            (named, format!("{before}{shown}{port}{after}"))
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is written: it lists a host, or it is an error; and the fix of that, if there is one, lists
    /// the host that was written, and not another.
    #[test]
    fn a_fix_lists_the_host_that_was_meant((named, value) in written()) {
        let layer = |host: &str| {
            CorsLayer::new(partners()).enforce(Enforcement::unsafe_requests().hosts([host]))
        };
        if let Err(errors) = layer(&value) {
            let fix = errors.iter().find_map(|error| match error {
                PolicyError::Host { fix, .. } => fix.clone(),
                _ => None,
            });
            if let Some(fix) = fix {
                prop_assert!(!is_network(&value), "{} is not {}", value, fix);
                let layer = layer(&fix);
                prop_assert!(layer.is_ok(), "{} {}", value, fix);
                let passes = |host: &str| {
                    let request = http::Request::get("/").header("host", host);
                    send(layer.as_ref().unwrap(), request.body(String::new()).unwrap()).1
                };
                // Below a host there is any other name.
                let host = if value.contains("*.") { format!("a.{named}") } else { named.clone() };
                let canonical = canonical(&host);
                prop_assert!(passes(&canonical), "{} lists no {}, but {}", value, canonical, fix);
                prop_assert!(!passes("evil.example"), "{} {}", value, fix);
            }
        }
    }

    /// A fix of a path builds, and exempts the path that was written.
    #[test]
    fn a_fix_exempts_the_path_that_was_meant(
        before in prop::sample::select(vec!["", "/", "http://a.example/", "a.example/", " /", "//", "./"]),
        path in "[a-z0-9.~%{}*;-]{0,8}(/[a-z0-9.-]{0,5}){0,2}",
        after in prop::sample::select(vec!["", "?q", "#f", "/", " "]),
    ) {
        let exempting = |path: &str| {
            let enforcement = Enforcement::unsafe_requests().hosts(["shop.example"]);
            CorsLayer::new(partners()).enforce(enforcement.any_host_for([path]))
        };
        let value = format!("{before}{path}{after}");
        let Err(errors) = exempting(&value) else { return Ok(()) };
        for error in &errors {
            let PolicyError::PathNotExact { fix: Some(fix), .. } = error else { continue };
            let end = if after == "/" { "/" } else { "" };
            prop_assert_eq!(fix, &format!("/{}{}", path.trim_start_matches('/'), end));
            prop_assert!(exempting(fix).is_ok(), "{}", fix);
        }
    }
}

/// Whether the value is an address, and behind it how much of it counts.
fn is_network(value: &str) -> bool {
    let address = ["/8", "/24", "/255.0.0.0"].iter().find_map(|end| value.strip_suffix(end));
    let address =
        address.map(|address| address.trim_start_matches(['[', ' ']).trim_end_matches(']'));
    address.is_some_and(|address| address.parse::<std::net::IpAddr>().is_ok())
}

/// An IPv6 address as browsers write it: without a dotted tail.
fn canonical(host: &str) -> String {
    let mapped = host.split_once("::ffff:").and_then(|(before, rest)| {
        let (address, after) = rest.split_once(']')?;
        let [a, b, c, d] = address.parse::<std::net::Ipv4Addr>().ok()?.octets();
        let (high, low) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
        Some(format!("{before}::ffff:{high:x}:{low:x}]{after}"))
    });
    mapped.unwrap_or_else(|| host.to_owned())
}
