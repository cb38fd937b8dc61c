//! Peers that nobody named: whoever connects from a prefix, up to a limit.

use super::task::Task;
use crate::config::{PeerConfig, PeerPolicies};
use crate::prefix_limit::PrefixLimits;
use crate::trace::Step;
use bgp_rib::PeerId;
use bgp_session::Conn;
use ipnet::IpNet;
use std::borrow::Cow;
use std::net::{IpAddr, SocketAddr};

/// Who may become a peer by connecting, and what it is then.
#[derive(Clone, Debug)]
pub struct DynamicPeers {
    /// Where they are.
    pub prefix: IpNet,
    /// How many there may be at a time, connected ones and those that were.
    pub limit: u16,
    /// What each of them is: its address and the end of its name are its own, and it is never dialed. It has no
    /// BFD.
    pub template: PeerConfig,
}

impl DynamicPeers {
    /// The peer at an address.
    pub(crate) fn peer(&self, address: IpAddr) -> PeerConfig {
        let name = format!("{} {address}", self.template.name);
        PeerConfig { name, address, passive: true, bfd: None, ..self.template.clone() }
    }

    /// Whether who connects from there may become one of them. A link-local address is one on each link: the template's
    /// interface says which is meant, and without one none is.
    fn takes(&self, from: SocketAddr) -> bool {
        let address = from.ip().to_canonical();
        self.prefix.contains(&address) && self.template.tcp.is_at(SocketAddr::new(address, 0), from)
    }

    /// Whether it has that prefix and that template's name.
    fn is(&self, prefix: IpNet, name: &str) -> bool {
        self.prefix == prefix && self.template.name == name
    }

    /// Whether [`Self::peer`] gives that name to one of them.
    pub(crate) fn names(&self, name: &str) -> bool {
        let address = name.strip_prefix(&self.template.name).and_then(|rest| rest.strip_prefix(' '));
        address
            .and_then(|address| address.parse().ok())
            .is_some_and(|address: IpAddr| self.prefix.contains(&address))
    }
}

/// One such prefix, and its peers so far.
pub(super) struct Members {
    peers: DynamicPeers,
    members: Vec<PeerId>,
}

impl Members {
    pub(super) const fn new(peers: DynamicPeers) -> Self {
        Self { peers, members: Vec::new() }
    }
}

impl Task {
    /// Makes a peer of who connects from an address that no peer has; `None` where nobody may, or none more. The
    /// longest prefix decides. A peer that is gone makes room for another.
    pub(super) fn admit(&mut self, from: SocketAddr) -> Option<PeerId> {
        let address = from.ip().to_canonical();
        let within = self.dynamic.iter().enumerate().filter(|(_, d)| d.peers.takes(from));
        let (at, _) = within.max_by_key(|(_, d)| d.peers.prefix.prefix_len())?;
        let dynamic = self.dynamic.get(at)?;
        let config = dynamic.peers.peer(address);
        let name = config.name.clone();
        let peer = if dynamic.members.len() < usize::from(dynamic.peers.limit) {
            let peer = self.add_peer(config).ok()?;
            self.dynamic.get_mut(at)?.members.push(peer);
            peer
        } else {
            let connected = |peer| Conn::ALL.into_iter().any(|conn| self.engine.has_connection(peer, conn));
            // One that is shut down would come back as another.
            let free = |peer: &PeerId| !connected(*peer) && !self.engine.is_shut_down(*peer);
            let Some(peer) = dynamic.members.iter().copied().find(free) else {
                tracing::warn!(%from, limit = dynamic.peers.limit, "no more dynamic peers may be");
                return None;
            };
            self.replace_peer(peer, config);
            peer
        };
        tracing::info!(peer = peer.0, name, "dynamic peer");
        Some(peer)
    }

    /// Gives the peers of exactly that prefix and that template's name, those there are and those to come, other
    /// policies and limits.
    pub(super) fn change_dynamic(
        &mut self,
        prefix: IpNet,
        name: &str,
        policies: &PeerPolicies,
        limits: &PrefixLimits,
    ) {
        let Some(template) = self.dynamic_template(prefix, name) else { return };
        let (other_policies, other_limits) =
            (template.policies() != *policies, template.max_prefixes != *limits);
        let members = self.change_template(prefix, name, |template| {
            (template.import, template.export) = (policies.import.clone(), policies.export.clone());
            template.max_prefixes = limits.clone();
        });
        for peer in members {
            if other_limits {
                self.tell(&Step::Limits(peer, Cow::Borrowed(limits)));
            }
            if other_policies {
                self.tell(&Step::Policies(peer, policies.clone()));
            }
        }
    }

    /// What the peers of exactly that prefix and that template's name are.
    pub(super) fn dynamic_template(&self, prefix: IpNet, name: &str) -> Option<&PeerConfig> {
        let dynamic = self.dynamic.iter().find(|dynamic| dynamic.peers.is(prefix, name))?;
        Some(&dynamic.peers.template)
    }

    /// Changes what those to come are; those there are.
    pub(super) fn change_template(
        &mut self,
        prefix: IpNet,
        name: &str,
        change: impl FnOnce(&mut PeerConfig),
    ) -> Vec<PeerId> {
        let Some(dynamic) = self.dynamic.iter_mut().find(|dynamic| dynamic.peers.is(prefix, name)) else {
            return Vec::new();
        };
        change(&mut dynamic.peers.template);
        dynamic.members.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::socket::index_of;
    use bgp_wire::Asn;
    use std::net::{Ipv6Addr, SocketAddrV6};

    /// (the prefix, the interface of its template, who connects on which link, whether it is taken)
    #[test]
    fn a_link_local_address_is_taken_on_the_interface_of_the_template_alone() {
        let lo = index_of("lo").unwrap();
        let rows = [
            ("fe80::/10", Some("lo"), "fe80::1", lo, true),
            ("fe80::/10", Some("lo"), "fe80::1", lo + 1, false),
            ("fe80::/10", Some("no-such-device"), "fe80::1", lo, false),
            ("fe80::/10", None, "fe80::1", lo, false),
            ("2001:db8::/32", Some("lo"), "2001:db8::1", 0, true),
            ("2001:db8::/32", None, "2001:db8::1", 0, true),
            ("2001:db8::/32", None, "2001:db9::1", 0, false),
        ];
        for (prefix, interface, address, scope, taken) in rows {
            let prefix: IpNet = prefix.parse().unwrap();
            let mut template = PeerConfig::new("leaf", prefix.addr(), Asn(64501));
            template.tcp.interface = interface.map(str::to_owned);
            let from = SocketAddrV6::new(address.parse::<Ipv6Addr>().unwrap(), 7, 0, scope);
            let found = DynamicPeers { prefix, limit: 1, template }.takes(from.into());
            assert_eq!(found, taken, "{prefix} {interface:?} {from}");
        }
    }
}
