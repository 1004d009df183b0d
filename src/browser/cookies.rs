use http::HeaderValue;
use url::{Origin, Url};

use super::FetchError;

/// The cookies that a user gave to the browser, each for one origin. What servers set is not kept.
#[derive(Clone, Debug, Default)]
pub(super) struct Cookies {
    given: Vec<(String, String)>,
    parsed: Vec<(Origin, String)>,
}

impl Cookies {
    pub(super) fn add(&mut self, origin: &str, cookie: &str) {
        self.given.push((origin.to_owned(), cookie.to_owned()));
    }

    /// Parses what was given since the last fetch.
    pub(super) fn parse(&mut self) -> Result<(), FetchError> {
        for (origin, value) in &self.given {
            let (Ok(url), Ok(_)) = (Url::parse(origin), HeaderValue::from_str(value)) else {
                return Err(FetchError::Cookie { origin: origin.clone(), value: value.clone() });
            };
            self.parsed.push((url.origin(), value.clone()));
        }
        self.given.clear();
        Ok(())
    }

    /// The value of `Cookie` in requests to the URL.
    pub(super) fn get(&self, url: &Url) -> Option<HeaderValue> {
        let cookies: Vec<_> = self
            .parsed
            .iter()
            .filter(|(origin, _)| *origin == url.origin())
            .map(|(_, cookie)| cookie.as_str())
            .collect();
        HeaderValue::from_str(&cookies.join("; ")).ok().filter(|value| !value.is_empty())
    }
}
