//! Sets of prefixes with bounds on their length.

mod table;

use crate::named::Members;
use crate::prefix_range::PrefixRange;
use ipnet::IpNet;
use std::fmt;
use table::{Address as _, Table};

/// A set of prefixes: the union of its ranges.
///
/// A look-up is one look into an index of leading bits, a search among the few networks that share them, and a walk over those that
/// contain each other around the prefix, at most one for each length.
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
    v4: Table<u32>,
    v6: Table<u128>,
}

impl PrefixSet {
    /// Whether `prefix` is in one of its ranges.
    pub fn contains(&self, prefix: &IpNet) -> bool {
        match prefix {
            IpNet::V4(net) => {
                self.v4.contains(net.addr().to_bits().leading(net.prefix_len()), net.prefix_len())
            }
            IpNet::V6(net) => {
                self.v6.contains(net.addr().to_bits().leading(net.prefix_len()), net.prefix_len())
            }
        }
    }

    /// Whether all prefixes of `range` are in it. No may mean that several of its ranges have them together.
    pub(crate) fn covers(&self, range: &PrefixRange) -> bool {
        match range.net() {
            IpNet::V4(net) => self.v4.covers(net.addr().to_bits(), net.prefix_len(), range.lengths()),
            IpNet::V6(net) => self.v6.covers(net.addr().to_bits(), net.prefix_len(), range.lengths()),
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
        let v4 = ranges.iter().filter_map(|range| match range.net() {
            IpNet::V4(net) => Some((net.addr().to_bits(), net.prefix_len(), range.lengths())),
            IpNet::V6(_) => None,
        });
        let v6 = ranges.iter().filter_map(|range| match range.net() {
            IpNet::V6(net) => Some((net.addr().to_bits(), net.prefix_len(), range.lengths())),
            IpNet::V4(_) => None,
        });
        Self { v4: Table::new(v4), v6: Table::new(v6), ranges }
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
