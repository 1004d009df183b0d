//! What two lists of rules decide differently of an origin that all of them match.
//!
//! For a method, what a list allows is a union of boxes: each rule that allows the method gives the sets of
//! names that it allows. The first rule whose box has what is asked for answers.

mod boxes;
mod names;

use std::collections::{BTreeMap, BTreeSet};

use http::Method;

use self::boxes::{Boxes, Names};
use super::change::Direction;
use super::claim::{Asked, Claim, Fact, Item};
use super::origins::ANY;
use crate::policy::rule::Rule;
use crate::policy::sent::SentValue;

/// What two lists of rules decide differently of an origin that all of them match.
#[derive(Clone, Debug, Default)]
pub(super) struct Compared {
    pub(super) items: Vec<Item>,
    /// Whether both lists allow anything.
    pub(super) both: bool,
}

impl Compared {
    /// Where one list alone allows anything.
    fn of_one(item: Option<Item>) -> Self {
        Self { items: item.into_iter().collect(), both: false }
    }
}

/// The most steps of all comparisons of two policies. Each is about a look-up.
#[derive(Debug)]
pub(super) struct Budget(usize);

impl Budget {
    pub(super) fn new() -> Self {
        Self(20_000_000)
    }

    /// Nothing if it is spent.
    pub(super) fn spend(&mut self, steps: usize) -> Option<()> {
        self.0 = self.0.checked_sub(steps)?;
        Some(())
    }
}

/// Compares two lists of rules, each in its order; nothing if that takes too long.
pub(super) fn compare(old: &[&Rule], new: &[&Rule], budget: &mut Budget) -> Option<Compared> {
    if old.is_empty() && new.is_empty() {
        return Some(Compared::default());
    }
    let methods = methods(old.iter().chain(new));
    // Each rule is compared with those before it.
    budget.spend(methods.len() * (old.len() * old.len() + new.len() * new.len()))?;
    let cases: Vec<Case<'_>> = methods.iter().map(|told| Case::new(told, old, new)).collect();
    // Every rule allows some method, and shares its responses.
    if new.is_empty() {
        return Some(Compared::of_one(admitted(&cases, 0, Direction::Removed)));
    }
    if old.is_empty() {
        return Some(Compared::of_one(admitted(&cases, 1, Direction::Added)));
    }
    let names = Names::new(old.iter().chain(new).map(|rule| &rule.headers));
    let mut found = Found::default();
    for case in &cases {
        case.compare(&names, &mut found, budget)?;
    }
    Some(Compared { items: found.items(&cases), both: true })
}

/// The methods that are worth trying, as they are asked for and as they are told. The last stands for all that
/// are not listed.
fn methods<'a, 'r: 'a>(rules: impl Iterator<Item = &'a &'r Rule>) -> Vec<(String, String)> {
    let mut methods: BTreeSet<String> = rules.flat_map(|rule| rule.methods.written()).collect();
    // CONNECT is decided on as GET is.
    methods.retain(|method| method != ANY && method != "CONNECT");
    methods.extend(["GET", "HEAD", "POST"].map(str::to_owned));
    let mut others = (0..=methods.len()).map(|n| format!("OTHER{}", "-".repeat(n)));
    let other = others.find(|other| !methods.contains(other)).map(|it| (it, ANY.to_owned()));
    methods.into_iter().map(|method| (method.clone(), method)).chain(other).collect()
}

