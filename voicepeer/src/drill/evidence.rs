//! What the notes of both ends come to.

use super::course::Orders;
use super::document::{Cease, EndEvidence, Evidence, Kind, Leg, Moment, Notes, Point};
use crate::decode::input::Time;
use crate::table::micros;
use bgp_policy::voice::far_end;
use std::time::SystemTime;

/// Detection must be faster than this (VP-BFD), in microseconds.
const SUBSECOND: u64 = 1_000_000;

/// When the drill did what, microseconds of the monotonic clock.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Marks {
    pub(crate) drained: Option<u64>,
    pub(crate) cut: u64,
    pub(crate) mended: u64,
}

/// The evidence of a drill that was played to its end: where BFD was silenced, then the other end.
pub(crate) fn evidence(orders: &Orders, began: String, marks: Marks, seen: Vec<(Leg, Notes)>) -> Evidence {
    let ends: Vec<EndEvidence> =
        seen.into_iter().map(|(leg, notes)| at_one_end(leg, &notes, marks)).collect();
    let problems: Vec<String> = ends.iter().flat_map(|end| problems(end, orders)).collect();
    let mut notes = Vec::new();
    if let [only] = ends.as_slice() {
        notes.push(format!(
            "measured at the {} alone: the other end was not asked (--far-end names its control socket)",
            only.end
        ));
    }
    let unspecific = ends.iter().filter(|end| end.cease == Some(Cease::Unspecific));
    notes.extend(unspecific.map(|end| {
        format!("{}: the Cease gives no reason, as one from before RFC 9384; BFD was silenced, and nothing else done", end.end)
    }));
    Evidence {
        leg: orders.leg.clone(),
        began,
        as_expected: problems.is_empty(),
        problems,
        notes,
        drained_first: orders.drain,
        hold_ms: u64::try_from(orders.hold.as_millis()).unwrap_or(u64::MAX),
        detection_time_us: ends.iter().filter_map(|end| end.leg.detection_time_us).max(),
        ends,
    }
}

/// The time on the wall, RFC 3339.
#[expect(clippy::disallowed_methods, reason = "a drill says when it was")]
pub(crate) fn now() -> String {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Time::micros(since.as_secs(), since.subsec_micros()).to_string()
}

fn at_one_end(leg: Leg, notes: &Notes, marks: Marks) -> EndEvidence {
    let Marks { drained, cut, mended } = marks;
    let after = |at: Option<u64>, from: u64| at.and_then(|at| at.checked_sub(from));
    let first = |kind, from| notes.first(kind, from);
    let at = |moment: Option<&Moment>| moment.map(|moment| moment.at_us);
    let (bfd, session) = (first(Kind::BfdDown, cut), first(Kind::SessionDown, cut));
    let moved_first = notes.off_leg_us.filter(|at| *at < cut);
    EndEvidence {
        end: if leg.asn == far_end::ASN.0 { "far end" } else { "carrier" },
        drained_us: drained.and_then(|from| after(moved_first, from)),
        detected_us: after(at(bfd), cut),
        diagnostic: bfd.and_then(|moment| moment.detail.clone()),
        session_down_us: after(at(session), cut),
        cease: session.and_then(|moment| moment.cease),
        reason: session.and_then(|moment| moment.detail.clone()),
        withdrawn_us: after(notes.withdrawn_us, cut),
        off_leg_us: after(notes.off_leg_us, cut),
        moved: if leg.best == 0 { 0 } else { notes.moved },
        lost: if leg.best == 0 { 0 } else { notes.lost },
        bfd_up_us: after(at(first(Kind::BfdUp, mended)), mended),
        established_us: after(at(first(Kind::Established, mended)), mended),
        end_of_rib_us: after(at(first(Kind::EndOfRib, mended)), mended),
        restored_us: after(notes.restored_us, mended),
        timeline: timeline(&leg, notes, cut),
        leg,
    }
}

