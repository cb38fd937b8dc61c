//! The exchange of OPENs: what we say, and what it comes to with what the peer says (RFC 4271 section 4.2).

use crate::config::Config;
use crate::down::Down;
use crate::orf;
use crate::restart::{self, PeerRestart};
use crate::role;
use bgp_wire::{Capability, Family, FamilySet, Negotiated, Open, PeerKind, Role, negotiate};
use std::num::NonZeroU16;
use std::time::Duration;

/// What both OPENs came to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Exchange {
    /// The peer's OPEN.
    pub open: Open<'static>,
    /// What the bytes of later messages depend on.
    pub negotiated: Negotiated,
    /// The smaller of both hold times; `None` where one of them is 0 and there is no hold timer.
    pub hold_time: Option<Duration>,
    /// The longest time between two of our KEEPALIVEs: a third of the hold time, or less as configured.
    pub keepalive_time: Option<Duration>,
    /// How long the connection may take none of our octets; `None` where there is no hold timer (RFC 9687).
    pub send_hold_time: Option<Duration>,
    /// Whether both sides wait for BFD (capability 74, draft-ietf-idr-bgp-bfd-strict-mode).
    pub bfd_strict: bool,
    /// What the peer asks of us while it restarts; `None` unless both sides offer that (RFC 4724).
    pub restart: Option<PeerRestart>,
    /// Whether refreshes have a beginning and an end (RFC 7313).
    pub enhanced_refresh: bool,
    /// Families of which the peer takes our filter of prefixes (RFC 5291).
    pub orf_tx: FamilySet,
    /// Families of which the peer may send us one; before it has, or has asked for its routes, it is told nothing.
    pub orf_rx: FamilySet,
}

impl Exchange {
    /// Judges the body of the peer's OPEN (RFC 4271 section 6.2).
    pub(crate) fn of(config: &Config, ours: &Open<'_>, body: &[u8]) -> Result<Self, Down> {
        let open = Open::decode(body).map_err(Down::Fault)?;
        if open.asn != config.peer_asn {
            return Err(Down::PeerAsn(open.asn));
        }
        let mut negotiated = negotiate(ours, &open).map_err(Down::Fault)?;
        if config.confederation {
            negotiated.peer = PeerKind::Internal;
            negotiated.aigp = true;
        }
        if negotiated.peer == PeerKind::Internal && open.router_id == ours.router_id {
            return Err(Down::SameIdentifier(open.router_id));
        }
        role::agree(config, &open)?;
        let hold_time = match ours.hold_time.min(open.hold_time) {
            0 => None,
            seconds => Some(Duration::from_secs(seconds.into())),
        };
        let keepalive_time = hold_time.and_then(|hold| hold.checked_div(3)).map(|third| {
            let configured = config.keepalive_time.map(|seconds| Duration::from_secs(seconds.get().into()));
            configured.map_or(third, |configured| configured.min(third))
        });
        let send_hold_time = hold_time.map(|hold| config.send_hold_time.max(hold.saturating_mul(2)));
        let both = |wanted| [ours, &open].iter().all(|o| o.capabilities.iter().any(|c| c == wanted));
        let bfd_strict = both(Capability::BfdStrictMode);
        let enhanced_refresh = negotiated.route_refresh && both(Capability::EnhancedRouteRefresh);
        let restart = PeerRestart::of(ours, &open, negotiated.families);
        let (orf_tx, orf_rx) = (orf::agreed(ours, &open, &negotiated), orf::agreed(&open, ours, &negotiated));
        let open = open.into_owned();
        Ok(Self {
            open,
            negotiated,
            hold_time,
            keepalive_time,
            send_hold_time,
            bfd_strict,
            restart,
            enhanced_refresh,
            orf_tx,
            orf_rx,
        })
    }

    /// Whether the peer may be told of routes that are stale for long (RFC 9494 section 4.3).
    pub fn knows_long_lived(&self) -> bool {
        restart::knows_long_lived(&self.open)
    }

    /// How many paths a prefix the peer asks to be sent at most (draft-abraitis-idr-addpath-paths-limit); a limit of 0
    /// is none.
    pub fn paths_limit(&self, family: Family) -> Option<NonZeroU16> {
        let limits = self.open.capabilities.iter().filter_map(|capability| match capability {
            Capability::PathsLimit(limits) => Some(limits),
            _ => None,
        });
        let of_family = limits.flat_map(|limits| limits.iter()).find(|l| l.family == family.afi_safi());
        of_family.and_then(|limit| NonZeroU16::new(limit.limit))
    }

    /// Whether a NOTIFICATION is followed by a graceful restart (RFC 8538).
    pub(crate) fn restarts_after_notification(&self) -> bool {
        self.restart.as_ref().is_some_and(|restart| restart.notification)
    }

    /// What the peer says it is to us (RFC 9234).
    pub fn peer_role(&self) -> Option<Role> {
        role::peer_role(&self.open)
    }
}
