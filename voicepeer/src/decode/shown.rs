//! An item, decoded: what both forms of output are made from.

use super::bfd::Bfd;
use super::bmp::Bmp;
use super::input::{Item, Payload};
use super::message::Message;
use super::mrt::Mrt;
use serde::Serialize;

/// What a payload says.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Shown<'a> {
    Message(Message<'a>),
    Bmp(Box<Bmp<'a>>),
    Bfd(Bfd),
    Mrt(Mrt<'a>),
    Note(Remark),
}

/// A note.
#[derive(Serialize)]
pub(super) struct Remark {
    #[serde(rename = "type")]
    kind: &'static str,
    pub(super) note: String,
}

impl<'a> Shown<'a> {
    pub(super) fn of(item: &'a Item<'a>) -> Self {
        match &item.payload {
            Payload::Bgp { octets, session, .. } => Self::Message(Message::of(octets, session)),
            Payload::Bmp { octets, session } => Self::Bmp(Box::new(Bmp::of(octets, session.as_ref()))),
            Payload::Bfd { octets } => Self::Bfd(Bfd::of(octets)),
            Payload::Mrt { record, body, peers } => Self::Mrt(Mrt::of(record, body, peers)),
            Payload::Note(note) => Self::Note(Remark { kind: note.name(), note: note.to_string() }),
        }
    }
}
