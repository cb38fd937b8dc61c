//! The timeline as a picture: a row a moment, a column an end, time from left to right.

use super::document::{EndEvidence, Evidence, Point};
use crate::table::micros;
use svg::Document;
use svg::node::element::{Circle, Line, Rectangle, Text, Title};

const WIDTH: i64 = 960;
/// Where the axis begins and how long it is; text stands beside it.
const LEFT: i64 = 24;
const SPAN: i64 = WIDTH - 2 * LEFT;
const TOP: i64 = 64;
const ROW: i64 = 20;
/// Ticks of the axis at most.
const TICKS: u64 = 8;

/// Draws it.
pub(crate) fn picture(evidence: &Evidence) -> String {
    let points = || evidence.ends.iter().flat_map(|end| &end.timeline).map(|point| point.us);
    let axis = Axis::new(points().min().unwrap_or(0), points().max().unwrap_or(0));
    let rows: usize = evidence.ends.iter().map(|end| end.timeline.len() + 1).sum();
    let height = TOP + i64::try_from(rows).unwrap_or(i64::MAX / 64) * ROW + ROW;
    let mut picture = Document::new()
        .set("viewBox", (0, 0, WIDTH, height))
        .set("font-family", "sans-serif")
        .set("font-size", 12)
        .add(Title::new(format!("Drill of {}", evidence.leg)))
        .add(Rectangle::new().set("width", WIDTH).set("height", height).set("fill", "white"))
        .add(words(LEFT, 24, &format!("Drill of {}, {}", evidence.leg, evidence.began)).set("font-size", 15));
    picture = axis.drawn(picture, height);
    let mut y = TOP;
    for end in &evidence.ends {
        y += ROW;
        picture = picture.add(words(LEFT, y, &format!("at the {}", end.end)).set("font-weight", "bold"));
        for point in &end.timeline {
            y += ROW;
            picture = drawn(picture, &axis, end, point, y);
        }
    }
    picture.to_string()
}

fn words(x: i64, y: i64, text: &str) -> Text {
    Text::new(text).set("x", x).set("y", y).set("fill", "#222")
}

/// One moment: a dot at its time, and what it is on the side where there is room.
fn drawn(picture: Document, axis: &Axis, end: &EndEvidence, point: &Point, y: i64) -> Document {
    let x = axis.x(point.us);
    let detail = point.detail.as_ref().map(|detail| format!(": {detail}")).unwrap_or_default();
    let text = format!("{}{detail} ({} us)", point.what, point.us);
    let (place, anchor) = if x < WIDTH / 2 { (x + 8, "start") } else { (x - 8, "end") };
    let colour = if end.end == "carrier" { "#1f6fb2" } else { "#b2521f" };
    let guide = Line::new().set("x1", LEFT).set("x2", LEFT + SPAN).set("y1", y - 4).set("y2", y - 4);
    picture
        .add(guide.set("stroke", "#eee"))
        .add(Circle::new().set("cx", x).set("cy", y - 4).set("r", 4).set("fill", colour))
        .add(words(place, y, &text).set("text-anchor", anchor))
}

/// Time from left to right, microseconds.
struct Axis {
    from: i64,
    length: u64,
}

impl Axis {
    fn new(from: i64, to: i64) -> Self {
        Self { from, length: to.abs_diff(from).max(1) }
    }

    fn x(&self, us: i64) -> i64 {
        let after = u128::from(us.abs_diff(self.from)).min(self.length.into());
        let span = u128::from(SPAN.unsigned_abs());
        LEFT + i64::try_from(after * span / u128::from(self.length)).unwrap_or(SPAN)
    }

    /// The distance of two ticks: 1, 2 or 5 times a power of ten.
    fn step(&self) -> u64 {
        let powers = (0..19).map(|power| 10_u64.pow(power));
        let mut steps = powers.flat_map(|power| [1, 2, 5].map(|n: u64| n.saturating_mul(power)));
        steps.find(|step| self.length / step <= TICKS).unwrap_or(self.length)
    }

    fn drawn(&self, mut picture: Document, height: i64) -> Document {
        let step = i64::try_from(self.step()).unwrap_or(i64::MAX);
        let first = self.from.div_euclid(step).saturating_mul(step);
        let to = self.from.saturating_add_unsigned(self.length);
        let ticks = (0..).map(|n: i64| first.saturating_add(n.saturating_mul(step)));
        for us in ticks.skip_while(|us| *us < self.from).take_while(|us| *us <= to).take(16) {
            let x = self.x(us);
            let sign = if us < 0 { "-" } else { "" };
            let line = Line::new().set("x1", x).set("x2", x).set("y1", TOP - 8).set("y2", height - ROW / 2);
            let label = words(x, TOP - 12, &format!("{sign}{}", micros(us.unsigned_abs())));
            picture = picture.add(line.set("stroke", "#ccc")).add(label.set("text-anchor", "middle"));
        }
        picture
    }
}

#[cfg(test)]
mod tests {
    use super::super::evidence::evidence;
    use super::super::evidence::tests::{MARKS, leg, notes, orders};
    use super::*;

    /// (from, to, distance of ticks)
    #[test]
    fn ticks() {
        for (from, to, step) in [
            (0, 0, 1),
            (0, 8, 1),
            (0, 9, 2),
            (-1_000, 3_110_000, 500_000),
            (0, 900_000, 200_000),
            (i64::MIN, i64::MAX, 5_000_000_000_000_000_000),
        ] {
            assert_eq!(Axis::new(from, to).step(), step, "{from} to {to}");
        }
    }

    #[test]
    fn the_axis_has_both_ends() {
        let axis = Axis::new(-500, 1_500);
        assert_eq!([-500, 500, 1_500].map(|us| axis.x(us)), [LEFT, LEFT + SPAN / 2, LEFT + SPAN]);
    }

    #[test]
    fn every_moment_is_there_and_hostile_text_stays_text() {
        let mut noted = notes();
        noted.moments[1].detail = Some("<script>&\"".to_owned());
        let seen = vec![(leg(64500, "edge-1"), noted), (leg(8075, "fra-1"), notes())];
        let text = picture(&evidence(&orders(false), String::new(), MARKS, seen));
        assert!(text.starts_with("<svg") && text.trim_end().ends_with("</svg>"), "{text}");
        assert_eq!(text.matches("<circle").count(), 20);
        for part in ["at the carrier", "at the far end", "BFD silenced (0 us)", "BGP Established", "500 ms"] {
            assert!(text.contains(part), "{part}\n{text}");
        }
        assert!(!text.contains("<script>"), "{text}");
    }
}
