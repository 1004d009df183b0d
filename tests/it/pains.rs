//! What users of other middleware suffer from: each is impossible here, or reported, or has a recipe.
//!
//! The catalogue names the tests that hold each; those that nothing else holds are below.

use std::fs;
use std::path::Path;

use http::Request;
use tower_cors::Policy;

mod configuring;
mod serving;

/// What hurts, and the tests that show it does not hurt here: a file of `tests/it`, and a function.
const CATALOGUE: [(&str, &[(&str, &str)]); 25] = [
    (
        "1. credentials with a wildcard panics at run time",
        &[("pains/configuring", "credentials_with_a_wildcard_are_an_error_at_start_up")],
    ),
    (
        "2. a trailing slash or a path in an origin silently never matches",
        &[
            ("pains/configuring", "a_trailing_slash_is_an_error_that_says_what_to_write"),
            ("messages/origins", "origins"),
        ],
    ),
    (
        "3. a typo in a list from a file or the environment opens everything, or nothing",
        &[
            ("pains/configuring", "a_typo_in_a_list_is_an_error_and_opens_nothing"),
            ("documents/errors", "an_error_is_told_with_its_key_and_position"),
        ],
    ),
    (
        "4. no headers on 404, 405, 500, panics and time-outs: the browser hides the real error",
        &[
            ("recipes/failures", "every_failure_can_be_read"),
            ("recipes/failures", "a_panic_is_answered_over_a_socket"),
            ("recipes/reverse_proxy", "a_page_can_read_that_there_is_no_backend"),
        ],
    ),
    (
        "5. the order of layers",
        &[
            ("recipes/failures", "in_the_wrong_order_pages_are_told_nothing"),
            ("axum_routing", "on_the_router_behind_all_routes_everything_is_covered"),
        ],
    ),
    (
        "6. a preflight meets authentication, and gets 401",
        &[
            ("recipes/failures", "preflights_pass_ahead_of_authentication"),
            ("routes", "a_preflight_meets_neither_routing_nor_authentication"),
        ],
    ),
    (
        "7. every OPTIONS is swallowed",
        &[("pains/serving", "an_options_that_is_no_preflight_reaches_the_service")],
    ),
    (
        "8. two Access-Control-Allow-Origin, one from the backend",
        &[
            ("wire/inner", "the_inner_cors_headers_are_replaced"),
            (
                "recipes/reverse_proxy",
                "a_backend_with_cors_of_its_own_and_one_without_look_the_same",
            ),
        ],
    ),
    (
        "9. Vary is overwritten, duplicated, missing or too wide",
        &[
            ("wire/vary", "the_lines_of_the_inner_service_stay"),
            ("wire/vary", "a_static_policy_leaves_vary_alone"),
            ("wire/decoration", "other_policies_answer_by_origin"),
        ],
    ),
    (
        "10. origins from a database",
        &[
            ("recipes/tenants", "each_tenant_has_its_policy"),
            ("recipes/tenants", "what_is_kept_is_not_asked_for_again"),
            (
                "recipes/tenants",
                "a_failure_denies_and_is_reported_once_and_not_asked_again_at_once",
            ),
        ],
    ),
    (
        "11. change the policy without a restart",
        &[
            ("recipes/reload", "a_file_is_replaced_by_a_rename"),
            ("recipes/reload", "a_config_map_is_swapped"),
            ("reload", "no_answer_is_of_two_policies_nor_of_one_that_is_gone"),
        ],
    ),
    (
        "12. a policy for each route or endpoint",
        &[
            ("recipes/routers", "each_part_has_its_own_readers"),
            ("recipes/routers", "each_part_has_its_own_preflights"),
            ("routes", "the_route_is_the_one_that_axum_takes"),
        ],
    ),
    (
        "13. why was it denied?",
        &[
            ("pains/configuring", "a_decision_says_why"),
            ("rules", "a_denial_names_the_rule_that_came_nearest"),
        ],
    ),
    (
        "14. wildcards for subdomains",
        &[
            ("pains/configuring", "a_wildcard_stands_for_subdomains_and_nothing_else"),
            ("origin_set", "a_pattern_stands_for_its_own_and_not_for_their_neighbours"),
        ],
    ),
    (
        "15. case matters on one side only",
        &[("pains/configuring", "case_matters_where_the_standard_has_it")],
    ),
    (
        "16. a POST of the same origin is refused, above all behind a proxy that terminates TLS",
        &[("pains/serving", "a_post_of_the_same_origin_passes_behind_a_proxy")],
    ),
    (
        "17. a 403 from the server, not only a hidden answer; and no 500",
        &[
            ("pains/serving", "the_server_itself_can_refuse"),
            ("enforcement", "a_simple_post_of_a_denied_origin_is_not_processed"),
        ],
    ),
    (
        "18. `Origin: null`",
        &[
            ("pains/configuring", "null_is_denied_until_it_is_asked_for"),
            ("wire/decoration", "opaque_origins_are_admitted_by_name_only"),
        ],
    ),
    (
        "19. WebSocket upgrades are not covered",
        &[
            ("enforcement/sockets", "an_upgrade_over_http_1_of_a_denied_origin_is_refused"),
            (
                "enforcement/sockets",
                "an_extended_connect_over_http_2_of_a_denied_origin_is_refused",
            ),
            ("sockets", "a_web_socket_is_upgraded_and_speaks"),
        ],
    ),
    (
        "20. MCP servers and DNS rebinding: Origin must be validated, 403",
        &[("pains/serving", "an_mcp_server_refuses_foreign_origins_and_hosts")],
    ),
    (
        "21. which headers gRPC-Web, Connect, MCP and tus need",
        &[
            ("presets", "what_each_client_sends_is_allowed"),
            ("presets", "the_lists_are_exact"),
            ("recipes/grpc_web", "the_preflight_of_a_call_is_allowed"),
        ],
    ),
    (
        "22. `*` does not cover Authorization, and is literal with credentials",
        &[
            ("pains/configuring", "any_header_covers_authorization_only_by_name"),
            ("wire/preflight", "credentials_turn_the_wildcards_into_echoes"),
        ],
    ),
    (
        "23. max-age: what browsers keep it for",
        &[("pains/configuring", "a_max_age_that_no_browser_keeps_is_capped_and_said")],
    ),
    (
        "24. several lines of Access-Control-Request-Headers, and unsorted ones",
        &[("pains/configuring", "names_are_asked_for_in_any_order_and_on_any_lines")],
    ),
    (
        "25. a Local Network Access block looks like a CORS error; no header can mend it",
        &[("pains/serving", "no_header_answers_for_the_local_network")],
    ),
];

