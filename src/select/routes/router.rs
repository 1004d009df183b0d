//! Which route a path takes, as in axum.
//!
//! A router of our own, since the one that axum has is of one exact version: no two crates of a program
//! could ask for different ones, later versions take other paths, and each panics at 26 parameters.

use std::collections::BTreeMap;

use super::pattern::{Pattern, Segment, Wildcard};

/// The routes below one another, a level for each segment. A route is known by its number.
#[derive(Debug, Default)]
pub(super) struct Router {
    /// By segments without a parameter, and first by their lengths, since numbers compare faster.
    literals: BTreeMap<usize, BTreeMap<String, Self>>,
    /// By the text before a parameter.
    branches: BTreeMap<String, Branch>,
    /// The length of the longest such text.
    longest: usize,
    /// The route that ends here.
    route: Option<usize>,
}

/// What goes on behind a parameter.
#[derive(Debug)]
enum Branch {
    /// A parameter, and the first route that has it.
    Parameter(Router, usize),
    /// A route that takes all that follows.
    Rest(usize),
}

impl Router {
    /// Adds a route, unless there is one that matches the same paths, which is given back.
    pub(super) fn insert(&mut self, pattern: &Pattern, route: usize) -> Result<(), usize> {
        let mut node = self;
        for segment in pattern.segments() {
            node = match node.grow(segment, route)? {
                Some(below) => below,
                None => return Ok(()),
            };
        }
        if let Some(other) = node.route {
            return Err(other);
        }
        node.route = Some(route);
        Ok(())
    }

    /// What goes on behind a segment, made if there is nothing yet; nothing behind one that takes all.
    fn grow(&mut self, segment: &Segment, route: usize) -> Result<Option<&mut Self>, usize> {
        let Segment { literal, wildcard } = segment;
        let Some(wildcard) = wildcard else {
            let alike = self.literals.entry(literal.len()).or_default();
            return Ok(Some(alike.entry(literal.clone()).or_default()));
        };
        self.longest = self.longest.max(literal.len());
        let branch = self.branches.entry(literal.clone()).or_insert_with(|| match wildcard {
            Wildcard::Parameter => Branch::Parameter(Self::default(), route),
            Wildcard::Rest => Branch::Rest(route),
        });
        // Behind the same text a parameter or a rest, as in axum, which else would have to choose.
        match (branch, wildcard) {
            (Branch::Parameter(below, _), Wildcard::Parameter) => Ok(Some(below)),
            (Branch::Rest(first), Wildcard::Rest) if *first == route => Ok(None),
            (Branch::Parameter(_, first) | Branch::Rest(first), _) => Err(*first),
        }
    }

    /// Whether a route could be added: whether [`insert`](Self::insert) would take it.
    #[cfg(feature = "review")]
    pub(super) fn has_room_for(&self, pattern: &Pattern) -> bool {
        let mut node = self;
        for Segment { literal, wildcard } in pattern.segments() {
            let below = match wildcard {
                None => node.literal(literal),
                Some(wildcard) => match (node.branches.get(literal), wildcard) {
                    (None, _) => None,
                    (Some(Branch::Parameter(below, _)), Wildcard::Parameter) => Some(below),
                    (Some(_), _) => return false,
                },
            };
            match below {
                Some(below) => node = below,
                None => return true,
            }
        }
        node.route.is_none()
    }

    fn literal(&self, segment: &str) -> Option<&Self> {
        self.literals.get(&segment.len())?.get(segment)
    }

    /// The route that a path takes: at each segment it is taken at its word if that leads to a route,
    /// else for a parameter, behind the longest text that it begins with.
    pub(super) fn find(&self, path: &str) -> Option<usize> {
        self.find_below(path.strip_prefix('/')?)
    }

    /// The levels are those of the routes, however long the path.
    fn find_below(&self, rest: &str) -> Option<usize> {
        // Segments are short, so that this is faster than a search for a character.
        let end = rest.bytes().position(|byte| byte == b'/').unwrap_or(rest.len());
        let (segment, behind) = rest.split_at_checked(end)?;
        let behind = behind.strip_prefix('/');
        let follow = |node: &Self| match behind {
            Some(behind) => node.find_below(behind),
            None => node.route,
        };
        if let Some(route) = self.literal(segment).and_then(follow) {
            return Some(route);
        }
        if self.branches.is_empty() {
            return None;
        }
        let lengths = (0..=self.longest.min(segment.len())).rev();
        lengths.into_iter().find_map(|length| {
            let (prefix, value) = segment.split_at_checked(length)?;
            match self.branches.get(prefix)? {
                // axum takes an empty value within a path, and none at its end.
                Branch::Parameter(..) if value.is_empty() && behind.is_none() => None,
                Branch::Parameter(below, _) => follow(below),
                Branch::Rest(_) if rest.len() == length => None,
                Branch::Rest(route) => Some(*route),
            }
        })
    }
}
