//! The ways through a policy to a verdict, and what has to hold of a route that takes one.

use super::formula::{Formula, Literal, NumberField};
use super::solver::{Model, Solver, TooMuch};
use super::world::World;
use crate::edit::Edit;
use crate::matching::Match;
use crate::policy::{Action, Decision, Policy, Rule};
use std::ops::ControlFlow;

/// So many ways to one verdict are looked at, and no more.
const WAYS: usize = 1 << 10;

/// A policy's rules, each with all that has to hold for it to match.
pub(super) struct Ways<'p> {
    pub(super) rules: Vec<(Vec<&'p Match>, &'p Rule)>,
    matching: Vec<Formula>,
    /// That it does not match.
    passing: Vec<Formula>,
}

/// A search for a route.
pub(super) struct Search<'w, 's, 't, 'p> {
    ways: &'w Ways<'p>,
    solver: &'s mut Solver<'t>,
    /// What is given of a route.
    given: &'w Formula,
    decision: Decision,
    /// So many ways to a verdict are left.
    left: usize,
}

/// A way back from a verdict, as far as it was gone.
#[derive(Clone)]
struct Way<'w> {
    /// The place of the rule that decides, or behind the last.
    end: usize,
    /// The rule that was looked at last.
    at: usize,
    /// What has to hold behind the rules before it.
    after: Formula,
    /// The routes that come this way.
    world: World,
    /// What has to hold of them, and is not yet made sure of.
    open: Vec<&'w Formula>,
}

/// How much is not looked at any more.
enum Enough {
    OfVerdict,
    OfAll,
}

/// What is told of each route that was found; true where no more is wanted.
pub(super) type Told<'f> = dyn FnMut(Result<Model, TooMuch>) -> bool + 'f;

impl<'p> Ways<'p> {
    pub(super) fn new(policy: &'p Policy, solver: &Solver<'_>) -> Self {
        let rules: Vec<(Vec<&Match>, &Rule)> = policy.with_calls().collect();
        let matching = rules.iter().map(|(conditions, _)| solver.terms.all(conditions)).collect();
        let passing = rules.iter().map(|(conditions, _)| solver.terms.not_all(conditions)).collect();
        Self { rules, matching, passing }
    }

    /// All that has to hold for a rule to be tried and to match.
    pub(super) fn matching(&self, at: usize) -> Option<&Formula> {
        self.matching.get(at)
    }

    /// That something of it does not hold.
    pub(super) fn passing(&self, at: usize) -> Option<&Formula> {
        self.passing.get(at)
    }

    /// That no rule before the one at `end` has decided.
    pub(super) fn undecided(&self, end: usize) -> impl Iterator<Item = &Formula> {
        let rules = self.rules.iter().zip(&self.passing).take(end);
        rules.filter(|((_, rule), _)| rule.then != Action::Continue).map(|(_, passing)| passing)
    }
}

impl<'w, 's, 't, 'p> Search<'w, 's, 't, 'p> {
    pub(super) const fn new(
        ways: &'w Ways<'p>,
        solver: &'s mut Solver<'t>,
        given: &'w Formula,
        decision: Decision,
    ) -> Self {
        Self { ways, solver, given, decision, left: 0 }
    }

    /// Looks for routes that come to the decision, and that `after` holds for behind the edits; one for each way is told.
    pub(super) fn all(&mut self, default: Decision, after: &Formula, told: &mut Told<'_>) {
        let wanted = if self.decision == Decision::Accept { Action::Accept } else { Action::Reject };
        let rules = self.ways.rules.iter().zip(&self.ways.matching).enumerate();
        for (at, ((_, rule), matching)) in rules {
            if rule.then == wanted
                && let ControlFlow::Break(Enough::OfAll) =
                    self.verdict(at, after, Some((rule, matching)), told)
            {
                return;
            }
        }
        if default == self.decision {
            _ = self.verdict(self.ways.rules.len(), after, None, told);
        }
    }

    /// The same for one verdict: that of a rule, or of the default.
    fn verdict(
        &mut self,
        end: usize,
        after: &Formula,
        deciding: Option<(&Rule, &'w Formula)>,
        told: &mut Told<'_>,
    ) -> ControlFlow<Enough> {
        self.left = WAYS;
        let after = deciding.map_or_else(|| after.clone(), |(rule, _)| self.before(&rule.edits, after));
        let world = World::new(self.solver.terms);
        let way = Way { end, at: end, after, world, open: Vec::new() };
        let Some(way) = self.with(way, self.given) else { return ControlFlow::Continue(()) };
        match deciding {
            Some((_, matching)) => {
                self.with(way, matching).map_or(ControlFlow::Continue(()), |way| self.back(way, told))
            }
            None => self.back(way, told),
        }
    }

    /// What has to hold before some edits; those of a route that is rejected are not made.
    fn before(&self, edits: &[Edit], after: &Formula) -> Formula {
        if self.decision == Decision::Reject {
            return after.clone();
        }
        edits.iter().rev().fold(after.clone(), |after, edit| self.solver.terms.before(edit, &after))
    }

    /// The same way for the routes that a formula holds for, if there may be some.
    fn with(&mut self, mut way: Way<'w>, formula: &'w Formula) -> Option<Way<'w>> {
        match self.solver.assume(&way.world, formula, &mut way.open) {
            Ok(Some(world)) => way.world = world,
            Ok(None) => return None,
            Err(TooMuch) => way.open.push(formula),
        }
        Some(way)
    }

