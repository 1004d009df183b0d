//! Request headers: those that script may not set, and those that cost a preflight.
//! Fetch: <https://fetch.spec.whatwg.org/#cors-safelisted-request-header>

use tower_cors::browser::{Browser, Fetch, Mode, UserAgent};

use crate::browser::{API, APP, Answer, SHARE, server};

const SHARED: &[Answer] = &[("*", 200, SHARE)];

/// What a page's headers come to on the wire.
struct Sent {
    /// What the preflight asks for; nothing if there is no preflight.
    asked: Option<String>,
    /// The names that the request has, of those that the page set.
    names: Vec<String>,
}

async fn send(user_agent: UserAgent, headers: &[(&str, &str)]) -> Sent {
    let fetch =
        headers.iter().fold(Fetch::get(API), |fetch, (name, value)| fetch.header(name, value));
    let seen =
        Browser::new(server(SHARED)).user_agent(user_agent).fetch_from(APP, fetch).await.unwrap();
    assert!(seen.is_readable());
    let sent = seen.sent();
    let (request, preflights) = sent.split_last().unwrap();
    let asked = preflights
        .first()
        .map(|preflight| preflight.header("access-control-request-headers").unwrap().to_owned());
    let mut names: Vec<_> = request.headers().keys().map(|name| name.as_str().to_owned()).collect();
    names.retain(|name| {
        headers.iter().any(|(set, _)| set.eq_ignore_ascii_case(name))
            && request.header(name) != Some(APP)
    });
    Sent { asked, names }
}

/// A header alone, and whether it costs no preflight.
type Row = (&'static str, String, bool);

#[track_caller]
fn check(user_agent: UserAgent, rows: &[Row]) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mut failures = Vec::new();
    for (name, value, is_safelisted) in rows {
        let sent = runtime.block_on(send(user_agent, &[(name, value)]));
        let expected = if *is_safelisted { None } else { Some((*name).to_owned()) };
        if sent.asked != expected || sent.names != [*name] {
            failures.push(format!(
                "{name}: {value:?}: asked for {:?}, sent {:?}",
                sent.asked, sent.names
            ));
        }
    }
    assert!(failures.is_empty(), "{} rows:\n{}", failures.len(), failures.join("\n"));
}

fn rows(name: &'static str, safelisted: &[&str], others: &[&str]) -> Vec<Row> {
    let row = |is_safelisted: bool| move |value: &&str| (name, (*value).to_owned(), is_safelisted);
    safelisted.iter().map(row(true)).chain(others.iter().map(row(false))).collect()
}

#[test]
fn content_type_is_safelisted_for_what_a_form_can_send() {
    check(
        UserAgent::Standard,
        &rows(
            "content-type",
            &[
                "text/plain",
                "TEXT/Plain",
                "text/plain;charset=utf-8",
                "text/plain ; a=b",
                "text/plain;",
                "text/plain; a; b=,=",
                "\ttext/plain\t",
                "application/x-www-form-urlencoded",
                "multipart/form-data; boundary=a",
            ],
            &[
                "application/json",
                "text/html",
                "",
                "text",
                "text/",
                "/plain",
                "text/plain, application/json",
                "text /plain",
                "text/ plain",
                "text/plain/a",
                "text/plain; a=\"b\"",
                "text/plain; a=(b)",
                "text/plain; a=b@c",
                "application/json; a=text/plain",
                "multipart/mixed",
                "text/plainé",
            ],
        ),
    );
}

#[test]
fn firefox_asks_for_a_type_with_a_comma_or_with_a_semicolon_at_the_end_of_its_parameters() {
    check(
        UserAgent::Firefox,
        &rows(
            "content-type",
            &["text/plain", "text/plain;", "text/plain;charset=utf-8", "text/plain;a;b=c"],
            &["text/plain;;", "text/plain;a;", "text/plain;a=b;", "text/plain;a,b", "text/plain;,"],
        ),
    );
}

#[test]
fn range_is_safelisted_if_it_is_one_and_has_a_start() {
    check(
        UserAgent::Standard,
        &rows(
            "range",
            &[
                "bytes=0-",
                "bytes=0-0",
                "bytes=5-10",
                "bytes=007-8",
                "bytes=99999999999999999999-99999999999999999999",
            ],
            &[
                "bytes=-5",
                "bytes=-",
                "bytes=5",
                "bytes=10-5",
                "bytes=0-1,3-4",
                "bytes = 0-1",
                "bytes=0 -1",
                "bytes=0- 1",
                "Bytes=0-1",
                "items=0-1",
                "0-1",
                "",
                "bytes=a-",
                "bytes=0-a",
                "bytes=+1-2",
                "bytes=99999999999999999999-9",
            ],
        ),
    );
}

