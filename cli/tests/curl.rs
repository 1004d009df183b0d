//! `explain --curl` takes what the developer tools of browsers copy as a command for curl.

use serde_json::{Value, json};

use crate::program::Files;

/// It allows nothing, so that what was asked is told.
const NOTHING: &str = r#"{"allow_origins": ["https://nobody.invalid"]}"#;

fn explain(command: &str) -> Value {
    let files = Files::new(&[("cors.json", NOTHING)]);
    let ran = files.run_with(&["explain", "cors.json", "--curl", "--format", "json"], command);
    assert!(ran.status < 2, "{}\n{command}", ran.notes);
    ran.json(ran.status)["requests"][0].clone()
}

#[track_caller]
fn asks(command: &str, method: &str, url: &str, names: Option<&str>) {
    let said = explain(command);
    assert_eq!((&said["method"], &said["url"]), (&json!(method), &json!(url)), "{command}");
    let text = said["steps"][0]["text"].as_str().unwrap();
    let asked = text.lines().find(|line| line.contains("asked: ")).unwrap();
    let with = asked.split(", with ").nth(1).map(|names| names.trim_matches('"'));
    assert_eq!(with, names, "{text}\n{command}");
    assert_eq!(
        text.starts_with("preflight"),
        names.is_some() || !["GET", "POST", "HEAD"].contains(&method),
        "{text}"
    );
}

/// As Chromium copies it for a POSIX shell.
const CHROMIUM: &str = r#"curl 'https://api.example/items/1?q=a%20b' \
  -X 'PUT' \
  -H 'accept: */*' \
  -H 'accept-language: en-US,en;q=0.9' \
  -H 'authorization: Bearer it'\''s' \
  -H 'cache-control: no-cache' \
  -H 'content-type: application/json' \
  -b 'session=1; theme=dark' \
  -H 'dnt: 1' \
  -H 'origin: https://app.example' \
  -H 'pragma: no-cache' \
  -H 'priority: u=1, i' \
  -H 'referer: https://app.example/' \
  -H 'sec-ch-ua: "Chromium";v="140", "Not=A?Brand";v="24"' \
  -H 'sec-ch-ua-mobile: ?0' \
  -H 'sec-fetch-dest: empty' \
  -H 'sec-fetch-mode: cors' \
  -H 'sec-fetch-site: cross-site' \
  -H 'user-agent: Mozilla/5.0 (X11; Linux x86_64)' \
  --data-raw '{"name":"tea"}' \
  --compressed \
  --insecure
"#;

/// As Chromium copies it for `cmd` of Windows.
const CHROMIUM_CMD: &str = "curl ^\"https://api.example/items/1?q=a^%^20b^\" ^\r\n  -X ^\"PUT^\" ^\r\n  \
    -H ^\"accept: */*^\" ^\r\n  -H ^\"authorization: Bearer ^\\^\"x^\\^\"^\" ^\r\n  \
    -H ^\"content-type: application/json^\" ^\r\n  -b ^\"session=1^\" ^\r\n  \
    -H ^\"origin: https://app.example^\" ^\r\n  -H ^\"user-agent: Mozilla/5.0^\" ^\r\n  \
    --data-raw ^\"^{^\\^\"name^\\^\":^\\^\"a^\r\n\r\nb^\\^\"^}^\"\r\n";

/// As Firefox copies it for a POSIX shell.
const FIREFOX: &str = r#"curl 'https://api.example/items/1?q=a%20b' --compressed -X PUT -H 'User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' -H 'Accept: */*' -H 'Accept-Language: en-US,en;q=0.5' -H 'Accept-Encoding: gzip, deflate, br, zstd' -H 'Authorization: Bearer x' -H 'Content-Type: application/json' -H 'Origin: https://app.example' -H 'Connection: keep-alive' -H 'Cookie: session=1' -H 'Sec-Fetch-Dest: empty' -H 'Sec-Fetch-Mode: cors' -H 'Sec-Fetch-Site: cross-site' -H 'TE: trailers' --data-raw $'{"name":"it\'s\u0021"}'"#;

/// As Safari copies it.
const SAFARI: &str = r"curl 'https://api.example/items/1?q=a%20b' \
-X 'PUT' \
-H 'Accept: */*' \
-H 'Authorization: Bearer x' \
-H 'Content-Type: application/json' \
-H 'Origin: https://app.example' \
-H 'Cookie: session=1' \
-H 'User-Agent: Mozilla/5.0 (Macintosh)' \
--data-binary '{}'
";

#[test]
fn what_each_browser_copies_is_read() {
    for command in [CHROMIUM, CHROMIUM_CMD, FIREFOX, SAFARI] {
        let url = "https://api.example/items/1?q=a%20b";
        asks(command, "PUT", url, Some("authorization,content-type"));
        let said = explain(command);
        assert_eq!(
            (&said["page"], &said["credentials"]),
            (&json!("https://app.example"), &json!(true))
        );
    }
}

