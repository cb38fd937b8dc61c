//! What is still to be sent, grouped by attribute set, the oldest group first.

use crate::attrs::AttrSet;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::num::NonZeroU64;
use foldhash::fast::FixedState;
use hashbrown::HashMap;

/// The age of a group: lower is older. Withdrawals are one group, older than any other.
pub(crate) type Age = NonZeroU64;

/// The group of withdrawals.
pub(crate) const WITHDRAWN: Age = NonZeroU64::MIN;

/// Nets to be announced with one attribute set, or to be withdrawn.
pub(crate) struct Group {
    /// `None` in the group of withdrawals only.
    pub(crate) attrs: Option<AttrSet>,
    /// Places of nets in the table.
    pub(crate) nets: Vec<u32>,
}

/// The groups that are not empty.
pub(crate) struct Groups {
    by_age: BTreeMap<Age, Group>,
    ages: HashMap<AttrSet, Age, FixedState>,
    newest: Age,
}

impl Groups {
    pub(crate) fn new(seed: u64) -> Self {
        let ages = HashMap::with_hasher(FixedState::with_seed(seed));
        Self { by_age: BTreeMap::new(), ages, newest: WITHDRAWN }
    }

    /// Adds a net to the group of `attrs`, and returns the group's age and the net's position in it.
    pub(crate) fn insert(&mut self, attrs: Option<&AttrSet>, net: u32) -> (Age, u32) {
        let age = attrs.map_or(WITHDRAWN, |attrs| self.age_of(attrs));
        let group = self.by_age.entry(age);
        let group = group.or_insert_with(|| Group { attrs: attrs.cloned(), nets: Vec::new() });
        let position = u32::try_from(group.nets.len()).unwrap_or(u32::MAX);
        group.nets.push(net);
        (age, position)
    }

    fn age_of(&mut self, attrs: &AttrSet) -> Age {
        if let Some(age) = self.ages.get(attrs) {
            return *age;
        }
        self.newest = self.newest.saturating_add(1);
        self.ages.insert(attrs.clone(), self.newest);
        self.newest
    }

    /// Takes a net out of its group, and returns the net that now stands in its position.
    pub(crate) fn remove(&mut self, age: Age, position: u32) -> Option<u32> {
        let group = self.by_age.get_mut(&age)?;
        let at = position as usize;
        if at < group.nets.len() {
            group.nets.swap_remove(at);
        }
        let moved = group.nets.get(at).copied();
        if group.nets.is_empty()
            && let Some(Group { attrs: Some(attrs), .. }) = self.by_age.remove(&age)
        {
            self.ages.remove(&attrs);
        }
        moved
    }

    pub(crate) fn get(&self, age: Age) -> Option<&Group> {
        self.by_age.get(&age)
    }

    /// Takes the oldest group out.
    pub(crate) fn pop_first(&mut self) -> Option<(Age, Group)> {
        let (age, group) = self.by_age.pop_first()?;
        group.attrs.as_ref().map(|attrs| self.ages.remove(attrs));
        Some((age, group))
    }

    /// Puts back a group that was taken out; one that has no nets left is gone.
    pub(crate) fn put_back(&mut self, age: Age, group: Group) {
        if group.nets.is_empty() {
            return;
        }
        if let Some(attrs) = &group.attrs {
            self.ages.insert(attrs.clone(), age);
        }
        self.by_age.insert(age, group);
    }

    /// The age of the newest group there was.
    pub(crate) fn newest(&self) -> Age {
        self.newest
    }

    /// Whether a group as old as `age` is left.
    pub(crate) fn any_up_to(&self, age: Age) -> bool {
        self.by_age.first_key_value().is_some_and(|(first, _)| *first <= age)
    }

    /// How many nets are in the groups.
    pub(crate) fn len(&self) -> usize {
        self.by_age.values().map(|group| group.nets.len()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attrs::Interner;
    use bgp_wire::{AttributeSet, NextHop, Origin};

    fn attrs() -> AttrSet {
        Interner::new(0).intern(AttributeSet::new(Origin::Igp, NextHop::V4([192, 0, 2, 1].into())))
    }

    #[test]
    fn a_group_put_back_takes_more_nets() {
        let (mut groups, attrs) = (Groups::new(0), attrs());
        let (age, _) = groups.insert(Some(&attrs), 1);
        assert_eq!(groups.insert(Some(&attrs), 2), (age, 1));
        let (_, group) = groups.pop_first().unwrap();
        groups.put_back(age, group);
        assert_eq!(groups.insert(Some(&attrs), 3), (age, 2));
        assert_eq!(groups.insert(None, 4), (WITHDRAWN, 0));
        assert_eq!(groups.pop_first().map(|(age, group)| (age, group.nets)), Some((WITHDRAWN, [4].into())));
    }

    #[test]
    fn a_group_that_is_gone_holds_no_attributes() {
        let (mut groups, attrs) = (Groups::new(0), attrs());
        let (first, _) = groups.insert(Some(&attrs), 1);
        let (age, group) = groups.pop_first().unwrap();
        assert_eq!((age, groups.ages.len()), (first, 0));
        groups.put_back(age, Group { nets: Vec::new(), ..group });
        assert_eq!((groups.len(), groups.ages.len()), (0, 0));
        let (second, position) = groups.insert(Some(&attrs), 1);
        assert!(second > first, "a group that begins anew waits behind the others");
        assert_eq!(groups.remove(second, position), None);
        assert_eq!((groups.len(), groups.ages.len()), (0, 0));
    }
}
