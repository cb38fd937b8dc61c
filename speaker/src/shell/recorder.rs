//! The recorder of a trace: records are made on the speaker's task and written by a thread.

use super::task::now;
use crate::config::SpeakerConfig;
use crate::engine::Action;
use crate::trace::{MAGIC, Record, Start, Step, put_action, put_step, put_updates};
use bgp_rib::PeerId;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime};

/// Octets that may wait for the writer before the recording ends.
const MOST_WAITING: usize = 64 * 1024 * 1024;
/// Octets that are handed to it in the midst of much work.
const CHUNK: usize = 1024 * 1024;

/// The speaker's end. When it is dropped, the recording ends.
pub(super) struct Recorder {
    began: Instant,
    /// The time of the last input.
    time: Duration,
    /// Records that the writer does not have yet.
    chunk: Vec<u8>,
    /// Peers for whom nothing waited when they were last asked for, and how many: one record for all.
    idle: (PeerId, u32),
    /// `None` once something was lost.
    writer: Option<Sender<Vec<u8>>>,
    shared: Arc<Shared>,
}

/// What both ends know.
#[derive(Default)]
struct Shared {
    waiting: AtomicUsize,
    /// Whether records were lost.
    lost: AtomicBool,
}

impl Recorder {
    /// Begins a trace of a speaker that is about to start; the thread ends after the recorder.
    pub(super) fn start(
        file: File,
        config: &SpeakerConfig,
        configuration: &[u8],
    ) -> io::Result<(Self, JoinHandle<()>)> {
        #[expect(clippy::disallowed_methods, reason = "the shell is where time comes from")]
        let since_epoch = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let (writer, chunks) = channel();
        let shared = Arc::new(Shared::default());
        let theirs = Arc::clone(&shared);
        let thread = std::thread::Builder::new().name("trace".into());
        let thread = thread.spawn(move || write_all(file, &chunks, &theirs))?;
        let mut chunk = MAGIC.to_vec();
        let start = Start { seed: config.seed, restarted: config.restarted, since_epoch };
        Record::Start(start).put(&mut chunk);
        Record::Configuration(configuration).put(&mut chunk);
        let (idle, writer) = ((PeerId(0), 0), Some(writer));
        Ok((Self { began: now(), time: Duration::ZERO, chunk, idle, writer, shared }, thread))
    }

    pub(super) fn configuration(&mut self, text: &[u8]) {
        self.idle_pulls();
        Record::Configuration(text).put(&mut self.chunk);
    }

    pub(super) fn input(&mut self, step: &Step<'_>, now: Instant) {
        self.idle_pulls();
        self.time = now.saturating_duration_since(self.began).max(self.time);
        put_step(&mut self.chunk, self.time, step);
    }

    pub(super) fn action(&mut self, action: &Action<'_>) {
        put_action(&mut self.chunk, action);
    }

    /// UPDATEs were asked for.
    pub(super) fn pulled(&mut self, peer: PeerId, messages: u64, octets: &[u8]) {
        let (PeerId(first), count) = self.idle;
        if messages == 0 && count > 0 && first.checked_add(count) == Some(peer.0) {
            self.idle.1 = count.saturating_add(1);
            return;
        }
        self.idle_pulls();
        if messages == 0 {
            self.idle = (peer, 1);
            return;
        }
        put_step(&mut self.chunk, self.time, &Step::Pull(peer, 1));
        put_updates(&mut self.chunk, peer, messages, octets);
        if self.chunk.len() > CHUNK {
            self.hand_over();
        }
    }

    /// Appends the record of the pulls that gave nothing.
    fn idle_pulls(&mut self) {
        let (first, count) = std::mem::replace(&mut self.idle, (PeerId(0), 0));
        if count > 0 {
            put_step(&mut self.chunk, self.time, &Step::Pull(first, count));
        }
    }

    /// Hands what there is to the writer.
    pub(super) fn flush(&mut self) {
        self.idle_pulls();
        self.hand_over();
    }

    fn hand_over(&mut self) {
        let chunk = std::mem::take(&mut self.chunk);
        let Some(writer) = &self.writer else { return };
        if chunk.is_empty() {
            return;
        }
        let octets = chunk.len();
        if self.shared.waiting.load(Ordering::Relaxed).saturating_add(octets) > MOST_WAITING {
            tracing::error!("the trace ends here: its file is too slow, and records were lost");
            self.shared.lost.store(true, Ordering::Release);
            self.writer = None;
            return;
        }
        self.shared.waiting.fetch_add(octets, Ordering::Relaxed);
        // A writer that is gone has said why.
        if writer.send(chunk).is_err() {
            self.writer = None;
        }
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.flush();
    }
}

/// Writes what comes until nothing more can, and how it ended.
fn write_all(file: File, chunks: &Receiver<Vec<u8>>, shared: &Shared) {
    let mut file = BufWriter::new(file);
    if let Err(error) = write_chunks(&mut file, chunks, shared) {
        tracing::error!(%error, "the trace ends here: its file cannot be written");
    }
}

fn write_chunks(file: &mut impl Write, chunks: &Receiver<Vec<u8>>, shared: &Shared) -> io::Result<()> {
    loop {
        let next = match chunks.try_recv() {
            Err(TryRecvError::Empty) => {
                file.flush()?;
                chunks.recv().ok()
            }
            next => next.ok(),
        };
        let Some(chunk) = next else { break };
        file.write_all(&chunk)?;
        shared.waiting.fetch_sub(chunk.len(), Ordering::Relaxed);
    }
    let mut last = Vec::new();
    let lost = shared.lost.load(Ordering::Acquire);
    if lost { Record::Lost } else { Record::End }.put(&mut last);
    file.write_all(&last)?;
    file.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The records of a file, by kind, behind its beginning.
    fn kinds(octets: &[u8]) -> Vec<u8> {
        let (mut at, mut kinds) = (MAGIC.len(), Vec::new());
        while let Some([a, b, c, d, kind]) = octets.get(at..at + 5) {
            kinds.push(*kind);
            at += 4 + u32::from_be_bytes([*a, *b, *c, *d]) as usize;
        }
        kinds
    }

    /// What a writer writes that gets one chunk, of a recorder that lost something or not.
    fn written(waits: usize) -> (Vec<u8>, bool) {
        let (sender, chunks) = channel();
        let shared = Arc::new(Shared::default());
        let mut recorder = Recorder {
            began: now(),
            time: Duration::ZERO,
            chunk: MAGIC.to_vec(),
            idle: (PeerId(0), 0),
            writer: Some(sender),
            shared: Arc::clone(&shared),
        };
        (0..3).for_each(|peer| recorder.pulled(PeerId(peer), 0, &[]));
        recorder.input(&Step::Timeouts, now());
        recorder.flush();
        shared.waiting.fetch_add(waits, Ordering::Relaxed);
        recorder.input(&Step::Timeouts, now());
        recorder.flush();
        recorder.input(&Step::Timeouts, now());
        let goes_on = recorder.writer.is_some();
        drop(recorder);
        let mut out = Vec::new();
        write_chunks(&mut out, &chunks, &shared).unwrap();
        (out, goes_on)
    }

    #[test]
    fn a_recorder_that_is_ahead_too_far_says_what_is_lost() {
        let (out, goes_on) = written(0);
        assert_eq!((kinds(&out), goes_on), (vec![3, 3, 3, 3, 6], true));
        let (out, goes_on) = written(MOST_WAITING);
        assert_eq!((kinds(&out), goes_on), (vec![3, 3, 5], false));
    }
}
