//! The requests that the page tries: one of each kind that the CORS protocol tells apart.

use axum::body::Body;
use axum::http::{self, HeaderValue, Method, Request, header};
use serde::Serialize;

/// One request of the page's script.
#[derive(Debug, Serialize)]
pub(crate) struct Case {
    pub(crate) id: &'static str,
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
        let names = self.names_to_ask_for().join(",");
        if !self.asks_for_method() && names.is_empty() {
            return Ok(None);
        }
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

    /// Whether the method needs permission: <https://fetch.spec.whatwg.org/#cors-safelisted-method>.
    pub(crate) fn asks_for_method(&self) -> bool {
        !["GET", "HEAD", "POST"].contains(&self.method)
    }

    /// The names of headers that need permission, sorted:
    /// <https://fetch.spec.whatwg.org/#cors-safelisted-request-header>.
    pub(crate) fn names_to_ask_for(&self) -> Vec<&'static str> {
        let safelisted = |header: &(&str, &str)| matches!(header, ("content-type", "text/plain"));
        let unsafelisted = self.headers.iter().filter(|header| !safelisted(header));
        let mut names: Vec<_> = unsafelisted.map(|(name, _)| *name).collect();
        names.sort_unstable();
        names
    }
}

const GET: Case = Case {
    id: "",
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
        headers: &[("content-type", "text/plain")],
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
        title: "A DELETE",
        about: "DELETE is not safelisted: a preflight asks for it.",
        method: "DELETE",
        path: "/echo/item",
        ..GET
    },
    Case {
        id: "authorization",
        title: "A GET with a token",
        about: "The method is safelisted, the header is not: a preflight asks for it. A wildcard \
                would not cover authorization.",
        headers: &[("authorization", "Bearer demo")],
        ..GET
    },
    Case {
        id: "method-denied",
        title: "A PATCH",
        about: "PATCH is not safelisted: a preflight asks for it.",
        method: "PATCH",
        path: "/echo/item",
        ..GET
    },
    Case {
        id: "header-denied",
        title: "A header of our own",
        about: "No name of a header is safelisted but a few: a preflight asks for it.",
        headers: &[("x-made-up", "1")],
        ..GET
    },
    Case {
        id: "options",
        title: "An OPTIONS that is no preflight",
        about: "A script may send OPTIONS itself. Its preflight is answered by the layer; the \
                request after that is the API's to answer.",
        method: "OPTIONS",
        ..GET
    },
    Case {
        id: "response-headers",
        title: "Response headers",
        about: "A script reads seven safelisted response headers, and those that are exposed. The \
                API sends x-request-id and x-inner with every answer.",
        path: "/echo/headers",
        ..GET
    },
    Case {
        id: "inner-cors",
        title: "An API with CORS headers of its own",
        about: "The inner service says that only https://other.example may read this. The layer \
                removes that, and says what the policy says.",
        path: "/inner-cors",
        credentials: true,
        ..GET
    },
    Case {
        id: "vary",
        title: "An API with a Vary of its own",
        about: "What the inner service says to caches stays; the layer adds what the answer \
                depends on besides.",
        path: "/vary/accept-encoding",
        ..GET
    },
    Case {
        id: "status-404",
        title: "Not found",
        about: "Errors get the same CORS headers as all else, so that a page can tell a 404 from \
                a failing network.",
        path: "/status/404",
        ..GET
    },
    Case {
        id: "status-500",
        title: "A server error",
        about: "Just so: 500 is an answer too.",
        path: "/status/500",
        ..GET
    },
    Case {
        id: "null-origin",
        title: "From a sandboxed frame",
        about: "A sandboxed frame has an opaque origin, which is sent as null. Any page can make \
                one, so null is nobody in particular.",
        from: Sender::SandboxedFrame,
        ..GET
    },
    Case {
        id: "no-cors",
        title: "A GET in no-cors mode",
        about: "As an image or a script is fetched: the request is sent, and no script may look \
                at the answer, whatever the policy.",
        mode: Mode::NoCors,
        ..GET
    },
    Case {
        id: "same-origin",
        title: "For comparison: the same origin",
        about: "The page asks its own server. This is no CORS request, and everything is readable.",
        to: Target::OwnOrigin,
        ..GET
    },
];
