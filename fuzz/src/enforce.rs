//! Enforcement, held to the table of the tests.
//!
//! An input has two parts. The first is a line of settings: `any`, `one`, `trusted` or `rules` for the policy; `own` if
//! own origins are given, `hosts` if a list of hosts is, `all` if safe requests are looked at, too. The second is the
//! head of a request: a line of its method and, perhaps, of the authority in its URI; and its fields.

use std::str;

use http::{HeaderValue, Method, Uri};
use tower_cors::Origin;

use crate::enforcement::subject::send;
use crate::enforcement::table::{Case, Expected, Kind, layer};
use crate::text::{Part, parts};

const METHOD: &str = "access-control-request-method";

pub fn check(input: &[u8]) -> Option<()> {
    let [settings, request] = parts(input)?;
    let settings: Vec<&str> = settings.words()?.collect();
    let has = |word| settings.contains(&word);
    let policy = match () {
        () if has("one") => Kind::One,
        () if has("trusted") => Kind::Trusted,
        () if has("rules") => Kind::Rules,
        () => Kind::Any,
    };
    // With any origin and own ones alone nothing would be enforced.
    let (own, hosts, all) = (has("own"), has("hosts"), has("all"));

    let mut words = request.words()?;
    let (method, in_uri) = (words.next()?, words.next());
    Method::from_bytes(method.as_bytes()).ok()?;
    if let Some(authority) = in_uri {
        let uri: Uri = format!("https://{authority}/").parse().ok()?;
        uri.authority().filter(|parsed| *parsed == authority && uri.path() == "/")?;
    }
    let (site, origin, host) =
        (lines(&request, "sec-fetch-site")?, lines(&request, "origin")?, lines(&request, "host")?);
    let has_field = |name| request.fields.iter().any(|(field, _)| *field == name);
    let parsed = match origin[..] {
        [origin] => Origin::parse(origin).ok().and_then(page),
        _ => None,
    };
    let named = named(in_uri, &host);
    let named: Option<Vec<_>> =
        named.as_ref().map(|all| all.iter().map(|(host, port)| (&**host, *port)).collect());
    let case = Case {
        site: &site,
        origin: (&origin, parsed),
        authorities: (in_uri, &host, named.as_deref()),
        method: (method, method == "OPTIONS" && has_field(METHOD)),
        upgrade: has_field("upgrade"),
        cookie: has_field("cookie"),
        own,
        hosts,
        all,
        policy,
    };
    let (response, ran) = send(&layer(own, hosts, all, policy), case.request());
    let (actual, expected) = (Expected::of(&response, ran), case.expected());
    assert_eq!(actual, expected, "{case:#?}");
    assert_eq!(response.headers().len(), expected.fields(), "{:?}", response.headers());
    Some(())
}

/// The values of a field, if they are texts that a header may have.
fn lines<'a>(request: &Part<'a>, name: &str) -> Option<Vec<&'a str>> {
    let lines = request.fields.iter().filter(|(field, _)| *field == name);
    let lines = lines.map(|(_, value)| {
        HeaderValue::from_bytes(value).ok()?;
        str::from_utf8(value).ok()
    });
    lines.collect()
}

/// Host and port of the server that a page is from. Whether the origin is sound is for the target `origin` to say.
fn page(origin: Origin<'_>) -> Option<(&str, u16)> {
    let default = match origin.scheme() {
        "http" => 80,
        "https" => 443,
        _ => return None,
    };
    Some((origin.host(), origin.port().unwrap_or(default)))
}

/// A host in lower case, and its port if one is named.
type Named = (String, Option<u16>);

/// Whom the request is for, by its URI and by its one `Host`, if all of that is sound.
fn named(in_uri: Option<&str>, hosts: &[&str]) -> Option<Vec<Named>> {
    if hosts.len() > 1 || in_uri.is_none() && hosts.is_empty() {
        return None;
    }
    in_uri.iter().chain(hosts).map(|authority| read_authority(authority)).collect()
}

/// `uri-host [ ":" port ]`: <https://www.rfc-editor.org/rfc/rfc9110#section-7.2>
fn read_authority(text: &str) -> Option<Named> {
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, port),
        _ => (text, ""),
    };
    let is_sound = match host.strip_prefix('[') {
        Some(address) => {
            address.strip_suffix(']')?.chars().all(|c| c.is_ascii_hexdigit() || ":.".contains(c))
        }
        None => host.chars().all(|c| c.is_ascii_alphanumeric() || "-._".contains(c)),
    };
    if host.is_empty() || !is_sound {
        return None;
    }
    let number = match port {
        "" => None,
        _ => Some(port.parse::<u16>().ok().filter(|it| *it > 0 && it.to_string() == port)?),
    };
    Some((host.to_lowercase(), number))
}
