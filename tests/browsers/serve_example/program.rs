//! The example as a program.

use std::env;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// The running example; it ends with this value.
pub(super) struct Serve {
    child: Child,
    pub(super) page: String,
}

impl Serve {
    pub(super) fn start() -> Self {
        let mut command = Command::new(program());
        command.args(["--api", "127.0.0.1:0", "--page", "127.0.0.1:0"]).stdout(Stdio::piped());
        let child = command.stderr(Stdio::null()).spawn().expect("the example starts");
        // From here on, a panic ends the child too.
        let mut serve = Self { child, page: String::new() };
        let output = serve.child.stdout.take().expect("stdout is piped");
        let mut lines = BufReader::new(output).lines().map_while(Result::ok);
        serve.page = lines
            .find_map(|line| line.strip_prefix("page ").map(str::to_owned))
            .expect("the example prints where its page is");
        serve
    }
}

impl Drop for Serve {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The example that `cargo test` built. `cargo test --test browsers` builds none: that is done here.
fn program() -> PathBuf {
    let test = env::current_exe().expect("a test has a path");
    let built = test.parent().and_then(Path::parent).expect("cargo has directories");
    let program = built.join("examples").join("serve");
    if !program.exists() {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["build", "--quiet", "--all-features", "--example", "serve"]);
        cargo.arg("--target-dir").arg(built.parent().expect("cargo has directories"));
        if !cfg!(debug_assertions) {
            cargo.arg("--release");
        }
        let status = cargo.current_dir(env!("CARGO_MANIFEST_DIR")).status();
        assert!(status.is_ok_and(|status| status.success()), "the example does not build");
    }
    program
}
