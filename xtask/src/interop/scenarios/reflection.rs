//! From FRR through ours to BIRD where all three are of one AS, or are clients of one route server.

use super::transit::{designs, middle};
use crate::clock::wait_for;
use crate::failure::{Failure, expect_equal};
use crate::interop::pair::SOON;
use crate::interop::router::{Design, Offers, Peer, Route};
use crate::interop::trio::{FRR, TO_BIRD, Trio};

const PREFIX: &str = "198.18.1.0/24";

/// A reflector tells one client what the other says, next hop and all (RFC 4456).
pub(super) fn reflector(trio: &Trio) -> Result<String, Failure> {
    const ASN: u32 = 64496;
    let [_, mut bird, mut frr] = designs();
    for client in [&mut bird, &mut frr] {
        client.asn = ASN;
        client.neighbors.iter_mut().for_each(|neighbor| neighbor.asn = ASN);
    }
    let mut ours = middle(ASN, ASN, ASN);
    offer(&mut ours, Offers { reflector_client: true, ..Offers::NONE });
    let found = arrives(trio, &ours, &bird, frr)?;
    expect_equal("AS path at BIRD", &Vec::<u32>::new(), &found.as_path)?;
    expect_equal("next hop at BIRD", &FRR.to_string(), &found.next_hop)?;
    Ok("reflected, with its own next hop".to_owned())
}

/// A route server tells one client what the other says, without its own ASN and with the client's next hop (RFC 7947).
pub(super) fn route_server(trio: &Trio) -> Result<String, Failure> {
    let [mut ours, mut bird, mut frr] = designs();
    offer(&mut ours, Offers { route_server_client: true, ..Offers::NONE });
    offer(&mut bird, Offers { of_route_server: true, ..Offers::NONE });
    offer(&mut frr, Offers { of_route_server: true, ..Offers::NONE });
    let asn = frr.asn;
    let found = arrives(trio, &ours, &bird, frr)?;
    expect_equal("AS path at BIRD", &vec![asn], &found.as_path)?;
    expect_equal("next hop at BIRD", &FRR.to_string(), &found.next_hop)?;
    expect_equal("MED at BIRD", &Some(50), &found.med)?;
    Ok("told as it came".to_owned())
}

fn offer(design: &mut Design, offers: Offers) {
    design.neighbors.iter_mut().for_each(|neighbor| neighbor.offers = offers);
}

/// Starts the three; FRR's route as BIRD has it.
fn arrives(trio: &Trio, ours: &Design, bird: &Design, mut frr: Design) -> Result<Route, Failure> {
    frr.routes =
        vec![Route { prefix: PREFIX.into(), origin: "igp".into(), med: Some(50), ..Route::default() }];
    // FRR's address is on no wire of BIRD's: only so does it take that for a next hop.
    let mut bird = bird.clone();
    bird.neighbors.iter_mut().for_each(|neighbor| neighbor.multihop = true);
    let ours = trio.make.start(&trio.middle, ours)?;
    let bird = Peer::Bird.start(&trio.bird, &bird)?;
    let frr = Peer::Frr.start(&trio.frr, &frr)?;
    let missing = || Failure::Objection(format!("no route; the session: {:?}", bird.session(TO_BIRD)));
    let (found, _) = wait_for("FRR's route at BIRD", SOON, || bird.route(PREFIX)?.ok_or_else(missing))?;
    drop((ours, frr));
    Ok(found)
}
