//! BGP4MP: what a session sent and became (RFC 6396 section 4.4, RFC 8050 section 3).

use super::BGP4MP;
use super::fault::{MrtFault, Unwritable};
use super::fields::{Fields, put_addr, put_asn};
use super::record::{Timestamp, write};
use crate::asn::Asn;
use crate::family::FamilySet;
use crate::negotiate::{AsnWidth, Negotiated, PeerKind};
use alloc::vec::Vec;
use core::fmt;
use core::net::IpAddr;

/// The session that a record is about.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
pub struct Session {
    /// The peer's autonomous system.
    pub peer_asn: Asn,
    /// The recorder's own.
    pub local_asn: Asn,
    /// The index of the interface; 0 where nobody knows it.
    pub interface: u16,
    /// The peer's address.
    pub peer: IpAddr,
    /// The recorder's own, of the same family.
    pub local: IpAddr,
}

impl Session {
    fn decode(width: AsnWidth, fields: &mut Fields<'_>) -> Result<Self, MrtFault> {
        let (peer_asn, local_asn) = (asn(width, fields)?, asn(width, fields)?);
        let interface = fields.u16()?;
        let afi = fields.afi()?;
        let (peer, local) = (fields.addr(afi)?, fields.addr(afi)?);
        Ok(Self { peer_asn, local_asn, interface, peer, local })
    }

    fn encode(&self, width: AsnWidth, out: &mut Vec<u8>) -> Result<(), Unwritable> {
        let afi = match (self.peer, self.local) {
            (IpAddr::V4(_), IpAddr::V4(_)) => 1_u16,
            (IpAddr::V6(_), IpAddr::V6(_)) => 2,
            _ => return Err(Unwritable::MixedFamilies),
        };
        put_asn(out, width, self.peer_asn);
        put_asn(out, width, self.local_asn);
        out.extend_from_slice(&self.interface.to_be_bytes());
        out.extend_from_slice(&afi.to_be_bytes());
        put_addr(out, self.peer);
        put_addr(out, self.local);
        Ok(())
    }
}

fn asn(width: AsnWidth, fields: &mut Fields<'_>) -> Result<Asn, MrtFault> {
    match width {
        AsnWidth::Two => fields.u16().map(|asn| Asn(u32::from(asn))),
        AsnWidth::Four => fields.u32().map(Asn),
    }
}

/// A message that the session carried, whole: for [`frame`](crate::frame()).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Bgp4mpMessage<'a> {
    /// The session.
    pub session: Session,
    /// Octets of an ASN, in the record and in the message's AS_PATH and AGGREGATOR: AS4 forms have four.
    pub asn_width: AsnWidth,
    /// Whether the recorder sent it: the LOCAL forms. Otherwise the peer did.
    pub local: bool,
    /// Whether the NLRI in it have path identifiers (RFC 8050).
    pub add_path: bool,
    /// The octets of the message, its header included.
    pub message: &'a [u8],
}

impl<'a> Bgp4mpMessage<'a> {
    pub(super) fn decode(subtype: u16, fields: &mut Fields<'a>) -> Result<Self, MrtFault> {
        let four = matches!(subtype, 4 | 7 | 9 | 11);
        let asn_width = if four { AsnWidth::Four } else { AsnWidth::Two };
        let (local, add_path) = (matches!(subtype, 6 | 7 | 10 | 11), subtype >= 8);
        let session = Session::decode(asn_width, fields)?;
        Ok(Self { session, asn_width, local, add_path, message: fields.remainder() })
    }

    /// What the session must have agreed on, as far as the record tells: every family, messages of any length,
    /// and path identifiers in all families or in none.
    ///
    /// Daemons older than RFC 8050 recorded path identifiers without a word of it; to read those, say so in
    /// `add_path` first.
    pub fn negotiated(&self) -> Negotiated {
        let internal = self.session.peer_asn == self.session.local_asn;
        let add_path = if self.add_path { FamilySet::EVERY } else { FamilySet::EMPTY };
        Negotiated {
            asn_width: self.asn_width,
            add_path_rx: add_path,
            add_path_tx: add_path,
            ..Negotiated::unseen(if internal { PeerKind::Internal } else { PeerKind::External })
        }
    }

    /// Appends the record; microseconds make it a BGP4MP_ET one.
    pub fn encode(&self, timestamp: Timestamp, out: &mut Vec<u8>) -> Result<(), Unwritable> {
        write(out, timestamp, BGP4MP, self.subtype(), |out| {
            self.session.encode(self.asn_width, out)?;
            out.extend_from_slice(self.message);
            Ok(())
        })
    }

    const fn subtype(&self) -> u16 {
        match (self.asn_width, self.local, self.add_path) {
            (AsnWidth::Two, false, false) => 1,
            (AsnWidth::Four, false, false) => 4,
            (AsnWidth::Two, true, false) => 6,
            (AsnWidth::Four, true, false) => 7,
            (AsnWidth::Two, false, true) => 8,
            (AsnWidth::Four, false, true) => 9,
            (AsnWidth::Two, true, true) => 10,
            (AsnWidth::Four, true, true) => 11,
        }
    }
}

/// A state of the BGP finite state machine, as a record numbers it (RFC 6396 section 4.4.1).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct State(pub u16);

