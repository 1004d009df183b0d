//! Colours, and what ends early.

use std::io::Read;
use std::process::Stdio;

use crate::program::{Files, Ran};

fn files() -> Files {
    Files::new(&[("a.toml", "allow_origins = ['http://localhost']")])
}

#[test]
fn there_is_colour_only_where_it_is_wanted() {
    let files = files();
    let has_colour = |variables: &[(&str, &str)]| {
        let mut command = files.command(&["check", "a.toml"]);
        command.envs(variables.iter().copied());
        let ran = Ran::of(command, "");
        assert_eq!(ran.status, 1);
        ran.text.contains('\u{1b}')
    };
    assert!(!has_colour(&[]), "a pipe is no terminal");
    assert!(has_colour(&[("CLICOLOR_FORCE", "1")]));
    assert!(!has_colour(&[("NO_COLOR", "1")]));
}

/// `tower-cors schema | head -1`: what is read is there, and nobody complains about the rest.
#[test]
fn a_pipe_that_is_closed_ends_it_quietly() {
    let files = files();
    let mut command = files.command(&["check", "a.toml"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let status = child.wait().unwrap();
    let mut notes = String::new();
    child.stderr.take().unwrap().read_to_string(&mut notes).unwrap();
    assert_eq!(status.code(), Some(1), "{notes}");
    assert_eq!(notes, "1 file: 1 finding\n");
}

#[test]
fn wrong_arguments_have_status_2_and_help_has_0() {
    for (arguments, status) in [
        (&["chekc"][..], 2),
        (&["check"], 2),
        (&[], 2),
        (&["--help"], 0),
        (&["--version"], 0),
        (&["check", "--help"], 0),
    ] {
        assert_eq!(files().run(arguments).status, status, "{arguments:?}");
    }
    let help = files().run(&["--help"]).text;
    assert!(help.contains("Exit status:"), "{help}");
}
