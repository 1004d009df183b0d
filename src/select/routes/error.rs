//! What can be wrong with a route.

use std::error::Error;
use std::fmt;

use matchit::InsertError;

use crate::builder::error::{Quoted, write_lines};

/// One mistake in a table of routes; `path` is what was written.
///
/// The message, one line, says what to write: `route "items" has no leading slash; write "/items"`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RouteError {
    /// The path does not begin with `/`.
    #[non_exhaustive]
    NoSlash {
        /// As written.
        path: String,
    },
    /// A segment begins with `:` or `*`, as older routers write parameters.
    #[non_exhaustive]
    OldSyntax {
        /// As written.
        path: String,
        /// In today's syntax.
        fix: String,
    },
    /// A parameter is not written as one: `{id`, `{}`, `{*rest}` before the end.
    #[non_exhaustive]
    Parameter {
        /// As written.
        path: String,
    },
    /// The path has dot segments, encoded slashes or letters, a query, a fragment, white space or a
    /// letter beyond ASCII: no request of a browser has such a path, or it is [never
    /// matched](super::Routes).
    #[non_exhaustive]
    NeverMatches {
        /// As written.
        path: String,
    },
    /// Another route matches the same paths.
    #[non_exhaustive]
    Conflict {
        /// As written.
        path: String,
        /// The other one.
        with: String,
    },
}

impl RouteError {
    /// As written.
    #[cfg(feature = "serde")]
    pub(crate) fn path(&self) -> &str {
        match self {
            Self::NoSlash { path }
            | Self::OldSyntax { path, .. }
            | Self::Parameter { path }
            | Self::NeverMatches { path }
            | Self::Conflict { path, .. } => path,
        }
    }

    pub(super) fn new(path: &str, refused: &InsertError) -> Self {
        let path = path.to_owned();
        match refused {
            InsertError::Conflict { with } => Self::Conflict { path, with: with.clone() },
            _ => Self::Parameter { path },
        }
    }
}

/// What the router would take, and axum would not, or what no request would ever match.
pub(super) fn fault(path: &str) -> Option<RouteError> {
    let owned = || path.to_owned();
    let is_old = |segment: &str| segment.starts_with([':', '*']);
    if !path.starts_with('/') {
        Some(RouteError::NoSlash { path: owned() })
    } else if path.split('/').any(is_old) {
        Some(RouteError::OldSyntax { path: owned(), fix: modern(path) })
    } else if path.contains(['?', '#'])
        || !path.bytes().all(|byte| byte.is_ascii_graphic())
        || super::is_ambiguous(path)
    {
        Some(RouteError::NeverMatches { path: owned() })
    } else {
        None
    }
}

fn modern(path: &str) -> String {
    let segments = path.split('/').map(|segment| match segment.strip_prefix(':') {
        Some(name) => format!("{{{name}}}"),
        None if segment == "*" => "{*rest}".to_owned(),
        None if segment.starts_with('*') => format!("{{{segment}}}"),
        None => segment.to_owned(),
    });
    segments.collect::<Vec<_>>().join("/")
}

impl fmt::Display for RouteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSlash { path } => {
                let fix = format!("/{path}");
                let (path, fix) = (Quoted(path), Quoted(&fix));
                write!(f, "route {path} has no leading slash; write {fix}")
            }
            Self::OldSyntax { path, fix } => {
                let (path, fix) = (Quoted(path), Quoted(fix));
                write!(f, "route {path} has a parameter in old syntax; write {fix}")
            }
            Self::Parameter { path } => write!(
                f,
                "route {} has a parameter that is none; \
                 write \"/items/{{id}}\", or \"/static/{{*file}}\" for all that follows",
                Quoted(path)
            ),
            Self::NeverMatches { path } => write!(
                f,
                "route {} would never match: a path has no query and no fragment, and here no \
                 dot segments and nothing encoded that need not be; write it as it stands in a \
                 request",
                Quoted(path)
            ),
            Self::Conflict { path, with } => {
                let (path, with) = (Quoted(path), Quoted(with));
                write!(f, "route {path} matches the same paths as {with}; remove one of them")
            }
        }
    }
}

impl Error for RouteError {}

/// Every mistake in a table of routes; there is at least one.
///
/// Both `Display` and `Debug` print one message a line.
#[derive(Clone, PartialEq, Eq)]
pub struct RouteErrors(Vec<RouteError>);

impl RouteErrors {
    /// The value, if there are no errors.
    pub(super) fn none_of<T>(errors: Vec<RouteError>, value: T) -> Result<T, Self> {
        if errors.is_empty() { Ok(value) } else { Err(Self(errors)) }
    }

    /// The mistakes, in the order of the routes.
    pub fn iter(&self) -> std::slice::Iter<'_, RouteError> {
        self.0.iter()
    }
}

impl<'a> IntoIterator for &'a RouteErrors {
    type Item = &'a RouteError;
    type IntoIter = std::slice::Iter<'a, RouteError>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
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
