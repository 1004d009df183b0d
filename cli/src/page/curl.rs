//! A command for curl, as the developer tools of browsers copy it: for a POSIX shell, or for `cmd` of Windows.

use std::iter::Peekable;
use std::str::Chars;

use clap::Parser;

use super::PageRequest;

/// What of curl's arguments browsers and people use.
#[derive(Debug, Parser)]
#[command(
    name = "curl",
    disable_help_flag = true,
    disable_version_flag = true,
    args_override_self = true
)]
struct Curl {
    urls: Vec<String>,
    #[arg(long = "url")]
    url: Vec<String>,
    #[arg(short = 'X', long)]
    request: Option<String>,
    #[arg(short = 'H', long, allow_hyphen_values = true)]
    header: Vec<String>,
    #[arg(
        short,
        long,
        visible_aliases = ["data-binary", "data-ascii"],
        allow_hyphen_values = true
    )]
    data: Vec<String>,
    #[arg(long, allow_hyphen_values = true)]
    data_raw: Vec<String>,
    #[arg(long, allow_hyphen_values = true)]
    data_urlencode: Vec<String>,
    #[arg(long, allow_hyphen_values = true)]
    json: Vec<String>,
    #[arg(short = 'F', long, visible_alias = "form-string")]
    form: Vec<String>,
    #[arg(short = 'b', long)]
    cookie: Vec<String>,
    #[arg(short, long)]
    user: Option<String>,
    #[arg(short = 'G', long)]
    get: bool,
    #[arg(short = 'I', long)]
    head: bool,
    #[command(flatten)]
    ignored: Ignored,
}

/// What says nothing of the request that CORS sees.
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of curl")]
struct Ignored {
    #[arg(short = 'A', long)]
    user_agent: Option<String>,
    #[arg(short = 'e', long)]
    referer: Option<String>,
    #[arg(short, long)]
    output: Option<String>,
    #[arg(short = 'x', long)]
    proxy: Option<String>,
    #[arg(short, long)]
    max_time: Option<String>,
    #[arg(long)]
    connect_timeout: Option<String>,
    #[arg(short = 'w', long)]
    write_out: Option<String>,
    #[arg(long)]
    resolve: Vec<String>,
    #[arg(long)]
    cacert: Option<String>,
    #[arg(long)]
    compressed: bool,
    #[arg(short = 'k', long)]
    insecure: bool,
    #[arg(short = 'L', long)]
    location: bool,
    #[arg(short, long)]
    silent: bool,
    #[arg(short = 'S', long)]
    show_error: bool,
    #[arg(short, long)]
    include: bool,
    #[arg(short, long)]
    verbose: bool,
    #[arg(short, long)]
    fail: bool,
    #[arg(short, long)]
    globoff: bool,
    #[arg(long = "http1.1")]
    http1_1: bool,
    #[arg(long)]
    http2: bool,
    #[arg(long)]
    http3: bool,
    #[arg(long)]
    path_as_is: bool,
}

/// Reads a command. One that is to be sent must not ask for what the model of a browser would send otherwise.
pub(super) fn parse(text: &str, is_sent: bool) -> Result<PageRequest, String> {
    let text = if is_for_cmd(text) { without_carets(text) } else { text.to_owned() };
    let words = shlex::split(&without_dollar_quotes(&text)?)
        .ok_or("the command for curl ends within quotes; copy all of it")?;
    let mut words = words.into_iter().skip_while(|word| word == "$" || word == "%");
    let program = words.next().unwrap_or_default();
    if !matches!(program.as_str(), "curl" | "curl.exe") {
        return Err(
            "no command for curl was found; choose \"Copy as cURL\" in the browser's network panel"
                .to_owned(),
        );
    }
    let arguments = std::iter::once(program).chain(words.filter(|word| word.trim() != ""));
    let curl = Curl::try_parse_from(arguments).map_err(|error| {
        let said = error.to_string();
        let first = said.lines().next().unwrap_or_default();
        let first = first.strip_prefix("error: ").unwrap_or(first);
        format!("{first} in the command for curl; leave it out")
    })?;
    match curl.unlike().filter(|_| is_sent) {
        Some((name, instead)) => {
            Err(format!("{name} in the command for curl would not be sent as written; {instead}"))
        }
        None => curl.request(),
    }
}

