//! The policy of the workbench as text: errors and lints with their places, what would change, and what is in force.

use axum::body::Body;
use http::{Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;
use tower_cors::{Policy, Routes, presets};

use super::serve::document::{Checked, Format, in_file};
use super::{BUILT_IN, built_in, page, post, starting_points, workbench};

fn check(format: Format, text: &str) -> Checked {
    Checked::new(format, text, &Routes::from_json(BUILT_IN).unwrap())
}

#[test]
fn every_error_has_its_line_its_column_and_its_offset() {
    // Of what follows the offset.
    let rows = [
        (Format::Json, "{\n  \"allow_origins\": [\"https://ä.example\", 7]\n}", 2, 43, "7]\n}"),
        (Format::Json, "{\n  \"allow_origin\": []\n}", 2, 3, ""),
        (Format::Json, "{ \"allow_origins\": ", 1, 19, ""),
        (Format::Toml, "max_age = 5\nallow_origins = [\"x/\"]\n", 2, 18, "\"x/\"]\n"),
        (
            Format::Yaml,
            "# ü\nallow_origins:\n  - https://a.example/\n",
            3,
            5,
            "https://a.example/\n",
        ),
        (Format::Yaml, "allow_origins: [", 1, 17, ""),
    ];
    for (format, text, line, column, rest) in rows {
        let checked = check(format, text);
        assert!(!checked.is_sound && checked.changes.is_empty(), "{text}");
        let found = checked.problems.iter().find(|it| it.line == Some(line));
        let found = found.unwrap_or_else(|| panic!("{text}: {:?}", checked.problems));
        assert_eq!(found.severity, "error", "{text}");
        if rest.is_empty() {
            assert!(found.column.is_some(), "{text}");
            continue;
        }
        assert_eq!(found.column, Some(column), "{text}: {}", found.message);
        let units: Vec<u16> = text.encode_utf16().collect();
        let behind = String::from_utf16(&units[found.offset.unwrap()..]).unwrap();
        assert_eq!(behind, rest, "{text}: {}", found.message);
    }
}

#[test]
fn what_is_unwise_is_beside_its_line() {
    let text =
        "{\n  \"allow_origins\": [\n    \"https://a.example\",\n    \"http://localhost\"\n  ]\n}";
    let checked = check(Format::Json, text);
    assert!(checked.is_sound);
    let [found] = &checked.problems[..] else { panic!("{:?}", checked.problems) };
    assert_eq!(
        (found.severity, found.lint, found.line),
        ("warning", Some("loopback-without-port"), Some(4))
    );
    assert!(found.why.is_some_and(|why| why.contains("port 80")), "{found:?}");
}

#[test]
fn what_would_change_is_told_before_it_does() {
    let text = BUILT_IN.replace("\"http://localhost:*\"", "\"https://*.app.example\"");
    let lines: Vec<_> = check(Format::Json, &text).changes;
    let of = |direction| lines.iter().filter(move |line| line.direction == direction);
    let [added] = &of("added").collect::<Vec<_>>()[..] else { panic!("{lines:?}") };
    assert!(added.is_opening && added.text.contains("https://*.app.example"), "{lines:?}");
    let [removed] = &of("removed").collect::<Vec<_>>()[..] else { panic!("{lines:?}") };
    assert!(!removed.is_opening && removed.text.contains("http://localhost:*"), "{lines:?}");
    assert!(check(Format::Json, BUILT_IN).changes.is_empty());
}

#[test]
fn every_starting_point_is_sound_in_each_format() {
    let points = starting_points().unwrap();
    assert!(points.len() >= 10);
    for point in points {
        let routes = Routes::from_json(&point.text).unwrap();
        for to in Format::ALL {
            let text = Format::Json.convert(&point.text, to).unwrap();
            assert_eq!(to.read(&text).unwrap(), routes, "{} as {to:?}:\n{text}", point.title);
            let back = to.convert(&text, Format::Json).unwrap();
            assert_eq!(Routes::from_json(&back).unwrap(), routes, "{}", point.title);
        }
        // What it warns of stands in the built-in policy on purpose.
        let warned = check(Format::Json, &point.text).problems;
        assert!(warned.iter().all(|it| it.severity == "note"), "{}: {warned:?}", point.title);
    }
}

#[test]
fn a_preset_is_the_one_of_the_crate() {
    let origins = Policy::builder().allow_origins(["https://app.example", "http://localhost:*"]);
    let preset = presets::grpc_web(origins).max_age(std::time::Duration::from_secs(600));
    let points = starting_points().unwrap();
    let point = points.iter().find(|point| point.title == "gRPC-Web").unwrap();
    assert_eq!(Policy::from_json(&point.text).unwrap(), preset.build().unwrap());
}

#[test]
fn a_policy_by_itself_stays_one_in_another_format() {
    let text = "{\"allow_origins\": [\"https://a.example\"], \"max_age\": 5}";
    assert_eq!(
        Format::Json.convert(text, Format::Toml).unwrap(),
        "allow_origins = [\"https://a.example\"]\nmax_age = 5\n"
    );
    assert_eq!(
        Format::Json.convert("{\"allow_origins\": [7]}", Format::Yaml).unwrap_err(),
        "allow_origins[0]: expected a string, found 7 at line 1 column 20"
    );
}

#[test]
fn messages_begin_with_the_name_of_the_file() {
    let errors = Format::Yaml.read("allow_origins: ['x/', 'y/']\n").unwrap_err();
    let said = in_file("cors.yaml", &errors);
    assert_eq!(said.lines().count(), 2);
    assert!(said.lines().all(|line| line.starts_with("cors.yaml: allow_origins[")), "{said}");
}

#[tokio::test]
async fn a_good_policy_comes_in_force_and_a_bad_one_changes_nothing() {
    let bench = workbench(BUILT_IN);
    let in_force = bench.in_force.clone();
    let app = page(bench).unwrap();
    let bad = json!({ "format": "yaml", "text": "allow_origins: [https://a.example/]" });
    let (status, said) = post(&app, "/policy", &bad).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(said["problems"][0]["severity"], "error", "{said}");
    assert_eq!(in_force.routes(), Routes::from_json(BUILT_IN).unwrap());

    let text = "allow_origins: [https://a.example]\n";
    let (status, said) = post(&app, "/policy", &json!({ "format": "yaml", "text": text })).await;
    assert_eq!((status, &said["is_sound"]), (StatusCode::OK, &Value::Bool(true)), "{said}");
    assert_eq!(in_force.routes(), Routes::from_yaml(text).unwrap());
    let written = in_force.written().borrow().clone();
    assert_eq!((&*written.from, &*written.text, written.revision), ("this page", text, 1));
}

/// The next event of a stream of them.
async fn next(body: &mut Body) -> Value {
    let frame = body.frame().await.unwrap().unwrap().into_data().unwrap();
    let text = String::from_utf8(frame.to_vec()).unwrap();
    serde_json::from_str(text.strip_prefix("data: ").unwrap().trim()).unwrap()
}

#[tokio::test]
async fn the_page_is_told_what_is_in_force_and_what_comes_after() {
    let bench = workbench(BUILT_IN);
    let in_force = bench.in_force.clone();
    let app = page(bench).unwrap();
    let request = Request::get("/policy").header("host", "localhost:3001").body(Body::empty());
    let response = app.oneshot(request.unwrap()).await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut events = response.into_body();
    let first = next(&mut events).await;
    let told = json!({ "from": "p.json", "format": "json", "text": BUILT_IN, "revision": 0 });
    assert_eq!(first, told);
    let toml = "allow_origins = ['https://a.example']".to_owned();
    in_force.apply("file.toml", Format::Toml, toml).unwrap();
    let second = next(&mut events).await;
    assert_eq!((&second["from"], &second["revision"]), (&json!("file.toml"), &json!(1)));
}

#[tokio::test]
async fn a_text_is_judged_beside_what_is_in_force_now() {
    let app = built_in();
    let stricter =
        json!({ "format": "json", "text": r#"{"allow_origins":["https://app.example"]}"# });
    let (_, before) = post(&app, "/check", &stricter).await;
    assert!(!before["changes"].as_array().unwrap().is_empty(), "{before}");
    post(&app, "/policy", &stricter).await;
    let (_, after) = post(&app, "/check", &stricter).await;
    assert_eq!(after["changes"], json!([]), "{after}");
}
