//! What else is wrong with an answer. No advisory has the last four, and they are met every day.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{APP, Answer, Asked, Row, nothing, reflects_if, with};

pub(super) const ROWS: &[Row] = &[
    Row(
        "rs/cors#198, jub0bs#14",
        "/",
        APP,
        |it| {
            static ASKED: AtomicUsize = AtomicUsize::new(0);
            let answer = reflects_if(it, it.is_from(&["https://app.example"]));
            let is_mutated = ASKED.fetch_add(1, Ordering::Relaxed) > 10;
            let value = if is_mutated { "x-b" } else { "x-a" };
            if it.is_from(&["https://app.example"]) {
                with(answer, "access-control-expose-headers", value)
            } else {
                answer
            }
        },
        &["answers-change"],
    ),
    Row(
        "fiber CVE-2024-25124 / GO-2024-2574",
        "/",
        APP,
        wildcard_with_credentials,
        &["wildcard-with-credentials"],
    ),
    Row(
        "Flask-CORS CVE-2020-25032",
        "/foo.txt",
        APP,
        |it| by_path(it, |path| path == "/foo.txt"),
        &["path-spelling"],
    ),
    Row(
        "Flask-CORS CVE-2024-6221",
        "/",
        APP,
        |it| {
            let answer = reflects_if(it, it.is_from(&["https://app.example"]));
            let asks = it.headers.contains_key("access-control-request-private-network");
            if asks { with(answer, "access-control-allow-private-network", "true") } else { answer }
        },
        &["private-network"],
    ),
    Row(
        "Flask-CORS CVE-2024-6844",
        "/service%20path",
        APP,
        |it| by_path(it, |path| path != "/service+path"),
        &["path-spelling"],
    ),
    Row(
        "Flask-CORS CVE-2024-6866",
        "/admin",
        APP,
        |it| by_path(it, |path| path != "/ADMIN"),
        &["path-spelling"],
    ),
    Row(
        "rack-cors CVE-2019-18978",
        "/private",
        APP,
        |it| by_path(it, |path| path == "/private"),
        &["path-spelling"],
    ),
    Row(
        "hono GHSA-q7jf-gf43-6x6p",
        "/",
        APP,
        |it| {
            let answer = reflects_if(it, it.is_from(&["https://app.example"]));
            match it.headers.get("vary") {
                Some(vary) => with(answer, "vary", vary.to_str().unwrap()),
                None => answer,
            }
        },
        &["vary-copied"],
    ),
    Row(
        "RESTEasy CVE-2017-7561",
        "/",
        APP,
        |it| {
            let (status, mut fields) = reflects_if(it, it.is_from(&["https://app.example"]));
            fields.retain(|(name, _)| *name != "vary");
            (status, fields)
        },
        &["vary-missing"],
    ),
    Row(
        "RESTEasy GHSA-972r-f3fv-whm3",
        "/",
        APP,
        wildcard_with_credentials,
        &["wildcard-with-credentials"],
    ),
    Row(
        "Spring CVE-2020-5397 / GHSA-7pm4-g2qj-j85x",
        "/",
        APP,
        |it| {
            let answer = reflects_if(it, it.is_from(&["https://app.example"]));
            if it.is_preflight { with(answer, "set-cookie", "session=1") } else { answer }
        },
        &["preflight-reaches-application"],
    ),
    Row("hapi CVE-2015-9243", "/", APP, wildcard_with_credentials, &["wildcard-with-credentials"]),
    Row(
        "django-cors-headers#701",
        "/",
        APP,
        |it| if it.origin() == "http://[" { (500, Vec::new()) } else { nothing() },
        &["malformed-origin-fails"],
    ),
    Row(
        "Vite CVE-2025-24010",
        "/",
        APP,
        |it| {
            if it.headers.contains_key("upgrade") {
                let upgrade = ("upgrade", "websocket".to_owned());
                return (101, vec![upgrade, ("connection", "upgrade".to_owned())]);
            }
            (200, vec![("access-control-allow-origin", "*".to_owned())])
        },
        &["websocket"],
    ),
    Row("RUSTSEC-2026-0140 dynoxide", "/", APP, |_| nothing(), &["any-host (note)"]),
    Row(
        "actix-cors 0.7.2",
        "/",
        APP,
        |it| {
            let (status, mut fields) = reflects_if(it, it.is_from(&["https://app.example"]));
            fields.retain(|(name, _)| *name != "vary");
            with((status, fields), "vary", "Accept-Encoding")
        },
        &["vary-missing"],
    ),
    Row(
        "a proxy that adds a second origin (rack-cors#55, llama-swap#1146)",
        "/",
        APP,
        |it| {
            with(
                reflects_if(it, it.is_from(&["https://app.example"])),
                "access-control-allow-origin",
                "*",
            )
        },
        &["several-origins"],
    ),
    Row(
        "a preflight that needs to be logged in (spring-security#4448)",
        "/",
        APP,
        |it| {
            if it.is_preflight {
                return (401, vec![("www-authenticate", "Bearer".to_owned())]);
            }
            reflects_if(it, it.is_from(&["https://app.example"]))
        },
        &["preflight-reaches-application"],
    ),
    Row(
        "a cache that does not obey Vary (koala73/worldmonitor#1890, koajs/cors#47)",
        "/",
        APP,
        |it| {
            static KEPT: Mutex<BTreeMap<String, Answer>> = Mutex::new(BTreeMap::new());
            let answer = reflects_if(it, it.is_from(&["https://app.example"]));
            KEPT.lock().unwrap().entry(it.query.clone()).or_insert(answer).clone()
        },
        &["cache-mixes-origins"],
    ),
    Row(
        "methods and headers for whoever asks",
        "/",
        APP,
        |it| {
            with(
                reflects_if(it, it.is_from(&["https://app.example"])),
                "access-control-allow-methods",
                "PUT",
            )
        },
        &["headers-for-strangers"],
    ),
];

/// Open to all, but where the path is one of those that are not.
fn by_path(asked: &Asked, is_closed: fn(&str) -> bool) -> Answer {
    if is_closed(&asked.path) {
        nothing()
    } else {
        (200, vec![("access-control-allow-origin", "*".to_owned())])
    }
}

/// Open to all, with credentials, which no browser takes: what three advisories have in common.
fn wildcard_with_credentials(_: &Asked) -> Answer {
    let open = (200, vec![("access-control-allow-origin", "*".to_owned())]);
    with(open, "access-control-allow-credentials", "true")
}
