//! `audit`: the misconfigurations that scanners and advisories know, tried one by one against a live server.
//!
//! [`trials`] says which origins are tried, [`exchange`] asks, [`Auditor`] tries and judges, [`Kind`] is what may be found,
//! [`Sight`] knows whether anything could be.

mod caches;
mod exchange;
mod kind;
mod oddities;
mod preflights;
mod sight;
mod strangers;
mod text;
mod trials;

use std::fmt;

use serde_json::json;

use self::exchange::{Ask, Exchange, Target};
use self::kind::{Kind, Severity};
use self::sight::Sight;
use self::trials::Trusted;
use crate::connection::{self, Connection, Line};
use crate::outcome::{Failure, Format, Outcome, Status};
use crate::paint::{ERROR, count, paint};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The URL that is asked, of a server that you answer for
    url: String,
    /// An origin that the server allows; what is like it is tried [default: the URL's own]
    #[arg(long, value_name = "ORIGIN")]
    from: Vec<String>,
    /// The method: GET or HEAD, so that nothing is changed
    #[arg(short = 'X', long, value_parser = ["GET", "HEAD"], default_value = "GET")]
    method: String,
    /// A field that goes along with each request, such as a token
    #[arg(short = 'H', long, value_name = "NAME: VALUE")]
    header: Vec<String>,
    #[command(flatten)]
    line: Line,
    /// How the result is printed
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// At most so many requests are sent, one at a time.
const MOST: usize = 100;
/// The origins that others are derived from are so many at the most.
const MOST_TRUSTED: usize = 2;

/// Something that is found, and what shows it.
#[derive(Debug)]
struct Finding {
    kind: Kind,
    severity: Severity,
    /// What was asked and answered.
    shown: Vec<Exchange>,
}

/// Asks, and collects what is found.
struct Auditor {
    target: Target,
    trusted: Vec<Trusted>,
    found: Vec<Finding>,
    sight: Sight,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    let connection = arguments.line.connection()?;
    let target = Target::new(connection, arguments)?;
    let origins = match &*arguments.from {
        [] => vec![target.origin()],
        origins => origins.to_vec(),
    };
    if origins.len() > MOST_TRUSTED {
        return Err(Failure::new(&format_args!(
            "{} origins are more than {MOST_TRUSTED}; give fewer by `--from`",
            origins.len()
        )));
    }
    let trusted = origins.iter().map(|origin| Trusted::parse(origin)).collect::<Result<_, _>>()?;
    let mut auditor = Auditor { target, trusted, found: Vec::new(), sight: Sight::default() };
    match connection::runtime()?.block_on(auditor.audit()) {
        Err(failure) if auditor.found.is_empty() => Err(failure),
        audited => auditor.outcome(arguments.format, audited.err().as_ref()),
    }
}

impl Auditor {
    async fn audit(&mut self) -> Result<(), Failure> {
        let seen = self.strangers().await?;
        self.caches(&seen).await?;
        self.preflights(&seen).await?;
        self.oddities(&seen).await
    }

    async fn ask(&mut self, ask: Ask) -> Result<Exchange, Failure> {
        let exchange = self.target.ask(ask).await?.answered()?;
        self.sight.look(&exchange);
        Ok(exchange)
    }

    /// Adds to what is found: once of a kind, with the worst that shows it.
    fn find(&mut self, kind: Kind, severity: Severity, shown: impl IntoIterator<Item = Exchange>) {
        let shown: Vec<Exchange> = shown.into_iter().collect();
        match self.found.iter_mut().find(|finding| finding.kind == kind) {
            Some(finding) if finding.severity <= severity => {}
            Some(finding) => (finding.severity, finding.shown) = (severity, shown),
            None => self.found.push(Finding { kind, severity, shown }),
        }
    }

    fn has(&self, kind: Kind) -> bool {
        self.found.iter().any(|finding| finding.kind == kind)
    }

    /// What is found; all of it, unless something stopped the audit.
    fn outcome(mut self, format: Format, stopped: Option<&Failure>) -> Result<Outcome, Failure> {
        self.found.sort_by_key(|finding| (finding.severity, finding.kind));
        let is_grave = |finding: &&Finding| finding.severity != Severity::Note;
        let grave = self.found.iter().filter(is_grave).count();
        let stopped = stopped.map(|failure| {
            format!("stopped at request {}: {}", self.target.asked, failure.message())
        });
        let unseen = self.sight.lack();
        let is_whole = stopped.is_none() && unseen.is_none();
        let status = if grave == 0 && !is_whole { Status::Wrong } else { Status::found(grave > 0) };
        if format == Format::Json {
            let found: Vec<_> =
                self.found.iter().map(|finding| finding.json(&self.trusted)).collect();
            let report = json!({
                "requests": self.target.asked,
                "findings": found,
                "stopped": stopped,
                "unseen": unseen,
            });
            return Outcome::json(&report, status);
        }
        let text: Vec<String> =
            self.found.iter().map(|finding| finding.text(&self.trusted)).collect();
        let notes = count(self.found.len() - grave, "note");
        let (asked, grave) = (count(self.target.asked, "request"), count(grave, "finding"));
        let mut lines = vec![format!("{}: {asked}, {grave}, {notes}", self.target.url())];
        lines.extend(stopped);
        lines.extend(unseen.map(|unseen| format!("{} {unseen}", paint(ERROR, "error:"))));
        let notes = lines.join("\n");
        Ok(Outcome { text: text.join("\n\n"), notes, status })
    }
}

impl fmt::Debug for Auditor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Auditor").field("found", &self.found).finish_non_exhaustive()
    }
}