/// Every byte that an HTTP field can carry.
#[test]
fn each_byte_of_accept_and_of_the_languages() {
    let carried = (0x20..=0xff).filter(|byte| *byte != 0x7f).map(char::from).chain(['\t']);
    let mut all = Vec::new();
    for character in carried {
        let value = format!("a{character}b");
        let is_unsafe = "\"():<>?@[\\]{}".contains(character);
        all.push(("accept", value.clone(), !is_unsafe));
        let is_language = character.is_ascii_alphanumeric() || " *,-.;=".contains(character);
        all.push(("accept-language", value.clone(), is_language));
        all.push(("content-language", value, is_language));
    }
    check(UserAgent::Standard, &all);
}

#[test]
fn a_safelisted_value_has_at_most_128_bytes() {
    let mut all = Vec::new();
    for name in ["accept", "accept-language", "content-language"] {
        all.push((name, "a".repeat(128), true));
        all.push((name, "a".repeat(129), false));
    }
    all.push(("content-type", format!("text/plain;{}", "a".repeat(117)), true));
    all.push(("content-type", format!("text/plain;{}", "a".repeat(118)), false));
    all.push(("range", format!("bytes={}-", "0".repeat(121)), true));
    all.push(("range", format!("bytes={}-", "0".repeat(122)), false));
    check(UserAgent::Standard, &all);
}

#[tokio::test]
async fn safelisted_values_have_at_most_1024_bytes_together() {
    let long = "a".repeat(128);
    let mut headers: Vec<(&str, &str)> = vec![("accept", &long); 6];
    headers.extend([("accept-language", &*long), ("content-language", &long)]);
    assert_eq!(send(UserAgent::Standard, &headers).await.asked, None, "1,024 bytes");
    headers.push(("range", "bytes=0-"));
    let asked = send(UserAgent::Standard, &headers).await.asked;
    assert_eq!(
        asked.as_deref(),
        Some("accept,accept-language,content-language,range"),
        "more, so that all are asked for"
    );
    headers.insert(0, ("x-a", &long));
    let asked = send(UserAgent::Standard, &headers).await.asked;
    assert_eq!(
        asked.as_deref(),
        Some("accept,accept-language,content-language,range,x-a"),
        "and others as well"
    );
    headers.pop();
    let asked = send(UserAgent::Standard, &headers).await.asked;
    assert_eq!(asked.as_deref(), Some("x-a"), "others do not count");
}

#[test]
fn any_other_name_is_asked_for() {
    let names = [
        "authorization",
        "x-a",
        "user-agent",
        "if-none-match",
        "cache-control",
        "dpr",
        "save-data",
        "last-event-id",
        "access-control-allow-origin",
    ];
    check(UserAgent::Standard, &names.map(|name| (name, "1".to_owned(), false)));
}

/// <https://fetch.spec.whatwg.org/#forbidden-request-header>
#[tokio::test]
async fn a_forbidden_header_is_silently_dropped() {
    let forbidden = [
        "Accept-Charset",
        "Accept-Encoding",
        "Access-Control-Request-Headers",
        "Access-Control-Request-Method",
        "Connection",
        "Content-Length",
        "Cookie",
        "Cookie2",
        "Date",
        "DNT",
        "Expect",
        "Host",
        "Keep-Alive",
        "Origin",
        "Referer",
        "Set-Cookie",
        "TE",
        "Trailer",
        "Transfer-Encoding",
        "Upgrade",
        "Via",
        "Proxy-",
        "Proxy-Authorization",
        "Sec-",
        "Sec-Fetch-Site",
    ];
    let mut rows: Vec<_> = forbidden.map(|name| (name, "1", true)).into();
    for name in ["X-HTTP-Method", "X-HTTP-Method-Override", "X-Method-Override"] {
        for value in
            ["TRACE", "connect", "GET, Track", "GET,TRACE,PUT", "\"GET\",TRACE", "\"a\\\"b\",TRACE"]
        {
            rows.push((name, value, true));
        }
        for value in ["GET", "", "TRACER", "GET TRACE", "\"TRACE\"", "\"GET,TRACE\""] {
            rows.push((name, value, false));
        }
    }
    rows.extend([
        ("proxy", "1", false),
        ("sec", "1", false),
        ("x-sec-a", "1", false),
        ("dnt-a", "1", false),
    ]);
    for (name, value, is_forbidden) in rows {
        let fetch = Fetch::get(API).header(name, value);
        let seen = Browser::new(server(SHARED)).fetch_from(APP, fetch).await.unwrap();
        let request = seen.sent().pop().unwrap();
        let is_sent = request.headers().get_all(name).iter().any(|sent| sent == value);
        assert_eq!(
            (is_sent, seen.sent().len()),
            (!is_forbidden, if is_forbidden { 1 } else { 2 }),
            "{name}: {value:?}"
        );
    }
}

