//! The path attributes of a route in a table (RFC 6396 section 4.3.4).

use crate::attr::{AttrCode, AttrFlags, Attrs, walk};
use crate::attribute_set::{AttributeSet, begin_long, close_long};
use crate::cursor;
use crate::family::Family;
use crate::negotiate::{AsnWidth, Negotiated, PeerKind};
use crate::next_hop::NextHop;
use crate::outcome::{Fault, Findings, Reset, Severity};
use alloc::vec::Vec;

/// The attributes of one route in a table, and what was found wrong with them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TableAttributes<'a> {
    /// The attributes, as an UPDATE has them.
    pub attrs: Attrs<'a>,
    /// Where the route leads: the next hop of MP_REACH_NLRI, or else NEXT_HOP.
    pub next_hop: Option<NextHop>,
    /// What was wrong, by the rules of an internal session: LOCAL_PREF is for the table to hold.
    pub findings: Findings,
}

impl<'a> TableAttributes<'a> {
    pub(super) fn decode(raw: &'a [u8], width: AsnWidth) -> Result<Self, Reset> {
        let session = Negotiated { asn_width: width, ..Negotiated::new(PeerKind::Internal) };
        let (mut attrs, mut findings) = (Attrs::none(&[], width), Findings::default());
        walk(&mut attrs, raw, &session, &mut findings)?;
        let code = AttrCode::MP_REACH_NLRI;
        let next_hop = match attrs.value(code) {
            None => attrs.next_hop().map(NextHop::V4),
            Some(value) => {
                let hop = mp_next_hop(value);
                if hop.is_none() {
                    findings.push(Some(code), Fault::AttrValue, Severity::TreatAsWithdraw);
                }
                hop
            }
        };
        Ok(Self { attrs, next_hop, findings })
    }
}

/// Appends the attributes of a route to a table of TABLE_DUMP_V2: ASNs of four octets, LOCAL_PREF kept, and an
/// IPv6 next hop in an MP_REACH_NLRI that has its length and itself alone.
pub fn write_table_attributes(out: &mut Vec<u8>, set: &AttributeSet) {
    let in_body = matches!(set.next_hop, NextHop::V4(_));
    if !in_body {
        let value = begin_long(out, AttrFlags::OPTIONAL, AttrCode::MP_REACH_NLRI);
        set.next_hop.encode(Family::Ipv6Unicast, out);
        close_long(out, value);
    }
    set.encode(&Negotiated::new(PeerKind::Internal), in_body, out);
}

/// The next hop of an MP_REACH_NLRI that has its length and itself alone, or of one that was kept whole. A
/// whole one begins with an AFI, whose first octet is 0 and so never the length of what follows.
fn mp_next_hop(value: &[u8]) -> Option<NextHop> {
    let (len, rest) = cursor::u8(value)?;
    if usize::from(len) == rest.len() {
        return next_hop(rest);
    }
    let (_afi_safi, rest) = value.split_first_chunk::<3>()?;
    let (len, rest) = cursor::u8(rest)?;
    next_hop(rest.get(..usize::from(len))?)
}

/// A next hop of the family that its length tells.
fn next_hop(v: &[u8]) -> Option<NextHop> {
    let family = if v.len() == 4 { Family::Ipv4Unicast } else { Family::Ipv6Unicast };
    NextHop::decode(family, &Negotiated::new(PeerKind::Internal), v)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asn::Asn;
    use crate::attr::Origin;
    use core::net::{Ipv4Addr, Ipv6Addr};

    const GLOBAL: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1);
    const LOCAL: Ipv6Addr = Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 1);

    fn mp(parts: &[&[u8]]) -> Vec<u8> {
        let value = parts.concat();
        [&[0x80, 14, u8::try_from(value.len()).unwrap()], &value[..]].concat()
    }

    /// (attributes, next hop, worst finding)
    #[test]
    fn next_hops() {
        let (global, local) = (GLOBAL.octets(), LOCAL.octets());
        let bad = Some(Severity::TreatAsWithdraw);
        let v4 = [0x40, 3, 4, 192, 0, 2, 1];
        let v4_hop = Some(NextHop::V4(Ipv4Addr::new(192, 0, 2, 1)));
        for (raw, hop, worst) in [
            (v4.to_vec(), v4_hop, None),
            (Vec::new(), None, None),
            (mp(&[&[16], &global]), Some(NextHop::V6(GLOBAL)), None),
            (mp(&[&[32], &global, &local]), Some(NextHop::V6LinkLocal(GLOBAL, LOCAL)), None),
            (mp(&[&[4, 192, 0, 2, 1]]), v4_hop, None),
            (mp(&[&[0, 2, 1, 16], &global, &[0, 32, 0x20, 1, 0xd, 0xb8]]), Some(NextHop::V6(GLOBAL)), None),
            ([&v4[..], &mp(&[&[16], &global])].concat(), Some(NextHop::V6(GLOBAL)), None),
            (mp(&[&[16], &global[1..]]), None, bad),
            (mp(&[&[5, 1, 2, 3, 4, 5]]), None, bad),
            (mp(&[&[0]]), None, bad),
            (mp(&[]), None, bad),
            (mp(&[&[0, 2, 1, 16], &global[1..]]), None, bad),
        ] {
            let got = TableAttributes::decode(&raw, AsnWidth::Four).unwrap();
            assert_eq!((got.next_hop, got.findings.worst()), (hop, worst), "{raw:02x?}");
        }
    }

    #[test]
    fn the_table_keeps_what_an_internal_session_would() {
        let raw = [0x40, 2, 6, 2, 1, 0, 1, 0, 10, 0x40, 5, 4, 0, 0, 0, 200];
        let got = TableAttributes::decode(&raw, AsnWidth::Four).unwrap();
        assert_eq!((got.attrs.local_pref(), got.findings.worst()), (Some(200), None));
        assert_eq!(
            got.attrs.as_path().map(|path| path.asns().map(|asn| asn.0).collect()),
            Some(Vec::from([65546]))
        );
    }

    #[test]
    fn what_is_written_reads_back() {
        for next_hop in
            [NextHop::V4([192, 0, 2, 1].into()), NextHop::V6(GLOBAL), NextHop::V6LinkLocal(GLOBAL, LOCAL)]
        {
            let mut set = AttributeSet::new(Origin::Egp, next_hop);
            set.as_path = [Asn(64500), Asn(65551)].into_iter().collect();
            (set.med, set.local_pref) = (Some(1), Some(200));
            let mut raw = Vec::new();
            write_table_attributes(&mut raw, &set);
            let got = TableAttributes::decode(&raw, AsnWidth::Four).unwrap();
            assert_eq!((got.next_hop, got.findings.worst()), (Some(next_hop), None));
            assert_eq!(AttributeSet::from_attrs(&got.attrs, next_hop), set);
        }
    }
}
