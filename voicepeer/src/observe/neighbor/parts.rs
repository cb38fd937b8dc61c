//! An output of several commands without the commands: where what is told of sessions begins, and where it ends.

use super::super::command::Output;
use super::super::text::Line;
use super::{bird, bird_bfd, gobgp_list};

/// The parts of an output: what is of no session, and each thing that is told of sessions, from its head to the next.
///
/// A part of nothing but blank lines is one only where the output is nothing else.
pub(in super::super) fn parts(output: Output<'_>) -> Vec<Output<'_>> {
    let Output { command, lines } = output;
    let mut parts = vec![Output { command, lines: Vec::new() }];
    let mut is_of_sessions = false;
    for line in lines {
        let Some(last) = parts.last_mut() else { break };
        let begins = is_head(line.text);
        if begins || (is_of_sessions && is_routes_head(line.text)) {
            let lines = lead_in(&mut last.lines);
            parts.push(Output { command, lines });
            is_of_sessions = begins;
        }
        if let Some(last) = parts.last_mut() {
            last.lines.push(line);
        }
    }
    if parts.len() > 1 {
        parts.retain(|part| part.lines.iter().any(|line| !line.is_blank() && !is_lead_in(line.text)));
    }
    parts
}

/// What is told of a session or a list of sessions begins on this line.
fn is_head(text: &str) -> bool {
    text.starts_with("BGP neighbor is ")
        || text.starts_with("BGP neighbor on ")
        || text.starts_with("BFD Peer")
        || bird::is_head(text)
        || bird_bfd::is_head(text)
        || gobgp_list::is_head(text)
}

/// Routes begin on this line.
fn is_routes_head(text: &str) -> bool {
    text.starts_with("BGP table version is ")
        || text.starts_with("BGP routing table entry for ")
        || (text.starts_with("Table ") && text.ends_with(':'))
        || text.starts_with("flags: ")
        || text.split_whitespace().eq(["ID", "Network", "Next", "Hop", "AS_PATH", "Attrs"])
}

/// What stands above a head: BIRD's greeting, and the name of its protocol.
fn lead_in<'a>(lines: &mut Vec<Line<'a>>) -> Vec<Line<'a>> {
    let body = lines.iter().rposition(|line| !line.is_blank() && !is_lead_in(line.text));
    lines.split_off(body.map_or(0, |last| last + 1))
}

fn is_lead_in(text: &str) -> bool {
    let is_name = text.strip_suffix(':').is_some_and(|name| !name.contains(char::is_whitespace));
    is_name || (text.starts_with("BIRD ") && text.ends_with(" ready.")) || text == "Access restricted"
}
