//! What is lost when a policy is written for another system.

use std::collections::HashSet;
use std::fmt;

use super::Target;
use crate::builder::error::Quoted;
use crate::document::path::{Path, Segment};

/// Something of a policy that an [`Export`](super::Export) leaves out, or narrows.
///
/// The message, one line, begins with the key: `rules[1]: is left out, because Envoy has one rule`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Warning {
    key: String,
    value: Option<String>,
    loss: Loss,
    target: Target,
}

/// What is lost, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Loss {
    /// A predicate is a function, and nothing that could be written.
    Predicate,
    /// An origin of a form that the target does not have.
    Origin,
    /// A `*` within a label, where that of the target would stand for dots, too.
    Star,
    /// A pattern with any port is narrowed to the default one.
    AnyPort,
    /// A value, or the expression for it, that is longer than the target takes.
    TooLong,
    /// A method that the target does not know.
    Method,
    /// Any method is narrowed to those that the target knows.
    AnyMethod,
    /// A rule for some methods alone, where the target would share the responses to all.
    OnlyMethods,
    /// A prefix of header names.
    Prefix,
    /// Any header, or a prefix, which in the target would cover `authorization`, too.
    Authorization,
    /// `authorization` beside any header, where the target takes nothing beside it.
    BesideAnyHeader,
    /// A name with a character that the target cannot write.
    Character,
    /// Any exposed header, which the target does not have.
    AnyExposed,
    /// Credentials, which the target does not have.
    Credentials,
    /// A max-age of 0, where the least is 1.
    MaxAge,
    /// More values than the target takes; the last of them are left out.
    TooMany,
    /// A rule behind those that the target can say.
    Rules,
    /// A rule some of whose origins an earlier rule has, too, where the target chooses one rule by the origin.
    SharedOrigins,
    /// A rule behind one that lost something, whose requests it would now answer.
    Behind,
    /// A rule of which nothing is left to write.
    Nothing,
    /// Of a policy no rule is left, and the target refuses a configuration that has none.
    NoRules,
    /// Paths that can be read as more than one: they have no CORS, or, in a gateway, that of the path that it reads.
    AmbiguousPaths,
    /// A path with a parameter, where the target has none; the paths below what stands before it have no CORS.
    Parameter,
    /// A path that the target cannot write, for its characters or its length; its folder has no CORS.
    UnwritablePath,
    /// Paths, where the target has none.
    Paths,
}

impl Warning {
    /// The key of what it is about, as in a document: `routes["/items"].rules[1].allow_origins`; empty if it is the whole.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The value of the key that it is about, if it has several.
    #[must_use]
    pub fn value(&self) -> Option<&str> {
        self.value.as_deref()
    }

    /// What is lost.
    #[must_use]
    pub fn loss(&self) -> Loss {
        self.loss
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.key.is_empty() {
            write!(f, "{}: ", self.key)?;
        }
        if let Some(value) = &self.value {
            write!(f, "{} ", Quoted(value))?;
        }
        let target = self.target.noun();
        match self.loss {
            Loss::Predicate => f.write_str("a predicate is left out; list the origins"),
            Loss::Origin => write!(f, "is left out, because {target} has no such origins"),
            Loss::Star => write!(
                f,
                "is left out, because the `*` of {target} would stand for dots, too; list the origins"
            ),
            Loss::AnyPort => write!(
                f,
                "is narrowed to the default port, because {target} has no pattern for it; list the ports"
            ),
            Loss::TooLong if self.target == Target::Gateway => {
                write!(f, "is left out, because it is longer than {target} takes")
            }
            Loss::TooLong => write!(
                f,
                "is left out, because its regular expression is longer than {target} takes by default"
            ),
            Loss::Method => write!(f, "is left out, because {target} does not know the method"),
            Loss::AnyMethod => {
                write!(f, "is narrowed to the methods that {target} knows; list the methods")
            }
            Loss::OnlyMethods => write!(
                f,
                "the rule is left out, because {target} would share the responses to all of GET, HEAD and POST"
            ),
            Loss::Prefix | Loss::AnyExposed => {
                write!(f, "is left out, because {target} takes it for a name; list the names")
            }
            Loss::Authorization => write!(
                f,
                "is left out, because in {target} it would cover `authorization`, too; name that, or list the names"
            ),
            Loss::BesideAnyHeader => {
                write!(f, "is left out, because {target} takes no name beside \"*\"")
            }
            Loss::Character => {
                write!(f, "is left out, because {target} cannot write its characters")
            }
            Loss::Credentials => write!(f, "is left out, because {target} has no credentials"),
            Loss::MaxAge => write!(f, "0 seconds are written as 1, the least that {target} takes"),
            Loss::TooMany => write!(f, "and what follows is left out, because {target} takes no more"),
            Loss::Rules => write!(
                f,
                "is left out, because {target} has one rule, and this one differs from the first in more than origins"
            ),
            Loss::SharedOrigins => write!(
                f,
                "for an origin that an earlier rule has, too, the earlier rule alone counts, because {target} chooses a rule by the origin"
            ),
            Loss::Behind => f.write_str(
                "is left out, because it would answer what a rule before it has lost; write what is lost in another way",
            ),
            Loss::Nothing => f.write_str("is left out, because nothing is left of it"),
            Loss::NoRules => write!(
                f,
                "no rule is left, and {target} refuses a configuration without one; delete the one that is there"
            ),
            Loss::AmbiguousPaths if self.target == Target::Gateway => f.write_str(
                "a path that can be read as another one has what the gateway reads; have it normalize paths",
            ),
            Loss::AmbiguousPaths => {
                f.write_str("paths with encoded characters, or that can be read as others, have no CORS")
            }
            Loss::Parameter => write!(
                f,
                "is left out, because {target} has no parameters, and the paths below have no CORS"
            ),
            Loss::UnwritablePath => write!(
                f,
                "is left out, because {target} cannot write the path, and those in its folder have no CORS"
            ),
            Loss::Paths => write!(f, "are left out, because {target} has no paths"),
        }
    }
}

