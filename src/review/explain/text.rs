//! The text of an explanation.

use std::fmt;

use http::header::{ACCESS_CONTROL_REQUEST_HEADERS, ORIGIN};

use super::{EnforcementStep, Explanation, Hint, Next};
use crate::policy::shown::Quoted;
use crate::request::RequestHead;

/// So many bytes of a value are kept.
pub(super) const KEPT: usize = 256;
/// So many rules and values are told.
const TOLD: usize = 8;

/// The beginning of a value that a client sent.
pub(super) fn cut(bytes: &[u8]) -> String {
    match bytes.split_at_checked(KEPT) {
        Some((beginning, rest)) if !rest.is_empty() => {
            format!("{}…", String::from_utf8_lossy(beginning))
        }
        _ => String::from_utf8_lossy(bytes).into_owned(),
    }
}

/// The request in one line, escaped and cut.
pub(super) fn asked(head: RequestHead<'_>) -> String {
    let first =
        |name| head.headers().get(name).map(|value: &http::HeaderValue| cut(value.as_bytes()));
    let preflight = head.preflight();
    let method = match preflight {
        Some((_, method)) => {
            method.once().map_or_else(|| "several methods".to_owned(), |it| cut(it.as_bytes()))
        }
        None => cut(head.method().as_str().as_bytes()),
    };
    // A method that is none is told in quotes.
    let is_plain = !method.is_empty() && method.bytes().all(|byte| byte.is_ascii_alphabetic());
    let method = if is_plain { method } else { Quoted(&method).to_string() };
    let path = cut(head.uri().path().as_bytes());
    let origin = first(ORIGIN).map(|origin| format!(" from {}", Quoted(&origin)));
    let names = first(ACCESS_CONTROL_REQUEST_HEADERS).filter(|_| preflight.is_some());
    let names = names.map(|names| format!(", with {}", Quoted(&names)));
    let [origin, names] = [origin, names].map(Option::unwrap_or_default);
    format!("{method} {}{origin}{names}", Quoted(&path))
}

/// Values in quotes, with commas between them: as they are pasted into a list.
pub(super) fn list(f: &mut fmt::Formatter<'_>, values: &[String]) -> fmt::Result {
    for (number, value) in values.iter().enumerate() {
        let comma = if number == 0 { "" } else { ", " };
        write!(f, "{comma}{}", Quoted(value))?;
    }
    Ok(())
}

/// Some lines, the first of which is that of the decision.
impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.decision)?;
        write!(f, "\n  asked: {}", self.asked)?;
        if self.rules.len() > 1 && !self.decision.is_allowed() {
            for (number, rule) in self.rules.iter().enumerate().take(TOLD) {
                match rule.denial {
                    Some(denial) => write!(f, "\n  rules[{number}]: {denial}")?,
                    None => write!(f, "\n  rules[{number}]: allowed")?,
                }
                if let [first, ..] = &*rule.at_fault {
                    write!(f, ": {}", Quoted(first))?;
                }
                if rule.at_fault.len() > 1 {
                    write!(f, " and {} more", rule.at_fault.len() - 1)?;
                }
            }
            if let Some(more @ 1..) = self.rules.len().checked_sub(TOLD) {
                write!(f, "\n  and {more} more rules")?;
            }
        }
        if !self.at_fault.is_empty() {
            f.write_str("\n  at fault: ")?;
            list(f, self.at_fault.get(..TOLD).unwrap_or(&self.at_fault))?;
            if let Some(more @ 1..) = self.at_fault.len().checked_sub(TOLD) {
                write!(f, " and {more} more")?;
            }
        }
        match &self.hint {
            // It may be a stranger's, which nobody should allow.
            Some(hint @ Hint::SimilarHost { .. }) => write!(f, "\n  similar: {hint}")?,
            Some(hint) => write!(f, "\n  to allow it: {hint}")?,
            None => {}
        }
        if let Some(step) = self.step {
            write!(f, "\n  enforcement: {step}")?;
        }
        write!(f, "\n  next: {}", self.next)
    }
}

impl fmt::Display for Next {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Sends => "the browser sends the request",
            Self::DoesNotSend => "the browser does not send the request",
            Self::MayRead => "the request runs, and the page may read the response",
            Self::MayNotRead => "the request runs, and the page may not read the response",
            Self::Refused => "the request does not run",
            Self::ChecksNothing => "the browser makes no CORS check",
            Self::SameOrigin => {
                "the page has the origin of the server, so that its browser makes no CORS check"
            }
            Self::AsTheInnerServiceSays => "the CORS headers of the inner service decide",
        })
    }
}

impl fmt::Display for EnforcementStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Host => "the host is not listed",
            Self::NotCovered => "a safe request passes, since only unsafe ones are enforced",
            Self::SameOrigin => "it passes, by `Sec-Fetch-Site: same-origin`",
            Self::Navigation => "it passes, by `Sec-Fetch-Site: none` without an `Origin`",
            Self::NoOrigin => {
                "it passes, since a safe request without an `Origin` is no CORS request"
            }
            Self::NoBrowser => {
                "it passes, since without `Origin` and `Sec-Fetch-Site` no browser sent it"
            }
            Self::OwnOrigin => "it passes, since the origin is the server's own",
            Self::LeftAlone => "it passes, since the route of its path is left alone",
            Self::Policy => "the policy decides",
        })
    }
}
