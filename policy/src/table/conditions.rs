//! The `match` table of a rule.

use super::TableError;
use crate::as_path_regex::AsPathRegex;
use crate::asn_set::AsnRange;
use crate::matching::Match;
use crate::number_range::NumberRange;
use crate::pattern::{CommunityPattern, ExtendedCommunityPattern, LargeCommunityPattern};
use crate::prefix_range::PrefixRange;
use crate::route::{PathValidationState, ValidationState};
use crate::text::Text;
use bgp_wire::{Family, Origin, Role};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// How deep tables may be nested.
const DEPTH: usize = 32;

/// Conditions that must all hold, and those of each table of `all`; one of the tables of `any` must, and of what is in `not`,
/// nothing may.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct MatchTable {
    #[serde(skip_serializing_if = "Option::is_none")]
    prefix: Option<Vec<PrefixRange>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    family: Option<Text<Family>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    neighbor_asn: Option<Vec<AsnRange>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin_asn: Option<Vec<AsnRange>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    asn_in_path: Option<Vec<AsnRange>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    as_path: Option<AsPathRegex>,
    #[serde(skip_serializing_if = "Option::is_none")]
    as_path_length: Option<Length>,
    #[serde(skip_serializing_if = "Option::is_none")]
    private_asn: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prepended: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    as_set: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    community: Option<Vec<CommunityPattern>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    extended_community: Option<Vec<ExtendedCommunityPattern>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    large_community: Option<Vec<LargeCommunityPattern>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_hop: Option<Vec<IpNet>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    med: Option<Text<NumberRange>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    local_pref: Option<Text<NumberRange>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<Text<OriginName>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    peer: Option<Box<str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    peer_group: Option<Box<str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    peer_role: Option<Text<RoleName>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rpki: Option<Text<ValidationState>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    irr: Option<Text<ValidationState>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    aspa: Option<Text<PathValidationState>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    any: Option<Vec<MatchTable>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    all: Vec<MatchTable>,
    #[serde(skip_serializing_if = "Option::is_none")]
    not: Option<Box<MatchTable>>,
}

#[derive(Default, Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Length {
    #[serde(skip_serializing_if = "Option::is_none")]
    at_least: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at_most: Option<u32>,
}

/// ORIGIN by its name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct OriginName(pub(super) Origin);

impl FromStr for OriginName {
    type Err = &'static str;

    fn from_str(s: &str) -> Result<Self, &'static str> {
        crate::words::origin(s).map(Self).ok_or("an origin is igp, egp or incomplete")
    }
}

impl fmt::Display for OriginName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What a peer is, by the name of RFC 9234's role.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct RoleName(Role);

impl FromStr for RoleName {
    type Err = &'static str;

    fn from_str(s: &str) -> Result<Self, &'static str> {
        crate::words::role(s).map(Self).ok_or("a role is provider, customer, peer, rs-server or rs-client")
    }
}

impl fmt::Display for RoleName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The members of a list that has some.
fn some<T>(list: Option<Vec<T>>, field: &'static str) -> Result<Option<Vec<T>>, TableError> {
    if list.as_ref().is_some_and(Vec::is_empty) { Err(TableError::Empty(field)) } else { Ok(list) }
}

fn asserted(condition: Match, wanted: bool) -> Match {
    if wanted { condition } else { Match::Not(Box::new(condition)) }
}

impl Length {
    fn condition(self) -> Result<Match, TableError> {
        let (at_least, at_most) = (self.at_least.unwrap_or(0), self.at_most.unwrap_or(u32::MAX));
        NumberRange::new(at_least, at_most).map(Match::PathLength).ok_or(TableError::Length)
    }
}

impl MatchTable {
    pub(super) fn into_conditions(self) -> Result<Vec<Match>, TableError> {
        self.conditions(DEPTH)
    }

