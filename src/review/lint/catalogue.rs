//! All lints: their ids, how grave they are, and why.

use std::error::Error;
use std::fmt;
use std::str::FromStr;

use crate::nearest::nearest;
use crate::policy::shown::Quoted;

/// What is valid in a configuration, and unwise.
///
/// Its id, as in `http-beside-https`, stays the same. [`Findings::allow`](super::Findings::allow) drops the
/// findings of a lint.
///
/// ```
/// use tower_cors::review::Lint;
///
/// let lint: Lint = "http-beside-https".parse()?;
/// assert_eq!(lint, Lint::HttpBesideHttps);
/// let error = "http-besides-https".parse::<Lint>().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "lint \"http-besides-https\" is unknown; write \"http-beside-https\"",
/// );
/// # Ok::<(), tower_cors::review::UnknownLint>(())
/// ```
///
/// # All of them
///
/// The examples are calls of [`PolicyBuilder`](crate::PolicyBuilder), of
/// [`Enforcement`](crate::Enforcement) and of `RoutesBuilder`. Where an example gives no origins, there is
/// one origin.
///
/// | Id | Example | Why |
/// |---|---|---|
/// | `repeated` | `.allow_methods(["PUT", "PUT"])` | The entry is already listed. One of them may have been meant to be another. |
/// | `covered` | `.allow_origins(["https://*.a.example", "https://b.a.example"])` | Another entry allows all that this one allows. Whoever removes this one removes nothing. |
/// | `danger-not-needed` | `.dangerously_allow_insecure_origins(true)` | There is nothing that needs it. It would let in, unseen, what is added later. |
/// | `predicate-beside-any` | `.allow_origins(["*"]).allow_origins_if(is_ours)` | Beside `*` the predicate is never asked: every origin is allowed. |
/// | `predicate-for-anyone` | `.allow_origins_if(\|_, _, _\| true).allow_credentials(true)` | A page of anybody can act as the visitor. |
/// | `http-beside-https` | `.allow_origins(["https://a.example", "http://a.example"])` | Whoever is between the visitor and the page over `http` can write the page, and then reads what the page may read. |
/// | `loopback-without-port` | `.allow_origins(["http://localhost"])` | An origin without a port is that of port 80. Development servers use other ports. |
/// | `trailing-dot` | `.allow_origins(["https://a.example."])` | The name with a dot at its end is another origin, which nearly no page has. |
/// | `tauri-without-windows` | `.allow_origins(["tauri://localhost"])` | Tauri's apps have that origin on macOS, Linux and iOS. On Windows and Android it is `http://tauri.localhost`. |
/// | `capacitor-without-android` | `.allow_origins(["capacitor://localhost"])` | Capacitor's apps have that origin on iOS. On Android it is `https://localhost`. |
/// | `open-to-strangers` | `.allow_origins(["https://*.github.io"])` | Anybody may have a name there, so that anybody's page may read the responses; with credentials it can act as the visitor. |
/// | `whole-domain` | `.allow_origins(["https://*.a.example"]).allow_credentials(true)` | Every host below the domain can act as the visitor: one that is forgotten and taken over, too. |
/// | `any-port` | `.allow_origins(["https://a.example:*"]).allow_credentials(true)` | Whatever listens on any port of the host can act as the visitor. |
/// | `method-safelisted` | `.allow_methods(["GET"])` | GET, HEAD and POST need no permission. |
/// | `method-forbidden` | `.allow_methods(["TRACE"])` | No script may use CONNECT, TRACE or TRACK. |
/// | `method-options` | `.allow_methods(["OPTIONS"])` | Preflights need no permission. It lets scripts send OPTIONS themselves, which few do. |
/// | `header-forbidden` | `.allow_headers(["cookie"])` | No script may set that header, so that no browser asks for it. |
/// | `header-of-protocol` | `.allow_headers(["access-control-allow-origin"])` | It is a header of responses. Pages that send it do so by mistake, and get a preflight for it. |
/// | `content-type-missing` | `.allow_methods(["PUT"])` | Pages that send JSON set `content-type`, and a preflight that asks for it is denied. |
/// | `authorization-beside-any` | `.allow_headers(["*"])` | `*` is any header but `authorization`, which has to be named. |
/// | `exposed-safelisted` | `.expose_headers(["content-type"])` | Scripts may always read that header. |
/// | `exposed-request-only` | `.expose_headers(["if-range"])` | Only requests have that header. |
/// | `grpc-status-not-exposed` | `.allow_headers(["content-type", "x-grpc-web"])` | Clients of gRPC-Web read the outcome of a call without a body in `grpc-status`, and miss it. |
/// | `no-max-age` | `.allow_headers(["x-a"])` | Browsers keep the answer to a preflight for 5 seconds, and then ask again before every request. |
/// | `max-age-too-long` | `.max_age(Duration::from_secs(86_400))` | Chromium keeps it for 7,200 seconds at the most, `WebKit` for 600, and only Firefox for 86,400. |
/// | `unreachable-rule` | `.allow_origins(["*"])` before `.allow_origins(["https://a.example"])` | An earlier rule allows all that this one allows, so that this one never answers. |
/// | `host-without-port` | `.hosts(["localhost"])` | A host without a port is for ports 80 and 443. Development servers use other ports. |
/// | `route-without-its-root` | `.route("/internal/{*rest}", Route::NoCors)` | `{*rest}` matches neither `/internal` nor `/internal/`, which have the policy of the fallback. |
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Lint {
    /// `repeated`: an entry that is already listed.
    Repeated,
    /// `covered`: an entry of which another one allows all.
    Covered,
    /// `danger-not-needed`: a `dangerously_…` call without anything that needs it.
    DangerNotNeeded,
    /// `predicate-beside-any`: a predicate beside `*`.
    PredicateBesideAny,
    /// `predicate-for-anyone`: credentials, and a predicate that holds an origin which nobody has.
    PredicateForAnyone,
    /// `http-beside-https`: an `http` origin whose `https` form is allowed, too.
    HttpBesideHttps,
    /// `loopback-without-port`: `http://localhost`, which is for port 80 alone.
    LoopbackWithoutPort,
    /// `trailing-dot`: a host with a dot at its end, and not without.
    TrailingDot,
    /// `tauri-without-windows`: `tauri://localhost` alone.
    TauriWithoutWindows,
    /// `capacitor-without-android`: `capacitor://localhost` alone.
    CapacitorWithoutAndroid,
    /// `open-to-strangers`: a pattern under which anybody may have a name.
    OpenToStrangers,
    /// `whole-domain`: credentials for all names under a domain.
    WholeDomain,
    /// `any-port`: credentials for any port of a host that is not loopback.
    AnyPort,
    /// `method-safelisted`: GET, HEAD or POST.
    MethodSafelisted,
    /// `method-forbidden`: CONNECT, TRACE or TRACK.
    MethodForbidden,
    /// `method-options`: OPTIONS.
    MethodOptions,
    /// `header-forbidden`: a request header that no script may set.
    HeaderForbidden,
    /// `header-of-protocol`: a response header of CORS among the request headers.
    HeaderOfProtocol,
    /// `content-type-missing`: methods with bodies, and no `content-type`.
    ContentTypeMissing,
    /// `authorization-beside-any`: `*` for headers without `authorization`.
    AuthorizationBesideAny,
    /// `exposed-safelisted`: a response header that needs no permission.
    ExposedSafelisted,
    /// `exposed-request-only`: a request header among the exposed ones.
    ExposedRequestOnly,
    /// `grpc-status-not-exposed`: gRPC-Web without the status of a call.
    GrpcStatusNotExposed,
    /// `no-max-age`: preflights that browsers keep for 5 seconds.
    NoMaxAge,
    /// `max-age-too-long`: more than most browsers keep.
    MaxAgeTooLong,
    /// `unreachable-rule`: a rule that never answers.
    UnreachableRule,
    /// `host-without-port`: a loopback host, which is for ports 80 and 443 alone.
    HostWithoutPort,
    /// `route-without-its-root`: no CORS for all below a path, and the fallback for the path itself.
    RouteWithoutItsRoot,
}

