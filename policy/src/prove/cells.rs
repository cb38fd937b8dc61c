//! All prefixes, told apart by the sets that hold them.

use super::mask::Mask;
use crate::prefix_range::PrefixRange;
use bgp_wire::Family;
use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, Ipv6Addr};

/// Prefixes that are in the same sets, and of one family.
#[derive(Clone, Debug)]
struct Cell {
    family: Family,
    sets: Mask,
    /// One of them.
    prefix: IpNet,
}

/// Every cell that has a prefix. A look through the tree of networks finds them: between two networks of the sets, what holds a
/// prefix depends on its length alone.
#[derive(Clone, Debug, Default)]
pub(super) struct Cells(Vec<Cell>);

/// A range of a set: the network's first bits, its length, the lengths of its prefixes, and the set.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    bits: u128,
    len: u8,
    min: u8,
    max: u8,
    set: usize,
}

impl Cells {
    /// Those of prefixes; where one of `liked` is in a cell, it stands for the cell.
    pub(super) fn of_prefixes(sets: &[Vec<PrefixRange>], liked: &[IpNet]) -> Self {
        Self::new(sets, liked, |_| 0)
    }

    /// Those of addresses.
    pub(super) fn of_hosts(sets: &[Vec<PrefixRange>], liked: &[IpNet]) -> Self {
        Self::new(sets, liked, |family| family.width)
    }

    fn new(sets: &[Vec<PrefixRange>], liked: &[IpNet], least: impl Fn(&Tree) -> u8) -> Self {
        let mut cells = Vec::new();
        for mut tree in [Tree::new(Family::Ipv4Unicast, 32), Tree::new(Family::Ipv6Unicast, 128)] {
            tree.least = least(&tree);
            let mut entries: Vec<Entry> = sets
                .iter()
                .enumerate()
                .flat_map(|(set, ranges)| {
                    ranges.iter().filter_map(move |range| entry(range, set).map(|e| (range, e)))
                })
                .filter(|(range, _)| Family::of(&range.net()) == tree.family)
                .map(|(_, entry)| entry)
                .collect();
            entries.sort_unstable();
            tree.walk(0, 0, &entries, &mut Vec::new());
            cells.append(&mut tree.finish());
        }
        let mut cells = Self(cells);
        for prefix in liked {
            if let Some(at) = cells.cell_of(prefix, sets)
                && let Some(cell) = cells.0.get_mut(at)
                && !liked.contains(&cell.prefix)
            {
                cell.prefix = *prefix;
            }
        }
        cells
    }

    pub(super) const fn len(&self) -> usize {
        self.0.len()
    }

    /// The cells that a set holds.
    pub(super) fn of_set(&self, set: usize) -> Mask {
        self.such(|cell| cell.sets.contains(set))
    }

    /// The cells of a family.
    pub(super) fn of_family(&self, family: Family) -> Mask {
        self.such(|cell| cell.family == family)
    }

    fn such(&self, wanted: impl Fn(&Cell) -> bool) -> Mask {
        self.0.iter().enumerate().filter(|(_, cell)| wanted(cell)).map(|(at, _)| at).collect()
    }

    /// The cell of a prefix, by the sets that it was made from.
    pub(super) fn cell_of(&self, prefix: &IpNet, sets: &[Vec<PrefixRange>]) -> Option<usize> {
        let holds = |ranges: &Vec<PrefixRange>| ranges.iter().any(|range| range.contains(prefix));
        let of: Mask =
            sets.iter().enumerate().filter(|(_, ranges)| holds(ranges)).map(|(set, _)| set).collect();
        let family = Family::of(prefix);
        self.0.iter().position(|cell| cell.family == family && cell.sets.iter().eq(of.iter()))
    }

    /// A prefix of a cell.
    pub(super) fn prefix(&self, cell: usize) -> Option<IpNet> {
        self.0.get(cell).map(|cell| cell.prefix)
    }
}

/// The bits of every family begin at the highest.
fn entry(range: &PrefixRange, set: usize) -> Option<Entry> {
    let bits = match range.net() {
        IpNet::V4(net) => u128::from(net.addr().to_bits()).checked_shl(96)?,
        IpNet::V6(net) => net.addr().to_bits(),
    };
    let (min, max) = range.lengths();
    Some(Entry { bits, len: range.net().prefix_len(), min, max, set })
}

struct Tree {
    family: Family,
    width: u8,
    /// Prefixes that are shorter do not count.
    least: u8,
    found: BTreeMap<Mask, (u128, u8)>,
}

/// The bit behind the first `len`.
fn bit(len: u8) -> u128 {
    (1u128 << 127).checked_shr(len.into()).unwrap_or(0)
}

impl Tree {
    const fn new(family: Family, width: u8) -> Self {
        Self { family, width, least: 0, found: BTreeMap::new() }
    }

    /// Looks through the network of the first `len` of `bits`. `inside` are the entries of networks within; `around` are those
    /// of networks that it lies in.
    fn walk(&mut self, bits: u128, len: u8, inside: &[Entry], around: &mut Vec<Entry>) {
        let own = inside.partition_point(|entry| entry.len == len && entry.bits == bits);
        let (here, inside) = inside.split_at_checked(own).unwrap_or((inside, &[]));
        let outer = around.len();
        around.extend(here);
        self.descend(bits, len, inside, around);
        around.truncate(outer);
    }

