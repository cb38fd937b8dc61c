//! What stood in the way of resolving a set.

use super::set_name::SetName;
use std::fmt;

/// A set that is a member of another and is not there.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Missing {
    /// The one that is not there.
    pub set: SetName,
    /// The one that has it as a member.
    pub member_of: SetName,
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, a member of {}, is not there", self.set, self.member_of)
    }
}

/// A set that has itself as a member, through others or directly.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Cycle {
    /// The set that was being resolved.
    pub set: SetName,
    /// The set on the way from it that has it as a member; it may be the same.
    pub member_of: SetName,
}

impl fmt::Display for Cycle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.set == self.member_of {
            return write!(f, "{} is a member of itself", self.set);
        }
        write!(f, "{} is a member of {}, which it has as a member in turn", self.set, self.member_of)
    }
}

/// What stood in the way of resolving a set. What could be resolved was: a set that is missing adds nothing, and one that was
/// being resolved already adds nothing more.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct SetReport {
    /// How many sets were looked at.
    pub sets: usize,
    /// Members that are not there.
    pub missing: Vec<Missing>,
    /// Sets that have themselves as members.
    pub cycles: Vec<Cycle>,
    /// Whether there was more than anybody can mean, and the rest was passed over.
    pub cut: bool,
}

impl SetReport {
    /// Whether nothing stood in the way.
    pub fn is_clean(&self) -> bool {
        self.missing.is_empty() && self.cycles.is_empty() && !self.cut
    }
}

/// The set that was asked for is not there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NoSuchSet(pub SetName);

impl fmt::Display for NoSuchSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is no set {}", self.0)
    }
}
impl std::error::Error for NoSuchSet {}
