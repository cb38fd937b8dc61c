//! An output of several commands without the commands: where what is told of sessions begins, and where it ends.

use super::super::command::Output;
use super::super::text::Line;
use super::{bird, bird_bfd, eos_bfd, gobgp_list, ios_xr, ios_xr_bfd, junos, junos_bfd, sr_os, sr_os_bfd};

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
        || ios_xr_bfd::is_paragraph(text)
        || ios_xr_bfd::is_list(text)
        || junos::is_head(text)
        || junos_bfd::is_head(text)
        || sr_os::is_head(text)
        || sr_os_bfd::is_head(text)
        || eos_bfd::is_paragraph(text)
        || eos_bfd::is_list(text)
}

/// Routes begin on this line.
fn is_routes_head(text: &str) -> bool {
    text.starts_with("BGP table version is ")
        || text.starts_with("BGP routing table entry for ")
        || (text.starts_with("Table ") && text.ends_with(':'))
        || text.starts_with("flags: ")
        || text.starts_with("BGP routing table information for VRF ")
        || text.starts_with(" BGP Router ID:")
        || text.contains(" destinations, ")
        || text.contains(" is advertised to ")
        || text.split_whitespace().eq(["Network", "Next", "Hop", "From", "AS", "Path"])
        || text.split_whitespace().eq(["ID", "Network", "Next", "Hop", "AS_PATH", "Attrs"])
}

/// What stands above a head: BIRD's greeting and the name of its protocol, names of VRFs, legends and lines under them.
fn lead_in<'a>(lines: &mut Vec<Line<'a>>) -> Vec<Line<'a>> {
    let body = lines.iter().rposition(|line| !line.is_blank() && !is_lead_in(line.text));
    lines.split_off(body.map_or(0, |last| last + 1))
}

pub(super) fn is_lead_in(text: &str) -> bool {
    let is_name = text.strip_suffix(':').is_some_and(|name| !name.contains(char::is_whitespace));
    let is_rule = text.trim_end().bytes().all(|octet| matches!(octet, b'=' | b'-'));
    is_name
        || is_rule
        || (text.starts_with("BIRD ") && text.ends_with(" ready."))
        || text == "Access restricted"
        || ios_xr::is_lead_in(text)
        || junos_bfd::is_lead_in(text)
        || sr_os::is_lead_in(text)
        || sr_os_bfd::is_lead_in(text)
        || eos_bfd::is_lead_in(text)
}
