//! A policy's text as it was understood.

use super::fault::Place;
use crate::asn_set::{AsnRange, AsnSet};
use crate::edit::Edit;
use crate::matching::Match;
use crate::named::Named;
use crate::number_range::NumberRange;
use crate::pattern::{CommunityPattern, ExtendedCommunityPattern, LargeCommunityPattern};
use crate::policy::Decision;
use crate::prefix_range::PrefixRange;
use crate::prefix_set::PrefixSet;
use crate::route::{PathValidationState, ValidationState};
use bgp_wire::{AsPathBuf, Asn, Community, ExtendedCommunity, LargeCommunity, Origin, Role};
use ipnet::IpNet;
use std::fmt;
use std::net::IpAddr;

/// A name, and where it stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Name {
    pub(super) place: Place,
    pub(super) text: Box<str>,
}

/// What a name may stand for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Prefixes,
    Asns,
    Communities,
    ExtendedCommunities,
    LargeCommunities,
    Networks,
    Number,
}

impl Kind {
    pub(super) const ALL: [Self; 7] = [
        Self::Prefixes,
        Self::Asns,
        Self::Communities,
        Self::ExtendedCommunities,
        Self::LargeCommunities,
        Self::Networks,
        Self::Number,
    ];

    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Prefixes => "prefixes",
            Self::Asns => "asns",
            Self::Communities => "communities",
            Self::ExtendedCommunities => "extended-communities",
            Self::LargeCommunities => "large-communities",
            Self::Networks => "networks",
            Self::Number => "number",
        }
    }
}

/// One member of a set.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Member {
    Prefix(PrefixRange),
    Asns(AsnRange),
    Community(CommunityPattern),
    ExtendedCommunity(ExtendedCommunityPattern),
    LargeCommunity(LargeCommunityPattern),
    Network(IpNet),
}

impl fmt::Display for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Prefix(member) => member.fmt(f),
            Self::Asns(member) => member.fmt(f),
            Self::Community(member) => member.fmt(f),
            Self::ExtendedCommunity(member) => member.fmt(f),
            Self::LargeCommunity(member) => member.fmt(f),
            Self::Network(member) => member.fmt(f),
        }
    }
}

/// What a name stands for.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Value {
    Prefixes(Named<PrefixSet>),
    Asns(Named<AsnSet>),
    Communities(Named<Box<[CommunityPattern]>>),
    ExtendedCommunities(Named<Box<[ExtendedCommunityPattern]>>),
    LargeCommunities(Named<Box<[LargeCommunityPattern]>>),
    Networks(Named<Box<[IpNet]>>),
    Number(u32),
}

impl Value {
    pub(super) const fn kind(&self) -> Kind {
        match self {
            Self::Prefixes(_) => Kind::Prefixes,
            Self::Asns(_) => Kind::Asns,
            Self::Communities(_) => Kind::Communities,
            Self::ExtendedCommunities(_) => Kind::ExtendedCommunities,
            Self::LargeCommunities(_) => Kind::LargeCommunities,
            Self::Networks(_) => Kind::Networks,
            Self::Number(_) => Kind::Number,
        }
    }

    /// A set of members; those of another kind are left out.
    pub(super) fn set(kind: Kind, name: Option<&str>, members: impl Iterator<Item = Member>) -> Self {
        macro_rules! of {
            ($variant:ident) => {
                named(
                    name,
                    members
                        .filter_map(|member| if let Member::$variant(m) = member { Some(m) } else { None }),
                )
            };
        }
        match kind {
            Kind::Prefixes => Self::Prefixes(of!(Prefix)),
            Kind::Asns => Self::Asns(of!(Asns)),
            Kind::Communities => Self::Communities(of!(Community)),
            Kind::ExtendedCommunities => Self::ExtendedCommunities(of!(ExtendedCommunity)),
            Kind::LargeCommunities => Self::LargeCommunities(of!(LargeCommunity)),
            Kind::Networks => Self::Networks(of!(Network)),
            Kind::Number => Self::Number(0),
        }
    }
}

fn named<T: FromIterator<A>, A>(name: Option<&str>, members: impl Iterator<Item = A>) -> Named<T> {
    match name {
        Some(name) => Named::new(name, members.collect()),
        None => members.collect(),
    }
}

/// What a condition on a set asks of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Field {
    Prefix,
    NeighborAsn,
    OriginAsn,
    PathAsn,
    Community,
    ExtendedCommunity,
    LargeCommunity,
    NextHop,
}

