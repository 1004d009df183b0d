//! The values that a policy sends of its own.

use std::fmt;
use std::iter;
use std::ptr;
use std::sync::OnceLock;

use http::HeaderValue;

/// So many threads clone from copies of their own; further ones share those.
const COPIES: usize = 16;

/// The binary logarithm of the size of a thread's stack: 2 MiB, as of std and tokio.
const STACK: u32 = 21;

/// A value that a policy sends with its responses.
///
/// A clone of a value that is not static counts itself in one place for all clones. If threads shared
/// that place, each request would wait for what the others wrote there. So threads clone from several
/// copies, which are made when they are first needed. Which of them is a thread's follows from where its
/// stack lies: that needs no thread-local, and holds in the destructors of those of others, too. Threads
/// with the same copy are slower, and no less right.
pub(crate) struct SentValue {
    value: HeaderValue,
    /// There are none of a static value.
    copies: Box<[OnceLock<HeaderValue>]>,
}

impl SentValue {
    pub(crate) fn new(value: HeaderValue) -> Self {
        Self { value, copies: iter::repeat_with(OnceLock::new).take(COPIES).collect() }
    }

    /// Of a value whose clones count nothing.
    pub(crate) fn from_static(value: &'static str) -> Self {
        Self { value: HeaderValue::from_static(value), copies: Box::default() }
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.value.as_bytes()
    }

    /// What this thread clones from.
    #[inline]
    pub(crate) fn local(&self) -> &HeaderValue {
        let on_stack = 0_u8;
        let place = (ptr::from_ref(&on_stack).addr() >> STACK) % COPIES;
        self.copies.get(place).map_or(&self.value, |copy| copy.get_or_init(|| self.copy()))
    }

    /// What this thread sends.
    #[inline(never)]
    pub(crate) fn to_sent(&self) -> HeaderValue {
        self.local().clone()
    }

    #[cold]
    fn copy(&self) -> HeaderValue {
        // Bytes with room to spare have their count from the start. Others get it with their first
        // clone, and each later one has to look which they are.
        let mut copy = Vec::with_capacity(self.as_bytes().len() + 1);
        copy.extend_from_slice(self.as_bytes());
        // What is a value already can be read as one.
        HeaderValue::try_from(copy).unwrap_or_else(|_| self.value.clone())
    }
}

impl PartialEq for SentValue {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

/// The value alone, since which copies there are is nobody's business.
impl fmt::Debug for SentValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}
