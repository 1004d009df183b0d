//! What is unwise about policies by path.

use tower_cors::review::Lint;
use tower_cors::{Policy, Route, Routes};

use super::{of, said};

#[test]
fn a_policy_is_told_of_once_with_all_its_paths() {
    let [loopback, get] =
        [of(&["http://localhost"]), of(&["https://a.example"]).allow_methods(["GET"])]
            .map(|builder| builder.build().unwrap());
    let routes = Routes::builder()
        .route("/a", loopback.clone())
        .route("/b/{id}", get)
        .route("/c", loopback.clone())
        .route("/d", Route::NoCors)
        .fallback(loopback.clone())
        .build()
        .unwrap();
    let findings = routes.lint();
    assert_eq!(
        said(&findings),
        [
            r#"routes["/a"].allow_origins (and 2 more): origin "http://localhost" is for port 80 alone; write "http://localhost:*", or the port [loopback-without-port]"#,
            r#"routes["/b/{id}"].allow_methods: method "GET" needs no permission; remove it [method-safelisted]"#,
        ]
    );
    let paths: Vec<Vec<&str>> = findings.iter().map(|it| it.paths().collect()).collect();
    assert_eq!(paths, [vec!["/a", "/c"], vec!["/b/{id}"]]);

    let fallback = Routes::builder().route("/d", Route::NoCors).fallback(loopback.clone());
    let findings = fallback.build().unwrap().lint();
    assert!(findings.to_string().starts_with("fallback.allow_origins: origin "), "{findings}");
    assert_eq!(findings.iter().next().unwrap().paths().len(), 0);
    // One policy for every path is one by itself.
    assert_eq!(Routes::from(loopback.clone()).lint(), loopback.lint());
}

fn closed() -> tower_cors::RoutesBuilder {
    Routes::builder().route("/internal/{*rest}", Route::NoCors).fallback(policy())
}

fn policy() -> Policy {
    of(&["https://a.example"]).build().unwrap()
}

#[test]
fn a_root_that_the_fallback_opens_is_found() {
    let table = closed().build().unwrap();
    assert_eq!(
        said(&table.lint()),
        [
            r#"routes["/internal/{*rest}"]: the route does not match "/internal" and "/internal/", which the fallback allows; add them [route-without-its-root]"#
        ]
    );
    let half = closed().route("/internal", Route::NoCors).build().unwrap();
    assert_eq!(
        said(&half.lint()),
        [
            r#"routes["/internal/{*rest}"]: the route does not match "/internal/", which the fallback allows; add it [route-without-its-root]"#
        ]
    );
    assert_eq!(half.lint().iter().next().unwrap().lint(), Lint::RouteWithoutItsRoot);
}

#[test]
fn nothing_is_found_in_sensible_tables() {
    let tables = [
        closed().route("/internal", Route::NoCors).route("/internal/", Route::NoCors),
        // The same policy, on purpose.
        closed().route("/internal", policy()).route("/internal/", policy()),
        closed().fallback(Route::NoCors),
        closed().fallback(Route::LeftAlone),
        Routes::builder().route("/webhooks/{*rest}", Route::LeftAlone).fallback(policy()),
        Routes::builder().route("/static/{*file}", Policy::permissive()).fallback(policy()),
        Routes::builder().route("/{id}/internal/{*rest}", Route::NoCors).fallback(policy()),
        Routes::builder().route("/{*rest}", Route::NoCors).fallback(policy()),
    ];
    for table in tables {
        let findings = table.build().unwrap().lint();
        assert!(findings.is_empty(), "{findings}");
    }
}
