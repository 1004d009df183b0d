//! From what is decided differently of groups of origins to lines, of which each is shown by a request.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::change::{About, Aspect, Change, Direction, is_opening};
use super::claim::{Asked, Claim, Fact};
use super::origins::{Whom, without_covered};
use super::witness::shows;
use crate::policy::Policy;

/// Two policies, and groups of origins of each of which they decide the same.
pub(super) struct Lines<'a> {
    pub(super) old: &'a Policy,
    pub(super) new: &'a Policy,
    pub(super) groups: Vec<Vec<Whom>>,
    /// The groups that both admit.
    pub(super) both: BTreeSet<usize>,
}

/// What facts that are told in one line have in common.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Line {
    aspect: Aspect,
    direction: Direction,
    /// What no other fact is told with.
    single: Option<Fact>,
    methods: Vec<String>,
    groups: Vec<usize>,
}

impl Lines<'_> {
    /// One change for each line, and whether requests show all that is claimed.
    pub(super) fn changes(
        &self,
        claims: BTreeMap<Claim, Vec<(usize, Asked)>>,
    ) -> (Vec<Change>, bool) {
        let mut lines: BTreeMap<Line, Vec<(Fact, Vec<Asked>)>> = BTreeMap::new();
        for (Claim { fact, direction, methods }, of_groups) in claims {
            let is_single = !matches!(
                fact,
                Fact::Method(_) | Fact::Response(_) | Fact::Header(_) | Fact::Exposed(_)
            );
            let (groups, asked) = of_groups.into_iter().unzip();
            let line = Line {
                aspect: fact.aspect(),
                direction,
                single: is_single.then(|| fact.clone()),
                methods: methods.unwrap_or_default(),
                groups,
            };
            lines.entry(line).or_default().push((fact, asked));
        }
        let (mut changes, mut are_all_shown) = (Vec::new(), true);
        for (line, facts) in lines {
            // What opens nothing has a line of its own, which may be cut.
            let whom = without_covered(self.whom(&line));
            let is_apart = line.aspect == Aspect::Origins && line.direction == Direction::Added;
            let (opening, other): (Vec<_>, Vec<_>) =
                whom.into_iter().partition(|it| is_apart && is_opening(&it.text));
            for whom in [opening, other] {
                let (change, is_shown) = self.change(&line, &whom, &facts);
                changes.extend(change);
                are_all_shown &= is_shown;
            }
        }
        (changes, are_all_shown)
    }

    fn whom(&self, line: &Line) -> Vec<Whom> {
        line.groups.iter().filter_map(|group| self.groups.get(*group)).flatten().cloned().collect()
    }

    /// The change, as far as requests show it, and whether they show all.
    fn change(
        &self,
        line: &Line,
        whom: &[Whom],
        facts: &[(Fact, Vec<Asked>)],
    ) -> (Option<Change>, bool) {
        let places: HashMap<&str, usize> = (0..)
            .zip(&line.groups)
            .filter_map(|(place, group)| Some((place, self.groups.get(*group)?)))
            .flat_map(|(place, whom)| whom.iter().map(move |it| (it.origin.as_str(), place)))
            .collect();
        let is_shown = |whom: &Whom, (fact, asked): &(Fact, Vec<Asked>)| {
            let place = places.get(whom.origin.as_str());
            let asked = place.and_then(|place| asked.get(*place));
            let request = asked.and_then(|asked| asked.request(&whom.origin, "/"));
            request.is_some_and(|request| {
                shows((self.old, self.new), (line.direction, fact), &request)
            })
        };
        let count = (whom.len(), facts.len());
        let Some(first) = whom.iter().find(|it| facts.iter().any(|fact| is_shown(it, fact))) else {
            return (None, whom.is_empty());
        };
        let facts: Vec<_> = facts.iter().filter(|fact| is_shown(first, fact)).collect();
        let is_first_shown = |it: &&Whom| facts.first().is_some_and(|fact| is_shown(it, fact));
        let shown: Vec<&Whom> = whom.iter().filter(is_first_shown).collect();
        let are_all_shown = count == (shown.len(), facts.len());
        let asked =
            |place: usize| facts.iter().filter_map(move |(_, asked)| asked.get(place)).cloned();
        let asked = (0..line.groups.len()).map(|place| asked(place).collect()).collect();
        let place = |whom: &Whom| places.get(whom.origin.as_str()).copied().unwrap_or_default();
        let change = Change {
            whom: shown.into_iter().map(|whom| (whom.clone(), place(whom))).collect(),
            everybody: line.aspect != Aspect::Origins && self.is_everybody(line),
            methods: line.methods.clone(),
            asked,
            ..Change::of(
                line.direction,
                About::Facts(facts.into_iter().map(|(fact, _)| fact.clone()).collect()),
            )
        };
        (Some(change), are_all_shown)
    }

    /// Whether it is so of all whom both policies admit.
    fn is_everybody(&self, line: &Line) -> bool {
        line.groups.iter().copied().collect::<BTreeSet<_>>() == self.both
    }
}
