//! What `.cargo/mutants.toml` leaves out, each with its reason.

use std::path::Path;

use regex::Regex;
use serde::Deserialize;

use crate::Result;
use crate::mutant::Mutant;

/// What of the settings is read here.
#[derive(Deserialize)]
struct Settings {
    exclude_re: Vec<String>,
}

/// Whether each pattern that leaves mutants out still does. One that does not may leave out others one day, for a reason that is not
/// theirs.
pub fn hold(root: &Path, all: &[Mutant]) -> Result<()> {
    let settings = std::fs::read_to_string(root.join(".cargo/mutants.toml"))?;
    let Settings { exclude_re } = toml::from_str(&settings)?;
    let stale = stale(&exclude_re, all.iter().map(|mutant| mutant.name.as_str()))?;
    if stale.is_empty() {
        return Ok(());
    }
    Err(format!("these patterns of .cargo/mutants.toml match no mutant: {stale:#?}").into())
}

/// The patterns that match no name, whatever the line and the column in it: those change with any code before them.
fn stale<'a>(patterns: &'a [String], names: impl Iterator<Item = &'a str>) -> Result<Vec<&'a str>> {
    let position = Regex::new(r":\d+:\d+: ")?;
    let names: Vec<_> = names.map(|name| position.replace(name, ":0:0: ")).collect();
    let mut stale = Vec::new();
    for pattern in patterns {
        let expression = Regex::new(pattern)?;
        if !names.iter().any(|name| expression.is_match(name)) {
            stale.push(pattern.as_str());
        }
    }
    Ok(stale)
}

#[cfg(test)]
mod tests {
    use super::stale;

    #[test]
    fn a_pattern_is_stale_if_nothing_matches_or_a_column_must() {
        let names = ["src/a.rs:1:5: replace > with >= in f", "src/b.rs:7:42: delete ! in g"];
        let patterns = [
            r"^src/a\.rs:.* in f$",
            r"^src/b\.rs:.* in f$",
            r"^src/b\.rs:\d+:42: delete ! in g",
            r"^src/b\.rs:\d+:\d+: delete ! in g",
        ];
        let patterns = patterns.map(str::to_owned);
        let found = stale(&patterns, names.into_iter()).expect("they are patterns");
        assert_eq!(found, [&patterns[1], &patterns[2]]);
    }
}
