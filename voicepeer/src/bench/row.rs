//! The rows: what is measured, what of it is shown, and what is asked of it.
use super::daemon::Sessions;
use super::measured::Measured;
use super::summary::median;
use clap::ValueEnum;

/// Rows that are asked for together.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Group {
    /// How late a sleeping thread wakes on this machine.
    Wakeup,
    /// From the end of the detection time until Down is said, at 300, 50, 10, 5 and 1 ms.
    Detection,
    /// How evenly packets come, of one session.
    Lateness,
    /// CPU time and false Downs of 1, 100 and 1000 sessions of 50 ms.
    Cpu,
    /// The most sessions of 10 ms without a flap.
    Most,
    /// From the daemon's start until 1000 sessions are Up.
    Start,
}

/// One row of the table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Row {
    pub(super) group: Group,
    pub(super) sessions: Sessions,
}

/// Tried one after the other, until a session falls.
pub(super) const LADDER: [u32; 8] = [50, 100, 200, 300, 400, 500, 600, 800];

/// Every row of a group.
pub(super) fn rows(group: Group) -> Vec<Row> {
    let row = |(count, interval_us)| Row { group, sessions: Sessions { count, interval_us } };
    let all: &[(u32, u32)] = match group {
        Group::Wakeup => &[(0, 1000)],
        Group::Detection => &[(20, 300_000), (20, 50_000), (20, 10_000), (8, 5_000), (4, 1_000)],
        Group::Lateness => &[(1, 50_000), (1, 10_000)],
        Group::Cpu => &[(1, 50_000), (100, 50_000), (1000, 50_000)],
        Group::Most => &[(800, 10_000)],
        Group::Start => &[(1000, 50_000)],
    };
    all.iter().copied().map(row).collect()
}

/// One number of a row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Figure {
    pub(super) name: &'static str,
    pub(super) unit: &'static str,
    /// What is asked for on an idle machine.
    pub(super) goal: Option<f64>,
    /// More is better; less is, otherwise.
    pub(super) more: bool,
    /// Rounds are added up; their median counts, otherwise.
    sum: bool,
    read: fn(&Measured) -> Option<f64>,
}

impl Figure {
    const fn new(name: &'static str, unit: &'static str, read: fn(&Measured) -> Option<f64>) -> Self {
        Self { name, unit, goal: None, more: false, sum: false, read }
    }

    const fn goal(self, goal: Option<f64>) -> Self {
        Self { goal, ..self }
    }

    const fn sum(self) -> Self {
        Self { sum: true, ..self }
    }

    /// Of all rounds.
    pub(super) fn of(&self, rounds: &[Measured]) -> Option<f64> {
        let values: Vec<f64> = rounds.iter().filter_map(self.read).collect();
        if self.sum && !values.is_empty() { Some(values.iter().sum()) } else { median(values) }
    }

    /// Whether `value` is what was asked for.
    pub(super) fn met(&self, value: f64) -> Option<bool> {
        self.goal.map(|goal| if self.more { value >= goal } else { value <= goal })
    }

