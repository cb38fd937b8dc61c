//! Items by the hundred: what passes from the thread that reads to those that decode.

use super::item::{End, Ends, Item, Note, Payload, Place};
use super::line::Line;
use super::time::Time;
use bgp_wire::mrt::{Bgp4mpMessage, Body, Peer, Record, Session, record};
use bgp_wire::{Negotiated, frame};
use std::borrow::Cow;
use std::sync::Arc;

/// How the octets of a cut are to be read.
#[derive(Clone, Debug)]
pub(super) enum Kind {
    /// An MRT record.
    Record,
    /// A line of JSON.
    Line,
    /// A BGP message of this session.
    Bgp(Negotiated),
    /// A BMP message, and what was told of its peer.
    Bmp(Option<Negotiated>),
    /// A BFD packet.
    Bfd,
    /// None: a note.
    Note(Note),
}

/// One piece of a batch.
#[derive(Debug)]
struct Cut {
    place: Place,
    time: Option<Time>,
    ends: Option<Ends>,
    kind: Kind,
    /// Where its octets end; they begin where those of the cut before it end.
    end: usize,
}

/// Pieces of one input, in order. It owns its octets, and is small enough to pass between threads.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    octets: Vec<u8>,
    cuts: Vec<Cut>,
    /// The last PEER_INDEX_TABLE before these pieces.
    peers: Arc<[Peer]>,
}

impl Batch {
    /// A batch of the table with these peers.
    pub(super) fn of(peers: &Arc<[Peer]>) -> Self {
        Self { peers: Arc::clone(peers), ..Self::default() }
    }

    /// Whether it is of that table.
    pub(super) fn is_of(&self, peers: &Arc<[Peer]>) -> bool {
        Arc::ptr_eq(&self.peers, peers)
    }

    /// Adds a piece.
    pub(super) fn push(
        &mut self,
        place: Place,
        time: Option<Time>,
        ends: Option<Ends>,
        kind: Kind,
        octets: &[u8],
    ) {
        self.octets.extend_from_slice(octets);
        self.cuts.push(Cut { place, time, ends, kind, end: self.octets.len() });
    }

    /// A note that has no octets of its own.
    pub(super) fn note(&mut self, place: Place, time: Option<Time>, ends: Option<Ends>, note: Note) {
        self.push(place, time, ends, Kind::Note(note), &[]);
    }

    /// Whether this is as much as one batch should hold.
    pub(super) fn is_full(&self) -> bool {
        self.octets.len() >= 1 << 18 || self.cuts.len() >= 1 << 12
    }

    pub(super) fn is_empty(&self) -> bool {
        self.cuts.is_empty()
    }

    /// Gives every item to `each`, in order.
    pub(crate) fn for_each(&self, each: &mut dyn FnMut(&Item<'_>)) {
        let (mut start, mut hex) = (0, Vec::new());
        for cut in &self.cuts {
            let octets = self.octets.get(start..cut.end).unwrap_or_default();
            start = cut.end;
            self.item(cut, octets, &mut hex, each);
        }
    }

    fn item(&self, cut: &Cut, octets: &[u8], hex: &mut Vec<u8>, each: &mut dyn FnMut(&Item<'_>)) {
        let mut give = |payload| each(&Item { place: cut.place, time: cut.time, ends: cut.ends, payload });
        match &cut.kind {
            Kind::Bgp(session) => give(Payload::Bgp { octets, session: *session, others: &[] }),
            Kind::Bmp(session) => give(Payload::Bmp { octets, session: *session }),
            Kind::Bfd => give(Payload::Bfd { octets }),
            Kind::Note(note) => give(Payload::Note(Cow::Borrowed(note))),
            Kind::Line => match Line::read(octets, hex) {
                Ok(Line { session, others }) => {
                    for octets in messages(hex) {
                        give(Payload::Bgp { octets, session, others: &others });
                    }
                }
                Err(why) => give(Payload::Note(Cow::Owned(Note::Line(why)))),
            },
            Kind::Record => {
                if let Ok(Some(record)) = record(octets) {
                    self.record(cut.place, record, each);
                }
            }
        }
    }

    /// The items of an MRT record: the message in it, where it holds one.
    fn record<'a>(&'a self, place: Place, record: Record<'a>, each: &mut dyn FnMut(&Item<'_>)) {
        let time = Some(record.timestamp.into());
        match record.decode() {
            Ok(Body::Message(message)) => {
                let (ends, session) = (Some(ends(&message)), message.negotiated());
                for octets in messages(message.message) {
                    let payload = Payload::Bgp { octets, session, others: &[] };
                    each(&Item { place, time, ends, payload });
                }
            }
            body => {
                let ends = match &body {
                    Ok(Body::StateChange(change)) => Some(ends_of(&change.session, false)),
                    _ => None,
                };
                let payload = Payload::Mrt { record, body, peers: &self.peers };
                each(&Item { place, time, ends, payload });
            }
        }
    }
}

/// Who sent the message of a record to whom.
const fn ends(message: &Bgp4mpMessage<'_>) -> Ends {
    ends_of(&message.session, message.local)
}

const fn ends_of(session: &Session, from_local: bool) -> Ends {
    let peer = End { address: session.peer, port: None, asn: Some(session.peer_asn) };
    let local = End { address: session.local, port: None, asn: Some(session.local_asn) };
    if from_local { Ends { from: local, to: peer } } else { Ends { from: peer, to: local } }
}

/// The messages that stand one behind the other in `octets`: as far as their lengths go, and then the rest.
fn messages(octets: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(octets);
    std::iter::from_fn(move || {
        let octets = rest?;
        let whole = match frame(octets, u16::MAX) {
            Ok(Some(message)) => message.len,
            _ => octets.len(),
        };
        let (message, after) = octets.split_at_checked(whole)?;
        rest = Some(after).filter(|after| !after.is_empty());
        Some(message)
    })
}
