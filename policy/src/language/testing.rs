//! The tests that stand in a policy's text.

use super::document::{Expectation, TestItem};
use super::library::PolicyLibrary;
use super::route_text::Route;
use crate::policy::{Decision, Policy, Verdict};

/// What became of one test.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TestOutcome {
    /// Its name.
    pub name: String,
    /// The line of its policy in the text, from 1.
    pub line: usize,
    /// What was expected and is not so, each with its line; none where the test passes.
    pub failures: Vec<(usize, String)>,
    /// How the policy came to its verdict, in words.
    pub explanation: String,
}

impl PolicyLibrary {
    /// Runs every test of the text.
    pub fn run_tests(&self) -> Vec<TestOutcome> {
        self.tests().iter().filter_map(|test| Some(self.run(test, &*self.called(&test.policy.1)?))).collect()
    }

    fn run(&self, test: &TestItem, policy: &Policy) -> TestOutcome {
        let route = Route::of(&test.route);
        let explanation = policy.explain_route(route.view());
        let verdict = explanation.verdict;
        let mut edited = route.clone();
        let made = verdict.apply(&mut edited.attrs, &route.context);
        let failed = |expectation: &Expectation| match made {
            Ok(()) => self.failure(expectation, &verdict, &edited),
            Err(error) => Some(error.to_string()),
        };
        let failures = test
            .expectations
            .iter()
            .filter_map(|(place, expectation)| Some((self.line(*place), failed(expectation)?)))
            .collect();
        TestOutcome {
            name: test.name.as_ref().to_owned(),
            line: self.line(test.policy.0),
            failures,
            explanation: explanation.to_string(),
        }
    }

    /// How the verdict, or the route after its edits, is not what was expected.
    fn failure(&self, expectation: &Expectation, verdict: &Verdict<'_>, edited: &Route) -> Option<String> {
        match expectation {
            Expectation::Decision(want) => {
                let got = if verdict.accept { Decision::Accept } else { Decision::Reject };
                (got != *want).then(|| format!("expected {expectation}, and the policy {got}"))
            }
            Expectation::Rule(name) => match verdict.rule() {
                Some(rule) if rule.name == *name => None,
                Some(rule) => {
                    Some(format!("expected rule \"{name}\" to decide, and rule \"{}\" did", rule.name))
                }
                None => Some(format!("expected rule \"{name}\" to decide, and the default did")),
            },
            Expectation::Weight(want) => match verdict.weight() {
                Some(got) if got == *want => None,
                Some(got) => Some(format!("expected weight {want}, and it is {got}")),
                None => Some(format!("expected weight {want}, and no rule sets one")),
            },
            Expectation::Is(condition) => {
                let condition = self.condition(condition).ok()?;
                let view = edited.view();
                let failed = !condition.holds(&view);
                failed.then(|| format!("expected {condition}, and {}", condition.evidence(&view)))
            }
        }
    }
}
