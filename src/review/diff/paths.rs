//! What two tables of policies decide differently.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::change::{About, Change, Direction};
use super::claim::Asked;
use super::origins::{ANY, Whom};
use super::{Diff, ambiguous, policies};
use crate::policy::Policy;
pub(super) use crate::select::routes::readings::is_plain;
pub(super) use crate::select::routes::regions::matches;
use crate::select::routes::regions::{Region, regions, without_covered};
use crate::select::{Route, Routes};

impl Routes {
    /// What a new table decides differently from this one, the old one: as [`Policy::diff`], and for which paths.
    ///
    /// A path without a policy is as one whose policy admits [nobody](Policy::nobody).
    ///
    /// ```
    /// use tower_cors::{Policy, Route, Routes};
    ///
    /// let app = Policy::builder().allow_origins(["https://app.example"]).build()?;
    /// let old = Routes::builder().route("/items/{id}", app.clone()).build()?;
    /// let new = Routes::builder()
    ///     .route("/items/{id}", app)
    ///     .route("/webhooks/{*rest}", Route::LeftAlone)
    ///     .build()?;
    /// assert_eq!(
    ///     old.diff(&new).to_string(),
    ///     "+ /webhooks/{*rest}: newly leaves all requests alone, \
    ///      so that the CORS of the service itself passes (opening)",
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn diff(&self, new: &Self) -> Diff {
        Diff::new(if self == new { Vec::new() } else { changes(self, new) })
    }
}

/// What a path has, in the old table and in the new one.
#[derive(Clone, Copy)]
pub(super) struct Has<'a>(pub(super) Option<&'a Route>, pub(super) Option<&'a Route>);

fn changes(old: &Routes, new: &Routes) -> Vec<Change> {
    let Some(regions) = regions(old, new) else {
        return vec![Change::of(Direction::Changed, About::TooMany)];
    };
    let every: BTreeSet<&Region> = regions.iter().collect();
    let mut pairs: BTreeMap<_, (Has<'_>, Vec<&Region>)> = BTreeMap::new();
    for region in &every {
        let (number, has) = old.find_numbered(&region.path);
        let (number_new, has_new) = new.find_numbered(&region.path);
        let of_pair = || (Has(has, has_new), Vec::new());
        pairs.entry((number, number_new)).or_insert_with(of_pair).1.push(region);
    }
    // What is told in the same words of several pairs is one change.
    let mut places: HashMap<Change, usize> = HashMap::new();
    let mut told: Vec<(Change, Vec<&Region>)> = Vec::new();
    for (has, paths) in pairs.into_values() {
        for change in has.changes() {
            let place = *places.entry(change.clone()).or_insert(told.len());
            if told.len() == place {
                told.push((change, Vec::new()));
            }
            if let Some((_, all)) = told.get_mut(place) {
                all.extend(&paths);
            }
        }
    }
    let told = told.into_iter().map(|(change, paths)| {
        let is_every = paths.len() == every.len();
        let paths = without_covered(paths.into_iter().cloned().collect());
        let paths = if is_every { Vec::new() } else { paths };
        let paths = paths.into_iter().map(|Region { told, path }| (told, path)).collect();
        Change { paths, ..change }
    });
    told.chain(ambiguous::changes(old, new, &every)).collect()
}

impl Has<'_> {
    pub(super) fn changes(self) -> Vec<Change> {
        let Self(old, new) = self;
        let [before, after] = [old, new].map(|has| matches!(has, Some(Route::LeftAlone)));
        if let Some(direction) = Direction::of(before, after) {
            let stranger = "https://stranger.example".to_owned();
            let whom = Whom { text: ANY.to_owned(), origin: stranger };
            return vec![Change {
                whom: vec![(whom, 0)],
                everybody: true,
                asked: vec![vec![Asked::Preflight("GET".to_owned(), Vec::new())]],
                ..Change::of(direction, About::LeftAlone)
            }];
        }
        let nobody = Policy::nobody();
        let [old, new] = [old, new].map(|has| has.and_then(Route::policy).unwrap_or(&nobody));
        if before { Vec::new() } else { policies::changes(old, new) }
    }
}
