//! The service that the layer makes, and the future of its response.

use std::convert::Infallible;
use std::fmt;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll};

use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING};
use http::{HeaderMap, Request, Response, StatusCode};
use pin_project_lite::pin_project;
use tower_service::Service;

use crate::decision::{self, Answer, Decision, Decoration, Denial, Grant};
use crate::enforce::sealed::{Enforce, Refuse, Refused};
use crate::layer::Settings;
use crate::policy::Policy;
use crate::request::{RequestHead, RequestKind};
use crate::select::sealed::Find;
use crate::vary::Varies;

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
        let head = RequestHead::from(&request);
        ResponseFuture::new(match self.decide(head) {
            Ruling::Refuse(answer, denial) => {
                let refused = self.enforcement.refuse(head, denial);
                self.release_readiness();
                if let Some(mut response) = refused {
                    answer.write_to(response.headers_mut());
                    State::Refused { response: Some(response) }
                } else {
                    let mut headers = recycle(request.into_parts().0.headers);
                    answer.write_to(&mut headers);
                    State::Answered { response: Some((StatusCode::FORBIDDEN, headers)) }
                }
            }
            Ruling::Admit(Answer::Decorate(decoration)) => State::Decorated {
                future: self.inner.call(request),
                decoration,
                keep: self.settings.keep_inner_headers,
            },
            Ruling::Strip(decoration) => {
                State::Decorated { future: self.inner.call(request), decoration, keep: false }
            }
            Ruling::Admit(Answer::Preflight(Some(grant))) if self.settings.pass_on_preflights => {
                let (future, grant) = (self.inner.call(request), Box::new(grant));
                State::PassedOn {
                    future,
                    grant: Some(grant),
                    status: self.settings.preflight_status,
                }
            }
            Ruling::Admit(Answer::Preflight(grant)) => {
                self.release_readiness();
                let status = if grant.is_some() {
                    self.settings.preflight_status
                } else {
                    StatusCode::FORBIDDEN
                };
                let mut headers = recycle(request.into_parts().0.headers);
                decision::write_preflight(grant, &mut headers, false);
                State::Answered { response: Some((status, headers)) }
            }
        })
    }
}

/// What is done with a request.
enum Ruling {
    Admit(Answer),
    /// There is no policy for it, so that nothing is kept of what the inner service says of CORS.
    Strip(Decoration),
    /// The fields are still those that go with the request.
    Refuse(Answer, Denial),
}

impl<S, P: Find, E: Enforce> Cors<S, P, E> {
    fn decide(&self, head: RequestHead<'_>) -> Ruling {
        if !E::ENFORCES && !P::DYNAMIC {
            return self.policy.with_policy(head, |policy| {
                let Some(policy) = policy else {
                    return Ruling::strip(Decision::without_policy(head, Varies::Never).answer);
                };
                Ruling::Admit(policy.answer(head))
            });
        }
        let enforces_all = self.enforcement.enforces_all();
        let varies = if enforces_all { Varies::OriginAndSite } else { Varies::Origin };
        let refuse_denied = match self.enforcement.examine(head) {
            Ok(refuse_denied) => refuse_denied,
            Err(denial) => {
                return Ruling::Refuse(Decision::without_policy(head, varies).answer, denial);
            }
        };
        let (decision, found) = self.policy.with_policy(head, |policy| match policy {
            Some(policy) => (policy.decide_dynamic(head), true),
            None => (Decision::without_policy(head, varies), false),
        });
        let Decision { kind, denial, mut answer, .. } = decision;
        if let Answer::Decorate(decoration) = &mut answer {
            decoration.varies = varies;
            if let Some(denial) = denial
                && refuse_denied
            {
                return Ruling::Refuse(answer, denial);
            }
        }
        // A resolver is not asked about a plain request, so that it found none says nothing.
        if found || P::DYNAMIC && kind == RequestKind::Plain {
            Ruling::Admit(answer)
        } else {
            Ruling::strip(answer)
        }
    }
}

impl Ruling {
    /// Of a request without a policy: a preflight is answered as one that is denied.
    fn strip(answer: Answer) -> Self {
        match answer {
            Answer::Decorate(decoration) => Self::Strip(decoration),
            answer @ Answer::Preflight(_) => Self::Admit(answer),
        }
    }
}

impl<S: Clone, P, E> Cors<S, P, E> {
    /// Gives back what the inner service reserved when it was ready, such as a permit of a
    /// concurrency limit, since it will not be called.
    fn release_readiness(&mut self) {
        let unready = self.inner.clone();
        drop(mem::replace(&mut self.inner, unready));
    }
}

/// Makes an empty map of one that is not needed any more, so that an answer allocates nothing. A
/// large one, which a hostile request may have made, is not worth clearing.
fn recycle(mut headers: HeaderMap) -> HeaderMap {
    const LARGE: usize = 64;
    if headers.capacity() > LARGE {
        return HeaderMap::new();
    }
    headers.clear();
    headers
}

pin_project! {
    /// The future of the response of [`Cors`].
    #[must_use = "futures do nothing unless they are polled"]
    pub struct ResponseFuture<F, X = Infallible> {
        #[pin]
        state: State<F, X>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<F, X> {
        // The inner service answers, and the policy's fields are added.
        Decorated { #[pin] future: F, decoration: Decoration, keep: bool },
        // The inner service answers an allowed preflight. Boxed, so that the rare state does not
        // make the usual one larger, and dearer to move.
        PassedOn { #[pin] future: F, grant: Option<Box<Grant>>, status: StatusCode },
        // The policy answered.
        Answered { response: Option<(StatusCode, HeaderMap)> },
        // The request is refused with a response of the user's own.
        Refused { response: Option<X> },
    }
}

impl<F, X> ResponseFuture<F, X> {
    fn new(state: State<F, X>) -> Self {
        Self { state }
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
        // A response is written into where it stands: moving it costs more than the writing.
        match self.project().state.project() {
            StateProjection::Decorated { future, decoration, keep } => {
                let mut polled = future.poll(cx);
                if let Poll::Ready(Ok(response)) = &mut polled {
                    decoration.write_to(response.headers_mut(), *keep);
                }
                polled
            }
            StateProjection::PassedOn { future, grant, status } => {
                let mut polled = future.poll(cx);
                if let Poll::Ready(Ok(response)) = &mut polled {
                    if !response.status().is_success() {
                        *response.status_mut() = *status;
                        drop_body(response);
                    }
                    let grant = grant.take().map(|grant| *grant);
                    decision::replace_preflight(grant, response.headers_mut());
                }
                polled
            }
            StateProjection::Answered { response } => {
                // There is no second answer for who polls again, and no panic either.
                let Some((status, headers)) = response.take() else {
                    return Poll::Pending;
                };
                let mut response = Response::new(R::default());
                *response.status_mut() = status;
                *response.headers_mut() = headers;
                Poll::Ready(Ok(response))
            }
            StateProjection::Refused { response } => match response.take() {
                Some(response) => Poll::Ready(Ok(response.into_response())),
                None => Poll::Pending,
            },
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
