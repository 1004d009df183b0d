//! What a layer says of a request to the test that sent it, beside its answer.
//!
//! It belongs to neither half of the protocol: the layer and the user agent know it, and it knows none of them.

use std::fmt::Display;
use std::sync::{Arc, Mutex, PoisonError};

use http::Extensions;

/// Where to say it: whoever wants to know puts one into the extensions of a request, and keeps a clone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Remarks(Arc<Mutex<Vec<String>>>);

impl Remarks {
    /// Of a request about which somebody wants to know.
    pub(crate) fn wanted(extensions: &Extensions) -> Option<Self> {
        extensions.get().cloned()
    }

    /// Says something of the request.
    pub(crate) fn leave(&self, remark: &dyn Display) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(remark.to_string());
    }

    /// What was said so far, the outermost layer first.
    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
