//! What an engine did, as a trace has it.

use super::octets::{Fields, Octets};
use super::record::{OUTPUT, put};
use crate::engine::Action;
use bgp_rib::PeerId;
use std::fmt;

/// Appends the record of an action.
pub(crate) fn put_action(out: &mut Vec<u8>, action: &Action<'_>) {
    put(out, OUTPUT, |f| match action {
        Action::Dial(peer) => _ = f.octet(0).peer(*peer),
        Action::Close(peer, conn) => _ = f.octet(1).peer(*peer).conn(*conn),
        Action::Send(peer, conn, message) => f.octet(2).peer(*peer).conn(*conn).rest(message),
        Action::Event(event) => f.octet(3).peer(event.peer).rest(format!("{:?}", event.what).as_bytes()),
    });
}

/// Appends the record of UPDATEs that were pulled: how many, their octets, and a digest of these.
pub(crate) fn put_updates(out: &mut Vec<u8>, peer: PeerId, messages: u64, octets: &[u8]) {
    put(out, OUTPUT, |f: &mut Fields<'_>| {
        let length = u64::try_from(octets.len()).unwrap_or(u64::MAX);
        f.octet(4).peer(peer).number(messages).number(length).number(digest(octets));
    });
}

/// FNV-1a in 64 bits: it tells octets apart that differ by accident.
fn digest(octets: &[u8]) -> u64 {
    octets.iter().fold(0xcbf2_9ce4_8422_2325, |hash, octet| {
        (hash ^ u64::from(*octet)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// An output in words. One that cannot be read is shown as octets.
pub(crate) struct InWords<'a>(pub(crate) &'a [u8]);

impl fmt::Display for InWords<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match words(self.0) {
            Some(words) => f.write_str(&words),
            None => write!(f, "octets {:02x?}", self.0),
        }
    }
}

fn words(output: &[u8]) -> Option<String> {
    let mut fields = Octets(output);
    let kind = fields.octet()?;
    let peer = fields.peer()?.0;
    Some(match kind {
        0 => format!("peer {peer}: dial"),
        1 => format!("peer {peer}: close the {:?} connection", fields.conn()?),
        2 => format!("peer {peer}: send on the {:?} connection {:02x?}", fields.conn()?, fields.rest()),
        3 => format!("peer {peer}: tell {}", fields.text()?),
        4 => {
            let (messages, octets, digest) = (fields.number()?, fields.number()?, fields.number()?);
            format!("peer {peer}: {messages} UPDATEs of {octets} octets, digest {digest:016x}")
        }
        _ => return None,
    })
}
