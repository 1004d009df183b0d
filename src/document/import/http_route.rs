//! A whole `HTTPRoute` of the Kubernetes Gateway API, with a CORS filter for some of its paths.
//!
//! `HTTPRoute`: <https://gateway-api.sigs.k8s.io/reference/spec/#httproute>

use std::collections::BTreeMap;
use std::mem;

use super::super::error::DocumentErrors;
use super::super::errors::{Cause, Errors, read_text};
use super::super::format::Format;
use super::super::path::Path;
use super::super::reader::Object;
use super::super::value::Value;
use super::filters::{self, Change, Filters};
use super::gateway::Filter;
use super::resources::{self, expect_kind, list};
use super::warning::{DocumentWarning, Warnings};
use crate::builder::error::Quoted;
use crate::select::{Route, RouteError, Routes};

impl Routes {
    /// Reads an `HTTPRoute` of the Kubernetes Gateway API: which of its paths have which CORS filter. The table is never more
    /// open than what is read of the resource; what it has otherwise is said by the warnings.
    ///
    /// - The filters are read as [`Policy::from_gateway_json`](crate::Policy::from_gateway_json) reads one.
    /// - The paths of a rule without a filter for CORS are [left alone](Route::LeftAlone), as the gateway leaves them. If the rule
    ///   redirects, or changes the CORS headers of responses, they have [no CORS](Route::NoCors). So they have if one of its
    ///   backends redirects, or has a filter for CORS of its own.
    /// - Paths that no rule matches have no CORS: the gateway answers them with 404.
    /// - If a filter behind the one for CORS removes, sets or adds a CORS header of responses, the policy does without what that
    ///   header grants. If it is `Access-Control-Allow-Origin`, the paths have no CORS. Filters count in the order in which they
    ///   stand, which the API only recommends, and those of a backend last.
    /// - If a rule changes `Origin` or an `Access-Control-Request-` header of requests, its paths have no CORS.
    /// - A filter of the gateway's own, an `ExtensionRef`, is not read: it may do anything to CORS. The paths of the rule have what they
    ///   would have without it, and a warning says so. The same goes for a filter of a type that is not known here.
    /// - A match that asks for more than a path, such as a header, does not always apply: its path has no CORS.
    /// - The table is for every host, which a warning tells if the resource is for some. What else is no matter of CORS is not read.
    /// - Several resources of one gateway are read as one from a `List`, as kubectl writes it, and in YAML from a stream of
    ///   documents, too. A path that two of them have has no CORS, unless both say the same: the older one would answer, and which
    ///   that is, is not known.
    ///
    /// # Errors
    ///
    /// What is no JSON and neither an `HTTPRoute` nor a list; resources that differ in host names, gateways or namespaces;
    /// a path that is a regular expression, since gateways differ in what it matches; a path
    /// that no table has (`/a;b`, `/a/../b`); and the errors of a filter. All of them.
    ///
    /// ```
    /// use tower_cors::{Route, Routes};
    ///
    /// let (routes, warnings) = Routes::from_gateway_json(
    ///     r#"{
    ///         "apiVersion": "gateway.networking.k8s.io/v1",
    ///         "kind": "HTTPRoute",
    ///         "spec": {
    ///             "rules": [{
    ///                 "matches": [{ "path": { "type": "PathPrefix", "value": "/items" } }],
    ///                 "filters": [{ "type": "CORS", "cors": { "allowOrigins": ["https://app.example"] } }],
    ///                 "backendRefs": [{ "name": "items", "port": 80 }]
    ///             }]
    ///         }
    ///     }"#,
    /// )?;
    /// assert!(matches!(routes.find("/items/1"), Some(Route::Policy(_))));
    /// assert_eq!(routes.find("/other"), Some(&Route::NoCors));
    /// # assert!(warnings.is_empty());
    /// # Ok::<(), tower_cors::DocumentErrors>(())
    /// ```
    pub fn from_gateway_json(text: &str) -> Result<(Self, Vec<DocumentWarning>), DocumentErrors> {
        import(Format::Json, text)
    }

