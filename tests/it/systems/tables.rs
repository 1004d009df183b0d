//! Systems with a list of rules, or a table of paths: S3, Flask-CORS, ASP.NET Core, Cloud Elements.

use std::collections::BTreeMap;

use http::StatusCode;
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_EXPOSE_HEADERS,
    ACCESS_CONTROL_MAX_AGE,
};
use tower_cors::{CorsLayer, Policy, Route, Routes};

use super::{Result, preflight, request, send};

/// Rules, of which the first that matches answers; a rule's methods are all that it allows, GET
/// included.
#[test]
fn aws_s3() -> Result {
    let (policy, warnings) = Policy::from_s3_json(
        r#"[
            {
                "AllowedOrigins": ["https://www.example.com", "https://*.example.org"],
                "AllowedMethods": ["PUT", "POST", "DELETE"],
                "AllowedHeaders": ["*"],
                "ExposeHeaders": ["x-amz-request-id"],
                "MaxAgeSeconds": 3000
            },
            { "AllowedOrigins": ["*"], "AllowedMethods": ["GET"], "AllowedHeaders": ["x-amz-*"] }
        ]"#,
    )?;
    assert_eq!(warnings, []);
    let layer = CorsLayer::new(policy).hide_denials(true);

    let upload = send(
        &layer,
        preflight("/photo.jpg", "https://eu.example.org", "PUT", "authorization,x-amz-acl"),
    );
    assert_eq!((upload.status(), upload.ran), (StatusCode::NO_CONTENT, false));
    assert_eq!(upload.reader(), "https://eu.example.org");
    assert_eq!(upload.says(ACCESS_CONTROL_MAX_AGE), "3000");
    let put = send(&layer, request("PUT", "/photo.jpg", "https://www.example.com"));
    assert_eq!(put.says(ACCESS_CONTROL_EXPOSE_HEADERS), "x-amz-request-id");

    let anybody = send(&layer, request("GET", "/photo.jpg", "https://any.example"));
    assert_eq!((anybody.reader(), anybody.says(ACCESS_CONTROL_EXPOSE_HEADERS)), ("*", ""));
    let asked = send(&layer, preflight("/photo.jpg", "https://any.example", "GET", "x-amz-date"));
    assert_eq!(asked.status(), StatusCode::NO_CONTENT);
    for denied in [
        preflight("/photo.jpg", "https://any.example", "GET", "x-other"),
        preflight("/photo.jpg", "https://any.example", "PUT", ""),
    ] {
        // As S3 has it: 403, with no CORS header.
        let denied = send(&layer, denied);
        assert_eq!((denied.status(), denied.cors().len()), (StatusCode::FORBIDDEN, 0));
    }
    let post = send(&layer, request("POST", "/", "https://any.example"));
    assert_eq!(post.cors(), [""; 0], "POST is no method of the second rule");
    Ok(())
}

/// `CORS(app, resources={r"/api/*": {"origins": …}, r"/public/*": {"origins": "*"}})`, without the
/// regular expressions.
#[test]
fn flask_cors() -> Result {
    let api = Policy::builder()
        .allow_origins(["https://app.example", "https://other.example"])
        .allow_credentials(true)
        .build()?;
    let routes = Routes::builder()
        .route("/api/{*rest}", api)
        .route("/public/{*rest}", Policy::builder().allow_origins(["*"]).build()?)
        .build()?;
    let layer = CorsLayer::new(routes);
    let reader =
        |path: &str, origin: &str| send(&layer, request("GET", path, origin)).reader().to_owned();
    assert_eq!(reader("/api/users", "https://app.example"), "https://app.example");
    assert_eq!(reader("/api/users", "https://evil.example"), "");
    assert_eq!(reader("/public/logo", "https://evil.example"), "*");
    assert_eq!(reader("/elsewhere", "https://app.example"), "");
    // What it got wrong: another path in disguise, another case, a plus for a space.
    for path in ["/public/../api/users", "/public/%2e%2e/api/users", "/Public/logo"] {
        assert_eq!(reader(path, "https://app.example"), "", "{path}");
    }
    Ok(())
}

