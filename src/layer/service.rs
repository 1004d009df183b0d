//! The service that the layer makes.

use std::mem;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::{HeaderMap, Method, Request, Response, StatusCode};
use tower_service::Service;

use super::CorsLayer;
use super::conclude::Conclusion;
use super::future::{Finish, ResponseFuture};
use crate::policy::decision::{self, Answer, Course, Decoration, Denial, Grant};
use crate::policy::vary::Varies;
use crate::policy::{Decision, Policy};
#[cfg(feature = "browser")]
use crate::remark::Remarks;
use crate::request::RequestHead;
use crate::select::PolicySource;
use crate::select::sealed::{Choice, Seal};

/// A service whose preflights are answered, and whose other responses are decorated, as a policy
/// says. [`CorsLayer`](crate::CorsLayer) makes it.
///
/// It is a service where the inner service is `Clone`, and the body of its responses `Default`:
/// [why, and what else to do](crate::CorsLayer#what-it-needs-of-the-inner-service).
///
/// A clone costs one reference count more than a clone of the inner service.
#[derive(Clone, Debug)]
pub struct Cors<S, P = Policy> {
    pub(super) inner: S,
    /// One reference count for all of it.
    pub(super) layer: Arc<CorsLayer<P>>,
}

impl<S, P> Cors<S, P> {
    /// The inner service.
    pub fn get_ref(&self) -> &S {
        &self.inner
    }

    /// The inner service.
    pub fn get_mut(&mut self) -> &mut S {
        &mut self.inner
    }

    /// The inner service, without the policy.
    pub fn into_inner(self) -> S {
        self.inner
    }
}

impl<S, P, B, R> Service<Request<B>> for Cors<S, P>
where
    S: Service<Request<B>, Response = Response<R>> + Clone,
    P: PolicySource,
    R: Default,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        // What is handed on by reference, to a predicate or to who enforces, has to stay at one address,
        // and is copied when it moves. The usual request is not: of one that is no preflight, for sure,
        // most policies need no more than its fields.
        let (head, headers) = (RequestHead::from(&request), request.headers());
        // Without predicates a test goes the same way as a server.
        #[cfg(feature = "browser")]
        if let Some(remarks) = Remarks::wanted(request.extensions()) {
            if self.layer.has_predicates(head) {
                return self.consider_and_remark(request, &remarks);
            }
            remarks.leave(&self.layer.explain_head(head, remarks.cross_origin()));
        }
        if *request.method() == Method::OPTIONS {
            return self.answer_usual(request);
        }
        if self.layer.is_bare() && !P::is_dynamic(Seal) {
            let keep = self.layer.settings.keep_inner_headers;
            let decoration = self.layer.policy.choose(Seal, head, |choice| match choice {
                Choice::Policy(policy) => policy.decorate_by_origin(headers),
                Choice::NoCors(_) if !keep => Some(Decoration::nothing(Varies::Never)),
                Choice::NoCors(_) | Choice::LeftAlone => None,
            });
            if let Some(decoration) = decoration {
                let inner = self.inner.call(request);
                return ResponseFuture::of_inner(inner, Finish::Decorate { decoration, keep });
            }
        }
        self.consider(request)
    }
}

impl<S, P: PolicySource> Cors<S, P> {
    /// Answers a preflight of which the policy alone decides. This and what follows are apart, since a request is copied
    /// into what is inlined.
    #[inline(never)]
    fn answer_usual<B, R>(&mut self, request: Request<B>) -> ResponseFuture<S::Future>
    where
        S: Service<Request<B>, Response = Response<R>> + Clone,
    {
        // What is handed on by reference from here on is not moved any more.
        let (parts, body) = request.into_parts();
        let head = RequestHead::from(&parts);
        if let Some((origin, method)) = self.layer.usual_preflight(head) {
            // A flag, since a grant within two options is moved once more.
            let mut is_left_alone = false;
            let hide = self.layer.settings.hide_denials;
            let grant = self.layer.policy.choose(Seal, head, |choice| match choice {
                Choice::Policy(policy) => policy.grant(head, origin, method, hide),
                Choice::NoCors(_) => None,
                Choice::LeftAlone => {
                    is_left_alone = true;
                    None
                }
            });
            if !is_left_alone {
                return self.answer(parts.headers, grant);
            }
        }
        self.consider(Request::from_parts(parts, body))
    }

