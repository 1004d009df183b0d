//! The pages that fetch, and their origins.

use std::fmt;

pub(crate) const SCRIPT: &str = include_str!("page.js");

/// The listeners of the tests, by what they serve. Two serve pages, so that origins may differ in
/// their port alone.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ports {
    pub(crate) page: u16,
    pub(crate) other_page: u16,
    pub(crate) api: u16,
}

/// A port that a page is at, or that a policy names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Port {
    Page,
    OtherPage,
    Api,
}

impl Ports {
    pub(crate) fn number(self, port: Port) -> u16 {
        match port {
            Port::Page => self.page,
            Port::OtherPage => self.other_page,
            Port::Api => self.api,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Page {
    At(&'static str, Port),
    /// Its origin is opaque, because a header of its response says so.
    Sandboxed,
    /// Its origin is opaque, because its URL has none.
    Data,
}

/// The host of what is fetched.
pub(crate) const API_HOST: &str = "localhost";

pub(crate) const PAGES: [Page; 11] = [
    Page::At("localhost", Port::Page),
    Page::At("localhost", Port::OtherPage),
    Page::At("127.0.0.1", Port::Page),
    Page::At("sub.localhost", Port::Page),
    Page::At("deep.sub.localhost", Port::OtherPage),
    Page::At("a.example.com", Port::Page),
    Page::At("a.example.com", Port::OtherPage),
    Page::At("b.a.example.com", Port::Page),
    Page::Sandboxed,
    Page::Data,
    // The origin of what is fetched: nothing crosses.
    Page::At(API_HOST, Port::Api),
];

impl Page {
    pub(crate) fn origin(self, ports: Ports) -> String {
        match self {
            Self::At(host, port) => format!("http://{host}:{}", ports.number(port)),
            Self::Sandboxed | Self::Data => "null".to_owned(),
        }
    }

    pub(crate) fn is_opaque(self) -> bool {
        !matches!(self, Self::At(..))
    }

    pub(crate) fn is_same_origin(self) -> bool {
        self == Self::At(API_HOST, Port::Api)
    }

    /// Where a browser finds the page.
    pub(crate) fn url(self, ports: Ports) -> String {
        match self {
            Self::At(..) => self.origin(ports) + "/page",
            Self::Sandboxed => format!("http://localhost:{}/sandboxed", ports.page),
            Self::Data => {
                let bytes = document().into_bytes();
                let encoded = bytes.iter().flat_map(|byte| ["%".to_owned(), format!("{byte:02X}")]);
                format!("data:text/html;charset=utf-8,{}", encoded.collect::<String>())
            }
        }
    }
}

impl fmt::Display for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::At(host, port) => write!(f, "http://{host}:<{port:?}>"),
            Self::Sandboxed => f.write_str("null (a sandboxed page)"),
            Self::Data => f.write_str("null (a data: URL)"),
        }
    }
}

/// What every page is.
pub(crate) fn document() -> String {
    format!("<!doctype html><title>A page</title><script>{SCRIPT}</script>")
}
