//! What happens in the lab, as it happens: printed for people, kept for the report.

use super::scenario::LEGS;
use bgp_speaker::{Event, State, What};
use std::time::{Duration, Instant};
use tokio::sync::mpsc::UnboundedReceiver;

/// One of the lab's speakers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Who {
    /// The carrier.
    Carrier,
    /// The far end's edge of this leg.
    Edge(usize),
}

/// An event and whose it is.
pub(super) struct Happened {
    pub(super) who: Who,
    pub(super) event: Event,
}

/// Hears every event in order.
pub(super) struct Timeline {
    events: UnboundedReceiver<Happened>,
    began: Instant,
    deadline: Instant,
    silent: bool,
}

impl Timeline {
    /// All must have happened by `patience` from now.
    #[expect(clippy::disallowed_methods, reason = "the lab runs on the real clock")]
    pub(super) fn new(events: UnboundedReceiver<Happened>, patience: Duration, silent: bool) -> Self {
        let began = Instant::now();
        Self { events, began, deadline: began + patience, silent }
    }

    /// The next event; `None` when the time is up.
    pub(super) async fn next(&mut self) -> Option<Happened> {
        let deadline = tokio::time::Instant::from_std(self.deadline);
        let happened = tokio::time::timeout_at(deadline, self.events.recv()).await.ok()??;
        self.print(&happened);
        Some(happened)
    }

    /// Says something at this moment.
    pub(super) fn say(&self, at: Instant, text: &str) {
        if !self.silent {
            let s = at.saturating_duration_since(self.began).as_secs_f64();
            eprintln!("{s:>9.6} s  {text}");
        }
    }

    fn print(&self, happened: &Happened) {
        let at = happened.event.at;
        let leg = |n: usize| LEGS.get(n).map_or("?", |leg| leg.name);
        let (who, leg) = match happened.who {
            Who::Carrier => ("carrier", leg(happened.event.peer.0 as usize)),
            Who::Edge(n) => ("edge", leg(n)),
        };
        let text = match &happened.event.what {
            What::Bfd(change) => format!("BFD {} -> {}", change.from, change.to),
            What::Session { to: State::Established, .. } => "BGP Established".to_owned(),
            What::Down(down) => format!("BGP down: {down}"),
            What::EndOfRib(family) => format!("all of {family} received"),
            What::Malformed(finding) => format!("malformed UPDATE: {finding}"),
            _ => return,
        };
        self.say(at, &format!("{leg:<6} {who:<8} {text}"));
    }
}
