//! MRT files from outside this project: every record is counted, decoded and written again to the same octets.
//!
//! `VOICEPEER_CORPUS` names a directory with `mrt/`, files of collectors and daemons, plain, gzip or bzip2;
//! `README.md`, whose rows say what is in each; and `mrt-expect/`, which has for some of them what another
//! reader makes of every prefix, route and change of state, one a line.

#![cfg(test)]

use bgp_wire::mrt::*;
use bgp_wire::*;
use std::collections::BTreeMap;
use std::fmt::Display;
use std::io::Read;
use std::path::{Path, PathBuf};

fn corpus() -> Option<PathBuf> {
    let found = std::env::var_os("VOICEPEER_CORPUS").map(PathBuf::from);
    if found.is_none() {
        println!("skipped: VOICEPEER_CORPUS is not set, NOTHING of the corpus was tried");
    }
    found
}

/// What the file holds, as far as it goes: some are cut inside their compression too.
fn octets(path: &Path) -> Vec<u8> {
    let raw = std::fs::read(path).unwrap();
    let mut source: Box<dyn Read> = match raw.first_chunk() {
        Some([0x1f, 0x8b]) => Box::new(flate2::read::MultiGzDecoder::new(&raw[..])),
        Some(b"BZ") => Box::new(bzip2::read::MultiBzDecoder::new(&raw[..])),
        _ => Box::new(&raw[..]),
    };
    let (mut all, mut block) = (Vec::new(), vec![0; 1 << 16]);
    while let Ok(n @ 1..) = source.read(&mut block) {
        all.extend_from_slice(&block[..n]);
    }
    all
}

/// What came of one file.
#[derive(Default)]
struct Tally {
    records: usize,
    ribs: usize,
    rib_entries: usize,
    peers: Vec<Peer>,
    /// Type, time, kind of change, peer, ASN, and prefix or states: as another reader writes them.
    elements: Vec<String>,
    /// Records that are kept raw, by type and subtype.
    unknown: BTreeMap<(u16, u16), usize>,
    /// What a record or a message was refused for, and how often.
    refused: BTreeMap<String, usize>,
    /// UPDATEs that make sense with path identifiers alone, although their record is not of RFC 8050.
    older_than_add_path: usize,
    /// UPDATEs written again to the same octets.
    again: usize,
}

impl Tally {
    /// Reads all of `bytes`; every record must come out again as it came.
    fn of(bytes: &[u8]) -> (Self, Option<MrtFault>) {
        let (mut tally, mut end, mut out, mut at) = (Self::default(), None, Vec::new(), 0);
        for record in records(bytes) {
            match record {
                Ok(record) => {
                    out.clear();
                    tally.record(&record, &mut out);
                    assert_eq!(out, bytes[at..at + record.len], "{record:?}");
                    at += record.len;
                }
                Err(fault) => assert_eq!(end.replace(fault), None, "one end"),
            }
        }
        (tally, end)
    }

    fn record(&mut self, record: &Record<'_>, out: &mut Vec<u8>) {
        self.records += 1;
        let at = record.timestamp;
        match record.decode() {
            Ok(Body::PeerIndexTable(table)) => {
                self.peers = table.peers().collect();
                write_peer_index_table(out, at.seconds, table.collector, table.view_name, table.peers())
                    .unwrap();
            }
            Ok(Body::Rib(rib)) => {
                self.rib(at, &rib);
                write_rib(out, at.seconds, &rib.header, rib.entries()).unwrap();
            }
            Ok(Body::TableDump(dump)) => {
                self.route(dump.attributes());
                let who = format_args!("TABLE_DUMP|{at}|B|{}|{}", dump.peer, dump.peer_asn);
                self.element(who, dump.prefix);
                dump.encode(at.seconds, out).unwrap();
            }
            Ok(Body::StateChange(change)) => {
                let StateChange { session: Session { peer, peer_asn, .. }, old, new, .. } = change;
                let states = format_args!("{}|{}", old.0, new.0);
                self.element(format_args!("{}|{at}|STATE|{peer}|{peer_asn}", name(at)), states);
                change.encode(at, out).unwrap();
            }
            Ok(Body::Message(message)) => {
                self.message(at, &message);
                message.encode(at, out).unwrap();
            }
            Ok(_) => {
                *self.unknown.entry((record.kind, record.subtype)).or_default() += 1;
                record.encode(out).unwrap();
            }
            Err(fault) => {
                self.refuse(fault);
                record.encode(out).unwrap();
            }
        }
    }

