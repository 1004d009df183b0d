//! Tenants' policies out of a database: known, unknown, kept, and when the database fails.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use http::StatusCode;
use rusqlite::Connection;
use tempfile::TempDir;

use super::{lines, preflight, reader, request, send};

#[path = "../tenants.rs"]
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

/// Failures are kept for as long as a test takes.
fn start() -> Running {
    start_with(Duration::from_secs(600))
}

fn start_with(failure: Duration) -> Running {
    let kept = example::Kept { policy: Duration::from_secs(600), failure };
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("tenants.sqlite");
    let database = Connection::open(&file).unwrap();
    database.execute_batch(example::SCHEMA).unwrap();
    insert(&database, "shop", r#"{ "allow_origins": ["https://shop.example"] }"#);
    insert(&database, "bad", r#"{ "allow_origins": ["https://shop.example/"] }"#);
    insert(&database, "huge", &" ".repeat(12 << 20));

    let of_app = Connection::open(&file).unwrap();
    of_app.busy_timeout(Duration::ZERO).unwrap();
    let reports = Arc::new(Mutex::new(Vec::new()));
    let said = Arc::clone(&reports);
    let tenants = example::Tenants::new(of_app, kept);
    let app = example::app(tenants, move |failure| said.lock().unwrap().push(failure.to_string()));
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
    let vary = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers, x-tenant";
    assert_eq!(lines(response.headers(), "vary"), [vary]);

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

/// Each failure, with its report, and the tenant.
const FAILURES: [(&str, &str, &str); 3] = [
    (
        "a policy that is none",
        "bad",
        "allow_origins[0]: origin \"https://shop.example/\" has a path; write \"https://shop.example\" at \
         line 1 column 43",
    ),
    ("a policy that is too long", "huge", "the policy of \"huge\" has over 65536 bytes"),
    ("a database that is locked", "shop", "database is locked"),
];

#[tokio::test]
async fn a_failure_denies_and_is_reported_once_and_not_asked_again_at_once() {
    for (name, tenant, report) in FAILURES {
        let running = start();
        if tenant == "shop" {
            running.database.execute_batch("BEGIN EXCLUSIVE").unwrap();
        }
        assert!(!running.may_read(tenant).await, "{name}");
        assert_eq!(running.reported(), [report], "{name}");
        // What would answer by now is not asked.
        let _ = running.database.execute_batch("COMMIT");
        running.database.execute("DELETE FROM tenants WHERE name = ?", [tenant]).unwrap();
        insert(&running.database, tenant, r#"{ "allow_origins": ["https://shop.example"] }"#);
        for _ in 0..10 {
            assert!(!running.may_read(tenant).await, "{name}");
        }
        assert_eq!(running.reported(), [""; 0], "{name}");
    }
}

#[tokio::test]
async fn a_failure_is_kept_for_a_short_while_alone() {
    let short = Duration::from_millis(20);
    for (name, tenant, report) in FAILURES {
        let running = start_with(short);
        if tenant == "shop" {
            running.database.execute_batch("BEGIN EXCLUSIVE").unwrap();
        }
        assert!(!running.may_read(tenant).await, "{name}");
        assert_eq!(running.reported(), [report], "{name}");
        let _ = running.database.execute_batch("COMMIT");
        running.database.execute("DELETE FROM tenants WHERE name = ?", [tenant]).unwrap();
        insert(&running.database, tenant, r#"{ "allow_origins": ["https://shop.example"] }"#);
        tokio::time::sleep(2 * short).await;
        assert!(running.may_read(tenant).await, "{name}");
        assert_eq!(running.reported(), [""; 0], "{name}");
    }
}

/// Under the lock of the database a document is read, and not parsed.
#[test]
fn what_is_read_under_the_lock_is_text() {
    let database = Connection::open_in_memory().unwrap();
    database.execute_batch(example::SCHEMA).unwrap();
    insert(&database, "bad", "{");
    let database = Mutex::new(database);
    assert_eq!(example::find(&database, "bad").unwrap().as_deref(), Some("{"));
    assert!(database.try_lock().is_ok());
}

#[tokio::test]
async fn the_longest_document_is_read_and_a_longer_one_is_not() {
    let running = start();
    let longest = usize::try_from(example::LONGEST).unwrap();
    let document = r#"{ "allow_origins": ["https://shop.example"] }"#;
    let padded = |bytes: usize| format!("{document}{}", " ".repeat(bytes - document.len()));
    insert(&running.database, "long", &padded(longest));
    insert(&running.database, "longer", &padded(longest + 1));
    // Of two bytes each: it is bytes that count.
    let letters = format!(r#"{{ "é": "{}" }}"#, "é".repeat(longest / 2));
    insert(&running.database, "letters", &letters);
    assert!(running.may_read("long").await);
    assert_eq!(running.reported(), [""; 0]);
    assert!(!running.may_read("longer").await);
    assert!(!running.may_read("letters").await);
    assert_eq!(running.reported().len(), 2);
}

/// Tenants with bad and with huge documents, asked for many times and at once, and one that is sound.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_tenant_does_not_stop_another() {
    let running = start();
    let longest = usize::try_from(example::LONGEST).unwrap();
    let costly = format!(r#"{{ "allow_origins": [{}"a"] }}"#, r#""a","#.repeat(longest / 4 - 10));
    for tenant in 0..4 {
        insert(&running.database, &format!("huge{tenant}"), &" ".repeat(12 << 20));
        insert(&running.database, &format!("costly{tenant}"), &costly);
    }
    let names = (0..4).flat_map(|tenant| [format!("huge{tenant}"), format!("costly{tenant}")]);
    let names: Vec<String> = names.chain(["shop".to_owned()]).collect();
    let asked = (0..20).flat_map(|_| names.clone()).map(|tenant| {
        let app = running.app.clone();
        tokio::spawn(async move {
            let response = send(&app, request("GET", "/", SHOP, &[("x-tenant", &tenant)])).await;
            assert_eq!(reader(&response).is_some(), tenant == "shop", "{tenant}");
        })
    });
    for task in asked.collect::<Vec<_>>() {
        task.await.unwrap();
    }
    let reports = running.reported();
    assert_eq!(reports.len(), 8, "one a tenant");
    assert!(reports.iter().all(|report| report.len() < 16 * 1_024), "{:?}", reports[0]);
}

#[tokio::test]
async fn a_policy_stays_when_its_database_fails() {
    let running = start();
    assert!(running.may_read("shop").await);
    running.database.execute_batch("DROP TABLE tenants").unwrap();
    assert!(running.may_read("shop").await);
    assert_eq!(running.reported(), [""; 0]);
    assert!(!running.may_read("other").await);
    assert_eq!(running.reported(), ["no such table: tenants"]);
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