    /// Answers, refuses or passes on a request, whatever that depends on.
    #[inline(never)]
    fn consider<B, R>(&mut self, request: Request<B>) -> ResponseFuture<S::Future>
    where
        S: Service<Request<B>, Response = Response<R>> + Clone,
    {
        let concluded = self.layer.conclude(RequestHead::from(&request));
        self.conduct(request, concluded)
    }

    /// The same of a request about which a test wants to know. What explains asks no predicate again: a user's code
    /// may count how often it is asked.
    #[cfg(feature = "browser")]
    fn consider_and_remark<B, R>(
        &mut self,
        request: Request<B>,
        remarks: &Remarks,
    ) -> ResponseFuture<S::Future>
    where
        S: Service<Request<B>, Response = Response<R>> + Clone,
    {
        let head = RequestHead::from(&request);
        let (concluded, explanation) =
            self.layer.conclude_and_explain(head, remarks.cross_origin());
        remarks.leave(&explanation);
        self.conduct(request, concluded)
    }

    /// Does what was concluded, after the observers were told.
    #[inline]
    fn conduct<B, R>(
        &mut self,
        request: Request<B>,
        concluded: Conclusion,
    ) -> ResponseFuture<S::Future>
    where
        S: Service<Request<B>, Response = Response<R>> + Clone,
    {
        let head = RequestHead::from(&request);
        if let Some(watch) = &self.layer.watch {
            watch.tell(head, &concluded, &*self.layer);
        }
        let Conclusion { decision: Decision { denial, answer, .. }, course } = concluded;
        match (course, answer) {
            (Course::Answer, Answer::Preflight(grant)) => {
                self.answer(request.into_parts().0.headers, grant)
            }
            (Course::Answer | Course::Refuse, answer) => {
                self.refuse(request.into_parts().0.headers, answer, denial)
            }
            (Course::Inner { keep }, Answer::Decorate(decoration)) => {
                self.call_inner(request, Finish::Decorate { decoration, keep })
            }
            (Course::Inner { .. }, answer @ Answer::Preflight(_)) => {
                let status = self.layer.settings.preflight_status;
                self.call_inner(request, Finish::PassOn { answer: Box::new(answer), status })
            }
            (Course::Inner { .. }, Answer::LeaveAlone) => {
                self.call_inner(request, Finish::LeaveAlone)
            }
        }
    }
}

impl<S: Clone, P> Cors<S, P> {
    fn call_inner<B>(&mut self, request: Request<B>, finish: Finish) -> ResponseFuture<S::Future>
    where
        S: Service<Request<B>>,
    {
        ResponseFuture::of_inner(self.inner.call(request), finish)
    }

    /// Answers a preflight in the map of its request.
    fn answer<F>(&mut self, mut headers: HeaderMap, grant: Option<Grant>) -> ResponseFuture<F> {
        let status = match grant {
            Some(_) => self.layer.settings.preflight_status,
            None => StatusCode::FORBIDDEN,
        };
        self.release_readiness();
        recycle(&mut headers);
        decision::write_preflight(grant, &mut headers);
        ResponseFuture::answered(status, headers)
    }

    /// Refuses a request in its own map, with the fields of an answer.
    fn refuse<F>(
        &mut self,
        mut headers: HeaderMap,
        answer: Answer,
        denial: Option<Denial>,
    ) -> ResponseFuture<F> {
        self.release_readiness();
        recycle(&mut headers);
        answer.write_to(&mut headers);
        ResponseFuture::refused(headers, denial)
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
