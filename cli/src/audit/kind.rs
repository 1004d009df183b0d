//! What an audit may find: its name, what is wrong, why that matters, and what to write.

/// A kind of misconfiguration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    AnyOrigin,
    Null,
    File,
    Prefix,
    Suffix,
    Neighbours,
    Dot,
    Tenant,
    Address,
    Scheme,
    Malformed,
    WebSocket,
    PathSpelling,
    CacheMixes,
    VaryMissing,
    VaryCopied,
    PrivateNetwork,
    WildcardWithCredentials,
    SeveralOrigins,
    PreflightReaches,
    Leak,
    MalformedFails,
    AnswersChange,
    Subdomain,
    Port,
    AnyHost,
}

/// How grave it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Severity {
    /// A stranger's page may act as the visitor, or read what is the visitor's.
    High,
    /// A stranger's page may read what it should not.
    Medium,
    /// It helps strangers, or fails in browsers.
    Low,
    /// It may be meant so.
    Note,
}

/// What is said of a kind.
pub(super) struct Told {
    /// A name that stays the same.
    pub(super) id: &'static str,
    pub(super) what: &'static str,
    pub(super) why: &'static str,
    /// `{trusted}` stands for the origin that is allowed.
    pub(super) write: &'static str,
}

/// What to write where origins are not compared as a whole.
const WHOLE: &str =
    "compare whole origins, and not their beginning or end: `allow_origins([\"{trusted}\"])`";

impl Severity {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
            Self::Note => "note",
        }
    }
}

