//! An attribute set of its own: what a route carries once its message is gone.

use crate::as_path::{AsPath, AsPathBuf, SegmentKind};
use crate::asn::Asn;
use crate::attr::{AttrCode, AttrFlags, Attrs, Origin, RawAttr, TunnelEncapsulation, spec};
use crate::community::{Community, ExtendedCommunity, LargeCommunity};
use crate::frame::patch_u16;
use crate::negotiate::{AsnWidth, Negotiated, PeerKind};
use crate::next_hop::NextHop;
use alloc::boxed::Box;
use alloc::collections::BTreeSet;
use alloc::vec::Vec;
use core::net::Ipv4Addr;
use core::ops::RangeBounds;

/// The value of AGGREGATOR: who made the aggregate (RFC 4271 section 5.1.7).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
pub struct Aggregator {
    /// Its autonomous system.
    pub asn: Asn,
    /// Its BGP Identifier.
    pub router_id: Ipv4Addr,
}

/// An attribute for which [`AttributeSet`] has no field: it is kept as it came.
///
/// ```
/// use bgp_wire::{Aigp, AttrCode, AttributeSet, NextHop, Origin, OwnedAttr};
/// let mut set = AttributeSet::new(Origin::Igp, NextHop::V4("192.0.2.1".parse().unwrap()));
/// set.put_other(OwnedAttr::new(AttrCode::AIGP, |out| Aigp::put_metric(20, out)));
/// assert_eq!(set.others.len(), 1);
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct OwnedAttr {
    /// Its flags. The partial bit is set where the attribute is not known, or where it was set already.
    pub flags: AttrFlags,
    /// Its type code.
    pub code: AttrCode,
    /// Its value.
    pub value: Box<[u8]>,
}

impl OwnedAttr {
    /// An attribute with the flags of its row in the registry, or optional and transitive where it has none; `write`
    /// appends its value.
    pub fn new(code: AttrCode, write: impl FnOnce(&mut Vec<u8>)) -> Self {
        let mut value = Vec::new();
        write(&mut value);
        let flags = spec(code).map_or(AttrFlags::OPTIONAL_TRANSITIVE, |row| row.flags);
        Self { flags, code, value: value.into() }
    }

    /// Takes over what can be passed on of an attribute that was received.
    fn received(attr: &RawAttr<'_>) -> Self {
        let tunnels = Some(attr.code).filter(|code| *code == AttrCode::TUNNEL_ENCAPSULATION);
        let tunnels = tunnels.and_then(|_| TunnelEncapsulation::new(attr.value).ok());
        let value = tunnels.map_or_else(|| attr.value.into(), |t| t.to_pass_on().into());
        // RFC 4271 section 5: whoever does not know an attribute says so, and nobody takes that back.
        let flags = match spec(attr.code) {
            Some(row) => row.flags.0 | attr.flags.0 & AttrFlags::PARTIAL.0,
            None => AttrFlags::OPTIONAL_TRANSITIVE.0 | AttrFlags::PARTIAL.0,
        };
        Self { flags: AttrFlags(flags), code: attr.code, value }
    }
}

