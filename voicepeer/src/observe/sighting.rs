//! What records and messages tell of a plan's sessions, one by one.

use super::ended::Ended;
use super::session::{End, Seat, Sessions, few};
use super::table::{Named, Table};
use bgp_policy::voice::{BfdState, Observed, ObservedBfd, ObservedRoute, ObservedSession, SessionState};
use bgp_wire::{AsPathBuf, Asn, AttributeSet, Attrs, NextHop, Nlri, Received, Unfeasible};
use ipnet::IpNet;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// Which routes of a session a message or record tells.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum View {
    /// Those that the carrier announces.
    Announced,
    /// Likewise, where they are further from what leaves: before the router's outbound policy, or after the inbound policy
    /// of whoever hears them. They count where the others are not told.
    NearlyAnnounced,
    /// Those that the carrier accepts from the far end.
    Accepted,
    /// Those that the far end announces.
    Received,
}

/// All that was told.
pub(super) struct Sightings<'a> {
    sessions: Sessions<'a>,
    named: Named,
    seen: BTreeMap<usize, Sighting>,
    /// Peers that are no end of a session of the plan.
    strangers: BTreeSet<IpAddr>,
}

/// What was told of one session.
#[derive(Debug, Default)]
struct Sighting {
    state: Option<SessionState>,
    /// What the OPENs of both ends offer.
    hold_times: BTreeMap<End, u16>,
    tables: BTreeMap<View, Table>,
    /// The ASNs of the router that tells and of its peer. FRR puts its own in front of what it has received.
    router: Option<(Asn, Asn)>,
    /// Whether it did.
    is_prefixed: bool,
    /// Why it last ended, where that was told: as a rule has it, and in words.
    ended: Option<Ended>,
    last_down: Option<String>,
}

impl<'a> Sightings<'a> {
    pub(super) fn of(sessions: Sessions<'a>) -> Self {
        let named = Named::of(sessions.plan());
        Self { sessions, named, seen: BTreeMap::new(), strangers: BTreeSet::new() }
    }

    /// The session that this address is an end of; anybody else is noted.
    pub(super) fn seat(&mut self, address: IpAddr) -> Option<Seat> {
        let seat = self.sessions.seat(address);
        if seat.is_none() && self.strangers.len() < 1 << 12 {
            self.strangers.insert(address);
        }
        seat
    }

    fn table(&mut self, seat: Seat, view: View) -> &mut Table {
        self.seen.entry(seat.number).or_default().tables.entry(view).or_default()
    }

    /// All of the table is told by what follows, or was told.
    pub(super) fn whole(&mut self, seat: Seat, view: View) {
        self.table(seat, view).is_whole = true;
    }

    /// The session begins, with nothing announced yet; `hold_times` are what the OPENs of both ends offer.
    pub(super) fn up(&mut self, seat: Seat, hold_times: BTreeMap<End, u16>) {
        let itself = Sighting { state: Some(SessionState::Established), hold_times, ..Sighting::default() };
        self.seen.insert(seat.number, if seat.is_itself { itself } else { Sighting::default() });
    }

    /// A router tells of what it has received from its peer; these are both their ASNs.
    pub(super) fn told_by(&mut self, seat: Seat, router: Asn, peer: Asn) {
        self.seen.entry(seat.number).or_default().router = Some((router, peer));
    }

    /// One end begins the session: what it announces is told from here on.
    pub(super) fn opened(&mut self, from: Seat, view: View, hold_time: u16) {
        let sighting = self.seen.entry(from.number).or_default();
        if sighting.state.is_some() {
            *sighting = Sighting::default();
        }
        if from.is_itself {
            sighting.hold_times.insert(from.end, hold_time);
        }
        sighting.tables.insert(view, Table::begun());
    }

    /// The session ends, and with it all that was announced on it. Why it ended counts until it is up again.
    pub(super) fn down(&mut self, seat: Seat, why: Option<Ended>, words: Option<String>) {
        let before = self.seen.remove(&seat.number).unwrap_or_default();
        let itself = Sighting {
            state: Some(SessionState::Idle),
            ended: why.or(before.ended),
            last_down: words,
            ..Sighting::default()
        };
        self.seen.insert(seat.number, if seat.is_itself { itself } else { Sighting::default() });
    }

