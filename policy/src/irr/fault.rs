//! What is wrong with RPSL, and where.

use std::fmt;

/// What is wrong with a line.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Fault {
    /// It is neither an attribute nor the continuation of one.
    NoAttribute,
    /// The object is longer than [`MAX_OBJECT`](super::MAX_OBJECT), and passed over.
    TooLong,
    /// An `aut-num` or an `origin` is not an AS number.
    Asn,
    /// A `route` or `route6` is not a prefix of its family, or has bits set beyond its length.
    Prefix,
    /// A route has no `origin`.
    NoOrigin,
    /// The name of an object is not that of a set of its class.
    SetName,
    /// A member is nothing that a set of this class can have.
    Member,
    /// What follows `^` is not a range of lengths.
    Range,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoAttribute => {
                "a line is an attribute and its value with a colon between, or begins with a space"
            }
            Self::TooLong => "the object is too long, and is passed over",
            Self::Asn => "an AS number is AS and a number, as in AS64500",
            Self::Prefix => {
                "a route is a prefix without bits beyond its length: IPv4 in route, IPv6 in route6"
            }
            Self::NoOrigin => "a route has an origin",
            Self::SetName => {
                "the name of a set begins with AS- or RS-, or has a part that does between colons"
            }
            Self::Member => "members are AS numbers and sets, in a route-set prefixes also",
            Self::Range => "what follows ^ is -, +, a length, or two with a hyphen between",
        })
    }
}

impl std::error::Error for Fault {}

/// Something wrong in a dump. What can be read of the object is kept.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct RpslFault {
    /// The number of the line that the attribute begins on, from 1.
    pub line: u64,
    /// What is wrong.
    pub fault: Fault,
}

impl fmt::Display for RpslFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.fault)
    }
}
impl std::error::Error for RpslFault {}
