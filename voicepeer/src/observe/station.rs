//! A station that routers send BMP to (RFC 7854 section 3.2), until all that the plan asks for was told.

use super::recorded::bmp;
use super::session::Sessions;
use super::sighting::Sightings;
use crate::decode::input::Router;
use crate::diagnostic::BadInput;
use bgp_policy::voice::Observed;
use bgp_wire::bmp::{BmpFault, message};
use std::collections::HashMap;
use std::io::Read;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant};

/// Octets read at once.
const BLOCK: usize = 1 << 16;

/// What comes from a router.
enum Told {
    Connected(SocketAddr),
    Message(SocketAddr, Vec<u8>),
    /// The connection is over, and why.
    Gone(SocketAddr, String),
}

/// How many messages wait at most; then a router waits too.
const WAITING: usize = 1 << 12;

/// Listens until the routes of every session were told to their end, or for so long.
#[expect(clippy::disallowed_methods, reason = "a station is a shell")]
pub(super) fn listen(
    address: SocketAddr,
    patience: Duration,
    sessions: Sessions<'_>,
) -> Result<Observed, BadInput> {
    let cannot = |error: std::io::Error| BadInput::new(format!("cannot listen on {address}: {error}"));
    let listener = TcpListener::bind(address).map_err(cannot)?;
    let local = listener.local_addr().map_err(cannot)?;
    eprintln!("listening for BMP on {local}; waiting for {}", sessions.names());
    let (to, told) = sync_channel(WAITING);
    std::thread::spawn(move || accept(&listener, &to));
    let mut station =
        Station { sightings: Sightings::of(sessions), routers: HashMap::new(), notes: Vec::new() };
    station.hear(&told, Instant::now() + patience);
    Ok(station.observed(local))
}

/// A thread for each router. When nobody hears them any more, the program ends, and they with it.
#[expect(clippy::disallowed_methods, reason = "a station is a shell")]
fn accept(listener: &TcpListener, to: &SyncSender<Told>) {
    for stream in listener.incoming().flatten() {
        let to = to.clone();
        std::thread::spawn(move || router(stream, &to));
    }
}

fn router(stream: TcpStream, to: &SyncSender<Told>) {
    let Ok(peer) = stream.peer_addr() else { return };
    if to.send(Told::Connected(peer)).is_err() {
        return;
    }
    let why = read(stream, peer, to).map_or_else(|why| why, |()| "it closed the connection".to_owned());
    _ = to.send(Told::Gone(peer, why));
}

/// Cuts messages off the stream; an error is why it cannot be read on.
fn read(mut stream: TcpStream, peer: SocketAddr, to: &SyncSender<Told>) -> Result<(), String> {
    let (mut octets, mut block) = (Vec::new(), vec![0; BLOCK]);
    loop {
        let n = stream.read(&mut block).map_err(|error| error.to_string())?;
        if n == 0 {
            return Ok(());
        }
        octets.extend_from_slice(block.get(..n).unwrap_or_default());
        let mut rest = octets.as_slice();
        while let Some((one, behind)) = whole(rest)?.and_then(|len| rest.split_at_checked(len)) {
            rest = behind;
            if to.send(Told::Message(peer, one.to_vec())).is_err() {
                return Ok(());
            }
        }
        let taken = octets.len() - rest.len();
        octets.drain(..taken);
    }
}

/// The length of the message at the front, where it is there.
fn whole(octets: &[u8]) -> Result<Option<usize>, String> {
    message(octets).map(|found| found.map(|found| found.len)).map_err(|fault: BmpFault| fault.to_string())
}

struct Station<'a> {
    sightings: Sightings<'a>,
    routers: HashMap<SocketAddr, Router>,
    notes: Vec<String>,
}

impl Station<'_> {
    #[expect(clippy::disallowed_methods, reason = "a station is a shell")]
    fn hear(&mut self, told: &Receiver<Told>, until: Instant) {
        while !self.sightings.is_whole() {
            match told.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(told) => self.take(told),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn take(&mut self, told: Told) {
        match told {
            Told::Connected(peer) => {
                eprintln!("{peer} connected");
                self.routers.insert(peer, Router::default());
            }
            Told::Message(peer, octets) => {
                let router = self.routers.entry(peer).or_default();
                let session = router.look(&octets);
                bmp(&mut self.sightings, &octets, session.as_ref(), &format!("BMP of {}", peer.ip()));
            }
            Told::Gone(peer, why) => {
                eprintln!("{peer}: {why}");
                self.routers.remove(&peer);
                self.notes.push(format!("BMP of {}: {why}", peer.ip()));
            }
        }
    }

    fn observed(self, local: SocketAddr) -> Observed {
        let unseen = self.sightings.unseen().join(", ");
        let mut observed = self.sightings.observed(&format!("BMP on {local}"));
        if !unseen.is_empty() {
            observed.notes.push(format!("BMP on {local}: nobody told all routes of {unseen} in time"));
        }
        observed.notes.extend(self.notes);
        observed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bgp_policy::voice::Plan;
    use bgp_wire::Asn;

    /// What does not speak BMP is not read on, and nothing that is told in part is a message.
    #[test]
    fn messages_are_cut() {
        assert_eq!(whole(&[3, 0, 0, 0, 6, 4, 3]), Ok(Some(6)));
        assert_eq!(whole(&[3, 0, 0, 0, 7, 4]), Ok(None));
        assert!(whole(b"GET / HTTP/1.1").unwrap_err().contains("version"));
    }

    #[expect(clippy::disallowed_methods, reason = "a station is a shell")]
    /// A station that hears nothing says of whom, and what became of its routers.
    #[test]
    fn what_was_not_told_is_noted() {
        let plan: Plan = toml::from_str(include_str!("../../../lab/plan.toml")).unwrap();
        let peer = SocketAddr::from(([192, 0, 2, 99], 50000));
        let sightings = Sightings::of(Sessions::of(&plan, &[]));
        let mut station = Station { sightings, routers: HashMap::new(), notes: Vec::new() };
        let (to, told) = sync_channel(WAITING);
        to.send(Told::Connected(peer)).unwrap();
        to.send(Told::Message(peer, vec![3, 0, 0, 0, 6, 4])).unwrap();
        to.send(Told::Gone(peer, "it closed the connection".into())).unwrap();
        drop(to);
        station.hear(&told, Instant::now());
        let observed = station.observed(SocketAddr::from(([192, 0, 2, 1], 11019)));
        assert_eq!(observed.sessions, []);
        assert_eq!(
            observed.notes,
            [
                "BMP on 192.0.2.1:11019: nobody told all routes of fra-1, fra-2, ams-1, ams-2 in time",
                "BMP of 192.0.2.99: it closed the connection",
            ]
        );
        let empty = Plan::new(Asn(64500));
        assert!(Sightings::of(Sessions::of(&empty, &[])).is_whole());
    }
}
