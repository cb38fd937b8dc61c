//! Two StayRTR caches: the states of a peer's routes, what changes of them, and the second cache once the first is gone.

use crate::clock::{time_until, wait_for};
use crate::failure::Failure;
use crate::interop::json::{list, text};
use crate::interop::pair::{OURS, PEER, Pair, SOON, design};
use crate::interop::router::Route;
use crate::interop::stayrtr::StayRtr;
use crate::interop::voicepeer::{Voicepeer, configuration};

const A: &str = "198.18.1.0/24";
const B: &str = "198.18.2.0/24";
const C: &str = "198.18.3.0/24";
const POLICY: &str = "[policy.rpki]\ndefault = \"accept\"\n[[policy.rpki.rule]]\nname = \"invalid\"\n\
                      match = { rpki = \"invalid\" }\nthen = \"reject\"\n";

pub(super) fn run(pair: &Pair) -> Result<String, Failure> {
    let mine = PEER.asn;
    let first =
        StayRtr::start(&pair.far, 8282, &[(A, 24, mine), (B, 24, 64511), ("2001:db8::/32", 48, 64511)])?;
    let _second = StayRtr::start(&pair.far, 8283, &[(A, 24, mine), (C, 24, 64511)])?;
    let route = |prefix: &str| Route {
        prefix: prefix.into(),
        origin: "igp".into(),
        med: Some(0),
        ..Route::default()
    };
    let ours = Voicepeer::start(&pair.near, &ours())?;
    let _peer = pair.peer.start(&pair.far, &design(PEER, OURS, &[A, B, C].map(route)))?;
    let told =
        time_until("all states", SOON, || sees(&ours, ["best valid", "rejected invalid", "best not-found"]))?;

    first.publish(&[(A, 24, 64511), (B, 24, mine), ("2001:db8::/32", 48, 64511)])?;
    let changed = time_until("the states after the cache changed", SOON, || {
        sees(&ours, ["rejected invalid", "best valid", "best not-found"])
    })?;
    let neighbor = ours.neighbor(PEER.address(false))?;
    if text(&neighbor, "state") != "Established"
        || neighbor.get("last_down").is_some_and(|down| !down.is_null())
    {
        return Err(Failure::answer("the session went on", neighbor.to_string()));
    }

    drop(first);
    let failed_over = time_until("the second cache's states", SOON, || {
        sees(&ours, ["best valid", "best not-found", "rejected invalid"])
    })?;
    let document = wait_for("the second cache in use", SOON, || ours.show("rpki"))?.0;
    let caches: Vec<&str> = list(&document, "caches").iter().map(|cache| text(cache, "connection")).collect();
    Ok(format!(
        "states after {told:.1?}, others after {changed:.1?}; the second cache's {failed_over:.1?} after the first ended \
         (connections {})",
        caches.join(" and ")
    ))
}

/// The peer's routes are judged by what the caches say, the first before the second.
fn ours() -> String {
    let text =
        configuration(&design(OURS, PEER, &[])).replace("import = \"accept-all\"", "import = \"rpki\"");
    let cache = |name: &str, port: u16| {
        let address = PEER.ipv4;
        format!("[[rpki.cache]]\nname = \"{name}\"\naddress = \"{address}:{port}\"\nretry = 1\n")
    };
    [text, POLICY.into(), cache("first", 8282), cache("second", 8283)].concat()
}

/// The state of each route and what the RPKI says of it.
fn sees(ours: &Voicepeer, want: [&str; 3]) -> Result<(), Failure> {
    let document = ours.show("routes")?;
    let routes = list(&document, "routes");
    let of = |prefix: &str| {
        let route = routes.iter().find(|route| text(route, "prefix") == prefix);
        route.map(|route| format!("{} {}", text(route, "state"), text(route, "rpki"))).unwrap_or_default()
    };
    let seen = [A, B, C].map(of);
    if seen == want { Ok(()) } else { Err(Failure::Objection(format!("{seen:?}"))) }
}
