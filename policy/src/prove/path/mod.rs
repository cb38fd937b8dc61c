//! AS paths as words over classes of ASNs, and what is asked of them as automata.

mod classes;
mod question;
mod search;

pub(super) use classes::Classes;
pub(super) use question::{PathEdits, Question, What};
pub(super) use search::{Found, find};

/// The number of a class of ASNs.
pub(super) type Class = u16;

/// The segments that are no plain sequence, by their places in the tables of brackets.
pub(super) type Bracket = u8;
pub(super) const SET: Bracket = 0;
pub(super) const CONFED_SEQUENCE: Bracket = 1;
pub(super) const CONFED_SET: Bracket = 2;

/// One letter of a path. Neighbouring sequences read as one, as they do in everything that is asked of a path.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Letter {
    /// An ASN of a class, and whether it is the one before.
    Asn(Class, bool),
    /// A segment with brackets begins.
    Open(Bracket),
    /// It ends.
    Close,
}