/// How grave a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Severity {
    /// Pages can do what was meant, and no others can. An entry has no effect, browsers do more work than they
    /// have to, or more is trusted than may be needed.
    Note,
    /// Somebody may read or do what was hardly meant, or a page is denied what was probably meant.
    Warning,
}

impl Severity {
    /// `note` or `warning`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

const ALL: [Lint; 28] = [
    Lint::Repeated,
    Lint::Covered,
    Lint::DangerNotNeeded,
    Lint::PredicateBesideAny,
    Lint::PredicateForAnyone,
    Lint::HttpBesideHttps,
    Lint::LoopbackWithoutPort,
    Lint::TrailingDot,
    Lint::TauriWithoutWindows,
    Lint::CapacitorWithoutAndroid,
    Lint::OpenToStrangers,
    Lint::WholeDomain,
    Lint::AnyPort,
    Lint::MethodSafelisted,
    Lint::MethodForbidden,
    Lint::MethodOptions,
    Lint::HeaderForbidden,
    Lint::HeaderOfProtocol,
    Lint::ContentTypeMissing,
    Lint::AuthorizationBesideAny,
    Lint::ExposedSafelisted,
    Lint::ExposedRequestOnly,
    Lint::GrpcStatusNotExposed,
    Lint::NoMaxAge,
    Lint::MaxAgeTooLong,
    Lint::UnreachableRule,
    Lint::HostWithoutPort,
    Lint::RouteWithoutItsRoot,
];

impl Lint {
    /// All lints, in the order of the table above.
    #[must_use]
    pub fn all() -> impl ExactSizeIterator<Item = Self> {
        ALL.into_iter()
    }

