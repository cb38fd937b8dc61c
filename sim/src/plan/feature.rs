//! What a leg has besides two speakers: each feature by its name, so that a failure can be looked for without it.

use super::{Kind, LegPlan};
use crate::arena::Side;
use crate::chance;
use crate::leg::LegConfig;
use crate::random::Random;
use bgp_rib::{DampingRules, RouteDampingConfig};
use bgp_session::Restart;
use bgp_speaker::{AdjRibIn, BeyondLimit, KeptAtMost, PeerConfig, PrefixLimits};
use bgp_wire::{Family, FamilySet, Role};
use std::num::{NonZeroU16, NonZeroU32};
use std::time::Duration;

/// What may be turned on of a leg.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) enum Feature {
    /// Both ends keep the other's routes while it restarts (RFC 4724).
    GracefulRestart,
    /// And for long after that (RFC 9494).
    LongLived,
    /// A limit of prefixes at one end.
    MaxPrefix,
    /// Refreshes have no beginning and no end (RFC 2918 alone).
    PlainRefresh,
    /// There are no refreshes.
    NoRefresh,
    /// Roles (RFC 9234).
    Roles,
    /// Messages beyond 4096 octets (RFC 8654).
    ExtendedMessages,
    /// IPv4 routes with IPv6 next hops (RFC 8950).
    ExtendedNextHop,
    /// BFD beside the session.
    Bfd,
    /// And the session waits for it.
    StrictBfd,
    /// The session runs over IPv6.
    Ipv6,
    /// One end offers one family alone.
    OneFamily,
    /// A reader that takes its time.
    SlowReader,
    /// Octets and packets that are late, in pieces, doubled and out of order.
    Delay,
    /// Dials that are refused.
    Refused,
    /// Several paths a net, one way or both, of one family or both, and a limit of them (RFC 7911).
    AddPath,
    /// One end asks the other for the prefixes alone that its import policy lets pass (RFC 5292).
    Orf,
    /// UPDATEs are gathered for a while (RFC 4271 section 9.2.1.1).
    Interval,
    /// One end keeps nothing of what it is told but the paths that it accepts.
    NotKept,
    /// One end damps routes that flap (RFC 2439).
    Damping,
}

impl Feature {
    /// All, with their names and how often of a thousand legs one has them.
    pub(super) const ALL: [(Self, &'static str, u16); 20] = [
        (Self::GracefulRestart, "graceful-restart", 400),
        (Self::LongLived, "long-lived", 150),
        (Self::MaxPrefix, "max-prefix", 150),
        (Self::PlainRefresh, "plain-refresh", 200),
        (Self::NoRefresh, "no-refresh", 50),
        (Self::Roles, "roles", 150),
        (Self::ExtendedMessages, "extended-messages", 300),
        (Self::ExtendedNextHop, "extended-next-hop", 300),
        (Self::Bfd, "bfd", 150),
        (Self::StrictBfd, "strict-bfd", 300),
        (Self::Ipv6, "ipv6", 300),
        (Self::OneFamily, "one-family", 100),
        (Self::SlowReader, "slow-reader", 200),
        (Self::Delay, "delay", 700),
        (Self::Refused, "refused", 100),
        (Self::AddPath, "add-path", 250),
        (Self::Orf, "orf", 200),
        (Self::Interval, "interval", 150),
        (Self::NotKept, "not-kept", 400),
        (Self::Damping, "damping", 200),
    ];

    const fn bit(self) -> u32 {
        1 << self as u32
    }
}

/// Several of them.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) struct Features(u32);

impl Features {
    /// What a leg has, and the seed of all else.
    pub(super) fn draw(random: &mut Random) -> (Self, u64) {
        let drawn = |random: &mut Random, last: bool| {
            let late = |feature| matches!(feature, Feature::NotKept | Feature::Damping);
            let of = Feature::ALL.into_iter().filter(|(feature, ..)| late(*feature) == last);
            of.filter(|(.., often)| random.chance(*often)).fold(0, |all, (feature, ..)| all | feature.bit())
        };
        let (others, seed) = (drawn(random, false), random.draw());
        // The last ones come from the leg's own seed: all else of a plan is as it was before there were these features.
        (Self(others | drawn(&mut Random::new(seed), true)), seed)
    }

