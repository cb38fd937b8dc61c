//! Text for people: a line that says when, who and what; what was found; the fields.

use super::input::{Item, Payload};
use super::message::{Message, Said};
use super::plain::{self, Escaped};
use super::shown::Shown;
use owo_colors::{OwoColorize, Style};
use std::fmt::{self, Display, Write};

/// How things are told apart: by colour on a terminal, by nothing elsewhere.
#[derive(Clone, Copy, Default)]
pub(super) struct Styles {
    title: Style,
    good: Style,
    warning: Style,
    bad: Style,
    quiet: Style,
}

impl Styles {
    /// Those of a terminal.
    pub(super) fn colours() -> Self {
        Self {
            title: Style::new().bold(),
            good: Style::new().green(),
            warning: Style::new().yellow(),
            bad: Style::new().red(),
            quiet: Style::new().dimmed(),
        }
    }

    fn of_outcome(&self, outcome: &str) -> Style {
        match outcome {
            "ok" => self.good,
            "attribute-discard" => self.warning,
            _ => self.bad,
        }
    }
}

/// Appends the block of an item; `file` is its name where there is more than one.
pub(super) fn write(
    out: &mut String,
    item: &Item<'_>,
    shown: &Shown<'_>,
    file: Option<&str>,
    styles: &Styles,
) -> fmt::Result {
    place(out, item, file, styles)?;
    match shown {
        Shown::Message(said) => {
            message(out, said, styles)?;
            others(out, item)?;
            plain::write(out, said)?;
        }
        Shown::Bmp(bmp) => {
            write!(out, "{}", bmp.title().style(styles.title))?;
            let findings = bmp.findings.iter().map(|finding| (&finding.fault, finding.section));
            outcome(out, bmp.outcome, styles)?;
            findings
                .into_iter()
                .try_for_each(|(fault, cite)| found(out, fault, bmp.outcome, cite, styles))?;
            plain::write(out, bmp)?;
            if let Some(said) = bmp.message() {
                found_in(out, said, styles)?;
                plain::write(out, said)?;
            }
        }
        Shown::Bfd(bfd) => {
            write!(out, "{}", "BFD".style(styles.title))?;
            outcome(out, bfd.outcome, styles)?;
            bfd.findings.iter().try_for_each(|f| found(out, f.fault, bfd.outcome, f.section, styles))?;
            plain::write(out, bfd)?;
        }
        Shown::Mrt(mrt) => {
            write!(out, "{}", mrt.title().style(styles.title))?;
            plain::write(out, mrt)?;
        }
        Shown::Note(remark) => write!(out, "{}", remark.note.style(styles.warning))?,
    }
    out.push('\n');
    Ok(())
}

/// File, number, time, ends.
fn place(out: &mut String, item: &Item<'_>, file: Option<&str>, styles: &Styles) -> fmt::Result {
    let before = |out: &mut String, what: &dyn Display| write!(out, "{} ", what.style(styles.quiet));
    if let Some(file) = file {
        let mut name = String::new();
        write!(Escaped(&mut name), "{file}")?;
        before(out, &name)?;
    }
    before(out, &format_args!("#{}", item.place.number))?;
    if let Some(time) = item.time {
        before(out, &time)?;
    }
    match item.ends {
        Some(ends) => write!(out, "{} > {}  ", ends.from, ends.to),
        None => Ok(()),
    }
}

fn message(out: &mut String, message: &Message<'_>, styles: &Styles) -> fmt::Result {
    let title = message.kind.map_or("message of an unknown type", bgp_wire::MessageType::name);
    write!(out, "{}", title.style(styles.title))?;
    outcome(out, message.outcome(), styles)?;
    found_in(out, message, styles)
}

/// What was found in a message, and what a speaker answers.
fn found_in(out: &mut String, message: &Message<'_>, styles: &Styles) -> fmt::Result {
    match &message.said {
        Err(refusal) => {
            found(out, &refusal.fault, message.outcome(), refusal.section, styles)?;
            write!(out, "\n    answer NOTIFICATION {}", refusal.code)
        }
        Ok(Said::Update(_)) => {
            let (findings, more) = message.findings();
            for finding in findings {
                write!(out, "\n    {} {finding}", "!".style(styles.of_outcome(finding.severity.name())))?;
            }
            if more > 0 { write!(out, "\n    ! {more} more") } else { Ok(()) }
        }
        Ok(_) => Ok(()),
    }
}

/// An outcome that is not what everybody expects.
fn outcome(out: &mut String, outcome: &str, styles: &Styles) -> fmt::Result {
    if outcome == "ok" { Ok(()) } else { write!(out, "  {}", outcome.style(styles.of_outcome(outcome))) }
}

fn found(out: &mut String, fault: impl Display, outcome: &str, cite: &str, styles: &Styles) -> fmt::Result {
    write!(out, "\n    {} {fault} ({cite})", "!".style(styles.of_outcome(outcome)))
}

/// What a line of the input says besides.
fn others(out: &mut String, item: &Item<'_>) -> fmt::Result {
    let Payload::Bgp { others, .. } = &item.payload else { return Ok(()) };
    for (key, value) in *others {
        out.push_str("\n    ");
        write!(Escaped(out), "{key} {}", value.get())?;
    }
    Ok(())
}
