//! Policies: how long a verdict takes with more and more rules, and a look into sets of more and more prefixes beside
//! prefix-trie's and a hash set's, all on the same prefixes in one run.
//!
//! `cargo bench -p benches --bench policy`
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::disallowed_methods,
    reason = "a bench stops where it is wrong, and reads the clock"
)]

#[path = "codec/allocation.rs"]
mod allocation;

use allocation::allocated;
use bgp_policy::{AsPathRegex, Match, Policy, PrefixRange, PrefixSet, RouteView, Rule};
use bgp_wire::{Asn, AttributeSet, NextHop, Origin};
use ipnet::{IpNet, Ipv4Net};
use prefix_trie::PrefixSet as TrieSet;
use std::collections::HashSet;
use std::hint::black_box;
use std::time::Instant;

/// Numbers that look like chance, the same in every run.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as u32
    }
}

/// Prefixes of 16 to 24 bits, most of 24, as tables have them.
fn prefixes(count: usize) -> Vec<Ipv4Net> {
    let (mut numbers, mut all) = (Numbers(7), HashSet::new());
    while all.len() < count {
        let len = [24, 24, 24, 23, 22, 20, 19, 16][numbers.next() as usize % 8];
        let addr = (numbers.next() % 0xdf00_0000).max(0x0100_0000);
        all.insert(Ipv4Net::new(addr.into(), len).unwrap().trunc());
    }
    let mut all: Vec<_> = all.into_iter().collect();
    all.sort_unstable();
    all
}

/// What is looked for: half of it is there, in no order.
fn wanted(there: &[Ipv4Net]) -> Vec<IpNet> {
    let mut numbers = Numbers(11);
    let others = prefixes(1 << 16);
    let pick = |numbers: &mut Numbers, from: &[Ipv4Net]| from[numbers.next() as usize % from.len()];
    (0..1 << 16)
        .map(|n| IpNet::V4(if n % 2 == 0 { pick(&mut numbers, there) } else { pick(&mut numbers, &others) }))
        .collect()
}

/// The least nanoseconds a look takes of several rounds, and that it allocates nothing.
fn measured(wanted: &[IpNet], look: impl Fn(&IpNet) -> bool) -> f64 {
    let mut least = f64::MAX;
    for _ in 0..15 {
        let began = Instant::now();
        let (found, asked) = allocated(|| wanted.iter().filter(|prefix| look(black_box(prefix))).count());
        let took = began.elapsed();
        black_box(found);
        assert_eq!((asked.calls, asked.octets), (0, 0), "something was allocated");
        least = least.min(took.as_secs_f64() * 1e9 / wanted.len() as f64);
    }
    least
}

fn rules(count: usize, condition: impl Fn(u32) -> Match) -> Vec<Rule> {
    (0..count as u32).map(|n| Rule::new(format!("rule {n}")).when(condition(n)).reject()).collect()
}

fn policy(rules: Vec<Rule>) -> Policy {
    Policy::new("bench", rules, bgp_policy::Decision::Reject).unwrap()
}

fn main() {
    let mut attrs = AttributeSet::new(Origin::Igp, NextHop::V4([192, 0, 2, 1].into()));
    attrs.as_path = [64500, 64501, 64502, 64503].into_iter().map(Asn).collect();
    attrs.communities = ["64500:1", "64500:2", "64500:3"].map(|c| c.parse().unwrap()).to_vec();
    let view = |prefix: &IpNet| RouteView::new(*prefix, &attrs, Asn(64500));

    println!("a look into a set, ns");
    println!(
        "{:>10} {:>12} {:>12} {:>12} {:>12} {:>14}",
        "prefixes", "PrefixSet", "in a policy", "hash set", "trie, exact", "x of hash set"
    );
    for count in [10, 100, 1_000, 10_000, 100_000] {
        let there = prefixes(count);
        let wanted = wanted(&there);
        let set: PrefixSet = there.iter().map(|net| PrefixRange::exact(IpNet::V4(*net))).collect();
        let one = policy(vec![Rule::new("set").when(Match::Prefix(set.clone().into())).accept()]);
        let hash: HashSet<IpNet> = there.iter().map(|net| IpNet::V4(*net)).collect();
        let trie: TrieSet<Ipv4Net> = there.iter().copied().collect();
        let ours = measured(&wanted, |prefix| set.contains(prefix));
        let within = measured(&wanted, |prefix| one.evaluate(view(prefix)).accept);
        let bare = measured(&wanted, |prefix| hash.contains(prefix));
        let of_trie = measured(&wanted, |prefix| matches!(prefix, IpNet::V4(net) if trie.contains(net)));
        println!(
            "{count:>10} {ours:>12.1} {within:>12.1} {bare:>12.1} {of_trie:>12.1} {:>14.2}",
            within / bare
        );
    }

    println!(
        "\na verdict, ns: rules of which none decides before the last, which has a set of 100000 prefixes"
    );
    println!(
        "{:>10} {:>14} {:>14} {:>14} {:>14}",
        "rules", "community", "origin ASN", "prefix", "as-path regex"
    );
    let there = prefixes(100_000);
    let wanted = wanted(&there);
    let set: PrefixSet = there.iter().map(|net| PrefixRange::exact(IpNet::V4(*net))).collect();
    for count in [10, 100, 1_000] {
        let with = |condition: &dyn Fn(u32) -> Match| {
            let mut all = rules(count - 1, condition);
            all.push(Rule::new("set").when(Match::Prefix(set.clone().into())).accept());
            let policy = policy(all);
            measured(&wanted, |prefix| policy.evaluate(view(prefix)).accept)
        };
        let community = with(&|n| Match::Community([format!("65000:{n}").parse().unwrap()].into()));
        let origin = with(&|n| Match::OriginAsn([Asn(n)].into_iter().collect()));
        let prefix = with(&|n| {
            let net = Ipv4Net::new((0xe000_0000 + (n << 8)).into(), 24).unwrap();
            Match::Prefix([PrefixRange::exact(net.into())].into_iter().collect())
        });
        let regex = with(&|n| Match::AsPath(format!("_{}_", 100_000 + n).parse::<AsPathRegex>().unwrap()));
        println!("{count:>10} {community:>14.1} {origin:>14.1} {prefix:>14.1} {regex:>14.1}");
    }
    println!("\nnothing was allocated");
}
