//! Label stacks, as NLRI carry them (RFC 3032 section 2.1, RFC 8277 section 2).

use alloc::vec::Vec;
use core::fmt;

/// One entry of a label stack: a label of 20 bits, three bits of traffic class, and the S bit that ends the stack.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Label([u8; 3]);

impl Label {
    /// The largest label.
    pub const MAX: u32 = 0xf_ffff;

    /// What stands instead of a label in what is withdrawn (RFC 8277 section 2.4).
    pub const WITHDRAWN: Self = Self([0x80, 0, 0]);

    /// The label `value` in the last entry of a stack; `None` where it is larger than [`Label::MAX`].
    pub const fn last(value: u32) -> Option<Self> {
        if value > Self::MAX {
            return None;
        }
        let [_, a, b, c] = (value << 4 | 1).to_be_bytes();
        Some(Self([a, b, c]))
    }

    /// The entry of these octets.
    pub const fn from_octets(octets: [u8; 3]) -> Self {
        Self(octets)
    }

    /// Its octets.
    pub const fn octets(self) -> [u8; 3] {
        self.0
    }

    /// The label itself.
    pub const fn value(self) -> u32 {
        let [a, b, c] = self.0;
        u32::from_be_bytes([0, a, b, c]) >> 4
    }

    /// The traffic class (RFC 5462), 0 to 7.
    pub const fn traffic_class(self) -> u8 {
        let [.., c] = self.0;
        c >> 1 & 7
    }

    /// Whether the S bit says that the stack ends here.
    pub const fn is_last(self) -> bool {
        let [.., c] = self.0;
        c & 1 == 1
    }

    /// Whether it is what stands in what is withdrawn: 0x800000, or 0x000000 from older speakers.
    pub const fn is_withdrawn(self) -> bool {
        matches!(self.0, [0 | 0x80, 0, 0])
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value().fmt(f)
    }
}

impl fmt::Debug for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.value(), self.traffic_class(), u8::from(self.is_last()))
    }
}

/// The label stack of one NLRI, at least one entry of it. In text the labels from the top, slashes between.
///
/// ```
/// use bgp_wire::Labels;
/// let labels = Labels::new(&[100, 200]).unwrap();
/// assert_eq!(labels.to_string(), "100/200");
/// assert!(labels.iter().last().unwrap().is_last());
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Labels {
    /// Those beyond `len` are 0.
    entries: [Label; Self::MAX],
    len: u8,
}

impl Labels {
    /// The most entries that the length of an NLRI, 255 bits at most, leaves room for.
    pub const MAX: usize = 10;

    /// Bits of one entry.
    const BITS: u8 = 24;

    /// What stands before a prefix that is withdrawn (RFC 8277 section 2.4).
    pub const WITHDRAWN: Self = Self { entries: [Label::WITHDRAWN, Z, Z, Z, Z, Z, Z, Z, Z, Z], len: 1 };

    /// The stack of these labels, the top of it first.
    ///
    /// `None` where there is none, more than [`Labels::MAX`], or one larger than [`Label::MAX`]; and where label 0 or
    /// 524288 is the top of several, which nobody could tell from what is withdrawn.
    pub fn new(labels: &[u32]) -> Option<Self> {
        let mut entries = [Label::default(); Self::MAX];
        for (entry, label) in entries.get_mut(..labels.len())?.iter_mut().zip(labels) {
            *entry = Label::last(*label)?;
        }
        let (_, above) = entries.get_mut(..labels.len())?.split_last_mut()?;
        for Label([_, _, low]) in above {
            *low &= !1;
        }
        let stack = Self { entries, len: u8::try_from(labels.len()).ok()? };
        stack.is_closed().then_some(stack).filter(|stack| stack.len == 1 || !stack.is_withdrawn())
    }

    /// The stack that `v` begins with, of which at most the first `room` entries are labels, and what follows.
    ///
    /// The first S bit ends it. What stands in what is withdrawn is alone, and so is a label where no S bit follows: a
    /// receiver is to ignore what its own is (RFC 8277 sections 2.2 and 2.4).
    pub(super) fn take(v: &[u8], room: u8) -> Option<(Self, &[u8])> {
        let entries = v.as_chunks().0;
        let entries = entries.get(..usize::from(room)).unwrap_or(entries);
        let last = entries.iter().position(|octets| Label(*octets).is_last());
        let len = match entries.first() {
            Some(octets) if Label(*octets).is_withdrawn() => 1,
            _ => last.map_or(1, |last| last.saturating_add(1)),
        };
        let mut stack = Self { entries: [Label::default(); Self::MAX], len: u8::try_from(len).ok()? };
        for (entry, octets) in stack.entries.iter_mut().zip(entries.get(..len)?) {
            *entry = Label(*octets);
        }
        let (_, rest) = v.split_at_checked(len.saturating_mul(3))?;
        Some((stack, rest))
    }

