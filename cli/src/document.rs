//! Documents, in every format, from files or from standard input.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use tower_cors::review::Findings;
use tower_cors::{Document, DocumentError, DocumentErrors, DocumentWarning, Policy, Routes};

use crate::outcome::Failure;

/// What a text is read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// A policy, or policies by path, in JSON
    Json,
    /// The same in TOML
    Toml,
    /// The same in YAML
    Yaml,
    /// Amazon S3's `CORSRules`, in JSON
    S3,
    /// A Kubernetes Gateway API `HTTPRoute`, several in a `List` or with `---` between them, or the object under `cors` of its
    /// filter, in JSON or YAML
    Gateway,
}

/// How documents are read.
#[derive(Debug, Args)]
pub(crate) struct Reading {
    /// Reads documents as FORMAT [default: by the file name, else by the text]
    #[arg(long = "as", value_enum, value_name = "FORMAT")]
    pub(crate) read_as: Option<Format>,
    /// Reads what stands under KEY in a larger document: `http.cors`
    #[arg(long, value_name = "KEY", value_delimiter = '.')]
    pub(crate) key: Vec<String>,
}

/// A text, and what it is called.
#[derive(Debug)]
pub(crate) struct Source {
    /// The file as it was named; none if it is standard input.
    pub(crate) file: Option<PathBuf>,
    pub(crate) format: Format,
    key: Vec<String>,
    text: String,
}

/// What a document is, with what of another system's is lost.
#[derive(Debug)]
pub(crate) struct Read<T> {
    pub(crate) value: T,
    pub(crate) lost: Vec<DocumentWarning>,
}

/// A policy by itself, or a table.
#[derive(Debug, serde::Serialize)]
#[serde(untagged)]
pub(crate) enum Either {
    Policy(Policy),
    Routes(Routes),
}

impl Reading {
    pub(crate) fn open(&self, file: &Path) -> Result<Source, Failure> {
        self.try_open(file).map_err(|why| Failure::new(&format_args!("{}: {why}", name(file))))
    }

    /// The same, with why the file cannot be read, without its name.
    pub(crate) fn try_open(&self, file: &Path) -> Result<Source, String> {
        let text = read(file, MAX_BYTES)?;
        let format = self.read_as.or_else(|| by_name(file)).unwrap_or_else(|| by_text(&text));
        let file = named(file).map(Path::to_owned);
        let source = Source { file, format, key: self.key.clone(), text };
        if matches!(format, Format::S3 | Format::Gateway) && !self.key.is_empty() {
            return Err(format!(
                "`--key` is for documents in JSON, TOML and YAML; give what stands under `{}` by itself",
                self.key.join(".")
            ));
        }
        Ok(source)
    }
}

/// Reads a text of so many bytes at the most from a file, or from standard input. Some files never end.
pub(crate) fn read(file: &Path, most: u64) -> Result<String, String> {
    let from: io::Result<Box<dyn io::Read>> = match named(file) {
        Some(file) => File::open(file).map(|file| Box::new(file) as _),
        None => Ok(Box::new(io::stdin().lock())),
    };
    let mut bytes = Vec::new();
    let read = from.and_then(|from| from.take(most + 1).read_to_end(&mut bytes));
    read.map_err(|error| error.to_string())?;
    if bytes.len() as u64 > most {
        return Err(format!("there are more than {} MiB; give less", most >> 20));
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        format!("byte {at} is not UTF-8; write the file in UTF-8")
    })
}

/// The file, unless standard input is meant.
pub(crate) fn named(file: &Path) -> Option<&Path> {
    Some(file).filter(|file| *file != Path::new("-"))
}

/// What a file is called in messages. A line end in it does not begin a line of its own.
pub(crate) fn name(file: &Path) -> String {
    let escaped =
        |file: &Path| file.display().to_string().replace('\n', "\\n").replace('\r', "\\r");
    named(file).map_or_else(|| STDIN.to_owned(), escaped)
}

/// As much as the library takes of a document.
pub(crate) const MAX_BYTES: u64 = 4 << 20;

const STDIN: &str = "<stdin>";

fn by_name(file: &Path) -> Option<Format> {
    match file.extension()?.to_str()?.to_ascii_lowercase().as_str() {
        "json" => Some(Format::Json),
        "toml" => Some(Format::Toml),
        "yaml" | "yml" => Some(Format::Yaml),
        _ => None,
    }
}

