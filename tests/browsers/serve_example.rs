//! The page of the example `serve`, in real browsers: what it shows is what happens, and what happens is what it
//! expects; a request of one's own of each kind; and the policy, edited in the page.

mod program;
mod scripts;

use std::collections::BTreeSet;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use self::program::Serve;
use self::scripts::{
    ATTACK, CARET, CHOOSE, CHOOSE_FORMAT, CLICK, EDIT, OPEN_LINK, READ_CASES, READ_EDITOR,
    READ_LINK, READ_TRY, TAKE_FAILURE,
};
use crate::driver::{self, Driver};

/// The page sends some fifty requests, one after the other.
const DONE_WITHIN: Duration = Duration::from_secs(90);

#[test]
fn chromium_shows_the_page_of_the_example_as_expected() {
    if let Some(mut chromium) = driver::chromium() {
        check(&mut chromium);
    }
}

#[test]
fn firefox_shows_the_page_of_the_example_as_expected() {
    if let Some(mut firefox) = driver::firefox() {
        check(&mut firefox);
    }
}

fn check(driver: &mut impl Driver) {
    let serve = Serve::start();
    driver.open(&serve.page);
    the_page_of_an_allowed_origin(driver);
    a_request_of_each_kind(driver);
    a_policy_is_edited(driver);

    // Under the other name it is another origin, which the policy does not allow.
    let serve = Serve::start();
    driver.open(&serve.page.replace("localhost", "127.0.0.1"));
    the_page_of_a_denied_origin(driver);
    nobody_else_changes_the_policy(driver, &serve);
    a_link_changes_no_policy(driver, &serve);
    what_fails_is_told(driver, serve);
}

/// What the page shows once it has tried everything with the policy of a revision.
#[track_caller]
fn cases(driver: &mut impl Driver, revision: usize) -> Value {
    let shown = wait_for(driver, READ_CASES, &revision.to_string());
    let cases = shown["cases"].as_array().expect("cases");
    let surprises = cases
        .iter()
        .filter(|case| case["agrees"] != "true" || case["expected"] != case["outcome"])
        .map(|case| case["text"].as_str().unwrap_or_default());
    let surprises: Vec<_> = surprises.collect();
    assert!(surprises.is_empty(), "{}", surprises.join("\n\n"));
    assert_eq!(shown["surprise"], true, "the loud mark is hidden");
    shown
}

/// The outcome of a case, which has the colour of its outcome.
fn outcome<'a>(shown: &'a Value, id: &str) -> &'a str {
    let cases = shown["cases"].as_array().expect("cases");
    let case = cases.iter().find(|case| case["case"] == id).unwrap_or_else(|| panic!("no {id}"));
    case["outcome"].as_str().expect("an outcome")
}

fn colours(shown: &Value, outcome: &str, of: &str) -> BTreeSet<String> {
    let cases = shown["cases"].as_array().expect("cases").iter();
    let with_it = cases.filter(|case| case["outcome"] == outcome);
    with_it.map(|case| case[of].as_str().unwrap_or_default().to_owned()).collect()
}

