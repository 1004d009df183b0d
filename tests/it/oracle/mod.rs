//! The protocol once more, slow and obvious: what a policy in plain words answers to a request.
//! It shares no code with the crate. <https://fetch.spec.whatwg.org/#http-cors-protocol>

mod denied;
mod names;
pub(crate) mod origin;

use tower_cors::{Denial, RequestKind};

/// A policy and the settings of its layer, as a user writes them.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a setting of its own")]
pub(crate) struct Config<'a> {
    pub(crate) origins: &'a [&'a str],
    /// Says of an origin and a method whether it is allowed.
    pub(crate) predicate: Option<fn(&str, &str) -> bool>,
    pub(crate) null: bool,
    pub(crate) insecure: bool,
    pub(crate) credentials: bool,
    pub(crate) methods: &'a [&'a str],
    /// Whether the methods are all whose responses are shared.
    pub(crate) only: bool,
    pub(crate) headers: &'a [&'a str],
    pub(crate) exposed: &'a [&'a str],
    pub(crate) max_age: Option<u64>,
    pub(crate) preflight_status: u16,
    pub(crate) pass_on: bool,
    pub(crate) keep: bool,
    pub(crate) hide: bool,
}

/// Nothing is open that nobody opened.
pub(crate) const CLOSED: Config<'static> = Config {
    origins: &[],
    predicate: None,
    null: false,
    insecure: false,
    credentials: false,
    methods: &[],
    only: false,
    headers: &[],
    exposed: &[],
    max_age: None,
    preflight_status: 204,
    pass_on: false,
    keep: false,
    hide: false,
};

/// A header line: a name in lower case, and a value.
pub(crate) type Line = (String, Vec<u8>);

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) lines: Vec<Line>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) lines: Vec<Line>,
}

/// What comes back, by whom.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Answer {
    pub(crate) inner_ran: bool,
    /// Whether the body is the inner service's; else there is none.
    pub(crate) inner_body: bool,
    pub(crate) denial: Option<Denial>,
    pub(crate) response: Response,
}

const CORS_HEADERS: [&str; 6] = [
    "access-control-allow-origin",
    "access-control-allow-credentials",
    "access-control-allow-methods",
    "access-control-allow-headers",
    "access-control-expose-headers",
    "access-control-max-age",
];

const PREFLIGHT_FIELDS: [&str; 3] =
    ["Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers"];

/// They speak of a body, so they go with it.
const BODY_HEADERS: [&str; 4] =
    ["content-encoding", "content-length", "content-type", "transfer-encoding"];

/// What the layer makes of a request and of the response of its inner service.
pub(crate) fn answer(config: &Config, request: &Request, inner: &Response) -> Answer {
    let denial = judge(config, request).err();
    if kind(request) == RequestKind::Preflight {
        return answer_preflight(config, request, inner, denial);
    }
    let keeps = config.keep && has(&inner.lines, "access-control-allow-origin");
    let mut lines = inner.lines.clone();
    if !keeps {
        lines.retain(|(name, _)| !CORS_HEADERS.contains(&name.as_str()));
        lines.extend(decoration(config, request, denial));
    }
    // Whether it is a preflight depends on these fields, and some caches keep answers to `OPTIONS`.
    if request.method == "OPTIONS" {
        vary_on(&mut lines, &PREFLIGHT_FIELDS);
    } else if !is_static(config) {
        vary_on(&mut lines, &["Origin"]);
    }
    let response = Response { status: inner.status, lines };
    Answer { inner_ran: true, inner_body: true, denial, response }
}

fn answer_preflight(
    config: &Config,
    request: &Request,
    inner: &Response,
    denial: Option<Denial>,
) -> Answer {
    let inner_ran = denial.is_none() && config.pass_on;
    let inner_body = inner_ran && (200..300).contains(&inner.status);
    let said = match denial {
        None => Some(grant(config, request)),
        Some(_) if config.hide => None,
        Some(denial) => denied::answer(config, request, denial),
    };
    let status = match said {
        None => 403,
        Some(_) if inner_body => inner.status,
        Some(_) => config.preflight_status,
    };
    let mut lines = if inner_ran { inner.lines.clone() } else { Vec::new() };
    lines.retain(|(name, _)| !CORS_HEADERS.contains(&name.as_str()));
    if !inner_body {
        lines.retain(|(name, _)| !BODY_HEADERS.contains(&name.as_str()));
    }
    lines.extend(said.unwrap_or_default());
    vary_on(&mut lines, &PREFLIGHT_FIELDS);
    Answer { inner_ran, inner_body, denial, response: Response { status, lines } }
}

