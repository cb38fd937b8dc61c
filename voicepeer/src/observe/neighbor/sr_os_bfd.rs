//! SR OS: `show router bfd session`, of one or of all. It shows one multiplier, which is taken for both ends'.

use super::super::text::{Line, Unreadable, Why};
use super::{Bfd, Told, bfd_state, cut, number};
use bgp_policy::voice::BfdState;
use std::net::IpAddr;

const LAST: &str = "No. of BFD sessions: ";

/// The first line of the heads of the columns.
pub(super) fn is_head(text: &str) -> bool {
    text.split_whitespace().eq(["Session", "Id", "State", "Tx", "Pkts", "Rx", "Pkts"])
}

/// The legend above them.
pub(super) fn is_lead_in(text: &str) -> bool {
    let text = text.trim();
    matches!(text, "Legend:" | "BFD Session")
        || text.starts_with("Session Id = ")
        || text.starts_with("wp = ")
}

pub(super) fn knows(lines: &[Line<'_>]) -> bool {
    lines.iter().any(|line| is_head(line.text))
}

/// Several lines each: the name and the state; the far end, the multiplier and the intervals in milliseconds; and others.
pub(super) fn read(lines: &[Line<'_>]) -> Result<Told, Unreadable> {
    let mut bfd = Vec::new();
    let (mut above, mut named): (Option<BfdState>, usize) = (None, 0);
    for line in lines.iter().skip_while(|line| !line.text.starts_with("---")).skip(1) {
        if let Some(said) = line.text.strip_prefix(LAST) {
            let said: usize = number(*line, said, "number of sessions")?;
            return if said == named {
                Ok(Told { bfd, ..Told::default() })
            } else {
                Err(line.bad(Why::Expected("the number of sessions above")))
            };
        }
        if !line.is_blank() && !line.text.starts_with([' ', '-']) {
            // The packets, sent and received, stand behind it.
            let word = line.text.split_whitespace().rev().nth(2).unwrap_or_default();
            above = Some(bfd_state(*line, word)?);
            named += 1;
        } else if let Some((state, peer)) = above.zip(address(line.text)) {
            bfd.push(session(*line, peer, state)?);
            above = None;
        }
    }
    Err(cut(lines, "`No. of BFD sessions`"))
}

fn address(text: &str) -> Option<IpAddr> {
    text.split_whitespace().next()?.parse().ok()
}

fn session(line: Line<'_>, peer: IpAddr, state: BfdState) -> Result<Bfd, Unreadable> {
    let mut words = line.text.split_whitespace().skip(1);
    let mult: u8 = line.number(words.next().unwrap_or_default(), "multiplier")?;
    let mut millis = || line.number::<u64>(words.next().unwrap_or_default(), "interval");
    let (transmit, receive) = (millis()?, millis()?);
    let detection_us = receive.checked_mul(u64::from(mult) * 1000);
    Ok(Bfd { peer, state, detection_us, transmit_us: transmit.checked_mul(1000), detect_mult: Some(mult) })
}
