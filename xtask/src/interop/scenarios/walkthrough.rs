//! Every command of `docs/voice-peering.md`, in one shell, with what it is to print.

mod document;
mod shell;

use crate::clock::wait_for;
use crate::command::workspace;
use crate::failure::Failure;
use crate::interop::pair::{Pair, SOON};
use document::{Command, commands, matches};
use shell::Shell;

pub(super) fn run(pair: &Pair) -> Result<String, Failure> {
    let file = workspace().join("docs/voice-peering.md");
    let text = std::fs::read_to_string(&file).map_err(Failure::file(&file))?;
    let commands = commands(&text)?;
    let mut shell = Shell::start(&pair.near)?;
    for (number, command) in commands.iter().enumerate() {
        let status_is_shown = commands.get(number + 1).is_some_and(|next| next.line == "echo $?");
        let at = |why| Failure::Objection(format!("docs/voice-peering.md:{}: {why}", command.number));
        play(&mut shell, command, status_is_shown).map_err(at)?;
    }
    Ok(format!("{} commands", commands.len()))
}

/// Runs a command until it prints what it is to print: what it shows may still be on its way.
fn play(shell: &mut Shell, command: &Command<'_>, may_fail: bool) -> Result<(), Failure> {
    let mut look = || {
        let (status, printed) = shell.run(command.line)?;
        let seen = || format!("`{}` ended with {status} and printed\n{printed}", command.line);
        let as_written = matches(&command.output, &printed) && (status == 0 || may_fail);
        if as_written { Ok(()) } else { Err(Failure::Objection(seen())) }
    };
    if command.only_looks() { wait_for(command.line, SOON, look).map(drop) } else { look() }
}
