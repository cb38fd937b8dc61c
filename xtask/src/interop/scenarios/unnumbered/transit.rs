//! What one neighbor over link-local addresses says reaches the other by way of ours; and a link goes, comes back and is
//! removed beneath it.

use super::lab::{self, BESIDE, FRR, LINKS, MED, OF_BIRD, OF_FRR, OF_OURS, TARGETS, TO_BIRD, TO_FRR};
use crate::clock::time_until;
use crate::failure::{Failure, expect_equal};
use crate::interop::bird::Bird;
use crate::interop::frr::Frr;
use crate::interop::json::{list, number, text};
use crate::interop::pair::SOON;
use crate::interop::router::Router;
use crate::interop::trio::Trio;
use crate::interop::voicepeer::Voicepeer;
use serde_json::Value;

/// All that runs.
struct Scene<'a> {
    trio: &'a Trio,
    ours: Voicepeer,
    bird: Bird,
    frr: Frr,
}

pub(in super::super) fn run(trio: &Trio) -> Result<String, Failure> {
    let _advertises = lab::lay(trio)?;
    let scene = Scene {
        trio,
        ours: Voicepeer::start(&trio.middle, &lab::ours())?,
        bird: Bird::start(&trio.bird, &lab::bird())?,
        frr: Frr::start(&trio.frr, &lab::frr())?,
    };
    let up = scene.over(&[0, 1])?;
    for target in TARGETS {
        expect_equal(format!("whether packets to {target} come back"), &true, &trio.frr.reaches(target))?;
    }
    trio.frr.link(&["eth0", "down"])?;
    let down = scene.over(&[1])?;
    trio.frr.link(&["eth0", "up"])?;
    let back = scene.over(&[0, 1])?;
    // FRR forgets its neighbor on the second link, and then our end of that link is no more.
    scene.frr.command("bgpd", &["configure terminal", "router bgp 65540", "no neighbor eth1 interface"])?;
    scene.over(&[0])?;
    trio.middle.ask("ip", &["link", "delete", "eth2"])?;
    scene.over(&[0])?;
    Ok(format!("two links after {up:.1?}, one of them down after {down:.1?} and back after {back:.1?}"))
}

impl Scene<'_> {
    /// Waits until exactly those links are Established at both ends, and whatever is told has crossed over each. Gives the time
    /// it took.
    fn over(&self, links: &[usize]) -> Result<std::time::Duration, Failure> {
        time_until("all that is told over these links", SOON, || {
            expect_equal("links Established at FRR", &links, &self.links_at_frr()?.as_slice())?;
            expect_equal("and at ours", &links, &self.links_at_ours()?.as_slice())?;
            self.routes_at_frr(links)?;
            self.routes_at_bird()
        })
    }

    fn links_at_frr(&self) -> Result<Vec<usize>, Failure> {
        let answer = self.frr.json("bgpd", "show bgp neighbors json")?;
        let up = |link: &usize| {
            let of = LINKS.get(*link).and_then(|[_, interface]| answer.get(interface));
            of.is_some_and(|of| text(of, "bgpState") == "Established")
        };
        Ok((0..LINKS.len()).filter(up).collect())
    }

    fn links_at_ours(&self) -> Result<Vec<usize>, Failure> {
        let document = self.ours.show("neighbors")?;
        let names = LINKS.map(|[interface, _]| format!("{interface} {FRR}"));
        let up = |name: &String| {
            let mut all = list(&document, "neighbors").iter();
            all.any(|one| text(one, "name") == name && text(one, "state") == "Established")
        };
        Ok(names.iter().enumerate().filter(|(_, name)| up(name)).map(|(link, _)| link).collect())
    }

    /// FRR has all that ours and BIRD say by our address from each of those links, with the MED, and so has its kernel.
    fn routes_at_frr(&self, links: &[usize]) -> Result<(), Failure> {
        let table = |family| self.trio.frr.ask("ip", &[family, "route", "show", "proto", "bgp"]);
        let kernel = table("-4")? + &table("-6")?;
        for prefix in OF_OURS.into_iter().chain(OF_BIRD).chain([BESIDE]) {
            let family = if prefix.contains(':') { "ipv6" } else { "ipv4" };
            let answer = self.frr.json("bgpd", &format!("show bgp {family} unicast {prefix} json"))?;
            let hop = |path: &Value| list(path, "nexthops").first().map(|hop| text(hop, "ip").to_owned());
            let found: Vec<_> =
                list(&answer, "paths").iter().map(|path| (hop(path), number(path, "metric"))).collect();
            let expected = vec![(Some(TO_FRR.to_owned()), Some(MED)); links.len()];
            expect_equal(format!("next hops and MEDs of {prefix} at FRR"), &expected, &found)?;
            let by_ours = |line: &str| line.starts_with(&format!("{prefix} ")) && line.contains(TO_FRR);
            expect_equal(format!("whether FRR's kernel has {prefix}"), &true, &kernel.lines().any(by_ours))?;
        }
        Ok(())
    }

    /// BIRD has FRR's and ours by the address of ours that it knows.
    fn routes_at_bird(&self) -> Result<(), Failure> {
        for prefix in OF_FRR.into_iter().chain(OF_OURS) {
            let missing = || Failure::Objection(format!("{prefix} has not come to BIRD"));
            let route = self.bird.route(prefix)?.ok_or_else(missing)?;
            expect_equal(format!("the next hop of {prefix} at BIRD"), &TO_BIRD, &route.next_hop.as_str())?;
        }
        Ok(())
    }
}
