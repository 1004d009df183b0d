//! What is written for other systems: it can be read there, and allows no more than the policy.

use http::HeaderMap;
use tower_cors::export::{Loss, Target};
use tower_cors::{Decision, Policy, Route, Routes};

use crate::envoy::Host;
use crate::import::exposes_no_more;
use crate::sent::{Sent, decisions};

/// A policy, for every target.
pub(crate) fn of_policy(policy: &Policy, all: &[Sent]) {
    let routes = Routes::from(policy.clone());
    of_routes(&routes, &["/".to_owned()], all);
    let export = policy.export(Target::S3);
    if export.warnings().iter().any(|warning| warning.loss() == Loss::NoRules) {
        return;
    }
    let (again, _told) =
        Policy::from_s3_json(export.text()).unwrap_or_else(|errors| panic!("{errors}\n{export}"));
    for sent in browsers_send(all, |sent| again.decide(&sent.request).is_allowed()) {
        allows_no_more(&again.decide(&sent.request), &policy.decide(&sent.request), &export);
    }
    if !export.warnings().is_empty() {
        return;
    }
    for sent in browsers_send(all, |sent| policy.decide(&sent.request).is_allowed()) {
        allows_no_more(&policy.decide(&sent.request), &again.decide(&sent.request), &export);
    }
}

/// A policy that was a bucket's: what comes back of it allows no more, whatever is sent, and is the same unless something is
/// warned of.
pub(crate) fn of_bucket(policy: &Policy, all: &[Sent]) {
    let export = policy.export(Target::S3);
    if export.warnings().iter().any(|warning| warning.loss() == Loss::NoRules) {
        return;
    }
    let (again, _told) =
        Policy::from_s3_json(export.text()).unwrap_or_else(|errors| panic!("{errors}\n{export}"));
    for sent in all {
        allows_no_more(&again.decide(&sent.request), &policy.decide(&sent.request), &export);
    }
    if export.warnings().is_empty() {
        assert_eq!(decisions(&again, all), decisions(policy, all), "{export}");
    }
}

/// A table, for every target that has paths.
pub(crate) fn of_routes(routes: &Routes, paths: &[String], all: &[Sent]) {
    let gateway = routes.export(Target::Gateway);
    let (again, _told) = Routes::from_gateway_yaml(gateway.text())
        .unwrap_or_else(|errors| panic!("{errors}\n{gateway}"));
    let envoy = routes.export(Target::EnvoyJson);
    let host = Host::new(serde_json::from_str(envoy.text()).expect("JSON"));
    for (at, path) in paths.iter().enumerate() {
        // Each request for one of the paths.
        let part = |sent: Vec<_>| sent.into_iter().skip(at).step_by(paths.len());
        match (again.find(path), routes.find(path)) {
            (Some(Route::Policy(again)), Some(Route::Policy(policy))) => {
                let is_allowed = |sent: &Sent| again.decide(&sent.request).is_allowed();
                for sent in part(browsers_send(all, is_allowed)) {
                    let ours = policy.decide(&sent.request);
                    allows_no_more(&again.decide(&sent.request), &ours, &gateway);
                }
            }
            // What is left alone is the service's; what has no CORS allows nobody.
            (None | Some(Route::NoCors), _) | (Some(Route::LeftAlone), Some(Route::LeftAlone)) => {}
            (again, routes) => panic!("{path}: {again:?} of {routes:?}\n{gateway}"),
        }
        for sent in part(browsers_send(all, |sent| host.answer(path, sent).is_some())) {
            in_envoy(&host, path, routes, sent);
        }
        // What is a path and another one to servers.
        let path = format!("/{path}");
        for sent in part(browsers_send(all, |sent| host.answer(&path, sent).is_some())) {
            in_envoy(&host, &path, routes, sent);
        }
    }
    for target in [Target::Nginx, Target::NginxServer] {
        is_sound_nginx(routes.export(target).text());
    }
}

fn in_envoy(host: &Host, path: &str, routes: &Routes, sent: &Sent) {
    let Some(theirs) = host.answer(path, sent) else { return };
    let Some(Route::Policy(policy)) = routes.find(path) else {
        panic!("{path} {:?}: {host}", sent.request)
    };
    let ours = policy.decide(&sent.request);
    assert!(ours.is_allowed(), "{path} {:?}: {host}", sent.request);
    grants_no_more(&theirs, &ours.headers(), host);
}

/// Preflights, and those requests that a browser sends: whose method needs none, or has one that succeeds. No script may use
/// some methods.
fn browsers_send(all: &[Sent], is_allowed: impl Fn(&Sent) -> bool) -> Vec<&Sent> {
    let is_preflight = |of: &Sent, it: &Sent| {
        let is_bare = it.names.as_ref().is_some_and(Vec::is_empty);
        is_bare && it.origin == of.origin && it.method == of.method
    };
    let is_forbidden = |it: &Sent| {
        ["CONNECT", "TRACE", "TRACK"].iter().any(|method| it.method.eq_ignore_ascii_case(method))
    };
    let all_sent = all.iter().filter(|it| !is_forbidden(it));
    let is_sent = |of: &&Sent| {
        of.names.is_some()
            || ["GET", "HEAD", "POST"].contains(&&*of.method)
            || all.iter().any(|it| is_preflight(of, it) && is_allowed(it))
    };
    all_sent.filter(is_sent).collect()
}

fn allows_no_more(theirs: &Decision, ours: &Decision, what: &dyn std::fmt::Display) {
    if theirs.is_allowed() {
        assert!(ours.is_allowed(), "{theirs:?}\n{ours:?}\n{what}");
        grants_no_more(&theirs.headers(), &ours.headers(), what);
    }
}

fn grants_no_more(theirs: &HeaderMap, ours: &HeaderMap, what: &dyn std::fmt::Display) {
    let credentials = "access-control-allow-credentials";
    let is_theirs = theirs.get(credentials).is_some_and(|it| it == "true");
    assert!(!is_theirs || ours.contains_key(credentials), "{theirs:?}\n{ours:?}\n{what}");
    let exposed = ours.get("access-control-expose-headers");
    let exposed = exposed.and_then(|names| names.to_str().ok()).unwrap_or_default();
    exposes_no_more(theirs, &exposed.split(',').collect::<Vec<_>>());
}

/// Every line that is no comment ends, and no text in quotes is longer than nginx reads, or ends in a line of another.
///
/// <https://github.com/nginx/nginx/blob/master/src/core/ngx_conf_file.c>
fn is_sound_nginx(text: &str) {
    assert!(text.is_ascii(), "{text}");
    for line in text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        assert!(line.ends_with([';', '{', '}']) && line.len() < 3 * 4_096, "{line}");
        let mut rest = line;
        while let Some((_, quoted)) = rest.split_once('"') {
            let mut escaped = false;
            let end = quoted.find(|character| {
                let is_end = character == '"' && !escaped;
                escaped = character == '\\' && !escaped;
                is_end
            });
            let end = end.unwrap_or_else(|| panic!("a quote is open: {line}"));
            assert!(end < 4_090, "{line}");
            rest = &quoted[end + 1..];
            assert!(rest.starts_with([' ', ';']), "{line}");
        }
    }
}
