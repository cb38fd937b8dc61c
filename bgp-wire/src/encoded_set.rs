//! An attribute set as one run of octets: compact to keep, and sent nearly as it stands.

use crate::as_path::AsPath;
use crate::asn::Asn;
use crate::attr::{AttrCode, AttrFlags, Origin, RawAttr, attributes, one};
use crate::attribute_set::{Aggregator, AttributeSet, OwnedAttr};
use crate::community::{Community, ExtendedCommunity, LargeCommunity};
use crate::cursor;
use crate::negotiate::{AsnWidth, Negotiated, PeerKind};
use crate::next_hop::NextHop;
use crate::update_writer::TooLong;
use alloc::vec::Vec;
use core::net::{Ipv4Addr, Ipv6Addr};

/// A borrowed attribute set, encoded as [`AttributeSet::encode_whole`] does it: sets that carry the same are the same
/// octets, so that they can be compared, hashed and kept as such.
///
/// ```
/// use bgp_wire::{Asn, AttributeSet, EncodedSet, NextHop, Origin};
/// let mut set = AttributeSet::new(Origin::Igp, NextHop::V4("192.0.2.1".parse().unwrap()));
/// set.as_path.prepend(Asn(64500), 2);
/// let mut octets = Vec::new();
/// set.encode_whole(&mut octets).unwrap();
/// let encoded = EncodedSet::new(&octets);
/// assert_eq!(encoded.as_path().to_string(), "64500 64500");
/// assert_eq!(encoded.to_set(), set);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct EncodedSet<'a> {
    /// The next hop of IPv6, after how many octets that is, or [`ABSENT`]; NEXT_HOP stands among the attributes.
    next_hop: &'a [u8],
    absent: bool,
    /// The attributes by code, as an UPDATE would have them between internal peers of four-octet ASNs.
    attributes: &'a [u8],
}

/// In place of the next hop's length: there is none.
const ABSENT: u8 = u8::MAX;

/// ORIGIN, which comes first, from its flags on.
const ORIGIN: usize = 4;

impl AttributeSet {
    /// Appends all of it as octets: see [`EncodedSet`]. An error where the value of one attribute is longer than any
    /// message allows; nothing is appended then.
    pub fn encode_whole(&self, out: &mut Vec<u8>) -> Result<(), TooLong> {
        const WHOLE: Negotiated = Negotiated::unseen(PeerKind::Internal);
        if self.longest_value() > usize::from(u16::MAX) {
            return Err(TooLong);
        }
        match self.next_hop {
            NextHop::V4(_) => out.push(0),
            NextHop::V6(global) => {
                out.push(16);
                out.extend_from_slice(&global.octets());
            }
            NextHop::V6LinkLocal(global, local) => {
                out.push(32);
                out.extend_from_slice(&global.octets());
                out.extend_from_slice(&local.octets());
            }
            NextHop::Absent => out.push(ABSENT),
        }
        self.encode(&WHOLE, true, out);
        Ok(())
    }

    /// How many octets the value of the longest attribute takes.
    fn longest_value(&self) -> usize {
        let lists = [
            self.as_path.as_bytes().len(),
            self.communities.len().saturating_mul(4),
            self.extended_communities.len().saturating_mul(8),
            self.large_communities.len().saturating_mul(12),
            self.cluster_list.len().saturating_mul(4),
        ];
        let others = self.others.iter().map(|attr| attr.value.len());
        others.chain(lists).max().unwrap_or(0)
    }
}

impl<'a> EncodedSet<'a> {
    /// What [`AttributeSet::encode_whole`] wrote. Other octets do no harm and mean nothing.
    pub fn new(octets: &'a [u8]) -> Self {
        let (len, rest) = octets.split_first().unwrap_or((&0, &[]));
        let hop = if *len == ABSENT { 0 } else { usize::from(*len) };
        let (next_hop, attributes) = rest.split_at_checked(hop).unwrap_or_default();
        Self { next_hop, absent: *len == ABSENT, attributes }
    }

    /// The attributes in the order of their codes, NEXT_HOP among them.
    pub fn attributes(&self) -> impl Iterator<Item = RawAttr<'a>> + use<'a> {
        attributes(self.attributes)
    }

    /// How many octets those have.
    pub const fn attributes_len(&self) -> usize {
        self.attributes.len()
    }

