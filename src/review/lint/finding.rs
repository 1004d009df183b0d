//! What is found, and where.

use std::fmt;
use std::slice;
use std::vec;

use super::catalogue::{Lint, Severity};
use crate::policy::{Place, Position};

/// Something in a configuration that is valid, and unwise.
///
/// The message, one line, begins with the place and ends with the id of the lint. It says what to write:
/// `allow_origins: origin "http://localhost" is for port 80 alone; write "http://localhost:*" [loopback-without-port]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    lint: Lint,
    place: Place,
    /// The key, as it is shown.
    key: String,
    paths: Vec<String>,
    /// In how many routes the same policy is, besides that of the key.
    others: usize,
    value: Option<String>,
    message: String,
    position: Option<Position>,
}

impl Finding {
    pub(super) fn new(lint: Lint, place: Place, message: String) -> Self {
        let key = place.to_string();
        Self {
            lint,
            place,
            key,
            paths: Vec::new(),
            others: 0,
            value: None,
            message,
            position: None,
        }
    }

    pub(super) fn with_value(self, value: &str) -> Self {
        Self { value: Some(value.to_owned()), ..self }
    }

    /// In the routes of these paths, and in the fallback if that is so.
    #[cfg(feature = "routes")]
    pub(super) fn in_routes(self, paths: &[String], in_fallback: bool) -> Self {
        use crate::policy::shown::Quoted;

        let route = match paths.first() {
            Some(path) => format!("routes[{}]", Quoted(path)),
            None => "fallback".to_owned(),
        };
        let key = if self.key.is_empty() { route } else { format!("{route}.{}", self.key) };
        let others = (paths.len() + usize::from(in_fallback)).saturating_sub(1);
        Self { key, others, paths: paths.to_vec(), ..self }
    }

    /// At a key of a text, and at its position there.
    #[cfg(feature = "serde")]
    pub(crate) fn at(self, key: String, position: Option<Position>) -> Self {
        Self { key, position, ..self }
    }

    /// What kind of finding it is.
    #[must_use]
    pub fn lint(&self) -> Lint {
        self.lint
    }

    /// How grave it is, as its lint says.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.lint.severity()
    }

    /// Its place as it is shown: the path of the setting, or of the value in a document,
    /// `rules[1].allow_origins[0]`. Empty where a whole policy is meant.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// What is unwise, and what to write: the text without key, position and id.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Which rule and which setting it is about.
    #[must_use]
    pub fn place(&self) -> Place {
        self.place
    }

    /// The paths of the routes with the policy that it is about. The fallback has none.
    pub fn paths(&self) -> impl ExactSizeIterator<Item = &str> {
        self.paths.iter().map(String::as_str)
    }

    /// The value that it is about, as written, if it is about one.
    #[must_use]
    pub fn value(&self) -> Option<&str> {
        self.value.as_deref()
    }

    /// Where the value stands in the text, if that was read from one: of a value that is missing, where the
    /// rule stands.
    #[must_use]
    pub fn position(&self) -> Option<Position> {
        self.position
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.key)?;
        if self.others > 0 {
            write!(f, " (and {} more)", self.others)?;
        }
        if !self.key.is_empty() {
            f.write_str(": ")?;
        }
        f.write_str(&self.message)?;
        if let Some(position) = self.position {
            write!(f, " at {position}")?;
        }
        write!(f, " [{}]", self.lint)
    }
}

/// All that was found: in the order of the rules, and of the builder's methods.
///
/// `Display` prints one finding a line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct Findings(Vec<Finding>);

impl Findings {
    /// Drops the findings of a lint: what it finds is meant to be so.
    ///
    /// ```
    /// use tower_cors::Policy;
    /// use tower_cors::review::Lint;
    ///
    /// // Its browsers ask again after five seconds, as they should.
    /// let policy = Policy::builder()
    ///     .allow_origins(["https://app.example"])
    ///     .allow_methods(["DELETE"])
    ///     .build()?;
    /// assert_eq!(policy.lint().len(), 1);
    /// assert!(policy.lint().allow(Lint::NoMaxAge).is_empty());
    /// # Ok::<(), tower_cors::PolicyErrors>(())
    /// ```
    pub fn allow(mut self, lint: Lint) -> Self {
        self.0.retain(|finding| finding.lint != lint);
        self
    }

    /// The findings.
    pub fn iter(&self) -> slice::Iter<'_, Finding> {
        self.0.iter()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nothing was found.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Sorts the findings of one policy, which were collected by kind.
    pub(super) fn in_order(mut found: Vec<Finding>) -> Self {
        found.sort_by_key(|finding| (finding.place.rule, rank(finding.place.setting)));
        Self(found)
    }
}

/// Where the setting stands among the builder's methods. A whole rule is before all of its settings.
fn rank(setting: &str) -> usize {
    const SETTINGS: [&str; 7] = [
        "",
        "allow_origins",
        "allow_origins_if",
        "allow_methods",
        "only_methods",
        "allow_headers",
        "expose_headers",
    ];
    SETTINGS.iter().position(|other| *other == setting).unwrap_or(SETTINGS.len())
}

impl FromIterator<Finding> for Findings {
    fn from_iter<I: IntoIterator<Item = Finding>>(found: I) -> Self {
        Self(found.into_iter().collect())
    }
}

impl IntoIterator for Findings {
    type Item = Finding;
    type IntoIter = vec::IntoIter<Finding>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Findings {
    type Item = &'a Finding;
    type IntoIter = slice::Iter<'a, Finding>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        crate::builder::error::write_lines(f, self.0.iter())
    }
}
