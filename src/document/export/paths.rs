//! The path of a route, as proxies match it.

use std::cmp::Ordering;

use super::regex;
use crate::select::{RoutePattern, Segment, Wildcard};

/// A path whose routes are compared by how specific they are: of those that match a path, the least is the one that a table
/// chooses.
#[derive(Debug)]
pub(super) struct RoutePath(Vec<Segment>);

/// What a segment's parameter stands for: characters of a path but slashes.
const PARAMETER: &str = "[!-.0->@-~]";
/// What the rest of a path stands for.
const REST: &str = "[!->@-~]+";

/// A path that has one reading, as the layer has it: no byte that is encoded or would have to be, no empty segment but at the
/// end, none that ends in a dot, no parameter behind a `;`.
pub(super) const PLAIN: &str =
    r"(?:/[!\x24\x26-.0-:=@-\[\]_a-z|~]*[!\x24\x26-\x2d0-:=@-\[\]_a-z|~])*/?";

impl RoutePath {
    pub(super) fn parse(path: &str) -> Option<Self> {
        RoutePattern::parse(path).ok().map(|pattern| Self(pattern.into_segments()))
    }

    /// The path itself, if it stands for no other.
    pub(super) fn exact(&self) -> Option<String> {
        let is_exact = self.0.iter().all(|segment| segment.wildcard.is_none());
        is_exact.then(|| self.before_parameter())
    }

    /// What stands before the rest, if that is the only parameter: of `/static/{*file}`, `/static/`.
    pub(super) fn before_rest(&self) -> Option<String> {
        let (last, others) = self.0.split_last()?;
        let is_rest = last.wildcard == Some(Wildcard::Rest);
        let is_only = others.iter().all(|segment| segment.wildcard.is_none());
        (is_rest && is_only).then(|| self.before_parameter())
    }

    /// All before the first parameter.
    pub(super) fn before_parameter(&self) -> String {
        let mut path = String::new();
        for segment in &self.0 {
            path.push('/');
            path.push_str(&segment.literal);
            if segment.wildcard.is_some() {
                break;
            }
        }
        path
    }

    pub(super) fn regex(&self) -> String {
        let mut written = String::new();
        for (at, Segment { literal, wildcard }) in self.0.iter().enumerate() {
            written.push('/');
            written.push_str(&regex::escape(literal));
            match wildcard {
                None => {}
                Some(Wildcard::Rest) => written.push_str(REST),
                Some(Wildcard::Parameter) => {
                    // A value may be empty within a path, and not at its end.
                    let is_last = at + 1 == self.0.len();
                    written.push_str(PARAMETER);
                    written.push(if is_last { '+' } else { '*' });
                }
            }
        }
        written
    }

    /// How many instructions the expression takes in RE2, at most.
    pub(super) fn size(&self) -> usize {
        let literals = self.0.iter().map(|segment| segment.literal.len() + 1).sum::<usize>();
        literals + 8 * self.0.iter().filter(|segment| segment.wildcard.is_some()).count() + 8
    }

    /// A segment that is written out comes before a parameter, and of parameters the one behind the longer text.
    pub(super) fn compare(&self, other: &Self) -> Ordering {
        let key = |segment: &Segment| {
            let is_wild = segment.wildcard.is_some();
            (is_wild, usize::MAX - segment.literal.len(), segment.literal.clone())
        };
        self.0.iter().map(key).cmp(other.0.iter().map(key))
    }
}