/// <https://fetch.spec.whatwg.org/#convert-header-names-to-a-sorted-lowercase-set>
#[tokio::test]
async fn a_name_is_asked_for_once_and_by_firefox_as_often_as_it_is_set() {
    let headers = [("X-Beta", "2"), ("x-alpha", "1"), ("accept", "a/b"), ("x-beta", "3")];
    for (user_agent, expected) in [
        (UserAgent::Standard, "x-alpha,x-beta"),
        (UserAgent::Chromium, "x-alpha,x-beta"),
        (UserAgent::Firefox, "x-alpha,x-beta,x-beta"),
        (UserAgent::WebKit, "x-alpha,x-beta"),
    ] {
        let asked = send(user_agent, &headers).await.asked;
        assert_eq!(asked.as_deref(), Some(expected), "{user_agent:?}");
    }
}

/// Each header of the list is judged, whatever others have its name.
/// <https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names>
#[tokio::test]
async fn a_safelisted_header_that_is_set_twice_is_asked_for_by_chromium_only() {
    let (long, half) = ("a".repeat(100), "a".repeat(63));
    // What is set, and whether Chromium asks for it; the others do not.
    for (name, value, is_asked_for) in [
        ("accept", long.as_str(), true),
        ("accept", &half, false),
        ("content-type", "text/plain", true),
        ("accept-language", "de", false),
    ] {
        let headers = [(name, value), (name, value)];
        let asked = send(UserAgent::Chromium, &headers).await.asked;
        assert_eq!(asked.as_deref(), is_asked_for.then_some(name), "{headers:?}");
        for user_agent in [UserAgent::Standard, UserAgent::Firefox, UserAgent::WebKit] {
            assert_eq!(send(user_agent, &headers).await.asked, None, "{user_agent:?} {headers:?}");
        }
    }
}

/// A value is kept if it is safelisted together with those before it.
/// <https://fetch.spec.whatwg.org/#concept-headers-append>
#[tokio::test]
async fn no_cors_keeps_what_is_safelisted_when_combined() {
    let (long, half, rest) = ("a".repeat(100), "b".repeat(64), "c".repeat(62));
    let both = [half.as_str(), &rest];
    // What is set, and which values are sent.
    let rows: [(&str, &[&str], &[&str]); 7] = [
        ("accept", &[&long, &long], &[&long]),
        ("accept", &both, &both),
        ("accept", &[&half, &half, "d"], &[&half, "d"]),
        ("content-type", &["text/plain", "text/plain"], &["text/plain"]),
        ("content-type", &["application/json", "text/plain"], &["text/plain"]),
        ("accept-language", &["de", "en"], &["de", "en"]),
        ("x-a", &["1", "2"], &[]),
    ];
    for (name, set, expected) in rows {
        let fetch = Fetch::get(API).mode(Mode::NoCors);
        let fetch = set.iter().fold(fetch, |fetch, value| fetch.header(name, value));
        let seen = Browser::new(server(SHARED)).fetch_from(APP, fetch).await.unwrap();
        let [request] = seen.sent()[..] else { panic!("{name}: {:?}", seen.sent()) };
        let sent: Vec<_> = request.headers().get_all(name).iter().collect();
        assert_eq!(sent, expected, "{name}: {set:?}");
    }
}

#[test]
fn chromium_has_client_hints_on_its_safelist() {
    for name in ["device-memory", "downlink", "dpr"] {
        let (good, bad) = (["2", "0.25", "1.5"], ["", "a", "1.", ".5", "1.5.1", "-1", "1, 2"]);
        check(UserAgent::Chromium, &rows(name, &good, &bad));
    }
    for name in ["rtt", "viewport-width", "width"] {
        check(UserAgent::Chromium, &rows(name, &["2", "100"], &["", "a", "1.5", "-1"]));
    }
    check(UserAgent::Chromium, &rows("ect", &["slow-2g", "2g", "3g", "4g"], &["", "a", "5g"]));
    check(UserAgent::Chromium, &rows("intervention", &["", "a"], &[]));
    check(UserAgent::Chromium, &rows("save-data", &["on", "On"], &["off", ""]));
    check(
        UserAgent::Chromium,
        &[("dpr", "1".repeat(129), false), ("dpr-a", "1".to_owned(), false)],
    );
    let hints = ["device-memory", "downlink", "dpr", "ect", "rtt", "viewport-width", "width"];
    check(UserAgent::Firefox, &hints.map(|name| (name, "2".to_owned(), false)));
    check(UserAgent::WebKit, &hints.map(|name| (name, "2".to_owned(), false)));
}
