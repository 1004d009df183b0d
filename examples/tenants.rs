//! A policy for each tenant, out of a database, with a cache before it.
//!
//! A tenant is known by the field `x-tenant`, which a gateway sets on every request, preflights too,
//! or else by the first label of the host. Its policy is a JSON document in `SQLite`. A database blocks,
//! so it is asked on a thread for that; what it says, "no such tenant" too, is kept for a minute. A
//! failure is never kept: it is reported, and there is no policy for the request.
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
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use http::header::HOST;
use http::{HeaderName, Request};
use moka::future::Cache;
use rusqlite::{Connection, OptionalExtension};
use tokio::net::TcpListener;
use tokio::task;
use tower_cors::{CorsLayer, Policy, Resolver};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let database = Connection::open_in_memory()?;
    database.execute_batch(SCHEMA)?;
    database.execute_batch(
        r#"INSERT INTO tenants VALUES
            ('shop', '{ "allow_origins": ["https://shop.example", "https://*.shop.example"] }'),
            ('bank', '{ "allow_origins": ["https://bank.example"], "allow_credentials": true }')"#,
    )?;
    let app = app(Tenants::new(database), |error| {
        // If nobody reads it, there is nobody to tell.
        let _ = writeln!(io::stderr(), "no policy: {error}");
    });
    let listener = TcpListener::bind("127.0.0.1:3000").await?;
    writeln!(io::stdout(), "listening on http://{}", listener.local_addr()?)?;
    axum::serve(listener, app).await?;
    Ok(())
}

/// The one table.
pub(crate) const SCHEMA: &str =
    "CREATE TABLE tenants (name TEXT PRIMARY KEY, policy TEXT NOT NULL)";

/// The application, and a function that reports why there is no policy.
pub(crate) fn app(tenants: Tenants, report: impl Fn(Failure) + Send + Sync + 'static) -> Router {
    let resolve = move |head: Request<()>| {
        let (name, tenants) = (name_of(&head), tenants.clone());
        async move {
            match name {
                Some(name) => {
                    Ok(tenants.policy(name).await.map_err(|failure| failure.to_string())?)
                }
                None => Ok(None),
            }
        }
    };
    let resolver = Resolver::new(resolve, report).vary_on([X_TENANT]);
    Router::new().route("/", get(|| async { "hello\n" })).layer(CorsLayer::with_resolver(resolver))
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
    cache: Cache<String, Option<Policy>>,
}

impl Tenants {
    pub(crate) fn new(database: Connection) -> Self {
        let cache = Cache::builder().max_capacity(10_000).time_to_live(Duration::from_secs(60));
        Self { database: Arc::new(Mutex::new(database)), cache: cache.build() }
    }

    /// Of many requests for the same tenant at once, one asks the database, and the others wait.
    async fn policy(&self, name: String) -> Result<Option<Policy>, Arc<Failure>> {
        let (key, database) = (name.clone(), Arc::clone(&self.database));
        let read = async {
            task::spawn_blocking(move || {
                // A panic elsewhere left no change half done: this only reads.
                let database = database.lock().unwrap_or_else(PoisonError::into_inner);
                find(&database, &name)
            })
            .await?
        };
        self.cache.try_get_with(key, read).await
    }
}

/// Asks the database.
fn find(database: &Connection, name: &str) -> Result<Option<Policy>, Failure> {
    let mut statement = database.prepare_cached("SELECT policy FROM tenants WHERE name = ?")?;
    let document: Option<String> = statement.query_row([name], |row| row.get(0)).optional()?;
    Ok(document.map(|document| Policy::from_json(&document)).transpose()?)
}
