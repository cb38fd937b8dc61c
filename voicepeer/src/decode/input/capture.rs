//! pcap and pcapng: frames, their times, and the messages and packets in them.

use super::batch::{Batch, Kind};
use super::flow::{Flows, end};
use super::fragments::{Fragments, Seen};
use super::item::{Ends, Note, Place};
use super::link::{Datagram, Fragment, Inside, inside, transport};
use super::time::Time;
use super::window::{More, Window};
use super::{Each, Flow};
use pcap_parser::{
    Block, InterfaceDescriptionBlock, LegacyPcapReader, PcapBlockOwned, PcapError, PcapNGReader,
    traits::PcapReaderIterator,
};
use std::ops::ControlFlow;

/// Octets that the reader begins with; it grows to the longest frame there is, up to [`WIDEST`].
const BUFFER: usize = 1 << 18;
const WIDEST: usize = 1 << 25;

/// Ports of BFD control packets: one hop, echo, several hops, LAG members (RFC 5881, 5883, 7130).
const BFD: [u16; 4] = [3784, 3785, 4784, 6784];
/// The port of seamless BFD (RFC 7881), which the answers come from.
const SEAMLESS_BFD: u16 = 7784;

/// An interface of a capture.
#[derive(Clone, Copy, Debug)]
struct Interface {
    link: u32,
    /// Parts of a second that its times count.
    resolution: u64,
    /// Seconds to add to its times.
    offset: i64,
}

/// What is known of a capture so far.
#[derive(Default)]
struct Capture {
    interfaces: Vec<Interface>,
    fragments: Fragments,
    flows: Flows,
    frames: u64,
    /// Link types that were said to be unread.
    unread: Vec<u32>,
    batch: Batch,
}

/// Gives what the capture holds to `each`, batch by batch.
pub(super) fn read(mut window: Window, each: &mut Each<'_>) -> Flow {
    // The readers want the header of the capture at once. What is amiss with it is theirs to say.
    while window.octets().len() < header_len(window.octets()) && matches!(window.more(), Ok(More::Read)) {}
    let pcapng = window.octets().starts_with(&[0x0a, 0x0d, 0x0d, 0x0a]);
    let mut capture = Capture::default();
    let reader: Result<Box<dyn PcapReaderIterator>, _> = if pcapng {
        PcapNGReader::new(BUFFER, window).map(|reader| Box::new(reader) as _)
    } else {
        LegacyPcapReader::new(BUFFER, window).map(|reader| Box::new(reader) as _)
    };
    let broken = match reader {
        Ok(mut reader) => blocks(reader.as_mut(), &mut capture, each)?,
        Err(error) => Some((0, why(&error))),
    };
    let offset = broken.as_ref().map_or(0, |(offset, _)| *offset);
    capture.fragments.end(&mut lost(&mut capture.batch));
    capture.flows.end(Place { number: capture.frames, offset }, &mut capture.batch);
    if let Some((offset, why)) = broken {
        let place = Place { number: capture.frames + 1, offset };
        capture.batch.note(place, None, None, Note::End(why));
    }
    each(capture.batch)
}

/// Octets of the header that a capture begins with: as many as its first block says, where it is pcapng.
fn header_len(octets: &[u8]) -> usize {
    const PCAP: usize = 24;
    let &[0x0a, 0x0d, 0x0d, 0x0a, a, b, c, d, order, ..] = octets else { return PCAP };
    let len = if order == 0x1a { [a, b, c, d] } else { [d, c, b, a] };
    usize::try_from(u32::from_be_bytes(len)).map_or(PCAP, |len| len.clamp(PCAP, BUFFER))
}

/// Where a capture breaks off, and why.
type Broken = Option<(u64, String)>;

fn blocks(
    reader: &mut dyn PcapReaderIterator,
    capture: &mut Capture,
    each: &mut Each<'_>,
) -> ControlFlow<(), Broken> {
    loop {
        let offset = reader.consumed() as u64;
        match reader.next() {
            Ok((len, block)) => {
                capture.block(&block, offset);
                reader.consume(len);
                if capture.batch.is_full() {
                    each(std::mem::take(&mut capture.batch))?;
                }
            }
            Err(PcapError::Eof) => return ControlFlow::Continue(None),
            Err(PcapError::Incomplete(_)) => {
                // Before a read that may have to wait, what is there goes on.
                if !capture.batch.is_empty() {
                    each(std::mem::take(&mut capture.batch))?;
                }
                if let Err(error) = reader.refill() {
                    let why = why(&error);
                    return ControlFlow::Continue(Some((offset, why)));
                }
            }
            Err(PcapError::BufferTooSmall) => {
                if !grow(reader) {
                    return ControlFlow::Continue(Some((offset, why(&PcapError::<()>::BufferTooSmall))));
                }
            }
            Err(error) => return ControlFlow::Continue(Some((offset, why(&error)))),
        }
    }
}

/// Twice the room, where that is not too much.
fn grow(reader: &mut dyn PcapReaderIterator) -> bool {
    let now = reader.data().len().max(BUFFER);
    now < WIDEST && reader.grow(now.saturating_mul(2)) && reader.refill().is_ok()
}

