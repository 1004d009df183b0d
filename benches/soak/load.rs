//! The load: clients that act at a bounded rate, while the policy is swapped.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use futures_util::future::{join, join_all};
use tokio::time::{Instant, interval_at, sleep_until, timeout};
use tower_cors::{Policy, Reload};

use super::case::{self, Act, Case};
use super::client::{self, Client, Result, Shared};
use super::law::{self, Answer, From, Turn};
use super::server::Servers;

/// A thousand swaps a minute.
const SWAP: Duration = Duration::from_millis(60);

const CLIENTS: u32 = 24;

/// An answer that takes longer is lost.
const PATIENCE: Duration = Duration::from_secs(30);

/// So many broken laws are told; all are counted.
const TOLD: usize = 20;

/// A step through the list of cases, prime and not a divisor of its length.
const STEP: usize = 7_919;

pub(crate) struct Load {
    reload: Reload<Policy>,
    /// The last version whose swap has begun, and the last whose swap has returned.
    begun: Cell<u64>,
    returned: Cell<u64>,
    cases: Vec<Case>,
    next: Cell<usize>,
    pub(crate) tally: RefCell<Tally>,
}

/// What has happened so far.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) swaps: usize,
    pub(crate) answers: usize,
    /// Those in whose time the policy was swapped, so that either may have answered.
    pub(crate) across_swaps: usize,
    pub(crate) sockets: usize,
    pub(crate) left: usize,
    /// Failures and panics of the resolver.
    pub(crate) failures: usize,
    pub(crate) panics: usize,
    pub(crate) broken: usize,
}

impl Load {
    pub(crate) fn new(reload: Reload<Policy>) -> Self {
        Self {
            reload,
            begun: Cell::new(0),
            returned: Cell::new(0),
            cases: case::all(),
            next: Cell::new(0),
            tally: RefCell::default(),
        }
    }

    pub(crate) fn version(&self) -> u64 {
        self.returned.get()
    }

    pub(crate) fn broken(&self, law: &str) {
        let mut tally = self.tally.borrow_mut();
        tally.broken += 1;
        if tally.broken <= TOLD {
            eprintln!("broken: {law}");
        }
    }

    /// Acts so many times a second at most, for so long.
    pub(crate) async fn run(&self, servers: &Servers, rate: u32, time: Duration) -> Result<()> {
        let reloading = client::shared(servers.reloading).await?;
        let resolving = client::shared(servers.resolving).await?;
        let end = Instant::now() + time;
        let period = Duration::from_secs(1) * CLIENTS / rate;
        let clients = (0..CLIENTS).map(|client| {
            let start = Instant::now() + period * client / CLIENTS;
            self.client(servers, [&reloading, &resolving], start, period, end)
        });
        join(join_all(clients), self.swap(end)).await.1
    }

    async fn swap(&self, end: Instant) -> Result<()> {
        let mut ticks = interval_at(Instant::now() + SWAP, SWAP);
        while ticks.tick().await < end {
            let version = self.returned.get() + 1;
            let policy = law::policy(version)?;
            self.begun.set(version);
            self.reload.swap(policy);
            self.returned.set(version);
            self.tally.borrow_mut().swaps += 1;
        }
        Ok(())
    }

    async fn client(
        &self,
        servers: &Servers,
        shared: [&Shared; 2],
        start: Instant,
        period: Duration,
        end: Instant,
    ) {
        let [mut reloading, mut resolving] =
            [(servers.reloading, shared[0]), (servers.resolving, shared[1])]
                .map(|(address, shared)| Client { address, shared, own: None });
        let mut turn = start;
        while turn < end {
            sleep_until(turn).await;
            let next = self.next.replace(self.next.get() + STEP);
            let case = self.cases[next % self.cases.len()];
            let is_resolved = case.asked.turn.is_some();
            let client = if is_resolved { &mut resolving } else { &mut reloading };
            self.once(client, &case).await;
            // What was missed while it waited is left out.
            turn = Instant::now().max(turn + period);
        }
    }

    async fn once(&self, client: &mut Client<'_>, case: &Case) {
        let asked_for = self.returned.get();
        let result = timeout(PATIENCE, client.act(case, asked_for)).await;
        let newest = self.begun.get();
        let mut tally = self.tally.borrow_mut();
        match case.act {
            Act::Socket | Act::LeaveSocket => tally.sockets += 1,
            Act::Leave | Act::LeaveHead => tally.left += 1,
            Act::AskInVain => tally.panics += 1,
            Act::Ask => {}
        }
        if case.asked.turn == Some(Turn::Fails) && case.asked.from != From::Nowhere {
            tally.failures += 1;
        }
        let is_answered = matches!(result, Ok(Ok(Some(_))));
        tally.answers += usize::from(is_answered);
        tally.across_swaps += usize::from(is_answered && newest > asked_for);
        drop(tally);
        let broken = match (result, case.act) {
            (Err(_), _) => Some("no end".to_owned()),
            (Ok(Err(_)), Act::AskInVain) | (Ok(Ok(None)), Act::Leave | Act::LeaveHead) => None,
            (Ok(Err(error)), _) => Some(format!("lost: {error:?}")),
            (Ok(Ok(Some(answer))), act) if act != Act::AskInVain => {
                judge(case, &answer, asked_for, newest)
            }
            (Ok(Ok(answer)), _) => Some(format!("unexpected: {answer:?}")),
        };
        if let Some(broken) = broken {
            self.broken(&format!("{case:?}, versions {asked_for} to {newest}: {broken}"));
        }
    }
}

/// What is wrong with the answer, unless it is wholly that of a version which was there while the
/// request was under way.
fn judge(case: &Case, answer: &Answer, asked_for: u64, newest: u64) -> Option<String> {
    let of = |version| {
        let mut expected = law::expected(&case.asked, asked_for, version);
        if [Act::Socket, Act::LeaveSocket].contains(&case.act) {
            expected.body.clear();
        }
        expected
    };
    if case.asked.turn == Some(Turn::Hangs) || !(asked_for..=newest).any(|it| of(it) == *answer) {
        return Some(format!("{answer:?} instead of {:?}", of(newest)));
    }
    None
}
