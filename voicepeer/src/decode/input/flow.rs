//! The TCP connections of a capture, and the BGP and BMP messages in them.

use super::batch::Batch;
use super::cut::{begins_bgp, begins_bmp};
use super::item::{End, Ends, Place};
use super::link::Segment;
use super::session::Opens;
use super::time::Time;
use super::way::{Out, Way};
use std::collections::HashMap;
use std::net::SocketAddr;

/// The port of BGP (RFC 4271 section 8.2.1).
const BGP_PORT: u16 = 179;

/// Both addresses, the lower first.
type Key = (SocketAddr, SocketAddr);

/// Every connection that may carry BGP or BMP, in the order of their first segments.
#[derive(Debug, Default)]
pub(super) struct Flows {
    index: HashMap<Key, usize>,
    connections: Vec<Connection>,
}

#[derive(Debug)]
struct Connection {
    key: Key,
    ways: [Way; 2],
    opens: Opens,
}

/// An end of a connection, or of a datagram's way.
pub(super) const fn end(address: SocketAddr) -> End {
    End { address: address.ip(), port: Some(address.port()), asn: None }
}

impl Flows {
    /// Adds a segment; the messages that it completes go into `batch`.
    pub(super) fn segment(
        &mut self,
        segment: &Segment<'_>,
        place: Place,
        time: Option<Time>,
        batch: &mut Batch,
    ) {
        let side = usize::from(segment.from > segment.to);
        let key = if side == 0 { (segment.from, segment.to) } else { (segment.to, segment.from) };
        let index = match self.index.get(&key) {
            Some(index) => *index,
            None if may_carry(segment) => self.open(key),
            None => return,
        };
        let ends = Ends { from: end(segment.from), to: end(segment.to) };
        if let Some(connection) = self.connections.get_mut(index) {
            connection.segment(side, segment, &mut Out { place, time, ends, batch });
        }
    }

    fn open(&mut self, key: Key) -> usize {
        let index = self.connections.len();
        self.index.insert(key, index);
        self.connections.push(Connection { key, ways: [way(key), way(key)], opens: Opens::default() });
        index
    }

    /// The capture ends at `place`: what waits for a segment waits no longer.
    pub(super) fn end(&mut self, place: Place, batch: &mut Batch) {
        for Connection { key: (one, other), ways, opens } in &mut self.connections {
            for (side, way) in ways.iter_mut().enumerate() {
                let (from, to) = if side == 0 { (*one, *other) } else { (*other, *one) };
                let ends = Ends { from: end(from), to: end(to) };
                way.drain(side, opens, true, &mut Out { place, time: None, ends, batch });
            }
        }
    }
}

/// Whether the connection of this segment may be one of BGP or BMP: by its port, or by what it says.
fn may_carry(segment: &Segment<'_>) -> bool {
    is_of_bgp((segment.from, segment.to)) || begins_bgp(segment.octets) || begins_bmp(segment.octets)
}

const fn is_of_bgp((one, other): Key) -> bool {
    one.port() == BGP_PORT || other.port() == BGP_PORT
}

fn way(key: Key) -> Way {
    if is_of_bgp(key) { Way::of_bgp() } else { Way::default() }
}

impl Connection {
    fn segment(&mut self, side: usize, segment: &Segment<'_>, out: &mut Out<'_>) {
        let Self { key, ways, opens } = self;
        let Some(this) = ways.get_mut(side) else { return };
        if segment.syn && !this.stream.began_with(segment.sequence) {
            // A new connection between the same ports.
            this.drain(side, opens, true, out);
            opens.forget(side);
            *this = way(*key);
            this.stream.begin(segment.sequence);
        }
        // An acknowledgement alone may stand one octet before what comes next.
        if !segment.octets.is_empty() {
            if segment.syn {
                this.stream.add_of_syn(segment.sequence, segment.octets);
            } else {
                this.stream.add(segment.sequence, segment.octets);
            }
        }
        this.drain(side, opens, false, out);
    }
}