    /// How `ours` stands to the better of `others`: below one we are ahead.
    pub(super) fn ratio(&self, ours: f64, others: impl Iterator<Item = f64>) -> Option<f64> {
        if self.more { Some(others.reduce(f64::max)? / ours) } else { Some(ours / others.reduce(f64::min)?) }
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn count(count: u64) -> f64 {
    count as f64
}

impl Row {
    /// What is shown of it.
    pub(super) fn figures(&self) -> Vec<Figure> {
        match self.group {
            Group::Wakeup => vec![
                Figure::new("p50", "us", |m| Some(m.late?.p50)),
                Figure::new("p99", "us", |m| Some(m.late?.p99)),
                Figure::new("p99.9", "us", |m| Some(m.late?.p999)),
                Figure::new("max", "us", |m| Some(m.late?.max)),
            ],
            Group::Detection => self.detection().to_vec(),
            Group::Lateness => vec![
                Figure::new("beyond", "%", |m| m.beyond).goal(self.goal(&[(50_000, 0.0), (10_000, 0.5)])),
                Figure::new("p50", "us", |m| Some(m.late?.p50)),
                Figure::new("p99", "us", |m| Some(m.late?.p99)),
                Figure::new("p99.9", "us", |m| Some(m.late?.p999)),
                Figure::new("max", "us", |m| Some(m.late?.max)),
            ],
            Group::Cpu => vec![
                Figure::new("cpu", "s/s", |m| m.cpu).goal(match self.sessions.count {
                    1 => Some(0.004),
                    100 => Some(0.04),
                    _ => Some(0.25),
                }),
                Figure::new("false Downs", "", |m| Some(count(m.false_downs))).goal(Some(0.0)).sum(),
                Figure::new("starved", "", |m| Some(count(m.starved))).sum(),
            ],
            Group::Most => {
                let most = Figure::new("sessions", "", |m| u64::try_from(m.up?).ok().map(count));
                vec![Figure { more: true, ..most }.goal(Some(400.0))]
            }
            Group::Start => vec![Figure::new("all Up", "s", |m| m.took).goal(Some(0.8))],
        }
    }

    fn detection(&self) -> [Figure; 5] {
        [
            Figure::new("p50", "us", |m| Some(m.overshoot?.p50))
                .goal(self.goal(&[(50_000, 100.0), (10_000, 100.0)])),
            Figure::new("p90", "us", |m| Some(m.overshoot?.p90))
                .goal(self.goal(&[(50_000, 300.0), (10_000, 500.0)])),
            Figure::new("p99", "us", |m| Some(m.overshoot?.p99)),
            Figure::new("max", "us", |m| Some(m.overshoot?.max)),
            Figure::new("false Downs", "", |m| Some(count(m.false_downs + m.early))).sum(),
        ]
    }

    /// The goal at this row's interval.
    fn goal(&self, goals: &[(u32, f64)]) -> Option<f64> {
        goals.iter().find(|(interval, _)| *interval == self.sessions.interval_us).map(|(_, goal)| *goal)
    }

    /// What a reader calls it.
    pub(super) fn title(&self) -> String {
        let Sessions { count, interval_us } = self.sessions;
        let ms = f64::from(interval_us) / 1000.0;
        match self.group {
            Group::Wakeup => "a sleeping thread wakes late".to_owned(),
            Group::Detection => format!("detection overshoot, {count} sessions of {ms} ms"),
            Group::Lateness => format!("packets late, 1 session of {ms} ms"),
            Group::Cpu => format!("{count} sessions of {ms} ms"),
            Group::Most => format!("most sessions of {ms} ms without a flap"),
            Group::Start => format!("from the start until {count} are Up"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_become_one_figure() {
        let round = |cpu, false_downs| Measured { cpu: Some(cpu), false_downs, ..Measured::default() };
        let rounds = [round(0.5, 1), round(0.1, 0), round(0.2, 2)];
        let row = rows(Group::Cpu)[0];
        let values: Vec<Option<f64>> = row.figures().iter().map(|figure| figure.of(&rounds)).collect();
        assert_eq!(values, [Some(0.2), Some(3.0), Some(0.0)]);
        assert!(row.figures().iter().take(1).all(|figure| figure.of(&[]).is_none()));
    }

    #[test]
    fn ahead_is_below_one_whichever_way_is_better() {
        let cpu = rows(Group::Cpu)[0].figures()[0];
        let most = rows(Group::Most)[0].figures()[0];
        for (figure, ours, others, ratio, met) in [
            (cpu, 0.003, [0.006, 0.012], 0.5, true),
            (cpu, 0.008, [0.004, 0.012], 2.0, false),
            (most, 400.0, [200.0, 100.0], 0.5, true),
            (most, 100.0, [200.0, 100.0], 2.0, false),
        ] {
            assert_eq!(figure.ratio(ours, others.into_iter()), Some(ratio));
            assert_eq!(figure.met(ours), Some(met));
        }
        assert_eq!(cpu.ratio(1.0, std::iter::empty()), None);
    }

    #[test]
    fn every_row_has_a_title_of_its_own_and_figures() {
        let all: Vec<Row> = Group::value_variants().iter().flat_map(|group| rows(*group)).collect();
        let titles: std::collections::BTreeSet<String> = all.iter().map(Row::title).collect();
        assert_eq!(titles.len(), all.len());
        assert!(all.iter().all(|row| !row.figures().is_empty()));
    }
}
