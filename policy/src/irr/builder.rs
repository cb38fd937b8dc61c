//! From objects to an index of them.

use super::index::{Claim, IrrIndex, Registered};
use super::member::Member;
use super::object::{ByReference, Claims, IrrObject, RouteObject, SetObject};
use super::set_name::SetName;
use std::collections::HashMap;

/// A set as the index keeps it.
#[derive(Clone, Debug)]
pub(super) struct Set {
    pub(super) source: SourceId,
    pub(super) members: Box<[Member]>,
    pub(super) by_reference: ByReference,
}

/// The number of a registry in its index.
pub(super) type SourceId = u16;

/// Takes objects in, of one registry or of several, and makes an index of them.
///
/// Registries that were named first count first where several have a set of the same name.
///
/// ```
/// use bgp_policy::irr::{IrrBuilder, RpslReader};
/// let mut builder = IrrBuilder::default();
/// let mut reader = RpslReader::default();
/// for line in ["as-set: AS-EXAMPLE", "members: AS64500, AS-OTHER", "source: TEST", ""] {
///     reader.line(line.as_bytes(), &mut |_| {}).into_iter().for_each(|object| builder.add(object));
/// }
/// let index = builder.build();
/// let resolved = index.as_set(&"AS-EXAMPLE".parse().unwrap()).unwrap();
/// assert_eq!(resolved.asns.iter().map(|asn| asn.0).collect::<Vec<_>>(), [64500]);
/// assert_eq!(resolved.report.missing[0].to_string(), "AS-OTHER, a member of AS-EXAMPLE, is not there");
/// ```
#[derive(Debug, Default)]
pub struct IrrBuilder {
    sources: Vec<Box<str>>,
    /// Places in `sources`.
    by_name: HashMap<Box<str>, SourceId>,
    only: bool,
    routes: Vec<Registered>,
    sets: HashMap<Box<str>, Vec<Set>>,
    claims: HashMap<Box<str>, Vec<(Claim, Box<[Box<str>]>)>>,
}

impl IrrBuilder {
    /// One that takes objects of these registries alone, the first counting first.
    pub fn of_sources<'a>(sources: impl IntoIterator<Item = &'a str>) -> Self {
        let mut builder = Self::default();
        for source in sources {
            builder.source(&source.to_ascii_uppercase());
        }
        Self { only: true, ..builder }
    }

    /// Takes an object in.
    pub fn add(&mut self, object: IrrObject) {
        match object {
            IrrObject::AutNum(aut_num) => {
                if let Some(source) = self.source(&aut_num.source) {
                    self.claim(source, aut_num.claims, |source| Claim::Asn(aut_num.asn, source));
                }
            }
            IrrObject::Route(route) => self.add_route(route),
            IrrObject::Set(set) => self.add_set(set),
        }
    }

    fn add_route(&mut self, RouteObject { prefix, origin, claims, source }: RouteObject) {
        let Some(source) = self.source(&source) else { return };
        self.routes.push(Registered { prefix, origin, source });
        self.claim(source, claims, |source| Claim::Prefix(prefix, source));
    }

    fn add_set(&mut self, SetObject { name, members, by_reference, source }: SetObject) {
        let Some(source) = self.source(&source) else { return };
        let sets = self.sets.entry(name.name().into()).or_default();
        let set = Set { source, members, by_reference };
        // The last of a registry counts, as where a dump is followed by its updates.
        match sets.iter_mut().find(|other| other.source == source) {
            Some(other) => *other = set,
            None => sets.push(set),
        }
    }

    fn claim(&mut self, source: SourceId, claims: Claims, claim: impl Fn(SourceId) -> Claim) {
        let Claims { sets, maintainers } = claims;
        for set in sets.iter().map(SetName::name) {
            self.claims.entry(set.into()).or_default().push((claim(source), maintainers.clone()));
        }
    }

    /// The number of a registry; `None` for one that is not wanted.
    fn source(&mut self, name: &str) -> Option<SourceId> {
        let known = self.by_name.get(name).copied();
        if known.is_some() || self.only {
            return known;
        }
        let id = SourceId::try_from(self.sources.len()).ok()?;
        self.sources.push(name.into());
        self.by_name.insert(name.into(), id);
        Some(id)
    }

    /// The index of what was taken in.
    pub fn build(self) -> IrrIndex {
        let Self { sources, mut routes, mut sets, claims, .. } = self;
        routes.sort_unstable();
        routes.dedup();
        sets.values_mut().for_each(|all| all.sort_by_key(|set| set.source));
        IrrIndex::new(sources.into(), routes.into(), sets, claims)
    }
}
