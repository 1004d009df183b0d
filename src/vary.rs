//! `Vary`: which request fields decided on a response.
//!
//! RFC 9110: <https://www.rfc-editor.org/rfc/rfc9110#section-12.5.5>,
//! Fetch: <https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches>

use http::header::VARY;
use http::{HeaderMap, HeaderValue};

/// Names to be added to `Vary`.
pub(crate) struct Vary {
    names: &'static [&'static str],
    /// All of them, as one line.
    joined: HeaderValue,
}

/// Of the responses of a dynamic policy to other requests than preflights.
pub(crate) static ORIGIN: Vary =
    Vary { names: &["Origin"], joined: HeaderValue::from_static("Origin") };

/// Of every answer to a preflight.
pub(crate) static PREFLIGHT: Vary = Vary {
    names: &["Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers"],
    joined: HeaderValue::from_static(
        "Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
    ),
};

impl Vary {
    /// Adds those names that do not stand there yet, as one line; `present` says whether the map
    /// has a `Vary` at all, which callers know without looking it up.
    pub(crate) fn write_to(&self, headers: &mut HeaderMap, present: bool) {
        let value = if present { self.missing(headers) } else { Some(self.joined.clone()) };
        if let Some(value) = value {
            let _full = headers.try_append(VARY, value);
        }
    }

    fn missing(&self, headers: &HeaderMap) -> Option<HeaderValue> {
        let stands = |name: &str| {
            let elements = headers.get_all(VARY).iter().flat_map(|line| {
                line.as_bytes().split(|&byte| byte == b',').map(<[u8]>::trim_ascii)
            });
            elements
                .into_iter()
                .any(|element| element == b"*" || element.eq_ignore_ascii_case(name.as_bytes()))
        };
        let missing = self.names.iter().filter(|name| !stands(name));
        match missing.clone().count() {
            0 => None,
            all if all == self.names.len() => Some(self.joined.clone()),
            _ => {
                let names: Vec<&str> = missing.copied().collect();
                HeaderValue::try_from(names.join(", ")).ok()
            }
        }
    }
}
