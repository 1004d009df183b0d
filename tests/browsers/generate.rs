//! The scenarios: an even sample of the product of all values, the same in every run.

use std::collections::BTreeMap;

use tower_cors::browser::{Credentials, Mode};

use crate::page::{PAGES, Port};
use crate::scenario::{Allowed, FetchText, Headers, Inner, LayerText, PolicyText, Scenario};

use Allowed::{Any, AnyPort, Exactly, If, Null, Under, UnderAnyPort};

const ORIGINS: [&[Allowed]; 16] = [
    &[Any],
    &[Exactly("http", "localhost", Some(Port::Page))],
    &[Exactly("http", "localhost", Some(Port::OtherPage))],
    &[
        Exactly("http", "a.example.com", Some(Port::Page)),
        Exactly("http", "127.0.0.1", Some(Port::Page)),
    ],
    &[
        Exactly("http", "localhost", Some(Port::Page)),
        Exactly("http", "localhost", Some(Port::OtherPage)),
        Exactly("http", "sub.localhost", Some(Port::Page)),
        Exactly("http", "b.a.example.com", Some(Port::Page)),
        Exactly("https", "elsewhere.example", None),
    ],
    &[Under("http", "localhost", Some(Port::Page)), Exactly("http", "localhost", Some(Port::Api))],
    &[
        Under("http", "localhost", Some(Port::OtherPage)),
        Under("http", "example.com", Some(Port::OtherPage)),
    ],
    &[UnderAnyPort("http", "example.com"), AnyPort("http", "127.0.0.1")],
    &[AnyPort("http", "localhost")],
    &[
        AnyPort("http", "localhost"),
        UnderAnyPort("http", "localhost"),
        UnderAnyPort("http", "a.example.com"),
    ],
    &[Null],
    &[Null, AnyPort("http", "localhost"), UnderAnyPort("http", "example.com")],
    &[Any, Exactly("http", "localhost", Some(Port::Page)), Null],
    &[If(Port::Page)],
    &[If(Port::OtherPage), Exactly("http", "a.example.com", Some(Port::Page))],
    // The neighbours of every page, and no page.
    &[
        Exactly("http", "localhost", None),
        AnyPort("https", "localhost"),
        AnyPort("http", "example.com"),
        AnyPort("http", "ample.com"),
        UnderAnyPort("http", "b.a.example.com"),
        UnderAnyPort("http", "0.0.example.com"),
    ],
];

const METHODS: [&[&str]; 5] =
    [&[], &["PUT", "DELETE"], &["PATCH", "OPTIONS", "GET"], &["*"], &["PUT", "PURGE", "*"]];

const HEADERS: [&[&str]; 8] = [
    &[],
    &["content-type", "Accept", "accept-language"],
    &["X-Alpha", "x-beta", "content-type"],
    &["x-*", "Y-Alpha"],
    &["a*", "authorization", "content-type", "x-*", "y-*"],
    &["authorization", "x-alpha"],
    &["*"],
    &["*", "Authorization"],
];

const EXPOSED: [&[&str]; 4] = [&[], &["x-exposed"], &["X-Also", "x-exposed", "x-absent"], &["*"]];

const MAX_AGES: [Option<u64>; 3] = [None, Some(0), Some(600)];

const LAYERS: [LayerText; 4] = {
    let usual = LayerText { preflight_status: 204, pass_on_preflights: false, hide_denials: false };
    [
        usual,
        LayerText { preflight_status: 200, ..usual },
        LayerText { pass_on_preflights: true, ..usual },
        LayerText { hide_denials: true, ..usual },
    ]
};

const INNERS: [Inner; 4] = [
    Inner { status: 200, is_open: false },
    Inner { status: 200, is_open: true },
    Inner { status: 404, is_open: false },
    Inner { status: 500, is_open: true },
];

const FETCHED_METHODS: [&str; 10] =
    ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "patch", "put", "PURGE", "OPTIONS"];

const fn headers(
    set: &'static [(&'static str, &'static str)],
    asked_for: &'static [&'static str],
) -> Headers {
    Headers { set, asked_for }
}

const LONG: &str = "text/plain;q=0.1,text/plain;q=0.2,text/plain;q=0.3,text/plain;q=0.4,\
                    text/plain;q=0.5,text/plain;q=0.6,text/plain;q=0.7,text/plain;q=0.8";

