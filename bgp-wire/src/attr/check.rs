//! Whether a value can be what its attribute says. The registry names one of these for each row.

use crate::as_path::{AsPath, SegmentKind};
use crate::negotiate::{AsSets, AsnWidth, Negotiated, PeerKind};
use crate::outcome::Fault;

type Out = Result<(), Fault>;

/// What a value is held to. Those of every message have a name of their own: the loop over the attributes knows
/// them by it, and needs no call through a pointer.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Check {
    /// Nothing: it is left to whoever reads it.
    Anything,
    /// So many octets.
    Length(u8),
    /// A multiple of so many octets, and not none.
    Multiple(u8),
    Origin,
    AsPath,
    By(fn(&[u8], &Negotiated) -> Out),
}

impl Check {
    /// What is wrong with the value, if anything is.
    pub(super) fn run(self, v: &[u8], n: &Negotiated) -> Out {
        match self {
            Self::Origin => origin(v),
            Self::AsPath => as_path(v, n),
            Self::By(check) => check(v, n),
            Self::Anything => Ok(()),
            Self::Length(octets) if v.len() == usize::from(octets) => Ok(()),
            Self::Multiple(octets) if !v.is_empty() && v.len().is_multiple_of(usize::from(octets)) => Ok(()),
            Self::Length(_) | Self::Multiple(_) => Err(wrong_length(v)),
        }
    }
}

fn wrong_length(v: &[u8]) -> Fault {
    Fault::AttrLength(u16::try_from(v.len()).unwrap_or(u16::MAX))
}

fn origin(v: &[u8]) -> Out {
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

/// Whether `v` is what nearly every AS_PATH is and nothing is wrong with: one sequence of ASNs of four octets.
#[inline]
pub(super) fn is_usual_path(v: &[u8], n: &Negotiated) -> bool {
    const SEQUENCE: u8 = SegmentKind::Sequence as u8;
    let Some((&[SEQUENCE, count], asns)) = v.split_first_chunk() else { return false };
    let whole = count != 0 && asns.len() == usize::from(count) << 2;
    whole && n.asn_width == AsnWidth::Four && !has_zero(asns)
}

/// Whether one of the ASNs, which have four octets, is zero.
///
/// Of most paths four pairs are all, and where there are fewer the last is looked at again: how many there are is no
/// question that the processor has to guess the answer of.
#[inline]
fn has_zero(asns: &[u8]) -> bool {
    const PAIR: usize = 8;
    const ONES: u64 = 1 << 32 | 1;
    match asns.len().checked_sub(PAIR) {
        Some(last) if last <= 3 * PAIR => {
            let pair = |at: usize| asns.get(at.min(last)..).and_then(<[u8]>::first_chunk);
            // A half that is zero borrows, and so gets the highest of the bits that it has not.
            let borrowed = |pair: u64| pair.wrapping_sub(ONES) & !pair;
            let all = [0, PAIR, 2 * PAIR, 3 * PAIR]
                .map(|at| pair(at).map_or(0, |pair| borrowed(u64::from_ne_bytes(*pair))));
            all.into_iter().fold(0, core::ops::BitOr::bitor) & ONES << 31 != 0
        }
        _ => asns.as_chunks().0.contains(&[0; 4]),
    }
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
