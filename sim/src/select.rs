//! The decision process once more, as plainly as it can be written (RFC 4271 section 9.1.2.2).

use bgp_rib::Learned;
use bgp_wire::{Asn, AttributeSet};
use std::net::{IpAddr, Ipv4Addr};

/// A path of the model.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Candidate {
    pub(crate) attrs: AttributeSet,
    pub(crate) learned: Learned,
    /// The number of the peer it came from; `None` for one that begins here.
    pub(crate) peer: Option<u32>,
    pub(crate) router_id: Ipv4Addr,
    pub(crate) address: IpAddr,
}

impl Candidate {
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
pub(crate) fn best(candidates: &[Candidate]) -> Option<&Candidate> {
    let mut left: Vec<_> = candidates.iter().collect();
    least(&mut left, |c| c.learned != Learned::Local);
    least(&mut left, |c| u32::MAX - c.attrs.local_pref.unwrap_or(100));
    least(&mut left, |c| c.attrs.as_path.view().hops());
    least(&mut left, |c| c.attrs.origin as u8);
    let all = left.clone();
    left.retain(|c| !all.iter().any(|other| other.neighbor() == c.neighbor() && other.med() < c.med()));
    least(&mut left, |c| !c.learned.is_external());
    least(&mut left, |c| c.router_id);
    least(&mut left, |c| c.address);
    least(&mut left, |c| c.peer);
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
        Candidate { attrs, learned, peer: Some(id.into()), router_id: address, address: address.into() }
    }

    #[test]
    fn med_counts_within_one_neighboring_as() {
        let of = |candidates: &[Candidate]| best(candidates).and_then(|c| c.peer);
        let (a, b, c) = (candidate(1, &[64500], 10), candidate(2, &[64501], 0), candidate(3, &[64500], 5));
        assert_eq!(of(&[a.clone(), b.clone()]), Some(1));
        assert_eq!(of(&[a, b, c]), Some(2));
        assert_eq!(of(&[candidate(1, &[64500, 64501], 0), candidate(9, &[64500], 9)]), Some(9));
        assert_eq!(of(&[]), None);
    }
}
