//! From FRR through the middle to BIRD: what is transitive arrives, what is not does not (RFC 4271, 5.1).

use crate::clock::{time_until, wait_for};
use crate::failure::{Failure, expect_equal};
use crate::interop::pair::SOON;
use crate::interop::router::{Design, Neighbor, Peer, Route, Router, Witness};
use crate::interop::trio::{BIRD, FRR, TO_BIRD, TO_FRR, Trio};
use std::net::{IpAddr, Ipv4Addr};

const MIDDLE_ASN: u32 = 64496;
const BIRD_ASN: u32 = 64497;
const FRR_ASN: u32 = 65540;

pub(super) fn run(trio: &Trio) -> Result<String, Failure> {
    let sent = announced();
    let [middle, bird, mut frr] = designs();
    frr.routes = vec![sent.clone()];
    let middle = trio.make.start(&trio.middle, &middle)?;
    let bird = Peer::Bird.start(&trio.bird, &bird)?;
    let frr = Peer::Frr.start(&trio.frr, &frr)?;
    let missing = || Failure::Objection("BIRD has no route".into());
    let look = || bird.route(&sent.prefix)?.ok_or_else(missing);
    let (found, took) = wait_for("FRR's route at BIRD", SOON, look)?;
    expect_equal("the route at BIRD", &passed_on(&sent), &found)?;
    withdrawn(&*bird, &sent.prefix, frr)?;
    drop(middle);
    Ok(format!("arrived after {took:.1?}, withdrawn when FRR was gone"))
}

/// The three in their row, without routes.
pub(super) fn designs() -> [Design; 3] {
    let bird = vec![neighbor(BIRD, TO_BIRD, MIDDLE_ASN)];
    let frr = vec![neighbor(FRR, TO_FRR, MIDDLE_ASN)];
    [middle(MIDDLE_ASN, BIRD_ASN, FRR_ASN), design(BIRD_ASN, 2, bird), design(FRR_ASN, 3, frr)]
}

/// A router in the middle with a session to each side.
pub(super) fn middle(own: u32, to_bird: u32, to_frr: u32) -> Design {
    design(own, 1, vec![neighbor(TO_BIRD, BIRD, to_bird), neighbor(TO_FRR, FRR, to_frr)])
}

/// When FRR is stopped, its route must leave BIRD too, over the session that stays.
fn withdrawn(bird: &dyn Router, prefix: &str, mut frr: Box<dyn Witness>) -> Result<(), Failure> {
    frr.terminate()?;
    time_until("the withdrawal at BIRD", SOON, || expect_equal("route", &None, &bird.route(prefix)?))?;
    crate::interop::router::established(bird, TO_BIRD)
}

fn announced() -> Route {
    Route {
        prefix: "198.18.1.0/24".into(),
        origin: "incomplete".into(),
        as_path: vec![65550],
        med: Some(50),
        communities: vec!["64511:1".into(), "64511:2".into()],
        large_communities: vec!["65540:1:2".into()],
        atomic_aggregate: true,
        aggregator: Some((65551, "198.51.100.9".into())),
        ..Route::default()
    }
}

/// A MED is for the neighbouring AS alone; everything else goes on, with one more ASN and a new next hop.
fn passed_on(sent: &Route) -> Route {
    let as_path = [&[MIDDLE_ASN, FRR_ASN], sent.as_path.as_slice()].concat();
    Route { as_path, next_hop: TO_BIRD.to_string(), med: None, ..sent.clone() }
}

fn design(asn: u32, id: u8, neighbors: Vec<Neighbor>) -> Design {
    Design { asn, router_id: Ipv4Addr::new(203, 0, 113, id), neighbors, routes: Vec::new() }
}

fn neighbor(local: IpAddr, address: IpAddr, asn: u32) -> Neighbor {
    Neighbor::plain(local, address, asn)
}
