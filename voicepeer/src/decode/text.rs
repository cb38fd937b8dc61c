//! Text for people: a line that says when, who and what; what was found; the fields.

use super::bmp::Bmp;
use super::input::{Item, Payload, Time};
use super::message::{Message, Said};
use super::mrt::Mrt;
use super::plain::{self, Escaped};
use super::routes;
use super::shown::Shown;
use bgp_wire::bmp::{PeerHeader, PeerType, PeerUp};
use bgp_wire::{Finding, Open, RouteDistinguisher};
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
            "attribute-discard" | "nlri-discard" => self.warning,
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
            fields(out, said)?;
        }
        Shown::Bmp(said) => bmp(out, said, styles)?,
        Shown::Bfd(bfd) => {
            write!(out, "{}", "BFD".style(styles.title))?;
            outcome(out, bfd.outcome, styles)?;
            bfd.findings.iter().try_for_each(|f| found(out, f.fault, bfd.outcome, f.section, styles))?;
            plain::write(out, bfd, 0)?;
        }
        Shown::Mrt(said) => mrt(out, said, styles)?,
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

/// What a message says.
fn fields(out: &mut String, message: &Message<'_>) -> fmt::Result {
    match &message.said {
        Ok(Said::Update(parsed)) => routes::update(out, &parsed.update),
        _ => plain::write(out, message, 0),
    }
}

fn mrt(out: &mut String, said: &Mrt<'_>, styles: &Styles) -> fmt::Result {
    write!(out, "{}", said.title().style(styles.title))?;
    match said {
        Mrt::StateChange(change) => write!(out, "  {} > {}", change.old, change.new),
        Mrt::Rib { header, routes } => {
            write!(out, "  {} {}", header.afi_safi(), header.prefix)?;
            routes.each().try_for_each(|(from, entry)| {
                let path_id =
                    if header.add_path { format!(", path-id {}", entry.path_id) } else { String::new() };
                let learned = Time::whole(entry.originated);
                let from = from.map_or_else(|| format!("peer {}", entry.peer), |from| from.to_string());
                let of = format_args!("{from}, learned {learned}{path_id}");
                routes::of_table(out, &of, &entry.attributes(), styles)
            })
        }
        Mrt::TableDump(route) => {
            write!(out, "  {}", route.prefix)?;
            let learned = Time::whole(route.originated);
            let of = format_args!("{} AS{}, learned {learned}", route.peer, route.peer_asn);
            routes::of_table(out, &of, &route.attributes(), styles)
        }
        Mrt::PeerIndexTable(_) | Mrt::Other { .. } => plain::write(out, said, 0),
    }
}

fn bmp(out: &mut String, bmp: &Bmp<'_>, styles: &Styles) -> fmt::Result {
    write!(out, "{}", bmp.title().style(styles.title))?;
    outcome(out, bmp.outcome, styles)?;
    bmp.findings.iter().try_for_each(|one| found(out, &one.fault, bmp.outcome, one.section, styles))?;
    if let Some(header) = bmp.peer() {
        peer(out, header)?;
    }
    plain::write(out, bmp, 0)?;
    if let Some(up) = bmp.peer_up() {
        opens(out, up)?;
    }
    match bmp.message() {
        Some(said) => {
            found_in(out, said, styles)?;
            fields(out, said)
        }
        None => Ok(()),
    }
}

/// The peer that a BMP message is about, on a line.
fn peer(out: &mut String, peer: &PeerHeader) -> fmt::Result {
    if peer.kind == PeerType::LocRib {
        write!(out, "\n    Loc-RIB of AS{}, bgp-id {}", peer.asn, peer.bgp_id)?;
    } else {
        let address = peer.address.ip(peer.is_ipv6());
        let table = if peer.is_adj_rib_out() { "adj-rib-out" } else { "adj-rib-in" };
        let policy = if peer.is_post_policy() { "post-policy" } else { "pre-policy" };
        write!(out, "\n    peer {address} AS{}, bgp-id {}, {table} {policy}", peer.asn, peer.bgp_id)?;
    }
    match peer.kind {
        PeerType::Rd => write!(out, ", rd {}", RouteDistinguisher::from(peer.distinguisher))?,
        PeerType::Other(kind) => write!(out, ", type {kind}")?,
        _ if peer.distinguisher != [0; 8] => {
            write!(out, ", instance {:016x}", u64::from_be_bytes(peer.distinguisher))?;
        }
        _ => {}
    }
    match peer.seconds {
        0 => Ok(()),
        seconds => write!(out, ", {}", Time::micros(seconds.into(), peer.microseconds)),
    }
}

/// Both OPENs of a peer that is up.
fn opens(out: &mut String, up: &PeerUp<'_>) -> fmt::Result {
    [("sent", up.sent), ("received", up.received)].into_iter().try_for_each(|(which, body)| {
        write!(out, "\n    {which} OPEN")?;
        match Open::decode(body) {
            Ok(open) => plain::write(out, &open, 1),
            Err(reset) => write!(out, ": {} ({})", reset.fault, reset.fault.cite()),
        }
    })
}

/// What was found in a message, and what a speaker answers.
fn found_in(out: &mut String, message: &Message<'_>, styles: &Styles) -> fmt::Result {
    match &message.said {
        Err(refusal) => {
            let fault = &refusal.fault;
            match refusal.attribute {
                Some(attribute) => {
                    let fault = format_args!("{attribute}: {fault}");
                    found(out, fault, message.outcome(), refusal.section, styles)
                }
                None => found(out, fault, message.outcome(), refusal.section, styles),
            }?;
            write!(out, "\n    answer NOTIFICATION {}", refusal.code)
        }
        Ok(Said::Update(_)) => {
            let (findings, more) = message.findings();
            for one in findings {
                finding(out, *one, 0, styles)?;
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

/// A finding of an attribute, `depth` lines in.
pub(super) fn finding(out: &mut String, finding: Finding, depth: usize, styles: &Styles) -> fmt::Result {
    let mark = "!".style(styles.of_outcome(finding.severity.name()));
    write!(out, "{}{mark} {finding}", plain::line(depth))
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
