//! The cases: most of what is in one is ordinary, and something is not.

use tower_cors::browser::{Credentials, Mode, Redirect};

use super::case::{Asked, Case, Hop, Reply};
use super::pools::{
    ALLOW_CREDENTIALS, ALLOW_ORIGIN, EXPOSED, FETCHED_HEADERS, FETCHED_METHODS, HOSTS, LISTS,
    LOCATIONS, Lines, MAX_AGE, METHODS, NAMES, OTHERS, REDIRECT_STATUSES, STATUSES,
};
use super::random::Random;
use crate::page::{PAGES, Page, Port, Ports};

pub(crate) fn cases(count: usize, seed: u64, ports: Ports) -> Vec<Case> {
    let mut random = Random::new(seed);
    (0..count).map(|id| case(&mut random, id, ports)).collect()
}

fn case(random: &mut Random, id: usize, ports: Ports) -> Case {
    let page = random.pick(&PAGES);
    let first = asked(random);
    let hops = hops(random, page, first.mode, id, ports);
    let mut fetches = vec![first];
    while random.percent(30) && fetches.len() < 3 {
        let next = if random.percent(40) { fetches[0].clone() } else { asked(random) };
        fetches.push(next);
    }
    Case { page, fetches, hops }
}

fn asked(random: &mut Random) -> Asked {
    let method = random.pick(FETCHED_METHODS);
    let is = |methods: &[&str]| methods.iter().any(|known| method.eq_ignore_ascii_case(known));
    let mode = match random.below(10) {
        0 | 1 if is(&["GET", "HEAD", "POST"]) => Mode::NoCors,
        2 => Mode::SameOrigin,
        _ => Mode::Cors,
    };
    let redirect = match random.below(10) {
        0 => Redirect::Error,
        1 => Redirect::Manual,
        _ => Redirect::Follow,
    };
    Asked {
        method,
        headers: headers(random),
        body: (!is(&["GET", "HEAD"]) && random.percent(60)).then_some("{}"),
        mode,
        credentials: random.pick(&[
            Credentials::Omit,
            Credentials::SameOrigin,
            Credentials::Include,
        ]),
        redirect,
    }
}

fn headers(random: &mut Random) -> Vec<(&'static str, String)> {
    let count = random.pick(&[0, 0, 1, 1, 1, 2, 2, 3]);
    let mut headers = Vec::new();
    for _ in 0..count {
        let (name, values) = random.pick(FETCHED_HEADERS);
        headers.push((name, random.pick(values).to_owned()));
    }
    headers
}

/// One URL in most cases, and up to four.
fn hops(random: &mut Random, page: Page, mode: Mode, id: usize, ports: Ports) -> Vec<Hop> {
    let count = random.pick(&[1, 1, 1, 2, 2, 2, 3, 4]);
    let mut places: Vec<(&'static str, Port)> = (0..count)
        .map(|_| {
            let place =
                (random.pick(HOSTS), random.pick(&[Port::Page, Port::OtherPage, Port::Api]));
            // Often the page's own origin, and often the one before.
            match (page, random.below(10)) {
                (Page::At(host, port), 0..=2) => (host, port),
                (_, 3..=5) => ("localhost", Port::Api),
                _ => place,
            }
        })
        .collect();
    if let (Page::At(host, port), Mode::SameOrigin) = (page, mode)
        && random.percent(90)
    {
        places[0] = (host, port);
    }
    let hops = (0..count).map(|at| {
        let (host, port) = places[at];
        let next = places.get(at + 1).map(|(host, port)| format!("{host}:{}", ports.number(*port)));
        let to_request = match next {
            Some(host) => redirect(random, &host, &format!("/c/{id}/{}", at + 1)),
            None => last(random, ports),
        };
        Hop { host, port, to_preflight: to_preflight(random), to_request }
    });
    hops.collect()
}

fn to_preflight(random: &mut Random) -> Reply {
    let status = if random.percent(90) { 204 } else { any_status(random) };
    let mut lines = shared(random);
    let methods = lists(random, "{method}", METHODS);
    push(&mut lines, "access-control-allow-methods", methods);
    let names = lists(random, "{headers}", NAMES);
    push(&mut lines, "access-control-allow-headers", names);
    let max_age = if random.percent(60) { &["600"] } else { random.pick(MAX_AGE) };
    push(&mut lines, "access-control-max-age", owned(max_age));
    Reply { status, lines }
}

fn last(random: &mut Random, ports: Ports) -> Reply {
    let status = if random.percent(80) { 200 } else { any_status(random) };
    let mut lines = shared(random);
    push(&mut lines, "access-control-expose-headers", owned(random.pick(EXPOSED)));
    for (name, values) in random.pick(OTHERS) {
        push(&mut lines, name, owned(values));
    }
    if random.percent(5) {
        let location = random.pick(LOCATIONS);
        push(
            &mut lines,
            "location",
            place(location, &format!("localhost:{}", ports.api), "/c/x/1"),
        );
    }
    Reply { status, lines }
}

fn redirect(random: &mut Random, host: &str, path: &str) -> Reply {
    let mut lines = shared(random);
    let location = if random.percent(60) { &["{next}"] } else { random.pick(LOCATIONS) };
    push(&mut lines, "location", place(location, host, path));
    Reply { status: random.pick(REDIRECT_STATUSES), lines }
}

fn any_status(random: &mut Random) -> u16 {
    if random.percent(20) { random.pick(REDIRECT_STATUSES) } else { random.pick(STATUSES) }
}

/// The fields by which a response is shared, most often with whoever asks.
fn shared(random: &mut Random) -> Vec<(&'static str, String)> {
    let mut lines = Vec::new();
    let origin = if random.percent(82) { &["{origin}"] } else { random.pick(ALLOW_ORIGIN) };
    push(&mut lines, "access-control-allow-origin", owned(origin));
    let credentials = if random.percent(82) { &["true"] } else { random.pick(ALLOW_CREDENTIALS) };
    push(&mut lines, "access-control-allow-credentials", owned(credentials));
    lines
}

fn lists(random: &mut Random, asked: &str, pool: &[Lines]) -> Vec<String> {
    let lines: Lines = match random.below(10) {
        0 | 1 => random.pick(LISTS),
        2 => random.pick(pool),
        _ => &["{asked}"],
    };
    lines.iter().map(|line| line.replace("{asked}", asked)).collect()
}

fn place(lines: Lines, host: &str, path: &str) -> Vec<String> {
    let last = path.rsplit('/').next().unwrap_or_default();
    let fill = |line: &&str| {
        line.replace("{next}", &format!("http://{host}{path}"))
            .replace("{host}", host)
            .replace("{path}", path)
            .replace("{last}", last)
    };
    lines.iter().map(fill).collect()
}

fn owned(lines: Lines) -> Vec<String> {
    lines.iter().map(ToString::to_string).collect()
}

fn push(lines: &mut Vec<(&'static str, String)>, name: &'static str, values: Vec<String>) {
    lines.extend(values.into_iter().map(|value| (name, value)));
}
