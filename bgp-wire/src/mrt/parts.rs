//! A file in parts, for as many threads.

use super::record::Records;

/// Parts of a file, each of whole records, in order; made by [`Records::parts`].
#[derive(Clone, Debug)]
pub struct Parts<'a> {
    left: Records<'a>,
    octets: usize,
}

impl<'a> Records<'a> {
    /// What is still to be read in parts of `octets` octets each and the rest of a record, or fewer at the end.
    ///
    /// Only the headers are read, so one thread that cuts keeps many busy that decode. Each part tells offsets of
    /// the whole; a fault is in the last of them.
    ///
    /// ```
    /// use bgp_wire::mrt::records;
    /// use std::thread;
    ///
    /// # let record = [0, 0, 0, 1, 0, 16, 0, 99, 0, 0, 0, 2, 7, 8];
    /// # let file = record.repeat(100);
    /// let count = thread::scope(|scope| {
    ///     let work = |part: bgp_wire::mrt::Records<'_>| part.flatten().filter(|r| r.decode().is_ok()).count();
    ///     let workers: Vec<_> = records(&file)
    ///         .parts(file.len() / 4)
    ///         .map(|part| scope.spawn(move || work(part)))
    ///         .collect();
    ///     workers.into_iter().map(|worker| worker.join().unwrap()).sum::<usize>()
    /// });
    /// assert_eq!(count, 100);
    /// ```
    pub const fn parts(self, octets: usize) -> Parts<'a> {
        Parts { left: self, octets }
    }
}

impl<'a> Iterator for Parts<'a> {
    type Item = Records<'a>;

    fn next(&mut self) -> Option<Records<'a>> {
        let from = self.left.clone();
        let mut taken = 0;
        loop {
            match self.left.next() {
                Some(Ok(record)) => taken = record.len.saturating_add(taken),
                Some(Err(_)) => return Some(from),
                None => break,
            }
            if taken >= self.octets {
                break;
            }
        }
        (taken > 0).then(|| from.first(taken))
    }
}

impl core::iter::FusedIterator for Parts<'_> {}

#[cfg(test)]
mod tests {
    use super::super::{Record, Timestamp, records};
    use alloc::vec::Vec;
    use proptest::prelude::*;

    fn file(lengths: &[usize]) -> Vec<u8> {
        let mut out = Vec::new();
        for (seconds, len) in (0..).zip(lengths) {
            let body = &[7; 64][..*len];
            let record =
                Record { timestamp: Timestamp::seconds(seconds), kind: 99, subtype: 0, body, len: 0 };
            record.encode(&mut out).unwrap();
        }
        out
    }

    /// (lengths of bodies, octets of a part, records in each part)
    #[test]
    fn parts_are_whole_records() {
        for (lengths, octets, want) in [
            (&[][..], 10, &[][..]),
            (&[0], 0, &[1]),
            (&[0, 0, 0], 0, &[1, 1, 1]),
            (&[8, 8, 8], 20, &[1, 1, 1]),
            (&[8, 8, 8], 21, &[2, 1]),
            (&[8, 8, 8], 40, &[2, 1]),
            (&[8, 8, 8], usize::MAX, &[3]),
        ] {
            let file = file(lengths);
            let got: Vec<_> = records(&file).parts(octets).map(Iterator::count).collect();
            assert_eq!(got, want, "{lengths:?} in {octets}");
        }
    }

    proptest! {
        /// The parts one after another are the whole, wherever it is cut.
        #[test]
        fn nothing_is_lost(
            lengths in prop::collection::vec(0..64_usize, 0..20),
            octets in 0..200_usize,
            cut: prop::sample::Index,
        ) {
            let whole = file(&lengths);
            let file = &whole[..cut.index(whole.len() + 1)];
            let parted: Vec<_> = records(file).parts(octets).flatten().collect();
            prop_assert_eq!(parted, records(file).collect::<Vec<_>>());
        }
    }
}