    /// AS_PATH; it comes right after ORIGIN.
    pub fn as_path(&self) -> AsPath<'a> {
        let rest = self.attributes.get(ORIGIN..).unwrap_or_default();
        let path = attributes(rest).next().filter(|attr| attr.code == AttrCode::AS_PATH);
        AsPath::from_checked(path.map(|attr| attr.value).unwrap_or_default(), AsnWidth::Four)
    }

    /// NEXT_HOP, or the next hop of MP_REACH_NLRI.
    pub fn next_hop(&self) -> NextHop {
        match *self.next_hop.as_chunks::<16>().0 {
            [global, local] => NextHop::V6LinkLocal(Ipv6Addr::from(global), Ipv6Addr::from(local)),
            [global] => NextHop::V6(Ipv6Addr::from(global)),
            _ if self.absent => NextHop::Absent,
            _ => NextHop::V4(Ipv4Addr::from_bits(self.number(AttrCode::NEXT_HOP).unwrap_or(0))),
        }
    }

    /// The value of an attribute.
    pub fn value(&self, code: AttrCode) -> Option<&'a [u8]> {
        self.attributes().take_while(|attr| attr.code <= code).find(|attr| attr.code == code).map(|a| a.value)
    }

    fn number(&self, code: AttrCode) -> Option<u32> {
        cursor::whole_u32(self.value(code)?)
    }

    /// The set.
    pub fn to_set(&self) -> AttributeSet {
        let mut set = AttributeSet::new(Origin::default(), NextHop::Absent);
        self.read_into(&mut set);
        set
    }

    /// Makes `set` this one. What it has allocated is used again.
    pub fn read_into(&self, set: &mut AttributeSet) {
        set.clear();
        set.next_hop = self.next_hop();
        for attr in self.attributes() {
            set.take(&attr);
        }
    }

    /// Appends the attributes as a peer of `n` may see them; NEXT_HOP where `body` says so.
    pub(crate) fn encode(&self, n: &Negotiated, body: bool, out: &mut Vec<u8>) {
        if n.asn_width == AsnWidth::Two {
            return self.to_set().encode(n, body, out);
        }
        let internal = n.peer == PeerKind::Internal;
        let mut rest = self.attributes;
        while let Some((attr, after)) = one(rest) {
            let shown = match attr.code {
                AttrCode::NEXT_HOP => body,
                AttrCode::LOCAL_PREF | AttrCode::ORIGINATOR_ID | AttrCode::CLUSTER_LIST => internal,
                AttrCode::AIGP => n.aigp,
                _ => true,
            };
            if shown {
                out.extend_from_slice(rest.get(..rest.len().saturating_sub(after.len())).unwrap_or_default());
            }
            rest = after;
        }
    }
}