pub(crate) fn kind(request: &Request) -> RequestKind {
    if !has(&request.lines, "origin") {
        RequestKind::Plain
    } else if request.method == "OPTIONS" && has(&request.lines, "access-control-request-method") {
        RequestKind::Preflight
    } else {
        RequestKind::Simple
    }
}

/// Whether the answer to a plain or simple request is the same for every `Origin`.
pub(crate) fn is_static(config: &Config) -> bool {
    if config.origins.contains(&"*") {
        return true;
    }
    let Some(first) = config.origins.first() else {
        return false;
    };
    config.origins.iter().all(|origin| origin == first)
        && !first.contains('*')
        && config.predicate.is_none()
        && !config.null
}

/// Origin, then method, then names: the first that fails is the reason. Of a request that is no preflight, the
/// method counts that it has.
fn judge(config: &Config, request: &Request) -> Result<(), Denial> {
    if kind(request) == RequestKind::Plain {
        return Ok(());
    }
    judge_origin(config, request)?;
    if kind(request) == RequestKind::Preflight {
        judge_method(config, request)?;
        judge_names(config, request)?;
    } else if !shares(config, request) {
        return Err(Denial::MethodNotAllowed);
    }
    Ok(())
}

/// Whether responses to the method are shared. A WebSocket is opened by GET, or by CONNECT.
fn shares(config: &Config, request: &Request) -> bool {
    let method = if request.method == "CONNECT" { "GET" } else { &*request.method };
    !config.only || config.methods.contains(&method)
}

fn judge_origin(config: &Config, request: &Request) -> Result<(), Denial> {
    if config.origins.contains(&"*") {
        return Ok(());
    }
    let lines = values(&request.lines, "origin");
    let [value] = lines[..] else {
        return Err(Denial::OriginRepeated);
    };
    let listed = config.origins.iter().any(|pattern| origin::matches(pattern, value));
    let opaque = config.null && value == b"null";
    if listed || opaque || predicate_allows(config, request, value)? {
        return Ok(());
    }
    Err(Denial::OriginNotAllowed)
}

/// A requested method that is none cannot be asked about: it is the reason then.
fn predicate_allows(config: &Config, request: &Request, value: &[u8]) -> Result<bool, Denial> {
    let (Some(predicate), Some(parsed)) = (config.predicate, origin::parse(value)) else {
        return Ok(false);
    };
    let insecure = parsed.scheme == "http" && !origin::is_loopback(&parsed);
    if config.credentials && insecure && !config.insecure {
        return Ok(false);
    }
    let method = match kind(request) {
        RequestKind::Preflight => match values(&request.lines, "access-control-request-method")[..]
        {
            [method] if is_token(method) => method,
            [_] => return Err(Denial::MethodNotAllowed),
            _ => return Err(Denial::MethodRepeated),
        },
        _ => request.method.as_bytes(),
    };
    Ok(predicate(std::str::from_utf8(value).unwrap(), std::str::from_utf8(method).unwrap()))
}

fn judge_method(config: &Config, request: &Request) -> Result<(), Denial> {
    let lines = values(&request.lines, "access-control-request-method");
    let [method] = lines[..] else {
        return Err(Denial::MethodRepeated);
    };
    let is_listed = config.methods.iter().any(|name| *name == "*" || name.as_bytes() == method);
    let is_open = is_listed || !config.only && is_safelisted(method);
    if is_token(method) && !is_forbidden(method) && is_open {
        return Ok(());
    }
    Err(Denial::MethodNotAllowed)
}

fn judge_names(config: &Config, request: &Request) -> Result<(), Denial> {
    let lines = values(&request.lines, "access-control-request-headers");
    if lines.len() > 16 || lines.iter().map(|line| line.len()).sum::<usize>() > 4096 {
        return Err(Denial::HeaderListTooLong);
    }
    let mut empty = 0;
    for element in elements(&lines) {
        if element.is_empty() {
            empty += 1;
        } else if !is_token(&element) || !allows_name(config, &element) {
            return Err(Denial::HeaderNotAllowed);
        }
        if empty > 16 {
            return Err(Denial::HeaderListTooLong);
        }
    }
    Ok(())
}

fn allows_name(config: &Config, name: &[u8]) -> bool {
    let name = String::from_utf8_lossy(name).to_lowercase();
    let patterns = config.headers.iter().filter(|pattern| names::may_be_asked_for(pattern));
    patterns.map(|pattern| pattern.to_lowercase()).any(|pattern| {
        match pattern.strip_suffix('*') {
            // A browser would take an echoed `*` for the wildcard, which covers `authorization` today.
            Some("") if name == "*" => false,
            Some(prefix) => name.starts_with(prefix) && name != "authorization",
            None => name == pattern,
        }
    })
}

