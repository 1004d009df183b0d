//! `schema`: what editors check documents with.

use tower_cors::{Policy, Routes};

use crate::outcome::{Failure, Outcome, Status};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The documents that the schema is for
    #[arg(value_enum, default_value_t)]
    of: Of,
}

#[derive(Clone, Copy, Debug, Default, clap::ValueEnum)]
enum Of {
    /// Policies by path, or one for every path
    #[default]
    Routes,
    /// One policy
    Policy,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    let schema = match arguments.of {
        Of::Routes => schemars::schema_for!(Routes),
        Of::Policy => schemars::schema_for!(Policy),
    };
    Outcome::json(&schema, Status::Clean)
}
