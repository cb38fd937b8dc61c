//! The speaker without IO: sessions, import, RIB and export composed.

use crate::config::{LocalRoute, PeerConfig, PeerPolicies, SpeakerConfig};
use crate::core::Core;
use crate::event::{Event, What};
use crate::prefix_limit::PrefixLimits;
use crate::reconfigure::ImportChange;
use crate::refresh::Refreshes;
use bgp_policy::irr::Registrations;
use bgp_policy::rpki::{AspaSet, VrpChanges, VrpSet};
use bgp_rib::{PeerId, Reach};
use bgp_session::{Bfd, Conn, Down, Input, Session, State};
use bgp_wire::{Family, MAX_MESSAGE, NotificationCode, RouteRefresh, TooLong};
use ipnet::IpNet;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

/// What an engine asks of its shell.
#[derive(Clone, PartialEq, Debug)]
pub enum Action<'a> {
    /// Open a connection to the peer; answer with `Connected(Conn::Dialed)` or `ConnectFailed`.
    Dial(PeerId),
    /// Write what was sent before, then close the connection; or give up the dial.
    Close(PeerId, Conn),
    /// Write these octets.
    Send(PeerId, Conn, &'a [u8]),
    /// Something to tell.
    Event(Event),
}

/// A whole speaker, without sockets, clock or threads.
///
/// The shell says what happened, does what the actions ask, and pulls UPDATEs with
/// [`Engine::poll_transmit`] whenever a socket has room.
///
/// ```
/// use bgp_speaker::{Action, Engine, Input, PeerConfig, SpeakerConfig};
/// use bgp_wire::Asn;
/// # #[expect(clippy::disallowed_methods, reason = "the example is its own shell")]
/// let now = std::time::Instant::now();
///
/// let mut engine = Engine::new(SpeakerConfig::new(Asn(64500), "192.0.2.1".parse().unwrap()));
/// let peer = engine.add_peer(PeerConfig::new("edge", "192.0.2.2".parse().unwrap(), Asn(64501)), now);
/// let mut dials = 0;
/// engine.handle(peer, Input::Start, now, &mut |action| {
///     if action == Action::Dial(peer) {
///         dials += 1;
///     }
/// });
/// assert_eq!(dials, 1);
/// ```
#[derive(Debug)]
pub struct Engine {
    sessions: Vec<Session>,
    core: Core,
}

impl Engine {
    /// A speaker without peers and routes.
    pub fn new(config: SpeakerConfig) -> Self {
        Self { sessions: Vec::new(), core: Core::new(config) }
    }

    /// Leaves what takes long to [`Engine::work`], which is to be called until it has nothing left to do: the loss of a
    /// peer's session means a walk over all nets. Without this, each input is dealt with on return.
    #[must_use]
    pub const fn in_pieces(mut self) -> Self {
        self.core.walks.in_pieces = true;
        self
    }

