use super::*;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use proptest::prelude::*;

const MINUTE: Duration = Duration::from_mins(1);

fn net(n: u8) -> Net {
    ipnet::IpNet::V4(ipnet::Ipv4Net::new_assert([198, 51, 100, n].into(), 32)).into()
}

/// What a peer says of a route.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Said {
    Withdrawn,
    Announced,
    Changed,
}
use Said::{Announced as A, Changed as C, Withdrawn as W};

fn say(damping: &mut RouteDamping, route: (Net, u32), said: Said, now: Duration) -> bool {
    match said {
        W => {
            damping.withdrawn(route.0, route.1, now);
            damping.is_suppressed(route.0, route.1)
        }
        A => damping.announced(route.0, route.1, now),
        C => damping.changed(route.0, route.1, now),
    }
}

/// All that is due by then happens in its time; when each route was used again.
fn pass(damping: &mut RouteDamping, until: Duration) -> Vec<(Net, Duration)> {
    let mut reused = Vec::new();
    while let Some(at) = damping.poll_timeout().filter(|at| *at <= until) {
        damping.expire(at, &mut |net, _| reused.push((net, at)));
    }
    reused
}

fn usual() -> RouteDampingConfig {
    RouteDampingConfig::default()
}

/// `said` at every so many seconds, so often.
fn every(secs: u64, times: usize, said: &[Said]) -> Vec<(u64, Said)> {
    (0..).step_by(usize::try_from(secs).unwrap()).zip(said.iter().copied().cycle().take(times)).collect()
}

/// (rules, what the peer says at which second, which of it finds or leaves the route suppressed, and at which second it
/// is used again)
#[test]
fn flaps_at_their_times() {
    let low = RouteDampingConfig { suppress: 2000, ..usual() };
    let slow = RouteDampingConfig { half_life_unreachable: MINUTE * 30, ..low };
    let both = RouteDampingConfig { re_announcement: 1000, ..low };
    let short = RouteDampingConfig { max_suppress: MINUTE * 25, half_life_unreachable: MINUTE * 90, ..low };
    let rows: Vec<(RouteDampingConfig, Vec<(u64, Said)>, Vec<usize>, Option<u64>)> = Vec::from([
        // A route that comes is none that flaps, and one that changes once or twice is neither.
        (low, Vec::from([(0, A), (9, C), (18, C)]), Vec::new(), None),
        // 1000 + 1000 is 2000 at most: not above it. The third in a row is.
        (low, Vec::from([(0, W), (0, A), (0, W), (0, A)]), Vec::new(), None),
        // 2001 and a bit... decays from 3000 to 750 in two half-lives.
        (low, Vec::from([(0, W), (0, A), (0, W), (0, A), (0, W), (0, A)]), Vec::from([4, 5]), Some(1800)),
        // Withdrawn it decays in its own time, and in the other's once it is there again.
        (slow, Vec::from([(0, W), (0, A), (0, W), (0, A), (0, W)]), Vec::from([4]), Some(3600)),
        (slow, Vec::from([(0, W), (0, A), (0, W), (0, A), (0, W), (1800, A)]), Vec::from([4, 5]), Some(2700)),
        // An hour between them is four half-lives: 1000, 1062, 1066 ...
        (low, every(3600, 20, &[W]), Vec::new(), None),
        // Re-announcements that count: two flaps of 2000 in all are not above it, the next is.
        (both, Vec::from([(0, W), (0, A), (0, W)]), Vec::from([2]), Some(1800)),
        // Changes alone: 500 each.
        (low, every(1, 5, &[C]), Vec::from([4]), Some(1566)),
        // A flap while it is suppressed makes it last longer: 3000, after a half-life 1500 and 500.
        (
            low,
            Vec::from([(0, W), (0, A), (0, W), (0, A), (0, W), (0, A), (900, C)]),
            Vec::from([4, 5, 6]),
            Some(900 + 1274),
        ),
        // However often it flaps, and however slowly it decays, not longer than the longest after the last of it.
        (low, every(1, 200, &[W, A]), (4..200).collect(), Some(198 + 3600)),
        (short, Vec::from([(0, W), (0, A), (0, W), (0, A), (0, W), (60, A)]), Vec::from([4, 5]), Some(1500)),
        (short, Vec::from([(0, W), (0, A), (0, W), (0, A), (0, W)]), Vec::from([4]), Some(1500)),
        // RFC 7196: six withdrawals within a minute are not enough, seven are.
        (usual(), every(5, 12, &[W, A]), Vec::new(), None),
        (usual(), every(5, 14, &[W, A]), Vec::from([12, 13]), Some(60 + 2871)),
    ]);
    for (config, said, suppressed, reused) in rows {
        let mut damping = RouteDamping::new(DampingRules::new(config).unwrap(), 1);
        let (mut seen, mut released) = (Vec::new(), Vec::new());
        for (at, (second, what)) in said.iter().enumerate() {
            let now = Duration::from_secs(*second);
            released.extend(pass(&mut damping, now));
            if say(&mut damping, (net(1), 0), *what, now) {
                seen.push(at);
            }
        }
        assert_eq!(seen, suppressed, "{said:?}");
        released.extend(pass(&mut damping, Duration::from_hours(24)));
        let at: Vec<_> = released.iter().map(|(_, at)| at.as_secs()).collect();
        assert_eq!(at, Vec::from_iter(reused), "{said:?}");
        assert!(damping.is_empty() && damping.poll_timeout().is_none(), "all of it is forgotten");
    }
}

