//! One row per attribute: all that the generic loop must know, in one place.

use super::check::{self, Check};
use super::{
    AttrCode, AttrFlags, aigp, attr_set, bfd_discriminator, bgpsec_path, d_path, link_state,
    only_to_customer, pmsi_tunnel, prefix_sid, tunnel_encapsulation,
};
use crate::negotiate::PeerKind;
use crate::outcome::Severity;

/// What is known of one attribute.
#[derive(Clone, Copy, Debug)]
pub struct AttrSpec {
    /// Its type code.
    pub code: AttrCode,
    /// Its name in the standard.
    pub name: &'static str,
    /// Its optional and transitive bits.
    pub flags: AttrFlags,
    /// What a malformed value comes to (RFC 7606 section 7).
    pub on_error: Severity,
    /// What wrong flags come to (RFC 7606 section 3.c).
    pub on_flags: Severity,
    /// Whether an external peer may send it.
    pub from_external: bool,
    /// The clauses behind the row.
    pub cite: &'static str,
    pub(crate) check: Check,
}

/// Rows in [`REGISTRY`].
pub(crate) const ROWS: usize = 27;

/// The rows whose values are found by their place in the message; for the others, which few messages have, the
/// message is read through.
pub(crate) const PLACED: usize = 16;

/// The attributes this library knows: those of every table first, then the rest, each by type code.
pub static REGISTRY: [AttrSpec; ROWS] = {
    use Severity::{AttributeDiscard as Discard, SessionReset as Reset, TreatAsWithdraw as Withdraw};
    const WK: AttrFlags = AttrFlags::WELL_KNOWN;
    const ON: AttrFlags = AttrFlags::OPTIONAL;
    const OT: AttrFlags = AttrFlags::OPTIONAL_TRANSITIVE;
    const ANY: bool = true;
    const INTERNAL: bool = false;
    [
        row(1, "ORIGIN", WK, Withdraw, ANY, Check::Origin, "RFC 4271 §5.1.1, RFC 7606 §7.1"),
        row(2, "AS_PATH", WK, Withdraw, ANY, Check::AsPath, "RFC 4271 §5.1.2, RFC 7606 §7.2"),
        row(3, "NEXT_HOP", WK, Withdraw, ANY, Check::Length(4), "RFC 4271 §5.1.3, RFC 7606 §7.3"),
        row(4, "MULTI_EXIT_DISC", ON, Withdraw, ANY, Check::Length(4), "RFC 4271 §5.1.4, RFC 7606 §7.4"),
        row(5, "LOCAL_PREF", WK, Withdraw, INTERNAL, Check::Length(4), "RFC 4271 §5.1.5, RFC 7606 §7.5"),
        row(6, "ATOMIC_AGGREGATE", WK, Discard, ANY, Check::Length(0), "RFC 4271 §5.1.6, RFC 7606 §7.6"),
        row(
            7,
            "AGGREGATOR",
            OT,
            Discard,
            ANY,
            Check::By(check::aggregator),
            "RFC 4271 §5.1.7, RFC 7606 §7.7",
        ),
        row(8, "COMMUNITIES", OT, Withdraw, ANY, Check::Multiple(4), "RFC 1997, RFC 7606 §7.8"),
        row(9, "ORIGINATOR_ID", ON, Withdraw, INTERNAL, Check::Length(4), "RFC 4456 §8, RFC 7606 §7.9"),
        row(10, "CLUSTER_LIST", ON, Withdraw, INTERNAL, Check::Multiple(4), "RFC 4456 §8, RFC 7606 §7.10"),
        // What these two hold is for `update` to read: it needs the prefixes even where the flags are wrong.
        row(14, "MP_REACH_NLRI", ON, Reset, ANY, Check::Anything, "RFC 4760 §3, RFC 7606 §7.11"),
        row(15, "MP_UNREACH_NLRI", ON, Reset, ANY, Check::Anything, "RFC 4760 §4, RFC 7606 §7.12"),
        row(16, "EXTENDED_COMMUNITIES", OT, Withdraw, ANY, Check::Multiple(8), "RFC 4360, RFC 7606 §7.14"),
        row(17, "AS4_PATH", OT, Discard, ANY, Check::By(check::as4_path), "RFC 6793 §6"),
        row(18, "AS4_AGGREGATOR", OT, Discard, ANY, Check::By(check::as4_aggregator), "RFC 6793 §6"),
        row(32, "LARGE_COMMUNITY", OT, Withdraw, ANY, Check::Multiple(12), "RFC 8092 §6"),
        row(22, "PMSI_TUNNEL", OT, Withdraw, ANY, Check::By(pmsi_tunnel::check), "RFC 6514 §5"),
        // Section 13 discards it also where it is not transitive.
        row(
            23,
            "TUNNEL_ENCAPSULATION",
            OT,
            Withdraw,
            ANY,
            Check::By(tunnel_encapsulation::check),
            "RFC 9012 §13",
        )
        .discarded_for_flags(),
        row(
            25,
            "IPV6_EXTENDED_COMMUNITIES",
            OT,
            Withdraw,
            ANY,
            Check::Multiple(20),
            "RFC 5701, RFC 7606 §7.15",
        ),
        // The standards of these have one outcome for whatever is malformed about them.
        row(26, "AIGP", ON, Discard, ANY, Check::By(aigp::check), "RFC 7311 §3").discarded_for_flags(),
        row(29, "BGP-LS", ON, Discard, ANY, Check::By(link_state::check), "RFC 9552 §8.2.2")
            .discarded_for_flags(),
        row(33, "BGPSEC_PATH", ON, Withdraw, ANY, Check::By(bgpsec_path::check), "RFC 8205 §5.2"),
        row(35, "ONLY_TO_CUSTOMER", OT, Withdraw, ANY, Check::By(only_to_customer::check), "RFC 9234 §5"),
        row(
            36,
            "D-PATH",
            OT,
            Withdraw,
            ANY,
            Check::By(d_path::check),
            "draft-ietf-bess-evpn-ipvpn-interworking §4",
        ),
        row(
            38,
            "BFD_DISCRIMINATOR",
            OT,
            Discard,
            ANY,
            Check::By(bfd_discriminator::check),
            "RFC 9026 §3.1.6",
        ),
        row(40, "PREFIX_SID", OT, Discard, ANY, Check::By(prefix_sid::check), "RFC 8669 §6")
            .discarded_for_flags(),
        row(128, "ATTR_SET", OT, Withdraw, ANY, Check::By(attr_set::check), "RFC 6368 §5, RFC 7606 §7.16"),
    ]
};

