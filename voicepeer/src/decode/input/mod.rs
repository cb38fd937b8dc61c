//! The input layer: octets of a file or of standard input become [`Item`]s, each with its place.
//!
//! What an input is, is told by its content: gzip and bzip2 around it, then MRT, BMP, pcap, pcapng, BGP
//! messages one behind the other, or lines of JSON. Nothing here says what a message means; the items carry
//! what that depends on.
//!
//! An [`Input`] is opened, and gives [`Batch`]es, which go to other threads as they are; a batch gives its
//! items one by one, borrowed.

mod batch;
mod capture;
mod cut;
mod flow;
mod fragments;
mod item;
mod kind;
mod line;
mod link;
mod router;
mod session;
mod stream;
mod tcp;
mod time;
mod way;
mod window;
mod wrapper;

pub(crate) use batch::Batch;
pub(crate) use item::{End, Item, Note, Other, Payload, Place};
pub(crate) use time::Time;

use crate::diagnostic::BadInput;
use kind::Kind;
use std::fs::File;
use std::io::{Cursor, Read};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use stream::Stream;
use window::{More, Window};
use wrapper::Counted;
pub(crate) use wrapper::unwrapped;

/// Whoever takes the batches says when he has had enough.
pub(crate) type Flow = ControlFlow<()>;
/// Takes a batch.
pub(crate) type Each<'a> = dyn FnMut(Batch) -> Flow + 'a;

/// A file, or standard input, that is still to be read.
pub(crate) struct Input {
    name: String,
    source: Box<dyn Read + Send>,
}

impl Input {
    /// Opens the file; `-` is standard input. What is read of a file is added to `read`.
    pub(crate) fn open(path: &Path, read: Arc<AtomicU64>) -> Result<Self, BadInput> {
        if path == Path::new("-") {
            return Ok(Self { name: "standard input".to_owned(), source: Box::new(std::io::stdin()) });
        }
        let name = path.display().to_string();
        let cannot = |error: std::io::Error| BadInput::new(format!("cannot read {name}: {error}"));
        let source = File::open(path).map_err(cannot)?;
        if source.metadata().map_err(cannot)?.is_dir() {
            return Err(BadInput::new(format!("{name} is a directory")));
        }
        Ok(Self { name, source: Box::new(Counted { source, read }) })
    }

    /// One that is in memory.
    pub(crate) fn of(name: &str, octets: &[u8]) -> Self {
        Self { name: name.to_owned(), source: Box::new(Cursor::new(octets.to_vec())) }
    }

    /// What it is called: the path, or `standard input`.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Gives all of it to `each`. An input that is none of what is known is bad; one that breaks off is not:
    /// the last of its items says so.
    pub(crate) fn read(self, each: &mut Each<'_>) -> Result<Flow, BadInput> {
        let cannot = |error| BadInput::new(format!("cannot read {}: {error}", self.name));
        let mut window = Window::new(unwrapped(self.source).map_err(cannot)?);
        while window.octets().len() < kind::WANTED && window.more().map_err(cannot)? == More::Read {
            if kind::kind(window.octets()).is_some() {
                break;
            }
        }
        if window.octets().is_empty() {
            return Ok(Flow::Continue(()));
        }
        match kind::kind(window.octets()) {
            Some(Kind::Capture) => Ok(capture::read(window, each)),
            Some(kind) => Ok(Stream::new(kind, window).read(each)),
            None => Err(BadInput::new(format!("{} is nothing that can be decoded", self.name)).help(
                "MRT, BMP, pcap, pcapng, BGP messages as they were sent, or lines of JSON with `hex`; \
                 plain, gzip or bzip2",
            )),
        }
    }
}
