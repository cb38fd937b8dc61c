//! Verification of an AS path by the providers that ASes attest (draft-ietf-sidrops-aspa-verification).

use super::aspa_set::{AspaSet, Hop};
use bgp_wire::{AsPath, Asn, Role};
use std::fmt;

/// From where a route comes, which decides how its path may run.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Direction {
    /// From a customer, a lateral peer, or to a route server from its client: each hop so far went up to a provider.
    Upstream,
    /// The same, from a route server whose ASN need not be in the path.
    UpstreamFromRouteServer,
    /// From a provider: the path went up, and then down.
    Downstream,
}

impl Direction {
    /// Of routes from a peer that is this to us (RFC 9234); nobody says of other roles.
    pub const fn from(peer: Role) -> Option<Self> {
        match peer {
            Role::Provider => Some(Self::Downstream),
            Role::RouteServer => Some(Self::UpstreamFromRouteServer),
            Role::Customer | Role::Peer | Role::RouteServerClient => Some(Self::Upstream),
            Role::Other(_) => None,
        }
    }
}

/// The state of a path. Its text is `valid`, `invalid` or `unknown`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum AspaState {
    /// Every hop that has to be is attested.
    Valid,
    /// It cannot have come this way, whatever else is attested.
    Invalid,
    /// Attestations are missing.
    Unknown,
}

impl fmt::Display for AspaState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Valid => "valid",
            Self::Invalid => "invalid",
            Self::Unknown => "unknown",
        })
    }
}

/// A hop of a path, and what is attested of it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct PathHop {
    /// The AS that passed the route on, as a customer if all is well.
    pub from: Asn,
    /// The AS that took it.
    pub to: Asn,
    /// What `from` attests of `to`.
    pub attested: Hop,
}

impl fmt::Display for PathHop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AS{} to AS{}: {}", self.from, self.to, self.attested)
    }
}

/// Why a path is in its state.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum AspaReason {
    /// Nothing stands against it.
    Attested,
    /// The path is empty.
    Empty,
    /// Its first AS is not the neighbour.
    OtherNeighbor,
    /// There is an AS_SET in it.
    Set,
    /// This hop should have gone up and is not attested.
    Up(PathHop),
    /// The ways up from both ends of the path do not meet.
    Valley {
        /// Where the way up from the origin ends.
        up: PathHop,
        /// Where the way up from the receiver ends.
        down: PathHop,
    },
}

impl fmt::Display for AspaReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Attested => f.write_str("attested"),
            Self::Empty => f.write_str("the path is empty"),
            Self::OtherNeighbor => f.write_str("the path does not begin with the neighbour"),
            Self::Set => f.write_str("there is an AS_SET in the path"),
            Self::Up(hop) => hop.fmt(f),
            Self::Valley { up, down } => write!(f, "up, {up}; down, {down}"),
        }
    }
}

/// A state and the reason for it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct AspaVerdict {
    /// The state.
    pub state: AspaState,
    /// Why.
    pub reason: AspaReason,
}

impl AspaVerdict {
    const VALID: Self = Self { state: AspaState::Valid, reason: AspaReason::Attested };

    const fn invalid(reason: AspaReason) -> Self {
        Self { state: AspaState::Invalid, reason }
    }
}

impl fmt::Display for AspaVerdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.state, self.reason)
    }
}

impl AspaSet {
    /// Verifies the path of a route that `neighbor` sent. A confederation's segments do not count.
    ///
    /// ```
    /// use bgp_policy::rpki::{Aspa, AspaSet, AspaState, Direction};
    /// use bgp_wire::{AsPathBuf, Asn};
    /// let set: AspaSet = [Aspa { customer: Asn(64502), providers: [Asn(64501)].into() }].into_iter().collect();
    /// let path: AsPathBuf = [Asn(64501), Asn(64502)].into_iter().collect();
    /// let verdict = set.verify(path.view(), Asn(64501), Direction::Upstream);
    /// assert_eq!(verdict.state, AspaState::Valid);
    /// ```
    pub fn verify(&self, path: AsPath<'_>, neighbor: Asn, direction: Direction) -> AspaVerdict {
        if path.segments().any(|segment| segment.kind == bgp_wire::SegmentKind::Set) {
            return AspaVerdict::invalid(AspaReason::Set);
        }
        let plain = path.segments().filter(|segment| !segment.kind.is_confed());
        let mut asns: Vec<Asn> = plain.flat_map(|segment| segment.asns()).collect();
        asns.dedup();
        let Some(first) = asns.first() else { return AspaVerdict::invalid(AspaReason::Empty) };
        if direction != Direction::UpstreamFromRouteServer && *first != neighbor {
            return AspaVerdict::invalid(AspaReason::OtherNeighbor);
        }
        asns.reverse();
        match direction {
            Direction::Downstream => self.downstream(&asns),
            Direction::Upstream | Direction::UpstreamFromRouteServer => self.upstream(&asns),
        }
    }

    /// Of a path from its origin on that may only have gone up.
    fn upstream(&self, asns: &[Asn]) -> AspaVerdict {
        if let Some((_, hop)) = self.stop(asns, Hop::NotProviderPlus) {
            return AspaVerdict::invalid(AspaReason::Up(hop));
        }
        let unknown = |(_, hop)| AspaVerdict { state: AspaState::Unknown, reason: AspaReason::Up(hop) };
        self.stop(asns, Hop::NoAttestation).map_or(AspaVerdict::VALID, unknown)
    }

    /// Of a path from its origin on that may have gone up and then down: so far up from the origin and so far up from here, by
    /// what is attested, the two ramps have to meet.
    fn downstream(&self, asns: &[Asn]) -> AspaVerdict {
        let from_here: Vec<Asn> = asns.iter().rev().copied().collect();
        let valley = |least: Hop| {
            let (up_ramp, up) = self.stop(asns, least)?;
            let (down_ramp, down) = self.stop(&from_here, least)?;
            (up_ramp.saturating_add(down_ramp) < asns.len()).then_some(AspaReason::Valley { up, down })
        };
        if let Some(reason) = valley(Hop::NotProviderPlus) {
            return AspaVerdict::invalid(reason);
        }
        match valley(Hop::NoAttestation) {
            Some(reason) => AspaVerdict { state: AspaState::Unknown, reason },
            None => AspaVerdict::VALID,
        }
    }

    /// How many ASes a ramp has, and the hop where it ends: the first that is not attested or, where `least` is
    /// [`Hop::NotProviderPlus`], that an attestation speaks against. `None` where it goes all the way.
    fn stop(&self, ramp: &[Asn], least: Hop) -> Option<(usize, PathHop)> {
        let hops = ramp.iter().zip(ramp.iter().skip(1));
        let hops = hops.map(|(from, to)| PathHop { from: *from, to: *to, attested: self.hop(*from, *to) });
        (1..).zip(hops).find(|(_, hop)| hop.attested == Hop::NotProviderPlus || hop.attested == least)
    }
}

#[cfg(test)]
mod tests;
