//! The sets, names and expressions that a question is about, and conditions put in their terms.

use super::cells::Cells;
use super::formula::{Field, Formula, Literal, NumberField};
use super::mask::Mask;
use super::numbers::Numbers;
use super::path::{Classes, PathEdits, Question, What};
use super::{Unknown, liked};
use crate::as_path_regex::{AsPathRegex, Table};
use crate::asn_set::AsnSet;
use crate::custom::Custom;
use crate::edit::Edit;
use crate::matching::Match;
use crate::pattern::{numbers, of_numbers};
use crate::prefix_range::PrefixRange;
use crate::route::{PathValidationState, ValidationState};
use bgp_wire::{Asn, Community, ExtendedCommunity, LargeCommunity, Origin, Role};
use ipnet::IpNet;

/// What conditions and edits mention.
#[derive(Clone, Default)]
pub(super) struct Mentioned<'a> {
    prefixes: Vec<&'a [PrefixRange]>,
    networks: Vec<&'a [IpNet]>,
    asns: Vec<AsnSet>,
    expressions: Vec<&'a AsPathRegex>,
    peers: Vec<&'a str>,
    groups: Vec<&'a str>,
    roles: Vec<Role>,
    code: Vec<&'a Custom>,
    /// Whether an edit is about our own ASN.
    pub(super) own_asn: bool,
    /// Whether an edit puts AS 0 into paths, which no path has otherwise.
    as_zero: bool,
}

fn note<T: PartialEq>(list: &mut Vec<T>, item: T) {
    if !list.contains(&item) {
        list.push(item);
    }
}

/// Where `item` stands in a list that has it.
pub(super) fn at<T: PartialEq>(list: &[T], item: &T) -> usize {
    list.iter().position(|other| other == item).unwrap_or(list.len())
}

fn single(asn: Asn) -> AsnSet {
    [asn].into_iter().collect()
}

impl<'a> Mentioned<'a> {
    pub(super) fn condition(&mut self, condition: &'a Match) {
        match condition {
            Match::Prefix(set) => note(&mut self.prefixes, set.ranges()),
            Match::NextHop(networks) => note(&mut self.networks, &networks[..]),
            Match::OriginAsn(set) | Match::AsnInPath(set) => note(&mut self.asns, AsnSet::clone(set)),
            Match::PrivateAsn => note(&mut self.asns, AsnSet::private()),
            Match::AsPath(regex) => note(&mut self.expressions, regex),
            Match::Peer(name) => note(&mut self.peers, name),
            Match::PeerGroup(name) => note(&mut self.groups, name),
            Match::PeerRole(role) => note(&mut self.roles, *role),
            Match::Custom(custom) => note(&mut self.code, custom),
            Match::Not(inner) => self.condition(inner),
            Match::All(inner) | Match::Any(inner) => {
                inner.iter().for_each(|condition| self.condition(condition));
            }
            _ => {}
        }
    }

    pub(super) fn edit(&mut self, edit: &'a Edit) {
        match edit {
            Edit::StripPrivateAsns => note(&mut self.asns, AsnSet::private()),
            Edit::StripAsns(set) => note(&mut self.asns, AsnSet::clone(set)),
            Edit::ReplaceAsns(set, with) => {
                note(&mut self.asns, AsnSet::clone(set));
                self.asn(*with);
            }
            Edit::Prepend(_) => self.own_asn = true,
            Edit::PrependAsn(asn, 1..) => self.asn(Some(*asn)),
            _ => {}
        }
    }

    /// An ASN that is told from all others; our own where it is not given.
    pub(super) fn asn(&mut self, asn: Option<Asn>) {
        match asn {
            Some(Asn(0)) => self.as_zero = true,
            Some(asn) => note(&mut self.asns, single(asn)),
            None => self.own_asn = true,
        }
    }

    fn hosts(&self) -> Vec<Vec<PrefixRange>> {
        let host =
            |net: &IpNet| PrefixRange::new(net.trunc(), net.max_prefix_len(), net.max_prefix_len()).ok();
        self.networks.iter().map(|networks| networks.iter().filter_map(host).collect()).collect()
    }

    /// One of each class of ASNs.
    pub(super) fn kinds_of_asns(&self) -> Result<Vec<Asn>, Unknown> {
        let tables = self.tables()?;
        let classes = Classes::new(self.asns.clone(), &tables).ok_or(Unknown::Asns)?;
        Ok((0..classes.len()).filter_map(|class| classes.one(class.try_into().ok()?)).collect())
    }

