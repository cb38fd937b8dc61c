//! Words that more than one form of a policy is written in.

use bgp_wire::{Origin, Role};

/// An origin by its name.
pub(crate) fn origin(name: &str) -> Option<Origin> {
    [Origin::Igp, Origin::Egp, Origin::Incomplete].into_iter().find(|origin| origin.name() == name)
}

/// A role by its name (RFC 9234).
pub(crate) fn role(name: &str) -> Option<Role> {
    Some(match name {
        "provider" => Role::Provider,
        "rs-server" => Role::RouteServer,
        "rs-client" => Role::RouteServerClient,
        "customer" => Role::Customer,
        "peer" => Role::Peer,
        _ => return None,
    })
}
