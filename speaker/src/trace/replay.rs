//! A trace told to an engine again, and what that does compared with what was recorded.

use super::octets::Fields;
use super::output::{InWords, put_action, put_updates};
use super::record::{INPUT, Record, Records, TraceError, TraceFault, nanoseconds, put};
use super::step::Step;
use crate::config::{LocalRoute, PeerConfig, PeerPolicies, SpeakerConfig};
use crate::engine::{Action, Engine};
use crate::prefix_limit::PrefixLimits;
use crate::shell::DynamicPeers;
use bgp_rib::PeerId;
use bgp_session::Conn;
use std::borrow::Cow;
use std::fmt;
use std::net::IpAddr;
use std::time::{Duration, Instant};
use thiserror::Error;

/// No trace is longer; later than that no timer could be set.
const LONGEST: Duration = Duration::from_hours(100 * 365 * 24);

/// What the text of a trace's configuration says.
#[derive(Clone, Debug)]
pub struct Configuration {
    /// The speaker. Its seed and whether it has restarted are of the trace.
    pub speaker: SpeakerConfig,
    /// Its peers.
    pub peers: Vec<PeerConfig>,
    /// Who may become one.
    pub dynamic: Vec<DynamicPeers>,
    /// The routes that begin here.
    pub routes: Vec<LocalRoute>,
}

impl Configuration {
    pub(crate) fn peer(&self, address: IpAddr, name: &str) -> Option<Cow<'_, PeerConfig>> {
        let named = self.peers.iter().find(|peer| peer.name == name && peer.address == address);
        let member = || self.dynamic.iter().map(|d| d.peer(address)).find(|peer| peer.name == name);
        named.map(Cow::Borrowed).or_else(|| member().map(Cow::Owned))
    }

    pub(crate) fn policies(&self, name: &str) -> Option<PeerPolicies> {
        self.settings(name).map(PeerConfig::policies)
    }

    pub(crate) fn limits(&self, name: &str) -> Option<&PrefixLimits> {
        self.settings(name).map(|peer| &peer.max_prefixes)
    }

    /// What a peer of that name has in common with others.
    fn settings(&self, name: &str) -> Option<&PeerConfig> {
        let member =
            || self.dynamic.iter().find(|dynamic| dynamic.names(name)).map(|dynamic| &dynamic.template);
        self.peers.iter().find(|peer| peer.name == name).or_else(member)
    }
}

/// Why a replay cannot go on; what it saw before stands.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum ReplayError<E> {
    /// The trace is broken.
    #[error(transparent)]
    Trace(#[from] TraceError),
    /// The text of its configuration was refused.
    #[error("the configuration in the trace is not good")]
    Configuration(E),
}

/// Something that happens in a replay, in order.
#[derive(Debug)]
pub enum Seen<'a> {
    /// The engine is told this.
    Input(&'a Step<'a>),
    /// The engine asks for this.
    Action(&'a Action<'a>),
    /// UPDATEs were pulled for a peer, which go out on this connection; none where nothing waited.
    Updates(PeerId, Option<Conn>, &'a [u8]),
}

/// How a replay ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Ending {
    /// The recording ended with the speaker, and all was the same.
    Complete,
    /// All was the same as far as the trace goes: it ends within a record, as that of a speaker that was killed does.
    Cut {
        /// The offset of what is no whole record, in octets.
        at: usize,
    },
    /// All was the same until the recorder lost something and stopped.
    Lost,
    /// The engine did something else.
    Parted(Parted),
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Complete => f.write_str("the same to the end"),
            Self::Cut { at } => {
                write!(f, "the same as far as the trace goes: it is cut at octet {at}")
            }
            Self::Lost => f.write_str("the same until the recorder lost something and stopped"),
            Self::Parted(parted) => parted.fmt(f),
        }
    }
}

/// Where a replay did something else than what was recorded.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Parted {
    /// The offset of the input after which it did, in octets.
    pub at: usize,
    /// When that input was, since the trace began.
    pub time: Duration,
    /// The input, in words.
    pub input: String,
    /// The output that was recorded, in words; `None` where there was no more.
    pub recorded: Option<String>,
    /// What came instead; `None` where nothing more did.
    pub replayed: Option<String>,
}

impl fmt::Display for Parted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nothing = || "nothing".to_owned();
        let Self { at, time, input, .. } = self;
        let (recorded, replayed) = (&self.recorded, &self.replayed);
        writeln!(f, "it parted at {:.9} s, after the input at octet {at}: {input}", time.as_secs_f64())?;
        writeln!(f, "  recorded: {}", recorded.clone().unwrap_or_else(nothing))?;
        write!(f, "  replayed: {}", replayed.clone().unwrap_or_else(nothing))
    }
}

