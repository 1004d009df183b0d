//! Refusing cross-origin requests at the server.

mod authority;
mod compile;
mod examine;
mod hosts;
mod paths;

pub(crate) use self::authority::is_of_same_origin;
pub use self::examine::EnforcementStep;
pub(crate) use self::examine::{Enforced, Standing};
pub(crate) use self::hosts::as_origin as host_as_origin;
use crate::builder::{Values, store};

/// Which cross-origin requests the server itself refuses if the policy denies them.
///
/// CORS hides responses from pages; it does not keep requests from your server. The inner service runs,
/// and then the browser hides its response. With [`CorsLayer::enforce`](crate::CorsLayer::enforce) the
/// inner service does not run for a request that is refused.
///
/// # What passes
///
/// Step 1 must hold. Then the first of steps 2 to 5 that fits the request decides. With
/// [`unsafe_requests`](Self::unsafe_requests) they are for unsafe requests alone, and safe ones pass. Safe is a GET,
/// HEAD, OPTIONS or TRACE without an `Upgrade`, so that a WebSocket is unsafe. Only step 1 refuses a preflight: the
/// policy answers all others.
///
/// 1. If there is a list of [`hosts`](Self::hosts), the authority of the request is listed, or its path is one of
///    [`any_host_for`](Self::any_host_for). If the URI has an authority and there is a `Host`, both are listed.
/// 2. A request with `Sec-Fetch-Site: same-origin` passes. A request with `Sec-Fetch-Site: none` passes if
///    it has no `Origin`: then it is a visitor's own, as from a bookmark. The request of a browser
///    extension can have both.
/// 3. A safe request without an `Origin` passes: links and images are not CORS. An unsafe one without an `Origin` passes
///    if there is no `Sec-Fetch-Site` either: then no browser sent it, or an old one.
/// 4. A request whose `Origin` is one of the [`own_origins`](Self::own_origins) passes. If no own origins are given,
///    and there is no `Sec-Fetch-Site`, an `http` or `https` origin passes whose host and port are those of
///    the request's authority. The scheme is not compared, so give own origins behind a proxy that
///    terminates TLS.
/// 5. For any other request the policy decides, and it decides about credentials, too: a request with
///    `Cookie` is denied if the rule that allows it does not [allow
///    credentials](crate::PolicyBuilder::allow_credentials). A request without an `Origin` may be of any
///    page, so only a rule that is open to any origin allows it.
///
/// A refused request is answered with status 403, no body, no CORS header, and the `Vary` that it would have
/// if it were admitted.
///
/// ```
/// use tower_cors::{CorsLayer, Enforcement, Policy};
///
/// let policy = Policy::builder().allow_origins(["https://partner.example"]).build()?;
/// let layer = CorsLayer::new(policy).enforce(
///     Enforcement::unsafe_requests()
///         .own_origins(["https://shop.example"])
///         .hosts(["shop.example"]),
/// )?;
/// # Ok::<(), tower_cors::PolicyErrors>(())
/// ```
///
/// Fetch Metadata: <https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header>
///
/// # Your own response
///
/// The response to a refused request has the [`Denial`](crate::Denial) in its extensions. A service around
/// the layer finds it there, and can answer with a response of its own. In axum that is
/// `axum::middleware::map_response`, for any other service `tower::ServiceBuilder::map_response`. Of several
/// `.layer` calls on a router the last one is the outermost.
///
/// ```
/// use axum::extract::Json;
/// use axum::middleware;
/// use axum::response::{IntoResponse, Response};
/// use axum::{Router, routing::post};
/// use http::StatusCode;
/// use tower_cors::{CorsLayer, Denial, Enforcement, Policy};
///
/// async fn explain(response: Response) -> Response {
///     match response.extensions().get::<Denial>() {
///         Some(denial) => (StatusCode::FORBIDDEN, Json(denial.to_string())).into_response(),
///         None => response,
///     }
/// }
///
/// let policy = Policy::builder().allow_origins(["https://partner.example"]).build()?;
/// let cors = CorsLayer::new(policy).enforce(Enforcement::unsafe_requests())?;
/// let app: Router = Router::new()
///     .route("/items", post(|| async {}))
///     .layer(cors)
///     .layer(middleware::map_response(explain));
/// # let request = http::Request::post("/items").header("origin", "https://evil.example");
/// # let request = request.body(axum::body::Body::empty())?;
/// # let runtime = tokio::runtime::Builder::new_current_thread().build()?;
/// # let body = runtime.block_on(async {
/// #     let response = tower::ServiceExt::oneshot(app, request).await?;
/// #     axum::body::to_bytes(response.into_body(), 100).await.map_err(Box::<dyn std::error::Error>::from)
/// # })?;
/// # assert_eq!(body, "\"the origin is not allowed\"");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Your response replaces the `Vary` of the refusal, too. Keep it if caches may keep the response.
///
/// # A path that others post to
///
/// A payment service or an identity provider (SAML, `OpenID` Connect) has the visitor's browser post a form to
/// your server, with an origin that you do not control, or with `Origin: null`. Make that path a route of
/// `Routes` that is left alone. The list of hosts counts for it, and nothing else does: the layer asks no
/// policy, refuses nothing, and adds and removes no header. Your service must then know by itself that the
/// form is genuine, by its signature or by a token.
///
/// # Credentials
///
/// No CORS check follows a WebSocket or a form: the browser sends cookies with both, and does not ask whether
/// it may. So a page that is allowed without credentials could act as its visitor, and step 5 is what
/// prevents it. The layer looks for `Cookie` alone:
///
/// - `Authorization` does not count. A script may set it under a rule that allows that header, with a token
///   of its own, and a policy without credentials is then right. The server cannot tell this from a password
///   that the browser remembers.
/// - A client certificate does not count, since it is not in the head of a request.
///
/// Where browsers attach passwords (HTTP authentication) or client certificates by themselves, allow only
/// origins that may act as their visitors.
///
/// # Beside other protection
///
/// `enforce` takes the place of `tower_http::csrf`. That layer knows no policy: beside this one it refuses
/// the forms and the unsafe requests that the policy allows.
#[derive(Clone, Debug)]
#[must_use]
pub struct Enforcement {
    all: bool,
    pub(crate) own_origins: Vec<String>,
    pub(crate) public_suffixes: bool,
    pub(crate) hosts: Option<Vec<String>>,
    any_host_for: Vec<String>,
}

