//! Policies that are found asynchronously, as in a database of tenants.

use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use http::header::{HOST, ORIGIN};
use http::{HeaderName, Request};

use super::PolicySource;
use super::sealed::{Choice, Choose, Judge, Seal};
use crate::policy::decision::append;
use crate::policy::vary::VaryOn;
use crate::policy::{Denial, Policy};
use crate::request::RequestHead;

/// Finds the policy for a request by an asynchronous function, as in a database of tenants.
///
/// The function is given the head of the request, as a request without a body, and returns a policy;
/// or `None` if there is none. Of the header fields it sees `Origin`, `Host`, and those that
/// [`vary_on`](Self::vary_on) names, which join every `Vary`; so no cache mistakes one tenant's
/// response for another's. It is asked for requests with an `Origin`, and with
/// [`CorsLayer::enforce`](crate::CorsLayer::enforce) for those that a page of another site may have sent
/// without one.
///
/// An error is given to the second function, to be reported, and then there is no policy: a preflight
/// is denied, and the response to any other request is not decorated, and has no CORS headers of the
/// inner service either. With [`CorsLayer::enforce`](crate::CorsLayer::enforce) it is refused.
///
/// The crate has no timer and no cache: the function sets its own time limit, and keeps what it has found. While
/// it runs, the inner service stays reserved for the request, with its permit if it has a limit. A preflight
/// never reaches the inner service, and reserves nothing.
///
/// A preflight has none of the header fields that a page sets, so these cannot choose its policy. What
/// a gateway sets can, and the host, the path and the query.
///
/// ```
/// use std::collections::HashMap;
/// use std::sync::Arc;
///
/// use http::HeaderName;
/// use tower_cors::{CorsLayer, Policy, Resolver};
///
/// let policy = Policy::builder().allow_origins(["https://shop.example"]).build()?;
/// let tenants = Arc::new(HashMap::from([("shop".to_owned(), policy)]));
/// let resolver = Resolver::new(
///     async move |head| {
///         let Some(tenant) = head.headers().get("x-tenant") else { return Ok(None) };
///         Ok(tenants.get(tenant.to_str()?).cloned())
///     },
///     |error| eprintln!("no policy: {error}"),
/// );
/// let layer = CorsLayer::with_resolver(resolver.vary_on([HeaderName::from_static("x-tenant")]));
/// # Ok::<(), tower_cors::PolicyErrors>(())
/// ```
#[derive(Clone)]
pub struct Resolver {
    resolve: Arc<dyn Fn(Request<()>) -> Resolving + Send + Sync>,
    vary_on: Arc<VaryOn>,
}

/// The policy that a resolver finds, after a failure was reported.
type Resolving = Pin<Box<dyn Future<Output = Option<Policy>> + Send>>;

/// Whatever went wrong: what `?` makes of any error.
type BoxError = Box<dyn Error + Send + Sync>;

impl Resolver {
    /// A resolver of a function from request head to policy, and of one that reports its errors.
    ///
    /// Each request clones the function, so what it captures is cheap to clone, such as an `Arc`. The error
    /// of the function is what `?` makes of any error. To convert another error type, write `Ok(find()?)`.
    #[must_use]
    pub fn new<F, T>(resolve: F, report: impl Fn(BoxError) + Send + Sync + 'static) -> Self
    where
        F: FnOnce(Request<()>) -> T + Clone + Send + Sync + 'static,
        T: Future<Output = Result<Option<Policy>, BoxError>> + Send + 'static,
    {
        let report = Arc::new(report);
        let resolve = move |head| -> Resolving {
            let (resolving, report) = (resolve.clone()(head), Arc::clone(&report));
            Box::pin(async move {
                match resolving.await {
                    Ok(policy) => policy,
                    Err(error) => {
                        report(error);
                        None
                    }
                }
            })
        };
        Self { resolve: Arc::new(resolve), vary_on: Arc::default() }
    }

    /// Names header fields that the function reads. Others are not in the head that it is given.
    #[must_use]
    pub fn vary_on(self, names: impl IntoIterator<Item = HeaderName>) -> Self {
        let names = self.vary_on.names().iter().cloned().chain(names);
        Self { vary_on: Arc::new(VaryOn::new(names)), ..self }
    }

    /// The policy for a request, if there is one.
    pub(crate) fn resolve(&self, head: RequestHead<'_>) -> Resolving {
        (self.resolve)(self.visible(head))
    }

    /// The names that join every `Vary`.
    pub(crate) fn varies_on(&self) -> &VaryOn {
        &self.vary_on
    }

    /// What the function is given of a request.
    fn visible(&self, head: RequestHead<'_>) -> Request<()> {
        let mut visible = Request::new(());
        *visible.method_mut() = head.method().clone();
        *visible.uri_mut() = head.uri().clone();
        let mut show = |name: &HeaderName| {
            for value in head.headers().get_all(name) {
                append(visible.headers_mut(), name.clone(), value.clone());
            }
        };
        // `Host` is in the key of a cache, and `Origin` in every `Vary` of a dynamic policy.
        show(&HOST);
        show(&ORIGIN);
        for name in self.vary_on.names() {
            if ![HOST, ORIGIN].contains(name) {
                show(name);
            }
        }
        visible
    }
}

/// What a resolver found.
#[derive(Clone, Debug)]
pub(crate) struct Resolved(pub(crate) Option<Policy>);

impl PolicySource for Resolved {}

impl Choose for Resolved {
    fn is_dynamic(_seal: Seal) -> bool {
        true
    }

    fn choose<T>(
        &self,
        _seal: Seal,
        _head: RequestHead<'_>,
        decide: impl FnOnce(Choice<'_>) -> T,
    ) -> T {
        decide(match &self.0 {
            Some(policy) => Choice::Policy(policy),
            None => Choice::NoCors(Denial::NoPolicy),
        })
    }
}

impl Judge for Resolved {}

/// Which policies it will find is not known.
impl Judge for Resolver {}

impl fmt::Debug for Resolver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resolver").field("vary_on", &self.vary_on.names()).finish_non_exhaustive()
    }
}
