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
    cross_origin: Option<bool>,
}

impl Remarks {
    /// On a request, or on the preflight of one. If the page is of another origin than the server: whether it asks with
    /// credentials. No header says so: a preflight has no cookies, and there may be none for the request.
    pub(crate) fn new(cross_origin: Option<bool>) -> Self {
        Self { said: Arc::default(), cross_origin }
    }

    pub(crate) fn cross_origin(&self) -> Option<bool> {
        self.cross_origin
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
