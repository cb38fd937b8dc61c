//! The decision process (RFC 4271 section 9.1.2): candidates are eliminated step by step, and each keeps
//! the step that eliminated it.
//!
//! No order over paths exists: MED compares paths of one neighbouring AS only, so that of three paths each
//! can beat the next in a circle. Each step looks at all that are left, which makes the outcome
//! independent of the order in which paths arrived.

use crate::path::{Learned, Path, PeerId, PeerInfo, Standing};
use crate::step::Step;
use core::net::IpAddr;
use foldhash::fast::FixedState;
use hashbrown::HashMap;

/// What the embedder knows of the way to a next hop.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Reach {
    /// Reachable, at this interior cost.
    Cost(u32),
    /// Not reachable: paths through it are no candidates.
    Unreachable,
}

/// What the decision reads besides the paths.
pub(crate) struct Context {
    /// The peers that are up.
    pub(crate) peers: HashMap<PeerId, PeerInfo, FixedState>,
    /// Next hops that are not simply reachable at no cost.
    pub(crate) next_hops: HashMap<IpAddr, Reach, FixedState>,
}

impl Context {
    pub(crate) fn new(state: &FixedState) -> Self {
        Self { peers: HashMap::with_hasher(state.clone()), next_hops: HashMap::with_hasher(state.clone()) }
    }

    fn reach(&self, path: &Path) -> Reach {
        if self.next_hops.is_empty() || path.learned == Learned::Local {
            return Reach::Cost(0);
        }
        self.next_hops.get(&path.attrs.next_hop.addr()).copied().unwrap_or(Reach::Cost(0))
    }

    fn router_id(&self, path: &Path) -> u128 {
        let originator = path.attrs.originator_id;
        let id = originator.or_else(|| self.peers.get(&path.peer).map(|peer| peer.router_id));
        id.map_or(u128::MAX, |id| id.to_bits().into())
    }

    fn peer_address(&self, path: &Path) -> u128 {
        self.peers.get(&path.peer).map_or(u128::MAX, |peer| match peer.addr {
            IpAddr::V4(addr) => addr.to_ipv6_mapped().to_bits(),
            IpAddr::V6(addr) => addr.to_bits(),
        })
    }
}

/// What a step compares; the lowest stays.
type Rank = fn(&Path, &Context) -> u128;

const BEFORE_MED: [(Step, Rank); 5] = [
    (Step::Local, |path, _| (path.learned != Learned::Local).into()),
    (Step::Stale, |path, _| path.stale.is_last_choice().into()),
    (Step::LocalPref, |path, _| (u32::MAX - path.attrs.local_pref()).into()),
    (Step::AsPathLength, |path, _| path.attrs.path_len().into()),
    (Step::Origin, |path, _| (path.attrs.origin() as u8).into()),
];

const AFTER_MED: [(Step, Rank); 7] = [
    (Step::External, |path, _| (path.learned != Learned::External).into()),
    (Step::IgpCost, |path, context| match context.reach(path) {
        Reach::Cost(cost) => cost.into(),
        Reach::Unreachable => u128::MAX,
    }),
    (Step::RouterId, |path, context| context.router_id(path)),
    (Step::ClusterListLength, |path, _| path.attrs.cluster_list.len() as u128),
    (Step::PeerAddress, |path, context| context.peer_address(path)),
    (Step::PeerAddress, |path, _| path.peer.0.into()),
    (Step::PathId, |path, _| path.path_id.into()),
];

/// Gives every path that import policy accepted its standing, and returns the best.
pub(crate) fn select<'p>(paths: &'p mut [Path], context: &Context) -> Option<&'p Path> {
    let left = admit(paths, context);
    if left > 1 {
        decide_among(paths, left, context);
    }
    // Most nets have one path.
    if let [only] = paths {
        return (left == 1).then_some(only);
    }
    paths.iter().find(|path| path.standing == Standing::Best)
}

/// Takes the steps with `left` candidates, until one is left.
fn decide_among(paths: &mut [Path], mut left: usize, context: &Context) {
    for (step, rank) in BEFORE_MED {
        left = keep_lowest(paths, left, step, |path| rank(path, context));
    }
    left = keep_lowest_med(paths, left);
    for (step, rank) in AFTER_MED {
        left = keep_lowest(paths, left, step, |path| rank(path, context));
    }
}

