//! Several threads that share the sessions of a driver.
use crate::side::{PATIENCE, Side, loopback};
use bfd::{Driver, DriverConfig, Event, SessionId, Snapshot, State};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::net::SocketAddr;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::ThreadId;

/// A driver of two threads, and what each of them told.
struct Several {
    driver: Driver,
    events: Receiver<(ThreadId, Event)>,
    /// What lets a thread go on that stopped in its callback.
    go_on: Sender<()>,
}

impl Several {
    /// A thread stops in its callback at every Up of the session that `stop` sends.
    fn start(stop: Receiver<SessionId>) -> Self {
        let (sender, events) = channel();
        let (go_on, gate) = channel::<()>();
        let (stop, gate) = (Mutex::new(stop), Mutex::new(gate));
        let config = DriverConfig::new(move |event: Event| {
            let _after_the_test = sender.send((std::thread::current().id(), event));
            if event.to == State::Up && stop.lock().unwrap().try_recv() == Ok(event.session) {
                let _released = gate.lock().unwrap().recv_timeout(PATIENCE);
            }
        });
        let driver = Driver::start(DriverConfig { threads: 2, ..config }).unwrap();
        Self { driver, events, go_on }
    }

    /// Binds an address that may be configured with `peer` from both sides.
    fn add(&self, local: SocketAddr, peer: &Side) -> (SessionId, SessionId) {
        let local = self.driver.bind(local).unwrap();
        let theirs = peer.add(local);
        let mut params = peer.params(local);
        (params.local, params.peer) = (local, peer.local);
        (self.driver.add(params).unwrap(), theirs)
    }

    /// Which thread told that each of `sessions` is Up.
    fn wait_for_up(&self, mut sessions: BTreeSet<SessionId>) -> BTreeMap<SessionId, ThreadId> {
        let mut threads = BTreeMap::new();
        while !sessions.is_empty() {
            let (thread, event) = self.events.recv_timeout(PATIENCE).unwrap();
            if event.to == State::Up && sessions.remove(&event.session) {
                threads.insert(event.session, thread);
            }
        }
        threads
    }
}

#[test]
fn two_threads_share_the_local_addresses() {
    let several = Several::start(channel().1);
    let (first, second) = (Side::start(loopback(70)), Side::start(loopback(71)));
    let mut added = Vec::new();
    for (local, peer) in
        [(72, &first), (72, &second), (73, &first), (73, &second), (74, &first), (75, &second)]
    {
        added.push((local, several.add(loopback(local), peer).0));
    }
    let threads = several.wait_for_up(added.iter().map(|(_, session)| *session).collect());
    let of_address: BTreeMap<u8, HashSet<ThreadId>> =
        added.iter().fold(BTreeMap::new(), |mut all, (local, s)| {
            all.entry(*local).or_default().insert(threads[s]);
            all
        });
    assert!(of_address.values().all(|threads| threads.len() == 1), "{of_address:?}");
    let on_each = |thread: ThreadId| of_address.values().filter(|of| of.contains(&thread)).count();
    let all: HashSet<ThreadId> = threads.values().copied().collect();
    assert_eq!(all.into_iter().map(on_each).collect::<Vec<_>>(), [2, 2]);

    let snapshots: Vec<Snapshot> = several.driver.snapshots();
    let ids: Vec<SessionId> = snapshots.iter().map(|s| s.session).collect();
    assert_eq!(ids, added.iter().map(|(_, session)| *session).collect::<Vec<_>>());
    let names: HashSet<_> = snapshots.iter().map(|s| s.discriminator).collect();
    assert_eq!(names.len(), snapshots.len());
    let received: u64 = snapshots.iter().map(|s| s.counters.received).sum();
    assert!(several.driver.totals().received >= received && received > 0);
    for (_, session) in &added {
        several.driver.remove(*session).unwrap();
    }
    assert!(several.driver.snapshots().is_empty());
}

#[test]
fn a_thread_that_stops_stops_its_own_sessions_alone() {
    let (stop, stopped) = channel();
    let several = Several::start(stopped);
    let peer = Side::start(loopback(76));
    let (first, _) = several.add(loopback(77), &peer);
    several.wait_for_up([first].into());
    // The next Up of the first session stops its thread, while the other thread brings up another.
    stop.send(first).unwrap();
    several.driver.admin_down(first, true).unwrap();
    several.driver.admin_down(first, false).unwrap();
    several.wait_for_up([first].into());
    let (second, _) = several.add(loopback(78), &peer);
    several.wait_for_up([second].into());
    assert_eq!(several.driver.snapshot(second).map(|s| s.state), Some(State::Up));
    several.go_on.send(()).unwrap();
    assert!(several.driver.snapshot(first).is_some());
}
