//! `voicepeer bfd show|history|margin`: what a running daemon's flight recorders have.

mod answer;
pub(crate) mod document;
mod text;

pub(crate) use answer::document;

use crate::cli::AskedBfd;
use crate::control::client::ask;
use crate::control::document::Request;
use crate::diagnostic::BadInput;
use crate::table::print;
use document::{Margins, Recording, Summary};
use serde::Serialize;

/// `bfd show`
pub(crate) fn show(asked: &AskedBfd) -> Result<(), BadInput> {
    part(asked, Summary::from, text::show)
}

/// `bfd history`
pub(crate) fn history(asked: &AskedBfd) -> Result<(), BadInput> {
    part(asked, |recording| recording, text::history)
}

/// `bfd margin`
pub(crate) fn margin(asked: &AskedBfd) -> Result<(), BadInput> {
    part(asked, Margins::from, text::margin)
}

fn part<T: Serialize>(
    asked: &AskedBfd,
    of: impl FnOnce(Recording) -> T,
    text: impl FnOnce(&mut String, &T),
) -> Result<(), BadInput> {
    let part = of(ask(&asked.control, &Request::Recording(asked.peer.clone()))?);
    if asked.json {
        let document = serde_json::to_value(&part).map_err(|e| BadInput::new(e.to_string()))?;
        print(&format!("{document:#}\n"))
    } else {
        let mut out = String::new();
        text(&mut out, &part);
        print(&out)
    }
}
