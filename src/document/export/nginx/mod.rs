//! nginx: a file of maps, which decides, and a file that sends what they have decided.
//!
//! A header with an empty value is not sent, so that the second file sends all, and the maps say which of them are empty. They
//! are asked in this order: what the path has, the origin, whether it is a preflight, the method, the names, and what follows.

mod conditions;
mod maps;

use std::fmt::Write;

use self::maps::Maps;
use super::table::Table;
use super::warning::Warnings;
use crate::policy::decision::CORS_HEADERS;

const HTTP_COMMENT: &str = "\
# For the context http of nginx: include this file there, and the other one, of the target nginx-server, in a server or a
# location. Variables of one policy begin with its name, so that several policies can be included, each with a name of its own:
# of two that have the same, the log_format below stands twice, and nginx does not start.
# Paths are taken as they were sent, without the query.
";

const SERVER_COMMENT: &str = "\
# For a server or a location of nginx: include this file there, and the one with the maps in the context http. It answers
# preflights, and depends on nothing but the name of the policy.
# nginx by itself drops what is added or hidden here in every block inside that has an add_header, or a proxy_hide_header, of
# its own: include this file there, too. It answers 400 by itself to methods with other characters than A-Z, - and _.
";

pub(super) fn http(table: &Table<'_>, warnings: &mut Warnings) -> String {
    let prefix = prefix(table.name);
    let maps = Maps::new(table, &prefix, warnings);
    format!("{HTTP_COMMENT}log_format {prefix}once \"\";\n{maps}")
}

pub(super) fn server(table: &Table<'_>) -> String {
    let prefix = prefix(table.name);
    let mut text = SERVER_COMMENT.to_owned();
    let mut line = |line: std::fmt::Arguments<'_>| {
        let _infallible = writeln!(text, "{line}");
    };
    for status in [204, 403] {
        line(format_args!("if (${prefix}status = {status}) {{ return {status}; }}"));
    }
    for (header, variable) in SENT {
        line(format_args!("add_header {header} ${prefix}{variable} always;"));
    }
    line(format_args!("# The headers of the backend, of whatever kind it is."));
    for header in &CORS_HEADERS {
        let kinds = ["proxy", "fastcgi", "uwsgi", "scgi", "grpc"];
        let hide = kinds.map(|kind| format!("{kind}_hide_header {header};"));
        line(format_args!("{}", hide.join(" ")));
    }
    text
}

/// What is sent, and the variable that has it.
const SENT: [(&str, &str); 7] = [
    ("Access-Control-Allow-Origin", "allow_origin"),
    ("Access-Control-Allow-Credentials", "allow_credentials"),
    ("Access-Control-Expose-Headers", "expose_headers"),
    ("Access-Control-Allow-Methods", "allow_methods"),
    ("Access-Control-Allow-Headers", "allow_headers"),
    ("Access-Control-Max-Age", "max_age"),
    ("Vary", "vary"),
];

/// A longer variable has no room in the tables of nginx.
const LONGEST_PREFIX: usize = 27;

/// What the variables of a policy begin with. Different names make different ones: nginx does not tell upper case from lower,
/// and has no other characters than these.
fn prefix(name: &str) -> String {
    let mut written = String::from("cors_");
    for byte in name.bytes() {
        if byte.is_ascii_lowercase() || byte.is_ascii_digit() {
            written.push(char::from(byte));
        } else {
            let _infallible = write!(written, "_{byte:02x}");
        }
    }
    if written.len() > LONGEST_PREFIX {
        written = format!("cors_{:016x}", hash(name));
    }
    written + "__"
}

/// FNV-1a, which is the same in every version of Rust.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
