//! The course of a drill: one leg is silenced, what follows is measured at both ends, and everything is restored.

use super::document::{Evidence, Kind, Leg, Notes, Step};
use super::evidence::{Marks, evidence, now};
use super::way::Way;
use crate::diagnostic::BadInput;
use std::time::Duration;

/// How long a drain, and what follows a cut beyond three detection times, may take.
const PROMPT: Duration = Duration::from_secs(10);

/// What is to be done.
#[derive(Clone, Debug)]
pub(crate) struct Orders {
    /// The peer's name or address, or the plan's connection.
    pub(crate) leg: String,
    /// Whether it is drained before (RFC 8326).
    pub(crate) drain: bool,
    /// Whether prefixes that no other leg has may be lost.
    pub(crate) accept_loss: bool,
    /// How long the leg stays down once all has moved.
    pub(crate) hold: Duration,
    /// How long the restoration may take.
    pub(crate) patience: Duration,
}

/// Both ends: the one where BFD is silenced, and the other where it can be asked.
pub(crate) struct Ends {
    pub(crate) asked: Way,
    pub(crate) other: Option<Way>,
}

/// Plays a drill. It refuses before anything is touched; whatever happens afterwards, the leg is restored.
pub(crate) async fn course(ends: &mut Ends, orders: &Orders) -> Result<Evidence, BadInput> {
    let legs = match begin(ends, orders).await {
        Ok(legs) => legs,
        Err(refused) => {
            end(ends).await;
            return Err(refused);
        }
    };
    let began = now();
    let played = play(ends, orders, &legs).await;
    let notes = end(ends).await;
    let marks = played?;
    let seen = legs.into_iter().zip(notes).collect();
    Ok(evidence(orders, began, marks, seen))
}

/// Both ends take notes; refuses what must not be drilled.
async fn begin(ends: &mut Ends, orders: &Orders) -> Result<Vec<Leg>, BadInput> {
    let leg: Leg = ends.asked.step(Step::Watch(orders.leg.clone())).await?;
    refuse(&leg, orders)?;
    let mut legs = vec![leg];
    if let (Some(other), Some(first)) = (&mut ends.other, legs.first()) {
        let leg: Leg = other.step(Step::Watch(first.connection.clone())).await.map_err(|bad| {
            bad.help("at both ends the leg has the plan's name of its connection: [[peer]] connection")
        })?;
        refuse(&leg, orders)?;
        legs.push(leg);
    }
    Ok(legs)
}

/// Refuses unless the leg is up, another leg is healthy, and it has all that this one has.
fn refuse(leg: &Leg, orders: &Orders) -> Result<(), BadInput> {
    let Leg { peer, standing, others, uncovered, .. } = leg;
    if !standing.is_healthy() {
        return Err(BadInput::new(format!("{peer} is {standing}: there is nothing to be drilled"))
            .help("a drill begins with every leg Established and BFD Up"));
    }
    if !others.iter().any(|other| other.standing.is_healthy()) {
        let others: Vec<String> = others.iter().map(|o| format!("{} is {}", o.peer, o.standing)).collect();
        let others = if others.is_empty() { "there is no other".to_owned() } else { others.join("; ") };
        return Err(BadInput::new(format!("no other leg could take over from {peer}: {others}"))
            .help("mend another leg first: a drill never takes the last one down"));
    }
    if !uncovered.is_empty() && !orders.accept_loss {
        let (first, count) = (uncovered.first().map_or("", String::as_str), uncovered.len());
        return Err(BadInput::new(format!(
            "{count} prefixes have no other leg than {peer}, such as {first}"
        ))
        .help(
            "announce them on another leg too (VP-ALL-SESSIONS), or drill all the same with --accept-loss",
        ));
    }
    Ok(())
}

