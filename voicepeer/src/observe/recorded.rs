//! Records and captures: MRT tables and messages, BMP, and the TCP connections of a capture.

use super::ended::Ended;
use super::session::{End, Seat, Sessions, of_none};
use super::sighting::{Sightings, View, route, view};
use crate::decode::input::{Ends, Input, Item, Note, Payload};
use crate::diagnostic::BadInput;
use bgp_policy::voice::{Observed, ObservedRoute};
use bgp_wire::bmp::{Body as Bmp, PeerDown, PeerDownReason, PeerHeader, PeerUp, message};
use bgp_wire::mrt::{Body, MrtFault, Peer, Rib, State, TableAttributes, TableDump};
use bgp_wire::{
    Asn, Capability, Frame, MessageType, Negotiated, Notification, Open, Parsed, Reset, frame, update,
};
use ipnet::IpNet;
use std::collections::BTreeMap;
use std::ops::ControlFlow;

/// RFC 6396 section 4.4.1.
const ESTABLISHED: State = State(6);

/// Reads a recorded input to its end.
pub(super) fn read(input: Input, sessions: Sessions<'_>) -> Result<Observed, BadInput> {
    let name = input.name().to_owned();
    let mut reading = Reading { sightings: Sightings::of(sessions), seats: Vec::new(), broken: None };
    _ = input.read(&mut |batch| {
        batch.for_each(&mut |item| reading.item(item));
        if reading.broken.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    if let Some(why) = reading.broken {
        return Err(BadInput::new(format!("{name} {why}"))
            .help("what is missing in a file that is cut would seem unannounced"));
    }
    if reading.sightings.is_empty() {
        return Err(of_none(&name, reading.sightings.strangers()).help(format!(
            "say with --peer CONNECTION=ADDRESS which peer stands for a connection; the plan's: {}",
            sessions.names()
        )));
    }
    Ok(reading.sightings.observed(&name))
}

struct Reading<'a> {
    sightings: Sightings<'a>,
    /// The sessions that the peers of the table are of, by their index.
    seats: Vec<Option<Seat>>,
    broken: Option<String>,
}

impl Reading<'_> {
    fn item(&mut self, item: &Item<'_>) {
        let place = || format!("octet {}", item.place.offset);
        match &item.payload {
            Payload::Mrt { body: Ok(body), .. } => self.mrt(body, &place),
            Payload::Mrt { body: Err(fault), .. } => self.malformed(fault, &place()),
            Payload::Bgp { octets, session, .. } => {
                if let Some(ends) = item.ends {
                    self.bgp(octets, session, ends, &place());
                }
            }
            Payload::Bmp { octets, session } => bmp(&mut self.sightings, octets, session.as_ref(), &place()),
            Payload::Note(note) => self.note(note, item.ends, &place()),
            Payload::Bfd { .. } => {}
        }
    }

    fn malformed(&mut self, fault: &MrtFault, place: &str) {
        self.broken.get_or_insert_with(|| format!("cannot be read at {place}: {fault}"));
    }

    /// What is lost in the middle of a session's stream may be anything.
    fn note(&mut self, note: &Note, ends: Option<Ends>, place: &str) {
        let is_lost = matches!(note, Note::Gap { .. } | Note::Skipped { .. } | Note::FragmentsMissing { .. });
        let is_ours = ends.is_none_or(|ends| self.sightings.seat(ends.from.address).is_some());
        if note.is_broken() || (is_lost && is_ours) {
            self.broken.get_or_insert_with(|| format!("is broken at {place}: {note}"));
        }
    }

    fn mrt(&mut self, body: &Body<'_>, place: &impl Fn() -> String) {
        match body {
            Body::PeerIndexTable(table) => self.begins(table.peers()),
            Body::Rib(rib) if !rib.header.multicast => self.rib(rib, place),
            Body::TableDump(route) => self.table_dump(route, place),
            Body::StateChange(change) => {
                let Some(seat) = self.sightings.seat(change.session.peer) else { return };
                if change.new == ESTABLISHED {
                    self.sightings.up(seat, BTreeMap::new());
                    self.sightings.whole(seat, view(seat.end, false, false));
                } else {
                    self.sightings.down(seat, None, None);
                }
            }
            _ => {}
        }
    }

    /// A table tells all of its peers' routes.
    fn begins(&mut self, peers: impl Iterator<Item = Peer>) {
        self.seats = peers.map(|peer| self.sightings.seat(peer.addr)).collect();
        for seat in self.seats.iter().flatten() {
            self.sightings.whole(*seat, of_table(seat.end));
        }
    }

    fn rib(&mut self, rib: &Rib<'_>, place: &impl Fn() -> String) {
        let prefix = rib.header.prefix;
        for entry in rib.entries() {
            let Some(Some(seat)) = self.seats.get(usize::from(entry.peer)) else { continue };
            let key = (prefix, entry.path_id);
            self.sightings
                .route(*seat, of_table(seat.end), key, || in_table(prefix, entry.attributes(), place()));
        }
    }

    fn table_dump(&mut self, dump: &TableDump<'_>, place: &impl Fn() -> String) {
        let Some(seat) = self.sightings.seat(dump.peer) else { return };
        let (view, prefix) = (of_table(seat.end), dump.prefix);
        self.sightings.whole(seat, view);
        self.sightings.route(seat, view, (prefix, 0), || in_table(prefix, dump.attributes(), place()));
    }

    /// A message on its way between the ends of a session.
    fn bgp(&mut self, octets: &[u8], session: &Negotiated, ends: Ends, place: &str) {
        let Some(from) = self.sightings.seat(ends.from.address) else { return };
        let view = view(from.end, false, false);
        match frame(octets, session.max_message) {
            Ok(Some(Frame { kind: MessageType::Update, body, .. })) => {
                if let Ok(Parsed { update, .. }) = update(body, session) {
                    self.sightings.update(from, view, &update, place);
                }
            }
            Ok(Some(Frame { kind: MessageType::Open, body, .. })) => self.open(from, body),
            Ok(Some(Frame { kind: MessageType::Notification, body, .. })) => {
                let said = Notification::decode(body);
                let words = format!("{} sent {said}", from.end);
                self.sightings.down(from, Ended::by(&said, from.end), Some(words));
            }
            _ => {}
        }
    }

    /// An OPEN begins the session: what its sender announces is told from here on.
    fn open(&mut self, from: Seat, body: &[u8]) {
        let Ok(open) = Open::decode(body) else { return };
        self.sightings.opened(from, view(from.end, false, false), open.hold_time);
    }
}