/// The attributes of a route, owned: built by hand, or taken from a message.
///
/// AS_PATH and AGGREGATOR hold the four-octet ASNs that AS4_PATH and AS4_AGGREGATOR gave (RFC 6793
/// section 4.2.3), so that nothing downstream knows of two octets. Where there is a BGPSEC_PATH, AS_PATH is what
/// that says (RFC 8205 section 4.4); its signatures are not kept.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct AttributeSet {
    /// ORIGIN.
    pub origin: Origin,
    /// AS_PATH.
    pub as_path: AsPathBuf,
    /// NEXT_HOP, or the next hop of MP_REACH_NLRI.
    pub next_hop: NextHop,
    /// MULTI_EXIT_DISC.
    pub med: Option<u32>,
    /// LOCAL_PREF; never sent to an external peer.
    pub local_pref: Option<u32>,
    /// ATOMIC_AGGREGATE.
    pub atomic_aggregate: bool,
    /// AGGREGATOR.
    pub aggregator: Option<Aggregator>,
    /// COMMUNITIES.
    pub communities: Vec<Community>,
    /// EXTENDED_COMMUNITIES.
    pub extended_communities: Vec<ExtendedCommunity>,
    /// LARGE_COMMUNITY.
    pub large_communities: Vec<LargeCommunity>,
    /// ORIGINATOR_ID; never sent to an external peer.
    pub originator_id: Option<Ipv4Addr>,
    /// CLUSTER_LIST; never sent to an external peer.
    pub cluster_list: Vec<Ipv4Addr>,
    /// ONLY_TO_CUSTOMER.
    pub only_to_customer: Option<Asn>,
    /// Those that have no field of their own, known or not, by code.
    pub others: Vec<OwnedAttr>,
}

/// The attributes behind the placed rows that are not among the others.
const HAVE_A_FIELD: [AttrCode; 2] = [AttrCode::BGPSEC_PATH, AttrCode::ONLY_TO_CUSTOMER];

impl AttributeSet {
    /// The least a route needs: an origin, an empty path, a next hop.
    pub fn new(origin: Origin, next_hop: NextHop) -> Self {
        Self {
            origin,
            as_path: AsPathBuf::default(),
            next_hop,
            med: None,
            local_pref: None,
            atomic_aggregate: false,
            aggregator: None,
            communities: Vec::new(),
            extended_communities: Vec::new(),
            large_communities: Vec::new(),
            originator_id: None,
            cluster_list: Vec::new(),
            only_to_customer: None,
            others: Vec::new(),
        }
    }

    /// Takes a message's attributes over, for the prefixes that `next_hop` leads to.
    pub fn from_attrs(attrs: &Attrs<'_>, next_hop: NextHop) -> Self {
        let mut set = Self::new(Origin::default(), next_hop);
        set.take_over(attrs, next_hop);
        set
    }

    /// Likewise, in place of what is here. What that has allocated is used again.
    pub fn take_over(&mut self, attrs: &Attrs<'_>, next_hop: NextHop) {
        self.clear();
        let others = attrs.not_placed().filter(|attr| !HAVE_A_FIELD.contains(&attr.code));
        self.others.extend(others.map(|attr| OwnedAttr::received(&attr)));
        self.others.sort_unstable_by_key(|attr| attr.code);
        (self.as_path, self.aggregator) = reconciled(attrs);
        self.large_communities.extend(attrs.large_communities());
        // RFC 8092 section 3: one that stands there again is removed.
        if !self.large_communities.is_sorted_by(|a, b| a < b) {
            let mut seen = BTreeSet::new();
            self.large_communities.retain(|community| seen.insert(*community));
        }
        self.origin = attrs.origin().unwrap_or_default();
        self.next_hop = next_hop;
        (self.med, self.local_pref) = (attrs.med(), attrs.local_pref());
        self.atomic_aggregate = attrs.atomic_aggregate();
        self.communities.extend(attrs.communities());
        self.extended_communities.extend(attrs.extended_communities());
        self.originator_id = attrs.originator_id();
        self.cluster_list.extend(attrs.cluster_list());
        self.only_to_customer = attrs.only_to_customer();
    }

    /// Takes all out but what is allocated.
    pub(crate) fn clear(&mut self) {
        let Self {
            as_path, communities, extended_communities, large_communities, cluster_list, others, ..
        } = self;
        as_path.replace(&[]);
        communities.clear();
        extended_communities.clear();
        large_communities.clear();
        cluster_list.clear();
        others.clear();
        (self.med, self.local_pref, self.originator_id) = (None, None, None);
        (self.atomic_aggregate, self.aggregator, self.only_to_customer) = (false, None, None);
    }

