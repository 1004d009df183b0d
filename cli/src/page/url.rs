//! The URL of a request: of http or https, and whole.

use crate::outcome::Failure;

/// Whether a server can be asked for the URL. Without a scheme, a page's browser asks the page's own server.
pub(crate) fn check(url: &str) -> Result<(), Failure> {
    let (scheme, rest) = split(url.trim());
    let wrong = match scheme.map(str::to_ascii_lowercase).as_deref() {
        Some("http" | "https") if rest.starts_with("//") => return Ok(()),
        Some(scheme @ ("http" | "https")) => {
            let rest = rest.trim_start_matches('/');
            format!("has no slashes behind its scheme; write \"{scheme}://{rest}\"")
        }
        Some(scheme) => format!("has the scheme {scheme}; write one of https or http"),
        None => match rest.strip_prefix("//").unwrap_or(rest) {
            host if host.starts_with(['/', '?', '#']) || host.is_empty() => {
                "has no scheme and no host; write one such as \"https://api.example/items\""
                    .to_owned()
            }
            host => format!("has no scheme; write \"https://{host}\""),
        },
    };
    Err(Failure::new(&format_args!("URL \"{url}\" {wrong}")))
}

/// The scheme, and what is behind its colon. A port is behind a colon, too: `localhost:8080`.
///
/// <https://datatracker.ietf.org/doc/html/rfc3986#section-3.1>
fn split(url: &str) -> (Option<&str>, &str) {
    let is_scheme = |name: &str| {
        name.starts_with(|first: char| first.is_ascii_alphabetic())
            && name.chars().all(|it| it.is_ascii_alphanumeric() || "+-.".contains(it))
    };
    match url.split_once(':') {
        Some((scheme, rest))
            if is_scheme(scheme) && !rest.starts_with(|first: char| first.is_ascii_digit()) =>
        {
            (Some(scheme), rest)
        }
        _ => (None, url),
    }
}
