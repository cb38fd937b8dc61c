//! The records of a trace, as they lie in its file.

use super::octets::{Fields, Octets};
use std::time::Duration;
use thiserror::Error;

/// The kind of a record that holds an input.
pub(crate) const INPUT: u8 = 3;
/// The kind of one that holds an output.
pub(crate) const OUTPUT: u8 = 4;
/// What a trace begins with; the last octet is the version of its format.
pub(crate) const MAGIC: [u8; 8] = *b"BGPTRAC\x01";
/// Octets before a record: its length, which counts its kind, and its kind.
const HEAD: usize = 5;
/// The longest record, in octets: a configuration.
pub(crate) const LONGEST: usize = 64 * 1024 * 1024;

/// Why a trace cannot be read on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
pub enum TraceFault {
    /// It does not begin as a trace does.
    #[error("this is no trace: it does not begin with BGPTRAC")]
    NoTrace,
    /// It is of another version.
    #[error("version {0} of the format is not known here, only 1")]
    Version(u8),
    /// A record is longer than any.
    #[error("a record of {0} octets: none is longer than 67108864")]
    Length(u32),
    /// There is no such record.
    #[error("a record of kind {0}: there is none")]
    Kind(u8),
    /// There is no such input.
    #[error("an input of kind {0}: there is none")]
    InputKind(u8),
    /// A record does not hold what its kind holds.
    #[error("a field of the record is cut, or has a value that it cannot have")]
    Field,
    /// The record may not stand here: a trace begins with one start and one configuration, and outputs follow an input.
    #[error("this record may not stand here")]
    Order,
    /// An input is earlier than the one before, or later than any could be.
    #[error("the time of the input goes back, or is later than any could be")]
    Time,
    /// No peer of the configuration has the name and address.
    #[error("the configuration has no such peer, or has its limits and policies no more")]
    UnknownPeer,
    /// No route of the configuration has the prefix.
    #[error("the configuration has no such route")]
    UnknownRoute,
}

/// Where and why a trace cannot be read on; what came before stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
#[error("at octet {at}: {fault}")]
pub struct TraceError {
    /// The offset of the record, in octets.
    pub at: usize,
    /// What is wrong with it.
    pub fault: TraceFault,
}

/// How a speaker was started.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Start {
    pub(crate) seed: u64,
    /// Whether it said that it had restarted, and how long its routes wait.
    pub(crate) restarted: Option<Duration>,
    /// When, since 1970.
    pub(crate) since_epoch: Duration,
}