    /// Puts `attr` among the others, instead of one of its own code.
    pub fn put_other(&mut self, attr: OwnedAttr) {
        match self.others.binary_search_by_key(&attr.code, |other| other.code) {
            Ok(at) => self.others.splice(at..=at, [attr]).for_each(drop),
            Err(at) => self.others.insert(at, attr),
        }
    }

    /// Appends the attributes as a peer of `n` may see them, ordered by code.
    ///
    /// NEXT_HOP is written where `body` says so: prefixes in the body need it, MP_REACH_NLRI has its own.
    pub(crate) fn encode(&self, n: &Negotiated, body: bool, out: &mut Vec<u8>) {
        let internal = n.peer == PeerKind::Internal;
        let put_u32 = |out: &mut Vec<u8>, code, flags, value: Option<u32>| {
            if let Some(value) = value {
                put(out, flags, code, &value.to_be_bytes());
            }
        };
        put(out, AttrFlags::WELL_KNOWN, AttrCode::ORIGIN, &[self.origin as u8]);
        self.put_as_path(n, out);
        if let (NextHop::V4(hop), true) = (self.next_hop, body) {
            put(out, AttrFlags::WELL_KNOWN, AttrCode::NEXT_HOP, &hop.octets());
        }
        put_u32(out, AttrCode::MULTI_EXIT_DISC, AttrFlags::OPTIONAL, self.med);
        put_u32(out, AttrCode::LOCAL_PREF, AttrFlags::WELL_KNOWN, self.local_pref.filter(|_| internal));
        if self.atomic_aggregate {
            put(out, AttrFlags::WELL_KNOWN, AttrCode::ATOMIC_AGGREGATE, &[]);
        }
        self.put_aggregator(n, out);
        let transitive = AttrFlags::OPTIONAL_TRANSITIVE;
        let communities = self.communities.iter().map(|c| c.0.to_be_bytes());
        put_list(out, transitive, AttrCode::COMMUNITIES, communities);
        if internal {
            let id = self.originator_id.map(Ipv4Addr::to_bits);
            put_u32(out, AttrCode::ORIGINATOR_ID, AttrFlags::OPTIONAL, id);
            let clusters = self.cluster_list.iter().map(Ipv4Addr::octets);
            put_list(out, AttrFlags::OPTIONAL, AttrCode::CLUSTER_LIST, clusters);
        }
        self.put_others(n, 0..16, out);
        let extended = self.extended_communities.iter().map(|c| c.0);
        put_list(out, transitive, AttrCode::EXTENDED_COMMUNITIES, extended);
        self.put_four_octet_asns(n, out);
        self.put_others(n, 17..32, out);
        self.put_large_communities(out);
        self.put_others(n, 33..35, out);
        put_u32(out, AttrCode::ONLY_TO_CUSTOMER, transitive, self.only_to_customer.map(|asn| asn.0));
        self.put_others(n, 36..=255, out);
    }

    /// RFC 8092 section 3: none is sent twice.
    fn put_large_communities(&self, out: &mut Vec<u8>) {
        /// So few are compared with each other.
        const FEW: usize = 16;
        let all = self.large_communities.as_slice();
        let (flags, code) = (AttrFlags::OPTIONAL_TRANSITIVE, AttrCode::LARGE_COMMUNITY);
        if all.is_sorted_by(|a, b| a < b) {
            put_list(out, flags, code, all.iter().map(LargeCommunity::octets));
        } else if all.len() <= FEW {
            let again = |(i, c): &(usize, &LargeCommunity)| all.iter().take(*i).any(|before| before == *c);
            let distinct = all.iter().enumerate().filter(|item| !again(item));
            put_list(out, flags, code, distinct.map(|(_, c)| c.octets()));
        } else {
            let mut seen = BTreeSet::new();
            let distinct: Vec<_> = all.iter().filter(|c| seen.insert(**c)).collect();
            put_list(out, flags, code, distinct.iter().map(|c| c.octets()));
        }
    }

