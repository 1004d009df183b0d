//! What to do where nobody can know what was meant.

use super::Quoted;
use crate::origin::OriginFault;

/// To write the fix, if there is one; else the advice.
pub(super) fn or_write(fix: Option<&str>, advice: &str) -> String {
    fix.map_or_else(|| advice.to_owned(), |fix| format!("write {}", Quoted(fix)))
}

/// What to do about an origin that cannot be repaired.
pub(super) fn of_origin(value: &str, fault: OriginFault) -> &'static str {
    match fault {
        OriginFault::List => "write each origin as an item of its own",
        // No part of a name: characters without width, typographic quotes.
        OriginFault::NotAscii
            if value
                .chars()
                .all(|it| it.is_ascii() || matches!(it, '\u{200b}'..='\u{201f}' | '\u{feff}')) =>
        {
            "remove the characters that are not ASCII"
        }
        OriginFault::NotAscii | OriginFault::Punycode => {
            "write its ASCII (Punycode) form, as in \"https://xn--bcher-kva.example\""
        }
        OriginFault::Null => "leave it out and set `dangerously_allow_null_origin`",
        OriginFault::File => "leave it out and set `dangerously_allow_file_origin`",
        OriginFault::NotOfPages => "remove it",
        OriginFault::Ipv4 => "write four numbers from 0 to 255, as in \"http://127.0.0.1\"",
        OriginFault::Ipv6 => "write it compressed and in lower case, as in \"http://[::1]\"",
        OriginFault::ZoneId => "write the address without its zone",
        OriginFault::Port => "write a port from 1 to 65535, or `*` for any",
        OriginFault::Wildcard | OriginFault::WildcardUnderSuffix => {
            "write a pattern, as in \"https://*.a.example\", \"https://pr-*.a.example\" or \
             \"https://a.example:*\", or call `allow_origins_if`"
        }
        _ => "write scheme://host or scheme://host:port, as in \"https://a.example\"",
    }
}

/// The same about an own origin of the server, about which no predicate is asked.
pub(super) fn of_own_origin(value: &str, fault: OriginFault) -> &'static str {
    match fault {
        OriginFault::Wildcard | OriginFault::WildcardUnderSuffix => {
            "write a pattern, as in \"https://*.a.example\" or \"https://a.example:*\", or list the \
             server's origins"
        }
        _ => of_origin(value, fault),
    }
}
