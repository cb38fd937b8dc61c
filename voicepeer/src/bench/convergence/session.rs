//! A BGP session that knows nothing of the speaker at its other end: an injector's or a receiver's.
use super::feed::{SLOTS, asn, slot};
use super::harness::spawn;
use crate::bench::netns::DAEMON;
use bgp_wire::{
    Capability, Family, HEADER_LEN, MAX_MESSAGE, MessageType, Negotiated, Notification, Open, PeerKind,
    Received, frame, update, write_keepalive,
};
use socket2::{Domain, Socket, Type};
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

const PORT: u16 = 179;
/// Long enough that no run needs a KEEPALIVE.
const HOLD_TIME: u16 = 240;

/// An established session, and octets of it that were not looked at.
pub(super) struct Session {
    pub(super) stream: TcpStream,
    unread: Vec<u8>,
}

/// Connects until the speaker answers, or `until` is past.
pub(super) fn establish(number: u32, address: Ipv4Addr, until: Instant) -> io::Result<Session> {
    loop {
        match attempt(number, address) {
            Ok(session) => return Ok(session),
            Err(error) if now() >= until => return Err(error),
            Err(_) => pause(),
        }
    }
}

fn attempt(number: u32, address: Ipv4Addr) -> io::Result<Session> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.bind(&SocketAddr::from((address, 0)).into())?;
    socket.connect(&SocketAddr::from((DAEMON, PORT)).into())?;
    let stream = TcpStream::from(socket);
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let mut session = Session { stream, unread: Vec::new() };
    let open = Open::new(asn(number), address)
        .hold_time(HOLD_TIME)
        .capability(Capability::Multiprotocol(Family::Ipv4Unicast.afi_safi()));
    let mut octets = Vec::new();
    open.encode(&mut octets);
    write_keepalive(&mut octets);
    session.stream.write_all(&octets)?;
    session.expect(MessageType::Open)?;
    session.expect(MessageType::Keepalive)?;
    Ok(session)
}

impl Session {
    fn expect(&mut self, kind: MessageType) -> io::Result<()> {
        loop {
            let framed = frame(&self.unread, MAX_MESSAGE).map_err(|_| refused("a malformed message"))?;
            if let Some(message) = framed {
                let (found, len) = (message.kind, message.len);
                if found == MessageType::Notification {
                    return Err(refused(Notification::decode(message.body).to_string()));
                }
                self.unread.drain(..len);
                return if found == kind { Ok(()) } else { Err(refused(format!("{found}, not {kind}"))) };
            }
            let mut octets = [0; 4096];
            let len = self.stream.read(&mut octets)?;
            if len == 0 {
                return Err(ErrorKind::UnexpectedEof.into());
            }
            self.unread.extend(octets.iter().take(len));
        }
    }

    /// Reads what comes and heeds none of it, so that the speaker never waits for us.
    pub(super) fn ignore(&self) -> io::Result<()> {
        let mut stream = self.stream.try_clone()?;
        stream.set_read_timeout(None)?;
        spawn(move || io::copy(&mut stream, &mut io::sink()));
        Ok(())
    }
}

fn refused(what: impl Into<String>) -> io::Error {
    io::Error::other(what.into())
}

/// What a receiver has been told: for each slot the AS behind the speaker's own, 0 where there is none.
pub(super) struct Receiver {
    session: Session,
    told: Vec<u32>,
    /// What it is to be told.
    best: Vec<u32>,
    /// How many slots have a route, and how many the right one.
    pub(super) present: usize,
    pub(super) right: usize,
    /// Messages with routes.
    pub(super) updates: u64,
    buffer: Vec<u8>,
}

impl Receiver {
    pub(super) fn new(session: Session, best: Vec<u32>) -> Self {
        let told = vec![0; SLOTS as usize];
        Self { session, told, best, present: 0, right: 0, updates: 0, buffer: vec![0; 1 << 20] }
    }

    /// Reads until `done` says so, and returns when that was; an error where the session ends, or `until` is past.
    pub(super) fn until(&mut self, until: Instant, done: impl Fn(&Self) -> bool) -> io::Result<Instant> {
        loop {
            self.take_messages()?;
            if done(self) {
                return Ok(now());
            }
            let left = until.saturating_duration_since(now());
            if left.is_zero() {
                let Self { right, present, .. } = self;
                return Err(io::Error::new(
                    ErrorKind::TimedOut,
                    format!("{present} prefixes told, {right} of them right"),
                ));
            }
            self.session.stream.set_read_timeout(Some(left))?;
            match self.session.stream.read(&mut self.buffer) {
                Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
                Ok(len) => self.session.unread.extend(self.buffer.iter().take(len)),
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn take_messages(&mut self) -> io::Result<()> {
        let unread = std::mem::take(&mut self.session.unread);
        let mut rest = unread.as_slice();
        while let Some(message) = frame(rest, MAX_MESSAGE).map_err(|_| refused("a malformed message"))? {
            match message.kind {
                MessageType::Update => self.take(message.body)?,
                MessageType::Notification => {
                    return Err(refused(Notification::decode(message.body).to_string()));
                }
                _ => {}
            }
            rest = rest.get(message.len.max(HEADER_LEN)..).unwrap_or_default();
        }
        self.session.unread = rest.to_vec();
        Ok(())
    }

    fn take(&mut self, body: &[u8]) -> io::Result<()> {
        let parsed = update(body, &Negotiated::new(PeerKind::External))
            .map_err(|reset| refused(format!("{reset:?}")))?;
        let Received::Routes(routes) = parsed.update else { return Ok(()) };
        self.updates += 1;
        for nlri in routes.withdrawn.prefixes() {
            self.set(slot(nlri.prefix), 0);
        }
        let whose = routes.attrs.as_path().and_then(|path| path.asns().nth(1)).map_or(0, |asn| asn.0);
        for nlri in routes.announced().flat_map(|(_, nlri)| nlri.iter()) {
            self.set(slot(nlri.prefix), whose);
        }
        Ok(())
    }

    fn set(&mut self, slot: Option<u32>, whose: u32) {
        let Some(slot) = slot.map(|slot| slot as usize) else { return };
        let (Some(told), Some(best)) = (self.told.get_mut(slot), self.best.get(slot)) else { return };
        let counts = |whose: u32| (usize::from(whose != 0), usize::from(whose != 0 && whose == *best));
        let ((was, was_right), (is, is_right)) = (counts(*told), counts(whose));
        self.present = self.present + is - was;
        self.right = self.right + is_right - was_right;
        *told = whose;
    }
}

#[expect(clippy::disallowed_methods, reason = "a bench is a shell")]
pub(super) fn now() -> Instant {
    Instant::now()
}

#[expect(clippy::disallowed_methods, reason = "a speaker that does not listen yet tells nobody when it will")]
fn pause() {
    std::thread::sleep(Duration::from_millis(20));
}
