//! Rows over the same bytes: proved to read the same, then measured in turns.

use crate::allocation::{Allocated, allocated};
use crate::sum::Sum;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// What must be shown of a row before it is measured.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Proof {
    /// It read everything.
    Everything,
    /// It read every prefix; its codec does not give the rest.
    Prefixes,
    /// It wrote messages that the hand reader reads everything in.
    Written,
    /// It wrote the very octets of the corpus.
    SameOctets,
    /// Nothing: it reads lengths alone, or copies.
    Nothing,
}

/// Measures the part of a pass that counts, and takes what an encoder writes.
pub(crate) struct Meter {
    spent: Duration,
    allocated: Allocated,
    counts: bool,
    kept: Option<Vec<u8>>,
}

impl Meter {
    fn new(counts: bool, keeps: bool) -> Self {
        let (spent, allocated) = (Duration::ZERO, Allocated::default());
        Self { spent, allocated, counts, kept: keeps.then(Vec::new) }
    }

    /// Runs `work` and adds what it takes; what a pass does outside of it is preparation.
    pub(crate) fn measure<T>(&mut self, work: impl FnOnce(&mut Sink<'_>) -> T) -> T {
        let mut sink = Sink(&mut self.kept);
        if self.counts {
            let (done, allocated) = allocated(|| work(&mut sink));
            self.allocated = allocated;
            return done;
        }
        #[expect(clippy::disallowed_methods, reason = "a bench reads the clock")]
        let start = Instant::now();
        let done = black_box(work(&mut sink));
        self.spent += start.elapsed();
        done
    }
}

/// Where an encoder's messages go: nowhere, unless they are to be looked at.
pub(crate) struct Sink<'m>(&'m mut Option<Vec<u8>>);

impl Sink<'_> {
    #[inline]
    pub(crate) fn take(&mut self, message: &[u8]) {
        black_box(message);
        if let Some(kept) = &mut self.0 {
            kept.extend_from_slice(message);
        }
    }
}

/// One codec at one kind of work.
pub(crate) struct Row<'a> {
    /// Rows of the same work are compared with the first of them that is ours.
    pub(crate) work: &'static str,
    pub(crate) codec: &'static str,
    pub(crate) proof: Proof,
    pub(crate) pass: Box<dyn FnMut(&mut Meter) -> Sum + 'a>,
}

impl<'a> Row<'a> {
    /// A row whose passes are measured from beginning to end.
    pub(crate) fn reads(
        work: &'static str,
        codec: &'static str,
        proof: Proof,
        mut read: impl FnMut() -> Sum + 'a,
    ) -> Self {
        Self { work, codec, proof, pass: Box::new(move |meter| meter.measure(|_| read())) }
    }

    /// A row that writes what was decoded before.
    pub(crate) fn writes(
        codec: &'static str,
        proof: Proof,
        mut write: impl FnMut(&mut Sink<'_>) + 'a,
    ) -> Self {
        let pass = move |meter: &mut Meter| {
            meter.measure(|sink| write(sink));
            Sum::default()
        };
        Self { work: "encode", codec, proof, pass: Box::new(pass) }
    }
}

/// What all rows are about.
pub(crate) struct Subject<'a> {
    pub(crate) name: &'a str,
    /// What one of `count` is called.
    pub(crate) unit: &'static str,
    pub(crate) count: usize,
    pub(crate) octets: &'a [u8],
    pub(crate) sum: Sum,
}

/// How often a row was run, and what it took.
pub(crate) struct Measured {
    pub(crate) work: &'static str,
    pub(crate) codec: &'static str,
    /// Pass by pass.
    pub(crate) spent: Vec<Duration>,
    pub(crate) allocated: Allocated,
}

/// Runs a row once and compares what it read or wrote.
fn prove(row: &mut Row<'_>, subject: &Subject<'_>, read: impl Fn(&[u8]) -> Sum) -> Allocated {
    let mut meter = Meter::new(false, true);
    let sum = (row.pass)(&mut meter);
    let kept = meter.kept.unwrap_or_default();
    let (got, want) = match row.proof {
        Proof::Everything => (sum, subject.sum),
        Proof::Prefixes => (sum.routes(), subject.sum.routes()),
        Proof::Written | Proof::SameOctets => (read(&kept), subject.sum),
        Proof::Nothing => (subject.sum, subject.sum),
    };
    assert_eq!(got, want, "{}, {}, {}", subject.name, row.work, row.codec);
    let same = row.proof != Proof::SameOctets || kept == subject.octets;
    assert!(same, "{}, {}, {}: the octets differ", subject.name, row.work, row.codec);
    let mut meter = Meter::new(true, false);
    (row.pass)(&mut meter);
    meter.allocated
}

/// Proves every row, then gives each a turn in every pass, so that a slow spell of the machine falls on all alike.
pub(crate) fn run(
    mut rows: Vec<Row<'_>>,
    subject: &Subject<'_>,
    passes: usize,
    read: impl Fn(&[u8]) -> Sum,
) -> Vec<Measured> {
    let proved: Vec<Allocated> = rows.iter_mut().map(|row| prove(row, subject, &read)).collect();
    let mut spent = vec![Vec::with_capacity(passes); rows.len()];
    for _ in 0..passes {
        for (row, spent) in rows.iter_mut().zip(&mut spent) {
            let mut meter = Meter::new(false, false);
            (row.pass)(&mut meter);
            spent.push(meter.spent);
        }
    }
    let rows = rows.into_iter().zip(spent).zip(proved);
    rows.map(|((Row { work, codec, .. }, spent), allocated)| Measured { work, codec, spent, allocated })
        .collect()
}