    /// Does one piece of what an input has left to do, bounded in nets; whether there may be more. Between two of them a shell
    /// may tell [`Engine::handle_keepalives`]. Whatever else it tells has all of the rest done first.
    pub fn work(&mut self, now: Instant, out: &mut impl FnMut(Action<'_>)) -> bool {
        self.core.work();
        self.core.tell_changes(now, out);
        self.has_work()
    }

    /// Whether there is something for [`Engine::work`].
    pub fn has_work(&self) -> bool {
        !self.core.walks.is_empty()
    }

    /// Does all that an input before has left to do.
    pub(crate) fn finish(&mut self, now: Instant, out: &mut impl FnMut(Action<'_>)) {
        if self.has_work() {
            self.core.finish();
            self.core.tell_changes(now, out);
        }
    }

    /// Adds a peer; its session waits for [`Input::Start`].
    pub fn add_peer(&mut self, config: PeerConfig, now: Instant) -> PeerId {
        self.core.finish();
        self.core.begin_deferral(now);
        let (id, session, seed) = self.core.add_peer(config);
        self.sessions.push(Session::new(session, seed, now));
        id
    }

    /// Puts another peer in the place of one without connections; what that one had here is withdrawn. Its session
    /// waits for [`Input::Start`].
    pub fn replace_peer(
        &mut self,
        peer: PeerId,
        config: PeerConfig,
        now: Instant,
        out: &mut impl FnMut(Action<'_>),
    ) {
        self.finish(now, out);
        let Some(session) = self.sessions.get_mut(peer.0 as usize) else { return };
        if let Some((config, seed)) = self.core.replace_peer(peer, config) {
            *session = Session::new(config, seed, now);
        }
        self.core.tell_changes(now, out);
    }

    /// Tells a peer's session what happened.
    pub fn handle(&mut self, peer: PeerId, input: Input<'_>, now: Instant, out: &mut impl FnMut(Action<'_>)) {
        self.finish(now, out);
        let Some(session) = self.sessions.get_mut(peer.0 as usize) else { return };
        session.handle(input, now, &mut |output| self.core.session_said(peer, &output, now, out));
        self.end_too_many(now, out);
        self.send_filters(now, out);
        self.end_deferral(now);
        self.core.tell_changes(now, out);
    }

    /// Sends our filters to peers whose sessions have come up (RFC 5291).
    fn send_filters(&mut self, now: Instant, out: &mut impl FnMut(Action<'_>)) {
        while let Some(peer) = self.core.filters_due.pop() {
            let filters = self.core.filters_for(peer);
            let Some(session) = self.sessions.get_mut(peer.0 as usize) else { continue };
            for (family, rules) in &filters {
                let input = Input::SendFilter(*family, rules);
                session.handle(input, now, &mut |output| self.core.session_said(peer, &output, now, out));
            }
        }
    }

    /// Ends the sessions of peers that announced more than they may, or to which more is to be announced.
    fn end_too_many(&mut self, now: Instant, out: &mut impl FnMut(Action<'_>)) {
        while let Some((peer, input)) = self.core.too_many.pop() {
            let Some(session) = self.sessions.get_mut(peer.0 as usize) else { continue };
            session.handle(input, now, &mut |output| self.core.session_said(peer, &output, now, out));
        }
    }

    /// Ends the wait after a restart when it is time: OPENs from then on say nothing of it.
    fn end_deferral(&mut self, now: Instant) {
        if self.core.end_deferral(now) {
            self.sessions.iter_mut().for_each(|session| session.set_restarting(false));
        }
    }

    /// Whether routes wait because this speaker has restarted (RFC 4724 section 4.1).
    pub fn is_restarting(&self) -> bool {
        self.core.deferral.is_on()
    }

    /// Gives a peer other limits. With higher ones, a session that ended because of the old ones starts, and what
    /// was passed over is asked for again.
    pub fn set_prefix_limits(
        &mut self,
        peer: PeerId,
        limits: PrefixLimits,
        now: Instant,
        out: &mut impl FnMut(Action<'_>),
    ) {
        let ended_by = |down: &Down| match down {
            Down::MaxPrefixes { family, limit } => limits.of(*family).is_none_or(|l| l.get() > *limit),
            Down::TooManyAnnounced { family, limit } => {
                limits.of_announced(*family).is_none_or(|l| l.get() > *limit)
            }
            _ => false,
        };
        let idle = self.session(peer).filter(|session| session.state() == State::Idle);
        let starts = !self.is_shut_down(peer) && idle.and_then(Session::last_down).is_some_and(ended_by);
        let again = self.core.set_limits(peer, limits);
        if starts {
            self.handle(peer, Input::Start, now, out);
        }
        for family in again {
            self.handle(peer, Input::SendRefresh(family), now, out);
        }
    }

    /// Gives a peer other policies. By another export policy it is told what passes now or leaves with other attributes, and what does
    /// not pass any more is withdrawn; what stays as it was is not told again. What it tells is judged by the new import policy: at once where all of it was kept as it came, or as the peer sends it again; where neither
    /// can be, the policy before stays in force until the session ends. An event says which.
    pub fn set_policies(
        &mut self,
        peer: PeerId,
        policies: PeerPolicies,
        now: Instant,
        out: &mut impl FnMut(Action<'_>),
    ) {
        self.finish(now, out);
        let change = self.core.set_policies(peer, policies);
        if let Some(change) = change {
            out(Action::Event(Event { at: now, peer, what: What::ImportPolicy(change) }));
        }
        self.send_filters(now, out);
        if change == Some(ImportChange::AskedAgain) {
            for family in self.core.to_ask_again(peer) {
                self.handle(peer, Input::SendRefresh(family), now, out);
            }
        }
        self.core.tell_changes(now, out);
    }

    /// A connection is there, with our address on it.
    pub fn connected(
        &mut self,
        peer: PeerId,
        conn: Conn,
        local: IpAddr,
        now: Instant,
        out: &mut impl FnMut(Action<'_>),
    ) {
        self.core.local_address_is(peer, conn, local);
        self.handle(peer, Input::Connected(conn), now, out);
    }

    /// The peer's BFD session changed, at `at`. What happens to the BGP session is RFC 5882's and RFC 9384's.
    pub fn bfd_changed(
        &mut self,
        peer: PeerId,
        change: bfd::Change,
        at: Instant,
        now: Instant,
        out: &mut impl FnMut(Action<'_>),
    ) {
        self.finish(now, out);
        self.core.bfd_is(peer, change.to);
        out(Action::Event(Event { at, peer, what: What::Bfd(change) }));
        let restarts = self.session(peer).and_then(Session::exchange).is_some_and(|x| x.restart.is_some());
        let keeps = self.core.peer(peer).is_some_and(|p| p.config.kept_at_most.after_bfd_failure);
        let ours = self.core.peer(peer).and_then(|p| p.config.bfd.as_ref());
        let ours = ours.is_some_and(|bfd| bfd.session.control_plane_independent);
        let independent = ours && change.remote.control_plane_independent;
        if change.reaction(ours, true) == bfd::Reaction::AbortRestart {
            self.core.abort_restart(peer);
        }
        let bfd = match change.to {
            bfd::State::Up => Bfd::Up,
            bfd::State::AdminDown => Bfd::AdminDown,
            // An operator at the peer's end took it down: that says nothing of the path.
            _ if change.remote.state == bfd::State::AdminDown => Bfd::AdminDown,
            _ if restarts && keeps && !independent => Bfd::DownWithPeer,
            _ => Bfd::Down,
        };
        self.handle(peer, Input::Bfd(bfd), now, out);
    }

    /// Takes every timer that is due.
    pub fn handle_timeouts(&mut self, now: Instant, out: &mut impl FnMut(Action<'_>)) {
        self.finish(now, out);
        for (number, session) in (0..).zip(&mut self.sessions) {
            let peer = PeerId(number);
            if session.poll_timeout().is_some_and(|at| at <= now) {
                session.handle(Input::Timeout, now, &mut |o| self.core.session_said(peer, &o, now, out));
            }
        }
        while let Some(peer) = self.core.held_back.pop() {
            self.look_at_announced(peer, now, out);
        }
        let up = self.core.peers.iter_mut().filter_map(|peer| peer.up.as_mut());
        up.for_each(|up| up.pace.expire(now));
        self.core.expire_stale(now);
        self.core.expire_damping(now);
        self.end_deferral(now);
        self.core.tell_changes(now, out);
    }

    /// Connections whose peers have been silent for the hold time, as far as the engine was told. Before
    /// [`Engine::handle_timeouts`] ends their sessions, a shell says [`Input::Unread`] of those whose octets it has not
    /// looked at.
    pub fn hold_due(&self, now: Instant) -> impl Iterator<Item = (PeerId, Conn)> {
        let sessions = (0..).map(PeerId).zip(&self.sessions);
        sessions.flat_map(move |(peer, session)| session.hold_due(now).map(move |conn| (peer, conn)))
    }

    /// Sends the KEEPALIVEs that are due, and does nothing else: a shell that is busy with much calls it now and then, so
    /// that none waits for what comes of UPDATEs. No session needs it more often than every second.
    pub fn handle_keepalives(&mut self, now: Instant, out: &mut impl FnMut(Action<'_>)) {
        for (number, session) in (0..).zip(&mut self.sessions) {
            let peer = PeerId(number);
            session.handle_keepalives(now, &mut |o| self.core.session_said(peer, &o, now, out));
        }
    }

    /// When the next timer is due.
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.sessions
            .iter()
            .filter_map(Session::poll_timeout)
            .chain(self.core.stale_timeout())
            .chain(self.core.damping_timeout())
            .chain(self.core.deferral.deadline())
            .chain(self.core.peers.iter().filter_map(|peer| peer.up.as_ref()?.pace.deadline()))
            .chain(self.core.held_back.iter().filter_map(|peer| self.session(*peer)?.established_since()))
            .min()
    }

    /// Appends messages for the peer to `buf`, UPDATEs or a marker of RFC 7313, and returns how many; `None` where nothing
    /// waits. They go out on [`Engine::connection`].
    ///
    /// That is one piece of work, bounded in nets and in peers. It may come to no message for this one, 0: there was
    /// something to do, and there may be more.
    pub fn poll_transmit(&mut self, peer: PeerId, buf: &mut Vec<u8>) -> Option<u64> {
        self.core.finish();
        if self.core.pace(peer).is_some_and(|pace| pace.deadline().is_some()) {
            return None;
        }
        let taken = self.transmit(peer, buf);
        self.core.pace(peer).into_iter().for_each(|pace| pace.taken(taken));
        taken
    }

    fn transmit(&mut self, peer: PeerId, buf: &mut Vec<u8>) -> Option<u64> {
        if let Some(marker) = self.core.refreshes(peer).and_then(Refreshes::begins) {
            return Some(self.mark_refresh(peer, marker, buf));
        }
        let sent = self.core.poll_transmit(peer, buf);
        if sent.is_some() {
            return sent;
        }
        let marker = self.core.refreshes(peer).and_then(Refreshes::drained)?;
        Some(self.mark_refresh(peer, marker, buf))
    }

    fn mark_refresh(&mut self, peer: PeerId, marker: RouteRefresh, buf: &mut Vec<u8>) -> u64 {
        let Some(session) = self.sessions.get_mut(peer.0 as usize) else { return 0 };
        session.mark_refresh(marker, buf);
        1
    }

    /// So many messages of [`Engine::poll_transmit`] were written.
    pub fn updates_sent(&mut self, peer: PeerId, n: u64, now: Instant, out: &mut impl FnMut(Action<'_>)) {
        self.core.pace(peer).filter(|_| n > 0).into_iter().for_each(|pace| pace.written(now));
        let markers = self.core.refreshes(peer).map_or(0, Refreshes::take_written);
        self.handle(peer, Input::UpdatesSent(n.saturating_sub(markers)), now, out);
        self.look_at_announced(peer, now, out);
    }

    fn look_at_announced(&mut self, peer: PeerId, now: Instant, out: &mut impl FnMut(Action<'_>)) {
        self.core.look_at_announced(peer, |what| out(Action::Event(Event { at: now, peer, what })));
        self.end_too_many(now, out);
    }

    /// The connection on which the peer's session is Established.
    pub fn connection(&self, peer: PeerId) -> Option<Conn> {
        self.core.connection(peer)
    }

    /// The longest message that may come on a connection, in octets (RFC 8654): to frame by.
    pub fn max_message(&self, peer: PeerId, conn: Conn) -> u16 {
        self.session(peer).map_or(MAX_MESSAGE, |session| session.max_message(conn))
    }

    /// Whether the session has a connection of this kind already.
    pub fn has_connection(&self, peer: PeerId, conn: Conn) -> bool {
        self.session(peer).is_some_and(|session| session.connection(conn).is_some())
    }

    /// Originates a route, in place of an earlier one to the same prefix.
    /// Nothing changes where one of its attributes is longer than any message allows.
    pub fn originate(
        &mut self,
        route: &LocalRoute,
        now: Instant,
        out: &mut impl FnMut(Action<'_>),
    ) -> Result<(), TooLong> {
        self.finish(now, out);
        self.core.originate(route)?;
        self.core.tell_changes(now, out);
        Ok(())
    }

    /// The way to a next hop changed: paths through one that is not reachable are no candidates, and its cost is a step
    /// of the decision process (RFC 4271 section 9.1.2.1).
    pub fn set_next_hop(
        &mut self,
        hop: IpAddr,
        reach: Reach,
        now: Instant,
        out: &mut impl FnMut(Action<'_>),
    ) {
        self.finish(now, out);
        self.core.set_next_hop(hop, reach);
        self.core.tell_changes(now, out);
    }

    /// The VRPs of the RPKI change that routes are judged by (RFC 6811); with no change nothing is known of them any more. Routes whose
    /// state is another now are judged again, from what was kept as it came (RFC 9324): no session is reset. A peer of which nothing
    /// is kept is asked for its routes.
    pub fn change_vrps(
        &mut self,
        changes: Option<&VrpChanges>,
        now: Instant,
        out: &mut impl FnMut(Action<'_>),
    ) {
        self.finish(now, out);
        let to_ask = self.core.change_vrps(changes);
        self.revalidated(to_ask, now, out);
    }

    /// The attestations of providers are others that paths are judged by (ASPA); with none nothing is known of them any more. What follows is
    /// what follows where [VRPs change](Self::change_vrps).
    pub fn set_aspas(&mut self, aspas: Option<Arc<AspaSet>>, now: Instant, out: &mut impl FnMut(Action<'_>)) {
        self.finish(now, out);
        let to_ask = self.core.set_aspas(aspas);
        self.revalidated(to_ask, now, out);
    }

    /// The registrations of the IRR are others that routes are judged by; with none nothing is known of them any more. What follows is what
    /// follows where [VRPs change](Self::change_vrps).
    pub fn set_registrations(
        &mut self,
        registrations: Option<Registrations>,
        now: Instant,
        out: &mut impl FnMut(Action<'_>),
    ) {
        self.finish(now, out);
        let to_ask = self.core.set_registrations(registrations);
        self.revalidated(to_ask, now, out);
    }

    /// Asks peers for routes that were not kept, and tells of those that are others.
    fn revalidated(&mut self, to_ask: Vec<PeerId>, now: Instant, out: &mut impl FnMut(Action<'_>)) {
        for peer in to_ask {
            self.refresh(peer, now, out);
        }
        self.core.tell_changes(now, out);
    }

    /// The VRPs that routes are judged by, while anything is known of them.
    pub fn vrps(&self) -> Option<&VrpSet> {
        self.core.sources.vrps.as_ref()
    }

    /// The attestations that paths are judged by, while anything is known of them.
    pub fn aspas(&self) -> Option<&AspaSet> {
        self.core.sources.aspas.as_deref()
    }

    /// The registrations that routes are judged by, while anything is known of them.
    pub fn registrations(&self) -> Option<&Registrations> {
        self.core.sources.registrations.as_ref()
    }

    /// Takes a route back that began here.
    pub fn retract(&mut self, prefix: IpNet, now: Instant, out: &mut impl FnMut(Action<'_>)) {
        self.finish(now, out);
        self.core.retract(prefix);
        self.core.tell_changes(now, out);
    }

    /// Asks the peer for its routes of every family again (RFC 2918).
    pub fn refresh(&mut self, peer: PeerId, now: Instant, out: &mut impl FnMut(Action<'_>)) {
        for family in Family::UNICAST {
            self.handle(peer, Input::SendRefresh(family), now, out);
        }
    }

    /// Ends every session with a Cease that says `text` (RFC 9003).
    pub fn stop(&mut self, text: &str, now: Instant, out: &mut impl FnMut(Action<'_>)) {
        for peer in self.peers() {
            self.handle(peer, Input::Stop(NotificationCode::ADMINISTRATIVE_SHUTDOWN, text), now, out);
        }
    }

    /// Every peer, in the order in which they were added.
    pub fn peers(&self) -> impl Iterator<Item = PeerId> + use<> {
        (0..u32::try_from(self.sessions.len()).unwrap_or(u32::MAX)).map(PeerId)
    }

    pub(crate) fn session(&self, peer: PeerId) -> Option<&Session> {
        self.sessions.get(peer.0 as usize)
    }

    pub(crate) fn core_mut(&mut self) -> &mut Core {
        &mut self.core
    }

    pub(crate) fn core(&self) -> &Core {
        &self.core
    }
}
