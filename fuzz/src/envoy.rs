//! What Envoy answers with a virtual host, or a part of one: its choice of a route, and its filter for CORS.
//!
//! <https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/route/v3/route_components.proto>
//! <https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/filters/http/cors/v3/cors.proto>

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;

use http::{HeaderMap, HeaderName, HeaderValue};
use regex::Regex;
use serde_json::Value;

use crate::sent::Sent;

/// A virtual host, and its expressions, once they were asked for.
pub(crate) struct Host {
    whole: Value,
    compiled: RefCell<HashMap<String, Regex>>,
}

impl Host {
    pub(crate) fn new(whole: Value) -> Self {
        Self { whole, compiled: RefCell::default() }
    }

    /// What a page may go by: nothing if the origin, or a preflight's method or names, are not allowed.
    pub(crate) fn answer(&self, path: &str, sent: &Sent) -> Option<HeaderMap> {
        let chosen = match self.whole["routes"].as_array() {
            Some(routes) => {
                routes.iter().find(|route| self.is_for(&route["match"], path, &sent.origin))?
            }
            None => &self.whole,
        };
        let policy = &chosen["typed_per_filter_config"]["envoy.filters.http.cors"];
        let mut origins = policy["allow_origin_string_match"].as_array()?.iter();
        origins.find(|origin| origin["exact"] == "*" || self.is_match(origin, &sent.origin))?;
        let text = |key: &str| policy[key].as_str().unwrap_or_default();
        if let Some(names) = &sent.names {
            let is_any = |list: &str| list == "*";
            let methods = text("allow_methods");
            let is_simple = ["GET", "HEAD", "POST"].contains(&&*sent.method);
            let is_listed = methods.split(',').any(|method| method == sent.method);
            if !(is_simple || is_any(methods) || is_listed) {
                return None;
            }
            let headers = text("allow_headers");
            let is_allowed = |name: &String| {
                let mut listed = headers.split(',');
                // Beside others, a `*` is what is sent, and stands for all but `authorization`.
                let is_wild =
                    listed.clone().any(|it| it == "*") && policy["allow_credentials"] != true;
                listed.any(|it| it.eq_ignore_ascii_case(name))
                    || is_wild && !name.eq_ignore_ascii_case("authorization")
            };
            if !is_any(headers) && !names.iter().all(is_allowed) {
                return None;
            }
        }
        let mut told = HeaderMap::new();
        if policy["allow_credentials"] == true {
            let name = HeaderName::from_static("access-control-allow-credentials");
            told.insert(name, HeaderValue::from_static("true"));
        }
        if sent.names.is_none() && !text("expose_headers").is_empty() {
            let names = HeaderValue::from_str(text("expose_headers")).expect("names");
            told.insert(HeaderName::from_static("access-control-expose-headers"), names);
        }
        Some(told)
    }

    fn is_for(&self, wanted: &Value, path: &str, origin: &str) -> bool {
        let is_path = match (wanted["path"].as_str(), wanted["prefix"].as_str()) {
            (Some(whole), _) => whole == path,
            (_, Some(prefix)) => path.starts_with(prefix),
            _ => self.is_match(wanted, path),
        };
        let headers = wanted["headers"].as_array().map_or(&[][..], Vec::as_slice);
        let has = |header: &Value| {
            let value = if header["name"] == ":path" { path } else { origin };
            self.is_match(&header["string_match"], value) != (header["invert_match"] == true)
        };
        is_path && headers.iter().all(has)
    }

    /// An expression stands for the whole text.
    fn is_match(&self, matcher: &Value, text: &str) -> bool {
        if let Some(exact) = matcher["exact"].as_str() {
            return exact == text;
        }
        let Some(regex) = matcher["safe_regex"]["regex"].as_str() else { return false };
        let mut compiled = self.compiled.borrow_mut();
        let compile = || Regex::new(&format!("^(?:{regex})$")).expect("a regex");
        compiled.entry(regex.to_owned()).or_insert_with(compile).is_match(text)
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#}", self.whole)
    }
}