impl Kind {
    #[expect(clippy::too_many_lines, reason = "it is a table")]
    pub(super) fn told(self) -> Told {
        let (id, what, why, write) = match self {
            Self::AnyOrigin => (
                "any-origin",
                "any origin is reflected",
                "the page of any stranger may read the answer",
                "list the origins: `allow_origins([\"{trusted}\"])`; for public data write `*`, without credentials",
            ),
            Self::Null => (
                "null",
                "`null` is admitted",
                "any page can put a frame into a sandbox, whose origin is `null`",
                "do not list `null`; serve local pages from an origin of their own",
            ),
            Self::File => (
                "file",
                "`file://` is admitted",
                "any page that is opened from a disk may read the answer",
                "do not list `file://`; serve local pages from an origin of their own",
            ),
            Self::Prefix => (
                "host-by-its-beginning",
                "an origin that begins as the one that is trusted is admitted",
                "anybody may have a name that begins so",
                WHOLE,
            ),
            Self::Suffix => (
                "host-by-its-end",
                "an origin that ends as the one that is trusted is admitted",
                "anybody may register a domain that ends so",
                "compare whole origins; for subdomains write `https://*.` before the domain, with its dot",
            ),
            Self::Neighbours => (
                "hosts-run-together",
                "an origin made of two that are trusted is admitted",
                "anybody may register the name",
                WHOLE,
            ),
            Self::Dot => (
                "dot-unescaped",
                "another character in place of a dot is admitted",
                "in a regular expression a dot stands for any character, and anybody may register the name",
                "do not use regular expressions: `allow_origins([\"{trusted}\"])`; or escape the dots, and anchor both ends",
            ),
            Self::Tenant => (
                "anybody-under-a-suffix",
                "a name that anybody may register is admitted",
                "whoever registers a name there may read the answer",
                "list the names that are yours: `allow_origins([\"{trusted}\"])`",
            ),
            Self::Address => (
                "address-by-its-beginning",
                "a name that begins as a local address is admitted",
                "anybody may have a name that begins so",
                "compare whole hosts: `allow_origins([\"http://localhost:*\"])`",
            ),
            Self::Scheme => (
                "http-beside-https",
                "the `http` form of the origin is admitted",
                "whoever is on the way between a visitor and that page can write it",
                "list the `https` origin alone: `allow_origins([\"{trusted}\"])`",
            ),
            Self::Malformed => (
                "malformed-origin",
                "an `Origin` that no browser writes is admitted",
                "a comparison that repairs what it compares admits more than was listed",
                "compare origins byte for byte",
            ),
            Self::WebSocket => (
                "websocket",
                "a WebSocket is opened to a stranger's page",
                "browsers check no CORS header there, and cookies go along",
                "compare `Origin` before the upgrade: `enforce(Enforcement::unsafe_requests())`",
            ),
            Self::PathSpelling => (
                "path-spelling",
                "another spelling of the path has another policy",
                "a stranger who may not read the resource gets it by that spelling",
                "decide on the path as the router reads it, or give all its readings one policy",
            ),
            Self::CacheMixes => (
                "cache-mixes-origins",
                "a cache on the way gives one origin's answer to another",
                "one page's answer is blocked, or another's is readable, by who asked first",
                "send `Vary: Origin` with every answer, and have the cache obey it; or answer `*` to all",
            ),
            Self::VaryMissing => (
                "vary-missing",
                "answers depend on `Origin`, and not all say so in `Vary`",
                "a cache may give one origin's answer to another",
                "send `Vary: Origin` with every answer: to those who are denied, and without an `Origin`, too",
            ),
            Self::VaryCopied => (
                "vary-copied",
                "the `Vary` of the request is copied into the response",
                "whoever asks decides what caches keep",
                "build `Vary` from what was read of the request, and from nothing else",
            ),
            Self::PrivateNetwork => (
                "private-network",
                "strangers are allowed into the private network",
                "a page on the internet may reach servers that only this network reaches",
                "do not send `Access-Control-Allow-Private-Network` to whoever asks",
            ),
            Self::WildcardWithCredentials => (
                "wildcard-with-credentials",
                "`*` comes with `Access-Control-Allow-Credentials`",
                "browsers refuse it with cookies, and whoever mends that by reflection opens all to all",
                "list the origins that need cookies: `allow_origins([\"{trusted}\"]).allow_credentials(true)`; else leave credentials out",
            ),
            Self::SeveralOrigins => (
                "several-origins",
                "more than one origin stands in `Access-Control-Allow-Origin`",
                "browsers take exactly one; a proxy or a second layer may add its own",
                "have one place answer: remove the headers of the others",
            ),
            Self::PreflightReaches => (
                "preflight-reaches-application",
                "a preflight is not answered before the application",
                "whoever answers in place of the layer blocks pages, or runs for whoever asks",
                "put the layer outside of the router and of authentication",
            ),
            Self::Leak => (
                "headers-for-strangers",
                "a stranger is told what others may",
                "methods, headers and credentials of others help who looks for a way in",
                "send no CORS header to origins that are denied",
            ),
            Self::MalformedFails => (
                "malformed-origin-fails",
                "a malformed `Origin` makes the server fail",
                "anybody can make it fail",
                "deny what is no origin, and do not parse it as a URL without a check",
            ),
            Self::AnswersChange => (
                "answers-change",
                "the same request has another answer after the others",
                "what one client asks changes what others get",
                "do not change shared lists of headers while answering",
            ),
            Self::Subdomain => (
                "any-subdomain",
                "every name under the domain is admitted",
                "a name that is forgotten, and taken over, may do what the page may",
                "list the origins, if they are few: `allow_origins([\"{trusted}\"])`",
            ),
            Self::Port => (
                "any-port",
                "every port of the host is admitted",
                "whatever listens on the host may do what the page may",
                "list the ports: `allow_origins([\"{trusted}\"])`",
            ),
            Self::AnyHost => (
                "any-host",
                "a local server answers to any `Host`",
                "a stranger's name may point to it (DNS rebinding), and then no CORS applies",
                "list the hosts: `Enforcement::unsafe_requests().hosts([\"localhost:*\"])`",
            ),
        };
        Told { id, what, why, write }
    }
}
