//! The list of public suffixes, held to the `psl` crate, which has it as code.
//! <https://github.com/publicsuffix/list/wiki/Format>

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::OnceLock;
use std::{fs, iter};

use proptest::prelude::*;
use proptest::sample::select;
use psl::{Info, List, Psl, Type};
#[cfg(feature = "public-suffix")]
use tower_cors::{Policy, PolicyError};

use crate::manifest::metadata;

/// The reader as it stands in the crate, where a policy asks it no more than it needs.
#[path = "../../src/origin/suffix/list.rs"]
mod list;

const TEXT: &str = include_str!("../../src/origin/suffix/list.txt");

/// The rules by which our list is newer than the crate's, all of them private.
const NEWER: [&str; 9] = [
    "*.apps.grok.bot",
    "*.pages.grok.bot",
    "auth.lovable.app",
    "docsflowy.site",
    "linkyhost.page",
    "manus.space",
    "sanity.run",
    "sanity.studio",
    "sliplane.app",
];

/// What the reader says of a name: whether it is of a registry, a suffix, has suffixes below, and is one
/// that stands at the top.
type Said = [bool; 4];

fn ours(name: &str) -> Said {
    let is_top = !name.contains('.') && list::is_top(name);
    [list::is_of_registry(name), list::is_suffix(name), list::has_below(name), is_top]
}

fn of_psl(name: &str) -> Said {
    let (info, has_below) = find(name);
    let is_whole = |name: &str, of: &[Type]| {
        let info = find(name).0;
        info.len == name.len() && info.typ.is_some_and(|part| of.contains(&part))
    };
    let below = format!("any.{name}");
    let is_top = !name.contains('.') && (info.typ.is_some() || has_below);
    [
        is_whole(name, &[Type::Icann]) || is_whole(&below, &[Type::Icann]),
        is_whole(name, &[Type::Icann, Type::Private]),
        has_below,
        is_top,
    ]
}

/// What `psl` has on a name, and whether it asked for more labels than there are. It does so only where
/// it knows names that have one more.
fn find(name: &str) -> (Info, bool) {
    let mut labels = name.as_bytes().rsplit(|&byte| byte == b'.');
    let mut asked_for_more = false;
    let info = List.find(iter::from_fn(|| {
        let label = labels.next();
        asked_for_more |= label.is_none();
        label
    }));
    (info, asked_for_more)
}

/// The rules of our text, in the form of the original, read from the left to the right.
fn our_rules() -> BTreeSet<String> {
    let (_, lines) = TEXT.split_once("\n\n").unwrap();
    let mut rules = BTreeSet::new();
    for line in lines.lines() {
        let (name, labels) = line.split_once(' ').unwrap();
        for marked in labels.split(' ').filter(|label| !label.ends_with('?')) {
            let label = marked.trim_end_matches(['~', '!']);
            let sign = if marked.ends_with('!') { "!" } else { "" };
            let rule = match name {
                "/" => label.to_owned(),
                name => format!("{sign}{label}.{name}"),
            };
            assert!(rules.insert(rule), "{marked} {name} twice");
        }
    }
    rules
}

/// The rules that the `psl` crate was made of, which lie beside its code.
fn rules_of_psl() -> BTreeSet<String> {
    let metadata = metadata();
    let packages = metadata["packages"].as_array().unwrap();
    let psl = packages.iter().find(|package| package["name"] == "psl").unwrap();
    let folder = Path::new(psl["manifest_path"].as_str().unwrap()).parent().unwrap();
    let text = fs::read_to_string(folder.join("data/rules.txt")).unwrap();
    text.lines().map(ascii).collect()
}

/// A rule in Punycode, as browsers write it.
fn ascii(rule: &str) -> String {
    let (sign, name) = rule.split_at(rule.find(|c| !"!*.".contains(c)).unwrap());
    let url = url::Url::parse(&format!("https://{name}")).unwrap();
    format!("{sign}{}", url.host_str().unwrap())
}

/// What `psl` says, the rules of `NEWER`, and one that `psl` does not follow: a `*` stands for a label, too,
/// below which there are rules. `*.futurecms.at` makes a suffix of `ex.futurecms.at`, in spite of
/// `*.ex.futurecms.at`.
fn expected(name: &str) -> Said {
    let [is_of_registry, is_suffix, has_below, is_top] = of_psl(name);
    let parent = name.split_once('.').map(|(_, parent)| parent);
    let is_newer = |rule: &&str| match rule.strip_prefix("*.") {
        Some(above) => parent == Some(above),
        None => *rule == name,
    };
    let is_any = has_below && parent.is_some_and(|parent| stars().contains(parent));
    let below = format!(".{name}");
    [
        is_of_registry,
        is_suffix || is_any || NEWER.iter().any(is_newer),
        has_below || NEWER.iter().any(|rule| rule.ends_with(&below)),
        is_top,
    ]
}

/// The names below which the crate `psl` has any label for a suffix.
fn stars() -> &'static BTreeSet<String> {
    static STARS: OnceLock<BTreeSet<String>> = OnceLock::new();
    let star = |rule: String| rule.strip_prefix("*.").map(str::to_owned);
    STARS.get_or_init(|| rules_of_psl().into_iter().filter_map(star).collect())
}