    fn descend(&mut self, bits: u128, len: u8, inside: &[Entry], around: &mut Vec<Entry>) {
        let (Some(first), Some(last)) = (inside.first(), inside.last()) else {
            return (len..=self.width).for_each(|length| self.hold(bits, length, around));
        };
        let shortest = inside.iter().map(|entry| entry.len).min().unwrap_or(len);
        let same = u8::try_from((first.bits ^ last.bits).leading_zeros()).unwrap_or(u8::MAX).min(shortest);
        self.hold(bits, len, around);
        if same > len {
            // Nothing of the sets is in the other half, nor in those on the way down.
            let beside = bits | (!first.bits & bit(len));
            (len.saturating_add(1)..=self.width).for_each(|length| self.hold(beside, length, around));
            let mask = (1..=same).fold(0, |mask, n| mask | bit(n.saturating_sub(1)));
            return self.walk(first.bits & mask, same, inside, around);
        }
        let upper = inside.partition_point(|entry| entry.bits & bit(len) == 0);
        let (low, high) = inside.split_at_checked(upper).unwrap_or((inside, &[]));
        self.walk(bits, len.saturating_add(1), low, around);
        self.walk(bits | bit(len), len.saturating_add(1), high, around);
    }

    /// Notes the sets that hold a prefix.
    fn hold(&mut self, bits: u128, len: u8, around: &[Entry]) {
        if len < self.least {
            return;
        }
        let holding = around.iter().filter(|entry| (entry.min..=entry.max).contains(&len));
        let sets: Mask = holding.map(|entry| entry.set).collect();
        self.found.entry(sets).or_insert((bits, len));
    }

    fn finish(self) -> Vec<Cell> {
        let family = self.family;
        let cell = |(sets, (bits, len)): (Mask, (u128, u8))| {
            let prefix = if family == Family::Ipv4Unicast {
                let addr = Ipv4Addr::from_bits(u32::try_from(bits >> 96).unwrap_or_default());
                Ipv4Net::new(addr, len).ok()?.trunc().into()
            } else {
                Ipv6Net::new(Ipv6Addr::from_bits(bits), len).ok()?.trunc().into()
            };
            Some(Cell { family, sets, prefix })
        };
        self.found.into_iter().filter_map(cell).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prefix_set::PrefixSet;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    /// Networks of five bits at most, so that all prefixes can be looked at.
    fn range() -> impl Strategy<Value = PrefixRange> {
        (0u32..32, 0u8..=5, 0u8..4, 0u8..4).prop_map(|(n, len, more, span)| {
            let net = IpNet::from(Ipv4Net::new_assert((n << 27).into(), len).trunc());
            let min = (len + more).min(7);
            PrefixRange::new(net, min, (min + span).min(7)).unwrap()
        })
    }

    fn signature(sets: &[Vec<PrefixRange>], prefix: IpNet) -> Vec<usize> {
        let set = |ranges: &Vec<PrefixRange>| ranges.iter().copied().collect::<PrefixSet>();
        (0..sets.len()).filter(|at| set(&sets[*at]).contains(&prefix)).collect()
    }

    proptest! {
        #[test]
        fn the_cells_are_those_of_all_prefixes(sets in prop::collection::vec(prop::collection::vec(range(), 0..6), 0..4)) {
            let cells = Cells::of_prefixes(&sets, &[]);
            let got: BTreeSet<Vec<usize>> =
                cells.0.iter().filter(|cell| cell.family == Family::Ipv4Unicast).map(|cell| cell.sets.iter().collect()).collect();
            let all = (0u8..=8).flat_map(|len| (0u32..256).map(move |n| Ipv4Net::new_assert((n << 24).into(), len).trunc().into()));
            let want: BTreeSet<Vec<usize>> = all.map(|prefix| signature(&sets, prefix)).collect();
            prop_assert_eq!(got, want);
            for cell in &cells.0 {
                prop_assert_eq!(signature(&sets, cell.prefix), cell.sets.iter().collect::<Vec<_>>(), "{}", cell.prefix);
            }
        }
    }

    #[test]
    fn hosts_and_what_is_liked() {
        let sets: Vec<Vec<PrefixRange>> =
            [["192.0.2.0/24"], ["2001:db8::/32"]].map(|set| set.map(host).to_vec()).to_vec();
        let liked = ["192.0.2.1/32".parse().unwrap()];
        let cells = Cells::of_hosts(&sets, &liked);
        let shown: Vec<String> = cells
            .0
            .iter()
            .map(|cell| format!("{} {:?}", cell.prefix, cell.sets.iter().collect::<Vec<_>>()))
            .collect();
        assert_eq!(shown, ["0.0.0.0/32 []", "192.0.2.1/32 [0]", "8000::/128 []", "2001:db8::/128 [1]"]);
    }

    fn host(net: &str) -> PrefixRange {
        let net: IpNet = net.parse().unwrap();
        PrefixRange::new(net, net.max_prefix_len(), net.max_prefix_len()).unwrap()
    }
}
