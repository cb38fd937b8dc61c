//! From inputs to output on several threads: one reads and inflates, several decode and write text, and the
//! texts go out in the order of the inputs.
//!
//! The queue between the ends is short, so memory stays small however long the input is; and every batch has
//! a place in it before it is decoded, so nothing needs to be sorted.

use super::input::Batch;
use std::io;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread;

/// What became of a batch.
pub(super) struct Done {
    /// What goes to standard output.
    pub(super) text: Vec<u8>,
    /// What goes to standard error: what is broken.
    pub(super) broken: Vec<String>,
}

/// A batch, the number of its input, and where its text is to go.
type Job = (Batch, usize, SyncSender<Done>);

/// Takes batches on their way to the decoders.
pub(super) struct Feed {
    jobs: SyncSender<Job>,
    places: SyncSender<Receiver<Done>>,
}

/// The other end does not want any more.
pub(super) struct Closed;

impl Feed {
    /// Sends a batch of the input with this number.
    pub(super) fn send(&self, batch: Batch, input: usize) -> Result<(), Closed> {
        let (done, place) = sync_channel(1);
        self.places.send(place).map_err(|_| Closed)?;
        self.jobs.send((batch, input, done)).map_err(|_| Closed)
    }
}

/// Runs `read` on a thread of its own, `decode` on several, and `write` here, which may end it all.
///
/// `write` is also told whether it should flush, as nothing more is ready.
pub(super) fn run<T: Send>(
    read: impl FnOnce(&Feed) -> T + Send,
    decode: impl Fn(&Batch, usize) -> Done + Sync,
    mut write: impl FnMut(&Done, bool) -> io::Result<()>,
) -> (Option<T>, io::Result<()>) {
    // To read and to write is little beside what lies between.
    let workers = thread::available_parallelism().map_or(2, |n| n.get().clamp(1, 16));
    let (jobs, queue) = sync_channel::<Job>(workers);
    let (places, order) = sync_channel(4 * workers);
    let queue = Mutex::new(queue);
    thread::scope(|scope| {
        let feed = Feed { jobs, places };
        let reader = scope.spawn(move || read(&feed));
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some((batch, input, done)) = next(&queue) {
                    // Where nobody waits for it any more, it is not needed.
                    let _ = done.send(decode(&batch, input));
                }
            });
        }
        let written = in_order(&order, &mut write);
        // The reader finds its queue closed and ends, and the decoders with it.
        drop(order);
        (reader.join().ok(), written)
    })
}

fn next(queue: &Mutex<Receiver<Job>>) -> Option<Job> {
    queue.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}

fn in_order(
    order: &Receiver<Receiver<Done>>,
    write: &mut impl FnMut(&Done, bool) -> io::Result<()>,
) -> io::Result<()> {
    let mut waiting = order.recv().ok();
    while let Some(place) = waiting {
        let done = place.recv().ok();
        let ready = order.try_recv().ok();
        if let Some(done) = done {
            write(&done, ready.is_none())?;
        }
        waiting = ready.or_else(|| order.recv().ok());
    }
    Ok(())
}
