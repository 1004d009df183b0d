//! The service that the layer makes, and the future of its response.

use std::convert::Infallible;
use std::fmt;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll};

use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING};
use http::{HeaderMap, Method, Request, Response, StatusCode};
use pin_project_lite::pin_project;
use tower_service::Service;

use super::Settings;
use crate::enforce::sealed::{Enforce, Refuse, Refused};
use crate::policy::Policy;
use crate::policy::decision::{self, Answer, Decision, Decoration, Denial, Grant};
use crate::policy::vary::Varies;
use crate::request::RequestHead;
use crate::select::sealed::Find;

/// A service whose preflights are answered, and whose other responses are decorated, as a policy
/// says. [`CorsLayer`](crate::CorsLayer) makes it.
///
/// Cloning it costs a reference count, one more if it enforces or resolves, and what the inner service
/// costs, whatever the policy.
#[derive(Clone, Debug)]
pub struct Cors<S, P = Policy, E = ()> {
    pub(crate) inner: S,
    pub(crate) policy: P,
    pub(crate) enforcement: E,
    pub(crate) settings: Settings,
}

impl<S, P, E> Cors<S, P, E> {
    pub(crate) fn new(inner: S, policy: P, enforcement: E, settings: Settings) -> Self {
        Self { inner, policy, enforcement, settings }
    }
}

impl<S, P, E, B, R> Service<Request<B>> for Cors<S, P, E>
where
    S: Service<Request<B>, Response = Response<R>> + Clone,
    P: Find,
    E: Refuse<R>,
    R: Default,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future, E::Refused>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        // What is handed on by reference, to a predicate or to who enforces, has to stay at one address,
        // and is copied when it moves. The usual request is not: of one that is no preflight, for sure,
        // most policies need no more than its fields.
        let (head, headers) = (RequestHead::from(&request), request.headers());
        if !E::ENFORCES
            && !P::DYNAMIC
            && *request.method() != Method::OPTIONS
            && let Some(decoration) = self.policy.with_policy(head, |policy| {
                Some(policy?.rule_by_origin()?.decorate_by_origin(headers))
            })
        {
            let keep = self.settings.keep_inner_headers;
            let finish = Finish::Decorate { decoration, keep };
            return ResponseFuture { inner: Some(self.inner.call(request)), finish };
        }
        self.consider(request)
    }
}

impl<S, P: Find, E> Cors<S, P, E> {
    /// Answers, refuses or passes on a request, whatever that depends on.
    fn consider<B, R>(&mut self, request: Request<B>) -> ResponseFuture<S::Future, E::Refused>
    where
        S: Service<Request<B>, Response = Response<R>> + Clone,
        E: Refuse<R>,
    {
        let head = RequestHead::from(&request);
        let refuses_denied = match self.enforcement.examine(head) {
            Ok(refuses_denied) => refuses_denied,
            Err(denial) => {
                let answer = Decision::without_policy(head, self.varies()).answer;
                return self.refuse(request, answer, denial);
            }
        };
        if let Some((origin, method)) = head.preflight() {
            let grant = self.policy.with_policy(head, |policy| policy?.grant(head, origin, method));
            return match grant {
                Some(grant) if self.settings.pass_on_preflights => {
                    let status = self.settings.preflight_status;
                    let finish = Finish::PassOn { grant: Some(Box::new(grant)), status };
                    ResponseFuture { inner: Some(self.inner.call(request)), finish }
                }
                grant => self.answer(request.into_parts().0.headers, grant),
            };
        }
        let (decoration, denial, keep) = self.decorate(head);
        if refuses_denied && let Some(denial) = denial {
            return self.refuse(request, Answer::Decorate(decoration), denial);
        }
        let finish = Finish::Decorate { decoration, keep };
        ResponseFuture { inner: Some(self.inner.call(request)), finish }
    }
}

impl<S, P: Find, E: Enforce> Cors<S, P, E> {
    /// What the response to a request that is no preflight gets, why the request is denied, and
    /// whether the inner service's CORS headers are kept.
    fn decorate(&self, head: RequestHead<'_>) -> (Decoration, Option<Denial>, bool) {
        let keep = self.settings.keep_inner_headers;
        self.policy.with_policy(head, |policy| match policy {
            Some(policy) if !E::ENFORCES && !P::DYNAMIC => (policy.decorate(head), None, keep),
            Some(policy) => {
                let (decoration, denial) = policy.decorate_dynamic(head);
                (Decoration { varies: self.varies(), ..decoration }, denial, keep)
            }
            None => {
                let denial = head.origin().map(|_| Denial::NoPolicy);
                // Without a policy nothing is kept of what the inner service says of CORS; but a
                // resolver is not asked about a plain request, so that it found none says nothing.
                let keep = keep && P::DYNAMIC && denial.is_none();
                (Decoration::nothing(self.varies()), denial, keep)
            }
        })
    }

    /// What responses depend on, whatever a policy says of them.
    fn varies(&self) -> Varies {
        if self.enforcement.enforces_all() {
            Varies::OriginAndSite
        } else if E::ENFORCES || P::DYNAMIC {
            Varies::Origin
        } else {
            Varies::Never
        }
    }
}

