//! What routing registries and the RPKI have, where data of theirs were given.

use crate::irr::{IrrBuilder, IrrIndex, IrrObject, Registered};
use crate::rpki::{OriginState, Vrp, VrpSet};
use bgp_wire::Asn;
use ipnet::IpNet;
use std::collections::{BTreeSet, HashMap};

/// Data of registries for the rules on origins; what was not given is not known.
///
/// ```
/// use bgp_policy::irr::RpslReader;
/// use bgp_policy::voice::{IrrData, Registries};
///
/// let (mut irr, mut reader) = (IrrData::new("irr.db"), RpslReader::default());
/// for line in ["aut-num: AS3500", "", "route: 8.8.8.0/24", "origin: AS3500", ""] {
///     reader.line(line.as_bytes(), &mut |_| {}).into_iter().for_each(|object| irr.add(object));
/// }
/// let registries = Registries { irr: Some(irr.build()), ..Registries::default() };
/// assert!(registries.irr.unwrap().has_aut_num(bgp_wire::Asn(3500)));
/// ```
#[derive(Debug, Default)]
pub struct Registries {
    /// Routing registries.
    pub irr: Option<IrrRegistries>,
    /// The RPKI.
    pub rpki: Option<RpkiPayloads>,
}

/// Validated ROA payloads.
#[derive(Debug)]
pub struct RpkiPayloads {
    vrps: VrpSet,
    /// Names of trust anchors, where they are known.
    anchors: HashMap<Vrp, Box<str>>,
    source: String,
}

impl RpkiPayloads {
    /// Those of a file or server called `source` in evidence, with the trust anchors of those that are known; of several
    /// of one VRP the first counts.
    pub fn new<'a>(
        source: impl Into<String>,
        vrps: VrpSet,
        anchors: impl IntoIterator<Item = (Vrp, &'a str)>,
    ) -> Self {
        let mut named = HashMap::new();
        for (vrp, anchor) in anchors {
            named.entry(vrp).or_insert_with(|| anchor.into());
        }
        Self { vrps, anchors: named, source: source.into() }
    }

    /// The trust anchor of a payload that makes a route valid.
    fn anchor(&self, prefix: &IpNet, origin: Asn) -> Option<&str> {
        let vouches = |vrp: &&Vrp| vrp.asn() == origin && prefix.prefix_len() <= vrp.max_length();
        self.vrps.covering(prefix).filter(vouches).find_map(|vrp| self.anchors.get(vrp)).map(AsRef::as_ref)
    }
}

/// Objects of routing registries that are being taken in.
#[derive(Debug)]
pub struct IrrData {
    builder: IrrBuilder,
    asns: BTreeSet<Asn>,
    source: String,
}

impl IrrData {
    /// Nothing yet, of files or servers called `source` in evidence.
    pub fn new(source: impl Into<String>) -> Self {
        Self { builder: IrrBuilder::default(), asns: BTreeSet::new(), source: source.into() }
    }

    /// Takes an object in.
    pub fn add(&mut self, object: IrrObject) {
        if let IrrObject::AutNum(aut_num) = &object {
            self.asns.insert(aut_num.asn);
        }
        self.builder.add(object);
    }

    /// What was taken in, to be asked.
    pub fn build(self) -> IrrRegistries {
        IrrRegistries { index: self.builder.build(), asns: self.asns, source: self.source }
    }
}

/// Routing registries.
#[derive(Debug)]
pub struct IrrRegistries {
    index: IrrIndex,
    asns: BTreeSet<Asn>,
    pub(super) source: String,
}

impl IrrRegistries {
    /// Whether there is an `aut-num` of it.
    pub fn has_aut_num(&self, asn: Asn) -> bool {
        self.asns.contains(&asn)
    }

    /// The most specific `route` that is or covers `prefix` with this origin.
    pub fn covering(&self, prefix: &IpNet, origin: Asn) -> Option<&Registered> {
        self.index.covering(prefix).find(|route| route.origin == origin)
    }

    /// What must be there for a route to `prefix` from `origin`: each fact, and whether it holds.
    pub(super) fn facts(&self, prefix: &IpNet, origin: Asn) -> [(bool, String); 2] {
        let named = self.has_aut_num(origin);
        let aut_num = format!("{} aut-num AS{origin}", if named { "there is an" } else { "there is no" });
        let route = match self.covering(prefix, origin) {
            Some(route) => (true, self.text(route)),
            None => (false, self.others(prefix, origin)),
        };
        [(named, aut_num), route]
    }