    /// Reads the same from YAML, and from several documents with `---` between them, of which each is an `HTTPRoute` or a
    /// `List`. The key of what is told then begins with the document's number, counted from 0: `[1].spec.rules[0]`.
    ///
    /// # Errors
    ///
    /// As [`from_gateway_json`](Self::from_gateway_json) and [`from_yaml`](Self::from_yaml); over 1,000 documents.
    #[cfg(feature = "yaml")]
    pub fn from_gateway_yaml(text: &str) -> Result<(Self, Vec<DocumentWarning>), DocumentErrors> {
        import(Format::yaml_of(text), text)
    }
}

fn import(format: Format, text: &str) -> Result<(Routes, Vec<DocumentWarning>), DocumentErrors> {
    let resources = read_text(format, text, |whole, errors| {
        let resources = resources::of(format, whole, errors).into_iter();
        Some(resources.filter_map(|(path, it)| Resource::read(&path, it, errors)).collect())
    });
    let resources: Vec<Resource> = resources?;
    let mut warnings = Warnings::default();
    if let Some(path) = resources.first().and_then(|resource| resource.hosts.as_ref()) {
        warnings.push(path, DocumentWarning::Hostnames { key: path.to_string() });
    }
    let mut table = Table::default();
    for Resource { rules, .. } in resources {
        let mut own = Table::default();
        for mut rule in rules {
            let has = rule.has(&mut warnings)?;
            for matched in rule.matches {
                let has = match matched.condition {
                    Some(condition) => {
                        let key = condition.to_string();
                        warnings.push(&condition, DocumentWarning::Conditional { key });
                        &Route::NoCors
                    }
                    None => &has,
                };
                own.add(matched.at, matched.is_prefix, matched.path, has);
            }
        }
        table.merge(own, &mut warnings);
    }
    let mut errors = Errors::default();
    let routes = table.build(&mut errors);
    let routes = errors.none_in(routes, Some((format, text)))?;
    Ok((routes, warnings.into_list()))
}

/// One `HTTPRoute`.
struct Resource {
    rules: Vec<Rule>,
    /// Where the names of its hosts stand, if it is for some.
    hosts: Option<Path>,
}

/// A rule as it was written.
struct Rule {
    path: Path,
    matches: Vec<Match>,
    cors: Option<Filter>,
    /// The changes of CORS headers, those of backends last.
    changes: Vec<Change>,
    /// Whether the rule's own filters take them from every response, and no backend's put one there.
    removes_all: bool,
    /// Whether the gateway answers with a redirect.
    redirects: bool,
    /// The same where it chooses one of the backends: the filter of that.
    redirect_of_backend: Option<Path>,
    /// A CORS filter of one of its backends.
    cors_of_backend: Option<Path>,
    /// The filters that are not known, and their types.
    not_read: Vec<(Path, String)>,
}

/// What paths a rule is for.
struct Match {
    at: Path,
    is_prefix: bool,
    path: String,
    /// What else it asks for.
    condition: Option<Path>,
}

impl Resource {
    fn read(path: &Path, value: Value, errors: &mut Errors) -> Option<Self> {
        expect_kind(path, &value, &["HTTPRoute"], errors)?;
        let mut object =
            Object::new(path, value, "an object with the keys of an HTTPRoute", errors)?;
        let spec = object.require("spec", errors)?;
        let at_spec = path.key("spec");
        let has_hosts = spec.get("hostnames").is_some_and(|names| !names.items().is_empty());
        let mut spec = Object::new(&at_spec, spec, "an object with the key `rules`", errors)?;
        if !spec.has("rules") {
            spec.require("rules", errors)?;
        }
        let rules = list(&mut spec, "rules", errors).into_iter();
        let rules = rules.filter_map(|(at, rule)| Rule::read(at, rule, errors)).collect();
        Some(Self { rules, hosts: has_hosts.then(|| at_spec.key("hostnames")) })
    }
}

