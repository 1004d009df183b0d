//! The real nginx, with a server for each policy.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use tower_cors::export::{Export, Target};

use super::backend;
use super::browsers::Counts;
use super::cases::{self, Asked, asked};
use crate::process::{self, Server};

const CONFIGURATION: &str = "
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
    let mut runner = proptest::test_runner::TestRunner::deterministic();
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
