//! `[peer.capabilities]` and the peer's role.

use super::Reader;
use super::file;
use super::levels::Levels;
use crate::diagnostic::BadInput;
use bgp_speaker::{Offers, PeerConfig};
use bgp_wire::{Family, FamilySet, Role};
use toml::Spanned;

impl Reader<'_> {
    /// What is offered to a peer besides its families.
    pub(super) fn offers(
        &self,
        peer: Levels<'_, file::Peer>,
        config: &PeerConfig,
        internal: bool,
    ) -> Result<Offers, BadInput> {
        let mut offers = Offers { role: self.role(peer, internal)?, ..Offers::default() };
        offers.strict_role = self.strict_role(peer, offers.role)?;
        let Some(table) = peer.within(|p| &p.capabilities) else { return Ok(offers) };
        offers.route_refresh = table.get(|c| &c.route_refresh).copied().unwrap_or(offers.route_refresh);
        if let Some(enhanced) = table.get(|c| &c.enhanced_route_refresh) {
            offers.enhanced_route_refresh = *enhanced.get_ref();
            if offers.enhanced_route_refresh && !offers.route_refresh {
                return Err(self.bad(enhanced, "enhanced_route_refresh needs route_refresh (RFC 7313)"));
            }
        }
        offers.extended_messages = table.is(|c| &c.extended_messages);
        if let Some(hops) = table.get(|c| &c.extended_next_hop).filter(|hops| *hops.get_ref()) {
            let v4 = FamilySet::EMPTY.with(Family::Ipv4Unicast);
            offers.extended_next_hop = config.families.intersection(v4);
            if offers.extended_next_hop.is_empty() {
                return Err(self.bad(hops, "extended_next_hop is for peers with ipv4-unicast (RFC 8950)"));
            }
        }
        Ok(offers)
    }

    fn role(&self, peer: Levels<'_, file::Peer>, internal: bool) -> Result<Option<Role>, BadInput> {
        const ROLES: [Role; 5] =
            [Role::Provider, Role::RouteServer, Role::RouteServerClient, Role::Customer, Role::Peer];
        let Some(name) = peer.get(|p| &p.role) else { return Ok(None) };
        if internal {
            return Err(self.bad(name, "internal peers have no roles (RFC 9234)"));
        }
        let role = ROLES.into_iter().find(|role| role.to_string() == *name.get_ref());
        role.map(Some).ok_or_else(|| self.bad(name, format!("{:?} is not a role", name.get_ref())))
    }

    fn strict_role(&self, peer: Levels<'_, file::Peer>, role: Option<Role>) -> Result<bool, BadInput> {
        match peer.get(|p| &p.strict_role) {
            Some(strict) if *strict.get_ref() && role.is_none() => {
                Err(self.bad(strict, "strict_role needs a role"))
            }
            strict => Ok(strict.is_some_and(|strict: &Spanned<bool>| *strict.get_ref())),
        }
    }
}
