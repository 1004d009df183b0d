//! The requests that the page tries by itself: one of each kind that the CORS protocol tells apart.

use serde::Serialize;

use super::attempt::{Credentials, Mode};

/// One request of a page's script.
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
    pub(crate) credentials: Credentials,
    pub(crate) mode: Mode,
    /// What is fetched before.
    pub(crate) first: Option<&'static str>,
}

/// What the case is about, in the order of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Group {
    WhoAsks,
    SentAtOnce,
    AskedFirst,
    Answers,
    Cookies,
}

/// Whose script sends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Sender {
    Page,
    /// The same page under the other of `localhost` and `127.0.0.1`.
    OtherName,
    /// The same page on another port.
    OtherPort,
    /// A sandboxed frame, whose origin is opaque: `null`.
    SandboxedFrame,
}

/// To whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Target {
    /// The API under the name that is not the page's: another site, if one is `localhost` and the other an address.
    Api,
    /// The API under the name of the page: the same site, since ports make no site.
    ApiOfSameSite,
    /// The inner service again, on the page's own origin, without a layer.
    OwnOrigin,
}

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
    credentials: Credentials::Omit,
    mode: Mode::Cors,
    first: None,
};

const COOKIES: Case = Case {
    group: Group::Cookies,
    path: "/cookies",
    credentials: Credentials::Include,
    first: Some("/cookies/set"),
    ..GET
};

pub(crate) const CASES: &[Case] = &[
    Case {
        id: "simple-get",
        group: Group::WhoAsks,
        title: "This page asks",
        about: "A plain GET. The browser sends it at once, and asks only whether the page may read \
                the answer.",
        ..GET
    },
    Case {
        id: "other-name",
        group: Group::WhoAsks,
        title: "This page under another name",
        about: "localhost and 127.0.0.1 are the same machine, and two origins. A policy has to name \
                the one that stands in the address bar.",
        from: Sender::OtherName,
        ..GET
    },
    Case {
        id: "other-port",
        group: Group::WhoAsks,
        title: "This page on another port",
        about: "The port belongs to the origin: a page of another port is another origin.",
        from: Sender::OtherPort,
        ..GET
    },
    Case {
        id: "null-origin",
        group: Group::WhoAsks,
        title: "A sandboxed frame",
        about: "A sandboxed frame has an opaque origin, which is sent as null. Any page can make \
                one, so null is nobody in particular.",
        from: Sender::SandboxedFrame,
        ..GET
    },
    Case {
        id: "same-origin",
        group: Group::WhoAsks,
        title: "For comparison: the same origin",
        about: "The page asks its own server. This is no CORS request, and everything is readable.",
        to: Target::OwnOrigin,
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
        id: "no-cors",
        title: "A GET in no-cors mode",
        about: "As an image or a script is fetched: the request is sent, and no script may look \
                at the answer, whatever the policy.",
        mode: Mode::NoCors,
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
        credentials: Credentials::Include,
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
        id: "patch",
        group: Group::AskedFirst,
        title: "A PATCH",
        about: "PATCH is not safelisted: a preflight asks for it.",
        method: "PATCH",
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
        id: "own-header",
        group: Group::AskedFirst,
        title: "A header of one’s own",
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
        credentials: Credentials::Include,
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
        id: "credentials",
        group: Group::Cookies,
        title: "A GET with credentials",
        about: "With credentials the answer must name the origin and allow them; the wildcard does \
                not do.",
        credentials: Credentials::Include,
        ..GET
    },
    Case {
        id: "cookies-same-site",
        title: "Cookies to the same site",
        about: "The API sets four cookies, and is asked which came back. Page and API have the same \
                host, and ports make no site: all of them come.",
        to: Target::ApiOfSameSite,
        ..COOKIES
    },
    Case {
        id: "cookies-cross-site",
        title: "Cookies to another site",
        about: "The same for the API under its other name. To a browser localhost and 127.0.0.1 are \
                two sites: SameSite=Strict and Lax stay away, and SameSite=None, which needs Secure, \
                comes. A cookie that says nothing is Lax in Chromium, and None in Firefox. No CORS \
                header changes that, and no console tells it.",
        ..COOKIES
    },
    Case {
        id: "cookies-omitted",
        title: "Cookies, and none asked for",
        about: "Without credentials: \"include\" a fetch to another origin sends no cookie, and keeps \
                none that is set. That is the default.",
        to: Target::ApiOfSameSite,
        credentials: Credentials::SameOrigin,
        ..COOKIES
    },
];
