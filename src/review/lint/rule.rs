//! What is unwise about the methods, the names and the max-age of a rule.

use http::{Method, Uri};

use super::catalogue::Lint;
use super::finding::Finding;
use crate::origin::Origin;
use crate::policy::Place;
use crate::policy::names::Names;
use crate::policy::rule::{Predicate, Rule};
use crate::policy::sent::SentValue;
use crate::policy::shown::Quoted;

/// The longest that Chromium keeps the answer to a preflight, in seconds. `WebKit` keeps it for 600, Firefox
/// for 86,400.
const KEPT_BY_CHROMIUM: u64 = 7_200;

/// What is unwise about one rule. `others` are the other rules of the policy, since a page may be allowed by
/// one of them what this rule does not allow.
pub(super) fn lint<'a>(
    rule: &'a Rule,
    index: Option<usize>,
    others: impl Fn() -> Vec<&'a Rule>,
    found: &mut Vec<Finding>,
) {
    let at = |setting| Place { rule: index, setting };
    let is_denied_elsewhere = |name| !others().iter().any(|other| allows_name(other, name));
    found.extend(anyone(rule, at));
    found.extend(options(rule, at));
    found.extend(content_type(rule, at).filter(|_| is_denied_elsewhere("content-type")));
    found.extend(authorization(rule, at).filter(|_| is_denied_elsewhere("authorization")));
    found.extend(grpc_status(rule, at));
    found.extend(max_age(rule, at));
}

/// A predicate that holds an origin which nobody has, and so probably any.
fn anyone(rule: &Rule, at: impl Fn(&'static str) -> Place) -> Option<Finding> {
    const NOBODYS: &str = "https://anyone.invalid";

    let origin = Origin::parse(NOBODYS).ok()?;
    let (method, uri) = (Method::GET, Uri::from_static("/"));
    let holds = |Predicate(holds): &Predicate| holds(&origin, &method, &uri);
    (rule.credentials && rule.origins.asked(NOBODYS).iter().any(holds)).then(|| {
        let message = format!(
            "the predicate allows origin \"{NOBODYS}\", which nobody has, and credentials are allowed; \
             compare with the origins that you trust"
        );
        Finding::new(Lint::PredicateForAnyone, at("allow_origins_if"), message)
    })
}

/// OPTIONS, by its name.
fn options(rule: &Rule, at: impl Fn(&'static str) -> Place) -> Option<Finding> {
    let is_listed = rule.methods.written().iter().any(|method| method == "OPTIONS");
    let setting = if rule.methods.are_only() { "only_methods" } else { "allow_methods" };
    is_listed.then(|| {
        let message = "method \"OPTIONS\" is for scripts that send it, and preflights need no \
                       permission; remove it";
        Finding::new(Lint::MethodOptions, at(setting), message.to_owned()).with_value("OPTIONS")
    })
}

/// A method whose requests have bodies, without the name of what says of which type a body is.
fn content_type(rule: &Rule, at: impl Fn(&'static str) -> Place) -> Option<Finding> {
    let with_body = |method: &&str| rule.methods.allows(method.as_bytes());
    // POST is allowed everywhere unless the rule says which methods are the only ones.
    let post = (!rule.methods.share_all()).then_some("POST");
    let method = ["PUT", "PATCH"].into_iter().chain(post).find(with_body)?;
    (!allows_name(rule, "content-type")).then(|| {
        let message = format!(
            "request-header name \"content-type\" is missing, and pages that send JSON by {method} \
             set it; add it"
        );
        Finding::new(Lint::ContentTypeMissing, at("allow_headers"), message)
    })
}

/// `*` by itself. With credentials, pages are known by their cookies.
fn authorization(rule: &Rule, at: impl Fn(&'static str) -> Place) -> Option<Finding> {
    let is_missing = rule.headers.is_any() && !rule.headers.lists_authorization();
    (is_missing && !rule.credentials).then(|| {
        let message = "request-header name \"*\" does not cover \"authorization\"; \
                       add \"authorization\" if pages send it";
        let place = at("allow_headers");
        Finding::new(Lint::AuthorizationBesideAny, place, message.to_owned()).with_value("*")
    })
}

/// What only clients of gRPC-Web send, by its name, without what only they read.
fn grpc_status(rule: &Rule, at: impl Fn(&'static str) -> Place) -> Option<Finding> {
    let is_grpc_web = rule.headers.written().iter().any(|name| name == "x-grpc-web");
    let exposed = rule.expose.as_ref().map(SentValue::as_bytes).unwrap_or_default();
    let mut exposed = exposed.split(|&byte| byte == b',');
    let is_exposed = exposed.any(|name| name == b"*" || name == b"grpc-status");
    (is_grpc_web && !is_exposed).then(|| {
        let message = "response-header name \"grpc-status\" is missing, in which clients of gRPC-Web \
                       read the outcome of a call; add it and \"grpc-message\"";
        Finding::new(Lint::GrpcStatusNotExposed, at("expose_headers"), message.to_owned())
    })
}

/// No max-age where there can be preflights, or one that is of no use.
fn max_age(rule: &Rule, at: impl Fn(&'static str) -> Place) -> Option<Finding> {
    let Some(max_age) = &rule.max_age else {
        return has_preflights(rule).then(|| {
            let message = "max-age is missing, and browsers ask again after 5 seconds; write 600";
            Finding::new(Lint::NoMaxAge, at("max_age"), message.to_owned())
        });
    };
    let seconds = std::str::from_utf8(max_age.as_bytes()).ok()?;
    if seconds == "0" && has_preflights(rule) {
        let message = "max-age \"0\" has browsers ask before each request; write 600";
        return Some(
            Finding::new(Lint::NoMaxAge, at("max_age"), message.to_owned()).with_value("0"),
        );
    }
    let is_too_long = seconds.parse().is_ok_and(|seconds: u64| seconds > KEPT_BY_CHROMIUM);
    is_too_long.then(|| too_long(at("max_age"), seconds))
}

/// A max-age that most browsers cut.
pub(super) fn too_long(place: Place, seconds: &str) -> Finding {
    let message = format!(
        "max-age {} is longer than most browsers keep (Chromium 7200 seconds, WebKit 600); write 7200",
        Quoted(seconds)
    );
    Finding::new(Lint::MaxAgeTooLong, place, message).with_value(seconds)
}

/// Whether the rule allows anything that browsers ask about first.
fn has_preflights(rule: &Rule) -> bool {
    let is_safelisted = |method: &String| matches!(method.as_str(), "GET" | "HEAD" | "POST");
    !rule.methods.written().iter().all(is_safelisted) || !rule.headers.written().is_empty()
}

fn allows_name(rule: &Rule, name: &str) -> bool {
    rule.headers.covers(&Names::new(false, &[name], &[]))
}
