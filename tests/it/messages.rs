//! Every message that an error in a configuration gets, word for word: the catalogue.
//!
//! Form: subject "value" what is wrong; what to write.

mod fixes;
mod origins;

use std::time::Duration;

use http::StatusCode;
use tower_cors::{CorsLayer, Policy, PolicyBuilder, PolicyErrors};

#[test]
fn combinations() {
    let open = || Policy::builder().allow_origins(["*"]);
    let with_credentials =
        |origin| Policy::builder().allow_credentials(true).allow_origins([origin]);
    let mut catalogue = Catalogue::default();
    catalogue.row(
        &Policy::builder(),
        &["no origin is allowed; give `allow_origins` at least one, or say `nobody`"],
    );
    catalogue.row(
        &open().allow_credentials(true),
        &["`allow_credentials` cannot be combined with any origin; list the origins"],
    );
    catalogue.row(
        &Policy::builder().allow_credentials(true).dangerously_allow_null_origin(true),
        &["`allow_credentials` cannot be combined with the null origin; remove one of them"],
    );
    catalogue.row(
        &with_credentials("https://a.example").expose_headers(["*"]),
        &["`allow_credentials` cannot be combined with exposing any header; list the names"],
    );
    catalogue.row(
        &Policy::builder().allow_credentials(true).dangerously_allow_file_origin(true),
        &["`allow_credentials` cannot be combined with the file origin; remove one of them"],
    );
    catalogue.close();
}

#[test]
fn methods_and_names() {
    let methods = |value| Policy::builder().allow_origins(["*"]).allow_methods([value]);
    let headers = |value| Policy::builder().allow_origins(["*"]).allow_headers([value]);
    let exposed = |value| Policy::builder().allow_origins(["*"]).expose_headers([value]);
    let mut catalogue = Catalogue::default();
    for (value, rest) in [
        ("", r#"is not a token; write one method per item, as in "PUT""#),
        ("PUT, DELETE", r#"is not a token; write one method per item, as in "PUT""#),
        ("P*", "has a `*` that is not the whole; write the methods"),
        ("get", r#"is not GET, methods are case-sensitive; write "GET""#),
        ("patch", r#"is not PATCH, methods are case-sensitive; write "PATCH""#),
    ] {
        catalogue.row(&methods(value), &[&format!("method {value:?} {rest}")]);
    }
    let not_at_end =
        r#"has a `*` that is not at its end; write the names, or a prefix, as in "x-amz-*""#;
    for (value, rest) in [
        ("", r#"is not a token; write one name per item, as in "x-api-key""#),
        ("x-a, x-b", r#"is not a token; write one name per item, as in "x-api-key""#),
        ("x-é", r#"is not a token; write one name per item, as in "x-api-key""#),
        ("x-*-y", not_at_end),
        ("**", not_at_end),
    ] {
        catalogue.row(&headers(value), &[&format!("request-header name {value:?} {rest}")]);
    }
    for (value, rest) in [
        ("x a", r#"is not a token; write one name per item, as in "etag""#),
        ("x-*", "has a `*` that is not the whole; write the names"),
        ("Set-Cookie", "is forbidden by the Fetch Standard; remove it"),
        ("set-cookie2", "is forbidden by the Fetch Standard; remove it"),
    ] {
        catalogue.row(&exposed(value), &[&format!("response-header name {value:?} {rest}")]);
    }
    catalogue.close();
}

#[test]
fn numbers() {
    let max_age = |value| Policy::builder().allow_origins(["*"]).max_age(value);
    let mut catalogue = Catalogue::default();
    catalogue.row(
        &max_age(Duration::from_millis(1500)),
        &[r#"max-age "1.5" has a fraction of a second; write 2"#],
    );
    catalogue.close();

    let layer = CorsLayer::new(Policy::permissive());
    for (status, sound) in [(199, false), (200, true), (204, true), (299, true), (300, false)] {
        let status = StatusCode::from_u16(status).unwrap();
        assert_eq!(layer.clone().preflight_status(status).is_ok(), sound, "{status}");
    }
    let error = layer.preflight_status(StatusCode::NOT_FOUND).unwrap_err();
    let message = r#"preflight status "404" is not successful, so browsers would refuse it; write 204 or 200"#;
    assert_eq!(error.to_string(), message);
}

#[derive(Default)]
struct Catalogue {
    rows: usize,
    failures: Vec<String>,
}

impl Catalogue {
    #[track_caller]
    fn row(&mut self, builder: &PolicyBuilder, messages: &[&str]) {
        self.rows += 1;
        let said: Vec<String> = match builder.build() {
            Ok(_) => vec!["nothing".to_owned()],
            Err(errors) => PolicyErrors::iter(&errors).map(ToString::to_string).collect(),
        };
        if said != messages {
            self.failures.push(format!("said     {said:#?}\nexpected {messages:#?}"));
        }
    }

    #[track_caller]
    fn close(self) {
        assert!(self.rows > 0 && self.failures.is_empty(), "{}", self.failures.join("\n"));
    }
}
