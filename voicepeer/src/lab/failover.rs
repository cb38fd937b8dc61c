//! Cutting one leg, and how long everything took: a drill.

use super::ends::Ends;
use super::scenario::{LEGS, far_end_routes};
use super::timeline::Timeline;
use crate::diagnostic::BadInput;
use crate::drill::document::{EndEvidence, Evidence};
use crate::drill::{self, Orders, Way, course};
use bgp_policy::voice::far_end;
use bgp_speaker::{Net, Speaker, StartError};
use serde::Serialize;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What the cut came to. Times are microseconds after the cut, as the carrier saw it.
#[derive(Serialize, Debug)]
pub(crate) struct Failover {
    /// The leg whose BFD was cut.
    pub(crate) cut: &'static str,
    /// The leg that took over.
    pub(crate) to: &'static str,
    /// The detection time that both ends had agreed on.
    pub(crate) negotiated_detection_time_us: u64,
    /// When the first of the two ends noticed, and which.
    pub(crate) detected_after_us: Option<u64>,
    pub(crate) detected_by: Option<&'static str>,
    /// When the carrier's BGP session was torn down.
    pub(crate) session_down_after_us: Option<u64>,
    /// Why, in the carrier's words.
    pub(crate) reason: Option<String>,
    /// When the last of the far end's prefixes had its best path on the other leg.
    pub(crate) failed_over_after_us: Option<u64>,
    /// How many of the far end's prefixes moved.
    pub(crate) prefixes_moved: usize,
    /// After the leg was mended: when the carrier had all of its routes again.
    pub(crate) restored_after_us: Option<u64>,
    /// All that both ends saw.
    pub(crate) drill: Evidence,
}

impl Failover {
    /// Whether every prefix moved, BFD was the cause, and all came back.
    pub(crate) fn as_declared(&self) -> bool {
        self.drill.as_expected && self.failed_over_after_us.is_some()
    }
}

/// Cuts BFD on the leg that carries the best paths, at the far end, and follows what both ends do.
pub(super) async fn cut(ends: &Ends, timeline: &mut Timeline) -> Result<Failover, BadInput> {
    let stopped = |error: StartError| BadInput::new(error.to_string());
    let active = active_leg(ends).await.map_err(stopped)?;
    let [leg, to] = [active, LEGS.len() - 1 - active].map(|n| LEGS.get(n).map_or("?", |leg| leg.name));
    settled(ends, active).await.map_err(stopped)?;

    #[expect(clippy::disallowed_methods, reason = "the lab runs on the real clock")]
    timeline
        .say(Instant::now(), &format!("{leg:<6} cut: no BFD packet leaves or arrives at the edge any more"));
    let other = Some(Way::Here(Arc::clone(&ends.carrier)));
    let mut both = drill::Ends { asked: Way::Here(Arc::clone(&ends.edges)), other };
    let orders = Orders {
        leg: leg.to_owned(),
        drain: false,
        // One of the declared prefixes is on one leg only.
        accept_loss: true,
        hold: Duration::ZERO,
        patience: Duration::from_secs(10),
    };
    let evidence = {
        let mut course = std::pin::pin!(course(&mut both, &orders));
        loop {
            tokio::select! {
                evidence = &mut course => break evidence?,
                Some(_) = timeline.next() => {}
            }
        }
    };
    Ok(failover(leg, to, evidence))
}

fn failover(cut: &'static str, to: &'static str, drill: Evidence) -> Failover {
    let at = |name: &str| drill.ends.iter().find(|end| end.end == name);
    let (carrier, edge) = (at("carrier"), at("far end"));
    let detected = |end: Option<&EndEvidence>| end.and_then(|end| end.detected_us);
    let first = [(detected(carrier), "carrier"), (detected(edge), "edge")].into_iter();
    let first = first.filter_map(|(us, by)| Some((us?, by))).min();
    Failover {
        cut,
        to,
        negotiated_detection_time_us: drill.detection_time_us.unwrap_or_default(),
        detected_after_us: first.map(|(us, _)| us),
        detected_by: first.map(|(_, by)| by),
        session_down_after_us: carrier.and_then(|end| end.session_down_us),
        reason: carrier.and_then(|end| end.reason.clone()),
        failed_over_after_us: carrier.and_then(|end| end.off_leg_us),
        prefixes_moved: carrier.map_or(0, |end| end.moved),
        restored_after_us: carrier.and_then(|end| end.restored_us),
        drill,
    }
}

/// The leg that the far end's prefixes are reached by.
async fn active_leg(ends: &Ends) -> Result<usize, StartError> {
    let net = far_end_routes().next().map(|route| Net::from(route.prefix));
    let (Some(net), Some(carrier)) = (net, ends.carrier.speakers.get(&0)) else { return Ok(0) };
    let best = carrier.query(move |engine| engine.best(net).map(|route| route.peer)).await?;
    Ok(ends.legs.iter().position(|leg| Some(*leg) == best).unwrap_or(0))
}

/// Waits until the slow start's timers are behind both ends of a leg.
async fn settled(ends: &Ends, leg: usize) -> Result<(), StartError> {
    let configured =
        Duration::from_millis(u64::from(far_end::BFD_INTERVAL_MS) * u64::from(far_end::BFD_DETECT_MULT));
    let both: Vec<&Speaker> = ends.carrier.speakers.values().chain(ends.edges.speakers.get(&leg)).collect();
    let address = LEGS.get(leg).map(|l| (l.carrier, l.edge));
    // Poll sequences end within a few packets; half a second is more than two intervals.
    for _ in 0..50 {
        let mut times = Vec::new();
        for speaker in &both {
            let sessions = speaker.bfd().await?;
            let of_leg = sessions.iter().map(|(_, s)| s);
            let of_leg =
                of_leg.filter(|s| address.is_some_and(|(c, e)| s.peer.ip() == c || s.peer.ip() == e));
            times.extend(of_leg.filter_map(|s| s.detection_time));
        }
        if times.len() == 2 && times.iter().all(|t| *t == configured) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}
