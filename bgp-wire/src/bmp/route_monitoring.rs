//! Route Monitoring: an UPDATE that brings the monitor's copy of a table up to date (RFC 7854 section 4.6).

use super::ROUTE_MONITORING;
use super::fault::{BmpFault, Oversize};
use super::fields::Fields;
use super::message::{put_bgp, write};
use super::peer_header::PeerHeader;
use crate::attr::AttrCode;
use crate::frame::MessageType;
use crate::negotiate::{Negotiated, PeerKind};
use crate::outcome::{Fault, Reset};
use crate::update::{Parsed, update};
use alloc::vec::Vec;

/// An UPDATE of one of a peer's tables, or of a Loc-RIB.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct RouteMonitoring<'a> {
    /// The peer, and which of its tables.
    pub peer: PeerHeader,
    /// The body of the UPDATE: for [`update`](crate::update()).
    pub update: &'a [u8],
}

impl<'a> RouteMonitoring<'a> {
    pub(super) fn decode(fields: &mut Fields<'a>) -> Result<Self, BmpFault> {
        Ok(Self { peer: PeerHeader::decode(fields)?, update: fields.bgp(MessageType::Update)? })
    }

    /// The UPDATE under [`PeerHeader::negotiated`]; `session` is what [`PeerUp::negotiated`] told of the peer.
    ///
    /// A table holds routes of internal and of external peers, and nobody says which is which, nor who the
    /// peer is where no Peer Up was seen: LOCAL_PREF may be there, and is missed only where what is monitored
    /// is what an internal peer sent.
    ///
    /// [`PeerUp::negotiated`]: super::PeerUp::negotiated
    pub fn update(&self, session: Option<&Negotiated>) -> Result<Parsed<'a>, Reset> {
        let n = self.peer.negotiated(session);
        let parsed = update(self.update, &n)?;
        let from_known_peer = session.is_some() && self.peer.is_as_received();
        if from_known_peer || !lacks_local_pref(&parsed) {
            return Ok(parsed);
        }
        update(self.update, &Negotiated { peer: PeerKind::External, ..n })
    }

    /// Appends the message.
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), Oversize> {
        write(out, ROUTE_MONITORING, |out| {
            self.peer.encode(out);
            put_bgp(out, MessageType::Update, &[self.update])
        })
    }
}

fn lacks_local_pref(parsed: &Parsed<'_>) -> bool {
    let lacks = (Some(AttrCode::LOCAL_PREF), Fault::AttrMissing);
    parsed.findings.iter().any(|finding| (finding.attr, finding.fault) == lacks)
}

#[cfg(test)]
mod tests {
    use super::super::peer_header::PeerFlags;
    use super::*;
    use crate::asn::Asn;
    use crate::outcome::Severity;
    use crate::update::Received;
    use core::net::Ipv4Addr;

    /// ORIGIN igp, AS_PATH 64500, NEXT_HOP 192.0.2.1, one prefix; LOCAL_PREF where asked for.
    fn body(local_pref: bool) -> Vec<u8> {
        let plain = [0x40, 1, 1, 0, 0x40, 2, 6, 2, 1, 0, 0, 0xfb, 0xf4, 0x40, 3, 4, 192, 0, 2, 1];
        let local_pref: &[u8] = if local_pref { &[0x40, 5, 4, 0, 0, 0, 100] } else { &[] };
        let len = u8::try_from(plain.len() + local_pref.len()).unwrap();
        [&[0, 0, 0, len], &plain[..], local_pref, &[24, 198, 51, 100]].concat()
    }

    /// (flags, session, LOCAL_PREF there; the worst finding)
    #[test]
    fn local_pref_is_for_the_table_to_have() {
        let (internal, external) = (Negotiated::new(PeerKind::Internal), Negotiated::new(PeerKind::External));
        let (withdrawn, discarded) = (Some(Severity::TreatAsWithdraw), Some(Severity::AttributeDiscard));
        let post = PeerFlags::L.0;
        for (flags, session, local_pref, worst) in [
            (0, None, false, None),
            (0, None, true, None),
            (0, Some(&internal), false, withdrawn),
            (0, Some(&internal), true, None),
            (0, Some(&external), false, None),
            (0, Some(&external), true, discarded),
            (post, Some(&internal), false, None),
            (post, Some(&external), true, None),
            (post, Some(&external), false, None),
        ] {
            let peer = PeerHeader::new([192, 0, 2, 1].into(), Asn(64500), Ipv4Addr::LOCALHOST);
            let peer = PeerHeader { flags: PeerFlags(flags), ..peer };
            let body = body(local_pref);
            let parsed = RouteMonitoring { peer, update: &body }.update(session).unwrap();
            assert_eq!(parsed.findings.worst(), worst, "{flags:02x} {session:?} {local_pref}");
            let usable = matches!(parsed.update, Received::Routes(_));
            assert_eq!(usable, worst != withdrawn);
        }
    }
}
