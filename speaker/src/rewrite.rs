//! How attributes change on their way to a peer, before policy edits them (RFC 4271 section 5.1, RFC 4456, RFC
//! 5065, RFC 7947).

use crate::routing::ToldNextHop;
use bgp_rib::{AttrSet, Learned, Relation};
use bgp_wire::{AsPathBuf, Asn, AttributeSet, Family, NextHop, SegmentKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What a session's peer is to us, and what it knows us by. Peers that are alike in it are told alike.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Rewriting {
    pub(crate) relation: Relation,
    pub(crate) route_server_client: bool,
    pub(crate) next_hop: ToldNextHop,
    /// The ASN that goes in front of AS paths.
    pub(crate) local_asn: Asn,
    /// Our address on the session.
    pub(crate) local_address: IpAddr,
    pub(crate) cluster_id: Ipv4Addr,
    /// Whether the peer takes IPv6 next hops of IPv4 routes (RFC 8950).
    pub(crate) ipv6_next_hop: bool,
    /// Whether clients of a reflector are told what other clients say.
    pub(crate) client_to_client: bool,
}

impl Rewriting {
    /// Whether a path that was learned so is reflected: then its originator is told too.
    pub(crate) const fn reflects(&self, learned: Learned) -> bool {
        self.relation.is_internal() && learned.is_internal()
    }

    /// Makes the attributes of a path what goes out; whether the next hop fits, without which the route cannot leave unless policy gives
    /// it another: it is left as it came. `originator` is the router id of the peer that told the path.
    pub(crate) fn rewrite(
        &self,
        out: &mut AttributeSet,
        learned: Learned,
        originator: Option<Ipv4Addr>,
        family: Family,
    ) -> bool {
        let told = self.told_next_hop(out.next_hop, learned, family);
        out.next_hop = told.unwrap_or(out.next_hop);
        match self.relation {
            Relation::External => self.leave_the_as(out, learned),
            Relation::Confederation => {
                out.as_path = behind_member(&out.as_path, self.local_asn);
                stay(out);
                leave_the_clusters(out);
            }
            Relation::Internal | Relation::Client => {
                stay(out);
                if self.reflects(learned) {
                    out.originator_id = out.originator_id.or(originator);
                    out.cluster_list.insert(0, self.cluster_id);
                }
            }
        }
        told.is_some()
    }

    fn leave_the_as(&self, out: &mut AttributeSet, learned: Learned) {
        if out.as_path.view().segments().any(|segment| segment.kind.is_confed()) {
            out.as_path = without_members(&out.as_path);
        }
        out.local_pref = None;
        // RFC 4360 section 6. Policy, which comes later, may add one that this peer is to have.
        out.extended_communities.retain(|community| community.is_transitive());
        leave_the_clusters(out);
        if !self.is_transparent(learned) {
            out.as_path.prepend(self.local_asn, 1);
            // Section 5.1.4: another AS's MED says nothing to a third.
            out.med = out.med.filter(|_| learned == Learned::Local);
        }
    }

    /// Whether the peer shall not see that the route came through us.
    const fn is_transparent(&self, learned: Learned) -> bool {
        self.route_server_client && learned.is_external()
    }

    fn told_next_hop(&self, old: NextHop, learned: Learned, family: Family) -> Option<NextHop> {
        let old = if learned == Learned::Local { old } else { off_link(old) };
        let own = match self.next_hop {
            _ if old.addr().is_unspecified() => true,
            ToldNextHop::Unchanged => false,
            ToldNextHop::Own => !self.reflects(learned),
            ToldNextHop::Usual if self.is_transparent(learned) => false,
            ToldNextHop::Usual => self.relation == Relation::External && learned != Learned::Local,
        };
        let hop = if own { self.local_address.into() } else { old };
        let fits = match (family == Family::Ipv4Unicast, hop.addr().is_ipv4()) {
            (true, false) => self.ipv6_next_hop,
            (route, hop) => route == hop,
        };
        fits.then_some(hop)
    }
}

/// A next hop as those may be told who are not on its link: the global address alone, and none where there is none (RFC 2545 section
/// 3).
fn off_link(hop: NextHop) -> NextHop {
    match hop {
        NextHop::V6LinkLocal(hop, _) | NextHop::V6(hop) if hop.is_unicast_link_local() => {
            NextHop::V6(Ipv6Addr::UNSPECIFIED)
        }
        NextHop::V6LinkLocal(global, _) => NextHop::V6(global),
        other => other,
    }
}

