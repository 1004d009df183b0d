//! Kinds of mistakes that no request from outside shows, each with its reason; and the two lists together.

use std::collections::HashSet;

use super::kinds::seen;

const UNSEEN: &[(&str, &str)] = &[
    (
        "rs/cors CVE-2025-47908 / GHSA-mh55-gqvf-xfwm / GO-2024-2883",
        "a list of a megabyte of commas would show it, and an audit sends no floods",
    ),
    ("go-chi/cors#36", "as the one before"),
    (
        "jub0bs#12, jub0bs#15",
        "who is denied falsely is known only beside the document: `probe --policy` tells",
    ),
    ("fiber#3690", "whether the domain itself was meant to be admitted, only the document says"),
    ("Flask-CORS CVE-2024-1681", "lines in the log of the server are not in its answers"),
    (
        "Flask-CORS CVE-2024-6839",
        "which of two policies was meant for a path, only the document says",
    ),
    ("rack-cors CVE-2024-27456", "the modes of files are not in answers"),
    (
        "Quarkus CVE-2022-4147",
        "a request that may change something would show it, and an audit sends none",
    ),
    (
        "Envoy CVE-2023-35943 / GHSA-mc6h-6j9x-v3gq",
        "the header is removed behind the proxy, and not by who asks",
    ),
    ("hapi CVE-2015-9236", "that a route was meant to have no CORS, only the document says"),
    ("free5gc CVE-2026-41135", "memory is lost for each request, over tens of thousands"),
];

#[test]
fn each_kind_is_in_one_list() {
    let seen = seen().map(|row| row.0);
    let all: Vec<&str> = seen.chain(UNSEEN.iter().map(|(name, _)| *name)).collect();
    let distinct: HashSet<&&str> = all.iter().collect();
    assert_eq!(distinct.len(), all.len());
    assert!(all.len() >= 40, "{}", all.len());
    assert!(UNSEEN.iter().all(|(_, why)| !why.is_empty()));
}