/// `AddPolicy("name", …)`, `[EnableCors("name")]` for an endpoint, `[DisableCors]`, and a default.
#[test]
fn asp_net_core() -> Result {
    let named = BTreeMap::from([
        ("Default", Policy::builder().allow_origins(["https://app.example"]).build()?),
        ("Partners", Policy::builder().allow_origins(["https://*.partner.example"]).build()?),
    ]);
    let policy = |name: &str| named.get(name).cloned().ok_or(format!("no policy {name}"));
    let routes = Routes::builder()
        .fallback(policy("Default")?)
        .route("/orders/{id}", policy("Partners")?)
        .route("/orders/{id}/invoice", Route::NoCors)
        .build()?;
    assert!(policy("partners").is_err(), "found at start-up");
    let layer = CorsLayer::new(routes);
    let reader =
        |path: &str, origin: &str| send(&layer, request("GET", path, origin)).reader().to_owned();
    let partner = "https://eu.partner.example";
    assert_eq!(reader("/", "https://app.example"), "https://app.example");
    assert_eq!(reader("/orders/1", partner), partner);
    assert_eq!(reader("/orders/1", "https://app.example"), "");
    assert_eq!(reader("/orders/1/invoice", "https://app.example"), "");
    Ok(())
}

/// As many names as its API lists; which they are does not matter here.
const NAMES: [&str; 27] = [
    "accept",
    "accept-language",
    "authorization",
    "cache-control",
    "content-disposition",
    "content-language",
    "content-md5",
    "content-range",
    "content-type",
    "elements-async-callback-url",
    "elements-error-request-id",
    "elements-has-more",
    "elements-next-page-token",
    "elements-request-id",
    "elements-returned-count",
    "elements-total-count",
    "elements-version",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-unmodified-since",
    "pragma",
    "range",
    "x-api-key",
    "x-correlation-id",
    "x-file-name",
    "x-requested-with",
];

/// One prefix never has CORS headers, although the backend sends them; elsewhere a list of 27 names.
#[test]
fn cloud_elements() -> Result {
    let open = Policy::builder()
        .allow_origins(["*"])
        .allow_methods(["PUT", "PATCH", "DELETE"])
        .allow_headers(NAMES)
        .build()?;
    let routes = Routes::builder()
        .fallback(open)
        .route("/elements/api-v2/hubs", Route::NoCors)
        .route("/elements/api-v2/hubs/", Route::NoCors)
        .route("/elements/api-v2/hubs/{*rest}", Route::NoCors)
        .build()?;
    let layer = CorsLayer::new(routes);

    for path in ["", "/", "/crm", "/crm/../crm", "/%63rm", "/a/b/c"] {
        for path in
            [format!("/elements/api-v2/hubs{path}"), format!("/elements/api-v2/%68ubs{path}")]
        {
            let closed = send(&layer, request("GET", &path, "https://a.example"));
            assert_eq!((closed.ran, closed.cors()), (true, vec![]), "{path}");
            let closed = send(&layer, preflight(&path, "https://a.example", "GET", ""));
            assert_eq!((closed.ran, closed.status()), (false, StatusCode::FORBIDDEN), "{path}");
        }
    }

    let open = send(&layer, request("GET", "/elements/api-v2/accounts", "https://a.example"));
    assert_eq!((open.ran, open.reader(), open.cors().len()), (true, "*", 1));
    let all = NAMES.join(",");
    let asked =
        send(&layer, preflight("/elements/api-v2/accounts", "https://a.example", "PUT", &all));
    assert_eq!(
        (asked.status(), asked.says(ACCESS_CONTROL_ALLOW_HEADERS)),
        (StatusCode::NO_CONTENT, &*all)
    );
    let other =
        send(&layer, preflight("/elements/api-v2/accounts", "https://a.example", "PUT", "x-other"));
    // The page is told that the method is allowed, and the header not.
    let said = (other.says(ACCESS_CONTROL_ALLOW_METHODS), other.says(ACCESS_CONTROL_ALLOW_HEADERS));
    assert_eq!((other.ran, other.reader(), said), (false, "*", ("PUT", "")));
    Ok(())
}