impl<S: Clone, P, E> Cors<S, P, E> {
    /// Answers a preflight in the map of its request.
    fn answer<F, X>(
        &mut self,
        mut headers: HeaderMap,
        grant: Option<Grant>,
    ) -> ResponseFuture<F, X> {
        let status = match grant {
            Some(_) => self.settings.preflight_status,
            None => StatusCode::FORBIDDEN,
        };
        self.release_readiness();
        recycle(&mut headers);
        decision::write_preflight(grant, &mut headers, false);
        ResponseFuture::answered(status, headers)
    }

    /// Refuses a request, whose answer are the fields that go with it.
    fn refuse<F, B, R>(
        &mut self,
        request: Request<B>,
        answer: Answer,
        denial: Denial,
    ) -> ResponseFuture<F, E::Refused>
    where
        E: Refuse<R>,
    {
        let refused = self.enforcement.refuse(RequestHead::from(&request), denial);
        self.release_readiness();
        if let Some(mut response) = refused {
            answer.write_to(response.headers_mut());
            ResponseFuture { inner: None, finish: Finish::Refuse { response: Some(response) } }
        } else {
            let mut headers = request.into_parts().0.headers;
            recycle(&mut headers);
            answer.write_to(&mut headers);
            ResponseFuture::answered(StatusCode::FORBIDDEN, headers)
        }
    }

    /// Gives back what the inner service reserved when it was ready, such as a permit of a
    /// concurrency limit, since it will not be called.
    fn release_readiness(&mut self) {
        let unready = self.inner.clone();
        drop(mem::replace(&mut self.inner, unready));
    }
}

/// Empties a map that is not needed any more, so that an answer allocates nothing. A large one, which
/// a hostile request may have made, is not worth clearing.
fn recycle(headers: &mut HeaderMap) {
    const LARGE: usize = 64;
    if headers.capacity() > LARGE {
        *headers = HeaderMap::new();
    } else {
        headers.clear();
    }
}

pin_project! {
    /// The future of the response of [`Cors`].
    #[must_use = "futures do nothing unless they are polled"]
    pub struct ResponseFuture<F, X = Infallible> {
        // The inner service's, unless the request was answered without it.
        #[pin]
        inner: Option<F>,
        finish: Finish<X>,
    }
}

/// What is left to do for a response.
enum Finish<X> {
    /// The inner service answers, and the policy's fields are added.
    Decorate { decoration: Decoration, keep: bool },
    /// The inner service answers an allowed preflight. Boxed, so that the rare case does not make the
    /// usual one larger, and dearer to move.
    PassOn { grant: Option<Box<Grant>>, status: StatusCode },
    /// The policy answered.
    Answer { status: StatusCode, headers: Option<HeaderMap> },
    /// The request is refused with a response of the user's own.
    Refuse { response: Option<X> },
}

impl<F, X> ResponseFuture<F, X> {
    fn answered(status: StatusCode, headers: HeaderMap) -> Self {
        Self { inner: None, finish: Finish::Answer { status, headers: Some(headers) } }
    }
}

impl<F, R, E, X> Future for ResponseFuture<F, X>
where
    X: Refused<R>,
    F: Future<Output = Result<Response<R>, E>>,
    R: Default,
{
    type Output = Result<Response<R>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let Some(inner) = this.inner.as_pin_mut() else {
            // There is no second answer for who polls again, and no panic either.
            return this.finish.take_response().map_or(Poll::Pending, |made| Poll::Ready(Ok(made)));
        };
        // A response is written into where it stands: moving it costs more than the writing.
        let mut polled = inner.poll(cx);
        if let Poll::Ready(Ok(response)) = &mut polled {
            this.finish.apply_to(response);
        }
        polled
    }
}

impl<X> Finish<X> {
    /// Does what is left to the response of the inner service.
    fn apply_to<R: Default>(&mut self, response: &mut Response<R>) {
        match self {
            Self::Decorate { decoration, keep } => {
                decoration.write_to(response.headers_mut(), *keep);
            }
            Self::PassOn { grant, status } => {
                if !response.status().is_success() {
                    *response.status_mut() = *status;
                    drop_body(response);
                }
                let grant = grant.take().map(|grant| *grant);
                decision::replace_preflight(grant, response.headers_mut());
            }
            Self::Answer { .. } | Self::Refuse { .. } => {}
        }
    }

    /// The response that was made without the inner service, the first time.
    fn take_response<R: Default>(&mut self) -> Option<Response<R>>
    where
        X: Refused<R>,
    {
        match self {
            Self::Decorate { .. } | Self::PassOn { .. } => None,
            Self::Answer { status, headers } => headers.take().map(|headers| {
                let mut response = Response::new(R::default());
                *response.status_mut() = *status;
                *response.headers_mut() = headers;
                response
            }),
            Self::Refuse { response } => response.take().map(X::into_response),
        }
    }
}

/// Drops the body of a response, and the fields that say how it is framed and coded.
fn drop_body<R: Default>(response: &mut Response<R>) {
    *response.body_mut() = R::default();
    for name in [CONTENT_LENGTH, TRANSFER_ENCODING, CONTENT_ENCODING, CONTENT_TYPE] {
        response.headers_mut().remove(name);
    }
}

impl<F, X> fmt::Debug for ResponseFuture<F, X> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}