    /// Its id: `http-beside-https`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Repeated => "repeated",
            Self::Covered => "covered",
            Self::DangerNotNeeded => "danger-not-needed",
            Self::PredicateBesideAny => "predicate-beside-any",
            Self::PredicateForAnyone => "predicate-for-anyone",
            Self::HttpBesideHttps => "http-beside-https",
            Self::LoopbackWithoutPort => "loopback-without-port",
            Self::TrailingDot => "trailing-dot",
            Self::TauriWithoutWindows => "tauri-without-windows",
            Self::CapacitorWithoutAndroid => "capacitor-without-android",
            Self::OpenToStrangers => "open-to-strangers",
            Self::WholeDomain => "whole-domain",
            Self::AnyPort => "any-port",
            Self::MethodSafelisted => "method-safelisted",
            Self::MethodForbidden => "method-forbidden",
            Self::MethodOptions => "method-options",
            Self::HeaderForbidden => "header-forbidden",
            Self::HeaderOfProtocol => "header-of-protocol",
            Self::ContentTypeMissing => "content-type-missing",
            Self::AuthorizationBesideAny => "authorization-beside-any",
            Self::ExposedSafelisted => "exposed-safelisted",
            Self::ExposedRequestOnly => "exposed-request-only",
            Self::GrpcStatusNotExposed => "grpc-status-not-exposed",
            Self::NoMaxAge => "no-max-age",
            Self::MaxAgeTooLong => "max-age-too-long",
            Self::UnreachableRule => "unreachable-rule",
            Self::HostWithoutPort => "host-without-port",
            Self::RouteWithoutItsRoot => "route-without-its-root",
        }
    }

    /// How grave its findings are.
    #[must_use]
    pub fn severity(self) -> Severity {
        match self {
            Self::PredicateBesideAny
            | Self::PredicateForAnyone
            | Self::HttpBesideHttps
            | Self::LoopbackWithoutPort
            | Self::TrailingDot
            | Self::TauriWithoutWindows
            | Self::CapacitorWithoutAndroid
            | Self::OpenToStrangers
            | Self::ContentTypeMissing
            | Self::GrpcStatusNotExposed
            | Self::UnreachableRule
            | Self::HostWithoutPort
            | Self::RouteWithoutItsRoot => Severity::Warning,
            _ => Severity::Note,
        }
    }
}

impl fmt::Display for Lint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Lint {
    type Err = UnknownLint;

    fn from_str(id: &str) -> Result<Self, UnknownLint> {
        let unknown = || UnknownLint { value: id.to_owned() };
        Self::all().find(|lint| lint.as_str() == id).ok_or_else(unknown)
    }
}

/// An id that no lint has. The message names the nearest one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownLint {
    value: String,
}

impl UnknownLint {
    /// As written.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }

    /// The lint that was probably meant.
    #[must_use]
    pub fn nearest(&self) -> Option<Lint> {
        let id = nearest(&self.value, &ALL.map(Lint::as_str))?;
        Lint::all().find(|lint| lint.as_str() == id)
    }
}

impl fmt::Display for UnknownLint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "lint {} is unknown; ", Quoted(&self.value))?;
        match self.nearest() {
            Some(nearest) => write!(f, "write \"{nearest}\""),
            None => f.write_str("write an id of a lint, such as \"covered\""),
        }
    }
}

impl Error for UnknownLint {}
