//! A session that is drained before it is taken down.

use super::support::{Net, Pair, eventually};

#[test]
fn a_drained_peer_learns_of_it_by_the_community() {
    let pair = Pair::established(Net(39), [("", "[[route]]\nprefix = \"198.51.100.0/24\"\n"), ("", "")]);
    let seen = |what: &str, lowest: bool| {
        eventually(what, || {
            let route = pair.dials.show("routes")["routes"][0].take();
            let marked = route["communities"].to_string().contains("graceful-shutdown");
            let is = (marked, route["local_pref"] == 0) == (lowest, lowest) && route["prefix"].is_string();
            if is { Ok(()) } else { Err(route.to_string()) }
        });
    };
    seen("the route", false);
    let said = pair.waits.ask(&["drain", "dials"]);
    assert_eq!((said.status, said.out.as_str()), (Some(0), "dials is drained\n"), "{said:?}");
    seen("the mark", true);
    assert!(pair.waits.ask(&["show", "neighbors"]).out.contains("draining"));
    assert_eq!(pair.waits.ask(&["drain", "dials", "--undo"]).status, Some(0));
    seen("no mark", false);
    pair.waits
        .ask(&["drain", "nobody"])
        .refused_with(&["no peer is called or addressed \"nobody\""], "unknown");
}
