//! Adj-RIB-Out: what one peer is to be sent, pulled by its writable socket.

use crate::attrs::AttrSet;
use crate::net::Net;
use crate::outbound::Outbound;
use alloc::vec::Vec;
use bgp_wire::{Family, FamilySet, Negotiated};
use core::fmt;
use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// The Adj-RIB-Out of one session.
///
/// It is offered what the peer shall have, after split horizon and export policy; it knows what the peer
/// has; the difference waits, one entry a net however slow the peer is, and leaves as packed UPDATEs:
/// withdrawals first, then one attribute set after the other, the longest waiting first.
///
/// ```
/// use bgp_rib::{AdjOut, Interner};
/// use bgp_wire::{AttributeSet, FamilySet, Negotiated, NextHop, Origin, PeerKind};
///
/// let n = Negotiated::new(PeerKind::External);
/// let attrs = AttributeSet::new(Origin::Igp, NextHop::V4("192.0.2.1".parse().unwrap()));
/// let attrs = Interner::new(1).intern(attrs);
/// let mut adj_out = AdjOut::new(n.families, 1);
/// adj_out.offer("198.51.100.0/24".parse().unwrap(), Some(&attrs));
/// adj_out.offer("203.0.113.0/24".parse().unwrap(), Some(&attrs));
///
/// let mut buf = Vec::new();
/// assert!(adj_out.poll_transmit(&n, &mut buf)); // both in one UPDATE
/// assert!(!adj_out.poll_transmit(&n, &mut buf));
/// ```
pub struct AdjOut {
    families: FamilySet,
    v4: Outbound<Ipv4Net>,
    v6: Outbound<Ipv6Net>,
    /// The family that is asked first: they take turns.
    turn: Family,
}

impl AdjOut {
    /// That of a session that carries `families`: the peer has nothing. `seed` keeps others from choosing
    /// nets that collide.
    pub fn new(families: FamilySet, seed: u64) -> Self {
        let v4 = Outbound::new(Family::Ipv4Unicast, seed);
        let v6 = Outbound::new(Family::Ipv6Unicast, seed);
        Self { families, v4, v6, turn: Family::Ipv4Unicast }
    }

    /// The peer shall have `net` with `attrs`, as export policy made them, or not at all. What the session
    /// does not carry is passed over.
    pub fn offer(&mut self, net: Net, attrs: Option<&AttrSet>) {
        if !self.families.contains(net.family()) {
            return;
        }
        match net.prefix() {
            IpNet::V4(key) => self.v4.offer(key, attrs),
            IpNet::V6(key) => self.v6.offer(key, attrs),
        }
    }

    /// The whole of `family` has been offered: its End-of-RIB marker (RFC 4724 section 2) follows what
    /// waits now.
    pub fn end_of_rib(&mut self, family: Family) {
        match family {
            _ if !self.families.contains(family) => {}
            Family::Ipv4Unicast => self.v4.end_of_rib(),
            Family::Ipv6Unicast => self.v6.end_of_rib(),
            _ => {}
        }
    }

    /// The peer asked for all of `family` again (RFC 2918).
    pub fn refresh(&mut self, family: Family) {
        match family {
            Family::Ipv4Unicast => self.v4.refresh(),
            Family::Ipv6Unicast => self.v6.refresh(),
            _ => {}
        }
    }

    /// Appends one UPDATE, or End-of-RIB marker, to `buf`; `false` where nothing waits.
    pub fn poll_transmit(&mut self, n: &Negotiated, buf: &mut Vec<u8>) -> bool {
        let turn = self.turn;
        self.poll_family(turn, n, buf) || self.poll_family(other(turn), n, buf)
    }

    fn poll_family(&mut self, family: Family, n: &Negotiated, buf: &mut Vec<u8>) -> bool {
        let transmits = match family {
            Family::Ipv4Unicast => self.v4.poll_transmit(n, buf),
            Family::Ipv6Unicast => self.v6.poll_transmit(n, buf),
            _ => false,
        };
        if transmits {
            self.turn = other(family);
        }
        transmits
    }

    /// What the peer has been sent of `family`, sorted.
    pub fn advertised(&self, family: Family) -> Vec<(Net, &AttrSet)> {
        let mut nets: Vec<_> = match family {
            Family::Ipv4Unicast => self.v4.advertised().collect(),
            Family::Ipv6Unicast => self.v6.advertised().collect(),
            _ => Vec::new(),
        };
        nets.sort_unstable_by_key(|(net, _)| *net);
        nets
    }

    /// How many nets of `family` the peer has been sent.
    pub fn advertised_len(&self, family: Family) -> usize {
        match family {
            Family::Ipv4Unicast => self.v4.advertised_len(),
            Family::Ipv6Unicast => self.v6.advertised_len(),
            _ => 0,
        }
    }

    /// How many nets wait to be sent or withdrawn.
    pub fn pending_len(&self) -> usize {
        self.v4.pending_len().saturating_add(self.v6.pending_len())
    }

    /// How often a net could not be sent because its attributes fill a message by themselves.
    pub fn unsendable(&self) -> u64 {
        self.v4.unsendable().saturating_add(self.v6.unsendable())
    }
}

const fn other(family: Family) -> Family {
    match family {
        Family::Ipv4Unicast => Family::Ipv6Unicast,
        _ => Family::Ipv4Unicast,
    }
}

impl fmt::Debug for AdjOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let advertised = Family::UNICAST.map(|family| self.advertised_len(family));
        f.debug_struct("AdjOut")
            .field("advertised", &advertised)
            .field("pending", &self.pending_len())
            .finish_non_exhaustive()
    }
}
