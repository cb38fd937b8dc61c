//! The RIB as a map and a sentence of the RFC a line: too slow to use, too simple to be wrong.

use crate::{Op, info};
use bgp_rib::{Announced, DecisionOptions, Import, Net, PeerId, Reach, Relation, Stale, Standing, Step};
use bgp_wire::AttributeSet;
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
    options: DecisionOptions,
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
            Op::Reuse(peer, net, path_id) => {
                if let Some(held) = self.held.get_mut(&(net, peer, path_id))
                    && let Import::Damped(because) = held.announced.import
                {
                    held.announced.import = Import::Accepted(because);
                }
            }
            Op::NextHop(hop, reach) => _ = self.reach.insert(hop, reach),
            Op::Options(options) => self.options = options,
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
        let (accepted, unused): (Vec<&Held>, Vec<&Held>) = self
            .held
            .values()
            .filter(|path| path.announced.net == net)
            .partition(|path| matches!(path.announced.import, Import::Accepted(_)));
        let key = |path: &Held| (path.peer, path.announced.path_id);
        found.extend(unused.iter().map(|path| match path.announced.import {
            Import::Damped(_) => (key(path), Standing::Damped),
            _ => (key(path), Standing::Rejected),
        }));

        let asn = |path: &Held| path.set.as_path.view().neighbor();
        let med = |path: &Held| match path.set.med {
            None if self.options.missing_med_is_worst => u32::MAX,
            med => med.unwrap_or(0),
        };
        let comparable = |a: &Held, b: &Held| self.options.always_compare_med || asn(a) == asn(b);
        let last = |path: &Held| matches!(path.announced.stale, Stale::KeptLong | Stale::Told);
        // Whether the first argument eliminates the second.
        let beats: [(Step, &dyn Fn(&Held, &Held) -> bool); 13] = [
            (Step::Stale, &|a, b| !last(a) && last(b)),
            (Step::Weight, &|a, b| a.announced.weight > b.announced.weight),
            (Step::LocalPref, &|a, b| a.set.local_pref.unwrap_or(100) > b.set.local_pref.unwrap_or(100)),
            (Step::Local, &|a, b| local(a) && !local(b)),
            (Step::AsPathLength, &|a, b| a.set.as_path.view().hops() < b.set.as_path.view().hops()),
            (Step::Origin, &|a, b| a.set.origin < b.set.origin),
            (Step::Med, &|a, b| comparable(a, b) && med(a) < med(b)),
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

    /// The paths of `net` that are used together, the best first.
    pub(crate) fn multipath(&self, net: Net) -> Vec<(PeerId, u32)> {
        let standings = self.standings(net);
        let held = |key: &(PeerId, u32)| &self.held[&(net, key.0, key.1)];
        let Some(best) = standings.iter().find(|(_, s)| **s == Standing::Best).map(|(key, _)| held(key))
        else {
            return Vec::new();
        };
        let limit = match best.peer {
            PeerId::LOCAL => 1,
            _ if external(best) => self.options.multipath.external.get(),
            _ => self.options.multipath.internal.get(),
        };
        let after_cost = [Step::RouterId, Step::ClusterListLength, Step::PeerAddress, Step::PathId];
        let equal =
            standings.iter().filter(|(_, s)| after_cost.iter().any(|step| **s == Standing::Lost(*step)));
        let mut equal: Vec<_> = equal.map(|(key, _)| held(key)).collect();
        equal.retain(|p| self.options.multipath.relax_as_path || p.set.as_path == best.set.as_path);
        equal.sort_by_key(|p| {
            let last = (address(p), p.peer, p.announced.path_id);
            (router_id(p), p.set.cluster_list.len(), last)
        });
        let mut used = vec![best];
        for path in equal {
            let another_way = used.iter().all(|other| other.set.next_hop != path.set.next_hop);
            if another_way && used.len() < usize::from(limit) {
                used.push(path);
            }
        }
        used.iter().map(|path| (path.peer, path.announced.path_id)).collect()
    }
}

fn local(path: &Held) -> bool {
    path.peer == PeerId::LOCAL
}

fn external(path: &Held) -> bool {
    !local(path) && info(path.peer).relation == Relation::External
}

fn router_id(path: &Held) -> Ipv4Addr {
    match path.set.originator_id {
        Some(id) => id,
        None if local(path) => Ipv4Addr::UNSPECIFIED,
        None => info(path.peer).router_id,
    }
}

fn address(path: &Held) -> Option<IpAddr> {
    (!local(path)).then(|| info(path.peer).addr)
}
