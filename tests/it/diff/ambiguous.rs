//! What two tables decide differently of paths that can be read as more than one.

use http::Request;
use tower_cors::review::{Aspect, Change, Direction};
use tower_cors::{Policy, Route, Routes};

use super::routes::{Row, check, policy};
use super::{app, one};

#[test]
fn a_change_of_ambiguous_paths_is_told() {
    let (open, closed) = (policy(&one(&["*"])), policy(&app()));
    let put = policy(&app().allow_methods(["PUT"]));
    let asking =
        policy(&Policy::builder().allow_origins_if(|origin, _, _| origin.host() == "b.example"));
    let too_many = format!(
        "- paths that can be read as more than one, such as /%{}61: no longer admits https://app.example",
        "25".repeat(65)
    );
    let newly = too_many.replace("- ", "+ ").replace("no longer", "newly");
    let (too_many, newly): ([&str; 1], [&str; 1]) = ([&too_many], [&newly]);
    let all = ["/", "/{*rest}"];
    let builder = all.iter().fold(Routes::builder(), |it, path| it.route(*path, closed.clone()));
    let only_too_many = builder.fallback(open.clone()).build().unwrap();
    let rows: Vec<Row<'_>> = vec![
        (
            "what was the same as the fallback",
            Routes::builder().route("/x", closed.clone()).fallback(closed.clone()).build().unwrap(),
            Routes::builder().route("/x", put.clone()).fallback(closed.clone()).build().unwrap(),
            &[
                "+ /x: newly allows the method PUT",
                "- paths that can be read as more than one, such as //x: no longer admits https://app.example",
            ],
        ),
        (
            "the same as the fallback, and not written out",
            closed.clone().into(),
            Routes::builder().route("/x", closed.clone()).fallback(closed.clone()).build().unwrap(),
            &["no differences"],
        ),
        (
            "left alone with all else, and no longer",
            Routes::builder().fallback(Route::LeftAlone).build().unwrap(),
            Routes::builder()
                .route("/x", Route::NoCors)
                .fallback(Route::LeftAlone)
                .build()
                .unwrap(),
            &[
                "- /x: no longer leaves requests alone",
                "- paths that can be read as more than one, such as //x: no longer leaves requests alone",
            ],
        ),
        (
            "predicates that are asked for all paths, and no longer",
            asking.clone().into(),
            Routes::builder().route("/x", put.clone()).fallback(asking.clone()).build().unwrap(),
            &[
                "+ /x: newly admits https://app.example",
                "- /x: no longer asks predicates; whom they admitted cannot be compared",
                "- paths that can be read as more than one, such as //x: \
                 no longer asks predicates; whom they admitted cannot be compared",
            ],
        ),
        (
            "a fallback that only paths with too many readings miss",
            closed.clone().into(),
            only_too_many.clone(),
            &too_many,
        ),
        ("and the other way", only_too_many, closed.clone().into(), &newly),
        (
            "two routes that lose the same",
            Routes::builder()
                .route("/x", closed.clone())
                .route("/y", closed.clone())
                .fallback(closed.clone())
                .build()
                .unwrap(),
            Routes::builder()
                .route("/x", put.clone())
                .route("/y", put.clone())
                .fallback(closed.clone())
                .build()
                .unwrap(),
            &[
                "+ /x and /y: newly allows the method PUT",
                "- paths that can be read as more than one, such as //x: no longer admits https://app.example",
            ],
        ),
    ];
    check(rows);
}

/// Two policies that differ lose the same: one example is enough.
#[test]
fn what_two_policies_lose_is_told_once() {
    let table = |inner: [Policy; 2]| {
        let outer = [policy(&app()), policy(&app().allow_methods(["PATCH"]))];
        let mut builder = Routes::builder();
        for ((folder, outer), inner) in ["a", "b"].iter().zip(outer).zip(inner) {
            builder = builder.route(format!("/{folder}/{{*rest}}"), outer);
            builder = builder.route(format!("/{folder}/x"), inner);
        }
        builder.build().unwrap()
    };
    let old = table([policy(&app()), policy(&app().allow_methods(["PATCH"]))]);
    let new =
        table([policy(&app().allow_methods(["PUT"])), policy(&app().allow_methods(["DELETE"]))]);
    let diff = old.diff(&new).to_string();
    let lost = diff.lines().filter(|line| line.contains("no longer admits https://app.example"));
    assert_eq!(lost.count(), 1, "{diff}");
}

