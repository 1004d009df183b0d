//! Where the examples are, as programs.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The program that `cargo test` built. `cargo test --test …` builds no example: that is done here.
pub(crate) fn program_of(example: &str) -> PathBuf {
    let test = env::current_exe().unwrap();
    let built = test.parent().and_then(Path::parent).unwrap();
    let program = built.join("examples").join(format!("{example}{}", env::consts::EXE_SUFFIX));
    if !program.exists() {
        let profile = match built.file_name().and_then(|name| name.to_str()).unwrap() {
            "debug" => "dev",
            profile => profile,
        };
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["build", "--quiet", "--workspace", "--example", example, "--profile", profile]);
        cargo.arg("--target-dir").arg(built.parent().unwrap());
        assert!(cargo.current_dir(env!("CARGO_MANIFEST_DIR")).status().unwrap().success());
    }
    program
}
