//! The path of a route, as it is written.

use super::error::RouteFault;
use super::{encoding, readings};

/// As many as axum takes.
const MOST_PARAMETERS: usize = 25;
/// Longer than any path that is written by hand; so there is a bound to the levels of a table, too.
const MOST_BYTES: usize = 1024;

/// The path of a route, in the syntax of axum.
///
/// ```text
/// route    = 1*( "/" segment )
/// segment  = literal / literal "{" name "}" / literal "{*" name "}"
/// ```
///
/// The last form stands at the end of a route only. A literal is as browsers send it.
#[derive(Debug)]
pub(crate) struct Pattern(Vec<Segment>);

/// What is between two slashes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Segment {
    pub(crate) literal: String,
    pub(crate) wildcard: Option<Wildcard>,
}

/// What stands for more than itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wildcard {
    /// The rest of a segment.
    Parameter,
    /// The rest of a path.
    Rest,
}

impl Pattern {
    pub(crate) fn parse(path: &str) -> Result<Self, RouteFault> {
        if path.len() > MOST_BYTES {
            return Err(RouteFault::TooLong);
        }
        if is_every_path(path) {
            return Err(RouteFault::EveryPath);
        }
        if !path.starts_with('/') && path.contains("://") {
            return Err(RouteFault::Url);
        }
        if is_expression(path) {
            return Err(RouteFault::Expression);
        }
        let behind = path.strip_prefix('/').ok_or(RouteFault::NoSlash)?;
        let segments: Vec<_> = behind.split('/').map(Segment::parse).collect::<Result<_, _>>()?;
        if path.contains(['?', '#']) {
            return Err(RouteFault::Query);
        }
        let is_rest = |segment: &Segment| segment.wildcard == Some(Wildcard::Rest);
        if segments.iter().rev().skip(1).any(is_rest) {
            return Err(RouteFault::Parameter);
        }
        if segments.iter().filter(|it| it.wildcard.is_some()).count() > MOST_PARAMETERS {
            return Err(RouteFault::TooManyParameters);
        }
        let pattern = Self(segments);
        let sample = pattern.filled("x", "x");
        if !encoding::is_as_sent(&sample) {
            return Err(RouteFault::NotAsSent);
        }
        // Else no path that it matches would have its policy.
        if !readings::agree(&sample, str::to_owned) {
            return Err(RouteFault::ReadOtherwise);
        }
        Ok(pattern)
    }

    pub(super) fn segments(&self) -> &[Segment] {
        &self.0
    }

    #[cfg(feature = "export")]
    pub(crate) fn into_segments(self) -> Vec<Segment> {
        self.0
    }

    /// The path with other names of its parameters.
    pub(super) fn filled(&self, parameter: &str, rest: &str) -> String {
        let mut path = String::new();
        for Segment { literal, wildcard } in &self.0 {
            path.push('/');
            path.push_str(literal);
            path.push_str(match wildcard {
                Some(Wildcard::Parameter) => parameter,
                Some(Wildcard::Rest) => rest,
                None => "",
            });
        }
        path
    }
}

impl Segment {
    fn parse(text: &str) -> Result<Self, RouteFault> {
        let Some((literal, parameter)) = text.split_once('{') else {
            return Self::literal(text);
        };
        if text.contains("{{") || text.contains("}}") {
            return Err(RouteFault::NotAsSent);
        }
        let name = parameter.strip_suffix('}').ok_or(RouteFault::Parameter)?;
        let (name, wildcard) = match name.strip_prefix('*') {
            Some(name) => (name, Wildcard::Rest),
            None => (name, Wildcard::Parameter),
        };
        if !is_name(name) {
            return Err(RouteFault::Parameter);
        }
        Ok(Self { wildcard: Some(wildcard), ..Self::literal(literal)? })
    }

    fn literal(text: &str) -> Result<Self, RouteFault> {
        if text.contains("}}") {
            return Err(RouteFault::NotAsSent);
        }
        if text.contains('}') {
            return Err(RouteFault::Parameter);
        }
        let is_within = |open, close| text.starts_with(open) && text.ends_with(close);
        if text.starts_with(':') || text.contains('*') || is_within('<', '>') || is_within('[', ']')
        {
            return Err(RouteFault::ForeignSyntax);
        }
        Ok(Self { literal: text.to_owned(), wildcard: None })
    }
}

/// Whether it is the name of a parameter, and no condition on it.
pub(super) fn is_name(text: &str) -> bool {
    let is_part = |character: char| character.is_alphanumeric() || "_-".contains(character);
    text.starts_with(|first: char| first.is_alphanumeric() || first == '_')
        && text.chars().all(is_part)
}

/// What stands for every path elsewhere.
fn is_every_path(path: &str) -> bool {
    let path = path.strip_prefix('^').unwrap_or(path);
    let path = path.strip_suffix('$').unwrap_or(path);
    let path = path.strip_prefix('/').unwrap_or(path);
    matches!(path, "*" | "**" | ".*" | "(.*)")
}

/// Whether it has what only a regular expression has.
pub(super) fn is_expression(path: &str) -> bool {
    const SIGNS: &[&str] = &[
        ".*", ".+", "(?", "[^", "[0-9", "[a-z", "[A-Z", "]+", "]*", "]?", ")+", ")*", ")?", "\\d",
        "\\w", "\\s", "\\.", "\\/",
    ];
    path.starts_with('^')
        || path.ends_with('$')
        || (path.contains('(') && path.contains('|'))
        || SIGNS.iter().any(|sign| path.contains(sign))
}
