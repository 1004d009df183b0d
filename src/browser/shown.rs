//! What a fetch came to, in words for a test that fails.

use std::fmt;

use http::{HeaderMap, Response};

use super::{Cookie, CookieFate, Exchange, Line, ResponseType, Seen, Sent};

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let title = &self.title;
        match &self.outcome {
            Ok(visible) if self.is_readable() => {
                writeln!(f, "{title}: the page reads status {}", visible.status())?;
            }
            Ok(visible) => {
                let kind = match visible.kind() {
                    ResponseType::OpaqueRedirect => "opaque redirect",
                    _ => "opaque response",
                };
                writeln!(f, "{title}: the page gets an {kind}, and reads nothing of it")?;
            }
            Err(_) => writeln!(f, "{title} is blocked")?,
        }
        for exchange in &self.exchanges {
            write!(f, "\n{exchange}")?;
        }
        let Some(blocked) = self.blocked() else {
            return Ok(());
        };
        write!(f, "\n{blocked}\n")?;
        if let Some(console) = self.console() {
            write!(f, "{}: {console}", self.user_agent)?;
        }
        let remarks = self.exchanges.last().map(Exchange::remarks).unwrap_or_default();
        remarks.iter().try_for_each(|remark| write!(f, "\ntower-cors: {remark}"))
    }
}

/// The request and the response as lines, with a `>` before the line that decided. The fields stand in the order of
/// their names.
impl fmt::Display for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Sent { method, url, headers, .. } = self.request();
        writeln!(f, "{method} {url}")?;
        write_fields(f, headers, None)?;
        let is_asked =
            |cookie: &&Cookie| matches!(cookie.fate(), CookieFate::Sent | CookieFate::NotSent(_));
        let mut asked = self.cookies().iter().filter(is_asked);
        asked.try_for_each(|cookie| writeln!(f, "  ({cookie})"))?;
        let Some(response) = self.response() else {
            return writeln!(f, "no response");
        };
        write_status(f, self, response)?;
        if let Some(Line::Missing(name)) = self.decided_by() {
            writeln!(f, "> (no {name})")?;
        }
        write_fields(f, response.headers(), self.decided_by())?;
        let mut set = self.cookies().iter().filter(|cookie| !is_asked(cookie));
        set.try_for_each(|cookie| writeln!(f, "  ({cookie})"))
    }
}

fn write_status(
    f: &mut fmt::Formatter<'_>,
    exchange: &Exchange,
    response: &Response<()>,
) -> fmt::Result {
    let mark = if exchange.decided_by() == Some(&Line::Status) { "> " } else { "" };
    let from = if exchange.is_cached() { ", of the HTTP cache" } else { "" };
    writeln!(f, "{mark}{}{from}", response.status())
}

fn write_fields(
    f: &mut fmt::Formatter<'_>,
    headers: &HeaderMap,
    decided_by: Option<&Line>,
) -> fmt::Result {
    let mut fields: Vec<_> = headers.iter().collect();
    fields.sort_by_key(|(name, _)| name.as_str());
    for (name, value) in fields {
        let is_decisive = matches!(decided_by, Some(Line::Header(line)) if line == name);
        let mark = if is_decisive { "> " } else { "  " };
        writeln!(f, "{mark}{name}: {}", String::from_utf8_lossy(value.as_bytes()))?;
    }
    Ok(())
}
