//! Requests, built as hyper builds them.

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Uri};

use super::names;

const LONG: usize = 64 << 10;

/// What browsers send with every request.
const USUAL: [(&str, &str); 9] = [
    ("host", "api.example"),
    ("user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"),
    ("accept", "*/*"),
    ("accept-language", "en-US,en;q=0.5"),
    ("accept-encoding", "gzip, deflate, br, zstd"),
    ("referer", "https://app.example/"),
    ("sec-fetch-dest", "empty"),
    ("sec-fetch-mode", "cors"),
    ("sec-fetch-site", "cross-site"),
];

/// As long as nine of ten among 100,000 listed origins, with their beginning and their end, so that no
/// comparison is spared by the length alone.
const EVIL: &str = "https://evil-app.example";

/// What is asked of a policy that allows `https://app.example` the method PUT.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Asked {
    /// A GET without `Origin`.
    Plain,
    /// A GET from an allowed origin.
    Simple,
    /// A GET from an origin that is not allowed.
    Evil,
    /// A GET from an origin that a pattern allows.
    Subdomain,
    /// A GET from an origin that a pattern with a `*` within its label allows.
    Deployment,
    /// An allowed preflight for PUT, with so many names.
    Preflight(usize),
    /// A preflight from an origin that is not allowed.
    DeniedOrigin,
    /// A preflight for a method that is not allowed.
    DeniedMethod,
    /// A preflight whose third and last name is not allowed.
    DeniedHeader,
    /// A preflight from an origin of 64 KiB.
    LongOrigin,
    /// A preflight with 64 KiB of commas in place of names.
    Commas,
    /// A preflight with 64 KiB of names.
    LongNames,
    /// A preflight with so many lines of one name each.
    Lines(usize),
    /// A preflight with so many bytes of names, none of them allowed.
    Bytes(usize),
    /// A GET from an allowed origin, with so many fields that are none of ours.
    Unrelated(usize),
}

impl Asked {
    /// What is sent besides what browsers send with every request.
    fn fields(self) -> Vec<(String, String)> {
        const ORIGIN: &str = "origin";
        const METHOD: &str = "access-control-request-method";
        const NAMES: &str = "access-control-request-headers";

        let app = (ORIGIN, "https://app.example".to_owned());
        let evil = (ORIGIN, EVIL.to_owned());
        let put = (METHOD, "PUT".to_owned());
        let three = (NAMES, names(3).join(","));
        let fields = match self {
            Self::Plain => vec![],
            Self::Simple => vec![app],
            Self::Evil => vec![evil],
            Self::Subdomain => vec![(ORIGIN, "https://eu.app.example".to_owned())],
            Self::Deployment => vec![(ORIGIN, "https://pr-7.app.example".to_owned())],
            Self::Preflight(count) => vec![app, put, (NAMES, names(count).join(","))],
            Self::DeniedOrigin => vec![evil, put, three],
            Self::DeniedMethod => vec![app, (METHOD, "DELETE".to_owned()), three],
            Self::DeniedHeader => {
                vec![app, put, (NAMES, "authorization,content-type,x-secret-id".to_owned())]
            }
            Self::LongOrigin => vec![(ORIGIN, "h".repeat(LONG)), put, three],
            Self::Commas => vec![app, put, (NAMES, ",".repeat(LONG))],
            Self::LongNames => vec![app, put, (NAMES, "x-a,".repeat(LONG / 4))],
            Self::Bytes(count) => vec![app, put, (NAMES, "b".repeat(count))],
            Self::Lines(count) => {
                let lines = (0..count).map(|_| (NAMES, "content-type".to_owned()));
                [app, put].into_iter().chain(lines).collect()
            }
            Self::Unrelated(count) => {
                let lines = (0..count).map(|number| (format!("x-{number}"), "1".to_owned()));
                return lines.chain([(app.0.to_owned(), app.1)]).collect();
            }
        };
        fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    fn method(self) -> Method {
        match self {
            Self::Plain
            | Self::Simple
            | Self::Evil
            | Self::Subdomain
            | Self::Deployment
            | Self::Unrelated(_) => Method::GET,
            _ => Method::OPTIONS,
        }
    }

    /// The request as text, as it is read from a connection.
    pub(crate) fn text(self) -> String {
        let line = |name: &str, value: &str| [name, ": ", value, "\r\n"].concat();
        let mut lines: Vec<String> = USUAL.iter().map(|(name, value)| line(name, value)).collect();
        lines.extend(self.fields().iter().map(|(name, value)| line(name, value)));
        format!("{} /items/1 HTTP/1.1\r\n{}\r\n", self.method(), lines.concat())
    }

    /// The request with a map that has room for all fields, as hyper makes it. The values that a
    /// layer may take from it share one buffer, as all of hyper's do.
    pub(crate) fn request(self) -> Request<()> {
        let fields = self.fields();
        let read: String = fields.iter().map(|(_, value)| value.as_str()).collect();
        let mut read_so_far = BytesMut::from(read.as_str());
        let read: Bytes = read_so_far.split().freeze();

        let mut headers = HeaderMap::with_capacity(USUAL.len() + fields.len());
        for (name, value) in USUAL {
            headers.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        let mut start = 0;
        for (name, value) in &fields {
            let end = start + value.len();
            headers.append(
                HeaderName::from_bytes(name.as_bytes()).unwrap(),
                HeaderValue::from_maybe_shared(read.slice(start..end)).unwrap(),
            );
            start = end;
        }
        let mut request = Request::new(());
        *request.method_mut() = self.method();
        *request.uri_mut() = Uri::from_static("/items/1");
        *request.headers_mut() = headers;
        request
    }
}
