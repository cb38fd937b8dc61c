//! What our OPEN offers besides its families: the capabilities of RFC 5492 that an operator chooses.

use crate::config::Config;
use crate::orf;
use crate::restart::Restart;
use bgp_wire::{AddPath, Capability, Family, FamilySet, NextHopEncoding, Open, PathsLimit, PeerKind, Role};
use std::num::NonZeroU16;

/// What is offered to one peer. What the peer does not offer too is not done.
///
/// ```
/// use bgp_session::Offers;
/// let long = Offers { extended_messages: true, ..Offers::default() };
/// assert!(long.route_refresh && long.role.is_none());
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Offers {
    /// ROUTE-REFRESH is understood (RFC 2918).
    pub route_refresh: bool,
    /// A refresh has a beginning and an end (RFC 7313). It needs `route_refresh`.
    pub enhanced_route_refresh: bool,
    /// Messages of up to 65535 octets (RFC 8654).
    pub extended_messages: bool,
    /// Routes of these families of IPv4 may have IPv6 next hops (RFC 8950).
    pub extended_next_hop: FamilySet,
    /// Families of which several paths a prefix may come (RFC 7911).
    pub add_path_rx: FamilySet,
    /// Families of which several paths a prefix may be sent (RFC 7911).
    pub add_path_tx: FamilySet,
    /// How many paths a prefix the peer is asked to send at most (draft-abraitis-idr-addpath-paths-limit).
    pub paths_limit: Option<NonZeroU16>,
    /// Whether we ask the peer to send only what passes a filter of prefixes (RFC 5292).
    pub orf_tx: bool,
    /// Whether the peer may ask that of us.
    pub orf_rx: bool,
    /// What happens to routes while one side restarts (RFC 4724).
    pub graceful_restart: Option<Restart>,
    /// What we are to the peer (RFC 9234). It is said to external peers alone.
    pub role: Option<Role>,
    /// Whether a peer that does not say its role is refused (RFC 9234 section 4.2).
    pub strict_role: bool,
}

impl Default for Offers {
    /// Refreshes with a beginning and an end, and nothing else.
    fn default() -> Self {
        Self {
            route_refresh: true,
            enhanced_route_refresh: true,
            extended_messages: false,
            extended_next_hop: FamilySet::EMPTY,
            add_path_rx: FamilySet::EMPTY,
            add_path_tx: FamilySet::EMPTY,
            paths_limit: None,
            orf_tx: false,
            orf_rx: false,
            graceful_restart: None,
            role: None,
            strict_role: false,
        }
    }
}

impl Config {
    /// Whether the peer is of our own AS.
    pub(crate) fn peer_kind(&self) -> PeerKind {
        if self.local_asn == self.peer_asn { PeerKind::Internal } else { PeerKind::External }
    }

    /// The role that counts on this session: internal peers have none (RFC 9234 section 4.1).
    pub(crate) fn role(&self) -> Option<Role> {
        self.offers.role.filter(|_| self.peer_kind() == PeerKind::External)
    }
}

/// The OPEN we send.
pub(crate) fn our_open(config: &Config) -> Open<'static> {
    let offers = &config.offers;
    let mut open = Open {
        asn: config.local_asn,
        hold_time: config.hold_time.seconds(),
        router_id: config.router_id,
        capabilities: multiprotocol(config).collect(),
    };
    let mut offer = |capability: Capability<'_>| open.capabilities.push(capability);
    if offers.route_refresh {
        offer(Capability::RouteRefresh);
    }
    offer(Capability::FourOctetAsn(config.local_asn));
    let ipv6_hop = |family: Family| NextHopEncoding {
        afi: family.afi_safi().afi,
        safi: family.afi_safi().safi.into(),
        next_hop_afi: 2,
    };
    let hops: Vec<_> = config.families.intersection(offers.extended_next_hop).iter().map(ipv6_hop).collect();
    if !hops.is_empty() {
        offer(Capability::ExtendedNextHop(hops.as_slice().into()));
    }
    if offers.extended_messages {
        offer(Capability::ExtendedMessage);
    }
    if let Some(role) = config.role() {
        offer(Capability::Role(role));
    }
    offer_add_path(config, &mut offer);
    orf::offer(config, &mut offer);
    if config.bfd.is_negotiated() {
        offer(Capability::BfdStrictMode);
    }
    if offers.route_refresh && offers.enhanced_route_refresh {
        offer(Capability::EnhancedRouteRefresh);
    }
    if let Some(restart) = &offers.graceful_restart {
        restart.offer(config, &mut offer);
    }
    open
}

