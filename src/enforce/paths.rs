//! The paths for which the list of hosts does not count.

use crate::builder::error::{PolicyError, PolicyErrors};
use crate::policy::Place;
use crate::search::split_once;

/// Exact paths, each of which every server reads alike.
pub(super) struct Paths(Vec<String>);

impl Paths {
    pub(super) fn compile(paths: Vec<String>, errors: &mut PolicyErrors) -> Self {
        let place = Place { rule: None, setting: "any_host_for" };
        for value in paths.iter().filter(|path| !is_exact(path)) {
            let (value, fix) = (value.clone(), repair(value));
            errors.push(place, PolicyError::PathNotExact { value, fix });
        }
        Self(paths)
    }

    pub(super) fn contains(&self, path: &str) -> bool {
        self.0.iter().any(|exact| exact == path)
    }
}

/// Whether a path has nothing in it that a server may decode, cut off, merge or take for a pattern.
fn is_exact(path: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()+,=:@/".contains(&byte);
    let is_dots = |segment| matches!(segment, "." | "..");
    path.starts_with('/')
        && path.bytes().all(is_plain)
        && split_once(path, "//").is_none()
        && !path.split('/').any(is_dots)
}

/// What was probably meant: the path of a URL, or one without its slash.
fn repair(value: &str) -> Option<String> {
    let value = value.trim();
    let path = match split_once(value, "://") {
        Some((_scheme, rest)) => rest.get(rest.find('/')?..)?,
        None => value,
    };
    let path = path.split(['?', '#']).next()?;
    let first = path.split('/').next()?;
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let fix = match first {
        "" => path.to_owned(),
        // `shop.example/health` and `localhost:3000/health` begin with a host.
        _ if first.bytes().all(is_name) => format!("/{path}"),
        _ => return None,
    };
    is_exact(&fix).then_some(fix)
}
