//! Graceful restart: what we ask of the peer, and what the peer asks of us (RFC 4724, RFC 8538, RFC 9494).

use crate::config::Config;
use bgp_wire::{Capability, Family, FamilySet, GracefulRestart, Open, RestartFamily, StaleFamily, Tuples};
use std::time::Duration;

/// What we ask the peer to do while we restart. To ask for nothing is to be a helper alone.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Restart {
    /// How long our routes are to be kept until the session is up again, in seconds: at most 4095.
    pub time: u16,
    /// The families whose routes are to be kept; those of the session are meant. Without one we are a helper alone.
    pub families: FamilySet,
    /// The families whose forwarding goes on while we restart: the F bit.
    pub forwarding: FamilySet,
    /// Whether a NOTIFICATION is followed by a graceful restart too: the N bit (RFC 8538).
    pub notification: bool,
    /// How long our routes are to be kept after that, as the last choice, in seconds: at most 16777215
    /// (RFC 9494).
    pub long_lived: Option<u32>,
}

impl Default for Restart {
    /// Two minutes for every family, after a NOTIFICATION too, no forwarding, nothing for long.
    fn default() -> Self {
        let (families, forwarding) = (FamilySet::EVERY, FamilySet::EMPTY);
        Self { time: 120, families, forwarding, notification: true, long_lived: None }
    }
}

impl Restart {
    /// The capabilities; `restarting` is the R bit.
    pub(crate) fn offer(&self, config: &Config, offer: &mut impl FnMut(Capability<'_>)) {
        let kept = || config.families.intersection(self.families).iter();
        let families: Vec<_> = kept()
            .map(|family| RestartFamily {
                family: family.afi_safi(),
                forwarding_preserved: self.forwarding.contains(family),
            })
            .collect();
        offer(Capability::GracefulRestart(GracefulRestart {
            restarting: config.restarting,
            notification: self.notification,
            restart_time: self.time,
            families: families.as_slice().into(),
        }));
        let Some(stale_time) = self.long_lived else { return };
        let stale: Vec<_> = kept()
            .map(|family| StaleFamily {
                family: family.afi_safi(),
                forwarding_preserved: self.forwarding.contains(family),
                stale_time,
            })
            .collect();
        offer(Capability::LongLivedGracefulRestart(stale.as_slice().into()));
    }
}

/// What the peer asks us to do while it restarts, where both sides offer a graceful restart.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PeerRestart {
    /// How long its routes are to be kept until the session is up again.
    pub time: Duration,
    /// The R bit: it has restarted, and shall not be waited for.
    pub restarting: bool,
    /// Whether both sides restart gracefully after a NOTIFICATION too (RFC 8538 section 2).
    pub notification: bool,
    /// The families whose routes are to be kept.
    pub families: FamilySet,
    /// The families whose forwarding went on while it restarted.
    pub forwarding: FamilySet,
    /// The families whose routes are to be kept for longer, and for how long (RFC 9494).
    pub long_lived: Vec<(Family, Duration)>,
    /// The families whose forwarding went on for so long.
    pub long_forwarding: FamilySet,
}

impl PeerRestart {
    /// What both OPENs come to for `families`.
    pub(crate) fn of(ours: &Open<'_>, theirs: &Open<'_>, families: FamilySet) -> Option<Self> {
        let (own, asked) = (capability(ours)?, capability(theirs)?);
        let of = |family| Family::from(family);
        let kept = asked.families.iter().filter(|tuple| families.contains(of(tuple.family)));
        let kept: Vec<_> = kept.collect();
        let long = long_lived(ours).and_then(|_| long_lived(theirs));
        let long: Vec<_> = long.iter().flat_map(Tuples::iter).collect();
        // RFC 9494 section 4.1: without the other capability it says nothing.
        let long = || long.iter().filter(|tuple| kept.iter().any(|k| k.family == tuple.family));
        Some(Self {
            time: Duration::from_secs(asked.restart_time.into()),
            restarting: asked.restarting,
            notification: own.notification && asked.notification,
            families: kept.iter().map(|tuple| of(tuple.family)).collect(),
            forwarding: kept.iter().filter(|t| t.forwarding_preserved).map(|t| of(t.family)).collect(),
            long_lived: long()
                .filter(|tuple| tuple.stale_time > 0)
                .map(|tuple| (of(tuple.family), Duration::from_secs(tuple.stale_time.into())))
                .collect(),
            long_forwarding: long().filter(|t| t.forwarding_preserved).map(|t| of(t.family)).collect(),
        })
    }

