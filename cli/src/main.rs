//! `tower-cors`, a tool for the shell.

use clap::Parser;

/// CORS policies in the shell.
#[derive(Debug, Parser)]
#[command(name = "tower-cors", version)]
struct Arguments {}

fn main() {
    Arguments::parse();
}
