//! Cases from the field, as far as they are about origins: what people want to allow, and what they
//! write first.

use http::Request;
use tower_cors::{Origin, OriginFault, Policy, PolicyBuilder};

/// A configuration, and who it lets in and who not.
struct Row {
    name: &'static str,
    builder: PolicyBuilder,
    allowed: &'static [&'static str],
    denied: &'static [&'static str],
}

fn list(origins: &[&str]) -> PolicyBuilder {
    Policy::builder().allow_origins(origins)
}

/// As with a build that knows the suffixes; without, the call stands for the list.
fn within_label(origins: &[&str]) -> PolicyBuilder {
    list(origins).dangerously_allow_public_suffixes(cfg!(not(feature = "public-suffix")))
}

#[expect(clippy::too_many_lines, reason = "a row a case")]
fn rows() -> Vec<Row> {
    vec![
        Row {
            name: "a local server admits any Firefox extension and any VS Code webview",
            builder: list(&["moz-extension://*", "vscode-webview://*"]),
            allowed: &[
                "moz-extension://0d2ba3d8-6b8e-4d3f-9e1c-1a2b3c4d5e6f",
                "vscode-webview://1a2b3c4d5e6f7g8h9i0jklmnopqrstuv",
            ],
            denied: &[
                "chrome-extension://abcdefghijklmnop",
                "https://evil.example",
                "moz-extensions://a",
            ],
        },
        Row {
            name: "preview deployments, with credentials, under a domain of one's own",
            builder: within_label(&["https://pr-*.preview.a.example"]).allow_credentials(true),
            allowed: &["https://pr-17.preview.a.example"],
            denied: &["https://pr-17.evil.preview.a.example", "https://pr-.preview.a.example"],
        },
        Row {
            name: "preview deployments, without credentials, under a domain of all",
            builder: within_label(&["https://site-*-team.vercel.app"]),
            allowed: &["https://site-git-main-team.vercel.app"],
            denied: &[
                "https://site-team.vercel.app",
                "https://site-x-teams.vercel.app",
                "https://site-evil.x-team.vercel.app",
                "https://site-x-team.vercel.app.evil.example",
            ],
        },
        Row {
            name: "preview deployments, with credentials, under a domain of all, by the loud call",
            builder: list(&["https://site-*-team.vercel.app"])
                .allow_credentials(true)
                .dangerously_allow_public_suffixes(true),
            allowed: &["https://site-x-team.vercel.app"],
            denied: &["https://site-x.vercel.app"],
        },
        Row {
            name: "Tauri on all systems, with credentials",
            builder: list(&["tauri://localhost", "http://tauri.localhost"]).allow_credentials(true),
            allowed: &["tauri://localhost", "http://tauri.localhost"],
            denied: &[
                "https://tauri.localhost",
                "tauri://localhost:1",
                "http://tauri.localhost.evil.example",
            ],
        },
        Row {
            name: "packaged Electron and Capacitor on Android, with credentials",
            builder: list(&["app://.", "app://", "capacitor://localhost"]).allow_credentials(true),
            allowed: &["app://.", "app://", "capacitor://localhost"],
            denied: &["app://..", "app://x", "app://:1", "null", "file://"],
        },
        Row {
            name: "a predicate is asked about packaged Electron",
            builder: Policy::builder()
                .allow_origins_if(|origin, _, _| origin.scheme() == "app" && origin.host() == ".")
                .allow_credentials(true),
            allowed: &["app://."],
            denied: &["app://", "app://x"],
        },
        Row {
            name: "a predicate is asked about an app without a host",
            builder: Policy::builder().allow_origins_if(|origin, _, _| {
                origin.scheme() == "app" && origin.host().is_empty()
            }),
            allowed: &["app://"],
            denied: &["app://.", "null", "file://"],
        },
        Row {
            name: "web views of local files",
            builder: list(&["https://a.example"]).dangerously_allow_file_origin(true),
            allowed: &["file://", "https://a.example"],
            denied: &["file:///", "file://x", "null", "files://", "FILE://"],
        },
        Row {
            name: "web views of local files, and nobody else",
            builder: Policy::builder().dangerously_allow_file_origin(true),
            allowed: &["file://"],
            denied: &["null", "https://a.example"],
        },
        Row {
            name: "no predicate and no null origin admits local files",
            builder: Policy::builder()
                .allow_origins_if(|_, _, _| true)
                .dangerously_allow_null_origin(true),
            allowed: &["null", "https://a.example"],
            denied: &["file://"],
        },
        Row {
            name: "any address of the local network, without credentials",
            builder: Policy::builder().allow_origins_if(is_private),
            allowed: &["http://192.168.1.7:5173", "http://10.0.0.1", "https://172.16.0.1"],
            denied: &["http://192.168.evil.example", "http://8.8.8.8", "http://192.168.1"],
        },
        Row {
            name: "any address of the local network, with credentials: not asked about http",
            builder: Policy::builder().allow_origins_if(is_private).allow_credentials(true),
            allowed: &["https://192.168.1.7"],
            denied: &["http://192.168.1.7:5173"],
        },
        Row {
            name: "any address of the local network, with credentials, by the loud call",
            builder: Policy::builder()
                .allow_origins_if(is_private)
                .allow_credentials(true)
                .dangerously_allow_insecure_origins(true),
            allowed: &["http://192.168.1.7:5173"],
            denied: &["http://8.8.8.8"],
        },
    ]
}

