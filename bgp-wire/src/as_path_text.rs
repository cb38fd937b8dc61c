//! The text of an AS path, read back.

use crate::as_path::{AsPathBuf, SegmentKind};
use crate::asn::Asn;
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

/// Text that is not an AS path.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AsPathParseError;

impl fmt::Display for AsPathParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an AS path is ASNs above 0, sets of them in {}, those of a confederation in () and []")
    }
}
impl core::error::Error for AsPathParseError {}

impl FromStr for AsPathBuf {
    type Err = AsPathParseError;

    /// Reads what `Display` writes; commas do for spaces. ASNs side by side are one sequence.
    ///
    /// ```
    /// use bgp_wire::AsPathBuf;
    /// let path: AsPathBuf = "64500 64501 {64502 64503}".parse().unwrap();
    /// assert_eq!(path.view().hops(), 3);
    /// assert_eq!(path.to_string(), "64500 64501 {64502 64503}");
    /// ```
    fn from_str(text: &str) -> Result<Self, AsPathParseError> {
        let (mut path, mut rest) = (Self::default(), text.trim());
        while !rest.is_empty() {
            let (kind, inside, after) = segment(rest).ok_or(AsPathParseError)?;
            path.push(kind, asns(inside).ok_or(AsPathParseError)?);
            rest = after.trim_start();
        }
        Ok(path)
    }
}

/// The first segment of `text`: its type, its ASNs, and what follows.
fn segment(text: &str) -> Option<(SegmentKind, &str, &str)> {
    for (kind, open, close) in [
        (SegmentKind::Set, '{', '}'),
        (SegmentKind::ConfedSequence, '(', ')'),
        (SegmentKind::ConfedSet, '[', ']'),
    ] {
        if let Some(rest) = text.strip_prefix(open) {
            return rest.split_once(close).map(|(inside, after)| (kind, inside, after));
        }
    }
    let end = text.find(['{', '(', '[']).unwrap_or(text.len());
    text.split_at_checked(end).map(|(inside, after)| (SegmentKind::Sequence, inside, after))
}

/// The ASNs of a segment, which has one at least, and none that is 0 (RFC 7607).
fn asns(text: &str) -> Option<Vec<Asn>> {
    let words = text.split(|c: char| c == ',' || c.is_whitespace()).filter(|word| !word.is_empty());
    let asns: Option<Vec<Asn>> = words.map(|word| word.parse().ok().filter(|asn| *asn != Asn(0))).collect();
    asns.filter(|asns| !asns.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use proptest::prelude::*;

    /// (text, the text of the path that it says)
    #[test]
    fn texts() {
        for (text, want) in [
            ("", Some("")),
            (" ", Some("")),
            ("64500", Some("64500")),
            ("  64500   AS64501\t1.10 ", Some("64500 64501 65546")),
            ("1 {2,3}", Some("1 {2 3}")),
            ("1{ 2 , 3 }4", Some("1 {2 3} 4")),
            ("(64512 64513) [64514] 1", Some("(64512 64513) [64514] 1")),
            ("{1} {2}", Some("{1} {2}")),
            ("{}", None),
            ("1 {", None),
            ("1 }", None),
            ("{1)", None),
            ("{1 {2}}", None),
            ("0", None),
            ("1 {0}", None),
            ("4294967296", None),
            ("1-2", None),
            (",", None),
        ] {
            let got = text.parse::<AsPathBuf>().map(|path| path.to_string());
            assert_eq!(got.ok().as_deref(), want, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_shown_reads_back(
            segments in prop::collection::vec((0..4u8, prop::collection::vec(1..u32::MAX, 1..6)), 0..5)
        ) {
            let mut path = AsPathBuf::default();
            let mut before = None;
            for (kind, asns) in segments {
                let kind = match kind {
                    0 => SegmentKind::Set,
                    1 => SegmentKind::Sequence,
                    2 => SegmentKind::ConfedSequence,
                    _ => SegmentKind::ConfedSet,
                };
                // Two sequences side by side are one in text.
                if kind != SegmentKind::Sequence || before != Some(kind) {
                    path.push(kind, asns.into_iter().map(Asn));
                    before = Some(kind);
                }
            }
            prop_assert_eq!(path.to_string().parse(), Ok(path));
        }

        #[test]
        fn any_text_is_read_or_refused(text: alloc::string::String) {
            let _ = text.parse::<AsPathBuf>();
        }
    }
}
