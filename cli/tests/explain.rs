//! `explain` says how a document decides on a page's request, why, what comes nearest, and what a browser does next.

use serde_json::json;

use crate::program::Files;

const POLICY: &str = r#"
    allow_origins = ["https://app.example"]
    allow_methods = ["PUT"]
    allow_headers = ["content-type"]
    max_age = 600
"#;

fn files() -> Files {
    Files::new(&[
        ("cors.toml", POLICY),
        ("any.json", r#"{"allow_origins": ["*"]}"#),
        (
            "routes.yaml",
            "routes:\n  /public: {allow_origins: ['*']}\n  /hooks: left alone\nfallback: {allow_origins: ['https://app.example']}",
        ),
        ("bad.toml", "allow_origins = []"),
    ])
}

const ALLOWED: &str = "\
allowed: PUT /items from https://app.example
preflight allowed
  asked: PUT \"/items\" from \"https://app.example\", with \"content-type\"
  next: the browser sends the request
CORS request allowed
  asked: PUT \"/items\" from \"https://app.example\"
  next: the request runs, and the page may read the response
";

#[test]
fn a_request_that_is_allowed_has_status_0() {
    let arguments = [
        "explain",
        "cors.toml",
        "--from",
        "https://app.example",
        "-X",
        "PUT",
        "-H",
        "content-type",
    ];
    files().run(&[&arguments[..], &["--path", "/items"]].concat()).is(0, ALLOWED, "");
}

const BLOCKED: &str = "\
blocked: PUT / from https://app.example
preflight denied: a requested header name is not allowed
  asked: PUT \"/\" from \"https://app.example\", with \"content-type,traceparent\"
  at fault: \"traceparent\"
  to allow it: add to `allow_headers`: \"traceparent\"
  next: the browser does not send the request
in the browser: access-control-allow-headers \"content-type\" of the preflight's response from \"/\" does not allow the request header traceparent; expected \"traceparent\"
";

#[test]
fn a_request_that_is_blocked_has_status_1_and_its_reason() {
    let arguments = ["explain", "cors.toml", "--from", "https://app.example", "-X", "PUT"];
    let headers = ["-H", "content-type: application/json", "-H", "traceparent: 00"];
    files().run(&[&arguments[..], &headers].concat()).is(1, BLOCKED, "");
}

const NEAR: &str = "\
blocked: GET / from http://app.example
CORS request denied: the origin is not allowed
  asked: GET \"/\" from \"http://app.example\"
  at fault: \"http://app.example\"
  to allow it: \"https://app.example\" is allowed; serve the page over https
  next: the request runs, and the page may not read the response
";

#[test]
fn what_comes_nearest_is_told() {
    let ran = files().run(&["explain", "cors.toml", "--from", "http://app.example"]);
    assert_eq!(ran.status, 1);
    let lines = |text: &str| text.lines().take(4).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(lines(&ran.text), lines(NEAR));
    assert!(ran.text.contains("to allow it: "), "{}", ran.text);
    assert!(ran.text.contains("next: the request runs, and the page may not read the response"));
}

/// The policy allows what the preflight asks; the browser misses the credentials.
#[test]
fn credentials_that_are_not_granted_are_told_though_the_preflight_is_allowed() {
    for (method, document, hint) in [
        ("DELETE", "any.json", "to allow it: `allow_credentials` is an error beside a `*`"),
        ("GET", "cors.toml", "to allow it: set `allow_credentials`"),
    ] {
        let files = files();
        let text = r#"{"allow_origins": ["*"], "allow_methods": ["*"]}"#;
        std::fs::write(files.path("any.json"), text).unwrap();
        let arguments = ["explain", document, "--from", "https://app.example", "-X", method];
        assert_eq!(files.run(&arguments).status, 0);
        let ran = files.run(&[&arguments[..], &["--credentials"]].concat());
        assert_eq!(ran.status, 1, "{}", ran.text);
        assert!(ran.text.contains(hint), "{}", ran.text);
    }
}

#[test]
fn a_path_has_its_own_policy() {
    let files = files();
    let run = |path| {
        let ran =
            files.run(&["explain", "routes.yaml", "--from", "https://b.example", "--path", path]);
        (ran.status, ran.text.split(':').next().unwrap().to_owned())
    };
    assert_eq!(run("/public"), (0, "allowed".to_owned()));
    assert_eq!(run("/private"), (1, "blocked".to_owned()));
    assert_eq!(run("/hooks"), (0, "left alone".to_owned()));
    files.run(&["explain", "routes.yaml", "--from", "https://b.example", "--path", "x"]).is(
        2,
        "",
        "error: path \"x\" does not begin with a slash; write \"/x\"\n",
    );
}

/// What its console says is what people search for.
#[test]
fn a_shipped_browser_is_chosen() {
    for (browser, said) in [
        ("standard", "in the browser: "),
        ("chromium", "on its console: Access to fetch at "),
        ("firefox", "on its console: Cross-Origin Request Blocked: "),
        ("webkit", "on its console: Origin https://b.example is not allowed"),
    ] {
        let run =
            |from| files().run(&["explain", "cors.toml", "--browser", browser, "--from", from]);
        assert_eq!(run("https://app.example").status, 0);
        let blocked = run("https://b.example");
        assert_eq!(blocked.status, 1);
        assert!(blocked.text.lines().any(|line| line.starts_with(said)), "{}", blocked.text);
    }
}

#[test]
fn an_opaque_origin_is_a_page_and_a_mode_is_chosen() {
    let arguments = ["explain", "cors.toml", "--from", "null"];
    let ran = files().run(&arguments);
    assert_eq!(ran.status, 1);
    assert!(ran.text.contains("`null` is sent by sandboxed frames"), "{}", ran.text);
    let ran = files().run(&[&arguments[..], &["--mode", "no-cors"]].concat());
    assert!(ran.text.contains("plain request"), "{}", ran.text);
    assert_eq!(ran.status, 0);
}

#[test]
fn bad_input_is_told() {
    for (arguments, said) in [
        (&["cors.toml"][..], "error: whose page asks is missing; give it by `--from`"),
        (&["missing.toml", "--from", "https://a.example"], "error: missing.toml: No such file"),
        (
            &["bad.toml", "--from", "https://a.example"],
            "error: bad.toml:1:17: allow_origins: no origin",
        ),
        (&["cors.toml", "--from", "app.example"], "error: page \"app.example\" is no URL"),
        (
            &["cors.toml", "--from", "https://a.example", "-X", "TRACE"],
            "error: method \"TRACE\" is forbidden",
        ),
        (
            &["cors.toml", "--from", "https://a.example", "-H", "a b"],
            "error: request-header name \"a b\" is no token",
        ),
        (&["-", "--curl"], "error: standard input can be read once"),
    ] {
        let ran = files().run(&[&["explain"], arguments].concat());
        assert_eq!((ran.status, &*ran.text), (2, ""), "{arguments:?}");
        assert!(ran.notes.starts_with(said), "{}", ran.notes);
    }
}

#[test]
fn programs_read_it_as_json() {
    let arguments = ["explain", "cors.toml", "--from", "https://app.example", "-X", "PATCH"];
    let ran = files().run(&[&arguments[..], &["--format", "json"]].concat());
    let text = "preflight denied: the requested method is not allowed\n  asked: PATCH \"/\" from \
                \"https://app.example\"\n  at fault: \"PATCH\"\n  to allow it: add to `allow_methods`: \
                \"PATCH\"\n  next: the browser does not send the request";
    assert_eq!(
        ran.json(1),
        json!({
            "requests": [{
                "verdict": "blocked",
                "page": "https://app.example",
                "method": "PATCH",
                "url": "/",
                "credentials": false,
                "browser": "access-control-allow-methods \"GET\" of the preflight's response from \
                            \"http://server.invalid/\" does not allow the method PATCH; expected \"PATCH\"",
                "console": null,
                "steps": [{
                    "kind": "preflight",
                    "is_allowed": false,
                    "denial": "method-not-allowed",
                    "at_fault": ["PATCH"],
                    "hint": "add to `allow_methods`: \"PATCH\"",
                    "rules": [{ "denial": "method-not-allowed", "at_fault": ["PATCH"] }],
                    "next": "the browser does not send the request",
                    "text": text,
                }],
            }],
        })
    );
}

#[test]
fn an_empty_origin_is_told_by_its_argument() {
    files().run(&["explain", "cors.toml", "--from", ""]).is(
        2,
        "",
        "error: `--from` is empty; write an origin such as \"https://app.example\", or \"null\"\n",
    );
}

/// What to write stands in the document under its own keys.
#[test]
fn a_hint_names_the_keys_of_the_document() {
    let s3 = r#"[{"AllowedOrigins": ["https://a.example"], "AllowedMethods": ["GET"]}]"#;
    let gateway = "allowOrigins: ['https://a.example']\n";
    let own = "allow_origins: ['https://a.example']\n";
    for (read_as, text, methods, headers) in [
        ("s3", s3, "AllowedMethods", "AllowedHeaders"),
        ("gateway", gateway, "allowMethods", "allowHeaders"),
        ("yaml", own, "allow_methods", "allow_headers"),
    ] {
        let from = ["explain", "-", "--as", read_as, "--from", "https://a.example"];
        for (asked, hint) in [
            (["-X", "PUT"], format!("add to `{methods}`: \"PUT\"")),
            (["-H", "x-a"], format!("add to `{headers}`: \"x-a\"")),
        ] {
            let arguments = [&from[..], &asked].concat();
            let ran = Files::new(&[]).run_with(&arguments, text);
            assert!(
                ran.text.contains(&format!("to allow it: {hint}\n")),
                "{read_as}: {}",
                ran.text
            );
            let ran =
                Files::new(&[]).run_with(&[&arguments[..], &["--format", "json"]].concat(), text);
            let json = ran.json(1);
            assert_eq!(json["requests"][0]["steps"][0]["hint"], *hint, "{read_as}");
        }
    }
}
