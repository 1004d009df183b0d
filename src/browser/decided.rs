//! Which line of the last response decided what script gets.

use http::{
    HeaderName,
    header::{
        ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS,
        ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN, LOCATION, VARY,
    },
};

use super::{Blocked, Line, ResponseType, Visible};

/// The line; nothing if no response was checked.
pub(super) fn decisive_line(outcome: &Result<Visible, Blocked>) -> Option<Line> {
    let blocked = match outcome {
        Ok(visible) => {
            let is_checked = visible.kind() == ResponseType::Cors;
            return is_checked.then_some(Line::Header(ACCESS_CONTROL_ALLOW_ORIGIN));
        }
        Err(blocked) => blocked,
    };
    match blocked {
        Blocked::AllowOriginMissing { .. } => Some(Line::Missing(ACCESS_CONTROL_ALLOW_ORIGIN)),
        Blocked::AllowOriginMismatch { .. } | Blocked::AllowOriginWildcard { .. } => {
            Some(Line::Header(ACCESS_CONTROL_ALLOW_ORIGIN))
        }
        Blocked::AllowCredentials { value, .. } => {
            Some(line(ACCESS_CONTROL_ALLOW_CREDENTIALS, value.as_deref()))
        }
        Blocked::VaryMissing { .. } => Some(Line::Missing(VARY)),
        Blocked::PreflightStatus { .. }
        | Blocked::RedirectDisallowed { .. }
        | Blocked::ProxyAuthentication { .. } => Some(Line::Status),
        Blocked::MalformedList { field, .. } => Some(Line::Header(field.clone())),
        Blocked::Method { value, .. } => Some(line(ACCESS_CONTROL_ALLOW_METHODS, value.as_deref())),
        Blocked::Header { value, .. } => Some(line(ACCESS_CONTROL_ALLOW_HEADERS, value.as_deref())),
        Blocked::RedirectLocation { .. }
        | Blocked::RedirectCredentials { .. }
        | Blocked::TooManyRedirects { .. } => Some(Line::Header(LOCATION)),
        Blocked::NotSameOrigin { redirected_from, .. }
        | Blocked::Scheme { redirected_from, .. }
        | Blocked::UrlTooLong { redirected_from, .. } => {
            redirected_from.is_some().then_some(Line::Header(LOCATION))
        }
        Blocked::RedirectMode { .. } | Blocked::ServiceFailed { .. } => None,
    }
}

fn line(name: HeaderName, value: Option<&str>) -> Line {
    if value.is_some() { Line::Header(name) } else { Line::Missing(name) }
}