    /// The entries, the top of the stack first.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Label> + '_ {
        self.entries.iter().take(usize::from(self.len)).copied()
    }

    /// Whether it is what stands in what is withdrawn.
    pub const fn is_withdrawn(&self) -> bool {
        let [top, ..] = self.entries;
        top.is_withdrawn()
    }

    /// Whether whoever reads it finds its end, whatever follows.
    pub(super) fn is_closed(&self) -> bool {
        self.is_withdrawn() || self.iter().last().is_some_and(Label::is_last)
    }

    /// How many bits it takes.
    pub(super) const fn bits(&self) -> u8 {
        self.len.saturating_mul(Self::BITS)
    }

    /// How many entries fit `bits`.
    pub(super) const fn room(bits: u8) -> u8 {
        bits / Self::BITS
    }

    pub(super) fn encode(&self, out: &mut Vec<u8>) {
        self.iter().for_each(|label| out.extend_from_slice(&label.octets()));
    }
}

/// No label.
const Z: Label = Label([0; 3]);

impl fmt::Display for Labels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut labels = self.iter();
        if let Some(top) = labels.next() {
            top.fmt(f)?;
        }
        labels.try_for_each(|label| write!(f, "/{label}"))
    }
}

impl fmt::Debug for Labels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    /// (octets, room for entries, text, octets that the stack takes)
    #[test]
    fn where_a_stack_ends() {
        for (raw, room, text, octets) in [
            (&[0x00, 0x06, 0x41][..], 1, "100", 3),
            (&[0x00, 0x06, 0x40, 0x00, 0x0c, 0x81, 1, 2, 3], 3, "100/200", 6),
            // The S bit is not there: of several it cannot be, of one it need not be.
            (&[0x00, 0x06, 0x40, 0x00, 0x0c, 0x80], 2, "100", 3),
            (&[0x00, 0x06, 0x40, 0x00, 0x0c, 0x81], 1, "100", 3),
            (&[0x80, 0x00, 0x00, 0x00, 0x0c, 0x81], 2, "524288", 3),
            (&[0x00, 0x00, 0x00, 0x00, 0x0c, 0x81], 2, "0", 3),
            (&[0x80, 0x00, 0x01, 0x00, 0x0c, 0x81], 2, "524288", 3),
            (&[0xff, 0xff, 0xf0, 0xff, 0xff, 0xff], 2, "1048575/1048575", 6),
        ] {
            let (stack, rest) = Labels::take(raw, room).unwrap();
            assert_eq!((stack.to_string().as_str(), raw.len() - rest.len()), (text, octets), "{raw:?}");
            let mut written = Vec::new();
            stack.encode(&mut written);
            assert_eq!(written, raw[..octets]);
        }
        assert_eq!(Labels::take(&[0, 1], 1), None);
        assert_eq!(Labels::take(&[0, 1, 1], 0), None);
    }

    #[test]
    fn the_parts_of_an_entry() {
        let label = Label::from_octets([0x00, 0x06, 0x4b]);
        assert_eq!((label.value(), label.traffic_class(), label.is_last()), (100, 5, true));
        assert_eq!(Label::last(100).map(Label::octets), Some([0x00, 0x06, 0x41]));
        assert_eq!(Label::last(Label::MAX + 1), None);
        assert!(Labels::WITHDRAWN.is_withdrawn() && !Labels::new(&[0]).unwrap().is_withdrawn());
    }

    #[test]
    fn stacks_that_are_built() {
        for labels in [&[3][..], &[0], &[524_288], &[100, 0, 524_288], &[7; 10]] {
            let stack = Labels::new(labels).unwrap();
            assert!(stack.iter().map(Label::value).eq(labels.iter().copied()));
            let mut written = Vec::new();
            stack.encode(&mut written);
            assert_eq!(Labels::take(&written, 10), Some((stack, &[][..])));
        }
        for labels in [&[][..], &[7; 11], &[Label::MAX + 1], &[0, 100], &[524_288, 100]] {
            assert_eq!(Labels::new(labels), None, "{labels:?}");
        }
    }
}