/// Name, command, method, and the names that a preflight asks for.
const COMMANDS: &[(&str, &str, &str, Option<&str>)] = &[
    (
        "a body means POST",
        "curl https://a.example/ -H 'origin: https://b.example' -d a=1",
        "POST",
        None,
    ),
    (
        "JSON",
        "curl https://a.example/ -H 'origin: https://b.example' --json '{}'",
        "POST",
        Some("content-type"),
    ),
    ("a form", "curl https://a.example/ -H 'origin: https://b.example' -F a=1", "POST", None),
    (
        "a body in the URL",
        "curl -G https://a.example/ -H 'origin: https://b.example' -d a=1",
        "GET",
        None,
    ),
    ("HEAD", "curl -I https://a.example/ -H 'origin: https://b.example'", "HEAD", None),
    ("no space", "curl -XDELETE https://a.example/ -H'origin: https://b.example'", "DELETE", None),
    ("flags together", "curl -sSLk https://a.example/ -H 'origin: https://b.example'", "GET", None),
    ("a prompt before", "$ curl https://a.example/ -H 'origin: https://b.example'", "GET", None),
    (
        "a password",
        "curl -u a:b https://a.example/ -H 'origin: https://b.example'",
        "GET",
        Some("authorization"),
    ),
    (
        "an empty header",
        "curl https://a.example/ -H 'origin: https://b.example' -H 'x-a;'",
        "GET",
        Some("x-a"),
    ),
    (
        "a header that is not sent",
        "curl https://a.example/ -H 'origin: https://b.example' -H 'x-a:'",
        "GET",
        None,
    ),
    (
        "a URL by its option",
        "curl --url https://a.example/ -H 'origin: https://b.example'",
        "GET",
        None,
    ),
    (
        "escapes",
        r"curl https://a.example/ -H 'origin: https://b.example' -H $'x-\x61\u0062: \t\'\\' -d $'\ud83d\ude00'",
        "POST",
        Some("x-ab"),
    ),
    (
        "a preflight stands for what it asks for",
        "curl https://a.example/ -X OPTIONS -H 'origin: https://b.example' -H 'access-control-request-method: PATCH' \
         -H 'access-control-request-headers: content-type,x-a'",
        "PATCH",
        Some("content-type,x-a"),
    ),
];

#[test]
fn what_people_write_is_read() {
    for (_, command, method, names) in COMMANDS {
        asks(command, method, "https://a.example/", *names);
    }
}

#[test]
fn a_page_is_given_where_there_is_none() {
    let files = Files::new(&[("cors.json", NOTHING)]);
    let command = "curl https://a.example/items";
    let ran = files.run_with(&["explain", "cors.json", "--curl"], command);
    ran.is(2, "", "error: <stdin>: the request has no `Origin`; give the page by `--from`\n");
    let ran =
        files.run_with(&["explain", "cors.json", "--curl", "--from", "https://b.example"], command);
    assert!(
        ran.text.starts_with("blocked: GET https://a.example/items from https://b.example\n"),
        "{}",
        ran.text
    );
    assert_eq!(ran.status, 1);
}

/// Command, and the beginning of what is said.
const WRONG: &[(&str, &str)] = &[
    ("", "no command for curl was found"),
    ("Invoke-WebRequest -Uri https://a.example", "no command for curl was found"),
    ("curl 'https://a.example", "the command for curl ends within quotes"),
    ("curl $'https://a.example", "the command for curl ends within quotes"),
    ("curl -H 'origin: https://b.example'", "the command for curl has no URL"),
    ("curl https://a.example https://b.example", "the command for curl has 2 URLs"),
    (
        "curl https://a.example --frobnicate",
        "unexpected argument '--frobnicate' found in the command for curl",
    ),
    (
        r"curl https://a.example -d $'\ud800'",
        r"the command for curl has \ud800, which is no character",
    ),
];

#[test]
fn what_cannot_be_read_is_told() {
    let files = Files::new(&[("cors.json", NOTHING)]);
    for (command, said) in WRONG {
        let ran = files.run_with(&["explain", "cors.json", "--curl"], command);
        assert_eq!((ran.status, &*ran.text), (2, ""), "{command}");
        assert!(ran.notes.starts_with(&format!("error: <stdin>: {said}")), "{}", ran.notes);
    }
}

/// "Copy all as cURL".
#[test]
fn of_several_commands_one_is_to_be_copied() {
    let files = Files::new(&[("cors.json", r#"{"allow_origins": ["https://app.example"]}"#)]);
    let one = "curl 'https://api.example/a' -H 'origin: https://app.example' --compressed";
    for between in ["\n", " ;\n", " &\n"] {
        let ran = files.run_with(&["explain", "cors.json", "--curl"], &[one, one].join(between));
        ran.is(2, "", "error: <stdin>: there are several commands for curl; copy one\n");
    }
}
