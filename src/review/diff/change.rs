//! One change, as data.

use std::time::Duration;

use http::Request;

use super::claim::{Asked, Fact};
use super::origins::{self, ANY, Whom};

/// One thing that a new policy decides differently: a line of a [`Diff`](crate::review::Diff).
///
/// Its `Display` is that line.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Change {
    pub(super) direction: Direction,
    pub(super) about: About,
    /// Each with the place of what is asked in its name.
    pub(super) whom: Vec<(Whom, usize)>,
    /// Whether these are all that both policies admit.
    pub(super) everybody: bool,
    pub(super) methods: Vec<String>,
    /// What shows the change: one for each fact.
    pub(super) asked: Vec<Vec<Asked>>,
    /// Each as it is told, and one that stands for it; there are none if it is every path.
    pub(super) paths: Vec<(String, String)>,
    /// A path that shows it, if there are none of these.
    pub(super) path: String,
    /// Whether it is only about paths that can be read as more than one, and not about every path.
    pub(super) is_ambiguous: bool,
}

/// What a change is about, with what there is to say of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum About {
    Facts(Vec<Fact>),
    #[cfg_attr(
        not(feature = "routes"),
        expect(dead_code, reason = "only a route of a table is left alone")
    )]
    LeftAlone,
    /// Whether something may be newly admitted.
    Predicates(bool),
    TooMany,
}

/// Whether something is newly decided so, or no longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "there is no fourth way to differ")]
pub enum Direction {
    /// The new policy allows more, and the line begins with `+`.
    Added,
    /// The new policy allows less, and the line begins with `-`.
    Removed,
    /// It is neither more nor less, and the line begins with `~`.
    Changed,
}

/// What a [`Change`] is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Aspect {
    /// All that a path has: it is [left alone](Self::LeftAlone), or no longer.
    LeftAlone,
    /// Origins that were allowed nothing are allowed something, or the other way round.
    Origins,
    /// The credentials of origins that both policies admit.
    Credentials,
    /// The methods for which preflights are allowed.
    Methods,
    /// The methods whose responses are shared, where their preflights are decided alike.
    Responses,
    /// The request headers that preflights may ask for.
    RequestHeaders,
    /// Request headers that were allowed by different rules, but not in one request.
    RequestHeadersTogether,
    /// The response headers that scripts can read.
    ExposedHeaders,
    /// How long browsers may keep the answers to preflights.
    MaxAge,
    /// All that is allowed on paths that can be read as more than one, or no longer.
    AmbiguousPaths,
    /// Whom predicates admit: no comparison can tell.
    Predicates,
    /// There are too many patterns that meet, or rules that do; so they were not compared.
    TooMany,
}

impl Aspect {
    /// A name that stays the same, for programs: `request-headers`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LeftAlone => "left-alone",
            Self::Origins => "origins",
            Self::Credentials => "credentials",
            Self::Methods => "methods",
            Self::Responses => "responses",
            Self::RequestHeaders => "request-headers",
            Self::RequestHeadersTogether => "request-headers-together",
            Self::ExposedHeaders => "exposed-headers",
            Self::MaxAge => "max-age",
            Self::AmbiguousPaths => "ambiguous-paths",
            Self::Predicates => "predicates",
            Self::TooMany => "too-many",
        }
    }
}

impl Direction {
    /// A name that stays the same, for programs: `added`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
        }
    }

    /// How one thing that is so or not has changed, if it has.
    pub(super) fn of(before: bool, after: bool) -> Option<Self> {
        match (before, after) {
            (false, true) => Some(Self::Added),
            (true, false) => Some(Self::Removed),
            _ => None,
        }
    }
}

impl Change {
    /// Whether the new policy allows more or less.
    #[must_use]
    pub fn direction(&self) -> Direction {
        self.direction
    }

    /// What it is about.
    #[must_use]
    pub fn aspect(&self) -> Aspect {
        match self.kind() {
            Aspect::Origins | Aspect::LeftAlone if self.is_ambiguous => Aspect::AmbiguousPaths,
            kind => kind,
        }
    }

    /// What it is about, on whatever paths.
    pub(super) fn kind(&self) -> Aspect {
        match &self.about {
            About::Facts(facts) => facts.first().map_or(Aspect::TooMany, Fact::aspect),
            About::LeftAlone => Aspect::LeftAlone,
            About::Predicates(_) => Aspect::Predicates,
            About::TooMany => Aspect::TooMany,
        }
    }

    /// The origins that it is about, as patterns: `https://a.example`, `https://*.a.example:*`, `null`,
    /// `file://`, and `*` for any origin. They may be narrower than those that are written in a policy. There
    /// are none if policies could not be compared.
    #[must_use]
    pub fn origins(&self) -> impl ExactSizeIterator<Item = &str> {
        self.whom.iter().map(|(whom, _)| whom.text.as_str())
    }

