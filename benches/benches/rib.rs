//! What a route costs on its way through `bgp-rib`: interning, insertion, selection among several paths, export to an
//! update group and packing, and a late member that is sent all there is.
//!
//! Beside the insertion stands what a bare hash table takes for the same nets: nothing that keeps them can take less.
#![expect(clippy::unwrap_used, reason = "the routes are the bench's own")]

use bgp_rib::{
    Announced, AttrSet, Because, Import, Interner, Net, Path, PeerId, PeerInfo, Relation, Rib, UpdateGroup,
};
use bgp_wire::{Asn, AttributeSet, Community, Negotiated, NextHop, Origin, PeerKind};
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use hashbrown::HashMap;
use ipnet::{IpNet, Ipv4Net};
use std::hint::black_box;

/// How many attribute sets there are, and how many nets share one: a full table's shape.
const SETS: u32 = 15_000;
const SHARE: u32 = 7;
const NETS: u64 = (SETS * SHARE) as u64;

const PEERS: u32 = 10;
const MEMBER: PeerId = PeerId(100);

/// The attributes of set `n` as peer `peer` sends them: one of ten has the shortest path.
fn set(n: u32, peer: u32) -> AttributeSet {
    let mut set = AttributeSet::new(Origin::Igp, NextHop::V4([192, 0, 2, 1].into()));
    let hops = 2 + (n + peer) % PEERS;
    set.as_path = (0..hops).map(|hop| Asn(64496 + (n * 7 + hop) % 4096)).collect();
    set.communities = (0..n % 5).map(|c| Community(64496 << 16 | c)).collect();
    set.med = n.is_multiple_of(3).then_some(n);
    set
}

fn nets(n: u32) -> impl Iterator<Item = Announced> {
    (0..SHARE).map(move |k| {
        let prefix = IpNet::V4(Ipv4Net::new_assert(((n * SHARE + k) << 8).into(), 24));
        Announced::new(prefix.into(), Import::Accepted(Because(0)))
    })
}

/// A RIB whose peers are up, and every set of every peer.
struct Table {
    rib: Rib,
    sets: Vec<Vec<AttrSet>>,
}

impl Table {
    fn new(peers: u32) -> Self {
        let (mut interner, mut rib) = (Interner::new(1), Rib::with_places_kept(1));
        for peer in 0..peers {
            let id = u8::try_from(peer).unwrap();
            let info = PeerInfo {
                relation: Relation::External,
                router_id: [192, 0, 2, id].into(),
                addr: std::net::IpAddr::from([192, 0, 2, id]),
            };
            rib.peer_up(PeerId(peer), info, &mut |_| {});
        }
        let of_peer = |peer| (0..SETS).map(|n| interner.intern(&set(n, peer)).unwrap()).collect();
        Self { rib, sets: (0..peers).map(of_peer).collect() }
    }

    /// Announces all of one peer.
    fn announce(&mut self, peer: u32, group: &mut UpdateGroup) {
        let sets = self.sets.get(peer as usize).unwrap();
        for (n, attrs) in (0..).zip(sets) {
            self.rib.announce(PeerId(peer), attrs, nets(n), &mut |change| group.changed(change.at));
        }
    }
}

fn group() -> UpdateGroup {
    UpdateGroup::new(Negotiated::new(PeerKind::External), 1)
}

/// Sends a member all that waits; returns how many UPDATEs that are.
fn drain(table: &Table, group: &mut UpdateGroup) -> u64 {
    let (mut buf, mut updates) = (Vec::new(), 0);
    // Export that changes nothing.
    let mut told = |_: Net, path: &Path| Some((path.attrs.clone(), path.peer));
    loop {
        buf.clear();
        match group.poll_transmit(MEMBER, &table.rib, &mut told, &mut buf) {
            None => return updates,
            Some(more) => updates += more,
        }
        black_box(&buf);
    }
}

fn interning(c: &mut Criterion) {
    let mut bench = c.benchmark_group("intern");
    bench.throughput(Throughput::Elements(SETS.into()));
    let all = || (0..SETS).map(|n| set(n, 0)).collect::<Vec<_>>();
    let intern = |interner: &mut Interner, sets: Vec<AttributeSet>| {
        sets.into_iter().map(|set| interner.intern(&set).unwrap()).collect::<Vec<_>>()
    };
    bench.bench_function("new", |b| {
        b.iter_batched(all, |sets| intern(&mut Interner::new(1), sets), BatchSize::LargeInput);
    });
    let mut interner = Interner::new(1);
    let _held = intern(&mut interner, all());
    bench.bench_function("known", |b| {
        b.iter_batched(all, |sets| intern(&mut interner, sets), BatchSize::LargeInput);
    });
    bench.finish();
}

fn insertion(c: &mut Criterion) {
    let mut bench = c.benchmark_group("insert");
    bench.throughput(Throughput::Elements(NETS));
    let table = || (Table::new(1), group());
    bench.bench_function("bgp-rib", |b| {
        b.iter_batched(
            table,
            |(mut table, mut group)| {
                table.announce(0, &mut group);
                (table, group)
            },
            BatchSize::LargeInput,
        );
    });
    bench.bench_function("hashbrown, nothing else", |b| {
        b.iter_batched(
            || Table::new(1),
            |table| {
                let mut map = HashMap::<Net, AttrSet, foldhash::fast::FixedState>::default();
                for (n, attrs) in (0..).zip(table.sets.first().unwrap()) {
                    map.extend(nets(n).map(|announced| (announced.net, attrs.clone())));
                }
                (table, map)
            },
            BatchSize::LargeInput,
        );
    });
    bench.finish();
}

fn selection(c: &mut Criterion) {
    let mut bench = c.benchmark_group("select");
    bench.throughput(Throughput::Elements(NETS));
    for (name, before) in [("second path", 1), ("tenth path", PEERS - 1)] {
        let full = || {
            let (mut table, mut group) = (Table::new(PEERS), group());
            (0..before).for_each(|peer| table.announce(peer, &mut group));
            (table, group)
        };
        bench.bench_function(name, |b| {
            b.iter_batched(
                full,
                |(mut table, mut group)| {
                    table.announce(before, &mut group);
                    (table, group)
                },
                BatchSize::LargeInput,
            );
        });
    }
    bench.finish();
}

fn packing(c: &mut Criterion) {
    let mut bench = c.benchmark_group("export and pack");
    bench.throughput(Throughput::Elements(NETS));
    let changed = || {
        let (mut table, mut group) = (Table::new(1), group());
        group.join(MEMBER, None);
        drain(&table, &mut group);
        table.announce(0, &mut group);
        (table, group)
    };
    bench.bench_function("a member in step", |b| {
        b.iter_batched(
            changed,
            |(table, mut group)| (drain(&table, &mut group), table, group),
            BatchSize::LargeInput,
        );
    });
    let late = || {
        let (table, mut group) = changed();
        drain(&table, &mut group);
        group.join(MEMBER, None);
        (table, group)
    };
    bench.bench_function("a late member", |b| {
        b.iter_batched(
            late,
            |(table, mut group)| (drain(&table, &mut group), table, group),
            BatchSize::LargeInput,
        );
    });
    bench.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10);
    targets = interning, insertion, selection, packing
}
criterion_main!(benches);