/// Makes a candidate of every path that can be one; returns how many.
fn admit(paths: &mut [Path], context: &Context) -> usize {
    let mut left = 0;
    for path in paths.iter_mut().filter(|path| !path.is_rejected()) {
        path.standing = match context.reach(path) {
            Reach::Cost(_) => Standing::Best,
            Reach::Unreachable => Standing::Lost(Step::NextHop),
        };
        left += usize::from(path.standing == Standing::Best);
    }
    left
}

/// Eliminates the candidates that `lost` names; returns how many of `left` remain.
fn eliminate(paths: &mut [Path], mut left: usize, step: Step, lost: impl Fn(&Path) -> bool) -> usize {
    for path in paths.iter_mut().filter(|path| path.standing == Standing::Best) {
        if lost(path) {
            path.standing = Standing::Lost(step);
            left -= 1;
        }
    }
    left
}

fn keep_lowest(paths: &mut [Path], left: usize, step: Step, rank: impl Fn(&Path) -> u128) -> usize {
    if left < 2 {
        return left;
    }
    let lowest = paths.iter().filter(|path| path.standing == Standing::Best).map(&rank).min();
    eliminate(paths, left, step, |path| Some(rank(path)) > lowest)
}

/// A path goes where another one left comes from the same AS with a lower MED.
fn keep_lowest_med(paths: &mut [Path], mut left: usize) -> usize {
    for at in 0..paths.len() {
        if left < 2 {
            break;
        }
        let Some(Path { standing: Standing::Best, attrs, .. }) = paths.get(at) else { continue };
        let (asn, med) = (attrs.neighbor_as(), attrs.med());
        left = eliminate(paths, left, Step::Med, |path| {
            path.attrs.neighbor_as() == asn && path.attrs.med() > med
        });
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attrs::Interner;
    use crate::net::Net;
    use crate::path::{Announced, Because, Import};
    use crate::stale::Stale;
    use alloc::vec::Vec;
    use bgp_wire::{Asn, AttributeSet, NextHop, Origin, PeerKind};
    use core::net::Ipv4Addr;

    const HOP: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);

    /// One path, and all that is around it.
    #[derive(Clone)]
    struct Case {
        peer: u32,
        kind: PeerKind,
        router_id: u32,
        addr: IpAddr,
        path_id: u32,
        stale: Stale,
        cost: Option<u32>,
        set: AttributeSet,
    }

    fn case(change: impl FnOnce(&mut Case)) -> Case {
        let hop = NextHop::V4(HOP);
        let set = AttributeSet {
            as_path: [Asn(64500), Asn(64510)].into_iter().collect(),
            med: Some(10),
            ..AttributeSet::new(Origin::Egp, hop)
        };
        let kind = PeerKind::Internal;
        let addr = IpAddr::from([192, 0, 2, 9]);
        let mut case =
            Case { peer: 5, kind, router_id: 50, addr, path_id: 5, stale: Stale::No, cost: Some(50), set };
        change(&mut case);
        case
    }

    /// The standings of `cases`, each through a next hop of its own.
    fn standings(cases: &[Case]) -> Vec<Standing> {
        let state = FixedState::default();
        let (mut context, mut interner) = (Context::new(&state), Interner::new(0));
        let net: Net = "198.51.100.0/24".parse().unwrap();
        let mut paths = Vec::new();
        for (i, case) in cases.iter().enumerate() {
            let hop = Ipv4Addr::from(HOP.to_bits() + u32::try_from(i).unwrap());
            let reach = case.cost.map_or(Reach::Unreachable, Reach::Cost);
            context.next_hops.insert(hop.into(), reach);
            let peer = PeerId(case.peer);
            let router_id = Ipv4Addr::from(case.router_id);
            context.peers.insert(peer, PeerInfo { kind: case.kind, router_id, addr: case.addr });
            let mut announced = Announced::new(net, Import::Accepted(Because(0)));
            (announced.path_id, announced.stale) = (case.path_id, case.stale);
            let set = AttributeSet { next_hop: NextHop::V4(hop), ..case.set.clone() };
            let learned = Learned::from(peer, case.kind);
            paths.push(Path::new(peer, learned, &announced, interner.intern(set)));
        }
        select(&mut paths, &context);
        paths.iter().map(|path| path.standing).collect()
    }

    /// (step that decides, what the better path has, what makes the other worse in this and better in all
    /// later steps)
    #[test]
    fn each_step_decides_before_those_that_follow() {
        type Change = fn(&mut Case);
        let rows: &[(Step, Change, Change)] = &[
            (Step::NextHop, |_| (), |b| (b.cost, b.set.local_pref) = (None, Some(200))),
            (Step::Local, |a| a.peer = u32::MAX, |b| b.set.local_pref = Some(200)),
            (Step::Stale, |_| (), |b| (b.stale, b.set.local_pref) = (Stale::KeptLong, Some(200))),
            (Step::LocalPref, |a| a.set.local_pref = Some(101), |b| b.set.as_path = <_>::default()),
            (
                Step::AsPathLength,
                |_| (),
                |b| {
                    b.set.as_path.prepend(Asn(64500), 1);
                    b.set.origin = Origin::Igp;
                },
            ),
            (Step::Origin, |_| (), |b| (b.set.origin, b.set.med) = (Origin::Incomplete, None)),
            (Step::Med, |_| (), |b| (b.set.med, b.kind) = (Some(11), PeerKind::External)),
            (Step::Med, |a| a.set.med = None, |b| b.kind = PeerKind::External),
            (Step::External, |a| a.kind = PeerKind::External, |b| b.cost = Some(0)),
            (Step::IgpCost, |_| (), |b| (b.cost, b.router_id) = (Some(51), 0)),
            (Step::RouterId, |_| (), |b| (b.router_id, b.addr) = (51, [192, 0, 2, 8].into())),
            (Step::RouterId, |a| a.set.originator_id = Some(1.into()), |b| b.router_id = 2),
            (
                Step::ClusterListLength,
                |_| (),
                |b| {
                    b.set.cluster_list.push(HOP);
                    b.addr = [192, 0, 2, 8].into();
                },
            ),
            (Step::PeerAddress, |_| (), |b| b.addr = [192, 0, 2, 10].into()),
            (Step::PeerAddress, |_| (), |b| b.peer = 6),
            (Step::PathId, |_| (), |b| (b.peer, b.path_id) = (5, 6)),
        ];
        for (step, better, worse) in rows {
            let (better, worse) = (
                case(better),
                case(|c| {
                    (c.peer, c.path_id) = (4, 4);
                    worse(c);
                }),
            );
            let want = [Standing::Best, Standing::Lost(*step)];
            assert_eq!(standings(&[better.clone(), worse.clone()]), want, "{step:?}");
            assert_eq!(standings(&[worse, better]), [want[1], want[0]], "{step:?}, the other way round");
        }
    }

    /// The triangle that breaks pairwise comparison: by cost A beats B and B beats C, by MED C beats A.
    #[test]
    fn med_does_not_depend_on_the_order_of_arrival() {
        let path = |peer, asn: u32, med, cost| {
            case(|c| {
                (c.peer, c.cost) = (peer, Some(cost));
                (c.set.as_path, c.set.med) = ([Asn(asn)].into_iter().collect(), Some(med));
            })
        };
        let paths = [
            (path(1, 64500, 20, 1), Standing::Lost(Step::Med)),
            (path(2, 64501, 0, 2), Standing::Best),
            (path(3, 64500, 10, 3), Standing::Lost(Step::IgpCost)),
        ];
        for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            let cases = order.map(|i: usize| paths[i].0.clone());
            assert_eq!(standings(&cases), order.map(|i| paths[i].1), "{order:?}");
        }
    }

    #[test]
    fn med_of_another_as_does_not_count() {
        let other = case(|c| (c.set.as_path, c.peer) = ([Asn(64501), Asn(64510)].into_iter().collect(), 4));
        let other = Case { set: AttributeSet { med: Some(99), ..other.set.clone() }, ..other };
        assert_eq!(standings(&[other, case(|_| ())]), [Standing::Best, Standing::Lost(Step::PeerAddress)]);
    }
}
