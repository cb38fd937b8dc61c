//! A daemon's part of a drill: it takes notes of a leg, drains and silences it, and restores it.

use super::document::{Kind, Leg, Notes, Other, Standing, Step};
use super::watch::{Sample, Watched};
use crate::control::Daemon;
use bgp_speaker::{Engine, Net, PeerId, PeerStatus, Speaker, StartError};
use serde::Serialize;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

/// How long a client that follows waits for something new.
const FOLLOWED: Duration = Duration::from_millis(50);
/// The least time between two looks at the leg's prefixes where nothing happens.
const LOOK: Duration = Duration::from_millis(2);

/// Why a step is refused, or what the speaker says.
type Done<T> = Result<Result<T, String>, StartError>;

impl Daemon {
    /// Takes a step of a drill.
    pub(crate) async fn drill(&self, step: Step) -> Result<Result<serde_json::Value, String>, StartError> {
        Ok(match step {
            Step::Watch(leg) => self.watch_leg(&leg).await?.map(document),
            Step::Follow => self.follow().await?.map(document),
            Step::End => Ok(document(self.end_drill().await?)),
            Step::Drain(on) => self.of_leg(Kind::DrainBegan, on).await?.map(document),
            Step::Silence(on) => self.of_leg(Kind::Cut, on).await?.map(document),
        })
    }

    /// Begins to take notes.
    async fn watch_leg(&self, wanted: &str) -> Done<Leg> {
        if self.watch.lock().is_some() {
            return Ok(Err("another drill is running".to_owned()));
        }
        let all = self.peers().await?;
        let connection = |p: &PeerStatus| self.connections.get(&p.config.name).cloned().unwrap_or_default();
        let is_it = |p: &PeerStatus| {
            p.config.name == wanted || p.config.address.to_string() == wanted || connection(p) == wanted
        };
        let Some((speaker, leg)) = all.iter().find(|(_, p)| is_it(p)) else {
            return Ok(Err(format!("no peer is called or addressed {wanted:?}, and no connection is")));
        };
        let (number, id) = (*speaker, leg.id);
        let Some(speaker) = self.speakers.get(&number) else { return Ok(Err("no such speaker".to_owned())) };
        let bfd = speaker.bfd().await?;
        let detection = bfd.iter().find(|(peer, _)| *peer == id).and_then(|(_, s)| s.detection_time);
        let asked = move |engine: &Engine| (engine.asn().0, engine.accepted_from(id));
        let (asn, nets) = speaker.query(asked).await?;
        let mut watched = Watched {
            speaker: number,
            peer: id,
            nets: nets.into(),
            drains: false,
            silent: false,
            notes: Notes::default(),
        };
        let stand = self.stand(&watched).await?;
        let of_same_as = all.iter().map(|(_, p)| p).filter(|p| p.config.asn == leg.config.asn);
        let others = of_same_as.filter(|p| p.config.name != leg.config.name);
        let others = others.map(|p| Other { peer: p.config.name.clone(), standing: standing(p) });
        let answer = Leg {
            asn,
            peer: leg.config.name.clone(),
            connection: connection(leg),
            address: leg.config.address.to_string(),
            standing: standing(leg),
            detection_time_us: detection.map(|d| u64::try_from(d.as_micros()).unwrap_or(u64::MAX)),
            prefixes: watched.nets.len(),
            best: stand.on_leg(),
            uncovered: stand.uncovered(&watched.nets),
            others: others.collect(),
        };
        if stand.on_leg() == 0 {
            watched.notes.off_leg_us = Some(stand.at_us);
        }
        let mut place = self.watch.lock();
        if place.is_some() {
            return Ok(Err("another drill is running".to_owned()));
        }
        *place = Some(watched);
        Ok(Ok(answer))
    }

    /// Every peer of every speaker.
    async fn peers(&self) -> Result<Vec<(usize, PeerStatus)>, StartError> {
        let mut all = Vec::new();
        for (number, speaker) in &self.speakers {
            all.extend(speaker.query(Engine::status).await?.into_iter().map(|peer| (*number, peer)));
        }
        Ok(all)
    }

