//! What two policies decide differently, before it is put into words.

use super::change::{Aspect, Direction};

/// One thing that two policies decide differently of some origins.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Claim {
    pub(super) fact: Fact,
    pub(super) direction: Direction,
    /// The methods for which it is so, if it is not so for all for which it could be; `*` for those that
    /// neither policy lists.
    pub(super) methods: Option<Vec<String>>,
}

/// What it is about. Methods and names are as they are written in a policy, with `*` for all others.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Fact {
    /// The origins are allowed anything at all.
    Admitted {
        credentials: bool,
        any_method: bool,
        any_header: bool,
    },
    Credentials,
    /// Preflights for the method, and its responses if these are decided differently, too.
    Method(String),
    /// Its responses alone.
    Response(String),
    Header(String),
    /// Names which are allowed by different rules, and so were not at once.
    Together(Vec<String>),
    Exposed(String),
    MaxAge(Option<u64>, Option<u64>),
}

/// A claim, and what one has to ask to see it.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) claim: Claim,
    pub(super) asked: Asked,
}

/// What is asked of a policy, but for the origin and the path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Asked {
    Simple(String),
    Preflight(String, Vec<String>),
}

impl Fact {
    pub(super) fn aspect(&self) -> Aspect {
        match self {
            Self::Admitted { .. } => Aspect::Origins,
            Self::Credentials => Aspect::Credentials,
            Self::Method(_) => Aspect::Methods,
            Self::Response(_) => Aspect::Responses,
            Self::Header(_) => Aspect::RequestHeaders,
            Self::Together(_) => Aspect::RequestHeadersTogether,
            Self::Exposed(_) => Aspect::ExposedHeaders,
            Self::MaxAge(..) => Aspect::MaxAge,
        }
    }

    /// The methods or names.
    pub(super) fn values(&self) -> &[String] {
        match self {
            Self::Method(value)
            | Self::Response(value)
            | Self::Header(value)
            | Self::Exposed(value) => std::slice::from_ref(value),
            Self::Together(names) => names,
            Self::Admitted { .. } | Self::Credentials | Self::MaxAge(..) => &[],
        }
    }
}
