//! What a user may write to allow origins.
//!
//! ```text
//! pattern = "*" / scheme "://" [ "*." ] host [ ":" ( port / "*" ) ]
//! ```

use std::borrow::Cow;
use std::net::Ipv6Addr;

use super::OriginFault;
use super::syntax::{self, Parts};

/// What a user wrote, parsed.
#[derive(Clone, Debug)]
pub(crate) enum Pattern<'a> {
    /// `*`.
    Any,
    /// Everything else.
    Origins(OriginPattern<'a>),
}

/// One exact origin, or the origins that a pattern stands for.
#[derive(Clone, Debug)]
pub(crate) struct OriginPattern<'a> {
    /// As written, without the `*` of the leading label and without the `:*` of the port:
    /// `https://.a.example`.
    text: Cow<'a, str>,
    /// Where in it the host stands.
    host_start: usize,
    host_len: usize,
    subdomains: bool,
    any_port: bool,
}

impl<'a> Pattern<'a> {
    pub(crate) fn parse(value: &'a str) -> Result<Self, OriginFault> {
        if value == "*" {
            return Ok(Self::Any);
        }
        OriginPattern::parse(value).map(Self::Origins)
    }
}

impl<'a> OriginPattern<'a> {
    fn parse(value: &'a str) -> Result<Self, OriginFault> {
        let Parts { scheme, host, port } = Parts::split(value).map_err(|fault| match fault {
            OriginFault::NoScheme if value.starts_with("*.") => fault,
            OriginFault::NoScheme | OriginFault::Scheme if value.contains('*') => {
                OriginFault::Wildcard
            }
            _ => fault,
        })?;
        let base = host.strip_prefix("*.");
        let name = base.unwrap_or(host);
        if name.contains('*') || base.is_some_and(|base| !may_have_subdomains(scheme, base)) {
            return Err(OriginFault::Wildcard);
        }
        // Counted with its `*`, since at least one letter stands in its place.
        if host.len() > syntax::MAX_HOST && !host.starts_with('[') {
            return Err(OriginFault::HostTooLong);
        }
        syntax::parse_host(scheme, name)?;
        let any_port = port == Some("*");
        if !any_port && port.is_some_and(|port| port.contains('*')) {
            return Err(OriginFault::Wildcard);
        }
        if let Some(port) = port.filter(|_| !any_port) {
            syntax::parse_port(scheme, port)?;
        }
        let portless = if any_port { value.strip_suffix(":*").unwrap_or(value) } else { value };
        let text = match base {
            None => Cow::Borrowed(portless),
            Some(_) => Cow::Owned(portless.replacen('*', "", 1)),
        };
        Ok(Self {
            host_start: scheme.len() + "://".len(),
            host_len: name.len() + usize::from(base.is_some()),
            text,
            subdomains: base.is_some(),
            any_port,
        })
    }

    /// The text that the compiled set compares with: the origin itself if the pattern is exact,
    /// otherwise what is left of it without `*` and `:*`.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The text, cut between `https://` and the host.
    pub(crate) fn split_text(&self) -> (&str, &str) {
        self.text.split_at_checked(self.host_start).unwrap_or(("", &self.text))
    }

    pub(crate) fn is_exact(&self) -> bool {
        !self.subdomains && !self.any_port
    }

    pub(crate) fn has_subdomains(&self) -> bool {
        self.subdomains
    }

    pub(crate) fn has_any_port(&self) -> bool {
        self.any_port
    }

    /// One of the origins that the pattern stands for: with the port, if it is for any.
    pub(crate) fn sample(&self, port: Option<&str>) -> String {
        let (scheme, rest) = self.split_text();
        // A pattern leaves room for one letter.
        let label = if self.subdomains { "a" } else { "" };
        match port.filter(|_| self.any_port) {
            Some(port) => format!("{scheme}{label}{rest}:{port}"),
            None => format!("{scheme}{label}{rest}"),
        }
    }

    /// Whether anyone between a page of such an origin and its server could have written the page.
    pub(crate) fn is_insecure(&self) -> bool {
        self.text.starts_with("http:") && !syntax::is_loopback(self.host())
    }

    /// The domain under which the pattern allows every name, if it does so.
    pub(crate) fn base(&self) -> Option<&str> {
        self.subdomains.then(|| self.host())
    }

    /// The host, without its leading `*.` if it has one.
    fn host(&self) -> &str {
        let (_scheme, host_and_port) = self.split_text();
        host_and_port.get(..self.host_len).unwrap_or_default().trim_start_matches('.')
    }
}

/// An address has no subdomains, and neither has nothing.
fn may_have_subdomains(scheme: &str, base: &str) -> bool {
    let address = base.starts_with('[') || syntax::is_web(scheme) && syntax::ends_in_number(base);
    !base.is_empty() && base != "." && !address
}

/// What was probably meant: the closest pattern that is sound.
pub(crate) fn repair(value: &str) -> Option<String> {
    let value = value.trim();
    let several = value.contains([',', ';', ' ']) || value.matches("://").count() > 1;
    if several || value.eq_ignore_ascii_case("null") {
        return None;
    }
    let (scheme, rest) = match value.split_once("://") {
        Some(("ws", rest)) => ("http".to_owned(), rest),
        Some(("wss", rest)) => ("https".to_owned(), rest),
        Some((scheme, rest)) => (scheme.to_ascii_lowercase(), rest),
        None if value.contains("//") => return None,
        None => (guess_scheme(value).to_owned(), value),
    };
    let authority = rest.split(['/', '?', '#']).next()?;
    let authority = authority.rsplit('@').next()?;
    let (host, port) = match authority.rfind(':') {
        Some(colon) if !authority.ends_with(']') => authority.split_at(colon),
        _ => (authority, ""),
    };
    let host = if syntax::is_web(&scheme) { host.to_ascii_lowercase() } else { host.to_owned() };
    let host = canonical_ipv6(&host).unwrap_or(host);
    let repaired = format!("{scheme}://{host}{}", repair_port(&scheme, port));
    matches!(Pattern::parse(&repaired), Ok(Pattern::Origins(_))).then_some(repaired)
}

/// Loopback servers rarely have certificates.
fn guess_scheme(authority: &str) -> &'static str {
    let authority = authority.split(['/', '?', '#']).next().unwrap_or(authority);
    let host = match authority.rfind(':') {
        Some(colon) if !authority.ends_with(']') => authority.split_at(colon).0,
        _ => authority,
    };
    if syntax::is_loopback(host) { "http" } else { "https" }
}

fn canonical_ipv6(host: &str) -> Option<String> {
    let address: Ipv6Addr = host.strip_prefix('[')?.strip_suffix(']')?.parse().ok()?;
    let mut canonical = String::from("[");
    syntax::write_ipv6(&mut canonical, address).ok()?;
    canonical.push(']');
    Some(canonical)
}

/// Without leading zeros, and nothing for the default port.
fn repair_port(scheme: &str, port: &str) -> String {
    let number = port.trim_start_matches(':').trim_start_matches('0');
    match number.parse() {
        _ if number.starts_with('+') => port.to_owned(),
        Ok(number) if syntax::default_port(scheme) == Some(number) => String::new(),
        Ok(number) => format!(":{number}"),
        Err(_) => port.to_owned(),
    }
}
