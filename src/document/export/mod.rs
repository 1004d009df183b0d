//! Policies and routes as the configurations of proxies and stores, never more open than they are, but for two
//! [exceptions](#what-is-lost).
//!
//! A service that outgrows one process puts CORS into its gateway. Written there by hand it is a second policy, in a
//! dialect without checks. [`Policy::export`] and [`Routes::export`](crate::Routes::export) write it from the first:
//!
//! ```
//! use tower_cors::Policy;
//! use tower_cors::export::Target;
//!
//! let policy = Policy::builder()
//!     .allow_origins(["https://app.example", "https://*.partner.example"])
//!     .allow_methods(["PUT"])
//!     .allow_headers(["content-type", "x-*"])
//!     .build()?;
//!
//! let export = policy.export(Target::Envoy);
//! assert!(export.text().contains(r#"exact: "https://app.example""#));
//! assert_eq!(
//!     export.warnings()[0].to_string(),
//!     "allow_headers: \"x-*\" is left out, because Envoy takes it for a name; list the names",
//! );
//! # Ok::<(), tower_cors::PolicyErrors>(())
//! ```
//!
//! # What is lost
//!
//! What a target cannot say is left out, or is narrowed to what it can say, and a [`Warning`] tells of each. So what is
//! written is **never more open** than the policy, but for two things that are told at the end. Without a warning, a page may
//! do with it what it may do with the policy.
//! The answers may still differ in what no page can see: most targets answer a denied preflight with 200 and without CORS
//! headers, where the layer says 403, and they list all methods and names, where the layer lists what was asked for.
//!
//! | | Envoy | Gateway API | nginx | S3 |
//! |---|---|---|---|---|
//! | a `*` within a label, `https://pr-*.a.example` | yes | no | yes | no |
//! | any port, `http://localhost:*` | yes | the default one | yes | yes, without a `*` in the host |
//! | other schemes, `app://localhost` | yes | no | yes | yes, without `*.` |
//! | `null`, `file://` | yes | no | yes | no |
//! | methods other than the standard ones | yes | no | of `A-Z`, `-` and `_` | no, nor OPTIONS and PATCH |
//! | `only_methods` without GET, HEAD or POST | no | no | yes | yes |
//! | header names by prefix, `x-*` | no | no | yes | yes |
//! | any header, `*`, and `authorization` is not named | no | no | yes | no |
//! | credentials | yes | yes | yes | no |
//! | several rules | by the origin | those that differ in origins | by the origin | yes |
//! | paths | yes | without `{parameters}`, `|` and brackets | yes | no |
//!
//! The first rule that allows a request is the one that a policy goes by. Envoy and nginx choose the first that has its origin:
//! that is the same if no two rules have an origin in common, or if the earlier one allows all that the later one does, and
//! otherwise a warning tells of the later one. A gateway has one filter for a path, with one list of methods; to choose the
//! filter by the origin it has only exact values of headers, so the rules behind the first are left out.
//!
//! A pattern stands for names that a page can have: that a label has at most 63 octets, and a host 253, is not repeated in the
//! expressions of Envoy and nginx. Predicates are never written.
//!
//! Two things are more than the policy allows. The layer denies a header that a page calls `*`; where any header and
//! `authorization` are allowed, Envoy, S3 and gateways allow that one, too. And a gateway takes no `maxAge` of 0: it is written as
//! 1 second, with a warning.

mod envoy;
mod gateway;
mod nginx;
mod paths;
mod regex;
mod rule;
mod rules;
mod s3;
mod table;
mod tree;
mod warning;

use std::fmt;

use self::table::Table;
use self::warning::Warnings;
pub use self::warning::{Loss, Warning};
use crate::policy::Policy;

/// What a policy is written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Target {
    /// Envoy, in YAML: the part of a virtual host, or of a route, that configures its filter `envoy.filters.http.cors`. Of a
    /// table, and of a policy with several rules, the routes of a virtual host, with the cluster `backend`.
    ///
    /// `CorsPolicy`:
    /// <https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/filters/http/cors/v3/cors.proto>
    Envoy,
    /// The same in JSON, without the comments.
    EnvoyJson,
    /// The same in YAML, to look before it answers: Envoy counts the requests whose origins the policy allows or not, and answers none. It is for
    /// where the service answers, since it would end what Envoy answers of CORS.
    EnvoyReportOnly,
    /// The Kubernetes Gateway API: an `HTTPRoute` with CORS filters, in YAML, for the gateway `gateway` and the service
    /// `backend`; or a `List` of several, where one has no room.
    ///
    /// <https://gateway-api.sigs.k8s.io/geps/gep-1767/>
    Gateway,
    /// nginx: a file that the context `http` includes. It decides, and sends nothing.
    ///
    /// <https://nginx.org/en/docs/http/ngx_http_map_module.html>
    Nginx,
    /// nginx: a file that a `server` or a `location` includes. It sends what the other one has decided, and depends on
    /// nothing but the policy's [name](crate::PolicyBuilder::name).
    NginxServer,
    /// The CORS configuration of an Amazon S3 bucket, as `aws s3api put-bucket-cors` takes it.
    ///
    /// S3 sends `Access-Control-Allow-Credentials: true` to listed origins, and reads no cookies. It refuses a configuration
    /// without rules, which a warning tells.
    ///
    /// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/ManageCorsUsing.html>
    S3,
}

