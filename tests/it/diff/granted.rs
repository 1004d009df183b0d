//! What is told of those whom both policies admit.

use std::time::Duration;

use http::Request;
use tower_cors::Policy;
use tower_cors::review::Change;

use super::random::Outcome;
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
            "a prefix before a longer one",
            app().allow_headers(["x-a*"]),
            app().allow_headers(["x-*"]),
            &["+ newly allows the request header x-*"],
        ),
        row(
            "a prefix of a name that would show it",
            app().allow_headers(["x-any"]),
            app().allow_headers(["x-*"]),
            &["+ newly allows the request header x-*"],
        ),
        Row {
            name: "of names and prefixes of several rules the widest",
            old: vec![app()],
            new: vec![app().allow_headers(["x-a", "y-a"]), app().allow_headers(["x-*"])],
            expected: &["+ newly allows the request headers x-* and y-a"],
        },
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
        Row {
            name: "headers that were of two rules, beside one of both",
            old: vec![app().allow_headers(["a-c", "x-a"]), app().allow_headers(["a-c", "x-b"])],
            new: vec![app().allow_headers(["a-c", "x-a", "x-b"])],
            expected: &["+ newly allows the request headers x-a and x-b together"],
        },
    ]);
}

#[test]
fn a_request_that_shows_any_header_asks_for_one_of_a_usual_name() {
    let names = |headers: &[&str]| {
        let new = app().allow_headers(headers).build().unwrap();
        let diff = app().build().unwrap().diff(&new);
        let request = diff.iter().next().unwrap().witness().unwrap();
        request.headers()["access-control-request-headers"].to_str().unwrap().to_owned()
    };
    assert_eq!(names(&["*"]), "x-any");
    assert_eq!(names(&["y-*"]), "y-any");
}

/// What two rules say differently is told where the same preflight may come to both.
#[test]
fn a_max_age_that_comes_with_other_names_is_no_other_max_age() {
    let rule = |name, seconds| app().allow_headers([name]).max_age(Duration::from_secs(seconds));
    check(vec![Row {
        name: "behind a rule that answers whoever asks for no name",
        old: vec![rule("x-a", 1), rule("x-b", 2)],
        new: vec![rule("x-a", 1), rule("x-c", 3)],
        expected: &[
            "+ newly allows the request header x-c",
            "- no longer allows the request header x-b",
        ],
    }]);
}

/// Which of two rules answers, by the names that are asked for.
#[test]
fn every_two_lists_of_two_rules_are_told_apart() {
    let mut rules = Vec::new();
    for headers in [&[][..], &["x-a"], &["x-b"], &["x-a", "x-b"]] {
        for seconds in [1, 2] {
            rules.push(app().allow_headers(headers).max_age(Duration::from_secs(seconds)));
        }
    }
    let pairs = rules.iter().flat_map(|one| rules.iter().map(move |two| [one, two]));
    let policies: Vec<Policy> =
        pairs.map(|pair| Policy::from_rules(pair.map(Clone::clone)).unwrap()).collect();
    let requests = ["", "x-a", "x-b", "x-c", "x-a,x-b"].map(|names| {
        let request = Request::options("/")
            .header("origin", "https://app.example")
            .header("access-control-request-method", "GET");
        let names = Some(names).filter(|names| !names.is_empty());
        let asking = names.into_iter();
        asking
            .fold(request, |it, names| it.header("access-control-request-headers", names))
            .body(())
            .unwrap()
    });
    let mut failures = Vec::new();
    for (number, old) in policies.iter().enumerate() {
        for new in policies.iter().skip(number % 3).step_by(3) {
            let diff = old.diff(new);
            let differs = |request: &&Request<()>| {
                let [before, after] = [old, new].map(|it| Outcome::of(&it.decide(*request)));
                before != after
            };
            let different: Vec<_> = requests.iter().filter(differs).collect();
            let is_covered = |request: &&&Request<()>| diff.iter().any(|it| it.covers(**request));
            let covered = different.iter().filter(is_covered).count();
            let witnesses: Vec<_> = diff.iter().flat_map(Change::witnesses).collect();
            let is_shown = witnesses.iter().all(|witness| differs(&witness));
            if covered < different.len() || !is_shown || different.is_empty() != diff.is_empty() {
                failures.push(format!("{old:?}\n{new:?}\n{diff}"));
            }
        }
    }
    assert!(failures.is_empty(), "{}\n{}", failures.len(), failures[0]);
}
