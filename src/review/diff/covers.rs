//! Which requests a change is about.

use http::Method;
use http::header::ACCESS_CONTROL_REQUEST_METHOD;

use super::change::{About, Change};
use super::claim::Fact;
use super::origins::{ANY, set_of};
use super::witness::requested_names;
use crate::request::{Field, RequestHead, RequestKind};

impl Change {
    /// Whether the change is about a request, so that policies may decide differently on it for this reason.
    ///
    /// It may also be about requests that are decided alike, for another reason. What could not be
    /// compared is about every request.
    #[must_use]
    pub fn covers<'a>(&self, head: impl Into<RequestHead<'a>>) -> bool {
        let head = head.into();
        let kind = head.classify();
        // Without tables one path is as good as another.
        #[cfg(feature = "routes")]
        if !covers_path(self, head.uri().path()) {
            return false;
        }
        kind != RequestKind::Plain
            && (self.whom.is_empty() || self.covers_origin(head))
            && match &self.about {
                About::Facts(facts) => facts.iter().any(|fact| self.covers_fact(fact, kind, head)),
                About::LeftAlone | About::Predicates(_) | About::TooMany => true,
            }
    }

    fn covers_origin(&self, head: RequestHead<'_>) -> bool {
        self.origins().any(|text| text == ANY)
            || head
                .origin()
                .and_then(Field::once)
                .is_some_and(|origin| set_of(self.origins()).contains(origin.as_bytes()))
    }

    fn covers_fact(&self, fact: &Fact, kind: RequestKind, head: RequestHead<'_>) -> bool {
        let is_preflight = kind == RequestKind::Preflight;
        let requested = head.headers().get(ACCESS_CONTROL_REQUEST_METHOD);
        let method = match requested.filter(|_| is_preflight) {
            Some(method) => method.as_bytes(),
            // A WebSocket over HTTP/2 is opened as by GET.
            None if *head.method() == Method::CONNECT => b"GET",
            None => head.method().as_str().as_bytes(),
        };
        let is_of = |value: &String| value == ANY || value.as_bytes() == method;
        let is_for = self.methods.is_empty() || self.methods.iter().any(is_of);
        let mut names = requested_names(head.headers());
        match fact {
            Fact::Admitted { .. } => true,
            Fact::Method(value) => is_of(value),
            Fact::Response(value) => !is_preflight && is_of(value),
            Fact::Credentials => is_for,
            Fact::Exposed(_) => !is_preflight && is_for,
            Fact::MaxAge(..) => is_preflight && is_for,
            Fact::Header(element) => {
                is_preflight && is_for && names.any(|name| is_name_of(element, &name))
            }
            Fact::Together(_) => is_preflight && is_for && names.nth(1).is_some(),
        }
    }
}

#[cfg(feature = "routes")]
fn covers_path(change: &Change, path: &str) -> bool {
    if change.is_ambiguous {
        return !super::paths::is_plain(path);
    }
    change.paths.is_empty() || change.paths().any(|route| super::paths::matches(route, path))
}

fn is_name_of(element: &str, name: &str) -> bool {
    match element.strip_suffix('*') {
        Some(prefix) => name.starts_with(prefix),
        None => name == element,
    }
}
