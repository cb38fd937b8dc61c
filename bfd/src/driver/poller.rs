//! Where the thread sleeps.
use super::clock;
use super::endpoint::EndpointId;
use super::socket::Receiver;
use rustix::buffer::spare_capacity;
use rustix::event::epoll::{self, CreateFlags, Event, EventData, EventFlags};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::{AsFd, OwnedFd};
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Quiet packets wait no longer than this for the thread to look, so that their queue does not fill.
const LONGEST_SLEEP: Duration = Duration::from_millis(100);

/// How long it spins before a detection time is over, which comes so close only where the peer is silent: longer
/// than most sleepers take to wake.
const LAST_SPIN: Duration = Duration::from_micros(200);

/// A thread of real-time priority that spins longer would keep others from the CPU.
const LONGEST_SPIN: Duration = Duration::from_millis(1);

/// The event descriptor of the commands; endpoints are numbered from 1.
const WAKE: u64 = 0;

/// Two sets of descriptors: all of them, and those that wake the thread. `ppoll` sleeps on one of the two
/// sets as a whole and takes nanoseconds; so the cost of a wait does not grow with the endpoints.
pub(super) struct Poller {
    all: OwnedFd,
    urgent: OwnedFd,
    wake: Arc<OwnedFd>,
    ready: Vec<Event>,
    spin: Duration,
}

impl Poller {
    pub(super) fn new(wake: Arc<OwnedFd>, spin: Duration) -> io::Result<Self> {
        let set = || epoll::create(CreateFlags::CLOEXEC);
        let spin = spin.min(LONGEST_SPIN);
        let poller = Self { all: set()?, urgent: set()?, wake, ready: Vec::with_capacity(1), spin };
        for set in [&poller.all, &poller.urgent] {
            epoll::add(set, &poller.wake, EventData::new_u64(WAKE), EventFlags::IN)?;
        }
        Ok(poller)
    }

    /// Watches an endpoint until its sockets are closed.
    pub(super) fn watch(&mut self, id: EndpointId, receiver: &Receiver) -> io::Result<()> {
        let data = EventData::new_u64(id.0);
        epoll::add(&self.urgent, receiver.urgent(), data, EventFlags::IN)?;
        epoll::add(&self.all, receiver.urgent(), data, EventFlags::IN)?;
        if let Some(quiet) = receiver.quiet() {
            epoll::add(&self.all, quiet, data, EventFlags::IN)?;
        }
        // Room for two sockets, and for as many endpoints as were ever there, but no more: a vector left to
        // itself doubles its room each time.
        let room = self.ready.capacity() + 2;
        self.ready.clear();
        self.ready.reserve_exact(room);
        Ok(())
    }

    /// Sleeps until `deadline`, a command or an urgent packet; with `hurried`, until any packet. May
    /// return earlier: the last part of the time is for [`spin`](Self::spin). Whether it was a command or a packet.
    pub(super) fn sleep(&self, deadline: Option<Instant>, exact: bool, hurried: bool) -> bool {
        let left = deadline.map(|at| at.saturating_duration_since(clock::now()));
        let timeout = left.map(|left| left.saturating_sub(self.last_part(exact)).min(LONGEST_SLEEP));
        let timeout = timeout.and_then(|timeout| Timespec::try_from(timeout).ok());
        let set = if hurried { &self.all } else { &self.urgent };
        poll(&mut [PollFd::new(set, PollFlags::IN)], timeout.as_ref()) != Ok(0)
    }

    /// Spins until `deadline`, if that is near: what is not slept through to its end.
    pub(super) fn spin(&self, deadline: Option<Instant>, exact: bool) {
        let most = self.last_part(exact);
        if !most.is_zero() {
            spin_until(deadline, most);
        }
    }

    fn last_part(&self, exact: bool) -> Duration {
        if exact { self.spin.max(LAST_SPIN) } else { self.spin }
    }

    /// Notes the sockets with something in them, quiet or not.
    pub(super) fn look(&mut self) {
        self.ready.clear();
        let none = Timespec { tv_sec: 0, tv_nsec: 0 };
        if let Err(error) = epoll::wait(self.all.as_fd(), spare_capacity(&mut self.ready), Some(&none)) {
            tracing::debug!(%error, "the BFD sockets cannot be watched");
        }
    }

    /// The `index`th endpoint noted, some of them twice.
    pub(super) fn ready(&self, index: usize) -> Option<EndpointId> {
        self.ready.get(index).map(|event| EndpointId(event.data.u64()))
    }

    /// Whether there are commands. They count as seen.
    pub(super) fn commanded(&self) -> bool {
        let noted = self.ready.iter().any(|event| event.data.u64() == WAKE);
        noted && rustix::io::read(&*self.wake, &mut [0; 8]).is_ok()
    }
}

/// Spins if it is no longer than `most` until then.
fn spin_until(deadline: Option<Instant>, most: Duration) {
    let left = |at: Instant| at.saturating_duration_since(clock::now());
    while deadline.is_some_and(|at| (Duration::from_nanos(1)..=most).contains(&left(at))) {
        std::hint::spin_loop();
    }
}