fn the_page_of_an_allowed_origin(driver: &mut impl Driver) {
    let shown = cases(driver, 0);
    assert_eq!(shown["verdict"], "yes");
    assert_eq!(shown["answer"], "Yes, this page may read the API.");
    let wanted = [
        ("simple-get", "readable"),
        ("other-port", "readable"),
        ("other-name", "blocked"),
        ("null-origin", "blocked"),
        ("patch", "blocked"),
        ("no-cors", "opaque"),
        ("cookies-cross-site", "readable"),
    ];
    for (id, wanted) in wanted {
        assert_eq!(outcome(&shown, id), wanted, "{id}");
    }
    // One colour for each outcome, and each its own.
    for of in ["colour", "mark"] {
        let all = ["readable", "blocked", "opaque"].map(|it| colours(&shown, it, of));
        assert!(all.iter().all(|colours| colours.len() == 1), "{of}: {all:?}");
        assert_eq!(all.iter().flatten().collect::<BTreeSet<_>>().len(), 3, "{of}: {all:?}");
    }
    let text = |id: &str| {
        let cases = shown["cases"].as_array().expect("cases");
        let case = cases.iter().find(|case| case["case"] == id).expect(id);
        case["text"].as_str().expect("a text").to_owned()
    };
    let patch = text("patch");
    for part in [
        "OPTIONS /echo/item",
        "Access-Control-Request-Method: PATCH",
        "Access-Control-Allow-Methods: GETthis decides",
        "Method PATCH is not allowed by Access-Control-Allow-Methods in preflight response.",
        "Did not find method in CORS header",
        "What to writeadd to allow_methods",
    ] {
        assert!(patch.contains(part), "{part}: {patch}");
    }
    // What SameSite does, in this browser.
    assert!(
        text("cookies-same-site")
            .contains(r#"["site-default","site-lax","site-none","site-strict"]"#),
        "{}",
        text("cookies-same-site")
    );
    let cross_site = text("cookies-cross-site");
    assert!(cross_site.contains(r#""site-none"]}"#), "{cross_site}");
    assert!(!cross_site.contains(r#""site-lax""#), "{cross_site}");
    let why = "the cookie site-lax is refused: it is SameSite=Lax, and the page is of another site";
    assert!(cross_site.contains(why), "{cross_site}");
    let omitted = text("cookies-omitted");
    assert!(omitted.contains(r#"{"cookies":[]}"#), "{omitted}");
}

fn the_page_of_a_denied_origin(driver: &mut impl Driver) {
    let shown = cases(driver, 0);
    assert_eq!(shown["verdict"], "no");
    assert_eq!(shown["answer"], "No, this page may not read the API.");
    let count = |wanted| {
        let cases = shown["cases"].as_array().expect("cases").iter();
        cases.filter(|case| case["outcome"] == wanted).count()
    };
    // The same origin, and the page under the name that is allowed.
    assert_eq!((count("readable"), count("opaque")), (2, 1), "{}", shown["counts"]);
    assert!(
        shown["counts"]
            .as_str()
            .is_some_and(|it| it.contains(&format!("{} blocked", count("blocked"))))
    );
}

/// Another name leads to this machine, too: its page is a foreign one, and the server takes it for no name of its own.
fn nobody_else_changes_the_policy(driver: &mut impl Driver, serve: &Serve) {
    driver.open(&serve.page.replace("localhost", "a.example.com"));
    let came: Value = serde_json::from_str(&driver.call(ATTACK, &serve.page)).expect("JSON");
    assert_eq!(came, json!(["opaque 0", "blocked", "basic 403", "403"]));
    driver.open(&serve.page);
    let shown = cases(driver, 0);
    assert_eq!(shown["verdict"], "yes", "the policy is as it was");
}

/// A link only fills the form. Sent by whoever opened it, its request is a try, which the page's server sets apart.
fn a_link_changes_no_policy(driver: &mut impl Driver, serve: &Serve) {
    let body = r#"{"format":"json","text":"{\"allow_origins\":[\"https://evil.example\"]}"}"#;
    // The second would hide the mark of a try.
    for path in ["%2Fpolicy", "%2Fpolicy%23"] {
        let link = format!(
            "#from=page&method=POST&to=own-origin&path={path}&header=content-type%3A+application%2Fjson&body={body}"
        );
        driver.open("about:blank");
        driver.open(&format!("{}{link}", serve.page));
        let filled = wait_for(driver, READ_LINK, "");
        assert_eq!(filled["fields"]["body"], body, "{filled}");
        cases(driver, 0);
        assert_eq!(wait_for(driver, READ_LINK, ""), filled, "nothing was sent meanwhile");

        driver.call(CLICK, "form.own [type=submit]");
        let shown = wait_for(driver, READ_TRY, "");
        assert_eq!((&shown["outcome"], &shown["agrees"]), (&json!("readable"), &json!("true")));
        assert!(
            shown["text"].as_str().is_some_and(|it| it.contains("no route /policy")),
            "{shown}"
        );
    }
    // What every object has is the name of no sender.
    driver.call(OPEN_LINK, "from=constructor&to=api");
    let fields = &wait_for(driver, READ_LINK, "")["fields"];
    assert_eq!((&fields["from"], &fields["origin"]), (&json!("any"), &json!("constructor")));

    driver.open("about:blank");
    driver.open(&serve.page);
    assert_eq!(cases(driver, 0)["verdict"], "yes", "the policy is as it was");
}

/// Once the server is gone.
fn what_fails_is_told(driver: &mut impl Driver, serve: Serve) {
    driver.call(CHOOSE_FORMAT, "yaml");
    wait_for(driver, READ_EDITOR, "");
    drop(serve);
    // By then no earlier check is under way.
    driver.call(EDIT, "allow_origins: []");
    wait_for(driver, TAKE_FAILURE, "");
    // To write it as YAML takes the server.
    driver.call(CHOOSE, &json!(["start", "Public data"]).to_string());
    wait_for(driver, TAKE_FAILURE, "");
}

fn a_request_of_each_kind(driver: &mut impl Driver) {
    const PUT: &str = "method=PUT&to=api&path=%2Fecho%2Fitem&credentials=omit&mode=cors";
    // The sender, the rest of the request, what comes of it, and a line that decides it.
    let rows = [
        ("page", PUT, "readable", "Access-Control-Allow-Origin: http://localhost:"),
        ("other-port", PUT, "readable", "Access-Control-Allow-Origin: http://localhost:"),
        ("other-name", PUT, "blocked", "Access-Control-Allow-Origin: missing"),
        ("sandboxed-frame", PUT, "blocked", "Access-Control-Allow-Origin: missing"),
        (
            "page",
            "method=POST&to=api&path=%2Fstatus%2F500&credentials=include&mode=cors&header=content-type%3A+text%2Fplain&body=x",
            "readable",
            "Access-Control-Allow-",
        ),
        ("page", "method=GET&to=api&path=%2Fecho&credentials=omit&mode=no-cors", "opaque", ""),
        (
            "page",
            "method=GET&to=api&path=%2Fecho&credentials=omit&mode=cors&header=x-trace%3A+1",
            "blocked",
            "Access-Control-Allow-Headers: ",
        ),
        ("page", "method=TRACE&to=api&path=%2Fecho&credentials=omit&mode=cors", "blocked", ""),
    ];
    for (from, rest, wanted, decisive) in rows {
        let link = format!("from={from}&{rest}");
        follow_link(driver, &link);
        let shown = wait_for(driver, READ_TRY, "");
        let name = format!("{link}: {}", shown["text"]);
        assert_eq!(
            (&shown["outcome"], &shown["agrees"]),
            (&json!(wanted), &json!("true")),
            "{name}"
        );
        let tiles = shown["tiles"].as_array().expect("tiles");
        assert_eq!(tiles.len(), 5, "{name}");
        assert!(
            tiles.iter().all(|it| it.as_str().is_some_and(|it| it.ends_with(wanted))),
            "{name}: {tiles:?}"
        );
        let lines = shown["decisive"].as_array().expect("lines").iter();
        let mut lines = lines.filter_map(Value::as_str);
        assert!(
            decisive.is_empty() || lines.any(|it| it.starts_with(decisive)),
            "{decisive}: {name}"
        );
        assert_eq!(shown["link"], format!("#{link}"), "the link stays");
    }

    // An origin that no page here can have: the models alone.
    follow_link(driver, &format!("from=https%3A%2F%2Fapp.example&{PUT}"));
    let shown = wait_for(driver, READ_TRY, "");
    assert_eq!((&shown["outcome"], &shown["agrees"]), (&json!("readable"), &json!("")), "{shown}");
    assert!(shown["tiles"][4].as_str().is_some_and(|it| it.ends_with("cannot have this origin")));
    assert!(shown["text"].as_str().is_some_and(|it| it.contains("Origin: https://app.example")));
}

/// Opens a link, and tries what it filled in.
fn follow_link(driver: &mut impl Driver, link: &str) {
    driver.call(OPEN_LINK, link);
    let filled = wait_for(driver, READ_LINK, "");
    let said = "A link filled in this request. Nothing is sent until you press “Try it”.";
    assert_eq!(
        (&filled["said"], &filled["data"]["outcome"]),
        (&json!(said), &Value::Null),
        "{link}"
    );
    driver.call(CLICK, "form.own [type=submit]");
}

fn a_policy_is_edited(driver: &mut impl Driver) {
    // A bad one: beside its line, with its column, and not to be applied.
    let bad = "{\n  \"allow_origins\": [\n    \"http://localhost:*\",\n    \"https://app.example/\"\n  ]\n}";
    driver.call(EDIT, bad);
    let shown = wait_for(driver, READ_EDITOR, "");
    assert_eq!(shown["text"], bad);
    assert_eq!(
        (&shown["title"], &shown["canApply"]),
        (&json!("1 error"), &json!(false)),
        "{shown}"
    );
    assert_eq!(
        shown["problems"],
        json!([
            r#"allow_origins[1]: origin "https://app.example/" has a path; write "https://app.example" at line 4 column 26"#
        ]),
    );
    assert_eq!(shown["marked"], 4);
    let brief = r#"← origin "https://app.example/" has a path; write "https://app.example""#;
    assert_eq!(shown["beside"], json!([brief]));
    driver.call(CLICK, "[data-fill=problems] button");
    let caret: usize = driver.call(CARET, "").parse().expect("a number");
    assert!(
        bad[..caret].ends_with("\"https://app.example/\"") || bad[caret..].starts_with('"'),
        "{caret}"
    );

    // A good one, with a lint: what it changes is told before it does.
    let good = "{\n  \"allow_origins\": [\"http://localhost:*\"],\n  \"allow_methods\": [\"GET\", \"PATCH\"],\n  \"max_age\": 5\n}";
    driver.call(EDIT, good);
    let shown = wait_for(driver, READ_EDITOR, "");
    assert_eq!(shown["canApply"], true, "{shown}");
    assert!(
        shown["beside"].as_array().is_some_and(|it| it.contains(&json!("← method-safelisted"))),
        "{shown}"
    );
    let changes = shown["changes"].as_array().expect("changes");
    let has = |direction: &str, text: &str| {
        changes.iter().any(|it| {
            it["direction"] == direction && it["text"].as_str().is_some_and(|it| it.contains(text))
        })
    };
    assert!(
        has("added", "PATCH") && has("removed", "PUT") && has("removed", "credentials"),
        "{shown}"
    );

    driver.call(CLICK, "form.policy [type=submit]");
    let after = cases(driver, 1);
    for (id, wanted) in [
        ("simple-get", "readable"),
        ("patch", "readable"),
        ("delete", "blocked"),
        ("credentials", "blocked"),
        ("null-origin", "blocked"),
    ] {
        assert_eq!(outcome(&after, id), wanted, "{id}");
    }
    let shown = wait_for(driver, READ_EDITOR, "");
    assert_eq!((&shown["changes"], &shown["canApply"]), (&json!([]), &json!(false)), "{shown}");

    // A starting point, which is only looked at.
    driver.call(CHOOSE, &json!(["start", "Public data"]).to_string());
    let shown = wait_for(driver, READ_EDITOR, "");
    let opens = |it: &Value| it["opening"] == "true";
    assert!(shown["changes"].as_array().is_some_and(|it| it.iter().any(opens)), "{shown}");
    driver.call(CLICK, "[data-undo]");
    assert_eq!(wait_for(driver, READ_EDITOR, "")["text"], good);
}

/// What a function of the page returns, once it returns more than `null`.
#[track_caller]
fn wait_for(driver: &mut impl Driver, function: &str, argument: &str) -> Value {
    let start = Instant::now();
    while start.elapsed() < DONE_WITHIN {
        let shown = serde_json::from_str(&driver.call(function, argument)).expect("JSON");
        if shown != Value::Null {
            return shown;
        }
        thread::sleep(Duration::from_millis(50));
    }
    panic!("the page is not done within {DONE_WITHIN:?}");
}
