//! Who is admitted, and should not be.

use super::{APP, COM, Row, reflects, reflects_if, with};

pub(super) const ROWS: &[Row] = &[
    Row(
        "rs/cors CVE-2018-20744 / GO-2023-1792",
        "/",
        APP,
        |it| reflects(it, true),
        &["any-origin"],
    ),
    Row(
        "rs/cors#197",
        "/",
        APP,
        |it| reflects_if(it, it.origin().starts_with('h')),
        &["any-origin"],
    ),
    Row(
        "jub0bs GHSA-vhxv-fg4m-p2w8, fcors GHSA-v84h-653v-4pq9",
        "/",
        &["--from", "https://foo.com", "--from", "https://bar.com"],
        |it| {
            reflects_if(
                it,
                it.is_from(&["https://foo.com", "https://bar.com", "https://barfoo.com"]),
            )
        },
        &["hosts-run-together"],
    ),
    Row(
        "jub0bs 0.12-0.13.0",
        "/",
        APP,
        |it| reflects_if(it, it.origin().starts_with("file:")),
        &["file"],
    ),
    Row(
        "gin-contrib/cors CVE-2019-25211 / GO-2024-2955",
        "/",
        COM,
        |it| {
            reflects_if(
                it,
                ["https://example.com", "http://localhost"]
                    .iter()
                    .any(|them| it.origin().starts_with(them)),
            )
        },
        &["address-by-its-beginning", "host-by-its-beginning", "malformed-origin"],
    ),
    Row(
        "gorilla/handlers CVE-2017-20146 / GO-2020-0020",
        "/",
        APP,
        |it| reflects(it, false),
        &["any-origin"],
    ),
    Row(
        "go-restful GO-2022-0619",
        "/",
        COM,
        |it| reflects_if(it, it.origin().contains("example.com")),
        &["host-by-its-beginning", "host-by-its-end", "http-beside-https", "malformed-origin"],
    ),
    Row(
        "go-zero CVE-2024-27302 / GO-2024-2604",
        "/",
        &["--from", "https://victim.com"],
        |it| {
            reflects_if(
                it,
                it.origin().starts_with("https://") && it.origin().ends_with("victim.com"),
            )
        },
        &["host-by-its-end", "malformed-origin"],
    ),
    Row(
        "fiber#4455",
        "/",
        COM,
        |it| {
            reflects_if(
                it,
                it.origin().starts_with("https://") && it.origin().ends_with(".example.com")
                    || it.is_from(COM),
            )
        },
        &["malformed-origin"],
    ),
    Row("echo#2400 / PR#2405", "/", APP, |it| reflects(it, true), &["any-origin"]),
    Row(
        "Flask-CORS of today",
        "/",
        &["--from", "https://trusted.com"],
        |it| reflects_if(it, it.origin().starts_with("https://trusted.com")),
        &["host-by-its-beginning", "malformed-origin"],
    ),
    Row(
        "sanic-cors CVE-2026-37737, starlette PR#801",
        "/",
        &["--from", "https://trusted.com"],
        |it| reflects_if(it, it.origin().starts_with("https://trusted.com")),
        &["host-by-its-beginning", "malformed-origin"],
    ),
    Row(
        "rack-cors CVE-2017-11173",
        "/",
        COM,
        |it| reflects_if(it, it.is_from(COM) || it.origin().starts_with("https://example.com-")),
        &["host-by-its-beginning"],
    ),
    Row("rack-cors 1.0.0", "/", APP, |it| reflects_if(it, it.is_from(&["null"])), &["null"]),
    Row(
        "@koa/cors CVE-2023-49803 / GHSA-qxrj-hx23-xp82",
        "/",
        APP,
        |it| reflects(it, false),
        &["any-origin"],
    ),
    Row(
        "hono CVE-2026-54290 / GHSA-88fw-hqm2-52qc",
        "/",
        APP,
        |it| reflects(it, true),
        &["any-origin"],
    ),
    Row(
        "starlette#3246",
        "/",
        APP,
        |it| {
            if it.headers.contains_key("cookie") {
                return reflects(it, true);
            }
            (200, vec![("access-control-allow-origin", "*".to_owned())])
        },
        &["any-origin"],
    ),
    Row(
        "http4s CVE-2021-39185 / GHSA-52cf-226f-rhr6",
        "/",
        APP,
        |it| reflects(it, true),
        &["any-origin"],
    ),
    Row(
        "Tomcat CVE-2018-8014 / GHSA-r4x2-3cq5-hqvp",
        "/",
        APP,
        |it| reflects(it, true),
        &["any-origin"],
    ),
    Row(
        "helio GHSA-2c3r-q7gv-hp2m",
        "/",
        APP,
        |it| reflects_if(it, it.origin().starts_with("http://192.168.")),
        &["address-by-its-beginning"],
    ),
    Row(
        "CherryPy CVE-2022-3457",
        "/",
        &["--from", "https://good.com"],
        |it| reflects_if(it, it.origin().starts_with("https://good.com")),
        &["host-by-its-beginning", "malformed-origin"],
    ),
    Row(
        "tempo docs#694",
        "/",
        &["--from", "https://site.vercel.app"],
        |it| {
            reflects_if(
                it,
                it.origin().starts_with("https://") && it.origin().contains("vercel.app"),
            )
        },
        &[
            "anybody-under-a-suffix",
            "dot-unescaped",
            "host-by-its-beginning",
            "host-by-its-end",
            "malformed-origin",
        ],
    ),
    Row(
        "globalping#851, clusterfuzz#5303, quarkus#34718",
        "/",
        &["--from", "https://globalping.io"],
        |it| {
            let is_like =
                host(it.origin()).len() == 13 && host(it.origin()).starts_with("globalping");
            reflects_if(
                it,
                it.origin().starts_with("https://") && is_like && it.origin().ends_with("io"),
            )
        },
        &["dot-unescaped"],
    ),
    Row(
        "Ktor KTOR-5936",
        "/",
        APP,
        |it| reflects_if(it, it.is_from(&["https://app.example", "https://app.example/"])),
        &["malformed-origin"],
    ),
    Row(
        "django-cors-headers 3.0.0",
        "/",
        APP,
        |it| reflects_if(it, host(it.origin()) == "app.example"),
        &["http-beside-https"],
    ),
    Row(
        "casdoor CVE-2024-41657, memos CVE-2024-41659",
        "/",
        APP,
        |it| reflects(it, true),
        &["any-origin"],
    ),
    Row(
        "coder CVE-2026-55438",
        "/",
        COM,
        |it| {
            reflects_if(
                it,
                it.is_from(COM)
                    || it.origin().starts_with("https://")
                        && it.origin().ends_with(".example.com")
                        && !it.origin().contains("/."),
            )
        },
        &["any-subdomain (note)"],
    ),
    Row(
        "tower-http 0.7.1",
        "/",
        APP,
        |it| {
            if it.is_from(&["https://app.example"]) {
                return reflects(it, true);
            }
            // The inner service's, and that of the layer.
            with(reflects(it, false), "access-control-allow-credentials", "true")
        },
        &["any-origin"],
    ),
];

/// The host of an origin, however odd.
fn host(origin: &str) -> &str {
    origin.split("://").nth(1).unwrap_or_default()
}
