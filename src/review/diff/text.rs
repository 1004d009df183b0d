//! A change, as a line that a person reads.

use std::fmt::{self, Display, Formatter};

use super::change::{About, Aspect, Change, Direction};
use super::claim::Fact;
use super::origins::{ANY, FILE, NULL};

/// A list that opens nothing is cut behind so many.
const MOST: usize = 10;

/// The prefix of the direction, the paths if there are routes, what has changed, and whether that is an opening.
impl Display for Change {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self.direction() {
            Direction::Added => "+ ",
            Direction::Removed => "- ",
            Direction::Changed => "~ ",
        })?;
        if !self.paths.is_empty() {
            let name = |path| if path == ANY { "other paths" } else { path };
            self.write_list(f, self.paths().map(name))?;
            f.write_str(": ")?;
        }
        if self.is_ambiguous {
            write!(f, "paths that can be read as more than one, such as {}: ", self.path)?;
        }
        match &self.about {
            About::Facts(_) => self.write_facts(f)?,
            About::LeftAlone => f.write_str(match self.direction() {
                Direction::Added => {
                    "newly leaves all requests alone, so that the CORS of the service itself passes"
                }
                Direction::Removed | Direction::Changed => "no longer leaves requests alone",
            })?,
            About::Predicates(_) => f.write_str(match self.direction() {
                Direction::Added => "newly asks predicates; whom they admit cannot be compared",
                Direction::Removed => {
                    "no longer asks predicates; whom they admitted cannot be compared"
                }
                Direction::Changed => "whom predicates admit, and to what, cannot be compared",
            })?,
            About::TooMany => {
                f.write_str(
                    "the policies are not compared, since too many patterns or rules meet",
                )?;
            }
        }
        if self.is_opening() { f.write_str(" (opening)") } else { Ok(()) }
    }
}

impl Change {
    fn write_facts(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let is_added = self.direction() == Direction::Added;
        let verb = |added, removed| if is_added { added } else { removed };
        let mut preposition = "to";
        match self.kind() {
            Aspect::Origins => {
                f.write_str(verb("newly admits ", "no longer admits "))?;
                self.write_whom(f)?;
                return if is_added { self.write_extent(f) } else { Ok(()) };
            }
            Aspect::Credentials => {
                f.write_str(verb("newly grants credentials", "no longer grants credentials"))?;
            }
            Aspect::Methods => {
                f.write_str(verb("newly allows ", "no longer allows "))?;
                self.write_values(f, ["the method", "the methods"], "methods", "")?;
            }
            Aspect::Responses => {
                f.write_str(verb("newly shares responses to ", "no longer shares responses to "))?;
                self.write_values(f, ["the method", "the methods"], "methods", "")?;
                preposition = "with";
            }
            Aspect::RequestHeaders | Aspect::RequestHeadersTogether => {
                f.write_str(verb("newly allows ", "no longer allows "))?;
                let is_together = self.kind() == Aspect::RequestHeadersTogether;
                let together = if is_together { " together" } else { "" };
                let words = ["the request header", "the request headers"];
                self.write_values(f, words, "request headers", together)?;
            }
            Aspect::ExposedHeaders => {
                f.write_str(verb("newly exposes ", "no longer exposes "))?;
                let words = ["the response header", "the response headers"];
                self.write_values(f, words, "response headers", "")?;
            }
            _ => {
                self.write_max_age(f)?;
                preposition = "for";
            }
        }
        if !self.everybody {
            write!(f, " {preposition} ")?;
            self.write_whom(f)?;
        }
        self.write_methods(f)
    }

    fn write_whom(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let named = self.origins().map(|origin| match origin {
            ANY => "any origin",
            NULL => "null (opaque origins)",
            FILE => "file:// (local files)",
            origin => origin,
        });
        self.write_list(f, named)
    }

    /// What makes more of origins that are newly admitted.
    fn write_extent(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let [Fact::Admitted { credentials, any_method, any_header }] = self.facts() else {
            return Ok(());
        };
        let extents = [
            (*credentials, "credentials"),
            (*any_method, "any method"),
            (*any_header, "any request header"),
        ];
        let extents: Vec<&str> =
            extents.iter().filter_map(|(is_so, extent)| is_so.then_some(*extent)).collect();
        if extents.is_empty() {
            return Ok(());
        }
        f.write_str(", with ")?;
        self.write_list(f, extents.into_iter())
    }

    fn write_values(
        &self,
        f: &mut Formatter<'_>,
        [one, several]: [&str; 2],
        kind: &str,
        behind: &str,
    ) -> fmt::Result {
        let listed: Vec<&str> = self.values().filter(|value| *value != ANY).collect();
        let has_any = self.values().any(|value| value == ANY);
        if has_any && self.direction() == Direction::Added {
            write!(f, "any {}", kind.trim_end_matches('s'))?;
        } else if has_any {
            write!(f, "{kind} that are not listed")?;
        }
        if has_any && !listed.is_empty() {
            f.write_str(", and ")?;
        }
        if !listed.is_empty() {
            write!(f, "{} ", if listed.len() == 1 { one } else { several })?;
            self.write_list(f, listed.into_iter())?;
        }
        f.write_str(behind)
    }

    fn write_max_age(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("changes the max-age from ")?;
        let (before, after) = self.max_age().unwrap_or_default();
        for (at, age) in [before, after].into_iter().enumerate() {
            f.write_str(if at == 0 { "" } else { " to " })?;
            match age {
                Some(age) => write!(f, "{} s", age.as_secs())?,
                None => f.write_str("none")?,
            }
        }
        Ok(())
    }

    fn write_methods(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.methods.is_empty() {
            return Ok(());
        }
        f.write_str(", for ")?;
        let named =
            self.methods().map(|method| if method == ANY { "other methods" } else { method });
        self.write_list(f, named)
    }

    /// Everything if it is an opening, so that nothing of that hides in a number.
    fn write_list<'a>(
        &self,
        f: &mut Formatter<'_>,
        list: impl ExactSizeIterator<Item = &'a str>,
    ) -> fmt::Result {
        let count = list.len();
        let shown = if self.is_opening() || count <= MOST + 1 { count } else { MOST };
        for (at, item) in list.take(shown).enumerate() {
            match at {
                0 => {}
                _ if at + 1 == count => f.write_str(" and ")?,
                _ => f.write_str(", ")?,
            }
            f.write_str(item)?;
        }
        if shown < count {
            write!(f, " and {} more", count - shown)?;
        }
        Ok(())
    }
}
