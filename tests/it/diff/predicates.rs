//! What predicates hide.

use tower_cors::Policy;

use super::{Row, app, check, one, row};

#[test]
fn predicates_are_compared_by_identity() {
    let asking = app().allow_origins_if(|origin, _, _| origin.host() == "b.example");
    let other = app().allow_origins_if(|origin, _, _| origin.host() == "c.example");
    let asking_alone =
        Policy::builder().allow_origins_if(|origin, _, _| origin.host() == "b.example");
    let insecure = || one(&["http://a.example"]).expose_headers(["x-a"]);
    let opaque = || {
        Policy::builder()
            .dangerously_allow_null_origin(true)
            .dangerously_allow_file_origin(true)
            .allow_methods(["*"])
            .allow_headers(["*", "authorization"])
    };
    check(vec![
        row("the same", asking.clone(), asking.clone(), &[]),
        row(
            "the same beside another origin",
            asking.clone(),
            asking.clone().allow_origins(["https://a.example"]),
            &["+ newly admits https://a.example"],
        ),
        row(
            "the same beside an origin that it admits already",
            asking.clone(),
            asking.clone().allow_origins(["https://b.example"]),
            &["~ whom predicates admit, and to what, cannot be compared (opening)"],
        ),
        row(
            "a new one",
            app(),
            asking.clone(),
            &["+ newly asks predicates; whom they admit cannot be compared (opening)"],
        ),
        row(
            "no longer one",
            asking.clone(),
            app(),
            &["- no longer asks predicates; whom they admitted cannot be compared"],
        ),
        row(
            "another one",
            asking.clone(),
            other,
            &["~ whom predicates admit, and to what, cannot be compared (opening)"],
        ),
        row(
            "the same is allowed more",
            asking.clone(),
            asking.clone().allow_methods(["PUT"]),
            &[
                "+ newly allows the method PUT",
                "~ whom predicates admit, and to what, cannot be compared (opening)",
            ],
        ),
        row(
            "the same is allowed less",
            asking.clone().allow_methods(["PUT"]),
            asking.clone(),
            &[
                "- no longer allows the method PUT",
                "~ whom predicates admit, and to what, cannot be compared",
            ],
        ),
        Row {
            name: "less for others, in a way that is told",
            old: vec![app().allow_methods(["PUT"]), asking_alone.clone()],
            new: vec![app(), asking_alone.clone()],
            expected: &["- no longer allows the method PUT"],
        },
        Row {
            name: "no longer one with credentials, before an insecure origin, which it is not asked about",
            old: vec![asking_alone.clone().allow_credentials(true), insecure()],
            new: vec![insecure()],
            expected: &["- no longer asks predicates; whom they admitted cannot be compared"],
        },
        Row {
            name: "opaque origins are not asked about",
            old: vec![opaque(), asking.clone().allow_methods(["PUT"])],
            new: vec![opaque(), asking.clone()],
            expected: &[
                "- no longer allows the method PUT to https://app.example",
                "~ whom predicates admit, and to what, cannot be compared",
            ],
        },
    ]);
}

/// Of two that may hold an origin, one by itself.
#[test]
fn predicates_are_tried_in_every_combination() {
    let asking = || Policy::builder().allow_origins_if(|origin, _, _| origin.port().is_some());
    let (first, second) = (asking(), asking().allow_methods(["PUT"]));
    for (old, new, says) in [
        (
            first.clone().allow_methods(["PUT"]),
            first.clone(),
            "~ whom predicates admit, and to what, cannot be compared",
        ),
        (
            first.clone(),
            first.clone().allow_methods(["PUT"]),
            "~ whom predicates admit, and to what, cannot be compared (opening)",
        ),
    ] {
        let [old, new] =
            [old, new].map(|first| Policy::from_rules([first, second.clone()]).unwrap());
        assert_eq!(old.diff(&new).to_string(), says);
    }
}

/// Of more than four it is taken for granted that they open something.
#[test]
fn many_predicates_are_not_tried() {
    for (count, says) in [
        (4, "~ whom predicates admit, and to what, cannot be compared"),
        (5, "~ whom predicates admit, and to what, cannot be compared (opening)"),
    ] {
        let asking = (0..count).fold(Policy::builder(), |builder, _| {
            builder.allow_origins_if(|origin, _, _| origin.port().is_some())
        });
        let [old, new] =
            [asking.clone().allow_methods(["PUT"]), asking].map(|it| it.build().unwrap());
        assert_eq!(old.diff(&new).to_string(), says);
    }
}
