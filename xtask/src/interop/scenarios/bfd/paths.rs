//! Other paths than one hop of IPv4.

use super::up;
use crate::clock::{time_until, wait_for};
use crate::failure::Failure;
use crate::interop::capture::Capture;
use crate::interop::pair::{BFD, OURS, PEER, Pair, Running, SOON, design, neighbor};
use crate::interop::router::{self, Bfd, Neighbor, Peer};
use std::net::{IpAddr, Ipv6Addr};

/// A session over several hops, up, cut and back (RFC 5883).
pub(in super::super) fn multihop(pair: &Pair) -> Result<String, Failure> {
    let arrives_with = ttl_from_afar(pair.peer);
    let bfd = Bfd { minimum_ttl: arrives_with, ..BFD };
    let running = pair.start_with(|neighbor, _| (neighbor.multihop, neighbor.bfd) = (true, Some(bfd)))?;
    let took = up(&running, false)?;
    let capture = Capture::start(&pair.near)?;
    let from_afar = || {
        let seen = capture.seen()?;
        let wanted = [format!("> {}.4784:", OURS.ipv4), format!("ttl {arrives_with},")];
        let found = seen.iter().any(|packet| wanted.iter().all(|part| packet.text.contains(part)));
        if found { Ok(()) } else { Err(Failure::Objection(format!("no packet with {wanted:?}"))) }
    };
    wait_for("a packet that a router forwarded", SOON, from_afar)?;
    cut_and_mend(pair, &running, false)?;
    Ok(format!("Up after {took:.1?} by way of a router with TTL {arrives_with}, down when cut, and back"))
}

/// What is left behind one router. BIRD sends over several hops as any program does, with 64.
fn ttl_from_afar(peer: Peer) -> u8 {
    match peer {
        Peer::Bird => 63,
        _ => 254,
    }
}

/// A session over IPv6, up, cut and back.
pub(in super::super) fn ipv6(pair: &Pair) -> Result<String, Failure> {
    let (mut ours, mut peer) = (design(OURS, PEER, &[]), design(PEER, OURS, &[]));
    ours.neighbors = vec![neighbor(OURS, PEER, true)];
    peer.neighbors = vec![neighbor(PEER, OURS, true)];
    for end in ours.neighbors.iter_mut().chain(&mut peer.neighbors) {
        end.bfd = Some(BFD);
    }
    let running = pair.start(&ours, &peer)?;
    let took = up(&running, true)?;
    cut_and_mend(pair, &running, true)?;
    Ok(format!("Up after {took:.1?}, down when cut, and back"))
}

/// Gives each end a link-local address of its own that is known beforehand; ours first.
pub(in super::super) fn link_local_ends(pair: &Pair) -> Result<[IpAddr; 2], Failure> {
    let ends = [1, 2].map(|last| IpAddr::V6(Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, last)));
    for (node, own) in [&pair.near, &pair.far].into_iter().zip(ends) {
        node.address(&format!("{own}/64"))?;
    }
    Ok(ends)
}

/// A session between link-local addresses, without BGP (RFC 5881 section 4).
pub(in super::super) fn link_local(pair: &Pair) -> Result<String, Failure> {
    let [near, far] = link_local_ends(pair)?;
    let (mut ours, mut peer) = (design(OURS, PEER, &[]), design(PEER, OURS, &[]));
    ours.neighbors = vec![Neighbor { bfd: Some(BFD), ..Neighbor::plain(near, far, PEER.asn) }];
    peer.neighbors = vec![Neighbor { bfd: Some(BFD), ..Neighbor::plain(far, near, OURS.asn) }];
    let running = pair.start(&ours, &peer)?;
    let both_up = || {
        router::bfd_agreed(&*running.ours, far, 300)?;
        router::bfd_agreed(&*running.peer, near, 300)
    };
    let took = time_until("BFD Up on both sides", SOON, both_up)?;
    pair.wire.cut()?;
    let down = || match router::bfd_up(&*running.ours, far) {
        Ok(()) => Err(Failure::Objection("still Up".into())),
        Err(_) => Ok(()),
    };
    time_until("BFD to go Down", SOON, down)?;
    pair.wire.mend()?;
    time_until("BFD Up again", SOON, both_up)?;
    Ok(format!("Up after {took:.1?}, Down when cut, and back"))
}

fn cut_and_mend(pair: &Pair, running: &Running, is_ipv6: bool) -> Result<(), Failure> {
    pair.wire.cut()?;
    time_until("BGP to go down", SOON, || {
        match router::established(&*running.ours, PEER.address(is_ipv6)) {
            Ok(()) => Err(Failure::Objection("our router still holds the session".into())),
            Err(_) => Ok(()),
        }
    })?;
    pair.wire.mend()?;
    up(running, is_ipv6).map(drop)
}