impl Curl {
    /// What would be sent otherwise than curl does, or elsewhere; and what to write instead.
    fn unlike(&self) -> Option<(&'static str, &'static str)> {
        const BY_RAW: &str = "write the body as it goes out: `--data-raw 'a=1&b=2'`";
        let Ignored { insecure, resolve, proxy, cacert, .. } = &self.ignored;
        let is_file = |value: &String| value.starts_with('@');
        let kinds = [&self.data, &self.data_raw, &self.data_urlencode, &self.json, &self.form];
        let has_body = kinds.iter().any(|kind| !kind.is_empty());
        let is_read = self.head || matches!(self.request.as_deref(), Some("GET" | "HEAD"));
        let all = [
            (
                self.user.is_some(),
                "`-u`",
                "write `-H 'authorization: Basic …'`, with `name:password` in base64",
            ),
            (
                !self.form.is_empty(),
                "`-F`",
                "write the body by `--data-raw`, and its `content-type` by `-H`",
            ),
            (!self.data_urlencode.is_empty(), "`--data-urlencode`", BY_RAW),
            (self.data.iter().any(is_file), "`-d @FILE`", BY_RAW),
            (self.json.iter().any(is_file), "`--json @FILE`", "write the JSON itself"),
            (
                !self.data.is_empty() && !self.data_raw.is_empty(),
                "`-d` beside `--data-raw`",
                BY_RAW,
            ),
            (self.get && has_body, "`-G`", "write the data into the query of the URL"),
            (
                is_read && has_body,
                "the body of a GET or HEAD",
                "leave it out, since no page sends one",
            ),
            (self.header.iter().any(is_file), "`-H @FILE`", "write each field by `-H`"),
            (
                self.cookie.iter().any(|cookie| !cookie.contains('=')),
                "`-b FILE`",
                "write the cookies themselves: `-b 'name=value'`",
            ),
            (
                *insecure,
                "`-k`",
                "leave it out, and give the server's certificate to the tool: `probe --curl --cacert FILE`",
            ),
            (cacert.is_some(), "`--cacert`", "give it to the tool: `probe --curl --cacert FILE`"),
            (
                !resolve.is_empty(),
                "`--resolve`",
                "leave it out, and let the name resolve on this machine",
            ),
            (proxy.is_some(), "`-x`", "leave it out, since the tool asks the server itself"),
        ];
        all.into_iter().find(|(is, ..)| *is).map(|(_, name, instead)| (name, instead))
    }

    fn request(self) -> Result<PageRequest, String> {
        let url = match &*[self.urls, self.url].concat() {
            [url] => url.clone(),
            urls if urls.iter().any(|url| url == "curl" || url == "curl.exe") => {
                return Err("there are several commands for curl; copy one".to_owned());
            }
            [] => return Err("the command for curl has no URL; copy all of it".to_owned()),
            urls => {
                return Err(format!(
                    "the command for curl has {} URLs; leave one of them",
                    urls.len()
                ));
            }
        };
        // As curl takes it.
        let url = if url.contains("://") { url } else { format!("http://{url}") };
        let mut headers: Vec<(String, String)> =
            self.header.iter().filter_map(|header| field(header)).collect();
        let has = |headers: &[(String, String)], asked: &str| {
            headers.iter().any(|(name, _)| name.eq_ignore_ascii_case(asked))
        };
        let mut add = |name: &str, value: &str| {
            if !has(&headers, name) {
                headers.push((name.to_owned(), value.to_owned()));
            }
        };
        if !self.cookie.is_empty() {
            add("cookie", &self.cookie.join("; "));
        }
        if self.user.is_some() {
            add("authorization", "Basic");
        }
        let data = [self.data, self.data_raw, self.data_urlencode].concat();
        let mut body = None;
        if !self.json.is_empty() {
            add("content-type", "application/json");
            add("accept", "application/json");
            body = Some(self.json.concat());
        } else if !self.form.is_empty() {
            add("content-type", "multipart/form-data");
            body = Some(String::new());
        } else if !data.is_empty() && !self.get {
            add("content-type", "application/x-www-form-urlencoded");
            body = Some(data.join("&"));
        }
        let method = match (self.request, &body) {
            (Some(method), _) => method,
            (None, _) if self.head => "HEAD".to_owned(),
            (None, Some(_)) => "POST".to_owned(),
            (None, None) => "GET".to_owned(),
        };
        let body = body.filter(|_| method != "GET" && method != "HEAD").map(String::into_bytes);
        Ok(PageRequest::sent(&method, &url, headers, body))
    }
}