impl Enforcement {
    /// Refuses requests with unsafe methods, and WebSocket upgrades.
    ///
    /// Unsafe is every method but GET, HEAD, OPTIONS and TRACE, so that a WebSocket over HTTP/2, an
    /// extended CONNECT, is covered, too; and over HTTP/1.1 any request with an `Upgrade`.
    ///
    /// RFC 9110: <https://www.rfc-editor.org/rfc/rfc9110#section-9.2.1>, RFC 8441:
    /// <https://www.rfc-editor.org/rfc/rfc8441#section-4>
    pub fn unsafe_requests() -> Self {
        Self {
            all: false,
            own_origins: Vec::new(),
            public_suffixes: false,
            hosts: None,
            any_host_for: Vec::new(),
        }
    }

    /// Refuses requests with any method.
    ///
    /// Then every response depends on `Cookie`, and its `Vary` says so. Few shared caches keep such a
    /// response.
    pub fn all_requests() -> Self {
        Self { all: true, ..Self::unsafe_requests() }
    }

    /// The origins of the server itself, as browsers name them: exact ones, or patterns as of
    /// [`allow_origins`](crate::PolicyBuilder::allow_origins) other than `*`.
    ///
    /// The origin under which the API itself is reached belongs to them, beside that of the site. React
    /// Native on Android makes the `Origin` of a WebSocket of the URL that it opens: for
    /// `wss://ws.shop.example` it sends `https://ws.shop.example`.
    ///
    /// A pattern over a public suffix, such as `https://*.github.io`, is an error: anybody may have a name
    /// there.
    pub fn own_origins(mut self, origins: impl Values) -> Self {
        store(&mut self.own_origins, origins);
        self
    }

    /// Takes own origins like `https://*.github.io`, and hosts like `*.github.io`, under which anybody may
    /// have a name. A page there can act as its visitor.
    pub fn dangerously_allow_public_suffixes(mut self, allow: bool) -> Self {
        self.public_suffixes = allow;
        self
    }

    /// The authorities under which the server is known: against DNS rebinding, by which a page has its
    /// own name resolve to an address of the server.
    ///
    /// Each is one of these, in any case:
    ///
    /// - a host, `shop.example`, for requests without a port, or with port 80 or 443;
    /// - a host with a port, `localhost:3000`;
    /// - a host with any port, or with none, `localhost:*`. So `127.0.0.1` does not list a development
    ///   server on port 8000, and `127.0.0.1:*` does;
    /// - any name below a host, `*.shop.example`, unless strangers may have names there, as below
    ///   `github.io`;
    /// - an IPv6 address in brackets, `[::1]`.
    ///
    /// The authority of a request is that of its URI, and its `Host`. Where there are both, both must be
    /// listed. Behind a proxy it is what the proxy sends.
    pub fn hosts(mut self, hosts: impl Values) -> Self {
        store(self.hosts.get_or_insert_default(), hosts);
        self
    }

    /// Exempts paths from the list of hosts, such as those that are probed by the address of the server:
    /// Kubernetes asks for `/health` with `Host: 10.244.0.5:8000`.
    ///
    /// Each is one exact path, and is compared with the path of the request byte for byte: `/health` is
    /// neither `/health/` nor `/health/live`. A page with a rebound name can read what such a path answers, and
    /// post to it, since its name is the host's.
    ///
    /// ```
    /// use tower_cors::{CorsLayer, Enforcement, Policy};
    ///
    /// let policy = Policy::builder().allow_origins(["https://app.example"]).build()?;
    /// let enforcement =
    ///     Enforcement::unsafe_requests().hosts(["api.example"]).any_host_for(["/health"]);
    /// let layer = CorsLayer::new(policy).enforce(enforcement)?;
    /// # Ok::<(), tower_cors::PolicyErrors>(())
    /// ```
    pub fn any_host_for(mut self, paths: impl Values) -> Self {
        store(&mut self.any_host_for, paths);
        self
    }
}
