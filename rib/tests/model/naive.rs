//! The RIB as a map and a sentence of the RFC a line: too slow to use, too simple to be wrong.

use crate::{Op, info};
use bgp_rib::{Announced, Import, Net, PeerId, Reach, Standing, Step};
use bgp_wire::{AttributeSet, PeerKind};
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};

/// One path of the model.
#[derive(Clone, Debug)]
pub(crate) struct Held {
    pub(crate) peer: PeerId,
    pub(crate) announced: Announced,
    pub(crate) set: Box<AttributeSet>,
}

/// Who is up, what they announced, and what the next hops cost.
#[derive(Default)]
pub(crate) struct Model {
    up: BTreeSet<PeerId>,
    pub(crate) held: BTreeMap<(Net, PeerId, u32), Held>,
    reach: BTreeMap<IpAddr, Reach>,
}

impl Model {
    pub(crate) fn apply(&mut self, op: &Op) {
        match op.clone() {
            Op::Up(peer) => {
                self.held.retain(|(_, of, _), _| *of != peer);
                self.up.insert(peer);
            }
            Op::Down(peer) => {
                self.held.retain(|(_, of, _), _| *of != peer);
                self.up.remove(&peer);
            }
            Op::Announce(peer, announced, set) => {
                if peer == PeerId::LOCAL || self.up.contains(&peer) {
                    let key = (announced.net, peer, announced.path_id);
                    self.held.insert(key, Held { peer, announced, set });
                }
            }
            Op::Withdraw(peer, net, path_id) => _ = self.held.remove(&(net, peer, path_id)),
            Op::NextHop(hop, reach) => _ = self.reach.insert(hop, reach),
        }
    }

    fn cost(&self, path: &Held) -> Option<u32> {
        if path.peer == PeerId::LOCAL {
            return Some(0);
        }
        match self.reach.get(&path.set.next_hop.addr()) {
            None => Some(0),
            Some(Reach::Cost(cost)) => Some(*cost),
            Some(Reach::Unreachable) => None,
        }
    }

    /// The standing of every path of `net`, as RFC 4271 section 9.1.2.2 tells it.
    pub(crate) fn standings(&self, net: Net) -> BTreeMap<(PeerId, u32), Standing> {
        let mut found = BTreeMap::new();
        let (accepted, rejected): (Vec<&Held>, Vec<&Held>) = self
            .held
            .values()
            .filter(|path| path.announced.net == net)
            .partition(|path| matches!(path.announced.import, Import::Accepted(_)));
        let key = |path: &Held| (path.peer, path.announced.path_id);
        found.extend(rejected.iter().map(|path| (key(path), Standing::Rejected)));

        let local = |path: &Held| path.peer == PeerId::LOCAL;
        let router_id = |path: &Held| match path.set.originator_id {
            Some(id) => id,
            None if local(path) => Ipv4Addr::UNSPECIFIED,
            None => info(path.peer).router_id,
        };
        let external = |path: &Held| !local(path) && info(path.peer).kind == PeerKind::External;
        let address = |path: &Held| if local(path) { None } else { Some(info(path.peer).addr) };
        let asn = |path: &Held| path.set.as_path.view().neighbor();
        // Whether the first argument eliminates the second.
        let beats: [(Step, &dyn Fn(&Held, &Held) -> bool); 12] = [
            (Step::Local, &|a, b| local(a) && !local(b)),
            (Step::Stale, &|a, b| !a.announced.stale.is_last_choice() && b.announced.stale.is_last_choice()),
            (Step::LocalPref, &|a, b| a.set.local_pref.unwrap_or(100) > b.set.local_pref.unwrap_or(100)),
            (Step::AsPathLength, &|a, b| a.set.as_path.view().hops() < b.set.as_path.view().hops()),
            (Step::Origin, &|a, b| a.set.origin < b.set.origin),
            (Step::Med, &|a, b| asn(a) == asn(b) && a.set.med.unwrap_or(0) < b.set.med.unwrap_or(0)),
            (Step::External, &|a, b| external(a) && !external(b)),
            (Step::IgpCost, &|a, b| self.cost(a) < self.cost(b)),
            (Step::RouterId, &|a, b| router_id(a) < router_id(b)),
            (Step::ClusterListLength, &|a, b| a.set.cluster_list.len() < b.set.cluster_list.len()),
            (Step::PeerAddress, &|a, b| (address(a), a.peer) < (address(b), b.peer)),
            (Step::PathId, &|a, b| a.announced.path_id < b.announced.path_id),
        ];
        let (mut left, lost): (Vec<_>, Vec<_>) =
            accepted.into_iter().partition(|path| self.cost(path).is_some());
        found.extend(lost.iter().map(|path| (key(path), Standing::Lost(Step::NextHop))));
        for (step, beats) in beats {
            let all = left.clone();
            left.retain(|path| !all.iter().any(|other| beats(other, path)));
            let lost = all.iter().filter(|path| !left.iter().any(|other| key(other) == key(path)));
            found.extend(lost.map(|path| (key(path), Standing::Lost(step))));
        }
        assert!(left.len() <= 1);
        found.extend(left.iter().map(|path| (key(path), Standing::Best)));
        found
    }
}