impl Rule {
    fn read(path: Path, value: Value, errors: &mut Errors) -> Option<Self> {
        let mut object = Object::new(&path, value, "an object with the keys of a rule", errors)?;
        let matches = list(&mut object, "matches", errors).into_iter();
        let mut matches: Vec<Match> =
            matches.filter_map(|(at, it)| Match::read(at, it, errors)).collect();
        if matches.is_empty() {
            matches.push(Match::every(path.key("matches")));
        }
        let Filters { cors, mut changes, redirect, mut not_read } =
            Filters::read(&mut object, errors);
        let own_remove_all = filters::remove_all(&changes);
        let (mut redirect_of_backend, mut cors_of_backend) = (None, None);
        for (at, backend) in list(&mut object, "backendRefs", errors) {
            let expected = "an object with the keys of a backend";
            let Some(mut backend) = Object::new(&at, backend, expected, errors) else { continue };
            let filters = Filters::read(&mut backend, errors);
            cors_of_backend = cors_of_backend.or(filters.cors.map(|(at, _)| at));
            redirect_of_backend = redirect_of_backend.or(filters.redirect);
            changes.extend(filters.changes);
            not_read.extend(filters.not_read);
        }
        let removes_all = own_remove_all && filters::remove_all(&changes);
        let (cors, redirects) = (cors.map(|(_, filter)| filter), redirect.is_some());
        Some(Self {
            path,
            matches,
            cors,
            changes,
            removes_all,
            redirects,
            redirect_of_backend,
            cors_of_backend,
            not_read,
        })
    }

    /// What the paths of the rule have.
    fn has(&mut self, warnings: &mut Warnings) -> Result<Route, DocumentErrors> {
        for (path, kind) in mem::take(&mut self.not_read) {
            let key = path.to_string();
            warnings.push(&path, DocumentWarning::FilterNotRead { key, value: kind });
        }
        let of_backend = |path: &Path, warnings: &mut Warnings| {
            let key = path.to_string();
            warnings.push(path, DocumentWarning::OfBackend { key });
            Ok(Route::NoCors)
        };
        if let Some(path) = &self.cors_of_backend {
            return of_backend(path, warnings);
        }
        let closed = match &self.cors {
            Some(_) => self.changes.iter().find(|change| change.closes()),
            None => self.changes.first(),
        };
        if let Some(change) = closed {
            // A rule without a filter for CORS that takes it from the service says just that.
            if self.cors.is_some() || !self.removes_all {
                change.warn(None, warnings);
            }
            return Ok(Route::NoCors);
        }
        let Some(filter) = &mut self.cors else {
            return match &self.redirect_of_backend {
                _ if self.redirects => Ok(Route::NoCors),
                Some(path) => of_backend(path, warnings),
                None => Ok(Route::LeftAlone),
            };
        };
        // A max-age that one filter sets and another one removes is 0, the smaller of both.
        self.changes.sort_by_key(|change| !change.removes);
        for change in &self.changes {
            if let Some(key) = filter.give_up(change) {
                change.warn(Some(key), warnings);
            }
        }
        let policy = filter.policy(warnings)?;
        if policy.is_none() {
            let key = self.path.to_string();
            warnings.push(&self.path, DocumentWarning::RuleLeftOut { key });
        }
        Ok(policy.map_or(Route::NoCors, Route::Policy))
    }
}

impl Match {
    fn every(at: Path) -> Self {
        Self { at, is_prefix: true, path: "/".to_owned(), condition: None }
    }

