//! What RFC 7606 makes of malformed attributes, from a peer that can be told to send them.

use crate::clock::wait_for;
use crate::failure::{Failure, expect_equal};
use crate::interop::pair::{OURS, PEER, Pair, SOON, design};
use crate::interop::router::{Route, established};

/// The route that is sent after the malformed ones: when it is there, they have been judged.
const LAST: &str = "198.18.250.0/24";

/// (attribute: code, flags, value; whether the route is taken)
const SENT: [(&str, bool); 4] = [
    // One that nobody knows is passed on.
    ("0xfa 0xc0 0x01020304", true),
    // ORIGINATOR_ID of an external peer is discarded (7.9).
    ("0x09 0x80 0x0a000001", true),
    // COMMUNITIES whose length is no multiple of 4: treat-as-withdraw (7.8).
    ("0x08 0xc0 0x0102030405", false),
    // LARGE_COMMUNITY, likewise of 12 (RFC 8092).
    ("0x20 0xc0 0x0102030405", false),
];

pub(super) fn run(pair: &Pair) -> Result<String, Failure> {
    let plain = |prefix: String| Route { prefix, origin: "igp".into(), ..Route::default() };
    let mut routes: Vec<_> =
        (0..).zip(SENT).map(|(n, (raw, _))| Route { raw: Some(raw), ..plain(prefix(n)) }).collect();
    routes.push(plain(LAST.to_owned()));
    let running = pair.start(&design(OURS, PEER, &[]), &design(PEER, OURS, &routes))?;
    running.established()?;
    let missing = || Failure::Objection("no route".into());
    wait_for(LAST, SOON, || running.ours.route(LAST)?.ok_or_else(missing))?;
    for (n, (raw, taken)) in (0..).zip(SENT) {
        let there = running.ours.route(&prefix(n))?.is_some();
        expect_equal(format!("whether the route with attribute {raw} is there"), &taken, &there)?;
    }
    established(&*running.ours, PEER.address(false))?;
    Ok(format!(
        "{} of {} routes taken, and the session stays",
        SENT.iter().filter(|(_, taken)| *taken).count(),
        SENT.len()
    ))
}

fn prefix(n: u8) -> String {
    format!("198.18.{n}.0/24")
}
