//! Sites, held to the `psl` crate, which has the list of public suffixes as code.
//!
//! <https://html.spec.whatwg.org/multipage/browsers.html#obtain-a-site>

use url::Url;

#[path = "../../../src/browser/site.rs"]
mod site;

const TEXT: &str = include_str!("../../../src/origin/suffix/list.txt");

fn https(host: &str) -> Url {
    Url::parse(&format!("https://{host}/")).unwrap()
}

/// A name under a suffix of the list, for every suffix of some of its lines.
fn names() -> Vec<String> {
    let (_, lines) = TEXT.split_once("\n\n").unwrap();
    let mut names = Vec::new();
    for line in lines.lines().step_by(3) {
        let (parent, labels) = line.split_once(' ').unwrap();
        for label in labels.split(' ').step_by(7) {
            let label = label.trim_end_matches(['~', '!', '?']).replace('*', "any");
            let parent = if parent == "/" { String::new() } else { format!(".{parent}") };
            names.push(format!("{label}{parent}"));
        }
    }
    names
}

#[test]
fn a_site_is_the_registrable_domain() {
    let (mut count, mut failures) = (0, Vec::new());
    for name in names() {
        for host in [name.clone(), format!("a.{name}"), format!("b.a.{name}")] {
            let expected = psl::domain_str(&host).unwrap_or(&host);
            let url = https(&host);
            let got = site::site_host(&url).unwrap();
            // That crate's list is older by some names.
            if got != expected && psl::suffix(host.as_bytes()).is_some_and(|it| it.is_known()) {
                failures.push(format!("{host}: expected {expected}, got {got}"));
            }
            count += 1;
        }
    }
    assert!(count > 1000, "{count} hosts");
    // The rules by which our list is newer.
    failures.retain(|failure| !["lovable.app", "sanity."].iter().any(|it| failure.contains(it)));
    assert!(failures.is_empty(), "{} of {count}:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn some_sites() {
    for (one, other, is_same) in [
        ("app.shop.example", "api.shop.example", true),
        ("app.example", "api.example", false),
        ("a.github.io", "b.github.io", false),
        ("a.b.github.io", "b.github.io", true),
        ("a.example.co.uk", "b.example.co.uk", true),
        ("a.co.uk", "b.co.uk", false),
        ("www.ck", "a.www.ck", true),
        ("a.any.ck", "b.any.ck", false),
        ("localhost", "localhost", true),
        ("localhost", "sub.localhost", false),
        ("a.sub.localhost", "sub.localhost", true),
        ("127.0.0.1", "127.0.0.1", true),
        ("127.0.0.1", "127.0.0.2", false),
        ("[::1]", "[::1]", true),
    ] {
        let is = site::is_same_site(&https(one), &https(other), true);
        assert_eq!(is, is_same, "{one} and {other}");
    }
    let http = Url::parse("http://a.shop.example/").unwrap();
    assert!(!site::is_same_site(&http, &https("a.shop.example"), true));
    assert!(site::is_same_site(&http, &https("a.shop.example"), false));
    assert!(site::is_public_suffix("co.uk") && !site::is_public_suffix("example.co.uk"));
    for (host, is_loopback) in [
        ("localhost", true),
        ("a.localhost", true),
        ("127.9.9.9", true),
        ("[::1]", true),
        ("localhost.example", false),
        ("128.0.0.1", false),
    ] {
        assert_eq!(site::is_loopback(&https(host)), is_loopback, "{host}");
    }
}