#[test]
fn each_route_and_each_path_has_a_history_of_its_own() {
    let config = RouteDampingConfig { suppress: 1500, ..usual() };
    let mut damping = RouteDamping::new(DampingRules::new(config).unwrap(), 1);
    for _ in 0..2 {
        damping.withdrawn(net(1), 7, MINUTE);
        damping.announced(net(1), 8, MINUTE);
    }
    damping.withdrawn(net(2), 7, MINUTE);
    assert_eq!(damping.len(), 2, "what only comes is not remembered");
    let suppressed = [(1, 7), (1, 8), (2, 7)].map(|(n, id)| damping.is_suppressed(net(n), id));
    assert_eq!(suppressed, [true, false, false]);
    let status = damping.status(net(1), 7, MINUTE * 16).unwrap();
    assert_eq!(
        (status.merit, status.suppressed_until),
        (1000, Some(MINUTE + Duration::from_nanos(1_273_533_749_348)))
    );
    assert_eq!(damping.status(net(1), 8, MINUTE), None);
    assert_eq!(damping.status(net(2), 7, MINUTE).unwrap().suppressed_until, None);
}

#[test]
fn what_ends_at_once_is_looked_at_in_turns() {
    let config = RouteDampingConfig { suppress: 900, ..usual() };
    let mut damping = RouteDamping::new(DampingRules::new(config).unwrap(), 1);
    let all = 10_000_u32;
    (0..all).for_each(|path_id| damping.withdrawn(net(1), path_id, MINUTE));
    let mut counts = Vec::new();
    while !damping.is_empty() && counts.len() < 3 {
        let (at, mut reused) = (damping.poll_timeout().unwrap(), 0_u32);
        damping.expire(at, &mut |_, _| reused += 1);
        counts.push((at.as_secs(), reused));
    }
    assert_eq!(counts, [(434, 4096), (435, 4096), (436, 1808)]);
}

/// RFC 2439 as it reads, in floating point, without lists: everything is looked at every time.
#[derive(Default)]
struct Naive(BTreeMap<u8, Flaps>);

#[derive(Clone, Copy, Default, Debug)]
struct Flaps {
    merit: f64,
    at: f64,
    flapped: f64,
    withdrawn: bool,
    suppressed: bool,
}

impl Flaps {
    fn decay(&mut self, config: &RouteDampingConfig, now: f64) {
        let half_life = if self.withdrawn { config.half_life_unreachable } else { config.half_life };
        self.merit *= (-(now - self.at) / half_life.as_secs_f64()).exp2();
        self.at = now;
    }

    /// Whether time alone has ended it by now, and by how much it is past that or short of it, in points and seconds.
    fn ends(&self, config: &RouteDampingConfig) -> (bool, f64) {
        let longest = self.at - (self.flapped + config.max_suppress.as_secs_f64());
        let decayed = f64::from(config.reuse) - self.merit;
        (longest >= 0.0 || decayed >= 0.0, longest.abs().min(decayed.abs()))
    }
}

impl Naive {
    fn say(&mut self, n: u8, said: Said, config: &RouteDampingConfig, now: f64) -> &mut Flaps {
        let flaps = self.0.entry(n).or_insert(Flaps { at: now, ..Flaps::default() });
        flaps.decay(config, now);
        if flaps.suppressed && flaps.ends(config).0 {
            flaps.suppressed = false;
        }
        let points = match said {
            W => config.withdrawal,
            A if flaps.withdrawn => config.re_announcement,
            A => 0,
            C => config.attribute_change,
        };
        let half_lives = config.max_suppress.as_secs_f64() / config.half_life.as_secs_f64();
        let ceiling = f64::from(config.reuse) * half_lives.exp2();
        flaps.merit = (flaps.merit + f64::from(points)).min(ceiling);
        flaps.flapped = if points > 0 { now } else { flaps.flapped };
        flaps.withdrawn = said == W;
        flaps.suppressed |= flaps.merit > f64::from(config.suppress);
        flaps
    }
}

