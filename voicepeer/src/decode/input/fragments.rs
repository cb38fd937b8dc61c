//! IP fragments: what was sent in pieces becomes one packet again (RFC 791 section 3.2, RFC 8200 section 4.5).

use super::item::{Ends, Note, Place};
use super::link::Fragment;
use super::time::Time;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::net::IpAddr;

/// Octets held for packets that are not whole; beyond them the oldest packet is given up.
const HELD: usize = 1 << 20;
/// Packets held, for the same reason: a fragment may have few octets.
const PACKETS: usize = 1 << 12;
/// What a packet's lengths can count.
const LONGEST: usize = 0xffff;
/// Seconds after which a packet is given up (RFC 8200 section 4.5); IPv4 uses its identifications again.
const PATIENCE: u64 = 60;

/// What the fragments of one packet have in common.
type Key = (IpAddr, IpAddr, u8, u32);

/// Packets of which some fragments were seen.
#[derive(Debug, Default)]
pub(super) struct Fragments {
    packets: HashMap<Key, Partial>,
    /// Their keys in the order of their first fragments.
    order: VecDeque<Key>,
    octets: usize,
}

/// A packet that is not whole.
#[derive(Debug)]
struct Partial {
    seen: Seen,
    /// The octets of its fragments by where they stand; they do not overlap.
    parts: BTreeMap<usize, Vec<u8>>,
    octets: usize,
    /// How long it is, once its last fragment was seen.
    len: Option<usize>,
    /// It cannot become whole any more; its other fragments are dropped.
    spoiled: bool,
}

/// Where the first fragment of a packet was seen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Seen {
    pub(super) place: Place,
    pub(super) time: Option<Time>,
    pub(super) ends: Ends,
}

impl Fragments {
    /// Adds a fragment: the octets of the packet that it completes, if it does. What becomes of a packet that
    /// cannot be completed goes to `lost`.
    pub(super) fn add(
        &mut self,
        fragment: &Fragment<'_>,
        seen: Seen,
        lost: &mut impl FnMut(Seen, Note),
    ) -> Option<Vec<u8>> {
        let key = (fragment.from, fragment.to, fragment.protocol, fragment.identification);
        if self.packets.get(&key).is_some_and(|packet| packet.is_older_than(seen.time)) {
            self.give_up(&key, lost);
        }
        let packet = self.packets.entry(key).or_insert_with(|| {
            self.order.push_back(key);
            Partial::new(seen)
        });
        let before = packet.octets;
        if !packet.spoiled && !packet.add(fragment) {
            packet.spoil();
            lost(packet.seen, Note::FragmentsOverlap);
        }
        self.octets = self.octets + packet.octets - before;
        if packet.is_whole() {
            return self.remove(&key).map(|packet| packet.parts.into_values().flatten().collect());
        }
        while self.octets > HELD || self.packets.len() > PACKETS {
            let oldest = *self.order.front()?;
            self.give_up(&oldest, lost);
        }
        None
    }

    /// The capture ends: what waits for a fragment waits no longer.
    pub(super) fn end(&mut self, lost: &mut impl FnMut(Seen, Note)) {
        while let Some(oldest) = self.order.front().copied() {
            self.give_up(&oldest, lost);
        }
    }

    fn give_up(&mut self, key: &Key, lost: &mut impl FnMut(Seen, Note)) {
        if let Some(packet) = self.remove(key)
            && !packet.spoiled
        {
            lost(packet.seen, Note::FragmentsMissing { octets: packet.octets as u64 });
        }
    }

    fn remove(&mut self, key: &Key) -> Option<Partial> {
        // Packets are whole soon, or never and then the oldest: the key is found near one of the ends.
        let place = self.order.iter().rposition(|other| other == key)?;
        self.order.remove(place);
        let packet = self.packets.remove(key)?;
        self.octets -= packet.octets;
        Some(packet)
    }
}

impl Partial {
    const fn new(seen: Seen) -> Self {
        Self { seen, parts: BTreeMap::new(), octets: 0, len: None, spoiled: false }
    }

    fn is_older_than(&self, now: Option<Time>) -> bool {
        match (self.seen.time, now) {
            (Some(then), Some(now)) => now.seconds.saturating_sub(then.seconds) > PATIENCE,
            _ => false,
        }
    }

    /// Adds a fragment, or the same one again; `false` where it contradicts what is there.
    ///
    /// Fragments that overlap are how filters are deceived: nothing of their packet is to be believed (RFC 5722
    /// section 4).
    fn add(&mut self, fragment: &Fragment<'_>) -> bool {
        let Fragment { at, more, octets, .. } = *fragment;
        if self.parts.get(&at).is_some_and(|part| part == octets) {
            return true;
        }
        let end = at + octets.len();
        let is_piece = !octets.is_empty() && end <= LONGEST && (!more || octets.len().is_multiple_of(8));
        let last_before = self.parts.range(..end).next_back();
        let is_free = last_before.is_none_or(|(other, part)| other + part.len() <= at);
        let fits = match (self.len, more) {
            (Some(len), true) => end <= len,
            (Some(_), false) => false,
            (None, true) => true,
            (None, false) => self.parts.range(end..).next().is_none(),
        };
        if !is_piece || !is_free || !fits {
            return false;
        }
        if !more {
            self.len = Some(end);
        }
        self.octets += octets.len();
        self.parts.insert(at, octets.to_vec());
        true
    }

    fn is_whole(&self) -> bool {
        !self.spoiled && self.len == Some(self.octets)
    }

    fn spoil(&mut self) {
        *self = Self { spoiled: true, ..Self::new(self.seen) };
    }
}

#[cfg(test)]
mod tests {
    use super::super::item::End;
    use super::*;

    const FROM: IpAddr = IpAddr::V6(std::net::Ipv6Addr::LOCALHOST);

