#!/usr/bin/env bash
# What the crate costs to build from nothing, and in a program, beside tower-http's `cors`. Prints a table.
#
# Each row is a program of its own, which answers one request. It is built in cargo's release profile, and
# stripped. What it needs is downloaded before. Times are the least of as many builds as the first
# argument says, three unless it is given: on the clock, and of all processors.
set -euo pipefail
crate=$(cd "$(dirname "$0")/.." && pwd)
builds=${1:-3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

tower_cors='
    let policy = tower_cors::Policy::builder().allow_origins(origins).allow_credentials(true).build();
    tower_cors::CorsLayer::new(policy.unwrap())'
tower_http='
    let origins = origins.map(|origin| origin.parse().unwrap());
    tower_http::cors::CorsLayer::new().allow_origin(tower_http::cors::AllowOrigin::list(origins)).allow_credentials(true)'

# Writes a program, by its name, the dependency that has the layer, and the layer.
program() {
    mkdir -p "$work/$1/src"
    cat >"$work/$1/Cargo.toml" <<TOML
[package]
name = "program"
version = "0.0.0"
edition = "2024"

[dependencies]
http = "1"
tower-layer = "0.3"
tower-service = "0.3"
$2

[profile.release]
strip = true
TOML
    cat >"$work/$1/src/main.rs" <<RUST
use std::convert::Infallible;
use std::future::{Future, Ready, ready};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use http::{Request, Response};
use tower_layer::Layer;
use tower_service::Service;

#[derive(Clone)]
struct Hello;

impl Service<Request<String>> for Hello {
    type Response = Response<String>;
    type Error = Infallible;
    type Future = Ready<Result<Response<String>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<String>) -> Self::Future {
        ready(Ok(Response::new(request.into_body())))
    }
}

fn layer(#[allow(unused_variables)] origins: impl Iterator<Item = String>) -> impl Layer<
    Hello,
    Service: Service<Request<String>, Response = Response<String>, Error = Infallible>,
> {
    $3
}

fn main() {
    let request = Request::get("/").header("origin", "https://a.example").body(String::new()).unwrap();
    let mut service = layer(std::env::args().skip(1)).layer(Hello);
    let answer = pin!(service.call(request)).poll(&mut Context::from_waker(Waker::noop()));
    println!("{:?}", answer.map(|answer| answer.unwrap().headers().clone()));
}
RUST
}

# Builds from nothing, and prints the seconds on the clock and of all processors.
build() {
    rm -rf target
    local TIMEFORMAT='%R %U %S' times
    times=$({ time cargo build --quiet --release --offline >&2; } 2>&1)
    awk '{ printf "%.1f %.1f\n", $1, $2 + $3 }' <<<"$times"
}

# The least number of a column.
least() { awk -v column="$1" '{ print $column }' | sort -n | head -1; }

# A row: the crates of a program but itself, the times, the size, and how much of it is due to the layer.
measure() {
    cd "$work/$1"
    cargo fetch --quiet
    local crates times size
    crates=$(cargo tree --offline --prefix none --edges normal,build --format '{p}' \
        | sed 's/ (\*)$//' | sort -u | grep -vc '^program ')
    times=$(for _ in $(seq "$builds"); do build; done)
    target/release/program https://a.example >/dev/null
    size=$(stat --format %s target/release/program)
    : "${without:=$size}"
    printf '| %s | %d | %s s | %s s | %d kB | %d kB |\n' "$2" "$crates" "$(least 1 <<<"$times")" \
        "$(least 2 <<<"$times")" $((size / 1000)) $(((size - without) / 1000))
}

program none '' 'tower_layer::Identity::new()'
program default "tower-cors = { path = \"$crate\" }" "$tower_cors"
program bare "tower-cors = { path = \"$crate\", default-features = false }" "$tower_cors"
program peer 'tower-http = { version = "0.7", features = ["cors"] }' "$tower_http"

echo '| Layer | Crates | Build | Processors | Program | By the layer |'
echo '|---|---|---|---|---|---|'
measure none none
measure default '`tower-cors`'
measure bare '`tower-cors`, without `public-suffix`'
measure peer '`tower-http`, feature `cors`'