    /// It is told of no more.
    pub(super) fn forget(&mut self, seat: Seat) {
        self.seen.insert(seat.number, Sighting::default());
    }

    /// One route of a table.
    pub(super) fn route(
        &mut self,
        seat: Seat,
        view: View,
        key: (IpNet, u32),
        make: impl FnOnce() -> ObservedRoute,
    ) {
        let Self { named, seen, .. } = self;
        let Sighting { tables, router, is_prefixed, .. } = seen.entry(seat.number).or_default();
        let table = tables.entry(view).or_default();
        let make = || {
            let mut route = make();
            if let (Some(router), Some(path)) = (router, route.as_path.as_mut()) {
                *is_prefixed |= take_off(path, *router);
            }
            route
        };
        match view {
            // Every accepted route is looked at, for its path alone.
            View::Accepted => table.keep(key, make),
            _ => table.announce(key, named, make),
        }
    }

    /// What an UPDATE makes of a table. `place` is where it stands.
    pub(super) fn update(&mut self, seat: Seat, view: View, update: &Received<'_>, place: &str) {
        match update {
            Received::Routes(routes) => {
                self.withdraw(seat, view, &routes.withdrawn);
                for (hop, nlri) in routes.announced() {
                    self.announce(seat, view, (&routes.attrs, hop), nlri, place);
                }
            }
            Received::TreatAsWithdraw { withdrawn, announced }
            | Received::AfiSafiDisable { withdrawn, announced, .. } => {
                self.withdraw(seat, view, withdrawn);
                self.withdraw(seat, view, announced);
            }
            Received::EndOfRib(bgp_wire::Family::Ipv4Unicast) => self.whole(seat, view),
            Received::EndOfRib(_) => {}
        }
    }

    fn withdraw(&mut self, seat: Seat, view: View, gone: &Unfeasible<'_>) {
        let Self { named, seen, .. } = self;
        let table = seen.entry(seat.number).or_default().tables.entry(view).or_default();
        gone.prefixes().for_each(|nlri| table.withdraw((nlri.prefix, nlri.path_id), named));
    }

    fn announce(
        &mut self,
        seat: Seat,
        view: View,
        (attrs, hop): (&Attrs<'_>, NextHop),
        nlri: Nlri<'_>,
        place: &str,
    ) {
        for one in nlri {
            let key = (one.prefix, one.path_id);
            self.route(seat, view, key, || route(one.prefix, attrs, Some(hop), place));
        }
    }

    /// Whether the routes announced on every session of the plan were told whole.
    pub(super) fn is_whole(&self) -> bool {
        self.sessions.numbers().all(|number| self.seen.get(&number).is_some_and(Sighting::is_whole))
    }

    /// The connections whose routes were not told whole.
    pub(super) fn unseen(&self) -> Vec<&'a str> {
        let is_whole = |number: usize| self.seen.get(&number).is_some_and(Sighting::is_whole);
        self.sessions.numbered().filter(|(n, _)| !is_whole(*n)).map(|(_, c)| c.name.as_str()).collect()
    }

    /// Whether anything was told of a session of the plan.
    pub(super) fn is_empty(&self) -> bool {
        self.seen.is_empty()
    }

    /// The peers that are no end of a session of the plan.
    pub(super) const fn strangers(&self) -> &BTreeSet<IpAddr> {
        &self.strangers
    }

