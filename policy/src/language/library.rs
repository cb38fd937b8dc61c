//! From what a text says to policies: names are looked up, calls resolved.

use super::document::{
    Argument, Bound, CallItem, Condition, EditItem, Entry, Item, Kind, Name, PolicyItem, ProveItem, RuleItem,
    SetItem, Source, TestItem, Then, Value, Verb,
};
use super::edits::{added, deleted, prepended, shifted};
use super::fault::{Fault, Place, PolicyTextError};
use super::list::members;
use super::names::given;
use super::suggest::nearest;
use super::{Document, document};
use crate::edit::Edit;
use crate::matching::Match;
use crate::number_range::NumberRange;
use crate::policy::{Policy, PolicyBuilder, Rule};
use std::collections::BTreeMap;
use std::rc::Rc;

/// How deep calls may be nested.
const DEPTH: usize = 32;

/// Policies with all that they name, ready to be asked for by name.
#[derive(Clone, Debug)]
pub struct PolicyLibrary {
    text: Box<str>,
    values: BTreeMap<Box<str>, Value>,
    policies: Vec<PolicyItem>,
    tests: Vec<TestItem>,
    proofs: Vec<ProveItem>,
    given: Vec<Name>,
}

/// What names stand for within one policy: its parameters, then what the text gives names to.
struct Scope<'a> {
    library: &'a PolicyLibrary,
    parameters: BTreeMap<&'a str, Value>,
}

/// Policies that were built, by their name with arguments.
type Built = BTreeMap<String, Rc<Policy>>;

impl PolicyLibrary {
    /// Looks up every name of a document. `read` gets the text of a file that a set is from.
    pub(super) fn new(
        document: &Document,
        read: &mut dyn FnMut(&str) -> Result<String, String>,
    ) -> Result<Self, PolicyTextError> {
        let mut library = Self {
            text: document.text.clone(),
            values: BTreeMap::new(),
            policies: Vec::new(),
            tests: Vec::new(),
            proofs: Vec::new(),
            given: given(&document.items).collect(),
        };
        library
            .fill(&document.items, read)
            .and_then(|()| library.check())
            .map_err(|fault| fault.told(&document.text))?;
        Ok(library)
    }

    fn fill(
        &mut self,
        items: &[(Place, Item)],
        read: &mut dyn FnMut(&str) -> Result<String, String>,
    ) -> Result<(), Fault> {
        for (_, item) in items {
            match item {
                Item::Set(set) => {
                    let value = set_of(set, read)?;
                    self.give(&set.name, value)?;
                }
                Item::Number(name, n) => self.give(name, Value::Number(*n))?,
                Item::Policy(policy) => {
                    let name = &policy.name;
                    if self.template(&name.text).is_some() {
                        return Err(Fault::wrong(
                            name.place,
                            format!("two policies are called `{}`", name.text),
                        ));
                    }
                    self.policies.push(policy.clone());
                }
                Item::Test(test) => self.tests.push(test.clone()),
                Item::Prove(prove) => self.proofs.push(prove.clone()),
            }
        }
        Ok(())
    }

    fn give(&mut self, name: &Name, value: Value) -> Result<(), Fault> {
        if self.values.insert(name.text.clone(), value).is_some() {
            return Err(Fault::wrong(name.place, format!("`{}` stands for something already", name.text)));
        }
        Ok(())
    }

    fn template(&self, name: &str) -> Option<&PolicyItem> {
        self.policies.iter().find(|policy| *policy.name.text == *name)
    }

    /// Builds every policy once, those with parameters for values that stand for none, and what tests and
    /// guarantees ask for.
    fn check(&self) -> Result<(), Fault> {
        let mut built = Built::new();
        for policy in &self.policies {
            let arguments =
                policy.parameters.iter().map(|(name, kind)| stand_in(*kind, &name.text)).collect();
            self.build(policy, arguments, &mut built, DEPTH)?;
        }
        let scope = Scope { library: self, parameters: BTreeMap::new() };
        for test in &self.tests {
            scope.called(&test.policy.1, &mut built, DEPTH)?;
            for (_, expectation) in &test.expectations {
                if let document::Expectation::Is(condition) = expectation {
                    scope.condition(condition)?;
                }
            }
        }
        for prove in &self.proofs {
            scope.called(&prove.policy.1, &mut built, DEPTH)?;
            prove.conditions().try_for_each(|condition| scope.condition(condition).map(drop))?;
        }
        Ok(())
    }

