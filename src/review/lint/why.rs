//! Why each lint says what it says.

use super::catalogue::Lint;

impl Lint {
    /// Why it is unwise, as the table above says it.
    #[must_use]
    pub fn why(self) -> &'static str {
        match self {
            Self::Repeated => {
                "The entry is already listed. One of them may have been meant to be another."
            }
            Self::Covered => {
                "Another entry allows all that this one allows. Whoever removes this one removes \
                 nothing."
            }
            Self::DangerNotNeeded => {
                "There is nothing that needs it. It would let in, unseen, what is added \
                 later."
            }
            Self::PredicateBesideAny => {
                "Beside `*` the predicate is never asked: every origin is allowed."
            }
            Self::PredicateForAnyone => "A page of anybody can act as the visitor.",
            Self::HttpBesideHttps => {
                "Whoever is between the visitor and the page over `http` can write the page, and \
                 then reads what the page may read."
            }
            Self::LoopbackWithoutPort => {
                "An origin without a port is that of port 80. Development servers use other \
                 ports."
            }
            Self::TrailingDot => {
                "The name with a dot at its end is another origin, which nearly no page has."
            }
            Self::TauriWithoutWindows => {
                "Tauri's apps have that origin on macOS, Linux and iOS. On Windows and Android \
                 it is `http://tauri.localhost`."
            }
            Self::CapacitorWithoutAndroid => {
                "Capacitor's apps have that origin on iOS. On Android it is `https://localhost`."
            }
            Self::OpenToStrangers => {
                "Anybody may have a name there, so that anybody's page may read the responses; with \
                 credentials it can act as the visitor."
            }
            Self::WholeDomain => {
                "Every host below the domain can act as the visitor: one that is forgotten and \
                 taken over, too."
            }
            Self::AnyPort => "Whatever listens on any port of the host can act as the visitor.",
            Self::MethodSafelisted => "GET, HEAD and POST need no permission.",
            Self::MethodForbidden => "No script may use CONNECT, TRACE or TRACK.",
            Self::MethodOptions => {
                "Preflights need no permission. It lets scripts send OPTIONS themselves, which \
                 few do."
            }
            Self::HeaderForbidden => {
                "No script may set that header, so that no browser asks for it."
            }
            Self::HeaderOfProtocol => {
                "It is a header of responses. Pages that send it do so by mistake, and get a \
                 preflight for it."
            }
            Self::ContentTypeMissing => {
                "Pages that send JSON set `content-type`, and a preflight that asks for it is \
                 denied."
            }
            Self::AuthorizationBesideAny => {
                "`*` is any header but `authorization`, which has to be named."
            }
            Self::ExposedSafelisted => "Scripts may always read that header.",
            Self::ExposedRequestOnly => "Only requests have that header.",
            Self::GrpcStatusNotExposed => {
                "Clients of gRPC-Web read the outcome of a call without a body in `grpc-status`, \
                 and miss it."
            }
            Self::NoMaxAge => {
                "Browsers keep the answer to a preflight for 5 seconds, and then ask again \
                 before every request."
            }
            Self::MaxAgeTooLong => {
                "Chromium keeps it for 7,200 seconds at the most, `WebKit` for 600, and only \
                 Firefox for 86,400."
            }
            Self::UnreachableRule => {
                "An earlier rule allows all that this one allows, so that this one never \
                 answers."
            }
            Self::HostWithoutPort => {
                "A host without a port is for ports 80 and 443. Development servers use other \
                 ports."
            }
            Self::RouteWithoutItsRoot => {
                "`{*rest}` matches neither `/internal` nor `/internal/`, which have the policy \
                 of the fallback."
            }
        }
    }
}