impl Field {
    pub(super) const ALL: [Self; 8] = [
        Self::Prefix,
        Self::NeighborAsn,
        Self::OriginAsn,
        Self::PathAsn,
        Self::Community,
        Self::ExtendedCommunity,
        Self::LargeCommunity,
        Self::NextHop,
    ];

    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Prefix => "prefix",
            Self::NeighborAsn => "neighbor-asn",
            Self::OriginAsn => "origin-asn",
            Self::PathAsn => "path-asn",
            Self::Community => "community",
            Self::ExtendedCommunity => "extended-community",
            Self::LargeCommunity => "large-community",
            Self::NextHop => "next-hop",
        }
    }

    pub(super) const fn kind(self) -> Kind {
        match self {
            Self::Prefix => Kind::Prefixes,
            Self::NeighborAsn | Self::OriginAsn | Self::PathAsn => Kind::Asns,
            Self::Community => Kind::Communities,
            Self::ExtendedCommunity => Kind::ExtendedCommunities,
            Self::LargeCommunity => Kind::LargeCommunities,
            Self::NextHop => Kind::Networks,
        }
    }

    /// The condition that it is in `value`, where that is of its kind.
    pub(super) fn condition(self, value: Value) -> Option<Match> {
        Some(match (self, value) {
            (Self::Prefix, Value::Prefixes(set)) => Match::Prefix(set),
            (Self::NeighborAsn, Value::Asns(set)) => Match::NeighborAsn(set),
            (Self::OriginAsn, Value::Asns(set)) => Match::OriginAsn(set),
            (Self::PathAsn, Value::Asns(set)) => Match::AsnInPath(set),
            (Self::Community, Value::Communities(set)) => Match::Community(set),
            (Self::ExtendedCommunity, Value::ExtendedCommunities(set)) => Match::ExtendedCommunity(set),
            (Self::LargeCommunity, Value::LargeCommunities(set)) => Match::LargeCommunity(set),
            (Self::NextHop, Value::Networks(set)) => Match::NextHop(set),
            _ => return None,
        })
    }
}

/// What a condition on a number asks of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum NumberField {
    PathLength,
    Med,
    LocalPref,
}

impl NumberField {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::PathLength => "as-path length",
            Self::Med => "med",
            Self::LocalPref => "local-pref",
        }
    }

    pub(super) const fn condition(self, range: NumberRange) -> Match {
        match self {
            Self::PathLength => Match::PathLength(range),
            Self::Med => Match::Med(range),
            Self::LocalPref => Match::LocalPref(range),
        }
    }
}

/// How a number is compared with one that has a name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Bound {
    Exactly,
    AtLeast,
    AtMost,
}

/// A condition, which may ask for what has a name.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Condition {
    Is(Place, Match),
    In(Place, Field, Name),
    Number(Place, NumberField, Bound, Name),
    Not(Place, Box<Condition>),
    All(Vec<Condition>),
    Any(Vec<Condition>),
}

/// An edit, which may take from what has a name.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum EditItem {
    Is(Edit),
    With(Verb, Name),
}

/// What an edit does with what has a name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Verb {
    SetMed,
    SetLocalPref,
    SetWeight,
    Raise(NumberField),
    Lower(NumberField),
    /// Our own ASN, or this one.
    Prepend(Option<Asn>),
    Add(Kind),
    Delete(Kind),
    StripAsns,
    /// With our own ASN, or this one.
    ReplaceAsns(Option<Asn>),
}

/// A policy that is asked for, with its arguments.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct CallItem {
    pub(super) name: Name,
    pub(super) arguments: Vec<Argument>,
}

#[derive(Clone, PartialEq, Debug)]
pub(super) enum Argument {
    Name(Name),
    Number(u32),
}

/// What a rule comes to.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Then {
    Accept,
    Reject,
    Continue,
    Call(CallItem),
}

#[derive(Clone, PartialEq, Debug)]
pub(super) struct RuleItem {
    pub(super) name: Box<str>,
    pub(super) when: Option<(Place, Condition)>,
    pub(super) edits: Vec<(Place, EditItem)>,
    pub(super) then: (Place, Then),
    pub(super) close: Place,
}

#[derive(Clone, PartialEq, Debug)]
pub(super) enum Entry {
    Rule(RuleItem),
    Call(CallItem),
    Default(Decision),
}

