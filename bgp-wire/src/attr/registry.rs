//! One row per attribute: all that the generic loop must know, in one place.

use super::check::{self, Check};
use super::{AttrCode, AttrFlags};
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
    /// Whether an external peer may send it.
    pub from_external: bool,
    /// The clauses behind the row.
    pub cite: &'static str,
    pub(crate) check: Check,
}

/// Rows in [`REGISTRY`].
pub(crate) const ROWS: usize = 16;

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
        row(1, "ORIGIN", WK, Withdraw, ANY, check::origin, "RFC 4271 §5.1.1, RFC 7606 §7.1"),
        row(2, "AS_PATH", WK, Withdraw, ANY, check::as_path, "RFC 4271 §5.1.2, RFC 7606 §7.2"),
        row(3, "NEXT_HOP", WK, Withdraw, ANY, check::length::<4>, "RFC 4271 §5.1.3, RFC 7606 §7.3"),
        row(4, "MULTI_EXIT_DISC", ON, Withdraw, ANY, check::length::<4>, "RFC 4271 §5.1.4, RFC 7606 §7.4"),
        row(5, "LOCAL_PREF", WK, Withdraw, INTERNAL, check::length::<4>, "RFC 4271 §5.1.5, RFC 7606 §7.5"),
        row(6, "ATOMIC_AGGREGATE", WK, Discard, ANY, check::length::<0>, "RFC 4271 §5.1.6, RFC 7606 §7.6"),
        row(7, "AGGREGATOR", OT, Discard, ANY, check::aggregator, "RFC 4271 §5.1.7, RFC 7606 §7.7"),
        row(8, "COMMUNITIES", OT, Withdraw, ANY, check::multiple::<4>, "RFC 1997, RFC 7606 §7.8"),
        row(9, "ORIGINATOR_ID", ON, Withdraw, INTERNAL, check::length::<4>, "RFC 4456 §8, RFC 7606 §7.9"),
        row(10, "CLUSTER_LIST", ON, Withdraw, INTERNAL, check::multiple::<4>, "RFC 4456 §8, RFC 7606 §7.10"),
        // What these two hold is for `update` to read: it needs the prefixes even where the flags are wrong.
        row(14, "MP_REACH_NLRI", ON, Reset, ANY, check::anything, "RFC 4760 §3, RFC 7606 §7.11"),
        row(15, "MP_UNREACH_NLRI", ON, Reset, ANY, check::anything, "RFC 4760 §4, RFC 7606 §7.12"),
        row(16, "EXTENDED_COMMUNITIES", OT, Withdraw, ANY, check::multiple::<8>, "RFC 4360, RFC 7606 §7.14"),
        row(17, "AS4_PATH", OT, Discard, ANY, check::as4_path, "RFC 6793 §6"),
        row(18, "AS4_AGGREGATOR", OT, Discard, ANY, check::as4_aggregator, "RFC 6793 §6"),
        row(32, "LARGE_COMMUNITY", OT, Withdraw, ANY, check::multiple::<12>, "RFC 8092 §6"),
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
    AttrSpec { code: AttrCode(code), name, flags, on_error, from_external, cite, check }
}

/// For each type code its row, or `ROWS` where there is none.
static SLOT: [u8; 256] = slots();

#[expect(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    reason = "runs at compile time only, where going wrong is a compile error"
)]
const fn slots() -> [u8; 256] {
    let mut table = [ROWS as u8; 256];
    let mut i = 0;
    while i < ROWS {
        table[REGISTRY[i].code.0 as usize] = i as u8;
        i += 1;
    }
    table
}

/// The row number of a code; `ROWS` or beyond where the code is not known.
pub(crate) fn slot(code: AttrCode) -> u8 {
    SLOT.get(usize::from(code.0)).copied().unwrap_or(u8::MAX)
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
