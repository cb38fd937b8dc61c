//! Where messages in a stream of octets begin and end.

use bgp_wire::{NotificationCode, frame};

/// What stands at the front of a stream.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Cut {
    /// A message of so many octets.
    Whole(usize),
    /// The first octets of one.
    Part,
    /// None; after so many octets the next one may begin.
    Lost(Option<usize>),
}

/// Whether a BGP message can begin here: its marker.
pub(super) fn begins_bgp(octets: &[u8]) -> bool {
    octets.starts_with(&[0xff; 16])
}

/// Cuts at the length that a BGP message tells, however long a session would let it be.
pub(super) fn bgp_cut(octets: &[u8]) -> Cut {
    match frame(octets, u16::MAX) {
        Ok(Some(message)) => Cut::Whole(message.len),
        Ok(None) => Cut::Part,
        // The length was found good before the type was looked at.
        Err(reset) if reset.code == NotificationCode::BAD_TYPE => match length(octets) {
            len if len <= octets.len() => Cut::Whole(len),
            _ => Cut::Part,
        },
        Err(_) => Cut::Lost(next_marker(octets)),
    }
}

/// The length field of a BGP header.
fn length(octets: &[u8]) -> usize {
    let field = octets.get(16..).and_then(<[u8]>::first_chunk);
    field.map_or(0, |field| u16::from_be_bytes(*field).into())
}

/// Where the next marker behind the first octet begins.
pub(super) fn next_marker(octets: &[u8]) -> Option<usize> {
    // The rest of a marker is no marker.
    let ones = octets.iter().take_while(|octet| **octet == 0xff).count().max(1);
    let at = octets.get(ones..)?.windows(16).position(begins_bgp)?;
    Some(ones + at)
}

/// Octets of a BMP common header (RFC 7854 section 4.1).
const BMP_HEADER: usize = 6;
/// The longest BMP message that is taken for one: two OPENs or an UPDATE of the longest, and more beside.
const BMP_LONGEST: u32 = 1 << 20;

/// The length that a BMP message which begins here has; `None` where none can begin.
fn bmp_len(octets: &[u8]) -> Option<usize> {
    let &[3 | 4, a, b, c, d, kind, ..] = octets else { return None };
    let len = u32::from_be_bytes([a, b, c, d]);
    // Initiation and termination hold no per-peer header of 42 octets.
    let least = if matches!(kind, 4 | 5) { 6 } else { 48 };
    let known = kind <= 6 && (least..=BMP_LONGEST).contains(&len);
    usize::try_from(len).ok().filter(|_| known)
}

/// Whether a BMP message can begin here.
pub(super) fn begins_bmp(octets: &[u8]) -> bool {
    bmp_len(octets).is_some()
}

/// Cuts at the length that a BMP message tells.
pub(super) fn bmp_cut(octets: &[u8]) -> Cut {
    match bmp_len(octets) {
        Some(len) if len <= octets.len() => Cut::Whole(len),
        None if octets.len() >= BMP_HEADER => Cut::Lost(None),
        _ => Cut::Part,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markers() {
        let marker = [0xff; 16];
        assert_eq!(next_marker(&[&[1, 2, 3][..], &marker].concat()), Some(3));
        assert_eq!(next_marker(&[&marker[..], &[0, 18, 4], &marker].concat()), Some(19));
        assert_eq!(next_marker(&marker), None);
        assert_eq!(next_marker(&[]), None);
    }

    #[test]
    fn cuts() {
        let keepalive = [&[0xff; 16][..], &[0, 19, 4]].concat();
        let unknown = [&[0xff; 16][..], &[0, 20, 77, 1]].concat();
        let lies = [&[0xff; 16][..], &[0, 20, 4, 1]].concat();
        assert_eq!(bgp_cut(&keepalive), Cut::Whole(19));
        assert_eq!(bgp_cut(&keepalive[..18]), Cut::Part);
        assert_eq!(bgp_cut(&unknown), Cut::Whole(20));
        assert_eq!(bgp_cut(&unknown[..19]), Cut::Part);
        assert_eq!(bgp_cut(&lies), Cut::Lost(None));
        assert_eq!(bgp_cut(&[&lies[..], &keepalive].concat()), Cut::Lost(Some(20)));
        assert_eq!(bmp_cut(&[3, 0, 0, 0, 6, 4, 3]), Cut::Whole(6));
        assert_eq!(bmp_cut(&[3, 0, 0, 0, 7, 4]), Cut::Part);
        assert_eq!(bmp_cut(&[3, 0, 0]), Cut::Part);
        assert_eq!(bmp_cut(&[9, 0, 0, 0, 6, 4]), Cut::Lost(None));
    }
}