/// `/a0/../last` may be read as `/last`, and as what takes paths of any length.
#[test]
fn what_only_a_detour_leads_to_is_told() {
    let table = |last: &Policy| {
        let app = policy(&app());
        let builder = Routes::builder().fallback(policy(&one(&["*"])));
        let builder =
            builder.route("/a0/items/{id}", app.clone()).route("/a0/{*rest}", app.clone());
        builder.route("/last", last.clone()).build().unwrap()
    };
    let (alike, put) = (table(&policy(&app())), table(&policy(&app().allow_methods(["PUT"]))));
    for (old, new, direction) in
        [(&alike, &put, Direction::Removed), (&put, &alike, Direction::Added)]
    {
        let diff = old.diff(new);
        let lines: Vec<_> =
            diff.iter().map(|change| (change.aspect(), change.direction())).collect();
        assert_eq!(lines[1..], [(Aspect::AmbiguousPaths, direction)], "{diff}");
        let witness = diff.iter().nth(1).unwrap().witness().unwrap();
        assert_ne!(old.decide(&witness), new.decide(&witness), "{diff}");
    }
}

/// Where routes take all short paths, `/~/~/~/~/~/~/..;/..;/..;/..;/..;/..;/last` may be read as what no route matches.
#[test]
fn what_only_a_detour_that_no_route_matches_leads_to_is_told() {
    let table = |last: &Policy| {
        let (short, app) = (policy(&one(&["*"])), policy(&app()));
        let mut builder = Routes::builder().fallback(app).route("/", short.clone());
        for path in ["/{a}", "/{a}/{b}", "/{a}/{b}/{c}", "/{a}/{b}/{c}/{d}", "/{a}/{b}/{c}/{d}/{e}"]
        {
            builder = builder.route(path, short.clone()).route(format!("{path}/"), short.clone());
        }
        builder = builder.route("/last/{*rest}", short.clone());
        builder = builder.route("/last{more}/{*rest}", short);
        builder.route("/last", last.clone()).build().unwrap()
    };
    let (alike, put) = (table(&policy(&app())), table(&policy(&app().allow_methods(["PUT"]))));
    for (old, new, direction) in
        [(&alike, &put, Direction::Removed), (&put, &alike, Direction::Added)]
    {
        let diff = old.diff(new);
        let is_ambiguous = |change: &&Change| change.aspect() == Aspect::AmbiguousPaths;
        let found: Vec<_> = diff.iter().filter(is_ambiguous).collect();
        let [change] = found[..] else { panic!("{diff}") };
        assert_eq!(change.direction(), direction, "{diff}");
        let witness = change.witness().unwrap();
        assert_ne!(old.decide(&witness), new.decide(&witness), "{diff}");
        assert!(witness.uri().path().starts_with("/any/any/any/any/any/any/~"), "{witness:?}");
    }
}

/// Routes with the one policy, among which the last is about to have another one; those with a third, as everything
/// else; and the path that is read as two of the first, and so loses their policy.
type Ways = (&'static [&'static str], &'static [&'static str], &'static str);

const WAYS: &[Ways] = &[
    (&["/{x}", "/a"], &[], "/a;a"),
    (&["/{x}/{y}", "/a/b"], &["/a/{y}", "/{x}/b"], "/a;a/b;a"),
    (&["/{x}/b/{z}", "/a/b/c"], &["/a/b/{z}", "/{x}/b/c"], "/a;a/b/c;a"),
    (&["/p-{x}", "/p-q"], &["/p-q{x}"], "/p-%71"),
    (&["/{x}/c", "/a/b/c"], &[], "/a%2Fb/c"),
    (&["/{x}", "/a/b/c"], &[], "/a%2Fb%2Fc"),
    (&["/{x}/b", "/a"], &[], "/a%3F/b"),
    (&["/{x}/b/c", "/a"], &[], "/a%3F/b/c"),
    (&["/a/{x}/c", "/a/"], &[], "/a/%3Fa/c"),
];

