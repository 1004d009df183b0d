//! What the real nginx reads in a path is among the readings that are tried.
//!
//! <https://nginx.org/en/docs/http/ngx_http_core_module.html#location>

use std::fs;
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use tower_cors::{Route, Routes};

use super::{naive, policy};
use crate::process::{self, Server};

/// One server merges slashes, one does not; each answers with the path that it has read. The third hands
/// the path on, normalized and encoded anew, and the fourth answers with what it is handed.
const CONFIGURATION: &str = "
    daemon off; master_process off; error_log stderr crit; pid pid;
    events {}
    http {
        access_log off;
        client_body_temp_path a; proxy_temp_path b; fastcgi_temp_path c; scgi_temp_path d; uwsgi_temp_path e;
        server { listen unix:merging; location / { return 200 $uri; } }
        server { listen unix:keeping; merge_slashes off; location / { return 200 $uri; } }
        server {
            listen unix:passing;
            location / { proxy_pass http://unix:raw:/; }
        }
        server { listen unix:raw; location / { return 200 $request_uri; } }
    }
";

/// nginx, if it is installed, listening on sockets in a directory.
fn start(directory: &Path) -> Option<Server> {
    let program = process::find("nginx")?;
    fs::write(
        directory.join("nginx.conf"),
        CONFIGURATION.replace("unix:", &format!("unix:{}/", directory.display())),
    )
    .unwrap();
    Some(process::start_nginx(&program, directory, &directory.join("raw")))
}

/// The path that a server reads, unless it refuses it.
fn read(socket: &Path, path: &str) -> Option<Vec<u8>> {
    let mut stream = UnixStream::connect(socket).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n").unwrap();
    let mut response = Vec::new();
    stream.read_to_end(&mut response).unwrap();
    let head = response.windows(4).position(|it| it == b"\r\n\r\n").unwrap();
    response.starts_with(b"HTTP/1.1 200").then(|| response[head + 4..].to_vec())
}

const ROUTES: &[(&str, &str)] = &[
    ("/internal", "closed"),
    ("/internal/", "closed"),
    ("/internal/{*rest}", "closed"),
    ("/@admin/{id}", "closed"),
    ("/caf%C3%A9", "closed"),
];

#[test]
fn what_nginx_reads_is_among_the_readings() {
    let directory = tempfile::tempdir().unwrap();
    let Some(_nginx) = start(directory.path()) else {
        return;
    };
    let mut routes = Routes::builder().fallback(policy("fallback"));
    for (path, _) in ROUTES {
        routes = routes.route(*path, Route::NoCors);
    }
    let routes = routes.build().unwrap();
    let texts = "/(/|\\\\|%2[fF]|%5[cC]|%252[fF]|\\.|\\.\\.|%2[eE]|%20|;|a=1|%0[aA]|%41|~|%7[eE]|\
                 internal|%69nternal|%2569nternal|@admin|%40admin|caf%[cC]3%[aA]9|keys|x){1,7}";
    let texts = proptest::string::string_regex(texts).unwrap();
    let mut runner = TestRunner::deterministic();
    let random = (0..400).map(|_| texts.new_tree(&mut runner).unwrap().current());
    let attacks = ["//internal/keys", "/x/../internal", "/x//../internal", "/internal%2Fkeys"];
    let (mut failures, mut compared, mut closed) = (Vec::new(), 0, 0);
    for path in attacks.map(str::to_owned).into_iter().chain(random) {
        for server in ["merging", "keeping", "passing"] {
            let Some(read) = read(&directory.path().join(server), &path) else { continue };
            compared += 1;
            // What is handed on is a path as it is sent; the others say what they have decoded.
            let read: String = read.iter().copied().map(char::from).collect();
            let read = naive::written(&read, server != "passing");
            if !naive::readings(&path).contains(&read) {
                failures.push(format!("{server} reads {read} in {path}"));
            }
            let is_closed = naive::route(ROUTES, &read).is_some();
            closed += usize::from(is_closed);
            if is_closed && matches!(routes.find(&path), Some(Route::Policy(_))) {
                failures.push(format!("{server} serves {read} for {path}, which has the fallback"));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(compared > 500 && closed > 20, "{compared} {closed}");
}
