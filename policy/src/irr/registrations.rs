//! Which prefixes are registered with which origins, and nothing else.

use super::index::Registered;
use super::state::IrrState;
use bgp_wire::Asn;
use ipnet::IpNet;

/// Prefixes and their origins: what the state of a route depends on, of an [`IrrIndex`](super::IrrIndex) or from elsewhere.
///
/// ```
/// use bgp_policy::irr::{IrrState, Registrations};
/// use bgp_wire::Asn;
/// let prefix = "198.51.100.0/24".parse().unwrap();
/// let all: Registrations = [(prefix, Asn(64500))].into_iter().collect();
/// assert_eq!(all.state(&prefix, Some(Asn(64501))), IrrState::OtherOrigin);
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Registrations(Box<[(IpNet, Asn)]>);

impl Registrations {
    /// All of them, sorted.
    pub fn all(&self) -> &[(IpNet, Asn)] {
        &self.0
    }

    /// The origins that exactly this prefix is registered with.
    pub fn of(&self, prefix: &IpNet) -> &[(IpNet, Asn)] {
        let prefix = prefix.trunc();
        let from = self.0.partition_point(|(registered, _)| *registered < prefix);
        let rest = self.0.get(from..).unwrap_or_default();
        rest.get(..rest.partition_point(|(registered, _)| *registered == prefix)).unwrap_or_default()
    }

    /// The state of a route to `prefix` whose origin is `origin`; `None` is the origin of a path that ends in an AS_SET.
    pub fn state(&self, prefix: &IpNet, origin: Option<Asn>) -> IrrState {
        let registered = self.of(prefix);
        IrrState::of(registered.iter().map(|(_, asn)| *asn), origin)
    }
}

impl FromIterator<(IpNet, Asn)> for Registrations {
    fn from_iter<I: IntoIterator<Item = (IpNet, Asn)>>(all: I) -> Self {
        let mut all: Vec<_> = all.into_iter().map(|(prefix, asn)| (prefix.trunc(), asn)).collect();
        all.sort_unstable();
        all.dedup();
        Self(all.into())
    }
}

impl From<&[Registered]> for Registrations {
    fn from(routes: &[Registered]) -> Self {
        routes.iter().map(|route| (route.prefix, route.origin)).collect()
    }
}
