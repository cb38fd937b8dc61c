//! `voicepeer bfd show|history|margin`: what a running daemon's flight recorders have.

mod answer;
pub(crate) mod document;
mod text;

pub(crate) use answer::document;

use crate::cli::AskedBfd;
use crate::control::client::ask;
use crate::control::document::Request;
use crate::diagnostic::BadInput;
use document::{Margins, Recording, Summary};
use serde::Serialize;

/// `bfd show`
pub(crate) fn show(asked: &AskedBfd) -> Result<(), BadInput> {
    print(asked, Summary::from, text::show)
}

/// `bfd history`
pub(crate) fn history(asked: &AskedBfd) -> Result<(), BadInput> {
    print(asked, |recording| recording, text::history)
}

/// `bfd margin`
pub(crate) fn margin(asked: &AskedBfd) -> Result<(), BadInput> {
    print(asked, Margins::from, text::margin)
}

fn print<T: Serialize>(
    asked: &AskedBfd,
    part: impl FnOnce(Recording) -> T,
    text: impl FnOnce(&T),
) -> Result<(), BadInput> {
    let part = part(ask(&asked.control, &Request::Recording(asked.peer.clone()))?);
    if asked.json {
        let document = serde_json::to_value(&part).map_err(|e| BadInput::new(e.to_string()))?;
        println!("{document:#}");
    } else {
        text(&part);
    }
    Ok(())
}
