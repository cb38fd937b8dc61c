//! KEEPALIVEs leave on time whatever the RIB does: 50 sessions with a hold time of 3 s while two tables load, which all
//! of them are told.
//!
//! ```text
//! cargo bench -p benches --bench keepalives -- 1000000 8
//! ```
//!
//! The first number is of routes in each table, the second of threads that do nothing but keep the machine busy, none where it
//! is missing. When all is told the first peer goes, and the paths of its table with it. The peers are plain sockets and threads; each notes the longest time that passed
//! between two messages. It fails where a session ends, or where a peer would have ended it: that time is over the hold time.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a bench ends where it fails")]
#![expect(clippy::disallowed_methods, reason = "it measures time, with threads of its own")]

use bgp_policy::Policy;
use bgp_speaker::{HoldTime, PeerConfig, Speaker, SpeakerConfig};
use bgp_wire::{
    Asn, AttributeSet, Capability, Family, Fit, MessageType, Negotiated, NextHop, Notification, Open, Origin,
    PathNlri, PeerKind, UpdateWriter, frame, write_keepalive,
};
use socket2::{Domain, Socket, Type};
use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

const SESSIONS: u8 = 50;
const TABLES: u8 = 2;
const HOLD_TIME: u16 = 3;
const OURS: Ipv4Addr = Ipv4Addr::new(127, 9, 0, 1);

fn address(n: u8) -> Ipv4Addr {
    Ipv4Addr::new(127, 9, 1, n)
}

fn asn(n: u8) -> Asn {
    Asn(64600 + u32::from(n))
}

