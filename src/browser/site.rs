//! Sites: what cookies are kept apart by.

use std::net::{Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// The names at which domains of different owners begin. The text is the one that the policies of this crate know
/// public suffixes by; how it is read is written a second time here. It begins with what its marks mean.
const SUFFIXES: &str = include_str!("../origin/suffix/list.txt");

/// Whether both are of one site: one registrable domain, or one host if there is none; and one scheme, if schemes
/// count.
///
/// HTML: <https://html.spec.whatwg.org/multipage/browsers.html#same-site>
pub(super) fn is_same_site(one: &Url, other: &Url, is_schemeful: bool) -> bool {
    site_host(one).is_some()
        && site_host(one) == site_host(other)
        && (!is_schemeful || one.scheme() == other.scheme())
}

/// The registrable domain of the URL, or its host if that has none: an address, or a single label.
///
/// HTML: <https://html.spec.whatwg.org/multipage/browsers.html#obtain-a-site>
pub(super) fn site_host(url: &Url) -> Option<&str> {
    let host = url.host_str()?;
    match url.host()? {
        Host::Domain(domain) => Some(registrable_domain(domain).unwrap_or(host)),
        Host::Ipv4(_) | Host::Ipv6(_) => Some(host),
    }
}

/// Whether cookies cannot be for the domain, since names under it belong to many.
pub(super) fn is_public_suffix(domain: &str) -> bool {
    registrable_domain(domain).is_none()
}

/// Whether the host is this machine, to which connections need no TLS to be secure.
///
/// Secure Contexts: <https://www.w3.org/TR/secure-contexts/#is-origin-trustworthy>
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(domain)) => domain == "localhost" || domain.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => Ipv4Addr::is_loopback(&address),
        Some(Host::Ipv6(address)) => Ipv6Addr::is_loopback(&address),
        None => false,
    }
}

/// The public suffix of a domain and one more label; nothing if there is no more.
///
/// <https://github.com/publicsuffix/list/wiki/Format>
fn registrable_domain(domain: &str) -> Option<&str> {
    let mut longer = None;
    let mut name = domain;
    loop {
        match rule(name) {
            Rule::Suffix => return longer,
            Rule::Exception => return Some(name),
            Rule::None => {}
        }
        longer = Some(name);
        // What no rule is for has its last label for a suffix.
        let (_, parent) = name.split_once('.')?;
        if !parent.contains('.') && matches!(rule(parent), Rule::None) {
            return longer;
        }
        name = parent;
    }
}

enum Rule {
    Suffix,
    Exception,
    None,
}

fn rule(name: &str) -> Rule {
    let (label, parent) = name.split_once('.').unwrap_or((name, "/"));
    let Some((_, lines)) = SUFFIXES.split_once(&format!("\n{parent} ")) else {
        return Rule::None;
    };
    let labels = lines.lines().next().unwrap_or_default();
    let find = |label: &str| {
        let without_mark = |entry: &&str| entry.trim_end_matches(['~', '!', '?']) == label;
        labels.split(' ').find(without_mark)
    };
    match find(label) {
        Some(entry) if entry.ends_with('!') => Rule::Exception,
        Some(entry) if !entry.ends_with('?') => Rule::Suffix,
        _ if find("*").is_some() => Rule::Suffix,
        _ => Rule::None,
    }
}
