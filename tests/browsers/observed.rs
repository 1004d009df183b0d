//! What came of a scenario: what script got, and what arrived at the server. The three that are
//! compared are told alike.

use std::collections::BTreeSet;
use std::fmt;

use http::{HeaderName, Request, header};
use serde_json::Value;
use tower_cors::browser::{Answer, AnswerKind, Blocked, ResponseType, Seen};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Observed {
    /// What script got of each fetch of the scenario.
    pub(crate) results: Vec<Outcome>,
    /// Every request, in order.
    pub(crate) requests: Vec<Arrived>,
    /// What the console said, each sentence once.
    pub(crate) console: BTreeSet<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The reason is Chromium's code for it.
    NetworkError(String),
    Response {
        status: u16,
        kind: String,
        names: BTreeSet<String>,
        body: String,
    },
}

/// A request as it arrived, outside of the layer: its method, and the headers of the CORS protocol.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Arrived {
    pub(crate) method: String,
    pub(crate) origin: Option<String>,
    pub(crate) requested_method: Option<String>,
    pub(crate) requested_headers: Option<String>,
}

impl Observed {
    /// The same, seen by somebody to whom each reason is told so.
    pub(crate) fn told(mut self, tell: impl Fn(&str) -> String) -> Self {
        for outcome in &mut self.results {
            if let Outcome::NetworkError(reason) = outcome {
                *reason = tell(reason);
            }
        }
        self
    }
}

impl Outcome {
    /// What `Browser` saw.
    pub(crate) fn of_model(seen: &Seen) -> Self {
        let visible = match seen.response() {
            Ok(visible) => visible,
            Err(blocked) => return Self::NetworkError(code(&blocked)),
        };
        let kind = match visible.kind() {
            ResponseType::Basic => "basic",
            ResponseType::Cors => "cors",
            ResponseType::Opaque => "opaque",
            _ => "unknown",
        };
        Self::Response {
            status: visible.status(),
            kind: kind.to_owned(),
            names: visible.headers().keys().map(ToString::to_string).collect(),
            body: String::from_utf8_lossy(visible.body().expect("a whole body")).into_owned(),
        }
    }

    /// What `page.js` told.
    pub(crate) fn of_script(result: &Value, reason: &str) -> Self {
        if result["error"].is_string() {
            return Self::NetworkError(reason.to_owned());
        }
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        let status = result["status"].as_u64().and_then(|status| u16::try_from(status).ok());
        Self::Response {
            status: status.expect("a status"),
            kind: text(&result["type"]),
            names: result["headers"]
                .as_array()
                .expect("pairs")
                .iter()
                .map(|pair| text(&pair[0]))
                .collect(),
            body: text(&result["body"]),
        }
    }
}

/// Chromium's codes for what the answer to a preflight does not allow; what that is stands behind.
pub(crate) const METHOD_DISALLOWED: &str = "MethodDisallowedByPreflightResponse";
pub(crate) const HEADER_DISALLOWED: &str = "HeaderDisallowedByPreflightResponse";

/// Chromium's code for the reason.
fn code(blocked: &Blocked) -> String {
    let of = |answer: &Answer, code: &str| match answer.kind() {
        AnswerKind::Preflight => format!("Preflight{code}"),
        _ => code.to_owned(),
    };
    match blocked {
        Blocked::AllowOriginMissing { answer, .. } => of(answer, "MissingAllowOriginHeader"),
        Blocked::AllowOriginMismatch { answer, .. } => of(answer, "AllowOriginMismatch"),
        Blocked::AllowOriginWildcard { answer, .. } => of(answer, "WildcardOriginNotAllowed"),
        Blocked::AllowCredentials { answer, .. } => of(answer, "InvalidAllowCredentials"),
        Blocked::Method { method, .. } => format!("{METHOD_DISALLOWED} {method}"),
        Blocked::Header { name, .. } => format!("{HEADER_DISALLOWED} {name}"),
        // No answer of the layer leads to another.
        _ => blocked.to_string(),
    }
}

impl<B> From<&Request<B>> for Arrived {
    fn from(request: &Request<B>) -> Self {
        let field = |name: HeaderName| {
            let lines: Vec<_> = request
                .headers()
                .get_all(name)
                .iter()
                .map(|line| String::from_utf8_lossy(line.as_bytes()))
                .collect();
            (!lines.is_empty()).then(|| lines.join(" | "))
        };
        Self {
            method: request.method().to_string(),
            origin: field(header::ORIGIN),
            requested_method: field(header::ACCESS_CONTROL_REQUEST_METHOD),
            requested_headers: field(header::ACCESS_CONTROL_REQUEST_HEADERS),
        }
    }
}

impl fmt::Display for Observed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let results: Vec<_> = self.results.iter().map(ToString::to_string).collect();
        let requests: Vec<_> = self.requests.iter().map(ToString::to_string).collect();
        write!(f, "{}\n          after {}", results.join("; "), requests.join("; "))?;
        self.console.iter().try_for_each(|sentence| write!(f, "\n          console: {sentence}"))
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NetworkError(reason) => write!(f, "network error {reason}"),
            Self::Response { status, kind, names, body } => {
                let names: Vec<_> = names.iter().map(String::as_str).collect();
                write!(f, "{kind} {status} {body:?} [{}]", names.join(" "))
            }
        }
    }
}

impl fmt::Display for Arrived {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.method)?;
        let fields = [
            ("origin", &self.origin),
            ("method", &self.requested_method),
            ("headers", &self.requested_headers),
        ];
        for (name, value) in fields {
            if let Some(value) = value {
                write!(f, " {name}={value}")?;
            }
        }
        Ok(())
    }
}
