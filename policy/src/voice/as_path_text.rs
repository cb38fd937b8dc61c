//! AS paths as routers print them.

use bgp_wire::{AsPathBuf, Asn, SegmentKind};
use std::fmt;

/// Text that is not an AS path.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum AsPathTextError {
    /// This word is not an ASN.
    Asn(Box<str>),
    /// A bracket that was not opened, not closed, or opened within another.
    Bracket(char),
}

impl fmt::Display for AsPathTextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Asn(word) => write!(f, "`{word}` in an AS path is not an ASN"),
            Self::Bracket(c) => write!(f, "`{c}` in an AS path has no counterpart"),
        }
    }
}
impl std::error::Error for AsPathTextError {}

/// Reads ASNs with spaces between; `{}` holds an AS_SET, `()` an AS_CONFED_SEQUENCE, `[]` an
/// AS_CONFED_SET, with spaces or commas between their ASNs.
///
/// ```
/// use bgp_policy::voice::parse_as_path;
/// assert_eq!(parse_as_path("64500 {64501,64502}").unwrap().to_string(), "64500 {64501 64502}");
/// ```
pub fn parse_as_path(text: &str) -> Result<AsPathBuf, AsPathTextError> {
    let mut path = AsPathBuf::default();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '(', '[', '}', ')', ']']) {
        let (before, from) = rest.split_at(at);
        path.push(SegmentKind::Sequence, asns(before)?);
        let mut chars = from.chars();
        let open = chars.next().unwrap_or_default();
        let (kind, close) = bracket(open).ok_or(AsPathTextError::Bracket(open))?;
        let (inside, after) = chars.as_str().split_once(close).ok_or(AsPathTextError::Bracket(open))?;
        path.push(kind, asns(inside)?);
        rest = after;
    }
    path.push(SegmentKind::Sequence, asns(rest)?);
    Ok(path)
}

const fn bracket(open: char) -> Option<(SegmentKind, char)> {
    Some(match open {
        '{' => (SegmentKind::Set, '}'),
        '(' => (SegmentKind::ConfedSequence, ')'),
        '[' => (SegmentKind::ConfedSet, ']'),
        _ => return None,
    })
}

fn asns(text: &str) -> Result<Vec<Asn>, AsPathTextError> {
    text.split([' ', ',', '\t'])
        .filter(|word| !word.is_empty())
        .map(|word| word.parse().map_err(|_| AsPathTextError::Asn(word.into())))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_forms() {
        for (text, want) in [
            ("", Ok("")),
            ("64500", Ok("64500")),
            ("  AS64500   64501 ", Ok("64500 64501")),
            ("64500 {64501}", Ok("64500 {64501}")),
            (
                "(64496 64497) 64500 [64498] {64501, 64502} 64503",
                Ok("(64496 64497) 64500 [64498] {64501 64502} 64503"),
            ),
            ("0", Ok("0")),
            ("64500 {}", Ok("64500")),
            ("x", Err("`x` in an AS path is not an ASN")),
            ("4294967296", Err("`4294967296` in an AS path is not an ASN")),
            ("{64500", Err("`{` in an AS path has no counterpart")),
            ("64500}", Err("`}` in an AS path has no counterpart")),
            ("{64500 (1)}", Err("`(1)` in an AS path is not an ASN")),
        ] {
            let got = parse_as_path(text).map(|p| p.to_string()).map_err(|e| e.to_string());
            assert_eq!(got, want.map(str::to_owned).map_err(str::to_owned), "{text:?}");
        }
    }
}
