//! The CORS configuration of an Amazon S3 bucket, in JSON.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/ManageCorsUsing.html>

use std::collections::HashSet;
use std::time::Duration;

use super::super::error::DocumentErrors;
use super::super::errors::{Cause, Errors, read_text, unforeseen};
use super::super::format::Format;
use super::super::path::Path;
use super::super::reader::{Object, rules_array};
use super::super::value::Value;
use super::elsewhere;
use super::warning::{DocumentWarning, MAX_AGE, Reason, Warnings, has_strangers, is_narrowed};
use crate::builder::error::PolicyError;
use crate::builder::{self, PolicyBuilder};
use crate::policy::Policy;

const METHODS: &[&str] = &["GET", "PUT", "POST", "DELETE", "HEAD"];

impl Policy {
    /// Reads the CORS configuration of an Amazon S3 bucket: the array of rules, or an object with the
    /// key `CORSRules`. The policy is never more open than the bucket; what it has otherwise is said by
    /// the warnings.
    ///
    /// - `AllowedMethods` are the only methods, as with
    ///   [`only_methods`](crate::PolicyBuilder::only_methods).
    /// - Origins that cannot be written here are left out: `https://*`, `https://*example.com`. So is
    ///   `http://localhost:*`, which here has the default port, too, unless `http://localhost` stands beside it. A `*` within a label
    ///   (`https://*-app.a.example`) is kept, and here stands for no dot.
    /// - `*` for headers covers `authorization`, as S3 has it. Names with a `*` that is not at the end are
    ///   left out.
    /// - Rules may disagree, as in S3, where a preflight is answered by one and its request by another.
    ///   If a rule lost origins, what it does not expose is not exposed by later rules either; and if it
    ///   lost origins or headers, later ones have no longer max-age.
    ///
    /// Credentials are not allowed. S3 says of origins other than `*` that they are, but does not document
    /// it, and knows its users by signatures, which are no credentials of the browser.
    ///
    /// # Errors
    ///
    /// What is no JSON or no such configuration: a key that is unknown, stands twice or is missing, a
    /// value of another type, a method that S3 does not know, no rules: all of them. If there are none,
    /// a configuration of whose origins none is left.
    ///
    /// ```
    /// use tower_cors::Policy;
    ///
    /// let (policy, warnings) = Policy::from_s3_json(
    ///     r#"[{
    ///         "AllowedOrigins": ["https://app.example", "https://*"],
    ///         "AllowedMethods": ["GET", "PUT"],
    ///         "AllowedHeaders": ["*"],
    ///         "ExposeHeaders": ["ETag"]
    ///     }]"#,
    /// )?;
    /// assert_eq!(warnings.len(), 1);
    /// assert!(warnings[0].to_string().starts_with("[0].AllowedOrigins[1]: left out, because origin"));
    /// # Ok::<(), tower_cors::DocumentErrors>(())
    /// ```
    pub fn from_s3_json(text: &str) -> Result<(Self, Vec<DocumentWarning>), DocumentErrors> {
        if let Some(message) = elsewhere::xml(text) {
            let mut errors = Errors::default();
            errors.push_shape(Path::default(), message);
            return errors.none_in(None, None);
        }
        let (path, rules) = read_text(Format::Json, text, read)?;

        let mut warnings = Warnings::default();
        let mut builders = Vec::new();
        let mut lost = Lost::default();
        for rule in &rules {
            let origins = rule.keep_origins(&mut warnings);
            let headers = rule.keep_headers(&mut warnings);
            if origins.is_empty() {
                let key = rule.path.to_string();
                warnings.push(&rule.path, DocumentWarning::RuleLeftOut { key });
            } else {
                let exposed = rule.keep_exposed(&lost, &mut warnings);
                let max_age = lost.shorten(rule, &mut warnings);
                builders.push(rule.builder(&origins, &headers, &exposed, max_age));
            }
            lost.note(rule, &origins, headers.len());
        }
        if builders.is_empty() {
            let mut errors = warnings.into_errors();
            let first = rules.first().map_or(path, |rule| rule.path.key("AllowedOrigins"));
            errors.push(first, Cause::Policy(PolicyError::NoOrigins));
            return errors.none_in(None, Some((Format::Json, text)));
        }
        let (policy, disagreements) = builder::build_disagreeing(&builders).map_err(unforeseen)?;
        for error in disagreements {
            let key = path.to_string();
            warnings.push(&path, DocumentWarning::RulesDisagree { key, error });
        }
        Ok((policy, warnings.into_list()))
    }
}

/// A rule as it was written.
struct Rule {
    path: Path,
    origins: Vec<String>,
    methods: Vec<String>,
    headers: Vec<String>,
    exposed: Vec<String>,
    max_age: Option<u64>,
}

/// The path of the rules, and those that could be read.
fn read(value: Value, errors: &mut Errors) -> Option<(Path, Vec<Rule>)> {
    let whole = Path::default();
    if let Some((path, message)) = elsewhere::other_store(&value) {
        errors.push_shape(path, message);
        return None;
    }
    let (path, rules) = match value {
        rules @ Value::Array(_) => {
            let rules = rules_array(&whole, rules, errors)?;
            (whole, rules)
        }
        other => {
            let expected = "an array of rules, or an object with the key `CORSRules`";
            let mut object = Object::new(&whole, other, expected, errors)?;
            let rules = object.require("CORSRules", errors);
            object.finish(errors);
            let path = whole.key("CORSRules");
            let rules = rules_array(&path, rules?, errors)?;
            (path, rules)
        }
    };
    if rules.is_empty() {
        errors.push(path.clone(), Cause::Policy(PolicyError::NoRules));
    }
    let rules = rules.into_iter().enumerate();
    let rules = rules.filter_map(|(index, rule)| Rule::read(path.index(index), rule, errors));
    let rules = rules.collect();
    Some((path, rules))
}

