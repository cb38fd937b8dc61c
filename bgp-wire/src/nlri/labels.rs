//! Label stacks, as NLRI carry them (RFC 3032 section 2.1, RFC 8277 section 2).

use super::label_stack::{LabelForm, LabelRoom};
use crate::outcome::Fault;
use alloc::vec::Vec;
use core::fmt;

/// One entry of a label stack: a label of 20 bits, three bits of traffic class, and the S bit that ends the stack.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Label([u8; 3]);

impl Label {
    /// The largest label.
    pub const MAX: u32 = 0xf_ffff;

    /// What stands instead of a label in what is withdrawn (RFC 8277 section 2.4).
    ///
    /// In what is announced the same octets are label 524288 without the S bit, a label like others.
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

    /// Whether it has the octets that stand in what is withdrawn: 0x800000, or 0x000000 from older speakers.
    const fn is_compatibility(self) -> bool {
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

/// The label stack of one NLRI, at least one entry of it; or what stands in its place in an NLRI that is withdrawn. In
/// text the labels from the top, slashes between.
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
    /// It is the Compatibility field of what is withdrawn: `len` is 1, and the octets say nothing.
    withdrawn: bool,
}

impl Labels {
    /// The most entries that the length of an NLRI, 255 bits at most, leaves room for.
    pub const MAX: usize = 10;

    /// Bits of one entry.
    const BITS: u8 = 24;

    /// What stands before a prefix that is withdrawn (RFC 8277 section 2.4).
    pub const WITHDRAWN: Self =
        Self { entries: [Label::WITHDRAWN, Z, Z, Z, Z, Z, Z, Z, Z, Z], len: 1, withdrawn: true };

    /// The stack of these labels, the top of it first.
    ///
    /// `None` where there is none, more than [`Labels::MAX`], or one larger than [`Label::MAX`].
    pub fn new(labels: &[u32]) -> Option<Self> {
        let mut entries = [Label::default(); Self::MAX];
        for (entry, label) in entries.get_mut(..labels.len())?.iter_mut().zip(labels) {
            *entry = Label::last(*label)?;
        }
        let len = u8::try_from(labels.len()).ok().filter(|len| *len > 0)?;
        Some(Self { entries, len, withdrawn: false }.closed())
    }

    /// These with the S bit where it must be: in the last entry and in no other.
    fn closed(mut self) -> Self {
        let mut stack = self.entries.iter_mut().take(usize::from(self.len)).rev();
        if let Some(Label([.., low])) = stack.next() {
            *low |= 1;
        }
        stack.for_each(|Label([.., low])| *low &= !1);
        self
    }

    /// What a field of `form` has before the prefix that `v` begins with, and what follows; the first `room` entries at
    /// most are labels.
    pub(super) fn take(form: LabelForm, v: &[u8], room: u8) -> Result<(Self, &[u8]), Fault> {
        let entries = v.as_chunks().0;
        let entries = entries.get(..usize::from(room)).unwrap_or(entries);
        let [top, ..] = entries else { return Err(Fault::NlriTruncated) };
        let closed = || entries.iter().position(|octets| Label(*octets).is_last());
        let withdrawn = match form {
            LabelForm::Compatibility => true,
            LabelForm::AsTheyCome => Label(*top).is_compatibility(),
            _ => false,
        };
        let last = match form {
            _ if withdrawn => 0,
            LabelForm::One | LabelForm::Compatibility => 0,
            LabelForm::Several => closed().ok_or(Fault::LabelStackOpen)?,
            LabelForm::Announced | LabelForm::AsTheyCome => closed().unwrap_or(0),
        };
        let taken = entries.get(..=last).unwrap_or(entries);
        let len = u8::try_from(taken.len()).unwrap_or(u8::MAX);
        let mut stack = Self { entries: [Z; Self::MAX], len, withdrawn };
        for (entry, octets) in stack.entries.iter_mut().zip(taken) {
            *entry = Label(*octets);
        }
        Ok((stack, v.get(taken.as_flattened().len()..).unwrap_or_default()))
    }

