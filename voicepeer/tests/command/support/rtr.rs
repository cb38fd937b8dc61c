//! A cache of RPKI data made of bytes (RFC 8210): version 1, and not a line of the client's.

use super::PATIENCE;
use std::io::{Read, Write};
use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

const SERIAL_NOTIFY: u8 = 0;
const SERIAL_QUERY: u8 = 1;
const RESET_QUERY: u8 = 2;
const CACHE_RESPONSE: u8 = 3;
const IPV4_PREFIX: u8 = 4;
const IPV6_PREFIX: u8 = 6;
const END_OF_DATA: u8 = 7;
const CACHE_RESET: u8 = 8;
const ERROR_REPORT: u8 = 10;
/// The code of an error: unsupported protocol version.
const VERSION: u16 = 4;
const SESSION: u16 = 7;

/// A prefix, its longest length, and the AS.
pub(crate) type Roa = (&'static str, u8, u32);

#[derive(Default)]
struct Data {
    roas: Vec<Roa>,
    /// The serial is how many there were; with each, what it was made of.
    before: Vec<Vec<Roa>>,
    clients: Vec<TcpStream>,
    /// The kinds of queries, in order.
    asked: Vec<u8>,
    closed: bool,
}

/// A cache that listens.
pub(crate) struct RtrCache {
    pub(crate) address: SocketAddr,
    data: Arc<Mutex<Data>>,
}

impl RtrCache {
    /// One with these VRPs.
    pub(crate) fn start(roas: &[Roa]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let data = Arc::new(Mutex::new(Data { roas: roas.to_vec(), ..Data::default() }));
        let shared = Arc::clone(&data);
        #[expect(clippy::disallowed_methods, reason = "a test's own cache")]
        std::thread::spawn(move || {
            for client in listener.incoming() {
                if shared.lock().unwrap().closed {
                    return;
                }
                // A client that goes away ends its turn.
                let _ = serve(client.unwrap(), &shared);
            }
        });
        Self { address, data }
    }

    /// Other VRPs from now on; clients are told that there is something new.
    pub(crate) fn publish(&self, roas: &[Roa]) {
        let mut data = self.data.lock().unwrap();
        let before = std::mem::replace(&mut data.roas, roas.to_vec());
        data.before.push(before);
        let notify = pdu(SERIAL_NOTIFY, SESSION, &serial(&data).to_be_bytes());
        data.clients.iter_mut().for_each(|client| client.write_all(&notify).unwrap());
    }

    /// The kinds of queries so far: 1 asks for what changed, 2 for all.
    pub(crate) fn asked(&self) -> Vec<u8> {
        self.data.lock().unwrap().asked.clone()
    }

    /// Closes every connection; nobody is answered any more.
    pub(crate) fn close(&self) {
        let mut data = self.data.lock().unwrap();
        data.closed = true;
        data.clients.drain(..).for_each(|client| client.shutdown(std::net::Shutdown::Both).unwrap());
        drop(data);
        // The listener goes once it has something to look at.
        let _ = TcpStream::connect(self.address);
    }
}

fn serial(data: &Data) -> u32 {
    u32::try_from(data.before.len()).unwrap()
}

fn pdu(kind: u8, session: u16, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(8 + body.len()).unwrap();
    [&[1, kind][..], &session.to_be_bytes(), &length.to_be_bytes(), body].concat()
}

/// Whether it comes or goes, and what.
fn prefix(comes: bool, (prefix, longest, asn): Roa) -> Vec<u8> {
    let (address, length) = prefix.split_once('/').unwrap();
    let head = [u8::from(comes), length.parse().unwrap(), longest, 0];
    let (kind, address) = match address.parse().unwrap() {
        IpAddr::V4(v4) => (IPV4_PREFIX, v4.octets().to_vec()),
        IpAddr::V6(v6) => (IPV6_PREFIX, v6.octets().to_vec()),
    };
    pdu(kind, 0, &[&head[..], &address, &asn.to_be_bytes()].concat())
}

fn serve(mut client: TcpStream, shared: &Mutex<Data>) -> std::io::Result<()> {
    client.set_read_timeout(Some(PATIENCE))?;
    shared.lock().unwrap().clients.push(client.try_clone()?);
    loop {
        let mut header = [0; 8];
        client.read_exact(&mut header)?;
        let length = u32::from_be_bytes([header[4], header[5], header[6], header[7]]);
        let mut body = vec![0; usize::try_from(length).unwrap() - header.len()];
        client.read_exact(&mut body)?;
        let answer = answer(header, &body, &mut shared.lock().unwrap());
        client.write_all(&answer)?;
    }
}

fn answer(header: [u8; 8], body: &[u8], data: &mut Data) -> Vec<u8> {
    if header[0] != 1 {
        return pdu(ERROR_REPORT, VERSION, &[0; 8]);
    }
    data.asked.push(header[1]);
    let all = || data.roas.iter().map(|roa| prefix(true, *roa)).collect::<Vec<_>>().concat();
    let changed = |from: u32| {
        let before = data.before.get(usize::try_from(from).unwrap()).unwrap_or(&data.roas);
        let gone = before.iter().filter(|roa| !data.roas.contains(roa)).map(|roa| prefix(false, *roa));
        let new = data.roas.iter().filter(|roa| !before.contains(roa)).map(|roa| prefix(true, *roa));
        gone.chain(new).collect::<Vec<_>>().concat()
    };
    let entries = match header[1] {
        RESET_QUERY => all(),
        SERIAL_QUERY if header[2..4] == SESSION.to_be_bytes() => {
            changed(u32::from_be_bytes([body[0], body[1], body[2], body[3]]))
        }
        _ => return pdu(CACHE_RESET, 0, &[]),
    };
    // Refreshed after an hour, tried again after a minute, expired after two hours.
    let end = [serial(data), 3600, 60, 7200].map(u32::to_be_bytes).concat();
    [pdu(CACHE_RESPONSE, SESSION, &[]), entries, pdu(END_OF_DATA, SESSION, &end)].concat()
}