/// One record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Record<'a> {
    Start(Start),
    Configuration(&'a [u8]),
    /// The time since the trace began, and the input's own fields.
    Input(Duration, &'a [u8]),
    Output(&'a [u8]),
    /// The recorder could not keep up: what follows in time is not here.
    Lost,
    End,
}

/// Nanoseconds, as the traces have times.
pub(crate) fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

/// Appends one record, whose fields `write` appends.
pub(crate) fn put(out: &mut Vec<u8>, kind: u8, write: impl FnOnce(&mut Fields<'_>)) {
    let at = out.len();
    out.extend_from_slice(&[0, 0, 0, 0, kind]);
    write(&mut Fields(out));
    let length = u32::try_from(out.len().saturating_sub(at + 4)).unwrap_or(u32::MAX);
    if let Some(place) = out.get_mut(at..at + 4) {
        place.copy_from_slice(&length.to_be_bytes());
    }
}

impl<'a> Record<'a> {
    /// The fields of an output.
    pub(crate) const fn output(&self) -> Option<&'a [u8]> {
        match self {
            Self::Output(fields) => Some(fields),
            _ => None,
        }
    }

    /// Appends it.
    pub(crate) fn put(&self, out: &mut Vec<u8>) {
        match *self {
            Self::Start(Start { seed, restarted, since_epoch }) => put(out, 1, |f| {
                f.number(seed).octet(u8::from(restarted.is_some()));
                f.number(nanoseconds(restarted.unwrap_or_default())).number(nanoseconds(since_epoch));
            }),
            Self::Configuration(text) => put(out, 2, |f| f.rest(text)),
            Self::Input(time, fields) => put(out, INPUT, |f| f.number(nanoseconds(time)).rest(fields)),
            Self::Output(fields) => put(out, OUTPUT, |f| f.rest(fields)),
            Self::Lost => put(out, 5, |_| {}),
            Self::End => put(out, 6, |_| {}),
        }
    }
}

/// Reads one record after the other.
#[derive(Clone, Debug)]
pub(crate) struct Records<'a> {
    octets: &'a [u8],
    at: usize,
}

impl<'a> Records<'a> {
    pub(crate) fn new(octets: &'a [u8]) -> Result<Self, TraceError> {
        let [.., version] = MAGIC;
        match octets.split_first_chunk::<8>() {
            Some((begin, _)) if *begin == MAGIC => Ok(Self { octets, at: MAGIC.len() }),
            Some(([same @ .., other], _)) if MAGIC.starts_with(same) && *other != version => {
                Err(TraceError { at: 7, fault: TraceFault::Version(*other) })
            }
            _ => Err(TraceError { at: 0, fault: TraceFault::NoTrace }),
        }
    }

    /// Those of octets that have no beginning of a trace.
    pub(crate) const fn of(octets: &'a [u8]) -> Self {
        Self { octets, at: 0 }
    }

    /// Where the next record begins.
    pub(crate) const fn at(&self) -> usize {
        self.at
    }

    pub(crate) const fn wrong(&self, fault: TraceFault) -> TraceError {
        TraceError { at: self.at, fault }
    }

    /// The next record and what follows it; `None` where the octets end before it does.
    pub(crate) fn peek(&self) -> Result<Option<(Record<'a>, Self)>, TraceError> {
        let rest = self.octets.get(self.at..).unwrap_or_default();
        let Some(([a, b, c, d, kind], body)) = rest.split_first_chunk::<HEAD>() else { return Ok(None) };
        let length = u32::from_be_bytes([*a, *b, *c, *d]);
        let fields = usize::try_from(length).ok().filter(|n| *n <= LONGEST).and_then(|n| n.checked_sub(1));
        let fields = fields.ok_or(self.wrong(TraceFault::Length(length)))?;
        let Some(body) = body.get(..fields) else { return Ok(None) };
        let record = self.record(*kind, body)?;
        Ok(Some((record, Self { octets: self.octets, at: self.at.saturating_add(HEAD + fields) })))
    }

    fn record(&self, kind: u8, body: &'a [u8]) -> Result<Record<'a>, TraceError> {
        let mut fields = Octets(body);
        let record = match kind {
            1 => start(&mut fields).map(Record::Start),
            2 => Some(Record::Configuration(fields.rest())),
            INPUT => fields.number().map(|time| Record::Input(Duration::from_nanos(time), fields.rest())),
            OUTPUT => Some(Record::Output(fields.rest())),
            5 => Some(Record::Lost),
            6 => Some(Record::End),
            _ => return Err(self.wrong(TraceFault::Kind(kind))),
        };
        record.filter(|_| fields.is_empty()).ok_or(self.wrong(TraceFault::Field))
    }
}

fn start(fields: &mut Octets<'_>) -> Option<Start> {
    let (seed, restarted) = (fields.number()?, fields.flag()?);
    let deferral = Duration::from_nanos(fields.number()?);
    let since_epoch = Duration::from_nanos(fields.number()?);
    Some(Start { seed, restarted: restarted.then_some(deferral), since_epoch })
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Start =
        Start { seed: 7, restarted: Some(Duration::from_mins(6)), since_epoch: Duration::from_secs(1) };

    fn written(records: &[Record<'_>]) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        records.iter().for_each(|record| record.put(&mut out));
        out
    }

    #[test]
    fn what_is_written_is_read() {
        let all = [
            Record::Start(START),
            Record::Configuration(b"asn = 64500"),
            Record::Input(Duration::from_nanos(9), &[8]),
            Record::Output(&[0, 0, 0, 0, 1]),
            Record::Lost,
            Record::End,
        ];
        let octets = written(&all);
        let mut records = Records::new(&octets).unwrap();
        for record in all {
            let (read, rest) = records.peek().unwrap().unwrap();
            assert_eq!(read, record);
            records = rest;
        }
        assert_eq!((records.peek().unwrap().is_none(), records.at()), (true, octets.len()));
        // Cut anywhere, it ends where the last whole record does.
        for cut in MAGIC.len()..octets.len() {
            let mut records = Records::new(&octets[..cut]).unwrap();
            while let Some((_, rest)) = records.peek().unwrap() {
                records = rest;
            }
            assert!(records.at() <= cut);
        }
    }

    #[test]
    fn what_is_none_is_refused_where_it_stands() {
        let with = |octets: &[u8]| [&MAGIC[..], octets].concat();
        for (octets, at, fault) in [
            (b"BGP".to_vec(), 0, TraceFault::NoTrace),
            (b"XGPTRAC\x01".to_vec(), 0, TraceFault::NoTrace),
            (b"BGPTRAC\x02".to_vec(), 7, TraceFault::Version(2)),
            (with(&[0, 0, 0, 0, 6]), 8, TraceFault::Length(0)),
            (with(&[0xff, 0, 0, 0, 6]), 8, TraceFault::Length(0xff00_0000)),
            (with(&[0, 0, 0, 1, 7]), 8, TraceFault::Kind(7)),
            (with(&[0, 0, 0, 2, 6, 0]), 8, TraceFault::Field),
            (with(&[0, 0, 0, 2, 3, 0]), 8, TraceFault::Field),
        ] {
            let read = Records::new(&octets).and_then(|records| records.peek());
            assert_eq!(read.unwrap_err(), TraceError { at, fault }, "{octets:02x?}");
        }
    }
}
