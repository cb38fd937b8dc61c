//! What is checked at every step, at the end that did something.

use super::World;
use crate::arena::Side;
use crate::leg::{LegId, SessionClock};
use crate::legal;
use crate::model;
use crate::record::Message;
use crate::speaker::SpeakerId;
use crate::violation::Invariant;
use bgp_rib::Net;
use bgp_session::{Conn, Down, State};
use bgp_wire::{Family, FamilySet, NotificationCode};
use std::time::{Duration, Instant};

impl World {
    /// A session came up: its times, by what both OPENs came to.
    pub(super) fn begin_clock(&mut self, leg: LegId, side: Side) {
        let (speaker, peer) = self.who(leg, side);
        let status = self.engine(speaker).peer_status(peer);
        let now = self.now;
        let clock = status.and_then(|status| status.exchange).map(|exchange| SessionClock {
            heard: now,
            spoke: now,
            hold: exchange.hold_time,
            keepalive: exchange.keepalive_time,
            kept: exchange.restart.as_ref().map(|restart| {
                let long = restart.long_lived.iter().map(|(_, time)| *time).max();
                restart.time + long.unwrap_or_default()
            }),
        });
        let end = &mut self.legs[leg].ends[side];
        end.clock = clock;
        end.changed.clear();
        end.ghosts_until = None;
    }

    /// A session or an attempt at one has ended: what it brought is gone, or kept for the time that the peer asked for.
    pub(super) fn ended_by(&mut self, leg: LegId, side: Side, why: &Down) {
        let hard = match why {
            Down::HardReset { .. } | Down::MaxPrefixes { .. } | Down::BfdDown => true,
            Down::Stopped(code) => *code == NotificationCode::ADMINISTRATIVE_SHUTDOWN,
            _ => false,
        };
        let now = self.now;
        let end = &mut self.legs[leg].ends[side];
        if let Some(clock) = end.clock.take() {
            end.ghosts_until = clock.kept.filter(|_| !hard).map(|kept| now + kept);
        }
        self.check_ghosts(leg, side);
    }

    /// A session that is not Established has announced nothing, and what it brought is kept in time.
    fn check_ghosts(&mut self, leg: LegId, side: Side) {
        if self.state(leg, side) == State::Established {
            return;
        }
        let (speaker, peer) = self.who(leg, side);
        let engine = self.engine(speaker);
        let (from, to) = (engine.routes_from(peer).len(), engine.routes_to(peer).len());
        // A process that stood still until now has yet to look at its timers.
        let resumed = self.speakers[speaker].paused;
        let until =
            self.legs[leg].ends[side].ghosts_until.map(|until| resumed.map_or(until, |at| at.max(until)));
        let late = until.is_none_or(|until| self.now > until);
        if to > 0 || (late && from > 0) {
            let name = &self.speakers[speaker].name;
            let evidence = format!("{name} has {from} routes from and {to} to a peer that is gone");
            self.broke(Invariant::NoGhosts, evidence);
        }
    }

    /// What time alone makes wrong.
    pub(super) fn check_times(&mut self) {
        for (leg, side) in self.legs.ids().flat_map(|leg| Side::ALL.map(|side| (leg, side))) {
            let end = &self.legs[leg].ends[side];
            let (speaker, resumed) = (end.speaker, self.speakers[end.speaker].paused);
            if resumed.is_some_and(|at| at >= self.now) {
                continue;
            }
            let since = |at: Instant| self.now - resumed.map_or(at, |resumed| resumed.max(at));
            let over = |at: Instant, time: Option<Duration>| time.is_some_and(|time| since(at) > time);
            let late = end.clock.and_then(|clock| match clock {
                _ if over(clock.heard, clock.hold) => Some("outlives its hold time"),
                _ if over(clock.spoke, clock.keepalive) => Some("says nothing in its keepalive time"),
                _ => None,
            });
            let ghosts = end.ghosts_until.is_some_and(|until| since(until) > Duration::ZERO);
            if let Some(late) = late {
                let evidence = format!("{}'s session on {leg:?} {late}", self.speakers[speaker].name);
                self.broke(Invariant::OnTime, evidence);
            }
            if ghosts {
                self.check_ghosts(leg, side);
                self.legs[leg].ends[side].ghosts_until = None;
            }
        }
    }

    pub(super) fn check_legal(&mut self, leg: LegId, side: Side, was: State, from: State, to: State) {
        if was != from || !legal::follows(from, to) {
            let evidence = format!("{leg:?} goes from {from} to {to} at {side:?}, where it was {was}");
            self.broke(Invariant::Fsm, evidence);
        }
    }

