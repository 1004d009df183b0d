//! The maps of nginx, of one policy or of a table.
//!
//! <https://nginx.org/en/docs/http/ngx_http_map_module.html>

use std::fmt;

use super::super::paths::PLAIN;
use super::super::rule::Said;
use super::super::rules;
use super::super::table::{Different, Has, Table};
use super::super::warning::{Loss, Warnings};
use super::conditions;
use crate::document::path::Path;

/// The variables of a table, each of them a map.
pub(super) struct Maps {
    prefix: String,
    /// What sources begin with: what the path has, where that is not the same for all.
    route: String,
    /// What the sources of most begin with: the same, and with which rule, where a policy has several.
    rule: String,
    /// How many policies there are.
    policies: usize,
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

/// A rule of a policy that some paths have.
pub(super) struct Numbered {
    /// What its sources begin with: nothing, if all paths have the policy, and it has no other rule.
    pub(super) key: String,
    pub(super) said: Said,
    /// Its origins, each with the value that names it.
    origins: Vec<Entry>,
}

/// What a path has that has no policy.
const NO_CORS: &str = "none";
const LEFT_ALONE: &str = "alone";

/// The policies of a table, so far.
#[derive(Default)]
struct Policies<'a> {
    different: Different<'a>,
    rules: Vec<Numbered>,
    /// The origins that choose a rule, of policies that have several.
    choices: Vec<Entry>,
}

impl<'a> Policies<'a> {
    /// The word for what a path has.
    fn word(&mut self, has: Has<'a>, path: &Path, warnings: &mut Warnings) -> String {
        let policy = match has {
            Has::NoCors => return NO_CORS.to_owned(),
            Has::LeftAlone => return LEFT_ALONE.to_owned(),
            Has::Policy(policy) => policy,
        };
        let (number, is_new) = self.different.number(has);
        let number = number.to_string();
        if !is_new {
            return number;
        }
        let key = format!("{number} ");
        match <[Said; 1]>::try_from(rules::by_origin(policy, path, warnings)) {
            Ok([said]) => self.rules.push(Numbered::alone(key, said, warnings)),
            Err(rules) => {
                for (at, said) in rules.into_iter().enumerate() {
                    let word = format!("{number}-{at}");
                    let choices = conditions::expressions(&key, &said, warnings).into_iter();
                    self.choices.extend(choices.map(|origin| (origin, word.clone())));
                    self.rules.push(Numbered::chosen(&word, said));
                }
            }
        }
        number
    }
}

impl Numbered {
    fn alone(key: String, said: Said, warnings: &mut Warnings) -> Self {
        let origins = conditions::origins(&key, &said, warnings);
        Self { key, said, origins }
    }

    /// A rule that its origins have chosen before.
    fn chosen(word: &str, said: Said) -> Self {
        let key = format!("{word} ");
        let is_any = said.origins.iter().any(|(_, origin)| origin == "*");
        let named = if is_any { "*" } else { "$http_origin" };
        Self { origins: vec![(format!("~^{key}"), named.to_owned())], key, said }
    }
}

impl Maps {
    pub(super) fn new(table: &Table<'_>, prefix: &str, warnings: &mut Warnings) -> Self {
        let prefix = prefix.to_owned();
        let (route, rule, variables) = (String::new(), String::new(), Vec::new());
        let mut maps = Self { prefix, route, rule, policies: 1, variables };
        let rules = match sole_rule(table, warnings) {
            Some(said) => vec![Numbered::alone(String::new(), said, warnings)],
            None => maps.add_routes(table, warnings),
        };
        maps.add_conditions(&rules, warnings);
        maps.add_answers(&rules, warnings);
        maps
    }

    /// What each path has: a policy's number, or one of two words. And which rule of a policy that has several an origin has.
    fn add_routes(&mut self, table: &Table<'_>, warnings: &mut Warnings) -> Vec<Numbered> {
        let mut policies = Policies::default();
        let mut entries = vec![("default".to_owned(), NO_CORS.to_owned())];
        if table.has_paths() {
            warnings.push(&Path::default().key("routes"), Loss::AmbiguousPaths);
            entries.push((format!("~^(?!{PLAIN}(?:\\?|$))"), NO_CORS.to_owned()));
            for (path, written, has) in &table.routes {
                let regex = written.regex();
                if conditions::size(&regex) <= conditions::ROOM {
                    let regex = format!("~^{regex}(?:\\?|$)");
                    entries.push((regex, policies.word(*has, path, warnings)));
                } else {
                    // What it stands for must not be taken for something else.
                    warnings.push(path, Loss::TooLong);
                    entries.push((conditions::beginning(written), NO_CORS.to_owned()));
                }
            }
        }
        let (path, has) = &table.fallback;
        entries.push(("~^".to_owned(), policies.word(*has, path, warnings)));
        self.add("What the path has.", "route", "$request_uri".to_owned(), entries);
        self.route = format!("{} ", self.variable("route"));
        self.rule.clone_from(&self.route);
        self.policies = policies.different.count();
        if !policies.choices.is_empty() {
            let mut entries = vec![("default".to_owned(), self.variable("route"))];
            entries.append(&mut policies.choices);
            let source = format!("{}$http_origin", self.route);
            self.add("Of several rules, the first that has the origin.", "rule", source, entries);
            self.rule = format!("{} ", self.variable("rule"));
        }
        policies.rules
    }