/// What a response to a plain or simple request gets besides `Vary`.
fn decoration(config: &Config, request: &Request, denial: Option<Denial>) -> Vec<Line> {
    let is_silent = denial.is_some() || kind(request) == RequestKind::Plain;
    if !is_static(config) && is_silent || !shares(config, request) {
        return Vec::new();
    }
    let mut lines = share(config, request);
    if config.exposed.contains(&"*") {
        lines.push(line("access-control-expose-headers", b"*"));
        return lines;
    }
    let mut names: Vec<_> = config.exposed.iter().map(|name| name.to_lowercase()).collect();
    names.retain(|name| names::is_worth_exposing(name));
    names.sort();
    names.dedup();
    if !names.is_empty() {
        lines.push(line("access-control-expose-headers", names.join(",").as_bytes()));
    }
    lines
}

/// What the answer to an allowed preflight gets besides `Vary`.
fn grant(config: &Config, request: &Request) -> Vec<Line> {
    let mut lines = share(config, request);
    lines.extend(grant_method(config, request));
    let asked = values(&request.lines, "access-control-request-headers");
    if elements(&asked).iter().any(|name| !name.is_empty()) {
        let any = config.headers.contains(&"*") && !config.credentials;
        let named = config.headers.iter().any(|name| name.eq_ignore_ascii_case("authorization"));
        let values = match (any, named) {
            (true, true) => vec![&b"*,authorization"[..]],
            (true, false) => vec![&b"*"[..]],
            (false, _) => asked,
        };
        lines.extend(values.iter().map(|value| line("access-control-allow-headers", value)));
    }
    // No browser keeps an answer for longer than a day.
    let max_age = config.max_age.map(|seconds| seconds.min(86_400).to_string());
    lines.extend(max_age.map(|seconds| line("access-control-max-age", seconds.as_bytes())));
    lines
}

fn grant_method(config: &Config, request: &Request) -> Option<Line> {
    let method = values(&request.lines, "access-control-request-method")[0];
    let any = config.methods.contains(&"*") && !config.credentials;
    let value = if any { b"*" } else { method };
    (!is_safelisted(method)).then(|| line("access-control-allow-methods", value))
}

/// To whom the response is shown: the origin and the credentials.
fn share(config: &Config, request: &Request) -> Vec<Line> {
    let origin = if config.origins.contains(&"*") {
        &b"*"[..]
    } else if is_static(config) {
        config.origins[0].as_bytes()
    } else {
        values(&request.lines, "origin")[0]
    };
    let mut lines = vec![line("access-control-allow-origin", origin)];
    if config.credentials {
        lines.push(line("access-control-allow-credentials", b"true"));
    }
    lines
}

/// Appends, as one line, the names that do not stand there yet.
fn vary_on(lines: &mut Vec<Line>, names: &[&str]) {
    let there = elements(&values(lines, "vary"));
    let stands = |name: &str| there.iter().any(|other| other.eq_ignore_ascii_case(name.as_bytes()));
    let missing: Vec<_> = names.iter().copied().filter(|name| !stands(name)).collect();
    if !stands("*") && !missing.is_empty() {
        lines.push(line("vary", missing.join(", ").as_bytes()));
    }
}

/// The elements of a list-based field, empty ones too, without the white space around them.
fn elements(lines: &[&[u8]]) -> Vec<Vec<u8>> {
    let trim = |element: &[u8]| {
        let from = element.iter().position(|byte| !b" \t".contains(byte))?;
        let to = element.iter().rposition(|byte| !b" \t".contains(byte))?;
        Some(element[from..=to].to_vec())
    };
    let split = lines.iter().flat_map(|line| line.split(|byte| *byte == b','));
    split.map(|element| trim(element).unwrap_or_default()).collect()
}

/// RFC 9110: `token = 1*tchar`
fn is_token(bytes: &[u8]) -> bool {
    let is_tchar = |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte);
    !bytes.is_empty() && bytes.iter().all(is_tchar)
}

fn is_safelisted(method: &[u8]) -> bool {
    [&b"GET"[..], b"HEAD", b"POST"].contains(&method)
}

fn is_forbidden(method: &[u8]) -> bool {
    let forbidden = [&b"CONNECT"[..], b"TRACE", b"TRACK"];
    forbidden.iter().any(|name| name.eq_ignore_ascii_case(method))
}

fn has(lines: &[Line], name: &str) -> bool {
    lines.iter().any(|line| line.0 == name)
}

fn values<'a>(lines: &'a [Line], name: &str) -> Vec<&'a [u8]> {
    lines.iter().filter(|line| line.0 == name).map(|line| &line.1[..]).collect()
}

fn line(name: &str, value: &[u8]) -> Line {
    (name.to_owned(), value.to_vec())
}
