//! `voicepeer drill`: one leg is taken down on purpose, measured from both ends, and restored.

mod course;
pub(crate) mod document;
mod evidence;
mod files;
mod picture;
mod report;
mod steps;
mod watch;
mod way;

pub(crate) use course::{Ends, Orders, course};
pub(crate) use files::Files;
pub(crate) use report::print;
pub(crate) use watch::Watch;
pub(crate) use way::Way;

use crate::cli::Drill;
use crate::diagnostic::BadInput;
use crate::run::Signals;

/// Drills a leg, writes the evidence, and returns the exit status.
pub(crate) async fn drill(asked: Drill) -> Result<u8, BadInput> {
    let Drill { leg, drain, accept_loss, hold, patience, out, json, control, far_end } = asked;
    let files = Files::new(out)?;
    let mut signals = Signals::new()?;
    let other = match &far_end {
        Some(path) => Some(Way::to(path).await?),
        None => None,
    };
    let mut ends = Ends { asked: Way::to(&control).await?, other };
    let orders = Orders { leg, drain, accept_loss, hold, patience };
    let evidence = tokio::select! {
        evidence = course(&mut ends, &orders) => evidence?,
        () = signals.any() => {
            // The daemons restore what the drill began when its connections go.
            return Err(BadInput::new("the drill was stopped by a signal; the daemons restore the leg"));
        }
    };
    let written = files.write(&evidence)?;
    if json {
        println!("{written}");
    } else {
        print(&evidence);
        println!("The evidence is in {}", files.folder().display());
    }
    Ok(u8::from(!evidence.as_expected))
}