fn why<I>(error: &PcapError<I>) -> String {
    match error {
        PcapError::UnexpectedEof | PcapError::Incomplete(_) | PcapError::Eof => {
            "the capture ends inside a block"
        }
        PcapError::ReadError => "the capture cannot be read or decompressed any further",
        PcapError::BufferTooSmall => "a block that no capture has: longer than 32 MiB",
        _ => "a block that no capture has",
    }
    .to_owned()
}

impl Capture {
    fn block(&mut self, block: &PcapBlockOwned<'_>, offset: u64) {
        match block {
            PcapBlockOwned::LegacyHeader(header) => self.interfaces.push(Interface {
                link: header.network.0.cast_unsigned(),
                resolution: if header.is_nanosecond_precision() { 1_000_000_000 } else { 1_000_000 },
                offset: 0,
            }),
            PcapBlockOwned::Legacy(frame) => {
                let interface = self.interfaces.first().copied();
                let time = interface.and_then(|interface| {
                    let fraction = u64::from(frame.ts_usec).min(interface.resolution - 1);
                    time(u64::from(frame.ts_sec) * interface.resolution + fraction, &interface)
                });
                self.frame(interface, time, frame.data, frame.caplen, offset);
            }
            PcapBlockOwned::NG(block) => self.pcapng(block, offset),
        }
    }

    fn pcapng(&mut self, block: &Block<'_>, offset: u64) {
        match block {
            Block::SectionHeader(_) => self.interfaces.clear(),
            Block::InterfaceDescription(description) => self.interfaces.push(interface(description)),
            Block::EnhancedPacket(frame) => {
                let index = usize::try_from(frame.if_id).unwrap_or(usize::MAX);
                let interface = self.interfaces.get(index).copied();
                let units = u64::from(frame.ts_high) << 32 | u64::from(frame.ts_low);
                let time = interface.and_then(|interface| time(units, &interface));
                self.frame(interface, time, frame.data, frame.caplen, offset);
            }
            Block::SimplePacket(frame) => {
                let interface = self.interfaces.first().copied();
                self.frame(interface, None, frame.data, frame.origlen, offset);
            }
            _ => {}
        }
    }

    /// A frame; `data` may go on behind it.
    fn frame(
        &mut self,
        interface: Option<Interface>,
        time: Option<Time>,
        data: &[u8],
        len: u32,
        offset: u64,
    ) {
        self.frames += 1;
        let place = Place { number: self.frames, offset };
        let frame = usize::try_from(len).ok().and_then(|len| data.get(..len)).unwrap_or(data);
        let Some(Interface { link, .. }) = interface else { return };
        match inside(link, frame) {
            None if self.unread.contains(&link) => {}
            None => {
                self.unread.push(link);
                self.batch.note(place, time, None, Note::LinkType(link));
            }
            Some(inside) => self.inside(&inside, place, time),
        }
    }

    fn inside(&mut self, inside: &Inside<'_>, place: Place, time: Option<Time>) {
        match inside {
            Inside::Tcp(segment) => self.flows.segment(segment, place, time, &mut self.batch),
            Inside::Udp(datagram) => self.datagram(datagram, place, time),
            Inside::Fragment(fragment) => self.fragment(fragment, place, time),
            Inside::Other => {}
        }
    }

    /// What a packet held that is whole again stands where its last fragment stood.
    fn fragment(&mut self, fragment: &Fragment<'_>, place: Place, time: Option<Time>) {
        let Fragment { from, to, protocol, .. } = *fragment;
        let end = |address| super::End { address, port: None, asn: None };
        let seen = Seen { place, time, ends: Ends { from: end(from), to: end(to) } };
        let whole = self.fragments.add(fragment, seen, &mut lost(&mut self.batch));
        if let Some(octets) = whole {
            self.inside(&transport(from, to, protocol, &octets), place, time);
        }
    }

    fn datagram(&mut self, datagram: &Datagram<'_>, place: Place, time: Option<Time>) {
        let Datagram { from, to, octets } = *datagram;
        if BFD.contains(&to.port()) || [from.port(), to.port()].contains(&SEAMLESS_BFD) {
            let ends = Ends { from: end(from), to: end(to) };
            self.batch.push(place, time, Some(ends), Kind::Bfd, octets);
        }
    }
}

/// Tells of a packet that will not be whole, where its first fragment stood.
fn lost(batch: &mut Batch) -> impl FnMut(Seen, Note) {
    |Seen { place, time, ends }, note| batch.note(place, time, Some(ends), note)
}

fn interface(description: &InterfaceDescriptionBlock<'_>) -> Interface {
    Interface {
        link: description.linktype.0.cast_unsigned(),
        resolution: description.ts_resolution().filter(|parts| *parts > 0).unwrap_or(1_000_000),
        offset: description.ts_offset(),
    }
}

/// The time that is so many units of an interface after 1970; `None` where that is beyond all calendars.
fn time(units: u64, interface: &Interface) -> Option<Time> {
    let seconds = (units / interface.resolution).checked_add_signed(interface.offset);
    let seconds = seconds.filter(|seconds| *seconds <= Time::LAST)?;
    let part = u128::from(units % interface.resolution) * 1_000_000_000 / u128::from(interface.resolution);
    let nanos = u32::try_from(part).ok()?;
    Some(match interface.resolution {
        1_000_000 => Time::micros(seconds, nanos / 1000),
        _ => Time::nanos(seconds, nanos),
    })
}