impl AttributeSet {
    /// Takes an attribute in as it was encoded.
    fn take(&mut self, attr: &RawAttr<'_>) {
        let value = attr.value;
        let number = || cursor::whole_u32(value);
        let fours = || value.as_chunks::<4>().0.iter();
        match attr.code {
            AttrCode::ORIGIN => self.origin = Origin::from_octet(value.first().copied().unwrap_or(u8::MAX)),
            AttrCode::AS_PATH => self.as_path.replace(value),
            AttrCode::NEXT_HOP => {}
            AttrCode::MULTI_EXIT_DISC => self.med = number(),
            AttrCode::LOCAL_PREF => self.local_pref = number(),
            AttrCode::ATOMIC_AGGREGATE => self.atomic_aggregate = true,
            AttrCode::AGGREGATOR => {
                self.aggregator = cursor::u32(value).and_then(|(asn, rest)| {
                    let router_id = Ipv4Addr::from_bits(cursor::whole_u32(rest)?);
                    Some(Aggregator { asn: Asn(asn), router_id })
                });
            }
            AttrCode::COMMUNITIES => {
                self.communities.extend(fours().map(|v| Community(u32::from_be_bytes(*v))));
            }
            AttrCode::ORIGINATOR_ID => self.originator_id = number().map(Ipv4Addr::from_bits),
            AttrCode::CLUSTER_LIST => self.cluster_list.extend(fours().map(|v| Ipv4Addr::from(*v))),
            AttrCode::EXTENDED_COMMUNITIES => {
                let all = value.as_chunks().0.iter();
                self.extended_communities.extend(all.map(|v| ExtendedCommunity(*v)));
            }
            AttrCode::LARGE_COMMUNITY => {
                self.large_communities.extend(value.as_chunks().0.iter().map(LargeCommunity::from_octets));
            }
            AttrCode::ONLY_TO_CUSTOMER => self.only_to_customer = number().map(Asn),
            code => {
                let flags = AttrFlags(attr.flags.0 & !AttrFlags::EXTENDED_LENGTH.0);
                self.others.push(OwnedAttr { flags, code, value: value.into() });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::round_trip::{any_session, attributes as any_attributes};
    use crate::{Family, PathNlri, UpdateWriter};
    use alloc::vec;
    use proptest::collection::vec as any_vec;
    use proptest::prelude::*;

    fn of_a_family() -> impl Strategy<Value = (Family, AttributeSet)> {
        prop_oneof![Just(Family::Ipv4Unicast), Just(Family::Ipv6Unicast)]
            .prop_flat_map(|family| (Just(family), any_attributes(family)))
    }

    fn set(next_hop: NextHop) -> AttributeSet {
        AttributeSet::new(Origin::Egp, next_hop)
    }

    #[test]
    fn every_next_hop_reads_back() {
        let v6 = |last| Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, last);
        let hops = [
            NextHop::V4([192, 0, 2, 1].into()),
            NextHop::V6(v6(1)),
            NextHop::V6LinkLocal(v6(1), v6(2)),
            NextHop::Absent,
        ];
        for hop in hops {
            let mut octets = Vec::new();
            set(hop).encode_whole(&mut octets).unwrap();
            assert_eq!(EncodedSet::new(&octets).next_hop(), hop);
            assert_eq!(EncodedSet::new(&octets).to_set(), set(hop));
        }
    }

    /// (large communities, what of them is sent): RFC 8092 section 3.
    #[test]
    fn no_large_community_is_sent_twice() {
        let large = |local2| LargeCommunity { global: 64500, local1: 1, local2 };
        for (all, want) in [
            (vec![1, 2, 3], vec![1, 2, 3]),
            (vec![2, 1, 2], vec![2, 1]),
            (vec![1, 1], vec![1]),
            ((0..40).rev().chain(0..40).collect(), (0..40).rev().collect()),
        ] {
            let (mut set, mut octets) = (set(NextHop::Absent), Vec::new());
            set.large_communities = all.into_iter().map(large).collect();
            set.encode_whole(&mut octets).unwrap();
            let sent = EncodedSet::new(&octets).to_set().large_communities;
            assert_eq!(sent, want.into_iter().map(large).collect::<Vec<_>>());
        }
    }

    /// (what grows, how often it fits)
    #[test]
    fn an_attribute_that_no_message_can_hold_is_an_error() {
        let grow: [(fn(&mut AttributeSet, usize), usize); 4] = [
            (|set, n| set.communities = vec![Community(1); n], 65_535 / 4),
            (|set, n| set.extended_communities = vec![ExtendedCommunity([0; 8]); n], 65_535 / 8),
            (|set, n| set.cluster_list = vec![Ipv4Addr::LOCALHOST; n], 65_535 / 4),
            (|set, n| set.put_other(OwnedAttr::new(AttrCode(99), |out| out.resize(n, 0))), 65_535),
        ];
        for (grow, most) in grow {
            for (n, want) in [(most, Ok(())), (most + 1, Err(TooLong))] {
                let (mut set, mut octets) = (set(NextHop::Absent), Vec::new());
                grow(&mut set, n);
                assert_eq!(set.encode_whole(&mut octets), want, "{n}");
                assert_eq!(octets.is_empty(), want.is_err());
            }
        }
    }

    proptest! {
        /// However a set is kept: it reads back, reuses what is there, and is announced as the same octets.
        #[test]
        fn an_encoded_set_is_the_set(
            (family, set) in of_a_family(),
            (_, other) in of_a_family(),
            n in any_session(),
            aigp in any::<bool>(),
        ) {
            let n = Negotiated { aigp, ..n };
            let mut octets = Vec::new();
            set.encode_whole(&mut octets).unwrap();
            let encoded = EncodedSet::new(&octets);
            let mut again = other;
            encoded.read_into(&mut again);
            prop_assert_eq!(&again, &set);
            prop_assert_eq!(encoded.to_set(), set.clone());
            prop_assert_eq!((encoded.as_path(), encoded.next_hop()), (set.as_path.view(), set.next_hop));
            let announce = |encoded: bool| {
                let mut out = Vec::new();
                let writer = if encoded {
                    UpdateWriter::announce_encoded(&mut out, &n, family, EncodedSet::new(&octets))
                } else {
                    UpdateWriter::announce(&mut out, &n, family, &set)
                };
                let mut writer = writer.ok()?;
                let prefix = if family == Family::Ipv4Unicast { "192.0.2.0/24" } else { "2001:db8::/32" };
                let _ = writer.push(&PathNlri { path_id: 0, prefix: prefix.parse().unwrap() });
                writer.finish();
                Some(out)
            };
            let announced = announce(true);
            prop_assert_eq!(UpdateWriter::can_announce(&n, family, encoded), announced.is_some());
            prop_assert_eq!(announced, announce(false));
        }

        #[test]
        fn octets_that_are_no_encoded_set_do_no_harm(raw in any_vec(any::<u8>(), 0..200)) {
            let encoded = EncodedSet::new(&raw);
            let _ = (encoded.as_path().hops(), encoded.next_hop(), encoded.to_set());
        }
    }
}
