//! Small networks of real shapes, over both families: who has which route, by which AS path and next hop. Every invariant is checked
//! besides, against the model.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test ends where it fails")]

mod inside;
mod neighbors;
mod sessions;
mod ways;

use bgp_policy::{Document, Policy};
use bgp_speaker::PeerConfig;
use bgp_wire::{Asn, AttributeSet, Family, FamilySet, NextHop, Origin};
use sim::{LegConfig, LegId, Side, SpeakerId, World};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;
use std::time::Duration;

const LIMIT: Duration = Duration::from_mins(2);

/// The policy `p` of a text.
#[expect(clippy::unnecessary_wraps, reason = "as a peer's configuration has it")]
fn policy(text: &str) -> Option<Arc<Policy>> {
    let document: Document = text.parse().unwrap_or_else(|why| panic!("{text}: {why}"));
    let library = document.library(|file| Err(file.to_owned())).unwrap_or_else(|why| panic!("{text}: {why}"));
    Some(Arc::new(library.policy("p").unwrap()))
}

/// A world of one family.
struct Net {
    world: World,
    ipv6: bool,
}

impl Net {
    const BOTH: [bool; 2] = [false, true];

    fn new(ipv6: bool) -> Self {
        Self { world: World::new(3), ipv6 }
    }

    fn speaker(&mut self, name: &str, asn: u32) -> SpeakerId {
        self.world.add_speaker(name, Asn(asn))
    }

    /// Joins two; all crosses unless `configure` says otherwise.
    fn join(&mut self, a: SpeakerId, b: SpeakerId, configure: impl Fn(Side, &mut PeerConfig)) -> LegId {
        let ipv6 = self.ipv6;
        let family = if ipv6 { Family::Ipv6Unicast } else { Family::Ipv4Unicast };
        self.world.join(a, b, LegConfig { ipv6, ..LegConfig::default() }, |side, peer| {
            peer.families = FamilySet::EMPTY.with(family);
            (peer.import, peer.export) =
                (policy("policy p { default accept }"), policy("policy p { default accept }"));
            configure(side, peer);
        })
    }

    /// A net by number.
    fn net(&self, n: u8) -> ipnet::IpNet {
        let text = if self.ipv6 { format!("2001:db8:{n}::/48") } else { format!("198.18.{n}.0/24") };
        text.parse().unwrap()
    }

    fn originate(&mut self, at: SpeakerId, n: u8) {
        let own = if self.ipv6 { IpAddr::V6(Ipv6Addr::UNSPECIFIED) } else { Ipv4Addr::UNSPECIFIED.into() };
        self.world.originate(at, self.net(n), AttributeSet::new(Origin::Igp, NextHop::from(own)));
    }

    /// The address of one end of a leg, as the other knows it.
    fn address(&self, leg: LegId, side: Side) -> IpAddr {
        let (speaker, peer) = self.world.who(leg, side.other());
        self.world.engine(speaker).peer_status(peer).unwrap().config.address
    }

    fn settle(&mut self) {
        self.world.settle(LIMIT).unwrap();
    }

    /// What a speaker has of a net: the AS path and the next hop of the best path.
    fn has(&self, at: SpeakerId, n: u8) -> Option<(String, IpAddr)> {
        let best = self.world.engine(at).best(self.net(n).into())?;
        Some((best.attrs.as_path.to_string(), best.attrs.next_hop.addr()))
    }

    fn path(&self, at: SpeakerId, n: u8) -> String {
        self.has(at, n).map_or_else(|| "nothing".to_owned(), |(path, _)| path)
    }
}
