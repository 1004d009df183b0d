//! What is told of those whom both policies admit.

use std::time::Duration;

use tower_cors::Policy;

use super::{Row, app, check, one, row};

#[test]
fn credentials_and_methods() {
    check(vec![
        row(
            "credentials",
            app(),
            app().allow_credentials(true),
            &["+ newly grants credentials (opening)"],
        ),
        row(
            "no more credentials",
            app().allow_credentials(true),
            app(),
            &["- no longer grants credentials"],
        ),
        row(
            "methods",
            app().allow_methods(["PUT", "own"]),
            app().allow_methods(["DELETE", "PATCH"]),
            &[
                "+ newly allows the methods DELETE and PATCH",
                "- no longer allows the methods PUT and own",
            ],
        ),
        row(
            "any method",
            app().allow_methods(["PUT"]),
            app().allow_methods(["*"]),
            &["+ newly allows any method (opening)"],
        ),
        row(
            "no longer any method",
            app().allow_methods(["*"]),
            app().allow_methods(["PUT"]),
            &["- no longer allows methods that are not listed"],
        ),
        row(
            "no longer any method, nor those that need no permission",
            app().allow_methods(["*"]),
            app().only_methods(["PUT"]),
            &["- no longer allows methods that are not listed"],
        ),
        Row {
            name: "credentials for all methods but one",
            old: vec![app().only_methods(["GET"]), app().allow_methods(["PUT"])],
            new: vec![
                app().only_methods(["GET"]),
                app().allow_methods(["PUT"]).allow_credentials(true),
            ],
            expected: &[
                "+ newly grants credentials, for HEAD, POST, PUT and other methods (opening)",
            ],
        },
        row(
            "only some methods",
            app(),
            app().only_methods(["GET"]),
            &[
                "- no longer allows the methods HEAD and POST",
                "- no longer shares responses to methods that are not listed",
            ],
        ),
    ]);
}

#[test]
fn names_and_max_age() {
    check(vec![
        row(
            "headers",
            app().allow_headers(["x-a", "x-b"]),
            app().allow_headers(["X-A", "x-c", "y-*"]),
            &[
                "+ newly allows the request headers x-c and y-*",
                "- no longer allows the request header x-b",
            ],
        ),
        row(
            "a prefix covers what is written out",
            app().allow_headers(["x-*"]),
            app().allow_headers(["x-a"]),
            &["- no longer allows the request header x-*"],
        ),
        row(
            "any header, which is not authorization",
            app().allow_headers(["x-a", "authorization"]),
            app().allow_headers(["*"]),
            &[
                "+ newly allows any request header (opening)",
                "- no longer allows the request header authorization",
            ],
        ),
        row(
            "any header and authorization",
            app(),
            app().allow_headers(["*", "authorization"]),
            &["+ newly allows any request header, and the request header authorization (opening)"],
        ),
        row(
            "no longer any header",
            app().allow_headers(["*"]),
            app().allow_headers(["x-a"]),
            &["- no longer allows request headers that are not listed"],
        ),
        row(
            "exposed",
            app().expose_headers(["x-a", "x-b"]),
            app().expose_headers(["x-b", "x-c"]),
            &[
                "+ newly exposes the response header x-c",
                "- no longer exposes the response header x-a",
            ],
        ),
        row(
            "everything exposed",
            app().expose_headers(["x-a"]),
            app().expose_headers(["*"]),
            &["+ newly exposes any response header (opening)"],
        ),
        Row {
            name: "max-age for all methods but one",
            old: vec![
                app().only_methods(["GET"]).max_age(Duration::from_secs(1)),
                app().allow_methods(["*"]).max_age(Duration::from_secs(2)),
            ],
            new: vec![
                app().only_methods(["GET"]).max_age(Duration::from_secs(1)),
                app().allow_methods(["*"]).max_age(Duration::from_secs(3)),
            ],
            expected: &["~ changes the max-age from 2 s to 3 s, for HEAD, POST and other methods"],
        },
        row(
            "max-age",
            app(),
            app().max_age(Duration::from_secs(60)),
            &["~ changes the max-age from none to 60 s"],
        ),
    ]);
}

#[test]
fn some_of_those_who_are_admitted() {
    let two = || one(&["https://a.example", "https://b.example"]);
    check(vec![
        row(
            "a new origin, with what the others have",
            app().allow_methods(["PUT"]),
            one(&["https://app.example", "https://a.example"]).allow_methods(["PUT", "DELETE"]),
            &["+ newly admits https://a.example", "+ newly allows the method DELETE"],
        ),
        row(
            "what is admitted with any method and header",
            app(),
            Policy::builder()
                .allow_origins(["https://app.example", "https://b.example"])
                .allow_methods(["*"])
                .allow_headers(["*"]),
            &[
                "+ newly admits https://b.example, with any method and any request header (opening)",
                "+ newly allows any method (opening)",
                "+ newly allows any request header (opening)",
            ],
        ),
        row(
            "what is admitted with any method",
            one(&["https://app.example"]).allow_methods(["*"]),
            one(&["https://app.example", "https://b.example"]).allow_methods(["*"]),
            &["+ newly admits https://b.example, with any method (opening)"],
        ),
        row(
            "what is admitted with any header",
            one(&["https://app.example"]).allow_headers(["*"]),
            one(&["https://app.example", "https://b.example"]).allow_headers(["*"]),
            &["+ newly admits https://b.example, with any request header (opening)"],
        ),
        Row {
            name: "a rule for one of two",
            old: vec![two()],
            new: vec![
                one(&["https://b.example"]).allow_methods(["PUT"]).allow_headers(["x-a"]),
                two(),
            ],
            expected: &[
                "+ newly allows the method PUT to https://b.example",
                "+ newly allows the request header x-a to https://b.example",
            ],
        },
        Row {
            name: "for one of the methods",
            old: vec![app().allow_methods(["PUT"])],
            new: vec![
                app().allow_methods(["PUT"]),
                app().only_methods(["PUT"]).allow_headers(["x-a"]),
            ],
            expected: &["+ newly allows the request header x-a, for PUT"],
        },
        Row {
            name: "headers that were of two rules",
            old: vec![app().allow_headers(["x-a"]), app().allow_headers(["x-b"])],
            new: vec![app().allow_headers(["x-a", "x-b"])],
            expected: &["+ newly allows the request headers x-a and x-b together"],
        },
    ]);
}