    /// The paths that it is about, as routes are written, and `*` for those that no route matches. There are
    /// none if every path is meant, or [those that can be read as more than one](Aspect::AmbiguousPaths), and for
    /// policies without routes.
    #[must_use]
    pub fn paths(&self) -> impl ExactSizeIterator<Item = &str> {
        self.paths.iter().map(|(path, _)| path.as_str())
    }

    /// The methods or names that are allowed or exposed, or no longer, as they are written in a policy: `PUT`,
    /// `x-request-id`, `x-amz-*`. `*` is for all that are not listed.
    pub fn values(&self) -> impl Iterator<Item = &str> {
        self.facts().iter().flat_map(Fact::values).map(String::as_str)
    }

    /// The methods for which it is so, with `*` for those that are not listed; none if it is so for all.
    #[must_use]
    pub fn methods(&self) -> impl ExactSizeIterator<Item = &str> {
        self.methods.iter().map(String::as_str)
    }

    /// The max-age before and after, if it is about that, and each if there is one.
    #[must_use]
    pub fn max_age(&self) -> Option<(Option<Duration>, Option<Duration>)> {
        match self.facts() {
            [Fact::MaxAge(before, after)] => {
                Some((before.map(Duration::from_secs), after.map(Duration::from_secs)))
            }
            _ => None,
        }
    }

    /// Whether credentials are granted, or no longer: to origins that are newly admitted, or to others.
    #[must_use]
    pub fn has_credentials(&self) -> bool {
        match self.facts() {
            [Fact::Admitted { credentials, .. }] => *credentials,
            [fact] => *fact == Fact::Credentials,
            _ => false,
        }
    }

    /// Whether it opens what a reviewer must not miss. The line then ends with `(opening)`.
    ///
    /// [`Diff`](crate::review::Diff) says what these are.
    #[must_use]
    pub fn is_opening(&self) -> bool {
        match &self.about {
            About::Predicates(opens) => *opens,
            About::TooMany => true,
            About::LeftAlone => self.direction == Direction::Added,
            About::Facts(facts) => {
                self.direction == Direction::Added && facts.iter().any(|fact| self.opens(fact))
            }
        }
    }

    fn opens(&self, fact: &Fact) -> bool {
        match fact {
            Fact::Credentials => true,
            Fact::Admitted { credentials, any_method, any_header } => {
                *credentials || *any_method || *any_header || self.origins().any(is_opening)
            }
            Fact::Method(value) | Fact::Header(value) | Fact::Exposed(value) => value == ANY,
            Fact::Response(_) | Fact::Together(_) | Fact::MaxAge(..) => false,
        }
    }

    /// A request that shows it: both policies, or both tables, decide differently on it. There is none if it
    /// could not be [compared](Aspect::Predicates).
    ///
    /// ```
    /// use tower_cors::Policy;
    ///
    /// let old = Policy::builder().allow_origins(["https://app.example"]).build()?;
    /// let new = Policy::permissive();
    /// for change in &old.diff(&new) {
    ///     let request = change.witness().expect("there are no predicates");
    ///     assert_ne!(old.decide(&request), new.decide(&request), "{change}");
    /// }
    /// # Ok::<(), tower_cors::PolicyErrors>(())
    /// ```
    #[must_use]
    pub fn witness(&self) -> Option<Request<()>> {
        self.witnesses().next()
    }

    /// The same for each of the origins, and with the first of them for each of the methods or names.
    pub fn witnesses(&self) -> impl Iterator<Item = Request<()>> {
        let path = self.paths.first().map_or(&*self.path, |(_, path)| path);
        let asked = |place: usize| self.asked.get(place).into_iter().flatten();
        let all = self.whom.iter().enumerate().flat_map(move |(number, (whom, place))| {
            let most = if number == 0 { usize::MAX } else { 1 };
            asked(*place).take(most).map(move |asked| (whom, asked))
        });
        all.filter_map(move |(whom, asked)| asked.request(&whom.origin, path))
    }

    /// One that is about no origins, yet.
    pub(super) fn of(direction: Direction, about: About) -> Self {
        Self {
            direction,
            about,
            whom: Vec::new(),
            everybody: false,
            methods: Vec::new(),
            asked: Vec::new(),
            paths: Vec::new(),
            path: "/".to_owned(),
            is_ambiguous: false,
        }
    }

    pub(super) fn facts(&self) -> &[Fact] {
        match &self.about {
            About::Facts(facts) => facts,
            About::LeftAlone | About::Predicates(_) | About::TooMany => &[],
        }
    }
}

/// Whether it is an opening to admit some origins, even without credentials: strangers may have one of them, or
/// change what comes from there.
pub(super) fn is_opening(text: &str) -> bool {
    // What is no pattern is any origin, an opaque one, or that of local files.
    origins::parse(text).is_none_or(|pattern| {
        let is_wide = pattern.star().is_some() || pattern.has_any_port();
        !pattern.is_loopback() && (is_wide || pattern.is_insecure())
    })
}