    fn tables(&self) -> Result<Vec<&'a Table>, Unknown> {
        if self.as_zero {
            return Err(Unknown::AsZero);
        }
        let table = |regex: &&'a AsPathRegex| {
            regex.table().ok_or_else(|| Unknown::Expression(regex.to_string().into()))
        };
        self.expressions.iter().map(table).collect()
    }

    pub(super) fn terms(self, own: Asn) -> Result<Terms<'a>, Unknown> {
        let prefixes: Vec<Vec<PrefixRange>> = self.prefixes.iter().map(|ranges| ranges.to_vec()).collect();
        let hosts = self.hosts();
        let cells = Cells::of_prefixes(&prefixes, &liked::prefixes());
        let addresses = Cells::of_hosts(&hosts, &liked::hosts());
        let tables = self.tables()?;
        let classes = Classes::new(self.asns.clone(), &tables).ok_or(Unknown::Asns)?;
        Ok(Terms { mentioned: self, hosts, cells, addresses, classes, own })
    }
}

/// Everything that conditions and edits are put in.
pub(super) struct Terms<'a> {
    mentioned: Mentioned<'a>,
    hosts: Vec<Vec<PrefixRange>>,
    pub(super) cells: Cells,
    pub(super) addresses: Cells,
    pub(super) classes: Classes<'a>,
    /// Our own ASN.
    pub(super) own: Asn,
}

pub(super) const ORIGINS: [Origin; 3] = [Origin::Igp, Origin::Egp, Origin::Incomplete];
const STATES: [ValidationState; 4] = [
    ValidationState::NotChecked,
    ValidationState::Valid,
    ValidationState::NotFound,
    ValidationState::Invalid,
];

const PATH_STATES: [PathValidationState; 4] = [
    PathValidationState::NotChecked,
    PathValidationState::Valid,
    PathValidationState::Unknown,
    PathValidationState::Invalid,
];

/// A path's state by its place in a mask.
pub(super) fn path_state(at: usize) -> PathValidationState {
    PATH_STATES.get(at).copied().unwrap_or_default()
}

/// A state by its place in a mask; the one that says least first.
pub(super) fn state(at: usize) -> ValidationState {
    STATES.get(at).copied().unwrap_or_default()
}

pub(super) fn of_standard(community: Community) -> [u32; 2] {
    [community.0 >> 16, community.0 & 0xffff]
}

pub(super) const fn of_large(c: LargeCommunity) -> [u32; 3] {
    [c.global, c.local1, c.local2]
}

pub(super) const fn standard([high, low]: [u32; 2]) -> Community {
    Community(high << 16 | low)
}

pub(super) fn of_extended(community: ExtendedCommunity) -> [u32; 4] {
    numbers(community)
}

pub(super) fn extended(of: [u32; 4]) -> ExtendedCommunity {
    of_numbers(of)
}

