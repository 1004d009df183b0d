//! Tenants' policies out of a database: known, unknown, kept, and when the database fails.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use http::StatusCode;
use rusqlite::Connection;
use tempfile::TempDir;

use super::{lines, preflight, reader, request, send};

#[path = "../../../examples/tenants.rs"]
#[expect(dead_code, reason = "a test has its own main")]
mod example;

const SHOP: &str = "https://shop.example";

/// The application, a connection of its own to the database, and what is reported.
struct Running {
    app: Router,
    database: Connection,
    reports: Arc<Mutex<Vec<String>>>,
    _directory: TempDir,
}

fn start() -> Running {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("tenants.sqlite");
    let database = Connection::open(&file).unwrap();
    database.execute_batch(example::SCHEMA).unwrap();
    insert(&database, "shop", r#"{ "allow_origins": ["https://shop.example"] }"#);
    insert(&database, "bad", r#"{ "allow_origins": ["https://shop.example/"] }"#);

    let of_app = Connection::open(&file).unwrap();
    of_app.busy_timeout(Duration::ZERO).unwrap();
    let reports = Arc::new(Mutex::new(Vec::new()));
    let said = Arc::clone(&reports);
    let app = example::app(example::Tenants::new(of_app), move |error| {
        said.lock().unwrap().push(error.to_string());
    });
    Running { app, database, reports, _directory: directory }
}

fn insert(database: &Connection, name: &str, policy: &str) {
    database.execute("INSERT INTO tenants VALUES (?, ?)", [name, policy]).unwrap();
}

impl Running {
    /// Whether a page of the shop may read what a tenant's API answers.
    async fn may_read(&self, tenant: &str) -> bool {
        let response = send(&self.app, request("GET", "/", SHOP, &[("x-tenant", tenant)])).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(lines(response.headers(), "vary"), ["Origin", "x-tenant"]);
        reader(&response).is_some()
    }

    fn reported(&self) -> Vec<String> {
        self.reports.lock().unwrap().split_off(0)
    }
}

#[tokio::test]
async fn each_tenant_has_its_policy() {
    let running = start();
    assert!(running.may_read("shop").await);
    assert!(!running.may_read("nobody").await);
    let by_host = request("GET", "/", SHOP, &[("host", "SHOP.api.example:443")]);
    assert_eq!(reader(&send(&running.app, by_host).await).as_deref(), Some(SHOP));
    let by_authority = request("GET", "http://shop.api.example/", SHOP, &[]);
    assert_eq!(reader(&send(&running.app, by_authority).await).as_deref(), Some(SHOP));

    let mut allowed = preflight("/", SHOP, "POST", "");
    allowed.headers_mut().insert("x-tenant", "shop".parse().unwrap());
    let response = send(&running.app, allowed).await;
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
    let vary = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers";
    assert_eq!(lines(response.headers(), "vary"), [vary, "x-tenant"]);

    let mut unknown = preflight("/", SHOP, "POST", "");
    unknown.headers_mut().insert("x-tenant", "nobody".parse().unwrap());
    assert_eq!(send(&running.app, unknown).await.status(), StatusCode::FORBIDDEN);
    assert_eq!(running.reported(), [""; 0]);
}

#[tokio::test]
async fn what_is_kept_is_not_asked_for_again() {
    let running = start();
    assert!(running.may_read("shop").await);
    assert!(!running.may_read("nobody").await);
    // With the database locked, only the cache can answer.
    running.database.execute_batch("BEGIN EXCLUSIVE").unwrap();
    assert!(running.may_read("shop").await);
    assert!(!running.may_read("nobody").await);
    assert_eq!(running.reported(), [""; 0]);
}

#[tokio::test]
async fn a_failure_denies_and_is_reported_and_is_not_kept() {
    let running = start();
    running.database.execute_batch("BEGIN EXCLUSIVE").unwrap();
    assert!(!running.may_read("shop").await);
    assert_eq!(running.reported(), ["database is locked"]);
    running.database.execute_batch("COMMIT").unwrap();
    assert!(running.may_read("shop").await);
    assert_eq!(running.reported(), [""; 0]);
}

#[tokio::test]
async fn a_policy_that_is_none_denies_and_is_reported() {
    let running = start();
    assert!(!running.may_read("bad").await);
    let [said] = &running.reported()[..] else { panic!("not one report") };
    assert!(said.contains("has a path"), "{said}");
    running.database.execute_batch("DROP TABLE tenants").unwrap();
    assert!(!running.may_read("shop").await);
    assert_eq!(running.reported().len(), 1);
}

/// Many requests at once for a tenant that is not kept yet: all are answered alike.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_at_once_are_answered_alike() {
    let running = start();
    let tasks: Vec<_> = (0..50)
        .map(|_| {
            let app = running.app.clone();
            tokio::spawn(async move {
                reader(&send(&app, request("GET", "/", SHOP, &[("x-tenant", "shop")])).await)
            })
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.unwrap().as_deref(), Some(SHOP));
    }
}
