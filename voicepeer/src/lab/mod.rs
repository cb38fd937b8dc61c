//! `voicepeer lab`: a whole voice interconnect on loopback, rehearsed in seconds.

mod ends;
mod failover;
mod report;
mod scenario;
mod timeline;

use crate::diagnostic::BadInput;
use bgp_policy::voice::{far_end, judge};
use bgp_speaker::{Net, StartError, State, What};
use ends::Ends;
use report::{Document, Session};
use scenario::{CARRIER, LEGS};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};
use timeline::{Timeline, Who};
use tokio::sync::mpsc;

/// All of it must happen within this.
const PATIENCE: Duration = Duration::from_secs(14);

/// Runs the lab, prints what it found, and returns the exit status.
pub(crate) async fn lab(json: bool) -> Result<u8, BadInput> {
    let document = rehearse(json).await?;
    if json {
        let text = serde_json::to_string_pretty(&document).map_err(|e| BadInput::new(e.to_string()))?;
        println!("{text}");
    } else {
        report::print_tables(&document);
    }
    Ok(u8::from(!document.as_declared))
}

async fn rehearse(silent: bool) -> Result<Document, BadInput> {
    let (tell, events) = mpsc::unbounded_channel();
    let mut timeline = Timeline::new(events, PATIENCE, silent);
    let ends = Ends::start(&tell).await.map_err(cannot_run)?;
    let came_up = come_up(&mut timeline).await;
    let sessions = sessions(&ends, &came_up).await.map_err(cannot_run)?;
    let verdicts = judge(&scenario::plan(), &ends.observed().await.map_err(cannot_run)?);
    let failover = failover::cut(&ends, &mut timeline).await?;
    ends.stop().await;
    let prefixes = report::prefixes(&verdicts);
    let surprises = report::surprises(&sessions, &prefixes, &failover);
    Ok(Document {
        as_declared: surprises.is_empty(),
        surprises,
        carrier_asn: CARRIER.0,
        far_end_asn: far_end::ASN.0,
        sessions,
        prefixes,
        verdicts,
        failover,
    })
}

#[expect(clippy::needless_pass_by_value, reason = "what map_err hands over")]
fn cannot_run(error: StartError) -> BadInput {
    BadInput::new(format!("the lab cannot run: {error}")).help("it needs loopback addresses in 127.75.0.0/16")
}

/// When a leg came up, on the carrier's side.
#[derive(Clone, Copy, Default)]
struct CameUp {
    bfd: Option<Instant>,
    established: Option<Instant>,
    carrier_has_all: bool,
    edge_has_all: bool,
}

/// Waits until both ends of both legs have all routes, or the time is up.
async fn come_up(timeline: &mut Timeline) -> [CameUp; 2] {
    let mut legs = [CameUp::default(); 2];
    while !legs.iter().all(|leg| leg.carrier_has_all && leg.edge_has_all) {
        let Some(happened) = timeline.next().await else { break };
        let (number, carrier) = match happened.who {
            Who::Carrier => (happened.event.peer.0 as usize, true),
            Who::Edge(number) => (number, false),
        };
        let Some(leg) = legs.get_mut(number) else { continue };
        match happened.event.what {
            What::Bfd(change) if carrier && change.to == bfd::State::Up => leg.bfd = Some(happened.event.at),
            What::Up(_) if carrier => leg.established = Some(happened.event.at),
            What::EndOfRib(_) if carrier => leg.carrier_has_all = true,
            What::EndOfRib(_) => leg.edge_has_all = true,
            _ => {}
        }
    }
    legs
}

async fn sessions(ends: &Ends, came_up: &[CameUp; 2]) -> Result<Vec<Session>, StartError> {
    let far: BTreeSet<Net> = scenario::far_end_routes().map(|r| Net::from(r.prefix)).collect();
    let mut sessions = Vec::new();
    let Some(carrier) = ends.carrier.speakers.get(&0) else { return Ok(sessions) };
    for ((leg, peer), up) in LEGS.iter().zip(&ends.legs).zip(came_up) {
        let (peer, far) = (*peer, far.clone());
        let (established, received) = carrier
            .query(move |engine| {
                let state = engine.peer_status(peer).map(|p| p.state);
                let routes = engine.routes_from(peer);
                (state == Some(State::Established), routes.iter().filter(|r| far.contains(&r.net)).count())
            })
            .await?;
        sessions.push(Session {
            leg: leg.name,
            carrier: leg.carrier.to_string(),
            edge: leg.edge.to_string(),
            established,
            bfd_first: up.bfd.zip(up.established).is_some_and(|(bfd, bgp)| bfd <= bgp),
            prefixes_received: received,
        });
    }
    Ok(sessions)
}
