//! Only-to-Customer: which routes leak, and what marks them (RFC 9234 section 5).

use bgp_wire::{Asn, AttributeSet, Role};

/// Judges and marks a route that came from the external peer `from`, to whom we are `ours`; `false` is a leak.
pub(crate) fn received(ours: Role, from: Asn, set: &mut AttributeSet) -> bool {
    match (ours, set.only_to_customer) {
        // From a customer, or from a client of our route server.
        (Role::Provider | Role::RouteServer, marked) => marked.is_none(),
        (Role::Peer, Some(asn)) => asn == from,
        (Role::Peer | Role::Customer | Role::RouteServerClient, None) => {
            set.only_to_customer = Some(from);
            true
        }
        _ => true,
    }
}

/// Marks a route that leaves to an external peer, to whom we are `ours`; `false` where it must not leave.
pub(crate) fn sent(ours: Role, local: Asn, set: &mut AttributeSet) -> bool {
    match (ours, set.only_to_customer) {
        // To a provider, a peer, or a route server.
        (Role::Customer | Role::Peer | Role::RouteServerClient, Some(_)) => false,
        (Role::Provider | Role::Peer | Role::RouteServer, None) => {
            set.only_to_customer = Some(local);
            true
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bgp_wire::{NextHop, Origin};

    const LOCAL: Asn = Asn(64500);
    const PEER: Asn = Asn(64501);
    const OTHER: Asn = Asn(64502);

    fn marked(otc: Option<Asn>) -> AttributeSet {
        let mut set = AttributeSet::new(Origin::Igp, NextHop::V4([192, 0, 2, 1].into()));
        set.only_to_customer = otc;
        set
    }

    /// (our role, OTC as it came, OTC as it is kept; none is a leak)
    #[test]
    fn ingress() {
        use Role::{Customer, Peer, Provider, RouteServer, RouteServerClient};
        for (ours, came, want) in [
            (Provider, None, Some(None)),
            (Provider, Some(PEER), None),
            (RouteServer, None, Some(None)),
            (RouteServer, Some(OTHER), None),
            (Peer, None, Some(Some(PEER))),
            (Peer, Some(PEER), Some(Some(PEER))),
            (Peer, Some(OTHER), None),
            (Customer, None, Some(Some(PEER))),
            (Customer, Some(OTHER), Some(Some(OTHER))),
            (RouteServerClient, None, Some(Some(PEER))),
            (RouteServerClient, Some(OTHER), Some(Some(OTHER))),
            (Role::Other(9), Some(OTHER), Some(Some(OTHER))),
        ] {
            let mut set = marked(came);
            let kept = received(ours, PEER, &mut set).then_some(set.only_to_customer);
            assert_eq!(kept, want, "{ours} {came:?}");
        }
    }

    /// (our role, OTC as it is kept, OTC as it leaves; none does not leave)
    #[test]
    fn egress() {
        use Role::{Customer, Peer, Provider, RouteServer, RouteServerClient};
        for (ours, kept, want) in [
            (Provider, None, Some(Some(LOCAL))),
            (Provider, Some(OTHER), Some(Some(OTHER))),
            (RouteServer, None, Some(Some(LOCAL))),
            (RouteServer, Some(OTHER), Some(Some(OTHER))),
            (Peer, None, Some(Some(LOCAL))),
            (Peer, Some(OTHER), None),
            (Customer, None, Some(None)),
            (Customer, Some(OTHER), None),
            (RouteServerClient, None, Some(None)),
            (RouteServerClient, Some(OTHER), None),
        ] {
            let mut set = marked(kept);
            let left = sent(ours, LOCAL, &mut set).then_some(set.only_to_customer);
            assert_eq!(left, want, "{ours} {kept:?}");
        }
    }
}
