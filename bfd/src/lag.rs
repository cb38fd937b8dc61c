//! The members of a link aggregation group as their micro-BFD sessions see them (RFC 7130), and what that
//! makes of the group.
//!
//! Each member link has a session of its own, on UDP port [`LAG_MEMBER_PORT`], bound to the member. A [`Lag`] is told
//! what becomes of them and says which members may carry traffic and whether they are enough. Taking a
//! member out of the load-balance table is left to its owner. Where IPv4 and IPv6 have tables of their own,
//! each has a [`Lag`] of its own (section 5).
use crate::{Change, State};
use std::collections::BTreeMap;
use std::num::NonZeroUsize;

/// The UDP destination port of micro-BFD packets (RFC 7130 section 2.2).
pub const LAG_MEMBER_PORT: u16 = 6784;

/// Which members of a group are usable. `M` names a member: its interface, or its session.
///
/// ```
/// use bfd::{Change, Diag, Lag, Remote, State};
/// let mut lag = Lag::new(2.try_into()?);
/// lag.insert("eth0");
/// lag.insert("eth1");
/// let up = Change { from: State::Init, to: State::Up, diag: Diag::NONE, remote: Remote::default() };
/// assert!(!lag.change(&"eth0", &up).ok_or("no change")?.up);
/// assert!(lag.change(&"eth1", &up).ok_or("no change")?.up);
/// assert!(lag.usable().eq([&"eth0", &"eth1"]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lag<M> {
    members: BTreeMap<M, bool>,
    min_links: NonZeroUsize,
}

/// A member became usable, or ceased to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LagChange {
    /// Whether the member may carry traffic now.
    pub usable: bool,
    /// How many members are usable now.
    pub links: usize,
    /// Whether the group had its minimum of links before.
    pub was_up: bool,
    /// Whether it has it now.
    pub up: bool,
}

impl<M: Ord> Lag<M> {
    /// A group without members, which is up with `min_links` usable ones.
    pub fn new(min_links: NonZeroUsize) -> Self {
        Self { members: BTreeMap::new(), min_links }
    }

    /// Adds a member; it is not usable before its session has come Up. One that is there stays what it is.
    pub fn insert(&mut self, member: M) {
        self.members.entry(member).or_insert(false);
    }

    /// Removes a member; what that changes.
    pub fn remove(&mut self, member: &M) -> Option<LagChange> {
        let was = self.links();
        self.members.remove(member).filter(|usable| *usable).map(|_| self.told(was, false))
    }

    /// The session of `member` changed its state; what that changes.
    ///
    /// A member is usable from Up on. A failure ends that at once (section 5). An operator at either end
    /// does not (RFC 5882 section 3.2): the member stays what it was until the session comes Up again, and
    /// fails then.
    pub fn change(&mut self, member: &M, change: &Change) -> Option<LagChange> {
        let was = self.links();
        let usable = self.members.get_mut(member)?;
        let now = match change.to {
            State::Up => true,
            _ if change.is_failure() => false,
            _ => *usable,
        };
        (std::mem::replace(usable, now) != now).then(|| self.told(was, now))
    }

    /// The usable members, in their order.
    pub fn usable(&self) -> impl Iterator<Item = &M> {
        self.members.iter().filter(|(_, usable)| **usable).map(|(member, _)| member)
    }

    /// Every member, and whether it is usable.
    pub fn members(&self) -> impl Iterator<Item = (&M, bool)> {
        self.members.iter().map(|(member, usable)| (member, *usable))
    }

    /// Whether there are as many usable members as the group needs.
    pub fn is_up(&self) -> bool {
        self.enough(self.links())
    }

    fn links(&self) -> usize {
        self.usable().count()
    }

    fn enough(&self, links: usize) -> bool {
        links >= self.min_links.get()
    }

    fn told(&self, was: usize, usable: bool) -> LagChange {
        let links = self.links();
        LagChange { usable, links, was_up: self.enough(was), up: self.enough(links) }
    }
}

#[cfg(test)]
mod tests {
    use super::{Lag, LagChange};
    use crate::{Change, Diag, Remote, State};
    use proptest::prelude::*;
    use std::num::NonZeroUsize;

    fn change(from: State, to: State, remote: State) -> Change {
        Change { from, to, diag: Diag::NONE, remote: Remote { state: remote, ..Remote::default() } }
    }

    fn lag(min_links: usize) -> Lag<u8> {
        let mut lag = Lag::new(NonZeroUsize::new(min_links).unwrap());
        (1..=3).for_each(|member| lag.insert(member));
        lag
    }

    /// Three members, two needed: (member, what became of its session, what is told, which are usable)
    #[test]
    fn each_change_and_what_it_makes_of_the_group() {
        use State::{AdminDown, Down, Init, Up};
        let told = |usable, links, was_up, up| Some(LagChange { usable, links, was_up, up });
        let mut lag = lag(2);
        for (member, (from, to, remote), expected, usable) in [
            (1, (Down, Init, Down), None, &[][..]),
            (1, (Init, Up, Init), told(true, 1, false, false), &[1]),
            (2, (Down, Up, Init), told(true, 2, false, true), &[1, 2]),
            (3, (Down, Up, Init), told(true, 3, true, true), &[1, 2, 3]),
            (3, (Up, Down, Up), told(false, 2, true, true), &[1, 2]),
            (2, (Up, Down, AdminDown), None, &[1, 2]),
            (2, (Down, Up, Init), None, &[1, 2]),
            (2, (Up, AdminDown, Up), None, &[1, 2]),
            (2, (AdminDown, Down, Up), None, &[1, 2]),
            (2, (Down, Up, Init), None, &[1, 2]),
            (2, (Up, Down, Down), told(false, 1, true, false), &[1]),
            (9, (Up, Down, Up), None, &[1]),
        ] {
            assert_eq!(lag.change(&member, &change(from, to, remote)), expected, "{member}: {from} to {to}");
            assert!(lag.usable().eq(usable), "{member}: {from} to {to}");
        }
    }

    #[test]
    fn members_come_and_go() {
        let mut lag = lag(1);
        assert_eq!(lag.remove(&3), None, "it was not usable");
        lag.change(&1, &change(State::Init, State::Up, State::Init));
        lag.insert(1);
        assert!(lag.is_up(), "it is there already");
        let gone = LagChange { usable: false, links: 0, was_up: true, up: false };
        assert_eq!(lag.remove(&1), Some(gone));
        assert!(lag.members().eq([(&2, false)]));
    }

    proptest! {
        /// Whatever happens to whom: what is told adds up to what is so.
        #[test]
        fn what_is_told_adds_up(
            happens in prop::collection::vec((1..=3_u8, 0..4_u8, 0..4_u8, 0..4_u8), 0..60), min in 1..=3_usize,
        ) {
            let (mut lag, mut usable, mut up) = (lag(min), [false; 4], false);
            for (member, from, to, remote) in happens {
                let [from, to, remote] = [from, to, remote].map(State::from_bits);
                if let Some(told) = lag.change(&member, &change(from, to, remote)) {
                    prop_assert_ne!(usable[usize::from(member)], told.usable);
                    usable[usize::from(member)] = told.usable;
                    prop_assert_eq!(told.was_up, up);
                    up = told.up;
                }
                prop_assert_eq!(up, usable.iter().filter(|usable| **usable).count() >= min);
                prop_assert_eq!(up, lag.is_up());
            }
        }
    }
}
