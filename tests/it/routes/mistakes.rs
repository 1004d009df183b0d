//! Every message that a mistake in a table of routes gets, word for word.

use tower_cors::Routes;

use super::policy;

#[test]
fn what_is_wrong_with_routes() {
    let old = |path, fix| format!("route {path:?} has a parameter in old syntax; write {fix:?}");
    let parameter = |path| {
        format!(
            "route {path:?} has a parameter that is none; write \"/items/{{id}}\", or \
             \"/static/{{*file}}\" for all that follows"
        )
    };
    let never = |path| {
        format!(
            "route {path:?} would never match: a path has no query and no fragment, and here no dot \
             segments and nothing encoded that need not be; write it as it stands in a request"
        )
    };
    let rows = [
        ("", "route \"\" has no leading slash; write \"/\"".to_owned()),
        ("items", "route \"items\" has no leading slash; write \"/items\"".to_owned()),
        ("/items/:id", old("/items/:id", "/items/{id}")),
        ("/items/:id/*rest", old("/items/:id/*rest", "/items/{id}/{*rest}")),
        ("/static/*", old("/static/*", "/static/{*rest}")),
        ("/items/{id", parameter("/items/{id")),
        ("/items/{}", parameter("/items/{}")),
        ("/items/{*rest}/a", parameter("/items/{*rest}/a")),
        ("/items/{a}{b}", parameter("/items/{a}{b}")),
        ("/a/../b", never("/a/../b")),
        ("/a/%2e/b", never("/a/%2e/b")),
        ("/a%2Fb", never("/a%2Fb")),
        ("/a?b", never("/a?b")),
        ("/a#b", never("/a#b")),
        ("/a b", never("/a b")),
        ("/bücher", never("/bücher")),
    ];
    let mut failures = Vec::new();
    for (path, expected) in &rows {
        let built = Routes::builder().route(*path, None).build();
        let said = built.map_or_else(|errors| errors.to_string(), |_| "nothing".to_owned());
        if said != *expected {
            failures.push(format!("{said}\n  not {expected}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));

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
    assert_eq!((&errors).into_iter().count(), errors.iter().count());
}
