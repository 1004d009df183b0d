//! A rule, as it would be written, and what all targets ask of it. Which rules are written: [`rules`](super::rules).

use std::collections::HashSet;

use super::warning::{Loss, Warnings};
use crate::document::path::Path;
use crate::document::write::split;
use crate::origin::pattern::{OriginPattern, Pattern};
use crate::policy::methods::Methods;
use crate::policy::rule::{Origins, Rule};
use crate::safelist::NON_WILDCARD_REQUEST_HEADER;

/// What a rule says, each value as it is written in a document.
pub(super) struct Said {
    /// Where it stands; of several rules that are written as one, the first.
    pub(super) path: Path,
    /// Each with the rule that has it.
    pub(super) origins: Vec<(Path, String)>,
    /// Whether it has origins, too, that cannot be written.
    pub(super) has_predicates: bool,
    pub(super) credentials: bool,
    pub(super) methods: Methods,
    pub(super) any_header: bool,
    pub(super) headers: Vec<String>,
    /// Without their `*`.
    pub(super) prefixes: Vec<String>,
    pub(super) exposed: Vec<String>,
    pub(super) max_age: Option<u64>,
}

/// What an entry among the origins is.
pub(super) enum Entry<'a> {
    Any,
    /// `null`.
    Opaque,
    Origins(OriginPattern<'a>),
}

/// What becomes of an entry.
pub(super) enum Fate<T> {
    Kept(Vec<T>),
    Narrowed(T, Loss),
    Lost(Loss),
}

impl Said {
    pub(super) fn of(rule: &Rule, path: Path, warnings: &mut Warnings) -> Self {
        let written = match &rule.origins {
            Origins::Any => vec!["*".to_owned()],
            other => other.written(),
        };
        let has_predicates =
            matches!(&rule.origins, Origins::Listed(listed) if !listed.predicates.is_empty());
        if has_predicates {
            warnings.push(&path.key("allow_origins"), Loss::Predicate);
        }
        let (mut any_header, mut headers, mut prefixes) = (false, Vec::new(), Vec::new());
        for name in rule.headers.written() {
            match name.strip_suffix('*') {
                Some("") => any_header = true,
                Some(prefix) => prefixes.push(prefix.to_owned()),
                None => headers.push(name),
            }
        }
        Self {
            origins: written.into_iter().map(|origin| (path.clone(), origin)).collect(),
            has_predicates,
            credentials: rule.credentials,
            methods: rule.methods.clone(),
            any_header,
            headers,
            prefixes,
            exposed: split(rule.expose.as_ref()),
            max_age: split(rule.max_age.as_ref()).first().and_then(|age| age.parse().ok()),
            path,
        }
    }

    pub(super) fn differs_in_origins_only(&self, other: &Self) -> bool {
        self.credentials == other.credentials
            && self.methods == other.methods
            && (self.any_header, &self.headers) == (other.any_header, &other.headers)
            && (&self.prefixes, &self.exposed) == (&other.prefixes, &other.exposed)
            && self.max_age == other.max_age
    }

    /// The origins that are kept, each as a target writes it.
    pub(super) fn origins<T>(
        &self,
        warnings: &mut Warnings,
        mut judge: impl FnMut(&str, &Entry<'_>) -> Fate<T>,
    ) -> Vec<T> {
        let mut kept: Vec<T> = Vec::with_capacity(self.origins.len());
        let mut seen = HashSet::new();
        for (path, value) in self.origins.iter().filter(|(_, value)| seen.insert(value)) {
            let entry = match Pattern::parse(value) {
                Ok(Pattern::Any) => Entry::Any,
                Ok(Pattern::Origins(pattern)) => Entry::Origins(pattern),
                Err(_) if value == "null" => Entry::Opaque,
                Err(_) => Entry::Origins(OriginPattern::file()),
            };
            let (these, loss) = match judge(value, &entry) {
                Fate::Kept(these) => (these, None),
                Fate::Narrowed(one, loss) => (vec![one], Some(loss)),
                Fate::Lost(loss) => (Vec::new(), Some(loss)),
            };
            kept.extend(these);
            if let Some(loss) = loss {
                warnings.lose(&path.key("allow_origins"), value, loss);
            }
        }
        kept
    }

    /// Whether the responses to GET, HEAD and POST are shared, as they are by targets that do not look at the method.
    pub(super) fn shares_all(&self, warnings: &mut Warnings) -> bool {
        let shares = SAFELISTED.iter().all(|method| self.methods.allows(method.as_bytes()));
        if !shares {
            warnings.push(&self.path.key("only_methods"), Loss::OnlyMethods);
        }
        shares
    }

    /// The methods that a preflight may ask for, those that need no permission first.
    pub(super) fn allowed_methods(&self) -> Vec<String> {
        let safelisted = SAFELISTED.iter().filter(|_| !self.methods.are_only());
        let safelisted = safelisted.map(|method| (*method).to_owned());
        let listed = self.methods.written().into_iter().filter(|method| method != "*");
        safelisted.chain(listed).collect()
    }

    /// Where the methods are written.
    pub(super) fn methods_path(&self) -> Path {
        self.path.key(if self.methods.are_only() { "only_methods" } else { "allow_methods" })
    }

    pub(super) fn names_authorization(&self) -> bool {
        self.headers.iter().any(|name| name == NON_WILDCARD_REQUEST_HEADER)
    }

    /// Whether any header is allowed, where that covers `authorization` in the target.
    pub(super) fn any_header_and_authorization(&self, warnings: &mut Warnings) -> bool {
        if self.any_header && !self.names_authorization() {
            warnings.lose(&self.path.key("allow_headers"), "*", Loss::Authorization);
        }
        self.any_header && self.names_authorization()
    }

    /// Tells the prefixes, where a target has none.
    pub(super) fn lose_prefixes(&self, warnings: &mut Warnings) {
        for prefix in &self.prefixes {
            let path = self.path.key("allow_headers");
            warnings.lose(&path, &format!("{prefix}*"), Loss::Prefix);
        }
    }
}

/// Each value once, since a target may refuse what it is told twice: what is narrowed may stand there by itself, too.
pub(super) fn each_once(values: Vec<String>) -> Vec<String> {
    let mut seen = HashSet::new();
    values.into_iter().filter(|value| seen.insert(value.clone())).collect()
}

/// <https://fetch.spec.whatwg.org/#cors-safelisted-method>
const SAFELISTED: [&str; 3] = ["GET", "HEAD", "POST"];
