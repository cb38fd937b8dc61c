//! What a rule changes in a route that it lets pass.

use crate::pattern::{CommunityPattern, LargeCommunityPattern};
use crate::special_asn;
use bgp_wire::{AsPathBuf, Asn, AttributeSet, Community, LargeCommunity, NextHop, Origin};
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// One change to an attribute set.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Edit {
    /// Gives MULTI_EXIT_DISC this value.
    SetMed(u32),
    /// Adds to MULTI_EXIT_DISC, an absent one counting 0; stops at 0 and at the greatest value.
    AddMed(i64),
    /// Gives LOCAL_PREF this value.
    SetLocalPref(u32),
    /// Adds to LOCAL_PREF, an absent one counting 100; stops at 0 and at the greatest value.
    AddLocalPref(i64),
    /// Gives the path this weight, which the decision process looks at first. It is no attribute:
    /// [`Verdict::weight`](crate::Verdict::weight) tells it.
    SetWeight(u16),
    /// Gives ORIGIN this value.
    SetOrigin(Origin),
    /// Removes the ASNs for private use (RFC 6996) from AS_PATH.
    StripPrivateAsns,
    /// Puts the local ASN in front of AS_PATH so many times.
    Prepend(u8),
    /// Replaces all standard communities.
    SetCommunities(Box<[Community]>),
    /// Removes the standard communities that match.
    DeleteCommunity(CommunityPattern),
    /// Adds a standard community, once.
    AddCommunity(Community),
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
            Self::SetLocalPref(preference) => attrs.local_pref = Some(*preference),
            Self::AddLocalPref(n) => attrs.local_pref = Some(shifted(attrs.local_pref.unwrap_or(100), *n)),
            Self::SetWeight(_) => {}
            Self::SetOrigin(origin) => attrs.origin = *origin,
            Self::StripPrivateAsns => attrs.as_path = without_private(&attrs.as_path),
            Self::Prepend(times) => attrs.as_path.prepend(context.local_asn, usize::from(*times)),
            Self::SetCommunities(list) => attrs.communities = list.to_vec(),
            Self::DeleteCommunity(pattern) => attrs.communities.retain(|c| !pattern.matches(*c)),
            Self::AddCommunity(community) => add(&mut attrs.communities, *community),
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

fn without_private(path: &AsPathBuf) -> AsPathBuf {
    let mut kept = AsPathBuf::default();
    for segment in path.view().segments() {
        kept.push(segment.kind, segment.asns().filter(|asn| !special_asn::is_private(*asn)));
    }
    kept
}

impl fmt::Display for Edit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SetMed(med) => write!(f, "MED {med}"),
            Self::AddMed(n) => write!(f, "MED {n:+}"),
            Self::SetLocalPref(preference) => write!(f, "local preference {preference}"),
            Self::AddLocalPref(n) => write!(f, "local preference {n:+}"),
            Self::SetWeight(weight) => write!(f, "weight {weight}"),
            Self::SetOrigin(origin) => write!(f, "origin {origin}"),
            Self::StripPrivateAsns => f.write_str("private ASNs removed"),
            Self::Prepend(times) => write!(f, "own ASN prepended {times} times"),
            Self::SetCommunities(list) => {
                f.write_str("communities ")?;
                crate::listed(f, list)
            }
            Self::DeleteCommunity(pattern) => write!(f, "community {pattern} removed"),
            Self::AddCommunity(community) => write!(f, "community {community} added"),
            Self::SetLargeCommunities(list) => {
                f.write_str("large communities ")?;
                crate::listed(f, list)
            }
            Self::DeleteLargeCommunity(pattern) => write!(f, "large community {pattern} removed"),
            Self::AddLargeCommunity(community) => write!(f, "large community {community} added"),
            Self::NextHopSelf => f.write_str("next hop self"),
            Self::SetNextHop(addr) => write!(f, "next hop {addr}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attrs() -> AttributeSet {
        let mut attrs = AttributeSet::new(Origin::Incomplete, NextHop::V4([192, 0, 2, 1].into()));
        attrs.as_path = [64512, 64501].into_iter().map(Asn).collect();
        attrs.communities = ["64500:1", "8075:1", "64500:2"].map(|c| c.parse().unwrap()).to_vec();
        attrs.large_communities = ["64500:1:1", "64501:1:1"].map(|c| c.parse().unwrap()).to_vec();
        attrs.med = Some(10);
        attrs
    }

    const CONTEXT: EditContext =
        EditContext { local_asn: Asn(64500), self_v4: Some(Ipv4Addr::new(192, 0, 2, 9)), self_v6: None };

    fn text(attrs: &AttributeSet) -> String {
        let list = |items: Vec<String>| items.join(",");
        format!(
            "{} | {} | {:?} {:?} {} | {} | {}",
            attrs.as_path,
            attrs.next_hop,
            attrs.med,
            attrs.local_pref,
            attrs.origin,
            list(attrs.communities.iter().map(ToString::to_string).collect()),
            list(attrs.large_communities.iter().map(ToString::to_string).collect()),
        )
    }

    /// (edit, the part of the attribute set's text that becomes another, what it becomes).
    #[test]
    fn edits() {
        let before = "64512 64501 | 192.0.2.1 | Some(10) None incomplete | 64500:1,8075:1,64500:2 | 64500:1:1,64501:1:1";
        assert_eq!(text(&attrs()), before);
        let community = |c: &str| c.parse::<Community>().unwrap();
        let large = |c: &str| c.parse::<LargeCommunity>().unwrap();
        for (edit, old, new) in [
            (Edit::SetMed(0), "Some(10)", "Some(0)"),
            (Edit::AddMed(5), "Some(10)", "Some(15)"),
            (Edit::AddMed(-11), "Some(10)", "Some(0)"),
            (Edit::AddMed(i64::MAX), "Some(10)", "Some(4294967295)"),
            (Edit::SetLocalPref(200), "None", "Some(200)"),
            (Edit::AddLocalPref(-1), "None", "Some(99)"),
            (Edit::SetOrigin(Origin::Igp), "incomplete", "igp"),
            (Edit::StripPrivateAsns, "64512 64501", "64501"),
            (Edit::Prepend(2), "64512 64501", "64500 64500 64512 64501"),
            (Edit::Prepend(0), "64512 64501", "64512 64501"),
            (Edit::SetCommunities([community("8075:8007")].into()), "64500:1,8075:1,64500:2", "8075:8007"),
            (Edit::SetCommunities([].into()), "64500:1,8075:1,64500:2", ""),
            (Edit::DeleteCommunity("64500:*".parse().unwrap()), "64500:1,8075:1,64500:2", "8075:1"),
            (Edit::AddCommunity(community("8075:8007")), "64500:2 ", "64500:2,8075:8007 "),
            (Edit::AddCommunity(community("64500:2")), "64500:2", "64500:2"),
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
