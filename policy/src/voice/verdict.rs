//! One verdict: a rule on a subject, with its evidence.

use super::rule::RuleId;
use super::states::State;
use std::fmt;

/// What a verdict is about; the narrowest that apply are given.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Subject {
    /// A prefix.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub prefix: Option<String>,
    /// A connection and the session on it.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub connection: Option<String>,
    /// A peering.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub peering: Option<String>,
    /// An activation.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub activation: Option<String>,
    /// A location.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub location: Option<String>,
}

impl Subject {
    /// The plan as a whole.
    pub fn plan() -> Self {
        Self::default()
    }

    pub(crate) fn prefix(prefix: impl fmt::Display) -> Self {
        Self { prefix: Some(prefix.to_string()), ..Self::default() }
    }

    pub(crate) fn peering(name: &str) -> Self {
        Self { peering: Some(name.to_owned()), ..Self::default() }
    }

    pub(crate) fn location(name: &str) -> Self {
        Self { location: Some(name.to_owned()), ..Self::default() }
    }

    pub(crate) fn in_peering(mut self, name: &str) -> Self {
        self.peering = Some(name.to_owned());
        self
    }

    pub(crate) fn on_connection(mut self, name: &str) -> Self {
        self.connection = Some(name.to_owned());
        self
    }

    pub(crate) fn in_activation(mut self, name: &str) -> Self {
        self.activation = Some(name.to_owned());
        self
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [
            ("", &self.prefix),
            ("connection ", &self.connection),
            ("peering ", &self.peering),
            ("activation ", &self.activation),
            ("location ", &self.location),
        ];
        let mut written = false;
        for (what, name) in parts.into_iter().filter_map(|(what, name)| Some((what, name.as_ref()?))) {
            write!(f, "{}{what}{name}", if written { ", " } else { "" })?;
            written = true;
        }
        if written { Ok(()) } else { f.write_str("the plan") }
    }
}

/// A fact that decided, and where it was found.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Evidence {
    /// The fact.
    pub what: String,
    /// The line of the plan, or the session and where it was seen.
    pub source: String,
    /// When it was seen, where that is known.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub when: Option<String>,
    /// The value of the attribute it was read from, in hexadecimal.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub bytes: Option<String>,
}

impl fmt::Display for Evidence {
    /// The fact, and in brackets where it was found and when.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}", self.what, self.source)?;
        self.when.iter().try_for_each(|when| write!(f, ", {when}"))?;
        f.write_str(")")
    }
}

/// Where a fact was found, and when it was seen.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Found {
    place: String,
    pub(crate) when: Option<String>,
}

impl Found {
    pub(crate) fn new(place: String, when: Option<String>) -> Self {
        Self { place, when }
    }
}

impl<T: Into<String>> From<T> for Found {
    fn from(place: T) -> Self {
        Self::new(place.into(), None)
    }
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.place)
    }
}

impl Evidence {
    fn new(what: impl Into<String>, Found { place, when }: Found, bytes: Option<String>) -> Self {
        Self { what: what.into(), source: place, when, bytes }
    }
}

/// What a rule found on a subject.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Verdict {
    /// The rule.
    pub rule: RuleId,
    /// What it looked at.
    pub subject: Subject,
    /// What is known.
    pub state: State,
    /// Whether somebody vouched for it, so that it is neither observed nor verified.
    pub attested: bool,
    /// What decided.
    pub evidence: Vec<Evidence>,
    /// What to do; absent where nothing is to be done.
    pub remedy: Option<String>,
    /// What the portal will say, in our words.
    pub portal_message: Option<String>,
}

impl Verdict {
    /// A verdict with the remedy and the portal's message that its rule has for such a state.
    pub(crate) fn new(rule: RuleId, subject: Subject, state: State) -> Self {
        let spec = rule.spec();
        let remedy = (state >= State::Warning).then(|| spec.remedy.to_owned());
        let portal_message = (state >= State::Failed).then_some(spec.portal).flatten().map(ToOwned::to_owned);
        Self { rule, subject, state, attested: false, evidence: Vec::new(), remedy, portal_message }
    }

    /// Adds a fact.
    pub(crate) fn evidence(mut self, what: impl Into<String>, source: impl Into<Found>) -> Self {
        self.evidence.push(Evidence::new(what, source.into(), None));
        self
    }

    /// Adds a fact read from the value of an attribute.
    pub(crate) fn attribute(
        mut self,
        what: impl Into<String>,
        source: impl Into<Found>,
        value: &[u8],
    ) -> Self {
        let digit = |n: u8| char::from_digit(u32::from(n), 16).unwrap_or('0');
        let bytes = value.iter().flat_map(|octet| [digit(octet >> 4), digit(octet & 15)]).collect();
        self.evidence.push(Evidence::new(what, source.into(), Some(bytes)));
        self
    }

    /// Adds facts.
    pub(crate) fn facts(self, facts: impl IntoIterator<Item = (String, impl Into<Found>)>) -> Self {
        facts.into_iter().fold(self, |verdict, (what, source)| verdict.evidence(what, source))
    }

    /// Replaces the rule's remedy by one that fits better; it stays absent where nothing is to be done.
    pub(crate) fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = self.remedy.map(|_| remedy.into());
        self
    }

    /// Replaces the portal's message by one that fits better.
    pub(crate) fn portal(mut self, message: impl Into<String>) -> Self {
        self.portal_message = Some(message.into());
        self
    }

    /// Marks it as vouched for.
    pub(crate) fn attested(mut self) -> Self {
        self.attested = true;
        self
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = if self.attested { "attested" } else { self.state.name() };
        write!(f, "{state:<8}  {:<23}  {}", self.rule, self.subject)?;
        for fact in &self.evidence {
            write!(f, "\n            {fact}")?;
        }
        match &self.remedy {
            Some(remedy) => write!(f, "\n            remedy: {remedy}"),
            None => Ok(()),
        }
    }
}
