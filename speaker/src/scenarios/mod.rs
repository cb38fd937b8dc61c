//! Rules where they meet: a whole speaker between peers of octets, what it is told, and what it tells then. A rule alone is
//! tested beside the code that decides it.

mod attributes;
mod communities;
mod edits;
mod groups;
mod next_hops;
mod policy_change;
mod restarts;
mod route_server;

use crate::testing::{Rig, peer, peer6, policy};
use crate::{PeerConfig, PeerId};
use bgp_policy::{Policy, Route};
use bgp_wire::{AttributeSet, Family};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Nets of a family by letters, so that one table serves both: `A` and `B`, `C` within `A`, and `LONG`, the length of a
/// prefix that is one address.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Nets(Family);

impl Nets {
    const BOTH: [Self; 2] = [Self(Family::Ipv4Unicast), Self(Family::Ipv6Unicast)];

    /// The text with nets for `$A`, `$B` and `$C`, `$LONG`, and `$HOST7` for an address.
    fn fill(self, text: &str) -> String {
        let nets = match self.0 {
            Family::Ipv4Unicast => {
                ["198.51.100.0/24", "203.0.113.0/24", "198.51.100.64/26", "32", "192.0.2."]
            }
            _ => ["2001:db8:a::/48", "2001:db8:b::/48", "2001:db8:a:1::/64", "128", "2001:db8::"],
        };
        let letters = ["$A", "$B", "$C", "$LONG", "$HOST"];
        letters.iter().zip(nets).fold(text.to_owned(), |text, (letter, net)| text.replace(letter, net))
    }

    /// A policy's text, in which `p` is the one.
    fn policy(self, text: &str) -> Arc<Policy> {
        policy(&self.fill(text))
    }

    /// Peer `n` of this family, which accepts and is told everything.
    fn peer(self, n: u8) -> PeerConfig {
        if self.0 == Family::Ipv4Unicast { peer(n) } else { peer6(n) }
    }

    /// The letters of nets.
    fn letters(self, nets: &BTreeSet<String>) -> String {
        let letters = ["$A", "$B", "$C"].into_iter().filter(|letter| nets.contains(&self.fill(letter)));
        letters.map(|letter| letter.trim_start_matches('$')).collect::<Vec<_>>().join(" ")
    }
}

/// What a peer has by the messages that left for it.
#[derive(Default, Debug)]
struct Heard(BTreeSet<String>);

impl Heard {
    /// Takes what left since, and returns it.
    fn listen(&mut self, rig: &mut Rig, to: PeerId) -> Vec<String> {
        let sent = rig.sent(to);
        for net in sent.iter().filter(|word| word.contains('/')).flat_map(|word| word.split(' ')) {
            match net.strip_prefix('-') {
                Some(gone) => assert!(self.0.remove(gone), "{gone} was never told"),
                None => _ = self.0.insert(net.to_owned()),
            }
        }
        sent
    }
}

/// A peer announces routes as policies' tests write them; of the next hop nothing said, it is the peer's address.
fn announce(rig: &mut Rig, from: PeerId, nets: Nets, routes: &[&str]) {
    for text in routes {
        let text = format!("route {}", nets.fill(text));
        let route = Route::parse_all(&text).unwrap_or_else(|why| panic!("{text}: {why}")).remove(0);
        let says_hop = text.contains("next-hop");
        let announced = route.prefix.to_string();
        rig.announce_with(from, &[&announced], |set| {
            let hop = if says_hop { route.attrs.next_hop } else { set.next_hop };
            let path = if route.attrs.as_path.view().is_empty() {
                set.as_path.clone()
            } else {
                route.attrs.as_path.clone()
            };
            *set = AttributeSet { next_hop: hop, as_path: path, ..route.attrs.clone() };
        });
    }
}
