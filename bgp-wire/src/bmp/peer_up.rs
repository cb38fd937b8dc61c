//! Peer Up: the session is established, and these are its OPENs (RFC 7854 section 4.10).

use super::PEER_UP;
use super::fault::{BmpFault, Oversize};
use super::fields::Fields;
use super::message::{put_bgp, put_tuples, write};
use super::peer_header::{Address, PeerHeader, PeerType};
use super::tlv::PeerUpTlv;
use crate::capability::{Capability, Tuples};
use crate::family::{Family, FamilySet};
use crate::frame::MessageType;
use crate::negotiate::{Negotiated, negotiate};
use crate::open::Open;
use crate::outcome::Reset;
use alloc::vec::Vec;
use core::net::IpAddr;

/// A session that is up, or a Loc-RIB whose monitoring begins (RFC 9069 section 5.2).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct PeerUp<'a> {
    /// The peer.
    pub peer: PeerHeader,
    /// The router's own address on the session; zero for a Loc-RIB.
    pub local_address: Address,
    /// The router's TCP port.
    pub local_port: u16,
    /// The peer's TCP port.
    pub remote_port: u16,
    /// The body of the OPEN that the router sent: for [`Open::decode`].
    pub sent: &'a [u8],
    /// The body of the OPEN that it received.
    pub received: &'a [u8],
    /// What else there is to say.
    pub tlvs: Tuples<'a, PeerUpTlv<'a>>,
}

impl<'a> PeerUp<'a> {
    pub(super) fn decode(fields: &mut Fields<'a>) -> Result<Self, BmpFault> {
        Ok(Self {
            peer: PeerHeader::decode(fields)?,
            local_address: Address(fields.octets()?),
            local_port: fields.u16()?,
            remote_port: fields.u16()?,
            sent: fields.bgp(MessageType::Open)?,
            received: fields.bgp(MessageType::Open)?,
            tlvs: fields.tuples()?,
        })
    }

    /// The router's own address on the session; `None` for a Loc-RIB, which has no session.
    pub fn local_addr(&self) -> Option<IpAddr> {
        (self.peer.kind != PeerType::LocRib).then(|| self.local_address.ip(self.peer.is_ipv6()))
    }

    /// What the session agreed on: for [`PeerHeader::negotiated`], which makes of it what the messages of each
    /// of the peer's tables depend on. An error is what is wrong with the OPENs.
    ///
    /// The OPENs of a Loc-RIB are the router's own, both of them; it has path identifiers in the families in
    /// which the router says that it can send them (RFC 9069 section 5.2).
    pub fn negotiated(&self) -> Result<Negotiated, Reset> {
        let (sent, received) = (Open::decode(self.sent)?, Open::decode(self.received)?);
        let n = negotiate(&sent, &received)?;
        if self.peer.kind != PeerType::LocRib {
            return Ok(n);
        }
        let add_path_rx: FamilySet = n.families.iter().filter(|family| sends_paths(&sent, *family)).collect();
        Ok(Negotiated { add_path_rx, ..n })
    }

    /// Appends the message.
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), Oversize> {
        write(out, PEER_UP, |out| {
            self.peer.encode(out);
            out.extend_from_slice(&self.local_address.0);
            out.extend_from_slice(&self.local_port.to_be_bytes());
            out.extend_from_slice(&self.remote_port.to_be_bytes());
            put_bgp(out, MessageType::Open, &[self.sent])?;
            put_bgp(out, MessageType::Open, &[self.received])?;
            put_tuples(out, &self.tlvs)
        })
    }
}

/// Whether the speaker can send several paths of the family (RFC 7911).
fn sends_paths(open: &Open<'_>, family: Family) -> bool {
    open.capabilities.iter().any(|capability| match capability {
        Capability::AddPath(families) => families.iter().any(|t| t.family == family.afi_safi() && t.send),
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asn::Asn;
    use crate::capability::AddPath;
    use crate::frame::frame;
    use crate::negotiate::{AsnWidth, PeerKind};
    use core::net::Ipv4Addr;

    /// The body of an OPEN; the other side may or may not send and receive several paths of IPv4 unicast.
    fn open(asn: u32, receive: bool, send: bool) -> Vec<u8> {
        let tuples = [AddPath { family: Family::Ipv4Unicast.afi_safi(), receive, send }];
        let capabilities =
            [Capability::FourOctetAsn(Asn(asn)), Capability::AddPath(tuples.as_slice().into())];
        let open = Open {
            asn: Asn(asn),
            hold_time: 90,
            router_id: Ipv4Addr::LOCALHOST,
            capabilities: capabilities.into_iter().collect(),
        };
        let mut out = Vec::new();
        open.encode(&mut out);
        frame(&out, 4096).unwrap().unwrap().body.to_vec()
    }

    fn peer_up<'a>(kind: PeerType, sent: &'a [u8], received: &'a [u8]) -> PeerUp<'a> {
        let peer = PeerHeader::new([192, 0, 2, 1].into(), Asn(64500), Ipv4Addr::LOCALHOST);
        let local_address = IpAddr::from([192, 0, 2, 2]).into();
        let (local_port, remote_port, tlvs) = (179, 50000, [].as_slice().into());
        let peer = PeerHeader { kind, ..peer };
        PeerUp { peer, local_address, local_port, remote_port, sent, received, tlvs }
    }

    #[test]
    fn what_the_opens_come_to() {
        let v4 = FamilySet::EMPTY.with(Family::Ipv4Unicast);
        let (receives, sends) = (open(64500, true, false), open(70000, false, true));
        let n = peer_up(PeerType::Global, &receives, &sends).negotiated().unwrap();
        assert_eq!((n.peer, n.asn_width), (PeerKind::External, AsnWidth::Four));
        assert_eq!((n.add_path_rx, n.add_path_tx), (v4, FamilySet::EMPTY));
        let n = peer_up(PeerType::Global, &sends, &sends).negotiated().unwrap();
        assert_eq!((n.peer, n.add_path_rx), (PeerKind::Internal, FamilySet::EMPTY));
        assert_eq!(peer_up(PeerType::LocRib, &sends, &sends).negotiated().unwrap().add_path_rx, v4);
        let n = peer_up(PeerType::LocRib, &receives, &receives).negotiated().unwrap();
        assert_eq!(n.add_path_rx, FamilySet::EMPTY);
        assert!(peer_up(PeerType::Global, &sends[1..], &sends).negotiated().is_err());
        assert!(peer_up(PeerType::Global, &sends, &[]).negotiated().is_err());
    }

    #[test]
    fn addresses_of_the_router() {
        let one = open(64500, false, false);
        let local = |kind| peer_up(kind, &one, &one).local_addr();
        assert_eq!(local(PeerType::Rd), Some([192, 0, 2, 2].into()));
        assert_eq!(local(PeerType::LocRib), None);
    }
}