async fn play(ends: &mut Ends, orders: &Orders, legs: &[Leg]) -> Result<Marks, BadInput> {
    let mut drained = None;
    if orders.drain {
        drained = Some(ends.asked.step::<u64>(Step::Drain(true)).await?);
        follow(ends, PROMPT, |notes| notes.off_leg_us.is_some()).await?;
    }
    let cut = ends.asked.step::<u64>(Step::Silence(true)).await?;
    let detection = legs.iter().filter_map(|leg| leg.detection_time_us).max().unwrap_or_default();
    let limit = PROMPT.saturating_add(Duration::from_micros(detection.saturating_mul(3)));
    let is_down = |notes: &Notes| {
        let both = [Kind::BfdDown, Kind::SessionDown].iter().all(|kind| notes.first(*kind, cut).is_some());
        both && notes.off_leg_us.is_some() && notes.withdrawn_us.is_some()
    };
    follow(ends, limit, is_down).await?;
    tokio::time::sleep(orders.hold).await;
    let mended = ends.asked.step::<u64>(Step::Silence(false)).await?;
    if orders.drain {
        // The session comes back undrained.
        ends.asked.step::<u64>(Step::Drain(false)).await?;
    }
    let is_back =
        |notes: &Notes| notes.first(Kind::Established, mended).is_some() && notes.restored_us.is_some();
    follow(ends, orders.patience, is_back).await?;
    Ok(Marks { drained, cut, mended })
}

/// Follows both ends until what is awaited is so at each, or the time is up.
async fn follow(ends: &mut Ends, limit: Duration, is: impl Fn(&Notes) -> bool) -> Result<(), BadInput> {
    let until = tokio::time::Instant::now() + limit;
    let Ends { asked, other } = ends;
    let at_other = async {
        match other {
            Some(other) => follow_one(other, until, &is).await,
            None => Ok(()),
        }
    };
    let (asked, other) = tokio::join!(follow_one(asked, until, &is), at_other);
    asked.and(other)
}

async fn follow_one(
    way: &mut Way,
    until: tokio::time::Instant,
    is: &impl Fn(&Notes) -> bool,
) -> Result<(), BadInput> {
    loop {
        let notes: Notes = way.step(Step::Follow).await?;
        if is(&notes) || tokio::time::Instant::now() >= until {
            return Ok(());
        }
    }
}

/// Restores both ends, and gives what they noted. One that does not answer restores itself when its connection goes.
async fn end(ends: &mut Ends) -> Vec<Notes> {
    let mut notes = Vec::new();
    for way in std::iter::once(&mut ends.asked).chain(&mut ends.other) {
        notes.push(way.step::<Notes>(Step::End).await.unwrap_or_default());
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::super::document::{Other, Standing};
    use super::*;

    fn standing(state: &str, bfd: Option<&str>) -> Standing {
        Standing { state: state.to_owned(), bfd: bfd.map(str::to_owned) }
    }

    /// (the leg, another, prefixes without another leg, whether loss is accepted, what the refusal says)
    #[test]
    fn what_is_refused() {
        let up = || standing("Established", Some("Up"));
        for (leg, other, uncovered, accept_loss, says) in [
            (up(), Some(up()), 0, false, None),
            (up(), Some(up()), 2, true, None),
            (
                up(),
                Some(up()),
                2,
                false,
                Some("2 prefixes have no other leg than edge-1, such as 198.18.0.0/24"),
            ),
            (up(), None, 0, false, Some("no other leg could take over from edge-1: there is no other")),
            (
                up(),
                Some(standing("Active", Some("Down"))),
                0,
                true,
                Some("no other leg could take over from edge-1: edge-2 is Active, BFD Down"),
            ),
            (
                up(),
                Some(standing("Established", None)),
                0,
                false,
                Some("no other leg could take over from edge-1: edge-2 is Established, BFD not configured"),
            ),
            (
                standing("Established", None),
                Some(up()),
                0,
                false,
                Some("edge-1 is Established, BFD not configured: there is nothing to be drilled"),
            ),
            (
                standing("Idle", Some("Down")),
                Some(up()),
                0,
                false,
                Some("edge-1 is Idle, BFD Down: there is nothing to be drilled"),
            ),
        ] {
            let leg = Leg {
                asn: 64500,
                peer: "edge-1".to_owned(),
                connection: "fra-1".to_owned(),
                address: "192.0.2.1".to_owned(),
                standing: leg,
                detection_time_us: Some(900_000),
                prefixes: 2,
                best: 2,
                uncovered: (0..uncovered).map(|n| format!("198.18.{n}.0/24")).collect(),
                others: other
                    .map(|standing| Other { peer: "edge-2".to_owned(), standing })
                    .into_iter()
                    .collect(),
            };
            let (hold, patience) = (Duration::ZERO, PROMPT);
            let orders = Orders { leg: String::new(), drain: false, accept_loss, hold, patience };
            let refused = refuse(&leg, &orders).err().map(|bad| bad.to_string());
            assert_eq!(refused.as_deref(), says);
        }
    }
}
