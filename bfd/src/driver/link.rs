//! A session with its sending socket.
use super::demux::Source;
use super::params::{Event, SessionId, Snapshot};
use super::socket::Sender;
use crate::{Input, Outgoing, Output, Session};
use socket2::SockAddr;
use std::net::SocketAddr;
use std::time::Instant;

/// One session of the driver.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) id: SessionId,
    pub(super) session: Session,
    pub(super) source: Source,
    pub(super) silent: bool,
    pub(super) peer: SocketAddr,
    pub(super) source_port: u16,
    pub(super) since: Instant,
    pub(super) line: Line,
}

/// The way out.
#[derive(Debug)]
pub(super) struct Line {
    sender: Sender,
    to: SockAddr,
    failures: u64,
    /// Whether the last packet was refused: only the first of a row is logged.
    failing: bool,
}

impl Line {
    pub(super) fn new(sender: Sender, peer: SocketAddr) -> Self {
        Self { sender, to: peer.into(), failures: 0, failing: false }
    }

    fn send(&mut self, id: SessionId, packet: &Outgoing) {
        let result = self.sender.send(packet.encode(&mut [0; Outgoing::LONGEST]), &self.to);
        if let Err(error) = &result {
            self.failures += 1;
            if !self.failing {
                tracing::warn!(session = id.0, %error, "the system refuses to send BFD packets");
            }
        }
        self.failing = result.is_err();
    }
}

impl Link {
    /// Hands `input` to the session, sends what it asks for and tells of changes.
    pub(super) fn handle(&mut self, input: Input<'_>, now: Instant, on_event: &dyn Fn(Event)) {
        let Self { id, session, silent, since, line, .. } = self;
        session.handle(input, now, &mut |output| match output {
            Output::Transmit(_) if *silent => {}
            Output::Transmit(packet) => line.send(*id, &packet),
            // None is configured.
            Output::TransmitEcho(_) => {}
            Output::Changed(change) => {
                *since = now;
                let (from, to, diag, remote) = (change.from, change.to, change.diag, change.remote);
                tracing::debug!(session = id.0, %from, %to, %diag, "BFD state changed");
                on_event(Event { session: *id, from, to, diag, remote, at: now });
            }
        });
    }

    pub(super) fn snapshot(&self, local: SocketAddr, interface: Option<String>) -> Snapshot {
        let session = &self.session;
        Snapshot {
            session: self.id,
            local,
            source_port: self.source_port,
            peer: self.peer,
            interface,
            state: session.state(),
            since: self.since,
            diag: session.diag(),
            discriminator: session.discriminator(),
            timing: session.timing(),
            transmit_interval: session.transmit_interval(),
            detection_time: session.detection_time(),
            remote: session.remote().copied(),
            counters: *session.counters(),
            send_failures: self.line.failures,
            silent: self.silent,
        }
    }
}
