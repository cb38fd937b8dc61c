//! The `match` table of a rule.

use super::TableError;
use crate::as_path_regex::AsPathRegex;
use crate::asn_set::AsnRange;
use crate::matching::Match;
use crate::number_range::NumberRange;
use crate::pattern::{CommunityPattern, ExtendedCommunityPattern, LargeCommunityPattern};
use crate::prefix_range::PrefixRange;
use crate::route::ValidationState;
use crate::text::Text;
use bgp_wire::{Family, Origin, Role};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Conditions that must all hold; of those in `not`, none may.
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
        ];
        let mut conditions: Vec<_> = conditions.into_iter().flatten().collect();
        if let Some(not) = self.not {
            if not.not.is_some() {
                return Err(TableError::NotNot);
            }
            conditions.extend(not.into_conditions()?.into_iter().map(negated));
        }
        Ok(conditions)
    }

    /// The table that says `conditions`.
    pub(super) fn of(conditions: &[Match]) -> Result<Self, TableError> {
        let mut table = Self::default();
        conditions.iter().try_for_each(|condition| table.put(condition))?;
        Ok(table)
    }

    fn put(&mut self, condition: &Match) -> Result<(), TableError> {
        match condition {
            Match::Prefix(set) => once(&mut self.prefix, set.ranges().to_vec(), "prefix"),
            Match::Family(family) => once(&mut self.family, Text(*family), "family"),
            Match::NeighborAsn(set) => once(&mut self.neighbor_asn, set.ranges().to_vec(), "neighbor_asn"),
            Match::OriginAsn(set) => once(&mut self.origin_asn, set.ranges().to_vec(), "origin_asn"),
            Match::AsnInPath(set) => once(&mut self.asn_in_path, set.ranges().to_vec(), "asn_in_path"),
            Match::AsPath(regex) => once(&mut self.as_path, regex.clone(), "as_path"),
            Match::PathLength(range) => {
                let (least, most) = range.bounds();
                let at_least = (least != 0).then_some(least);
                let at_most = (most != u32::MAX).then_some(most);
                once(&mut self.as_path_length, Length { at_least, at_most }, "as_path_length")
            }
            Match::PrivateAsn => once(&mut self.private_asn, true, "private_asn"),
            Match::Prepended => once(&mut self.prepended, true, "prepended"),
            Match::AsSet => once(&mut self.as_set, true, "as_set"),
            Match::Community(list) => once(&mut self.community, list.to_vec(), "community"),
            Match::ExtendedCommunity(list) => {
                once(&mut self.extended_community, list.to_vec(), "extended_community")
            }
            Match::LargeCommunity(list) => once(&mut self.large_community, list.to_vec(), "large_community"),
            Match::NextHop(list) => once(&mut self.next_hop, list.to_vec(), "next_hop"),
            Match::Med(range) => once(&mut self.med, Text(*range), "med"),
            Match::LocalPref(range) => once(&mut self.local_pref, Text(*range), "local_pref"),
            Match::Origin(origin) => once(&mut self.origin, Text(OriginName(*origin)), "origin"),
            Match::Peer(name) => once(&mut self.peer, name.clone(), "peer"),
            Match::PeerGroup(name) => once(&mut self.peer_group, name.clone(), "peer_group"),
            Match::PeerRole(role) => once(&mut self.peer_role, Text(RoleName(*role)), "peer_role"),
            Match::Rpki(state) => once(&mut self.rpki, Text(*state), "rpki"),
            Match::Irr(state) => once(&mut self.irr, Text(*state), "irr"),
            Match::All(_) | Match::Any(_) => Err(TableError::OnlyText("`and` and `or` within a condition")),
            Match::Not(inner) if matches!(**inner, Match::Not(_)) => Err(TableError::NotNot),
            Match::Not(inner) => self.not.get_or_insert_default().put(inner),
        }
    }
}

fn once<T>(slot: &mut Option<T>, value: T, field: &'static str) -> Result<(), TableError> {
    if slot.is_some() {
        return Err(TableError::Twice(field));
    }
    *slot = Some(value);
    Ok(())
}

/// The opposite, without a double negation: `not = { private_asn = false }` asks for one.
fn negated(condition: Match) -> Match {
    match condition {
        Match::Not(inner) => *inner,
        condition => Match::Not(Box::new(condition)),
    }
}
