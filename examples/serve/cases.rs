//! The requests that the page tries: one of each kind that the CORS protocol tells apart.

use axum::body::Body;
use axum::http::{self, HeaderValue, Method, Request, header};
use serde::Serialize;

/// One request of the page's script.
#[derive(Debug, Serialize)]
pub(crate) struct Case {
    pub(crate) id: &'static str,
    pub(crate) group: Group,
    pub(crate) title: &'static str,
    /// What the protocol says of this kind of request, whatever the policy.
    pub(crate) about: &'static str,
    pub(crate) from: Sender,
    pub(crate) to: Target,
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    pub(crate) headers: &'static [(&'static str, &'static str)],
    pub(crate) body: Option<&'static str>,
    pub(crate) credentials: bool,
    pub(crate) mode: Mode,
}

/// What the case is about, in the order of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Group {
    SentAtOnce,
    AskedFirst,
    Answers,
    Others,
}

/// Whose script sends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Sender {
    Page,
    /// A sandboxed frame, whose origin is opaque: `null`.
    SandboxedFrame,
}

/// To whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Target {
    Api,
    /// The inner service again, on the page's own origin, without a layer.
    OwnOrigin,
}

/// The mode of the request, <https://fetch.spec.whatwg.org/#concept-request-mode>.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Mode {
    Cors,
    NoCors,
}

impl Case {
    /// The request, as the API gets it.
    ///
    /// # Errors
    ///
    /// If a case is no request; a test holds that all are.
    pub(crate) fn request(&self, origin: &HeaderValue) -> Result<Request<Body>, http::Error> {
        let mut request = Request::builder().method(self.method).uri(self.path);
        if self.mode == Mode::Cors && self.to == Target::Api {
            request = request.header(header::ORIGIN, origin);
        }
        for (name, value) in self.headers {
            request = request.header(*name, *value);
        }
        request.body(Body::from(self.body.unwrap_or_default()))
    }

    /// The preflight that a browser sends before it, if it sends one.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#cors-preflight-fetch-0>
    ///
    /// # Errors
    ///
    /// As [`request`](Self::request).
    pub(crate) fn preflight(
        &self,
        origin: &HeaderValue,
    ) -> Result<Option<Request<()>>, http::Error> {
        if !self.asks_first() {
            return Ok(None);
        }
        let names = self.names_to_ask_for().join(",");
        let mut request = Request::builder()
            .method(Method::OPTIONS)
            .uri(self.path)
            .header(header::ORIGIN, origin)
            .header(header::ACCESS_CONTROL_REQUEST_METHOD, self.method);
        if !names.is_empty() {
            request = request.header(header::ACCESS_CONTROL_REQUEST_HEADERS, names);
        }
        request.body(()).map(Some)
    }

    /// Whether there is a preflight: the method or a header is not safelisted.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#cors-safelisted-method>
    pub(crate) fn asks_first(&self) -> bool {
        let crosses = self.to == Target::Api && self.mode == Mode::Cors;
        let safelisted = ["GET", "HEAD", "POST"].contains(&self.method);
        crosses && (!safelisted || !self.names_to_ask_for().is_empty())
    }

    /// The names of headers that need permission, sorted.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names>
    fn names_to_ask_for(&self) -> Vec<&'static str> {
        let unsafelisted = self.headers.iter().filter(|header| **header != PLAIN_TEXT);
        let mut names: Vec<_> = unsafelisted.map(|(name, _)| *name).collect();
        names.sort_unstable();
        names
    }
}

/// The one safelisted request header that the cases have.
const PLAIN_TEXT: (&str, &str) = ("content-type", "text/plain");

const GET: Case = Case {
    id: "",
    group: Group::SentAtOnce,
    title: "",
    about: "",
    from: Sender::Page,
    to: Target::Api,
    method: "GET",
    path: "/echo",
    headers: &[],
    body: None,
    credentials: false,
    mode: Mode::Cors,
};

