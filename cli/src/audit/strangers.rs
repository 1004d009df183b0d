//! Who may read an answer: the origin that is trusted, strangers, and who looks like the one that is trusted.

use http::header::{ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_ORIGIN, COOKIE};

use super::Auditor;
use super::exchange::{Admits, Ask, Exchange};
use super::kind::{Kind, Severity};
use super::trials::{self, Trial};
use crate::outcome::Failure;

/// What was answered to whom, each at a URL of its own.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) plain: Exchange,
    /// To the first origin that is trusted.
    pub(super) trusted: Exchange,
    pub(super) stranger: Exchange,
}

impl Auditor {
    pub(super) async fn strangers(&mut self) -> Result<Seen, Failure> {
        let trusted: Vec<String> =
            self.trusted.iter().map(|trusted| trusted.origin.clone()).collect();
        let plain = self.ask(Ask::plain()).await?;
        let mut answers = Vec::new();
        for origin in &trusted {
            let exchange = self.ask(Ask::from(origin)).await?;
            self.well_formed(&exchange);
            answers.push(exchange);
        }
        let mut of_strangers = Vec::new();
        for trial in trials::of_anybody() {
            of_strangers.extend(self.attempt(&trial).await?);
        }
        // Some reflect an origin only where a cookie goes along.
        let cookie = format!("{}=1", trials::NAME);
        let with_cookie = Ask::from(trials::STRANGER).field(COOKIE, cookie.as_bytes());
        let with_cookie = self.ask(with_cookie).await?;
        self.judge(Kind::AnyOrigin, with_cookie);
        // Whoever admits anybody admits who looks like somebody.
        if !self.has(Kind::AnyOrigin) {
            let like: Vec<Trial> = self.trusted.iter().flat_map(super::Trusted::trials).collect();
            for trial in like.into_iter().chain(trials::of_neighbours(&self.trusted)) {
                if !trusted.contains(&trial.origin) {
                    self.attempt(&trial).await?;
                }
            }
        }
        match (answers.into_iter().next(), of_strangers.into_iter().next()) {
            (Some(trusted), Some(stranger)) => {
                self.well_formed(&stranger);
                Ok(Seen { plain, trusted, stranger })
            }
            _ => Err(Failure::new(&"no origin is given")),
        }
    }

    /// Asks as an origin that should not be admitted.
    async fn attempt(&mut self, trial: &Trial) -> Result<Option<Exchange>, Failure> {
        if trial.unless.is_some_and(|kind| self.has(kind)) {
            return Ok(None);
        }
        let exchange = self.ask(Ask::from(&trial.origin)).await?;
        self.judge(trial.kind, exchange.clone());
        Ok(Some(exchange))
    }

    /// Finds it, if the answer admits who should not be.
    pub(super) fn judge(&mut self, kind: Kind, exchange: Exchange) {
        if let Some(severity) = kind.severity_of(exchange.admits()) {
            self.find(kind, severity, [exchange]);
        }
    }

    /// Finds what no browser takes.
    fn well_formed(&mut self, exchange: &Exchange) {
        let named = exchange.lines(&ACCESS_CONTROL_ALLOW_ORIGIN);
        if named.len() > 1 || named.iter().any(|line| line.contains([',', ' '])) {
            self.find(Kind::SeveralOrigins, Severity::Low, [exchange.clone()]);
        }
        if exchange.is_open() && exchange.has(&ACCESS_CONTROL_ALLOW_CREDENTIALS) {
            self.find(Kind::WildcardWithCredentials, Severity::Low, [exchange.clone()]);
        }
    }
}

impl Kind {
    /// How grave it is that an answer admits who should not be.
    fn severity_of(self, admits: Admits) -> Option<Severity> {
        let (without, with) = match self {
            // Whoever wrote these may have meant to.
            Self::Subdomain | Self::Port => (Severity::Note, Severity::Note),
            Self::Malformed => (Severity::Low, Severity::Low),
            Self::Scheme => (Severity::Low, Severity::Medium),
            _ => (Severity::Medium, Severity::High),
        };
        match admits {
            Admits::No => None,
            Admits::WithoutCredentials => Some(without),
            Admits::WithCredentials => Some(with),
        }
    }
}
