//! What can be wrong with a route.

use std::error::Error;
use std::fmt;

use super::repair::repair;
use crate::builder::error::{ErrorsIntoIter, ErrorsIter, Quoted, write_lines};

/// One error in a table of routes; `path` is what was written.
///
/// The message, one line, says what to write: `route "items" has no leading slash; write "/items"`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RouteError {
    /// The path is not the path of a route.
    #[non_exhaustive]
    Path {
        /// As written.
        path: String,
        /// What is wrong.
        fault: RouteFault,
        /// What to write instead, if that can be known: a route that matches what was meant.
        fix: Option<String>,
    },
    /// Another route matches the same paths, or has a parameter where this one has `{*rest}`.
    #[non_exhaustive]
    Conflict {
        /// As written.
        path: String,
        /// The other one, which was added first.
        with: String,
    },
}

/// What is wrong with the path of a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RouteFault {
    /// It does not begin with `/`.
    NoSlash,
    /// It is a whole URL. A route is a path, and matches it on every host.
    Url,
    /// It stands for every path elsewhere, as `*` and `/**` do; here the fallback does.
    EveryPath,
    /// It is a regular expression, or a parameter has one as its condition. There are none here.
    Expression,
    /// It has a parameter or a wildcard as other routers write them: `:id`, `*`, `**`, `<id>`, `[id]`.
    ForeignSyntax,
    /// A parameter is not written as one: `{id`, `{}`, `{id}.json`, `{*rest}` before the end.
    Parameter,
    /// It has over 25 parameters, which axum does not take, either.
    TooManyParameters,
    /// It is longer than 1,024 bytes.
    TooLong,
    /// It has a query or a fragment. No route depends on either.
    Query,
    /// Browsers send it otherwise: they encode what it has not encoded, or the other way round.
    NotAsSent,
    /// Servers [read another path](super::Routes#paths-that-can-be-read-as-more-than-one) in it, so that
    /// it alone would never match: it has dot segments, encoded slashes, `//`, parameters after `;`, or
    /// a dot at the end of a segment.
    ReadOtherwise,
}

impl RouteError {
    pub(super) fn new(path: &str, fault: RouteFault) -> Self {
        let fix = if fault == RouteFault::EveryPath { None } else { repair(path) };
        Self::Path { path: path.to_owned(), fault, fix }
    }

    /// As written.
    #[cfg(feature = "serde")]
    pub(crate) fn path(&self) -> &str {
        match self {
            Self::Path { path, .. } | Self::Conflict { path, .. } => path,
        }
    }
}

impl RouteFault {
    /// What to write where nobody can know what was meant.
    fn advice(self) -> &'static str {
        match self {
            Self::NoSlash | Self::Url => "write a path, as in \"/items\"",
            Self::EveryPath => "use `fallback`",
            Self::Expression | Self::ForeignSyntax | Self::Parameter => {
                "write \"/items/{id}\", or \"/static/{*file}\" for all that follows"
            }
            Self::TooManyParameters => "write \"{*rest}\" for all that follows",
            Self::TooLong => "write a shorter one",
            Self::Query => "remove it",
            Self::NotAsSent => "write it as it stands in a request",
            Self::ReadOtherwise => "write one that matches all of them, as in \"/items/{*rest}\"",
        }
    }
}

impl fmt::Display for RouteFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::NoSlash => "has no leading slash",
            Self::Url => "is a URL, and routes are paths",
            Self::EveryPath => "is for every path",
            Self::Expression => "is a regular expression, and there are none here",
            Self::ForeignSyntax => "has a parameter as other routers write it",
            Self::Parameter => "has a parameter that is not written as one",
            Self::TooManyParameters => "has over 25 parameters",
            Self::TooLong => "is longer than 1,024 bytes",
            Self::Query => "has a query or a fragment, on which no route depends",
            Self::NotAsSent => "is not encoded as browsers encode it",
            Self::ReadOtherwise => "would never match, since servers read other paths in it",
        })
    }
}

impl fmt::Display for RouteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path { path, fault, fix: Some(fix) } => {
                write!(f, "route {} {fault}; write {}", Quoted(path), Quoted(fix))
            }
            Self::Path { path, fault, fix: None } => {
                write!(f, "route {} {fault}; {}", Quoted(path), fault.advice())
            }
            Self::Conflict { path, with } => {
                let (path, with) = (Quoted(path), Quoted(with));
                write!(f, "route {path} matches the same paths as {with}; remove one of them")
            }
        }
    }
}

impl Error for RouteError {}

/// Every error in a table of routes; there is at least one.
///
/// Both `Display` and `Debug` print one message a line.
#[derive(Clone, PartialEq, Eq)]
#[expect(clippy::len_without_is_empty, reason = "it is never empty")]
pub struct RouteErrors(Vec<RouteError>);

impl RouteErrors {
    /// The value, if there are no errors.
    pub(super) fn none_of<T>(errors: Vec<RouteError>, value: T) -> Result<T, Self> {
        if errors.is_empty() { Ok(value) } else { Err(Self(errors)) }
    }

    /// The errors, in the order of the routes.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &RouteError> {
        self.0.iter()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

impl<'a> IntoIterator for &'a RouteErrors {
    type Item = &'a RouteError;
    type IntoIter = ErrorsIter<'a, RouteError>;

    fn into_iter(self) -> Self::IntoIter {
        ErrorsIter::new(&self.0)
    }
}

impl IntoIterator for RouteErrors {
    type Item = RouteError;
    type IntoIter = ErrorsIntoIter<RouteError>;

    fn into_iter(self) -> Self::IntoIter {
        ErrorsIntoIter::new(self.0)
    }
}

impl fmt::Display for RouteErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_lines(f, self.0.iter())
    }
}

impl fmt::Debug for RouteErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Error for RouteErrors {}
