//! EOS: `show bfd peers`, which shows states alone, and the same with `detail`.

use super::super::text::{Line, Unreadable, Why};
use super::{Bfd, Told, behind, bfd_state, cut, head, number};

/// `Peer Addr 192.0.2.1, Intf Ethernet1, Type normal, Role active, State Up`
pub(super) fn is_paragraph(text: &str) -> bool {
    text.starts_with("Peer Addr ") && text.contains(", State ")
}

/// The heads of the columns. Where the terminal is narrow some of them stand in a second table; how many rests on the addresses.
const HEADS: [&str; 10] = [
    "DstAddr",
    "MyDisc",
    "YourDisc",
    "Interface",
    "Interface/Transport",
    "Type",
    "LastUp",
    "LastDown",
    "LastDiag",
    STATE,
];
/// The last of them.
const STATE: &str = "State";

pub(super) fn is_list(text: &str) -> bool {
    text.starts_with("DstAddr ") && text.contains(" MyDisc")
}

fn is_head(text: &str) -> bool {
    text.split_whitespace().all(|word| HEADS.contains(&word))
}

/// `VRF name: default`, and the line below it.
pub(super) fn is_lead_in(text: &str) -> bool {
    text.starts_with("VRF name: ")
}

pub(super) fn knows(lines: &[Line<'_>]) -> bool {
    let first = head(lines).text;
    is_paragraph(first) || is_list(first)
}

pub(super) fn read(lines: &[Line<'_>]) -> Result<Told, Unreadable> {
    let first = head(lines);
    let bfd = if is_list(first.text) { list(lines)? } else { vec![paragraph(first, lines)?] };
    Ok(Told { bfd, ..Told::default() })
}

fn list(lines: &[Line<'_>]) -> Result<Vec<Bfd>, Unreadable> {
    let (mut peers, mut states) = (Vec::new(), Vec::new());
    let (mut has_peers, mut has_states, mut is_below) = (false, false, false);
    for line in lines.iter().filter(|line| !line.is_blank() && !is_lead_in(line.text)) {
        let mut words = line.text.split_whitespace();
        if is_head(line.text) {
            (has_peers, is_below) = (is_list(line.text), false);
            has_states = words.next_back() == Some(STATE);
        } else if line.text.trim_start().starts_with("---") {
            is_below = true;
        } else if is_below {
            if has_peers {
                peers.push(line.address(words.next().unwrap_or_default())?);
            }
            if has_states {
                states.push(bfd_state(*line, words.next_back().unwrap_or_default())?);
            }
        }
    }
    if peers.len() != states.len() {
        return Err(cut(lines, "the states of all these sessions"));
    }
    let one = |(peer, state)| Bfd { peer, state, detection_us: None, transmit_us: None, detect_mult: None };
    Ok(peers.into_iter().zip(states).map(one).collect())
}

fn paragraph(first: Line<'_>, lines: &[Line<'_>]) -> Result<Bfd, Unreadable> {
    let peer = behind(first, "Peer Addr ").and_then(|rest| rest.split(',').next()).unwrap_or_default();
    let word = first.text.rsplit(", State ").next().unwrap_or_default();
    let mut bfd = Bfd {
        peer: first.address(peer)?,
        state: bfd_state(first, word.trim())?,
        detection_us: None,
        transmit_us: None,
        detect_mult: None,
    };
    // In milliseconds; what is sent at is the slower of what the router wants and what its peer takes.
    let (mut wanted, mut taken): (Option<u64>, Option<u64>) = (None, None);
    for line in lines {
        if let Some(timers) = behind(*line, "TxInt: ") {
            wanted = Some(number(*line, timers, "interval")?);
            let mult = timers.split_once("Multiplier: ").map(|(_, rest)| rest);
            bfd.detect_mult = mult.map(|text| number(*line, text, "multiplier")).transpose()?;
        } else if let Some(timers) = behind(*line, "Received RxInt: ") {
            taken = Some(number(*line, timers, "interval")?);
        } else if let Some(time) = behind(*line, "Detect Time: ") {
            bfd.detection_us = Some(number::<u64>(*line, time, "detection time")?.saturating_mul(1000));
        }
    }
    let (Some(wanted), Some(taken)) = (wanted, taken) else {
        return Err(first.bad(Why::Cut("the intervals of this session")));
    };
    bfd.transmit_us = Some(wanted.max(taken).saturating_mul(1000));
    Ok(bfd)
}
