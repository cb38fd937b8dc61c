//! The routes that are left once some literals hold: each field by itself, since no condition ties one to another.

use super::formula::{Field, Literal, NumberField};
use super::mask::Mask;
use super::numbers::Numbers;
use super::path::Question;
use super::region::Region;
use super::terms::Terms;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Communities that are there, and those that are not.
#[derive(Clone, Default)]
pub(super) struct Communities<const N: usize> {
    pub(super) some: Vec<Region<N>>,
    none: Region<N>,
}

impl<const N: usize> Communities<N> {
    fn weight(&self, region: &Region<N>) -> usize {
        let some = self.some.iter().map(Region::len).fold(1, usize::saturating_add);
        some.saturating_add(self.none.len())
            .saturating_mul(region.len().max(1))
            .saturating_add(self.none.len())
    }

    /// The same where there is one in `region`, or none; `None` where that cannot be.
    fn with(&self, region: &Region<N>, there: bool) -> Option<Self> {
        let mut with = self.clone();
        if there {
            let left = region.without(&self.none);
            if left.is_empty() {
                return None;
            }
            with.some.push(left);
        } else {
            with.none.and_also(region);
            with.some = self.some.iter().map(|some| some.without(region)).collect();
            if with.some.iter().any(Region::is_empty) {
                return None;
            }
        }
        Some(with)
    }
}

/// Every field, with what is left of it. Copies share what they do not change.
#[derive(Clone)]
pub(super) struct World {
    among: BTreeMap<Field, Rc<Mask>>,
    numbers: BTreeMap<NumberField, Rc<Numbers>>,
    /// Sorted, so that the same questions are one question.
    pub(super) path: Rc<Vec<(Question, bool)>>,
    pub(super) standard: Rc<Communities<2>>,
    pub(super) extended: Rc<Communities<4>>,
    pub(super) large: Rc<Communities<3>>,
    code: Rc<Vec<(usize, bool)>>,
}

impl World {
    /// Every route that exists.
    pub(super) fn new(terms: &Terms<'_>) -> Self {
        let among = Field::ALL.map(|field| (field, Rc::new(whole(field, terms))));
        let numbers = NumberField::ALL.map(|field| {
            let all = if field == NumberField::Neighbor { Numbers::present() } else { Numbers::all() };
            (field, Rc::new(all))
        });
        Self {
            among: among.into(),
            numbers: numbers.into(),
            path: Rc::default(),
            standard: Rc::default(),
            extended: Rc::default(),
            large: Rc::default(),
            code: Rc::default(),
        }
    }

    /// What is left where a literal holds too; `None` where nothing is. Whether there is a path, nobody has looked.
    pub(super) fn with(&self, literal: &Literal) -> Option<Self> {
        let mut world = self.clone();
        match literal {
            Literal::Among(field, mask) => {
                let left = self.among.get(field)?.and(mask);
                if left.is_empty() {
                    return None;
                }
                world.among.insert(*field, Rc::new(left));
            }
            Literal::Number(field, wanted) => {
                let left = self.numbers.get(field)?.and(wanted);
                if left.is_empty() {
                    return None;
                }
                world.numbers.insert(*field, Rc::new(left));
            }
            Literal::Path(question, answer) => world.path = Rc::new(asked(&self.path, question, *answer)?),
            Literal::Standard(region, there) => world.standard = Rc::new(self.standard.with(region, *there)?),
            Literal::Extended(region, there) => world.extended = Rc::new(self.extended.with(region, *there)?),
            Literal::Large(region, there) => world.large = Rc::new(self.large.with(region, *there)?),
            Literal::Code(which, holds) => {
                if self.code.contains(&(*which, !holds)) {
                    return None;
                }
                Rc::make_mut(&mut world.code).push((*which, *holds));
            }
        }
        Some(world)
    }

    /// Whether a literal holds for all that is left; no may mean that nobody has looked.
    pub(super) fn ensures(&self, literal: &Literal) -> bool {
        match literal {
            Literal::Among(field, mask) => {
                self.among.get(field).is_some_and(|left| left.without(mask).is_empty())
            }
            Literal::Number(field, wanted) => {
                self.numbers.get(field).is_some_and(|left| left.and(&wanted.complement()).is_empty())
            }
            Literal::Path(question, answer) => self.path.contains(&(question.clone(), *answer)),
            Literal::Standard(region, there) => self.standard.with(region, !there).is_none(),
            Literal::Extended(region, there) => self.extended.with(region, !there).is_none(),
            Literal::Large(region, there) => self.large.with(region, !there).is_none(),
            Literal::Code(which, holds) => self.code.contains(&(*which, *holds)),
        }
    }

    /// How much a look at communities has to look at.
    pub(super) fn weight(&self, literal: &Literal) -> usize {
        match literal {
            Literal::Standard(region, _) => self.standard.weight(region),
            Literal::Extended(region, _) => self.extended.weight(region),
            Literal::Large(region, _) => self.large.weight(region),
            _ => 1,
        }
    }

    /// What is left of a field.
    pub(super) fn left(&self, field: Field) -> &Mask {
        static NOTHING: Mask = Mask::EMPTY;
        self.among.get(&field).map_or(&NOTHING, |mask| mask)
    }

    pub(super) fn number(&self, field: NumberField) -> Option<&Numbers> {
        self.numbers.get(&field).map(|numbers| &**numbers)
    }
}

/// All values of a field. An address of our own is one of its family.
fn whole(field: Field, terms: &Terms<'_>) -> Mask {
    use bgp_wire::Family;
    match field {
        Field::OwnV4 => terms.addresses.of_family(Family::Ipv4Unicast),
        Field::OwnV6 => terms.addresses.of_family(Family::Ipv6Unicast),
        _ => Mask::below(terms.values(field)),
    }
}

/// One more question; `None` where it has the other answer already.
fn asked(questions: &[(Question, bool)], question: &Question, answer: bool) -> Option<Vec<(Question, bool)>> {
    let mut all = questions.to_vec();
    let place = all.partition_point(|(other, _)| other < question);
    match all.get(place) {
        Some((other, before)) if other == question => (*before == answer).then_some(all),
        _ => {
            all.insert(place, (question.clone(), answer));
            Some(all)
        }
    }
}
