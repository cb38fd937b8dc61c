//! From behind an edit to before it: what has to hold of a route for something to hold of what the edit makes of it.

use super::formula::{Field, Formula, Literal, NumberField};
use super::numbers::Numbers;
use super::path::{PathEdits, Question};
use super::region::Region;
use super::terms::{ORIGINS, Terms, at, of_extended, of_large, of_standard};
use crate::asn_set::AsnSet;
use crate::edit::Edit;
use bgp_wire::{Asn, Family};

impl Terms<'_> {
    /// What has to hold before an edit, for `after` to hold behind it; false where it has no address to set.
    pub(super) fn before(&self, edit: &Edit, after: &Formula) -> Formula {
        // Code may say something else of what an edit made.
        let same = |literal: &Literal| match literal {
            Literal::Code(..) => Formula::TRUE,
            other => Formula::Is(other.clone()),
        };
        match edit {
            Edit::SetWeight(_) => after.clone(),
            Edit::SetNextHop(addr) => {
                let family = if addr.is_ipv4() { Family::Ipv4Unicast } else { Family::Ipv6Unicast };
                let set = after.map(&mut |literal| match literal {
                    Literal::Among(Field::NextHop, mask) => {
                        Formula::constant(self.address(*addr).is_some_and(|cell| mask.contains(cell)))
                    }
                    other => same(other),
                });
                Formula::all([self.next_hop_of(family), set])
            }
            Edit::NextHopSelf => after.map(&mut |literal| match literal {
                Literal::Among(Field::NextHop, mask) => {
                    let own = |family, field| {
                        Formula::all([
                            self.next_hop_of(family),
                            Formula::Is(Literal::Among(field, mask.clone())),
                        ])
                    };
                    Formula::any([
                        own(Family::Ipv4Unicast, Field::OwnV4),
                        own(Family::Ipv6Unicast, Field::OwnV6),
                    ])
                }
                other => same(other),
            }),
            Edit::SetOrigin(origin) => after.map(&mut |literal| match literal {
                Literal::Among(Field::Origin, mask) => Formula::constant(mask.contains(at(&ORIGINS, origin))),
                other => same(other),
            }),
            _ => after.map(&mut |literal| match literal {
                Literal::Number(field, wanted) => before_number(edit, *field, wanted),
                Literal::Path(question, holds) => {
                    let edits = self.before_path(edit, question.edits.clone());
                    Formula::Is(Literal::Path(Question { what: question.what, edits }, *holds))
                }
                Literal::Standard(..) | Literal::Extended(..) | Literal::Large(..) => {
                    before_communities(edit, literal)
                }
                other => same(other),
            }),
        }
    }

    fn next_hop_of(&self, family: Family) -> Formula {
        Formula::Is(Literal::Among(Field::NextHop, self.addresses.of_family(family)))
    }

    fn before_path(&self, edit: &Edit, edits: PathEdits) -> PathEdits {
        let classes = self.classes.len();
        let prepended = |edits: PathEdits, asn: Asn, times: u8| match self.classes.of(asn) {
            Some(class) if times > 0 => edits.after_prepending(class, times.into()),
            _ => edits,
        };
        match edit {
            Edit::Prepend(times) => prepended(edits, self.own, *times),
            Edit::PrependAsn(asn, times) => prepended(edits, *asn, *times),
            Edit::StripPrivateAsns => {
                let private = self.set(&AsnSet::private());
                edits.after_changing(classes, |class| (!self.classes.is_in(class, private)).then_some(class))
            }
            Edit::StripAsns(set) => {
                let set = self.set(set);
                edits.after_changing(classes, |class| (!self.classes.is_in(class, set)).then_some(class))
            }
            Edit::ReplaceAsns(set, with) => {
                let (set, with) = (self.set(set), self.classes.of(with.unwrap_or(self.own)));
                edits.after_changing(
                    classes,
                    |class| if self.classes.is_in(class, set) { with } else { Some(class) },
                )
            }
            _ => edits,
        }
    }
}

fn before_number(edit: &Edit, field: NumberField, wanted: &Numbers) -> Formula {
    let becomes = |n: Option<u32>| Formula::constant(n.map_or(wanted.absent, |n| wanted.contains(n)));
    let before = |by, absent| Formula::Is(Literal::Number(field, wanted.before_adding(by, absent)));
    match (field, edit) {
        (NumberField::Med, Edit::SetMed(n)) | (NumberField::LocalPref, Edit::SetLocalPref(n)) => {
            becomes(Some(*n))
        }
        (NumberField::Med, Edit::DeleteMed) | (NumberField::LocalPref, Edit::DeleteLocalPref) => {
            becomes(None)
        }
        (NumberField::Med, Edit::AddMed(by)) => before(*by, 0),
        (NumberField::LocalPref, Edit::AddLocalPref(by)) => before(*by, 100),
        _ => Formula::Is(Literal::Number(field, wanted.clone())),
    }
}

fn before_communities(edit: &Edit, literal: &Literal) -> Formula {
    match (edit, literal) {
        (Edit::SetCommunities(list), Literal::Standard(region, there)) => {
            set(list.iter().map(|c| of_standard(*c)), region, *there)
        }
        (Edit::AddCommunity(c), Literal::Standard(region, there)) => {
            added(of_standard(*c), region, *there, literal)
        }
        (Edit::DeleteCommunity(pattern), Literal::Standard(region, there)) => {
            let left = region.without(&Region::from_iter([pattern.bounds()]));
            Formula::Is(Literal::Standard(left, *there))
        }
        (Edit::SetExtendedCommunities(list), Literal::Extended(region, there)) => {
            set(list.iter().map(|c| of_extended(*c)), region, *there)
        }
        (Edit::AddExtendedCommunity(c), Literal::Extended(region, there)) => {
            added(of_extended(*c), region, *there, literal)
        }
        (Edit::DeleteExtendedCommunity(pattern), Literal::Extended(region, there)) => {
            let left = region.without(&pattern.bounds().into_iter().collect());
            Formula::Is(Literal::Extended(left, *there))
        }
        (Edit::SetLargeCommunities(list), Literal::Large(region, there)) => {
            set(list.iter().map(|c| of_large(*c)), region, *there)
        }
        (Edit::AddLargeCommunity(c), Literal::Large(region, there)) => {
            added(of_large(*c), region, *there, literal)
        }
        (Edit::DeleteLargeCommunity(pattern), Literal::Large(region, there)) => {
            let left = region.without(&Region::from_iter([pattern.bounds()]));
            Formula::Is(Literal::Large(left, *there))
        }
        _ => Formula::Is(literal.clone()),
    }
}

/// Where a list takes the place of all communities.
fn set<const N: usize>(mut list: impl Iterator<Item = [u32; N]>, region: &Region<N>, there: bool) -> Formula {
    Formula::constant(list.any(|community| region.contains(community)) == there)
}

/// Where one comes to those that are there.
fn added<const N: usize>(community: [u32; N], region: &Region<N>, there: bool, literal: &Literal) -> Formula {
    if region.contains(community) { Formula::constant(there) } else { Formula::Is(literal.clone()) }
}
