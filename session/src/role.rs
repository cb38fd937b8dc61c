//! Roles: both ends must agree on what they are to each other (RFC 9234 section 4.2).

use crate::config::Config;
use crate::down::Down;
use bgp_wire::{Capability, Open, Role};

/// What the peer's OPEN says it is; `None` where it says nothing.
pub(crate) fn peer_role(open: &Open<'_>) -> Option<Role> {
    roles(open).next()
}

fn roles(open: &Open<'_>) -> impl Iterator<Item = Role> {
    open.capabilities.iter().filter_map(|capability| match capability {
        Capability::Role(role) => Some(role),
        _ => None,
    })
}

/// Refuses a peer whose role does not go with ours, that says two, or, where ours is strict, that says none.
pub(crate) fn agree(config: &Config, open: &Open<'_>) -> Result<(), Down> {
    let Some(ours) = config.role() else { return Ok(()) };
    let (theirs, first) = (roles(open), peer_role(open));
    let one_voice = theirs.into_iter().all(|role| Some(role) == first);
    let fits = match first {
        Some(theirs) => one_voice && go_together(ours, theirs),
        None => !config.offers.strict_role,
    };
    if fits { Ok(()) } else { Err(Down::RoleMismatch { ours, theirs: first }) }
}

/// The pairs of RFC 9234 section 4.2, table 2.
const fn go_together(ours: Role, theirs: Role) -> bool {
    matches!(
        (ours, theirs),
        (Role::Provider, Role::Customer)
            | (Role::Customer, Role::Provider)
            | (Role::RouteServer, Role::RouteServerClient)
            | (Role::RouteServerClient, Role::RouteServer)
            | (Role::Peer, Role::Peer)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::offers::Offers;
    use bgp_wire::Asn;

    /// (ours, strict, theirs, whether the session may go on)
    #[test]
    fn pairs() {
        use Role::{Customer, Other, Peer, Provider, RouteServer, RouteServerClient};
        let known = [Provider, RouteServer, RouteServerClient, Customer, Peer, Other(9)];
        let pairs = [
            (Provider, Customer),
            (Customer, Provider),
            (RouteServer, RouteServerClient),
            (RouteServerClient, RouteServer),
            (Peer, Peer),
        ];
        let goes_on = |ours: Option<Role>, strict, theirs: &[Role]| {
            let mut config = Config::new(Asn(64500), Asn(64501), [192, 0, 2, 1].into());
            config.offers = Offers { role: ours, strict_role: strict, ..Offers::default() };
            let mut open = Open::new(Asn(64501), [192, 0, 2, 2].into());
            theirs.iter().for_each(|role| open.capabilities.push(Capability::Role(*role)));
            agree(&config, &open).is_ok()
        };
        for ours in known {
            for theirs in known {
                assert_eq!(goes_on(Some(ours), false, &[theirs]), pairs.contains(&(ours, theirs)));
            }
        }
        let cases: &[(Option<Role>, bool, &[Role], bool)] = &[
            (None, false, &[Customer], true),
            (None, true, &[], true),
            (Some(Peer), false, &[], true),
            (Some(Peer), true, &[], false),
            (Some(Peer), true, &[Peer], true),
            (Some(Peer), false, &[Peer, Peer], true),
            (Some(Peer), false, &[Peer, Customer], false),
        ];
        for (ours, strict, theirs, want) in cases {
            assert_eq!(goes_on(*ours, *strict, theirs), *want, "{ours:?} {strict} {theirs:?}");
        }
    }
}
