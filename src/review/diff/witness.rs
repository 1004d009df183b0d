//! Requests that show a change, and whether they do.

use http::header::{
    ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, HeaderMap, ORIGIN,
};
use http::{HeaderValue, Method, Request, Uri};

use super::change::Direction;
use super::claim::{Asked, Fact};
use super::origins::ANY;
use crate::policy::Policy;
use crate::policy::decision::Answer;

impl Asked {
    /// The head of the request, without a body.
    pub(super) fn request(&self, origin: &str, path: &str) -> Option<Request<()>> {
        let mut request = Request::new(());
        *request.uri_mut() = Uri::try_from(path).ok()?;
        let headers = request.headers_mut();
        headers.insert(ORIGIN, HeaderValue::from_str(origin).ok()?);
        match self {
            Self::Simple(method) => {
                *request.method_mut() = Method::from_bytes(method.as_bytes()).ok()?;
            }
            Self::Preflight(method, names) => {
                headers.insert(ACCESS_CONTROL_REQUEST_METHOD, HeaderValue::from_str(method).ok()?);
                if !names.is_empty() {
                    let names = HeaderValue::from_str(&names.join(",")).ok()?;
                    headers.insert(ACCESS_CONTROL_REQUEST_HEADERS, names);
                }
                *request.method_mut() = Method::OPTIONS;
            }
        }
        Some(request)
    }
}

/// What a policy says of a request, as far as it is compared.
struct Outcome {
    is_allowed: bool,
    credentials: bool,
    exposed: Option<HeaderValue>,
    max_age: Option<HeaderValue>,
}

impl Outcome {
    fn new(policy: &Policy, request: &Request<()>) -> Self {
        let decision = policy.decide(request);
        let denied = Self { is_allowed: false, credentials: false, exposed: None, max_age: None };
        if !decision.is_allowed() {
            return denied;
        }
        match decision.answer {
            Answer::Decorate(it) => it.allow_origin.map_or(denied, |_| Self {
                is_allowed: true,
                credentials: it.allow_credentials,
                exposed: it.expose_headers,
                max_age: None,
            }),
            Answer::Preflight(grant) => grant.map_or(denied, |grant| Self {
                is_allowed: true,
                credentials: grant.allow_credentials,
                exposed: None,
                max_age: grant.max_age,
            }),
            Answer::LeaveAlone => denied,
        }
    }
}

/// Whether two policies decide on a request as a fact says.
pub(super) fn shows(
    (old, new): (&Policy, &Policy),
    (direction, fact): (Direction, &Fact),
    request: &Request<()>,
) -> bool {
    let [before, after] = [old, new].map(|policy| Outcome::new(policy, request));
    let turned = |before, after| Direction::of(before, after) == Some(direction);
    match fact {
        Fact::Admitted { .. }
        | Fact::Method(_)
        | Fact::Response(_)
        | Fact::Header(_)
        | Fact::Together(_) => turned(before.is_allowed, after.is_allowed),
        // Of these both allow it.
        Fact::Credentials => turned(before.credentials, after.credentials),
        Fact::Exposed(name) => turned(exposes(&before, name), exposes(&after, name)),
        Fact::MaxAge(..) => before.max_age != after.max_age,
    }
}

fn exposes(outcome: &Outcome, name: &str) -> bool {
    let value = outcome.exposed.as_ref().map(HeaderValue::as_bytes).unwrap_or_default();
    let mut names = value.split(|&byte| byte == b',').map(<[u8]>::trim_ascii);
    names.any(|it| it.eq_ignore_ascii_case(name.as_bytes()) || it == ANY.as_bytes())
}

/// The names of `Access-Control-Request-Headers`.
pub(super) fn requested_names(headers: &HeaderMap) -> impl Iterator<Item = String> {
    let lines = headers.get_all(ACCESS_CONTROL_REQUEST_HEADERS).iter();
    let elements = lines.flat_map(|line| line.as_bytes().split(|&byte| byte == b','));
    let names = elements.map(<[u8]>::trim_ascii).filter(|name| !name.is_empty());
    names.map(|name| String::from_utf8_lossy(name).to_ascii_lowercase())
}
