//! What a policy guarantees of every route that exists.
//!
//! A statement is refuted by a route, so one is looked for: for each rule that may decide, what would have to hold of the route
//! as it came is worked out backwards through the edits, and asked of each field by itself. Prefixes and addresses are told apart
//! by the sets that hold them, numbers are intervals, communities boxes of numbers, AS paths words that automata read.

mod before;
mod cells;
mod formula;
mod liked;
mod mask;
mod numbers;
mod path;
mod region;
mod solver;
mod terms;
mod ways;
mod witness;
mod world;

use crate::language::Route;
use crate::matching::Match;
use crate::policy::{Decision, Policy};
use bgp_wire::Asn;
use formula::Formula;
use solver::{Model, Solver};
use std::fmt;
use terms::{Mentioned, Terms};
use ways::{Search, Ways};

/// What a policy is to guarantee.
#[derive(Clone, PartialEq, Debug)]
pub enum Guarantee {
    /// The route passes.
    Accept,
    /// It does not pass.
    Reject,
    /// If it passes, this holds for it behind the edits.
    Holds(Match),
}

impl fmt::Display for Guarantee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accept => f.write_str("accept"),
            Self::Reject => f.write_str("reject"),
            Self::Holds(condition) => condition.fmt(f),
        }
    }
}

/// A statement about a policy.
#[derive(Clone, PartialEq, Debug)]
pub struct Statement {
    /// The routes that it is about: those that this holds for as they come. Without, all.
    pub given: Option<Match>,
    /// Our own ASN; without, it may be any.
    pub own_asn: Option<Asn>,
    /// What is guaranteed of them.
    pub guarantee: Guarantee,
}

impl Statement {
    /// A statement about every route.
    pub const fn new(guarantee: Guarantee) -> Self {
        Self { given: None, own_asn: None, guarantee }
    }
}

impl fmt::Display for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(given) = &self.given {
            write!(f, "given {given} ")?;
        }
        if let Some(asn) = self.own_asn {
            write!(f, "own-asn {asn} ")?;
        }
        write!(f, "guarantees {}", self.guarantee)
    }
}

/// What is known of a statement.
#[derive(Clone, PartialEq, Debug)]
pub enum Answer {
    /// It holds for every route.
    Proved,
    /// It does not hold for this one: the policy has judged it.
    Refuted(Box<Route>),
    /// It may hold or not.
    Unknown(Unknown),
}

/// Why it is not known whether a statement holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Unknown {
    /// Too many ways through the policy, or too many paths, would have to be looked at.
    TooMuch,
    /// ASNs fall into too many classes by the sets and expressions that are asked for.
    Asns,
    /// This expression has too many states.
    Expression(Box<str>),
    /// An edit puts AS 0 into paths.
    AsZero,
    /// Where there may be a counterexample, whether it is one depends on code, or on whether ASNs that come to stand beside each
    /// other are the same. The one that was tried is none.
    NotShown,
}

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooMuch => f.write_str("too many ways through the policy would have to be looked at"),
            Self::Asns => f.write_str("the sets and expressions tell too many classes of ASNs apart"),
            Self::Expression(text) => write!(f, "the expression \"{text}\" has too many states"),
            Self::AsZero => f.write_str("an edit puts AS 0 into paths, which no path has otherwise"),
            Self::NotShown => f.write_str(
                "there may be a counterexample: it depends on code, or on which ASNs are the same once others between them are stripped",
            ),
        }
    }
}

impl Policy {
    /// Whether the policy guarantees a statement for every route that exists. No path has AS 0 or an empty segment, and our own
    /// ASN is not 0; otherwise every combination of attributes, peers and states of validation counts as a route, whether or not
    /// anybody would announce it.
    ///
    /// ```
    /// use bgp_policy::{Answer, Edit, Guarantee, Match, Policy, Rule, Statement};
    ///
    /// let short = Rule::new("short").when(Match::PathLength("at most 3".parse().unwrap()));
    /// let policy = Policy::builder("p").rule(short.edit(Edit::AddCommunity("8075:8007".parse().unwrap())).accept()).build().unwrap();
    /// let community = Match::Community(["8075:8007".parse().unwrap()].into());
    /// assert_eq!(policy.prove(&Statement::new(Guarantee::Holds(community))), Answer::Proved);
    ///
    /// let public = Match::Not(Box::new(Match::PrivateAsn));
    /// let Answer::Refuted(route) = policy.prove(&Statement::new(Guarantee::Holds(public))) else { panic!() };
    /// assert_eq!(route.to_string(), "198.51.100.0/24; as-path 64512");
    /// ```
    pub fn prove(&self, statement: &Statement) -> Answer {
        self.answer(statement).unwrap_or_else(Answer::Unknown)
    }