    /// The policy that is asked for: its name, with arguments where it has parameters, as in `from-carrier(acme, 200)`.
    pub fn policy(&self, call: &str) -> Result<Policy, PolicyTextError> {
        let scope = Scope { library: self, parameters: BTreeMap::new() };
        let asked = super::call(call)?;
        let policy = scope.called(&asked, &mut Built::new(), DEPTH).map_err(|fault| fault.told(call))?;
        Ok(Policy::clone(&policy))
    }

    /// The policies that need no arguments, in the order of the text.
    pub fn policies(&self) -> impl Iterator<Item = Policy> {
        let plain = self.policies.iter().filter(|policy| policy.parameters.is_empty());
        plain.filter_map(|policy| self.policy(&policy.name.text).ok())
    }

    /// The names of all policies, in the order of the text.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.policies.iter().map(|policy| &*policy.name.text)
    }

    pub(super) fn templates(&self) -> &[PolicyItem] {
        &self.policies
    }

    /// Names that stand for sets and numbers, and where they were given.
    pub(super) fn given(&self) -> impl Iterator<Item = (&str, Place)> {
        self.given.iter().map(|name| (&*name.text, name.place))
    }

    pub(super) fn given_value(&self, name: &str) -> Option<&Value> {
        self.values.get(name)
    }

    pub(super) fn tests(&self) -> &[TestItem] {
        &self.tests
    }

    /// The line of a place, from 1.
    pub(super) fn line(&self, place: Place) -> usize {
        let before = self.text.get(..self.text.len().saturating_sub(place.0)).unwrap_or_default();
        before.matches('\n').count().saturating_add(1)
    }

    pub(super) fn proofs(&self) -> &[ProveItem] {
        &self.proofs
    }

    /// A policy that is asked for outside every policy.
    pub(super) fn called(&self, call: &CallItem) -> Option<Rc<Policy>> {
        let scope = Scope { library: self, parameters: BTreeMap::new() };
        scope.called(call, &mut Built::new(), DEPTH).ok()
    }

    /// A condition outside every policy.
    pub(super) fn condition(&self, condition: &Condition) -> Result<Match, Fault> {
        Scope { library: self, parameters: BTreeMap::new() }.condition(condition)
    }

    fn build(
        &self,
        policy: &PolicyItem,
        arguments: Vec<Value>,
        built: &mut Built,
        depth: usize,
    ) -> Result<Rc<Policy>, Fault> {
        let name = called_by(&policy.name.text, &arguments);
        if let Some(policy) = built.get(&name) {
            return Ok(Rc::clone(policy));
        }
        let names = policy.parameters.iter().map(|(name, _)| &*name.text);
        let scope = Scope { library: self, parameters: names.zip(arguments).collect() };
        if scope.parameters.len() < policy.parameters.len() {
            return Err(Fault::wrong(policy.name.place, "two parameters have one name"));
        }
        let mut builder = Policy::builder(name.as_str());
        for (_, entry) in &policy.entries {
            builder = match entry {
                Entry::Rule(rule) => scope.rule(rule, builder, built, depth)?,
                Entry::Call(call) => builder.call(&*scope.called(call, built, depth)?),
                Entry::Default(default) => builder.default_decision(*default),
            };
        }
        let policy = builder.build().map_err(|e| Fault::wrong(policy.name.place, e.to_string()))?;
        let policy = Rc::new(policy);
        built.insert(name, Rc::clone(&policy));
        Ok(policy)
    }
}

/// What stands for an argument while a policy is only checked.
fn stand_in(kind: Kind, name: &str) -> Value {
    Value::set(kind, Some(name), std::iter::empty())
}

