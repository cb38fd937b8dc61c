//! What a rule changes in a route that it lets pass.

use crate::asn_set::AsnSet;
use crate::named::Named;
use crate::pattern::{CommunityPattern, ExtendedCommunityPattern, LargeCommunityPattern};
use crate::special_asn;
use bgp_wire::{AsPathBuf, Asn, AttributeSet, Community, ExtendedCommunity, LargeCommunity, NextHop, Origin};
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// One change to an attribute set. `Display` writes it as a policy's text has it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Edit {
    /// Gives MULTI_EXIT_DISC this value.
    SetMed(u32),
    /// Adds to MULTI_EXIT_DISC, an absent one counting 0; stops at 0 and at the greatest value.
    AddMed(i64),
    /// Removes MULTI_EXIT_DISC.
    DeleteMed,
    /// Gives LOCAL_PREF this value.
    SetLocalPref(u32),
    /// Adds to LOCAL_PREF, an absent one counting 100; stops at 0 and at the greatest value.
    AddLocalPref(i64),
    /// Removes LOCAL_PREF.
    DeleteLocalPref,
    /// Gives the path this weight, which the decision process looks at first. It is no attribute:
    /// [`Verdict::weight`](crate::Verdict::weight) tells it.
    SetWeight(u16),
    /// Gives ORIGIN this value.
    SetOrigin(Origin),
    /// Removes the ASNs for private use (RFC 6996) from AS_PATH.
    StripPrivateAsns,
    /// Removes these ASNs from AS_PATH.
    StripAsns(Named<AsnSet>),
    /// Puts another ASN in the place of each of these in AS_PATH: this one, or the local one. The path stays as long.
    ReplaceAsns(Named<AsnSet>, Option<Asn>),
    /// Puts the local ASN in front of AS_PATH so many times.
    Prepend(u8),
    /// Puts this ASN in front of AS_PATH so many times.
    PrependAsn(Asn, u8),
    /// Replaces all standard communities.
    SetCommunities(Box<[Community]>),
    /// Removes the standard communities that match.
    DeleteCommunity(CommunityPattern),
    /// Adds a standard community, once.
    AddCommunity(Community),
    /// Replaces all extended communities.
    SetExtendedCommunities(Box<[ExtendedCommunity]>),
    /// Removes the extended communities that match.
    DeleteExtendedCommunity(ExtendedCommunityPattern),
    /// Adds an extended community, once.
    AddExtendedCommunity(ExtendedCommunity),
    /// Replaces all large communities.
    SetLargeCommunities(Box<[LargeCommunity]>),
    /// Removes the large communities that match.
    DeleteLargeCommunity(LargeCommunityPattern),
    /// Adds a large community, once.
    AddLargeCommunity(LargeCommunity),
    /// Makes the local address of the session the next hop.
    NextHopSelf,
    /// Makes this address the next hop.
    SetNextHop(IpAddr),
}

/// What an edit needs to know of the session that the route crosses.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct EditContext {
    /// The ASN to prepend.
    pub local_asn: Asn,
    /// Our address in IPv4, where there is one.
    pub self_v4: Option<Ipv4Addr>,
    /// Our global address in IPv6, where there is one.
    pub self_v6: Option<Ipv6Addr>,
}

/// An edit asked for a next hop, and there is no address of the route's family: the route cannot pass.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NoNextHop;

impl fmt::Display for NoNextHop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the policy sets a next hop, and gives none of the route's address family")
    }
}
impl std::error::Error for NoNextHop {}