fn configs() -> impl Strategy<Value = RouteDampingConfig> {
    let points = || 0..1500_u32;
    let times = (1..1800_u64, 1..3600_u64, 60..7200_u64);
    (points(), points(), points(), 1500..8000_u32, 200..1400_u32, times).prop_filter_map(
        "rules that work",
        |(withdrawal, re_announcement, attribute_change, suppress, reuse, (one, other, longest))| {
            let config = RouteDampingConfig {
                withdrawal,
                re_announcement,
                attribute_change,
                suppress,
                reuse,
                half_life: Duration::from_secs(one),
                half_life_unreachable: Duration::from_secs(other),
                max_suppress: Duration::from_secs(longest),
            };
            DampingRules::new(config).is_ok().then_some(config)
        },
    )
}

proptest! {
    /// Every verdict and every figure is the naive model's, but where a threshold is met within a hair's breadth.
    #[test]
    fn it_is_what_a_plain_reading_makes_of_it(
        config in configs(),
        events in prop::collection::vec((0..3_u8, 0..3_u8, 0..600_000_u64), 1..120),
    ) {
        let mut damping = RouteDamping::new(DampingRules::new(config).unwrap(), 7);
        let (mut naive, mut now) = (Naive::default(), Duration::ZERO);
        let mut there = [false; 3];
        for (n, kind, pause) in events {
            now += Duration::from_millis(pause);
            pass(&mut damping, now);
            let said = match (kind, there[usize::from(n)]) {
                (_, false) => A,
                (0, true) => C,
                (_, true) => W,
            };
            there[usize::from(n)] = said != W;
            let known = naive.0.get(&n).copied();
            // What is used again is so in the next whole second.
            let mut before = known.unwrap_or_default();
            before.decay(&config, now.as_secs_f64());
            let (ends, by) = before.ends(&config);
            let unclear = before.suppressed && (by < 1.0 || ends) && damping.is_suppressed(net(n), 0) == ends;
            // What is forgotten had hardly anything left.
            if damping.status(net(n), 0, now).is_none() {
                let little = before.merit <= f64::from(config.reuse) / 2.0 + 1e-3;
                prop_assert!(little && (!before.suppressed || ends), "{:?}", before);
                naive.0.remove(&n);
            }
            let suppressed = say(&mut damping, (net(n), 0), said, now);
            let flaps = naive.say(n, said, &config, now.as_secs_f64());
            let near = (flaps.merit - f64::from(config.suppress)).abs() < 1e-3;
            if near || unclear {
                flaps.suppressed = suppressed;
            }
            prop_assert_eq!(suppressed, flaps.suppressed, "{:?} {}", said, flaps.merit);
            let merit = damping.status(net(n), 0, now).map_or(0, |status| status.merit);
            prop_assert!((f64::from(merit) - flaps.merit).abs() < 1.001, "{:?} {}", said, flaps.merit);
        }
        pass(&mut damping, Duration::from_hours(24 * 365));
        prop_assert!(damping.is_empty());
    }

    /// A route is used again in the second in which the model says so, and is listed no more often than it flapped.
    #[test]
    fn it_is_used_again_when_it_has_decayed(config in configs(), flaps in 1..40_u32) {
        let mut damping = RouteDamping::new(DampingRules::new(config).unwrap(), 7);
        let mut naive = Naive::default();
        (0..flaps).for_each(|_| damping.withdrawn(net(0), 0, MINUTE));
        (0..flaps).for_each(|_| _ = naive.say(0, W, &config, 60.0));
        let last = naive.0[&0];
        let reused = pass(&mut damping, Duration::from_hours(24 * 365));
        prop_assert_eq!(reused.len(), usize::from(last.suppressed));
        if let Some((_, at)) = reused.first() {
            let half_lives = (last.merit / f64::from(config.reuse)).log2().max(0.0);
            let wait = (half_lives * config.half_life_unreachable.as_secs_f64())
                .min(config.max_suppress.as_secs_f64());
            let late = at.as_secs_f64() - (60.0 + wait);
            prop_assert!((-1e-3..1.001).contains(&late), "{late}");
        }
    }
}
