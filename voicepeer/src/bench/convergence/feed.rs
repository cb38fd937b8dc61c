//! What is injected: prefixes in groups that share attributes, encoded before anything is timed.
use bgp_wire::{
    AsPathBuf, Asn, AttributeSet, Community, Family, Fit, LargeCommunity, Negotiated, NextHop, Origin,
    PathNlri, PeerKind, UpdateWriter,
};
use ipnet::{IpNet, Ipv4Net};
use std::net::Ipv4Addr;

/// Prefixes are those of 24 bits from here on; each has a slot.
const FIRST: u32 = 16 << 24;
/// How many there can be: more than a full table has.
pub(super) const SLOTS: u32 = 1 << 20;

/// The ASN of the injector or receiver with this number.
pub(super) const fn asn(number: u32) -> Asn {
    Asn(64_600 + number)
}

/// The slot of a prefix, where it can have been injected.
pub(super) fn slot(prefix: IpNet) -> Option<u32> {
    let IpNet::V4(net) = prefix else { return None };
    let slot = net.addr().to_bits().checked_sub(FIRST)? >> 8;
    (net.prefix_len() == 24 && slot < SLOTS).then_some(slot)
}

/// Neighbours in an UPDATE are no neighbours in the table: an odd factor visits every slot once.
const fn slot_of(number: u32) -> u32 {
    number.wrapping_mul(0x9_e375) % SLOTS
}

/// The prefixes of one table, by number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Feed {
    pub(super) first: u32,
    pub(super) count: u32,
    /// How many injectors bring each of these prefixes.
    pub(super) copies: u32,
    /// Another one gives the prefixes other attributes.
    pub(super) edition: u32,
}