impl Edit {
    /// Changes `attrs`.
    pub fn apply(&self, attrs: &mut AttributeSet, context: &EditContext) -> Result<(), NoNextHop> {
        match self {
            Self::SetMed(med) => attrs.med = Some(*med),
            Self::AddMed(n) => attrs.med = Some(shifted(attrs.med.unwrap_or(0), *n)),
            Self::DeleteMed => attrs.med = None,
            Self::SetLocalPref(preference) => attrs.local_pref = Some(*preference),
            Self::AddLocalPref(n) => attrs.local_pref = Some(shifted(attrs.local_pref.unwrap_or(100), *n)),
            Self::DeleteLocalPref => attrs.local_pref = None,
            Self::SetWeight(_) => {}
            Self::SetOrigin(origin) => attrs.origin = *origin,
            Self::StripPrivateAsns => {
                attrs.as_path = each(&attrs.as_path, |asn| (!special_asn::is_private(asn)).then_some(asn));
            }
            Self::StripAsns(set) => {
                attrs.as_path = each(&attrs.as_path, |asn| (!set.contains(asn)).then_some(asn));
            }
            Self::ReplaceAsns(set, with) => {
                let with = with.unwrap_or(context.local_asn);
                attrs.as_path = each(&attrs.as_path, |asn| Some(if set.contains(asn) { with } else { asn }));
            }
            Self::Prepend(times) => attrs.as_path.prepend(context.local_asn, usize::from(*times)),
            Self::PrependAsn(asn, times) => attrs.as_path.prepend(*asn, usize::from(*times)),
            Self::SetCommunities(list) => attrs.communities = list.to_vec(),
            Self::DeleteCommunity(pattern) => attrs.communities.retain(|c| !pattern.matches(*c)),
            Self::AddCommunity(community) => add(&mut attrs.communities, *community),
            Self::SetExtendedCommunities(list) => attrs.extended_communities = list.to_vec(),
            Self::DeleteExtendedCommunity(pattern) => {
                attrs.extended_communities.retain(|c| !pattern.matches(*c));
            }
            Self::AddExtendedCommunity(community) => add(&mut attrs.extended_communities, *community),
            Self::SetLargeCommunities(list) => attrs.large_communities = list.to_vec(),
            Self::DeleteLargeCommunity(pattern) => attrs.large_communities.retain(|c| !pattern.matches(*c)),
            Self::AddLargeCommunity(community) => add(&mut attrs.large_communities, *community),
            Self::NextHopSelf => attrs.next_hop = context.own(attrs.next_hop)?,
            Self::SetNextHop(addr) => attrs.next_hop = replaced(attrs.next_hop, *addr)?,
        }
        Ok(())
    }
}

impl EditContext {
    /// Our address in the family of `old`.
    fn own(&self, old: NextHop) -> Result<NextHop, NoNextHop> {
        match old.addr() {
            IpAddr::V4(_) => self.self_v4.map(NextHop::V4),
            IpAddr::V6(_) => self.self_v6.map(NextHop::V6),
        }
        .ok_or(NoNextHop)
    }
}

fn replaced(old: NextHop, new: IpAddr) -> Result<NextHop, NoNextHop> {
    if old.addr().is_ipv4() == new.is_ipv4() { Ok(new.into()) } else { Err(NoNextHop) }
}

fn shifted(value: u32, by: i64) -> u32 {
    let sum = i64::from(value).saturating_add(by).clamp(0, i64::from(u32::MAX));
    u32::try_from(sum).unwrap_or(u32::MAX)
}

fn add<T: PartialEq>(list: &mut Vec<T>, item: T) {
    if !list.contains(&item) {
        list.push(item);
    }
}

/// The path that `keep` makes of each ASN.
fn each(path: &AsPathBuf, keep: impl Fn(Asn) -> Option<Asn>) -> AsPathBuf {
    let mut kept = AsPathBuf::default();
    for segment in path.view().segments() {
        kept.push(segment.kind, segment.asns().filter_map(&keep));
    }
    kept
}