/// What was noted, and what became of the prefixes, in the order of time.
fn timeline(leg: &Leg, notes: &Notes, cut: u64) -> Vec<Point> {
    let us = |at: u64| i64::try_from(at).unwrap_or(i64::MAX).saturating_sub_unsigned(cut);
    let prefixes = [
        (notes.off_leg_us.filter(|_| leg.best > 0), "no best path on the leg"),
        (notes.withdrawn_us, "the leg's routes withdrawn"),
        (notes.restored_us, "the leg's routes restored"),
    ];
    let prefixes =
        prefixes.into_iter().filter_map(|(at, what)| Some(Point { us: us(at?), what, detail: None }));
    let moments = notes.moments.iter();
    let moments = moments.map(|m| Point { us: us(m.at_us), what: m.what.words(), detail: m.detail.clone() });
    let mut all: Vec<Point> = moments.chain(prefixes).collect();
    all.sort_by_key(|point| point.us);
    all
}

/// What is not as it must be at one end.
fn problems(end: &EndEvidence, orders: &Orders) -> Vec<String> {
    let mut all = Vec::new();
    let mut object = |holds: bool, what: String| {
        if holds {
            all.push(format!("{}: {what}", end.end));
        }
    };
    object(end.detected_us.is_none(), "BFD did not go Down".to_owned());
    if let Some(late) = end.detected_us.filter(|us| *us >= SUBSECOND) {
        object(true, format!("BFD went Down after {}, later than one second (VP-BFD)", micros(late)));
    }
    match &end.reason {
        None => object(true, "the BGP session did not end".to_owned()),
        Some(reason) => object(end.cease.is_none(), format!("the BGP session did not end for BFD: {reason}")),
    }
    object(end.withdrawn_us.is_none(), "the leg's routes were not withdrawn".to_owned());
    let stayed = end.leg.best > 0 && end.off_leg_us.is_none() && end.drained_us.is_none();
    object(stayed, "best paths stayed on the leg".to_owned());
    let loss = end.lost > 0 && !orders.accept_loss;
    object(loss, format!("{} prefixes had no other leg", end.lost));
    let undrained = orders.drain && end.leg.best > 0 && end.drained_us.is_none();
    object(undrained, "the drain did not move all best paths off the leg".to_owned());
    object(end.established_us.is_none(), "the BGP session did not come back".to_owned());
    object(end.restored_us.is_none(), "not all routes of the leg came back".to_owned());
    all
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::document::{Other, Standing};
    use super::*;
    use std::time::Duration;

    fn moment(at_us: u64, what: Kind, detail: &str, cease: Option<Cease>) -> Moment {
        Moment { at_us, what, detail: Some(detail.to_owned()).filter(|d| !d.is_empty()), cease }
    }

    pub(crate) fn leg(asn: u32, peer: &str) -> Leg {
        let standing = Standing { state: "Established".to_owned(), bfd: Some("Up".to_owned()) };
        Leg {
            asn,
            peer: peer.to_owned(),
            connection: "fra-1".to_owned(),
            address: "192.0.2.1".to_owned(),
            standing: standing.clone(),
            detection_time_us: Some(900_000),
            prefixes: 280,
            best: 280,
            uncovered: Vec::new(),
            others: vec![Other { peer: "edge-2".to_owned(), standing }],
        }
    }

    /// BFD silenced at 1000 us, mended at 2,000,000 us.
    pub(crate) fn notes() -> Notes {
        Notes {
            moments: vec![
                moment(1_000, Kind::Cut, "", None),
                moment(851_000, Kind::BfdDown, "Control Detection Time Expired", None),
                moment(851_400, Kind::SessionDown, "BFD went down", Some(Cease::Sent)),
                moment(2_000_000, Kind::Mended, "", None),
                moment(3_000_000, Kind::BfdUp, "", None),
                moment(3_100_000, Kind::Established, "", None),
                moment(3_110_000, Kind::EndOfRib, "", None),
            ],
            off_leg_us: Some(851_900),
            moved: 280,
            lost: 0,
            withdrawn_us: Some(851_900),
            restored_us: Some(3_111_000),
        }
    }

    pub(crate) fn orders(drain: bool) -> Orders {
        let (hold, patience) = (Duration::ZERO, Duration::from_secs(1));
        Orders { leg: "edge-1".to_owned(), drain, accept_loss: false, hold, patience }
    }

    pub(crate) const MARKS: Marks = Marks { drained: None, cut: 1_000, mended: 2_000_000 };

    #[test]
    fn times_count_from_what_the_drill_did() {
        let seen = vec![(leg(64500, "edge-1"), notes()), (leg(8075, "fra-1"), notes())];
        let evidence = evidence(&orders(false), String::new(), MARKS, seen);
        assert_eq!((evidence.as_expected, &evidence.problems, &evidence.notes), (true, &vec![], &vec![]));
        let [carrier, far] = evidence.ends.as_slice() else { panic!("{evidence:?}") };
        assert_eq!((carrier.end, far.end), ("carrier", "far end"));
        assert_eq!(
            [carrier.detected_us, carrier.session_down_us, carrier.withdrawn_us, carrier.off_leg_us],
            [Some(850_000), Some(850_400), Some(850_900), Some(850_900)]
        );
        assert_eq!(
            [carrier.bfd_up_us, carrier.established_us, carrier.end_of_rib_us, carrier.restored_us],
            [Some(1_000_000), Some(1_100_000), Some(1_110_000), Some(1_111_000)]
        );
        assert_eq!((carrier.cease, carrier.moved, carrier.lost), (Some(Cease::Sent), 280, 0));
        let times: Vec<i64> = carrier.timeline.iter().map(|point| point.us).collect();
        assert!(times.is_sorted() && times[0] == 0 && times.len() == 10, "{times:?}");
    }

    #[test]
    fn what_moved_by_a_drain_is_the_drains() {
        let drained = Notes { off_leg_us: Some(900), ..notes() };
        let marks = Marks { drained: Some(400), ..MARKS };
        let evidence = evidence(&orders(true), String::new(), marks, vec![(leg(64500, "edge-1"), drained)]);
        assert_eq!((evidence.ends[0].drained_us, evidence.ends[0].off_leg_us), (Some(500), None));
        assert!(evidence.as_expected, "{:?}", evidence.problems);
        assert!(evidence.notes[0].starts_with("measured at the carrier alone"), "{:?}", evidence.notes);
    }

    #[test]
    fn a_cease_without_a_reason_is_noted() {
        let mut notes = notes();
        notes.moments[2].cease = Some(Cease::Unspecific);
        let evidence = evidence(&orders(false), String::new(), MARKS, vec![(leg(64500, "edge-1"), notes)]);
        assert!(evidence.as_expected, "{:?}", evidence.problems);
        assert!(evidence.notes[1].starts_with("carrier: the Cease gives no reason"), "{:?}", evidence.notes);
    }

    /// (change to notes in order, what is objected to)
    #[test]
    fn problems_are_named() {
        let cases: [(fn(&mut Notes), &str); 6] = [
            (
                |n| n.moments[1].at_us = 1_001_000,
                "carrier: BFD went Down after 1.000 s, later than one second (VP-BFD)",
            ),
            (
                |n| {
                    n.moments[2].cease = None;
                    n.moments[2].detail = Some("the hold time passed without a message".to_owned());
                },
                "carrier: the BGP session did not end for BFD: the hold time passed without a message",
            ),
            (|n| n.lost = 3, "carrier: 3 prefixes had no other leg"),
            (|n| n.off_leg_us = None, "carrier: best paths stayed on the leg"),
            (|n| n.withdrawn_us = None, "carrier: the leg's routes were not withdrawn"),
            (|n| n.restored_us = None, "carrier: not all routes of the leg came back"),
        ];
        for (change, want) in cases {
            let mut notes = notes();
            change(&mut notes);
            let evidence =
                evidence(&orders(false), String::new(), MARKS, vec![(leg(64500, "edge-1"), notes)]);
            assert_eq!(evidence.problems, [want]);
            assert!(!evidence.as_expected);
        }
        let nothing =
            evidence(&orders(true), String::new(), MARKS, vec![(leg(64500, "edge-1"), Notes::default())]);
        assert_eq!(nothing.problems.len(), 7, "{:?}", nothing.problems);
    }
}