    pub(super) const fn has(self, feature: Feature) -> bool {
        self.0 & feature.bit() != 0
    }

    pub(super) const fn without(self, feature: Feature) -> Self {
        Self(self.0 & !feature.bit())
    }
}

impl LegPlan {
    /// What the leg itself is like.
    pub(super) fn leg(&self) -> LegConfig {
        let random = &mut Random::new(self.seed);
        let has = |feature| self.features.has(feature);
        let mut leg = LegConfig { ipv6: has(Feature::Ipv6), ..LegConfig::default() };
        if has(Feature::Delay) {
            (leg.tcp, leg.udp) = (chance::tcp(random), chance::udp(random));
            leg.tcp.pause = Duration::ZERO;
        }
        if has(Feature::SlowReader) {
            leg.tcp.pause = random.up_to(Duration::from_millis(40));
            leg.tcp.read = 1 + random.length(300);
        }
        if has(Feature::Refused) {
            leg.tcp.refused = 300;
        }
        leg.guard = has(Feature::Bfd).then(|| chance::guard(has(Feature::StrictBfd)));
        leg
    }

    /// The configuration of the peer at one side; `external` where it is of another AS.
    pub(super) fn configure(&self, side: Side, external: bool, peer: &mut PeerConfig) {
        chance::open(side, peer);
        let has = |feature| self.features.has(feature);
        peer.idle_hold_max = Duration::from_secs(8);
        peer.offers.route_refresh = !has(Feature::NoRefresh);
        peer.offers.enhanced_route_refresh = !has(Feature::PlainRefresh);
        peer.offers.extended_messages = has(Feature::ExtendedMessages);
        if has(Feature::ExtendedNextHop) {
            peer.offers.extended_next_hop = FamilySet::EVERY;
        }
        if has(Feature::OneFamily) && side == Side::B {
            peer.families = FamilySet::EMPTY.with(Family::Ipv4Unicast);
        }
        self.keep(side, peer);
        self.limit(side, peer);
        self.tell(side, peer);
        let here = |at| at == side;
        match self.kind {
            Kind::Plain => {}
            Kind::Reflector(at) => peer.routing.reflector_client = here(at),
            Kind::RouteServer(at) => {
                peer.routing.route_server_client = here(at);
                peer.routing.enforce_first_as = here(at);
            }
        }
        if has(Feature::NotKept) && (side == Side::A) == self.seed.is_multiple_of(2) {
            peer.adj_rib_in = AdjRibIn::NotKept;
        }
        if has(Feature::Damping) && (side == Side::A) == (self.seed / 2).is_multiple_of(2) {
            peer.damping = damping(&mut Random::new(self.seed));
        }
        if external && has(Feature::Roles) {
            peer.offers.role = Some(self.role(side));
        }
    }

    fn role(&self, side: Side) -> Role {
        match (self.kind, self.seed % 3) {
            (Kind::RouteServer(at), _) if at == side => Role::RouteServer,
            (Kind::RouteServer(_), _) => Role::RouteServerClient,
            (_, 0) => Role::Peer,
            (_, 1) if side == Side::A => Role::Provider,
            (_, 2) if side == Side::B => Role::Provider,
            _ => Role::Customer,
        }
    }