/// What stays within an AS or a confederation has a LOCAL_PREF.
fn stay(out: &mut AttributeSet) {
    out.local_pref = Some(out.local_pref.unwrap_or(AttrSet::DEFAULT_LOCAL_PREF));
}

/// Reflection is an AS's, or a member's, own affair (RFC 4456 section 8).
fn leave_the_clusters(out: &mut AttributeSet) {
    out.originator_id = None;
    out.cluster_list.clear();
}

/// The path with `asn`, a member of the confederation, in front (RFC 5065 section 4.1 b).
fn behind_member(path: &AsPathBuf, asn: Asn) -> AsPathBuf {
    let mut segments = path.view().segments().peekable();
    let mut out = AsPathBuf::default();
    let front = std::iter::once(asn);
    match segments.next_if(|first| first.kind == SegmentKind::ConfedSequence && first.count() < 255) {
        Some(first) => out.push(first.kind, front.chain(first.asns())),
        None => out.push(SegmentKind::ConfedSequence, front),
    }
    segments.for_each(|segment| out.push(segment.kind, segment.asns()));
    out
}

/// The path as those outside the confederation may see it (RFC 5065 section 4.1 c).
fn without_members(path: &AsPathBuf) -> AsPathBuf {
    let mut out = AsPathBuf::default();
    let kept = path.view().segments().filter(|segment| !segment.kind.is_confed());
    kept.for_each(|segment| out.push(segment.kind, segment.asns()));
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use Learned::{From, Local};
    use Relation::{Client, Confederation, External, Internal};
    use ToldNextHop::{Own, Unchanged, Usual};
    use bgp_wire::Origin;

    const V4: Family = Family::Ipv4Unicast;
    const US: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);
    const FROM: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 7);

    fn towards(relation: Relation) -> Rewriting {
        Rewriting {
            relation,
            route_server_client: false,
            next_hop: Usual,
            local_asn: Asn(64500),
            local_address: US.into(),
            cluster_id: [10, 0, 0, 1].into(),
            ipv6_next_hop: false,
            client_to_client: true,
        }
    }

    /// AS path, MED, LOCAL_PREF, ORIGINATOR_ID, CLUSTER_LIST and next hop of what leaves.
    fn told(rewriting: Rewriting, learned: Learned, path: &str) -> String {
        let mut set = AttributeSet::new(Origin::Igp, NextHop::V4([198, 51, 100, 9].into()));
        set.as_path = path.parse().unwrap();
        (set.med, set.local_pref) = (Some(7), Some(300));
        assert!(rewriting.rewrite(&mut set, learned, Some(FROM), V4));
        let out = set;
        let number = |n: Option<u32>| n.map_or("-".to_owned(), |n| n.to_string());
        let originator = out.originator_id.map_or("-".to_owned(), |id| id.to_string());
        let (med, pref, clusters) = (number(out.med), number(out.local_pref), out.cluster_list);
        format!("{} med {med} pref {pref} by {originator} {clusters:?} via {}", out.as_path, out.next_hop)
    }

    /// (where to, where from, the AS path, what leaves)
    #[test]
    fn what_a_peer_is_told() {
        let server = Rewriting { route_server_client: true, ..towards(External) };
        let own = |relation| Rewriting { next_hop: Own, ..towards(relation) };
        let unchanged = |relation| Rewriting { next_hop: Unchanged, ..towards(relation) };
        let rows = [
            (towards(External), From(External), "1", "64500 1 med - pref - by - [] via 192.0.2.1"),
            (towards(External), From(Internal), "1", "64500 1 med - pref - by - [] via 192.0.2.1"),
            (towards(External), Local, "", "64500 med 7 pref - by - [] via 198.51.100.9"),
            (
                towards(External),
                From(Confederation),
                "(64512) 1",
                "64500 1 med - pref - by - [] via 192.0.2.1",
            ),
            (towards(Internal), From(External), "1", "1 med 7 pref 300 by - [] via 198.51.100.9"),
            (towards(Internal), Local, "", " med 7 pref 300 by - [] via 198.51.100.9"),
            (
                towards(Internal),
                From(Client),
                "1",
                "1 med 7 pref 300 by 192.0.2.7 [10.0.0.1] via 198.51.100.9",
            ),
            (towards(Client), From(Internal), "", " med 7 pref 300 by 192.0.2.7 [10.0.0.1] via 198.51.100.9"),
            (towards(Client), From(External), "1", "1 med 7 pref 300 by - [] via 198.51.100.9"),
            (
                towards(Confederation),
                From(External),
                "1",
                "(64500) 1 med 7 pref 300 by - [] via 198.51.100.9",
            ),
            (
                towards(Confederation),
                From(Confederation),
                "(64512) 1",
                "(64500 64512) 1 med 7 pref 300 by - [] via 198.51.100.9",
            ),
            (towards(Confederation), From(Client), "", "(64500) med 7 pref 300 by - [] via 198.51.100.9"),
            (server, From(External), "1 2", "1 2 med 7 pref - by - [] via 198.51.100.9"),
            (server, From(Internal), "1 2", "64500 1 2 med - pref - by - [] via 192.0.2.1"),
            (server, Local, "", "64500 med 7 pref - by - [] via 198.51.100.9"),
            (own(Internal), From(External), "1", "1 med 7 pref 300 by - [] via 192.0.2.1"),
            (own(Client), From(Client), "", " med 7 pref 300 by 192.0.2.7 [10.0.0.1] via 198.51.100.9"),
            (own(External), Local, "", "64500 med 7 pref - by - [] via 192.0.2.1"),
            (unchanged(External), From(External), "1", "64500 1 med - pref - by - [] via 198.51.100.9"),
        ];
        for (rewriting, learned, path, want) in rows {
            assert_eq!(told(rewriting, learned, path), want, "{rewriting:?} {learned:?}");
        }
    }

    /// Whoever reflected it before stays its originator, and his cluster stays in the list.
    #[test]
    fn reflected_again() {
        let mut set = AttributeSet::new(Origin::Igp, NextHop::V4([198, 51, 100, 9].into()));
        (set.originator_id, set.cluster_list) = (Some(1.into()), vec![2.into()]);
        let mut out = set.clone();
        assert!(towards(Client).rewrite(&mut out, From(Internal), Some(FROM), V4));
        assert_eq!(out.originator_id, Some(1.into()));
        assert_eq!(out.cluster_list, [Ipv4Addr::new(10, 0, 0, 1), 2.into()]);
        for relation in [External, Confederation] {
            let mut out = set.clone();
            assert!(towards(relation).rewrite(&mut out, From(Internal), Some(FROM), V4));
            assert_eq!((out.originator_id, out.cluster_list), (None, vec![]), "{relation:?}");
        }
    }

    /// (the net's family, the next hop it has, our address, whether the peer is external and whether it takes IPv6 next
    /// hops of IPv4 routes, the next hop told)
    #[test]
    fn a_next_hop_is_told_to_whom_can_take_it() {
        let (v4, v6): (IpAddr, IpAddr) = ("198.51.100.9".parse().unwrap(), "2001:db8::9".parse().unwrap());
        let (here4, here6): (IpAddr, IpAddr) = (US.into(), "2001:db8::1".parse().unwrap());
        let of6 = Family::Ipv6Unicast;
        let rows = [
            (V4, v4, here4, true, false, Some(here4)),
            (V4, v4, here6, true, false, None),
            (V4, v4, here6, true, true, Some(here6)),
            // It came over IPv6, and leaves over IPv4.
            (V4, v6, here4, true, false, Some(here4)),
            (V4, v6, here4, false, false, None),
            (V4, v6, here4, false, true, Some(v6)),
            (of6, v6, here6, true, false, Some(here6)),
            (of6, v6, here4, true, true, None),
            (of6, v6, here4, false, false, Some(v6)),
        ];
        for (family, old, local_address, external, ipv6_next_hop, want) in rows {
            let relation = if external { External } else { Internal };
            let rewriting = Rewriting { local_address, ipv6_next_hop, ..towards(relation) };
            let mut set = AttributeSet::new(Origin::Igp, old.into());
            let told = rewriting.rewrite(&mut set, From(External), None, family);
            let told = told.then(|| set.next_hop.addr());
            assert_eq!(told, want, "{family} via {old} from {local_address} to {relation:?}");
        }
    }
}