    fn conditions(self, depth: usize) -> Result<Vec<Match>, TableError> {
        let depth = depth.checked_sub(1).ok_or(TableError::Deep(DEPTH))?;
        let mut conditions = self.fields(depth)?;
        for table in conditions.all {
            conditions.said.extend(table.conditions(depth)?);
        }
        if let Some(not) = conditions.not {
            if not.not.is_some() {
                return Err(TableError::NotNot);
            }
            let not = not.fields(depth)?;
            conditions.said.extend(not.said.into_iter().map(negated));
            if !not.all.is_empty() {
                conditions.said.push(negated(Match::All(each(not.all, depth)?)));
            }
        }
        Ok(conditions.said)
    }

    /// What its fields say but `all` and `not`.
    fn fields(self, depth: usize) -> Result<Fields, TableError> {
        let asns = |list, field| Ok(some(list, field)?.map(|list: Vec<AsnRange>| list.into_iter().collect()));
        let flag = |condition, wanted: Option<bool>| wanted.map(|wanted| asserted(condition, wanted));
        let conditions = [
            some(self.prefix, "prefix")?.map(|list| Match::Prefix(list.into_iter().collect())),
            self.family.map(|family| Match::Family(family.0)),
            asns(self.neighbor_asn, "neighbor_asn")?.map(Match::NeighborAsn),
            asns(self.origin_asn, "origin_asn")?.map(Match::OriginAsn),
            asns(self.asn_in_path, "asn_in_path")?.map(Match::AsnInPath),
            self.as_path.map(Match::AsPath),
            self.as_path_length.map(Length::condition).transpose()?,
            flag(Match::PrivateAsn, self.private_asn),
            flag(Match::Prepended, self.prepended),
            flag(Match::AsSet, self.as_set),
            some(self.community, "community")?.map(|list| Match::Community(list.into())),
            some(self.extended_community, "extended_community")?
                .map(|list| Match::ExtendedCommunity(list.into())),
            some(self.large_community, "large_community")?.map(|list| Match::LargeCommunity(list.into())),
            some(self.next_hop, "next_hop")?.map(|list| Match::NextHop(list.into())),
            self.med.map(|range| Match::Med(range.0)),
            self.local_pref.map(|range| Match::LocalPref(range.0)),
            self.origin.map(|origin| Match::Origin(origin.0.0)),
            self.peer.map(Match::Peer),
            self.peer_group.map(Match::PeerGroup),
            self.peer_role.map(|role| Match::PeerRole(role.0.0)),
            self.rpki.map(|state| Match::Rpki(state.0)),
            self.irr.map(|state| Match::Irr(state.0)),
            self.aspa.map(|state| Match::Aspa(state.0)),
        ];
        let any = some(self.any, "any")?.map(|tables| each(tables, depth).map(Match::Any)).transpose()?;
        let said = conditions.into_iter().flatten().chain(any).collect();
        Ok(Fields { said, all: self.all, not: self.not })
    }

    /// The table that says `conditions`.
    pub(super) fn of(conditions: &[Match]) -> Result<Self, TableError> {
        let mut table = Self::default();
        conditions.iter().try_for_each(|condition| table.put(condition))?;
        Ok(table)
    }

    /// Says a condition besides; in a table of its own where this one has its field.
    fn put(&mut self, condition: &Match) -> Result<(), TableError> {
        match condition {
            Match::Not(inner) => match &**inner {
                Match::Not(inner) => return self.put(inner),
                Match::All(all) => {
                    let not = self.not.get_or_insert_default();
                    if not.all.is_empty() {
                        not.all = tables(all, "all")?;
                        return Ok(());
                    }
                }
                plain => {
                    if self.not.get_or_insert_default().set(plain)? {
                        return Ok(());
                    }
                }
            },
            Match::All(all) => return all.iter().try_for_each(|condition| self.put(condition)),
            plain => {
                if self.set(plain)? {
                    return Ok(());
                }
            }
        }
        self.all.push(Self::of(std::slice::from_ref(condition))?);
        Ok(())
    }