impl fmt::Display for Edit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SetMed(med) => write!(f, "set med {med}"),
            Self::AddMed(n) => write_added(f, "med", *n),
            Self::DeleteMed => f.write_str("delete med"),
            Self::SetLocalPref(preference) => write!(f, "set local-pref {preference}"),
            Self::AddLocalPref(n) => write_added(f, "local-pref", *n),
            Self::DeleteLocalPref => f.write_str("delete local-pref"),
            Self::SetWeight(weight) => write!(f, "set weight {weight}"),
            Self::SetOrigin(origin) => write!(f, "set origin {origin}"),
            Self::StripPrivateAsns => f.write_str("strip private-asns"),
            Self::StripAsns(set) => write!(f, "strip asns {set}"),
            Self::ReplaceAsns(set, None) => write!(f, "replace asns {set} with own-asn"),
            Self::ReplaceAsns(set, Some(asn)) => write!(f, "replace asns {set} with {asn}"),
            Self::Prepend(times) => write!(f, "prepend own-asn {times} times"),
            Self::PrependAsn(asn, times) => write!(f, "prepend {asn} {times} times"),
            Self::SetCommunities(list) => write_set(f, "communities", list),
            Self::DeleteCommunity(pattern) => write!(f, "delete community {pattern}"),
            Self::AddCommunity(community) => write!(f, "add community {community}"),
            Self::SetExtendedCommunities(list) => write_set(f, "extended-communities", list),
            Self::DeleteExtendedCommunity(pattern) => write!(f, "delete extended-community {pattern}"),
            Self::AddExtendedCommunity(community) => write!(f, "add extended-community {community}"),
            Self::SetLargeCommunities(list) => write_set(f, "large-communities", list),
            Self::DeleteLargeCommunity(pattern) => write!(f, "delete large-community {pattern}"),
            Self::AddLargeCommunity(community) => write!(f, "add large-community {community}"),
            Self::NextHopSelf => f.write_str("set next-hop self"),
            Self::SetNextHop(addr) => write!(f, "set next-hop {addr}"),
        }
    }
}

fn write_added(f: &mut fmt::Formatter<'_>, what: &str, n: i64) -> fmt::Result {
    let verb = if n < 0 { "lower" } else { "raise" };
    write!(f, "{verb} {what} by {}", n.unsigned_abs())
}

