//! What has to hold of a route as it came, told apart field by field.

use super::mask::Mask;
use super::numbers::Numbers;
use super::path::Question;
use super::region::Region;

/// A field with few values, or whose values fall into few cells.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Field {
    /// By [`Cells`](super::cells::Cells) of prefixes.
    Prefix,
    /// By those of addresses, like the two that follow.
    NextHop,
    /// The address that is the next hop where an edit says `self`.
    OwnV4,
    OwnV6,
    /// By what is mentioned; 0 stands for all others and none, here and for the two that follow.
    Peer,
    PeerGroup,
    PeerRole,
    Origin,
    Rpki,
    Irr,
    Aspa,
}

impl Field {
    pub(super) const ALL: [Self; 11] = [
        Self::Prefix,
        Self::NextHop,
        Self::OwnV4,
        Self::OwnV6,
        Self::Peer,
        Self::PeerGroup,
        Self::PeerRole,
        Self::Origin,
        Self::Rpki,
        Self::Irr,
        Self::Aspa,
    ];
}

/// A field that is a number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum NumberField {
    Neighbor,
    Med,
    LocalPref,
}

impl NumberField {
    pub(super) const ALL: [Self; 3] = [Self::Neighbor, Self::Med, Self::LocalPref];
}

/// One thing about one field.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Literal {
    Among(Field, Mask),
    Number(NumberField, Numbers),
    /// The path has this answer to a question.
    Path(Question, bool),
    /// Whether there is a community in this region.
    Standard(Region<2>, bool),
    Extended(Region<4>, bool),
    Large(Region<3>, bool),
    /// Whether code that a program brought says yes. What it looks at is not known, so it may say either.
    Code(usize, bool),
}

/// Literals, joined.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Formula {
    Is(Literal),
    All(Vec<Formula>),
    Any(Vec<Formula>),
}

impl Formula {
    pub(super) const TRUE: Self = Self::All(Vec::new());
    pub(super) const FALSE: Self = Self::Any(Vec::new());

    pub(super) const fn constant(value: bool) -> Self {
        if value { Self::TRUE } else { Self::FALSE }
    }

    pub(super) fn is_false(&self) -> bool {
        *self == Self::FALSE
    }

    /// All of these; what is known of some is not asked again.
    pub(super) fn all(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut all = Vec::new();
        for part in parts {
            match part {
                Self::All(inner) => all.extend(inner),
                Self::Any(inner) if inner.is_empty() => return Self::FALSE,
                other => all.push(other),
            }
        }
        one_or(all, Self::All)
    }

    pub(super) fn any(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut any = Vec::new();
        for part in parts {
            match part {
                Self::Any(inner) => any.extend(inner),
                Self::All(inner) if inner.is_empty() => return Self::TRUE,
                other => any.push(other),
            }
        }
        one_or(any, Self::Any)
    }

    /// The same with another in the place of each literal.
    pub(super) fn map(&self, change: &mut impl FnMut(&Literal) -> Self) -> Self {
        match self {
            Self::Is(literal) => change(literal),
            Self::All(parts) => Self::all(parts.iter().map(|part| part.map(change)).collect::<Vec<_>>()),
            Self::Any(parts) => Self::any(parts.iter().map(|part| part.map(change)).collect::<Vec<_>>()),
        }
    }

    /// Whether `what` is true of a literal in it.
    pub(super) fn mentions(&self, what: &impl Fn(&Literal) -> bool) -> bool {
        match self {
            Self::Is(literal) => what(literal),
            Self::All(parts) | Self::Any(parts) => parts.iter().any(|part| part.mentions(what)),
        }
    }
}

fn one_or(mut parts: Vec<Formula>, many: impl Fn(Vec<Formula>) -> Formula) -> Formula {
    if parts.len() == 1 { parts.pop().unwrap_or(Formula::TRUE) } else { many(parts) }
}
