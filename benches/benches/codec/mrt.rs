//! MRT files read to the last attribute, by one thread and by as many as the machine has.

use crate::recorded::Recorded;
use crate::rows::{Proof, Row};
use crate::sum::Sum;
use crate::{bgpkit, hand, ours, routecore};
use ::routecore::bgp::message::Message;
use ::routecore::mrt::{Bgp4Mp, MrtFile};
use bgp_wire::mrt::{Bgp4mpMessage, Body, Records, Rib, records};
use bgp_wire::{Received, frame, update};
use bgpkit_parser::BgpkitParser;
use bgpkit_parser::models::{
    Bgp4MpEnum, BgpElem, BgpMessage, ElemType, MrtMessage, MrtRecord, TableDumpV2Message,
};
use std::num::NonZero;
use std::sync::{Mutex, PoisonError};
use std::thread;

/// Octets that one thread takes at a time.
const PART: usize = 1 << 18;

fn ours_message(message: &Bgp4mpMessage<'_>, sum: &mut Sum) {
    let n = message.negotiated();
    let frame = frame(message.message, n.max_message).unwrap().unwrap();
    if let Received::Routes(routes) = update(frame.body, &n).unwrap().update {
        ours::routes(&routes, sum);
    }
}

fn ours_rib(rib: &Rib<'_>, sum: &mut Sum) {
    let prefix = rib.header.prefix;
    for entry in rib.entries() {
        sum.announced += 1;
        sum.prefix(prefix.addr(), prefix.prefix_len());
        let attributes = entry.attributes().unwrap();
        ours::attributes(&attributes.attrs, sum);
        attributes.next_hop.iter().for_each(|hop| sum.next_hop(hop.addr()));
    }
}

fn ours(records: Records<'_>) -> Sum {
    let mut sum = Sum::default();
    for record in records {
        match record.unwrap().decode().unwrap() {
            Body::Message(message) => ours_message(&message, &mut sum),
            Body::Rib(rib) => ours_rib(&rib, &mut sum),
            _ => {}
        }
    }
    sum
}

/// Threads take part after part, which are cut from the headers alone.
fn ours_in_parts(octets: &[u8], threads: usize) -> Sum {
    let parts = Mutex::new(records(octets).parts(PART));
    let next = || parts.lock().unwrap_or_else(PoisonError::into_inner).next();
    let work = || {
        let mut sum = Sum::default();
        while let Some(part) = next() {
            sum += ours(part);
        }
        sum
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let mut sum = Sum::default();
        workers.into_iter().for_each(|worker| sum += worker.join().unwrap());
        sum
    })
}

fn bgpkit_record(record: &MrtRecord, sum: &mut Sum) {
    match &record.message {
        MrtMessage::Bgp4Mp(Bgp4MpEnum::Message(message)) => {
            if let BgpMessage::Update(update) = &message.bgp_message {
                bgpkit::update(update, sum);
            }
        }
        MrtMessage::TableDumpV2Message(TableDumpV2Message::RibAfi(rib)) => {
            let prefix = rib.prefix.prefix;
            for entry in &rib.rib_entries {
                // It may put the prefix into MP_REACH_NLRI, too; once is enough.
                let mut attributes = Sum::default();
                bgpkit::attributes(&entry.attributes, &mut attributes);
                *sum += Sum { announced: 1, prefixes: 0, ..attributes };
                sum.prefix(prefix.addr(), prefix.prefix_len());
            }
        }
        _ => {}
    }
}

fn bgpkit_records(octets: &[u8]) -> Sum {
    let mut sum = Sum::default();
    BgpkitParser::from_reader(octets).into_record_iter().for_each(|r| bgpkit_record(&r, &mut sum));
    sum
}

fn bgpkit_element(element: &BgpElem, sum: &mut Sum) {
    match element.elem_type {
        ElemType::ANNOUNCE => sum.announced += 1,
        ElemType::WITHDRAW => sum.withdrawn += 1,
    }
    sum.prefix(element.prefix.prefix.addr(), element.prefix.prefix.prefix_len());
}

fn bgpkit_elements(octets: &[u8]) -> Sum {
    let mut sum = Sum::default();
    BgpkitParser::from_reader(octets).into_iter().for_each(|element| bgpkit_element(&element, &mut sum));
    sum
}

fn routecore_updates(octets: &[u8]) -> Sum {
    let mut sum = Sum::default();
    for record in MrtFile::new(octets).messages() {
        let Bgp4Mp::MessageAs4(message) = record else { continue };
        if let Message::Update(update) = message.bgp_msg().unwrap() {
            routecore::update(&update, &mut sum).unwrap();
        }
    }
    sum
}

/// It gives the attributes as a copy of their octets.
fn routecore_table(octets: &[u8]) -> Sum {
    let mut sum = Sum::default();
    for (_, _, _, prefix, attributes) in MrtFile::new(octets).rib_entries().unwrap() {
        std::hint::black_box(attributes);
        sum.announced += 1;
        sum.prefix(prefix.addr(), prefix.len());
    }
    sum
}

/// What the rows must read: what bgpkit-parser reads.
pub(crate) fn reference(recorded: &Recorded) -> Sum {
    bgpkit_records(&recorded.octets)
}

pub(crate) fn rows(recorded: &Recorded) -> Vec<Row<'_>> {
    let octets = recorded.octets.as_slice();
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let row = |codec, proof, read: fn(&[u8]) -> Sum| Row::reads("decode", codec, proof, move || read(octets));
    let is_table = octets.get(5) == Some(&13);
    let peer = if is_table {
        row("routecore, attributes copied", Proof::Prefixes, routecore_table)
    } else {
        row("routecore", Proof::Everything, routecore_updates)
    };
    vec![
        row("walk over records", Proof::Nothing, hand::record_walk),
        row("bgp-wire, one thread", Proof::Everything, |octets| ours(records(octets))),
        Row::reads("decode", "bgp-wire, all threads", Proof::Everything, move || {
            ours_in_parts(octets, threads)
        }),
        row("bgpkit-parser records", Proof::Everything, bgpkit_records),
        row("bgpkit-parser elements", Proof::Prefixes, bgpkit_elements),
        peer,
    ]
}
