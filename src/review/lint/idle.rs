//! What the builder left out of a policy, since it has no effect.

use super::catalogue::Lint;
use super::finding::Finding;
use super::rule::too_long;
use crate::policy::Place;
use crate::policy::idle::{Idle, Why};
use crate::policy::shown::Quoted;

pub(super) fn finding(place: Place, idle: &Idle) -> Finding {
    let Idle { value, why } = idle;
    let message = match why {
        Why::MaxAgeTooLong => return too_long(place, value),
        Why::Covered { by } => {
            format!("{} {} is covered by {}; remove it", subject(place), Quoted(value), Quoted(by))
        }
        Why::Repeated => return repeated(place, subject(place), value),
        Why::DangerNotNeeded => return needless_danger(place),
        Why::PredicateNeverAsked => {
            "the predicate is never asked, since `allow_origins` has \"*\"; remove one of them"
                .to_owned()
        }
        _ => message_of(lint_of(why), value),
    };
    let finding = Finding::new(lint_of(why), place, message);
    if value.is_empty() { finding } else { finding.with_value(value) }
}

pub(super) fn repeated(place: Place, subject: &str, value: &str) -> Finding {
    let message = format!("{subject} {} is already listed; remove it", Quoted(value));
    Finding::new(Lint::Repeated, place, message).with_value(value)
}

pub(super) fn needless_danger(place: Place) -> Finding {
    Finding::new(Lint::DangerNotNeeded, place, "nothing needs it; remove it".to_owned())
}

/// The lint that finds it.
pub(crate) fn lint_of(why: &Why) -> Lint {
    match why {
        Why::Repeated => Lint::Repeated,
        Why::Covered { .. } => Lint::Covered,
        Why::MethodSafelisted => Lint::MethodSafelisted,
        Why::MethodForbidden => Lint::MethodForbidden,
        Why::HeaderForbidden => Lint::HeaderForbidden,
        Why::HeaderOfProtocol => Lint::HeaderOfProtocol,
        Why::ExposedSafelisted => Lint::ExposedSafelisted,
        Why::ExposedRequestOnly => Lint::ExposedRequestOnly,
        Why::MaxAgeTooLong => Lint::MaxAgeTooLong,
        Why::DangerNotNeeded => Lint::DangerNotNeeded,
        Why::PredicateNeverAsked => Lint::PredicateBesideAny,
    }
}

/// What the lints say that say the same of a value wherever it stands.
pub(crate) fn message_of(lint: Lint, value: &str) -> String {
    let (method, header, exposed) = ("method", "request-header name", "response-header name");
    let (subject, what) = match lint {
        Lint::MethodSafelisted => (method, "needs no permission; remove it"),
        Lint::MethodForbidden => (method, "cannot be used by scripts; remove it"),
        Lint::HeaderForbidden if value.eq_ignore_ascii_case("cookie") => {
            let what =
                "cannot be set by scripts; remove it, and set `allow_credentials` for cookies";
            (header, what)
        }
        Lint::HeaderForbidden => (header, "cannot be set by scripts; remove it"),
        Lint::HeaderOfProtocol => {
            let what = "is one of responses, and pages that send it do so by mistake; remove it here and there";
            (header, what)
        }
        Lint::ExposedSafelisted => (exposed, "is always exposed; remove it"),
        Lint::ExposedRequestOnly => {
            (exposed, "is one of requests; remove it, or give it to `allow_headers`")
        }
        other => ("value", other.why()),
    };
    format!("{subject} {} {what}", Quoted(value))
}

/// What an entry of a setting is called.
fn subject(place: Place) -> &'static str {
    match place.setting {
        "allow_origins" => "origin",
        "allow_methods" | "only_methods" => "method",
        "allow_headers" => "request-header name",
        "expose_headers" => "response-header name",
        _ => "value",
    }
}