    /// A message must be that connection's turn.
    pub(super) fn check_turn(&mut self, leg: LegId, side: Side, conn: Conn, message: &Message) {
        let Some(id) = self.legs[leg].ends[side].pipe(conn) else { return };
        let speech = &mut self.pipes[id].speech[side];
        if let Some(after) = speech.after(message) {
            *speech = after;
        } else {
            let evidence = format!("{message} on {leg:?} at {side:?} after {speech:?}");
            self.broke(Invariant::Fsm, evidence);
        }
    }

    /// A net has another best path from now on.
    pub(super) fn has_changed(&mut self, speaker: SpeakerId, net: Net) {
        for (leg, side) in self.speakers[speaker].sessions.clone() {
            self.legs[leg].ends[side].changed.insert(net);
        }
    }

    /// The best path is the one that the model finds among those that are there.
    pub(super) fn check_best(&mut self, speaker: SpeakerId, net: Net) {
        let engine = self.engine(speaker);
        let is = engine.best(net).map(|best| (best.peer, best.path_id));
        let paths = engine.explain(net).into_iter();
        let paths: Vec<_> = paths.filter_map(|route| model::candidate(self, speaker, &route)).collect();
        let should = model::best(self, speaker, &paths).map(model::Candidate::key);
        if is != should {
            let name = &self.speakers[speaker].name;
            let evidence = format!("{name}'s best path to {net} is of {is:?}, not of {should:?}");
            self.broke(Invariant::Best, evidence);
        }
    }

    /// In what leaves in one go, a family's withdrawals go before its announcements.
    pub(super) fn check_order(&mut self, leg: LegId, sent: Option<&Message>, announced: &mut FamilySet) {
        let Some(Message::Update(gone, new)) = sent else { return };
        if let Some(net) = gone.iter().find(|net| announced.contains(net.family())) {
            let evidence = format!("{net} is withdrawn on {leg:?} after others were announced");
            self.broke(Invariant::WithdrawnFirst, evidence);
        }
        new.iter().for_each(|net| *announced = announced.with(net.family()));
    }

    /// So many UPDATEs are to be sent, or none is left: after all that waited, nothing is for three quarters of the interval at least (RFC
    /// 4271 sections 9.2.1.1 and 10).
    pub(super) fn check_pace(&mut self, leg: LegId, side: Side, updates: Option<u64>) {
        let end = &mut self.legs[leg].ends[side];
        let least = end.config.advertisement_interval * 3 / 4;
        match end.told {
            Some((at, _)) if updates.is_none() => end.told = Some((at, true)),
            _ if updates.is_none_or(|updates| updates == 0) => {}
            Some((at, true)) if self.now - at < least => {
                let evidence = format!("UPDATEs on {leg:?} at {side:?} {:?} after the last", self.now - at);
                self.broke(Invariant::Paced, evidence);
            }
            _ => end.told = Some((self.now, false)),
        }
    }

    /// What the speaker says it has told is what its octets told.
    pub(super) fn check_account(&mut self, leg: LegId, side: Side) {
        let (speaker, peer) = self.who(leg, side);
        let account = self.engine(speaker).paths_to(peer);
        let told = self.legs[leg].ends[side].ledger.told();
        let same = account.len() == told.len()
            && account
                .iter()
                .map(|path| ((path.net, path.path_id), &path.attrs))
                .eq(told.iter().map(|(path, attrs)| (*path, attrs)));
        if !same {
            let name = &self.speakers[speaker].name;
            let evidence = format!("{name}'s Adj-RIB-Out on {leg:?} is not what its octets told");
            self.broke(Invariant::AdjRib, evidence);
        }
    }

    /// The End-of-RIB marker comes after all that has been there since the session came up.
    pub(super) fn check_end_of_rib(&mut self, leg: LegId, side: Side, family: Family) {
        // What a route server's client, or who is told several paths, has may change without the best path; and a limit
        // holds routes back.
        let config = &self.legs[leg].ends[side].config;
        let limited = config.max_prefixes.of_announced(family).is_some();
        let several =
            self.legs[leg].ends[side].ledger.negotiated().is_some_and(|n| n.add_path_tx.contains(family));
        if config.routing.route_server_client || limited || several {
            return;
        }
        let first = model::told_at_first(self, leg, side, family);
        let told = self.legs[leg].ends[side].ledger.told();
        let missing = first.iter().find(|(net, attrs)| attrs.first() != told.get(&(**net, 0)));
        if let Some((net, _)) = missing {
            let name = &self.speakers[self.legs[leg].ends[side].speaker].name;
            let evidence = format!("{name}'s End-of-RIB {family} on {leg:?} came without {net}");
            self.broke(Invariant::NothingMissing, evidence);
        }
    }
}
