//! Sets of prefixes with bounds on their length, found in logarithmic time.

use crate::named::Members;
use crate::prefix_range::PrefixRange;
use ipnet::IpNet;
use std::fmt;

/// A set of prefixes: the union of its ranges.
///
/// A look-up is one binary search and a walk over the networks that contain each other around the
/// prefix, at most one for each length.
///
/// ```
/// use bgp_policy::{PrefixRange, PrefixSet};
/// let set: PrefixSet = ["198.51.100.0/24", "203.0.113.0/24 le 28"]
///     .iter()
///     .map(|text| text.parse::<PrefixRange>().unwrap())
///     .collect();
/// assert!(set.contains(&"203.0.113.16/28".parse().unwrap()));
/// assert!(!set.contains(&"198.51.100.0/25".parse().unwrap()));
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct PrefixSet {
    ranges: Box<[PrefixRange]>,
    v4: Table,
    v6: Table,
}

impl PrefixSet {
    /// Whether `prefix` is in one of its ranges.
    pub fn contains(&self, prefix: &IpNet) -> bool {
        match prefix {
            IpNet::V4(_) => self.v4.contains(bits(prefix), prefix.prefix_len()),
            IpNet::V6(_) => self.v6.contains(bits(prefix), prefix.prefix_len()),
        }
    }

    /// The ranges it was made of, in their order.
    pub fn ranges(&self) -> &[PrefixRange] {
        &self.ranges
    }
}

impl FromIterator<PrefixRange> for PrefixSet {
    fn from_iter<I: IntoIterator<Item = PrefixRange>>(ranges: I) -> Self {
        let ranges: Box<[PrefixRange]> = ranges.into_iter().collect();
        let family = |v4: bool| ranges.iter().filter(move |r| matches!(r.net(), IpNet::V4(_)) == v4);
        Self { v4: Table::new(family(true)), v6: Table::new(family(false)), ranges }
    }
}

impl Members for PrefixSet {
    type Member = PrefixRange;

    fn members(&self) -> &[PrefixRange] {
        &self.ranges
    }
}

impl fmt::Display for PrefixSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        crate::listed(f, &self.ranges)
    }
}

/// The network's address as the leading bits of 128.
fn bits(net: &IpNet) -> u128 {
    match net {
        IpNet::V4(net) => u128::from(u32::from(net.network())) << 96,
        IpNet::V6(net) => u128::from(net.network()),
    }
}

/// The first `len` of 128 bits.
fn mask(len: u8) -> u128 {
    u128::MAX.checked_shl(128u32.saturating_sub(u32::from(len))).unwrap_or(0)
}

/// The bits that stand for the lengths `min` to `max`; length 0 has none.
fn lengths(min: u8, max: u8) -> u128 {
    let up_to = |len: u8| u128::MAX.checked_shr(128u32.saturating_sub(u32::from(len))).unwrap_or(0);
    up_to(max) & !up_to(min.saturating_sub(1))
}

/// Networks of one family in the order of their address, then their length.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
struct Table {
    /// Whether the prefix of length 0 is in the set.
    default_route: bool,
    networks: Box<[u128]>,
    nodes: Box<[Node]>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct Node {
    len: u8,
    /// The longest network of the table that contains this one.
    parent: Option<u32>,
    /// The lengths that this network's ranges accept, and those of all that contain it.
    lengths: u128,
}

impl Table {
    fn new<'a>(ranges: impl Iterator<Item = &'a PrefixRange>) -> Self {
        let mut ranges: Vec<_> =
            ranges.map(|r| (bits(&r.net()), r.net().prefix_len(), r.lengths())).collect();
        ranges.sort_unstable();
        let mut table = Building::default();
        ranges.iter().for_each(|&(network, len, (min, max))| table.push(network, len, lengths(min, max)));
        Self {
            default_route: ranges.iter().any(|(_, _, (min, _))| *min == 0),
            networks: table.networks.into(),
            nodes: table.nodes.into(),
        }
    }

    fn contains(&self, prefix: u128, len: u8) -> bool {
        let Some(bit) = len.checked_sub(1) else { return self.default_route };
        // Every network that contains the prefix contains this one too, or is it.
        let mut at = self.networks.partition_point(|network| *network <= prefix).checked_sub(1);
        while let Some((i, node)) = at.and_then(|i| Some((i, self.nodes.get(i)?))) {
            let network = self.networks.get(i).copied().unwrap_or_default();
            if node.len <= len && prefix & mask(node.len) == network {
                return node.lengths >> bit & 1 == 1;
            }
            at = node.parent.and_then(|i| usize::try_from(i).ok());
        }
        false
    }
}

