//! Names under which anybody may have one.
//!
//! <https://publicsuffix.org>

use crate::search::has;

/// Whether the name, or any name directly under it, is a suffix of a registry: `com`, `co.uk`, `ck`.
///
/// Without the list, every single label is taken for one.
pub(super) fn is_of_registry(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    !is_reserved(name) && list::is_of_registry(name)
}

/// Whether strangers may have names under the name, at any depth: it is a public suffix, or has some
/// below it as `amazonaws.com` has, or is a single label that is on no list.
///
/// Without the list, any name may be so.
pub(crate) fn is_open(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    !is_reserved(name) && (!has(name, b'.') || list::is_suffix(name) || list::has_below(name))
}

/// Names that no registry gives to anybody.
///
/// <https://www.iana.org/assignments/special-use-domain-names>
fn is_reserved(name: &str) -> bool {
    matches!(
        name,
        "example" | "home.arpa" | "internal" | "invalid" | "local" | "localhost" | "test"
    )
}

/// Whether a name without a scheme, as somebody wrote it, is a domain, rather than a word.
pub(super) fn may_be_domain(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    let is_top = |label: &str| {
        let is_number = label.bytes().all(|byte| byte.is_ascii_digit());
        !is_number && (is_reserved(label) || list::is_top(label))
    };
    name.rsplit_once('.').is_some_and(|(_, last)| is_top(last))
}

#[cfg(feature = "public-suffix")]
mod list;

#[cfg(not(feature = "public-suffix"))]
mod list {
    pub(super) fn is_of_registry(name: &str) -> bool {
        !super::has(name, b'.')
    }

    pub(super) fn is_suffix(_name: &str) -> bool {
        true
    }

    pub(super) fn has_below(_name: &str) -> bool {
        true
    }

    pub(super) fn is_top(_label: &str) -> bool {
        true
    }
}
