//! What can be wrong with an origin.

use std::fmt;

/// Why a text is not a serialized origin, or not a pattern of origins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OriginFault {
    /// The empty string.
    Empty,
    /// Space, tab or another control character, within or around: `" https://a.example"`.
    WhiteSpace,
    /// Several origins in one string: `https://a.example,https://b.example`.
    List,
    /// A character outside of ASCII: `https://bücher.example`.
    NotAscii,
    /// No scheme: `a.example`.
    NoScheme,
    /// A scheme with a character that none may have, without a letter, or over 64 octets: `ht_tp://a.example`.
    Scheme,
    /// An upper-case letter in the scheme: `HTTPS://a.example`.
    SchemeUpperCase,
    /// The scheme `file`. Browsers send `null` for its pages, some web views `file://`.
    File,
    /// A scheme under which there are no pages: `wss://a.example`, `ftp://a.example`.
    NotOfPages,
    /// `null`, the serialization of every opaque origin.
    Null,
    /// User information: `https://user@a.example`.
    UserInfo,
    /// A path, be it only a slash: `https://a.example/`.
    Path,
    /// A query: `https://a.example?q`.
    Query,
    /// A fragment: `https://a.example#f`.
    Fragment,
    /// No host: `https://`; under other schemes, none before a port: `app://:80`.
    HostEmpty,
    /// A character that no host may have: `https://a%60.example`.
    HostCharacter,
    /// An upper-case letter in a host under `http` or `https`: `https://A.example`.
    HostUpperCase,
    /// A host of over 253 octets.
    HostTooLong,
    /// A label, the part between two dots, of over 63 octets.
    LabelTooLong,
    /// An empty label: `https://a..example`, `https://.a.example`.
    LabelEmpty,
    /// An IPv4 address in any form but dotted decimal, or out of range: `http://127.1`.
    Ipv4,
    /// An IPv6 address not as the URL Standard serializes it: `http://[::0001]`.
    Ipv6,
    /// An IPv6 address with a zone: `http://[fe80::1%25eth0]`.
    ZoneId,
    /// A label that begins with `xn--` and that no browser sends, since it is not the ASCII form of a
    /// label in Unicode: `https://xn--a.example`.
    Punycode,
    /// A port that is not a number from 1 to 65535 without leading zeros.
    Port,
    /// The default port of the scheme: `https://a.example:443`.
    DefaultPort,
    /// Over 326 octets, so that it is not even read.
    TooLong,
    /// A `*` where none can stand: `https://a.*.example`, `https://*`.
    Wildcard,
    /// A `*` within a label directly under the suffix of a registry, so that the domains of strangers
    /// match: `https://*example.com` is for `https://evilexample.com`, too.
    WildcardUnderSuffix,
}

impl fmt::Display for OriginFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "is empty",
            Self::WhiteSpace => "has white space or a control character",
            Self::List => "is a list in one string",
            Self::NotAscii => "is not ASCII",
            Self::NoScheme => "has no scheme",
            Self::Scheme => "has a malformed scheme",
            Self::SchemeUpperCase => "has an upper-case scheme",
            Self::File => "stands for every local file, and only some web views send it",
            Self::Null => "stands for every opaque origin, sandboxed pages of attackers too",
            Self::NotOfPages => "has a scheme under which there are no pages",
            Self::UserInfo => "has user information",
            Self::Path => "has a path",
            Self::Query => "has a query",
            Self::Fragment => "has a fragment",
            Self::HostEmpty => "has no host",
            Self::HostCharacter => "has a character that no host may have",
            Self::HostUpperCase => "has an upper-case host",
            Self::HostTooLong => "has a host of over 253 octets",
            Self::LabelTooLong => "has a label of over 63 octets",
            Self::LabelEmpty => "has an empty label",
            Self::Ipv4 => "has an IPv4 address that is not dotted decimal",
            Self::Ipv6 => "has an IPv6 address that is not as browsers serialize it",
            Self::ZoneId => "has an IPv6 zone, which no origin has",
            Self::Punycode => "has an `xn--` label that no browser sends",
            Self::Port => "has a port that is not a number from 1 to 65535",
            Self::DefaultPort => "names the default port",
            Self::TooLong => "has over 326 octets",
            Self::Wildcard => "has a `*` where none can stand",
            Self::WildcardUnderSuffix => {
                "has a `*` beside the name of a domain, so that the domains of strangers match"
            }
        })
    }
}

impl std::error::Error for OriginFault {}
