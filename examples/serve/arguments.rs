//! The command line.

use std::ffi::OsString;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

pub(crate) const USAGE: &str = "\
usage: serve [--policy FILE [--watch]] [--api ADDR] [--page ADDR]

  --policy FILE  the policy of the API, or policies by path, instead of the one built in:
                 JSON, or TOML or YAML if the name of the file ends in .toml, .yaml or .yml
  --watch        puts the policy of the file in force whenever the file has changed
  --api ADDR     where the API listens, 127.0.0.1:3000 by default
  --page ADDR    where the page listens, localhost:3001 by default; on the next port, too,
                 where it is another origin

With port 0 the system chooses one.";

/// What the program was asked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Arguments {
    pub(crate) policy: Option<PathBuf>,
    pub(crate) watch: bool,
    pub(crate) api: SocketAddr,
    pub(crate) page: SocketAddr,
    pub(crate) help: bool,
}

impl Arguments {
    /// Reads arguments, without the name of the program.
    ///
    /// # Errors
    ///
    /// A sentence that says which argument is wrong.
    pub(crate) fn parse(mut words: impl Iterator<Item = OsString>) -> Result<Self, String> {
        let mut arguments = Self {
            policy: None,
            watch: false,
            api: (Ipv4Addr::LOCALHOST, 3000).into(),
            page: (Ipv4Addr::LOCALHOST, 3001).into(),
            help: false,
        };
        while let Some(word) = words.next() {
            let name = word.to_string_lossy().into_owned();
            let mut value = || words.next().ok_or_else(|| format!("{name} needs a value"));
            match name.as_str() {
                "--policy" => arguments.policy = Some(value()?.into()),
                "--watch" => arguments.watch = true,
                "--api" => arguments.api = address(&name, &value()?)?,
                "--page" => arguments.page = address(&name, &value()?)?,
                "--help" | "-h" => arguments.help = true,
                _ => return Err(format!("unknown argument \"{name}\"")),
            }
        }
        if arguments.watch && arguments.policy.is_none() {
            return Err("--watch needs a --policy FILE to watch".to_owned());
        }
        Ok(arguments)
    }
}

/// An IP address, or `localhost`, and a port.
fn address(name: &str, value: &OsString) -> Result<SocketAddr, String> {
    let value = value.to_string_lossy();
    let numeric = match value.strip_prefix("localhost:") {
        Some(port) => format!("{}:{port}", Ipv4Addr::LOCALHOST),
        None => value.to_string(),
    };
    numeric
        .parse()
        .map_err(|_| format!("{name} \"{value}\" is no address; write one like \"127.0.0.1:3000\""))
}
