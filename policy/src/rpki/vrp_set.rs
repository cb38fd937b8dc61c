//! Sets of VRPs, found by the prefix that they cover.

use super::changes::VrpChanges;
use super::validation::{OriginState, Validation, VrpFit};
use super::vrp::Vrp;
use bgp_wire::Asn;
use ipnet::IpNet;
use std::fmt;

/// A set of VRPs, found by the prefix that they cover.
///
/// A look-up is one binary search and a walk over the prefixes that contain each other around the route, at most one for
/// each length. A set does not change, so that it can be shared; [`VrpSet::updated`] makes the next one.
///
/// ```
/// use bgp_policy::rpki::{OriginState, Vrp, VrpSet};
/// use bgp_wire::Asn;
/// let vrp = Vrp::new("198.51.100.0/24".parse().unwrap(), 25, Asn(64500)).unwrap();
/// let set: VrpSet = [vrp].into_iter().collect();
/// let state = |prefix: &str, asn| set.state(&prefix.parse().unwrap(), Some(Asn(asn)));
/// assert_eq!(state("198.51.100.0/25", 64500), OriginState::Valid);
/// assert_eq!(state("198.51.100.0/26", 64500), OriginState::Invalid);
/// assert_eq!(state("203.0.113.0/24", 64500), OriginState::NotFound);
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct VrpSet {
    /// Sorted, each once: those of a prefix stand together, and behind those of every prefix around it.
    vrps: Box<[Vrp]>,
    /// One for each prefix, in the same order.
    nodes: Box<[Node]>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Node {
    prefix: IpNet,
    /// Where its VRPs begin.
    first: usize,
    /// The longest prefix of the set that contains this one.
    parent: Option<usize>,
}

/// An update does not go with the set that it is for (RFC 8210 section 12).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum VrpUpdateError {
    /// A VRP is withdrawn that is not there.
    UnknownWithdrawal(Vrp),
    /// A VRP is announced that is there already.
    DuplicateAnnouncement(Vrp),
}

impl fmt::Display for VrpUpdateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownWithdrawal(vrp) => write!(f, "{vrp} is withdrawn and was never announced"),
            Self::DuplicateAnnouncement(vrp) => write!(f, "{vrp} is announced and was announced before"),
        }
    }
}
impl std::error::Error for VrpUpdateError {}

impl VrpSet {
    /// How many VRPs there are.
    pub fn len(&self) -> usize {
        self.vrps.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.vrps.is_empty()
    }

    /// All of them, in the order of their prefixes.
    pub fn vrps(&self) -> &[Vrp] {
        &self.vrps
    }

