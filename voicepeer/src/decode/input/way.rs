//! What one side of a TCP connection sends: the messages in its stream.

use super::batch::{Batch, Kind};
use super::cut::{Cut, begins_bgp, begins_bmp, bgp_cut, bmp_cut, next_marker};
use super::item::{Ends, Note, Place};
use super::router::Router;
use super::session::Opens;
use super::tcp::Stream;
use super::time::Time;

/// Where what a segment completes goes, and what is known of it.
pub(super) struct Out<'a> {
    pub(super) place: Place,
    pub(super) time: Option<Time>,
    pub(super) ends: Ends,
    pub(super) batch: &'a mut Batch,
}

impl Out<'_> {
    fn message(&mut self, kind: Kind, octets: &[u8]) {
        self.batch.push(self.place, self.time, Some(self.ends), kind, octets);
    }

    fn note(&mut self, note: Note) {
        self.batch.note(self.place, self.time, Some(self.ends), note);
    }
}

/// What the stream carries.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Protocol {
    Bgp,
    Bmp,
}

/// What stands at the front of the stream.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Next {
    Message(Protocol, usize),
    /// Octets at which no message begins.
    Skip(usize),
    /// The first octets of a message.
    Wait,
}

/// One direction of a connection.
#[derive(Debug, Default)]
pub(super) struct Way {
    pub(super) stream: Stream,
    protocol: Option<Protocol>,
    router: Router,
    /// Octets passed over since the last message, and where in the stream the first of them stood.
    skipped: u64,
    skipped_at: u64,
}

impl Way {
    /// A stream that can carry nothing else.
    pub(super) fn of_bgp() -> Self {
        Self { protocol: Some(Protocol::Bgp), ..Self::default() }
    }

    /// Gives every message that is whole, and goes on beyond what is missing where it is time to: at the
    /// `end` of the stream at the latest.
    pub(super) fn drain(&mut self, side: usize, opens: &mut Opens, end: bool, out: &mut Out<'_>) {
        loop {
            self.messages(side, opens, out);
            let Some(gap) = self.stream.give_up(end) else { break };
            let dropped = self.stream.ready().len() as u64;
            if self.protocol.is_some() {
                self.tell_skipped(out);
                out.note(Note::Gap { offset: gap.position, missing: gap.missing, dropped });
            }
            self.stream.take(usize::MAX);
            self.stream.go_on();
        }
        if end {
            self.finish(out);
        }
    }

    fn finish(&mut self, out: &mut Out<'_>) {
        self.tell_skipped(out);
        let octets = self.stream.ready().len();
        if octets > 0 && self.protocol.is_some() {
            out.note(Note::Unfinished { octets: octets as u64 });
        }
        self.stream.take(octets);
    }

    fn messages(&mut self, side: usize, opens: &mut Opens, out: &mut Out<'_>) {
        let mut taken = 0;
        loop {
            let octets = self.stream.ready().get(taken..).unwrap_or_default();
            if self.protocol.is_none() {
                self.protocol = protocol(octets);
            }
            let n = match next(self.protocol, octets) {
                Next::Wait => break,
                Next::Skip(n) => {
                    self.skip(self.stream.ready_at() + taken as u64, n);
                    n
                }
                Next::Message(protocol, n) => {
                    let message = octets.get(..n).unwrap_or_default();
                    let kind = match protocol {
                        Protocol::Bmp => Kind::Bmp(self.router.look(message)),
                        Protocol::Bgp => {
                            opens.look(side, message);
                            Kind::Bgp(opens.session(side))
                        }
                    };
                    tell(&mut self.skipped, self.skipped_at, out);
                    out.message(kind, message);
                    n
                }
            };
            taken += n;
        }
        self.stream.take(taken);
    }

    fn skip(&mut self, at: u64, n: usize) {
        // What is neither BGP nor BMP is nobody's loss.
        if self.protocol.is_some() {
            if self.skipped == 0 {
                self.skipped_at = at;
            }
            self.skipped += n as u64;
        }
    }

    fn tell_skipped(&mut self, out: &mut Out<'_>) {
        tell(&mut self.skipped, self.skipped_at, out);
    }
}

/// Says what was passed over, once.
fn tell(skipped: &mut u64, offset: u64, out: &mut Out<'_>) {
    let octets = std::mem::take(skipped);
    if octets > 0 {
        out.note(Note::Skipped { offset, octets });
    }
}

fn protocol(octets: &[u8]) -> Option<Protocol> {
    if begins_bgp(octets) {
        Some(Protocol::Bgp)
    } else if begins_bmp(octets) {
        Some(Protocol::Bmp)
    } else {
        None
    }
}

fn next(protocol: Option<Protocol>, octets: &[u8]) -> Next {
    let cut = match protocol {
        _ if octets.is_empty() => return Next::Wait,
        None => return Next::Skip(octets.len()),
        Some(Protocol::Bgp) if !begins_bgp(octets) => return to_marker(octets),
        Some(Protocol::Bgp) => bgp_cut(octets),
        Some(Protocol::Bmp) => bmp_cut(octets),
    };
    match (cut, protocol) {
        (Cut::Whole(n), Some(protocol)) => Next::Message(protocol, n),
        // A header that lies is a message all the same; it ends where the next one begins.
        (Cut::Lost(next), Some(Protocol::Bgp)) => Next::Message(Protocol::Bgp, next.unwrap_or(octets.len())),
        (Cut::Lost(_), _) => Next::Skip(octets.len()),
        _ => Next::Wait,
    }
}

/// Octets before the next marker; what may be the beginning of one is waited for.
fn to_marker(octets: &[u8]) -> Next {
    let ones = octets.iter().rev().take(15).take_while(|octet| **octet == 0xff).count();
    match next_marker(octets) {
        Some(n) => Next::Skip(n),
        None if ones == octets.len() => Next::Wait,
        None => Next::Skip(octets.len() - ones),
    }
}
