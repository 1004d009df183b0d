//! Every message that an error in a table of routes gets, word for word.

use tower_cors::{Route, RouteError, RouteFault, Routes};

use super::policy;

const FORMS: &str = "write \"/items/{id}\", or \"/static/{*file}\" for all that follows";

/// What is wrong, what is said, what is written, and the fix, if there is one.
type Row =
    (RouteFault, &'static str, &'static str, &'static [(&'static str, Option<&'static str>)]);
const ROWS: &[Row] = &[
    (
        RouteFault::NoSlash,
        "has no leading slash",
        "write a path, as in \"/items\"",
        &[
            ("", Some("/")),
            ("items", Some("/items")),
            ("items/*", Some("/items/{*rest}")),
            (" /items", Some("/items")),
            ("{*rest}", Some("/{*rest}")),
            ("h.example/x", None),
            ("localhost:3000/x", None),
            ("*.example/x", None),
        ],
    ),
    (
        RouteFault::Url,
        "is a URL, and routes are paths",
        "write a path, as in \"/items\"",
        &[
            ("https://h.example/x", Some("/x")),
            ("https://h.example:8443", Some("/")),
            ("http://h.example/api/*?a=b", Some("/api/{*rest}")),
            ("https://h.example/a%2Fb", None),
        ],
    ),
    (
        RouteFault::EveryPath,
        "is for every path",
        "use `fallback`",
        &[("*", None), ("/*", None), ("**", None), ("/**", None), ("^/.*$", None), ("/(.*)", None)],
    ),
    (
        RouteFault::Expression,
        "is a regular expression, and there are none here",
        FORMS,
        &[
            ("^/v1/.*$", Some("/v1/{*rest}")),
            ("^\\/v1\\/.*", Some("/v1/{*rest}")),
            ("^/v1/", Some("/v1/{*rest}")),
            ("^/v1/items$", Some("/v1/items")),
            ("/v1/(.*)", Some("/v1/{*rest}")),
            ("^/items/[^/]+/parts$", Some("/items/{any}/parts")),
            ("^/v1", None),
            ("/items/{id:[0-9]+}", None),
            ("/items/:id(\\d+)", None),
            ("/(a|b)/x", None),
            ("/items/.*/x", None),
            ("/a/(?<id>.*)", None),
        ],
    ),
    (
        RouteFault::ForeignSyntax,
        "has a parameter as other routers write it",
        FORMS,
        &[
            ("/items/:id", Some("/items/{id}")),
            ("/items/:id/*rest", Some("/items/{id}/{*rest}")),
            ("/static/*", Some("/static/{*rest}")),
            ("/api/**", Some("/api/{*rest}")),
            ("/a/*/b", Some("/a/{any}/b")),
            ("/docs/:path*", Some("/docs/{*path}")),
            ("/items/<id>", Some("/items/{id}")),
            ("/static/<path:file>", Some("/static/{*file}")),
            ("/items/[id]", Some("/items/{id}")),
            ("/docs/[...path]", Some("/docs/{*path}")),
            ("/items/<int:id>", None),
            ("/items/:id?", None),
            ("/docs/[[...path]]", None),
            ("/**/x", None),
            ("/static/*.js", None),
            ("/v*", None),
        ],
    ),
    (
        RouteFault::Parameter,
        "has a parameter that is not written as one",
        FORMS,
        &[
            ("/static/{path:path}", Some("/static/{*path}")),
            ("/static/{path...}", Some("/static/{*path}")),
            ("/static/{proxy+}", Some("/static/{*proxy}")),
            ("/static/{**path}", Some("/static/{*path}")),
            ("/items/{id", None),
            ("/items/id}", None),
            ("/items/{}", None),
            ("/items/{*}", None),
            ("/items/{id?}", None),
            ("/items/{id:int}", None),
            ("/items/{-id}", None),
            ("/items/{*rest}/a", None),
            ("/items/{a}{b}", None),
            ("/items/{id}.json", None),
        ],
    ),
    (
        RouteFault::Query,
        "has a query or a fragment, on which no route depends",
        "remove it",
        &[("/a?b=c", Some("/a")), ("/a#b", Some("/a")), ("/a?", None)],
    ),
    (
        RouteFault::NotAsSent,
        "is not encoded as browsers encode it",
        "write it as it stands in a request",
        &[
            ("/a b", Some("/a%20b")),
            ("/bücher", Some("/b%C3%BCcher")),
            ("/caf%c3%a9", Some("/caf%C3%A9")),
            ("/%69tems", Some("/items")),
            ("/%40admin/{*rest}", Some("/@admin/{*rest}")),
            ("/{{braces}}", Some("/%7Bbraces%7D")),
            ("/{{brace", Some("/%7Bbrace")),
            ("/brace}}", Some("/brace%7D")),
            ("/{{id}", None),
            ("/{id}}", None),
            ("/a/%2e/b", Some("/a/b")),
            ("/a\"b", Some("/a%22b")),
            ("/100%", None),
            ("/a%2fb", None),
            ("/a%3Bb", None),
            ("/a\\b", None),
            ("/a\u{202e}b%2Fc", None),
        ],
    ),
    (
        RouteFault::ReadOtherwise,
        "would never match, since servers read other paths in it",
        "write one that matches all of them, as in \"/items/{*rest}\"",
        &[
            ("/a/../b", Some("/b")),
            ("/a/./b", Some("/a/b")),
            ("/a/..", Some("/")),
            ("/a/.", Some("/a/")),
            ("/a//b", Some("/a/b")),
            ("//a", Some("/a")),
            ("/proxy/https://{*url}", None),
            ("/a%2Fb", None),
            ("/a%2541", None),
            ("/a;b", None),
            ("/a.", None),
            ("/a%20", None),
            ("/a%00", None),
        ],
    ),
];

#[test]
fn what_is_wrong_with_routes() {
    let mut failures = Vec::new();
    for (fault, said, advice, paths) in ROWS {
        for (path, fix) in *paths {
            let advice = fix.map_or((*advice).to_owned(), |fix| format!("write {fix:?}"));
            let expected = format!("route {path:?} {said}; {advice}");
            let Err(errors) = Routes::builder().route(*path, Route::NoCors).build() else {
                failures.push(format!("{path}: nothing\n  not {expected}"));
                continue;
            };
            if errors.to_string() != expected {
                failures.push(format!("{errors}\n  not {expected}"));
            }
            match errors.iter().next() {
                Some(RouteError::Path { fault: found, .. }) if found == fault => {}
                other => failures.push(format!("{other:?}")),
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn every_error_is_told_in_the_order_of_the_routes() {
    let errors = Routes::builder()
        .route("/items/{id}", policy("a"))
        .route("/items/{name}", policy("b"))
        .route("items", policy("c"))
        .build()
        .unwrap_err();
    assert_eq!(
        errors.to_string(),
        "route \"/items/{name}\" matches the same paths as \"/items/{id}\"; remove one of them\n\
         route \"items\" has no leading slash; write \"/items\""
    );
    assert_eq!(format!("{errors:?}"), errors.to_string());
    assert_eq!(((&errors).into_iter().count(), errors.iter().len(), errors.len()), (2, 2, 2));
    let owned: Vec<RouteError> = errors.clone().into_iter().collect();
    assert!(errors.iter().eq(&owned));
}

#[test]
fn routes_that_match_the_same_paths() {
    for (first, second) in [
        ("/items", "/items"),
        ("/{a}/b/{c}", "/{d}/b/{e}"),
        ("/{*a}", "/{*b}"),
        ("/{a}", "/{*b}"),
        ("/{*a}", "/{b}"),
        ("/{a}/b", "/{*c}"),
        ("/v{a}", "/v{*b}"),
    ] {
        let built =
            Routes::builder().route(first, Route::NoCors).route(second, Route::NoCors).build();
        assert_eq!(
            built.unwrap_err().to_string(),
            format!("route {second:?} matches the same paths as {first:?}; remove one of them")
        );
    }
}

#[test]
fn what_is_too_much() {
    let parameters = |count| "/{a}".repeat(count);
    let built = |path: &str| Routes::builder().route(path, policy("a")).build();
    assert!(built(&parameters(25)).is_ok());
    for count in [26, 27, 100] {
        assert_eq!(
            built(&parameters(count)).unwrap_err().to_string(),
            format!(
                "route \"{}\" has over 25 parameters; write \"{{*rest}}\" for all that follows",
                parameters(count),
            ),
        );
    }
    assert!(built(&format!("/{}", "a".repeat(1_023))).is_ok());
    for path in [format!("/{}", "a".repeat(1_024)), "/a".repeat(1_000_000)] {
        let message = built(&path).unwrap_err().to_string();
        assert!(message.ends_with("is longer than 1,024 bytes; write a shorter one"), "{message}");
        // Of a long path only the beginning is shown.
        assert!(message.len() < 600, "{message}");
    }
}
