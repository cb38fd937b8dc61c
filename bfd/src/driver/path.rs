//! The kinds of path: which port, which TTL.
use crate::{Discard, LAG_MEMBER_PORT, MULTIHOP_PORT, SINGLE_HOP_PORT};

/// The kind of path between the two ends.
///
/// ```
/// use bfd::PathKind;
/// let path = PathKind::Multihop { minimum_ttl: 250 };
/// assert_eq!((path.port(), path.minimum_ttl(), path.to_string()), (4784, 250, "multihop".to_owned()));
/// assert_eq!((PathKind::SingleHop.port(), PathKind::SingleHop.minimum_ttl()), (3784, 255));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum PathKind {
    /// One hop (RFC 5881).
    #[default]
    SingleHop,
    /// Any number of hops (RFC 5883).
    Multihop {
        /// The TTL or Hop Limit with which a packet must arrive at least. Ours leave with 255, as others' mostly do,
        /// and every hop takes one off: 255 less the hops that the path may have keeps out whoever is farther away (RFC 5082). With 1
        /// every packet is taken, which asks for authentication (RFC 5883 section 6).
        minimum_ttl: u8,
    },
    /// One member link of a LAG (RFC 7130). The session needs the member as its interface, and takes only what
    /// arrives there; see [`Lag`](crate::Lag) for what its members make of the group.
    ///
    /// The kernel must let UDP have the member's packets: those of a link that Linux itself bonds reach UDP
    /// as packets of the bond, whatever the member. It resolves the peer's address on the member; where
    /// that cannot be, a permanent neighbour entry with the address 01-00-5E-90-00-01, to which these packets go
    /// until the peer's is known (section 2.3), does the same.
    LagMember,
}

/// What a kind of path asks for.
#[derive(Clone, Copy, Debug)]
struct Rules {
    name: &'static str,
    port: u16,
    minimum_ttl: u8,
    /// What a packet with a lower TTL counts as.
    too_low: Discard,
    /// Whether the echo function may be used.
    echo: bool,
    /// Whether a packet counts only where the session listens, even if it names the session.
    bound: bool,
}

impl PathKind {
    const fn rules(self) -> Rules {
        match self {
            Self::SingleHop => Rules {
                name: "single hop",
                port: SINGLE_HOP_PORT,
                minimum_ttl: 255,
                too_low: Discard::Ttl,
                echo: true,
                bound: false,
            },
            Self::Multihop { minimum_ttl } => Rules {
                name: "multihop",
                port: MULTIHOP_PORT,
                minimum_ttl,
                too_low: Discard::MinimumTtl,
                echo: false,
                bound: false,
            },
            Self::LagMember => Rules {
                name: "LAG member",
                port: LAG_MEMBER_PORT,
                minimum_ttl: 255,
                too_low: Discard::Ttl,
                echo: false,
                bound: true,
            },
        }
    }

    /// The name, as it is shown.
    pub const fn name(self) -> &'static str {
        self.rules().name
    }

    /// The UDP port on which packets are received at both ends.
    pub const fn port(self) -> u16 {
        self.rules().port
    }

    /// The TTL or Hop Limit with which a packet must arrive at least; it leaves with 255.
    pub const fn minimum_ttl(self) -> u8 {
        self.rules().minimum_ttl
    }

    /// Whether the standard lets echo packets be sent and returned on it: over several hops one on the way would
    /// return them (RFC 5883 section 3).
    pub const fn has_echo(self) -> bool {
        self.rules().echo
    }

    /// Whether the session needs an interface of its own, and takes only what arrives there.
    pub const fn is_bound(self) -> bool {
        self.rules().bound
    }

    /// The check of a packet's TTL, if the kernel told it.
    pub(super) fn check_ttl(self, ttl: Option<u8>) -> Result<(), Discard> {
        let Rules { minimum_ttl, too_low, .. } = self.rules();
        if ttl.is_some_and(|ttl| ttl >= minimum_ttl) { Ok(()) } else { Err(too_low) }
    }
}

impl std::fmt::Display for PathKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::PathKind;
    use crate::Discard;

    #[test]
    fn the_ttl_of_each_kind() {
        let multihop = |minimum_ttl| PathKind::Multihop { minimum_ttl };
        for (path, ttl, expected) in [
            (PathKind::SingleHop, Some(255), Ok(())),
            (PathKind::SingleHop, Some(254), Err(Discard::Ttl)),
            (PathKind::SingleHop, None, Err(Discard::Ttl)),
            (PathKind::LagMember, Some(255), Ok(())),
            (PathKind::LagMember, Some(254), Err(Discard::Ttl)),
            (multihop(250), Some(255), Ok(())),
            (multihop(250), Some(250), Ok(())),
            (multihop(250), Some(249), Err(Discard::MinimumTtl)),
            (multihop(1), Some(1), Ok(())),
            (multihop(1), Some(0), Err(Discard::MinimumTtl)),
            (multihop(1), None, Err(Discard::MinimumTtl)),
        ] {
            assert_eq!(path.check_ttl(ttl), expected, "{path:?} with {ttl:?}");
        }
    }
}
