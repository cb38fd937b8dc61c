//! Sessions that end and come back, where something else is going on: several paths a net, refreshes, other families, other
//! configurations.

use super::Nets;
use crate::testing::{Rig, peer};
use crate::{Conn, Input, PeerConfig, PeerId, Stale};
use bgp_session::{Offers, Restart};
use bgp_wire::{
    AddPath, Capability, Community, Family, FamilySet, GracefulRestart, Notification, NotificationCode,
    RestartFamily, RouteRefresh, StaleFamily,
};
use std::time::Duration;

/// What a peer offers of restarts: for so many seconds, then for long.
#[derive(Clone, Debug)]
struct Asks {
    time: u16,
    notification: bool,
    families: Vec<RestartFamily>,
    long: Vec<StaleFamily>,
}

impl Asks {
    fn of(families: &[Family], time: u16, stale_time: Option<u32>) -> Self {
        let kept = |family: &Family| RestartFamily { family: family.afi_safi(), forwarding_preserved: true };
        let long = |stale_time| {
            let of = move |family: &Family| StaleFamily {
                family: family.afi_safi(),
                forwarding_preserved: true,
                stale_time,
            };
            families.iter().map(of).collect()
        };
        let families = families.iter().map(kept).collect();
        Self { time, notification: true, families, long: stale_time.map(long).unwrap_or_default() }
    }

