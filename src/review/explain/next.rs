//! What the browser does after a decision.

use http::Method;
use http::header::{COOKIE, UPGRADE};

use crate::enforce::is_of_same_origin;
use crate::policy::Decision;
use crate::policy::decision::{Answer, Course};
use crate::request::{RequestHead, RequestKind};

/// What the browser of the page does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Next {
    /// It sends the request that it asked for by a preflight. It does not if the page asked with credentials and the
    /// policy allows none.
    Sends,
    /// It does not send that request, and the page gets a network error.
    DoesNotSend,
    /// The request runs, and the page may read the response. It may not if it asked with credentials and
    /// the policy allows none. A server sees that only by its cookies; the `Browser` of tests knows it.
    MayRead,
    /// The request runs, and the page gets a network error in place of the response.
    MayNotRead,
    /// The server refuses the request, which does not run. The page gets a network error, or a response with
    /// status 403 if its origin is that of the server.
    Refused,
    /// It makes no check, and the request runs: it has no `Origin`; or it is for a WebSocket, for a navigation, as of a
    /// form, or without CORS, as of a beacon, whose response no page may read.
    ChecksNothing,
    /// It makes no check, and the request runs: the page has the origin of the server, as `Sec-Fetch-Site` says, or,
    /// where that is missing, host and port of the `Origin`. So nothing needs to be allowed, whatever the decision is.
    SameOrigin,
    /// The CORS headers of the inner service decide, if it has an `Access-Control-Allow-Origin`: the layer
    /// keeps them, or leaves the request alone.
    AsTheInnerServiceSays,
}

impl Next {
    pub(super) fn of(
        head: RequestHead<'_>,
        decision: &Decision,
        course: Option<Course>,
        cross_origin: Option<bool>,
    ) -> Self {
        let keeps = course == Some(Course::Inner { keep: true });
        let has_all = cross_origin != Some(true) || grants_credentials(&decision.answer);
        match (decision.kind, decision.denial) {
            _ if course == Some(Course::Refuse) => Self::Refused,
            _ if decision.answer == Answer::LeaveAlone => Self::AsTheInnerServiceSays,
            (RequestKind::Preflight, None) if has_all => Self::Sends,
            (RequestKind::Preflight, _) => Self::DoesNotSend,
            (RequestKind::Plain, _) => Self::ChecksNothing,
            (RequestKind::Simple, _) if cross_origin.is_none() && is_of_same_origin(head) => {
                Self::SameOrigin
            }
            (RequestKind::Simple, _) if is_unchecked(head) => Self::ChecksNothing,
            (RequestKind::Simple, _) if keeps => Self::AsTheInnerServiceSays,
            (RequestKind::Simple, None) if has_all && may_read(head, decision) => Self::MayRead,
            (RequestKind::Simple, _) => Self::MayNotRead,
        }
    }
}

/// Whether no CORS check follows on the request.
///
/// <https://websockets.spec.whatwg.org/#opening-handshake>, <https://fetch.spec.whatwg.org/#concept-request-mode>
fn is_unchecked(head: RequestHead<'_>) -> bool {
    let is_web_socket = *head.method() == Method::CONNECT
        || head
            .headers()
            .get(UPGRADE)
            .is_some_and(|it| it.as_bytes().eq_ignore_ascii_case(b"websocket"));
    let mode = head.headers().get("sec-fetch-mode");
    is_web_socket || mode.is_some_and(|mode| mode == "navigate" || mode == "no-cors")
}

/// Whether the answer is one for a page that sends cookies, if this one does.
fn may_read(head: RequestHead<'_>, decision: &Decision) -> bool {
    grants_credentials(&decision.answer) || !head.headers().contains_key(COOKIE)
}

/// Whether the answer is one for a page that asks with credentials.
fn grants_credentials(answer: &Answer) -> bool {
    match answer {
        Answer::Decorate(decoration) => decoration.allow_credentials,
        Answer::Preflight(grant) => grant.as_ref().is_some_and(|grant| grant.allow_credentials),
        Answer::LeaveAlone => false,
    }
}