    /// The VRPs whose prefix is `prefix` or contains it, the most specific first.
    pub fn covering(&self, prefix: &IpNet) -> Covering<'_> {
        let prefix = prefix.trunc();
        // Every prefix that contains the route's contains this one too, or is it.
        let mut at = self.nodes.partition_point(|node| node.prefix <= prefix).checked_sub(1);
        while let Some(node) = at.and_then(|i| self.nodes.get(i)) {
            if node.prefix.contains(&prefix) {
                break;
            }
            at = node.parent;
        }
        Covering { set: self, vrps: self.of_node(at), next: at.and_then(|i| self.nodes.get(i)?.parent) }
    }

    fn of_node(&self, at: Option<usize>) -> &[Vrp] {
        let vrps = at.and_then(|i| {
            let after = self.nodes.get(i.saturating_add(1)).map_or(self.vrps.len(), |node| node.first);
            self.vrps.get(self.nodes.get(i)?.first..after)
        });
        vrps.unwrap_or_default()
    }

    /// The state of a route to `prefix` whose origin is `origin`; `None` is the origin of a path that ends in an AS_SET.
    pub fn state(&self, prefix: &IpNet, origin: Option<Asn>) -> OriginState {
        let mut state = OriginState::NotFound;
        for vrp in self.covering(prefix) {
            if VrpFit::of(vrp, prefix, origin) == VrpFit::Matches {
                return OriginState::Valid;
            }
            state = OriginState::Invalid;
        }
        state
    }

    /// The state of a route, and the VRPs that cover it as the evidence.
    pub fn validate(&self, prefix: &IpNet, origin: Option<Asn>) -> Validation<'_> {
        Validation::new(self.state(prefix, origin), prefix.trunc(), origin, self.covering(prefix))
    }

    /// The set after an update of it.
    pub fn updated(
        &self,
        announced: impl IntoIterator<Item = Vrp>,
        withdrawn: impl IntoIterator<Item = Vrp>,
    ) -> Result<Self, VrpUpdateError> {
        let (added, removed) = (sorted(announced), sorted(withdrawn));
        if let Some(vrp) = removed.iter().find(|vrp| !self.contains(vrp)) {
            return Err(VrpUpdateError::UnknownWithdrawal(*vrp));
        }
        let mut kept: Vec<_> =
            self.vrps.iter().filter(|vrp| removed.binary_search(vrp).is_err()).copied().collect();
        if let Some(vrp) = added.iter().find(|vrp| kept.binary_search(vrp).is_ok()) {
            return Err(VrpUpdateError::DuplicateAnnouncement(*vrp));
        }
        kept.extend(added);
        Ok(kept.into_iter().collect())
    }

    /// Whether exactly this VRP is in it.
    pub fn contains(&self, vrp: &Vrp) -> bool {
        self.vrps.binary_search(vrp).is_ok()
    }

    /// The set after changes that another set went through.
    #[must_use]
    pub fn changed_by(&self, changes: &VrpChanges) -> Self {
        let kept = self.vrps.iter().filter(|vrp| !changes.has_removed(vrp));
        kept.chain(changes.added()).copied().collect()
    }

    /// What is different in `new`.
    pub fn changes(&self, new: &Self) -> VrpChanges {
        VrpChanges::new(new.without(self), self.without(new))
    }

    /// Those that are not in `other`.
    fn without<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = Vrp> + use<'a> {
        self.vrps.iter().filter(|vrp| !other.contains(vrp)).copied()
    }
}

fn sorted(vrps: impl IntoIterator<Item = Vrp>) -> Vec<Vrp> {
    let mut vrps: Vec<_> = vrps.into_iter().collect();
    vrps.sort_unstable();
    vrps.dedup();
    vrps
}

impl FromIterator<Vrp> for VrpSet {
    fn from_iter<I: IntoIterator<Item = Vrp>>(vrps: I) -> Self {
        let vrps = sorted(vrps);
        let mut nodes: Vec<Node> = Vec::new();
        for (first, vrp) in vrps.iter().enumerate() {
            let last = nodes.len().checked_sub(1);
            if last.and_then(|i| nodes.get(i)).is_none_or(|node| node.prefix != vrp.prefix()) {
                let parent = around(&nodes, last, &vrp.prefix());
                nodes.push(Node { prefix: vrp.prefix(), first, parent });
            }
        }
        Self { vrps: vrps.into(), nodes: nodes.into() }
    }
}

/// The node that contains `prefix` and sorts last, looked for from `at` on.
fn around(nodes: &[Node], mut at: Option<usize>, prefix: &IpNet) -> Option<usize> {
    while let Some(node) = at.and_then(|i| nodes.get(i)) {
        if node.prefix.contains(prefix) {
            return at;
        }
        at = node.parent;
    }
    None
}

/// The VRPs that cover a prefix: those of the most specific prefix first.
#[derive(Clone, Debug)]
pub struct Covering<'a> {
    set: &'a VrpSet,
    vrps: &'a [Vrp],
    next: Option<usize>,
}

impl<'a> Iterator for Covering<'a> {
    type Item = &'a Vrp;

    fn next(&mut self) -> Option<&'a Vrp> {
        loop {
            if let Some((vrp, rest)) = self.vrps.split_first() {
                self.vrps = rest;
                return Some(vrp);
            }
            let at = self.next?;
            self.vrps = self.set.of_node(Some(at));
            self.next = self.set.nodes.get(at).and_then(|node| node.parent);
        }
    }
}

#[cfg(test)]
pub(super) mod tests;