    /// As a field with this room has them, the S bits where they must be; `None` where it cannot have them.
    pub(super) fn written(&self, room: LabelRoom) -> Option<Self> {
        let [top, ..] = self.entries;
        match room.form {
            LabelForm::Compatibility => Some(Self::WITHDRAWN),
            LabelForm::AsTheyCome if self.withdrawn => {
                Some(if top.is_compatibility() { *self } else { Self::WITHDRAWN })
            }
            _ if self.withdrawn => None,
            LabelForm::One if self.len > 1 => None,
            LabelForm::Several if self.len > room.most => None,
            LabelForm::AsTheyCome if self.len > 1 && top.is_compatibility() => None,
            _ => Some(self.closed()),
        }
    }

    /// The entries, the top of the stack first.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Label> + '_ {
        self.entries.iter().take(usize::from(self.len)).copied()
    }

    /// How many there are.
    pub(super) const fn len(&self) -> u8 {
        self.len
    }

    /// Whether it is no label but what stands in what is withdrawn, whatever its octets (RFC 8277 section 2.4).
    pub const fn is_withdrawn(&self) -> bool {
        self.withdrawn
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

    use LabelForm::{Announced, AsTheyCome, Compatibility, One, Several};

    /// (octets, room for entries, what comes of them in each form: text and the octets that the stack takes)
    #[test]
    fn where_a_stack_ends() {
        type Want<'a> = Option<(&'a str, usize)>;
        let field = |octets| Some(("", octets));
        let cases: [(&[u8], u8, [Want<'_>; 5]); 9] = [
            (
                &[0x00, 0x06, 0x41],
                1,
                [Some(("100", 3)), Some(("100", 3)), field(3), Some(("100", 3)), Some(("100", 3))],
            ),
            (
                &[0x00, 0x06, 0x40, 0x00, 0x0c, 0x81, 1, 2, 3],
                3,
                [
                    Some(("100", 3)),
                    Some(("100/200", 6)),
                    field(3),
                    Some(("100/200", 6)),
                    Some(("100/200", 6)),
                ],
            ),
            // No S bit: there is one label, or no end.
            (
                &[0x00, 0x06, 0x40, 0x00, 0x0c, 0x80],
                2,
                [Some(("100", 3)), None, field(3), Some(("100", 3)), Some(("100", 3))],
            ),
            (
                &[0x00, 0x06, 0x40, 0x00, 0x0c, 0x81],
                1,
                [Some(("100", 3)), None, field(3), Some(("100", 3)), Some(("100", 3))],
            ),
            // What stands in what is withdrawn is a label where it is announced.
            (
                &[0x80, 0x00, 0x00, 0x00, 0x0c, 0x81],
                2,
                [Some(("524288", 3)), Some(("524288/200", 6)), field(3), Some(("524288/200", 6)), field(3)],
            ),
            (
                &[0x00, 0x00, 0x00, 0x00, 0x0c, 0x81],
                2,
                [Some(("0", 3)), Some(("0/200", 6)), field(3), Some(("0/200", 6)), field(3)],
            ),
            (&[0x80, 0x00, 0x00], 1, [Some(("524288", 3)), None, field(3), Some(("524288", 3)), field(3)]),
            (
                &[0x80, 0x00, 0x01, 0x00, 0x0c, 0x81],
                2,
                [
                    Some(("524288", 3)),
                    Some(("524288", 3)),
                    field(3),
                    Some(("524288", 3)),
                    Some(("524288", 3)),
                ],
            ),
            (
                &[0xff, 0xff, 0xf0, 0xff, 0xff, 0xff],
                2,
                [
                    Some(("1048575", 3)),
                    Some(("1048575/1048575", 6)),
                    field(3),
                    Some(("1048575/1048575", 6)),
                    Some(("1048575/1048575", 6)),
                ],
            ),
        ];
        for (raw, room, want) in cases {
            for (form, want) in [One, Several, Compatibility, Announced, AsTheyCome].into_iter().zip(want) {
                let got = Labels::take(form, raw, room);
                let Some((text, octets)) = want else {
                    assert_eq!(got, Err(Fault::LabelStackOpen), "{form:?} {raw:?}");
                    continue;
                };
                let (stack, rest) = got.unwrap();
                let shown =
                    if stack.is_withdrawn() { alloc::string::String::new() } else { stack.to_string() };
                assert_eq!((shown.as_str(), raw.len() - rest.len()), (text, octets), "{form:?} {raw:?}");
                let mut written = Vec::new();
                stack.encode(&mut written);
                assert_eq!(written, raw[..octets]);
            }
        }
        assert_eq!(Labels::take(One, &[0, 1], 1), Err(Fault::NlriTruncated));
        assert_eq!(Labels::take(One, &[0, 1, 1], 0), Err(Fault::NlriTruncated));
    }

    #[test]
    fn the_parts_of_an_entry() {
        let label = Label::from_octets([0x00, 0x06, 0x4b]);
        assert_eq!((label.value(), label.traffic_class(), label.is_last()), (100, 5, true));
        assert_eq!(Label::last(100).map(Label::octets), Some([0x00, 0x06, 0x41]));
        assert_eq!(Label::last(Label::MAX + 1), None);
        assert!(Labels::WITHDRAWN.is_withdrawn() && !Labels::new(&[524_288]).unwrap().is_withdrawn());
    }

    #[test]
    fn stacks_that_are_built() {
        for labels in [&[3][..], &[0], &[524_288], &[0, 100], &[524_288, 100], &[100, 0, 524_288], &[7; 10]] {
            let stack = Labels::new(labels).unwrap();
            assert!(stack.iter().map(Label::value).eq(labels.iter().copied()));
            let mut written = Vec::new();
            stack.encode(&mut written);
            assert_eq!(Labels::take(Several, &written, 10), Ok((stack, &[][..])));
        }
        for labels in [&[][..], &[7; 11], &[Label::MAX + 1]] {
            assert_eq!(Labels::new(labels), None, "{labels:?}");
        }
    }

    /// (labels, form, the most of them, what is written)
    #[test]
    fn stacks_that_can_be_written() {
        let built = |labels: &[u32]| Labels::new(labels).unwrap();
        let open = Labels::take(One, &[0x80, 0, 0], 1).unwrap().0;
        let old = Labels::take(Compatibility, &[0, 0, 0], 1).unwrap().0;
        let odd = Labels::take(Compatibility, &[1, 2, 3], 1).unwrap().0;
        for (labels, form, most, want) in [
            (built(&[100]), One, 255, Some(built(&[100]))),
            (built(&[100, 200]), One, 255, None),
            (built(&[100, 200]), Several, 2, Some(built(&[100, 200]))),
            (built(&[100, 200, 300]), Several, 2, None),
            (built(&[7; 10]), Several, 255, Some(built(&[7; 10]))),
            (built(&[100, 200]), Compatibility, 255, Some(Labels::WITHDRAWN)),
            (built(&[100, 200]), AsTheyCome, 255, Some(built(&[100, 200]))),
            (built(&[100, 200]), Announced, 255, Some(built(&[100, 200]))),
            (built(&[524_288, 200]), Announced, 255, Some(built(&[524_288, 200]))),
            // Nobody could tell it from what is withdrawn.
            (built(&[524_288, 200]), AsTheyCome, 255, None),
            (built(&[524_288]), AsTheyCome, 255, Some(built(&[524_288]))),
            // The S bit is written where it was not.
            (open, One, 255, Some(built(&[524_288]))),
            (open, AsTheyCome, 255, Some(built(&[524_288]))),
            (Labels::WITHDRAWN, One, 255, None),
            (Labels::WITHDRAWN, Several, 255, None),
            (Labels::WITHDRAWN, Announced, 255, None),
            (odd, AsTheyCome, 255, Some(Labels::WITHDRAWN)),
            (old, AsTheyCome, 255, Some(old)),
            (odd, Compatibility, 255, Some(Labels::WITHDRAWN)),
        ] {
            assert_eq!(labels.written(LabelRoom { form, most }), want, "{labels:?} {form:?}");
        }
    }
}
