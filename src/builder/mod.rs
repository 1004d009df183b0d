//! From what a user wrote to a policy, or to everything that is wrong with it.

pub(crate) mod agree;
mod compile;
pub(crate) mod error;
mod findings;
mod judge;
mod lists;
mod rules;
mod values;

use std::sync::Arc;
use std::time::Duration;

use http::{Method, Uri};

pub use self::error::{ErrorsIntoIter, ErrorsIter, PolicyError, PolicyErrors};
use self::findings::Findings;
pub(crate) use self::judge::stranger_error;
#[cfg(feature = "serde")]
pub(crate) use self::judge::{
    exposed_error, forbidden_method, header_error, idle_exposed, idle_header, method_error,
    origin_error,
};
pub(crate) use self::rules::build_rules;
#[cfg(feature = "serde")]
pub(crate) use self::rules::{MAX_RULES, build_disagreeing};
pub use self::values::Values;
pub(crate) use self::values::store;
use crate::origin::Origin;
use crate::origin::pattern::OriginPattern;
use crate::policy::Policy;
use crate::policy::rule::Predicate;

/// Collects what a [`Policy`] shall allow; [`build`](Self::build) judges it.
///
/// A method that takes several values adds to what earlier calls gave, and so does `allow_origins_if`. Every other
/// one (`name`, `allow_credentials`, `max_age` and the opt-ins `dangerously_…`) replaces it.
#[derive(Clone, Debug, Default)]
#[must_use]
#[expect(clippy::struct_excessive_bools, reason = "each is an opt-in of its own")]
pub struct PolicyBuilder {
    name: Option<String>,
    origins: Vec<String>,
    predicates: Vec<Predicate>,
    credentials: bool,
    methods: Vec<String>,
    only_methods: Option<Vec<String>>,
    headers: Vec<String>,
    exposed: Vec<String>,
    max_age: Option<Duration>,
    insecure_origins: bool,
    public_suffixes: bool,
    null_origin: bool,
    file_origin: bool,
}

impl Policy {
    /// A builder that allows nothing yet.
    pub fn builder() -> PolicyBuilder {
        PolicyBuilder::default()
    }

    /// A policy of several rules: the first that allows a request answers it.
    ///
    /// A preflight is held to a rule's origins, methods and headers, any other request to its origins
    /// and, if the rule has [`only_methods`](PolicyBuilder::only_methods), to its methods. A
    /// [`Decision`](crate::Decision) names the rule, counted from 0.
    ///
    /// # Errors
    ///
    /// Every error of every rule; no rules, or over 1,000, since a request asks one after another; over 1,000 patterns with a `*` within a label
    /// in rules that differ; and, if
    /// there is nothing else, two rules that could answer a preflight and its
    /// request differently: both match some origin and method, they differ in credentials or
    /// exposed headers, and the later one allows a preflight that the earlier one does not.
    ///
    /// ```
    /// use tower_cors::Policy;
    ///
    /// let policy = Policy::from_rules([
    ///     // Our own app may write,
    ///     Policy::builder()
    ///         .allow_origins(["https://app.example"])
    ///         .allow_methods(["PUT", "DELETE"])
    ///         .allow_headers(["content-type"]),
    ///     // and partners may read.
    ///     Policy::builder().allow_origins(["https://*.partner.example"]).only_methods(["GET"]),
    /// ])?;
    ///
    /// let post = http::Request::post("/").header("origin", "https://eu.partner.example").body(())?;
    /// assert_eq!(
    ///     policy.decide(&post).to_string(),
    ///     "CORS request denied: the requested method is not allowed (rules[1])",
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn from_rules(
        rules: impl IntoIterator<Item = PolicyBuilder>,
    ) -> Result<Self, PolicyErrors> {
        build_rules(&rules.into_iter().collect::<Vec<_>>())
    }
}

impl PolicyBuilder {
    /// Names the policy, so that errors say which of several they are in. Of several rules, the first
    /// name is that of the policy.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Allows origins.
    ///
    /// Each is an exact origin, as browsers serialize it (`https://a.example`,
    /// `http://localhost:3000`, `http://[::1]`, `capacitor://localhost`, `app://.`), or a pattern:
    ///
    /// - `https://*.a.example`: every name under `a.example`, at any depth, but not itself;
    /// - `https://pr-*.a.example`, `https://site-*-team.a.example`: every name directly under
    ///   `a.example` that begins and ends so. The `*` stands for at least one character, never for a
    ///   dot;
    /// - `http://localhost:*`: any port, the default one too. It may follow the patterns above:
    ///   `https://*.a.example:*`;
    /// - `moz-extension://*`: every origin of a scheme other than `http` and `https`;
    /// - `*`: any origin, opaque ones too.
    ///
    /// A `*` within a label needs a name behind the label that is not the suffix of a registry:
    /// `https://*example.com` would be for `https://evilexample.com`, too. Without the feature
    /// `public-suffix` suffixes are not known, and such a pattern needs
    /// [`dangerously_allow_public_suffixes`](Self::dangerously_allow_public_suffixes).
    ///
    /// Hosts under other schemes are compared exactly as they are written, case included.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#http-access-control-allow-origin>
    pub fn allow_origins(mut self, origins: impl Values) -> Self {
        store(&mut self.origins, origins);
        self
    }

