//! The patterns of two policies, by where they stand, and the regions that they make.

use std::collections::{BTreeMap, BTreeSet};
use std::iter;

use super::Whom;
use super::label::{Labels, fillers};
use super::ports::Ports;
use crate::origin::Origin;
use crate::origin::pattern::{OriginPattern, Star};
use crate::origin::place::{Place, above, ends, split_label};

/// So many regions more than there are patterns, since few patterns of some kinds can have many.
const MOST_MEETINGS: usize = 50_000;

/// A scheme, and a host or what stands behind the `*` of one.
type At<'a> = (&'a str, &'a str);

/// The patterns of two policies, by where they stand.
#[derive(Default)]
pub(super) struct Index<'a> {
    count: usize,
    exact: BTreeMap<At<'a>, Ports<'a>>,
    /// Of `https://*.a.example`, at `.a.example`.
    subdomains: BTreeMap<At<'a>, Ports<'a>>,
    /// Of `https://pr-*.a.example`, at `.a.example`.
    labels: BTreeMap<At<'a>, Labels<'a>>,
    /// Of `moz-extension://*`.
    schemes: BTreeSet<&'a str>,
}

impl<'a> Index<'a> {
    pub(super) fn new(patterns: &'a [OriginPattern<'a>]) -> Self {
        let mut index = Self { count: patterns.len(), ..Self::default() };
        for pattern in patterns {
            let (scheme, Place { tail, port, .. }) = (pattern.scheme(), Place::of(pattern));
            match (pattern.star(), pattern.in_label()) {
                (Some(Star::Everything), _) => _ = index.schemes.insert(scheme),
                (Some(Star::Labels), _) => {
                    index.subdomains.entry((scheme, tail)).or_default().add(port);
                }
                (_, Some((start, end, _))) => {
                    let labels = index.labels.entry((scheme, above(pattern))).or_default();
                    labels.add(start, end, port);
                }
                (_, None) => index.exact.entry((scheme, tail)).or_default().add(port),
            }
        }
        index
    }

    /// The regions of what is written, with one origin each; nothing if there are too many.
    pub(super) fn regions(&self) -> Option<Vec<Whom>> {
        let most = 4 * self.count + MOST_MEETINGS;
        let mut regions = Vec::new();
        for (&(scheme, host), ports) in &self.exact {
            // At a port that is not written for it, it is like any other host, unless all are meant.
            let all = ports.any.then(|| self.ports(scheme, host));
            regions.extend(all.as_ref().unwrap_or(ports).of(scheme, (host, host)));
            if regions.len() > most {
                return None;
            }
        }
        for scheme in &self.schemes {
            let told = format!("{scheme}://*");
            let origin = self.label(scheme, "", ("", "")).map(|host| format!("{scheme}://{host}"));
            regions.extend(origin.map(|origin| Whom { text: told, origin }));
        }
        for &(scheme, tail) in self.subdomains.keys() {
            if let Some(label) = self.label(scheme, tail, ("", "")) {
                let host = format!("{label}{tail}");
                let ports = self.ports(scheme, &host);
                regions.extend(ports.of(scheme, (&format!("*{tail}"), &host)));
            }
            if regions.len() > most {
                return None;
            }
        }
        for (&(scheme, above), labels) in &self.labels {
            self.label_regions((scheme, above), labels, most, &mut regions)?;
        }
        Some(regions)
    }

    /// Of patterns with a `*` within a label, those that stand directly under one domain.
    fn label_regions(
        &self,
        (scheme, above): At<'a>,
        labels: &Labels<'a>,
        most: usize,
        regions: &mut Vec<Whom>,
    ) -> Option<()> {
        for (start, end) in labels.meetings(most)? {
            let label = self.label(scheme, above, (start, end));
            let generic = label.map(|label| (format!("{start}*{end}{above}"), label));
            // Without anything between, or overlapping, they are of fewer patterns.
            let short = labels.overlaps(start, end).map(|label| (format!("{label}{above}"), label));
            for (told, label) in generic.into_iter().chain(short) {
                let host = format!("{label}{above}");
                let ports = self.ports(scheme, &host);
                regions.extend(ports.of(scheme, (&told, &host)));
                if regions.len() > most {
                    return None;
                }
            }
        }
        Some(())
    }

    /// An origin of `http` or `https` that no pattern is for.
    pub(super) fn stranger(&self, scheme: &str) -> Option<String> {
        let named = ["stranger.example", "stranger.test"].map(str::to_owned);
        let mut hosts = named.into_iter().chain((0..=self.count).map(|n| format!("stranger{n}")));
        let is_free = |host: &String| {
            let below = ends(host).any(|end| {
                let at = (scheme, end);
                self.subdomains.contains_key(&at) || self.labels.contains_key(&at)
            });
            !below && !self.exact.contains_key(&(scheme, &**host))
        };
        Some(format!("{scheme}://{}", hosts.find(is_free)?))
    }

    /// A label with a start and an end that is in no pattern below a domain but for those that every longer
    /// one with both is in, too. Nothing if there is none, or no room for it.
    fn label(&self, scheme: &str, above: &str, (start, end): (&str, &str)) -> Option<String> {
        let labels = self.labels.get(&(scheme, above));
        fillers(labels, start, end).find_map(|(head, tail)| {
            let numbers = iter::once(String::new()).chain((0..).map(|n: usize| n.to_string()));
            let labels_like_it = numbers.map(|n| format!("{start}{head}{n}{tail}{end}"));
            let fits = |label: &String| {
                Origin::parse(&format!("{scheme}://{label}{above}")).is_ok()
                    && labels.is_none_or(|labels| labels.is_generic(label, start, end))
            };
            // Those that are written out are few, so that one of the numbers is free.
            labels_like_it
                .take_while(fits)
                .find(|label| !self.exact.contains_key(&(scheme, &*format!("{label}{above}"))))
        })
    }

    /// The ports at which some pattern stands for the host.
    fn ports(&self, scheme: &str, host: &str) -> Ports<'a> {
        let mut ports = Ports::default();
        if let Some(at) = self.exact.get(&(scheme, host)) {
            ports.extend(at);
        }
        for end in ends(host) {
            if let Some(at) = self.subdomains.get(&(scheme, end)) {
                ports.extend(at);
            }
        }
        let (label, above) = split_label(host);
        if let Some(labels) = self.labels.get(&(scheme, above)) {
            labels.matching(label).for_each(|(_, _, at)| ports.extend(at));
        }
        ports
    }
}
