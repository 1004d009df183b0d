//! `completions` and `man`: what shells and readers know of the arguments.

use clap::CommandFactory;
use clap_complete::Shell;

use crate::Arguments;
use crate::outcome::{Failure, Outcome};

#[derive(Debug, clap::Args)]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Man {
    /// The verb that the page is about [default: all of the tool]
    verb: Option<String>,
}

pub(crate) fn completions(arguments: &Completions) -> Result<Outcome, Failure> {
    let mut written = Vec::new();
    let mut command = Arguments::command();
    clap_complete::generate(arguments.shell, &mut command, "tower-cors", &mut written);
    text(written)
}

pub(crate) fn man(arguments: &Man) -> Result<Outcome, Failure> {
    let mut command = Arguments::command();
    // So that the verbs are called as they are typed.
    command.build();
    let command = match &arguments.verb {
        None => &command,
        Some(verb) => command.find_subcommand(verb).ok_or_else(|| {
            Failure::new(&format_args!(
                "there is no verb \"{verb}\"; `tower-cors --help` lists them"
            ))
        })?,
    };
    let title = command.get_display_name().unwrap_or(command.get_name()).to_owned();
    let page = clap_mangen::Man::new(command.clone()).title(title);
    let mut written = Vec::new();
    page.render(&mut written).map_err(|error| Failure::new(&error))?;
    text(written)
}

fn text(written: Vec<u8>) -> Result<Outcome, Failure> {
    let text = String::from_utf8(written).map_err(|error| Failure::new(&error))?;
    Ok(Outcome { text, ..Outcome::default() })
}
