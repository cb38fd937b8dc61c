//! Every type of authentication, the right key and a wrong one (RFC 5880 section 6.7).

use super::up;
use crate::clock::time_until;
use crate::failure::Failure;
use crate::interop::json::number;
use crate::interop::netns::Node;
use crate::interop::pair::{BFD, OURS, PEER, Pair, SOON, Side, design};
use crate::interop::router::{Bfd, Design, Router, Secret, bfd_up};
use crate::interop::voicepeer::{self, Voicepeer};

const KINDS: [&str; 5] =
    ["simple-password", "keyed-md5", "meticulous-keyed-md5", "keyed-sha1", "meticulous-keyed-sha1"];

pub(in super::super) fn run(pair: &Pair) -> Result<String, Failure> {
    let mut times = Vec::new();
    for kind in KINDS {
        let key = Some(Secret { kind, secret: "a key of both" });
        let running =
            pair.start_with(|neighbor, _| neighbor.bfd = Some(Bfd { authentication: key, ..BFD }))?;
        times.push(format!("{kind} {:.1?}", up(&running, false)?));
    }
    Ok(format!("Up after: {}", times.join(", ")))
}

pub(in super::super) fn wrong(pair: &Pair) -> Result<String, Failure> {
    let with = |secret, kind| Some(Secret { kind, secret });
    let mut told = Vec::new();
    for (kind, counter) in
        [("simple-password", "authentication password"), ("keyed-sha1", "authentication digest")]
    {
        let peer = pair.peer.start(&pair.far, &secured((PEER, OURS), with("a key of theirs", kind)))?;
        let ours = start(&pair.near, &secured((OURS, PEER), with("another of ours", kind)))?;
        let count =
            |session: &serde_json::Value| session.get("discards").and_then(|all| number::<u64>(all, counter));
        time_until(counter, SOON, || {
            let session = ours.bfd_session(PEER.address(false))?;
            let counted = count(&session).is_some_and(|count| count > 2);
            if counted { Ok(()) } else { Err(Failure::Objection(session.to_string())) }
        })?;
        let up = |router: &dyn Router, of: Side| bfd_up(router, of.address(false)).is_ok();
        if up(&ours, PEER) || up(&*peer, OURS) {
            return Err(Failure::Objection(format!("Up with two keys of {kind}")));
        }
        told.push(format!("{kind} is counted as {counter}"));
    }
    Ok(told.join(", "))
}

fn start(node: &Node, design: &Design) -> Result<Voicepeer, Failure> {
    Voicepeer::start(node, &voicepeer::configuration(design))
}

fn secured((own, other): (Side, Side), authentication: Option<Secret>) -> Design {
    let mut design = design(own, other, &[]);
    design.neighbors.iter_mut().for_each(|neighbor| neighbor.bfd = Some(Bfd { authentication, ..BFD }));
    design
}
