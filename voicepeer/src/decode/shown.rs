//! An item, decoded: what both forms of output are made from.

use super::bfd::Bfd;
use super::bmp::Bmp;
use super::input::{Item, Note, Payload};
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
    Note(Remark<'a>),
}

/// A note.
#[derive(Serialize)]
pub(super) struct Remark<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(serialize_with = "text")]
    pub(super) note: &'a Note,
}

fn text<S: serde::Serializer>(note: &&Note, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(note)
}

impl<'a> Shown<'a> {
    pub(super) fn of(item: &'a Item<'a>) -> Self {
        match &item.payload {
            Payload::Bgp { octets, session, .. } => Self::Message(Message::of(octets, session)),
            Payload::Bmp { octets, session } => Self::Bmp(Box::new(Bmp::of(octets, session.as_ref()))),
            Payload::Bfd { octets } => Self::Bfd(Bfd::of(octets)),
            Payload::Mrt { record, body, peers } => Self::Mrt(Mrt::of(record, body, peers)),
            Payload::Note(note) => Self::Note(Remark { kind: note.name(), note }),
        }
    }
}
