//! A policy that follows its file.
//!
//! The file is read twice a second, and what is read is compared. That takes no dependency, sees what is written in
//! place, renamed or mounted in one way, and misses no change that leaves the time of the file as it was. A program
//! that serves does as the recipe `reload`, which asks the system.

use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use super::document::{Format, in_file};
use super::in_force::InForce;

const EVERY: Duration = Duration::from_millis(500);

/// Puts in force what a file says, in a thread of its own, whenever that has changed, and says so.
///
/// What the page puts in force stays until the file changes.
pub(crate) fn follow(file: PathBuf, in_force: InForce) {
    let name = file.display().to_string();
    let mut last = in_force.written().borrow().text.clone();
    // A file that is being written is empty for a moment. So it is taken once it is twice the same.
    let mut before = last.clone();
    thread::spawn(move || {
        loop {
            thread::sleep(EVERY);
            // It may be gone for a moment, too.
            let Ok(text) = fs::read_to_string(&file) else { continue };
            if text != before {
                before = text;
            } else if text != last {
                last.clone_from(&text);
                let said = match in_force.apply(&name, Format::of_file(&file), text) {
                    Ok(()) => format!("{name}: in force"),
                    Err(errors) => {
                        format!("{}\n{name}: the old policy stays", in_file(&name, &errors))
                    }
                };
                // If nobody reads it, there is nobody to tell.
                let _ = writeln!(io::stderr(), "{said}");
            }
        }
    });
}
