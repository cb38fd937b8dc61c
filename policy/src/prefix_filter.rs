//! The filter that a peer asks for (RFC 5292): rules in order, of which the first about a prefix decides.

use bgp_wire::PrefixRule;
use ipnet::IpNet;
use std::collections::{BTreeMap, BTreeSet};

/// What a peer is to be told, by prefix alone. Without rules that is everything; what no rule is about is not.
///
/// A look-up searches once for each length that rules' prefixes have, however many rules there are.
///
/// ```
/// use bgp_policy::PrefixFilter;
/// use bgp_wire::PrefixRule;
///
/// let prefix = "198.51.0.0/16".parse().unwrap();
/// let rule = PrefixRule { permit: true, sequence: 5, min_len: 0, max_len: 24, prefix };
/// let filter = PrefixFilter::new([rule]);
/// assert!(filter.permits(&"198.51.100.0/24".parse().unwrap()));
/// assert!(!filter.permits(&"203.0.113.0/24".parse().unwrap()));
/// assert!(PrefixFilter::default().permits(&"203.0.113.0/24".parse().unwrap()));
/// ```
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct PrefixFilter {
    networks: BTreeMap<IpNet, Vec<Run>>,
    /// The lengths of the networks.
    lengths: BTreeSet<u8>,
}

/// What the rules of one network say of prefixes of some lengths in a row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Run {
    from: u8,
    to: u8,
    sequence: u32,
    permit: bool,
}

impl PrefixFilter {
    /// A filter of these rules, in whatever order; of two with one sequence number the first counts.
    pub fn new(rules: impl IntoIterator<Item = PrefixRule>) -> Self {
        let mut of: BTreeMap<IpNet, Vec<PrefixRule>> = BTreeMap::new();
        rules.into_iter().for_each(|rule| of.entry(rule.prefix.trunc()).or_default().push(rule));
        let lengths = of.keys().map(IpNet::prefix_len).collect();
        Self { networks: of.into_iter().map(|(net, rules)| (net, runs(net, rules))).collect(), lengths }
    }

    /// Whether there are no rules.
    pub fn is_empty(&self) -> bool {
        self.networks.is_empty()
    }

    /// Whether `prefix` is to be told.
    pub fn permits(&self, prefix: &IpNet) -> bool {
        let len = prefix.prefix_len();
        let around = self.lengths.range(..=len).filter_map(|shorter| {
            let network = IpNet::new(prefix.addr(), *shorter).ok()?.trunc();
            self.networks.get(&network)?.iter().find(|run| (run.from..=run.to).contains(&len))
        });
        around.min_by_key(|run| run.sequence).map_or(self.is_empty(), |run| run.permit)
    }
}

/// What decides on each length, lengths of one decision together.
fn runs(net: IpNet, mut rules: Vec<PrefixRule>) -> Vec<Run> {
    rules.sort_by_key(|rule| rule.sequence);
    let mut runs: Vec<Run> = Vec::new();
    for len in net.prefix_len()..=net.max_prefix_len() {
        let Some(rule) = rules.iter().find(|rule| is_about(rule, len)) else { continue };
        let (sequence, permit) = (rule.sequence, rule.permit);
        match runs.last_mut() {
            Some(last) if last.sequence == sequence && last.to.checked_add(1) == Some(len) => last.to = len,
            _ => runs.push(Run { from: len, to: len, sequence, permit }),
        }
    }
    runs
}

/// Whether a rule is about prefixes of `len` bits within its own: without bounds about its own length alone
/// (RFC 5292 section 2).
fn is_about(rule: &PrefixRule, len: u8) -> bool {
    let own = rule.prefix.prefix_len();
    match (rule.min_len, rule.max_len) {
        (0, 0) => len == own,
        (0, most) => (own..=most).contains(&len),
        (least, 0) => len >= least.max(own),
        (least, most) => (least.max(own)..=most).contains(&len),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// `5 permit 198.51.0.0/16 ge 24 le 28`
    fn rule(text: &str) -> PrefixRule {
        let words: Vec<_> = text.split(' ').collect();
        let bound =
            |word| words.iter().position(|w| *w == word).map_or(0, |at| words[at + 1].parse().unwrap());
        PrefixRule {
            permit: words[1] == "permit",
            sequence: words[0].parse().unwrap(),
            min_len: bound("ge"),
            max_len: bound("le"),
            prefix: words[2].parse().unwrap(),
        }
    }

    /// (rules, prefix, whether it is told)
    #[test]
    fn the_first_rule_about_a_prefix_decides() {
        let exact = &["5 permit 198.51.0.0/16"][..];
        let bounds = &["5 permit 198.51.0.0/16 ge 24 le 26"][..];
        let order = &["5 deny 198.51.100.0/24", "10 permit 0.0.0.0/0 le 32"][..];
        let late = &["10 deny 198.51.100.0/24", "5 permit 0.0.0.0/0 le 32"][..];
        let one_net = &["7 permit 0.0.0.0/0 le 32", "5 deny 0.0.0.0/0 ge 25", "6 permit 0.0.0.0/0"][..];
        for (rules, prefix, want) in [
            (&[][..], "198.51.0.0/16", true),
            (exact, "198.51.0.0/16", true),
            (exact, "198.51.0.0/17", false),
            (exact, "198.52.0.0/16", false),
            (exact, "2001:db8::/32", false),
            (bounds, "198.51.0.0/16", false),
            (bounds, "198.51.100.0/24", true),
            (bounds, "198.51.100.0/26", true),
            (bounds, "198.51.100.0/27", false),
            (&["5 permit 198.51.0.0/16 ge 24"], "198.51.100.1/32", true),
            (&["5 permit 198.51.0.0/16 le 17"], "198.51.0.0/16", true),
            (order, "198.51.100.0/24", false),
            (order, "198.51.100.0/25", true),
            (order, "0.0.0.0/0", true),
            (late, "198.51.100.0/24", true),
            (one_net, "198.51.100.0/25", false),
            (one_net, "198.51.100.0/24", true),
            (&["1 permit ::/0 le 128"], "0.0.0.0/0", false),
        ] {
            let filter = PrefixFilter::new(rules.iter().map(|text| rule(text)));
            assert_eq!(filter.permits(&prefix.parse().unwrap()), want, "{prefix} by {rules:?}");
        }
    }

    fn net() -> impl Strategy<Value = IpNet> {
        (0u32..8, 0u8..=5)
            .prop_map(|(n, len)| ipnet::Ipv4Net::new_assert((n << 29).into(), len).trunc().into())
    }

    proptest! {
        #[test]
        fn as_a_reader_of_the_list_would(
            rules in prop::collection::vec((any::<bool>(), 0u32..9, 0u8..7, 0u8..7, net()), 0..20),
            prefix in net(),
        ) {
            let mut rules: Vec<_> = rules
                .into_iter()
                .map(|(permit, sequence, min_len, max_len, prefix)| {
                    PrefixRule { permit, sequence, min_len, max_len, prefix }
                })
                .collect();
            rules.sort_by_key(|rule| rule.sequence);
            rules.dedup_by_key(|rule| rule.sequence);
            let first = rules.iter().find(|rule| {
                let (least, most) = (rule.min_len, rule.max_len);
                let len = prefix.prefix_len();
                let exact = least == 0 && most == 0 && len != rule.prefix.prefix_len();
                rule.prefix.contains(&prefix) && !exact && len >= least && (most == 0 || len <= most)
            });
            let want = first.map_or(rules.is_empty(), |rule| rule.permit);
            prop_assert_eq!(PrefixFilter::new(rules.iter().copied()).permits(&prefix), want);
        }
    }
}