    /// Allows the origins that a predicate says, besides those that are listed.
    ///
    /// It is asked on each CORS request whose `Origin` is not among those listed, so it should be
    /// quick; beside `*` there is nothing left to ask. It is given the parsed origin (never `null` or
    /// `file://`, never anything malformed), the method of the request (of a preflight: the one that is
    /// asked for) and the URI.
    ///
    /// It is asked once about a request; in a policy of several rules, each rule asks its own until one allows the
    /// request. Whoever asks for an explanation asks once more. The `Browser` of tests shows explanations, and does not
    /// ask again for them, unless there are several rules.
    ///
    /// With credentials it is not asked about `http` origins that are not loopback, unless
    /// [`dangerously_allow_insecure_origins`](Self::dangerously_allow_insecure_origins) is called: such
    /// an origin is denied, whatever the predicate would say.
    ///
    /// With credentials, whoever it admits can act as the visitor. So compare whole hosts, and the
    /// scheme: `host().ends_with("a.example")` would admit `evila.example`. For the names under a
    /// domain, and for names with fixed ends, there are patterns
    /// ([`allow_origins`](Self::allow_origins)). The path of the URI is not decoded, and no safe ground
    /// for a judgement.
    ///
    /// # Examples
    ///
    /// Preview deployments, with credentials, on a domain where anybody may have a name: the scheme, no
    /// port, and both ends of one label. The account at the end is what nobody else can have, if the
    /// host sees to that.
    ///
    /// ```
    /// use tower_cors::{Origin, Policy};
    ///
    /// fn is_preview(origin: &Origin<'_>) -> bool {
    ///     let label = origin.host().strip_suffix(".vercel.app");
    ///     let branch = label
    ///         .and_then(|label| label.strip_prefix("shop-"))
    ///         .and_then(|rest| rest.strip_suffix("-acme"));
    ///     origin.scheme() == "https"
    ///         && origin.port().is_none()
    ///         && branch.is_some_and(|branch| !branch.is_empty() && !branch.contains('.'))
    /// }
    ///
    /// let policy = Policy::builder()
    ///     .allow_origins_if(|origin, _method, _uri| is_preview(origin))
    ///     .allow_credentials(true)
    ///     .build()?;
    ///
    /// let get = |origin: &str| http::Request::get("/").header("origin", origin).body(());
    /// assert!(policy.decide(&get("https://shop-fix-7-acme.vercel.app")?).is_allowed());
    /// assert!(!policy.decide(&get("https://shop-evil.vercel.app")?).is_allowed());
    /// assert!(!policy.decide(&get("https://shop-a.evil-acme.vercel.app")?).is_allowed());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// A label between two others, for which there is no pattern (`https://api.*.a.example`):
    ///
    /// ```
    /// # use tower_cors::Policy;
    /// let policy = Policy::builder()
    ///     .allow_origins_if(|origin, _method, _uri| {
    ///         let region = origin.host().strip_prefix("api.");
    ///         let region = region.and_then(|rest| rest.strip_suffix(".a.example"));
    ///         origin.scheme() == "https"
    ///             && origin.port().is_none()
    ///             && region.is_some_and(|region| !region.is_empty() && !region.contains('.'))
    ///     })
    ///     .build()?;
    ///
    /// let get = |origin: &str| http::Request::get("/").header("origin", origin).body(());
    /// assert!(policy.decide(&get("https://api.eu.a.example")?).is_allowed());
    /// assert!(!policy.decide(&get("https://api.evil.eu.a.example")?).is_allowed());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Whatever address of the local network the page was loaded from. This is without credentials:
    /// with them the predicate is not asked about `http`.
    ///
    /// ```
    /// # use tower_cors::Policy;
    /// use std::net::Ipv4Addr;
    ///
    /// let policy = Policy::builder()
    ///     .allow_origins_if(|origin, _method, _uri| {
    ///         origin.host().parse().is_ok_and(|address: Ipv4Addr| address.is_private())
    ///     })
    ///     .build()?;
    ///
    /// let get = |origin: &str| http::Request::get("/").header("origin", origin).body(());
    /// assert!(policy.decide(&get("http://192.168.1.7:5173")?).is_allowed());
    /// assert!(!policy.decide(&get("http://192.168.evil.example")?).is_allowed());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn allow_origins_if(
        mut self,
        predicate: impl Fn(&Origin<'_>, &Method, &Uri) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.predicates.push(Predicate(Arc::new(predicate)));
        self
    }

    /// Allows requests with credentials: cookies, client certificates, HTTP authentication.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#http-access-control-allow-credentials>
    pub fn allow_credentials(mut self, allow: bool) -> Self {
        self.credentials = allow;
        self
    }

    /// Allows methods besides GET, HEAD and POST, which need no permission. `*` is any method.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#http-access-control-allow-methods>
    pub fn allow_methods(mut self, methods: impl Values) -> Self {
        store(&mut self.methods, methods);
        self
    }

