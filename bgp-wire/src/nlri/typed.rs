//! One NLRI of whatever family: the table from a family to the file that reads its NLRI.

use super::evpn::{self, EvpnRoute};
use super::flowspec::{self, FlowSpec};
use super::label_stack::{LabelForm, LabelRoom};
use super::link_state::{self, LinkStateNlri};
use super::plain;
use super::{LabelledPrefix, Nlri, NlriUnfit, PathNlri, RouteTargetMembership, SrPolicy, Vpls, VpnPrefix};
use crate::cursor;
use crate::family::Family;
use crate::outcome::Fault;
use crate::route_distinguisher::RouteDistinguisher;
use alloc::vec::Vec;
use core::fmt;
use core::net::IpAddr;
use ipnet::IpNet;

/// One NLRI, by the form that its family gives it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum TypedNlri<'a> {
    /// A prefix of unicast or multicast (RFC 4760 section 5).
    Prefix(IpNet),
    /// A prefix and its labels (RFC 8277).
    Labelled(LabelledPrefix),
    /// A prefix of a VPN and its labels (RFC 4364, RFC 4659).
    Vpn(VpnPrefix),
    /// An edge of a layer 2 VPN (RFC 4761, RFC 6074, RFC 6624).
    Vpls(Vpls<'a>),
    /// Routes of VPNs that are wanted (RFC 4684).
    RouteTarget(RouteTargetMembership),
    /// A candidate path of a policy (RFC 9830).
    SrPolicy(SrPolicy),
    /// A route of EVPN (RFC 7432 section 7).
    Evpn(EvpnRoute<'a>),
    /// A flow specification (RFC 8955 section 4).
    FlowSpec(FlowSpec<'a>),
    /// A flow specification of a VPN (RFC 8955 section 8). Nothing is written of one that has, with its route
    /// distinguisher, more than 4,095 octets.
    VpnFlowSpec(RouteDistinguisher, FlowSpec<'a>),
    /// An object of a link-state topology (RFC 9552 section 5.2).
    LinkState(LinkStateNlri<'a>),
    /// The same of a VPN (RFC 9552 section 5.2).
    LinkStateVpn(RouteDistinguisher, LinkStateNlri<'a>),
    /// One of which no more can be read than where it ends.
    Malformed {
        /// The whole of it, without its path identifier.
        octets: &'a [u8],
        /// What is wrong with it.
        fault: Fault,
    },
    /// What a family without a name has: the whole field, unread, path identifiers included.
    Other(&'a [u8]),
}

/// Cuts one NLRI of `family` off `v`, behind its path identifier.
///
/// This one function checks and reads, so that what passed the check is what is read.
fn take(family: Family, labels: LabelForm, v: &[u8]) -> Result<(TypedNlri<'_>, &[u8]), Fault> {
    match family {
        Family::Ipv4Unicast | Family::Ipv6Unicast | Family::Ipv4Multicast | Family::Ipv6Multicast => {
            plain::take(family, v).map(|(prefix, after)| (TypedNlri::Prefix(prefix), after))
        }
        Family::Ipv4Labelled | Family::Ipv6Labelled => {
            LabelledPrefix::take(family, labels, v).map(|(one, after)| (TypedNlri::Labelled(one), after))
        }
        Family::Ipv4Vpn | Family::Ipv6Vpn => {
            VpnPrefix::take(family, labels, v).map(|(one, after)| (TypedNlri::Vpn(one), after))
        }
        Family::Vpls => Vpls::take(v).map(|(one, after)| (TypedNlri::Vpls(one), after)),
        Family::RouteTarget => {
            RouteTargetMembership::take(v).map(|(one, after)| (TypedNlri::RouteTarget(one), after))
        }
        Family::Ipv4SrPolicy | Family::Ipv6SrPolicy => {
            SrPolicy::take(family, v).map(|(one, after)| (TypedNlri::SrPolicy(one), after))
        }
        Family::Evpn => evpn::take(v),
        Family::Ipv4FlowSpec | Family::Ipv6FlowSpec | Family::Ipv4VpnFlowSpec | Family::Ipv6VpnFlowSpec => {
            flowspec::take(family, v)
        }
        Family::LinkState => link_state::take(false, v),
        Family::LinkStateVpn => link_state::take(true, v),
        Family::Other { .. } => Ok((TypedNlri::Other(v), &[])),
    }
}

/// Whether the NLRI of a family come one by one, so that a path identifier can stand before each.
const fn is_read(family: Family) -> bool {
    !matches!(family, Family::Other { .. })
}

/// Checks every NLRI of `raw` and counts them.
pub(super) fn check(family: Family, add_path: bool, labels: LabelForm, raw: &[u8]) -> Result<u16, Fault> {
    let (mut rest, mut count) = (raw, 0_u16);
    while !rest.is_empty() {
        let v = path_id(family, add_path, rest)?.1;
        rest = take(family, labels, v)?.1;
        count = count.wrapping_add(1);
    }
    Ok(count)
}

fn path_id(family: Family, add_path: bool, v: &[u8]) -> Result<(u32, &[u8]), Fault> {
    if add_path && is_read(family) { cursor::u32(v).ok_or(Fault::NlriTruncated) } else { Ok((0, v)) }
}

/// The NLRI of an [`Nlri`](super::Nlri), typed.
#[derive(Clone, Debug)]
pub struct TypedIter<'a> {
    family: Family,
    add_path: bool,
    labels: LabelForm,
    left: u16,
    rest: &'a [u8],
}

impl<'a> TypedIter<'a> {
    pub(super) const fn new(nlri: &Nlri<'a>) -> Self {
        let Nlri { family, add_path, labels, count, raw } = *nlri;
        Self { family, add_path, labels, left: count, rest: raw }
    }
}

impl<'a> Iterator for TypedIter<'a> {
    type Item = (u32, TypedNlri<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let (path_id, v) = path_id(self.family, self.add_path, self.rest).ok()?;
        let (nlri, rest) = take(self.family, self.labels, v).ok()?;
        self.rest = rest;
        self.left = self.left.wrapping_sub(1);
        Some((path_id, nlri))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (usize::from(self.left), Some(usize::from(self.left)))
    }
}

impl ExactSizeIterator for TypedIter<'_> {}

impl<'a> TypedNlri<'a> {
    /// As a field of `family` with this room has it.
    pub(crate) fn written(self, family: Family, room: LabelRoom) -> Result<TypedNlri<'a>, NlriUnfit> {
        if !self.is_of(family) {
            return Err(NlriUnfit::Family);
        }
        let written = match self {
            Self::Labelled(one) => one.written(room).map(Self::Labelled),
            Self::Vpn(one) => one.written(room).map(Self::Vpn),
            other => Some(other),
        };
        written.ok_or(NlriUnfit::Labels)
    }

    /// How many labels it has.
    pub(super) const fn labels(&self) -> u8 {
        match self {
            Self::Labelled(one) => one.labels().len(),
            Self::Vpn(one) => one.labels().len(),
            _ => 0,
        }
    }

    /// What is wrong with it.
    pub(super) const fn fault(&self) -> Option<Fault> {
        match self {
            Self::Malformed { fault, .. } => Some(*fault),
            _ => None,
        }
    }

    /// What forbids to announce it, though it can be read.
    pub(super) fn fault_announced(&self) -> Option<Fault> {
        match self {
            Self::Evpn(route) => route.fault_announced(),
            _ => None,
        }
    }

    /// Whether it is an NLRI of `family`, and one that can be written.
    pub(super) const fn is_of(&self, family: Family) -> bool {
        match self {
            Self::Prefix(IpNet::V4(_)) => matches!(family, Family::Ipv4Unicast | Family::Ipv4Multicast),
            Self::Prefix(IpNet::V6(_)) => matches!(family, Family::Ipv6Unicast | Family::Ipv6Multicast),
            Self::Labelled(one) => match one.prefix() {
                IpNet::V4(_) => matches!(family, Family::Ipv4Labelled),
                IpNet::V6(_) => matches!(family, Family::Ipv6Labelled),
            },
            Self::Vpn(one) => match one.prefix() {
                IpNet::V4(_) => matches!(family, Family::Ipv4Vpn),
                IpNet::V6(_) => matches!(family, Family::Ipv6Vpn),
            },
            Self::Vpls(one) => matches!(family, Family::Vpls) && one.is_told_apart(),
            Self::RouteTarget(_) => matches!(family, Family::RouteTarget),
            Self::SrPolicy(one) => match one.endpoint {
                IpAddr::V4(_) => matches!(family, Family::Ipv4SrPolicy),
                IpAddr::V6(_) => matches!(family, Family::Ipv6SrPolicy),
            },
            Self::Evpn(route) => matches!(family, Family::Evpn) && route.is_writable(),
            Self::FlowSpec(rule) => match family {
                Family::Ipv4FlowSpec => !rule.is_ipv6(),
                Family::Ipv6FlowSpec => rule.is_ipv6(),
                _ => false,
            },
            Self::VpnFlowSpec(_, rule) => match family {
                Family::Ipv4VpnFlowSpec => !rule.is_ipv6() && rule.has_room_for_rd(),
                Family::Ipv6VpnFlowSpec => rule.is_ipv6() && rule.has_room_for_rd(),
                _ => false,
            },
            Self::LinkState(nlri) => matches!(family, Family::LinkState) && nlri.is_sound(),
            Self::LinkStateVpn(_, nlri) => matches!(family, Family::LinkStateVpn) && nlri.is_sound(),
            Self::Malformed { .. } => false,
            Self::Other(_) => !is_read(family),
        }
    }

    /// Appends its octets, behind `path_id` where the session has path identifiers.
    pub(crate) fn encode(&self, path_id: Option<u32>, out: &mut Vec<u8>) {
        if let (Some(path_id), false) = (path_id, matches!(self, Self::Other(_))) {
            out.extend_from_slice(&path_id.to_be_bytes());
        }
        match self {
            Self::Prefix(prefix) => plain::put(out, false, &PathNlri { path_id: 0, prefix: *prefix }),
            Self::Labelled(one) => one.encode(out),
            Self::Vpn(one) => one.encode(out),
            Self::Vpls(one) => one.encode(out),
            Self::RouteTarget(one) => one.encode(out),
            Self::SrPolicy(one) => one.encode(out),
            Self::Evpn(route) => route.encode(out),
            Self::FlowSpec(rule) => flowspec::put(None, rule, out),
            Self::VpnFlowSpec(rd, rule) => flowspec::put(Some(*rd), rule, out),
            Self::LinkState(nlri) => nlri.encode(None, out),
            Self::LinkStateVpn(rd, nlri) => nlri.encode(Some(*rd), out),
            Self::Malformed { octets: raw, .. } | Self::Other(raw) => out.extend_from_slice(raw),
        }
    }
}

impl fmt::Display for TypedNlri<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Prefix(prefix) => prefix.fmt(f),
            Self::Labelled(one) => one.fmt(f),
            Self::Vpn(one) => one.fmt(f),
            Self::Vpls(one) => one.fmt(f),
            Self::RouteTarget(one) => one.fmt(f),
            Self::SrPolicy(one) => one.fmt(f),
            Self::Evpn(route) => route.fmt(f),
            Self::FlowSpec(rule) => rule.fmt(f),
            Self::VpnFlowSpec(rd, rule) => write!(f, "rd {rd} & {rule}"),
            Self::LinkState(nlri) => nlri.fmt(f),
            Self::LinkStateVpn(rd, nlri) => write!(f, "rd {rd} {nlri}"),
            Self::Malformed { octets: raw, .. } | Self::Other(raw) => {
                f.write_str("0x")?;
                raw.iter().try_for_each(|octet| write!(f, "{octet:02x}"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_family() -> impl Strategy<Value = Family> {
        let named: Vec<Family> = Family::named().collect();
        prop_oneof![prop::sample::select(named), Just(Family::Other { afi: 25, safi: 134 })]
    }

    proptest! {
        /// Whatever passes the check is read to its end, and comes out again as it went in or as it canonically is.
        #[test]
        fn what_was_read_and_written_reads_the_same(family in any_family(), add_path: bool, raw: Vec<u8>) {
            let Ok(nlri) = Nlri::new(family, add_path, &raw) else { return Ok(()) };
            prop_assert_eq!(nlri.typed().count(), nlri.count());
            let mut written = Vec::new();
            for (path_id, one) in nlri.typed() {
                one.encode(add_path.then_some(path_id), &mut written);
            }
            let again = Nlri::new(family, add_path, &written).unwrap();
            prop_assert!(again.typed().eq(nlri.typed()));
        }
    }
}
