//! HAR, what the developer tools of browsers save of their network panel.
//!
//! <https://w3c.github.io/web-performance/specs/HAR/Overview.html>

use serde::Deserialize;

use super::PageRequest;

/// The most that is read. A HAR file has the bodies of all responses.
pub(super) const MAX_BYTES: u64 = 256 << 20;

#[derive(Deserialize)]
struct Har {
    log: Log,
}

#[derive(Deserialize)]
struct Log {
    entries: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    request: Request,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    method: String,
    url: String,
    headers: Vec<Header>,
    #[serde(default)]
    cookies: Vec<serde::de::IgnoredAny>,
    post_data: Option<PostData>,
}

#[derive(Deserialize)]
struct Header {
    name: String,
    value: String,
}

#[derive(Deserialize)]
struct PostData {
    #[serde(default)]
    text: String,
}

/// The requests of a HAR file that have an `Origin`, each once; or the one with a number. One without an `Origin` is
/// taken if the page is given.
pub(super) fn parse(
    text: &str,
    number: Option<usize>,
    has_page: bool,
) -> Result<Vec<PageRequest>, String> {
    let text = text.trim_start_matches('\u{feff}');
    let har: Har = serde_json::from_str(text).map_err(|error| format!("no HAR file: {error}"))?;
    let entries = har.log.entries;
    let count = entries.len();
    if let Some(number) = number {
        let entry = number.checked_sub(1).and_then(|index| entries.into_iter().nth(index));
        let Some(Entry { request }) = entry else {
            return Err(format!(
                "there is no entry {number}; the HAR file has {count}, counted from 1"
            ));
        };
        let request = request.page();
        if request.page.is_empty() && !has_page {
            return Err(format!("entry {number} has no `Origin`; give the page by `--from`"));
        }
        return Ok(vec![request]);
    }
    let (preflights, others): (Vec<_>, Vec<_>) =
        entries.into_iter().map(|entry| entry.request).partition(Request::is_preflight);
    let mut requests: Vec<PageRequest> = Vec::new();
    // A preflight without its request stands for that.
    for (is_preflight, request) in
        others.into_iter().map(|it| (false, it)).chain(preflights.into_iter().map(|it| (true, it)))
    {
        let request = request.page();
        let is_there = |other: &PageRequest| {
            let is_same = (&other.page, &other.method, &other.url)
                == (&request.page, &request.method, &request.url);
            *other == request || is_preflight && is_same
        };
        if !request.page.is_empty() && !requests.iter().any(is_there) {
            requests.push(request);
        }
    }
    if requests.is_empty() {
        return Err(format!(
            "none of the {count} requests in the HAR file has an `Origin`; save the panel while the page asks another origin"
        ));
    }
    Ok(requests)
}

impl Request {
    fn is_preflight(&self) -> bool {
        let asked = "access-control-request-method";
        let asks = self.headers.iter().any(|header| header.name.eq_ignore_ascii_case(asked));
        self.method == "OPTIONS" && asks
    }

    fn page(self) -> PageRequest {
        let mut sent: Vec<(String, String)> =
            self.headers.into_iter().map(|header| (header.name, header.value)).collect();
        let has_cookie = sent.iter().any(|(name, _)| name.eq_ignore_ascii_case("cookie"));
        if !self.cookies.is_empty() && !has_cookie {
            sent.push(("cookie".to_owned(), String::new()));
        }
        let has_body = self.method != "GET" && self.method != "HEAD";
        let body = self.post_data.filter(|_| has_body).map(|data| data.text.into_bytes());
        PageRequest::sent(&self.method, &self.url, sent, body)
    }
}
