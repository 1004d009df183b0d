//! The values that a policy sends of its own.

use http::HeaderValue;
use thread_local::ThreadLocal;

/// A value that a policy sends with its responses, of which each thread that sends it has a copy.
///
/// A clone of a value counts itself in one place for all clones. If threads shared that place, each
/// request would wait for what the other threads wrote there.
#[derive(Debug)]
pub(crate) struct SentValue {
    value: HeaderValue,
    copies: ThreadLocal<HeaderValue>,
}

impl SentValue {
    pub(crate) fn new(value: HeaderValue) -> Self {
        Self { value, copies: ThreadLocal::new() }
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.value.as_bytes()
    }

    /// This thread's copy, to clone from.
    #[inline(never)]
    pub(crate) fn local(&self) -> &HeaderValue {
        self.copies.get().unwrap_or_else(|| self.copy())
    }

    /// Makes this thread's copy. Apart, so that to find it costs less.
    #[cold]
    fn copy(&self) -> &HeaderValue {
        self.copies.get_or(|| {
            // Bytes that have room to spare are counted from the start, not from their first clone.
            let mut copy = Vec::with_capacity(self.as_bytes().len() + 1);
            copy.extend_from_slice(self.as_bytes());
            // What is a value already can be read as one.
            HeaderValue::try_from(copy).unwrap_or_else(|_| self.value.clone())
        })
    }
}