/// A policy's name with its arguments.
fn called_by(name: &str, arguments: &[Value]) -> String {
    let written = arguments.iter().map(|value| match value {
        Value::Number(n) => n.to_string(),
        Value::Prefixes(set) => set.name().unwrap_or_default().to_owned(),
        Value::Asns(set) => set.name().unwrap_or_default().to_owned(),
        Value::Communities(set) => set.name().unwrap_or_default().to_owned(),
        Value::ExtendedCommunities(set) => set.name().unwrap_or_default().to_owned(),
        Value::LargeCommunities(set) => set.name().unwrap_or_default().to_owned(),
        Value::Networks(set) => set.name().unwrap_or_default().to_owned(),
    });
    let written: Vec<String> = written.collect();
    if written.is_empty() { name.to_owned() } else { format!("{name}({})", written.join(", ")) }
}

fn set_of(set: &SetItem, read: &mut dyn FnMut(&str) -> Result<String, String>) -> Result<Value, Fault> {
    let SetItem { kind, name, source } = set;
    let members = match source {
        Source::Members { members, .. } => members.iter().map(|(_, member)| *member).collect(),
        Source::File(place, file) => {
            let unread = |why: String| Fault::wrong(*place, format!("cannot read {file}: {why}"));
            let text = read(file).map_err(unread)?;
            members(*kind, &text).map_err(|error| Fault::wrong(*place, format!("{file}, {error}")))?
        }
    };
    Ok(Value::set(*kind, Some(&name.text), members.into_iter()))
}

