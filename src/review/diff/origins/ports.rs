//! The ports at which patterns stand for a host.

use std::collections::BTreeSet;

use super::Whom;
use crate::origin::place::Port;

/// The ports at which some patterns stand for a host.
#[derive(Clone, Debug, Default)]
pub(super) struct Ports<'a> {
    /// Those that are written; the empty one is that of an origin without a port.
    written: BTreeSet<&'a str>,
    /// Whether a pattern is for all.
    pub(super) any: bool,
}

impl<'a> Ports<'a> {
    pub(super) fn add(&mut self, port: Port<'a>) {
        match port {
            Port::Written(port) => _ = self.written.insert(port),
            Port::Any | Port::Either => self.any = true,
        }
    }

    pub(super) fn extend(&mut self, other: &Self) {
        self.written.extend(&other.written);
        self.any |= other.any;
    }

    /// The host with each port, and with one that stands for all others if there is a pattern for them: how
    /// it is told, and as an origin.
    pub(super) fn of<'b>(
        &'b self,
        scheme: &'b str,
        (text, host): (&'b str, &'b str),
    ) -> impl Iterator<Item = Whom> + 'b {
        let written =
            self.written.iter().map(|port| with_colon(port)).map(|port| (port.clone(), port));
        let other = self.any.then(|| (":*".to_owned(), with_colon(&self.other())));
        written.chain(other).map(move |(told, port)| Whom {
            text: format!("{scheme}://{text}{told}"),
            origin: format!("{scheme}://{host}{port}"),
        })
    }

    /// None if that is not written, or else one that is not.
    fn other(&self) -> String {
        let unusual = (8443..=u16::MAX).chain(1024..8443).map(|port| port.to_string());
        let mut all = std::iter::once(String::new()).chain(unusual);
        all.find(|port| !self.written.contains(&**port)).unwrap_or_default()
    }
}

fn with_colon(port: &str) -> String {
    if port.is_empty() { String::new() } else { format!(":{port}") }
}