/// A trace that is being told to an engine.
///
/// Each [`Replay::step`] tells it one input, on the time of the trace. The text of the configuration is the embedder's own; `configure`
/// makes of it what the speaker was started with.
#[derive(Debug)]
pub struct Replay<'a, F> {
    records: Records<'a>,
    configure: F,
    /// What the speaker was started with: peers are added as that has them.
    first: Configuration,
    /// What was read since, where limits and policies come from.
    newest: Option<Configuration>,
    engine: Engine,
    began: Instant,
    time: Duration,
    since_epoch: Duration,
    steps: u64,
}

impl<'a, F> Replay<'a, F> {
    /// Begins with an engine like the one that was recorded. `began` is when the trace begins in the replay.
    pub fn new<E>(octets: &'a [u8], began: Instant, mut configure: F) -> Result<Self, ReplayError<E>>
    where
        F: FnMut(&[u8]) -> Result<Configuration, E>,
    {
        let records = Records::new(octets)?;
        let order = |records: &Records<'_>| records.wrong(TraceFault::Order);
        let Some((Record::Start(start), records)) = records.peek()? else {
            return Err(order(&records).into());
        };
        let Some((Record::Configuration(text), rest)) = records.peek()? else {
            return Err(order(&records).into());
        };
        let mut first = configure(text).map_err(ReplayError::Configuration)?;
        (first.speaker.seed, first.speaker.restarted) = (start.seed, start.restarted);
        let engine = Engine::new(first.speaker.clone()).in_pieces();
        let (time, newest, since_epoch) = (Duration::ZERO, None, start.since_epoch);
        Ok(Self { records: rest, configure, first, newest, engine, began, time, since_epoch, steps: 0 })
    }

    /// The engine as it stands.
    pub const fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The time of the last input, since the trace began.
    pub const fn time(&self) -> Duration {
        self.time
    }

    /// When the trace began, since 1970 began.
    pub const fn since_epoch(&self) -> Duration {
        self.since_epoch
    }

    /// How many inputs were told.
    pub const fn steps(&self) -> u64 {
        self.steps
    }

    /// Tells the next input, and everything that happens to `see`; returns how the replay ended, once it has.
    pub fn step<E>(&mut self, see: &mut dyn FnMut(Seen<'_>)) -> Result<Option<Ending>, ReplayError<E>>
    where
        F: FnMut(&[u8]) -> Result<Configuration, E>,
    {
        let Some((record, rest)) = self.records.peek()? else {
            return Ok(Some(Ending::Cut { at: self.records.at() }));
        };
        match record {
            Record::Input(time, fields) => {
                let parted = self.input(time, fields, rest, see)?;
                return Ok(parted.map(Ending::Parted));
            }
            Record::Configuration(text) => {
                self.newest = Some((self.configure)(text).map_err(ReplayError::Configuration)?);
            }
            Record::Lost => return Ok(Some(Ending::Lost)),
            Record::End => return Ok(Some(Ending::Complete)),
            Record::Start(_) | Record::Output(_) => return Err(self.records.wrong(TraceFault::Order).into()),
        }
        self.records = rest;
        Ok(None)
    }

    /// Goes on to the end.
    pub fn run<E>(&mut self, see: &mut dyn FnMut(Seen<'_>)) -> Result<Ending, ReplayError<E>>
    where
        F: FnMut(&[u8]) -> Result<Configuration, E>,
    {
        loop {
            if let Some(ending) = self.step(see)? {
                return Ok(ending);
            }
        }
    }

    fn input(
        &mut self,
        time: Duration,
        fields: &[u8],
        rest: Records<'a>,
        see: &mut dyn FnMut(Seen<'_>),
    ) -> Result<Option<Parted>, TraceError> {
        let wrong = |fault| self.records.wrong(fault);
        let now = self.began.checked_add(time).filter(|_| (self.time..=LONGEST).contains(&time));
        let now = now.ok_or(wrong(TraceFault::Time))?;
        let engine = &self.engine;
        let named = |peer| engine.peer_status(peer).map(|status| status.config.name.clone());
        // Peers that come later are those of the configuration that the speaker was started with; limits and policies
        // are the newest.
        let changes = matches!(fields.first(), Some(&(Step::LIMITS | Step::POLICIES)));
        let configuration = self.newest.as_ref().filter(|_| changes).unwrap_or(&self.first);
        let step = Step::read(fields, configuration, named).map_err(wrong)?;
        see(Seen::Input(&step));
        let mut made = Vec::new();
        tell(&step, &mut self.engine, now, &mut made, see).ok_or(wrong(TraceFault::Field))?;
        let (rest, differs) = compare(rest, &made)?;
        let at = self.records.at();
        let parted = differs.map(|(recorded, replayed)| {
            let in_words = |output: &[u8]| InWords(output).to_string();
            let (recorded, replayed) = (recorded.map(in_words), replayed.map(in_words));
            Parted { at, time, input: words(&step), recorded, replayed }
        });
        (self.time, self.steps) = (time, self.steps.saturating_add(1));
        self.records = rest;
        Ok(parted)
    }
}

/// The outputs recorded and replayed that differ first.
type Differ<'a, 'b> = (Option<&'a [u8]>, Option<&'b [u8]>);

/// Takes the outputs that follow, and compares them with those `made`; returns what follows them.
fn compare<'a, 'b>(
    mut records: Records<'a>,
    made: &'b [u8],
) -> Result<(Records<'a>, Option<Differ<'a, 'b>>), TraceError> {
    let mut made = Records::of(made);
    loop {
        let next = made.peek().ok().flatten();
        let replayed = next.as_ref().and_then(|(record, _)| record.output());
        let differs = match records.peek()? {
            Some((Record::Output(recorded), rest)) => {
                if replayed == Some(recorded) {
                    records = rest;
                    if let Some((_, rest)) = next {
                        made = rest;
                    }
                    continue;
                }
                Some((Some(recorded), replayed))
            }
            // What is cut off or lost says nothing.
            None | Some((Record::Lost, _)) => None,
            Some(_) => replayed.map(|replayed| (None, Some(replayed))),
        };
        return Ok((records, differs));
    }
}

/// Tells an engine an input, and appends the records of its outputs; `None` where the input cannot be.
fn tell(
    step: &Step<'_>,
    engine: &mut Engine,
    now: Instant,
    made: &mut Vec<u8>,
    see: &mut dyn FnMut(Seen<'_>),
) -> Option<()> {
    let Step::Pull(first, count) = *step else {
        let mut out = |action: Action<'_>| {
            put_action(made, &action);
            see(Seen::Action(&action));
        };
        // A route too long is as much too long as it was.
        let _too_long = step.tell(engine, now, &mut out);
        return Some(());
    };
    let end = first.0.checked_add(count)?;
    if usize::try_from(end).ok()? > engine.peers().count() {
        return None;
    }
    for peer in (first.0..end).map(PeerId) {
        let mut updates = Vec::new();
        let messages = engine.poll_transmit(peer, &mut updates).unwrap_or_default();
        if messages > 0 {
            put_updates(made, peer, messages, &updates);
        }
        see(Seen::Updates(peer, engine.connection(peer), &updates));
    }
    Some(())
}

/// An input in words; octets of a message as such.
fn words(step: &Step<'_>) -> String {
    match step {
        Step::AddPeer(config) => format!("add peer {:?}", config.name),
        Step::ReplacePeer(peer, config) => format!("peer {} is {:?} from now on", peer.0, config.name),
        Step::Originate(route) => format!("originate {}", route.prefix),
        Step::Limits(peer, _) => format!("other limits for peer {}", peer.0),
        Step::Vrps(None) => "no VRPs are known".to_owned(),
        Step::Vrps(Some(changes)) => {
            format!("{} VRPs come, {} go", changes.added().len(), changes.removed().len())
        }
        Step::Aspas(None) => "no ASPAs are known".to_owned(),
        Step::Aspas(Some(all)) => format!("{} ASPAs", all.len()),
        Step::Registrations(None) => "no registrations are known".to_owned(),
        Step::Registrations(Some(all)) => format!("{} registrations", all.all().len()),
        Step::Policies(peer, _) => format!("other policies for peer {}", peer.0),
        Step::Octets(peer, conn, octets) => {
            format!("peer {}: octets on the {conn:?} connection {octets:02x?}", peer.0)
        }
        other => format!("{other:?}"),
    }
}

/// Appends the record of an input.
pub(crate) fn put_step(out: &mut Vec<u8>, time: Duration, step: &Step<'_>) {
    put(out, INPUT, |f: &mut Fields<'_>| {
        f.number(nanoseconds(time));
        step.put(f);
    });
}
