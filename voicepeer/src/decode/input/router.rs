//! What a router has told of its peers over BMP: what the UPDATEs of each depend on (RFC 7854 section 4.10).

use bgp_wire::Negotiated;
use bgp_wire::bmp::{Body, PeerHeader, message};
use std::collections::HashMap;

/// What tells one peer from another (RFC 7854 section 4.2); the tables of a peer share its OPENs.
type Key = (u8, [u8; 8], [u8; 16]);

/// The peers of one router that are up.
#[derive(Debug, Default)]
pub(crate) struct Router {
    peers: HashMap<Key, Negotiated>,
}

impl Router {
    /// Looks at a message, and gives what was told of its peer.
    pub(crate) fn look(&mut self, octets: &[u8]) -> Option<Negotiated> {
        let message = message(octets).ok()??;
        match message.decode().ok()? {
            Body::PeerUp(up) => {
                let session = up.negotiated().ok();
                match session {
                    Some(session) => self.peers.insert(key(&up.peer), session),
                    None => self.peers.remove(&key(&up.peer)),
                };
                session
            }
            Body::PeerDown(down) => self.peers.remove(&key(&down.peer)),
            Body::RouteMonitoring(monitoring) => self.peers.get(&key(&monitoring.peer)).copied(),
            Body::RouteMirroring(mirroring) => self.peers.get(&key(&mirroring.peer)).copied(),
            _ => None,
        }
    }
}

fn key(peer: &PeerHeader) -> Key {
    (peer.kind.octet(), peer.distinguisher, peer.address.0)
}
