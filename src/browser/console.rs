//! What the consoles of the shipped browsers say of a fetch that is blocked, and what the standard says.

use std::fmt;

use http::StatusCode;
use url::Url;

use super::{AnswerKind, Blocked, Mode, ResponseType, UserAgent, mime::is_token, request::Request};

/// A fetch that is blocked, as a console tells of it.
pub(super) struct Failed<'a> {
    /// The last one.
    pub(super) request: &'a Request,
    /// Without fragment.
    pub(super) first_url: &'a Url,
    /// The status of the last response.
    pub(super) status: Option<StatusCode>,
    pub(super) blocked: &'a Blocked,
}

impl Failed<'_> {
    /// The sentence of the user agent; the standard's if it has none that is known.
    pub(super) fn on_the_console_of(&self, user_agent: UserAgent) -> String {
        let own = match user_agent {
            UserAgent::Standard => None,
            UserAgent::Chromium => self.of_chromium(),
            UserAgent::Firefox => self.of_firefox(),
            UserAgent::WebKit => self.of_webkit(),
        };
        own.unwrap_or_else(|| Algorithm(self.blocked).to_string())
    }

    /// Whether a redirect to the URL would be under the CORS protocol.
    fn crosses_to(&self, url: &str) -> bool {
        let is_own = Url::parse(url).is_ok_and(|url| self.request.origin.is_same_origin(&url));
        self.request.mode == Mode::Cors && (self.request.tainting == ResponseType::Cors || !is_own)
    }

    /// Chromium: `third_party/blink/renderer/platform/loader/cors/cors_error_string.cc`.
    fn of_chromium(&self) -> Option<String> {
        let reason = match self.blocked {
            Blocked::AllowOriginMissing { .. } => {
                "No 'Access-Control-Allow-Origin' header is present on the requested resource.".to_owned()
            }
            Blocked::AllowOriginMismatch { value, .. } if value.contains([' ', ',']) => format!(
                "The 'Access-Control-Allow-Origin' header contains multiple values '{value}', but only one is allowed. Have the server send the header with a valid value."
            ),
            Blocked::AllowOriginMismatch { value, .. }
                if value != "null" && Url::parse(value).is_err() =>
            format!(
                "The 'Access-Control-Allow-Origin' header contains the invalid value '{value}'. Have the server send the header with a valid value."
            ),
            Blocked::AllowOriginMismatch { value, .. } => format!(
                "The 'Access-Control-Allow-Origin' header has a value '{value}' that is not equal to the supplied origin. Have the server send the header with a valid value."
            ),
            Blocked::AllowOriginWildcard { .. } => {
                "The value of the 'Access-Control-Allow-Origin' header in the response must not be the wildcard '*' when the request's credentials mode is 'include'."
                    .to_owned()
            }
            Blocked::AllowCredentials { value, .. } => format!(
                "The value of the 'Access-Control-Allow-Credentials' header in the response is '{}' which must be 'true' when the request's credentials mode is 'include'.",
                value.as_deref().unwrap_or_default()
            ),
            Blocked::PreflightStatus { .. } => "It does not have HTTP ok status.".to_owned(),
            Blocked::MalformedList { field, .. } => {
                format!("Cannot parse {} response header field in preflight response.", Title(field.as_str()))
            }
            Blocked::Method { method, .. } => format!(
                "Method {method} is not allowed by Access-Control-Allow-Methods in preflight response."
            ),
            Blocked::Header { name, .. } => format!(
                "Request header field {name} is not allowed by Access-Control-Allow-Headers in preflight response."
            ),
            Blocked::RedirectCredentials { url, .. } if self.crosses_to(url) => {
                "Redirect location '' contains a username and password, which is disallowed for cross-origin requests."
                    .to_owned()
            }
            _ => return None,
        };
        let answer = self.blocked.answer()?;
        let is_named = matches!(
            self.blocked,
            Blocked::Method { .. } | Blocked::Header { .. } | Blocked::MalformedList { .. }
        );
        let start = match answer.kind() {
            AnswerKind::Preflight if !is_named => {
                "Response to preflight request doesn't pass access control check: "
            }
            _ => "",
        };
        let redirected = match self.first_url.as_str() {
            first if first == answer.url() => String::new(),
            first => format!(" (redirected from '{first}')"),
        };
        Some(format!(
            "Access to fetch at '{}'{redirected} from origin '{}' has been blocked by CORS policy: {start}{reason}",
            answer.url(),
            self.request.origin.serialize(),
        ))
    }

    /// Firefox: `dom/locales/en-US/chrome/security/security.properties`.
    fn of_firefox(&self) -> Option<String> {
        const START: &str = "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at";
        let reason = match self.blocked {
            Blocked::AllowOriginMissing { .. } => {
                "CORS header ‘Access-Control-Allow-Origin’ missing".to_owned()
            }
            Blocked::AllowOriginMismatch { value, .. } => {
                format!("CORS header ‘Access-Control-Allow-Origin’ does not match ‘{value}’")
            }
            Blocked::AllowOriginWildcard { .. } => {
                "Credential is not supported if the CORS header ‘Access-Control-Allow-Origin’ is ‘*’".to_owned()
            }
            Blocked::AllowCredentials { .. } => {
                "expected ‘true’ in CORS header ‘Access-Control-Allow-Credentials’".to_owned()
            }
            Blocked::PreflightStatus { .. } => "CORS preflight response did not succeed".to_owned(),
            Blocked::Method { .. } => {
                "Did not find method in CORS header ‘Access-Control-Allow-Methods’".to_owned()
            }
            Blocked::Header { name, .. } => format!(
                "header ‘{name}’ is not allowed according to header ‘Access-Control-Allow-Headers’ from CORS preflight response"
            ),
            Blocked::MalformedList { field, value, .. } => {
                let elements = value.split(',').map(|element| element.trim_matches([' ', '\t']));
                let bad = elements.filter(|it| !it.is_empty()).find(|it| !is_token(it));
                let field = Title(field.as_str());
                format!("invalid token ‘{}’ in CORS header ‘{field}’", bad.unwrap_or_default())
            }
            Blocked::Scheme { url, redirected_from: Some(_) } => {
                return Some(format!("{START} {url}. (Reason: CORS request not http)."));
            }
            Blocked::ServiceFailed { url, .. } => {
                return Some(format!(
                    "{START} {url}. (Reason: CORS request did not succeed). Status code: (null)."
                ));
            }
            _ => return None,
        };
        let has_status = matches!(
            self.blocked,
            Blocked::AllowOriginMissing { .. } | Blocked::PreflightStatus { .. }
        );
        let status = match self.status {
            Some(status) if has_status => format!(" Status code: {}.", status.as_u16()),
            _ => String::new(),
        };
        let url = self.blocked.answer()?.url();
        // Of one message alone the URL is quoted.
        let url = match self.blocked {
            Blocked::AllowOriginWildcard { .. } => format!("‘{url}’"),
            _ => url.to_owned(),
        };
        Some(format!("{START} {url}. (Reason: {reason}).{status}"))
    }

    /// `WebKit`: `Source/WebCore/loader/CrossOriginAccessControl.cpp`.
    fn of_webkit(&self) -> Option<String> {
        let status = self.status.map(|status| status.as_u16()).unwrap_or_default();
        Some(match self.blocked {
            Blocked::AllowOriginMissing { .. } | Blocked::AllowOriginMismatch { .. } => format!(
                "Origin {} is not allowed by Access-Control-Allow-Origin. Status code: {status}",
                self.request.origin.serialize()
            ),
            Blocked::AllowOriginWildcard { .. } => {
                "Cannot use wildcard in Access-Control-Allow-Origin when credentials flag is true."
                    .to_owned()
            }
            Blocked::AllowCredentials { .. } => {
                "Credentials flag is true, but Access-Control-Allow-Credentials is not \"true\"."
                    .to_owned()
            }
            Blocked::PreflightStatus { .. } => {
                format!("Preflight response is not successful. Status code: {status}")
            }
            Blocked::Method { method, .. } => {
                format!("Method {method} is not allowed by Access-Control-Allow-Methods.")
            }
            Blocked::Header { name, .. } => {
                format!(
                    "Request header field {name} is not allowed by Access-Control-Allow-Headers."
                )
            }
            _ => return None,
        })
    }
}

