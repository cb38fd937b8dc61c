//! Many paths a net: 100 sessions announce the same 14,800 prefixes of IPv4 and 50 the same 2,400 of IPv6, and one peer is told of
//! them, with and without path identifiers (RFC 7911), after churn, and with import policies that ask for communities.
//!
//! ```text
//! cargo bench -p benches --bench paths -- 100
//! ```
//!
//! The number is the percentage of the prefixes. The peers are plain sockets and threads. It fails where the one peer is told any
//! path too many, too few or another than the best ones, or where not every path is there.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a bench ends where it fails")]
#![expect(clippy::disallowed_methods, reason = "it measures time, with threads of its own")]

mod peer;
mod table;

use bgp_policy::{Document, Policy};
use bgp_speaker::{PeerConfig, Speaker, SpeakerConfig};
use bgp_wire::{Asn, Family, FamilySet};
use peer::{RECEIVER, Told, address, asn, inject, receive};
use std::net::Ipv4Addr;
use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use table::{Class, TABLES, Table};

const OURS: Ipv4Addr = Ipv4Addr::new(127, 9, 3, 1);
/// The most paths of a net that the one peer is told.
const SEVERAL: u8 = 8;

/// What is asked for, one after the other.
struct Stage {
    name: &'static str,
    /// Whether several paths may come, and may be told.
    comes: bool,
    told: bool,
    /// How often everything is withdrawn and announced again.
    churn: u8,
    /// A rule of import policy, and the nets whose routes it accepts; all where there is none.
    rule: &'static str,
    accepts: &'static [Class],
}

const ALL: &[Class] = &[Class::Short, Class::Middle, Class::Long];

const STAGES: [Stage; 7] = [
    Stage { name: "one path in, one out", ..Stage::PLAIN },
    Stage { name: "several in, one out", comes: true, ..Stage::PLAIN },
    Stage { name: "several in, 8 out", comes: true, told: true, ..Stage::PLAIN },
    Stage { name: "the same after churn", comes: true, told: true, churn: 2, ..Stage::PLAIN },
    Stage {
        name: "any of three communities",
        comes: true,
        told: true,
        rule: "when community in {100:1, 200:1, 201:1} accept",
        accepts: &[Class::Short, Class::Middle],
        ..Stage::PLAIN
    },
    Stage {
        name: "all of three communities",
        comes: true,
        told: true,
        rule: "when community 100:1 and community 104:1 and community 201:1 accept",
        accepts: &[],
        ..Stage::PLAIN
    },
    Stage {
        name: "a pattern of communities",
        comes: true,
        told: true,
        rule: "when community 100-109:1 accept",
        ..Stage::PLAIN
    },
];

impl Stage {
    const PLAIN: Self = Self { name: "", comes: false, told: false, churn: 0, rule: "accept", accepts: ALL };
}