const fn row(
    code: u8,
    name: &'static str,
    flags: AttrFlags,
    on_error: Severity,
    from_external: bool,
    check: Check,
    cite: &'static str,
) -> AttrSpec {
    // Section 5.3: with other flags an MP attribute is incorrect, and its prefixes are not to be trusted.
    let on_flags = match on_error {
        Severity::SessionReset => Severity::SessionReset,
        _ => Severity::TreatAsWithdraw,
    };
    AttrSpec { code: AttrCode(code), name, flags, on_error, on_flags, from_external, cite, check }
}

impl AttrSpec {
    /// The row of an attribute whose standard mandates another outcome for wrong flags than RFC 7606.
    const fn discarded_for_flags(self) -> Self {
        Self { on_flags: Severity::AttributeDiscard, ..self }
    }
}

/// What of a row the loop over the attributes asks first: it need not read the row of what is plainly well.
#[derive(Clone, Copy)]
pub(super) struct Quick {
    /// The flags, but for the length's, and behind them the length: these bits, of those in the mask. No attribute has
    /// the flags of a code without a row, or of one that the peer may not send.
    want: u32,
    mask: u32,
    /// The bit of the row.
    pub(super) bit: u32,
    /// The number of the row; `ROWS` where there is none.
    pub(super) row: u8,
    /// The shortest that the value may be.
    least: u8,
    /// What is to be asked of the value besides.
    pub(super) more: More,
}

/// The mask of the flags, and that of the length behind them.
const FLAGS: u32 = (!AttrFlags::EXTENDED_LENGTH.0 as u32) << 16;
const LENGTH: u32 = 0xffff;

