use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use http_body_util::Full;

/// The body of a request that a [`Browser`](super::Browser) sends: all of it, at once.
///
/// A service that takes bodies of one type only can have its own: see
/// [`Browser::with_body`](super::Browser::with_body).
///
/// Its chunks are [`Bytes`], the one type here that is of the crate `bytes`: axum's `Router` asks for bodies
/// whose chunks are that type.
#[derive(Clone, Debug, Default)]
pub struct Body(Full<Bytes>);

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Self(Full::from(bytes))
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Pin::new(&mut self.0).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.size_hint()
    }
}