    /// Drains or silences the leg, or undoes it; returns when, before it was done.
    async fn of_leg(&self, what: Kind, on: bool) -> Done<u64> {
        let at_us = self.watch.clock().now();
        let (number, peer) = {
            let mut place = self.watch.lock();
            let Some(watched) = place.as_mut() else { return Ok(Err("no leg is watched".to_owned())) };
            // What begins may begin although the answer says otherwise: it is undone all the same.
            *(if what == Kind::Cut { &mut watched.silent } else { &mut watched.drains }) = on;
            (watched.speaker, watched.peer)
        };
        if let Some(speaker) = self.speakers.get(&number) {
            self.set(speaker, peer, what, on, at_us).await?;
        }
        Ok(Ok(at_us))
    }

    async fn set(
        &self,
        speaker: &Speaker,
        peer: PeerId,
        what: Kind,
        on: bool,
        at_us: u64,
    ) -> Result<(), StartError> {
        let kind = match (what, on) {
            (Kind::Cut, true) => Kind::Cut,
            (Kind::Cut, false) => Kind::Mended,
            (_, true) => Kind::DrainBegan,
            (_, false) => Kind::DrainEnded,
        };
        self.watch.did(kind, at_us);
        match what {
            Kind::Cut => speaker.silence_bfd(peer, on).await,
            _ => speaker.drain(peer, on).await,
        }
    }

    /// Everything as it was before the drill.
    pub(crate) async fn end_drill(&self) -> Result<Notes, StartError> {
        let Some(watched) = self.watch.lock().clone() else { return Ok(Notes::default()) };
        if let Some(speaker) = self.speakers.get(&watched.speaker) {
            for (what, on) in [(Kind::Cut, watched.silent), (Kind::DrainBegan, watched.drains)] {
                if on {
                    self.set(speaker, watched.peer, what, false, self.watch.clock().now()).await?;
                }
            }
        }
        Ok(self.watch.lock().take().map_or(watched.notes, |watched| watched.notes))
    }

    /// What was noted, as soon as there is more or after a moment.
    async fn follow(&self) -> Done<Notes> {
        let until = tokio::time::Instant::now() + FOLLOWED;
        let Some(before) = self.watch.lock().as_ref().map(|watched| watched.notes.clone()) else {
            return Ok(Err("no leg is watched".to_owned()));
        };
        loop {
            let Some(watched) = self.watch.lock().clone() else {
                return Ok(Err("the drill was ended".to_owned()));
            };
            let began = tokio::time::Instant::now();
            let stand = self.stand(&watched).await?;
            let took = began.elapsed();
            let notes = {
                let mut place = self.watch.lock();
                place.as_mut().map(|watched| {
                    watched.sampled(stand.sample(watched.nets.len()));
                    watched.notes.clone()
                })
            };
            let notes = notes.unwrap_or_else(|| before.clone());
            if notes != before || tokio::time::Instant::now() >= until {
                return Ok(Ok(notes));
            }
            // A large table is not looked at all the time.
            let rest = LOOK.max(took.saturating_mul(10));
            let _in_time = tokio::time::timeout(rest, self.watch.happened.notified()).await;
        }
    }

    /// How the leg's nets stand in every speaker.
    async fn stand(&self, watched: &Watched) -> Result<Stand, StartError> {
        let mut stand = Stand::default();
        for (number, speaker) in &self.speakers {
            let (nets, clock) = (Arc::clone(&watched.nets), self.watch.clock());
            let asked = move |engine: &Engine| {
                let paths = nets.iter().map(|net| engine.accepted(*net)).collect::<Vec<Vec<(PeerId, u32)>>>();
                (clock.now(), paths)
            };
            let (at_us, paths) = speaker.query(asked).await?;
            stand.at_us = at_us;
            let leg = (*number == watched.speaker).then_some(watched.peer);
            for (place, from) in paths.iter().enumerate() {
                stand.add(place, from, leg);
            }
        }
        Ok(stand)
    }
}