    fn element(&mut self, who: impl Display, what: impl Display) {
        self.elements.push(format!("{who}|{what}"));
    }

    fn refuse(&mut self, why: impl Display) {
        *self.refused.entry(why.to_string()).or_default() += 1;
    }

    fn rib(&mut self, at: Timestamp, rib: &Rib<'_>) {
        self.ribs += 1;
        self.rib_entries += rib.entries().len();
        let name = if rib.header.add_path { "TABLE_DUMP2_AP" } else { "TABLE_DUMP2" };
        for entry in rib.entries() {
            self.route(entry.attributes());
            if let Some(Peer { addr, asn, .. }) = self.peers.get(usize::from(entry.peer)).copied() {
                self.element(format_args!("{name}|{at}|B|{addr}|{asn}"), rib.header.prefix);
            }
        }
    }

    fn route(&mut self, route: Result<TableAttributes<'_>, Reset>) {
        if let Err(reset) = route {
            self.refuse(reset);
        }
    }

    fn message(&mut self, at: Timestamp, message: &Bgp4mpMessage<'_>) {
        let n = message.negotiated();
        match frame(message.message, n.max_message) {
            Ok(Some(Frame { kind: MessageType::Update, body, len })) if len == message.message.len() => {
                let with_path_ids = Bgp4mpMessage { add_path: true, ..*message }.negotiated();
                match (update(body, &n), update(body, &with_path_ids)) {
                    (Ok(parsed), _) => {
                        self.again(body, &parsed, &n);
                        self.update(at, &message.session, &parsed.update);
                    }
                    (Err(_), Ok(parsed)) => {
                        self.older_than_add_path += 1;
                        self.update(at, &message.session, &parsed.update);
                    }
                    (Err(reset), _) => self.refuse(reset),
                }
            }
            Ok(Some(frame)) if frame.len == message.message.len() => {}
            Ok(_) => self.refuse("a message that is not whole"),
            Err(reset) => self.refuse(reset),
        }
    }

    /// An UPDATE without a finding comes out again as it came.
    fn again(&mut self, body: &[u8], parsed: &Parsed<'_>, n: &Negotiated) {
        if parsed.findings.worst().is_some() {
            return;
        }
        let mut out = Vec::new();
        UpdateBuf::decode(body, n).unwrap().unwrap().encode(n, &mut out).unwrap();
        assert_eq!(out[HEADER_LEN..], *body, "{parsed:?}");
        self.again += 1;
    }

    fn update(&mut self, at: Timestamp, session: &Session, update: &Received<'_>) {
        let Session { peer, peer_asn, .. } = session;
        let mut put = |what, prefix| {
            self.element(format_args!("{}|{at}|{what}|{peer}|{peer_asn}", name(at)), prefix);
        };
        match update {
            Received::Routes(routes) => {
                routes.withdrawn.prefixes().for_each(|nlri| put("W", nlri.prefix));
                let announced = routes.announced().flat_map(|(_, nlri)| nlri);
                announced.for_each(|nlri| put("A", nlri.prefix));
            }
            Received::TreatAsWithdraw { withdrawn, announced }
            | Received::AfiSafiDisable { withdrawn, announced, .. } => {
                withdrawn.prefixes().for_each(|nlri| put("W", nlri.prefix));
                announced.prefixes().for_each(|nlri| put("A", nlri.prefix));
            }
            Received::EndOfRib(_) => {}
        }
    }
}

/// The name of the type; what has microseconds is of the other one.
fn name(at: Timestamp) -> &'static str {
    if at.microseconds.is_some() { "BGP4MP_ET" } else { "BGP4MP" }
}

/// Files of which the other reader makes something else: name, records refused, elements, why.
const JUDGED: &[(&str, usize, usize, &str)] = &[
    ("bgpkit__rrc01__updates.20001104.0124.gz", 63, 841, "records of 2000 that leave the session out"),
    ("mrtparse__bird_bgp", 0, 26, "path identifiers, which the other reader takes for prefixes"),
    ("mrtparse__bird6_bgp", 0, 26, "path identifiers, which the other reader takes for prefixes"),
];

/// What the corpus says of a file: the number before each of these words in its row.
struct Stated<'a>(&'a str);

