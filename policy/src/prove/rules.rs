//! What is left for each rule of a policy, and rules that meet: the same search as for statements.

use super::formula::{Formula, Literal};
use super::solver::{Solver, TooMuch};
use super::ways::Ways;
use super::witness;
use super::world::World;
use crate::language::Route;
use crate::policy::{Action, Policy, Rule};
use std::collections::BTreeSet;

/// What of the routes comes to a rule and matches it.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Left {
    /// No route matches it, whatever rules are before.
    Never,
    /// Rules before it, together, decide whatever it matches.
    Decided,
    /// The rule at this place, which decides otherwise and asks for the same, has some of what it matches, and it some of what
    /// that does: this route, for one.
    Shared(usize, Box<Route>),
    /// Nothing of that, or it could not be told.
    Some,
}

impl Policy {
    /// What is left for each rule, in their order; none where the rules cannot be put in terms.
    pub(crate) fn left(&self) -> Vec<Left> {
        let Ok(terms) = self.mentioned().terms(Route::OWN_ASN) else { return Vec::new() };
        let solver = Solver::new(&terms);
        let ways = Ways::new(self, &solver);
        let fields =
            (0..ways.rules.len()).map(|at| ways.matching(at).map(asked).unwrap_or_default()).collect();
        let mut looking = Looking { ways: &ways, fields, solver };
        (0..ways.rules.len()).map(|at| looking.left(at).unwrap_or(Left::Some)).collect()
    }
}

struct Looking<'w, 't, 'p> {
    ways: &'w Ways<'p>,
    /// What each rule asks for.
    fields: Vec<BTreeSet<String>>,
    solver: Solver<'t>,
}

impl Looking<'_, '_, '_> {
    fn left(&mut self, at: usize) -> Result<Left, TooMuch> {
        let (Some(matching), Some((_, rule))) = (self.ways.matching(at), self.ways.rules.get(at)) else {
            return Ok(Left::Some);
        };
        if self.route(vec![matching])?.is_none() {
            return Ok(Left::Never);
        }
        if self.route(self.ways.undecided(at).chain([matching]).collect())?.is_none() {
            return Ok(Left::Decided);
        }
        for (before, (_, other)) in self.ways.rules.iter().enumerate().take(at) {
            if otherwise(rule, other)
                && self.fields.get(before) == self.fields.get(at)
                && let Some(route) = self.shared(before, at)?
            {
                return Ok(Left::Shared(before, Box::new(route)));
            }
        }
        Ok(Left::Some)
    }

    /// A route that comes to both rules, where either has others.
    fn shared(&mut self, before: usize, at: usize) -> Result<Option<Route>, TooMuch> {
        let of = |at| self.ways.matching(at).zip(self.ways.passing(at));
        let (Some((a, not_a)), Some((b, not_b))) = (of(before), of(at)) else { return Ok(None) };
        if self.route(vec![a, not_b])?.is_none() || self.route(vec![b, not_a])?.is_none() {
            return Ok(None);
        }
        self.route(self.ways.undecided(before).chain([a, b]).collect())
    }

    /// A route that all of these hold for, if there is one.
    fn route(&mut self, formulas: Vec<&Formula>) -> Result<Option<Route>, TooMuch> {
        let world = World::new(self.solver.terms);
        match self.solver.solve(&world, formulas)? {
            None => Ok(None),
            Some(model) => witness::route(&model, self.solver.terms).map(Some).ok_or(TooMuch),
        }
    }
}

/// Whether two rules decide, and a route fares otherwise by one than by the other.
fn otherwise(rule: &Rule, other: &Rule) -> bool {
    let decides = rule.then != Action::Continue && other.then != Action::Continue;
    decides && (rule.then != other.then || (rule.then == Action::Accept && rule.edits != other.edits))
}

/// What is asked for, whatever the answer has to be.
fn asked(formula: &Formula) -> BTreeSet<String> {
    match formula {
        Formula::All(parts) | Formula::Any(parts) => parts.iter().flat_map(asked).collect(),
        Formula::Is(literal) => {
            let of = match literal {
                Literal::Among(field, _) => format!("{field:?}"),
                Literal::Number(field, _) => format!("{field:?}"),
                Literal::Path(question, _) => {
                    let what = format!("{:?}", question.what);
                    what.split('(').next().unwrap_or_default().to_owned()
                }
                Literal::Standard(..) => "community".to_owned(),
                Literal::Extended(..) => "extended-community".to_owned(),
                Literal::Large(..) => "large-community".to_owned(),
                Literal::Code(which, _) => which.to_string(),
            };
            BTreeSet::from([of])
        }
    }
}