    fn fragment(identification: u32, at: usize, more: bool, octets: &[u8]) -> Fragment<'_> {
        Fragment { from: FROM, to: FROM, protocol: 17, identification, at, more, octets }
    }

    fn seen(second: u64) -> Seen {
        let end = End { address: FROM, port: None, asn: None };
        let place = Place { number: second, offset: 0 };
        Seen { place, time: Some(Time::micros(second, 0)), ends: Ends { from: end, to: end } }
    }

    const OVERLAP: &str = "overlap";
    const MISSING: &str = "missing";

    fn name(note: &Note) -> String {
        let name = if *note == Note::FragmentsOverlap { OVERLAP } else { MISSING };
        name.to_owned()
    }

    /// (octets of fragments: where, whether more follow, how many; what becomes of the packet)
    #[test]
    fn fragments_come_as_they_like() {
        let packet = b"0123456789abcdefghijklmno";
        let cases: &[(&[(usize, bool, usize)], &str)] = &[
            (&[(0, true, 8), (8, true, 8), (16, false, 9)], "whole"),
            (&[(16, false, 9), (8, true, 8), (0, true, 8)], "whole"),
            (&[(8, true, 8), (16, false, 9), (0, true, 8)], "whole"),
            (&[(0, true, 8), (0, true, 8), (16, false, 9), (16, false, 9), (8, true, 8)], "whole"),
            (&[(0, true, 16), (16, false, 9)], "whole"),
            (&[(0, true, 8), (16, false, 9)], MISSING),
            (&[(0, true, 8), (8, true, 8)], MISSING),
            (&[(8, true, 8), (16, false, 9)], MISSING),
            // One begins within another, ends within another, or is around it.
            (&[(0, true, 16), (8, true, 16)], OVERLAP),
            (&[(8, true, 16), (0, true, 16)], OVERLAP),
            (&[(8, true, 8), (0, true, 24)], OVERLAP),
            (&[(0, true, 24), (8, true, 8)], OVERLAP),
            (&[(0, true, 8), (0, true, 16)], OVERLAP),
            // What would have made it whole comes too late.
            (&[(0, true, 16), (8, true, 8), (16, false, 9)], OVERLAP),
            // Two ends, or something behind the end.
            (&[(16, false, 9), (8, false, 8)], OVERLAP),
            (&[(16, true, 8), (8, false, 8)], OVERLAP),
            (&[(8, false, 8), (16, true, 8)], OVERLAP),
            // Only the last may have any length, and none is empty.
            (&[(0, true, 9)], OVERLAP),
            (&[(8, false, 0)], OVERLAP),
        ];
        for (parts, want) in cases {
            let (mut fragments, mut became) = (Fragments::default(), Vec::new());
            for (at, more, len) in *parts {
                let piece = fragment(7, *at, *more, &packet[*at..at + len]);
                let whole = fragments.add(&piece, seen(1), &mut |_, note| became.push(name(&note)));
                if let Some(whole) = whole {
                    assert_eq!(whole, packet, "{parts:?}");
                    became.push("whole".to_owned());
                }
            }
            let early = became.len();
            fragments.end(&mut |_, note| became.push(name(&note)));
            assert_eq!(became, [*want], "{parts:?}");
            assert_eq!(early == 0, *want == MISSING, "{parts:?}");
            assert_eq!((fragments.octets, fragments.order.len(), fragments.packets.len()), (0, 0, 0));
        }
    }

    #[test]
    fn octets_that_differ_are_no_copy() {
        let mut fragments = Fragments::default();
        let mut lost = Vec::new();
        for octets in [[1; 8], [2; 8]] {
            fragments.add(&fragment(1, 0, true, &octets), seen(1), &mut |_, note| lost.push(note));
        }
        assert_eq!(lost, [Note::FragmentsOverlap]);
    }

    #[test]
    fn a_packet_is_as_long_as_its_lengths_can_say() {
        let mut fragments = Fragments::default();
        let mut lost = Vec::new();
        fragments.add(&fragment(1, 65528, false, &[0; 8]), seen(1), &mut |_, note| lost.push(note));
        assert_eq!(lost, [Note::FragmentsOverlap]);
    }

    #[test]
    fn packets_do_not_mix_and_an_identification_may_come_again() {
        let mut fragments = Fragments::default();
        let mut lost = Vec::new();
        let mut add = |id, at, more, second| {
            let octets = [u8::try_from(id).unwrap(); 8];
            fragments.add(&fragment(id, at, more, &octets), seen(second), &mut |seen, note| {
                lost.push((seen.place.number, note));
            })
        };
        assert_eq!(add(1, 0, true, 1), None);
        assert_eq!(add(2, 0, true, 2), None);
        assert_eq!(add(2, 8, false, 3), Some(vec![2; 16]));
        assert_eq!(add(1, 8, false, 62), None, "the first fragment is too old");
        assert_eq!(add(1, 0, true, 63), Some(vec![1; 16]));
        assert_eq!(lost, [(1, Note::FragmentsMissing { octets: 8 })]);
    }

    #[test]
    fn waiting_has_an_end() {
        for (len, most) in [(8, PACKETS), (1 << 15, HELD >> 15)] {
            let (mut fragments, mut lost) = (Fragments::default(), Vec::new());
            let octets = vec![0; len];
            for id in 0..u32::try_from(most).unwrap() + 3 {
                let given_up = &mut |seen: Seen, _| lost.push(seen.place.number);
                assert_eq!(fragments.add(&fragment(id, 0, true, &octets), seen(id.into()), given_up), None);
            }
            assert_eq!(lost, [0, 1, 2], "the oldest go");
            assert_eq!((fragments.packets.len(), fragments.octets), (most, most * len));
        }
    }
}