#[derive(Clone, PartialEq, Debug)]
pub(super) struct PolicyItem {
    pub(super) name: Name,
    pub(super) parameters: Vec<(Name, Kind)>,
    pub(super) entries: Vec<(Place, Entry)>,
    pub(super) close: Place,
}

#[derive(Clone, PartialEq, Debug)]
pub(super) enum Source {
    Members { members: Vec<(Place, Member)>, close: Place },
    File(Place, Box<str>),
}

#[derive(Clone, PartialEq, Debug)]
pub(super) struct SetItem {
    pub(super) kind: Kind,
    pub(super) name: Name,
    pub(super) source: Source,
}

/// What a route is said to be like.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Trait {
    AsPath(AsPathBuf),
    NextHop(IpAddr),
    Origin(Origin),
    Med(u32),
    LocalPref(u32),
    Communities(Vec<Community>),
    ExtendedCommunities(Vec<ExtendedCommunity>),
    LargeCommunities(Vec<LargeCommunity>),
    NeighborAsn(Asn),
    Peer(Box<str>),
    PeerGroup(Box<str>),
    PeerRole(Role),
    Rpki(ValidationState),
    Irr(ValidationState),
    Aspa(PathValidationState),
    OwnAsn(Asn),
    OwnAddress(IpAddr),
}

#[derive(Clone, PartialEq, Debug)]
pub(super) struct RouteItem {
    pub(super) place: Place,
    pub(super) prefix: IpNet,
    pub(super) traits: Vec<(Place, Trait)>,
}

#[derive(Clone, PartialEq, Debug)]
pub(super) enum Expectation {
    Decision(Decision),
    Rule(Box<str>),
    Weight(u16),
    Is(Condition),
}

#[derive(Clone, PartialEq, Debug)]
pub(super) struct TestItem {
    pub(super) name: Box<str>,
    pub(super) policy: (Place, CallItem),
    pub(super) route: RouteItem,
    pub(super) expectations: Vec<(Place, Expectation)>,
    pub(super) close: Place,
}

/// What a policy is to guarantee.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum GuaranteeItem {
    Decision(Decision),
    Is(Condition),
}

#[derive(Clone, PartialEq, Debug)]
pub(super) struct ProveItem {
    pub(super) name: Box<str>,
    pub(super) policy: (Place, CallItem),
    pub(super) given: Option<(Place, Condition)>,
    pub(super) own_asn: Option<(Place, Asn)>,
    pub(super) guarantees: Vec<(Place, GuaranteeItem)>,
    pub(super) close: Place,
}

impl ProveItem {
    pub(super) fn guarantees(&self) -> impl Iterator<Item = &GuaranteeItem> {
        self.guarantees.iter().map(|(_, guarantee)| guarantee)
    }

    /// The conditions that are asked for.
    pub(super) fn conditions(&self) -> impl Iterator<Item = &Condition> {
        let guaranteed = self.guarantees().filter_map(|guarantee| match guarantee {
            GuaranteeItem::Is(condition) => Some(condition),
            GuaranteeItem::Decision(_) => None,
        });
        self.given.iter().map(|(_, condition)| condition).chain(guaranteed)
    }
}

#[derive(Clone, PartialEq, Debug)]
pub(super) enum Item {
    Set(SetItem),
    Number(Name, u32),
    Policy(PolicyItem),
    Test(TestItem),
    Prove(ProveItem),
}

/// What stands in a text between what it says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Trivia {
    pub(super) place: Place,
    pub(super) what: TriviaKind,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum TriviaKind {
    Blank,
    /// A comment, and whether it stands behind something on its line.
    Comment(Box<str>, bool),
}

impl Value {
    /// The members of a set.
    pub(super) fn members(&self) -> Vec<Member> {
        match self {
            Self::Prefixes(set) => set.ranges().iter().copied().map(Member::Prefix).collect(),
            Self::Asns(set) => set.ranges().iter().copied().map(Member::Asns).collect(),
            Self::Communities(set) => set.iter().copied().map(Member::Community).collect(),
            Self::ExtendedCommunities(set) => set.iter().copied().map(Member::ExtendedCommunity).collect(),
            Self::LargeCommunities(set) => set.iter().copied().map(Member::LargeCommunity).collect(),
            Self::Networks(set) => set.iter().copied().map(Member::Network).collect(),
            Self::Number(_) => Vec::new(),
        }
    }
}
