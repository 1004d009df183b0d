//! What a page's browser is told of a preflight that is denied after its origin: which step failed, and
//! nothing with which it would go on. <https://fetch.spec.whatwg.org/#cors-preflight-fetch>

use tower_cors::Denial;

use super::{
    Config, Line, Request, allows_name, elements, grant_method, is_forbidden, is_safelisted,
    is_token, line, share, values,
};

/// All but what is denied; nothing, if the answer is 403 without a CORS header.
pub(super) fn answer(config: &Config, request: &Request, denial: Denial) -> Option<Vec<Line>> {
    let mut lines = share_if_known(config, request)?;
    let [method] = values(&request.lines, "access-control-request-method")[..] else {
        return None;
    };
    match denial {
        // No browser asks for these; and it sends a safelisted method though none is named.
        Denial::MethodNotAllowed if !is_token(method) || is_forbidden(method) => None,
        Denial::MethodNotAllowed if is_safelisted(method) || method.len() > 4096 => None,
        // Were no method named, a preflight for the listeners of an upload would succeed.
        Denial::MethodNotAllowed => {
            lines.push(line("access-control-allow-methods", b"GET"));
            Some(lines)
        }
        Denial::HeaderNotAllowed => {
            let allowed = allowed_names(config, request)?;
            lines.extend(grant_method(config, request));
            if !allowed.is_empty() {
                lines.push(line("access-control-allow-headers", &allowed.join(&b',')));
            }
            Some(lines)
        }
        _ => None,
    }
}

/// To an origin that is written once, or to any.
fn share_if_known(config: &Config, request: &Request) -> Option<Vec<Line>> {
    let origins = values(&request.lines, "origin");
    (origins.len() == 1 || config.origins.contains(&"*")).then(|| share(config, request))
}

/// The names that are allowed, as they were written, of a list that is sound to its end. `*` would say more
/// than a name.
fn allowed_names(config: &Config, request: &Request) -> Option<Vec<Vec<u8>>> {
    let asked = elements(&values(&request.lines, "access-control-request-headers"));
    let (empty, names): (Vec<_>, Vec<_>) = asked.into_iter().partition(Vec::is_empty);
    if empty.len() > 16 || !names.iter().all(|name| is_token(name)) {
        return None;
    }
    Some(names.into_iter().filter(|name| allows_name(config, name) && name != b"*").collect())
}