/// The warnings so far.
#[derive(Debug)]
pub(super) struct Warnings {
    target: Target,
    /// Each with its place among the others.
    list: Vec<(Place, Warning)>,
    /// Those of the list, to look one up.
    told: HashSet<Warning>,
}

impl Warnings {
    pub(super) fn of(target: Target) -> Self {
        Self { target, list: Vec::new(), told: HashSet::new() }
    }

    /// Of all that stands at a key.
    pub(super) fn push(&mut self, path: &Path, loss: Loss) {
        self.push_value(path, None, loss);
    }

    /// Of one of the values of a key.
    pub(super) fn lose(&mut self, path: &Path, value: &str, loss: Loss) {
        self.push_value(path, Some(value.to_owned()), loss);
    }

    fn push_value(&mut self, path: &Path, value: Option<String>, loss: Loss) {
        let warning = Warning { key: path.to_string(), value, loss, target: self.target };
        // Of rules that are written as one, each may have it.
        if self.told.insert(warning.clone()) {
            self.list.push((place(path, loss), warning));
        }
    }

    /// The values that there is no reason to leave out; of the others it warns.
    pub(super) fn sieve(
        &mut self,
        path: &Path,
        values: &[String],
        loss: impl Fn(&str) -> Option<Loss>,
    ) -> Vec<String> {
        let mut kept = Vec::with_capacity(values.len());
        for value in values {
            match loss(value) {
                Some(loss) => self.lose(path, value, loss),
                None => kept.push(value.clone()),
            }
        }
        kept
    }

    /// No more values than a target takes.
    pub(super) fn limit(&mut self, path: &Path, values: &mut Vec<String>, most: usize) {
        self.fit(path, values, most, |_| 1);
    }

    /// No more values than there is room for, by the size of each.
    pub(super) fn fit(
        &mut self,
        path: &Path,
        values: &mut Vec<String>,
        room: usize,
        size: impl Fn(&str) -> usize,
    ) {
        let mut taken = 0;
        let is_over = |value: &String| {
            taken += size(value);
            taken > room
        };
        let fitting = values.iter().position(is_over);
        if let Some((at, first)) = fitting.and_then(|at| Some((at, values.get(at)?))) {
            self.lose(path, first, Loss::TooMany);
            values.truncate(at);
        }
    }

    /// In the order of the document, as it would be written.
    pub(super) fn into_list(mut self) -> Vec<Warning> {
        self.list.sort_by(|(one, _), (other, _)| one.cmp(other));
        self.list.into_iter().map(|(_, warning)| warning).collect()
    }
}

/// Where something stands: of each segment its number, and of the paths of routes the path.
type Place = Vec<(usize, String)>;

/// The keys of documents, in their order.
const KEYS: [&str; 10] = [
    "rules",
    "allow_origins",
    "allow_credentials",
    "allow_methods",
    "only_methods",
    "allow_headers",
    "expose_headers",
    "max_age",
    "routes",
    "fallback",
];

fn place(path: &Path, loss: Loss) -> Place {
    let number = |segment: &Segment| match segment {
        Segment::Index(index) => (*index, String::new()),
        Segment::Key(key, _) => match KEYS.iter().position(|known| known == key) {
            Some(number) => (number, String::new()),
            None => (KEYS.len(), key.clone()),
        },
    };
    // That nothing is left is told behind all that is lost.
    let is_last = matches!(loss, Loss::Nothing | Loss::NoRules);
    let last = is_last.then(|| (usize::MAX, String::new()));
    path.segments().iter().map(number).chain(last).collect()
}
