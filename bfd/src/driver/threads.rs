//! The threads of a driver, and which of them a local address belongs to.
use super::params::{Denied, DriverConfig, Event, SessionId};
use super::thread::{Command, Worker};
use rustix::event::{EventfdFlags, eventfd};
use rustix::fd::OwnedFd;
use std::collections::BTreeMap;
use std::io;
use std::net::IpAddr;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::JoinHandle;

/// What one thread begins with.
pub(super) struct Start {
    pub(super) config: Arc<DriverConfig>,
    pub(super) on_event: Arc<dyn Fn(Event) + Send + Sync>,
    /// Which of them it is.
    pub(super) thread: u16,
    /// The number of the next session or endpoint of them all.
    pub(super) serial: Arc<AtomicU64>,
}

/// All of them.
#[derive(Debug)]
pub(super) struct Threads {
    all: Vec<Thread>,
    /// Whose each local address is, from the first time that it is asked for. Nobody looks here while packets flow.
    places: Mutex<BTreeMap<IpAddr, usize>>,
}

impl Threads {
    /// Starts as many as are configured, with what was denied them.
    pub(super) fn start(config: DriverConfig) -> io::Result<(Self, Vec<Denied>)> {
        let count = config.threads.max(1);
        let (on_event, config) = (Arc::clone(&config.on_event), Arc::new(config));
        // Zero names no endpoint: it is the descriptor of the commands.
        let (serial, mut denied, mut all) = (Arc::new(AtomicU64::new(1)), Vec::new(), Vec::new());
        for thread in 0..count {
            let (on_event, config, serial) =
                (Arc::clone(&on_event), Arc::clone(&config), Arc::clone(&serial));
            let (thread, denied_it) = Thread::start(Start { config, on_event, thread, serial })?;
            all.push(thread);
            denied.extend(denied_it);
        }
        denied.dedup();
        Ok((Self { all, places: Mutex::default() }, denied))
    }

    /// Runs `question` on the thread of `session`.
    pub(super) fn ask_of<T: Send + 'static>(
        &self,
        session: SessionId,
        question: impl FnOnce(&mut Worker) -> T + Send + 'static,
    ) -> io::Result<T> {
        self.ask(usize::from(session.thread), question)
    }

    /// Runs `question` on the thread of a local address, which then has it for good: the one with the fewest.
    pub(super) fn ask_at<T: Send + 'static>(
        &self,
        local: IpAddr,
        question: impl FnOnce(&mut Worker) -> T + Send + 'static,
    ) -> io::Result<T> {
        self.ask(self.place(local), question)
    }

    /// Runs `question` on every thread.
    pub(super) fn ask_all<T: Send + 'static>(
        &self,
        question: impl Fn(&mut Worker) -> T + Copy + Send + 'static,
    ) -> impl Iterator<Item = T> {
        (0..self.all.len()).filter_map(move |thread| self.ask(thread, question).ok())
    }

    fn place(&self, local: IpAddr) -> usize {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        let held = |thread: &usize| places.values().filter(|place| *place == thread).count();
        let fewest = (0..self.all.len()).min_by_key(held).unwrap_or(0);
        *places.entry(local).or_insert(fewest)
    }

    /// From a callback, which runs on one of them, it would wait for itself, or for another that waits for it.
    fn ask<T: Send + 'static>(
        &self,
        thread: usize,
        question: impl FnOnce(&mut Worker) -> T + Send + 'static,
    ) -> io::Result<T> {
        if self.all.iter().any(Thread::is_current) {
            return Err(io::Error::new(io::ErrorKind::Deadlock, "asked from a BFD thread itself"));
        }
        let (reply, answer) = mpsc::sync_channel(1);
        self.all.get(thread).ok_or_else(ended)?.tell(Box::new(move |worker| {
            let _unread = reply.send(question(worker));
        }))?;
        answer.recv().map_err(|_| ended())
    }
}

/// One of them; dropped, it says goodbye and ends.
#[derive(Debug)]
struct Thread {
    commands: mpsc::Sender<Command>,
    wake: Arc<OwnedFd>,
    handle: Option<JoinHandle<()>>,
}

impl Thread {
    fn start(start: Start) -> io::Result<(Self, Vec<Denied>)> {
        let wake = Arc::new(eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?);
        let (commands, inbox) = mpsc::channel();
        let name = start.config.thread_name.clone();
        let (wake_up, (started, begun)) = (Arc::clone(&wake), mpsc::sync_channel(1));
        let begin = move || match Worker::new(&start, inbox, wake_up) {
            Ok((worker, denied)) => {
                let _waiting = started.send(Ok(denied));
                worker.run();
            }
            Err(error) => _ = started.send(Err(error)),
        };
        let handle = std::thread::Builder::new().name(name).spawn(begin)?;
        let denied = begun.recv().map_err(|_| ended())??;
        Ok((Self { commands, wake, handle: Some(handle) }, denied))
    }

    fn tell(&self, command: Command) -> io::Result<()> {
        self.commands.send(command).map_err(|_| ended())?;
        rustix::io::write(&*self.wake, &1_u64.to_ne_bytes())?;
        Ok(())
    }

    fn is_current(&self) -> bool {
        self.handle.as_ref().is_some_and(|t| t.thread().id() == std::thread::current().id())
    }
}

impl Drop for Thread {
    fn drop(&mut self) {
        let (told, current) = (self.tell(Box::new(Worker::stop)), self.is_current());
        if let Some(handle) = self.handle.take()
            && told.is_ok()
            && !current
        {
            let _panicked = handle.join();
        }
    }
}

fn ended() -> io::Error {
    io::Error::new(io::ErrorKind::BrokenPipe, "the BFD thread has ended")
}
