//! What chance makes of legs, routes and policies.

use crate::arena::Side;
use crate::leg::{Guard, LegConfig, LegId, Udp};
use crate::pipe::Tcp;
use crate::random::Random;
use bfd::Timing;
use bgp_policy::{Action, CommunityPattern, Decision, Edit, Match, Policy, Rule};
use bgp_session::HoldTime;
use bgp_speaker::PeerConfig;
use bgp_wire::{Asn, AttributeSet, Community, Family, NextHop, Origin, SegmentKind};
use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::num::NonZeroU8;
use std::sync::Arc;
use std::time::Duration;

/// Import policy of [`open`] refuses what carries this.
pub const REFUSED: Community = community(64500, 666);
/// Import policy of [`open`] prefers what carries this.
pub const PREFERRED: Community = community(64500, 1);
/// Export policy of [`open`] keeps back what carries this.
pub const WITHHELD: Community = community(64500, 2);
/// Export policy of [`open`] prepends twice to what carries this.
pub const PREPENDED: Community = community(64500, 3);

const fn community(high: u16, low: u16) -> Community {
    Community((high as u32) << 16 | low as u32)
}

/// How many prefixes [`prefix`] can give.
pub const PREFIXES: u8 = 64;

/// A prefix by number: 32 of IPv4, then 32 of IPv6.
pub fn prefix(number: u8) -> IpNet {
    let block = number % 16 * 16;
    match number {
        0..16 => IpNet::V4(Ipv4Net::new_assert(Ipv4Addr::new(203, 0, 113, block), 28)),
        16..32 => IpNet::V4(Ipv4Net::new_assert(Ipv4Addr::new(198, 51, 100, block), 28)),
        _ => {
            let address = Ipv6Addr::new(0x2001, 0xdb8, number.into(), 0, 0, 0, 0, 0);
            IpNet::V6(Ipv6Net::new_assert(address, 48))
        }
    }
}

/// Attributes that fit the prefix: mostly plain, now and then with what policies look at.
pub fn attributes(prefix: IpNet, random: &mut Random) -> AttributeSet {
    let origin = random.pick(&[Origin::Igp, Origin::Igp, Origin::Incomplete]).unwrap_or_default();
    let mut attrs = AttributeSet::new(origin, next_hop(prefix, random));
    let communities = [
        REFUSED,
        PREFERRED,
        WITHHELD,
        PREPENDED,
        Community::NO_EXPORT,
        Community::NO_ADVERTISE,
        community(64511, 7),
    ];
    attrs.communities = communities.into_iter().filter(|_| random.chance(100)).collect();
    if random.chance(200) {
        attrs.med = Some(u32::from(random.chance(500)) * 10);
    }
    if random.chance(200) {
        let behind = random.pick(&[64497, 64501, 64510, 65550]).unwrap_or_default();
        attrs.as_path.push(SegmentKind::Sequence, [Asn(behind)]);
    }
    attrs
}

/// The speaker's own address on each session, a third router's, or one of the first leg's ends, which must
/// not accept it.
fn next_hop(prefix: IpNet, random: &mut Random) -> NextHop {
    let own = random.chance(700);
    let (third, end) = (LegId(usize::from(u8::MAX)), LegId(0));
    let given = random.pick(&[third, third, end]).unwrap_or(third).address(Side::B, prefix.addr().is_ipv6());
    match (prefix, own) {
        (IpNet::V4(_), true) => NextHop::V4(Ipv4Addr::UNSPECIFIED),
        (IpNet::V6(_), true) => IpAddr::V6(Ipv6Addr::UNSPECIFIED).into(),
        (_, false) => given.into(),
    }
}

/// Connections that are slow or fast, with octets in small or large pieces.
pub fn tcp(random: &mut Random) -> Tcp {
    let latency = Duration::from_micros(10) + random.up_to(Duration::from_millis(30));
    let slowest = random.pick(&[0, 0, 20]).unwrap_or(0);
    let pause = random.up_to(Duration::from_millis(slowest));
    Tcp { latency, pause, read: random.length(400), window: random.length(2000), refused: 0 }
}

/// Packets that are delayed, overtake each other and arrive twice.
pub fn udp(random: &mut Random) -> Udp {
    let latency = Duration::from_micros(10) + random.up_to(Duration::from_millis(10));
    Udp { lost: 0, twice: 50, latency, jitter: random.up_to(Duration::from_millis(10)) }
}

/// BFD every 100 ms, of which three may be missed.
pub fn guard(strict: bool) -> Guard {
    let mult = NonZeroU8::MIN.saturating_add(2);
    Guard { timing: Timing::new(Duration::from_millis(100), mult), strict }
}

/// A leg of any kind, without BFD.
pub fn leg(random: &mut Random) -> LegConfig {
    LegConfig { tcp: tcp(random), udp: udp(random), guard: None, ipv6: random.chance(300) }
}

/// A peer of both families whose policies follow the communities named here, with a hold time of 9 s.
pub fn open(_: Side, peer: &mut PeerConfig) {
    peer.families = Family::UNICAST.into_iter().collect();
    peer.hold_time = HoldTime::new(9).unwrap_or_default();
    let import = [
        rule("refused", REFUSED, Action::Reject, &[]),
        rule("preferred", PREFERRED, Action::Accept, &[Edit::SetLocalPref(200)]),
    ];
    let export = [
        rule("withheld", WITHHELD, Action::Reject, &[]),
        rule("prepended", PREPENDED, Action::Accept, &[Edit::Prepend(2)]),
    ];
    peer.import = Policy::new("import", import, Decision::Accept).ok().map(Arc::new);
    peer.export = Policy::new("export", export, Decision::Accept).ok().map(Arc::new);
}

/// A rule for what carries a community.
pub fn rule(name: &str, carries: Community, then: Action, edits: &[Edit]) -> Rule {
    let pattern = CommunityPattern::from(carries);
    let when = [Match::Community([pattern].into())].into();
    Rule { name: name.into(), when, edits: edits.into(), then }
}