/// The routes in a table are those that were accepted, as far as whoever keeps it has a policy.
const fn of_table(end: End) -> View {
    match end {
        End::Carrier => View::Announced,
        End::Far => View::Accepted,
    }
}

/// A route in a table; of one whose attributes are malformed nothing else is known.
fn in_table(prefix: IpNet, attributes: Result<TableAttributes<'_>, Reset>, place: String) -> ObservedRoute {
    match attributes {
        Ok(attributes) => route(prefix, &attributes.attrs, attributes.next_hop, place),
        Err(_) => ObservedRoute { place: Some(place.into()), ..ObservedRoute::new(prefix.into()) },
    }
}

/// What a BMP message tells. `session` is what a Peer Up told of its peer.
pub(super) fn bmp(sightings: &mut Sightings<'_>, octets: &[u8], session: Option<&Negotiated>, place: &str) {
    let Ok(Some(message)) = message(octets) else { return };
    match message.decode() {
        Ok(Bmp::PeerUp(up)) => peer_up(sightings, &up),
        Ok(Bmp::PeerDown(down)) => peer_down(sightings, &down),
        Ok(Bmp::RouteMonitoring(monitoring)) => {
            let Some(seat) = seat(sightings, &monitoring.peer) else { return };
            let header = &monitoring.peer;
            let view = view(seat.end, header.is_adj_rib_out(), header.is_post_policy());
            if let Ok(Parsed { update, .. }) = monitoring.update(session) {
                sightings.update(seat, view, &update, place);
            }
        }
        _ => {}
    }
}

fn seat(sightings: &mut Sightings<'_>, peer: &PeerHeader) -> Option<Seat> {
    sightings.seat(peer.addr()?)
}

fn peer_down(sightings: &mut Sightings<'_>, down: &PeerDown<'_>) {
    let Some(seat) = seat(sightings, &down.peer) else { return };
    let other = if seat.end == End::Far { End::Carrier } else { End::Far };
    let (said, from) = match &down.reason {
        PeerDownReason::NotMonitored => return sightings.forget(seat),
        PeerDownReason::RemoteNotification(said) => (said, seat.end),
        PeerDownReason::LocalNotification(said) => (said, other),
        PeerDownReason::RemoteNoData => {
            return sightings.down(seat, None, Some(format!("{} sent no NOTIFICATION", seat.end)));
        }
        _ => return sightings.down(seat, None, None),
    };
    sightings.down(seat, Ended::by(said, from), Some(format!("{from} sent {said}")));
}

fn peer_up(sightings: &mut Sightings<'_>, up: &PeerUp<'_>) {
    let Some(seat) = seat(sightings, &up.peer) else { return };
    let open = |open| Open::decode(open).ok();
    let ends = if seat.end == End::Far { [End::Carrier, End::Far] } else { [End::Far, End::Carrier] };
    let opens = ends.into_iter().zip([up.sent, up.received]);
    sightings.up(seat, opens.filter_map(|(end, octets)| Some((end, open(octets)?.hold_time))).collect());
    if let Some(sent) = open(up.sent) {
        sightings.told_by(seat, asn(&sent), up.peer.asn);
    }
}

/// The ASN of whoever sent an OPEN (RFC 6793 section 4.1).
fn asn(open: &Open<'_>) -> Asn {
    let four = open.capabilities.iter().find_map(|capability| match capability {
        Capability::FourOctetAsn(asn) => Some(asn),
        _ => None,
    });
    four.unwrap_or(open.asn)
}
