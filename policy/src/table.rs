//! Policies as tables of a configuration file.

mod conditions;
mod edits;

use crate::matching::Match;
use crate::policy::{Action, Decision, Policy, Rule};
use conditions::{MatchTable, is_always};
use edits::Sets;
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde::ser::{Error as _, Serialize, SerializeMap, Serializer};
use std::collections::BTreeMap;
use std::fmt;

/// What a table cannot say, or says in vain.
#[derive(Clone, PartialEq, Eq, Debug)]
enum TableError {
    /// A list without a member: the rule could never match.
    Empty(&'static str),
    /// A length of AS_PATH whose least exceeds its most.
    Length,
    /// A rule that rejects, and edits.
    RejectsAndSets,
    /// A negation within a negation.
    NotNot,
    /// More tables within tables than this.
    Deep(usize),
    /// A condition that a program writes in code: a table has no words for it.
    Custom,
}

impl fmt::Display for TableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty(field) => {
                write!(
                    f,
                    "`{field}` is an empty list, so the rule could never match; leave it out to match all"
                )
            }
            Self::Length => {
                f.write_str("`as_path_length` has `at_least` above `at_most`, so it could never match")
            }
            Self::RejectsAndSets => f.write_str("a rule that rejects a route sets nothing: remove `set`"),
            Self::Deep(most) => write!(f, "tables of conditions are nested more than {most} deep"),
            Self::Custom => f.write_str("a condition that is written in code cannot be written in a table"),
            Self::NotNot => f.write_str("`not` within `not`: state the condition itself"),
        }
    }
}

/// Policies by name, as a configuration file has them (feature `serde`).
///
/// ```
/// #[derive(serde::Deserialize)]
/// struct File {
///     policy: bgp_policy::Policies,
/// }
/// let file: File = toml::from_str(
///     r#"
///     [policy.to-microsoft]
///     default = "reject"
///
///     [[policy.to-microsoft.rule]]
///     name = "voice prefixes"
///     match = { prefix = ["203.0.113.0/24 le 28"], as_path_length = { at_most = 3 }, not = { private_asn = true } }
///     set = { add_community = ["8075:8007"], med = 0 }
///     then = "accept"
///     "#,
/// )
/// .unwrap();
/// assert_eq!(file.policy.get("to-microsoft").unwrap().rules().len(), 1);
/// ```
///
/// In `match` all fields must hold, a list where one of its members does; of the fields of `not`, none may. `any` and `all` are lists of
/// such tables. The edits of `set` are made in the order: med, local_pref, origin, AS_PATH, communities, next_hop; for another
/// order, `set` is a list of such tables. What is written of a policy that calls others has their rules, each with all it asks for.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Policies(BTreeMap<String, Policy>);

impl Policies {
    /// The policy of this name.
    pub fn get(&self, name: &str) -> Option<&Policy> {
        self.0.get(name)
    }

    /// All of them, in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = &Policy> {
        self.0.values()
    }
}

impl FromIterator<Policy> for Policies {
    fn from_iter<I: IntoIterator<Item = Policy>>(policies: I) -> Self {
        Self(policies.into_iter().map(|policy| (policy.name().to_owned(), policy)).collect())
    }
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct PolicyTable {
    #[serde(default = "reject")]
    default: Decision,
    #[serde(default)]
    rule: Vec<Rule>,
}

const fn reject() -> Decision {
    Decision::Reject
}

#[derive(serde::Serialize)]
struct WrittenPolicy {
    default: Decision,
    #[serde(skip_serializing_if = "<[Rule]>::is_empty")]
    rule: Box<[Rule]>,
}

impl<'de> Deserialize<'de> for Policies {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(PoliciesVisitor)
    }
}

struct PoliciesVisitor;

impl<'de> Visitor<'de> for PoliciesVisitor {
    type Value = Policies;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a table of policies by name")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Policies, A::Error> {
        let mut policies = BTreeMap::new();
        while let Some((name, PolicyTable { default, rule })) = map.next_entry::<String, _>()? {
            let policy = Policy::new(name.as_str(), rule, default).map_err(A::Error::custom)?;
            policies.insert(name, policy);
        }
        Ok(Policies(policies))
    }
}

impl Serialize for Policies {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, policy) in &self.0 {
            let whole = |(when, rule): (Vec<&Match>, &Rule)| Rule {
                when: when.into_iter().cloned().collect(),
                ..rule.clone()
            };
            let rule = policy.with_calls().map(whole).collect();
            let table = WrittenPolicy { default: policy.default_decision(), rule };
            map.serialize_entry(name, &table)?;
        }
        map.end()
    }
}

#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleTable {
    name: Box<str>,
    #[serde(rename = "match", skip_serializing_if = "Option::is_none")]
    when: Option<MatchTable>,
    #[serde(skip_serializing_if = "Option::is_none")]
    set: Option<Sets>,
    then: Action,
}

impl<'de> Deserialize<'de> for Rule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let RuleTable { name, when, set, then } = RuleTable::deserialize(deserializer)?;
        let edits = set.map(Sets::into_edits).unwrap_or_default();
        if then == Action::Reject && !edits.is_empty() {
            return Err(D::Error::custom(TableError::RejectsAndSets));
        }
        let when = when.unwrap_or_default().into_conditions().map_err(D::Error::custom)?;
        Ok(Self { name, when: when.into(), edits: edits.into(), then })
    }
}

impl Serialize for Rule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let says = !self.when.iter().all(is_always);
        let when = says.then(|| MatchTable::of(&self.when)).transpose();
        let (when, set) =
            (when.map_err(S::Error::custom)?, (!self.edits.is_empty()).then(|| Sets::of(&self.edits)));
        RuleTable { name: self.name.clone(), when, set, then: self.then }.serialize(serializer)
    }
}

/// The words of the two enumerations.
macro_rules! words {
    ($type:ident: $($variant:ident = $word:literal),+) => {
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(match self { $(Self::$variant => $word),+ })
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let word = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                match &*word {
                    $($word => Ok(Self::$variant),)+
                    other => Err(D::Error::unknown_variant(other, &[$($word),+])),
                }
            }
        }
    };
}

words!(Decision: Accept = "accept", Reject = "reject");
words!(Action: Accept = "accept", Reject = "reject", Continue = "continue");

#[cfg(test)]
mod tests;
