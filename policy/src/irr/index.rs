//! What registries have, found by prefix, by origin and by name.

use super::builder::{Set, SourceId};
use super::registrations::Registrations;
use super::set_name::SetName;
use super::state::IrrState;
use bgp_wire::Asn;
use ipnet::IpNet;
use std::collections::HashMap;

/// A registered route.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Registered {
    /// The prefix.
    pub prefix: IpNet,
    /// The AS that is to originate it.
    pub origin: Asn,
    /// [`IrrIndex::source_name`] has its name.
    pub(super) source: SourceId,
}

/// Something that claims to be a member of a set, and the registry it is from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Claim {
    Asn(Asn, SourceId),
    Prefix(IpNet, SourceId),
}

/// The objects of one registry or several. It does not change; [`IrrBuilder`](super::IrrBuilder) makes one.
#[derive(Debug, Default)]
pub struct IrrIndex {
    sources: Box<[Box<str>]>,
    /// Sorted.
    routes: Box<[Registered]>,
    /// Places in `routes`, by origin.
    by_origin: Box<[u32]>,
    sets: HashMap<Box<str>, Vec<Set>>,
    claims: HashMap<Box<str>, Vec<(Claim, Box<[Box<str>]>)>>,
}

impl IrrIndex {
    pub(super) fn new(
        sources: Box<[Box<str>]>,
        routes: Box<[Registered]>,
        sets: HashMap<Box<str>, Vec<Set>>,
        claims: HashMap<Box<str>, Vec<(Claim, Box<[Box<str>]>)>>,
    ) -> Self {
        let mut by_origin: Box<[u32]> = (0..).take(routes.len()).collect();
        by_origin.sort_by_key(|at| usize::try_from(*at).ok().and_then(|at| routes.get(at)).map(|r| r.origin));
        Self { sources, routes, by_origin, sets, claims }
    }

    /// How many routes are registered.
    pub fn routes_len(&self) -> usize {
        self.routes.len()
    }

    /// How many names of sets there are.
    pub fn sets_len(&self) -> usize {
        self.sets.len()
    }

    /// The name of the registry that a route is from, in capitals; empty where it did not say.
    pub fn source_name(&self, route: &Registered) -> &str {
        self.sources.get(usize::from(route.source)).map(|name| &**name).unwrap_or_default()
    }

    /// The registered routes of exactly this prefix.
    pub fn registrations(&self, prefix: &IpNet) -> &[Registered] {
        let prefix = prefix.trunc();
        let from = self.routes.partition_point(|route| route.prefix < prefix);
        let rest = self.routes.get(from..).unwrap_or_default();
        rest.get(..rest.partition_point(|route| route.prefix == prefix)).unwrap_or_default()
    }

    /// The registered routes of this prefix and of those around it, the most specific first.
    pub fn covering<'a>(&'a self, prefix: &IpNet) -> impl Iterator<Item = &'a Registered> + use<'a> {
        let all = std::iter::successors(Some(prefix.trunc()), IpNet::supernet);
        all.flat_map(|prefix| self.registrations(&prefix))
    }

    /// The state of a route to `prefix` whose origin is `origin`; `None` is the origin of a path that ends in an AS_SET.
    ///
    /// ```
    /// use bgp_policy::irr::{IrrBuilder, IrrState, RpslReader};
    /// use bgp_wire::Asn;
    /// let (mut builder, mut reader) = (IrrBuilder::default(), RpslReader::default());
    /// for line in ["route: 198.51.100.0/24", "origin: AS64500", ""] {
    ///     reader.line(line.as_bytes(), &mut |_| {}).into_iter().for_each(|object| builder.add(object));
    /// }
    /// let index = builder.build();
    /// let state = |prefix: &str, asn| index.state(&prefix.parse().unwrap(), Some(Asn(asn)));
    /// assert_eq!(state("198.51.100.0/24", 64500), IrrState::Registered);
    /// assert_eq!(state("198.51.100.0/24", 64501), IrrState::OtherOrigin);
    /// assert_eq!(state("198.51.100.0/25", 64500), IrrState::NotRegistered);
    /// ```
    pub fn state(&self, prefix: &IpNet, origin: Option<Asn>) -> IrrState {
        IrrState::of(self.registrations(prefix).iter().map(|route| route.origin), origin)
    }

    /// The routes that are registered, and nothing else.
    pub fn all_registrations(&self) -> Registrations {
        Registrations::from(&*self.routes)
    }

    /// The prefixes registered with this origin, in no order but one: those of a family stand together.
    pub fn prefixes_of(&self, origin: Asn) -> impl Iterator<Item = IpNet> {
        let route = |at: &u32| usize::try_from(*at).ok().and_then(|at| self.routes.get(at));
        let from = self.by_origin.partition_point(|at| route(at).is_some_and(|route| route.origin < origin));
        let rest = self.by_origin.get(from..).unwrap_or_default();
        let routes = rest.iter().filter_map(route);
        routes.take_while(move |route| route.origin == origin).map(|route| route.prefix)
    }

    /// The set of a name: the one of the registry that it asks for, or of the first that has it.
    pub(super) fn set(&self, name: &SetName) -> Option<&Set> {
        let mut all = self.sets.get(name.name())?.iter();
        match name.source() {
            None => all.next(),
            Some(source) => {
                all.find(|set| self.sources.get(usize::from(set.source)).is_some_and(|s| **s == *source))
            }
        }
    }

    /// What claims to be a member of a set and is one: the set takes claims of its maintainers, and is from the same registry.
    pub(super) fn claimed(&self, name: &SetName, set: &Set) -> impl Iterator<Item = Claim> {
        let all = self.claims.get(name.name()).map(Vec::as_slice).unwrap_or_default();
        let by_reference = set.by_reference.clone();
        let source = set.source;
        let taken = move |(claim, maintainers): &&(Claim, Box<[Box<str>]>)| {
            let (Claim::Asn(_, from) | Claim::Prefix(_, from)) = claim;
            *from == source && by_reference.takes(maintainers)
        };
        all.iter().filter(taken).map(|(claim, _)| *claim)
    }
}

