/// A call of `fetch` that a page makes. Building one judges nothing;
/// [`Browser::fetch_from`](super::Browser::fetch_from) does.
///
/// ```
/// use tower_cors::browser::{Credentials, Fetch};
///
/// let fetch = Fetch::put("https://api.example/items")
///     .header("content-type", "application/json")
///     .credentials(Credentials::Include)
///     .body(r#"{"name":"tea"}"#);
/// ```
#[derive(Clone, Debug)]
#[must_use = "a `Fetch` does nothing until a `Browser` runs it"]
pub struct Fetch {
    pub(super) method: String,
    pub(super) url: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) mode: Mode,
    pub(super) credentials: Credentials,
    pub(super) redirect: Redirect,
    pub(super) body: Option<Vec<u8>>,
}

impl Fetch {
    /// A fetch with any method, written as script would write it: `put` is normalised to `PUT`, and
    /// `patch` stays what it is. The URL may be relative to the page's.
    pub fn new(method: impl AsRef<str>, url: impl AsRef<str>) -> Self {
        Self {
            method: method.as_ref().to_owned(),
            url: url.as_ref().to_owned(),
            headers: Vec::new(),
            mode: Mode::default(),
            credentials: Credentials::default(),
            redirect: Redirect::default(),
            body: None,
        }
    }

    /// A fetch with the method GET.
    pub fn get(url: impl AsRef<str>) -> Self {
        Self::new("GET", url)
    }

    /// A fetch with the method POST.
    pub fn post(url: impl AsRef<str>) -> Self {
        Self::new("POST", url)
    }

    /// A fetch with the method PUT.
    pub fn put(url: impl AsRef<str>) -> Self {
        Self::new("PUT", url)
    }

    /// A fetch with the method PATCH.
    pub fn patch(url: impl AsRef<str>) -> Self {
        Self::new("PATCH", url)
    }

    /// A fetch with the method HEAD.
    pub fn head(url: impl AsRef<str>) -> Self {
        Self::new("HEAD", url)
    }

    /// A fetch with the method DELETE.
    pub fn delete(url: impl AsRef<str>) -> Self {
        Self::new("DELETE", url)
    }

    /// Adds a request header. As in a browser, one that script may not set is silently ignored.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#forbidden-request-header>
    pub fn header(mut self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        self.headers.push((name.as_ref().to_owned(), value.as_ref().to_owned()));
        self
    }

    /// Sets whether cookies go along, and so whether the server must allow credentials.
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = credentials;
        self
    }

    /// Sets what happens to a URL of another origin.
    pub fn mode(mut self, mode: Mode) -> Self {
        self.mode = mode;
        self
    }

    /// Sets what happens to a redirect.
    pub fn redirect(mut self, redirect: Redirect) -> Self {
        self.redirect = redirect;
        self
    }

    /// Sets the body, as bytes: no `Content-Type` comes with it, as little as with an `ArrayBuffer`.
    /// (Given a string, script gets `text/plain;charset=UTF-8` if it sets none.)
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(body.into());
        self
    }
}

/// What happens to a URL of another origin.
///
/// Fetch: <https://fetch.spec.whatwg.org/#concept-request-mode>
#[non_exhaustive]
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Mode {
    /// It is fetched under the CORS protocol. The default of `fetch`.
    #[default]
    Cors,
    /// It is fetched without, as for an `<img>`, and the response is opaque.
    NoCors,
    /// It is not fetched.
    SameOrigin,
}

/// Whether cookies go along.
///
/// Fetch: <https://fetch.spec.whatwg.org/#concept-request-credentials-mode>
#[non_exhaustive]
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Credentials {
    /// Never.
    Omit,
    /// To the page's own origin. The default of `fetch`.
    #[default]
    SameOrigin,
    /// Always. Then the server must allow credentials, and no `*` is a wildcard.
    Include,
}

/// What happens to a redirect.
///
/// Fetch: <https://fetch.spec.whatwg.org/#concept-request-redirect-mode>
#[non_exhaustive]
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Redirect {
    /// It is followed. The default of `fetch`.
    #[default]
    Follow,
    /// The fetch fails.
    Error,
    /// Script gets a response that says no more than that there is a redirect.
    Manual,
}
