//! What all benchmarks share: the scenarios as data, and how one request is driven.

#![allow(dead_code, reason = "no benchmark uses all that they share")]

pub(crate) mod callgrind;
pub(crate) mod floor;
pub(crate) mod plot;
pub(crate) mod request;
pub(crate) mod spread;
pub(crate) mod subject;
pub(crate) mod table;

use request::Asked;
use subject::Inner;

/// One request to one policy, in front of one inner service.
#[derive(Clone, Debug)]
pub(crate) struct Scenario {
    pub(crate) name: String,
    pub(crate) setup: Setup,
    pub(crate) asked: Asked,
    pub(crate) inner: Inner,
}

/// A configuration, which this crate and its peer can both be given.
#[derive(Clone, Copy, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is a setting of its own")]
pub(crate) struct Setup {
    pub(crate) origins: Origins,
    pub(crate) credentials: bool,
    /// With one exposed name.
    pub(crate) exposed: bool,
    /// How many request-header names are allowed.
    pub(crate) names: usize,
    pub(crate) settings: Settings,
}

/// The settings of the layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Settings {
    Usual,
    /// With an observer that looks at the decision alone.
    Observed,
    /// Without telling which step of a preflight failed.
    Hidden,
}

impl Setup {
    /// Of so many names, and nothing else.
    pub(crate) fn of(origins: Origins, names: usize) -> Self {
        Self { origins, credentials: false, exposed: false, names, settings: Settings::Usual }
    }
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Origins {
    Any,
    /// So many, `https://app.example` in their middle.
    Listed(usize),
    /// So many, `https://*.app.example` in their middle.
    Patterns(usize),
    /// So many, `https://pr-*.app.example` in their middle.
    WithinLabel(usize),
}

impl Origins {
    pub(crate) fn count(self) -> usize {
        match self {
            Self::Any => 0,
            Self::Listed(count) | Self::Patterns(count) | Self::WithinLabel(count) => count,
        }
    }

    /// As they are configured.
    pub(crate) fn texts(self) -> Vec<String> {
        let (scheme, count) = match self {
            Self::Any => return vec!["*".to_owned()],
            Self::Listed(count) => ("https://", count),
            Self::Patterns(count) => ("https://*.", count),
            Self::WithinLabel(count) => ("https://pr-*.", count),
        };
        let mut texts: Vec<String> =
            (1..count).map(|number| format!("{scheme}app{number}.example")).collect();
        texts.insert(texts.len() / 2, format!("{scheme}app.example"));
        texts
    }
}

/// Allowed, or asked for: the first names are `authorization`, `content-type` and `x-request-id`.
/// Sorted, as browsers send them.
pub(crate) fn names(count: usize) -> Vec<String> {
    let usual = ["authorization", "content-type", "x-request-id"].map(str::to_owned);
    let others = (3..count).map(|number| format!("x-custom-{number:03}"));
    let mut names: Vec<String> = usual.into_iter().chain(others).take(count).collect();
    names.sort();
    names
}

impl Scenario {
    fn new(name: &str, origins: Origins, asked: Asked) -> Self {
        Self { name: name.to_owned(), setup: Setup::of(origins, 3), asked, inner: Inner::Typed }
    }

    fn credentials(mut self) -> Self {
        self.setup.credentials = true;
        self
    }

    fn exposed(mut self) -> Self {
        self.setup.exposed = true;
        self
    }

    fn hidden(mut self) -> Self {
        self.setup.settings = Settings::Hidden;
        self
    }

    fn observed(mut self) -> Self {
        self.setup.settings = Settings::Observed;
        self
    }

    fn inner(mut self, inner: Inner) -> Self {
        self.inner = inner;
        self
    }

    fn names(mut self, names: usize) -> Self {
        self.setup.names = names;
        self
    }

