//! The library with all of its mutants, and what the compiler says of them.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::Result;
use crate::build::Diagnostic;
use crate::constants::{Constants, Named, identifiers};
use crate::mutant::Mutant;
use crate::weave::{Woven, weave};

/// What the compiler said, by which the next weaving is led.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Said {
    /// Mutants that do not compile.
    pub unviable: BTreeSet<String>,
    /// Mutants where nothing can be asked at run time.
    pub apart: BTreeSet<String>,
    /// Constants that must remain constants.
    remain: BTreeSet<Named>,
}

/// The source files, woven.
pub struct Library {
    pub files: BTreeMap<String, Woven>,
    constants: Constants,
    /// Those that are computed at run time.
    late: BTreeSet<Named>,
}

impl Library {
    /// Of all files of the repository.
    pub fn weave(
        files: &BTreeMap<String, Vec<u8>>,
        mutants: &[Mutant],
        said: &Said,
    ) -> Result<Self> {
        let mut constants = Constants::default();
        let mut sources = BTreeMap::new();
        let is_source = |name: &str| {
            let extension = Path::new(name).extension();
            name.starts_with("src/") && extension.is_some_and(|extension| extension == "rs")
        };
        for (name, bytes) in files.iter().filter(|(name, _)| is_source(name)) {
            let source = std::str::from_utf8(bytes)?;
            constants.read(name, source)?;
            sources.insert(name.as_str(), (source, Vec::new()));
        }
        for (number, mutant) in mutants.iter().enumerate() {
            if !said.unviable.contains(&mutant.name) && !said.apart.contains(&mutant.name) {
                let (source, own) =
                    sources.get_mut(mutant.file.as_str()).ok_or("a mutant is of no source")?;
                own.push((number, mutant, mutant.range(source)?));
            }
        }
        let holds_mutant = |file: &str, range: &Range<usize>| {
            let own = sources.get(file).map_or(&[][..], |(_, own)| own);
            own.iter().any(|(_, _, at)| range.start <= at.start && at.end <= range.end)
        };
        let late = constants.late(holds_mutant, &said.remain);
        let mut files = BTreeMap::new();
        for (name, (source, own)) in &sources {
            let edits = constants.edits(name, source, &late)?;
            files.insert((*name).to_owned(), weave(source, &edits, own)?);
        }
        Ok(Self { files, constants, late })
    }

    /// Adds to what was said what an error says.
    pub fn blame(&self, error: &Diagnostic, mutants: &[Mutant], said: &mut Said) -> Result<()> {
        let code = error.code.as_ref().map_or("", |code| &code.code);
        let named = self.named(error);
        // The error is that of a place where nothing but a constant may stand.
        if let [(named, true)] = &named[..] {
            said.remain.insert(named.clone());
        } else if let Some(blamed) = self.blamed(error, code == MISSING_ARMS) {
            let not_const = code == NOT_CONST;
            let left_out = if not_const { &mut said.apart } else { &mut said.unviable };
            left_out.extend(blamed.iter().map(|&number| mutants[number].name.clone()));
        } else if named.is_empty() {
            return Err(format!("this is the fault of no mutant: {}", error.rendered).into());
        } else {
            said.remain.extend(named.into_iter().map(|(named, _)| named));
        }
        Ok(())
    }

    /// What is computed at run time and named where an error is, and whether it is all that is there.
    fn named(&self, error: &Diagnostic) -> Vec<(Named, bool)> {
        let mut found = Vec::new();
        for span in error.spans.iter().filter(|span| span.is_primary) {
            let woven = self.files.get(&span.file_name);
            let text = woven.and_then(|woven| woven.text.get(span.byte_start..span.byte_end));
            let words = identifiers(text.unwrap_or_default());
            let is_all = words.len() == 1;
            let named = words.iter().filter_map(|word| self.constants.find(&span.file_name, word));
            found.extend(named.filter(|it| self.late.contains(it)).map(|it| (it, is_all)));
        }
        found
    }

    /// The mutants of the innermost place that an error is in. If arms are missing, it is the last that may be deleted.
    fn blamed(&self, error: &Diagnostic, missing_arms: bool) -> Option<Vec<usize>> {
        let spans = error.spans.iter().filter(|span| span.is_primary);
        let spans = spans.chain(error.spans.iter().filter(|span| !span.is_primary));
        let woven = spans.filter_map(|span| Some((span, self.files.get(&span.file_name)?)));
        woven.into_iter().find_map(|(span, woven)| {
            let around = woven.places.iter().filter(|place| place.range.contains(&span.byte_start));
            let innermost = around
                .filter(|place| place.is_match == missing_arms)
                .min_by_key(|place| place.range.len());
            innermost.map(|place| match place.mutants.last() {
                Some(last) if missing_arms => vec![*last],
                _ => place.mutants.clone(),
            })
        })
    }
}

/// A `match` lacks arms.
const MISSING_ARMS: &str = "E0004";
/// A constant calls what is no constant function.
const NOT_CONST: &str = "E0015";

#[cfg(test)]
mod tests;