    /// Sets the field of a condition, unless it is set.
    fn set(&mut self, condition: &Match) -> Result<bool, TableError> {
        Ok(match condition {
            Match::Prefix(set) => once(&mut self.prefix, set.ranges().to_vec()),
            Match::Family(family) => once(&mut self.family, Text(*family)),
            Match::NeighborAsn(set) => once(&mut self.neighbor_asn, set.ranges().to_vec()),
            Match::OriginAsn(set) => once(&mut self.origin_asn, set.ranges().to_vec()),
            Match::AsnInPath(set) => once(&mut self.asn_in_path, set.ranges().to_vec()),
            Match::AsPath(regex) => once(&mut self.as_path, regex.clone()),
            Match::PathLength(range) => {
                let (least, most) = range.bounds();
                let at_least = (least != 0).then_some(least);
                let at_most = (most != u32::MAX).then_some(most);
                once(&mut self.as_path_length, Length { at_least, at_most })
            }
            Match::PrivateAsn => once(&mut self.private_asn, true),
            Match::Prepended => once(&mut self.prepended, true),
            Match::AsSet => once(&mut self.as_set, true),
            Match::Community(list) => once(&mut self.community, list.to_vec()),
            Match::ExtendedCommunity(list) => once(&mut self.extended_community, list.to_vec()),
            Match::LargeCommunity(list) => once(&mut self.large_community, list.to_vec()),
            Match::NextHop(list) => once(&mut self.next_hop, list.to_vec()),
            Match::Med(range) => once(&mut self.med, Text(*range)),
            Match::LocalPref(range) => once(&mut self.local_pref, Text(*range)),
            Match::Origin(origin) => once(&mut self.origin, Text(OriginName(*origin))),
            Match::Peer(name) => once(&mut self.peer, name.clone()),
            Match::PeerGroup(name) => once(&mut self.peer_group, name.clone()),
            Match::PeerRole(role) => once(&mut self.peer_role, Text(RoleName(*role))),
            Match::Rpki(state) => once(&mut self.rpki, Text(*state)),
            Match::Irr(state) => once(&mut self.irr, Text(*state)),
            Match::Aspa(state) => once(&mut self.aspa, Text(*state)),
            Match::Any(any) if self.any.is_none() => once(&mut self.any, tables(any, "any")?),
            Match::Custom(_) => return Err(TableError::Custom),
            Match::Any(_) | Match::All(_) | Match::Not(_) => false,
        })
    }
}

/// What a table says, by the kinds of its fields.
struct Fields {
    said: Vec<Match>,
    all: Vec<MatchTable>,
    not: Option<Box<MatchTable>>,
}

/// One condition a table.
fn each(tables: Vec<MatchTable>, depth: usize) -> Result<Box<[Match]>, TableError> {
    let one = |table: MatchTable| {
        let mut conditions = table.conditions(depth)?;
        Ok(match conditions.pop() {
            Some(only) if conditions.is_empty() => only,
            last => Match::All(conditions.into_iter().chain(last).collect()),
        })
    };
    tables.into_iter().map(one).collect()
}

/// One table a condition.
fn tables(conditions: &[Match], field: &'static str) -> Result<Vec<MatchTable>, TableError> {
    if conditions.is_empty() {
        return Err(TableError::Empty(field));
    }
    conditions.iter().map(|condition| MatchTable::of(std::slice::from_ref(condition))).collect()
}

/// Whether a condition is written as nothing.
pub(super) fn is_always(condition: &Match) -> bool {
    match condition {
        Match::All(all) => all.iter().all(is_always),
        Match::Not(inner) => matches!(&**inner, Match::Not(inner) if is_always(inner)),
        _ => false,
    }
}

fn once<T>(slot: &mut Option<T>, value: T) -> bool {
    let is_free = slot.is_none();
    if is_free {
        *slot = Some(value);
    }
    is_free
}

/// The opposite, without a double negation: `not = { private_asn = false }` asks for one.
fn negated(condition: Match) -> Match {
    match condition {
        Match::Not(inner) => *inner,
        condition => Match::Not(Box::new(condition)),
    }
}