#[test]
fn the_catalogue_is_complete() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (number, (pain, held_by)) in (1..).zip(CATALOGUE) {
        assert!(pain.starts_with(&format!("{number}. ")), "{pain}");
        assert!(!held_by.is_empty(), "{pain}");
        for (file, function) in held_by {
            let path = match file.strip_prefix("recipes/") {
                Some(recipe) => root.join("examples/recipes/tests").join(recipe),
                None => root.join("tests/it").join(file),
            };
            let text = fs::read_to_string(path.with_extension("rs")).unwrap();
            let is_there = |text: &str| text.contains(&format!("fn {function}()"));
            let is_test = text.split("#[").any(|part| {
                (part.starts_with("test]") || part.starts_with("tokio::test")) && is_there(part)
            });
            assert!(is_test, "{pain}: there is no test {file}::{function}");
        }
    }
}

const PAGE: &str = "https://app.example";

/// A request of a page.
fn request(method: &str, origin: &str) -> Request<()> {
    Request::builder().method(method).uri("/").header("origin", origin).body(()).unwrap()
}

/// A preflight for a method, with lines of names.
fn preflight(origin: &str, method: &str, lines: &[&str]) -> Request<()> {
    let mut request = request("OPTIONS", origin);
    let headers = request.headers_mut();
    headers.insert("access-control-request-method", method.parse().unwrap());
    for line in lines {
        headers.append("access-control-request-headers", line.parse().unwrap());
    }
    request
}

fn is_allowed(policy: &Policy, request: &Request<()>) -> bool {
    policy.decide(request).is_allowed()
}