    /// What its count is compared with: see [`Basis`].
    pub(crate) fn basis(&self) -> Basis {
        match self.asked {
            Asked::Preflight(_)
            | Asked::DeniedOrigin
            | Asked::DeniedMethod
            | Asked::DeniedHeader => Basis::Preflight,
            Asked::LongOrigin | Asked::Commas | Asked::LongNames | Asked::Lines(_) => {
                Basis::Hostile
            }
            _ => Basis::Get,
        }
    }
}

/// What a count says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Basis {
    /// The cost beyond that of the inner service alone.
    Get,
    /// The cost in all, since the inner service does not run.
    Preflight,
    /// The cost beyond that of the inner service alone, since dropping such a request is dear.
    Hostile,
}

/// The scenarios whose costs are held to bounds.
pub(crate) fn all() -> Vec<Scenario> {
    use Asked::{
        Commas, DeniedHeader, DeniedMethod, DeniedOrigin, Deployment, Evil, Lines, LongNames,
        LongOrigin, Plain, Preflight, Simple, Subdomain,
    };
    use Inner::{Empty, Varying};
    use Origins::{Any, Listed, Patterns, WithinLabel};

    let two = Listed(2);
    vec![
        Scenario::new("any origin, plain", Any, Plain),
        Scenario::new("any origin, allowed", Any, Simple),
        Scenario::new("1 origin, plain", Listed(1), Plain),
        Scenario::new("1 origin, allowed", Listed(1), Simple),
        Scenario::new("2 origins, plain", two, Plain),
        Scenario::new("2 origins, allowed", two, Simple),
        Scenario::new("2 origins, denied", two, Evil),
        Scenario::new("2 origins, allowed, observed", two, Simple).observed(),
        Scenario::new("2 origins, allowed, empty map", two, Simple).inner(Empty),
        Scenario::new("2 origins, allowed, other Vary", two, Simple).inner(Varying),
        Scenario::new("2 origins, plain, empty map", two, Plain).inner(Empty),
        Scenario::new("2 origins, plain, other Vary", two, Plain).inner(Varying),
        Scenario::new("any origin, allowed, empty map", Any, Simple).inner(Empty),
        Scenario::new("2 origins, credentials", two, Simple).credentials(),
        Scenario::new("2 origins, credentials, exposed name", two, Simple).credentials().exposed(),
        Scenario::new("10 origins, allowed", Listed(10), Simple),
        Scenario::new("1,000 origins, allowed", Listed(1_000), Simple),
        Scenario::new("100,000 origins, allowed", Listed(100_000), Simple),
        Scenario::new("100,000 origins, denied", Listed(100_000), Evil),
        Scenario::new("1,000,000 origins, allowed", Listed(1_000_000), Simple),
        Scenario::new("1 pattern, allowed", Patterns(1), Subdomain),
        Scenario::new("10,000 patterns, allowed", Patterns(10_000), Subdomain),
        Scenario::new("10,000 patterns, denied", Patterns(10_000), Evil),
        Scenario::new("1 pattern within a label, allowed", WithinLabel(1), Deployment),
        Scenario::new("10,000 patterns within a label, allowed", WithinLabel(10_000), Deployment),
        Scenario::new("10,000 patterns within a label, denied", WithinLabel(10_000), Evil),
        Scenario::new("preflight, allowed, 3 names", two, Preflight(3)),
        Scenario::new("preflight, allowed, 3 of 10 names", two, Preflight(3)).names(10),
        Scenario::new("preflight, allowed, 10 names", two, Preflight(10)).names(10),
        Scenario::new("preflight, allowed, 50 names", two, Preflight(50)).names(50),
        Scenario::new("preflight, denied by origin", two, DeniedOrigin),
        Scenario::new("preflight, denied by method", two, DeniedMethod),
        Scenario::new("preflight, denied by header", two, DeniedHeader),
        Scenario::new("preflight, denied by header, hidden", two, DeniedHeader).hidden(),
        Scenario::new("preflight, denied by header, observed", two, DeniedHeader).observed(),
        Scenario::new("preflight, 64 KiB of origin", two, LongOrigin),
        Scenario::new("preflight, 64 KiB of commas", two, Commas),
        Scenario::new("preflight, 64 KiB of names", two, LongNames),
        Scenario::new("preflight, 1,000 lines", two, Lines(1_000)),
    ]
}
