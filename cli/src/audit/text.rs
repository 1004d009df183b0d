//! What is found, for people and for programs.

use http::{HeaderMap, header};
use serde_json::{Value, json};

use super::Finding;
use super::exchange::{Exchange, is_of_cors};
use super::kind::Severity;
use super::trials::Trusted;
use crate::paint::{BOLD, ERROR, FAINT, NOTE, WARNING, paint};

impl Finding {
    fn write(&self, trusted: &[Trusted]) -> String {
        let trusted = trusted.first().map(|trusted| &*trusted.origin).unwrap_or_default();
        self.kind.told().write.replace("{trusted}", trusted)
    }

    pub(super) fn text(&self, trusted: &[Trusted]) -> String {
        let told = self.kind.told();
        let style = match self.severity {
            Severity::High => ERROR,
            Severity::Medium | Severity::Low => WARNING,
            Severity::Note => NOTE,
        };
        let severity = paint(style, self.severity.as_str());
        let id = paint(FAINT, format_args!("[{}]", told.id));
        let mut lines = vec![format!("{severity}: {} {id}", told.what)];
        for exchange in &self.shown {
            for (label, of) in
                [("sent", exchange.lines_sent()), ("answered", exchange.lines_answered())]
            {
                lines.push(format!("  {label:9}{}", of.join("\n           ")));
            }
        }
        let label = |label| paint(BOLD, label);
        lines.push(format!("  {}      {}", label("why"), told.why));
        lines.push(format!("  {}    {}", label("write"), self.write(trusted)));
        lines.join("\n")
    }

    pub(super) fn json(&self, trusted: &[Trusted]) -> Value {
        let told = self.kind.told();
        json!({
            "id": told.id,
            "severity": self.severity.as_str(),
            "what": told.what,
            "why": told.why,
            "write": self.write(trusted),
            "shown": self.shown.iter().map(Exchange::json).collect::<Vec<_>>(),
        })
    }
}

impl Exchange {
    fn lines_sent(&self) -> Vec<String> {
        let first = format!("{} {}", self.method, self.url);
        std::iter::once(first).chain(lines(&self.sent, |_| true)).collect()
    }

    /// The status, and what decides.
    fn lines_answered(&self) -> Vec<String> {
        let counts = |name: &header::HeaderName| {
            is_of_cors(name) || [header::VARY, header::SET_COOKIE, header::LOCATION].contains(name)
        };
        let nothing = |cause: &String| format!("nothing: {cause}");
        let first = self.status.as_ref().map_or_else(nothing, ToString::to_string);
        std::iter::once(first).chain(lines(&self.headers, counts)).collect()
    }

    fn json(&self) -> Value {
        json!({ "sent": self.lines_sent(), "answered": self.lines_answered() })
    }
}

/// The fields that count, a line each. What no terminal should see is escaped.
fn lines(headers: &HeaderMap, counts: impl Fn(&header::HeaderName) -> bool) -> Vec<String> {
    let fields = headers.iter().filter(|(name, _)| counts(name));
    fields.map(|(name, value)| format!("{name}: {}", value.as_bytes().escape_ascii())).collect()
}