/// Which of a leg's nets are where.
#[derive(Default)]
struct Stand {
    at_us: u64,
    /// By their places: those whose best path is on the leg, whose path is there, that have one elsewhere.
    on_leg: BTreeSet<usize>,
    there: BTreeSet<usize>,
    covered: BTreeSet<usize>,
    /// Those whose best path is elsewhere, and those whose path on the leg is the last choice (RFC 8326).
    elsewhere: BTreeSet<usize>,
    last_choice: BTreeSet<usize>,
}

impl Stand {
    /// One net in one speaker: whose paths are accepted at which local preference, the best first; `leg` where the leg
    /// is the speaker's.
    fn add(&mut self, place: usize, paths: &[(PeerId, u32)], leg: Option<PeerId>) {
        let is_other = |peer: PeerId| Some(peer) != leg && peer != PeerId::LOCAL;
        if paths.iter().any(|(peer, _)| is_other(*peer)) {
            self.covered.insert(place);
        }
        match paths.first() {
            Some((best, _)) if Some(*best) == leg => _ = self.on_leg.insert(place),
            Some((best, _)) if is_other(*best) => _ = self.elsewhere.insert(place),
            _ => {}
        }
        if let Some((_, preference)) = paths.iter().find(|(peer, _)| Some(*peer) == leg) {
            self.there.insert(place);
            if *preference == 0 {
                self.last_choice.insert(place);
            }
        }
    }

    /// How many nets are reached by the leg. Edge routers of the far end know nothing of each other here: what is the last
    /// choice on one is not used while another has it.
    fn on_leg(&self) -> usize {
        let avoided = |place: &&usize| self.last_choice.contains(place) && self.elsewhere.contains(place);
        self.on_leg.iter().filter(|place| !avoided(place)).count()
    }

    fn uncovered(&self, nets: &[Net]) -> Vec<String> {
        let lacks = nets.iter().enumerate().filter(|(place, _)| !self.covered.contains(place));
        lacks.map(|(_, net)| net.to_string()).collect()
    }

    fn sample(&self, of: usize) -> Sample {
        Sample {
            at_us: self.at_us,
            on_leg: self.on_leg(),
            elsewhere: self.elsewhere.len(),
            there: self.there.len(),
            of,
        }
    }
}

fn standing(peer: &PeerStatus) -> Standing {
    Standing { state: peer.state.to_string(), bfd: peer.bfd.map(|state| state.to_string()) }
}

fn document(value: impl Serialize) -> serde_json::Value {
    // These documents are all text and numbers.
    serde_json::to_value(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEG: PeerId = PeerId(0);
    const OTHER: PeerId = PeerId(1);

    /// (each speaker's accepted paths of one net, the leg being of the first; on the leg, elsewhere, there, covered)
    #[test]
    fn where_a_net_is() {
        type Paths = &'static [(PeerId, u32)];
        let cases: [(&[Paths], [usize; 4]); 8] = [
            (&[&[(LEG, 100), (OTHER, 100)]], [1, 0, 1, 1]),
            (&[&[(OTHER, 100), (LEG, 0)]], [0, 1, 1, 1]),
            (&[&[(OTHER, 100)]], [0, 1, 0, 1]),
            (&[&[(LEG, 100)]], [1, 0, 1, 0]),
            (&[&[]], [0, 0, 0, 0]),
            (&[&[(PeerId::LOCAL, 100), (LEG, 100)]], [0, 0, 1, 0]),
            // Two edge routers: the leg is on the first.
            (&[&[(LEG, 100)], &[(LEG, 100)]], [1, 1, 1, 1]),
            (&[&[(LEG, 0)], &[(LEG, 100)]], [0, 1, 1, 1]),
        ];
        for (speakers, want) in cases {
            let mut stand = Stand::default();
            for (number, paths) in speakers.iter().enumerate() {
                stand.add(0, paths, (number == 0).then_some(LEG));
            }
            let Sample { on_leg, elsewhere, there, .. } = stand.sample(1);
            assert_eq!([on_leg, elsewhere, there, stand.covered.len()], want, "{speakers:?}");
            let net = ["203.0.113.0/24".parse().unwrap()];
            assert_eq!(stand.uncovered(&net).len(), 1 - want[3]);
        }
    }
}