impl State {
    /// RFC 4271's name for it; `None` for a number that has none.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            1 => "Idle",
            2 => "Connect",
            3 => "Active",
            4 => "OpenSent",
            5 => "OpenConfirm",
            6 => "Established",
            _ => return None,
        })
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.pad(name),
            None => write!(f, "state {}", self.0),
        }
    }
}

/// The session went from one state to another.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
pub struct StateChange {
    /// The session.
    pub session: Session,
    /// Octets of an ASN in the record.
    pub asn_width: AsnWidth,
    /// The state before.
    pub old: State,
    /// The state now.
    pub new: State,
}

impl StateChange {
    pub(super) fn decode(subtype: u16, fields: &mut Fields<'_>) -> Result<Self, MrtFault> {
        let asn_width = if subtype == 5 { AsnWidth::Four } else { AsnWidth::Two };
        let session = Session::decode(asn_width, fields)?;
        let (old, new) = (State(fields.u16()?), State(fields.u16()?));
        Ok(Self { session, asn_width, old, new })
    }

    /// Appends the record; microseconds make it a BGP4MP_ET one.
    pub fn encode(&self, timestamp: Timestamp, out: &mut Vec<u8>) -> Result<(), Unwritable> {
        let subtype = if self.asn_width == AsnWidth::Four { 5 } else { 0 };
        write(out, timestamp, BGP4MP, subtype, |out| {
            self.session.encode(self.asn_width, out)?;
            out.extend_from_slice(&self.old.0.to_be_bytes());
            out.extend_from_slice(&self.new.0.to_be_bytes());
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Body, MrtFaultKind, Record, record};
    use super::*;
    use alloc::string::ToString;

    fn decode(subtype: u16, body: &[u8]) -> Result<Body<'_>, MrtFault> {
        let timestamp = Timestamp::seconds(1);
        Record { timestamp, kind: BGP4MP, subtype, body, len: 12 + body.len() }.decode()
    }

    const ASNS_TWO: &[u8] = &[0xfb, 0xf4, 0xfb, 0xf5];
    const ASNS_FOUR: &[u8] = &[0, 1, 0, 0, 0, 0, 0xfb, 0xf5];
    const V4: &[u8] = &[0, 7, 0, 1, 192, 0, 2, 1, 192, 0, 2, 2];

    /// (subtype, four octets, local, path identifiers)
    #[test]
    fn forms_of_a_message() {
        use AsnWidth::{Four, Two};
        for (subtype, asn_width, local, add_path) in [
            (1, Two, false, false),
            (4, Four, false, false),
            (6, Two, true, false),
            (7, Four, true, false),
            (8, Two, false, true),
            (9, Four, false, true),
            (10, Two, true, true),
            (11, Four, true, true),
        ] {
            let asns = if asn_width == Four { ASNS_FOUR } else { ASNS_TWO };
            let body = [asns, V4, b"message"].concat();
            let Ok(Body::Message(got)) = decode(subtype, &body) else { panic!("subtype {subtype}") };
            assert_eq!((got.asn_width, got.local, got.add_path), (asn_width, local, add_path));
            assert_eq!(got.session.peer_asn, Asn(if asn_width == Four { 65536 } else { 64500 }));
            assert_eq!((got.session.interface, got.session.local.to_string()), (7, "192.0.2.2".into()));
            assert_eq!(got.message, b"message");
            assert_eq!(!got.negotiated().add_path_rx.is_empty(), add_path);
            assert_eq!(got.negotiated().asn_width, asn_width);
            let mut out = Vec::new();
            got.encode(Timestamp::seconds(1), &mut out).unwrap();
            assert_eq!(record(&out).unwrap().map(|r| (r.subtype, r.body)), Some((subtype, &body[..])));
        }
    }

    #[test]
    fn a_change_of_state() {
        for (subtype, asns) in [(0, ASNS_TWO), (5, ASNS_FOUR)] {
            let body = [asns, V4, &[0, 6, 0, 1]].concat();
            let Ok(Body::StateChange(got)) = decode(subtype, &body) else { panic!("subtype {subtype}") };
            assert_eq!((got.old.to_string(), got.new.to_string()), ("Established".into(), "Idle".into()));
        }
        assert_eq!(State(9).to_string(), "state 9");
    }

    /// (subtype, body, offset in the record, what is wrong)
    #[test]
    fn faults_say_where() {
        let afi = [ASNS_TWO, &[0, 0, 0, 3]].concat();
        let addresses = [ASNS_TWO, &V4[..11]].concat();
        let long = [ASNS_TWO, V4, &[0, 6, 0, 1, 0]].concat();
        for (subtype, body, offset, kind) in [
            (1, &[][..], 12, MrtFaultKind::Truncated),
            (1, &afi, 18, MrtFaultKind::AddressFamily(3)),
            (1, &addresses, 24, MrtFaultKind::Truncated),
            (0, &long, 32, MrtFaultKind::Trailing),
            (0, &long[..19], 30, MrtFaultKind::Truncated),
        ] {
            assert_eq!(decode(subtype, body), Err(MrtFault { offset, kind }), "{body:?}");
        }
        assert_eq!(decode(2, &[]), Ok(Body::Unknown));
    }
}