    /// Those whose code is one of `codes` and that a peer of `n` may see, in the order they have.
    fn put_others(&self, n: &Negotiated, codes: impl RangeBounds<u8>, out: &mut Vec<u8>) {
        // AIGP takes a session that has it enabled; a signed path cannot stand beside AS_PATH.
        let hidden = |code| code == AttrCode::BGPSEC_PATH || (code == AttrCode::AIGP && !n.aigp);
        let these = self.others.iter().filter(|attr| codes.contains(&attr.code.0) && !hidden(attr.code));
        these.for_each(|attr| put(out, attr.flags, attr.code, &attr.value));
    }

    fn put_as_path(&self, n: &Negotiated, out: &mut Vec<u8>) {
        match n.asn_width {
            AsnWidth::Four => put(out, AttrFlags::WELL_KNOWN, AttrCode::AS_PATH, self.as_path.as_bytes()),
            AsnWidth::Two => {
                let mut narrow = Vec::new();
                for segment in self.as_path.view().segments() {
                    narrow.extend_from_slice(&[
                        segment.kind as u8,
                        u8::try_from(segment.count()).unwrap_or(u8::MAX),
                    ]);
                    segment.asns().for_each(|asn| narrow.extend_from_slice(&asn.two_octets().to_be_bytes()));
                }
                put(out, AttrFlags::WELL_KNOWN, AttrCode::AS_PATH, &narrow);
            }
        }
    }

    fn put_aggregator(&self, n: &Negotiated, out: &mut Vec<u8>) {
        let Some(Aggregator { asn, router_id }) = self.aggregator else { return };
        put_header(
            out,
            AttrFlags::OPTIONAL_TRANSITIVE,
            AttrCode::AGGREGATOR,
            n.asn_width.octets().saturating_add(4),
        );
        match n.asn_width {
            AsnWidth::Four => out.extend_from_slice(&asn.0.to_be_bytes()),
            AsnWidth::Two => out.extend_from_slice(&asn.two_octets().to_be_bytes()),
        }
        out.extend_from_slice(&router_id.octets());
    }

    /// AS4_PATH and AS4_AGGREGATOR, where a speaker of two octets would lose an ASN (RFC 6793 section 4.2.2).
    fn put_four_octet_asns(&self, n: &Negotiated, out: &mut Vec<u8>) {
        if n.asn_width == AsnWidth::Four {
            return;
        }
        let wide = |asn: Asn| asn.0 > u32::from(u16::MAX);
        if self.as_path.view().asns().any(wide) {
            let mut path = AsPathBuf::default();
            let plain = self.as_path.view().segments().filter(|s| !s.kind.is_confed());
            plain.for_each(|segment| path.push(segment.kind, segment.asns()));
            if !path.view().is_empty() {
                put(out, AttrFlags::OPTIONAL_TRANSITIVE, AttrCode::AS4_PATH, path.as_bytes());
            }
        }
        if let Some(Aggregator { asn, router_id }) = self.aggregator.filter(|a| wide(a.asn)) {
            let value = [asn.0.to_be_bytes(), router_id.octets()].concat();
            put(out, AttrFlags::OPTIONAL_TRANSITIVE, AttrCode::AS4_AGGREGATOR, &value);
        }
    }
}

/// AS_PATH and AGGREGATOR as a speaker of four octets would have sent them (RFC 6793 section 4.2.3).
fn reconciled(attrs: &Attrs<'_>) -> (AsPathBuf, Option<Aggregator>) {
    let signed = || attrs.bgpsec_path().map(|p| p.to_as_path());
    let path = attrs.as_path().map(|p| p.to_buf()).or_else(signed).unwrap_or_default();
    let aggregator = attrs.aggregator();
    // An AGGREGATOR that is not AS_TRANS was made by a speaker that knew neither AS4 attribute.
    let stale = aggregator.is_some_and(|a| a.asn != Asn::TRANS) && attrs.as4_aggregator().is_some();
    if stale {
        return (path, aggregator);
    }
    let path = match attrs.as4_path() {
        Some(as4) => merged(path, as4),
        None => path,
    };
    (path, attrs.as4_aggregator().filter(|_| aggregator.is_some()).or(aggregator))
}

