//! Networks of one family, found by an index of their leading bits.

use std::fmt::Debug;
use std::hash::Hash;

/// The address of a network as a number of the family's width; also a set of lengths, of which the bit 0 stands for 1.
pub(super) trait Address: Copy + Ord + Hash + Debug + Default {
    /// How many bits it has.
    const BITS: u8;

    /// The first `len` bits of it.
    fn leading(self, len: u8) -> Self;
    /// The set of the lengths `min` to `max`; 0 is in no set.
    fn lengths(min: u8, max: u8) -> Self;
    /// Whether a set has the length that is one more than `len`.
    fn has(self, len: u8) -> bool;
    fn or(self, other: Self) -> Self;
    /// How far it is behind `from`, in steps of 2 to the power of `shift`.
    fn behind(self, from: Self, shift: u32) -> usize;
}

macro_rules! address {
    ($type:ty, $bits:literal) => {
        impl Address for $type {
            const BITS: u8 = $bits;

            #[inline]
            fn leading(self, len: u8) -> Self {
                let rest = <$type>::BITS.saturating_sub(u32::from(len));
                self & Self::MAX.checked_shl(rest).unwrap_or(0)
            }

            fn lengths(min: u8, max: u8) -> Self {
                let up_to = |len: u8| {
                    let rest = <$type>::BITS.saturating_sub(u32::from(len));
                    Self::MAX.checked_shr(rest).unwrap_or(0)
                };
                up_to(max) & !up_to(min.saturating_sub(1))
            }

            #[inline]
            fn has(self, len: u8) -> bool {
                self.checked_shr(len.into()).unwrap_or(0) & 1 == 1
            }

            fn or(self, other: Self) -> Self {
                self | other
            }

            #[inline]
            fn behind(self, from: Self, shift: u32) -> usize {
                usize::try_from(self.saturating_sub(from).checked_shr(shift).unwrap_or(0))
                    .unwrap_or(usize::MAX)
            }
        }
    };
}

address!(u32, 32);
address!(u128, 128);

/// Networks in the order of their address, then their length.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Table<A> {
    /// Whether the prefix of length 0 is in the set.
    default_route: bool,
    nodes: Box<[Node<A>]>,
    first: A,
    shift: u32,
    /// For each step from the first address on, how many nodes are before it; and how many there are.
    index: Box<[u32]>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct Node<A> {
    network: A,
    /// The lengths that this network's ranges accept, and those of all that contain it.
    lengths: A,
    /// The place of the longest network that contains this one, or of none.
    parent: u32,
    len: u8,
}

const NONE: u32 = u32::MAX;

impl<A: Address> Table<A> {
    /// A table of networks: address, length, and the least and greatest length of what is in the set.
    pub(super) fn new(ranges: impl Iterator<Item = (A, u8, (u8, u8))>) -> Self {
        let mut ranges: Vec<_> = ranges.collect();
        ranges.sort_unstable();
        let mut nodes: Vec<Node<A>> = Vec::with_capacity(ranges.len());
        ranges
            .iter()
            .for_each(|&(network, len, (min, max))| push(&mut nodes, network, len, A::lengths(min, max)));
        let default_route = ranges.iter().any(|(_, _, (min, _))| *min == 0);
        let (first, shift, index) = index(&nodes);
        Self { default_route, nodes: nodes.into(), first, shift, index }
    }

    /// Whether a prefix is in the set.
    #[inline]
    pub(super) fn contains(&self, prefix: A, len: u8) -> bool {
        let Some(bit) = len.checked_sub(1) else { return self.default_route };
        self.around(prefix, len).is_some_and(|node| node.lengths.has(bit))
    }

    /// Whether all prefixes of some lengths within a network are in the set.
    pub(super) fn covers(&self, network: A, len: u8, (min, max): (u8, u8)) -> bool {
        if min == 0 && !self.default_route {
            return false;
        }
        let wanted = A::lengths(min, max);
        let around = self.around(network, len);
        wanted == A::default() || around.is_some_and(|node| node.lengths.or(wanted) == node.lengths)
    }

    /// The longest network around a prefix. One look into the index, a search among the few nodes of its step, and a walk over
    /// networks of which each contains the one before.
    #[inline]
    fn around(&self, prefix: A, len: u8) -> Option<&Node<A>> {
        let step = prefix.behind(self.first, self.shift).min(self.index.len().saturating_sub(2));
        let &[from, to] = self.index.get(step..)?.first_chunk()?;
        let (from, to) = (place(from), place(to));
        let within = self.nodes.get(from..to)?.partition_point(|node| node.network <= prefix);
        // Every network that contains the prefix contains this one too, or is it.
        let mut at = from.saturating_add(within).checked_sub(1);
        while let Some(node) = at.and_then(|at| self.nodes.get(at)) {
            if node.len <= len && prefix.leading(node.len) == node.network {
                return Some(node);
            }
            at = if node.parent == NONE { None } else { Some(place(node.parent)) };
        }
        None
    }
}

fn place(n: u32) -> usize {
    usize::try_from(n).unwrap_or(usize::MAX)
}

/// Adds a network that sorts behind all that were added, or is the last of them.
fn push<A: Address>(nodes: &mut Vec<Node<A>>, network: A, len: u8, lengths: A) {
    let mut around = nodes.len().checked_sub(1);
    while let Some((i, node)) = around.and_then(|i| Some((i, nodes.get_mut(i)?))) {
        if (node.network, node.len) == (network, len) {
            node.lengths = node.lengths.or(lengths);
            return;
        }
        if network.leading(node.len) == node.network {
            let parent = u32::try_from(i).unwrap_or(NONE);
            let lengths = lengths.or(node.lengths);
            return nodes.push(Node { network, lengths, parent, len });
        }
        around = if node.parent == NONE { None } else { Some(place(node.parent)) };
    }
    nodes.push(Node { network, lengths, parent: NONE, len });
}

/// The first address, the size of a step so that there are about as many as nodes, and the index.
fn index<A: Address>(nodes: &[Node<A>]) -> (A, u32, Box<[u32]>) {
    let (Some(first), Some(last)) = (nodes.first(), nodes.last()) else { return Default::default() };
    let (first, last) = (first.network, last.network);
    let most = nodes.len().saturating_mul(2).max(2);
    let mut shift = 0u32;
    while shift < u32::from(A::BITS).saturating_sub(1) && last.behind(first, shift) >= most {
        shift = shift.saturating_add(1);
    }
    let steps = last.behind(first, shift).saturating_add(1);
    let mut index = Vec::with_capacity(steps.saturating_add(1));
    for (i, node) in nodes.iter().enumerate() {
        let step = node.network.behind(first, shift);
        while index.len() <= step {
            index.push(u32::try_from(i).unwrap_or(NONE));
        }
    }
    index.push(u32::try_from(nodes.len()).unwrap_or(NONE));
    (first, shift, index.into())
}
