//! The `set` table of a rule.

use super::conditions::OriginName;
use crate::asn_set::{AsnRange, AsnSet};
use crate::edit::Edit;
use crate::pattern::{CommunityPattern, ExtendedCommunityPattern, LargeCommunityPattern};
use crate::text::Text;
use bgp_wire::{Asn, Community, ExtendedCommunity, LargeCommunity};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer};
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// Edits, made in the order of these fields.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SetTable {
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    delete_med: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    med: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    add_med: Option<i64>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    delete_local_pref: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    local_pref: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    add_local_pref: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    weight: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<Text<OriginName>>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    strip_private_asns: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    strip_asns: Option<Vec<AsnRange>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    replace_asns: Option<Replacing>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prepend: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prepend_asn: Option<Prepending>,
    #[serde(skip_serializing_if = "Option::is_none")]
    communities: Option<Vec<Text<Community>>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    delete_community: Vec<CommunityPattern>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    add_community: Vec<Text<Community>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    extended_communities: Option<Vec<Text<ExtendedCommunity>>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    delete_extended_community: Vec<ExtendedCommunityPattern>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    add_extended_community: Vec<Text<ExtendedCommunity>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    large_communities: Option<Vec<Text<LargeCommunity>>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    delete_large_community: Vec<LargeCommunityPattern>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    add_large_community: Vec<Text<LargeCommunity>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_hop: Option<Text<NewNextHop>>,
}

/// ASNs, and what stands in their place.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Replacing {
    asns: Vec<AsnRange>,
    with: Text<NewAsn>,
}

/// An ASN, and how often.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Prepending {
    asn: Text<Asn>,
    times: u8,
}

/// `own-asn`, or an ASN.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct NewAsn(Option<Asn>);

impl FromStr for NewAsn {
    type Err = &'static str;

    fn from_str(s: &str) -> Result<Self, &'static str> {
        if s == "own-asn" {
            return Ok(Self(None));
        }
        s.parse().map(|asn| Self(Some(asn))).map_err(|_| "an ASN or `own-asn` stands here")
    }
}

impl fmt::Display for NewAsn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            None => f.write_str("own-asn"),
            Some(asn) => asn.fmt(f),
        }
    }
}

/// One table of edits, or several that are made one after the other.
#[derive(Default)]
pub(super) struct Sets(Vec<SetTable>);

impl Sets {
    pub(super) fn into_edits(self) -> Vec<Edit> {
        self.0.into_iter().flat_map(SetTable::into_edits).collect()
    }

    /// The tables that say `edits`: as few as can be.
    pub(super) fn of(mut edits: &[Edit]) -> Self {
        let mut tables = Vec::new();
        while !edits.is_empty() {
            let (table, count) = SetTable::of_first(edits);
            tables.push(table);
            edits = edits.get(count..).unwrap_or_default();
        }
        Self(tables)
    }
}

impl Serialize for Sets {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &*self.0 {
            [one] => one.serialize(serializer),
            several => several.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Sets {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SetsVisitor)
    }
}

struct SetsVisitor;

impl<'de> Visitor<'de> for SetsVisitor {
    type Value = Sets;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a table of edits, or a list of such tables")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Sets, A::Error> {
        SetTable::deserialize(MapAccessDeserializer::new(map)).map(|table| Sets(vec![table]))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Sets, A::Error> {
        let mut tables = Vec::new();
        while let Some(table) = seq.next_element()? {
            tables.push(table);
        }
        Ok(Sets(tables))
    }
}

/// `self`, or an address.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum NewNextHop {
    Own,
    Addr(IpAddr),
}

impl FromStr for NewNextHop {
    type Err = &'static str;

    fn from_str(s: &str) -> Result<Self, &'static str> {
        if s == "self" {
            return Ok(Self::Own);
        }
        s.parse().map(Self::Addr).map_err(|_| "a next hop is `self` or an address")
    }
}

impl fmt::Display for NewNextHop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Own => f.write_str("self"),
            Self::Addr(addr) => addr.fmt(f),
        }
    }
}

