//! One direction of a TCP connection: its segments become a stream again (RFC 9293 section 3.4).

use std::collections::BTreeMap;

/// Octets held for a segment that has not come yet; beyond them it is taken for one that the capture lacks.
const HELD: usize = 1 << 19;

/// A stream, as far as it is whole, and the segments that are ahead of it.
///
/// Positions count octets of the stream from the first one that was seen.
#[derive(Debug, Default)]
pub(super) struct Stream {
    /// The sequence number of the octet at `position`; `None` before anything was seen.
    next: Option<u32>,
    /// Whether all that was seen came with the SYN.
    of_syn: bool,
    position: u64,
    held: BTreeMap<u64, Vec<u8>>,
    held_octets: usize,
    /// The octets before `position` that were not taken yet.
    ready: Vec<u8>,
}

/// Octets that are not there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Gap {
    pub(super) position: u64,
    pub(super) missing: u64,
}

impl Stream {
    /// A connection begins here: the first octet will have the sequence number behind that of the SYN.
    pub(super) fn begin(&mut self, sequence: u32) {
        *self = Self { next: Some(sequence.wrapping_add(1)), ..Self::default() };
    }

    /// Whether the SYN with this sequence number has been seen already.
    pub(super) fn began_with(&self, sequence: u32) -> bool {
        self.position == 0 && self.next == Some(sequence.wrapping_add(1))
    }

    /// Adds octets that came with the SYN.
    pub(super) fn add_of_syn(&mut self, sequence: u32, octets: &[u8]) {
        self.add(sequence.wrapping_add(1), octets);
        self.of_syn = true;
    }

    /// Adds a segment. What was there already stays as it was.
    pub(super) fn add(&mut self, sequence: u32, octets: &[u8]) {
        let mut next = *self.next.get_or_insert(sequence);
        // Captures that nobody captured have data in the SYN and do not count the SYN itself.
        if std::mem::take(&mut self.of_syn) && sequence.wrapping_add(1) == next {
            next = sequence;
            self.next = Some(next);
        }
        let distance = sequence.wrapping_sub(next).cast_signed();
        if let Ok(ahead) = u64::try_from(distance)
            && ahead > 0
        {
            self.hold(self.position + ahead, octets);
            return;
        }
        let known = usize::try_from(distance.unsigned_abs()).unwrap_or(usize::MAX);
        self.append(octets.get(known..).unwrap_or_default());
        self.release();
    }

    fn append(&mut self, octets: &[u8]) {
        let n = octets.len();
        self.ready.extend_from_slice(octets);
        self.position += n as u64;
        // A segment has fewer octets than 32 bits can say.
        let n = u32::try_from(n).unwrap_or(u32::MAX);
        self.next = self.next.map(|next| next.wrapping_add(n));
    }

    fn hold(&mut self, at: u64, octets: &[u8]) {
        let held = self.held.entry(at).or_default();
        if octets.len() > held.len() {
            self.held_octets += octets.len() - held.len();
            octets.clone_into(held);
        }
    }

    /// Appends the held segments that are not ahead any more.
    fn release(&mut self) {
        while let Some(first) = self.held.first_entry()
            && *first.key() <= self.position
        {
            let (at, octets) = first.remove_entry();
            self.held_octets -= octets.len();
            let known = usize::try_from(self.position - at).unwrap_or(usize::MAX);
            self.append(octets.get(known..).unwrap_or_default());
        }
    }

    /// Gives up waiting for what lies before the first held segment, where too much is held or, at the
    /// `end`, where anything is.
    pub(super) fn give_up(&mut self, end: bool) -> Option<Gap> {
        if !end && self.held_octets <= HELD {
            return None;
        }
        let at = *self.held.first_key_value()?.0;
        let gap = Gap { position: self.position, missing: at.saturating_sub(self.position) };
        self.position = at;
        let missing = u32::try_from(gap.missing).unwrap_or(u32::MAX);
        self.next = self.next.map(|next| next.wrapping_add(missing));
        Some(gap)
    }

    /// Goes on behind the gap.
    pub(super) fn go_on(&mut self) {
        self.release();
    }

    /// The octets that are whole and not taken.
    pub(super) fn ready(&self) -> &[u8] {
        &self.ready
    }

    /// Where the first of them stands.
    pub(super) fn ready_at(&self) -> u64 {
        self.position - self.ready.len() as u64
    }

    /// Takes the first `n` of them.
    pub(super) fn take(&mut self, n: usize) {
        self.ready.drain(..n.min(self.ready.len()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The stream of these segments, `.` for what is missing.
    fn stream(first: u32, segments: &[(u32, &[u8])]) -> String {
        let mut stream = Stream::default();
        stream.begin(first.wrapping_sub(1));
        let mut text = Vec::new();
        let take = |stream: &mut Stream, text: &mut Vec<u8>| {
            text.extend_from_slice(stream.ready());
            stream.take(usize::MAX);
        };
        for (at, octets) in segments {
            stream.add(first.wrapping_add(*at), octets);
            take(&mut stream, &mut text);
        }
        while let Some(gap) = stream.give_up(true) {
            text.extend((0..gap.missing).map(|_| b'.'));
            stream.go_on();
            take(&mut stream, &mut text);
        }
        String::from_utf8_lossy(&text).into_owned()
    }

    #[test]
    fn segments_come_as_they_like() {
        for first in [0, 1, 1000, u32::MAX - 3] {
            let cases: &[(&[(u32, &[u8])], &str)] = &[
                (&[(0, b"abc"), (3, b"def")], "abcdef"),
                (&[(3, b"def"), (0, b"abc")], "abcdef"),
                (&[(0, b"abc"), (0, b"abc"), (3, b"def"), (3, b"d")], "abcdef"),
                (&[(0, b"abcd"), (2, b"cdef")], "abcdef"),
                (&[(4, b"ef"), (2, b"cde"), (0, b"abcd")], "abcdef"),
                (&[(2, b"c"), (2, b"cdef"), (0, b"ab")], "abcdef"),
                (&[(0, b"abc"), (5, b"fgh"), (10, b"k")], "abc..fgh..k"),
                (&[(2, b"c")], "..c"),
                (&[], ""),
            ];
            for (segments, want) in cases {
                assert_eq!(stream(first, segments), *want, "{first} {segments:?}");
            }
        }
    }

    #[test]
    fn a_syn_with_data_counts_or_does_not() {
        for second in [4, 3] {
            let mut stream = Stream::default();
            stream.begin(0);
            stream.add_of_syn(0, b"abc");
            stream.add(second, b"def");
            assert_eq!(stream.ready(), b"abcdef", "{second}");
        }
    }

    #[test]
    fn waiting_has_an_end() {
        let mut stream = Stream::default();
        stream.begin(0);
        stream.add(2, b"b");
        assert_eq!(stream.give_up(false), None);
        stream.add(3, &vec![b'c'; HELD]);
        assert_eq!(stream.give_up(false), Some(Gap { position: 0, missing: 1 }));
        stream.go_on();
        assert_eq!((stream.ready_at(), stream.ready().len()), (1, HELD + 1));
    }
}
