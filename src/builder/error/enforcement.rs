//! What is said of an enforcement.

use std::fmt;

use super::{PolicyError, Quoted, advice};

/// Writes the message of an error of an enforcement.
pub(super) fn write(error: &PolicyError, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut say = |subject: &str, value: &str, wrong: &str, fix: &str| {
        write!(f, "{subject} {} {wrong}; {fix}", Quoted(value))
    };
    let fix = |fix: &Option<String>, advice: &str| advice::or_write(fix.as_deref(), advice);
    match error {
        PolicyError::OpenOwnOrigin { value } => {
            say("origin", value, "cannot be the server's own", "list its origins")
        }
        PolicyError::OwnOrigin { value, fault, fix: meant } => {
            let advice = advice::of_own_origin(value, *fault);
            say("origin", value, &fault.to_string(), &fix(meant, advice))
        }
        PolicyError::PublicSuffixOwnOrigin { value } => say(
            "origin",
            value,
            "stands for names that strangers may have, and cannot be the server's own",
            OWN_ORIGIN_ADVICE,
        ),
        PolicyError::PublicSuffixHost { value } => say(
            "host",
            value,
            "stands for names that strangers may have, and cannot be the server's own",
            HOST_ADVICE,
        ),
        PolicyError::NoHosts => f.write_str("no host is allowed; give `hosts` at least one"),
        PolicyError::AnyHost { value } => {
            say("host", value, "is any host, which refuses nothing", "leave `hosts` out")
        }
        PolicyError::HostNetwork { value } => say(
            "host",
            value,
            "is a network, and requests name a host",
            "list the hosts, or give the paths of probes to `any_host_for`",
        ),
        PolicyError::Host { value, fix: meant } => {
            let advice = "write host, host:port or host:*, as in \"localhost:*\"";
            say("host", value, "is not as requests name it", &fix(meant, advice))
        }
        PolicyError::PathNotExact { value, fix: meant } => {
            let advice = "write each path by itself, as in \"/health\"";
            say("path", value, "is not one exact path", &fix(meant, advice))
        }
        PolicyError::UnusedAnyHostFor => f.write_str(
            "`any_host_for` exempts paths from `hosts`, and there is none; give `hosts`, or remove it",
        ),
        PolicyError::EnforcedForNobody => f.write_str(
            "`enforce` cannot be combined with a policy that is open to any origin, since it denies \
             nobody; list the origins",
        ),
        // The others say themselves.
        _ => Ok(()),
    }
}

const HOST_ADVICE: &str = if cfg!(feature = "public-suffix") {
    "list the server's hosts"
} else {
    "list the server's hosts, or enable the feature `public-suffix`"
};

/// Without the list of public suffixes, every pattern may be over one.
const OWN_ORIGIN_ADVICE: &str = if cfg!(feature = "public-suffix") {
    "list the server's origins"
} else {
    "list the server's origins, or enable the feature `public-suffix`"
};
