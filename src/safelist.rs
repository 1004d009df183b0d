//! The Fetch Standard's fixed tables of methods and header names.

/// CORS-safelisted method: <https://fetch.spec.whatwg.org/#cors-safelisted-method>
pub(crate) fn is_safelisted_method(method: &[u8]) -> bool {
    matches!(method, b"GET" | b"HEAD" | b"POST")
}

/// Forbidden method, in any case: <https://fetch.spec.whatwg.org/#forbidden-method>
pub(crate) fn is_forbidden_method(method: &[u8]) -> bool {
    ["CONNECT", "TRACE", "TRACK"]
        .iter()
        .any(|forbidden| method.eq_ignore_ascii_case(forbidden.as_bytes()))
}

/// The methods of RFC 9110 and PATCH, which scripts may use.
///
/// <https://www.rfc-editor.org/rfc/rfc9110#section-9.3>,
/// <https://www.rfc-editor.org/rfc/rfc5789>
pub(crate) const STANDARD_METHODS: [&str; 7] =
    ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"];

/// Forbidden request-header, for a name in lower case:
/// <https://fetch.spec.whatwg.org/#forbidden-request-header>
pub(crate) fn is_forbidden_request_header(name: &str) -> bool {
    const FORBIDDEN: [&str; 21] = [
        "accept-charset",
        "accept-encoding",
        "access-control-request-headers",
        "access-control-request-method",
        "connection",
        "content-length",
        "cookie",
        "cookie2",
        "date",
        "dnt",
        "expect",
        "host",
        "keep-alive",
        "origin",
        "referer",
        "set-cookie",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "via",
    ];
    FORBIDDEN.contains(&name) || name.starts_with("proxy-") || name.starts_with("sec-")
}

/// Forbidden response-header name, for a name in lower case:
/// <https://fetch.spec.whatwg.org/#forbidden-response-header-name>
pub(crate) fn is_forbidden_response_header(name: &str) -> bool {
    matches!(name, "set-cookie" | "set-cookie2")
}

/// CORS-safelisted response-header name, for a name in lower case:
/// <https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name>
pub(crate) fn is_safelisted_response_header(name: &str) -> bool {
    matches!(
        name,
        "cache-control"
            | "content-language"
            | "content-length"
            | "content-type"
            | "expires"
            | "last-modified"
            | "pragma"
    )
}

/// Whether a field, its name in lower case, says something of a request only, so that no
/// response has one to expose. `authorization` is not here: login services answer with it. Nor is `range`:
/// registries of container images, and stores that resume uploads, answer with it.
///
/// RFC 9110, <https://www.rfc-editor.org/rfc/rfc9110#section-10.1>, its sections 7.2, 11.6.2,
/// 12.5 and 13.1; RFC 6265; RFC 6455; Client Hints; Fetch.
pub(crate) fn is_request_only(name: &str) -> bool {
    const REQUEST_ONLY: [&str; 23] = [
        "accept-charset",
        "accept-language",
        "access-control-request-headers",
        "access-control-request-method",
        "cookie",
        "cookie2",
        "dnt",
        "expect",
        "from",
        "host",
        "if-match",
        "if-modified-since",
        "if-none-match",
        "if-range",
        "if-unmodified-since",
        "max-forwards",
        "origin",
        "proxy-authorization",
        "referer",
        "sec-websocket-key",
        "te",
        "upgrade-insecure-requests",
        "user-agent",
    ];
    REQUEST_ONLY.contains(&name) || name.starts_with("sec-fetch-") || name.starts_with("sec-ch-")
}

/// CORS non-wildcard request-header name:
/// <https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name>
pub(crate) const NON_WILDCARD_REQUEST_HEADER: &str = "authorization";

/// Whether the bytes are a token: <https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2>
pub(crate) fn is_token(bytes: &[u8]) -> bool {
    // token = 1*tchar
    let is_tchar = |byte: &u8| TCHARS.get(usize::from(*byte)) == Some(&true);
    !bytes.is_empty() && bytes.iter().all(is_tchar)
}

/// Whether each byte may stand in a token: a look-up takes less than half of what comparisons do.
static TCHARS: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    let mut entries: &mut [bool] = &mut table;
    while let [entry, others @ ..] = entries {
        *entry = is_tchar(byte);
        byte = byte.wrapping_add(1);
        entries = others;
    }
    table
};

const fn is_tchar(byte: u8) -> bool {
    // tchar = "!" / "#" / "$" / "%" / "&" / "'" / "*" / "+" / "-" / "." /
    //         "^" / "_" / "`" / "|" / "~" / DIGIT / ALPHA
    match byte {
        b'!' | b'#'..=b'\'' | b'*' | b'+' | b'-' | b'.' | b'^'..=b'`' | b'|' | b'~' => true,
        _ => byte.is_ascii_alphanumeric(),
    }
}
