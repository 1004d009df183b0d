//! What the builder takes as lists of values.

use std::borrow::Cow;

use http::{HeaderName, HeaderValue, Method};

/// A list of values: an array, a vector, a slice, an iterator, a set.
///
/// Its items are texts (`&str`, `String`, `Cow<str>`, `Box<str>`), [`Method`], [`HeaderName`] or
/// [`HeaderValue`], or references to one. So `"https://a.example"` without brackets is not taken, nor is another crate's `Any`: any origin
/// is `["*"]`.
///
/// ```
/// use http::{HeaderName, HeaderValue, Method, header};
/// use tower_cors::Policy;
///
/// let from_environment = "https://a.example,https://b.example";
/// let policy = Policy::builder()
///     .allow_origins(from_environment.split(','))
///     .allow_origins([HeaderValue::from_static("https://c.example")])
///     .allow_methods([Method::PUT, Method::DELETE])
///     .allow_headers(vec![header::CONTENT_TYPE, HeaderName::from_static("x-api-key")])
///     .build()?;
/// # Ok::<(), tower_cors::PolicyErrors>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of values",
    label = "a list, as in `[\"…\"]`, is expected here",
    note = "write the values in brackets, one too: `[\"https://a.example\"]`; any origin, method or \
            header is `[\"*\"]`",
    note = "the items are `&str`, `String`, `Method`, `HeaderName` or `HeaderValue`"
)]
pub trait Values: sealed::IntoTexts {}

#[diagnostic::do_not_recommend]
impl<I> Values for I
where
    I: IntoIterator,
    I::Item: sealed::Text,
{
}

mod sealed {
    use super::{Cow, HeaderName, HeaderValue, Method};

    /// What only this crate can make, so that only it can ask for the texts.
    #[derive(Debug)]
    #[expect(unnameable_types, reason = "that it cannot be named is what seals")]
    pub struct Seal;

    #[expect(unnameable_types, reason = "that it cannot be named is what seals")]
    pub trait IntoTexts {
        /// Adds the texts of the list to those that are there.
        fn add_to(self, texts: &mut Vec<String>, seal: Seal);
    }

    #[diagnostic::do_not_recommend]
    impl<I> IntoTexts for I
    where
        I: IntoIterator,
        I::Item: Text,
    {
        fn add_to(self, texts: &mut Vec<String>, _seal: Seal) {
            let items = self.into_iter();
            texts.reserve(items.size_hint().0);
            for item in items {
                texts.push(item.into_text(Seal));
            }
        }
    }

    #[expect(unnameable_types, reason = "that it cannot be named is what seals")]
    pub trait Text {
        /// The text of an item.
        fn into_text(self, seal: Seal) -> String;
    }

    impl Text for String {
        fn into_text(self, _seal: Seal) -> String {
            self
        }
    }

    impl Text for Box<str> {
        fn into_text(self, _seal: Seal) -> String {
            self.into()
        }
    }

    impl Text for Cow<'_, str> {
        fn into_text(self, _seal: Seal) -> String {
            self.into_owned()
        }
    }

    impl Text for &str {
        fn into_text(self, _seal: Seal) -> String {
            self.to_owned()
        }
    }

    impl Text for Method {
        fn into_text(self, _seal: Seal) -> String {
            self.as_str().to_owned()
        }
    }

    impl Text for HeaderName {
        fn into_text(self, _seal: Seal) -> String {
            self.as_str().to_owned()
        }
    }

    /// Bytes that are no text are replaced, and so judged to be none of a value.
    impl Text for HeaderValue {
        fn into_text(self, _seal: Seal) -> String {
            String::from_utf8_lossy(self.as_bytes()).into_owned()
        }
    }

    impl<T: Text + Clone> Text for &T {
        fn into_text(self, seal: Seal) -> String {
            self.clone().into_text(seal)
        }
    }
}

/// Adds the values of a list to those that are there.
pub(crate) fn store(values: &mut Vec<String>, more: impl Values) {
    more.add_to(values, sealed::Seal);
}