/// Numbers that look like chance and are the same in every run (Steele, Lea, Flood: SplitMix).
const fn chance(seed: u64) -> u64 {
    let n = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let n = (n ^ n >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let n = (n ^ n >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    n ^ n >> 31
}

/// One of `0..below`, drawn for `what` of a group.
const fn draw(group: u32, what: u64, below: u64) -> u32 {
    let drawn = chance((group as u64) << 20 | what) >> 11;
    #[expect(clippy::cast_possible_truncation, reason = "all that is drawn is small")]
    let drawn = (drawn % below) as u32;
    drawn
}

/// The most prefixes that share attributes.
const LARGEST: u32 = 400;

/// How many prefixes follow `number` in its group, itself included: half of the groups have one, a third of the others
/// two, and so on, which is 6 on average.
fn group_len(number: u32) -> u32 {
    (LARGEST / (1 + draw(number, 0, LARGEST.into()))).max(1)
}

impl Feed {
    /// The groups: their first prefix, and how many they have.
    fn groups(self) -> impl Iterator<Item = (u32, u32)> {
        let end = self.first + self.count;
        let mut next = self.first;
        std::iter::from_fn(move || {
            let first = next;
            let len = group_len(first).min(end - first);
            next += len;
            (len > 0).then_some((first, len))
        })
    }

    /// The injector whose path to each prefix is the best, by slot.
    pub(super) fn best(self, best: &mut [u32]) {
        for (first, len) in self.groups() {
            for number in first..first + len {
                if let Some(best) = best.get_mut(slot_of(number) as usize) {
                    *best = asn(self.winner(first)).0;
                }
            }
        }
    }

    /// Which of the injectors has the shortest path to the prefixes of a group.
    fn winner(self, group: u32) -> u32 {
        if self.copies > 1 { draw(group, 1, self.copies.into()) } else { self.own() }
    }

    /// The one injector of prefixes that only one brings: those of another begin elsewhere.
    fn own(self) -> u32 {
        self.first / self.count
    }

    /// Appends what injector `number` at `address` announces.
    pub(super) fn announce(self, number: u32, address: Ipv4Addr, out: &mut Vec<u8>) {
        let groups: Vec<_> = self.groups().collect();
        // Injectors of the same prefixes begin at other ones.
        let turn = groups.len() * number as usize / self.copies.max(1) as usize % groups.len().max(1);
        let (before, after) = groups.split_at(turn);
        for (first, len) in after.iter().chain(before) {
            let set = self.attributes(*first, number, address);
            put(*first..first + len, out, |out, n| {
                UpdateWriter::announce(out, n, Family::Ipv4Unicast, &set).ok()
            });
        }
    }

    /// Appends what withdraws all of it.
    pub(super) fn withdraw(self, out: &mut Vec<u8>) {
        put(self.first..self.first + self.count, out, |out, n| {
            Some(UpdateWriter::withdraw(out, n, Family::Ipv4Unicast))
        });
    }

    fn attributes(self, group: u32, injector: u32, address: Ipv4Addr) -> AttributeSet {
        let of = |what, below| draw(group, what + 64 * u64::from(self.edition), below);
        let mut set = AttributeSet::new(Origin::Igp, NextHop::V4(address));
        // The winner's path is shorter than any other's.
        let longer = if self.winner(group) == injector { 0 } else { 3 + injector % 3 };
        let hops = 1 + of(2, 5) + longer;
        let path = std::iter::once(asn(injector))
            .chain((0..hops).map(|hop| Asn(1000 + of(3 + u64::from(hop), 50_000))));
        set.as_path = path.collect::<AsPathBuf>();
        let some = of(20, 100) < 88;
        let communities = if some { 1 + of(21, 12) } else { 0 };
        set.communities = (0..communities).map(|n| Community(of(22 + u64::from(n), 1 << 32))).collect();
        set.med = (of(40, 4) == 0).then(|| of(41, 1000));
        if of(42, 100) < 15 {
            let [global, local1, local2] = [43, 44, 45].map(|what| of(what, 1 << 32));
            set.large_communities = vec![LargeCommunity { global, local1, local2 }];
        }
        set
    }
}

/// Fills as many messages as the prefixes need.
fn put<'o>(
    numbers: std::ops::Range<u32>,
    out: &'o mut Vec<u8>,
    begin: impl for<'b> Fn(&'b mut Vec<u8>, &Negotiated) -> Option<UpdateWriter<'b>>,
) {
    let n = Negotiated::new(PeerKind::External);
    let mut numbers = numbers.peekable();
    while numbers.peek().is_some() {
        let Some(mut writer) = begin(&mut *out, &n) else { return };
        while let Some(number) = numbers.peek() {
            let address = Ipv4Addr::from_bits(FIRST + (slot_of(*number) << 8));
            let prefix = IpNet::V4(Ipv4Net::new_assert(address, 24));
            if writer.push(&PathNlri { path_id: 0, prefix }) == Fit::Full {
                break;
            }
            numbers.next();
        }
        writer.finish();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bgp_wire::{Received, frame, update};
    use std::collections::BTreeMap;

    const ADDRESS: Ipv4Addr = Ipv4Addr::new(10, 77, 1, 1);

    /// Slot and AS path of all that the octets announce; what they withdraw has none.
    fn read(octets: &[u8]) -> BTreeMap<u32, Option<String>> {
        let (n, mut rest, mut all) = (Negotiated::new(PeerKind::External), octets, BTreeMap::new());
        while let Some(message) = frame(rest, 4096).unwrap() {
            let parsed = update(message.body, &n).unwrap();
            assert_eq!(parsed.findings.worst(), None);
            let Received::Routes(routes) = parsed.update else { panic!("{parsed:?}") };
            let path = routes.attrs.as_path().map(|path| path.to_string());
            let nlri = routes.announced().flat_map(|(_, nlri)| nlri.iter());
            for nlri in nlri.chain(routes.withdrawn.prefixes()) {
                assert_eq!(all.insert(slot(nlri.prefix).unwrap(), path.clone()), None, "{nlri:?}");
            }
            rest = &rest[message.len..];
        }
        all
    }

    #[test]
    fn every_prefix_is_there_once_and_the_winner_is_the_shortest() {
        let feed = Feed { first: 0, count: 5000, copies: 3, edition: 0 };
        let all = [0, 1, 2].map(|injector| {
            let mut out = Vec::new();
            feed.announce(injector, ADDRESS, &mut out);
            read(&out)
        });
        let mut best = vec![0; SLOTS as usize];
        feed.best(&mut best);
        assert_eq!(best.iter().filter(|best| **best != 0).count(), 5000);
        for (slot, best) in (0..).zip(&best).filter(|(_, best)| **best != 0) {
            let path = |table: &BTreeMap<u32, Option<String>>| table[&slot].clone().unwrap();
            let shortest = all.iter().map(path).min_by_key(|path| path.split(' ').count()).unwrap();
            assert_eq!(shortest.split(' ').next(), Some(best.to_string().as_str()));
        }
    }

    #[test]
    fn an_edition_has_the_same_prefixes_and_other_attributes() {
        let feed = Feed { first: 20_000, count: 10_000, copies: 1, edition: 0 };
        let of = |feed: Feed| {
            let mut out = Vec::new();
            feed.announce(2, ADDRESS, &mut out);
            read(&out)
        };
        let (first, second) = (of(feed), of(Feed { edition: 1, ..feed }));
        assert_eq!(first.len(), 10_000);
        assert!(first.keys().eq(second.keys()));
        assert!(first.iter().zip(&second).filter(|(a, b)| a == b).count() < 500);
        let mut gone = Vec::new();
        feed.withdraw(&mut gone);
        let gone = read(&gone);
        assert!(gone.keys().eq(first.keys()) && gone.values().all(Option::is_none));
    }

    #[test]
    fn groups_are_as_a_table_has_them() {
        let feed = Feed { first: 0, count: 1_000_000, copies: 1, edition: 0 };
        let groups = feed.groups().count();
        assert!((150_000..175_000).contains(&groups), "{groups}");
        assert_eq!(feed.groups().map(|(_, len)| len).sum::<u32>(), 1_000_000);
    }
}
