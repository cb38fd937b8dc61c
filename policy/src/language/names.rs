//! What is odd about a text: names that nothing uses, members within others, and rules that do nothing.

use super::document::{
    Argument, CallItem, Condition, EditItem, Entry, Expectation, Item, Name, PolicyItem, Then, Value,
};
use super::fault::Place;
use super::library::PolicyLibrary;
use crate::lint::{OddRule, covered};
use crate::prefix_range::PrefixRange;
use std::collections::BTreeSet;
use std::fmt;

/// Something odd in a policy's text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Finding {
    /// A name that stands for something, which nothing asks for; its line, from 1.
    Unused(usize, Box<str>),
    /// A set, in this line, with a member that another member has in it.
    Covered(usize, Box<str>, PrefixRange, PrefixRange),
    /// A rule.
    Rule(OddRule),
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unused(line, name) => write!(f, "line {line}: `{name}` is used nowhere"),
            Self::Covered(line, name, inner, outer) => {
                write!(f, "line {line}: `{name}` has {inner}, which is in {outer}")
            }
            Self::Rule(odd) => odd.fmt(f),
        }
    }
}

impl PolicyLibrary {
    /// What is odd about the text: names that are used nowhere, members of sets that others have in them, and what
    /// [`Policy::odd_rules`](crate::Policy::odd_rules) finds in the policies that take no arguments.
    pub fn lint(&self) -> Vec<Finding> {
        let mut used = BTreeSet::new();
        self.templates().iter().for_each(|policy| of_policy(policy, &mut used));
        for test in self.tests() {
            of_call(&test.policy.1, &mut used);
            for (_, expectation) in &test.expectations {
                if let Expectation::Is(condition) = expectation {
                    of_condition(condition, &mut used);
                }
            }
        }
        for prove in self.proofs() {
            of_call(&prove.policy.1, &mut used);
            prove.conditions().for_each(|condition| of_condition(condition, &mut used));
        }
        let unused = self.given().filter(|(name, _)| !used.contains(name));
        let mut findings: Vec<Finding> =
            unused.map(|(name, place)| Finding::Unused(self.line(place), name.into())).collect();
        for (name, place) in self.given() {
            if let Some(Value::Prefixes(set)) = self.given_value(name) {
                let covered = covered(set.ranges()).into_iter();
                findings.extend(covered.map(|(a, b)| Finding::Covered(self.line(place), name.into(), a, b)));
            }
        }
        let mut told = BTreeSet::new();
        for odd in self.policies().flat_map(|policy| policy.odd_rules()) {
            // A policy that is called is told of by itself.
            if told.insert(odd.to_string()) {
                findings.push(Finding::Rule(odd));
            }
        }
        findings
    }
}

/// Names that were given, and where.
pub(super) fn given(items: &[(Place, Item)]) -> impl Iterator<Item = Name> {
    items.iter().filter_map(|(_, item)| match item {
        Item::Set(set) => Some(set.name.clone()),
        Item::Number(name, _) => Some(name.clone()),
        _ => None,
    })
}

fn of_policy<'a>(policy: &'a PolicyItem, used: &mut BTreeSet<&'a str>) {
    for (_, entry) in &policy.entries {
        match entry {
            Entry::Rule(rule) => {
                rule.when.iter().for_each(|(_, condition)| of_condition(condition, used));
                for (_, edit) in &rule.edits {
                    if let EditItem::With(_, name) = edit {
                        used.insert(&name.text);
                    }
                }
                if let Then::Call(call) = &rule.then.1 {
                    of_call(call, used);
                }
            }
            Entry::Call(call) => of_call(call, used),
            Entry::Default(_) => {}
        }
    }
}

fn of_call<'a>(call: &'a CallItem, used: &mut BTreeSet<&'a str>) {
    for argument in &call.arguments {
        if let Argument::Name(name) = argument {
            used.insert(&name.text);
        }
    }
}

fn of_condition<'a>(condition: &'a Condition, used: &mut BTreeSet<&'a str>) {
    match condition {
        Condition::Is(..) => {}
        Condition::In(_, _, name) | Condition::Number(_, _, _, name) => {
            used.insert(&name.text);
        }
        Condition::Not(_, inner) => of_condition(inner, used),
        Condition::All(of) | Condition::Any(of) => of.iter().for_each(|inner| of_condition(inner, used)),
    }
}
