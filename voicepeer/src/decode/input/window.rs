//! A window that moves over an input of any length.

use std::io::{self, ErrorKind, Read};

/// Octets read at once.
const BLOCK: usize = 1 << 18;
/// The most octets that one piece of an input can have: an MRT record of the longest, and its header.
const WIDEST: usize = (1 << 24) + (1 << 16);

/// The octets of an input that were read and not yet taken.
pub(super) struct Window {
    source: Box<dyn Read + Send>,
    block: Vec<u8>,
    start: usize,
    end: usize,
    offset: u64,
}

/// What reading on came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum More {
    /// There are more octets now.
    Read,
    /// There are no more.
    End,
    /// As many octets as one piece can have are there and not taken.
    Full,
}

impl Window {
    pub(super) fn new(source: Box<dyn Read + Send>) -> Self {
        Self { source, block: vec![0; BLOCK], start: 0, end: 0, offset: 0 }
    }

    /// What is there.
    pub(super) fn octets(&self) -> &[u8] {
        self.block.get(self.start..self.end).unwrap_or_default()
    }

    /// Octets of the input before what is there.
    pub(super) const fn offset(&self) -> u64 {
        self.offset
    }

    /// Takes the first `n` octets off, or all where there are fewer.
    pub(super) fn take(&mut self, n: usize) {
        let n = n.min(self.end - self.start);
        self.start += n;
        self.offset += n as u64;
    }

    /// Reads once. What is there moves to the front first.
    pub(super) fn more(&mut self) -> io::Result<More> {
        self.block.copy_within(self.start..self.end, 0);
        (self.start, self.end) = (0, self.end - self.start);
        if self.end == self.block.len() {
            if self.end >= WIDEST {
                return Ok(More::Full);
            }
            self.block.resize((self.end * 2).min(WIDEST), 0);
        }
        let n = read(&mut self.source, self.block.get_mut(self.end..).unwrap_or_default())?;
        self.end += n;
        Ok(if n == 0 { More::End } else { More::Read })
    }
}

/// One read that a signal does not cut short.
fn read(source: &mut impl Read, to: &mut [u8]) -> io::Result<usize> {
    loop {
        match source.read(to) {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            done => return done,
        }
    }
}

/// For readers that have a buffer of their own: what is there first, then the source itself.
impl Read for Window {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let there = self.octets();
        if there.is_empty() {
            return read(&mut self.source, to);
        }
        let n = there.len().min(to.len());
        if let (Some(to), Some(from)) = (to.get_mut(..n), there.get(..n)) {
            to.copy_from_slice(from);
        }
        self.take(n);
        Ok(n)
    }
}
