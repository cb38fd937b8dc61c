//! Inputs that are one piece behind the other: MRT records, BMP and BGP messages, lines.

use super::batch::{Batch, Kind};
use super::cut::{Cut, bgp_cut, bmp_cut};
use super::item::{Note, Place};
use super::kind;
use super::router::Router;
use super::session::Opens;
use super::window::{More, Window};
use super::{Each, Flow};
use bgp_wire::mrt::{Body, Peer, record};
use std::sync::Arc;

/// What stands at the front of the octets that are there.
enum Front {
    /// A piece of so many octets.
    Whole(usize, Kind),
    /// Octets that are passed over, so many, without a word.
    Blank(usize),
    /// The first octets of a piece.
    Part,
    /// Nothing that can be read, nor can anything behind it.
    Broken(String),
}

/// The pieces of one input.
pub(super) struct Stream {
    kind: kind::Kind,
    window: Window,
    number: u64,
    peers: Arc<[Peer]>,
    opens: Opens,
    router: Router,
}

impl Stream {
    pub(super) fn new(kind: kind::Kind, window: Window) -> Self {
        Self {
            kind,
            window,
            number: 0,
            peers: Arc::from([]),
            opens: Opens::default(),
            router: Router::default(),
        }
    }

    /// Gives the input to `each`, batch by batch.
    pub(super) fn read(mut self, each: &mut Each<'_>) -> Flow {
        loop {
            let mut batch = Batch::of(&self.peers);
            let more = self.fill(&mut batch);
            // Before a read that may have to wait, what is there goes on.
            if !batch.is_empty() {
                each(batch)?;
            }
            match more {
                None | Some(More::Read) => {}
                Some(More::End | More::Full) => return Flow::Continue(()),
            }
        }
    }

    /// Cuts pieces off as long as there are whole ones, then reads on; `None` where the batch is full first.
    fn fill(&mut self, batch: &mut Batch) -> Option<More> {
        // A table's records go into a batch that knows its peers.
        while !batch.is_full() && batch.is_of(&self.peers) {
            match self.front(false) {
                Front::Part => return Some(self.more(batch)),
                front => {
                    if self.step(front, batch) {
                        return Some(More::End);
                    }
                }
            }
        }
        None
    }

    /// Takes `front` off into the batch; whether that was the last.
    fn step(&mut self, front: Front, batch: &mut Batch) -> bool {
        match front {
            Front::Blank(n) => self.window.take(n),
            Front::Whole(n, kind) => {
                self.number += 1;
                let octets = self.window.octets().get(..n).unwrap_or_default();
                batch.push(self.place(), None, None, kind, octets);
                self.window.take(n);
            }
            Front::Part => {}
            Front::Broken(why) => {
                self.end(batch, why);
                return true;
            }
        }
        false
    }

    fn more(&mut self, batch: &mut Batch) -> More {
        match self.window.more() {
            Ok(More::Read) => return More::Read,
            Ok(More::End) => self.last(batch),
            Ok(More::Full) => self.end(batch, "it has no end within 16 MiB".to_owned()),
            Err(error) => self.end(batch, error.to_string()),
        }
        More::End
    }

    /// What is left where there are no more octets.
    fn last(&mut self, batch: &mut Batch) {
        while !self.window.octets().is_empty() {
            match self.front(true) {
                Front::Part => {
                    let left = self.window.octets().len();
                    return self.end(batch, format!("the input ends {left} octets into {}", self.what()));
                }
                front => {
                    if self.step(front, batch) {
                        return;
                    }
                }
            }
        }
    }

    fn end(&mut self, batch: &mut Batch, why: String) {
        self.number += 1;
        batch.note(self.place(), None, None, Note::End(why));
    }

    const fn place(&self) -> Place {
        Place { number: self.number, offset: self.window.offset() }
    }

    const fn what(&self) -> &'static str {
        match self.kind {
            kind::Kind::Mrt => "an MRT record",
            kind::Kind::Bmp => "a BMP message",
            kind::Kind::Bgp => "a BGP message",
            kind::Kind::Lines | kind::Kind::Capture => "a line",
        }
    }

    /// What stands at the front; `last` says that there are no more octets than those.
    fn front(&mut self, last: bool) -> Front {
        let octets = self.window.octets();
        match self.kind {
            kind::Kind::Mrt => mrt(octets, &mut self.peers),
            kind::Kind::Bmp => bmp(octets, &mut self.router),
            kind::Kind::Bgp => bgp(octets, last, &mut self.opens),
            kind::Kind::Lines | kind::Kind::Capture => line(octets, last),
        }
    }
}

fn mrt(octets: &[u8], peers: &mut Arc<[Peer]>) -> Front {
    match record(octets) {
        Ok(Some(found)) => {
            // The peers of a table are needed by every record behind them.
            if (found.kind, found.subtype) == (13, 1)
                && let Ok(Body::PeerIndexTable(table)) = found.decode()
            {
                *peers = table.peers().collect();
            }
            Front::Whole(found.len, Kind::Record)
        }
        Ok(None) => Front::Part,
        Err(fault) => Front::Broken(format!("no MRT record begins here: {fault}")),
    }
}

fn bmp(octets: &[u8], router: &mut Router) -> Front {
    match bmp_cut(octets) {
        Cut::Whole(len) => {
            let session = router.look(octets.get(..len).unwrap_or_default());
            Front::Whole(len, Kind::Bmp(session))
        }
        Cut::Part => Front::Part,
        Cut::Lost(_) => Front::Broken("no BMP message begins here".to_owned()),
    }
}

/// A message; where its header lies, all octets up to the next marker.
fn bgp(octets: &[u8], last: bool, opens: &mut Opens) -> Front {
    let len = match bgp_cut(octets) {
        Cut::Whole(len) => len,
        Cut::Part => return Front::Part,
        Cut::Lost(Some(len)) => len,
        Cut::Lost(None) if last || octets.len() > 2 * usize::from(u16::MAX) => octets.len(),
        Cut::Lost(None) => return Front::Part,
    };
    opens.look(0, octets.get(..len).unwrap_or_default());
    Front::Whole(len, Kind::Bgp(opens.session(0)))
}

fn line(octets: &[u8], last: bool) -> Front {
    let octets = match octets.strip_prefix(b"\xef\xbb\xbf") {
        Some(_) => return Front::Blank(3),
        None => octets,
    };
    let end = octets.iter().position(|c| *c == b'\n');
    match end.map(|at| at + 1).or_else(|| last.then_some(octets.len())) {
        None => Front::Part,
        Some(n) if octets.iter().take(n).all(u8::is_ascii_whitespace) => Front::Blank(n),
        Some(n) => Front::Whole(n, Kind::Line),
    }
}