impl Scope<'_> {
    fn value(&self, name: &Name, kind: Kind) -> Result<Value, Fault> {
        let found = self.parameters.get(&*name.text).or_else(|| self.library.values.get(&name.text));
        match found {
            Some(value) if value.kind() == kind => Ok(value.clone()),
            Some(value) => {
                let message = format!(
                    "`{}` is {}, and this takes {}",
                    name.text,
                    value.kind().described(),
                    kind.described()
                );
                Err(Fault::wrong(name.place, message))
            }
            None => {
                let fault = Fault::wrong(name.place, format!("nothing is called `{}`", name.text));
                let all = self.library.values.iter().map(|(name, value)| (&**name, value));
                let all = all.chain(self.parameters.iter().map(|(name, value)| (*name, value)));
                let known: Vec<&str> =
                    all.filter(|(_, value)| value.kind() == kind).map(|(name, _)| name).collect();
                Err(suggested(fault, &name.text, &known, kind.described()))
            }
        }
    }

    fn number(&self, name: &Name) -> Result<u32, Fault> {
        match self.value(name, Kind::Number)? {
            Value::Number(n) => Ok(n),
            _ => Ok(0),
        }
    }

    /// A number that has to be less than others.
    fn small<T: TryFrom<u32>>(&self, name: &Name) -> Result<T, Fault> {
        let n = self.number(name)?;
        T::try_from(n)
            .map_err(|_| Fault::wrong(name.place, format!("`{}` is {n}, which is too great here", name.text)))
    }

    fn called(&self, call: &CallItem, built: &mut Built, depth: usize) -> Result<Rc<Policy>, Fault> {
        let CallItem { name, arguments } = call;
        let Some(policy) = self.library.template(&name.text) else {
            let known: Vec<&str> = self.library.names().collect();
            let fault = Fault::wrong(name.place, format!("no policy is called `{}`", name.text));
            return Err(suggested(fault, &name.text, &known, "a policy"));
        };
        if arguments.len() != policy.parameters.len() {
            let message = format!(
                "`{}` takes {} arguments, and {} are given",
                name.text,
                policy.parameters.len(),
                arguments.len()
            );
            return Err(Fault::wrong(name.place, message));
        }
        let Some(depth) = depth.checked_sub(1) else {
            let message = format!("calls are nested more than {DEPTH} deep, or `{}` calls itself", name.text);
            return Err(Fault::wrong(name.place, message));
        };
        let values =
            arguments.iter().zip(&policy.parameters).map(|(argument, (parameter, kind))| match argument {
                Argument::Name(name) => self.value(name, *kind),
                Argument::Number(n) if *kind == Kind::Number => Ok(Value::Number(*n)),
                Argument::Number(_) => {
                    let message = format!("`{}` of `{}` is {}", parameter.text, name.text, kind.described());
                    Err(Fault::wrong(name.place, message))
                }
            });
        self.library.build(policy, values.collect::<Result<_, _>>()?, built, depth)
    }

    fn rule(
        &self,
        item: &RuleItem,
        builder: PolicyBuilder,
        built: &mut Built,
        depth: usize,
    ) -> Result<PolicyBuilder, Fault> {
        let conditions = match &item.when {
            Some((_, Condition::All(of))) => of.iter().map(|condition| self.condition(condition)).collect(),
            Some((_, one)) => self.condition(one).map(|condition| vec![condition]),
            None => Ok(Vec::new()),
        };
        let mut edits = Vec::new();
        item.edits.iter().try_for_each(|(_, edit)| self.edit(edit, &mut edits))?;
        let mut rule = Rule::new(item.name.clone());
        (rule.when, rule.edits) = (conditions?.into(), edits.into());
        Ok(match &item.then.1 {
            Then::Accept => builder.rule(rule.accept()),
            Then::Reject => builder.rule(rule.reject()),
            Then::Continue => builder.rule(rule),
            Then::Call(call) => builder.call_when(rule, &*self.called(call, built, depth)?),
        })
    }

    fn condition(&self, condition: &Condition) -> Result<Match, Fault> {
        let all =
            |of: &[Condition]| of.iter().map(|condition| self.condition(condition)).collect::<Result<_, _>>();
        Ok(match condition {
            Condition::Is(_, condition) => condition.clone(),
            Condition::In(place, field, name) => {
                let value = self.value(name, field.kind())?;
                let unfit = || Fault::wrong(*place, format!("`{}` does not fit", name.text));
                field.condition(value).ok_or_else(unfit)?
            }
            Condition::Number(_, field, bound, name) => {
                let n = self.number(name)?;
                field.condition(match bound {
                    Bound::Exactly => NumberRange::from(n),
                    Bound::AtLeast => NumberRange::at_least(n),
                    Bound::AtMost => NumberRange::at_most(n),
                })
            }
            Condition::Not(_, inner) => Match::Not(Box::new(self.condition(inner)?)),
            Condition::All(of) => Match::All(all(of)?),
            Condition::Any(of) => Match::Any(all(of)?),
        })
    }

    fn edit(&self, item: &EditItem, to: &mut Vec<Edit>) -> Result<(), Fault> {
        let (verb, name) = match item {
            EditItem::Is(edit) => {
                to.push(edit.clone());
                return Ok(());
            }
            EditItem::With(verb, name) => (verb, name),
        };
        let shift = |field, sign: i64| Ok(shifted(field, i64::from(self.number(name)?).saturating_mul(sign)));
        to.push(match verb {
            Verb::SetMed => Edit::SetMed(self.number(name)?),
            Verb::SetLocalPref => Edit::SetLocalPref(self.number(name)?),
            Verb::SetWeight => Edit::SetWeight(self.small(name)?),
            Verb::Raise(field) => shift(*field, 1)?,
            Verb::Lower(field) => shift(*field, -1)?,
            Verb::Prepend(asn) => prepended(*asn, self.small(name)?),
            Verb::StripAsns => match self.value(name, Kind::Asns)? {
                Value::Asns(set) => Edit::StripAsns(set),
                _ => return Ok(()),
            },
            Verb::ReplaceAsns(with) => match self.value(name, Kind::Asns)? {
                Value::Asns(set) => Edit::ReplaceAsns(set, *with),
                _ => return Ok(()),
            },
            Verb::Add(kind) => {
                for member in self.value(name, *kind)?.members() {
                    let many = || {
                        let message =
                            format!("`{member}` in `{}` stands for more than one community", name.text);
                        Fault::wrong(name.place, message)
                    };
                    to.push(added(&member).ok_or_else(many)?);
                }
                return Ok(());
            }
            Verb::Delete(kind) => {
                to.extend(self.value(name, *kind)?.members().iter().filter_map(deleted));
                return Ok(());
            }
        });
        Ok(())
    }
}

/// A fault with what may have been meant, or with what there is.
fn suggested(fault: Fault, name: &str, known: &[&str], what: &str) -> Fault {
    match (nearest(name, known.iter().copied()), known) {
        (Some(near), _) => fault.help(format!("did you mean `{near}`?")),
        (None, []) => fault.help(format!("no name stands for {what}")),
        (None, known) => fault.help(format!("{what} is: {}", known.join(", "))),
    }
}
