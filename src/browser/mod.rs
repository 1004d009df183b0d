//! A user agent for tests: it runs a page's `fetch` against any Tower service, as the Fetch Standard says.
//!
//! A test of CORS headers asks what a server says. What counts is what a browser makes of it. With
//! [`Browser`] a test says just that: *a page at `https://app.example` may PUT JSON, with credentials,
//! and sees status 200 and `x-request-id`*. The service is any `Service<Request<B>>`: an axum
//! `Router`, this crate's stack, another crate's layer.
//!
//! ```
//! use axum::{Router, http::{HeaderName, Method, header}, routing::put};
//! use tower_cors::browser::{Blocked, Browser, Credentials, Fetch};
//! use tower_http::cors::CorsLayer;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let app = Router::new().route("/items", put(|| async { [("x-request-id", "42")] })).layer(
//!     CorsLayer::new()
//!         .allow_origin(["https://app.example".parse()?])
//!         .allow_credentials(true)
//!         .allow_methods([Method::PUT])
//!         .allow_headers([header::CONTENT_TYPE])
//!         .expose_headers([HeaderName::from_static("x-request-id")]),
//! );
//! let save = Fetch::put("https://api.example/items")
//!     .header("content-type", "application/json")
//!     .credentials(Credentials::Include);
//!
//! let mut browser = Browser::new(app);
//! let seen = browser.fetch_from("https://app.example", save.clone()).await?;
//! let response = seen.response()?;
//! assert_eq!((response.status(), response.header("x-request-id")), (200, Some("42")));
//!
//! // What it took: a preflight, and the request. The preflight's answer is kept.
//! let methods: Vec<_> = seen.sent().iter().map(|sent| sent.method().as_str()).collect();
//! assert_eq!(methods, ["OPTIONS", "PUT"]);
//! assert_eq!(browser.fetch_from("https://app.example", save.clone()).await?.sent().len(), 1);
//!
//! // Who may not: any other page. The reason names the header at fault, and what was expected.
//! let seen = browser.fetch_from("https://evil.example", save).await?;
//! assert!(matches!(seen.blocked(), Some(Blocked::AllowOriginMissing { .. })));
//! assert_eq!(
//!     seen.response().unwrap_err().to_string(),
//!     "the preflight's response from \"https://api.example/items\" has no access-control-allow-origin; \
//!      expected \"https://evil.example\"",
//! );
//! # Ok(())
//! # }
//! ```
//!
//! # When a test fails
//!
//! Print what was [`Seen`]: each request and its response, with a mark at the line that decided; why; what the console of
//! the browser says; and, if a [`CorsLayer`](crate::CorsLayer) got the request, how it explains its decision. The same is
//! there as data: [`Seen::exchanges`]. [`Blocked`] and [`FetchError`] are one sentence, by `Debug` too.
//!
//! # Live servers
//!
//! A service may be a client that connects to servers, such as that of `hyper-util`: [`Browser::absolute_form`].
//!
//! # What it does
//!
//! | The standard's word | Here |
//! |---|---|
//! | [request mode], [credentials mode] | [`Mode`], [`Credentials`] |
//! | [forbidden method], [normalize] | [`Fetch::new`] takes any method, [`FetchError::ForbiddenMethod`] |
//! | [forbidden request-header] | [`Fetch::header`] ignores it |
//! | [cache mode] | what script's conditions, such as `If-None-Match`, make of it: `Cache-Control: no-cache` goes along |
//! | [CORS-safelisted request-header], [CORS-unsafe request-header names] | which headers a preflight asks for |
//! | [CORS-preflight fetch], [CORS check] | [`Blocked`] has a variant for each way to fail |
//! | [CORS-preflight cache] | kept by a [`Browser`], forgotten as [`Browser::advance`] moves its clock |
//! | [HTTP-redirect fetch], [redirect mode] | followed, each hop checked; the origin becomes `null`. [`Redirect`] |
//! | [filtered response] | [`Visible`] |
//! | [stale-while-revalidate response] | seen once more, while the server is asked about it |
//! | [CORS protocol and HTTP caches] | [`Blocked::VaryMissing`] if the server left out `Vary: Origin` |
//! | [cookies] | kept, and sent where the browser lets them; [`Exchange::cookies`] says of each why not |
//!
//! Where the shipped browsers are known to differ, [`UserAgent`] selects one of them. The modes for Chromium and
//! Firefox are held to the real browsers by random pages, fetches and answers, request by request; and so are the cookies
//! that they send, and the sentences of their consoles. Of `WebKit` there is what its source says.
//!
//! # What it does not
//!
//! There is no Content Security Policy, no `Cross-Origin-Resource-Policy`, no rule about mixed content,
//! local networks or ports: a real browser may refuse for one of these what is
//! readable here. There are no service workers, no prompts for passwords, and no `Referer`, `User-Agent`
//! or `Sec-Fetch-Site` and its like. All pages of one browser are as frames of one tab, so that they
//! share one HTTP cache, which does not obey the `Cache-Control` of a request. Where parsers of URLs differ (`|` in a path), the parser is the crate `url` for every browser. How many
//! preflights a browser keeps is not known here. URLs of other schemes than `http` and `https`, such as `data:`, cannot be fetched.
//!
//! To cookies each page is the top one of its tab. A cookie without a name is not read, nor is a date that is
//! written as no server writes it. How many cookies a browser keeps, and for how long at most, is not known here, nor are
//! lists of trackers, the choices of a user, the Storage Access API, and the two minutes in which Chromium sends a new
//! cookie without `SameSite` with a form that another site posts: that is no fetch.
//!
//! A body that script may read, or that the HTTP cache keeps, is read to its end before
//! [`Browser::fetch_from`] returns: one that never ends, such as a stream of events, keeps it waiting. The
//! bodies of preflights and redirects are not waited for, nor those of blocked or opaque responses that
//! the HTTP cache does not keep.
//!
//! # Types of other crates
//!
//! Requests and responses are those of `http`. The body of a response is anything that is a `Body` of `http-body`,
//! as services answer with it, and [`Body`] is one too, so that services take it. The chunks of [`Body`] are
//! `Bytes` of the crate `bytes`, since axum's `Router` asks for that. No other type of another crate is in a
//! signature here: bodies are given as `Vec<u8>` and read as `&[u8]`, URLs are text.
//!
//! [cookies]: https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html
//! [request mode]: https://fetch.spec.whatwg.org/#concept-request-mode
//! [credentials mode]: https://fetch.spec.whatwg.org/#concept-request-credentials-mode
//! [forbidden method]: https://fetch.spec.whatwg.org/#forbidden-method
//! [normalize]: https://fetch.spec.whatwg.org/#concept-method-normalize
//! [forbidden request-header]: https://fetch.spec.whatwg.org/#forbidden-request-header
//! [cache mode]: https://fetch.spec.whatwg.org/#concept-request-cache-mode
//! [CORS-safelisted request-header]: https://fetch.spec.whatwg.org/#cors-safelisted-request-header
//! [CORS-unsafe request-header names]: https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names
//! [CORS-preflight fetch]: https://fetch.spec.whatwg.org/#cors-preflight-fetch
//! [CORS check]: https://fetch.spec.whatwg.org/#cors-check
//! [CORS-preflight cache]: https://fetch.spec.whatwg.org/#cors-preflight-cache
//! [HTTP-redirect fetch]: https://fetch.spec.whatwg.org/#http-redirect-fetch
//! [redirect mode]: https://fetch.spec.whatwg.org/#concept-request-redirect-mode
//! [filtered response]: https://fetch.spec.whatwg.org/#concept-filtered-response
//! [stale-while-revalidate response]: https://fetch.spec.whatwg.org/#concept-stale-while-revalidate-response
//! [CORS protocol and HTTP caches]: https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches

mod agent;
mod answer;
mod blocked;
mod body;
mod console;
mod cookie;
mod cookies;
mod cors_check;
mod decided;
mod error;
mod exchange;
mod fetch;
mod filter;
mod header_list;
mod http_cache;
mod methods;
mod mime;
mod network;
mod page;
mod preflight;
mod preflight_cache;
mod reason;
mod received;
mod redirect;
mod request;
mod request_headers;
mod seen;
mod shown;
mod site;
mod user_agent;

pub use agent::Browser;
pub use answer::{Answer, AnswerKind};
pub use blocked::Blocked;
pub use body::Body;
pub use cookie::{Cookie, CookieFate, CookieReason};
pub use error::{FetchError, UrlError};
pub use exchange::{Exchange, Line, Sent};
pub use fetch::{Credentials, Fetch, Mode, Redirect};
pub use seen::{BodyError, ResponseType, Seen, Visible};
pub use user_agent::UserAgent;