    /// The origin, whether it is a preflight, its method and its names.
    fn add_conditions(&mut self, rules: &[Numbered], warnings: &mut Warnings) {
        let (route, rule) = (self.route.clone(), self.rule.clone());
        let origins = rules.iter().flat_map(|it| it.origins.clone()).collect();
        self.add(
            "The origin, if it is allowed; nginx does not tell upper case from lower but in expressions.",
            "origin",
            format!("{rule}$http_origin"),
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
            format!("{rule}$http_access_control_request_method"),
            rules.iter().flat_map(|it| conditions::methods(it, warnings)).collect(),
        );
        self.add(
            "What a preflight is told of its names.",
            "names",
            format!("{rule}$http_access_control_request_headers"),
            rules.iter().flat_map(|it| conditions::names(it, warnings)).collect(),
        );
    }

    /// What is sent.
    fn add_answers(&mut self, rules: &[Numbered], warnings: &mut Warnings) {
        let (route, rule) = (self.route.clone(), self.rule.clone());
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
        entries.extend(rules.iter().map(|Numbered { key, said, .. }| {
            let shared = conditions::shared(said, warnings);
            (format!("~^actual  {key}{shared}"), origin.clone())
        }));
        // The line as it was sent: inside, nginx makes a GET of what it redirects, to the page of an error for one.
        let source = format!("{kind} {status} {rule}$request");
        self.add("", "allow_origin", source, self.or_theirs("allow_origin", entries));

        let credentials = rules.iter().filter(|it| it.said.credentials);
        let entries = credentials
            .map(|it| (format!("~^(?:actual|preflight) {}.", it.key), "true".to_owned()))
            .collect();
        let source = format!("{kind} {rule}{allow_origin}");
        self.add("", "allow_credentials", source, self.or_theirs("allow_credentials", entries));

        let mut entries = Vec::new();
        for it in rules {
            if let Some(names) = conditions::exposed(&it.said, warnings) {
                entries.push((format!("~^actual {}.", it.key), names));
            }
        }
        let source = format!("{kind} {rule}{allow_origin}");
        self.add("", "expose_headers", source, self.or_theirs("expose_headers", entries));

        for (variable, value) in [("allow_methods", &method), ("allow_headers", &names)] {
            let entries = vec![("~^preflight 204".to_owned(), value.clone())];
            let source = format!("{kind} {status}");
            self.add("", variable, source, self.or_theirs(variable, entries));
        }
        let ages = rules.iter().filter_map(|Numbered { key, said, .. }| {
            Some((format!("~^preflight 204 {key}"), said.max_age?.to_string()))
        });
        let entries = self.or_theirs("max_age", ages.collect());
        self.add("", "max_age", format!("{kind} {status} {rule}"), entries);

        let any_route = if route.is_empty() { "" } else { "[^ ]+ " };
        let mut entries = vec![(
            format!("~^[^ ]+ {any_route}OPTIONS "),
            "Origin, Access-Control-Request-Method, Access-Control-Request-Headers".to_owned(),
        )];
        if !route.is_empty() {
            entries.insert(0, (format!("~^{LEFT_ALONE} "), String::new()));
        }
        let vary = |number: usize| {
            let key = if route.is_empty() { String::new() } else { format!("{number} ") };
            (format!("~^[^ ]+ {key}"), "Origin".to_owned())
        };
        entries.extend((0..self.policies).map(vary));
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

/// The rule of every path, if there is but one.
fn sole_rule(table: &Table<'_>, warnings: &mut Warnings) -> Option<Said> {
    let (path, Has::Policy(policy)) = table.sole()? else { return None };
    <[Said; 1]>::try_from(rules::by_origin(policy, path, warnings)).ok().map(|[said]| said)
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
