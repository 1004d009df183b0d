//! Tables in Markdown, printed, and written beside the plots.

use std::fmt::Write as _;
use std::fs;

use super::plot;

/// A table in Markdown.
pub(crate) fn table(columns: &[&str], rows: &[Vec<String>]) -> String {
    let mut table = format!("| {} |\n|{}\n", columns.join(" | "), "---|".repeat(columns.len()));
    for row in rows {
        writeln!(table, "| {} |", row.join(" | ")).unwrap();
    }
    table
}

/// Prints the text, and writes it as `name.md` into the directory of the results.
pub(crate) fn write(name: &str, text: &str) {
    println!("\n{text}");
    fs::write(plot::results(&format!("{name}.md")), text).unwrap();
}
