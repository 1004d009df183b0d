//! `convert`: a document in another format.

use std::path::PathBuf;

use tower_cors::export::Target;

use crate::document::{self, Either, Reading};
use crate::outcome::{Failure, Outcome, Status};
use crate::paint::{BOLD, WARNING, paint};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The document
    #[arg(default_value = "-")]
    file: PathBuf,
    /// What it is [default: by the file name, else by the text]
    #[arg(long, value_enum)]
    from: Option<document::Format>,
    /// What it becomes
    #[arg(long, value_enum)]
    to: To,
    /// Reads what stands under KEY in a larger document: `http.cors`
    #[arg(long, value_name = "KEY", value_delimiter = '.')]
    key: Vec<String>,
    /// What makes the exit status 1
    #[arg(long, value_enum, default_value_t, value_name = "WHAT")]
    fail_on: FailOn,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
enum FailOn {
    /// Something is lost, or narrowed
    #[default]
    Loss,
    /// Nothing
    Never,
}

/// What a document becomes: a line here, and one in [`To::write`].
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum To {
    Json,
    Toml,
    Yaml,
    /// Envoy's `CorsPolicy`, in YAML
    Envoy,
    /// The same in JSON
    EnvoyJson,
    /// The same to look before it answers: Envoy counts, and answers nothing
    EnvoyReportOnly,
    /// A Kubernetes Gateway API `HTTPRoute`
    Gateway,
    /// What nginx includes into `http`
    Nginx,
    /// What nginx includes into a `server` or a `location`
    NginxServer,
    /// Amazon S3's `CORSRules`
    S3,
}

impl To {
    /// The text, and what of the document is lost in it.
    fn write(self, document: &Either) -> Result<(String, Vec<String>), String> {
        let text = match self {
            Self::Json => serde_json::to_string_pretty(document).map_err(|error| error.to_string()),
            Self::Toml => toml::to_string_pretty(document).map_err(|error| error.to_string()),
            Self::Yaml => serde_saphyr::to_string(document).map_err(|error| error.to_string()),
            Self::Envoy => return Ok(export(document, Target::Envoy)),
            Self::EnvoyJson => return Ok(export(document, Target::EnvoyJson)),
            Self::EnvoyReportOnly => return Ok(export(document, Target::EnvoyReportOnly)),
            Self::Gateway => return Ok(export(document, Target::Gateway)),
            Self::Nginx => return Ok(export(document, Target::Nginx)),
            Self::NginxServer => return Ok(export(document, Target::NginxServer)),
            Self::S3 => return Ok(export(document, Target::S3)),
        };
        Ok((text?, Vec::new()))
    }
}

fn export(document: &Either, target: Target) -> (String, Vec<String>) {
    let export = match document {
        Either::Policy(policy) => policy.export(target),
        Either::Routes(routes) => routes.export(target),
    };
    (export.text().to_owned(), export.warnings().iter().map(ToString::to_string).collect())
}

pub(crate) fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    let reading = Reading { read_as: arguments.from, key: arguments.key.clone() };
    let source = reading.open(&arguments.file)?;
    let read = source.either().map_err(|errors| source.failure(&errors))?;
    let name = source.name();
    let (text, lost) = arguments
        .to
        .write(&read.value)
        .map_err(|error| Failure::new(&format_args!("{name}: {error}")))?;
    let lost: Vec<String> = read.lost.iter().map(ToString::to_string).chain(lost).collect();
    let (place, level) = (paint(BOLD, format_args!("{name}:")), paint(WARNING, "warning"));
    let notes: Vec<String> = lost.iter().map(|said| format!("{place} {level}: {said}")).collect();
    let is_found = !notes.is_empty() && arguments.fail_on == FailOn::Loss;
    Ok(Outcome { text, notes: notes.join("\n"), status: Status::found(is_found) })
}
