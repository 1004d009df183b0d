mod cookies;
mod preflights;
mod requests;
mod responses;

use std::fmt;

pub(super) use cookies::ThirdParty;
use http::{HeaderMap, HeaderName, HeaderValue};

/// Which user agent [`Browser`](super::Browser) behaves as.
///
/// The default is the Fetch Standard. The others are the standard and, on top, what the named
/// browser is known to do otherwise: which of a preflight's result it keeps and for how long, for which
/// headers it asks, what it makes of malformed answers, and where it is laxer. Chromium and Firefox are held to
/// the real ones by random answers of servers; what is known of `WebKit` is from its source alone.
#[non_exhaustive]
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum UserAgent {
    /// The Fetch Standard, to the letter. It keeps a preflight's result for as long as the server says.
    #[default]
    Standard,
    /// Chromium, and so Chrome and Edge. It keeps a preflight's result for at most 2 hours.
    Chromium,
    /// Firefox. It keeps a preflight's result for at most 24 hours.
    Firefox,
    /// `WebKit`, and so Safari. It keeps a preflight's result for at most 10 minutes.
    WebKit,
}

impl UserAgent {
    /// Each of them.
    pub const ALL: [Self; 4] = [Self::Standard, Self::Chromium, Self::Firefox, Self::WebKit];

    /// A name that stays the same, for arguments and documents: `standard`, `chromium`, `firefox`, `webkit`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Chromium => "chromium",
            Self::Firefox => "firefox",
            Self::WebKit => "webkit",
        }
    }
}

/// As a sentence names it: `the standard`, `Chromium`.
impl fmt::Display for UserAgent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Standard => "the standard",
            Self::Chromium => "Chromium",
            Self::Firefox => "Firefox",
            Self::WebKit => "WebKit",
        })
    }
}

/// The lines of a field but the empty ones; if there are no others, one of these.
fn without_empty<'a>(
    headers: &'a HeaderMap,
    name: &HeaderName,
) -> impl Iterator<Item = &'a HeaderValue> {
    let lines = headers.get_all(name);
    let has_text = lines.iter().any(|line| !line.is_empty());
    let most = if has_text { usize::MAX } else { 1 };
    lines.into_iter().filter(move |line| !has_text || !line.is_empty()).take(most)
}
