//! Which AS a route began in, as origin validation has it.

use bgp_wire::{AsPath, Asn, SegmentKind};

/// The origin AS of a route with this path (RFC 6811 section 2): the last AS of its last segment. That is `local`, our own ASN,
/// where the path is empty or ends within our confederation. It is nobody where the path ends in an AS_SET, which says of no
/// AS that it is the origin (RFC 9774 section 4); such a route is never valid.
///
/// ```
/// use bgp_policy::rpki::route_origin;
/// use bgp_wire::{AsPathBuf, Asn};
/// let path: AsPathBuf = [Asn(64501), Asn(64502)].into_iter().collect();
/// assert_eq!(route_origin(path.view(), Asn(64500)), Some(Asn(64502)));
/// ```
pub fn route_origin(path: AsPath<'_>, local: Asn) -> Option<Asn> {
    let Some(last) = path.segments().last() else { return Some(local) };
    match last.kind {
        SegmentKind::Sequence => last.asns().last(),
        SegmentKind::ConfedSequence | SegmentKind::ConfedSet => Some(local),
        SegmentKind::Set => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bgp_wire::AsPathBuf;

    #[test]
    fn of_every_kind_of_path() {
        use SegmentKind::{ConfedSequence, ConfedSet, Sequence, Set};
        for (segments, want) in [
            (&[][..], Some(64500)),
            (&[(Sequence, &[64501][..])][..], Some(64501)),
            (&[(Sequence, &[64501, 64502])], Some(64502)),
            (&[(Sequence, &[64501]), (Sequence, &[64502, 64503])], Some(64503)),
            (&[(Sequence, &[64501]), (Set, &[64502])], None),
            (&[(Set, &[64502])], None),
            (&[(Set, &[64502]), (Sequence, &[64503])], Some(64503)),
            (&[(ConfedSequence, &[65001, 65002])], Some(64500)),
            (&[(ConfedSet, &[65001])], Some(64500)),
            (&[(ConfedSequence, &[65001]), (Sequence, &[64501])], Some(64501)),
            (&[(ConfedSequence, &[65001]), (Set, &[64501])], None),
        ] {
            let mut path = AsPathBuf::default();
            segments.iter().for_each(|(kind, asns)| path.push(*kind, asns.iter().copied().map(Asn)));
            assert_eq!(route_origin(path.view(), Asn(64500)), want.map(Asn), "{path}");
        }
    }
}
