//! `voicepeer decode`: what files and captures hold, as text or JSON.

mod bfd;
mod bmp;
pub(crate) mod input;
mod json;
mod message;
mod mrt;
mod pipeline;
mod plain;
mod progress;
mod routes;
mod shown;
mod text;

use crate::cli::DecodeFormat;
use crate::diagnostic::BadInput;
pub(crate) use input::unwrapped;
use input::{Batch, Flow, Input, Item, Payload};
use pipeline::{Done, Feed};
use progress::Progress;
use shown::Shown;
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use text::Styles;

/// Exit status where an input breaks off, or something in it cannot be read.
const BROKEN: u8 = 1;

/// How to write.
struct Form {
    format: DecodeFormat,
    styles: Styles,
    /// What the inputs are called.
    names: Vec<String>,
}

/// Decodes the files to standard output, and returns the exit status.
pub(crate) fn decode(files: &[PathBuf], format: DecodeFormat) -> Result<u8, BadInput> {
    let read = Arc::new(AtomicU64::new(0));
    let inputs =
        files.iter().map(|path| Input::open(path, Arc::clone(&read))).collect::<Result<Vec<_>, _>>()?;
    let names = inputs.iter().map(|input| input.name().to_owned()).collect();
    let colours = io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let styles = if colours { Styles::colours() } else { Styles::default() };
    let form = Form { format, styles, names };
    let progress = Progress::of(files, read);
    let mut out = io::stdout().lock();
    let mut status = 0;
    let (bad, written) = pipeline::run(
        move |feed| inputs.into_iter().enumerate().try_for_each(|(number, input)| give(feed, number, input)),
        |batch, input| form.write(batch, input),
        |done, flush| {
            out.write_all(&done.text)?;
            if flush || !done.broken.is_empty() {
                out.flush()?;
            }
            for line in &done.broken {
                status = BROKEN;
                progress.say(line);
            }
            progress.update();
            Ok(())
        },
    );
    progress.end();
    match written.and_then(|()| out.flush()) {
        // Whoever reads has had enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(status),
        Err(error) => return Err(BadInput::new(format!("cannot write: {error}"))),
        Ok(()) => {}
    }
    bad.unwrap_or_else(|| Err(BadInput::new("the thread that reads has failed"))).map(|()| status)
}

/// Sends an input to the decoders. When nobody takes it any more, that is all.
fn give(feed: &Feed, number: usize, input: Input) -> Result<(), BadInput> {
    let mut each = |batch| match feed.send(batch, number) {
        Ok(()) => Flow::Continue(()),
        Err(_) => Flow::Break(()),
    };
    input.read(&mut each).map(|_| ())
}

impl Form {
    /// The output of a batch.
    fn write(&self, batch: &Batch, input: usize) -> Done {
        let mut done = Done { text: Vec::new(), broken: Vec::new() };
        let mut block = String::new();
        batch.for_each(&mut |item| match &item.payload {
            Payload::Note(note) if note.is_broken() => done.broken.push(self.broken(item, note, input)),
            _ => self.item(&mut done.text, &mut block, item, input),
        });
        done
    }

    fn item(&self, out: &mut Vec<u8>, block: &mut String, item: &Item<'_>, input: usize) {
        let file = self.names.get(input).filter(|_| self.names.len() > 1).map(String::as_str);
        let shown = Shown::of(item);
        // Writing to memory does not fail.
        match self.format {
            DecodeFormat::Json => {
                let _ = json::write(out, item, &shown, file);
            }
            DecodeFormat::Text => {
                block.clear();
                let _ = text::write(block, item, &shown, file, &self.styles);
                out.extend_from_slice(block.as_bytes());
            }
        }
    }

    fn broken(&self, item: &Item<'_>, note: &input::Note, input: usize) -> String {
        let name = self.names.get(input).map_or("", String::as_str);
        let input::Place { number, offset } = item.place;
        match note {
            input::Note::Line(why) => format!("{name}: line {number}, octet {offset}: {why}"),
            _ => format!("{name}: broken at octet {offset}: {note}"),
        }
    }
}