/// What both lists say of one method.
struct Case<'a> {
    method: &'a str,
    /// How it is told.
    told: &'a str,
    /// The first rule of each list that shares its responses.
    shares: [Option<&'a Rule>; 2],
    /// The rules of each list that answer its preflights.
    answers: [Boxes<'a>; 2],
}

impl<'a> Case<'a> {
    fn new((method, told): &'a (String, String), old: &[&'a Rule], new: &[&'a Rule]) -> Self {
        let typed = Method::from_bytes(method.as_bytes()).ok();
        let shares = |rules: &[&'a Rule]| {
            let typed = typed.as_ref()?;
            rules.iter().copied().find(|rule| rule.methods.shares(typed))
        };
        let answers = |rules: &[&'a Rule]| {
            Boxes::new(rules.iter().copied().filter(|it| it.methods.allows(method.as_bytes())))
        };
        Self {
            told,
            method,
            shares: [shares(old), shares(new)],
            answers: [answers(old), answers(new)],
        }
    }

    fn preflight(&self, names: Vec<String>) -> Asked {
        Asked::Preflight(self.method.to_owned(), names)
    }

    fn simple(&self) -> Asked {
        Asked::Simple(self.method.to_owned())
    }

    fn compare(&self, names: &Names, found: &mut Found, budget: &mut Budget) -> Option<()> {
        let [before, after] = &self.answers;
        let change = Direction::of(!before.is_empty(), !after.is_empty());
        if let Some(direction) = change {
            let fact = Fact::Method(self.told.to_owned());
            found.add(direction, fact, self.told, self.preflight(Vec::new()));
        } else if !before.is_empty() {
            for (direction, fact, asked) in names.compare(before, after, budget)? {
                found.add(direction, fact, self.told, self.preflight(asked));
            }
        }
        match self.shares {
            [Some(old), Some(new)] => self.compare_responses(old, new, found),
            [old, new] => {
                let shared = Direction::of(old.is_some(), new.is_some());
                if let Some(direction) = shared.filter(|_| shared != change) {
                    let fact = Fact::Response(self.told.to_owned());
                    found.add(direction, fact, self.told, self.simple());
                }
            }
        }
        Some(())
    }

    fn compare_responses(&self, old: &Rule, new: &Rule, found: &mut Found) {
        if let Some(direction) = Direction::of(old.credentials, new.credentials) {
            found.add(direction, Fact::Credentials, self.told, self.simple());
        }
        for (direction, name) in names::exposed(old, new) {
            found.add(direction, Fact::Exposed(name), self.told, self.simple());
        }
    }
}

/// The one claim where only one of the lists allows anything.
fn admitted(cases: &[Case<'_>], side: usize, direction: Direction) -> Option<Item> {
    let shares = || cases.iter().filter_map(|case| Some((case, (*case.shares.get(side)?)?)));
    let answers = || cases.iter().filter_map(|case| Some((case, case.answers.get(side)?)));
    let with_credentials = shares().find(|(_, rule)| rule.credentials);
    let (case, _) = with_credentials.or_else(|| shares().next())?;
    // What they were allowed, nobody is told if that is no more.
    let opens = direction == Direction::Added;
    let fact = Fact::Admitted {
        credentials: with_credentials.is_some(),
        any_method: opens && answers().any(|(case, it)| case.told == ANY && !it.is_empty()),
        any_header: opens && answers().any(|(_, it)| it.rules().any(|it| it.headers.is_any())),
    };
    let claim = Claim { fact, direction, methods: None };
    Some(Item { claim, asked: case.simple() })
}

/// What was found, and for which methods.
#[derive(Default)]
struct Found(BTreeMap<(Direction, Fact), (Vec<String>, Asked)>);

impl Found {
    fn add(&mut self, direction: Direction, fact: Fact, method: &str, asked: Asked) {
        let (methods, _) = self.0.entry((direction, fact)).or_insert_with(|| (Vec::new(), asked));
        if methods.last().is_none_or(|last| last != method) {
            methods.push(method.to_owned());
        }
    }

    fn items(mut self, cases: &[Case<'_>]) -> Vec<Item> {
        for direction in [Direction::Added, Direction::Removed] {
            for all in [Fact::Method, Fact::Response] {
                let all = all(ANY.to_owned());
                if self.0.contains_key(&(direction, all.clone())) {
                    self.0.retain(|(other, fact), _| {
                        *other != direction || fact.aspect() != all.aspect() || *fact == all
                    });
                }
            }
        }
        let items = self.0.into_iter().map(|((direction, fact), (methods, asked))| {
            let could = cases.iter().filter(|case| case.could_have(&fact)).count();
            let methods = Some(methods).filter(|methods| methods.len() < could);
            Item { claim: Claim { fact, direction, methods }, asked }
        });
        items.collect()
    }
}

impl Case<'_> {
    /// Whether the method is one of which the fact could be told; none is for a fact that is about the
    /// method itself.
    fn could_have(&self, fact: &Fact) -> bool {
        let answered = self.answers.iter().all(|boxes| !boxes.is_empty());
        let shared = self.shares.iter().all(Option::is_some);
        match fact {
            Fact::Header(_) | Fact::Together(_) | Fact::MaxAge(..) => answered,
            Fact::Exposed(_) => shared,
            Fact::Credentials => shared || answered,
            Fact::Admitted { .. } | Fact::Method(_) | Fact::Response(_) => false,
        }
    }
}

fn seconds(value: Option<&SentValue>) -> Option<u64> {
    std::str::from_utf8(value?.as_bytes()).ok()?.parse().ok()
}
