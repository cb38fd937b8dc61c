//! A password that is set, changed and taken away while its session is up and one with somebody else stays up (RFC 2385).

use super::transit::designs;
use crate::clock::{now, time_until};
use crate::failure::Failure;
use crate::interop::bird::{self, Bird};
use crate::interop::frr::{self, Frr};
use crate::interop::kernel::refused_signatures;
use crate::interop::netns::Node;
use crate::interop::pair::SOON;
use crate::interop::router::{Design, Router, established};
use crate::interop::trio::{BIRD, FRR, TO_BIRD, TO_FRR, Trio};
use crate::interop::voicepeer::{self, Voicepeer};
use serde_json::Value;
use std::net::IpAddr;

/// The password from then on, and whether ours has it first.
const CHANGES: [(Option<&str>, bool); 3] =
    [(Some("correct-horse"), true), (Some("battery-staple"), false), (None, true)];

pub(super) fn run(trio: &Trio) -> Result<String, Failure> {
    let [middle, mut at_bird, at_frr] = designs();
    let ours = Voicepeer::start(&trio.middle, &voicepeer::configuration(&middle))?;
    let bird = Bird::start(&trio.bird, &bird::configuration(&at_bird))?;
    let frr = Frr::start(&trio.frr, &frr::configuration(&at_frr))?;
    let both_up = || [BIRD, FRR].into_iter().try_for_each(|peer| established(&ours, peer));
    time_until("both sessions", SOON, both_up)?;
    let nodes = |theirs| [&trio.middle, theirs];
    let with_frr =
        Turn { ours: &ours, theirs: &frr, ends: [TO_FRR, FRR], beside: BIRD, nodes: nodes(&trio.frr) };
    with_frr.play(&middle, |password| frr.set_password(at_frr.asn, TO_FRR, password))?;
    let with_bird =
        Turn { ours: &ours, theirs: &bird, ends: [TO_BIRD, BIRD], beside: FRR, nodes: nodes(&trio.bird) };
    with_bird.play(&middle, |password| {
        at_bird.neighbors.iter_mut().for_each(|neighbor| neighbor.password = password);
        bird.configure(&bird::configuration(&at_bird))
    })?;
    Ok("set, changed and taken away with FRR and BIRD, each while the other stayed up".to_owned())
}

/// Ours and the one whose password changes.
struct Turn<'a> {
    ours: &'a Voicepeer,
    theirs: &'a dyn Router,
    /// Our address on their session, and theirs.
    ends: [IpAddr; 2],
    /// Whose session stays up.
    beside: IpAddr,
    nodes: [&'a Node; 2],
}

impl Turn<'_> {
    /// The password changes at one end, whereupon the kernel refuses what comes from the other, and then there.
    fn play(
        &self,
        design: &Design,
        mut change_theirs: impl FnMut(Option<&'static str>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let start = now();
        for (password, ours_first) in CHANGES {
            let mut design = design.clone();
            let theirs = design.neighbors.iter_mut().filter(|neighbor| neighbor.address == self.ends[1]);
            theirs.for_each(|neighbor| neighbor.password = password);
            let before = self.refused()?;
            if ours_first {
                self.ours.reconfigure(&design)?;
            } else {
                change_theirs(password)?;
            }
            self.apart(before)?;
            if ours_first {
                change_theirs(password)?;
            } else {
                self.ours.reconfigure(&design)?;
            }
            time_until(&format!("the session with {password:?}"), SOON, || self.up())?;
        }
        let beside = self.ours.neighbor(self.beside)?;
        let up_for = beside.get("established_s").and_then(Value::as_f64).unwrap_or_default();
        if up_for < start.elapsed().as_secs_f64() {
            return Err(Failure::Objection(format!("the session beside was not up all the time: {beside}")));
        }
        Ok(())
    }

    fn up(&self) -> Result<(), Failure> {
        established(self.theirs, self.ends[0])?;
        established(self.ours, self.ends[1])
    }

    /// Segments that either end has refused.
    fn refused(&self) -> Result<u64, Failure> {
        self.nodes.into_iter().map(refused_signatures).sum()
    }

    /// Waits until the session has ended and a connection since was refused.
    fn apart(&self, before: u64) -> Result<(), Failure> {
        let look = || match self.ours.session(self.ends[1])? {
            session if session.established => Err(Failure::Objection(session.words)),
            _ if self.refused()? == before => Err(Failure::Objection("no segment was refused".into())),
            _ => Ok(()),
        };
        time_until("the end of the session", SOON, look)?;
        Ok(())
    }
}