/// Where a change is seen by one way to write a path alone, that way is among those that are tried.
#[test]
fn each_way_to_write_a_path_is_tried() {
    let [one_policy, third, another] =
        [app(), one(&["https://c.example"]), app().allow_methods(["PUT"])].map(|it| policy(&it));
    let mut failures = Vec::new();
    for (routes, others, path) in WAYS {
        let (last, kept) = routes.split_last().unwrap();
        let table = |of_last: &Policy| {
            let of_kept = kept.iter().map(|path| (path, &one_policy)).chain([(last, of_last)]);
            let all = of_kept.chain(others.iter().map(|path| (path, &third)));
            let builder = Routes::builder().fallback(third.clone());
            all.fold(builder, |it, (path, policy)| it.route(*path, policy.clone())).build().unwrap()
        };
        let diff = table(&one_policy).diff(&table(&another));
        let is_ambiguous = |change: &&Change| change.aspect() == Aspect::AmbiguousPaths;
        let found = diff.iter().find(is_ambiguous).and_then(Change::witness);
        if found.as_ref().map(|it| it.uri().path()) != Some(*path) {
            failures.push(format!("{routes:?}, not {path}: {diff}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// From the deepest route of a table, and past as many segments as any has, it is a long way up.
#[test]
fn a_detour_leads_out_of_a_route_of_several_segments() {
    let table = |last: &Policy| {
        let app = policy(&app());
        let builder = Routes::builder().fallback(policy(&one(&["*"])));
        let builder = builder
            .route("/a/b/c/d/items/{id}", app.clone())
            .route("/a/b/c/d/{*rest}", app.clone());
        builder.route("/last", last.clone()).build().unwrap()
    };
    let (old, new) = (table(&policy(&app())), table(&policy(&app().allow_methods(["PUT"]))));
    let diff = old.diff(&new);
    let lines: Vec<_> = diff.iter().map(|change| (change.aspect(), change.direction())).collect();
    assert_eq!(lines[1..], [(Aspect::AmbiguousPaths, Direction::Removed)], "{diff}");
}

#[test]
fn ambiguous_paths_are_data_too() {
    let alike = Routes::builder().route("/x", policy(&app())).fallback(policy(&app()));
    let put = policy(&app().allow_credentials(true).allow_methods(["PUT"]));
    let put = Routes::builder().route("/x", put).fallback(policy(&app())).build().unwrap();
    let alike = alike.build().unwrap();
    for (diff, direction) in
        [(alike.diff(&put), Direction::Removed), (put.diff(&alike), Direction::Added)]
    {
        let is_ambiguous = |change: &&Change| change.aspect() == Aspect::AmbiguousPaths;
        let changes: Vec<&Change> = diff.iter().filter(is_ambiguous).collect();
        let [change] = changes[..] else {
            panic!("{diff}");
        };
        assert_eq!((change.direction(), change.is_opening()), (direction, false));
        assert_eq!(change.origins().collect::<Vec<_>>(), ["https://app.example"]);
        assert_eq!((change.paths().len(), change.has_credentials()), (0, false));
        assert_eq!(change.witness().unwrap().uri().path(), "//x");
        for (path, origin, is_covered) in [
            ("//x", "https://app.example", true),
            ("/y;a", "https://app.example", true),
            ("/x", "https://app.example", false),
            ("//x", "https://other.example", false),
        ] {
            let request = Request::get(path).header("origin", origin).body(()).unwrap();
            assert_eq!(change.covers(&request), is_covered, "{path} {origin}");
        }
    }
}

/// However many routes there are, and even if no path shows what is looked for, the steps grow no faster than the routes.
/// They are counted by what is allocated, since each route is read in many ways; a clock would count what else runs.
#[test]
fn many_routes_take_no_time() {
    let table = |count: usize, last: &Policy| {
        let mut builder = Routes::builder().fallback(policy(&one(&["*"])));
        let app = policy(&app());
        for number in 0..count {
            builder = builder
                .route(format!("/a{number}/items/new"), app.clone())
                .route(format!("/a{number}/items/{{id}}"), app.clone())
                .route(format!("/a{number}/{{*rest}}"), app.clone());
        }
        builder.route("/last", last.clone()).build().unwrap()
    };
    let cost = |count: usize| {
        let old = table(count, &policy(&app()));
        let new = table(count, &policy(&app().allow_methods(["PUT"])));
        let mut lines = Vec::new();
        let allocated = allocation_counter::measure(|| {
            let diff = old.diff(&new);
            lines.extend(diff.iter().map(|change| (change.aspect(), change.direction())));
        });
        assert_eq!(
            lines,
            [
                (Aspect::Methods, Direction::Added),
                // `/a0/../last` by many ways.
                (Aspect::AmbiguousPaths, Direction::Removed),
            ]
        );
        allocated.count_total
    };
    let (few, many) = (cost(250), cost(1_000));
    assert!(few > 100_000 && many < 5 * few, "{few} {many}");
}

/// Where no way to write a route shows what is looked for, a bound ends the search, and that is told. A table in which all paths
/// have one policy is compared with one in which only a path with too many readings does not have it, and that is tried last.
#[test]
fn more_paths_than_are_looked_up_are_not_compared() {
    let (open, closed) = (policy(&one(&["*"])), policy(&app()));
    let told = |count: usize| {
        let written = (0..count).map(|number| format!("/r{number}"));
        let all = written.chain(["/".to_owned(), "/{*rest}".to_owned()]);
        let builder = all.fold(Routes::builder(), |it, path| it.route(path, closed.clone()));
        let table = builder.fallback(open.clone()).build().unwrap();
        Routes::from(closed.clone()).diff(&table).to_string()
    };
    let few = told(10);
    assert!(few.ends_with("25252561: no longer admits https://app.example"), "{few}");
    assert_eq!(
        told(2_300),
        "~ paths that can be read as more than one, such as //x: the policies are not compared, since too many patterns or \
         rules meet (opening)"
    );
}