/// The leading hops of `path` that `as4` does not have, then `as4`.
///
/// A confederation's segments stay where they lead or stand beside what is kept; in `as4` they have no
/// business and are dropped (RFC 6793 section 6).
fn merged(path: AsPathBuf, as4: AsPath<'_>) -> AsPathBuf {
    let Some(mut extra) = path.view().hops().checked_sub(as4.hops()) else { return path };
    let mut out = AsPathBuf::default();
    let mut open = Vec::new();
    for segment in path.view().segments() {
        match segment.kind {
            SegmentKind::Sequence => {
                let taken = segment.count().min(extra);
                open = segment.asns().take(taken).collect();
                extra = extra.saturating_sub(taken);
                if taken < segment.count() {
                    break;
                }
                out.push(segment.kind, open.drain(..));
            }
            SegmentKind::Set if extra == 0 => break,
            SegmentKind::Set => {
                out.push(segment.kind, segment.asns());
                extra = extra.saturating_sub(1);
            }
            SegmentKind::ConfedSequence | SegmentKind::ConfedSet => out.push(segment.kind, segment.asns()),
        }
    }
    for segment in as4.segments().filter(|s| !s.kind.is_confed()) {
        // The sequence that was cut is one with the sequence that goes on, where one segment can hold both.
        let joins =
            segment.kind == SegmentKind::Sequence && open.len().saturating_add(segment.count()) <= 255;
        if !joins {
            out.push(SegmentKind::Sequence, open.drain(..));
        }
        out.push(segment.kind, open.drain(..).chain(segment.asns()));
    }
    out.push(SegmentKind::Sequence, open);
    out
}

/// Appends one attribute.
fn put(out: &mut Vec<u8>, flags: AttrFlags, code: AttrCode, value: &[u8]) {
    put_header(out, flags, code, value.len());
    out.extend_from_slice(value);
}

/// Appends flags, code and length; the length takes two octets where it must.
fn put_header(out: &mut Vec<u8>, flags: AttrFlags, code: AttrCode, len: usize) {
    let flags = AttrFlags(flags.0 & !AttrFlags::EXTENDED_LENGTH.0);
    if let Ok(len) = u8::try_from(len) {
        out.extend_from_slice(&[flags.0, code.0, len]);
    } else {
        let at = begin_long(out, flags, code);
        patch_u16(out, at.saturating_sub(2), len);
    }
}

/// Appends a header with a length of two octets, still open; returns where the value begins.
pub(crate) fn begin_long(out: &mut Vec<u8>, flags: AttrFlags, code: AttrCode) -> usize {
    out.extend_from_slice(&[flags.0 | AttrFlags::EXTENDED_LENGTH.0, code.0, 0, 0]);
    out.len()
}

/// Closes the attribute that ends `out` and whose value begins at `value`.
///
/// A length that fits one octet takes one (RFC 4271 section 4.3), so the value moves.
pub(crate) fn close_long(out: &mut Vec<u8>, value: usize) {
    let len = out.len().saturating_sub(value);
    let Ok(short) = u8::try_from(len) else { return patch_u16(out, value.saturating_sub(2), len) };
    let header = out.get_mut(..value).and_then(|v| v.last_chunk_mut::<4>());
    if let Some([flags, _, high, _]) = header {
        *flags &= !AttrFlags::EXTENDED_LENGTH.0;
        *high = short;
        out.remove(value.saturating_sub(1));
    }
}

/// Appends an attribute that is a list; nothing where the list is empty.
fn put_list<const N: usize>(
    out: &mut Vec<u8>,
    flags: AttrFlags,
    code: AttrCode,
    list: impl Iterator<Item = [u8; N]> + Clone,
) {
    let len = list.clone().count().saturating_mul(N);
    if len > 0 {
        put_header(out, flags, code, len);
        list.for_each(|item| out.extend_from_slice(&item));
    }
}
