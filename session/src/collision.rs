//! Connection collision: one of two connections goes (RFC 4271 section 6.8, RFC 6286 section 2.3).

use crate::connection::{Conn, Connection};
use crate::state::State;
use bgp_wire::Open;

/// The connection that stays, as both ends see it: opened by the higher BGP Identifier, then by the higher
/// ASN.
pub(crate) fn survivor(ours: &Open<'_>, theirs: &Open<'_>) -> Conn {
    if (ours.router_id, ours.asn) > (theirs.router_id, theirs.asn) { Conn::Dialed } else { Conn::Accepted }
}

/// What becomes of the connection on which a good OPEN has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Resolution {
    /// It goes on, beside the other if there is one.
    Proceed,
    /// It goes on, and the other ends.
    DropOther,
    /// It ends.
    DropThis,
}

/// Decides when a good OPEN has come on `conn` while the other connection is in `other`.
pub(crate) fn on_open(conn: Conn, survivor: Conn, other: Option<State>) -> Resolution {
    match other {
        Some(State::Established) => Resolution::DropThis,
        Some(_) if conn == survivor => Resolution::DropOther,
        Some(State::OpenConfirm) => Resolution::DropThis,
        // Our OPEN is out on the connection that wins.
        Some(State::OpenSent) if survivor == Conn::Dialed => Resolution::DropThis,
        _ => Resolution::Proceed,
    }
}

/// Whether to open BGP on `conn`, just connected, beside `other`.
///
/// Without the peer's OPEN nobody knows yet which one stays. With it, only an accepted connection that wins
/// is of use: its OPEN will end the other. A dial comes too late even where it would have won.
pub(crate) fn admits(conn: Conn, ours: &Open<'_>, other: Option<&Connection>) -> bool {
    match other {
        None | Some(Connection::OpenSent) => true,
        Some(Connection::OpenConfirm(exchange)) => {
            conn == Conn::Accepted && survivor(ours, &exchange.open) == conn
        }
        Some(Connection::Established { .. }) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bgp_wire::Asn;
    use std::net::Ipv4Addr;

    fn open(id: u8, asn: u32) -> Open<'static> {
        let router_id = Ipv4Addr::new(192, 0, 2, id);
        Open { asn: Asn(asn), hold_time: 90, router_id, capabilities: [].into_iter().collect() }
    }

    #[test]
    fn the_higher_identifier_then_the_higher_asn_keeps_its_own() {
        let cases = [
            ((2, 64500), (1, 64501), Conn::Dialed),
            ((1, 64501), (2, 64500), Conn::Accepted),
            ((1, 64501), (1, 64500), Conn::Dialed),
            ((1, 64500), (1, 64501), Conn::Accepted),
        ];
        for ((id, asn), (peer_id, peer_asn), want) in cases {
            assert_eq!(survivor(&open(id, asn), &open(peer_id, peer_asn)), want);
        }
    }

    /// (OPEN came on, the one that stays, state of the other, what becomes of it)
    #[test]
    fn resolutions() {
        use Conn::{Accepted, Dialed};
        use Resolution::{DropOther, DropThis, Proceed};
        use State::{Established, OpenConfirm, OpenSent};
        let cases = [
            (Dialed, Dialed, None, Proceed),
            (Dialed, Dialed, Some(OpenSent), DropOther),
            (Dialed, Dialed, Some(OpenConfirm), DropOther),
            (Dialed, Dialed, Some(Established), DropThis),
            (Dialed, Accepted, None, Proceed),
            (Dialed, Accepted, Some(OpenSent), Proceed),
            (Dialed, Accepted, Some(OpenConfirm), DropThis),
            (Dialed, Accepted, Some(Established), DropThis),
            (Accepted, Dialed, None, Proceed),
            (Accepted, Dialed, Some(OpenSent), DropThis),
            (Accepted, Dialed, Some(OpenConfirm), DropThis),
            (Accepted, Dialed, Some(Established), DropThis),
            (Accepted, Accepted, None, Proceed),
            (Accepted, Accepted, Some(OpenSent), DropOther),
            (Accepted, Accepted, Some(OpenConfirm), DropOther),
            (Accepted, Accepted, Some(Established), DropThis),
        ];
        for (conn, survivor, other, want) in cases {
            assert_eq!(on_open(conn, survivor, other), want, "{conn:?} {survivor:?} {other:?}");
        }
    }
}
