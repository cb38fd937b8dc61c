//! The pieces of a text that are read one by one, and what each is.

use super::command::{Asks, Output, outputs};
use super::form::form_of;
use super::neighbor::{self, parts};
use super::sr_os_hunt;
use super::text::numbered;

/// The parts of the outputs in a text; or the text as a whole, where it is a configuration. In that, a command is but a remark.
pub(super) fn pieces(text: &str) -> Vec<Output<'_>> {
    let lines = numbered(text, 1);
    let outputs = outputs(text);
    let is_remark = |output: &Output<'_>| {
        let line = output.command.and_then(|command| lines.get(command.line.checked_sub(1)?));
        line.is_none_or(|line| line.text.trim_start().starts_with(['#', '!']))
    };
    let is_whole = outputs.iter().all(is_remark)
        && form_of(&lines).is_none()
        && neighbor::form_of(&lines).is_some_and(|form| form.is_secret);
    let whole = parts(Output { command: None, lines });
    if is_whole && whole.len() == 1 { whole } else { outputs.into_iter().flat_map(parts).collect() }
}

/// The form of what an output tells of sessions. What a command leaves out of it would seem
/// not to be there: that output counts for nothing.
pub(super) fn of_sessions(output: &Output<'_>) -> Option<&'static neighbor::Form> {
    let is_cut = output.command.is_some_and(|command| command.cut.is_some());
    neighbor::form_of(&output.lines).filter(|_| !is_cut)
}

/// What stood before its command.
pub(super) fn prompt<'a>(output: &Output<'a>) -> &'a str {
    output.command.map_or("", |command| command.prompt)
}

/// Whether its command is one for sessions.
pub(super) fn asks_for_sessions(output: &Output<'_>) -> bool {
    output.command.is_some_and(|command| command.asks == Asks::Sessions)
}

/// A prefix that a router does not have.
pub(super) fn is_hunt_of_nothing(output: &Output<'_>) -> bool {
    output.command.is_some_and(|command| command.asks == Asks::Hunt) && !sr_os_hunt::knows(&output.lines)
}

/// A router says nothing at all where it announces nothing.
pub(super) fn says_nothing(output: &Output<'_>) -> bool {
    output.command.is_some() && output.lines.iter().all(|line| line.is_blank())
}

/// The JSON document that an output is: the line it begins at, and its text.
pub(super) fn document<'a>(output: &Output<'a>, text: &'a str) -> Option<(usize, &'a str)> {
    let first = output.lines.iter().find(|line| !line.is_blank())?;
    if !first.text.trim_start().starts_with(['{', '[']) {
        return None;
    }
    let last = output.lines.iter().rfind(|line| !line.is_blank())?;
    let (from, to) = (span(text, first.number), span(text, last.number));
    text.get(from.start..to.end).map(|text| (first.number, text))
}

/// The octets of a line of a text.
pub(super) fn span(text: &str, line: usize) -> std::ops::Range<usize> {
    let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let rest = text.get(start..).unwrap_or_default();
    start..start + rest.lines().next().map_or(0, str::len)
}