    fn offer<'a>(&'a self, more: &[Capability<'a>]) -> Vec<Capability<'a>> {
        let mut all = vec![Capability::GracefulRestart(GracefulRestart {
            restarting: false,
            notification: self.notification,
            restart_time: self.time,
            families: self.families.as_slice().into(),
        })];
        if !self.long.is_empty() {
            all.push(Capability::LongLivedGracefulRestart(self.long.as_slice().into()));
        }
        all.extend_from_slice(more);
        all
    }
}

/// A peer that we help, and that may ask us to keep for long.
fn helped(config: PeerConfig) -> PeerConfig {
    let graceful_restart = Some(Restart { long_lived: Some(7200), ..Restart::default() });
    let offers = Offers {
        graceful_restart,
        add_path_rx: FamilySet::EVERY,
        add_path_tx: FamilySet::EVERY,
        ..config.offers
    };
    PeerConfig { offers, ..config }
}

/// What a peer was told of a net: path identifiers and communities.
fn told(rig: &mut Rig, net: &str, to: PeerId) -> Vec<(u32, Vec<Community>)> {
    rig.pump();
    let told = rig.engine.told_of(net.parse().unwrap(), to).into_iter();
    told.map(|path| (path.path_id, path.attrs.communities)).collect()
}

/// Both paths of a peer outlast its session, are told on, then as stale for long; when it is back, the one that it does not say again
/// goes with its identifier.
#[test]
fn several_paths_of_a_peer_outlast_its_session_each_by_itself() {
    for nets in Nets::BOTH {
        for back_late in [false, true] {
            let (family, net) = (nets.0.afi_safi(), nets.fill("$A"));
            let asks = Asks::of(&[nets.0], 60, Some(3600));
            let sends = [AddPath { family, receive: true, send: true }];
            let theirs = asks.offer(&[Capability::AddPath(sends.as_slice().into())]);
            let mut rig = Rig::new();
            let from = rig.establish(helped(nets.peer(1)), &theirs);
            let to = rig.establish(helped(nets.peer(2)), &theirs);
            rig.announce_with(from, &[&format!("1 {net}")], |set| set.communities.push(Community(1)));
            rig.announce_with(from, &[&format!("2 {net}")], |set| set.communities.push(Community(2)));
            let both = [(1, vec![Community(1)]), (2, vec![Community(2)])];
            assert_eq!(told(&mut rig, &net, to), both);
            rig.sent(to);

            rig.input(from, Input::Closed(Conn::Dialed));
            assert_eq!(told(&mut rig, &net, to), both);
            assert_eq!(rig.sent(to), [] as [String; 0], "nobody hears of it");
            if back_late {
                rig.pass_alive(70);
                let stale = |n| (n, vec![Community(n), Community::LLGR_STALE]);
                assert_eq!(told(&mut rig, &net, to), [stale(1), stale(2)]);
            }
            rig.connect(from, &theirs);
            rig.announce_with(from, &[&format!("2 {net}")], |set| set.communities.push(Community(2)));
            assert_eq!(rig.engine.routes_from(from).len(), 2);
            rig.sent(to);
            rig.end_of_rib(from);
            assert_eq!(rig.sent(to), [format!("-1 {net}")], "{nets:?} {back_late}");
            assert_eq!(told(&mut rig, &net, to), [(2, vec![Community(2)])]);
        }
    }
}

/// RFC 9494 section 4.3: whoever does not know what is stale for long has it withdrawn when it becomes so, and told again when the
/// peer that it is of is back.
#[test]
fn what_becomes_stale_for_long_is_withdrawn_from_whoever_does_not_know_of_it() {
    for nets in Nets::BOTH {
        let net = nets.fill("$A");
        let (long, short) = (Asks::of(&[nets.0], 0, Some(600)), Asks::of(&[nets.0], 60, None));
        let mut rig = Rig::new();
        let from = rig.establish(helped(nets.peer(1)), &long.offer(&[]));
        let knows = rig.establish(helped(nets.peer(2)), &long.offer(&[]));
        let restarts_alone = rig.establish(helped(nets.peer(3)), &short.offer(&[]));
        let neither = rig.establish(nets.peer(4), &[]);
        rig.announce(from, &[&net]);
        for to in [knows, restarts_alone, neither] {
            assert_eq!(told(&mut rig, &net, to), [(0, vec![])]);
            rig.sent(to);
        }
        rig.input(from, Input::Closed(Conn::Dialed));
        rig.pass_alive(10);
        assert_eq!(told(&mut rig, &net, knows), [(0, vec![Community::LLGR_STALE])]);
        for to in [restarts_alone, neither] {
            assert_eq!(
                (told(&mut rig, &net, to), rig.sent(to)),
                (vec![], vec![format!("-{net}")]),
                "{nets:?}"
            );
        }
        rig.connect(from, &long.offer(&[]));
        rig.announce(from, &[&net]);
        for to in [knows, restarts_alone, neither] {
            assert_eq!(told(&mut rig, &net, to), [(0, vec![])], "{nets:?}");
        }
        // It does not come back a second time.
        rig.input(from, Input::Closed(Conn::Dialed));
        rig.pass_alive(620);
        assert_eq!(told(&mut rig, &net, knows), []);
    }
}

/// A peer that is configured otherwise while routes of it are kept: they are gone, and so are their timers.
#[test]
fn who_is_configured_anew_leaves_nothing_that_is_kept() {
    let (v4, v6) = (Family::Ipv4Unicast, Family::Ipv6Unicast);
    for waits in [10, 70] {
        let asks = Asks::of(&[v4, v6], 60, Some(3600));
        let both = PeerConfig { families: Family::UNICAST.into_iter().collect(), ..helped(peer(1)) };
        let mut rig = Rig::new();
        let id = rig.establish(both.clone(), &asks.offer(&[]));
        let nets = Nets::BOTH.map(|nets| nets.fill("$A"));
        rig.announce(id, &[&nets[0]]);
        rig.announce_with(id, &[&nets[1]], |set| {
            set.next_hop = bgp_wire::NextHop::V6("2001:db8::1".parse().unwrap());
        });
        rig.input(id, Input::Closed(Conn::Dialed));
        rig.pass(Duration::from_secs(waits));
        assert_eq!(rig.nets().len(), 2, "{waits}");
        rig.input(id, Input::Stop(NotificationCode::OTHER_CONFIGURATION_CHANGE, ""));
        let only = PeerConfig { families: FamilySet::EMPTY.with(v6), ..both };
        rig.engine.replace_peer(id, only, rig.now, &mut |_| {});
        assert_eq!(rig.nets(), [] as [String; 0]);
        assert_eq!(rig.engine.core().stale_timeout(), None);
        rig.pass(Duration::from_hours(2));
        rig.connect(id, &asks.offer(&[]));
        rig.announce_with(id, &[&nets[1]], |set| {
            set.next_hop = bgp_wire::NextHop::V6("2001:db8::1".parse().unwrap());
        });
        assert_eq!(rig.nets(), [nets[1].clone()]);
    }
}

/// What a peer's refresh (RFC 7313) has not said again is no more stale than the rest when its session ends in the midst of it.
#[test]
fn a_restart_in_the_midst_of_a_refresh_keeps_all() {
    for nets in Nets::BOTH {
        let all = ["$A", "$B", "$C"].map(|letter| nets.fill(letter));
        let asks = Asks::of(&[nets.0], 60, None);
        let theirs = asks.offer(&[Capability::EnhancedRouteRefresh]);
        let mut rig = Rig::new();
        let id = rig.establish(helped(nets.peer(1)), &theirs);
        rig.announce(id, &all.each_ref().map(String::as_str));
        rig.end_of_rib(id);
        rig.refresh(id, RouteRefresh::begin(nets.0.afi_safi()));
        rig.announce(id, &[&all[0]]);
        rig.input(id, Input::Closed(Conn::Dialed));
        assert_eq!(rig.nets().len(), 3);
        assert!(rig.engine.routes_from(id).iter().all(|route| route.stale == Stale::Kept));
        rig.pass_alive(50);
        assert_eq!(rig.nets().len(), 3);
        rig.connect(id, &theirs);
        rig.announce(id, &[&all[1]]);
        rig.end_of_rib(id);
        assert_eq!(rig.nets(), [all[1].clone()]);
    }
}

/// How a session ends.
#[derive(Clone, Copy, Debug)]
enum End {
    Closed,
    /// The peer is silent for the hold time.
    HoldTime,
    /// The peer says so.
    Says(NotificationCode),
    /// It encapsulates that in a Hard Reset (RFC 8538 section 3).
    SaysHard(NotificationCode),
    /// We end it for so long as an idle hold, or for good.
    Restarted(NotificationCode),
    Stopped,
}

/// (whether we offer restarts, for a NOTIFICATION too; what the peer asks for, for a NOTIFICATION too; the end; whether its routes of
/// IPv4 and of IPv6 are kept): for each neighbor by itself, RFC 4724 section 4.2 and RFC 8538 section 4.
#[test]
fn each_neighbor_is_helped_as_both_said() {
    use End::{Closed, HoldTime, Restarted, Says, SaysHard, Stopped};
    let (v4, v6) = (Family::Ipv4Unicast, Family::Ipv6Unicast);
    let (both, first, none) = (&[v4, v6][..], &[v4][..], &[][..]);
    let (reset, shutdown) =
        (NotificationCode::ADMINISTRATIVE_RESET, NotificationCode::ADMINISTRATIVE_SHUTDOWN);
    let resources = NotificationCode::OUT_OF_RESOURCES;
    let (yes, no) = (Some(true), Some(false));
    let rows = [
        // Who offers none keeps none, and who asks for none has none kept.
        (None, Some((both, true)), Closed, [false, false]),
        (yes, None, Closed, [false, false]),
        (None, None, Closed, [false, false]),
        (yes, Some((none, true)), Closed, [false, false]),
        // Of each family what is asked for.
        (yes, Some((both, true)), Closed, [true, true]),
        (yes, Some((first, true)), Closed, [true, false]),
        (no, Some((both, false)), Closed, [true, true]),
        // A NOTIFICATION, where both said that they restart by it.
        (yes, Some((both, true)), HoldTime, [true, true]),
        (yes, Some((first, true)), HoldTime, [true, false]),
        (yes, Some((both, false)), HoldTime, [false, false]),
        (no, Some((both, true)), HoldTime, [false, false]),
        (yes, Some((both, true)), Says(reset), [true, true]),
        (yes, Some((both, false)), Says(reset), [false, false]),
        (no, Some((both, true)), Says(reset), [false, false]),
        (yes, Some((both, true)), SaysHard(reset), [false, false]),
        (yes, Some((both, true)), SaysHard(shutdown), [false, false]),
        (yes, Some((both, true)), Restarted(resources), [true, true]),
        (no, Some((both, true)), Restarted(resources), [false, false]),
        // An operator's word is a Hard Reset.
        (yes, Some((both, true)), Restarted(reset), [false, false]),
        (yes, Some((both, true)), Stopped, [false, false]),
    ];
    for (number, (ours, theirs, end, kept)) in rows.into_iter().enumerate() {
        let mut rig = Rig::new();
        let graceful_restart = ours.map(|notification| Restart { notification, ..Restart::default() });
        let config = PeerConfig { families: Family::UNICAST.into_iter().collect(), ..peer(1) };
        let config = PeerConfig { offers: Offers { graceful_restart, ..config.offers }, ..config };
        let asks =
            theirs.map(|(families, notification)| Asks { notification, ..Asks::of(families, 300, None) });
        let offered = asks.as_ref().map(|asks| asks.offer(&[])).unwrap_or_default();
        let id = rig.establish(config, &offered);
        let other = rig.establish(peer(2), &[]);
        let nets = Nets::BOTH.map(|nets| nets.fill("$A"));
        rig.announce(id, &[&nets[0]]);
        rig.announce_with(id, &[&nets[1]], |set| {
            set.next_hop = bgp_wire::NextHop::V6("2001:db8::1".parse().unwrap());
        });
        rig.announce(other, &[&Nets::BOTH[0].fill("$B")]);
        match end {
            Closed => rig.input(id, Input::Closed(Conn::Dialed)),
            HoldTime => {
                for _ in 0..10 {
                    rig.pass(Duration::from_secs(10));
                    rig.message(other, bgp_wire::write_keepalive);
                }
                assert_eq!(rig.sent(id).pop().as_deref(), Some("4/0 Hold Timer Expired"), "row {number}");
            }
            Says(code) => rig.message(id, |out| Notification::new(code).encode(out)),
            SaysHard(code) => rig.message(id, |out| {
                let inner = Notification::new(code).encapsulated();
                Notification { code: NotificationCode::HARD_RESET, data: &inner }.encode(out);
            }),
            Restarted(code) => rig.input(id, Input::Restart(code, "")),
            Stopped => rig.input(id, Input::Stop(shutdown, "")),
        }
        assert!(rig.engine.connection(id).is_none(), "row {number}: it ended");
        let left = nets.each_ref().map(|net| rig.nets().contains(net));
        assert_eq!(left, kept, "row {number}: {ours:?} {end:?}");
        let stale = rig.engine.routes_from(id);
        assert!(stale.iter().all(|route| route.stale == Stale::Kept), "row {number}");
        assert!(rig.nets().contains(&Nets::BOTH[0].fill("$B")), "row {number}: the other neighbor's stay");
    }
}
