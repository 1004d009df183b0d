//! What a layer says of a request to the test that sent it, beside its answer.
//!
//! It belongs to neither half of the protocol: the layer and the user agent know it, and it knows none of them.

use std::fmt::Display;
use std::sync::{Arc, Mutex, PoisonError};

use http::Extensions;

/// Where to say it: whoever wants to know puts one into the extensions of a request, and keeps a clone.
#[derive(Clone, Debug)]
pub(crate) struct Remarks {
    said: Arc<Mutex<Vec<String>>>,
    is_credentialed: bool,
}

impl Remarks {
    /// On a request, or on the preflight of one, that a page makes with credentials or without. No header says so: a
    /// preflight has no cookies, and there may be none for the request.
    pub(crate) fn new(is_credentialed: bool) -> Self {
        Self { said: Arc::default(), is_credentialed }
    }

    pub(crate) fn is_credentialed(&self) -> bool {
        self.is_credentialed
    }

    /// Of a request about which somebody wants to know.
    pub(crate) fn wanted(extensions: &Extensions) -> Option<Self> {
        extensions.get().cloned()
    }

    /// Says something of the request.
    pub(crate) fn leave(&self, remark: &dyn Display) {
        self.said.lock().unwrap_or_else(PoisonError::into_inner).push(remark.to_string());
    }

    /// What was said so far, the outermost layer first.
    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.said.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
