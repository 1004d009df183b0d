//! Origins, held to the `url` crate and to the oracle.
//!
//! An input is what a browser might send, or the URL of its page.

use std::str;

use tower_cors::{Origin, OriginFault};
use url::Url;

use crate::oracle::origin as oracle;

pub fn check(input: &[u8]) -> Option<()> {
    let value = str::from_utf8(input).ok()?;
    is_as_browsers_have_it(value);
    is_parsed_if_browsers_send_it(value);
    Some(())
}

/// What is taken for an origin is one to the `url` crate, and is written by it alike.
fn is_as_browsers_have_it(value: &str) {
    let expected = oracle::parse(value.as_bytes());
    let Ok(origin) = Origin::parse(value) else { return };
    match Url::parse(value) {
        Ok(url) => assert_eq!(serialized(&url), value),
        // Which characters may stand in domains takes tables that the crate has not.
        Err(url::ParseError::IdnaError) if origin.host().contains("xn--") => {}
        Err(error) => panic!("{value:?} is no URL: {error}"),
    }
    let parts = expected.unwrap_or_else(|| panic!("{value:?} is no origin to the oracle"));
    let port = origin.port().map(|port| port.to_string());
    assert_eq!(
        (origin.scheme(), origin.host(), port.as_deref()),
        (parts.scheme, parts.host, parts.port),
        "{value:?}"
    );
    assert_eq!(origin.as_str(), value);
}

/// The origin of every URL is taken, but for what is no name in the DNS. And what the oracle takes is, but for what it
/// does not look at.
fn is_parsed_if_browsers_send_it(value: &str) {
    if oracle::parse(value.as_bytes()).is_some() {
        let fault = Origin::parse(value).err();
        let is_known =
            matches!(fault, None | Some(OriginFault::Punycode | OriginFault::NotOfPages));
        assert!(is_known, "{value:?}: {fault:?}");
    }
    let Ok(url) = Url::parse(value) else { return };
    let sent = serialized(&url);
    match Origin::parse(&sent) {
        Ok(origin) => {
            assert_eq!(origin.scheme(), url.scheme(), "{value:?}");
            assert_eq!(origin.host(), url.host_str().unwrap_or_default(), "{value:?}");
            assert_eq!(origin.port(), url.port(), "{value:?}");
        }
        Err(fault) => assert!(is_no_origin_here(&url), "{sent:?}, of {value:?}: {fault:?}"),
    }
}

/// What the grammar of the crate leaves out on purpose.
fn is_no_origin_here(url: &Url) -> bool {
    let (scheme, host) = (url.scheme(), url.host_str().unwrap_or_default());
    if url.port() == Some(0) {
        return true;
    }
    if !["http", "https"].contains(&scheme) {
        let is_other =
            ["ws", "wss", "ftp", "file", "about", "blob", "data", "javascript"].contains(&scheme);
        // These make a pattern or a list.
        let is_pattern = host.contains(['*', ',', ';']);
        let has_host = url.has_authority() && !(host.is_empty() && url.port().is_some());
        return is_other
            || is_pattern
            || !has_host
            || scheme.len() > 64
            || serialized(url).len() > 326;
    }
    let name = host.strip_suffix('.').unwrap_or(host);
    let is_of_names = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
    !host.chars().all(is_of_names) && !host.starts_with('[')
        || host.len() > 253
        || name.split('.').any(|label| label.is_empty() || label.len() > 63)
}

/// How a browser writes the origin of a page at a URL. The `url` crate calls those of other schemes opaque.
pub(crate) fn serialized(url: &Url) -> String {
    if ["http", "https"].contains(&url.scheme()) {
        return url.origin().ascii_serialization();
    }
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}://{}{port}", url.scheme(), url.host_str().unwrap_or_default())
}