#[tokio::main]
async fn main() -> ExitCode {
    let mut numbers = std::env::args().skip(1).filter_map(|word| word.parse::<u32>().ok());
    let percent = numbers.next().unwrap_or(100);
    let tables = TABLES.map(|table| Table { nets: table.nets * percent / 100, ..table });
    let mut failed = false;
    for stage in &STAGES {
        let start = Instant::now();
        let result = run(stage, tables).await;
        println!("{}: {:.1?}, {}", stage.name, start.elapsed(), result.as_ref().unwrap_or_else(|why| why));
        failed |= result.is_err();
    }
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// Runs a stage from the beginning.
async fn run(stage: &Stage, tables: [Table; 2]) -> Result<String, String> {
    let config = SpeakerConfig { listen: vec![(OURS, 0).into()], ..SpeakerConfig::new(Asn(64500), OURS) };
    let speaker = Speaker::start(config, |_| {}).unwrap();
    let at = speaker.listening().next().unwrap();
    speaker.add_peers(peers(stage, tables)).await.unwrap();
    let told = Arc::new(Mutex::new(Told::default()));
    receive(at, stage.told, Arc::clone(&told));
    for table in tables {
        table.sessions().for_each(|n| inject(n, at, table, stage.comes, stage.churn));
    }
    let until = Instant::now() + Duration::from_mins(10);
    loop {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let result = judged(stage, tables, &speaker, &told).await;
        if result.is_ok() || Instant::now() > until {
            speaker.stop("done").await;
            return result;
        }
    }
}

/// Those who announce, and the one who is told.
fn peers(stage: &Stage, tables: [Table; 2]) -> Vec<PeerConfig> {
    let import = Arc::new(policy(&format!("rule \"in\" {{ {} }}", stage.rule)));
    let of_table = |table: Table| table.sessions().map(move |n| (n, FamilySet::EMPTY.with(table.family)));
    let announcing = tables.into_iter().flat_map(of_table).map(|(n, families)| {
        let mut peer = config_of(n, families);
        peer.import = Some(Arc::clone(&import));
        if stage.comes {
            peer.offers.add_path_rx = FamilySet::EVERY;
        }
        peer
    });
    let mut told = config_of(RECEIVER, Family::UNICAST.into_iter().collect());
    // Its session is one of IPv4.
    let hop = "rule \"hop\" { when family ipv6-unicast set next-hop 2001:db8::ff continue } rule \"all\" { accept }";
    told.export = Some(Arc::new(policy(hop)));
    if stage.told {
        told.offers.add_path_tx = FamilySet::EVERY;
        told.routing.paths_told = SEVERAL;
    }
    announcing.chain([told]).collect()
}

fn config_of(n: u8, families: FamilySet) -> PeerConfig {
    let mut config = PeerConfig::new(format!("peer-{n}"), address(n).into(), asn(n));
    (config.passive, config.families) = (true, families);
    config
}

fn policy(rules: &str) -> Policy {
    let document: Document = format!("policy p {{ {rules} }}").parse().unwrap();
    document.library(|file| Err(format!("{file} is not there"))).unwrap().policy("p").unwrap()
}

/// What there is when all is done, or what is missing or wrong.
async fn judged(
    stage: &Stage,
    tables: [Table; 2],
    speaker: &Speaker,
    told: &Mutex<Told>,
) -> Result<String, String> {
    let paths = |table: Table| table.nets as usize * table.sessions().count();
    let accepted = |table: Table| table.of(stage.accepts).count() * table.sessions().count();
    let expected = (tables.map(paths).iter().sum::<usize>(), tables.map(accepted).iter().sum::<usize>());
    let counted = |engine: &bgp_speaker::Engine| {
        let status = engine.status().into_iter();
        status.fold((0, 0, 0), |(heard, all, accepted), peer| {
            (
                heard + peer.counters.received.update,
                all + peer.counts.paths(),
                accepted + peer.counts.accepted,
            )
        })
    };
    let (heard, all, accepted) = speaker.query(counted).await.unwrap();
    let found = (all, accepted);
    // What is on its way may still change all.
    let updates =
        |table: &Table| table.sessions().count() * table.messages() * (1 + 2 * usize::from(stage.churn));
    let said: usize = tables.iter().map(updates).sum();
    if heard < said as u64 {
        return Err(format!("{heard} UPDATEs of {said} heard"));
    }
    let told = told.lock().unwrap();
    if let Some(why) = &told.ended {
        return Err(why.clone());
    }
    let at_a_time = if stage.told { SEVERAL } else { 1 };
    let right = tables.into_iter().flat_map(|table| table.of(stage.accepts).map(move |net| (table, net)));
    let right = right.filter(|(table, net)| told.of(table.prefix(*net)) == table.best(*net, at_a_time));
    let right = right.count();
    let nets: usize = tables.iter().map(|table| table.of(stage.accepts).count()).sum();
    if found == expected && right == nets && told.nets() == nets {
        return Ok(format!("{} paths of {nets} nets told", told.paths()));
    }
    Err(format!(
        "paths and accepted ones {found:?} of {expected:?}; {right} nets of {nets} right, {} told",
        told.nets()
    ))
}
