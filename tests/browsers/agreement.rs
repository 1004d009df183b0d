//! The real browser, `Browser` and the policy agree, scenario by scenario.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use serde_json::Value;
use tower_cors::browser::{Browser, UserAgent};

use crate::driver::{self, Driver};
use crate::generate::scenarios;
use crate::meaning::meant;
use crate::observed::{Arrived, HEADER_DISALLOWED, METHOD_DISALLOWED, Observed, Outcome};
use crate::page::{API_HOST, PAGES, Ports};
use crate::scenario::{Scenario, url};
use crate::server::{Listeners, Server};

/// How many pairs of a policy and a fetch each browser is tried with.
pub(crate) const COUNT: usize = 4_000;

/// How many scenarios a page runs at once.
const BATCH: usize = 500;

/// How many disagreements are told in full.
const TOLD: usize = 5;

/// A real browser, and what `Browser` behaves as to be it.
struct Shipped {
    name: &'static str,
    user_agent: UserAgent,
    /// What it says of why a fetch failed.
    tells: fn(&str) -> String,
}

#[test]
fn chromium_browser_and_policy_agree() {
    let shipped =
        Shipped { name: "Chromium", user_agent: UserAgent::Chromium, tells: str::to_owned };
    if let Some(mut chromium) = driver::chromium() {
        shipped.check(&mut chromium);
    }
}

#[test]
fn firefox_browser_and_policy_agree() {
    // Of the other reasons it has messages of its own, which are not compared.
    let tells = |reason: &str| match reason.split_once(' ') {
        Some((METHOD_DISALLOWED, _)) => METHOD_DISALLOWED.to_owned(),
        Some((HEADER_DISALLOWED, _)) => reason.to_owned(),
        _ => String::new(),
    };
    let shipped = Shipped { name: "Firefox", user_agent: UserAgent::Firefox, tells };
    if let Some(mut firefox) = driver::firefox() {
        shipped.check(&mut firefox);
    }
}

impl Shipped {
    /// Runs all scenarios, in the real browser and in `Browser`, and lists the first disagreements.
    #[track_caller]
    fn check(&self, driver: &mut impl Driver) {
        let scenarios = scenarios(COUNT);
        assert_eq!(scenarios.len(), COUNT);
        let server = Listeners::bind().serve(&scenarios);
        let start = Instant::now();
        let real = real(driver, &server, &scenarios);
        let seconds = start.elapsed().as_secs_f32();
        let standard = modelled(&server, &scenarios, UserAgent::Standard);
        let shipped = modelled(&server, &scenarios, self.user_agent);
        let disagreements: Vec<_> = scenarios
            .iter()
            .enumerate()
            .filter_map(|(id, scenario)| {
                let observed = [&standard[id], &shipped[id], &real[id]];
                self.disagreement(scenario, &server, observed)
            })
            .collect();
        println!("{}: {COUNT} scenarios in {seconds:.1} s", self.name);
        let first: Vec<_> = disagreements.iter().take(TOLD).map(String::as_str).collect();
        assert!(
            disagreements.is_empty(),
            "{} of {COUNT} scenarios disagree, the first {}:\n\n{}",
            disagreements.len(),
            first.len(),
            first.join("\n\n"),
        );
    }

    /// `Browser` does as the standard says what is meant, and as this browser what the real one does,
    /// request by request; both let script see the same. If not, in words.
    fn disagreement(
        &self,
        scenario: &Scenario,
        server: &Server,
        [standard, shipped, real]: [&Observed; 3],
    ) -> Option<String> {
        let meaning = meant(scenario, server.ports);
        let told = shipped.clone().told(self.tells);
        let mut observed = real.clone().told(|reason| scenario.name_first(reason));
        observed.console =
            real.console.iter().map(|sentence| scenario.name_first_in(sentence)).collect();
        let do_agree = standard.results == meaning.results
            && standard.requests == meaning.requests
            && shipped.results == meaning.results
            && observed == told;
        (!do_agree).then(|| {
            let name = self.name;
            format!(
                "{}\n  meant:   {meaning}\n  Browser: {standard}\n  Browser as {name}: {shipped}\n  \
                 {name}: {real}",
                scenario.describe(server.ports),
            )
        })
    }
}

/// What the real browser does, over sockets.
fn real(driver: &mut impl Driver, server: &Server, scenarios: &[Scenario]) -> Vec<Observed> {
    let (mut results, mut console) = (BTreeMap::new(), Vec::new());
    for page in PAGES {
        driver.open(&page.url(server.ports));
        let ids: Vec<_> = (0..scenarios.len()).filter(|id| scenarios[*id].page == page).collect();
        for batch in ids.chunks(BATCH) {
            let fetch = |id: &usize| scenarios[*id].fetch.to_script(&url(*id, server.ports));
            let fetches: Value = batch.iter().map(fetch).collect();
            let told = driver.call("attemptAll", &fetches.to_string());
            let told: Vec<Vec<Value>> = serde_json::from_str(&told).expect("page.js tells JSON");
            let reasons = driver.take_reasons();
            console.extend(driver.take_console());
            for (id, told) in batch.iter().zip(told) {
                let reason = reasons.get(&url(*id, server.ports)).map_or("", String::as_str);
                let outcomes = told.iter().map(|result| Outcome::of_script(result, reason));
                results.insert(*id, outcomes.collect());
            }
        }
    }
    let console = by_scenario(console, server.ports);
    observed(results, server.take_arrived(), console)
}

/// Sentences of a console by the scenario whose URL they name.
fn by_scenario(console: Vec<String>, ports: Ports) -> BTreeMap<usize, BTreeSet<String>> {
    let start = format!("http://{API_HOST}:{}/s/", ports.api);
    let mut sentences: BTreeMap<usize, BTreeSet<String>> = BTreeMap::new();
    for sentence in console {
        let rest = sentence.split_once(&start).map_or("", |(_, rest)| rest);
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        if let Ok(id) = rest[..end].parse() {
            sentences.entry(id).or_default().insert(sentence);
        }
    }
    sentences
}

/// What `Browser` does, in front of the same service.
fn modelled(server: &Server, scenarios: &[Scenario], user_agent: UserAgent) -> Vec<Observed> {
    let (mut results, mut console) = (BTreeMap::new(), Vec::new());
    for (id, scenario) in scenarios.iter().enumerate() {
        let mut browser = Browser::new(server.app.clone()).user_agent(user_agent);
        let page = scenario.page.origin(server.ports);
        let fetch = scenario.fetch.to_model(&url(id, server.ports));
        let outcomes = (0..scenario.fetch.times).map(|_| {
            let seen = server.runtime.block_on(browser.fetch_from(&page, fetch.clone()));
            let seen = seen.expect("script may fetch so");
            console.extend(seen.console().map(str::to_owned));
            Outcome::of_model(&seen)
        });
        results.insert(id, outcomes.collect());
    }
    let console = by_scenario(console, server.ports);
    observed(results, server.take_arrived(), console)
}

/// Joins what script got with what arrived, by scenario.
fn observed(
    results: BTreeMap<usize, Vec<Outcome>>,
    mut arrived: BTreeMap<usize, Vec<Arrived>>,
    mut console: BTreeMap<usize, BTreeSet<String>>,
) -> Vec<Observed> {
    let join = |(id, results)| {
        let requests = arrived.remove(&id).unwrap_or_default();
        let console = console.remove(&id).unwrap_or_default();
        Observed { results, requests, console }
    };
    results.into_iter().map(join).collect()
}
