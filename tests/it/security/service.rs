//! What other middleware cost, kept and gave away beside its answers.
//! <https://www.rfc-editor.org/rfc/rfc9110#name-security-considerations>

use std::convert::Infallible;

use futures_util::FutureExt;
use http::{HeaderValue, Response, StatusCode};
use tower::{Layer, Service, service_fn};
use tower_cors::{CorsLayer, Denial, Policy};

use super::{ANY, Config, ONE, TWO};
use crate::oracle;
use crate::wire::{
    build, from_map, parse_request, parse_response, send, show, show_lines, to_http,
};

/// Counted before it is read: it allocates nothing, and is denied for its length, not for what a
/// reading would have found first.
#[test]
fn a_flood_of_commas_is_not_even_read() {
    let policy = build(&Config { headers: &["x-a"], ..ONE }).unwrap();
    for (name, lines) in [
        ("2: CVE-2025-47908: 1 MiB of commas", vec![vec![b','; 1 << 20]]),
        ("2: CVE-2025-47908: 1,000 lines of commas", vec![vec![b','; 1_000]; 1_000]),
        ("3: go-chi/cors#36: 1 MiB of a name", vec![vec![b'x'; 1 << 20]]),
        ("3: go-chi/cors#36: 1,000 blank lines", vec![Vec::new(); 1_000]),
    ] {
        let head = "OPTIONS; origin: https://good.example; request-method: PUT";
        let mut request = to_http(&parse_request(head));
        // Would be denied by name, if the lines were read in their order.
        for line in [b"x-evil".to_vec()].iter().chain(&lines) {
            let value = HeaderValue::from_bytes(line).unwrap();
            request.headers_mut().append("access-control-request-headers", value);
        }
        // The first clone of a value that is not shared allocates.
        drop(policy.decide(&request));
        let (decision, allocations) = crate::allocations::count(|| policy.decide(&request));
        assert_eq!(decision.denial(), Some(Denial::HeaderListTooLong), "{name}");
        assert_eq!(allocations, 0, "{name}");
    }
}

/// Nobody may write into what is published: a file that everybody may write to stays so where it is
/// unpacked.
#[cfg(unix)]
#[test]
fn no_file_of_the_crate_is_world_writable() {
    use std::os::unix::fs::PermissionsExt;

    fn walk(folder: &std::path::Path, seen: &mut usize) {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let (path, metadata) = (entry.path(), entry.metadata().unwrap());
            if path.ends_with("target") || path.ends_with(".git") {
                continue;
            }
            let mode = metadata.permissions().mode();
            assert_eq!(mode & 0o002, 0, "27: rack-cors CVE-2024-27456: {}", path.display());
            *seen += 1;
            if metadata.is_dir() {
                walk(&path, seen);
            }
        }
    }

    let mut seen = 0;
    walk(env!("CARGO_MANIFEST_DIR").as_ref(), &mut seen);
    assert!(seen > 20, "{seen}");
}

#[test]
fn no_answer_changes_another() {
    let config = Config { exposed: &["x-a"], methods: &["*"], headers: &["*"], ..TWO };
    let policy = build(&config).unwrap();
    for head in [
        "GET",
        "GET; origin: https://foo.com",
        "GET; origin: https://evil.example",
        "OPTIONS; origin: https://foo.com; request-method: PUT; request-headers: x-b",
    ] {
        let request = parse_request(head);
        let mut first = policy.decide(&to_http(&request)).headers();
        let before = show_lines(&from_map(&first));
        first.iter_mut().for_each(|(_, value)| *value = HeaderValue::from_static("evil"));
        first.append("vary", HeaderValue::from_static("x-evil"));
        let after = show_lines(&from_map(&policy.decide(&to_http(&request)).headers()));
        assert_eq!(before, after, "5: rs/cors#198: {head}");

        let layer = CorsLayer::new(policy.clone());
        let inner = parse_response("200; vary: accept");
        let answers: Vec<_> = (0..10_000).map(|_| send(&layer, &request, &inner)).collect();
        assert!(answers.iter().all(|it| *it == answers[0]), "47: CVE-2026-41135: {head}");
    }
}

#[test]
fn a_denial_says_nothing_of_the_client() {
    let policy = build(&TWO).unwrap();
    let odd = "%0d%0aevil";
    for head in [
        format!("GET; origin: https://foo.com{odd}"),
        format!("GET; origin: {odd}; origin: {odd}"),
        format!("OPTIONS; origin: https://foo.com; request-method: {odd}"),
        format!("OPTIONS; origin: https://foo.com; request-method: {odd}; request-method: {odd}"),
        format!("OPTIONS; origin: https://foo.com; request-method: PUT; request-headers: {odd}"),
    ] {
        let decision = policy.decide(&to_http(&parse_request(&head)));
        let said = format!("{} {decision:?}", decision.denial().unwrap());
        let is_safe = said.lines().count() == 1 && !said.contains("evil");
        assert!(is_safe, "17: CVE-2024-1681: {said:?}");
    }
}

#[test]
fn the_inner_service_may_take_the_origin_away() {
    let inner = service_fn(|mut request: http::Request<&'static str>| async move {
        request.headers_mut().remove("origin");
        let mut response =
            Response::new(if request.headers().is_empty() { "none" } else { "some" });
        *response.status_mut() = StatusCode::ACCEPTED;
        Ok::<_, Infallible>(response)
    });
    let request = to_http(&parse_request("GET; origin: https://foo.com"));
    let mut service = CorsLayer::new(build(&TWO).unwrap()).layer(inner);
    let response = service.call(request).now_or_never().unwrap().unwrap();
    let answer = (response.status().as_u16(), *response.body());
    assert_eq!(answer, (202, "none"), "38: CVE-2023-35943");
    let lines = show_lines(&from_map(response.headers()));
    assert_eq!(lines, "; allow-origin: https://foo.com; vary: Origin", "38: CVE-2023-35943");
}

#[test]
fn the_permissive_policy_has_no_credentials() {
    let config =
        Config { methods: &["*"], headers: &["*", "authorization"], exposed: &["*"], ..ANY };
    let layer = CorsLayer::new(Policy::permissive());
    let inner = parse_response("200; allow-credentials: true");
    for head in [
        "GET",
        "GET; origin: https://attacker.example; cookie: session=1",
        "GET; origin: null",
        "OPTIONS; origin: null; request-method: PUT; request-headers: authorization, x-a",
        "OPTIONS; origin: https://attacker.example; request-method: TRACE",
    ] {
        let request = parse_request(head);
        let expected = oracle::answer(&config, &request, &inner);
        let actual = oracle::Answer { denial: expected.denial, ..send(&layer, &request, &inner) };
        assert_eq!(show(&actual), show(&expected), "33: CVE-2018-8014: {head}");
        assert!(!show(&actual).contains("credentials"), "33: CVE-2018-8014: {head}");
    }
}
