//! A carrier's turn-up: BIRD and FRR, configured as for AS8075, against the stand-in of its two edge routers.

use super::voice::{carrier, lab};
use crate::clock::{time_until, wait_for};
use crate::failure::{Failure, expect_equal};
use crate::interop::bird::Bird;
use crate::interop::frr::Frr;
use crate::interop::json::{list, text, texts};
use crate::interop::pair::SOON;
use crate::interop::router::Router;
use crate::interop::trio::Trio;
use crate::interop::voicepeer::Voicepeer;
use serde_json::Value;

/// What each router announces, and the rule that refuses it; `-` where none does.
const ANNOUNCED: [(&str, &str); 9] = [
    ("10.18.15.0/24", "VP-PREFIX-PUBLIC"),
    ("198.18.1.0/24", "-"),
    ("198.18.11.0/24", "VP-COMMUNITY"),
    ("198.18.12.0/24", "VP-ASPATH-LENGTH"),
    ("198.18.13.0/24", "VP-ASPATH-PRIVATE"),
    ("198.18.14.0/24", "VP-ASPATH-PREPEND"),
    ("198.18.16.0/24", "-"),
    ("198.18.17.0/24", "VP-UNREGISTERED"),
    ("198.18.2.0/23", "-"),
];
/// What BIRD alone announces.
const ON_ONE: &str = "198.18.16.0/24";
/// The first of the far end's own prefixes, and the last of 280: what the plan registers is left out.
const SYNTHETIC: [&str; 2] = ["198.18.0.0/24", "198.19.31.0/24"];

pub(super) fn run(trio: &Trio) -> Result<String, Failure> {
    let far_end = Voicepeer::start_far_end(&trio.middle, &lab("plan.toml"))?;
    let (bird, frr) = carrier(trio)?;
    let took = time_until("both connections Active, and each route's fate", SOON, || {
        let portal = far_end.show("portal")?;
        let [at_bird, at_frr] = list(&portal, "connections") else {
            return Err(Failure::answer("show portal", portal.to_string()));
        };
        let declared = ANNOUNCED.map(|(prefix, rule)| (prefix.to_owned(), rule.to_owned()));
        let on_both = declared.iter().filter(|(prefix, _)| prefix != ON_ONE).cloned().collect::<Vec<_>>();
        is_as_declared(at_bird, &declared)?;
        is_as_declared(at_frr, &on_both)?;
        registered(&portal)
    })?;
    announced(&bird, &frr)?;
    Ok(format!("{} prefixes, each with its fate, after {took:.1?}", ANNOUNCED.len()))
}

fn is_as_declared(connection: &Value, declared: &[(String, String)]) -> Result<(), Failure> {
    expect_equal("connection state", &"Active", &text(connection, "connectionState"))?;
    let fate = |route: &Value| {
        let rules = texts(route, "refusedBy");
        let accepted = route.get("accepted").is_some_and(|accepted| *accepted == true);
        let fate = if accepted { "-".to_owned() } else { rules.join(" ") };
        (text(route, "prefix").to_owned(), fate)
    };
    let mut found: Vec<_> = list(connection, "receivedRoutes").iter().map(fate).collect();
    found.sort();
    expect_equal("routes received", &declared, &found.as_slice())
}

/// What is on one session only is accepted there, and its registration fails for the other.
fn registered(portal: &Value) -> Result<(), Failure> {
    let all = list(portal, "registeredPrefixes");
    let state = |prefix: &str| {
        let found = all.iter().find(|one| text(one, "prefix") == prefix);
        found.map(|one| (text(one, "prefixValidationState").to_owned(), texts(one, "failed").join(" ")))
    };
    let seen = ["198.18.1.0/24", ON_ONE].map(state);
    let of = |state: &str, failed: &str| Some((state.to_owned(), failed.to_owned()));
    expect_equal("states", &[of("Verified", ""), of("Failed", "VP-ALL-SESSIONS")], &seen)
}

/// Both routers have the far end's prefixes, by AS8075 alone; what one of them announces does not reach the other.
fn announced(bird: &Bird, frr: &Frr) -> Result<(), Failure> {
    for router in [bird as &dyn Router, frr] {
        for prefix in SYNTHETIC {
            let missing = || Failure::Objection(format!("{prefix} has not come"));
            let (route, _) = wait_for(prefix, SOON, || router.route(prefix)?.ok_or_else(missing))?;
            expect_equal("its AS path", &vec![8075], &route.as_path)?;
        }
    }
    expect_equal("BIRD's route at FRR", &true, &frr.route(ON_ONE)?.is_none())
}