/// `name: value`; `name;` has no value. One that ends with the colon is a field that curl shall not send.
fn field(written: &str) -> Option<(String, String)> {
    let (pseudo, rest) = written.strip_prefix(':').map_or(("", written), |rest| (":", rest));
    match rest.split_once(':') {
        Some((_, value)) if value.trim().is_empty() => None,
        Some((name, value)) => Some((format!("{pseudo}{}", name.trim()), value.trim().to_owned())),
        None => Some((rest.trim_end().strip_suffix(';')?.to_owned(), String::new())),
    }
}

/// Whether `cmd` of Windows would read it: a caret quotes there, and never is before a quote or a line end elsewhere.
fn is_for_cmd(text: &str) -> bool {
    text.contains("^\"") || text.lines().any(|line| line.trim_end().ends_with(" ^"))
}

/// What `cmd` hands on: whatever follows a caret stands for itself, and a line end behind one is none. What is left has
/// double quotes, and a backslash before each quote that is meant.
fn without_carets(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars().filter(|character| *character != '\r');
    while let Some(character) = characters.next() {
        match character {
            '^' => match characters.next() {
                // A line end that is meant is written twice.
                Some('\n') | None => {}
                Some(quoted) => out.push(quoted),
            },
            _ => out.push(character),
        }
    }
    out
}

/// The same with every `$'…'` as other quotes. Bash reads escapes in it, and POSIX of 2008, which `shlex` follows, has
/// no such quotes.
fn without_dollar_quotes(text: &str) -> Result<String, String> {
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    let mut quote = None;
    while let Some(character) = characters.next() {
        match (quote, character) {
            (None, '$') if characters.next_if_eq(&'\'').is_some() => {
                let text = ansi_c(&mut characters)?;
                let quoted = shlex::try_quote(&text);
                out.push_str(&quoted.map_err(|_| "the command for curl has a NUL; leave it out")?);
            }
            (None | Some('"'), '\\') => {
                out.push(character);
                out.extend(characters.next());
            }
            (None, '\'' | '"') => {
                quote = Some(character);
                out.push(character);
            }
            (Some(open), _) if open == character => {
                quote = None;
                out.push(character);
            }
            _ => out.push(character),
        }
    }
    Ok(out)
}

/// What stands in `$'…'`, behind its beginning.
///
/// <https://www.gnu.org/software/bash/manual/html_node/ANSI_002dC-Quoting.html>
fn ansi_c(characters: &mut Peekable<Chars<'_>>) -> Result<String, String> {
    let mut text = String::new();
    loop {
        match characters.next() {
            Some('\'') => return Ok(text),
            Some('\\') => match characters.next() {
                Some('n') => text.push('\n'),
                Some('r') => text.push('\r'),
                Some('t') => text.push('\t'),
                Some('x') => text.push(code(characters, 2)?),
                Some('u') => text.push(code(characters, 4)?),
                Some('U') => text.push(code(characters, 8)?),
                Some(other @ ('\\' | '\'' | '"' | '?')) => text.push(other),
                Some(other) => text.extend(['\\', other]),
                None => break,
            },
            Some(character) => text.push(character),
            None => break,
        }
    }
    Err("the command for curl ends within quotes; copy all of it".to_owned())
}

/// A character by its code, of so many digits at the most. Half of a pair of UTF-16 is joined with the other half.
fn code(characters: &mut Peekable<Chars<'_>>, most: usize) -> Result<char, String> {
    let digits = |characters: &mut Peekable<Chars<'_>>| {
        let mut code = 0;
        for _ in 0..most {
            let Some(digit) = characters.peek().and_then(|character| character.to_digit(16)) else {
                break;
            };
            characters.next();
            code = code * 16 + digit;
        }
        code
    };
    let first = digits(characters);
    let mut ahead = characters.clone();
    let pair = (0xD800..0xDC00).contains(&first)
        && ahead.next() == Some('\\')
        && ahead.next() == Some('u');
    let code = if pair {
        *characters = ahead;
        let second = digits(characters);
        0x1_0000 + ((first - 0xD800) << 10) + (second & 0x3FF)
    } else {
        first
    };
    char::from_u32(code)
        .ok_or_else(|| format!("the command for curl has \\u{code:x}, which is no character"))
}
