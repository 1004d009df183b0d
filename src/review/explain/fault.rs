//! What of a denied request is at fault, and what to write about it.

use std::collections::HashSet;

use http::HeaderValue;
use http::header::{ACCESS_CONTROL_REQUEST_METHOD, HOST, ORIGIN};

use super::{Hint, cut, nearest};
use crate::builder::error::PolicyError;
use crate::policy::methods::Methods;
use crate::policy::rule::{Origins, Rule};
use crate::policy::sent::SentValue;
use crate::policy::{Denial, Policy};
use crate::request::RequestHead;

/// A denied request, and the rule by which it is denied.
pub(super) struct Fault<'a> {
    pub(super) head: RequestHead<'a>,
    pub(super) denial: Denial,
    pub(super) policy: Option<&'a Policy>,
    pub(super) rule: usize,
}

impl Fault<'_> {
    /// The values at fault.
    pub(super) fn values(&self) -> Vec<String> {
        let headers = self.head.headers();
        let of = |name| headers.get_all(name).iter().take(2).map(|it| cut(it.as_bytes())).collect();
        match self.denial {
            Denial::OriginNotAllowed | Denial::OriginRepeated => of(ORIGIN),
            Denial::MethodNotAllowed => vec![cut(self.method())],
            Denial::MethodRepeated => of(ACCESS_CONTROL_REQUEST_METHOD),
            Denial::HeaderNotAllowed => {
                self.missing_names().0.iter().map(|name| cut(name.as_bytes())).collect()
            }
            Denial::HostNotAllowed => {
                let in_uri = self.head.uri().authority().map(|it| cut(it.as_str().as_bytes()));
                let hosts: Vec<String> = of(HOST);
                in_uri.into_iter().chain(hosts).collect()
            }
            Denial::NoPolicy | Denial::PathAmbiguous => {
                vec![cut(self.head.uri().path().as_bytes())]
            }
            // A list that is too long is not read, and cookies are secrets.
            Denial::HeaderListTooLong | Denial::CredentialsNotAllowed => Vec::new(),
        }
    }

    /// What comes nearest. For a path without a policy: the nearest route, and one to add.
    pub(super) fn hint(&self, near: Option<(String, String)>) -> Option<Hint> {
        match self.denial {
            Denial::OriginNotAllowed => self.by_origin(),
            Denial::OriginRepeated | Denial::MethodRepeated => Some(Hint::Repeated),
            Denial::MethodNotAllowed => self.by_method(),
            Denial::HeaderNotAllowed => self.by_names(),
            Denial::HeaderListTooLong => Some(Hint::HeaderListTooLong),
            Denial::CredentialsNotAllowed => self.by_credentials(),
            Denial::HostNotAllowed => Some(Hint::HostNotListed),
            Denial::NoPolicy => Some(match near {
                Some((route, add)) => Hint::NearRoute { route, add },
                None => Hint::NoPolicy,
            }),
            Denial::PathAmbiguous => Some(Hint::PathAmbiguous),
        }
    }

    fn rule(&self) -> Option<&Rule> {
        self.policy?.rules().nth(self.rule)
    }

    fn by_origin(&self) -> Option<Hint> {
        /// So many rules are searched for what comes near, so that one request costs no more.
        const SEARCHED: usize = 16;
        let Some(origin) = self.head.headers().get(ORIGIN) else {
            return Some(Hint::OriginWithheld);
        };
        let rules: Vec<&Rule> = self.policy?.rules().take(SEARCHED).collect();
        nearest::origin(&rules, origin.as_bytes())
    }

    fn method(&self) -> &[u8] {
        match self.head.preflight() {
            Some((_, method)) => method.once().map(HeaderValue::as_bytes).unwrap_or_default(),
            // An extended CONNECT opens a WebSocket, which is shared as GET is.
            None if *self.head.method() == http::Method::CONNECT => b"GET",
            None => self.head.method().as_str().as_bytes(),
        }
    }

    fn by_method(&self) -> Option<Hint> {
        let (method, rule) = (self.method(), self.rule()?);
        if !Methods::could_allow(method) {
            return Some(Hint::MethodUnsendable);
        }
        if let Some(allowed) = rule.methods.in_another_case(method) {
            return Some(Hint::MethodCase { allowed: allowed.to_owned() });
        }
        let is_limited = !rule.methods.share_all();
        let method = std::str::from_utf8(method).ok().filter(|method| is_short(method))?;
        let built = Policy::builder().allow_origins(["*"]).allow_methods([method]).build();
        match built.as_ref().map_err(|errors| errors.iter().next()) {
            // `*` would be any method.
            Ok(_) if method == "*" => None,
            Ok(_) => Some(Hint::MissingMethod { method: method.to_owned(), is_limited }),
            Err(Some(PolicyError::MethodCase { fix, .. })) => {
                Some(Hint::MethodMisspelled { meant: fix, is_limited })
            }
            Err(_) => None,
        }
    }

    fn by_credentials(&self) -> Option<Hint> {
        let rule = self.rule()?;
        let exposed = rule.expose.as_ref().map(SentValue::as_bytes).unwrap_or_default();
        let is_any = matches!(rule.origins, Origins::Any) || has_any(exposed);
        let is_refused = |origin: &HeaderValue| {
            let origin = origin.to_str().unwrap_or_default();
            Policy::builder().allow_origins([origin]).allow_credentials(true).build().is_err()
        };
        let is_error = is_any || self.head.headers().get(ORIGIN).is_some_and(is_refused);
        Some(Hint::NoCredentials { is_error })
    }

    fn by_names(&self) -> Option<Hint> {
        let (names, is_list) = self.missing_names();
        if !is_list {
            return Some(Hint::HeaderListMalformed);
        }
        if names.is_empty() {
            return None;
        }
        let names: Vec<String> = names.into_iter().filter(|name| can_be_added(name)).collect();
        Some(if names.is_empty() {
            Hint::HeadersUnsendable
        } else {
            let is_any = self.rule().is_some_and(|rule| rule.headers.is_any());
            Hint::MissingHeaders { names, is_any }
        })
    }

    /// The names that the rule does not allow, in lower case and each once, and whether the list is one. The list
    /// is bounded.
    fn missing_names(&self) -> (Vec<String>, bool) {
        let mut names: Vec<String> = Vec::new();
        let Some(rule) = self.rule() else {
            return (names, true);
        };
        let read = rule.headers.tell_apart(self.head.headers(), |name, is_allowed| {
            let name = String::from_utf8_lossy(name).to_ascii_lowercase();
            names.extend((!is_allowed).then_some(name));
        });
        let mut seen = HashSet::new();
        let each_once = names.iter().filter(|name| seen.insert(name.as_str()));
        (each_once.cloned().collect(), read.is_some())
    }
}

/// Whether a list of header names has the wildcard.
fn has_any(names: &[u8]) -> bool {
    names.split(|&byte| byte == b',').any(|name| name == b"*")
}

/// Whether a message shows it whole.
fn is_short(text: &str) -> bool {
    text.len() <= super::text::KEPT
}

/// Whether a policy allows a name if it is listed, and nothing else, as the builder sees it.
fn can_be_added(name: &str) -> bool {
    let built = Policy::builder().allow_origins(["*"]).allow_headers([name]).build();
    is_short(name) && !name.contains('*') && built.is_ok_and(|policy| policy.idle().is_empty())
}
