//! The example `serve`, as a program.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

#[path = "../../tests/it/program.rs"]
mod built;

/// The running program; it ends with this value.
pub(crate) struct Serve {
    child: Child,
    /// The address of the API.
    pub(crate) api: String,
}

impl Serve {
    pub(crate) fn start() -> Self {
        let child = Command::new(built::program_of("serve"))
            .args(["--api", "127.0.0.1:0", "--page", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // From here on, a panic ends the child too.
        let mut serve = Self { child, api: String::new() };
        let lines = BufReader::new(serve.child.stdout.take().unwrap()).lines();
        let mut lines = lines.map(Result::unwrap);
        let line = lines.find(|line| line.starts_with("api http://")).unwrap();
        line.trim_start_matches("api http://").clone_into(&mut serve.api);
        // The program may go on to print.
        std::thread::spawn(move || lines.for_each(drop));
        serve
    }
}

impl Drop for Serve {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