    /// Shares responses to these methods alone, safelisted or not: to no others, not even to GET.
    ///
    /// They are all the methods that are allowed, so it cannot be combined with `allow_methods`.
    pub fn only_methods(mut self, methods: impl Values) -> Self {
        store(self.only_methods.get_or_insert_default(), methods);
        self
    }

    /// Allows request headers, by name in any case, or by prefix: `x-amz-*`.
    ///
    /// `*` is any but `authorization`, which has to be named: `["*", "authorization"]`.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#http-access-control-allow-headers>,
    /// <https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name>
    pub fn allow_headers(mut self, names: impl Values) -> Self {
        store(&mut self.headers, names);
        self
    }

    /// Exposes response headers to scripts, besides those that are safelisted. `*` is any.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#http-access-control-expose-headers>,
    /// <https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name>
    pub fn expose_headers(mut self, names: impl Values) -> Self {
        store(&mut self.exposed, names);
        self
    }

    /// For how long browsers may keep the answer to a preflight.
    ///
    /// A fraction of a second, as in 1.5 s, is an error. More than a day is sent as 86,400 s, which is the most that
    /// any browser keeps, and a lint says so. Without this call browsers keep the answer for 5 seconds. Chromium keeps
    /// it for 2 hours at the most, `WebKit` for 10 minutes.
    ///
    /// Fetch: <https://fetch.spec.whatwg.org/#http-access-control-max-age>
    pub fn max_age(mut self, max_age: Duration) -> Self {
        self.max_age = Some(max_age);
        self
    }

    /// Allows credentials for `http` origins that are not loopback.
    ///
    /// Whoever is between such a page and its server can put a script into it, and act as its
    /// visitor.
    pub fn dangerously_allow_insecure_origins(mut self, allow: bool) -> Self {
        self.insecure_origins = allow;
        self
    }

    /// Allows credentials for patterns like `https://*.github.io` and `moz-extension://*`, under which
    /// anybody may have an origin.
    ///
    /// Refused without it, with credentials:
    ///
    /// - a pattern over a public suffix: `https://*.com`, `https://site-*.vercel.app`;
    /// - one over a domain that has public suffixes below it, as `amazonaws.com` has;
    /// - one over a single label that is on no list: `https://*.newtld`. The reserved `example`,
    ///   `internal`, `invalid`, `local`, `localhost`, `test` and `home.arpa` are fine;
    /// - every origin of a scheme: `moz-extension://*`.
    ///
    /// Without the feature `public-suffix`, whether a name is a public suffix is not known. Then every
    /// `*.` pattern needs this call if there are credentials, and every pattern with a `*` within a label
    /// needs it anyway.
    ///
    /// See <https://publicsuffix.org>.
    pub fn dangerously_allow_public_suffixes(mut self, allow: bool) -> Self {
        self.public_suffixes = allow;
        self
    }

    /// Allows `null`, the origin of every sandboxed frame, `data:` URL and local file, an
    /// attacker's too. It cannot be combined with credentials.
    pub fn dangerously_allow_null_origin(mut self, allow: bool) -> Self {
        self.null_origin = allow;
        self
    }

    /// Allows `file://`, the origin of local files in some web views. It cannot be combined with
    /// credentials.
    ///
    /// Browsers send `null` for local files, so that no page in a browser has this origin. Web views
    /// send it whose app lets files access other origins: Cordova, older Electron apps, Android's
    /// `WebView` with `setAllowUniversalAccessFromFileURLs`, Chromium with
    /// `--allow-file-access-from-files`. Every local file in every such app has it, an attacker's
    /// download too.
    pub fn dangerously_allow_file_origin(mut self, allow: bool) -> Self {
        self.file_origin = allow;
        self
    }

    /// Judges all of it, and compiles the policy.
    ///
    /// # Errors
    ///
    /// Every error, in one error: [`PolicyError`](crate::PolicyError) lists them, each with the value and with what
    /// to write instead.
    ///
    /// ```
    /// let errors = tower_cors::Policy::builder()
    ///     .allow_origins(["https://a.example/", "https://b.example"])
    ///     .allow_methods(["put"])
    ///     .build()
    ///     .unwrap_err();
    /// assert_eq!(
    ///     errors.to_string(),
    ///     "origin \"https://a.example/\" has a path; write \"https://a.example\"\n\
    ///      method \"put\" is not PUT, methods are case-sensitive; write \"PUT\"",
    /// );
    /// ```
    pub fn build(&self) -> Result<Policy, PolicyErrors> {
        let mut findings = Findings::of(self.name.as_deref());
        let rule = self.compile(None, &mut findings);
        let (rule, idle) = findings.none_in(rule)?;
        Ok(Policy::new(self.name.clone(), rule, Vec::new(), idle))
    }
}

/// Whether a pattern needs the call for names that strangers may have, or might: without the feature
/// `public-suffix` that is not known.
pub(crate) fn is_for_strangers(pattern: &OriginPattern<'_>, credentials: bool) -> bool {
    stranger_error("", pattern, credentials).is_some()
}
