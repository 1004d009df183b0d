//! Every combination of what enforcement looks at, held to the table.
//!
//! RFC 9110, host: <https://www.rfc-editor.org/rfc/rfc9110#section-7.2>

use super::send;
use super::table::{Authorities, Case, Expected, Kind, Origin, layer};

/// Lines of `Sec-Fetch-Site`.
const SITES: [&[&str]; 6] = [
    &[],
    &["same-origin"],
    &["none"],
    &["cross-site"],
    &["Same-Origin"],
    &["same-origin", "same-origin"],
];

const ORIGINS: [Origin<'static>; 12] = [
    (&[], None),
    (&["https://shop.example"], Some(("shop.example", 443))),
    (&["http://shop.example"], Some(("shop.example", 80))),
    (&["https://shop.example:8443"], Some(("shop.example", 8443))),
    (&["https://partner.example"], Some(("partner.example", 443))),
    (&["https://other.example"], Some(("other.example", 443))),
    (&["https://evil.example"], Some(("evil.example", 443))),
    (&["null"], None),
    (&["https://shop.example/"], None),
    (&["https://shop.example", "https://shop.example"], None),
    (&["capacitor://shop.example"], None),
    (&["capacitor://shop.example:8443"], None),
];

const SHOP: (&str, Option<u16>) = ("shop.example", None);
const EVIL: (&str, Option<u16>) = ("evil.example", None);
const AUTHORITIES: [Authorities<'static>; 12] = [
    (None, &["shop.example"], Some(&[SHOP])),
    (None, &["SHOP.example:443"], Some(&[("shop.example", Some(443))])),
    (None, &["shop.example:8443"], Some(&[("shop.example", Some(8443))])),
    (None, &["shop.example:"], Some(&[SHOP])),
    (None, &["evil.example"], Some(&[EVIL])),
    (None, &[], None),
    (None, &["shop.example", "shop.example"], None),
    (Some("shop.example"), &["shop.example:80"], Some(&[SHOP, ("shop.example", Some(80))])),
    (Some("shop.example"), &["evil.example"], Some(&[SHOP, EVIL])),
    (Some("evil.example"), &["shop.example"], Some(&[EVIL, SHOP])),
    (Some("shop.example"), &[""], None),
    (Some("evil@shop.example"), &["shop.example"], None),
];

/// A method, and whether the request is a preflight.
const METHODS: [(&str, bool); 5] =
    [("GET", false), ("OPTIONS", false), ("OPTIONS", true), ("POST", false), ("CONNECT", false)];

fn bools() -> impl Iterator<Item = bool> + Clone {
    [false, true].into_iter()
}

/// Those that differ in what a request has.
fn cases(own: bool, hosts: bool, all: bool, policy: Kind) -> impl Iterator<Item = Case<'static>> {
    SITES.into_iter().flat_map(move |site| {
        ORIGINS.into_iter().flat_map(move |origin| {
            AUTHORITIES.into_iter().flat_map(move |authorities| {
                METHODS.into_iter().flat_map(move |method| {
                    bools().flat_map(move |upgrade| {
                        bools().map(move |cookie| Case {
                            site,
                            origin,
                            authorities,
                            method,
                            upgrade,
                            cookie,
                            own,
                            hosts,
                            all,
                            policy,
                        })
                    })
                })
            })
        })
    })
}

#[test]
fn every_combination_is_refused_or_passes_as_the_steps_say() {
    let (mut count, mut refused, mut failures) = (0, 0, Vec::new());
    for policy in [Kind::Any, Kind::One, Kind::Trusted, Kind::Rules] {
        for (own, hosts, all) in [(false, false), (true, false), (false, true)]
            .into_iter()
            .flat_map(|(own, hosts)| bools().map(move |all| (own, hosts, all)))
        {
            let layer = layer(own, hosts, all, policy);
            for case in cases(own, hosts, all, policy) {
                let (response, ran) = send(&layer, case.request());
                let (expected, actual) = (case.expected(), Expected::of(&response, ran));
                if actual != expected || response.headers().len() != expected.fields() {
                    failures.push(format!("{case:#?}: {actual:?}, not {expected:?}"));
                }
                count += 1;
                refused += usize::from(expected.denial.is_some());
            }
        }
    }
    assert!(
        failures.is_empty(),
        "{} of {count}, such as {:#?}",
        failures.len(),
        &failures[..3.min(failures.len())]
    );
    assert!(refused > 100_000 && count - refused > 100_000, "{count} {refused}");
}