#[test]
fn the_rules_are_those_of_psl_and_the_newer_ones() {
    let newer: BTreeSet<_> = NEWER.map(str::to_owned).into();
    let (ours, theirs) = (our_rules(), rules_of_psl());
    assert!(theirs.len() > 10_000, "{}", theirs.len());
    assert_eq!(ours.difference(&theirs).cloned().collect::<BTreeSet<_>>(), newer);
    assert_eq!(theirs.difference(&ours).collect::<Vec<_>>(), Vec::<&String>::new());
}

/// Every rule, every name on the way to it, and names beside and below.
#[test]
fn the_names_of_all_rules_are_what_psl_says_of_them() {
    let mut failures = Vec::new();
    let mut suffixes = 0;
    for rule in our_rules() {
        let name = rule.trim_start_matches('!').replace('*', "any");
        let mut names = vec![format!("a.{name}"), format!("b.a.{name}"), format!("x{name}")];
        let mut above = Some(&name[..]);
        while let Some(name) = above {
            names.push(name.to_owned());
            above = name.split_once('.').map(|(_, parent)| parent);
        }
        suffixes += usize::from(list::is_suffix(&name));
        for name in names.into_iter().filter(|name| ours(name) != expected(name)) {
            failures.push(format!("{name}: {:?}, and psl {:?}", ours(&name), expected(&name)));
        }
    }
    assert!(failures.is_empty(), "{}: {:#?}", failures.len(), &failures[..failures.len().min(20)]);
    assert_eq!(suffixes, our_rules().iter().filter(|rule| !rule.starts_with('!')).count());
}

/// Labels that occur in the list, more often than not.
fn labels() -> impl Strategy<Value = String> {
    let labels: BTreeSet<String> = our_rules()
        .iter()
        .flat_map(|rule| rule.trim_start_matches(['!', '*', '.']).split('.').map(str::to_owned))
        .collect();
    let odd =
        ["", "*", "!", "any", "~", "a~", "www!", " ", "a b", "\n", "ac\n", "#", "A", "COM", "é"];
    prop_oneof![
        8 => select(labels.into_iter().collect::<Vec<_>>()),
        4 => select(vec!["com", "uk", "jp", "ck", "www", "co", "amazonaws", "kawasaki", "city"])
            .prop_map(str::to_owned),
        1 => select(odd.to_vec()).prop_map(str::to_owned),
        1 => "[a-z0-9-]{1,8}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_names_are_what_psl_says_of_them(
        labels in prop::collection::vec(labels(), 1..6),
    ) {
        let name = labels.join(".");
        // The root has names below it, which `psl` is not asked for.
        prop_assume!(!name.is_empty());
        prop_assert_eq!(ours(&name), expected(&name), "{}", name);
    }
}

#[test]
fn a_look_up_allocates_nothing() {
    let names = ["com", "a.ck", "www.ck", "b.a.s3.amazonaws.com", "none", "", "."];
    let measured = allocation_counter::measure(|| {
        for name in names {
            std::hint::black_box(ours(name));
        }
    });
    assert_eq!(measured.count_total, 0);
}

/// The reader searches by halves, and knows no other end of a line.
#[test]
fn the_text_is_sorted_and_small() {
    let (header, lines) = TEXT.split_once("\n\n").unwrap();
    assert!(header.contains("Mozilla Public") && header.contains("# VERSION: 20"), "{header}");
    assert!(TEXT.is_ascii() && !TEXT.contains('\r') && TEXT.len() < 125_000, "{}", TEXT.len());
    let is_sorted = |items: Vec<&str>| items.windows(2).all(|pair| pair[0] < pair[1]);
    assert!(is_sorted(lines.lines().map(|line| line.split(' ').next().unwrap()).collect()));
    for line in lines.lines() {
        let labels = line.split(' ').skip(1);
        let labels: Vec<_> = labels.map(|label| label.trim_end_matches(['~', '!', '?'])).collect();
        assert!(!labels.is_empty() && is_sorted(labels), "{line}");
    }
}

/// Not the reader alone: no policy shares credentials with whoever has a name under a suffix.
#[cfg(feature = "public-suffix")]
#[test]
fn no_suffix_may_have_credentials() {
    let patterns: BTreeSet<String> = our_rules()
        .iter()
        .filter(|rule| !rule.starts_with('!'))
        .map(|rule| format!("https://*.{}", rule.replace('*', "any")))
        .collect();
    let policy = Policy::builder().allow_origins(&patterns).allow_credentials(true);
    let errors = policy.build().unwrap_err();
    let refused = errors.iter().filter_map(|error| match error {
        PolicyError::PublicSuffixWithCredentials { value, .. } => Some(value.clone()),
        _ => None,
    });
    let refused: BTreeSet<String> = refused.collect();
    // No registry gives names of this one to anybody: they are of a home.
    let built: Vec<_> = patterns.difference(&refused).collect();
    assert_eq!(built, ["https://*.home.arpa"]);
}