impl Rule {
    fn read(path: Path, value: Value, errors: &mut Errors) -> Option<Self> {
        let mut object = Object::new(&path, value, "an object with the keys of a rule", errors)?;
        let origins = object.required_texts("AllowedOrigins", errors);
        let methods = object.required_texts("AllowedMethods", errors);
        object.expect_known("AllowedMethods", &methods, METHODS, errors);
        let headers = object.texts("AllowedHeaders", errors).unwrap_or_default();
        let exposed = object.texts("ExposeHeaders", errors).unwrap_or_default();
        let max_age = object.seconds("MaxAgeSeconds", errors);
        // A name for people.
        object.take("ID");
        object.finish(errors);
        Some(Self { path, origins, methods, headers, exposed, max_age })
    }

    fn keep_origins(&self, warnings: &mut Warnings) -> Vec<String> {
        // S3 takes the colon for one that has to be there, unless the default port is listed, too.
        let any_port = |value: &str| {
            let portless = value.strip_suffix(":*")?;
            let is_listed = self.origins.iter().any(|origin| origin == portless);
            (!is_listed).then_some(Reason::AnyPort)
        };
        let path = self.path.key("AllowedOrigins");
        let kept = warnings.sieve(&path, &self.origins, |value| {
            Reason::of_origin(value).or_else(|| any_port(value))
        });
        warnings.narrow(&path, &self.origins, &kept);
        kept
    }

    /// Leaves out the names that cannot be exposed, and those that an earlier rule would not have
    /// exposed to the origins that it lost.
    fn keep_exposed(&self, lost: &Lost, warnings: &mut Warnings) -> Vec<String> {
        warnings.sieve(&self.path.key("ExposeHeaders"), &self.exposed, |name| {
            if name == "*" {
                Some(Reason::NotTaken)
            } else {
                let lost = || (!lost.exposes(name)).then_some(Reason::Exposure);
                Reason::of_exposed(name).or_else(lost)
            }
        })
    }

    fn keep_headers(&self, warnings: &mut Warnings) -> Vec<String> {
        warnings.sieve(&self.path.key("AllowedHeaders"), &self.headers, |name| match name {
            "*" => None,
            name => Reason::of_header(name),
        })
    }

    fn builder(
        &self,
        origins: &[String],
        headers: &[String],
        exposed: &[String],
        max_age: Option<Duration>,
    ) -> PolicyBuilder {
        let covers_authorization = headers.iter().any(|name| {
            let prefix = name.strip_suffix('*').map(str::to_ascii_lowercase);
            prefix.is_some_and(|prefix| "authorization".starts_with(&prefix))
        });
        let builder = Policy::builder()
            .allow_origins(origins)
            .only_methods(&self.methods)
            .allow_headers(headers)
            .allow_headers(covers_authorization.then_some("authorization"))
            .expose_headers(exposed)
            // Without credentials it lets no pattern in that the bucket would not.
            .dangerously_allow_public_suffixes(has_strangers(origins, false));
        match max_age {
            Some(max_age) => builder.max_age(max_age),
            None => builder,
        }
    }
}

/// For how long browsers keep a preflight without a max-age:
/// <https://fetch.spec.whatwg.org/#cors-preflight-fetch-0>
const DEFAULT_MAX_AGE: u64 = 5;

/// What rules said that lost some of what they matched: another rule, which now matches it, must say no
/// more.
#[derive(Default)]
struct Lost {
    /// The names that all those expose that lost origins, in lower case.
    exposed: Option<HashSet<String>>,
    /// The shortest max-age of those that lost origins or headers.
    max_age: Option<u64>,
}

impl Lost {
    fn note(&mut self, rule: &Rule, origins: &[String], headers: usize) {
        let is_narrower = origins.iter().any(|origin| is_narrowed(origin));
        let lost_origins = origins.len() < rule.origins.len() || is_narrower;
        if lost_origins {
            let names = rule.exposed.iter().map(|name| name.to_ascii_lowercase());
            self.exposed = Some(match &self.exposed {
                None => names.collect(),
                Some(exposed) => names.filter(|name| exposed.contains(name)).collect(),
            });
        }
        if lost_origins || headers < rule.headers.len() {
            let max_age = rule.max_age.unwrap_or(DEFAULT_MAX_AGE);
            self.max_age = Some(self.max_age.map_or(max_age, |shortest| shortest.min(max_age)));
        }
    }

    fn exposes(&self, name: &str) -> bool {
        self.exposed.as_ref().is_none_or(|exposed| exposed.contains(&name.to_ascii_lowercase()))
    }

    fn shorten(&self, rule: &Rule, warnings: &mut Warnings) -> Option<Duration> {
        let path = rule.path.key("MaxAgeSeconds");
        let value = rule.max_age.unwrap_or(DEFAULT_MAX_AGE);
        match self.max_age.filter(|limit| *limit < value.min(MAX_AGE)) {
            Some(limit) => {
                let key = path.to_string();
                warnings.push(&path, DocumentWarning::MaxAgeShortened { key, value, limit });
                Some(Duration::from_secs(limit))
            }
            None => warnings.cap(&path, rule.max_age),
        }
    }
}
