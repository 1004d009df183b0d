//! Whether the answers of a server show what it does, or only that somebody stands before it.

use std::collections::BTreeSet;

use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, LOCATION};
use http::{Method, StatusCode};

use super::exchange::Exchange;

/// What was seen in the answers to all requests but preflights.
#[derive(Debug, Default)]
pub(super) struct Sight {
    is_clear: bool,
    statuses: BTreeSet<StatusCode>,
    /// Where the first redirect leads.
    location: Option<String>,
}

impl Sight {
    /// An answer that succeeds is that of the resource, and one with a CORS header is that of who decides on it. By another
    /// one nobody sees what the resource would answer.
    pub(super) fn look(&mut self, exchange: &Exchange) {
        if let Some(status) =
            exchange.status.as_ref().ok().filter(|_| exchange.method != Method::OPTIONS)
        {
            self.is_clear |= exchange.is_success() || exchange.has(&ACCESS_CONTROL_ALLOW_ORIGIN);
            self.statuses.insert(*status);
            let location = exchange.lines(&LOCATION).into_iter().next();
            self.location = self.location.take().or(location.filter(|_| status.is_redirection()));
        }
    }

    /// Why nothing was seen, and what to do about it.
    pub(super) fn lack(&self) -> Option<String> {
        let gravest = self.statuses.iter().max_by_key(|status| rank(**status))?;
        if self.is_clear {
            return None;
        }
        let statuses: Vec<String> = self.statuses.iter().map(ToString::to_string).collect();
        let redirect = || self.location.as_ref().map(|to| format!(" to \"{to}\""));
        Some(format!(
            "the audit saw nothing: no answer succeeded, and none has a CORS header; all were {}{}; {}",
            statuses.join(", "),
            redirect().unwrap_or_default(),
            advice(*gravest),
        ))
    }
}

/// Of several statuses, the one that says best what to do.
fn rank(status: StatusCode) -> u8 {
    match status.as_u16() {
        401 | 407 => 4,
        403 => 3,
        300..=399 => 2,
        500..=599 => 1,
        _ => 0,
    }
}

fn advice(status: StatusCode) -> &'static str {
    match status.as_u16() {
        401 | 403 | 407 => {
            "give credentials by `-H 'authorization: …'` or `-H 'cookie: …'`, or a URL that needs none"
        }
        300..=399 => {
            "if it leads to a login, give credentials by `-H 'cookie: …'` or `-H 'authorization: …'`; else give the URL \
             that it leads to"
        }
        500..=599 => "ask again when the server does not fail, or give another URL",
        _ => "give a URL that the server answers to GET with a success",
    }
}
