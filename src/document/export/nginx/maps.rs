//! The maps of nginx, of one policy or of a table.
//!
//! <https://nginx.org/en/docs/http/ngx_http_map_module.html>

use std::fmt;

use super::super::paths::PLAIN;
use super::super::rule::{self, Said};
use super::super::table::{Has, Table};
use super::super::warning::{Loss, Warnings};
use super::conditions;
use crate::document::path::Path;

/// The variables of a table, each of them a map.
pub(super) struct Maps {
    prefix: String,
    /// What the sources of most begin with: what the path has, where that is not the same for all.
    route: String,
    variables: Vec<Map>,
}

/// One variable.
struct Map {
    comment: &'static str,
    source: String,
    variable: &'static str,
    entries: Vec<Entry>,
}

/// What a source has to be, a regular expression behind a `~`, and the value that the variable then has. The first expression
/// that matches counts.
pub(super) type Entry = (String, String);

/// A policy that some paths have, and what its sources begin with: nothing, if all have it.
pub(super) struct Numbered {
    pub(super) key: String,
    pub(super) said: Said,
}

/// What a path has that has no policy.
const NO_CORS: &str = "none";
const LEFT_ALONE: &str = "alone";

/// The policies of a table, so far.
#[derive(Default)]
struct Policies<'a> {
    different: Vec<Has<'a>>,
    numbered: Vec<Numbered>,
}

impl<'a> Policies<'a> {
    /// The word for what a path has.
    fn word(&mut self, has: Has<'a>, path: &Path, warnings: &mut Warnings) -> String {
        let policy = match has {
            Has::NoCors => return NO_CORS.to_owned(),
            Has::LeftAlone => return LEFT_ALONE.to_owned(),
            Has::Policy(policy) => policy,
        };
        if let Some(number) = self.different.iter().position(|other| *other == has) {
            return number.to_string();
        }
        let number = self.different.len().to_string();
        let said = rule::one(policy, path, warnings);
        self.numbered.extend(said.map(|said| Numbered { key: format!("{number} "), said }));
        self.different.push(has);
        number
    }
}

impl Maps {
    pub(super) fn new(table: &Table<'_>, prefix: &str, warnings: &mut Warnings) -> Self {
        let prefix = prefix.to_owned();
        let mut maps = Self { prefix, route: String::new(), variables: Vec::new() };
        let policies = match table.sole() {
            Some((path, Has::Policy(policy))) => {
                let said = rule::one(policy, path, warnings);
                said.map(|said| Numbered { key: String::new(), said }).into_iter().collect()
            }
            Some(_) | None => maps.add_routes(table, warnings),
        };
        maps.add_conditions(&policies, warnings);
        maps.add_answers(&policies, warnings);
        maps
    }

    /// What each path has: a policy's number, or one of two words.
    fn add_routes(&mut self, table: &Table<'_>, warnings: &mut Warnings) -> Vec<Numbered> {
        let mut policies = Policies::default();
        let mut entries = vec![("default".to_owned(), NO_CORS.to_owned())];
        if table.has_paths() {
            warnings.push(&Path::default().key("routes"), Loss::AmbiguousPaths);
            entries.push((format!("~^(?!{PLAIN}(?:\\?|$))"), NO_CORS.to_owned()));
            for (path, written, has) in &table.routes {
                let regex = format!("~^{}(?:\\?|$)", written.regex());
                entries.push((regex, policies.word(*has, path, warnings)));
            }
        }
        let (path, has) = &table.fallback;
        entries.push(("~^".to_owned(), policies.word(*has, path, warnings)));
        self.variables.push(Map {
            comment: "What the path has.",
            source: "$request_uri".to_owned(),
            variable: "route",
            entries,
        });
        self.route = format!("{} ", self.variable("route"));
        policies.numbered
    }

    /// The origin, whether it is a preflight, its method and its names.
    fn add_conditions(&mut self, policies: &[Numbered], warnings: &mut Warnings) {
        let route = self.route.clone();
        let origins = policies.iter().flat_map(|it| conditions::origins(it, warnings)).collect();
        self.add(
            "The origin, if it is allowed; nginx does not tell upper case from lower but in expressions.",
            "origin",
            format!("{route}$http_origin"),
            origins,
        );
        let mut kinds = vec![("default".to_owned(), "actual".to_owned())];
        if !route.is_empty() {
            kinds.push((format!("~^{LEFT_ALONE} "), LEFT_ALONE.to_owned()));
        }
        let preflight = if route.is_empty() { "~^" } else { "~^[^ ]+ " };
        kinds.push((format!("{preflight}OPTIONS [^ ].* [^ ]"), "preflight".to_owned()));
        self.add(
            "Whether it is a preflight: its method, and its two fields.",
            "kind",
            format!("{route}$request_method $http_access_control_request_method $http_origin"),
            kinds,
        );
        self.add(
            "What a preflight is told of its method; nothing, if the answer has to be 403.",
            "method",
            format!("{route}$http_access_control_request_method"),
            policies.iter().flat_map(|it| conditions::methods(it, warnings)).collect(),
        );
        self.add(
            "What a preflight is told of its names.",
            "names",
            format!("{route}$http_access_control_request_headers"),
            policies.iter().flat_map(|it| conditions::names(it, warnings)).collect(),
        );
    }