/// What one peer saw.
struct Seen {
    longest: Duration,
    octets: usize,
    ended: Option<String>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let mut numbers = std::env::args().skip(1).filter_map(|word| word.parse::<u32>().ok());
    let (routes, busy) = (numbers.next().unwrap_or(200_000), numbers.next().unwrap_or_default());
    let config = SpeakerConfig { listen: vec![(OURS, 0).into()], ..SpeakerConfig::new(Asn(64500), OURS) };
    let speaker = Speaker::start(config, |_| {}).unwrap();
    for n in 1..=SESSIONS {
        let mut peer = PeerConfig::new(format!("peer-{n}"), address(n).into(), asn(n));
        (peer.import, peer.export) =
            (Some(Arc::new(Policy::accept_all())), Some(Arc::new(Policy::accept_all())));
        (peer.passive, peer.hold_time) = (true, HoldTime::new(HOLD_TIME).unwrap());
        speaker.add_peer(peer).await.unwrap();
    }
    let at = speaker.listening().next().unwrap();
    let stop = Arc::new(AtomicBool::new(false));
    for _ in 0..busy {
        let stop = Arc::clone(&stop);
        thread::spawn(move || while !stop.load(Ordering::Relaxed) {});
    }
    let goes = Arc::new(AtomicBool::new(false));
    let peers: Vec<_> = (1..=SESSIONS)
        .map(|n| {
            let stop = Arc::clone(if n == 1 { &goes } else { &stop });
            thread::spawn(move || run(n, at, routes, &stop))
        })
        .collect();
    let wanted = usize::try_from(routes).unwrap() * usize::from(SESSIONS - 1) * usize::from(TABLES);
    let start = Instant::now();
    loop {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let told = speaker.query(|engine| engine.status().iter().map(|peer| peer.announced).sum::<usize>());
        // Each of both tables is the same: one of them is best, and not told to its own peer.
        if told.await.unwrap() >= wanted / usize::from(TABLES) || start.elapsed() > Duration::from_mins(5) {
            break;
        }
    }
    println!("{TABLES} tables of {routes} routes told to {SESSIONS} sessions in {:.1?}", start.elapsed());
    tokio::time::sleep(Duration::from_secs(u64::from(HOLD_TIME) * 2)).await;
    goes.store(true, Ordering::Relaxed);
    tokio::time::sleep(Duration::from_secs(u64::from(HOLD_TIME) * 3)).await;
    stop.store(true, Ordering::Relaxed);
    let seen: Vec<Seen> = peers.into_iter().map(|peer| peer.join().unwrap()).collect();
    speaker.stop("done").await;
    let longest = seen.iter().map(|seen| seen.longest).max().unwrap_or_default();
    let median = in_the_middle(seen.iter().map(|seen| seen.longest).collect());
    let octets: usize = seen.iter().map(|seen| seen.octets).sum();
    let ended: Vec<&String> = seen.iter().filter_map(|seen| seen.ended.as_ref()).collect();
    println!(
        "the longest time between two messages of a session: {longest:.3?}, the median of all {median:.3?}"
    );
    println!("{octets} octets came");
    println!("sessions that ended: {} {ended:?}", ended.len());
    let in_time = longest < Duration::from_secs(HOLD_TIME.into());
    if ended.is_empty() && in_time { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn in_the_middle(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// One peer: the first two send a table each.
fn run(n: u8, at: SocketAddr, routes: u32, stop: &AtomicBool) -> Seen {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.bind(&SocketAddr::from((address(n), 0)).into()).unwrap();
    socket.connect(&at.into()).unwrap();
    let mut stream = TcpStream::from(socket);
    stream.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
    let mut said = Vec::new();
    let open =
        Open::new(asn(n), address(n)).capability(Capability::Multiprotocol(Family::Ipv4Unicast.afi_safi()));
    Open { hold_time: HOLD_TIME, ..open }.encode(&mut said);
    write_keepalive(&mut said);
    stream.write_all(&said).unwrap();
    // All that is sent goes through one thread, so that no message is cut by another.
    let (send, queue) = std::sync::mpsc::channel::<Vec<u8>>();
    let mut writer = stream.try_clone().unwrap();
    thread::spawn(move || queue.into_iter().try_for_each(|octets| writer.write_all(&octets)));
    let mut table = if n <= TABLES { table(n, routes) } else { Vec::new() };
    read_all(&mut stream, &send, &mut table, stop)
}

fn read_all(
    stream: &mut TcpStream,
    send: &std::sync::mpsc::Sender<Vec<u8>>,
    table: &mut Vec<Vec<u8>>,
    stop: &AtomicBool,
) -> Seen {
    let mut seen = Seen { longest: Duration::ZERO, octets: 0, ended: None };
    let (mut buffer, mut held) = (vec![0; 1 << 16], Vec::new());
    let (mut last, mut spoke) = (Instant::now(), Instant::now());
    while !stop.load(Ordering::Relaxed) && seen.ended.is_none() {
        if spoke.elapsed() >= Duration::from_millis(800) {
            spoke = Instant::now();
            let mut keepalive = Vec::new();
            write_keepalive(&mut keepalive);
            let _gone = send.send(keepalive);
        }
        match stream.read(&mut buffer) {
            Ok(0) => seen.ended = Some("the connection was closed".to_owned()),
            Ok(got) => held.extend_from_slice(&buffer[..got]),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => continue,
            Err(error) => seen.ended = Some(error.to_string()),
        }
        let mut used = 0;
        while let Some(message) = frame(&held[used..], 4096).unwrap() {
            used += message.len;
            seen.longest = seen.longest.max(last.elapsed());
            last = Instant::now();
            match message.kind {
                MessageType::Notification => {
                    seen.ended = Some(Notification::decode(message.body).to_string());
                }
                MessageType::Keepalive if !table.is_empty() => {
                    // KEEPALIVEs go between its messages.
                    for message in table.drain(..) {
                        let _gone = send.send(message);
                    }
                }
                _ => {}
            }
        }
        seen.octets += used;
        held.drain(..used);
    }
    seen
}

/// The UPDATEs of a table, many routes to an attribute set.
fn table(n: u8, routes: u32) -> Vec<Vec<u8>> {
    let mut messages = Vec::new();
    let negotiated = Negotiated::new(PeerKind::External);
    let mut nets = 0..routes;
    while !nets.is_empty() {
        let mut octets = Vec::new();
        let mut set = AttributeSet::new(Origin::Igp, NextHop::V4(address(n)));
        set.as_path = [asn(n), Asn(65000 + nets.start % 400)].into_iter().collect();
        let mut writer = UpdateWriter::announce(&mut octets, &negotiated, Family::Ipv4Unicast, &set).unwrap();
        for net in nets.by_ref().take(100) {
            let prefix = ipnet::Ipv4Net::new(Ipv4Addr::from(0x1000_0000 + (net << 8)), 24).unwrap();
            assert_eq!(writer.push(&PathNlri { path_id: 0, prefix: prefix.into() }), Fit::Added);
        }
        writer.finish();
        messages.push(octets);
    }
    messages
}
