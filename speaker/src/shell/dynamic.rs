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
        let within = self.dynamic.iter().enumerate().filter(|(_, d)| d.peers.prefix.contains(&address));
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

    /// Gives the peers of exactly that prefix, those there are and those to come, other policies and limits.
    pub(super) fn change_dynamic(&mut self, prefix: IpNet, policies: &PeerPolicies, limits: &PrefixLimits) {
        let Some(template) = self.dynamic_template(prefix) else { return };
        let (other_policies, other_limits) =
            (template.policies() != *policies, template.max_prefixes != *limits);
        let members = self.change_template(prefix, |template| {
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

    /// What the peers of exactly that prefix are.
    pub(super) fn dynamic_template(&self, prefix: IpNet) -> Option<&PeerConfig> {
        let dynamic = self.dynamic.iter().find(|dynamic| dynamic.peers.prefix == prefix)?;
        Some(&dynamic.peers.template)
    }

    /// Changes what those to come are; those there are.
    pub(super) fn change_template(
        &mut self,
        prefix: IpNet,
        change: impl FnOnce(&mut PeerConfig),
    ) -> Vec<PeerId> {
        let Some(dynamic) = self.dynamic.iter_mut().find(|dynamic| dynamic.peers.prefix == prefix) else {
            return Vec::new();
        };
        change(&mut dynamic.peers.template);
        dynamic.members.clone()
    }
}