/// What the length alone does not answer.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum More {
    Nothing,
    Origin,
    AsPath,
    /// That a third of the length is a whole number.
    Third,
    /// The check of the row.
    Row,
}

/// What is asked first of each type code.
type QuickTable = [Quick; 256];

impl Quick {
    #[expect(clippy::cast_possible_truncation, reason = "there are fewer than 256 rows")]
    const NONE: Self =
        Self { want: u32::MAX, mask: FLAGS, bit: 1 << ROWS, row: ROWS as u8, least: 0, more: More::Nothing };

    const fn of(row: u8, spec: &AttrSpec, from_external: bool) -> Self {
        let (least, length, mask, more) = match spec.check {
            Check::Anything => (0, 0, 0, More::Nothing),
            Check::Length(octets) => (octets, octets, LENGTH, More::Nothing),
            Check::Multiple(4) => (4, 0, 3, More::Nothing),
            Check::Multiple(8) => (8, 0, 7, More::Nothing),
            Check::Multiple(12) => (12, 0, 3, More::Third),
            Check::Origin => (1, 1, LENGTH, More::Origin),
            Check::AsPath => (0, 0, 0, More::AsPath),
            _ => (0, 0, 0, More::Row),
        };
        let (bit, mask) = (1_u32.wrapping_shl(row as u32), FLAGS | mask);
        let want = if from_external && !spec.from_external {
            Self::NONE.want
        } else {
            (spec.flags.0 as u32) << 16 | length as u32
        };
        Self { want, mask, bit, row, least, more }
    }

    /// Whether an attribute with these flags and a value of `len` octets is as it should be.
    #[expect(clippy::cast_possible_truncation, reason = "a length of two octets")]
    #[inline]
    pub(super) const fn admits(&self, flags: AttrFlags, len: usize) -> bool {
        let is = (flags.0 as u32) << 16 | len as u32;
        (is ^ self.want) & self.mask == 0 && len >= self.least as usize
    }

    #[expect(
        clippy::indexing_slicing,
        clippy::cast_possible_truncation,
        clippy::arithmetic_side_effects,
        reason = "runs at compile time only, where going wrong is a compile error"
    )]
    const fn table(from_external: bool) -> QuickTable {
        let mut table = [Self::NONE; 256];
        let mut i = 0;
        while i < ROWS {
            table[REGISTRY[i].code.0 as usize] = Self::of(i as u8, &REGISTRY[i], from_external);
            i += 1;
        }
        table
    }

    /// What is asked of attributes from such a peer.
    #[inline]
    pub(super) const fn of_peer(peer: PeerKind) -> &'static QuickTable {
        match peer {
            PeerKind::External => &FROM_EXTERNAL,
            PeerKind::Internal => &FROM_INTERNAL,
        }
    }

    /// The word of a code.
    #[inline]
    pub(super) fn of_code(table: &'static QuickTable, code: AttrCode) -> &'static Self {
        table.get(usize::from(code.0)).unwrap_or(&Self::NONE)
    }
}

static FROM_EXTERNAL: QuickTable = Quick::table(true);
static FROM_INTERNAL: QuickTable = Quick::table(false);

/// The row number of a code; `ROWS` where the code is not known.
#[inline]
pub(crate) fn slot(code: AttrCode) -> u8 {
    Quick::of_code(&FROM_INTERNAL, code).row
}

/// The row of a code.
pub fn spec(code: AttrCode) -> Option<&'static AttrSpec> {
    REGISTRY.get(usize::from(slot(code)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_found_by_their_code_and_stand_in_order() {
        let (placed, others) = REGISTRY.split_at(PLACED);
        assert!(placed.is_sorted_by(|a, b| a.code < b.code) && others.is_sorted_by(|a, b| a.code < b.code));
        for code in 0..=255 {
            let found = spec(AttrCode(code)).map(|row| row.code.0);
            assert_eq!(found, REGISTRY.iter().map(|r| r.code.0).find(|c| *c == code));
        }
    }
}
