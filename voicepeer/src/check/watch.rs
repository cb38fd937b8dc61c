//! `check --watch`: looks again and again, and prints what changed.

use super::causes::{Cause, grouped};
use super::{Check, Format, show};
use crate::decode::input::Time;
use crate::diagnostic::BadInput;
use crate::table;
use crate::verdicts::exit_code;
use bgp_policy::voice::{Report, RuleId, State, Subject, Verdict};
use serde_json::json;
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Prints the report, then what changes, until it is told to end; returns the exit status of what was seen last.
pub(crate) fn watch(asked: &Check, every: Duration) -> Result<u8, BadInput> {
    if !matches!(asked.format, Format::Table | Format::Json) {
        let what = "--watch prints changes, which have no form in JUnit XML or Markdown";
        return Err(BadInput::new(what).help("use --format table or --format json"));
    }
    crate::runtime()?.block_on(watching(asked, every))
}

async fn watching(asked: &Check, every: Duration) -> Result<u8, BadInput> {
    let mut ends = [SignalKind::interrupt(), SignalKind::terminate()].map(signal);
    let [Ok(interrupt), Ok(terminate)] = &mut ends else {
        return Err(BadInput::new("cannot listen for SIGINT and SIGTERM"));
    };
    let mut last = asked.look()?;
    first(&last, asked.format)?;
    let mut blind = None;
    while sleeps(every, interrupt, terminate).await {
        match asked.look() {
            Ok(report) => {
                blind = None;
                changed(&last, &report, asked.format)?;
                last = report;
            }
            // A file that is just being written, a daemon that starts again: what was seen stays.
            Err(bad) => {
                let said = bad.to_string();
                if blind.as_ref() != Some(&said) {
                    eprintln!("{}  not looked: {said}", Time::now());
                    blind = Some(said);
                }
            }
        }
    }
    Ok(exit_code(&last))
}

/// Waits; false when the program is told to end.
async fn sleeps(every: Duration, interrupt: &mut Signal, terminate: &mut Signal) -> bool {
    tokio::select! {
        () = tokio::time::sleep(every) => true,
        _ = interrupt.recv() => false,
        _ = terminate.recv() => false,
    }
}

fn first(report: &Report, format: Format) -> Result<(), BadInput> {
    if format == Format::Json {
        return table::print(&format!("{}\n", json!({"time": Time::now(), "report": report})));
    }
    show(report, format)
}

type Key<'a> = (RuleId, &'a Subject);

fn by_subject(report: &Report) -> BTreeMap<Key<'_>, &Verdict> {
    report.verdicts.iter().map(|v| ((v.rule, &v.subject), v)).collect()
}

/// Prints each verdict that is another than before: its state, or what a rule that is not kept was decided by.
fn changed(before: &Report, after: &Report, format: Format) -> Result<(), BadInput> {
    let (was, is) = (by_subject(before), by_subject(after));
    let news: Vec<&Verdict> = is
        .iter()
        .filter(|(key, now)| was.get(*key).is_none_or(|then| differs(then, now)))
        .map(|(_, v)| *v)
        .collect();
    let gone: Vec<&Verdict> = was.iter().filter(|(key, _)| !is.contains_key(*key)).map(|(_, v)| *v).collect();
    if news.is_empty() && gone.is_empty() {
        return Ok(());
    }
    let time = Time::now();
    if format == Format::Json {
        let pair = |v: &Verdict, after| {
            let then = was.get(&(v.rule, &v.subject));
            json!({"rule": v.rule, "subject": v.subject, "before": then, "after": after})
        };
        let came = news.iter().map(|v| pair(v, Some(*v)));
        let changes: Vec<_> = came.chain(gone.iter().map(|v| pair(v, None))).collect();
        return table::print(&format!("{}\n", json!({"time": time, "changes": changes})));
    }
    let mut out = String::new();
    for (then, verdicts) in by_former_state(&was, &news) {
        grouped(verdicts.into_iter()).iter().for_each(|cause| told(time, then, cause, &mut out));
    }
    for cause in grouped(gone.into_iter()) {
        table::line(&mut out, format_args!("{time}  gone (was {})  {}", cause.word(), named(&cause)));
    }
    table::line(&mut out, format_args!("{time}  {}", after.outcome));
    table::print(&out)
}

fn differs(then: &Verdict, now: &Verdict) -> bool {
    let whats = |v: &Verdict| v.evidence.iter().map(|e| e.what.clone()).collect::<Vec<_>>();
    (then.state, then.attested) != (now.state, now.attested)
        || (now.state >= State::Warning && whats(then) != whats(now))
}

fn by_former_state<'a>(
    was: &BTreeMap<Key<'_>, &Verdict>,
    news: &[&'a Verdict],
) -> BTreeMap<&'static str, Vec<&'a Verdict>> {
    let mut former: BTreeMap<&'static str, Vec<&Verdict>> = BTreeMap::new();
    for verdict in news {
        let then = was.get(&(verdict.rule, &verdict.subject));
        let word = then.map_or("new", |v| if v.attested { "was attested" } else { word(v.state) });
        former.entry(word).or_default().push(verdict);
    }
    former
}

const fn word(state: State) -> &'static str {
    match state {
        State::None => "was None",
        State::Verified => "was Verified",
        State::Pending => "was Pending",
        State::Unknown => "was Unknown",
        State::Warning => "was Warning",
        State::Failed => "was Failed",
        State::Invalid => "was Invalid",
    }
}

fn named(cause: &Cause<'_>) -> String {
    let rules = cause.rules().iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    format!("{rules}  {}", cause.subject().replace('\n', " "))
}

fn told(time: Time, then: &str, cause: &Cause<'_>, out: &mut String) {
    table::line(out, format_args!("{time}  {} ({then})  {}", cause.word(), named(cause)));
    if cause.state() > State::Verified {
        cause.facts().iter().for_each(|fact| table::line(out, format_args!("    {fact}")));
        let portal = cause.portal_messages();
        portal.iter().for_each(|says| table::line(out, format_args!("    the portal's error: {says}")));
        cause.remedies().iter().for_each(|what| table::line(out, format_args!("    remedy: {what}")));
    }
}