impl Target {
    /// Every target.
    pub const ALL: &'static [Self] = &[
        Self::Envoy,
        Self::EnvoyJson,
        Self::EnvoyReportOnly,
        Self::Gateway,
        Self::Nginx,
        Self::NginxServer,
        Self::S3,
    ];

    /// A name that stays the same, for command lines: `envoy`, `envoy-json`, `envoy-report-only`, `gateway`, `nginx`, `nginx-server`, `s3`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Envoy => "envoy",
            Self::EnvoyJson => "envoy-json",
            Self::EnvoyReportOnly => "envoy-report-only",
            Self::Gateway => "gateway",
            Self::Nginx => "nginx",
            Self::NginxServer => "nginx-server",
            Self::S3 => "s3",
        }
    }

    /// As sentences call it.
    fn noun(self) -> &'static str {
        match self {
            Self::Envoy | Self::EnvoyJson | Self::EnvoyReportOnly => "Envoy",
            Self::Gateway => "the Gateway API",
            Self::Nginx | Self::NginxServer => "nginx",
            Self::S3 => "S3",
        }
    }
}

/// A text for a target, and what was lost on the way. It is displayed as the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export {
    text: String,
    warnings: Vec<Warning>,
}

impl Export {
    fn of(table: &Table<'_>, target: Target) -> Self {
        let mut warnings = Warnings::of(target);
        let text = match target {
            Target::Envoy => envoy::yaml(table, &mut warnings),
            Target::EnvoyJson => envoy::json(table, &mut warnings),
            Target::EnvoyReportOnly => envoy::report_only(table, &mut warnings),
            Target::Gateway => gateway::yaml(table, &mut warnings),
            Target::Nginx => nginx::http(table, &mut warnings),
            Target::NginxServer => nginx::server(table),
            Target::S3 => s3::json(table, &mut warnings),
        };
        Self { text, warnings: warnings.into_list() }
    }

    /// The text, whose last line ends.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What the text does not say, or says with less, in the order in which the document is written: rule by rule, and key by
    /// key. That nothing is left of a rule is told behind what else it has lost, and that no rule is left, at the end.
    #[must_use]
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }
}

impl fmt::Display for Export {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Policy {
    /// Writes the policy for a proxy or a store. It is never more open there; what cannot be said is told by the warnings,
    /// each with the key of the policy's document.
    ///
    /// ```
    /// use tower_cors::Policy;
    /// use tower_cors::export::{Loss, Target};
    ///
    /// let policy = Policy::from_json(
    ///     r#"{ "allow_origins": ["https://app.example"], "allow_credentials": true, "max_age": 600 }"#,
    /// )?;
    /// assert_eq!(policy.export(Target::Nginx).warnings(), []);
    ///
    /// let export = policy.export(Target::S3);
    /// assert_eq!(export.warnings()[0].loss(), Loss::Credentials);
    /// let (imported, _) = Policy::from_s3_json(export.text())?;
    /// # let get = http::Request::get("/").header("origin", "https://app.example").body(()).unwrap();
    /// # assert!(imported.decide(&get).is_allowed());
    /// # Ok::<(), tower_cors::DocumentErrors>(())
    /// ```
    #[must_use]
    pub fn export(&self, target: Target) -> Export {
        Export::of(&Table::of_policy(self), target)
    }
}

impl crate::Routes {
    /// Writes the table for a proxy or a store, as [`Policy::export`] does.
    ///
    /// - The routes of Envoy are for a cluster that is called `backend`, those of the Gateway API for a service of that name.
    /// - A path that
    ///   [can be read as more than one](Self#paths-that-can-be-read-as-more-than-one), as `/a%2Fb` can, has no CORS in Envoy and
    ///   nginx, even if the readings agree. Which path a gateway reads is its own affair: have it normalize paths.
    /// - S3 has no paths: only a table in which all paths have one policy is written.
    #[must_use]
    pub fn export(&self, target: Target) -> Export {
        Export::of(&Table::of_routes(self), target)
    }
}