fn is_private(origin: &Origin<'_>, _: &http::Method, _: &http::Uri) -> bool {
    origin.host().parse().is_ok_and(|address: std::net::Ipv4Addr| address.is_private())
}

#[test]
fn what_people_want_to_allow_is_allowed_and_nothing_beside_it() {
    let mut failures = Vec::new();
    for Row { name, builder, allowed, denied } in rows() {
        let policy = match builder.build() {
            Ok(policy) => policy,
            Err(errors) => {
                failures.push(format!("{name}: {errors}"));
                continue;
            }
        };
        let origins = allowed.iter().map(|origin| (origin, true));
        for (origin, expected) in origins.chain(denied.iter().map(|origin| (origin, false))) {
            let request = Request::get("/").header("origin", *origin).body(()).unwrap();
            let headers = policy.decide(&request).headers();
            let named = headers.get("access-control-allow-origin").is_some_and(|it| it == origin);
            if named != expected || !headers.contains_key("vary") {
                failures.push(format!("{name}: {origin}: {headers:?}"));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// What is written first, and what leads on from there: never to any origin, or to a loud call where
/// there is a way without.
#[test]
fn what_people_write_first_is_answered_with_a_way_on() {
    let with_credentials = |origin: &str| list(&[origin]).allow_credentials(true);
    let ways = ["allow_origins_if"];
    let rows: [(PolicyBuilder, &[&str]); 9] = [
        (with_credentials("moz-extension://*"), &ways),
        (with_credentials("https://*.vercel.app"), &ways),
        (with_credentials("https://site-*-team.vercel.app"), &ways),
        (list(&["http://192.168.*"]), &ways),
        (list(&["http://192.168.1.*:5173"]), &["allow_origins_if", "https://pr-*.a.example"]),
        (list(&["https://api.*.a.example"]), &["allow_origins_if", "https://*.a.example"]),
        // From one variable of the environment.
        (list(&["https://a.example;https://b.example"]), &["each origin as an item of its own"]),
        (list(&["https://a.example https://b.example"]), &["each origin as an item of its own"]),
        (list(&["https://a.example,"]), &["each origin as an item of its own"]),
    ];
    let mut failures = Vec::new();
    for (builder, expected) in rows {
        let said = builder.build().unwrap_err().to_string();
        let leads_on = expected.iter().all(|way| said.contains(way));
        if !leads_on || said.contains("dangerously") || said.contains("\"*\"") {
            failures.push(said);
        }
    }
    for word in ["undefined", "null", "NULL", "none", "nil", "${ORIGINS}", "$ORIGINS", "true", ""] {
        let said = list(&[word]).build().unwrap_err().to_string();
        let rest = said.replacen(&format!("{word:?}"), "", 1);
        if rest.contains(&format!("//{}", word.to_lowercase())) && !word.is_empty() {
            failures.push(said);
        }
    }
    // Who is admitted without encryption can only be asked to encrypt, or loudly allowed.
    let said = with_credentials("http://app.shell").build().unwrap_err().to_string();
    assert!(said.contains("write its https: form"), "{said}");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn an_origin_is_made_of_a_text() {
    let origin = Origin::try_from("app://.").unwrap();
    assert_eq!((origin.scheme(), origin.host(), origin.port()), ("app", ".", None));
    let parsed: Result<Origin<'_>, OriginFault> = "file://".try_into();
    assert_eq!(parsed, Err(OriginFault::File));
}

/// In a document there are no predicates, and now there are these patterns.
#[cfg(feature = "serde")]
#[test]
fn documents_have_the_same_patterns_and_calls() {
    let json = r#"{
        "allow_origins": ["moz-extension://*", "https://pr-*.a.example:*", "app://."],
        "dangerously_allow_public_suffixes": true,
        "dangerously_allow_file_origin": true
    }"#;
    let policy = Policy::from_json(json).unwrap();
    for origin in ["moz-extension://x", "https://pr-1.a.example:1", "app://.", "file://"] {
        let request = Request::get("/").header("origin", origin).body(()).unwrap();
        assert!(policy.decide(&request).is_allowed(), "{origin}");
    }
    let error = Policy::from_json(
        r#"{"allow_origins": ["https://*.on.aws", "file://", "null"], "allow_credentials": true,
            "dangerously_allow_file_origin": true}"#,
    );
    let said = error.unwrap_err().to_string();
    let keys: Vec<&str> = said.lines().filter_map(|line| line.split(": ").next()).collect();
    assert_eq!(
        keys,
        [
            "allow_origins[0]",
            "allow_origins[1]",
            "allow_origins[2]",
            "dangerously_allow_file_origin"
        ],
        "{said}"
    );
}