fn write_set<T: fmt::Display>(f: &mut fmt::Formatter<'_>, what: &str, list: &[T]) -> fmt::Result {
    write!(f, "set {what} {{")?;
    crate::listed(f, list)?;
    f.write_str("}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attrs() -> AttributeSet {
        let mut attrs = AttributeSet::new(Origin::Incomplete, NextHop::V4([192, 0, 2, 1].into()));
        attrs.as_path = [64512, 64501].into_iter().map(Asn).collect();
        attrs.communities = ["64500:1", "8075:1", "64500:2"].map(|c| c.parse().unwrap()).to_vec();
        attrs.extended_communities = ["rt:64500:1", "color:7"].map(|c| c.parse().unwrap()).to_vec();
        attrs.large_communities = ["64500:1:1", "64501:1:1"].map(|c| c.parse().unwrap()).to_vec();
        attrs.med = Some(10);
        attrs
    }

    const CONTEXT: EditContext =
        EditContext { local_asn: Asn(64500), self_v4: Some(Ipv4Addr::new(192, 0, 2, 9)), self_v6: None };

    fn text(attrs: &AttributeSet) -> String {
        let list = |items: Vec<String>| items.join(",");
        format!(
            "{} | {} | {:?} {:?} {} | {} | {} | {}",
            attrs.as_path,
            attrs.next_hop,
            attrs.med,
            attrs.local_pref,
            attrs.origin,
            list(attrs.communities.iter().map(ToString::to_string).collect()),
            list(attrs.extended_communities.iter().map(ToString::to_string).collect()),
            list(attrs.large_communities.iter().map(ToString::to_string).collect()),
        )
    }

    /// (edit, the part of the attribute set's text that becomes another, what it becomes).
    #[test]
    fn edits() {
        let before = "64512 64501 | 192.0.2.1 | Some(10) None incomplete | 64500:1,8075:1,64500:2 | rt:64500:1,color:00:7 | 64500:1:1,64501:1:1";
        assert_eq!(text(&attrs()), before);
        let community = |c: &str| c.parse::<Community>().unwrap();
        let large = |c: &str| c.parse::<LargeCommunity>().unwrap();
        let extended = |c: &str| c.parse::<ExtendedCommunity>().unwrap();
        let asns = |range: &str| [range.parse::<crate::AsnRange>().unwrap()].into_iter().collect();
        for (edit, old, new) in [
            (Edit::SetMed(0), "Some(10)", "Some(0)"),
            (Edit::AddMed(5), "Some(10)", "Some(15)"),
            (Edit::AddMed(-11), "Some(10)", "Some(0)"),
            (Edit::AddMed(i64::MAX), "Some(10)", "Some(4294967295)"),
            (Edit::DeleteMed, "Some(10)", "None"),
            (Edit::SetLocalPref(200), "None", "Some(200)"),
            (Edit::DeleteLocalPref, "None", "None"),
            (Edit::AddLocalPref(-1), "None", "Some(99)"),
            (Edit::SetOrigin(Origin::Igp), "incomplete", "igp"),
            (Edit::StripPrivateAsns, "64512 64501", "64501"),
            (Edit::StripAsns(asns("64501")), "64512 64501", "64512"),
            (Edit::ReplaceAsns(AsnSet::private().into(), None), "64512 64501", "64500 64501"),
            (Edit::ReplaceAsns(asns("64501-64512"), Some(Asn(7))), "64512 64501", "7 7"),
            (Edit::PrependAsn(Asn(7), 2), "64512 64501", "7 7 64512 64501"),
            (Edit::Prepend(2), "64512 64501", "64500 64500 64512 64501"),
            (Edit::Prepend(0), "64512 64501", "64512 64501"),
            (Edit::SetCommunities([community("8075:8007")].into()), "64500:1,8075:1,64500:2", "8075:8007"),
            (Edit::SetCommunities([].into()), "64500:1,8075:1,64500:2", ""),
            (Edit::DeleteCommunity("64500:*".parse().unwrap()), "64500:1,8075:1,64500:2", "8075:1"),
            (Edit::AddCommunity(community("8075:8007")), "64500:2 ", "64500:2,8075:8007 "),
            (Edit::AddCommunity(community("64500:2")), "64500:2", "64500:2"),
            (Edit::SetExtendedCommunities([extended("rt:1:2")].into()), "rt:64500:1,color:00:7", "rt:1:2"),
            (Edit::DeleteExtendedCommunity("rt:64500:*".parse().unwrap()), "rt:64500:1,", ""),
            (Edit::AddExtendedCommunity(extended("rt:1:2")), "color:00:7", "color:00:7,rt:1:2"),
            (Edit::AddExtendedCommunity(extended("color:00:7")), "color:00:7", "color:00:7"),
            (Edit::SetLargeCommunities([large("1:2:3")].into()), "64500:1:1,64501:1:1", "1:2:3"),
            (Edit::DeleteLargeCommunity("64500:*:*".parse().unwrap()), "64500:1:1,", ""),
            (Edit::AddLargeCommunity(large("1:2:3")), "64501:1:1", "64501:1:1,1:2:3"),
            (Edit::NextHopSelf, "192.0.2.1", "192.0.2.9"),
            (Edit::SetNextHop([198, 51, 100, 1].into()), "192.0.2.1", "198.51.100.1"),
        ] {
            let mut after = attrs();
            assert_eq!(edit.apply(&mut after, &CONTEXT), Ok(()), "{edit}");
            assert_eq!(text(&after), before.replacen(old, new, 1), "{edit}");
        }
    }

    #[test]
    fn a_next_hop_of_the_other_family_is_refused_and_changes_nothing() {
        let mut v6 = AttributeSet::new(Origin::Igp, NextHop::V6("2001:db8::1".parse().unwrap()));
        for edit in [Edit::NextHopSelf, Edit::SetNextHop([192, 0, 2, 1].into())] {
            assert_eq!(edit.apply(&mut v6, &CONTEXT), Err(NoNextHop));
        }
        assert_eq!(v6.next_hop.to_string(), "2001:db8::1");
    }
}