    fn keep(&self, side: Side, peer: &mut PeerConfig) {
        if !self.features.has(Feature::GracefulRestart) {
            return;
        }
        let random = &mut Random::new(self.seed ^ u64::from(side == Side::B));
        let forwarding = if random.chance(700) { FamilySet::EVERY } else { FamilySet::EMPTY };
        let long = self.features.has(Feature::LongLived);
        peer.offers.graceful_restart = Some(Restart {
            time: random.pick(&[0, 3, 10, 20]).unwrap_or(0),
            forwarding,
            notification: random.chance(500),
            long_lived: long.then_some(15),
            ..Restart::default()
        });
        let at_most = random.pick(&[5, 30]).map_or(Duration::ZERO, Duration::from_secs);
        peer.kept_at_most = KeptAtMost {
            restart: at_most,
            stale: Duration::from_secs(20),
            long_lived: Duration::from_secs(25),
            ..KeptAtMost::default()
        };
    }

    /// What of its routes each end tells the other, and how fast.
    fn tell(&self, side: Side, peer: &mut PeerConfig) {
        let random = &mut Random::new(self.seed ^ (2 + u64::from(side == Side::B)));
        if self.features.has(Feature::AddPath) {
            let one = FamilySet::EMPTY.with(Family::Ipv4Unicast);
            let families = [FamilySet::EVERY, FamilySet::EVERY, one, FamilySet::EMPTY];
            peer.offers.add_path_rx = random.pick(&families).unwrap_or_default();
            peer.offers.add_path_tx = random.pick(&families).unwrap_or_default();
            peer.offers.paths_limit = random.pick(&[0, 0, 1, 2, 3]).and_then(NonZeroU16::new);
            peer.routing.paths_told = random.pick(&[1, 2, 3, 8]).unwrap_or(1);
        }
        if self.features.has(Feature::Orf) {
            peer.offers.orf_rx = side == Side::A || random.chance(300);
            peer.offers.orf_tx = side == Side::B || random.chance(300);
            if peer.offers.orf_tx {
                peer.import = Some(chance::prefixes_alone(random));
            }
        }
        if self.features.has(Feature::Interval) {
            peer.advertisement_interval = random.up_to(Duration::from_secs(4));
        }
    }

    fn limit(&self, side: Side, peer: &mut PeerConfig) {
        // What was passed over is asked for again: without refreshes it cannot be.
        let has = |feature| self.features.has(feature);
        if has(Feature::MaxPrefix) && !has(Feature::NoRefresh) && side == Side::B {
            peer.max_prefixes = limits(&mut Random::new(self.seed));
        }
    }
}

/// Rules by which two or three flaps within some seconds are too many; what is damped comes back within ten seconds.
fn damping(random: &mut Random) -> Option<DampingRules> {
    let half_lives = [1, 2, 4].map(Duration::from_secs);
    let config = RouteDampingConfig {
        re_announcement: random.pick(&[0, 1000]).unwrap_or(0),
        suppress: random.pick(&[1200, 2000, 2800]).unwrap_or(2000),
        half_life: random.pick(&half_lives).unwrap_or(Duration::from_secs(2)),
        half_life_unreachable: random.pick(&half_lives).unwrap_or(Duration::from_secs(2)),
        max_suppress: Duration::from_secs(10),
        ..RouteDampingConfig::default()
    };
    DampingRules::new(config).ok()
}

/// Limits that a world of some dozen prefixes reaches.
pub(super) fn limits(random: &mut Random) -> PrefixLimits {
    let time = Duration::from_secs(5);
    let beyonds = [BeyondLimit::Warn, BeyondLimit::Block, BeyondLimit::Restart(time), BeyondLimit::Shutdown];
    let limit = |random: &mut Random| {
        let limit = random.pick(&[0, 2, 5, 12]).unwrap_or(0);
        NonZeroU32::new(limit)
    };
    PrefixLimits {
        ipv4: limit(random),
        ipv6: limit(random),
        out_ipv4: limit(random).filter(|_| random.chance(200)),
        out_ipv6: None,
        warn_percent: 50,
        beyond: random.pick(&beyonds).unwrap_or(BeyondLimit::Warn),
        beyond_announced: random.pick(&beyonds).unwrap_or(BeyondLimit::Warn),
    }
}
