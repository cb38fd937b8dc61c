//! The guarantees that stand in a policy's text, and those that are asked for.

use super::document::{GuaranteeItem, ProveItem};
use super::fault::{Fault, PolicyTextError};
use super::library::PolicyLibrary;
use super::proofs_text::{condition_alone, guarantee_alone};
use crate::matching::Match;
use crate::policy::{Decision, Policy};
use crate::prove::{Answer, Guarantee, Statement};

/// What came of one guarantee.
#[derive(Clone, PartialEq, Debug)]
pub struct ProofOutcome {
    /// The name that it stands under.
    pub name: String,
    /// Its line in the text, from 1.
    pub line: usize,
    /// The policy.
    pub policy: Policy,
    /// What it is to guarantee.
    pub statement: Statement,
    /// Whether it does.
    pub answer: Answer,
}

impl PolicyLibrary {
    /// Answers every guarantee of the text, in its order.
    pub fn prove(&self) -> Vec<ProofOutcome> {
        let mut outcomes = Vec::new();
        for item in self.proofs() {
            for (place, guarantee) in &item.guarantees {
                let Some((policy, statement)) = self.stated(item, guarantee) else { continue };
                let answer = policy.prove(&statement);
                let name = item.name.as_ref().to_owned();
                outcomes.push(ProofOutcome { name, line: self.line(*place), policy, statement, answer });
            }
        }
        outcomes
    }

    /// Every guarantee of the text, with its policy.
    pub fn statements(&self) -> impl Iterator<Item = (Policy, Statement)> {
        let each =
            move |item| ProveItem::guarantees(item).filter_map(move |guarantee| self.stated(item, guarantee));
        self.proofs().iter().flat_map(each)
    }

    fn stated(&self, item: &ProveItem, guarantee: &GuaranteeItem) -> Option<(Policy, Statement)> {
        let policy = self.called(&item.policy.1)?;
        let given = match &item.given {
            Some((_, condition)) => Some(self.condition(condition).ok()?),
            None => None,
        };
        let own_asn = item.own_asn.map(|(_, asn)| asn);
        Some((
            Policy::clone(&policy),
            Statement { given, own_asn, guarantee: self.guarantee(guarantee).ok()? },
        ))
    }

    /// A guarantee as it stands in a text: `community 8075:8007`, `accept`, `reject`.
    pub fn read_guarantee(&self, text: &str) -> Result<Guarantee, PolicyTextError> {
        let item = super::whole(text, guarantee_alone(text))?;
        self.guarantee(&item).map_err(|fault| fault.told(text))
    }

    /// A condition as it stands in a text: `prefix in voice and med any`.
    pub fn read_condition(&self, text: &str) -> Result<Match, PolicyTextError> {
        let item = super::whole(text, condition_alone(text))?;
        self.condition(&item).map_err(|fault| fault.told(text))
    }

    fn guarantee(&self, item: &GuaranteeItem) -> Result<Guarantee, Fault> {
        Ok(match item {
            GuaranteeItem::Decision(Decision::Accept) => Guarantee::Accept,
            GuaranteeItem::Decision(Decision::Reject) => Guarantee::Reject,
            GuaranteeItem::Is(condition) => Guarantee::Holds(self.condition(condition)?),
        })
    }
}
