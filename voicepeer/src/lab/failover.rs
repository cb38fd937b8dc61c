//! Cutting one leg, and how long everything took.

use super::ends::Ends;
use super::scenario::{LEGS, far_end_routes};
use super::timeline::{Timeline, Who};
use bgp_rib::Net;
use bgp_speaker::{Down, PeerId, StartError, What};
use serde::Serialize;
use std::collections::BTreeSet;
use std::time::Instant;

/// What the cut came to. Times are microseconds after the cut, by the carrier's clock.
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
    /// Whether BFD was what ended the session.
    #[serde(skip)]
    pub(crate) by_bfd: bool,
}

impl Failover {
    /// Whether every prefix moved, and BFD was the cause.
    pub(crate) fn as_declared(&self) -> bool {
        self.by_bfd && self.detected_by.is_some() && self.failed_over_after_us.is_some()
    }
}

/// Cuts BFD on the leg that carries the best paths, at the far end, and follows what the carrier does.
pub(super) async fn cut(ends: &Ends, timeline: &mut Timeline) -> Result<Failover, StartError> {
    let nets: BTreeSet<Net> = far_end_routes().map(|route| Net::from(route.prefix)).collect();
    let active = active_leg(ends, &nets).await?;
    let other = LEGS.len() - 1 - active;
    let [leg, to] = [active, other].map(|n| LEGS.get(n).map_or("?", |leg| leg.name));
    let agreed = settled(ends, active).await?;

    #[expect(clippy::disallowed_methods, reason = "the lab runs on the real clock")]
    let cut_at = Instant::now();
    timeline.say(cut_at, &format!("{leg:<6} cut: no BFD packet leaves or arrives at the edge any more"));
    if let (Some(edge), Some(peer)) = (ends.edges.get(active), ends.at_edge.get(active)) {
        edge.silence_bfd(*peer, true).await?;
    }
    let mut failover = Failover {
        cut: leg,
        to,
        negotiated_detection_time_us: agreed,
        detected_after_us: None,
        detected_by: None,
        session_down_after_us: None,
        reason: None,
        failed_over_after_us: None,
        prefixes_moved: 0,
        by_bfd: false,
    };
    follow(&mut failover, ends, active, other, nets, cut_at, timeline).await;
    Ok(failover)
}

async fn follow(
    failover: &mut Failover,
    ends: &Ends,
    active: usize,
    other: usize,
    mut waiting: BTreeSet<Net>,
    cut_at: Instant,
    timeline: &mut Timeline,
) {
    let (lost, kept) = (ends.legs.get(active).copied(), ends.legs.get(other).copied());
    while failover.session_down_after_us.is_none() || !waiting.is_empty() {
        let Some(happened) = timeline.next().await else { return };
        let micros =
            |at: Instant| u64::try_from(at.saturating_duration_since(cut_at).as_micros()).unwrap_or(u64::MAX);
        let after = micros(happened.done);
        let peer: Option<PeerId> = (happened.who == Who::Carrier).then_some(happened.event.peer);
        match &happened.event.what {
            What::Bfd(change) if change.is_failure() && failover.detected_by.is_none() => {
                failover.detected_after_us = Some(micros(happened.event.at));
                failover.detected_by = Some(if happened.who == Who::Carrier { "carrier" } else { "edge" });
            }
            What::Down(down) if peer == lost => {
                failover.session_down_after_us = Some(after);
                failover.by_bfd = is_bfd(down);
                failover.reason = Some(down.to_string());
            }
            What::Best { net, reachable: true } if peer == kept && waiting.remove(net) => {
                failover.prefixes_moved += 1;
                failover.failed_over_after_us = waiting.is_empty().then_some(after);
            }
            _ => {}
        }
    }
}

/// TCP is whole in the lab, so the end that detects first tells the other.
fn is_bfd(down: &Down) -> bool {
    match down {
        Down::BfdDown => true,
        Down::Received { code, .. } => *code == bgp_wire::NotificationCode::BFD_DOWN,
        _ => false,
    }
}

/// The leg that the far end's prefixes are reached by.
async fn active_leg(ends: &Ends, nets: &BTreeSet<Net>) -> Result<usize, StartError> {
    let Some(net) = nets.first().copied() else { return Ok(0) };
    let best = ends.carrier.query(move |engine| engine.best(net).map(|route| route.peer)).await?;
    Ok(ends.legs.iter().position(|leg| Some(*leg) == best).unwrap_or(0))
}

/// The detection time of a leg in microseconds, once the slow start's timers are behind both of its ends.
async fn settled(ends: &Ends, leg: usize) -> Result<u64, StartError> {
    let configured = std::time::Duration::from_millis(
        u64::from(bgp_policy::voice::far_end::BFD_INTERVAL_MS)
            * u64::from(bgp_policy::voice::far_end::BFD_DETECT_MULT),
    );
    let mut agreed = 0;
    // Poll sequences end within a few packets; half a second is more than two intervals.
    for _ in 0..50 {
        let mut snapshots = ends.carrier.bfd().await?;
        if let Some(edge) = ends.edges.get(leg) {
            snapshots.extend(edge.bfd().await?);
        }
        let address = LEGS.get(leg).map(|l| (l.carrier, l.edge));
        let times: Vec<_> = snapshots
            .iter()
            .filter(|(_, s)| address.is_some_and(|(c, e)| s.peer.ip() == c || s.peer.ip() == e))
            .filter_map(|(_, s)| s.detection_time)
            .collect();
        agreed = times.iter().max().map_or(0, |t| u64::try_from(t.as_micros()).unwrap_or(u64::MAX));
        if times.len() == 2 && times.iter().all(|t| *t == configured) {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    Ok(agreed)
}