#[cfg(test)]
mod tests {
    use super::super::builder::IrrBuilder;
    use super::super::rpsl::RpslReader;
    use super::*;
    use proptest::prelude::*;

    fn index(routes: &[(IpNet, u32, &str)]) -> IrrIndex {
        let (mut builder, mut reader) = (IrrBuilder::default(), RpslReader::default());
        for (prefix, origin, source) in routes {
            let class = if matches!(prefix, IpNet::V4(_)) { "route" } else { "route6" };
            let object = format!("{class}: {prefix}\norigin: AS{origin}\nsource: {source}\n\n");
            let objects =
                object.split('\n').filter_map(|line| reader.line(line.as_bytes(), &mut |f| panic!("{f}")));
            objects.collect::<Vec<_>>().into_iter().for_each(|object| builder.add(object));
        }
        builder.build()
    }

    #[test]
    fn states_and_evidence() {
        let net = |text: &str| text.parse::<IpNet>().unwrap();
        let index = index(&[
            (net("198.51.100.0/24"), 1, "A"),
            (net("198.51.100.0/24"), 2, "B"),
            (net("198.51.0.0/16"), 3, "A"),
            (net("2001:db8::/32"), 1, "A"),
        ]);
        for (prefix, origin, want) in [
            ("198.51.100.0/24", Some(1), IrrState::Registered),
            ("198.51.100.0/24", Some(2), IrrState::Registered),
            ("198.51.100.0/24", Some(3), IrrState::OtherOrigin),
            ("198.51.100.0/24", None, IrrState::OtherOrigin),
            ("198.51.100.0/25", Some(1), IrrState::NotRegistered),
            ("198.51.101.0/24", Some(3), IrrState::NotRegistered),
            ("2001:db8::/32", Some(1), IrrState::Registered),
            ("::/0", None, IrrState::NotRegistered),
        ] {
            assert_eq!(index.state(&net(prefix), origin.map(Asn)), want, "{prefix} {origin:?}");
        }
        let covering = index.covering(&net("198.51.100.128/25"));
        let covering: Vec<_> = covering.map(|route| (route.origin.0, index.source_name(route))).collect();
        assert_eq!(covering, [(1, "A"), (2, "B"), (3, "A")]);
        assert_eq!(
            index.prefixes_of(Asn(1)).collect::<Vec<_>>(),
            [net("198.51.100.0/24"), net("2001:db8::/32")]
        );
    }

    proptest! {
        #[test]
        fn an_index_says_what_a_scan_finds(
            routes in prop::collection::vec((0u32..8, 29u8..=32, 1u32..4), 0..30), asked in (0u32..8, 29u8..=32, 1u32..4),
        ) {
            let net = |n: u32, len: u8| IpNet::from(ipnet::Ipv4Net::new_assert(n.into(), len).trunc());
            let routes: Vec<_> = routes.into_iter().map(|(n, len, asn)| (net(n, len), asn, "A")).collect();
            let (index, prefix, origin) = (index(&routes), net(asked.0, asked.1), asked.2);
            let exact: Vec<_> = routes.iter().filter(|(net, ..)| *net == prefix).collect();
            let want = match exact.iter().any(|(_, asn, _)| *asn == origin) {
                true => IrrState::Registered,
                false if exact.is_empty() => IrrState::NotRegistered,
                false => IrrState::OtherOrigin,
            };
            prop_assert_eq!(index.state(&prefix, Some(Asn(origin))), want);
            prop_assert_eq!(index.all_registrations().state(&prefix, Some(Asn(origin))), want);
            let set = |all: &mut dyn Iterator<Item = (IpNet, u32)>| all.collect::<std::collections::BTreeSet<_>>();
            let covering = set(&mut index.covering(&prefix).map(|route| (route.prefix, route.origin.0)));
            let scanned = routes.iter().filter(|(net, ..)| net.contains(&prefix)).map(|(net, asn, _)| (*net, *asn));
            prop_assert_eq!(covering, set(&mut scanned.into_iter()));
            let of = set(&mut index.prefixes_of(Asn(origin)).map(|net| (net, origin)));
            prop_assert_eq!(of, set(&mut routes.iter().filter(|(_, asn, _)| *asn == origin).map(|(net, asn, _)| (*net, *asn))));
        }
    }
}
