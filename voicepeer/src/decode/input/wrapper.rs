//! What an input is wrapped in: nothing, gzip or bzip2, told by its first octets.

use bzip2::read::MultiBzDecoder;
use flate2::read::MultiGzDecoder;
use std::io::{self, Cursor, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Octets that a decompressor is given at once.
const BLOCK: usize = 1 << 17;

/// What is inside `source`.
pub(crate) fn unwrapped(mut source: Box<dyn Read + Send>) -> io::Result<Box<dyn Read + Send>> {
    let mut head = Vec::new();
    source.by_ref().take(10).read_to_end(&mut head)?;
    let gzip = head.starts_with(&[0x1f, 0x8b, 8]);
    let bzip2 = is_bzip2(&head);
    let whole = Cursor::new(head).chain(source);
    Ok(match (gzip, bzip2) {
        (true, _) => Box::new(MultiGzDecoder::new(io::BufReader::with_capacity(BLOCK, whole))),
        (_, true) => Box::new(MultiBzDecoder::new(io::BufReader::with_capacity(BLOCK, whole))),
        _ => Box::new(whole),
    })
}

/// `BZh`, a block size, and the first block or, where it is empty, the end.
fn is_bzip2(head: &[u8]) -> bool {
    const BLOCK: [u8; 6] = [0x31, 0x41, 0x59, 0x26, 0x53, 0x59];
    const END: [u8; 6] = [0x17, 0x72, 0x45, 0x38, 0x50, 0x90];
    let [b'B', b'Z', b'h', b'1'..=b'9', magic @ ..] = head else { return false };
    *magic == BLOCK || *magic == END
}

/// Counts what is read of a file, for the progress bar.
pub(super) struct Counted<R> {
    pub(super) source: R,
    pub(super) read: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let n = self.source.read(to)?;
        self.read.fetch_add(n as u64, Ordering::Relaxed);
        Ok(n)
    }
}