    /// Goes back through the rules that go on: where their edits matter, a route comes through them or not.
    fn back(&mut self, mut way: Way<'w>, told: &mut Told<'_>) -> ControlFlow<Enough> {
        if way.after.is_false() {
            return ControlFlow::Continue(());
        }
        while let Some(at) = way.at.checked_sub(1) {
            way.at = at;
            let Some((_, rule)) = self.ways.rules.get(at) else { continue };
            let goes_on = rule.then == Action::Continue && self.decision == Decision::Accept;
            if goes_on && rule.edits.iter().any(|edit| matters(edit, &way.after)) {
                return self.fork(way, rule, told);
            }
        }
        self.arrive(&way, told)
    }

    fn fork(&mut self, way: Way<'w>, rule: &Rule, told: &mut Told<'_>) -> ControlFlow<Enough> {
        // What holds for no route at all, edits before do not change. `world` is of the route as it came, and says nothing here.
        if let Ok(None) = self.solver.solve(&World::new(self.solver.terms), vec![&way.after]) {
            return ControlFlow::Continue(());
        }
        let (matching, passing) = (self.ways.matching.get(way.at), self.ways.passing.get(way.at));
        let through = Way { after: self.before(&rule.edits, &way.after), ..way.clone() };
        for (way, formula) in [(through, matching), (way, passing)] {
            if let Some(way) = formula.and_then(|formula| self.with(way, formula)) {
                self.back(way, told)?;
            }
        }
        ControlFlow::Continue(())
    }

    /// All the way back: a route that comes here, and that no rule before has decided.
    fn arrive(&mut self, way: &Way<'w>, told: &mut Told<'_>) -> ControlFlow<Enough> {
        self.left = self.left.saturating_sub(1);
        let undecided = self.ways.undecided(way.end);
        let all = || way.open.iter().copied().chain(undecided).chain([&way.after]).collect();
        let found = if self.left == 0 { Err(TooMuch) } else { self.solver.solve(&way.world, all()) };
        if found.transpose().is_some_and(&mut *told) {
            return ControlFlow::Break(Enough::OfAll);
        }
        if self.solver.is_spent() {
            // Nothing more is found out, so what is left has no answer.
            told(Err(TooMuch));
            return ControlFlow::Break(Enough::OfAll);
        }
        if self.left == 0 { ControlFlow::Break(Enough::OfVerdict) } else { ControlFlow::Continue(()) }
    }
}

/// Whether an edit may make a difference to a formula, or have no address to set.
fn matters(edit: &Edit, after: &Formula) -> bool {
    let number = |field| after.mentions(&|literal| matches!(literal, Literal::Number(of, _) if *of == field));
    if after.mentions(&|literal| matches!(literal, Literal::Code(..))) {
        return !matches!(edit, Edit::SetWeight(_));
    }
    match edit {
        Edit::SetMed(_) | Edit::AddMed(_) | Edit::DeleteMed => number(NumberField::Med),
        Edit::SetLocalPref(_) | Edit::AddLocalPref(_) | Edit::DeleteLocalPref => {
            number(NumberField::LocalPref)
        }
        Edit::SetWeight(_) => false,
        Edit::SetOrigin(_) => {
            after.mentions(&|literal| matches!(literal, Literal::Among(super::formula::Field::Origin, _)))
        }
        Edit::StripPrivateAsns
        | Edit::StripAsns(_)
        | Edit::ReplaceAsns(..)
        | Edit::Prepend(_)
        | Edit::PrependAsn(..) => after.mentions(&|literal| matches!(literal, Literal::Path(..))),
        Edit::SetCommunities(_) | Edit::DeleteCommunity(_) | Edit::AddCommunity(_) => {
            after.mentions(&|literal| matches!(literal, Literal::Standard(..)))
        }
        Edit::SetExtendedCommunities(_)
        | Edit::DeleteExtendedCommunity(_)
        | Edit::AddExtendedCommunity(_) => {
            after.mentions(&|literal| matches!(literal, Literal::Extended(..)))
        }
        Edit::SetLargeCommunities(_) | Edit::DeleteLargeCommunity(_) | Edit::AddLargeCommunity(_) => {
            after.mentions(&|literal| matches!(literal, Literal::Large(..)))
        }
        Edit::NextHopSelf => {
            after.mentions(&|literal| matches!(literal, Literal::Among(super::formula::Field::NextHop, _)))
        }
        Edit::SetNextHop(_) => true,
    }
}
