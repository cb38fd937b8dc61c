//! Whether a value can be what its attribute says: one small function each; the registry points here.

use crate::as_path::AsPath;
use crate::negotiate::{AsSets, AsnWidth, Negotiated, PeerKind};
use crate::outcome::Fault;

type Out = Result<(), Fault>;
pub(crate) type Check = fn(&[u8], &Negotiated) -> Out;

fn wrong_length(v: &[u8]) -> Fault {
    Fault::AttrLength(u16::try_from(v.len()).unwrap_or(u16::MAX))
}

/// Left to whoever reads it.
#[expect(clippy::unnecessary_wraps, reason = "a check like the others")]
pub(super) fn anything(_: &[u8], _: &Negotiated) -> Out {
    Ok(())
}

/// Exactly `N` octets.
pub(super) fn length<const N: usize>(v: &[u8], _: &Negotiated) -> Out {
    if v.len() == N { Ok(()) } else { Err(wrong_length(v)) }
}

/// A multiple of `N` octets, and not none.
pub(super) fn multiple<const N: usize>(v: &[u8], _: &Negotiated) -> Out {
    if !v.is_empty() && v.len().is_multiple_of(N) { Ok(()) } else { Err(wrong_length(v)) }
}

pub(super) fn origin(v: &[u8], _: &Negotiated) -> Out {
    match v {
        [0..=2] => Ok(()),
        [_] => Err(Fault::AttrValue),
        _ => Err(wrong_length(v)),
    }
}

/// RFC 7606 section 7.2; RFC 5065 section 5 for what comes from outside a confederation.
pub(super) fn as_path(v: &[u8], n: &Negotiated) -> Out {
    AsPath::check(v, n.asn_width, n.peer == PeerKind::Internal)?;
    as_sets(v, n.asn_width, n)
}

/// RFC 9774 section 3, where the receiver has chosen it.
fn as_sets(v: &[u8], width: AsnWidth, n: &Negotiated) -> Out {
    match n.as_sets {
        AsSets::Accepted => Ok(()),
        AsSets::Refused if AsPath::from_checked(v, width).has_set() => Err(Fault::AsSet),
        AsSets::Refused => Ok(()),
    }
}

/// RFC 7606 section 7.7, and RFC 7607 for its ASN.
pub(super) fn aggregator(v: &[u8], n: &Negotiated) -> Out {
    match (n.asn_width, v) {
        (AsnWidth::Two, [0, 0, _, _, _, _]) | (AsnWidth::Four, [0, 0, 0, 0, _, _, _, _]) => {
            Err(Fault::AsZero)
        }
        (AsnWidth::Two, [_, _, _, _, _, _]) | (AsnWidth::Four, [_, _, _, _, _, _, _, _]) => Ok(()),
        _ => Err(wrong_length(v)),
    }
}

/// Only a speaker of two octets sends it (RFC 6793 section 4.1).
pub(super) fn as4_path(v: &[u8], n: &Negotiated) -> Out {
    from_two_octets(n)?;
    if v.is_empty() {
        return Err(wrong_length(v));
    }
    AsPath::check(v, AsnWidth::Four, true)?;
    as_sets(v, AsnWidth::Four, n)
}

pub(super) fn as4_aggregator(v: &[u8], n: &Negotiated) -> Out {
    from_two_octets(n)?;
    match v {
        [0, 0, 0, 0, _, _, _, _] => Err(Fault::AsZero),
        [_, _, _, _, _, _, _, _] => Ok(()),
        _ => Err(wrong_length(v)),
    }
}

fn from_two_octets(n: &Negotiated) -> Out {
    if n.asn_width == AsnWidth::Two { Ok(()) } else { Err(Fault::AttrFromFourOctets) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::Severity;
    use crate::update::update;

    /// (a segment of AS_PATH, one of AS4_PATH, the worst finding where sets are refused)
    #[test]
    fn a_set_is_refused_in_both_paths() {
        let refused = Some(Severity::TreatAsWithdraw);
        let two = Negotiated { asn_width: AsnWidth::Two, ..Negotiated::new(PeerKind::External) };
        for (kind, kind4, worst) in [(2, 2, None), (1, 2, refused), (2, 1, refused), (1, 1, refused)] {
            let path = [0x40, 2, 4, kind, 1, 0x5b, 0xa0];
            let as4 = [0xc0, 17, 6, kind4, 1, 0, 1, 0, 0];
            let attributes = [&[0x40, 1, 1, 0, 0x40, 3, 4, 192, 0, 2, 1][..], &path, &as4].concat();
            let len = u8::try_from(attributes.len()).unwrap();
            let body = [&[0, 0, 0, len][..], &attributes, &[8, 10]].concat();
            let found = |n: &Negotiated| update(&body, n).unwrap().findings.worst();
            assert_eq!(found(&Negotiated { as_sets: AsSets::Refused, ..two }), worst, "{kind} {kind4}");
            assert_eq!(found(&two), None, "{kind} {kind4}");
        }
    }
}