    /// What is sent.
    fn add_answers(&mut self, policies: &[Numbered], warnings: &mut Warnings) {
        let route = self.route.clone();
        let [kind, origin, method, names, status, allow_origin] =
            ["kind", "origin", "method", "names", "status", "allow_origin"]
                .map(|name| self.variable(name));
        self.add(
            "The status of a preflight's answer.",
            "status",
            format!("{kind} {origin} {method}"),
            vec![
                ("~^preflight [^ ]+ [^ ]".to_owned(), "204".to_owned()),
                ("~^preflight ".to_owned(), "403".to_owned()),
            ],
        );

        let mut entries = vec![("~^preflight 204 ".to_owned(), origin.clone())];
        entries.extend(policies.iter().map(|Numbered { key, said }| {
            let shared = conditions::shared(said, warnings);
            (format!("~^actual  {key}{shared}"), origin.clone())
        }));
        // The line as it was sent: inside, nginx makes a GET of what it redirects, to the page of an error for one.
        let source = format!("{kind} {status} {route}$request");
        self.add("", "allow_origin", source, self.or_theirs("allow_origin", entries));

        let credentials = policies.iter().filter(|it| it.said.credentials);
        let entries = credentials
            .map(|it| (format!("~^(?:actual|preflight) {}.", it.key), "true".to_owned()))
            .collect();
        let source = format!("{kind} {route}{allow_origin}");
        self.add("", "allow_credentials", source, self.or_theirs("allow_credentials", entries));

        let mut entries = Vec::new();
        for it in policies {
            if let Some(names) = conditions::exposed(&it.said, warnings) {
                entries.push((format!("~^actual {}.", it.key), names));
            }
        }
        let source = format!("{kind} {route}{allow_origin}");
        self.add("", "expose_headers", source, self.or_theirs("expose_headers", entries));

        for (variable, value) in [("allow_methods", &method), ("allow_headers", &names)] {
            let entries = vec![("~^preflight 204".to_owned(), value.clone())];
            let source = format!("{kind} {status}");
            self.add("", variable, source, self.or_theirs(variable, entries));
        }
        let ages = policies.iter().filter_map(|Numbered { key, said }| {
            Some((format!("~^preflight 204 {key}"), said.max_age?.to_string()))
        });
        let entries = self.or_theirs("max_age", ages.collect());
        self.add("", "max_age", format!("{kind} {status} {route}"), entries);

        let any_route = if route.is_empty() { "" } else { "[^ ]+ " };
        let mut entries = vec![(
            format!("~^[^ ]+ {any_route}OPTIONS "),
            "Origin, Access-Control-Request-Method, Access-Control-Request-Headers".to_owned(),
        )];
        if !route.is_empty() {
            entries.insert(0, (format!("~^{LEFT_ALONE} "), String::new()));
        }
        let vary = |it: &Numbered| (format!("~^[^ ]+ {}", it.key), "Origin".to_owned());
        entries.extend(policies.iter().map(vary));
        self.add("What the answer depends on.", "vary", format!("{kind} {route}$request"), entries);
    }

    /// Where a path is left alone, what the backend says, whose own header is hidden.
    fn or_theirs(&self, variable: &str, mut entries: Vec<Entry>) -> Vec<Entry> {
        if !self.route.is_empty() {
            let theirs = format!("$upstream_http_access_control_{variable}");
            entries.push((format!("~^{LEFT_ALONE} "), theirs));
        }
        entries
    }

    fn add(
        &mut self,
        comment: &'static str,
        variable: &'static str,
        source: String,
        entries: Vec<Entry>,
    ) {
        self.variables.push(Map { comment, source, variable, entries });
    }

    fn variable(&self, name: &str) -> String {
        format!("${}{name}", self.prefix)
    }
}

impl fmt::Display for Maps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Map { comment, source, variable, entries } in &self.variables {
            writeln!(f)?;
            if !comment.is_empty() {
                writeln!(f, "# {comment}")?;
            }
            writeln!(f, "map {} {} {{", Quoted(source), self.variable(variable))?;
            if !entries.iter().any(|(key, _)| key == "default") {
                writeln!(f, "    default \"\";")?;
            }
            for (key, value) in entries {
                match key.as_str() {
                    "default" => writeln!(f, "    default {};", Quoted(value))?,
                    key => writeln!(f, "    {} {};", Quoted(key), Quoted(value))?,
                }
            }
            writeln!(f, "}}")?;
        }
        Ok(())
    }
}

/// A parameter, in quotes. In a source and in a value, a `$` is that of a variable.
struct Quoted<'a>(&'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let escaped = self.0.replace('\\', "\\\\").replace('"', "\\\"");
        write!(f, "\"{escaped}\"")
    }
}