pub(crate) const CASES: &[Case] = &[
    Case {
        id: "simple-get",
        title: "A simple GET",
        about: "The browser sends it at once, and asks only whether the page may read the answer.",
        ..GET
    },
    Case {
        id: "post-text",
        title: "A POST of plain text",
        about: "A form could send the same, so no permission is needed to send it. That the answer \
                is hidden from a page never means that the server did nothing.",
        method: "POST",
        headers: &[PLAIN_TEXT],
        body: Some("hello"),
        ..GET
    },
    Case {
        id: "get-credentials",
        title: "A GET with credentials",
        about: "With cookies the answer must name the origin and allow credentials; the wildcard \
                does not do.",
        credentials: true,
        ..GET
    },
    Case {
        id: "put-json",
        group: Group::AskedFirst,
        title: "A PUT of JSON",
        about: "Neither PUT nor JSON is safelisted: one preflight asks for both.",
        method: "PUT",
        path: "/echo/item",
        headers: &[("content-type", "application/json")],
        body: Some("{\"name\":\"lamp\"}"),
        credentials: true,
        ..GET
    },
    Case {
        id: "delete",
        group: Group::AskedFirst,
        title: "A DELETE",
        about: "DELETE is not safelisted: a preflight asks for it.",
        method: "DELETE",
        path: "/echo/item",
        ..GET
    },
    Case {
        id: "authorization",
        group: Group::AskedFirst,
        title: "A GET with a token",
        about: "The method is safelisted, the header is not: a preflight asks for it. A wildcard \
                would not cover authorization.",
        headers: &[("authorization", "Bearer demo")],
        ..GET
    },
    Case {
        id: "method-denied",
        group: Group::AskedFirst,
        title: "A PATCH",
        about: "PATCH is not safelisted: a preflight asks for it.",
        method: "PATCH",
        path: "/echo/item",
        ..GET
    },
    Case {
        id: "header-denied",
        group: Group::AskedFirst,
        title: "A header of our own",
        about: "Few request headers are safelisted: a preflight asks for any other.",
        headers: &[("x-made-up", "1")],
        ..GET
    },
    Case {
        id: "options",
        group: Group::AskedFirst,
        title: "An OPTIONS that is no preflight",
        about: "A script may send OPTIONS itself. The layer answers its preflight; the request \
                after that is like any other, and gets to the API.",
        method: "OPTIONS",
        ..GET
    },
    Case {
        id: "response-headers",
        group: Group::Answers,
        title: "Response headers",
        about: "A script reads seven safelisted response headers, and those that are exposed. The \
                API sends x-request-id and x-inner with every answer.",
        path: "/echo/headers",
        ..GET
    },
    Case {
        id: "inner-cors",
        group: Group::Answers,
        title: "An API with CORS headers of its own",
        about: "The inner service says that only https://other.example may read this. The layer \
                removes that, and says what the policy says.",
        path: "/inner-cors",
        credentials: true,
        ..GET
    },
    Case {
        id: "vary",
        group: Group::Answers,
        title: "An API with a Vary of its own",
        about: "What the inner service says to caches stays; the layer adds what the answer \
                depends on besides.",
        path: "/vary/accept-encoding",
        ..GET
    },
    Case {
        id: "status-404",
        group: Group::Answers,
        title: "Not found",
        about: "Errors get the same CORS headers as all else, so that a page can tell a 404 from \
                a failing network.",
        path: "/status/404",
        ..GET
    },
    Case {
        id: "status-500",
        group: Group::Answers,
        title: "A server error",
        about: "Just so: 500 is an answer too.",
        path: "/status/500",
        ..GET
    },
    Case {
        id: "null-origin",
        group: Group::Others,
        title: "From a sandboxed frame",
        about: "A sandboxed frame has an opaque origin, which is sent as null. Any page can make \
                one, so null is nobody in particular.",
        from: Sender::SandboxedFrame,
        ..GET
    },
    Case {
        id: "no-cors",
        group: Group::Others,
        title: "A GET in no-cors mode",
        about: "As an image or a script is fetched: the request is sent, and no script may look \
                at the answer, whatever the policy.",
        mode: Mode::NoCors,
        ..GET
    },
    Case {
        id: "same-origin",
        group: Group::Others,
        title: "For comparison: the same origin",
        about: "The page asks its own server. This is no CORS request, and everything is readable.",
        to: Target::OwnOrigin,
        ..GET
    },
];
