//! What a fetch came to, in words for a test that fails.

use std::fmt::{self, Write};

use http::{HeaderMap, Response};

use super::{Cookie, CookieFate, Exchange, Line, ResponseType, Seen, Sent};

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let f = &mut Inert(f);
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
        let f = &mut Inert(f);
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

/// What is written with every control and bidi formatting character escaped, since it ends up in terminals and in the logs
/// of CI, and a server chose parts of it.
struct Inert<'a, 'f>(&'a mut fmt::Formatter<'f>);

impl Write for Inert<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.chars().try_for_each(|character| match character {
            '\n' | '\t' => self.0.write_char(character),
            // <https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters>
            '\u{61c}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}' => {
                write!(self.0, "\\u{:04x}", u32::from(character))
            }
            _ if character.is_control() => write!(self.0, "\\u{:04x}", u32::from(character)),
            _ => self.0.write_char(character),
        })
    }
}

fn write_status(
    f: &mut Inert<'_, '_>,
    exchange: &Exchange,
    response: &Response<()>,
) -> fmt::Result {
    let mark = if exchange.decided_by() == Some(&Line::Status) { "> " } else { "" };
    let from = if exchange.is_cached() { ", of the HTTP cache" } else { "" };
    writeln!(f, "{mark}{}{from}", response.status())
}

fn write_fields(
    f: &mut Inert<'_, '_>,
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