    fn answer(&self, statement: &Statement) -> Result<Answer, Unknown> {
        let mut mentioned = self.mentioned();
        mentioned.condition_of(statement);
        let own_asns = match statement.own_asn {
            Some(asn) => vec![asn],
            None if mentioned.own_asn => mentioned.kinds_of_asns()?,
            None => vec![Route::OWN_ASN],
        };
        let mut unknown = None;
        for own in own_asns {
            let mut mentioned = mentioned.clone();
            if mentioned.own_asn {
                mentioned.asn(Some(own));
            }
            match self.answer_with(statement, &mentioned.terms(own)?) {
                Answer::Proved => {}
                Answer::Unknown(why) => unknown = Some(why),
                refuted @ Answer::Refuted(_) => return Ok(refuted),
            }
        }
        Ok(unknown.map_or(Answer::Proved, Answer::Unknown))
    }

    fn mentioned(&self) -> Mentioned<'_> {
        let mut mentioned = Mentioned::default();
        for rule in self.rules() {
            rule.when.iter().for_each(|condition| mentioned.condition(condition));
            rule.edits.iter().for_each(|edit| mentioned.edit(edit));
        }
        mentioned
    }

    fn answer_with(&self, statement: &Statement, terms: &Terms<'_>) -> Answer {
        let given = statement.given.as_ref().map_or(Formula::TRUE, |given| terms.formula(given, true));
        let (decision, after) = match &statement.guarantee {
            Guarantee::Accept => (Decision::Reject, Formula::TRUE),
            Guarantee::Reject => (Decision::Accept, Formula::TRUE),
            Guarantee::Holds(condition) => (Decision::Accept, terms.formula(condition, false)),
        };
        let mut solver = Solver::new(terms);
        let ways = Ways::new(self, &solver);
        let mut answer = Answer::Proved;
        Search::new(&ways, &mut solver, &given, decision).all(
            self.default_decision(),
            &after,
            &mut |found| {
                let refuted = match found {
                    Ok(model) => self.refuting(statement, &model, terms).ok_or(Unknown::NotShown),
                    Err(_) => Err(Unknown::TooMuch),
                };
                match refuted {
                    Ok(route) => answer = Answer::Refuted(Box::new(route)),
                    Err(why) => answer = Answer::Unknown(why),
                }
                matches!(answer, Answer::Refuted(_))
            },
        );
        answer
    }

    /// The route of a model, if the policy does with it what refutes the statement.
    fn refuting(&self, statement: &Statement, model: &Model, terms: &Terms<'_>) -> Option<Route> {
        let route = witness::route(model, terms)?;
        statement.is_refuted_by(self, &route).then_some(route)
    }
}

impl Statement {
    /// Whether `policy` does something with `route` that the statement says it never does.
    pub fn is_refuted_by(&self, policy: &Policy, route: &Route) -> bool {
        if self.given.as_ref().is_some_and(|given| !given.holds(&route.view()))
            || self.own_asn.is_some_and(|asn| asn != route.context.local_asn)
        {
            return false;
        }
        let verdict = policy.evaluate(route.view());
        let mut edited = route.clone();
        let passes = verdict.accept && verdict.apply(&mut edited.attrs, &route.context).is_ok();
        match &self.guarantee {
            Guarantee::Accept => !verdict.accept,
            Guarantee::Reject => passes,
            Guarantee::Holds(condition) => passes && !condition.holds(&edited.view()),
        }
    }
}

impl<'a> Mentioned<'a> {
    fn condition_of(&mut self, statement: &'a Statement) {
        statement.given.iter().for_each(|given| self.condition(given));
        if let Guarantee::Holds(condition) = &statement.guarantee {
            self.condition(condition);
        }
    }
}

#[cfg(test)]
mod brute_force;
#[cfg(test)]
mod tests;
