//! The values that a policy sends of its own.

use std::fmt;

use http::HeaderValue;
use thread_local::ThreadLocal;

/// A value that a policy sends with its responses.
///
/// A clone of a value that is not static counts itself in one place for all clones. If threads shared
/// that place, each request would wait for what the others wrote there. So each thread clones from a
/// copy that is its own. Copies stay for as long as the policy: a new thread takes over what one that
/// ended has left. In the destructor of another thread-local, `thread_local` may panic.
pub(crate) struct SentValue {
    value: HeaderValue,
    /// There are none of a static value.
    copies: Option<Box<ThreadLocal<HeaderValue>>>,
}

impl SentValue {
    pub(crate) fn new(value: HeaderValue) -> Self {
        Self { value, copies: Some(Box::default()) }
    }

    /// Of a value whose clones count nothing.
    pub(crate) fn from_static(value: &'static str) -> Self {
        Self { value: HeaderValue::from_static(value), copies: None }
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.value.as_bytes()
    }

    /// What this thread clones from. Apart, since what it is inlined into gets dearer for those that
    /// send no such value.
    #[inline(never)]
    pub(crate) fn local(&self) -> &HeaderValue {
        match &self.copies {
            Some(copies) => copies.get().unwrap_or_else(|| self.make_local(copies)),
            None => &self.value,
        }
    }

    #[cold]
    fn make_local<'a>(&'a self, copies: &'a ThreadLocal<HeaderValue>) -> &'a HeaderValue {
        copies.get_or(|| {
            // Bytes with room to spare have their count from the start. Others get it with their first
            // clone, and each later one has to look which they are.
            let mut copy = Vec::with_capacity(self.as_bytes().len() + 1);
            copy.extend_from_slice(self.as_bytes());
            // What is a value already can be read as one.
            HeaderValue::try_from(copy).unwrap_or_else(|_| self.value.clone())
        })
    }
}

/// The value alone, since which threads have a copy is nobody's business.
impl fmt::Debug for SentValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}
