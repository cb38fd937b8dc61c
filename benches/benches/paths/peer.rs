//! Those who announce, and the one who is told: sockets that know nothing of the speaker.

use crate::table::Table;
use bgp_wire::{
    AddPath, Asn, Capability, Family, FamilySet, MessageType, Negotiated, NextHop, Notification, Open,
    PeerKind, Received, frame, update, write_keepalive,
};
use ipnet::IpNet;
use socket2::{Domain, Socket, Type};
use std::collections::{BTreeSet, HashMap};
use std::io::{Read, Write};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// The number of the one that is told.
pub(crate) const RECEIVER: u8 = 200;

pub(crate) fn address(n: u8) -> Ipv4Addr {
    Ipv4Addr::new(127, 9, 4, n)
}

pub(crate) fn asn(n: u8) -> Asn {
    Asn(64600 + u32::from(n))
}

pub(crate) fn hop(n: u8, family: Family) -> NextHop {
    if family == Family::Ipv4Unicast {
        NextHop::V4(address(n))
    } else {
        NextHop::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, n.into()))
    }
}

/// What the one peer has: of each net the paths by their identifiers, and whose they are.
#[derive(Default)]
pub(crate) struct Told {
    paths: HashMap<IpNet, HashMap<u32, Asn>>,
    pub(crate) ended: Option<String>,
}

impl Told {
    /// Whose paths of a net it has.
    pub(crate) fn of(&self, net: IpNet) -> BTreeSet<Asn> {
        self.paths.get(&net).into_iter().flat_map(HashMap::values).copied().collect()
    }

    pub(crate) fn nets(&self) -> usize {
        self.paths.len()
    }

    pub(crate) fn paths(&self) -> usize {
        self.paths.values().map(HashMap::len).sum()
    }

    fn take(&mut self, body: &[u8], negotiated: &Negotiated) {
        let parsed = update(body, negotiated).unwrap();
        let Received::Routes(routes) = parsed.update else { return };
        for nlri in routes.withdrawn.prefixes() {
            let Some(paths) = self.paths.get_mut(&nlri.prefix) else { continue };
            paths.remove(&nlri.path_id);
            if paths.is_empty() {
                self.paths.remove(&nlri.prefix);
            }
        }
        let whose = routes.attrs.as_path().and_then(|path| path.asns().nth(1)).unwrap_or(Asn(0));
        for nlri in routes.announced().flat_map(|(_, nlri)| nlri.iter()) {
            self.paths.entry(nlri.prefix).or_default().insert(nlri.path_id, whose);
        }
    }
}

/// Connects as peer `n` and says what it can; the speaker's OPEN and first KEEPALIVE are left to be read.
fn connect(n: u8, at: SocketAddr, families: &[Family], several: Option<AddPath>) -> TcpStream {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.bind(&SocketAddr::from((address(n), 0)).into()).unwrap();
    socket.connect(&at.into()).unwrap();
    let mut stream = TcpStream::from(socket);
    let asked: Vec<AddPath> = several
        .into_iter()
        .flat_map(|asks| families.iter().map(move |f| AddPath { family: f.afi_safi(), ..asks }))
        .collect();
    let mut open = Open::new(asn(n), address(n)).hold_time(0);
    for family in families {
        open = open.capability(Capability::Multiprotocol(family.afi_safi()));
    }
    if !asked.is_empty() {
        open = open.capability(Capability::AddPath(asked.as_slice().into()));
    }
    let mut said = Vec::new();
    open.encode(&mut said);
    write_keepalive(&mut said);
    stream.write_all(&said).unwrap();
    stream
}

/// Announces a table in the name of peer `n`, withdraws and announces it again as often, and stays.
pub(crate) fn inject(n: u8, at: SocketAddr, table: Table, several: bool, churn: u8) {
    thread::spawn(move || {
        let sends = AddPath { family: table.family.afi_safi(), receive: false, send: true };
        let mut stream = connect(n, at, &[table.family], several.then_some(sends));
        // What reads keeps the session, until the speaker ends it.
        let mut reading = stream.try_clone().unwrap();
        thread::spawn(move || std::io::copy(&mut reading, &mut std::io::sink()));
        let announced = table.updates(n, several, true);
        let _gone = stream.write_all(&announced);
        for _ in 0..churn {
            let _gone = stream.write_all(&table.updates(n, several, false));
            let _gone = stream.write_all(&announced);
        }
    });
}

/// Is told, until the session ends.
pub(crate) fn receive(at: SocketAddr, several: bool, told: Arc<Mutex<Told>>) {
    thread::spawn(move || {
        let takes = AddPath { family: Family::Ipv4Unicast.afi_safi(), receive: true, send: false };
        let mut stream = connect(RECEIVER, at, &Family::UNICAST, several.then_some(takes));
        let mut negotiated = Negotiated::new(PeerKind::External);
        negotiated.families = Family::UNICAST.into_iter().collect();
        if several {
            negotiated.add_path_rx = FamilySet::EVERY;
        }
        let (mut buffer, mut held) = (vec![0; 1 << 16], Vec::new());
        while let Ok(got) = stream.read(&mut buffer) {
            if got == 0 {
                break;
            }
            held.extend_from_slice(&buffer[..got]);
            let mut used = 0;
            let mut told = told.lock().unwrap();
            while let Some(message) = frame(&held[used..], 4096).unwrap() {
                used += message.len;
                match message.kind {
                    MessageType::Update => told.take(message.body, &negotiated),
                    MessageType::Notification => {
                        told.ended = Some(Notification::decode(message.body).to_string());
                    }
                    _ => {}
                }
            }
            held.drain(..used);
        }
    });
}
