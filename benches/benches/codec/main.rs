//! The codec beside named peers on the same bytes in one run: ratios count, not nanoseconds.
//!
//! `cargo bench -p benches --bench codec -- [--test] [--passes N] [PART OF A SUBJECT'S NAME]`. `--test` proves every
//! row and runs it once over little; docs/codec.md says what each row does and what numbers came of it. Where the
//! variable `VOICEPEER_CORPUS` names a directory, the MRT files in its `mrt` are read, too.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "the bytes are the bench's own")]

mod allocation;
mod bgpkit;
mod corpus;
mod hand;
mod mrt;
mod netgauze;
mod ours;
mod recorded;
mod report;
mod routecore;
mod rows;
mod sum;

use bgp_wire::Family;
use corpus::Corpus;
use recorded::Recorded;
use rows::Subject;
use std::path::PathBuf;

struct Options {
    test: bool,
    passes: usize,
    only: String,
}

impl Options {
    fn read() -> Self {
        let mut options = Self { test: false, passes: 11, only: String::new() };
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--test" => (options.test, options.passes) = (true, 1),
                "--passes" => options.passes = arguments.next().unwrap().parse().unwrap(),
                // Cargo says so of its own accord.
                "--bench" => {}
                only => options.only = only.into(),
            }
        }
        options
    }

    fn wants(&self, name: &str) -> bool {
        name.contains(&self.only)
    }

    /// `all` in a run that measures, a small part of it in one that only proves.
    fn much(&self, all: usize) -> usize {
        if self.test { all / 50 } else { all }
    }
}

fn updates(corpus: &Corpus, options: &Options) {
    let mut rows = hand::rows(corpus);
    rows.extend(ours::rows(corpus));
    rows.extend(routecore::rows(corpus));
    rows.extend(bgpkit::rows(corpus));
    rows.extend(netgauze::rows(corpus));
    let sum = hand::read_all(&corpus.octets);
    let subject =
        Subject { name: &corpus.name, unit: "UPDATE", count: corpus.len(), octets: &corpus.octets, sum };
    report::print(&subject, &rows::run(rows, &subject, options.passes, hand::read_all));
}

fn records(recorded: &Recorded, options: &Options) {
    let sum = mrt::reference(recorded);
    let Recorded { name, octets, records } = recorded;
    let subject = Subject { name, unit: "record", count: *records, octets, sum };
    report::print(&subject, &rows::run(mrt::rows(recorded), &subject, options.passes, hand::read_all));
}

#[expect(clippy::cast_possible_truncation, reason = "some ten thousand")]
fn main() {
    let options = Options::read();
    let most = options.much(20_000) as u32;
    for family in Family::UNICAST {
        let table = Corpus::table(family, most);
        if options.wants(&table.name) {
            updates(&table, &options);
        }
    }
    let directory = std::env::var_os("VOICEPEER_CORPUS").map(|path| PathBuf::from(path).join("mrt"));
    if let Some(directory) = directory.as_deref().filter(|_| options.wants("captured UPDATEs")) {
        let (captured, malformed) = Corpus::captured(directory, options.much(200_000));
        updates(&captured, &options);
        println!("{malformed} more are End-of-RIB markers or malformed");
    }
    if options.wants(recorded::TABLE) {
        records(&recorded::table(most), &options);
    }
    let Some(directory) = directory else { return };
    let most = options.much(32 << 20);
    if options.wants(recorded::UPDATES) {
        records(&recorded::updates(&directory, most), &options);
    }
    if options.wants(recorded::CAPTURED_TABLE) {
        records(&recorded::captured_table(&directory, most), &options);
    }
}
