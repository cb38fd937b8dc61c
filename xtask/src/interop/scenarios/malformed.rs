//! What RFC 7606 makes of malformed attributes, from a peer that can be told to send them, and what of it another one hears.

use super::transit::designs;
use crate::clock::{time_until, wait_for};
use crate::failure::{Failure, expect_equal};
use crate::interop::pair::SOON;
use crate::interop::router::{Peer, Route, established};
use crate::interop::trio::{FRR, TO_BIRD, Trio};

/// The route that is sent after the malformed ones: when it is there, they have been judged.
const LAST: &str = "198.18.250.0/24";

/// (attribute: code, flags, value; whether the route is taken)
const SENT: [(&str, bool); 15] = [
    // One that nobody knows is passed on.
    ("0xfa 0xc0 0x01020304", true),
    // What is of an AS's own matter is discarded where another AS says it: LOCAL_PREF (7.5), ORIGINATOR_ID (7.9),
    // CLUSTER_LIST (7.10).
    ("0x05 0x40 0x00000064", true),
    ("0x09 0x80 0x0a000001", true),
    ("0x0a 0x80 0x0a000001", true),
    // Attributes of a wrong length that are discarded: ATOMIC_AGGREGATE (7.6), AGGREGATOR (7.7), AS4_AGGREGATOR
    // (RFC 6793, 6), AIGP (RFC 7311, 3.3), BGP Prefix-SID (RFC 8669, 6).
    ("0x06 0x40 0x01", true),
    ("0x07 0xc0 0x010203", true),
    ("0x12 0xc0 0x010203", true),
    ("0x1a 0x80 0x0100", true),
    ("0x28 0xc0 0x010003", true),
    // And those that cost their route: MULTI_EXIT_DISC (7.4), COMMUNITIES (7.8), EXTENDED COMMUNITIES (7.14),
    // LARGE_COMMUNITY (RFC 8092, 6), OTC (RFC 9234, 5), ATTR_SET (RFC 6368, 5).
    ("0x04 0x80 0x010203", false),
    ("0x08 0xc0 0x0102030405", false),
    ("0x10 0xc0 0x0102030405", false),
    ("0x20 0xc0 0x0102030405", false),
    ("0x23 0xc0 0x010203", false),
    ("0x80 0xc0 0x010203", false),
];

/// ExaBGP is where FRR is otherwise; what it says goes by way of the middle to BIRD.
pub(super) fn run(trio: &Trio) -> Result<String, Failure> {
    let [ours, bird, mut raw] = designs();
    raw.routes = (0..).zip(SENT).map(|(n, (raw, _))| Route { raw: Some(raw), ..plain(prefix(n)) }).collect();
    raw.routes.push(plain(LAST.to_owned()));
    let path = vec![ours.asn, raw.asn];
    let ours = trio.make.start(&trio.middle, &ours)?;
    let bird = Peer::Bird.start(&trio.bird, &bird)?;
    time_until("the session with BIRD", SOON, || established(&*bird, TO_BIRD))?;
    let raw = Peer::ExaBgp.start(&trio.frr, &raw)?;
    let missing = || Failure::Objection("no route".into());
    wait_for(LAST, SOON, || bird.route(LAST)?.ok_or_else(missing))?;
    for (n, (attribute, taken)) in (0..).zip(SENT) {
        let prefix = prefix(n);
        let found = ours.route(&prefix)?.is_some();
        expect_equal(format!("whether the route with attribute {attribute} is there"), &taken, &found)?;
        // With nothing of the attribute that ours has taken away.
        let passed_on =
            Route { as_path: path.clone(), next_hop: TO_BIRD.to_string(), ..plain(prefix.clone()) };
        let passed_on = taken.then_some(passed_on);
        expect_equal(
            format!("the route with attribute {attribute} at BIRD"),
            &passed_on,
            &bird.route(&prefix)?,
        )?;
    }
    established(&*ours, FRR)?;
    established(&*bird, TO_BIRD)?;
    expect_equal("NOTIFICATION at BIRD", &None, &bird.received(TO_BIRD)?.notification)?;
    drop(raw);
    Ok(format!(
        "{} of {} routes taken and passed on, and the sessions stay",
        SENT.iter().filter(|(_, taken)| *taken).count(),
        SENT.len()
    ))
}

fn plain(prefix: String) -> Route {
    Route { prefix, origin: "igp".into(), ..Route::default() }
}

fn prefix(n: u8) -> String {
    format!("198.18.{n}.0/24")
}
