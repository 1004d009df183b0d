//! What is unwise about own origins and hosts.

use tower_cors::Enforcement;

use super::said;

fn enforcement() -> Enforcement {
    Enforcement::unsafe_requests()
}

#[test]
fn what_is_unwise_about_an_enforcement_is_found() {
    let rows: [(&str, Enforcement, &[&str]); 8] = [
        (
            "loopback without a port",
            enforcement().hosts(["shop.example", "localhost", "127.0.0.1", "[::1]:80"]),
            &[
                r#"hosts: host "localhost" is for ports 80 and 443 alone; write "localhost:*", or the port [host-without-port]"#,
                r#"hosts: host "127.0.0.1" is for ports 80 and 443 alone; write "127.0.0.1:*", or the port [host-without-port]"#,
                r#"hosts: host "[::1]:80" is for ports 80 and 443 alone; write "[::1]:*", or the port [host-without-port]"#,
            ],
        ),
        (
            "a host that is covered, and one that is already listed",
            enforcement().hosts([
                "*.shop.example",
                "eu.shop.example:443",
                "a.example",
                "A.example",
            ]),
            &[
                r#"hosts: host "A.example" is already listed; remove it [repeated]"#,
                r#"hosts: host "eu.shop.example:443" is covered by "*.shop.example"; remove it [covered]"#,
            ],
        ),
        (
            "an own origin over http",
            enforcement().own_origins(["https://shop.example", "http://shop.example"]),
            &[
                r#"own_origins: own origin "http://shop.example" is allowed beside its https form, and whoever is on the way can write its pages; remove it [http-beside-https]"#,
            ],
        ),
        (
            "own origins below a domain",
            enforcement().own_origins(["https://*.shop.example", "https://a.shop.example"]),
            &[
                r#"own_origins: own origin "https://*.shop.example" lets every host below "shop.example" act as the visitor; list the origins [whole-domain]"#,
                r#"own_origins: own origin "https://a.shop.example" is covered by "https://*.shop.example"; remove it [covered]"#,
            ],
        ),
        (
            "own origins that stand there before",
            enforcement().own_origins([
                "https://shop.example",
                "https://shop.example",
                "app://A",
                "app://a",
            ]),
            &[
                r#"own_origins: own origin "https://shop.example" is already listed; remove it [repeated]"#,
            ],
        ),
        (
            "a dangerous call that nothing needs",
            enforcement().hosts(["shop.example"]).dangerously_allow_public_suffixes(true),
            &["dangerously_allow_public_suffixes: nothing needs it; remove it [danger-not-needed]"],
        ),
        (
            "a sensible one",
            enforcement()
                .own_origins(["https://shop.example", "http://localhost:3000"])
                .hosts(["shop.example", "localhost:*", "localhost"])
                .any_host_for(["/health"]),
            &[r#"hosts: host "localhost" is covered by "localhost:*"; remove it [covered]"#],
        ),
        (
            "one with errors, which are told elsewhere",
            enforcement().own_origins(["*", "https://a.example/"]).hosts(["a b", "*"]),
            &[],
        ),
    ];
    for (name, enforcement, expected) in rows {
        assert_eq!(said(&enforcement.lint()), expected, "{name}");
    }
    assert!(enforcement().lint().is_empty());
    let loud = Enforcement::unsafe_requests().hosts(["*.github.io"]);
    assert!(loud.dangerously_allow_public_suffixes(true).lint().is_empty());
}
