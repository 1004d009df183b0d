//! A browser's process, its processes' group, and its profile: all end with the value, also on panic.

use std::env;
use std::fs;
use std::io::Read;
use std::os::unix::process::CommandExt;
use std::panic;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};
use tempfile::TempDir;

pub(crate) struct Process {
    pub(crate) child: Child,
    profile: TempDir,
}

impl Process {
    /// Starts a command as the leader of a new process group. The profile is the browser's alone, so
    /// it is what the browser takes for its user's home, too.
    pub(crate) fn start(command: &mut Command, profile: TempDir) -> Self {
        let child = command
            .env("HOME", profile.path())
            .process_group(0)
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?} cannot be started: {error}"));
        Self { child, profile }
    }

    pub(crate) fn profile(&self) -> &Path {
        self.profile.path()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Some(group) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            // It fails only if there is no such group any more.
            let _ = kill_process_group(group, Signal::KILL);
        }
        let _ = self.child.wait();
        // The leader's descendants may take a moment to end, and till then they may write.
        for _ in 0..50 {
            if fs::remove_dir_all(self.profile.path()).is_ok() {
                return;
            }
            thread::sleep(Duration::from_millis(20));
        }
    }
}

#[test]
fn a_panic_ends_the_group_and_removes_the_profile() {
    let mut command = Command::new("sh");
    command.args(["-c", "sleep 100 & sleep 100"]).stdout(Stdio::piped());
    let mut process = Process::start(&mut command, empty_profile());
    let profile = process.profile().to_owned();
    assert!(profile.is_dir());
    // It is at its end when nobody of the group can write any more.
    let mut output = process.child.stdout.take().expect("stdout is piped");
    let start = Instant::now();
    thread::spawn(move || {
        let _process = process;
        panic::resume_unwind(Box::new(()));
    });
    output.read_to_end(&mut Vec::new()).expect("it comes to an end");
    assert!(start.elapsed() < Duration::from_secs(50));
    while profile.exists() {
        assert!(start.elapsed() < Duration::from_secs(50));
        thread::sleep(Duration::from_millis(10));
    }
}

pub(crate) fn empty_profile() -> TempDir {
    tempfile::tempdir().expect("there is room for a profile")
}

/// The first of the programs that is in one of the directories of `PATH`.
pub(crate) fn find(programs: &[&str]) -> Option<PathBuf> {
    let directories = env::var_os("PATH")?;
    let paths = programs.iter().flat_map(|program| {
        env::split_paths(&directories).map(move |directory| directory.join(program))
    });
    paths.into_iter().find(|path| path.is_file())
}
