//! A policy for each tenant, out of a database, with a cache before it.
//!
//! A tenant is known by the field `x-tenant`, which a gateway sets on every request, preflights too,
//! or else by the first label of the host. Its policy is a JSON document in `SQLite`.
//!
//! Tenants write their documents themselves, so that one of them must not be able to stop the others:
//!
//! - A database blocks, so it is asked on a thread for that. Only the row is read under its lock; the
//!   document is parsed afterwards.
//! - A document has a most length. A longer one does not even leave the database.
//! - What the database says, "no such tenant" too, is kept for a minute, and a failure for five seconds:
//!   then a tenant with a bad document costs no more than the others. Each failure is reported once, by
//!   the request that met it, and in the meantime there is no policy.
//!
//! ```sh
//! cargo run --example tenants
//! curl -i http://127.0.0.1:3000/ -H 'Host: shop.api.example' -H 'Origin: https://shop.example'
//! curl -i http://127.0.0.1:3000/ -H 'X-Tenant: bank' -H 'Origin: https://bank.example'
//! curl -i http://127.0.0.1:3000/ -H 'X-Tenant: nobody' -H 'Origin: https://bank.example'
//! ```

use std::error::Error;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::get;
use http::header::HOST;
use http::{HeaderName, Request};
use moka::Expiry;
use moka::future::Cache;
use rusqlite::{Connection, OptionalExtension};
use tokio::task;
use tower_cors::{CorsLayer, Policy, Resolver};
use tower_cors_recipes::listen;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let database = Connection::open_in_memory()?;
    database.execute_batch(SCHEMA)?;
    database.execute_batch(
        r#"INSERT INTO tenants VALUES
            ('shop', '{ "allow_origins": ["https://shop.example", "https://*.shop.example"] }'),
            ('bank', '{ "allow_origins": ["https://bank.example"], "allow_credentials": true }')"#,
    )?;
    let app = app(Tenants::new(database, KEPT), |failure| {
        // If nobody reads it, there is nobody to tell.
        let _ = writeln!(io::stderr(), "no policy: {failure}");
    });
    let listener = listen().await?;
    axum::serve(listener, app).await?;
    Ok(())
}

/// The one table.
pub(crate) const SCHEMA: &str =
    "CREATE TABLE tenants (name TEXT PRIMARY KEY, policy TEXT NOT NULL)";

/// The application, and a function that reports why there is no policy.
pub(crate) fn app(tenants: Tenants, report: impl Fn(Failure) + Send + Sync + 'static) -> Router {
    let resolver = Resolver::new(
        async move |head| match name_of(&head) {
            Some(name) => tenants.policy(name).await,
            None => Ok(None),
        },
        report,
    );
    let layer = CorsLayer::with_resolver(resolver.vary_on([X_TENANT]));
    Router::new().route("/", get(|| async { "hello\n" })).layer(layer)
}

const X_TENANT: HeaderName = HeaderName::from_static("x-tenant");

/// The tenant that a request is for: in HTTP/2 the host is in the URI.
fn name_of(head: &Request<()>) -> Option<String> {
    let text = |name| head.headers().get(name).map(|value| value.to_str().ok());
    if let Some(name) = text(X_TENANT) {
        return name.map(str::to_owned);
    }
    let host = head.uri().host().or_else(|| text(HOST).flatten())?;
    host.split('.').next().map(str::to_ascii_lowercase)
}

/// Why there is no policy: the database failed, or what it holds is none.
pub(crate) type Failure = Box<dyn Error + Send + Sync>;

/// The tenants' policies, in a database and in a cache, both shared by clones.
#[derive(Clone)]
pub(crate) struct Tenants {
    database: Arc<Mutex<Connection>>,
    /// Bounded, since anybody may ask for a tenant of any name.
    cache: Cache<String, Answer>,
}

/// What is kept of an answer of the database.
type Answer = Result<Option<Policy>, Arc<str>>;

impl Tenants {
    pub(crate) fn new(database: Connection, kept: Kept) -> Self {
        let cache = Cache::builder().max_capacity(10_000).expire_after(kept).build();
        Self { database: Arc::new(Mutex::new(database)), cache }
    }

    /// Of many requests for the same tenant at once, one asks the database, and the others wait.
    async fn policy(&self, name: String) -> Result<Option<Policy>, Failure> {
        let answer = self.cache.entry_by_ref(&name).or_insert_with(self.ask(&name)).await;
        let is_new = answer.is_fresh();
        match answer.into_value() {
            Ok(policy) => Ok(policy),
            Err(failure) if is_new => Err((*failure).into()),
            // It was reported before.
            Err(_) => Ok(None),
        }
    }

    async fn ask(&self, name: &str) -> Answer {
        let (name, database) = (name.to_owned(), Arc::clone(&self.database));
        let answer = task::spawn_blocking(move || {
            let document = find(&database, &name)?;
            Ok::<_, Failure>(document.map(|document| Policy::from_json(&document)).transpose()?)
        });
        let failed = |failure: Failure| failure.to_string().into();
        answer.await.map_err(Failure::from).and_then(|answer| answer).map_err(failed)
    }
}

/// The most bytes of a document: some hundred origins.
pub(crate) const LONGEST: u32 = 64 * 1024;

/// Asks the database for a tenant's document. The lock is held no longer than that.
pub(crate) fn find(database: &Mutex<Connection>, name: &str) -> Result<Option<String>, Failure> {
    // A panic elsewhere left no change half done: this only reads.
    let database = database.lock().unwrap_or_else(PoisonError::into_inner);
    let mut statement = database.prepare_cached(
        "SELECT iif(octet_length(policy) <= ?, policy, NULL) FROM tenants WHERE name = ?",
    )?;
    let row = statement.query_row((LONGEST, name), |row| row.get(0)).optional()?;
    match row {
        Some(None) => Err(format!("the policy of {name:?} has over {LONGEST} bytes").into()),
        Some(document) => Ok(document),
        None => Ok(None),
    }
}

/// For how long answers are kept.
#[derive(Clone, Copy)]
pub(crate) struct Kept {
    /// A policy, or that there is none: a change takes this long until it is seen.
    pub(crate) policy: Duration,
    /// A failure: a database that is back, or a document that was put right, is seen sooner.
    pub(crate) failure: Duration,
}

const KEPT: Kept = Kept { policy: Duration::from_secs(60), failure: Duration::from_secs(5) };

impl Expiry<String, Answer> for Kept {
    fn expire_after_create(&self, _name: &String, answer: &Answer, _: Instant) -> Option<Duration> {
        Some(if answer.is_ok() { self.policy } else { self.failure })
    }
}