impl SetTable {
    pub(super) fn into_edits(self) -> Vec<Edit> {
        let values = [
            self.delete_med.then_some(Edit::DeleteMed),
            self.med.map(Edit::SetMed),
            self.add_med.map(Edit::AddMed),
            self.delete_local_pref.then_some(Edit::DeleteLocalPref),
            self.local_pref.map(Edit::SetLocalPref),
            self.add_local_pref.map(Edit::AddLocalPref),
            self.weight.map(Edit::SetWeight),
            self.origin.map(|origin| Edit::SetOrigin(origin.0.0)),
            self.strip_private_asns.then_some(Edit::StripPrivateAsns),
            self.strip_asns.map(|asns| Edit::StripAsns(asns.into_iter().collect())),
            self.replace_asns.map(|of| Edit::ReplaceAsns(of.asns.into_iter().collect(), of.with.0.0)),
            self.prepend.map(Edit::Prepend),
            self.prepend_asn.map(|of| Edit::PrependAsn(of.asn.0, of.times)),
        ];
        let communities =
            self.communities.map(|list| Edit::SetCommunities(list.into_iter().map(|c| c.0).collect()));
        let extended_communities = self
            .extended_communities
            .map(|list| Edit::SetExtendedCommunities(list.into_iter().map(|c| c.0).collect()));
        let large_communities = self
            .large_communities
            .map(|list| Edit::SetLargeCommunities(list.into_iter().map(|c| c.0).collect()));
        let next_hop = self.next_hop.map(|new| match new.0 {
            NewNextHop::Own => Edit::NextHopSelf,
            NewNextHop::Addr(addr) => Edit::SetNextHop(addr),
        });
        let mut edits: Vec<_> = values.into_iter().flatten().collect();
        edits.extend(communities);
        edits.extend(self.delete_community.into_iter().map(Edit::DeleteCommunity));
        edits.extend(self.add_community.into_iter().map(|c| Edit::AddCommunity(c.0)));
        edits.extend(extended_communities);
        edits.extend(self.delete_extended_community.into_iter().map(Edit::DeleteExtendedCommunity));
        edits.extend(self.add_extended_community.into_iter().map(|c| Edit::AddExtendedCommunity(c.0)));
        edits.extend(large_communities);
        edits.extend(self.delete_large_community.into_iter().map(Edit::DeleteLargeCommunity));
        edits.extend(self.add_large_community.into_iter().map(|c| Edit::AddLargeCommunity(c.0)));
        edits.extend(next_hop);
        edits
    }

    /// A table, and how many of the first edits it says: as many as stand in its order, each once.
    fn of_first(edits: &[Edit]) -> (Self, usize) {
        let of = |count: usize| {
            let mut table = Self::default();
            edits.iter().take(count).for_each(|edit| table.put(edit));
            table
        };
        // What a table cannot say comes back different: another order, or a value set twice. Sets with a name lose it.
        let unnamed = |edit: &Edit| match edit {
            Edit::StripAsns(set) => Edit::StripAsns(AsnSet::clone(set).into()),
            Edit::ReplaceAsns(set, with) => Edit::ReplaceAsns(AsnSet::clone(set).into(), *with),
            other => other.clone(),
        };
        let says =
            |count: &usize| of(*count).into_edits().into_iter().eq(edits.iter().take(*count).map(unnamed));
        let count = (1..=edits.len()).take_while(says).last().unwrap_or(1);
        (of(count), count)
    }

    fn put(&mut self, edit: &Edit) {
        match edit {
            Edit::SetMed(med) => self.med = Some(*med),
            Edit::AddMed(n) => self.add_med = Some(*n),
            Edit::SetLocalPref(preference) => self.local_pref = Some(*preference),
            Edit::AddLocalPref(n) => self.add_local_pref = Some(*n),
            Edit::SetWeight(weight) => self.weight = Some(*weight),
            Edit::SetOrigin(origin) => self.origin = Some(Text(OriginName(*origin))),
            Edit::StripPrivateAsns => self.strip_private_asns = true,
            Edit::Prepend(times) => self.prepend = Some(*times),
            Edit::SetCommunities(list) => self.communities = Some(list.iter().copied().map(Text).collect()),
            Edit::DeleteCommunity(pattern) => self.delete_community.push(*pattern),
            Edit::AddCommunity(community) => self.add_community.push(Text(*community)),
            Edit::SetLargeCommunities(list) => {
                self.large_communities = Some(list.iter().copied().map(Text).collect());
            }
            Edit::DeleteLargeCommunity(pattern) => self.delete_large_community.push(*pattern),
            Edit::AddLargeCommunity(community) => self.add_large_community.push(Text(*community)),
            Edit::SetExtendedCommunities(list) => {
                self.extended_communities = Some(list.iter().copied().map(Text).collect());
            }
            Edit::DeleteExtendedCommunity(pattern) => self.delete_extended_community.push(*pattern),
            Edit::AddExtendedCommunity(community) => self.add_extended_community.push(Text(*community)),
            Edit::DeleteMed => self.delete_med = true,
            Edit::DeleteLocalPref => self.delete_local_pref = true,
            Edit::StripAsns(set) => self.strip_asns = Some(set.ranges().to_vec()),
            Edit::ReplaceAsns(set, with) => {
                self.replace_asns =
                    Some(Replacing { asns: set.ranges().to_vec(), with: Text(NewAsn(*with)) });
            }
            Edit::PrependAsn(asn, times) => {
                self.prepend_asn = Some(Prepending { asn: Text(*asn), times: *times });
            }
            Edit::NextHopSelf => self.next_hop = Some(Text(NewNextHop::Own)),
            Edit::SetNextHop(addr) => self.next_hop = Some(Text(NewNextHop::Addr(*addr))),
        }
    }
}