    fn read(at: Path, value: Value, errors: &mut Errors) -> Option<Self> {
        let mut object = Object::new(&at, value, "an object with the key `path`", errors)?;
        let path = object.take("path");
        let condition = object.entries().first().map(|(key, _)| at.key(key));
        let Some(path) = path else {
            return Some(Self { condition, ..Self::every(at) });
        };
        let at = at.key("path");
        let expected = "an object with the keys `type` and `value`";
        let mut object = Object::new(&at, path, expected, errors)?;
        let kind = object.text("type", errors).unwrap_or_else(|| "PathPrefix".to_owned());
        let path = object.text("value", errors).unwrap_or_else(|| "/".to_owned());
        object.finish(errors);
        if !matches!(kind.as_str(), "Exact" | "PathPrefix") {
            let found = Quoted(&kind);
            let message = format!("expected \"Exact\" or \"PathPrefix\", found {found}");
            errors.push_shape(at.key("type"), message);
            return None;
        }
        // To a table these make a parameter.
        if path.contains(['{', '}']) || !path.starts_with('/') {
            let message = format!("expected a path, found {}", Quoted(&path));
            errors.push_shape(at.key("value"), message);
            return None;
        }
        Some(Self { at: at.key("value"), is_prefix: kind == "PathPrefix", path, condition })
    }
}

/// What is below a prefix, in a table.
const BELOW: &str = "/{*rest}";

/// What the paths have, in the order of the gateway: an exact path counts before a prefix, and of two rules with the same path
/// the first.
#[derive(Default)]
struct Table {
    exact: BTreeMap<String, (Path, Route)>,
    prefixes: BTreeMap<String, (Path, Route)>,
}

impl Table {
    fn add(&mut self, at: Path, is_prefix: bool, path: String, has: &Route) {
        if is_prefix {
            // A slash at the end makes no difference to a prefix.
            let path = path.strip_suffix('/').map(str::to_owned).unwrap_or(path);
            insert(&mut self.prefixes, path, at, has);
        } else {
            insert(&mut self.exact, path, at, has);
        }
    }

    /// Adds the paths of another resource. With a path that both have, the older one counts.
    fn merge(&mut self, other: Self, warnings: &mut Warnings) {
        let both = [(&mut self.exact, other.exact), (&mut self.prefixes, other.prefixes)];
        for (ours, theirs) in both {
            for (path, (at, has)) in theirs {
                let (_, kept) = ours.entry(path).or_insert_with(|| (at.clone(), has.clone()));
                if *kept != has {
                    *kept = Route::NoCors;
                    let key = at.to_string();
                    warnings.push(&at, DocumentWarning::SamePath { key });
                }
            }
        }
    }

    fn build(mut self, errors: &mut Errors) -> Option<Routes> {
        let mut builder = Routes::builder();
        if let Some((_, has)) = self.prefixes.remove("") {
            builder = builder.fallback(has);
        }
        // A prefix makes three routes, and the first of them has each fault that the others have.
        let written = self.exact.iter().map(|(path, (at, _))| (path.clone(), at.clone()));
        let mut places: BTreeMap<String, Path> = written.collect();
        for (folder, (at, has)) in self.prefixes {
            let below = format!("{folder}{BELOW}");
            builder = builder.route(&below, has.clone());
            places.insert(below, at.clone());
            for path in [folder.clone(), format!("{folder}/")] {
                self.exact.entry(path).or_insert_with(|| (at.clone(), has.clone()));
            }
        }
        for (path, (_, has)) in self.exact {
            builder = builder.route(path, has);
        }
        let built = builder.build();
        let told = || built.as_ref().err().into_iter().flatten();
        let by_path: BTreeMap<&str, &RouteError> = told().map(|it| (it.path(), it)).collect();
        for error in told() {
            if let Some(at) = places.get(error.path()) {
                let folder = error.path().strip_suffix(BELOW);
                let as_written = folder.and_then(|folder| by_path.get(folder)).copied();
                let error = as_written.unwrap_or(error).clone();
                errors.push(at.clone(), Cause::Route(error));
            }
        }
        built.ok()
    }
}

/// A path that has something already keeps it, and if one of both is no CORS, it has that: the other one may not be asked.
fn insert(table: &mut BTreeMap<String, (Path, Route)>, path: String, at: Path, has: &Route) {
    let (_, kept) = table.entry(path).or_insert_with(|| (at, has.clone()));
    if *has == Route::NoCors {
        *kept = Route::NoCors;
    }
}
