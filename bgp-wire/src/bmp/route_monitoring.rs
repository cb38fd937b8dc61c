//! Route Monitoring: an UPDATE that brings the monitor's copy of a table up to date (RFC 7854 section 4.6).

use super::ROUTE_MONITORING;
use super::fault::{BmpFault, Oversize};
use super::fields::Fields;
use super::message::{put_bgp, write};
use super::peer_header::PeerHeader;
use crate::frame::MessageType;
use crate::negotiate::Negotiated;
use crate::outcome::Reset;
use crate::update::{Parsed, table_update, update};
use alloc::vec::Vec;

/// An UPDATE of one of a peer's tables, or of a Loc-RIB.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct RouteMonitoring<'a> {
    /// The peer, and which of its tables.
    pub peer: PeerHeader,
    /// The body of the UPDATE: for [`update`](crate::update()).
    pub update: &'a [u8],
    /// What follows the UPDATE: nothing by RFC 7854, TLVs from routers that speak drafts.
    pub rest: &'a [u8],
}

impl<'a> RouteMonitoring<'a> {
    pub(super) fn decode(fields: &mut Fields<'a>) -> Result<Self, BmpFault> {
        let (peer, update) = (PeerHeader::decode(fields)?, fields.bgp(MessageType::Update)?);
        Ok(Self { peer, update, rest: fields.remainder() })
    }

    /// The UPDATE under [`PeerHeader::negotiated`]; `session` is what [`PeerUp::negotiated`] told of the peer.
    ///
    /// Where it is what a peer sent, and that peer is known, it is held to the rules of the session. Any other
    /// table has routes of internal peers, of external ones and of the router itself, and nobody says which:
    /// LOCAL_PREF may be there or not, and a next hop may be zeros.
    ///
    /// [`PeerUp::negotiated`]: super::PeerUp::negotiated
    pub fn update(&self, session: Option<&Negotiated>) -> Result<Parsed<'a>, Reset> {
        let n = self.peer.negotiated(session);
        let from_known_peer = session.is_some() && self.peer.is_as_received();
        if from_known_peer { update(self.update, &n) } else { table_update(self.update, &n) }
    }

    /// Appends the message.
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), Oversize> {
        write(out, ROUTE_MONITORING, |out| {
            self.peer.encode(out);
            put_bgp(out, MessageType::Update, &[self.update])?;
            out.extend_from_slice(self.rest);
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::peer_header::PeerFlags;
    use super::*;
    use crate::asn::Asn;
    use crate::negotiate::PeerKind;
    use crate::outcome::Severity;
    use crate::update::Received;
    use core::net::Ipv4Addr;

    /// ORIGIN igp, AS_PATH 64500, a NEXT_HOP, one prefix; LOCAL_PREF where asked for.
    fn body(hop: u8, local_pref: bool) -> Vec<u8> {
        let plain = [0x40, 1, 1, 0, 0x40, 2, 6, 2, 1, 0, 0, 0xfb, 0xf4, 0x40, 3, 4, hop, 0, 0, hop];
        let local_pref: &[u8] = if local_pref { &[0x40, 5, 4, 0, 0, 0, 100] } else { &[] };
        let len = u8::try_from(plain.len() + local_pref.len()).unwrap();
        [&[0, 0, 0, len], &plain[..], local_pref, &[24, 198, 51, 100]].concat()
    }

    /// (flags, session, first and last octet of the next hop, LOCAL_PREF there; the worst finding)
    #[test]
    fn what_peers_must_have_and_tables_may() {
        let (internal, external) = (Negotiated::new(PeerKind::Internal), Negotiated::new(PeerKind::External));
        let (withdrawn, discarded) = (Some(Severity::TreatAsWithdraw), Some(Severity::AttributeDiscard));
        let post = PeerFlags::L.0;
        for (flags, session, hop, local_pref, worst) in [
            (0, None, 192, false, None),
            (0, None, 192, true, None),
            (0, None, 0, true, None),
            (0, Some(&internal), 192, false, withdrawn),
            (0, Some(&internal), 192, true, None),
            (0, Some(&internal), 0, true, withdrawn),
            (0, Some(&external), 192, false, None),
            (0, Some(&external), 192, true, discarded),
            (0, Some(&external), 0, false, withdrawn),
            (post, Some(&internal), 192, false, None),
            (post, Some(&external), 0, true, None),
            (post, Some(&external), 192, false, None),
        ] {
            let peer = PeerHeader::new([192, 0, 2, 1].into(), Asn(64500), Ipv4Addr::LOCALHOST);
            let peer = PeerHeader { flags: PeerFlags(flags), ..peer };
            let body = body(hop, local_pref);
            let parsed = RouteMonitoring { peer, update: &body, rest: &[] }.update(session).unwrap();
            assert_eq!(parsed.findings.worst(), worst, "{flags:02x} {session:?} {hop} {local_pref}");
            let usable = matches!(parsed.update, Received::Routes(_));
            assert_eq!(usable, worst != withdrawn);
        }
    }
}