impl Stated<'_> {
    fn number(&self, before: &str, after: &str) -> Option<usize> {
        let end = self.0.find(after)?;
        let start = self.0[..end].rfind(before)? + before.len();
        self.0[start..end].parse().ok()
    }

    fn is_cut(&self) -> bool {
        self.0.contains("ends inside a record")
    }
}

fn check(name: &str, tally: &Tally, end: Option<MrtFault>, stated: &Stated<'_>) {
    assert_eq!(Some(tally.records), stated.number("| ", " records"), "{name}: records");
    assert_eq!(end.is_some(), stated.is_cut(), "{name}: {end:?}");
    if let Some(ribs) = stated.number("; ", " RIB prefixes") {
        assert_eq!(tally.ribs, ribs, "{name}: prefixes");
        assert_eq!(Some(tally.rib_entries), stated.number(", ", " RIB entries"), "{name}: routes");
    }
    let refused = tally.refused.values().sum::<usize>();
    let elements = stated.number("bgpdump: ", " elements").unwrap();
    let (refusable, elements) = match JUDGED.iter().find(|(judged, ..)| *judged == name) {
        Some((_, refusable, ours, why)) => {
            println!("    {elements} elements elsewhere: {why}");
            (*refusable, *ours)
        }
        None => (0, elements),
    };
    assert_eq!(refused, refusable, "{name}: {:?}", tally.refused);
    if tally.unknown.keys().any(|(kind, _)| *kind == 5) {
        println!("kept raw: {elements} elements in records of type 5, which RFC 6396 does not describe");
    } else {
        assert_eq!(tally.elements.len(), elements, "{name}: elements");
    }
}

/// The fields that a line and an element share, in any order of the lines.
fn check_lines(name: &str, tally: &mut Tally, text: &str) {
    let shared = |line: &str| {
        let fields = if line.contains("|STATE|") { 7 } else { 6 };
        line.split('|').take(fields).collect::<Vec<_>>().join("|")
    };
    let mut lines: Vec<_> = text.lines().map(shared).collect();
    lines.sort_unstable();
    tally.elements.sort_unstable();
    let differ = lines.iter().zip(&tally.elements).find(|(want, got)| want != got);
    assert_eq!((differ, lines.len()), (None, tally.elements.len()), "{name}");
}

/// Cut anywhere, the file gives every record before the cut and then one end.
fn check_cuts(name: &str, bytes: &[u8]) {
    let mut ends = vec![0];
    ends.extend(records(bytes).flatten().scan(0, |at, record| {
        *at += record.len;
        Some(*at)
    }));
    let last = *ends.last().unwrap();
    for at in [1, 11, last / 3, last / 2, last - 1, ends[ends.len() / 2]] {
        let whole = ends.iter().filter(|end| (1..=at).contains(*end)).count();
        let got: Vec<_> = records(&bytes[..at]).collect();
        let cut = MrtFault { offset: ends[whole], kind: MrtFaultKind::Cut };
        let cut = (ends[whole] != at).then_some(Err(cut));
        assert_eq!(got.iter().flatten().count(), whole, "{name} cut at {at}");
        assert_eq!(got.get(whole), cut.as_ref(), "{name} cut at {at}");
    }
}

#[test]
fn files() {
    let Some(corpus) = corpus() else { return };
    let readme = std::fs::read_to_string(corpus.join("README.md")).unwrap();
    let mut paths: Vec<_> =
        std::fs::read_dir(corpus.join("mrt")).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(!paths.is_empty());
    for path in paths {
        let name = path.file_name().unwrap().to_str().unwrap();
        let row = readme.lines().find(|line| line.starts_with(&format!("| mrt/{name} ")));
        let bytes = octets(&path);
        let (mut tally, end) = Tally::of(&bytes);
        println!(
            "mrt/{name}: {} records, {} elements, {} UPDATEs written again to the same octets",
            tally.records,
            tally.elements.len(),
            tally.again
        );
        if tally.older_than_add_path > 0 {
            println!("    {} UPDATEs with path identifiers that no subtype tells", tally.older_than_add_path);
        }
        check(name, &tally, end, &Stated(row.unwrap()));
        check_cuts(name, &bytes);
        let lines = corpus.join("mrt-expect").join(format!("{name}.bgp.gz"));
        if lines.exists() {
            check_lines(name, &mut tally, &String::from_utf8(octets(&lines)).unwrap());
        }
    }
}
