//! Colours, and what ends early.

use std::io::Read;
use std::process::Stdio;

use crate::program::{Files, Ran};

fn files() -> Files {
    Files::new(&[("a.toml", "allow_origins = ['http://localhost']")])
}

#[test]
fn there_is_colour_only_where_it_is_wanted() {
    let files = files();
    let has_colour = |variables: &[(&str, &str)]| {
        let mut command = files.command(&["check", "a.toml"]);
        command.envs(variables.iter().copied());
        let ran = Ran::of(command, "");
        assert_eq!(ran.status, 1);
        ran.text.contains('\u{1b}')
    };
    assert!(!has_colour(&[]), "a pipe is no terminal");
    assert!(has_colour(&[("CLICOLOR_FORCE", "1")]));
    assert!(!has_colour(&[("NO_COLOR", "1")]));
}

/// `tower-cors schema | head -1`: what is read is there, and nobody complains about the rest.
#[test]
fn a_pipe_that_is_closed_ends_it_quietly() {
    let files = files();
    let mut command = files.command(&["check", "a.toml"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let status = child.wait().unwrap();
    let mut notes = String::new();
    child.stderr.take().unwrap().read_to_string(&mut notes).unwrap();
    assert_eq!(status.code(), Some(1), "{notes}");
    assert_eq!(notes, "1 file: 1 finding\n");
}

#[test]
fn wrong_arguments_have_status_2_and_help_has_0() {
    for (arguments, status) in [
        (&["chekc"][..], 2),
        (&["check"], 2),
        (&[], 2),
        (&["--help"], 0),
        (&["--version"], 0),
        (&["check", "--help"], 0),
    ] {
        assert_eq!(files().run(arguments).status, status, "{arguments:?}");
    }
    let help = files().run(&["--help"]).text;
    assert!(help.contains("Exit status:"), "{help}");
}

/// What would steer a terminal: a title by OSC, C1, DEL, and an override of the direction.
const HOSTILE: &str = "\u{1b}]0;pwn\u{7}\u{9b}31m\u{7f}\u{202e}\u{2066}\u{61c}\u{1b}[8m";

#[track_caller]
fn is_inert(text: &str) {
    let steers =
        |it: &char| it.is_control() && *it != '\n' || "\u{202e}\u{2066}\u{61c}".contains(*it);
    assert_eq!(text.chars().find(steers), None, "{text:?}");
}

#[test]
fn what_a_har_file_brings_along_does_not_reach_the_terminal() {
    let files = files();
    let request = serde_json::json!({
        "method": "GET", "url": format!("https://api.example/{HOSTILE}\nallowed: x"),
        "headers": [{ "name": "origin", "value": "https://app.example" }],
    });
    let har = serde_json::json!({ "log": { "entries": [{ "request": request }] } }).to_string();
    for format in ["text", "json"] {
        let mut command = files.command(&["explain", "a.toml", "--har", "--format", format]);
        command.env("CLICOLOR_FORCE", "1");
        let ran = Ran::of(command, &har);
        assert_eq!(ran.status, 1, "{}", ran.notes);
        // Colours of the tool are left, and are no others'.
        let text = ["[0m", "[1m", "[2m", "[31m"]
            .iter()
            .fold(ran.text.clone(), |text, colour| text.replace(&format!("\u{1b}{colour}"), ""));
        assert_eq!(ran.text.contains('\u{1b}'), format == "text", "{}", ran.text);
        is_inert(&text);
        assert!(text.contains("\\u009b31m\\u007f\\u202e"), "{text}");
        assert!(!text.contains("\nallowed"), "{text}");
        if format == "json" {
            let value: serde_json::Value = serde_json::from_str(&text).unwrap();
            let url = value["requests"][0]["url"].as_str().unwrap();
            assert!(url.contains(HOSTILE), "{url:?}");
        }
    }
    // A message of an error, too.
    let request = serde_json::json!({ "method": HOSTILE, "url": HOSTILE, "headers": [{ "name": "origin", "value": "https://app.example" }] });
    let har = serde_json::json!({ "log": { "entries": [{ "request": request }] } }).to_string();
    let ran = files.run_with(&["explain", "a.toml", "--har"], &har);
    assert_eq!(ran.status, 2, "{}", ran.text);
    is_inert(&ran.notes);
}

#[test]
fn what_a_server_answers_does_not_reach_the_terminal() {
    let app = axum::Router::new().fallback(async || {
        let mut response = http::Response::new(axum::body::Body::empty());
        // HTTP takes no other controls.
        let value = "a\u{9b}31m\u{202e}b=1; SameSite=Lax";
        let value = http::HeaderValue::from_bytes(value.as_bytes()).unwrap();
        for name in ["x-said", "set-cookie", "access-control-allow-origin"] {
            let name: http::HeaderName = name.parse().unwrap();
            response.headers_mut().insert(name, value.clone());
        }
        response
    });
    let server = crate::server::Server::new(app);
    let url = server.url("/");
    for format in ["text", "json"] {
        let arguments = ["probe", &url, "--from", "https://app.example", "--browser", "chromium"];
        let ran = files().run(&[&arguments[..], &["--credentials", "--format", format]].concat());
        assert_eq!(ran.status, 1, "{}", ran.notes);
        is_inert(&ran.text);
        assert!(ran.text.contains("\\u009b31m\\u202eb"), "{}", ran.text);
    }
}