impl Terms<'_> {
    /// How many values a field is told apart by.
    pub(super) const fn values(&self, field: Field) -> usize {
        match field {
            Field::Prefix => self.cells.len(),
            Field::NextHop | Field::OwnV4 | Field::OwnV6 => self.addresses.len(),
            Field::Peer => self.mentioned.peers.len().saturating_add(1),
            Field::PeerGroup => self.mentioned.groups.len().saturating_add(1),
            Field::PeerRole => self.mentioned.roles.len().saturating_add(1),
            Field::Origin => ORIGINS.len(),
            Field::Rpki | Field::Irr => STATES.len(),
            Field::Aspa => PATH_STATES.len(),
        }
    }

    /// The name of a peer, or of a group, by its place in a mask.
    pub(super) fn name(&self, field: Field, place: usize) -> Option<&str> {
        let names = if field == Field::Peer { &self.mentioned.peers } else { &self.mentioned.groups };
        place.checked_sub(1).and_then(|at| names.get(at)).copied()
    }

    /// A role by its place in a mask.
    pub(super) fn role(&self, place: usize) -> Option<Role> {
        place.checked_sub(1).and_then(|at| self.mentioned.roles.get(at)).copied()
    }

    /// The cell that an address is in.
    pub(super) fn address(&self, addr: std::net::IpAddr) -> Option<usize> {
        self.addresses.cell_of(&IpNet::from(addr), &self.hosts)
    }

    pub(super) fn set(&self, set: &AsnSet) -> usize {
        at(&self.mentioned.asns, set)
    }

    /// A condition on the route as it came, or that it does not hold.
    pub(super) fn formula(&self, condition: &Match, holds: bool) -> Formula {
        let among = |field, mask: Mask| {
            let mask = if holds { mask } else { Mask::below(self.values(field)).without(&mask) };
            Formula::Is(Literal::Among(field, mask))
        };
        let one = |field, place: usize| among(field, std::iter::once(place).collect());
        let number = |field, numbers: Numbers| {
            Formula::Is(Literal::Number(field, if holds { numbers } else { numbers.complement() }))
        };
        let path = |what| Formula::Is(Literal::Path(Question { what, edits: PathEdits::default() }, holds));
        match condition {
            Match::Prefix(set) => {
                among(Field::Prefix, self.cells.of_set(at(&self.mentioned.prefixes, &set.ranges())))
            }
            Match::Family(family) => among(Field::Prefix, self.cells.of_family(*family)),
            Match::NeighborAsn(set) => number(NumberField::Neighbor, Numbers::of_asns(set)),
            Match::Peer(name) => one(Field::Peer, at(&self.mentioned.peers, &&**name).saturating_add(1)),
            Match::PeerGroup(name) => {
                one(Field::PeerGroup, at(&self.mentioned.groups, &&**name).saturating_add(1))
            }
            Match::PeerRole(role) => one(Field::PeerRole, at(&self.mentioned.roles, role).saturating_add(1)),
            Match::OriginAsn(set) => path(What::Origin(self.set(set))),
            Match::AsnInPath(set) => path(What::Has(self.set(set))),
            Match::PrivateAsn => path(What::Has(self.set(&AsnSet::private()))),
            Match::AsPath(regex) => path(What::Matches(at(&self.mentioned.expressions, &regex))),
            Match::PathLength(range) => {
                let (least, most) = range.bounds();
                path(What::Length(least, most))
            }
            Match::Prepended => path(What::Prepended),
            Match::AsSet => path(What::AsSet),
            Match::Community(patterns) => {
                let region = patterns.iter().map(crate::CommunityPattern::bounds).collect();
                Formula::Is(Literal::Standard(region, holds))
            }
            Match::ExtendedCommunity(patterns) => {
                let region = patterns.iter().flat_map(crate::ExtendedCommunityPattern::bounds).collect();
                Formula::Is(Literal::Extended(region, holds))
            }
            Match::LargeCommunity(patterns) => {
                let region = patterns.iter().map(crate::LargeCommunityPattern::bounds).collect();
                Formula::Is(Literal::Large(region, holds))
            }
            Match::NextHop(networks) => {
                among(Field::NextHop, self.addresses.of_set(at(&self.mentioned.networks, &&networks[..])))
            }
            Match::Med(range) => number(NumberField::Med, Numbers::of_range(*range)),
            Match::LocalPref(range) => number(NumberField::LocalPref, Numbers::of_range(*range)),
            Match::Origin(origin) => one(Field::Origin, at(&ORIGINS, origin)),
            Match::Rpki(of) => one(Field::Rpki, at(&STATES, of)),
            Match::Irr(of) => one(Field::Irr, at(&STATES, of)),
            Match::Aspa(of) => one(Field::Aspa, at(&PATH_STATES, of)),
            Match::Custom(custom) => Formula::Is(Literal::Code(at(&self.mentioned.code, &custom), holds)),
            Match::Not(inner) => self.formula(inner, !holds),
            Match::All(inner) | Match::Any(inner) => {
                let parts = inner.iter().map(|condition| self.formula(condition, holds));
                if matches!(condition, Match::All(_)) == holds {
                    Formula::all(parts)
                } else {
                    Formula::any(parts)
                }
            }
        }
    }

    /// All of some conditions.
    pub(super) fn all(&self, conditions: &[&Match]) -> Formula {
        Formula::all(conditions.iter().map(|condition| self.formula(condition, true)))
    }

    /// Not all of them.
    pub(super) fn not_all(&self, conditions: &[&Match]) -> Formula {
        Formula::any(conditions.iter().map(|condition| self.formula(condition, false)))
    }
}
