//! The decision process (RFC 4271 section 9.1.2): candidates are eliminated step by step, and each keeps
//! the step that eliminated it.
//!
//! No order over paths exists: MED compares paths of one neighbouring AS only, so that of three paths each
//! can beat the next in a circle. Each step looks at all that are left, which makes the outcome
//! independent of the order in which paths arrived.

use crate::multipath;
use crate::options::DecisionOptions;
use crate::origin::Learned;
use crate::path::{Path, PeerId, PeerInfo, Standing};
use crate::step::Step;
use core::net::{IpAddr, Ipv4Addr};
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
    pub(crate) options: DecisionOptions,
    /// Whether several paths of a net may be used together, or might before the options changed.
    pub(crate) multipath: bool,
    /// The peers that are up.
    pub(crate) peers: HashMap<PeerId, PeerInfo, FixedState>,
    /// Next hops that are not simply reachable at no cost.
    pub(crate) next_hops: HashMap<IpAddr, Reach, FixedState>,
}

impl Context {
    pub(crate) fn new(state: &FixedState) -> Self {
        let (peers, next_hops) = (HashMap::with_hasher(state.clone()), HashMap::with_hasher(state.clone()));
        Self { options: DecisionOptions::default(), multipath: false, peers, next_hops }
    }

    fn reach(&self, path: &Path) -> Reach {
        if self.next_hops.is_empty() || path.learned() == Learned::Local {
            return Reach::Cost(0);
        }
        self.next_hops.get(&path.attrs.next_hop().addr()).copied().unwrap_or(Reach::Cost(0))
    }

    fn cost(&self, path: &Path) -> Option<u32> {
        match self.reach(path) {
            Reach::Cost(cost) => Some(cost),
            Reach::Unreachable => None,
        }
    }

    pub(crate) fn router_id(&self, path: &Path) -> u32 {
        let originator = path.attrs.originator_id();
        let id = originator.or_else(|| self.peers.get(&path.peer).map(|peer| peer.router_id));
        id.map_or(u32::MAX, Ipv4Addr::to_bits)
    }

    pub(crate) fn peer_address(&self, path: &Path) -> u128 {
        self.peers.get(&path.peer).map_or(u128::MAX, |peer| match peer.addr {
            IpAddr::V4(addr) => addr.to_ipv6_mapped().to_bits(),
            IpAddr::V6(addr) => addr.to_bits(),
        })
    }

    fn med(&self, path: &Path) -> u32 {
        path.attrs.med_or(if self.options.missing_med_is_worst { u32::MAX } else { 0 })
    }
}

/// What a decision came to.
pub(crate) struct Decided<'p> {
    pub(crate) best: Option<&'p Path>,
    /// Whether a path became one of several equal ones, or is one no longer.
    pub(crate) multipath_changed: bool,
}

/// What the first steps compare; the lowest stays. None of them asks who else is left, so that one look at the best path
/// decides whether another comes so far.
const BEFORE_MED: [(Step, fn(&Path) -> u32); 6] = [
    (Step::Stale, |path| path.stale().is_last_choice().into()),
    (Step::Weight, |path| u32::MAX - u32::from(path.weight)),
    (Step::LocalPref, |path| u32::MAX - path.attrs.local_pref()),
    (Step::Local, |path| (path.learned() != Learned::Local).into()),
    (Step::AsPathLength, |path| path.attrs.path_len()),
    (Step::Origin, |path| path.attrs.origin() as u32),
];

/// Whether the net would be decided the same without the path: it lost before anybody else could have lost to it.
pub(crate) fn lost_early(path: &Path) -> bool {
    matches!(path.standing, Standing::Lost(step) if step < Step::Med) || !path.is_candidate()
}

/// Which paths have no standing of their own.
#[derive(Clone, Copy)]
pub(crate) enum Undecided {
    All,
    /// This one; the others are where they were decided without it.
    One(usize),
    None,
}

/// Gives every path that import policy accepted its standing.
pub(crate) fn select<'p>(paths: &'p mut [Path], undecided: Undecided, context: &Context) -> Decided<'p> {
    let placed = match undecided {
        Undecided::One(new) if !context.multipath => place(paths, new, context).is_some(),
        Undecided::None => !context.multipath,
        _ => false,
    };
    let multipath_changed = if placed { false } else { select_anew(paths, context) };
    let best = paths.iter().find(|path| path.standing == Standing::Best);
    Decided { best, multipath_changed }
}

