//! What operators change while sessions run.

use super::{Happening, World};
use crate::arena::Side;
use crate::leg::LegId;
use crate::record::{Change, Seen};
use crate::speaker::SpeakerId;
use bgp_session::{Bfd, Input, State};
use bgp_speaker::{AdjRibIn, PeerConfig, PeerPolicies, PrefixLimits, Reach};
use bgp_wire::NotificationCode;
use std::net::IpAddr;
use std::time::Duration;

impl World {
    /// A neighbour is removed: its session ends, and what it brought goes.
    pub fn remove(&mut self, leg: LegId, side: Side) {
        self.changes(leg, side, Change::Removed);
        self.legs[leg].ends[side].started = false;
        self.input(leg, side, Input::Stop(NotificationCode::PEER_DECONFIGURED, ""));
        let config = self.legs[leg].ends[side].config.clone();
        self.replace(leg, side, config);
    }

    /// A neighbour gets another configuration, or is there again after it was removed; its session begins anew after
    /// `pause`. What the configuration's session agrees on may be others, addresses and BFD are not.
    pub fn reconfigure(
        &mut self,
        leg: LegId,
        side: Side,
        pause: Duration,
        configure: impl FnOnce(&mut PeerConfig),
    ) {
        self.changes(leg, side, Change::Neighbor);
        self.input(leg, side, Input::Stop(NotificationCode::OTHER_CONFIGURATION_CHANGE, ""));
        configure(&mut self.legs[leg].ends[side].config);
        let config = self.legs[leg].ends[side].config.clone();
        self.replace(leg, side, config);
        self.schedule.add(self.now + pause, Happening::Start(leg, side));
    }

    fn replace(&mut self, leg: LegId, side: Side, config: PeerConfig) {
        let (speaker, peer) = self.who(leg, side);
        let up = self.legs[leg].ends[side].bfd.as_ref().map(bfd::Session::state) == Some(bfd::State::Up);
        self.tell(speaker, |engine, now, mut out| engine.replace_peer(peer, config, now, &mut out));
        if up {
            self.input(leg, side, Input::Bfd(Bfd::Up));
        }
        let end = &mut self.legs[leg].ends[side];
        (end.ghosts_until, end.draining) = (None, false);
    }

    /// A neighbour gets other limits of prefixes.
    pub fn set_limits(&mut self, leg: LegId, side: Side, limits: PrefixLimits) {
        self.changes(leg, side, Change::Limits);
        let end = &mut self.legs[leg].ends[side];
        end.config.max_prefixes = limits.clone();
        end.ledger.may_repeat();
        let (speaker, peer) = self.who(leg, side);
        self.tell(speaker, |engine, now, mut out| engine.set_prefix_limits(peer, limits, now, &mut out));
    }

    /// A neighbour gets other policies while its session goes on.
    pub fn set_policies(&mut self, leg: LegId, side: Side, policies: PeerPolicies) {
        self.changes(leg, side, Change::Policies);
        // Where its routes are not here and cannot be asked for again, they stay judged as they are.
        let waits =
            self.state(leg, side) == State::Established && !self.keeps(leg, side) && !self.can_refresh(leg);
        let (speaker, peer) = self.who(leg, side);
        let nets: Vec<_> = self.engine(speaker).routes().into_iter().map(|route| route.net).collect();
        let end = &mut self.legs[leg].ends[side];
        // What is under way may leave by the policy of before, and then by this one.
        if end.config.export != policies.export {
            end.changed.extend(nets);
        }
        end.config.export.clone_from(&policies.export);
        end.awaited = waits.then(|| policies.clone());
        if !waits {
            end.config.import.clone_from(&policies.import);
        }
        self.tell(speaker, |engine, now, mut out| engine.set_policies(peer, policies, now, &mut out));
    }

    /// A session is no more: what waited for that is in force.
    pub(super) fn adopt_awaited(&mut self, leg: LegId, side: Side) {
        let end = &mut self.legs[leg].ends[side];
        if let Some(policies) = end.awaited.take() {
            end.config.import = policies.import;
        }
    }

    /// Whether what one end is told is kept as it came.
    pub(crate) fn keeps(&self, leg: LegId, side: Side) -> bool {
        self.legs[leg].ends[side].config.adj_rib_in == AdjRibIn::Kept
    }

    /// The drain of a session begins or ends (RFC 8326).
    pub fn drain(&mut self, leg: LegId, side: Side, draining: bool) {
        self.changes(leg, side, if draining { Change::Drain } else { Change::Undrain });
        self.legs[leg].ends[side].draining = draining;
        let (speaker, peer) = self.who(leg, side);
        self.tell(speaker, |engine, now, mut out| engine.drain(peer, draining, now, &mut out));
    }

    /// An operator has a session begin anew.
    pub fn begin_anew(&mut self, leg: LegId, side: Side) {
        self.changes(leg, side, Change::Anew);
        let (speaker, peer) = self.who(leg, side);
        let end = &mut self.legs[leg].ends[side];
        end.started |= !self.speakers[speaker].engine.is_shut_down(peer);
        self.tell(speaker, |engine, now, mut out| engine.reset(peer, "anew", now, &mut out));
    }

    /// An operator shuts a session down.
    pub fn shut_down(&mut self, leg: LegId, side: Side) {
        self.changes(leg, side, Change::ShutDown);
        self.legs[leg].ends[side].started = false;
        let (speaker, peer) = self.who(leg, side);
        self.tell(speaker, |engine, now, mut out| engine.shut_down(peer, "maintenance", now, &mut out));
    }

    /// An operator brings a session back that was shut down.
    pub fn bring_back(&mut self, leg: LegId, side: Side) {
        self.changes(leg, side, Change::BroughtBack);
        let (speaker, peer) = self.who(leg, side);
        self.legs[leg].ends[side].started |= self.speakers[speaker].engine.is_shut_down(peer);
        self.tell(speaker, |engine, now, mut out| engine.bring_back(peer, now, &mut out));
    }

    /// A speaker learns of the way to a next hop.
    pub fn set_next_hop(&mut self, speaker: SpeakerId, hop: IpAddr, reach: Reach) {
        self.record(Some(speaker), None, Seen::Changes(Change::NextHop(hop, reach)));
        self.speakers[speaker].reach.insert(hop, reach);
        self.tell(speaker, |engine, now, mut out| engine.set_next_hop(hop, reach, now, &mut out));
    }

    fn changes(&mut self, leg: LegId, side: Side, change: Change) {
        let (speaker, _) = self.who(leg, side);
        self.record(Some(speaker), Some(leg), Seen::Changes(change));
    }
}
