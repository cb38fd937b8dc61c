//! What an input is, told by its first octets and never by its name.

use super::cut::{begins_bgp, begins_bmp};
use bgp_wire::mrt::MAX_RECORD;

/// Octets that [`kind`] wants to see, as far as there are so many.
pub(super) const WANTED: usize = 1 << 12;

/// What an input is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Mrt,
    Bmp,
    /// BGP messages one behind the other.
    Bgp,
    /// One JSON object a line.
    Lines,
    /// pcap or pcapng.
    Capture,
}

/// What begins with `octets`; `None` where it is nothing known.
pub(super) fn kind(octets: &[u8]) -> Option<Kind> {
    const CAPTURES: [[u8; 4]; 5] = [
        [0xa1, 0xb2, 0xc3, 0xd4],
        [0xd4, 0xc3, 0xb2, 0xa1],
        [0xa1, 0xb2, 0x3c, 0x4d],
        [0x4d, 0x3c, 0xb2, 0xa1],
        [0x0a, 0x0d, 0x0d, 0x0a],
    ];
    match octets {
        [a, b, c, d, ..] if CAPTURES.contains(&[*a, *b, *c, *d]) => Some(Kind::Capture),
        _ if begins_bgp(octets) => Some(Kind::Bgp),
        _ if is_line(octets) => Some(Kind::Lines),
        _ if begins_bmp(octets) => Some(Kind::Bmp),
        _ if is_mrt(octets) => Some(Kind::Mrt),
        _ => None,
    }
}

/// White space is no octet that another kind begins with in this place.
fn is_line(octets: &[u8]) -> bool {
    let octets = octets.strip_prefix(b"\xef\xbb\xbf").unwrap_or(octets);
    octets.iter().find(|c| !c.is_ascii_whitespace()) == Some(&b'{')
}

/// A type of the registry, a subtype that is small, a length that a record can have (RFC 6396 section 4).
fn is_mrt(octets: &[u8]) -> bool {
    let &[_, _, _, _, t0, t1, s0, s1, l0, l1, l2, l3, ..] = octets else { return false };
    let (kind, subtype) = (u16::from_be_bytes([t0, t1]), u16::from_be_bytes([s0, s1]));
    let len = u32::from_be_bytes([l0, l1, l2, l3]);
    matches!(kind, 0..=17 | 32 | 33 | 48 | 49) && subtype <= 32 && len <= MAX_RECORD
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_octets() {
        let mrt = |kind: u8, subtype: u8, len: u8| [0x5f, 0, 0, 0, 0, kind, 0, subtype, 0, 0, 0, len];
        let cases: &[(&[u8], Option<Kind>)] = &[
            (&[0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0], Some(Kind::Capture)),
            (&[0x0a, 0x0d, 0x0d, 0x0a, 0x1c], Some(Kind::Capture)),
            (&[0xff; 19], Some(Kind::Bgp)),
            (&[0xff; 15], None),
            (b"{\"hex\":\"\"}", Some(Kind::Lines)),
            (b"\xef\xbb\xbf\n  {", Some(Kind::Lines)),
            (&[3, 0, 0, 0, 6, 4], Some(Kind::Bmp)),
            (&[3, 0, 0, 0, 6, 0], None),
            (&[3, 0, 0, 0, 60, 0], Some(Kind::Bmp)),
            (&[3, 1, 0, 0, 60, 0], None),
            (&mrt(13, 1, 0), Some(Kind::Mrt)),
            (&mrt(16, 4, 90), Some(Kind::Mrt)),
            (&mrt(5, 1, 90), Some(Kind::Mrt)),
            (&mrt(90, 1, 90), None),
            (&mrt(16, 99, 90), None),
            (b"hello world, this is text", None),
            (&[], None),
        ];
        for (octets, want) in cases {
            assert_eq!(kind(octets), *want, "{octets:?}");
        }
    }
}