/// Gives a new path its standing where the steps before MED tell it from the best one; else `None`.
fn place(paths: &mut [Path], new: usize, context: &Context) -> Option<()> {
    let is_best = |(at, path): &(usize, &Path)| *at != new && path.standing == Standing::Best;
    let (_, best) = paths.iter().enumerate().find(is_best)?;
    let path = paths.get(new)?;
    context.cost(path)?;
    let (step, is_worse) = BEFORE_MED.into_iter().find_map(|(step, rank)| {
        let (new, best) = (rank(path), rank(best));
        (new != best).then_some((step, new > best))
    })?;
    if is_worse {
        paths.get_mut(new)?.standing = Standing::Lost(step);
        return Some(());
    }
    for (at, path) in paths.iter_mut().enumerate().filter(|(_, path)| !lost_before(path, step)) {
        path.standing = if at == new { Standing::Best } else { Standing::Lost(step) };
    }
    Some(())
}

/// Whether a path did not come as far as `step`.
fn lost_before(path: &Path, step: Step) -> bool {
    !path.is_candidate() || matches!(path.standing, Standing::Lost(lost) if lost < step)
}

/// Decides among all; returns whether the equal paths are others.
fn select_anew(paths: &mut [Path], context: &Context) -> bool {
    let mut candidates = Candidates::admit(paths, context);
    if candidates.left > 1 {
        decide_among(&mut candidates, context);
    }
    context.multipath && multipath::mark(paths, context)
}

/// Takes the steps, until one candidate is left.
fn decide_among(candidates: &mut Candidates<'_>, context: &Context) {
    BEFORE_MED.into_iter().for_each(|(step, rank)| candidates.keep_lowest(step, rank));
    if context.options.always_compare_med {
        candidates.keep_lowest(Step::Med, |path| context.med(path));
    } else {
        candidates.keep_lowest_med(|path| context.med(path));
    }
    candidates.keep_lowest(Step::External, |path| !path.learned().is_external());
    candidates.keep_lowest(Step::IgpCost, |path| context.cost(path));
    // Whoever loses from here on is equal to the best: `multipath` counts on it.
    candidates.keep_lowest(Step::RouterId, |path| context.router_id(path));
    candidates.keep_lowest(Step::ClusterListLength, |path| path.attrs.cluster_len());
    candidates.keep_lowest(Step::PeerAddress, |path| (context.peer_address(path), path.peer));
    candidates.keep_lowest(Step::PathId, |path| path.path_id);
}

/// The paths of a net, of which those that stand as best are still left.
struct Candidates<'p> {
    paths: &'p mut [Path],
    left: usize,
}

impl<'p> Candidates<'p> {
    /// Makes a candidate of every path that can be one.
    fn admit(paths: &'p mut [Path], context: &Context) -> Self {
        let mut left = 0;
        for path in paths.iter_mut().filter(|path| path.is_candidate()) {
            path.standing = match context.reach(path) {
                Reach::Cost(_) => Standing::Best,
                Reach::Unreachable => Standing::Lost(Step::NextHop),
            };
            left += usize::from(path.standing == Standing::Best);
        }
        Self { paths, left }
    }

    /// Eliminates those that `lost` names.
    fn eliminate(&mut self, step: Step, lost: impl Fn(&Path) -> bool) {
        for path in self.paths.iter_mut().filter(|path| path.standing == Standing::Best) {
            if lost(path) {
                path.standing = Standing::Lost(step);
                self.left -= 1;
            }
        }
    }

    fn keep_lowest<R: Ord>(&mut self, step: Step, rank: impl Fn(&Path) -> R) {
        if self.left < 2 {
            return;
        }
        let left = self.paths.iter().filter(|path| path.standing == Standing::Best);
        if let Some(lowest) = left.map(&rank).min() {
            self.eliminate(step, |path| rank(path) > lowest);
        }
    }