/// The name of a header as messages write it: `Access-Control-Allow-Methods`.
struct Title<'a>(&'a str);

impl fmt::Display for Title<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, word) in self.0.split('-').enumerate() {
            let (first, rest) = word.split_at_checked(1).unwrap_or((word, ""));
            let hyphen = if index == 0 { "" } else { "-" };
            write!(f, "{hyphen}{}{rest}", first.to_ascii_uppercase())?;
        }
        Ok(())
    }
}

/// Which algorithm of the standard ends in a network error.
struct Algorithm<'a>(&'a Blocked);

impl fmt::Display for Algorithm<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, anchor) = match self.0 {
            Blocked::AllowOriginMissing { .. }
            | Blocked::AllowOriginMismatch { .. }
            | Blocked::AllowOriginWildcard { .. }
            | Blocked::AllowCredentials { .. }
            | Blocked::VaryMissing { .. } => ("the CORS check", "concept-cors-check"),
            Blocked::PreflightStatus { .. }
            | Blocked::MalformedList { .. }
            | Blocked::Method { .. }
            | Blocked::Header { .. } => ("the CORS-preflight fetch", "cors-preflight-fetch-0"),
            Blocked::RedirectLocation { .. }
            | Blocked::RedirectCredentials { .. }
            | Blocked::TooManyRedirects { .. } => {
                ("the HTTP-redirect fetch", "concept-http-redirect-fetch")
            }
            Blocked::RedirectDisallowed { .. } => ("the HTTP fetch", "concept-http-fetch"),
            Blocked::NotSameOrigin { .. } | Blocked::RedirectMode { .. } => {
                ("the main fetch", "concept-main-fetch")
            }
            Blocked::Scheme { .. } => ("the scheme fetch", "concept-scheme-fetch"),
            Blocked::ProxyAuthentication { .. }
            | Blocked::UrlTooLong { .. }
            | Blocked::ServiceFailed { .. } => {
                ("the HTTP-network-or-cache fetch", "concept-http-network-or-cache-fetch")
            }
        };
        write!(f, "network error in {name}, https://fetch.spec.whatwg.org/#{anchor}")
    }
}
