//! UPDATEs written once for all members that keep up; each reads them at its own pace.

use super::audience::Audience;
use crate::path::PeerId;
use alloc::collections::VecDeque;
use alloc::vec::Vec;

/// UPDATEs of one time, and the nets they are about.
#[derive(Default)]
pub(super) struct Chunk {
    pub(super) octets: Vec<u8>,
    segments: Vec<Segment>,
    /// Each place, and who had its net before.
    places: Vec<(u32, Option<Audience>)>,
    /// How many octets of the log are before it.
    start: u64,
}

/// Octets that are for the same members.
struct Segment {
    audience: Audience,
    end: usize,
    messages: u64,
}

impl Chunk {
    /// Notes what has been written since the segment before.
    pub(super) fn close_segment(&mut self, audience: &Audience, messages: u64) {
        let end = self.octets.len();
        match self.segments.last_mut() {
            Some(last) if last.audience == *audience => {
                last.end = end;
                last.messages = last.messages.saturating_add(messages);
            }
            _ => self.segments.push(Segment { audience: audience.clone(), end, messages }),
        }
    }

    /// The net at `at` is in it, which `had` had before.
    pub(super) fn note(&mut self, at: u32, had: Option<Audience>) {
        self.places.push((at, had));
    }

    /// Appends what is for `peer`, and returns how many messages that is.
    fn copy_for(&self, peer: PeerId, buf: &mut Vec<u8>) -> u64 {
        let (mut start, mut messages) = (0, 0u64);
        for segment in &self.segments {
            if segment.audience.includes(peer) {
                buf.extend_from_slice(self.octets.get(start..segment.end).unwrap_or_default());
                messages = messages.saturating_add(segment.messages);
            }
            start = segment.end;
        }
        messages
    }

    fn end(&self) -> u64 {
        self.start.saturating_add(self.octets.len() as u64)
    }
}

/// The chunks that some member has not read yet.
#[derive(Default)]
pub(super) struct Log {
    chunks: VecDeque<Chunk>,
    /// The number of the first of them.
    first: u64,
    /// An old chunk, for its room.
    spare: Chunk,
    octets: u64,
}

impl Log {
    /// The number of the next chunk to be written.
    pub(super) fn end(&self) -> u64 {
        self.first.saturating_add(self.chunks.len() as u64)
    }

    /// Whether everybody has read all of it.
    pub(super) fn is_empty(&self) -> bool {
        self.chunks.is_empty()
    }

    /// A chunk to write.
    pub(super) fn begin(&mut self) -> Chunk {
        let mut chunk = core::mem::take(&mut self.spare);
        chunk.octets.clear();
        chunk.segments.clear();
        chunk.places.clear();
        chunk.start = self.octets;
        chunk
    }

    /// Takes a chunk in; one without octets is nothing that anybody misses.
    pub(super) fn push(&mut self, chunk: Chunk) {
        if chunk.octets.is_empty() {
            self.spare = chunk;
        } else {
            self.octets = chunk.end();
            self.chunks.push_back(chunk);
        }
    }

    fn from(&self, number: u64) -> impl Iterator<Item = &Chunk> {
        let skip = usize::try_from(number.saturating_sub(self.first)).unwrap_or(usize::MAX);
        self.chunks.iter().skip(skip)
    }

    /// Appends what chunk `number` has for `peer`; `None` where it has not been written.
    pub(super) fn read(&self, number: u64, peer: PeerId, buf: &mut Vec<u8>) -> Option<u64> {
        self.from(number).next().map(|chunk| chunk.copy_for(peer, buf))
    }

    /// The places that the chunks from `number` on are about, and whether `peer` had the net before.
    pub(super) fn places_from(&self, number: u64, peer: PeerId) -> impl Iterator<Item = (u32, bool)> {
        let had = move |had: &Option<Audience>| had.as_ref().is_some_and(|had| had.includes(peer));
        self.from(number).flat_map(move |chunk| chunk.places.iter().map(move |(at, by)| (*at, had(by))))
    }

    /// How many octets there are from chunk `number` on.
    pub(super) fn octets_from(&self, number: u64) -> u64 {
        self.from(number).next().map_or(0, |chunk| self.octets.saturating_sub(chunk.start))
    }

    /// Nobody reads chunks before `number` any more.
    pub(super) fn forget_before(&mut self, number: u64) {
        while self.first < number
            && let Some(chunk) = self.chunks.pop_front()
        {
            self.spare = chunk;
            self.first = self.first.saturating_add(1);
        }
    }
}
