//! Which origins are tried: those that stand for any stranger, and those that are like one that is trusted.

use tower_cors::{Origin, Policy};

use super::kind::Kind;
use crate::outcome::Failure;

/// The name in all that an audit makes up, so that whoever reads the log of the server knows it.
pub(super) const NAME: &str = "tower-cors-audit";
/// The origin of a stranger. Nobody can have it.
pub(super) const STRANGER: &str = "https://tower-cors-audit.invalid";

/// An origin that the server is said to allow.
#[derive(Clone, Debug)]
pub(super) struct Trusted {
    pub(super) origin: String,
    scheme: String,
    host: String,
    port: String,
    /// The domain of one owner that the host belongs to, if it is a name in one.
    domain: Option<String>,
}

/// An origin that should not be admitted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Trial {
    pub(super) kind: Kind,
    pub(super) origin: String,
    /// It shows nothing where this was found.
    pub(super) unless: Option<Kind>,
}

impl Trial {
    fn new(kind: Kind, origin: String) -> Self {
        Self { kind, origin, unless: None }
    }
}

impl Trusted {
    pub(super) fn parse(text: &str) -> Result<Self, Failure> {
        let parsed = Origin::parse(text).map_err(|fault| {
            Failure::new(&format_args!(
                "origin \"{text}\" {fault}; write one such as \"https://app.example\""
            ))
        })?;
        let host = parsed.host().to_owned();
        Ok(Self {
            origin: text.to_owned(),
            scheme: parsed.scheme().to_owned(),
            port: parsed.port().map(|port| format!(":{port}")).unwrap_or_default(),
            domain: domain(&host),
            host,
        })
    }

    /// The same scheme and port with another host.
    fn with_host(&self, host: &str) -> String {
        format!("{}://{host}{}", self.scheme, self.port)
    }

    fn is_loopback(&self) -> bool {
        self.host == "localhost" || self.host.starts_with("127.") || self.host == "[::1]"
    }

    /// The origins that a careless comparison takes for this one.
    pub(super) fn trials(&self) -> Vec<Trial> {
        let mut trials = vec![
            Trial::new(Kind::Malformed, format!("{}/", self.origin)),
            Trial::new(Kind::Malformed, format!("{}://.{}{}", self.scheme, self.host, self.port)),
        ];
        if self.scheme == "https" && !self.is_loopback() {
            trials.push(Trial::new(Kind::Scheme, format!("http://{}{}", self.host, self.port)));
        }
        if !self.is_loopback() {
            trials.push(Trial::new(Kind::Port, format!("{}://{}:47329", self.scheme, self.host)));
        }
        let Some(domain) = &self.domain else {
            return trials;
        };
        // First, since it says whether a name under the domain is a stranger's.
        trials.push(Trial::new(Kind::Subdomain, self.with_host(&format!("{NAME}.{domain}"))));
        trials.push(Trial::new(Kind::Subdomain, self.with_host(&format!("{NAME}.{}", self.host))));
        for prefix in self.prefixes(domain) {
            for end in [".", "", "-", "_."] {
                let host = format!("{prefix}{end}{NAME}.invalid");
                trials.push(Trial::new(Kind::Prefix, self.with_host(&host)));
            }
        }
        trials.push(Trial::new(Kind::Suffix, self.with_host(&format!("{NAME}{domain}"))));
        trials.push(Trial::new(Kind::Suffix, self.with_host(&format!("{NAME}-{domain}"))));
        if self.host != *domain {
            let origin = self.with_host(&format!("{NAME}{}", self.host));
            trials
                .push(Trial { unless: Some(Kind::Subdomain), ..Trial::new(Kind::Suffix, origin) });
        }
        trials.extend(self.dots(domain).map(|host| Trial::new(Kind::Dot, self.with_host(&host))));
        if let Some((_, parent)) = domain.split_once('.') {
            trials.push(Trial::new(Kind::Tenant, self.with_host(&format!("{NAME}.{parent}"))));
        }
        trials
    }

    /// The host, and what of it may stand in a careless list: the domain, and a suffix of several labels.
    fn prefixes(&self, domain: &str) -> Vec<String> {
        let parent = domain.split_once('.').map(|(_, parent)| parent).filter(|it| it.contains('.'));
        let mut prefixes = vec![self.host.clone()];
        for more in [Some(domain), parent].into_iter().flatten() {
            if !prefixes.iter().any(|prefix| prefix == more) {
                prefixes.push(more.to_owned());
            }
        }
        prefixes
    }

    /// The host with another character for one of the dots, so that it is in no domain of the owner.
    fn dots(&self, domain: &str) -> impl Iterator<Item = String> {
        let start = self.host.len().saturating_sub(domain.len() + 1);
        let dots = self.host.match_indices('.').map(|(at, _)| at).filter(move |at| *at >= start);
        dots.filter_map(|at| Some(format!("{}x{}", self.host.get(..at)?, self.host.get(at + 1..)?)))
    }
}

/// The origins that stand for anybody, whatever is trusted.
pub(super) fn of_anybody() -> Vec<Trial> {
    let addresses = ["localhost", "127.0.0.1", "192.168"].map(|address| {
        let origin = format!("http://{address}.{NAME}.invalid");
        (Kind::Address, origin)
    });
    // Whoever admits any stranger admits these.
    let others = [(Kind::Null, "null".to_owned()), (Kind::File, "file://".to_owned())];
    let others = others
        .into_iter()
        .chain(addresses)
        .map(|(kind, origin)| Trial { unless: Some(Kind::AnyOrigin), ..Trial::new(kind, origin) });
    std::iter::once(Trial::new(Kind::AnyOrigin, STRANGER.to_owned())).chain(others).collect()
}

/// Two hosts that are trusted, run together into a third.
pub(super) fn of_neighbours(trusted: &[Trusted]) -> Vec<Trial> {
    let pairs = trusted.iter().flat_map(|one| trusted.iter().map(move |other| (one, other)));
    let pairs = pairs.filter(|(one, other)| one.host != other.host);
    pairs
        .map(|(one, other)| {
            let label = one.host.split('.').next().unwrap_or_default();
            let origin = other.with_host(&format!("{label}{}", other.host));
            Trial { unless: Some(Kind::Subdomain), ..Trial::new(Kind::Neighbours, origin) }
        })
        .collect()
}

/// The shortest name above a host under which not anybody may have a name, as the list of public suffixes has it.
fn domain(host: &str) -> Option<String> {
    let is_name =
        host.contains(|letter: char| letter.is_ascii_alphabetic()) && !host.starts_with('[');
    let mut names: Vec<&str> = std::iter::once(host)
        .chain(host.match_indices('.').filter_map(|(at, _)| host.get(at + 1..)))
        .collect();
    names.retain(|name| name.contains('.'));
    names.reverse();
    names.into_iter().filter(|_| is_name).find(|name| !is_public(name)).map(str::to_owned)
}

/// Whether a policy may not trust all names under it with credentials.
fn is_public(name: &str) -> bool {
    let pattern = format!("https://*.{name}");
    Policy::builder().allow_origins([pattern]).allow_credentials(true).build().is_err()
}
