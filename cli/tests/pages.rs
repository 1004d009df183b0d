//! The pages of documentation show what the tool prints: each command in them is run.
//!
//! With `BLESS` in the environment the pages are written instead.

use std::env;
use std::fs;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tower_cors::{CorsLayer, Policy};

use crate::program::Files;
use crate::server::Server;

/// An API with authentication outside of its layer.
fn api() -> Server {
    let policy = Policy::builder().allow_origins(["https://app.example"]).allow_methods(["PUT"]);
    let authenticate = |request: Request, next: Next| async move {
        match request.headers().get("authorization") {
            Some(_) => next.run(request).await,
            None => (StatusCode::UNAUTHORIZED, [("www-authenticate", "Bearer")]).into_response(),
        }
    };
    let app = Router::new()
        .route("/items", get(|| async { "items" }))
        .layer(CorsLayer::new(policy.build().unwrap()))
        .layer(from_fn(authenticate));
    Server::new(app)
}

/// A server that reflects whoever asks.
fn reflecting() -> Server {
    let reflect = |request: Request| async move {
        let mut response = Response::new("hello".to_owned());
        if let Some(origin) = request.headers().get("origin") {
            let headers = response.headers_mut();
            headers.insert("access-control-allow-origin", origin.clone());
            headers.insert("access-control-allow-credentials", HeaderValue::from_static("true"));
        }
        response
    };
    Server::new(Router::new().fallback(reflect))
}

/// The page with what its commands print.
fn run(page: &str) -> String {
    let (api, reflecting) = (api(), reflecting());
    let servers = [("127.0.0.1:8080", &api), ("127.0.0.1:8081", &reflecting)];
    let to_live = |text: &str| {
        let live = |text: String, (shown, server): &(&str, &Server)| {
            text.replace(shown, &server.address.to_string())
        };
        servers.iter().fold(text.to_owned(), live)
    };
    let to_shown = |text: &str| {
        let shown = |text: String, (shown, server): &(&str, &Server)| {
            text.replace(&server.address.to_string(), shown)
        };
        servers.iter().fold(text.to_owned(), shown)
    };
    let files = Files::new(&[]);
    let mut lines = page.lines();
    let mut written = Vec::new();
    let mut name = None;
    while let Some(line) = lines.next() {
        written.push(line.to_owned());
        match line.strip_prefix("```") {
            Some("console") => {
                let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
                let commands = block.iter().filter(|line| line.starts_with("$ "));
                for (number, command) in commands.enumerate() {
                    let ran = command_of(&files, &to_live(command));
                    written.extend((number > 0).then(String::new));
                    written.push((*command).to_owned());
                    let lines = ran.lines().filter(|line| !line.starts_with("  date: "));
                    written.extend(lines.map(to_shown));
                }
                written.push("```".to_owned());
            }
            Some(_) => {
                let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
                if let Some(name) = name.take() {
                    fs::write(files.path(name), block.join("\n")).unwrap();
                }
                written.extend(block.into_iter().map(str::to_owned));
                written.push("```".to_owned());
            }
            None if line.is_empty() => {}
            None => name = line.strip_prefix('`').and_then(|line| line.strip_suffix("`:")),
        }
    }
    written.join("\n") + "\n"
}

/// What a command prints.
fn command_of(files: &Files, line: &str) -> String {
    let (command, input) = match line.split_once(" < ") {
        Some((command, file)) => (command, fs::read_to_string(files.path(file)).unwrap()),
        None => (line, String::new()),
    };
    let words = shlex::split(command.trim_start_matches("$ ")).unwrap();
    assert_eq!(words[0], "tower-cors");
    let words: Vec<&str> = words.iter().skip(1).map(String::as_str).collect();
    let ran = files.run_with(&words, &input);
    ran.text + &ran.notes
}

#[test]
fn the_pages_show_what_the_tool_prints() {
    for path in ["README.md", "../src/guide/tool.md"] {
        let path = format!("{}/{path}", env!("CARGO_MANIFEST_DIR"));
        let page = fs::read_to_string(&path).unwrap();
        let real = run(&page);
        if env::var_os("BLESS").is_some() {
            fs::write(&path, &real).unwrap();
            continue;
        }
        assert!(page == real, "{path} is not current; run the test with BLESS=1\n{real}");
    }
}

#[test]
fn the_readme_has_a_section_for_each_verb() {
    let page = include_str!("../README.md");
    let help = Files::new(&[]).run(&["--help"]).text;
    let verbs = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let verbs: Vec<&str> =
        verbs.map_while(|line| line.strip_prefix("  ")?.split(' ').next()).collect();
    assert!(verbs.len() >= 9, "{verbs:?}");
    for verb in verbs {
        assert!(page.contains(&format!("`{verb}`")), "{verb}");
    }
}
