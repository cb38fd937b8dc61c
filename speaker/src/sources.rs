//! What others say of prefixes and their origins: the RPKI and the IRR.

use crate::core::Core;
use bgp_policy::irr::{IrrState, Registrations};
use bgp_policy::rpki::{OriginState, VrpChanges, VrpSet, route_origin};
use bgp_wire::{AsPath, Asn};
use ipnet::IpNet;

/// The data that routes are judged by; nothing where nobody has given any.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct RouteSources {
    /// The origin of routes that began here: our ASN, as external peers know it.
    local: Asn,
    pub(crate) vrps: Option<VrpSet>,
    pub(crate) registrations: Option<Registrations>,
}

impl RouteSources {
    /// Without any data.
    pub(crate) const fn new(local: Asn) -> Self {
        Self { local, vrps: None, registrations: None }
    }

    /// The AS that a route with this path began in; `None` where nobody can say (RFC 6811 section 2).
    pub(crate) fn origin(&self, path: AsPath<'_>) -> Option<Asn> {
        route_origin(path, self.local)
    }

    /// What the RPKI says of a route, where anything is known.
    pub(crate) fn rpki(&self, prefix: &IpNet, origin: Option<Asn>) -> Option<OriginState> {
        self.vrps.as_ref().map(|vrps| vrps.state(prefix, origin))
    }

    /// What the IRR says of a route, where anything is known.
    pub(crate) fn irr(&self, prefix: &IpNet, origin: Option<Asn>) -> Option<IrrState> {
        self.registrations.as_ref().map(|all| all.state(prefix, origin))
    }
}

impl Core {
    /// The VRPs change; nothing is known any more where there is no change.
    pub(crate) fn change_vrps(&mut self, changes: Option<&VrpChanges>) {
        let before = self.sources.vrps.take().unwrap_or_default();
        self.sources.vrps = changes.map(|changes| before.changed_by(changes));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Rig, peer};
    use bgp_policy::rpki::Vrp;

    const A: &str = "198.51.100.0/24";
    const B: &str = "203.0.113.0/24";

    fn vrp(prefix: &str, asn: Asn) -> Vrp {
        Vrp::new(prefix.parse().unwrap(), 24, asn).unwrap()
    }

    #[test]
    fn routes_have_the_states_that_the_data_give_them() {
        use {
            IrrState::OtherOrigin,
            OriginState::{Invalid, NotFound, Valid},
        };
        let mut rig = Rig::new();
        let id = rig.establish(peer(1), &[]);
        rig.announce(id, &[A, B]);
        let asn = rig.engine.peer_status(id).unwrap().config.asn;
        let states = |rig: &Rig| {
            let routes = rig.engine.routes_from(id).into_iter();
            routes.map(|route| (route.rpki, route.irr)).collect::<Vec<_>>()
        };
        assert_eq!(states(&rig), [(None, None), (None, None)]);
        for (added, removed, a, b) in [
            (&[(A, asn)][..], &[][..], Valid, NotFound),
            (&[(B, Asn(1))], &[], Valid, Invalid),
            (&[(B, asn)], &[(A, asn)], NotFound, Valid),
            (&[], &[], NotFound, Valid),
        ] {
            let all =
                |list: &[(&str, Asn)]| list.iter().map(|(prefix, asn)| vrp(prefix, *asn)).collect::<Vec<_>>();
            let changes = VrpChanges::new(all(added), all(removed));
            rig.engine.change_vrps(Some(&changes));
            assert_eq!(states(&rig), [(Some(a), None), (Some(b), None)], "{changes:?}");
        }
        rig.engine.change_vrps(None);
        rig.engine.set_registrations(Some([(A.parse().unwrap(), Asn(1))].into_iter().collect()));
        assert_eq!(states(&rig), [(None, Some(OtherOrigin)), (None, Some(IrrState::NotRegistered))]);
        rig.engine.set_registrations(None);
        assert_eq!(states(&rig), [(None, None), (None, None)]);
    }
}