    /// The observation that it comes to; `source` says where it was told.
    pub(super) fn observed(self, source: &str) -> Observed {
        let mut observed = Observed::default();
        if !self.strangers.is_empty() {
            let strangers = few(&self.strangers);
            observed.notes.push(format!("{source}: peers that are of no session of the plan: {strangers}"));
        }
        for (number, sighting) in self.seen {
            let Some(connection) = self.sessions.number(number) else { continue };
            let name = &connection.name;
            if let Some((router, _)) = sighting.router.filter(|_| sighting.is_prefixed) {
                observed.notes.push(format!(
                    "{source}: the router puts its own AS{router} in front of what it has received on {name}; it was taken off"
                ));
            }
            let was_told = sighting.is_told();
            let one = sighting.observed(source);
            if one.routes.is_none() && was_told {
                observed.notes.push(format!(
                    "{source}: not all routes of connection {name} were told, and none is judged"
                ));
            }
            observed.sessions.push(ObservedSession { connection: Some(name.clone()), ..one });
        }
        observed
    }
}

impl Sighting {
    /// The tables of what the carrier announces.
    fn announced(&self) -> impl Iterator<Item = &Table> {
        [View::Announced, View::NearlyAnnounced].into_iter().filter_map(|view| self.tables.get(&view))
    }

    /// Whether anything was told of what the carrier announces.
    fn is_told(&self) -> bool {
        self.announced().next().is_some()
    }

    fn is_whole(&self) -> bool {
        self.announced().any(|table| table.is_whole)
    }

    fn observed(mut self, source: &str) -> ObservedSession {
        let both = self.hold_times.len() == 2;
        let mut whole = |view| self.tables.remove(&view).filter(|table| table.is_whole);
        let received = whole(View::Received).map(|table| table.prefixes());
        let accepted = whole(View::Accepted).map(Table::into_routes);
        let announced = whole(View::Announced).or_else(|| whole(View::NearlyAnnounced));
        let (routes, further) = announced.map(Table::into_routes).unzip();
        let down = ObservedBfd { state: BfdState::Down, detection_time_us: None, tx_interval_us: None };
        ObservedSession {
            source: Some(source.to_owned()),
            state: self.state,
            last_down: self.last_down,
            bfd: (self.ended == Some(Ended::ByBfd)).then_some(down),
            limit_reached: (self.ended == Some(Ended::AtLimit)).then_some(true),
            // The lower of both (RFC 4271 section 4.2).
            hold_time: self.hold_times.into_values().min().filter(|_| both),
            routes,
            further: further.filter(|n| *n > 0),
            accepted: accepted.map(|(routes, _)| routes),
            prefixes_received: received.and_then(|n| u32::try_from(n).ok()),
            ..ObservedSession::default()
        }
    }
}

/// Takes the router's own ASN off a path that goes on with its peer's: no peer's path begins so. Whether it was there.
fn take_off(path: &mut AsPathBuf, (router, peer): (Asn, Asn)) -> bool {
    if router == peer || !path.view().asns().take(2).eq([router, peer]) {
        return false;
    }
    let mut rest = AsPathBuf::default();
    for (number, segment) in path.view().segments().enumerate() {
        rest.push(segment.kind, segment.asns().skip(usize::from(number == 0)));
    }
    *path = rest;
    true
}

/// Which routes are those that someone heard from a peer that is this end of a session, or sent to it.
pub(super) const fn view(end: End, is_sent: bool, is_post_policy: bool) -> View {
    match (end, is_sent, is_post_policy) {
        // The carrier's router tells what it sends to the far end, and what it hears.
        (End::Far, true, true) | (End::Carrier, false, false) => View::Announced,
        (End::Far, true, false) | (End::Carrier, false, true) => View::NearlyAnnounced,
        (End::Far, false, true) => View::Accepted,
        (End::Far, false, false) | (End::Carrier, true, _) => View::Received,
    }
}

/// A route as it was told.
pub(super) fn route(
    prefix: IpNet,
    attrs: &Attrs<'_>,
    hop: Option<NextHop>,
    place: impl Into<Box<str>>,
) -> ObservedRoute {
    let set = AttributeSet::from_attrs(attrs, hop.unwrap_or(NextHop::Absent));
    ObservedRoute {
        next_hop: hop.map(|hop| hop.addr()),
        place: Some(place.into()),
        ..ObservedRoute::from_attributes(prefix, &set)
    }
}
