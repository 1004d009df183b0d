//! Whether anything is lost, mixed or leaked under load, swaps and faults.
//!
//! `cargo bench --bench soak` runs two hyper servers on loopback, for a minute or for as long as
//! `-- --minutes N` says. Clients send plain, simple, preflight and hostile requests by HTTP/1.1 and HTTP/2, open
//! web sockets, and go away in the middle, while the policy is swapped a thousand times a minute and a
//! resolver fails, hangs and panics. These are the laws, and the program fails if one is broken:
//!
//! - Each answer is, as a whole, that of one policy: of the one that was there when the request was sent, or of
//!   one that was swapped in while it was under way. After a swap has returned, no later request sees the policy before it.
//! - No request is lost, but for those whose resolver panics: these get no answer, and cost no other request its own.
//! - Each failure of the resolver is reported once.
//! - The load stops twelve times. Then no task, handler, resolver, connection or old policy is alive, and the
//!   process holds no more memory than it did when the load stopped for the first time.
#![allow(
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    reason = "the resolver panics on purpose, indices are reduced to lengths, and figures are rounded"
)]

mod case;
mod client;
mod gauge;
mod law;
mod load;
mod server;

use std::env;
use std::fmt::Display;
use std::num::NonZeroU32;
use std::panic;
use std::process::ExitCode;
use std::str::FromStr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tower_cors::Reload;

use client::Result;
use gauge::Held;
use load::Load;
use server::{PANIC, Servers};

/// The load stops so often, and what is held is looked at.
const PARTS: u32 = 12;

/// How often clients act in a second, at most, unless `--rate` says so. Less often where they have to wait.
const RATE: NonZeroU32 = NonZeroU32::new(1_000).unwrap();

/// The most that the heap may hold more at the end of a part than at the end of the first: what queues and
/// pools of connections have grown by.
const BYTES: usize = 32_768;
const BLOCKS: usize = 100;

/// The same for what the system counts, which the allocator keeps.
const RESIDENT: usize = 8 << 20;

/// Panics of the resolver, and others.
static PANICS: [AtomicUsize; 2] = [AtomicUsize::new(0), AtomicUsize::new(0)];

fn main() -> Result<ExitCode> {
    if !env::args().any(|argument| argument == "--bench") {
        println!("soak: run by `cargo bench --bench soak`");
        return Ok(ExitCode::SUCCESS);
    }
    let minutes = argument("--minutes")?.unwrap_or(1.0);
    let part = Duration::try_from_secs_f64(minutes * 60.0)? / PARTS;
    let rate = argument("--rate")?.unwrap_or(RATE);
    let print = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        let is_resolvers = panic.payload().downcast_ref() == Some(&PANIC);
        PANICS[usize::from(!is_resolvers)].fetch_add(1, Ordering::SeqCst);
        if !is_resolvers {
            print(panic);
        }
    }));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let reload = Reload::new(law::policy(0)?);
    let servers = Servers::start(&reload)?;
    runtime.block_on(soak(&servers, &Load::new(reload), rate.get(), part))
}

/// The value of an argument, if it is given.
fn argument<T: FromStr<Err: Display>>(name: &str) -> Result<Option<T>> {
    let Some(value) = env::args().skip_while(|argument| argument != name).nth(1) else {
        return Ok(None);
    };
    let read = value.parse().map_err(|error| format!("{name} {value:?}: {error}"))?;
    Ok(Some(read))
}

async fn soak(servers: &Servers, load: &Load, rate: u32, part: Duration) -> Result<ExitCode> {
    let idle = servers.tasks();
    let start = Instant::now();
    println!(
        "| Minutes | Swaps | Answers | across a swap | WebSockets | Clients gone | Failures | Panics \
         | Heap, kB | Blocks | Resident, kB | Tasks | Descriptors | Broken |"
    );
    println!("|{}", "---|".repeat(14));
    let mut first = None;
    for _ in 0..PARTS {
        load.run(servers, rate, part).await?;
        let held = at_rest(servers, idle).await;
        let tally = load.tally.borrow();
        println!(
            "| {:.1} | {} | {} | {} | {} | {} | {} | {} | {:.1} | {} | {} | {} | {} | {} |",
            start.elapsed().as_secs_f64() / 60.0,
            tally.swaps,
            tally.answers,
            tally.across_swaps,
            tally.sockets,
            tally.left,
            tally.failures,
            tally.panics,
            held.bytes as f64 / 1e3,
            held.blocks,
            held.resident / 1_000,
            held.tasks,
            held.descriptors,
            tally.broken,
        );
        drop(tally);
        look(load, servers, held, *first.get_or_insert(held), idle);
    }
    let broken = load.tally.borrow().broken;
    println!("\nBroken laws: {broken}");
    Ok(if broken == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What is held once nothing is under way, or after a while.
async fn at_rest(servers: &Servers, idle: usize) -> Held {
    let clients = tokio::runtime::Handle::current().metrics();
    let end = Instant::now() + Duration::from_secs(10);
    loop {
        tokio::time::sleep(Duration::from_millis(20)).await;
        let held = Held::now(servers.tasks() + clients.num_alive_tasks());
        let is_at_rest = held.tasks <= idle && held.handlers + held.resolvers == 0;
        if is_at_rest || Instant::now() > end {
            return held;
        }
    }
}

fn look(load: &Load, servers: &Servers, held: Held, first: Held, idle: usize) {
    let tally = load.tally.borrow();
    let (failures, panics) = (tally.failures, tally.panics);
    drop(tally);
    let counted = |count: &AtomicUsize| count.load(Ordering::SeqCst);
    let alive = usize::from(load.version() % 3 == 2);
    // A clone of what is swapped out is kept by nobody.
    for (what, found, expected) in [
        ("tasks are alive", held.tasks, idle),
        ("handlers run", held.handlers, 0),
        ("resolvers run", held.resolvers, 0),
        ("policies of two origins are alive", held.policies, alive),
        ("descriptors are open", held.descriptors, first.descriptors),
        ("failures of the resolver are reported", counted(&servers.reports), failures),
        ("panics of the resolver are seen", counted(&PANICS[0]), panics),
        ("other panics are seen", counted(&PANICS[1]), 0),
    ] {
        if found != expected {
            load.broken(&format!("{found} {what}, instead of {expected}"));
        }
    }
    for (what, found, before, more) in [
        ("bytes", held.bytes, first.bytes, BYTES),
        ("blocks", held.blocks, first.blocks, BLOCKS),
        ("resident bytes", held.resident, first.resident, RESIDENT),
    ] {
        if found > before + more {
            load.broken(&format!("{found} {what} are held, and after the first part {before}"));
        }
    }
}