    fn text(&self, route: &Registered) -> String {
        let name = self.index.source_name(route);
        let of = if name.is_empty() { String::new() } else { format!(" in {name}") };
        format!("route {} of AS{}{of}", route.prefix, route.origin)
    }

    fn others(&self, prefix: &IpNet, origin: Asn) -> String {
        let others: Vec<_> = self.index.covering(prefix).take(3).map(|route| self.text(route)).collect();
        let none = format!("no route object covers {prefix} with the origin AS{origin}");
        if others.is_empty() { none } else { format!("{none}; there is {}", others.join(", ")) }
    }
}

impl Registries {
    /// Whether a route object has the prefix, or one that covers it, with this origin; `None` without data of registries.
    pub fn irr_state(&self, prefix: &IpNet, origin: Option<Asn>) -> Option<OriginState> {
        let irr = self.irr.as_ref()?;
        let found = origin.and_then(|origin| irr.covering(prefix, origin)).is_some();
        Some(match irr.index.covering(prefix).next() {
            _ if found => OriginState::Valid,
            Some(_) => OriginState::Invalid,
            None => OriginState::NotFound,
        })
    }

    /// The state of RFC 6811; `None` without data of the RPKI.
    pub fn rpki_state(&self, prefix: &IpNet, origin: Option<Asn>) -> Option<OriginState> {
        Some(self.rpki.as_ref()?.vrps.validate(prefix, origin).state())
    }

    /// The trust anchor that vouches for a route; `None` where nothing does, or it is not known which.
    pub fn trust_anchor(&self, prefix: &IpNet, origin: Option<Asn>) -> Option<&str> {
        self.rpki.as_ref()?.anchor(prefix, origin?)
    }

    /// What the RPKI says of a route: whether it is invalid, in words, and by which data.
    pub(super) fn rpki(&self, prefix: &IpNet, origin: Option<Asn>) -> Option<(bool, String, &str)> {
        let RpkiPayloads { vrps, source, .. } = self.rpki.as_ref()?;
        let validation = vrps.validate(prefix, origin);
        let invalid = validation.state() == OriginState::Invalid;
        Some((invalid, format!("by the RPKI it is {validation}"), source))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::irr::RpslReader;

    /// (prefix, origin, by the registries, by the RPKI).
    #[test]
    fn states_of_origins() {
        let mut irr = IrrData::new("irr.db");
        let mut reader = RpslReader::default();
        for line in
            ["route: 198.51.100.0/24", "origin: AS64500", "", "route: 203.0.113.0/24", "origin: AS64501", ""]
        {
            reader.line(line.as_bytes(), &mut |_| {}).into_iter().for_each(|object| irr.add(object));
        }
        let vrp = Vrp::new("203.0.113.0/24".parse().unwrap(), 24, Asn(64500)).unwrap();
        let vrps = std::iter::once(vrp).collect();
        let rpki = Some(RpkiPayloads::new("vrps.json", vrps, [(vrp, "ripe"), (vrp, "arin")]));
        let registries = Registries { irr: Some(irr.build()), rpki };
        for (prefix, origin, by_irr, by_rpki) in [
            ("198.51.100.0/24", Some(64500), OriginState::Valid, OriginState::NotFound),
            ("198.51.100.128/25", Some(64500), OriginState::Valid, OriginState::NotFound),
            ("198.51.100.0/24", Some(64501), OriginState::Invalid, OriginState::NotFound),
            ("198.51.100.0/24", None, OriginState::Invalid, OriginState::NotFound),
            ("192.0.2.0/24", Some(64500), OriginState::NotFound, OriginState::NotFound),
            ("203.0.113.0/24", Some(64500), OriginState::Invalid, OriginState::Valid),
            ("203.0.113.128/25", Some(64500), OriginState::Invalid, OriginState::Invalid),
        ] {
            let (net, origin) = (prefix.parse().unwrap(), origin.map(Asn));
            let states = [registries.irr_state(&net, origin), registries.rpki_state(&net, origin)];
            assert_eq!(states, [Some(by_irr), Some(by_rpki)], "{prefix} {origin:?}");
            let anchor = (by_rpki == OriginState::Valid).then_some("ripe");
            assert_eq!(registries.trust_anchor(&net, origin), anchor, "{prefix} {origin:?}");
            let none = Registries::default();
            assert_eq!(none.trust_anchor(&net, origin), None);
            assert_eq!([none.irr_state(&net, origin), none.rpki_state(&net, origin)], [None, None]);
        }
    }
}
