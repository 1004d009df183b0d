//! The CORS filter of the Kubernetes Gateway API.
//!
//! `HTTPCORSFilter`: <https://gateway-api.sigs.k8s.io/geps/gep-1767/>

#[cfg(feature = "routes")]
use std::mem;

#[cfg(feature = "routes")]
use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
};

use super::super::error::DocumentErrors;
use super::super::errors::{Cause, Errors, read_text, unforeseen};
use super::super::format::Format;
use super::super::path::Path;
use super::super::reader::Object;
use super::super::value::Value;
use super::elsewhere;
#[cfg(feature = "routes")]
use super::filters::Change;
use super::warning::{DocumentWarning, Reason, Warnings, has_strangers};
use crate::builder;
use crate::builder::error::PolicyError;
use crate::origin::OriginFault;
use crate::origin::pattern::{Pattern, Star, repair};
use crate::policy::Policy;

const METHODS: &[&str] =
    &["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "*"];

/// What the filter has where it says nothing, in seconds.
const MAX_AGE: u64 = 5;

impl Policy {
    /// Reads the CORS filter of a Kubernetes Gateway API route: the object under its key `cors`, an
    /// `HTTPCORSFilter`. The policy is never more open than the filter; what it has otherwise is said by
    /// the warnings.
    ///
    /// - Origins that cannot be written here are left out: `https://*`, `https://*example.com`. So is
    ///   `moz-extension://*`, which here has any port, too. With credentials, so are those that here need
    ///   a dangerous call: `http` origins that are not loopback, and patterns over public suffixes.
    /// - A `*` within a label (`https://pr-*.a.example`) is kept, and here stands for no dot.
    /// - Credentials for any origin are left out.
    /// - Without `allowMethods` the methods are GET, HEAD and POST, and without `maxAge` it is 5 seconds,
    ///   as the filter has it.
    /// - `*` for headers covers `authorization` if credentials are allowed, where the filter echoes what
    ///   is asked; otherwise it sends a `*`, which does not.
    /// - Forbidden methods and headers, which no script may use, are left out.
    ///
    /// # Errors
    ///
    /// What is no JSON or no such filter: a key that is unknown or stands twice, a value of another type,
    /// a method that the filter does not know: all of them. If there are none, a filter of whose origins
    /// none is left.
    ///
    /// ```
    /// use tower_cors::Policy;
    ///
    /// let (policy, warnings) = Policy::from_gateway_json(
    ///     r#"{
    ///         "allowOrigins": ["https://app.example", "https://admin.example"],
    ///         "allowMethods": ["GET", "PUT"],
    ///         "allowCredentials": true,
    ///         "maxAge": 1728000
    ///     }"#,
    /// )?;
    /// assert_eq!(
    ///     warnings[0].to_string(),
    ///     "maxAge: 1728000 seconds are capped at 86400, the most that browsers keep",
    /// );
    /// # Ok::<(), tower_cors::DocumentErrors>(())
    /// ```
    pub fn from_gateway_json(text: &str) -> Result<(Self, Vec<DocumentWarning>), DocumentErrors> {
        import(Format::Json, text)
    }

    /// Reads the same from YAML.
    ///
    /// # Errors
    ///
    /// As [`from_gateway_json`](Self::from_gateway_json) and [`from_yaml`](Self::from_yaml).
    #[cfg(feature = "yaml")]
    pub fn from_gateway_yaml(text: &str) -> Result<(Self, Vec<DocumentWarning>), DocumentErrors> {
        import(Format::Yaml, text)
    }
}

fn import(format: Format, text: &str) -> Result<(Policy, Vec<DocumentWarning>), DocumentErrors> {
    let filter = read_text(format, text, read)?;

    let mut warnings = Warnings::default();
    let Some(policy) = filter.policy(&mut warnings)? else {
        let mut errors = warnings.into_errors();
        let path = Path::default().key("allowOrigins");
        errors.push(path, Cause::Policy(PolicyError::NoOrigins));
        return errors.none_in(None, Some((format, text)));
    };
    Ok((policy, warnings.into_list()))
}

/// The filter of a document that is one.
fn read(value: Value, errors: &mut Errors) -> Option<Filter> {
    let whole = Path::default();
    if let Some(message) = elsewhere::around_filter(&value) {
        errors.push_shape(whole, message);
        return None;
    }
    Filter::read(whole, value, errors)
}

/// A filter as it was written.
pub(super) struct Filter {
    path: Path,
    origins: Vec<String>,
    credentials: bool,
    methods: Vec<String>,
    headers: Vec<String>,
    exposed: Vec<String>,
    max_age: Option<u64>,
}

impl Filter {
    pub(super) fn read(path: Path, value: Value, errors: &mut Errors) -> Option<Self> {
        let mut object = Object::new(&path, value, "an object with the keys of a filter", errors)?;
        let origins = object.texts("allowOrigins", errors).unwrap_or_default();
        let credentials = object.flag("allowCredentials", errors);
        let methods = object.texts("allowMethods", errors).unwrap_or_default();
        object.expect_known("allowMethods", &methods, METHODS, errors);
        let headers = object.texts("allowHeaders", errors).unwrap_or_default();
        let exposed = object.texts("exposeHeaders", errors).unwrap_or_default();
        let max_age = object.seconds("maxAge", errors);
        object.finish(errors);
        Some(Self { path, origins, credentials, methods, headers, exposed, max_age })
    }

    /// The policy, unless no origin is left.
    pub(super) fn policy(&self, warnings: &mut Warnings) -> Result<Option<Policy>, DocumentErrors> {
        let origins = self.keep_origins(warnings);
        if origins.is_empty() {
            return Ok(None);
        }
        self.build(&origins, warnings).map(Some)
    }

    /// Gives up what a header grants that is changed behind the filter. Returns the key, if the filter had it.
    #[cfg(feature = "routes")]
    pub(super) fn give_up(&mut self, change: &Change) -> Option<&'static str> {
        let (key, had) = match change.header {
            ACCESS_CONTROL_ALLOW_CREDENTIALS => {
                ("allowCredentials", mem::take(&mut self.credentials))
            }
            ACCESS_CONTROL_ALLOW_METHODS => ("allowMethods", take_all(&mut self.methods)),
            ACCESS_CONTROL_ALLOW_HEADERS => ("allowHeaders", take_all(&mut self.headers)),
            ACCESS_CONTROL_EXPOSE_HEADERS => ("exposeHeaders", take_all(&mut self.exposed)),
            ACCESS_CONTROL_MAX_AGE => {
                // Without the header browsers keep an answer for 5 seconds. Its new value may be shorter.
                let other = if change.removes { None } else { Some(0) };
                let had = mem::replace(&mut self.max_age, other).is_some();
                ("maxAge", had || !change.removes)
            }
            _ => return None,
        };
        had.then_some(key)
    }

    fn is_for_any_origin(&self) -> bool {
        self.origins.iter().any(|origin| origin == "*")
    }

    fn keep_origins(&self, warnings: &mut Warnings) -> Vec<String> {
        let path = self.path.key("allowOrigins");
        // To the filter, the default port is the same as none.
        let origins: Vec<String> =
            self.origins.iter().map(|origin| without_default(origin)).collect();
        let kept = warnings.sieve(&path, &origins, |value| match Pattern::parse(value) {
            // A `*` is for hosts only.
            Ok(Pattern::Origins(pattern)) if pattern.has_any_port() => Some(Reason::NotTaken),
            Ok(Pattern::Origins(pattern)) if pattern.is_star(Star::Everything) => {
                Some(Reason::WholeScheme)
            }
            Ok(Pattern::Origins(pattern)) if self.credentials => {
                let insecure =
                    || PolicyError::InsecureOriginWithCredentials { value: value.to_owned() };
                let error = pattern.is_insecure().then(insecure);
                error.or_else(|| builder::stranger_error(value, &pattern, true)).map(Reason::Error)
            }
            Ok(_) => None,
            Err(fault) => Some(Reason::Error(builder::origin_error(value, fault))),
        });
        warnings.narrow(&path, &origins, &kept);
        kept
    }

    fn keep_headers(&self, warnings: &mut Warnings) -> Vec<String> {
        let path = self.path.key("allowHeaders");
        warnings.sieve(&path, &self.headers, |name| match name {
            "*" => None,
            // To the filter it is a name.
            name if name.ends_with('*') => Some(Reason::NotTaken),
            name => Reason::of_header(name),
        })
    }

    fn keep_exposed(&self, warnings: &mut Warnings) -> Vec<String> {
        let path = self.path.key("exposeHeaders");
        warnings.sieve(&path, &self.exposed, |name| match name {
            "*" => {
                let error = PolicyError::AnyExposedHeaderWithCredentials;
                self.credentials.then_some(Reason::Error(error))
            }
            name => Reason::of_exposed(name),
        })
    }

    fn build(&self, origins: &[String], warnings: &mut Warnings) -> Result<Policy, DocumentErrors> {
        let whole = &self.path;
        let credentials = self.credentials && !self.is_for_any_origin();
        if self.credentials && !credentials {
            let path = whole.key("allowCredentials");
            let key = path.to_string();
            warnings.push(&path, DocumentWarning::CredentialsLeftOut { key });
        }
        let methods = warnings.sieve(&whole.key("allowMethods"), &self.methods, |method| {
            let harmless = || builder::forbidden_method(method).map(Reason::Harmless);
            let error = builder::method_error(method).filter(|_| method != "*");
            error.map(Reason::Error).or_else(harmless)
        });
        let headers = self.keep_headers(warnings);
        let echoes = self.credentials && headers.iter().any(|name| name == "*");
        let exposed = self.keep_exposed(warnings);
        let max_age = warnings.cap(&whole.key("maxAge"), self.max_age.or(Some(MAX_AGE)));
        let builder = Policy::builder()
            .allow_origins(origins)
            .allow_credentials(credentials)
            .allow_methods(&methods)
            .allow_headers(&headers)
            .allow_headers(echoes.then_some("authorization"))
            .expose_headers(&exposed)
            .max_age(max_age.unwrap_or_default())
            // Without credentials it lets no pattern in that the filter would not; with them, none is left.
            .dangerously_allow_public_suffixes(has_strangers(origins, credentials));
        builder.build().map_err(unforeseen)
    }
}

#[cfg(feature = "routes")]
fn take_all(values: &mut Vec<String>) -> bool {
    !mem::take(values).is_empty()
}

fn without_default(origin: &str) -> String {
    let repaired = match Pattern::parse(origin) {
        Err(OriginFault::DefaultPort) => repair(origin),
        _ => None,
    };
    repaired.unwrap_or_else(|| origin.to_owned())
}
