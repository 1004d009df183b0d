//! The future of a response.

use std::fmt;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll};

use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderName, Response, StatusCode};
use pin_project_lite::pin_project;

use crate::policy::Denial;
use crate::policy::decision::{Answer, Decoration, remove};

pin_project! {
    /// The future of the response of [`Cors`](crate::Cors).
    ///
    /// Do not poll it again after it was ready. Where the layer itself has answered, the second poll is
    /// pending for ever: no code of this crate panics, and a caller that polls again is at fault already.
    #[must_use = "futures do nothing unless they are polled"]
    pub struct ResponseFuture<F> {
        // The inner service's, unless the request was answered without it.
        #[pin]
        inner: Option<F>,
        finish: Finish,
    }
}

/// What is left to do for a response.
pub(super) enum Finish {
    /// The inner service answers, and the policy's fields are added.
    Decorate { decoration: Decoration, keep: bool },
    /// The inner service answers an allowed preflight. Boxed, so that the rare case does not make the
    /// usual one larger, and dearer to move.
    PassOn { answer: Box<Answer>, status: StatusCode },
    /// The inner service answers, and its response stays as it is.
    LeaveAlone,
    /// The policy answered, or refused the request with that denial. One variant, since a second one of
    /// this size would make all of them larger.
    Answer { status: StatusCode, headers: Option<HeaderMap>, refused: Option<Denial> },
}

impl<F> ResponseFuture<F> {
    pub(super) fn of_inner(inner: F, finish: Finish) -> Self {
        Self { inner: Some(inner), finish }
    }

    /// Whether it was made without the inner service.
    pub(super) fn is_answer(&self) -> bool {
        self.inner.is_none()
    }

    pub(super) fn answered(status: StatusCode, headers: HeaderMap) -> Self {
        let finish = Finish::Answer { status, headers: Some(headers), refused: None };
        Self { inner: None, finish }
    }

    pub(super) fn refused(headers: HeaderMap, refused: Option<Denial>) -> Self {
        let (status, headers) = (StatusCode::FORBIDDEN, Some(headers));
        Self { inner: None, finish: Finish::Answer { status, headers, refused } }
    }
}

impl<F, R, E> Future for ResponseFuture<F>
where
    F: Future<Output = Result<Response<R>, E>>,
    R: Default,
{
    type Output = Result<Response<R>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let Some(inner) = this.inner.as_pin_mut() else {
            return this.finish.answer();
        };
        // A response is written into where it stands: moving it costs more than the writing.
        let mut polled = inner.poll(cx);
        if let Poll::Ready(Ok(response)) = &mut polled {
            this.finish.apply_to(response);
        }
        polled
    }
}

impl Finish {
    /// Does what is left to the response of the inner service.
    fn apply_to<R: Default>(&mut self, response: &mut Response<R>) {
        if let Self::Decorate { decoration, keep } = self {
            decoration.write_to(response.headers_mut(), *keep);
        } else {
            self.pass_on(response);
        }
    }

    /// The same for an allowed preflight. Apart, since it is rare.
    #[inline(never)]
    fn pass_on<R: Default>(&mut self, response: &mut Response<R>) {
        let Self::PassOn { answer, status } = self else {
            return;
        };
        if !response.status().is_success() {
            *response.status_mut() = *status;
            drop_body(response);
        }
        mem::replace(&mut **answer, Answer::LeaveAlone).write_to(response.headers_mut());
    }

    /// The response that was made without the inner service, the first time. Apart, so that a response of the inner
    /// service costs less.
    #[inline(never)]
    fn answer<R: Default, E>(&mut self) -> Poll<Result<Response<R>, E>> {
        let Self::Answer { status, headers, refused } = self else {
            return Poll::Pending;
        };
        let Some(headers) = headers.take() else {
            return Poll::Pending;
        };
        let mut response = Response::new(R::default());
        // An empty map holds no memory. To look whether it does, as its drop would, costs 54 instructions.
        mem::forget(mem::replace(response.headers_mut(), headers));
        *response.status_mut() = *status;
        if let Some(denial) = *refused {
            response.extensions_mut().insert(denial);
        }
        Poll::Ready(Ok(response))
    }
}

/// Drops the body of a response, and the fields that say how it is framed and coded.
fn drop_body<R: Default>(response: &mut Response<R>) {
    static OF_BODIES: [HeaderName; 4] =
        [CONTENT_LENGTH, TRANSFER_ENCODING, CONTENT_ENCODING, CONTENT_TYPE];
    *response.body_mut() = R::default();
    remove(response.headers_mut(), &OF_BODIES);
}

impl<F> fmt::Debug for ResponseFuture<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}
