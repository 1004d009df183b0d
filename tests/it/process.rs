//! Servers of others that tests start, and end.

use std::fs::File;
use std::io::{Read as _, Seek as _};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, thread};

/// A server that runs, and ends with this value, whatever becomes of the test. What it says is shown if that fails.
pub(crate) struct Server {
    child: Child,
    said: File,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if thread::panicking() {
            let mut said = Vec::new();
            let read = self.said.rewind().and_then(|()| self.said.read_to_end(&mut said));
            eprintln!("the server said {read:?} bytes:\n{}", String::from_utf8_lossy(&said));
        }
    }
}

/// The program: what the variable of its name says, in upper case, or what is in the path. Where it is missing, that is said, and
/// with `REQUIRE_PROXIES=1` it is a failure.
pub(crate) fn find(name: &str) -> Option<PathBuf> {
    let told = env::var_os(name.to_uppercase()).map(PathBuf::from);
    let folders = env::var_os("PATH").unwrap_or_default();
    let mut folders = env::split_paths(&folders).chain(["/usr/sbin".into()]);
    let found =
        told.or_else(|| folders.find_map(|it| Some(it.join(name)).filter(|it| it.is_file())));
    if found.is_none() {
        let is_required = env::var_os("REQUIRE_PROXIES").is_some_and(|it| it == "1");
        assert!(!is_required, "{name} is not installed, and REQUIRE_PROXIES is 1");
        eprintln!("{name} is not installed, so nothing was compared with it");
    }
    found
}

/// Starts a server, and waits until it listens on a socket.
pub(crate) fn start(command: &mut Command, socket: &Path) -> Server {
    // Not a pipe, which would have to be read while it runs.
    let said = tempfile::tempfile().unwrap();
    let output = || Stdio::from(said.try_clone().unwrap());
    command.stdin(Stdio::null()).stdout(output()).stderr(output());
    let mut server = Server { child: command.spawn().unwrap(), said };
    let start = Instant::now();
    while UnixStream::connect(socket).is_err() {
        let ended = server.child.try_wait().unwrap();
        assert!(ended.is_none(), "{command:?} has ended, {ended:?}");
        assert!(start.elapsed() < Duration::from_secs(60), "{command:?} does not listen");
        thread::sleep(Duration::from_millis(10));
    }
    server
}

/// nginx, with a configuration in a directory, in the foreground.
pub(crate) fn start_nginx(program: &Path, directory: &Path, socket: &Path) -> Server {
    let mut command = Command::new(program);
    start(command.args(["-e", "stderr", "-c", "nginx.conf", "-p"]).arg(directory), socket)
}