#[derive(Default)]
struct Building {
    networks: Vec<u128>,
    nodes: Vec<Node>,
}

impl Building {
    /// Adds a network that sorts after all that were added, or is the last of them.
    fn push(&mut self, network: u128, len: u8, lengths: u128) {
        let mut around = self.nodes.len().checked_sub(1);
        while let Some((i, node, before)) =
            around.and_then(|i| Some((i, self.nodes.get_mut(i)?, *self.networks.get(i)?)))
        {
            if (before, node.len) == (network, len) {
                node.lengths |= lengths;
                return;
            }
            if network & mask(node.len) == before {
                let (parent, inherited) = (u32::try_from(i).ok(), node.lengths);
                return self.add(network, Node { len, parent, lengths: lengths | inherited });
            }
            around = node.parent.and_then(|i| usize::try_from(i).ok());
        }
        self.add(network, Node { len, parent: None, lengths });
    }

    fn add(&mut self, network: u128, node: Node) {
        self.networks.push(network);
        self.nodes.push(node);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn set(ranges: &[&str]) -> PrefixSet {
        ranges.iter().map(|text| text.parse::<PrefixRange>().unwrap()).collect()
    }

    /// (ranges, prefix, whether it is in).
    #[test]
    fn containment() {
        let nested = &["198.18.0.0/15 ge 24 le 24", "198.18.4.0/22 le 23", "198.18.4.0/24 ge 30"][..];
        for (ranges, prefix, want) in [
            (&[][..], "0.0.0.0/0", false),
            (&["0.0.0.0/0"], "0.0.0.0/0", true),
            (&["0.0.0.0/0"], "::/0", false),
            (&["0.0.0.0/0"], "128.0.0.0/1", false),
            (&["0.0.0.0/0 ge 8 le 24"], "0.0.0.0/0", false),
            (&["0.0.0.0/0 ge 8 le 24"], "198.18.0.0/24", true),
            (&["0.0.0.0/0 ge 8 le 24"], "198.18.0.0/25", false),
            (&["::/0 le 128"], "2001:db8::1/128", true),
            (&["::/0 le 128"], "::/0", true),
            (&["203.0.113.255/32"], "203.0.113.255/32", true),
            (&["203.0.113.0/24 le 28"], "203.0.113.240/28", true),
            (&["203.0.113.0/24 le 28"], "203.0.113.240/29", false),
            (&["203.0.113.0/24 le 28"], "203.0.112.0/23", false),
            (nested, "198.18.4.0/22", true),
            (nested, "198.18.4.0/23", true),
            (nested, "198.18.4.0/24", true),
            (nested, "198.18.5.0/24", true),
            (nested, "198.19.255.0/24", true),
            (nested, "198.18.4.0/25", false),
            (nested, "198.18.4.4/30", true),
            (nested, "198.18.5.4/30", false),
            (nested, "198.20.0.0/24", false),
        ] {
            assert_eq!(set(ranges).contains(&prefix.parse().unwrap()), want, "{prefix} in {ranges:?}");
        }
    }

    /// Networks close to each other, so that they nest and meet.
    fn net() -> impl Strategy<Value = IpNet> {
        let v4 = (0u32..16, 0u8..=32)
            .prop_map(|(n, len)| ipnet::Ipv4Net::new_assert((n << 28 | n).into(), len).trunc().into());
        let v6 = (0u128..16, 0u8..=128)
            .prop_map(|(n, len)| ipnet::Ipv6Net::new_assert((n << 124 | n).into(), len).trunc().into());
        prop_oneof![v4, v6]
    }

    proptest! {
        #[test]
        fn a_set_holds_what_a_scan_finds(
            ranges in prop::collection::vec((net(), 0u8..40, 0u8..40), 0..40),
            prefixes in prop::collection::vec(net(), 1..40),
        ) {
            let ranges: Vec<_> = ranges
                .into_iter()
                .filter_map(|(net, more, span)| {
                    let min = net.prefix_len().saturating_add(more).min(net.max_prefix_len());
                    PrefixRange::new(net, min, min.saturating_add(span).min(net.max_prefix_len())).ok()
                })
                .collect();
            let set: PrefixSet = ranges.iter().copied().collect();
            for prefix in prefixes.iter().chain(&ranges.iter().map(PrefixRange::net).collect::<Vec<_>>()) {
                prop_assert_eq!(set.contains(prefix), ranges.iter().any(|r| r.contains(prefix)), "{}", prefix);
            }
        }
    }
}
