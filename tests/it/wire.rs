//! What goes on the wire, row by row, through the real layer.
//! <https://fetch.spec.whatwg.org/#http-cors-protocol>
//!
//! A row is text, and its answer is the whole answer. `GET; origin: https://a.example` is a request;
//! `200; vary: accept` a response of the inner service; an answer begins with who gave it:
//!
//! - `ran 200` the inner service, with its body;
//! - `answered 204` the layer, and the inner service did not run;
//! - `overruled 204` the layer, after the inner service had run;
//!
//! and goes on with why the policy denies the request, if it does, and with every header line. The
//! names of CORS headers stand without their `access-control-`; `\x` begins an escaped byte.

mod decoration;
mod denials;
#[cfg(all(feature = "reload", feature = "routes"))]
mod hidden;
mod inner;
mod names;
#[cfg(feature = "routes")]
mod options;
mod predicate;
mod preflight;
mod subject;
mod vary;

pub(crate) use self::subject::{build, from_map, in_order, layer, send, sorted, to_http};
use crate::oracle::{self, Answer, Config, Line, Request, Response};

pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) config: Config<'static>,
    pub(crate) request: String,
    pub(crate) inner: String,
    pub(crate) answer: String,
}

/// A row whose inner service has no header lines.
pub(crate) fn row(
    name: &'static str,
    config: Config<'static>,
    request: impl Into<String>,
    answer: impl Into<String>,
) -> Row {
    row_over(name, config, request, "200", answer)
}

/// A row that says what the inner service responds.
pub(crate) fn row_over(
    name: &'static str,
    config: Config<'static>,
    request: impl Into<String>,
    inner: impl Into<String>,
    answer: impl Into<String>,
) -> Row {
    let (request, inner, answer) = (request.into(), inner.into(), answer.into());
    Row { name, config, request, inner, answer }
}

/// Runs all rows, and lists all that fail. The oracle is held to them as the crate is.
#[track_caller]
pub(crate) fn check(rows: &[Row]) {
    let mut failures = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        assert!(!rows[..at].iter().any(|other| other.name == row.name), "twice: {}", row.name);
        let (request, inner) = (parse_request(&row.request), parse_response(&row.inner));
        let actual = show(&answer(&row.config, &request, &inner));
        let oracle = show(&oracle::answer(&row.config, &request, &inner));
        for (who, said) in [("actual", actual), ("oracle", oracle)] {
            if said != row.answer {
                let Row { name, answer, .. } = row;
                let asked = clip(&row.request);
                let expected = format!("{name}\n  asked:    {asked}\n  expected: {answer}");
                failures.push(format!("{expected}\n  {who}:   {said}"));
            }
        }
    }
    assert!(failures.is_empty(), "\n{}\n", failures.join("\n"));
}

/// What the layer answers, and what the policy says by itself.
#[track_caller]
pub(crate) fn answer(config: &Config, request: &Request, inner: &Response) -> Answer {
    let policy = build(config).unwrap();
    let denial = policy.decide(&to_http(request)).denial();
    Answer { denial, ..send(&layer(config, policy), request, inner) }
}

/// The order in which a row lists what it lists; other names follow.
const NAMES: [&str; 8] = [
    "allow-origin",
    "allow-credentials",
    "allow-methods",
    "allow-headers",
    "expose-headers",
    "max-age",
    "request-method",
    "request-headers",
];

pub(crate) fn parse_request(text: &str) -> Request {
    let (method, lines) = parse(text);
    Request { method, lines }
}

pub(crate) fn parse_response(text: &str) -> Response {
    let (status, lines) = parse(text);
    Response { status: status.parse().unwrap(), lines }
}

fn parse(text: &str) -> (String, Vec<Line>) {
    let mut parts = text.split("; ");
    let first = parts.next().unwrap().to_owned();
    let lines = parts.map(|part| {
        let (name, value) = part.split_once(':').expect(part);
        let prefix = if NAMES.contains(&name) { "access-control-" } else { "" };
        (format!("{prefix}{name}"), unescape(value.strip_prefix(' ').unwrap_or(value)))
    });
    (first, lines.collect())
}

fn unescape(text: &str) -> Vec<u8> {
    let mut pieces = text.split("\\x");
    let mut bytes = pieces.next().unwrap().as_bytes().to_vec();
    for piece in pieces {
        bytes.push(u8::from_str_radix(&piece[..2], 16).unwrap());
        bytes.extend(piece[2..].bytes());
    }
    bytes
}

pub(crate) fn show(answer: &Answer) -> String {
    let who = match (answer.inner_ran, answer.inner_body) {
        (true, true) => "ran",
        (false, false) => "answered",
        (true, false) => "overruled",
        (false, true) => "dreamt",
    };
    let denial = answer.denial.map(|denial| format!(" {denial:?}")).unwrap_or_default();
    format!("{who} {}{denial}{}", answer.response.status, show_lines(&answer.response.lines))
}

/// All lines: those of CORS in the order of the table, the others by name, `Vary` last.
pub(crate) fn show_lines(lines: &[Line]) -> String {
    let mut lines: Vec<_> = lines
        .iter()
        .map(|(name, value)| (name.strip_prefix("access-control-").unwrap_or(name), value))
        .collect();
    let place = |name: &str| NAMES.iter().position(|other| *other == name).unwrap_or(NAMES.len());
    lines.sort_by_key(|(name, _)| (*name == "vary", place(name), *name));
    let show = |(name, value): &(&str, &Vec<u8>)| format!("; {name}: {}", escape(value));
    lines.iter().map(show).collect::<Vec<_>>().concat()
}

fn escape(value: &[u8]) -> String {
    let is_text = |byte: &u8| byte.is_ascii_graphic() || *byte == b' ';
    let show = |byte: &u8| {
        if is_text(byte) { char::from(*byte).to_string() } else { format!("\\x{byte:02x}") }
    };
    value.iter().map(show).collect()
}

fn clip(text: &str) -> String {
    if text.len() <= 300 {
        return text.to_owned();
    }
    format!("{}… ({} bytes)", text.chars().take(300).collect::<String>(), text.len())
}
