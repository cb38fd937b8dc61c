//! The routes of one session that messages and records tell one by one.

use bgp_policy::voice::{ObservedRoute, Plan};
use ipnet::IpNet;
use std::collections::{HashMap, HashSet};

/// Routes to prefixes that the plan does not name are judged one by one up to so many a session; further ones are counted.
const OTHERS: usize = 1000;

/// The prefixes that a plan names: their routes are kept, however many there are.
#[derive(Debug, Default)]
pub(super) struct Named(HashSet<IpNet>);

impl Named {
    pub(super) fn of(plan: &Plan) -> Self {
        let registered =
            plan.peerings.iter().flat_map(|peering| &peering.registered_prefixes).map(|r| &r.prefix);
        let activated =
            plan.activations.iter().flat_map(|activation| &activation.prefixes).map(|a| &a.prefix);
        Self(registered.chain(activated).filter_map(|prefix| prefix.net().ok()).collect())
    }
}

/// A prefix, and the path identifier of RFC 7911.
pub(super) type Key = (IpNet, u32);

/// Routes by what they lead to. One that is only counted takes no more than its key.
#[derive(Debug, Default)]
pub(super) struct Table {
    routes: HashMap<Key, Option<Box<ObservedRoute>>>,
    /// Routes that are kept although the plan does not name their prefix.
    others: usize,
    /// Whether all of the session's routes are here: its table was given whole, or told from its beginning on.
    pub(super) is_whole: bool,
}

impl Table {
    /// One of a session that begins, with nothing in it.
    pub(super) fn begun() -> Self {
        Self { is_whole: true, ..Self::default() }
    }

    /// A route is announced. `route` makes it where it is kept.
    pub(super) fn announce(&mut self, key: Key, named: &Named, route: impl FnOnce() -> ObservedRoute) {
        let was_kept = self.routes.get(&key).is_some_and(Option::is_some);
        let is_named = named.0.contains(&key.0);
        let keep = is_named || was_kept || self.others < OTHERS;
        if keep && !is_named && !was_kept {
            self.others += 1;
        }
        self.routes.insert(key, keep.then(|| Box::new(route())));
    }

    /// Likewise; it is kept whatever the plan names.
    pub(super) fn keep(&mut self, key: Key, route: impl FnOnce() -> ObservedRoute) {
        self.routes.insert(key, Some(Box::new(route())));
    }

    /// It is withdrawn.
    pub(super) fn withdraw(&mut self, key: Key, named: &Named) {
        if let Some(Some(_)) = self.routes.remove(&key)
            && !named.0.contains(&key.0)
        {
            self.others = self.others.saturating_sub(1);
        }
    }

    /// How many prefixes there are.
    pub(super) fn prefixes(&self) -> usize {
        if self.routes.keys().all(|(_, path_id)| *path_id == 0) {
            return self.routes.len();
        }
        self.routes.keys().map(|(prefix, _)| prefix).collect::<HashSet<_>>().len()
    }

    /// The routes that are kept, in the order of their prefixes, and how many were counted only.
    pub(super) fn into_routes(self) -> (Vec<ObservedRoute>, u64) {
        let all = self.routes.len();
        let mut kept: Vec<_> =
            self.routes.into_iter().filter_map(|(key, route)| Some((key, route?))).collect();
        kept.sort_unstable_by_key(|(key, _)| *key);
        let further = all.saturating_sub(kept.len());
        (kept.into_iter().map(|(_, route)| *route).collect(), u64::try_from(further).unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bgp_policy::voice::{Peering, PrefixText, RegisteredPrefix};
    use bgp_wire::Asn;

    fn named() -> Named {
        let mut plan = Plan::new(Asn(64500));
        let prefix = PrefixText::new("203.0.113.0/24");
        let registered = RegisteredPrefix { name: "media".into(), prefix, key: None };
        let registered_prefixes = vec![registered];
        plan.peerings.push(Peering { name: "fra".into(), connections: vec![], registered_prefixes });
        Named::of(&plan)
    }

    fn key(n: u32) -> Key {
        (IpNet::new(std::net::Ipv4Addr::from_bits(n << 8).into(), 24).unwrap(), 0)
    }

    fn announce(table: &mut Table, key: Key, named: &Named) {
        table.announce(key, named, || ObservedRoute::new(key.0.into()));
    }

    #[test]
    fn what_the_plan_names_is_kept_and_the_rest_is_counted() {
        let (named, mut table) = (named(), Table::default());
        let most = u32::try_from(OTHERS).unwrap() + 5;
        (0..most).for_each(|n| announce(&mut table, key(n), &named));
        let media: Key = ("203.0.113.0/24".parse().unwrap(), 0);
        announce(&mut table, media, &named);
        assert_eq!((table.prefixes(), table.others), (OTHERS + 6, OTHERS));
        // What is told again stays what it is; what goes makes room.
        announce(&mut table, key(0), &named);
        announce(&mut table, key(most - 1), &named);
        assert_eq!(table.others, OTHERS);
        table.withdraw(key(0), &named);
        table.withdraw(key(most - 1), &named);
        table.withdraw(key(most), &named);
        assert_eq!(table.others, OTHERS - 1);
        announce(&mut table, key(most), &named);
        let (routes, further) = table.into_routes();
        assert_eq!((routes.len(), further), (OTHERS + 1, 4));
        assert_eq!(routes.last().map(|route| route.prefix.to_string()), Some("203.0.113.0/24".into()));
        assert!(routes.is_sorted_by_key(|route| route.prefix.net().ok()));
    }

    #[test]
    fn several_paths_to_a_prefix_are_one_prefix() {
        let (named, mut table) = (named(), Table::default());
        for path_id in [1, 2] {
            let key: Key = ("203.0.113.0/24".parse().unwrap(), path_id);
            announce(&mut table, key, &named);
        }
        assert_eq!((table.prefixes(), table.into_routes().0.len()), (1, 2));
    }
}
