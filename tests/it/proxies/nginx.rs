//! The real nginx, with a server for each policy.

use std::fmt::Write as _;
use std::fs;
use std::io::{Read, Write as _};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Command;

use proptest::test_runner::TestRunner;
use tower_cors::export::{Export, Loss, Target};
use tower_cors::{Policy, Route, Routes};

use super::backend;
use super::browsers::Counts;
use super::cases::{self, Asked, asked};
use crate::process::{self, Server};

pub(super) const CONFIGURATION: &str = "
daemon off; master_process off; error_log stderr crit; pid pid;
events {}
http {
    access_log off;
    client_body_temp_path a; proxy_temp_path b; fastcgi_temp_path c; scgi_temp_path d; uwsgi_temp_path e;
    variables_hash_max_size 16384;
";

/// nginx, if it is installed, with a server for each pair of texts.
pub(super) fn start(directory: &Path, exports: &[(Export, Export)]) -> Option<(Server, PathBuf)> {
    let program = process::find("nginx")?;
    let socket = directory.join("front");
    let (front, backend) = (socket.display(), directory.join("backend"));
    let mut configuration = CONFIGURATION.to_owned();
    for (number, (http, server)) in exports.iter().enumerate() {
        fs::write(directory.join(format!("{number}.http")), http.text()).unwrap();
        fs::write(directory.join(format!("{number}.server")), server.text()).unwrap();
        let pass = format!("location / {{ proxy_pass http://unix:{}:; }}", backend.display());
        // In a server, or in a location.
        let (include, pass) = match number % 2 {
            0 => (format!("include {number}.server;"), pass),
            _ => (String::new(), pass.replace("{ ", &format!("{{ include {number}.server; "))),
        };
        writeln!(
            configuration,
            "include {number}.http;\n\
             server {{ listen unix:{front}; server_name p{number}.example; {include} {pass} }}"
        )
        .unwrap();
    }
    configuration.push('}');
    fs::write(directory.join("nginx.conf"), configuration).unwrap();
    Some((process::start_nginx(&program, directory, &socket), socket))
}

const PATHS: &[&str] = &["/", "/own", "/missing", "/failing", "/kept", "/a/kept?own", "/a%20b/own"];

#[tokio::test(flavor = "multi_thread")]
async fn nginx_is_never_more_open() {
    let directory = tempfile::tempdir().unwrap();
    let policies = cases::policies(300);
    let exports: Vec<_> = policies
        .iter()
        .map(|policy| (policy.export(Target::Nginx), policy.export(Target::NginxServer)))
        .collect();
    backend::listen(directory.path());
    let Some((_nginx, socket)) = start(directory.path(), &exports) else { return };
    let mut counts = Counts::default();
    let mut runner = TestRunner::deterministic();
    for (number, (policy, (export, _))) in policies.into_iter().zip(&exports).enumerate() {
        let all = cases::some(&asked(PATHS), &mut runner, 40);
        let is_narrower = !export.warnings().is_empty();
        // nginx refuses such methods, whatever is allowed.
        let may_be_narrower = |asked: &Asked| is_narrower || asked.method.contains('$');
        counts.compare(&socket, (number, policy), &all, may_be_narrower).await;
    }
    counts.none_failed();
    let warned = exports.iter().filter(|(export, _)| !export.warnings().is_empty()).count();
    assert!(counts.readable > 300 && counts.narrower > 5, "{counts:?}");
    assert!(warned < 250, "{warned}");
}

/// What nginx says of its configuration, where it has the two files of each table.
fn judged<R: Clone + Into<Routes>>(
    program: &Path,
    directory: &Path,
    tables: &[R],
    server: &str,
) -> (bool, String) {
    let mut configuration = CONFIGURATION.replace("stderr crit", "stderr");
    for (number, table) in tables.iter().enumerate() {
        let table: Routes = table.clone().into();
        let (http, text) = (table.export(Target::Nginx), table.export(Target::NginxServer));
        fs::write(directory.join(format!("{number}.http")), http.text()).unwrap();
        fs::write(directory.join(format!("{number}.server")), text.text()).unwrap();
        writeln!(configuration, "include {number}.http;").unwrap();
    }
    let socket = directory.join("front");
    write!(configuration, "server {{ listen unix:{}; {server} }}}}", socket.display()).unwrap();
    fs::write(directory.join("nginx.conf"), configuration).unwrap();
    let mut command = Command::new(program);
    command.args(["-t", "-e", "stderr", "-c", "nginx.conf", "-p"]).arg(directory);
    let output = command.output().unwrap();
    (output.status.success(), String::from_utf8(output.stderr).unwrap())
}

/// The variables of the second would take the place of those of the first, without a word.
#[test]
fn two_policies_of_one_name_are_refused() {
    let Some(program) = process::find("nginx") else { return };
    let directory = tempfile::tempdir().unwrap();
    let policy = |origin: &str| Policy::builder().allow_origins([origin]).build().unwrap();
    let policies = [policy("https://strict.example"), policy("*")];
    let (is_valid, said) = judged(&program, directory.path(), &policies, "include 0.server;");
    assert!(!is_valid && said.contains("duplicate \"log_format\" name \"cors___once\""), "{said}");
}

/// A method, as nginx reads them, has no digits.
fn in_letters(name: &str) -> String {
    let digit = |it: char| it.to_digit(10).and_then(|digit| char::from_digit(digit + 10, 36));
    name.chars().map(|it| digit(it).map_or(it, |letter| letter.to_ascii_uppercase())).collect()
}

#[test]
fn long_lists_and_origins_of_several_rules_are_read() {
    let Some(program) = process::find("nginx") else { return };
    let directory = tempfile::tempdir().unwrap();
    let names: Vec<String> = (0..400).map(|at| format!("x-a-rather-long-name-{at}")).collect();
    let long = Policy::builder()
        .name("long")
        .allow_origins(["https://a.example"])
        .allow_headers(&names)
        .expose_headers(&names)
        .allow_methods(names.iter().map(|name| in_letters(&name.to_uppercase())))
        .build()
        .unwrap();
    let lost = long.export(Target::Nginx);
    let lost: Vec<_> = lost.warnings().iter().map(|it| (it.key(), it.loss())).collect();
    let keys = ["allow_headers", "allow_methods", "expose_headers"];
    for key in keys {
        assert!(lost.contains(&(key, Loss::TooMany)), "{lost:?}");
    }
    let of = |origins: &[&str]| Policy::builder().allow_origins(origins);
    let shared = [of(&["https://a.example"]), of(&["https://a.example", "https://b.example"])];
    let shared = Policy::from_rules(shared).unwrap();
    let (is_valid, said) =
        judged(&program, directory.path(), &[long, shared], "include 0.server; include 1.server;");
    assert!(is_valid, "{said}");
}

/// Whatever text a policy has, and however long a path is.
#[test]
fn nginx_takes_whatever_is_written() {
    let Some(program) = process::find("nginx") else { return };
    let directory = tempfile::tempdir().unwrap();
    let mut runner = TestRunner::deterministic();
    let one = || Policy::builder().allow_origins(["https://a.example"]);
    let odd = [
        one().only_methods(["X-$Y"]),
        one().only_methods(["X-$Y", "GET"]).allow_headers(["$x"]),
        one().allow_methods(["$request_uri", "X-$Y", "PUT"]).expose_headers(["$x"]),
    ];
    let mut tables: Vec<Routes> = cases::some(&crate::export::hostile::policy(), &mut runner, 80)
        .into_iter()
        .map(Routes::from)
        .chain(odd.iter().filter_map(|it| it.build().ok()).map(Routes::from))
        .collect();
    let mut lost = 0;
    for character in ["a", "$", "(", "+", "~", "!", "'", "*"] {
        for (length, end) in [(200, ""), (600, ""), (1_000, "/{id}"), (1_000, "/{*rest}")] {
            let path = format!("/a/{}x{end}", character.repeat(length));
            let builder =
                Routes::builder().route(&path, Route::NoCors).fallback(one().build().unwrap());
            let Ok(table) = builder.build() else { continue };
            let export = table.export(Target::Nginx);
            let is_lost = export.warnings().iter().any(|it| it.loss() == Loss::TooLong);
            assert!(!is_lost || export.text().contains(r#""~^/a/"#), "{export}");
            lost += usize::from(is_lost);
            tables.push(table);
        }
    }
    assert!(lost > 10, "{lost}");
    for table in &tables {
        let table = std::slice::from_ref(table);
        let (is_valid, said) = judged(&program, directory.path(), table, "include 0.server;");
        assert!(is_valid, "{said}\n{}", table[0].export(Target::Nginx));
    }
}

/// Inside, nginx makes a `GET` of a request that it redirects.
#[tokio::test]
async fn a_page_of_an_error_is_shared_by_the_method_that_was_sent() {
    let Some(program) = process::find("nginx") else { return };
    let directory = tempfile::tempdir().unwrap();
    let policy = Policy::builder().allow_origins(["https://a.example"]).only_methods(["GET"]);
    let server = "include 0.server;
        location / { proxy_pass http://unix:nobody:; error_page 502 /gone; }
        location = /gone { return 200 gone; }";
    let (is_valid, said) = judged(&program, directory.path(), &[policy.build().unwrap()], server);
    assert!(is_valid, "{said}");
    let socket = directory.path().join("front");
    let _nginx = process::start_nginx(&program, directory.path(), &socket);
    for (method, is_shared) in [("GET", true), ("POST", false)] {
        let mut stream = UnixStream::connect(&socket).unwrap();
        let head = "Host: a\r\nOrigin: https://a.example\r\nConnection: close\r\nContent-Length: 0";
        write!(stream, "{method} / HTTP/1.1\r\n{head}\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 502"), "{answer}");
        let allowed = "Access-Control-Allow-Origin: https://a.example";
        assert_eq!(answer.contains(allowed), is_shared, "{method}: {answer}");
    }
}
