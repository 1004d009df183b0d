//! What a warning says.

use std::fmt;

use super::warning::{DocumentWarning, MAX_AGE};
use super::words;
use crate::builder::error::Quoted;
use crate::review;

impl fmt::Display for DocumentWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.key() {
            "" => write!(f, "{}", Message(self)),
            key => write!(f, "{key}: {}", Message(self)),
        }
    }
}

/// What is said behind the key.
pub(super) struct Message<'a>(pub(super) &'a DocumentWarning);

impl fmt::Display for Message<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            DocumentWarning::LeftOut { key, error } => {
                write!(f, "left out, because {}", words::of(key, error.value(), error))
            }
            DocumentWarning::Harmless { key, value, lint } => {
                let why = review::message_of(*lint, value);
                write!(f, "left out, because {}", words::of(key, Some(value), &why))
            }
            DocumentWarning::NotTaken { value, .. } => {
                let value = Quoted(value);
                write!(f, "left out, because {value} means nothing in the original either")
            }
            DocumentWarning::AnyPortLeftOut { value, .. } => write!(
                f,
                "left out, because {} would stand for the default port, too; list the ports",
                Quoted(value)
            ),
            DocumentWarning::WholeSchemeLeftOut { value, .. } => write!(
                f,
                "left out, because {} would stand for any port, too; list the origins",
                Quoted(value)
            ),
            DocumentWarning::Narrowed { value, .. } => {
                let value = Quoted(value);
                write!(f, "the `*` of {value} stands for one character or more, and for no dot")
            }
            DocumentWarning::HeaderChanged { value, left_out: None, .. } => {
                write!(f, "{} is changed, so that the paths of the rule have no CORS", Quoted(value))
            }
            DocumentWarning::HeaderChanged { value, left_out: Some(key), .. } => {
                write!(f, "{} is changed behind the filter for CORS, whose `{key}` is left out", Quoted(value))
            }
            DocumentWarning::RuleLeftOut { .. } => {
                f.write_str("left out, because none of its origins is left")
            }
            DocumentWarning::MaxAgeCapped { value, .. } => {
                write!(f, "{value} seconds are capped at {MAX_AGE}, the most that browsers keep")
            }
            DocumentWarning::MaxAgeShortened { value, limit, .. } => write!(
                f,
                "{value} seconds are shortened to {limit}, those of an earlier rule that lost origins \
                 or headers"
            ),
            DocumentWarning::CredentialsLeftOut { .. } => {
                f.write_str("left out, because any origin is allowed; list the origins")
            }
            DocumentWarning::ExposureLeftOut { value, .. } => write!(
                f,
                "{} is left out, because an earlier rule would not have exposed it to the \
                 origins that it lost",
                Quoted(value)
            ),
            DocumentWarning::Conditional { .. } => {
                f.write_str("left out, because no route depends on it; the path has no CORS")
            }
            DocumentWarning::OfBackend { .. } => f.write_str(
                "left out, because a route has one policy, whatever answers; its paths have no CORS",
            ),
            DocumentWarning::FilterNotRead { value, .. } => write!(
                f,
                "not read, because what {} does is up to the gateway; see whether it changes CORS",
                Quoted(value)
            ),
            DocumentWarning::Hostnames { .. } => f.write_str(
                "left out, because a table of routes is for every host; put it behind these alone",
            ),
            DocumentWarning::SamePath { .. } => f.write_str(
                "left out, because another HTTPRoute has the path, too, and the older of both answers; it has no CORS",
            ),
            DocumentWarning::RulesDisagree { error, .. } => write!(f, "{error}"),
        }
    }
}
