//! Answers as any server might send them: several lines, malformed ones, redirects of all kinds. A real
//! browser does what `Browser` as that browser does, request by request, and script sees the same.
//!
//! The cases are random, and the same in every run. `ANSWERS=20000 ANSWERS_SEED=7` runs others:
//!
//! ```sh
//! ANSWERS=20000 ANSWERS_SEED=7 cargo test --all-features --test browsers answers
//! ```

mod case;
mod generate;
mod pools;
mod random;
mod server;
mod told;

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::time::Instant;

use serde_json::Value;
use tower_cors::browser::{Browser, UserAgent};

use crate::driver::{self, Driver};
use crate::page::PAGES;
use case::Case;
use generate::cases;
use server::Server;
use told::Told;

/// How many cases each browser is tried with.
const COUNT: usize = 3_000;

/// How many cases a page runs at once.
const BATCH: usize = 500;

/// How many disagreements are told in full.
const TOLD: usize = 8;

#[test]
fn chromium_does_what_the_model_does() {
    if let Some(mut chromium) = driver::chromium() {
        check(UserAgent::Chromium, &mut chromium);
    }
}

#[test]
fn firefox_does_what_the_model_does() {
    if let Some(mut firefox) = driver::firefox() {
        check(UserAgent::Firefox, &mut firefox);
    }
}

/// Runs all cases, in the real browser and in the model, and lists the first disagreements. A case counts if
/// it disagrees twice: Firefox sometimes asks again although it has kept an answer, in one of a thousand cases.
#[track_caller]
fn check(user_agent: UserAgent, driver: &mut impl Driver) {
    let (count, seed) = (number("ANSWERS", COUNT), number("ANSWERS_SEED", 1));
    let start = Instant::now();
    let all: BTreeSet<_> = (0..count).collect();
    let once = disagreements(user_agent, driver, seed, &all);
    let twice = disagreements(user_agent, driver, seed, &once.into_keys().collect());
    let seconds = start.elapsed().as_secs_f32();
    println!("{user_agent:?}: {count} cases of seed {seed} in {seconds:.1} s");
    let first: Vec<_> =
        twice.values().take(number("ANSWERS_TOLD", TOLD)).map(String::as_str).collect();
    assert!(
        twice.is_empty(),
        "{} of {count} cases of seed {seed} disagree, the first {}:\n\n{}",
        twice.len(),
        first.len(),
        first.join("\n\n"),
    );
}

/// Of the cases with these numbers those that disagree, in words. Each call has ports of its own, so that no
/// cache of the browser knows a URL.
fn disagreements(
    user_agent: UserAgent,
    driver: &mut impl Driver,
    seed: usize,
    ids: &BTreeSet<usize>,
) -> BTreeMap<usize, String> {
    let count = ids.last().map_or(0, |last| last + 1);
    let server = Server::start(|ports| cases(count, seed as u64, ports));
    let (real, modelled) = (real(driver, &server, ids), modelled(&server, ids, user_agent));
    let told = |id: &usize| {
        let (case, real, modelled) = (&server.cases()[*id], &real[id], &modelled[id]);
        let words = format!("{id}: {case}\n  {user_agent:?} {real}\n  Browser {modelled}");
        (!real.is_told_by(modelled)).then_some((*id, words))
    };
    ids.iter().filter_map(told).collect()
}

fn number(variable: &str, default: usize) -> usize {
    env::var(variable).map_or(default, |value| value.parse().expect("a number"))
}

fn real(driver: &mut impl Driver, server: &Server, ids: &BTreeSet<usize>) -> BTreeMap<usize, Told> {
    let (mut results, mut console) = (BTreeMap::new(), Vec::new());
    for page in PAGES {
        let cases = ids.iter().map(|id| (*id, &server.cases()[*id]));
        let of_page: Vec<(usize, &Case)> = cases.filter(|(_, case)| case.page == page).collect();
        if !of_page.is_empty() {
            driver.open(&page.url(server.ports));
        }
        for batch in of_page.chunks(BATCH) {
            let fetches: Value =
                batch.iter().map(|(id, case)| case.to_script(*id, server.ports)).collect();
            let told = driver.call("attemptAll", &fetches.to_string());
            let told: Vec<Vec<Value>> = serde_json::from_str(&told).expect("page.js tells JSON");
            driver.take_reasons();
            console.extend(driver.take_console());
            for ((id, _), told) in batch.iter().zip(told) {
                results.insert(*id, told.iter().map(told::of_script).collect());
            }
        }
    }
    told::join(results, server.take_arrived(), console)
}

fn modelled(
    server: &Server,
    ids: &BTreeSet<usize>,
    user_agent: UserAgent,
) -> BTreeMap<usize, Told> {
    let (mut results, mut console) = (BTreeMap::new(), Vec::new());
    for &id in ids {
        let case = &server.cases()[id];
        let mut browser = Browser::new(server.app.clone()).user_agent(user_agent);
        let page = case.page.origin(server.ports);
        let url = case.url(id, server.ports);
        let outcomes = case.fetches.iter().map(|fetch| {
            let run = browser.fetch_from(&page, fetch.to_model(&url));
            let seen = server.runtime.block_on(run);
            let seen = seen.expect("script may fetch so");
            let sentence = seen.console().filter(|sentence| !sentence.starts_with("network error"));
            console.extend(sentence.map(str::to_owned));
            told::of_model(&seen)
        });
        results.insert(id, outcomes.collect());
    }
    told::join(results, server.take_arrived(), console)
}