/// By the first line that says something: `{`, `key = …` or `[key]`, or anything else.
fn by_text(text: &str) -> Format {
    let mut lines = text.trim_start_matches('\u{feff}').lines().map(str::trim_start);
    let first = lines.find(|line| !line.is_empty() && !line.starts_with('#')).unwrap_or_default();
    let is_before = |sign, other| match (first.find(sign), first.find(other)) {
        (Some(sign), Some(other)) => sign < other,
        (Some(_), None) => true,
        (None, _) => false,
    };
    if first.starts_with('{') {
        Format::Json
    } else if first.starts_with('[') || is_before('=', ':') {
        Format::Toml
    } else {
        Format::Yaml
    }
}

/// Whether it is a whole resource of Kubernetes, which has a `spec`, or a list of them, which has `items`.
fn is_resource(text: &str, is_json: bool) -> bool {
    const KEYS: [&str; 2] = ["spec", "items"];
    if is_json {
        let value: Result<serde_json::Value, _> = serde_json::from_str(text);
        return value.is_ok_and(|value| KEYS.iter().any(|key| value.get(key).is_some()));
    }
    let behind_key = |line: &str| {
        let line = line.trim_start_matches(['"', '\'']);
        let behind = KEYS.iter().find_map(|key| line.strip_prefix(key))?;
        behind.trim_start_matches(['"', '\'']).starts_with(':').then_some(())
    };
    text.lines().any(|line| behind_key(line).is_some())
}

impl Source {
    /// What it is called in messages.
    pub(crate) fn name(&self) -> String {
        name(self.file.as_deref().unwrap_or(Path::new("-")))
    }

    /// A policy by itself, or a table.
    pub(crate) fn either(&self) -> Result<Read<Either>, DocumentErrors> {
        let Some(document) = self.document() else {
            return self.import();
        };
        let value = match document.policy() {
            Ok(policy) => Either::Policy(policy),
            Err(_) => Either::Routes(document.routes()?),
        };
        Ok(Read { value, lost: Vec::new() })
    }

    /// A table, in which a policy by itself is for every path.
    pub(crate) fn routes(&self) -> Result<Routes, Failure> {
        let failure = |errors: DocumentErrors| self.failure(&errors);
        if let Some(document) = self.document() {
            return document.routes().map_err(failure);
        }
        let policy = match self.import().map_err(failure)?.value {
            Either::Policy(policy) => policy,
            Either::Routes(routes) => return Ok(routes),
        };
        let routes = Routes::builder().fallback(policy).build();
        routes.map_err(|errors| Failure::new(&format_args!("{}: {errors}", self.name())))
    }

    /// What is valid, and unwise.
    pub(crate) fn lint(&self) -> Result<Read<Findings>, DocumentErrors> {
        if let Some(document) = self.document() {
            return Ok(Read { value: document.lint()?, lost: Vec::new() });
        }
        let Read { value, lost } = self.import()?;
        let findings = match value {
            Either::Policy(policy) => policy.lint(),
            Either::Routes(routes) => routes.lint(),
        };
        Ok(Read { value: findings, lost })
    }

    /// It as a document of this crate, if it is one.
    fn document(&self) -> Option<Document<'_>> {
        let whole = match self.format {
            Format::Json => Document::json(&self.text),
            Format::Toml => Document::toml(&self.text),
            Format::Yaml => Document::yaml(&self.text),
            Format::S3 | Format::Gateway => return None,
        };
        Some(self.key.iter().fold(whole, |document, key| document.key(key)))
    }

    /// What another system has.
    fn import(&self) -> Result<Read<Either>, DocumentErrors> {
        let text = &self.text;
        let is_json = by_text(text) == Format::Json;
        if self.format == Format::Gateway && is_resource(text, is_json) {
            let read = if is_json {
                Routes::from_gateway_json(text)
            } else {
                Routes::from_gateway_yaml(text)
            };
            let (routes, lost) = read?;
            return Ok(Read { value: Either::Routes(routes), lost });
        }
        let (policy, lost) = match (self.format, is_json) {
            (Format::S3, _) => Policy::from_s3_json(text)?,
            (_, true) => Policy::from_gateway_json(text)?,
            _ => Policy::from_gateway_yaml(text)?,
        };
        Ok(Read { value: Either::Policy(policy), lost })
    }

    /// The errors of it, a line each: `cors.toml:4:5: allow_origins[1]: expected a string, found 7`.
    pub(crate) fn failure(&self, errors: &DocumentErrors) -> Failure {
        let name = self.name();
        let line = |error: &DocumentError| {
            let at = error.position().map(|at| format!("{}:{}:", at.line, at.column));
            let key = if error.key().is_empty() { "" } else { &format!("{}: ", error.key()) };
            format!("{name}:{} {key}{}", at.unwrap_or_default(), error.message())
        };
        let mut lines: Vec<String> = errors.iter().map(line).collect();
        if errors.untold() > 0 {
            lines.push(format!("{name}: … and {} more", errors.untold()));
        }
        Failure::new(&lines.join("\n"))
    }
}