const FETCHED_HEADERS: [Headers; 15] = [
    headers(&[], &[]),
    headers(&[("Accept", "application/json"), ("content-language", "de")], &[]),
    headers(&[("content-type", "text/plain;charset=utf-8")], &[]),
    headers(&[("cookie", "a=1"), ("access-control-request-method", "GET"), ("sec-a", "1")], &[]),
    headers(&[("Content-Type", "application/json")], &["content-type"]),
    headers(&[("x-alpha", "1")], &["x-alpha"]),
    headers(&[("X-Beta", "2"), ("x-alpha", "1"), ("X-BETA", "3")], &["x-alpha", "x-beta"]),
    headers(&[("x-gamma", "1")], &["x-gamma"]),
    headers(&[("authorization", "Bearer t")], &["authorization"]),
    headers(&[("x-alpha", "1"), ("Authorization", "Bearer t")], &["authorization", "x-alpha"]),
    headers(&[("accept", LONG)], &["accept"]),
    headers(&[("accept-language", "en@x")], &["accept-language"]),
    headers(&[("y-alpha", "")], &["y-alpha"]),
    headers(&[("*", "1")], &["*"]),
    headers(&[("authorization", "Bearer t"), ("*", "1")], &["*", "authorization"]),
];

const CREDENTIALS: [Credentials; 3] =
    [Credentials::Omit, Credentials::SameOrigin, Credentials::Include];

/// `no-cors` is never refused, and so would be in too many of the scenarios that are telling.
const MODES: [Mode; 8] = {
    let mut modes = [Mode::Cors; 8];
    modes[0] = Mode::NoCors;
    modes
};

const TIMES: [usize; 3] = [1, 1, 2];

/// That many scenarios, evenly spread over the product.
pub(crate) fn scenarios(count: usize) -> Vec<Scenario> {
    points()
        .map(|point| Digits::of(point).scenario())
        .filter(Scenario::is_telling)
        .take(count)
        .collect()
}

/// The points of the product, each once, evenly spread from the first on: the multiples of a number
/// that is close to the golden section of its size and has no divisor in common with it.
pub(crate) fn points() -> impl Iterator<Item = u64> {
    let mut digits = Digits::of(0);
    digits.scenario();
    let size = digits.size;
    // Of as many digits as it takes for the golden section to have no divisor in common with the numbers of
    // values: else some digits would hardly change from one point to the next.
    let golden = size / 1_000_000_007 * 618_033_993;
    let stride = (golden..size).find(|stride| common_divisor(*stride, size) == 1).unwrap_or(1);
    (0..size).scan(0, move |point, _| {
        *point = (*point + stride) % size;
        Some(*point)
    })
}

/// The greatest one.
fn common_divisor(left: u64, right: u64) -> u64 {
    if right == 0 { left } else { common_divisor(right, left % right) }
}

/// A point of the product, read digit by digit; the base of each is how many values there are.
#[derive(Default)]
pub(crate) struct Digits {
    rest: u64,
    size: u64,
    /// What was read.
    pub(crate) read: Vec<usize>,
    /// What stands in place of some digits, by their position.
    pub(crate) set: BTreeMap<usize, usize>,
}

impl Digits {
    pub(crate) fn of(point: u64) -> Self {
        Self { rest: point, size: 1, ..Self::default() }
    }

    fn pick<T: Copy>(&mut self, values: &[T]) -> T {
        let base = values.len() as u64;
        let digit = usize::try_from(self.rest % base).expect("it is below the number of values");
        self.rest /= base;
        self.size *= base;
        let digit = *self.set.get(&self.read.len()).unwrap_or(&digit);
        self.read.push(digit);
        values[digit]
    }

    pub(crate) fn scenario(&mut self) -> Scenario {
        Scenario {
            fetch: FetchText {
                method: self.pick(&FETCHED_METHODS),
                headers: self.pick(&FETCHED_HEADERS),
                credentials: self.pick(&CREDENTIALS),
                mode: self.pick(&MODES),
                times: self.pick(&TIMES),
            },
            page: self.pick(&PAGES),
            policy: PolicyText {
                origins: self.pick(&ORIGINS),
                has_rules: self.pick(&[false, false, true]),
                credentials: self.pick(&[false, true]),
                methods: self.pick(&METHODS),
                only: self.pick(&[false, false, true]),
                headers: self.pick(&HEADERS),
                exposed: self.pick(&EXPOSED),
                max_age: self.pick(&MAX_AGES),
            },
            layer: self.pick(&LAYERS),
            inner: self.pick(&INNERS),
        }
    }
}

impl Scenario {
    /// Whether the policy builds, script may fetch so, the clock has no say, and no more than one
    /// thing is against the fetch, so that no fault hides another.
    pub(crate) fn is_telling(&self) -> bool {
        let Self { policy, fetch, .. } = self;
        let is_open = policy.origins.iter().any(|allowed| [Any, Null].contains(allowed))
            || policy.exposed.contains(&"*");
        let is_simple = ["GET", "HEAD", "POST"].contains(&fetch.method);
        let may_be_only = !policy.methods.is_empty() && !policy.methods.contains(&"*");
        let may_be_built = !(policy.credentials && is_open) && (may_be_only || !policy.only);
        let may_be_fetched = fetch.mode == Mode::Cors || is_simple;
        // Without a max-age a preflight is kept for 5 seconds, within which a busy machine may or
        // may not send the second request.
        let is_timeless = fetch.times == 1 || policy.max_age.is_some();
        may_be_built && may_be_fetched && is_timeless && self.faults().len() <= 1
    }
}
