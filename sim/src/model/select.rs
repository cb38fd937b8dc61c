//! The decision process once more, as plainly as it can be written (RFC 4271 section 9.1.2.2).

use crate::speaker::SpeakerId;
use crate::world::World;
use bgp_rib::{Learned, PeerId, Reach};
use bgp_wire::{Asn, AttributeSet};
use std::net::{IpAddr, Ipv4Addr};

/// A path of the model.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Candidate {
    pub(crate) attrs: AttributeSet,
    pub(crate) learned: Learned,
    /// The number of the peer it came from; `None` for one that begins here.
    pub(crate) peer: Option<u32>,
    /// The identifier it came with (RFC 7911).
    pub(crate) path_id: u32,
    pub(crate) router_id: Ipv4Addr,
    pub(crate) address: IpAddr,
    /// Whether it is stale for so long that any other is better.
    pub(crate) last_choice: bool,
}

impl Candidate {
    /// The peer it came from and the identifier it came with, which name it.
    pub(crate) fn key(&self) -> (PeerId, u32) {
        (self.peer.map_or(PeerId::LOCAL, PeerId), self.path_id)
    }

    fn neighbor(&self) -> Asn {
        self.attrs.as_path.view().neighbor().unwrap_or_default()
    }

    fn med(&self) -> u32 {
        self.attrs.med.unwrap_or(0)
    }
}

/// Leaves those for which `rank` is least.
fn least<T: Ord>(left: &mut Vec<&Candidate>, rank: impl Fn(&Candidate) -> T) {
    if let Some(least) = left.iter().map(|c| rank(c)).min() {
        left.retain(|c| rank(c) == least);
    }
}

/// The best of them.
pub(super) fn best<'c>(
    world: &World,
    speaker: SpeakerId,
    mut left: Vec<&'c Candidate>,
) -> Option<&'c Candidate> {
    let this = &world.speakers[speaker];
    let reach = |c: &Candidate| match this.reach.get(&c.attrs.next_hop.addr()) {
        Some(reach) if c.learned != Learned::Local => *reach,
        _ => Reach::Cost(0),
    };
    left.retain(|c| reach(c) != Reach::Unreachable);
    let cost = |c: &Candidate| if let Reach::Cost(cost) = reach(c) { cost } else { u32::MAX };
    decide(left, this.config.decision.always_compare_med, cost)
}

fn decide(
    mut left: Vec<&Candidate>,
    always_compare_med: bool,
    cost: impl Fn(&Candidate) -> u32,
) -> Option<&Candidate> {
    least(&mut left, |c| c.last_choice);
    least(&mut left, |c| c.learned != Learned::Local);
    least(&mut left, |c| u32::MAX - c.attrs.local_pref.unwrap_or(100));
    least(&mut left, |c| c.attrs.as_path.view().hops());
    least(&mut left, |c| c.attrs.origin as u8);
    let all = left.clone();
    let same = |a: &Candidate, b: &Candidate| always_compare_med || a.neighbor() == b.neighbor();
    left.retain(|c| !all.iter().any(|other| same(other, c) && other.med() < c.med()));
    least(&mut left, |c| !c.learned.is_external());
    least(&mut left, |c| cost(c));
    least(&mut left, |c| c.attrs.originator_id.unwrap_or(c.router_id));
    least(&mut left, |c| c.attrs.cluster_list.len());
    least(&mut left, |c| c.address);
    least(&mut left, |c| (c.peer, c.path_id));
    left.first().copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use bgp_rib::Relation;
    use bgp_wire::{NextHop, Origin, SegmentKind};

    fn candidate(id: u8, path: &[u32], med: u32) -> Candidate {
        let address = Ipv4Addr::new(192, 0, 2, id);
        let mut attrs = AttributeSet::new(Origin::Igp, NextHop::V4(address));
        attrs.as_path.push(SegmentKind::Sequence, path.iter().map(|n| Asn(*n)));
        attrs.med = Some(med);
        let learned = Learned::From(Relation::External);
        Candidate {
            attrs,
            learned,
            peer: Some(id.into()),
            path_id: 0,
            router_id: address,
            address: address.into(),
            last_choice: false,
        }
    }

    #[test]
    fn med_counts_within_one_neighboring_as() {
        let of = |c: &[Candidate]| decide(c.iter().collect(), false, |_| 0).and_then(|c| c.peer);
        let (a, b, c) = (candidate(1, &[64500], 10), candidate(2, &[64501], 0), candidate(3, &[64500], 5));
        assert_eq!(of(&[a.clone(), b.clone()]), Some(1));
        assert_eq!(of(&[a, b, c]), Some(2));
        assert_eq!(of(&[candidate(1, &[64500, 64501], 0), candidate(9, &[64500], 9)]), Some(9));
        assert_eq!(of(&[]), None);
    }
}