    /// A path goes where another one left comes from the same AS with a lower MED.
    fn keep_lowest_med(&mut self, med: impl Fn(&Path) -> u32) {
        for at in 0..self.paths.len() {
            if self.left < 2 {
                break;
            }
            let Some(path) = self.paths.get(at).filter(|path| path.standing == Standing::Best) else {
                continue;
            };
            let (asn, lower) = (path.attrs.neighbor_as(), med(path));
            self.eliminate(Step::Med, |path| path.attrs.neighbor_as() == asn && med(path) > lower);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attrs::Interner;
    use crate::net::Net;
    use crate::options::Multipath;
    use crate::origin::Relation;
    use crate::path::{Announced, Because, Import};
    use crate::stale::Stale;
    use alloc::vec::Vec;
    use bgp_wire::{Asn, AttributeSet, NextHop, Origin};
    use core::num::NonZeroU16;

    const HOP: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);

    /// One path, and all that is around it.
    #[derive(Clone)]
    struct Case {
        peer: u32,
        relation: Relation,
        router_id: u32,
        addr: IpAddr,
        path_id: u32,
        weight: u16,
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
        let relation = Relation::Internal;
        let addr = IpAddr::from([192, 0, 2, 9]);
        let (weight, stale, cost) = (7, Stale::No, Some(50));
        let mut case = Case { peer: 5, relation, router_id: 50, addr, path_id: 5, weight, stale, cost, set };
        change(&mut case);
        case
    }

    /// The paths of `cases`, each through a next hop of its own, after a decision.
    fn decided(cases: &[Case], options: DecisionOptions) -> Vec<Path> {
        let state = FixedState::default();
        let (mut context, mut interner) = (Context::new(&state), Interner::new(0));
        (context.options, context.multipath) = (options, options.multipath.is_on());
        let net: Net = "198.51.100.0/24".parse().unwrap();
        let mut paths = Vec::new();
        for (i, case) in cases.iter().enumerate() {
            let hop = Ipv4Addr::from(HOP.to_bits() + u32::try_from(i).unwrap());
            let reach = case.cost.map_or(Reach::Unreachable, Reach::Cost);
            context.next_hops.insert(hop.into(), reach);
            let peer = PeerId(case.peer);
            let router_id = Ipv4Addr::from(case.router_id);
            context.peers.insert(peer, PeerInfo { relation: case.relation, router_id, addr: case.addr });
            let announced = Announced {
                path_id: case.path_id,
                weight: case.weight,
                stale: case.stale,
                ..Announced::new(net, Import::Accepted(Because(0)))
            };
            let set = AttributeSet { next_hop: NextHop::V4(hop), ..case.set.clone() };
            let learned = Learned::from(peer, case.relation);
            paths.push(Path::new(peer, learned, &announced, interner.intern(&set).unwrap()));
        }
        select(&mut paths, Undecided::All, &context);
        paths
    }

    fn standings_with(cases: &[Case], options: DecisionOptions) -> Vec<Standing> {
        decided(cases, options).iter().map(|path| path.standing).collect()
    }

    fn standings(cases: &[Case]) -> Vec<Standing> {
        standings_with(cases, DecisionOptions::default())
    }

    /// (step that decides, what the better path has, what makes the other worse in this and better in all
    /// later steps)
    #[test]
    fn each_step_decides_before_those_that_follow() {
        type Change = fn(&mut Case);
        let rows: &[(Step, Change, Change)] = &[
            (Step::NextHop, |_| (), |b| (b.cost, b.weight) = (None, 8)),
            (Step::Stale, |_| (), |b| (b.stale, b.weight) = (Stale::KeptLong, 8)),
            (Step::Weight, |_| (), |b| (b.weight, b.set.local_pref) = (6, Some(200))),
            (Step::LocalPref, |a| a.set.local_pref = Some(101), |b| b.peer = u32::MAX),
            (Step::Local, |a| a.peer = u32::MAX, |b| b.set.as_path = <_>::default()),
            (
                Step::AsPathLength,
                |_| (),
                |b| {
                    b.set.as_path.prepend(Asn(64500), 1);
                    b.set.origin = Origin::Igp;
                },
            ),
            (Step::Origin, |_| (), |b| (b.set.origin, b.set.med) = (Origin::Incomplete, None)),
            (Step::Med, |_| (), |b| (b.set.med, b.relation) = (Some(11), Relation::External)),
            (Step::Med, |a| a.set.med = None, |b| b.relation = Relation::External),
            (Step::External, |a| a.relation = Relation::External, |b| b.cost = Some(0)),
            (
                Step::External,
                |a| a.relation = Relation::External,
                |b| (b.relation, b.cost) = (Relation::Confederation, Some(0)),
            ),
            (Step::IgpCost, |_| (), |b| (b.relation, b.cost) = (Relation::Confederation, Some(51))),
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

    /// (options, the MED and the neighbouring AS of each path, which is the better, the step of the other).
    /// Without a MED step, the first has the lower address.
    #[test]
    fn options_of_med() {
        let (usual, always, worst) = (
            DecisionOptions::default(),
            DecisionOptions { always_compare_med: true, ..DecisionOptions::default() },
            DecisionOptions { missing_med_is_worst: true, ..DecisionOptions::default() },
        );
        let both = DecisionOptions { always_compare_med: true, ..worst };
        let rows = [
            (usual, [(Some(2), 64500), (Some(1), 64500)], 1, Step::Med),
            (usual, [(Some(2), 64500), (Some(1), 64501)], 0, Step::PeerAddress),
            (usual, [(Some(2), 64500), (None, 64500)], 1, Step::Med),
            (always, [(Some(2), 64500), (Some(1), 64501)], 1, Step::Med),
            (always, [(Some(1), 64500), (None, 64501)], 1, Step::Med),
            (worst, [(None, 64500), (Some(9), 64500)], 1, Step::Med),
            (worst, [(None, 64500), (Some(9), 64501)], 0, Step::PeerAddress),
            (worst, [(None, 64500), (Some(u32::MAX), 64500)], 0, Step::PeerAddress),
            (both, [(None, 64500), (Some(9), 64501)], 1, Step::Med),
        ];
        for (options, paths, better, step) in rows {
            let cases = [(0, 4), (1, 5)].map(|(i, peer): (usize, u32)| {
                case(|c| {
                    c.peer = peer;
                    (c.set.med, c.set.as_path) = (paths[i].0, [Asn(paths[i].1)].into_iter().collect());
                })
            });
            let mut want = [Standing::Lost(step); 2];
            want[better] = Standing::Best;
            assert_eq!(standings_with(&cases, options), want, "{options:?} {paths:?}");
        }
    }

    /// (limits, whether AS paths may differ, the paths, which are used together); peer 1 is the best.
    #[test]
    fn equal_paths() {
        let path = |peer: u32, change: fn(&mut Case)| {
            case(|c| {
                (c.peer, c.relation) = (peer, Relation::External);
                change(c);
            })
        };
        let another_path = |c: &mut Case| c.set.as_path = [Asn(64500), Asn(64511)].into_iter().collect();
        let same = |_: &mut Case| ();
        let rows: &[(u16, u16, bool, &[Case], &[u32])] = &[
            (1, 1, false, &[path(1, same), path(2, same)], &[]),
            (1, 9, false, &[path(1, same), path(2, same)], &[]),
            (2, 1, false, &[path(1, same)], &[]),
            (2, 1, false, &[path(3, same), path(2, same), path(1, same)], &[2, 1]),
            (9, 1, false, &[path(3, same), path(2, same), path(1, same)], &[3, 2, 1]),
            (9, 1, false, &[path(1, same), path(2, |c| c.router_id = 51)], &[1, 2]),
            (9, 1, false, &[path(1, same), path(2, |c| c.cost = Some(51))], &[]),
            (9, 1, false, &[path(1, same), path(2, |c| c.cost = None)], &[]),
            (9, 1, false, &[path(1, same), path(2, |c| c.weight = 6)], &[]),
            (9, 1, false, &[path(1, same), path(2, |c| c.set.med = Some(11))], &[]),
            (9, 9, false, &[path(1, same), path(2, |c| c.relation = Relation::Internal)], &[]),
            (9, 1, false, &[path(1, same), path(2, another_path)], &[]),
            (9, 1, true, &[path(1, same), path(2, another_path)], &[1, 2]),
            (1, 2, false, &[case(|c| c.peer = 1), case(|c| c.peer = 2)], &[1, 2]),
            (
                1,
                2,
                false,
                &[case(|c| c.peer = 1), case(|c| (c.peer, c.relation) = (2, Relation::Confederation))],
                &[1, 2],
            ),
        ];
        for (external, internal, relax_as_path, cases, want) in rows {
            let [external, internal] = [external, internal].map(|n| NonZeroU16::new(*n).unwrap());
            let multipath = Multipath { external, internal, relax_as_path: *relax_as_path };
            let paths = decided(cases, DecisionOptions { multipath, ..DecisionOptions::default() });
            let used: Vec<_> = paths.iter().filter(|p| p.is_multipath()).map(|p| p.peer.0).collect();
            assert_eq!(used, *want, "{multipath:?}");
        }
    }
}