    /// How long routes of `family` are to be kept once the restart time is over.
    pub fn long_lived(&self, family: Family) -> Option<Duration> {
        self.long_lived.iter().find(|(f, _)| *f == family).map(|(_, time)| *time)
    }
}

/// Of several the last counts (RFC 4724 section 3).
fn capability<'a>(open: &'a Open<'_>) -> Option<GracefulRestart<'a>> {
    let restarts = open.capabilities.iter().filter_map(|capability| match capability {
        Capability::GracefulRestart(restart) => Some(restart),
        _ => None,
    });
    restarts.last()
}

fn long_lived<'a>(open: &'a Open<'_>) -> Option<Tuples<'a, StaleFamily>> {
    open.capabilities.iter().find_map(|capability| match capability {
        Capability::LongLivedGracefulRestart(families) => Some(families),
        _ => None,
    })
}

/// Whether a peer that offers this shall be told of routes that are stale for long (RFC 9494 section 4.3).
pub(crate) fn knows_long_lived(open: &Open<'_>) -> bool {
    long_lived(open).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::offers::{Offers, our_open};
    use bgp_wire::Asn;

    const V4: Family = Family::Ipv4Unicast;
    const V6: Family = Family::Ipv6Unicast;

    fn open(restart: Option<Restart>, restarting: bool) -> Open<'static> {
        let mut config = Config::new(Asn(64500), Asn(64501), [192, 0, 2, 1].into());
        config.families = FamilySet::EMPTY.with(V4).with(V6);
        config.restarting = restarting;
        config.offers = Offers { graceful_restart: restart, ..Offers::default() };
        our_open(&config)
    }

    #[test]
    fn capabilities_read_as_they_were_chosen() {
        let only_v4 = FamilySet::EMPTY.with(V4);
        for (restart, restarting, want) in [
            (
                Restart::default(),
                false,
                "graceful-restart 120 s, after a notification too: ipv4-unicast, ipv6-unicast",
            ),
            (
                Restart { families: only_v4, forwarding: only_v4, time: 9999, ..Restart::default() },
                true,
                "graceful-restart 4095 s, restarting, after a notification too: ipv4-unicast (forwarding preserved)",
            ),
            (
                Restart { families: FamilySet::EMPTY, notification: false, time: 0, ..Restart::default() },
                false,
                "graceful-restart 0 s: ",
            ),
            (
                Restart { families: only_v4, long_lived: Some(3600), ..Restart::default() },
                false,
                "graceful-restart 120 s, after a notification too: ipv4-unicast, \
                 long-lived-graceful-restart ipv4-unicast 3600 s",
            ),
        ] {
            let open = open(Some(restart), restarting);
            let all: Vec<_> = open.capabilities.iter().map(|c| c.to_string()).collect();
            assert!(all.join(", ").ends_with(want), "{all:?}");
        }
    }

    /// (ours, theirs, kept, notification, kept for long)
    #[test]
    fn both_sides_have_to_offer_it() {
        let both = FamilySet::EMPTY.with(V4).with(V6);
        let plain = || Some(Restart::default());
        let helper = || Some(Restart { families: FamilySet::EMPTY, ..Restart::default() });
        let long = || Some(Restart { long_lived: Some(60), ..Restart::default() });
        let quiet = || Some(Restart { notification: false, ..Restart::default() });
        let hour = vec![(V4, Duration::from_mins(1)), (V6, Duration::from_mins(1))];
        for (ours, theirs, want) in [
            (None, plain(), None),
            (plain(), None, None),
            (plain(), plain(), Some((both, true, vec![]))),
            (helper(), plain(), Some((both, true, vec![]))),
            (plain(), helper(), Some((FamilySet::EMPTY, true, vec![]))),
            (quiet(), plain(), Some((both, false, vec![]))),
            (plain(), quiet(), Some((both, false, vec![]))),
            (plain(), long(), Some((both, true, vec![]))),
            (long(), long(), Some((both, true, hour))),
        ] {
            let got = PeerRestart::of(&open(ours, false), &open(theirs, false), FamilySet::EVERY);
            assert_eq!(got.map(|r| (r.families, r.notification, r.long_lived)), want);
        }
        let only_v4 = PeerRestart::of(&open(plain(), false), &open(plain(), true), FamilySet::EMPTY.with(V4));
        let only_v4 = only_v4.unwrap();
        assert_eq!((only_v4.families, only_v4.restarting), (FamilySet::EMPTY.with(V4), true));
    }
}