/// Several paths a prefix, and how many of them.
fn offer_add_path(config: &Config, offer: &mut impl FnMut(Capability<'_>)) {
    let ways = [config.offers.add_path_rx, config.offers.add_path_tx];
    let [receive, send] = ways.map(|families| config.families.intersection(families));
    let both = |family: Family| {
        let (receive, send) = (receive.contains(family), send.contains(family));
        (receive || send).then_some(AddPath { family: family.afi_safi(), receive, send })
    };
    let paths: Vec<_> = config.families.iter().filter_map(both).collect();
    if paths.is_empty() {
        return;
    }
    offer(Capability::AddPath(paths.as_slice().into()));
    if let Some(limit) = config.offers.paths_limit.filter(|_| !receive.is_empty()) {
        let limit = |family: Family| PathsLimit { family: family.afi_safi(), limit: limit.get() };
        let limits: Vec<_> = receive.iter().map(limit).collect();
        offer(Capability::PathsLimit(limits.as_slice().into()));
    }
}

/// One capability a family offered.
pub(crate) fn multiprotocol(config: &Config) -> impl Iterator<Item = Capability<'static>> + use<> {
    config.families.iter().map(|family| Capability::Multiprotocol(family.afi_safi()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use bgp_wire::Asn;

    /// (what is chosen, the capabilities that are offered beside those of every OPEN)
    #[test]
    fn capabilities() {
        let none = Offers { route_refresh: false, ..Offers::default() };
        let v4_hops = FamilySet::EMPTY.with(Family::Ipv4Unicast);
        let cases: &[(Offers, &str)] = &[
            (Offers::default(), "route-refresh, four-octet-as 64500, enhanced-route-refresh"),
            (none.clone(), "four-octet-as 64500"),
            (
                Offers { enhanced_route_refresh: false, ..Offers::default() },
                "route-refresh, four-octet-as 64500",
            ),
            (Offers { extended_messages: true, ..none.clone() }, "four-octet-as 64500, extended-message"),
            (
                Offers { extended_next_hop: v4_hops, ..none.clone() },
                "four-octet-as 64500, extended-next-hop ipv4-unicast over ipv6",
            ),
            (
                Offers { add_path_rx: FamilySet::EVERY, paths_limit: NonZeroU16::new(4), ..none.clone() },
                "four-octet-as 64500, add-path ipv4-unicast (receive), paths-limit ipv4-unicast 4",
            ),
            (Offers { paths_limit: NonZeroU16::new(4), ..none.clone() }, "four-octet-as 64500"),
            (
                Offers { add_path_tx: v4_hops, paths_limit: NonZeroU16::new(4), ..none.clone() },
                "four-octet-as 64500, add-path ipv4-unicast (send)",
            ),
            (
                Offers { add_path_rx: v4_hops, add_path_tx: v4_hops, ..none.clone() },
                "four-octet-as 64500, add-path ipv4-unicast (receive, send)",
            ),
            (
                Offers { orf_tx: true, ..none.clone() },
                "four-octet-as 64500, outbound-route-filter ipv4-unicast [prefix (send)]",
            ),
            (
                Offers { orf_tx: true, orf_rx: true, ..none.clone() },
                "four-octet-as 64500, outbound-route-filter ipv4-unicast [prefix (receive, send)]",
            ),
            (Offers { role: Some(Role::Customer), ..none }, "four-octet-as 64500, role customer"),
        ];
        for (offers, want) in cases {
            let mut config = Config::new(Asn(64500), Asn(64501), [192, 0, 2, 1].into());
            config.offers = offers.clone();
            let said = |config: &Config| {
                let all = our_open(config).capabilities.iter().map(|c| c.to_string()).collect::<Vec<_>>();
                all.join(", ").replace("multiprotocol ipv4-unicast, ", "")
            };
            assert_eq!(said(&config), *want);
            // An internal peer is told no role.
            config.peer_asn = config.local_asn;
            assert_eq!(said(&config), want.replace(", role customer", ""));
        }
    }
}
