//! `voicepeer check` on a table of a collector, 1,000,000 routes of which 4,000 are to what the plan names, beside a library
//! that reads the same file.
//!
//! ```text
//! cargo bench -p benches --bench check
//! ```

#![expect(
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a bench stops where it is wrong, and reads the clock"
)]

use bgp_wire::mrt::{Peer, RibEntry, RibHeader, write_peer_index_table, write_rib, write_table_attributes};
use bgp_wire::{Asn, AsnWidth, AttributeSet, NextHop, Origin};
use bgpkit_parser::BgpkitParser;
use nix::sys::resource::{UsageWho, getrusage};
use std::fmt::Write;
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Sessions of the plan, each a peer of the collector.
const SESSIONS: u8 = 4;
/// Prefixes of the table.
const PREFIXES: u32 = 250_000;
/// Those of them that the plan names.
const NAMED: u32 = 1000;
const ROUNDS: usize = 5;

fn main() {
    let folder = tempfile::tempdir().expect("a folder");
    let (plan, table) = (folder.path().join("plan.toml"), folder.path().join("table.mrt"));
    std::fs::write(&plan, plan_text()).expect("the plan");
    std::fs::write(&table, table_octets()).expect("the table");
    let octets = std::fs::metadata(&table).expect("the table").len();
    println!(
        "{} routes, {SESSIONS} sessions, {NAMED} prefixes named, {octets} octets",
        PREFIXES * u32::from(SESSIONS)
    );
    for format in ["table", "json"] {
        let took = least(|| check(&plan, &table, format));
        println!("voicepeer check --format {format}: {took:.2?}");
    }
    // The most of all its runs.
    let most = getrusage(UsageWho::RUSAGE_CHILDREN).expect("the usage").max_rss();
    println!("voicepeer check: {} MB at most", most / 1024);
    println!("bgpkit-parser, every route read, none judged: {:.2?}", least(|| bgpkit(&table)));
}

/// The shortest of several runs.
fn least(mut run: impl FnMut()) -> Duration {
    let once = |_| {
        let start = Instant::now();
        run();
        start.elapsed()
    };
    (0..ROUNDS).map(once).min().unwrap_or_default()
}

fn check(plan: &Path, table: &Path, format: &str) {
    let mut command = Command::new(binary());
    command
        .args(["check", "--format", format, "-p"])
        .arg(plan)
        .arg("--routes")
        .arg(table)
        .stdout(Stdio::null());
    let status = command.status().expect("voicepeer");
    assert_eq!(status.code(), Some(0), "nothing of the table fails");
}

/// The program beside this one, which `cargo build --profile bench -p voicepeer` made, or `VOICEPEER_BIN`.
fn binary() -> PathBuf {
    let this = std::env::current_exe().expect("this program");
    let beside = || this.parent().and_then(Path::parent).map(|folder| folder.join("voicepeer"));
    std::env::var_os("VOICEPEER_BIN").map(PathBuf::from).or_else(beside).expect("a folder")
}

fn bgpkit(table: &Path) {
    let file = std::io::BufReader::new(std::fs::File::open(table).expect("the table"));
    let read = BgpkitParser::from_reader(file).into_elem_iter().count();
    assert_eq!(u32::try_from(read), Ok(PREFIXES * u32::from(SESSIONS)));
}

const fn local(session: u8) -> Ipv4Addr {
    Ipv4Addr::new(192, 0, 2, session * 2)
}

/// The `n`th prefix of the table, a /24; a lab's plan treats all of them as public.
fn prefix(n: u32) -> ipnet::Ipv4Net {
    ipnet::Ipv4Net::new(Ipv4Addr::from_bits((10 << 24) + (n << 8)), 24).expect("a length")
}

fn table_octets() -> Vec<u8> {
    let peer = |session| Peer {
        bgp_id: local(session),
        addr: IpAddr::V4(local(session)),
        asn: Asn(64500),
        asn_width: AsnWidth::Four,
    };
    let mut out = Vec::new();
    write_peer_index_table(&mut out, 0, local(99), b"", (0..SESSIONS).map(peer)).expect("room");
    let attributes: Vec<_> = (0..SESSIONS).map(attributes).collect();
    for n in 0..PREFIXES {
        let header = RibHeader { sequence: n, prefix: prefix(n).into(), multicast: false, add_path: false };
        let entries = (0..).zip(&attributes);
        let entries =
            entries.map(|(peer, attributes)| RibEntry { peer, originated: 0, path_id: 0, attributes });
        write_rib(&mut out, 0, &header, entries).expect("room");
    }
    out
}

/// Good ones.
fn attributes(session: u8) -> Vec<u8> {
    let mut set = AttributeSet::new(Origin::Igp, NextHop::V4(local(session)));
    set.as_path = [64500, 64501].map(Asn).into_iter().collect();
    set.communities = vec!["8075:8007".parse().expect("a community")];
    let mut out = Vec::new();
    write_table_attributes(&mut out, &set);
    out
}

fn plan_text() -> String {
    let mut text = "asn = 64500\nassociated_asns = [64501]\n[treat_as_public]\nprefixes = [\"10.0.0.0/8\"]\nasns = [64500, 64501]\n\
                    [attestations]\nlacp = true\nno_stateful_firewall = true\nno_rate_limit = true\nirr = true\npeeringdb = true\n"
        .to_owned();
    for (peering, first) in [("fra", 0), ("ams", 2)] {
        put(&mut text, format_args!("[[peerings]]\nname = \"{peering}\"\n"));
        for session in [first, first + 1] {
            let role = if session == 0 {
                "primary"
            } else if first == 0 {
                "redundant"
            } else {
                "backup"
            };
            let (name, peer) = (format!("{peering}-{session}"), Ipv4Addr::new(192, 0, 2, session * 2 + 1));
            put(
                &mut text,
                format_args!(
                    "[[peerings.connections]]\nname = \"{name}\"\nlocation = \"{peering}\"\nrole = \"{role}\"\n\
                     router = \"{name}\"\nremote_router = \"far-{name}\"\nbandwidth_gbps = 10\nstate = \"Active\"\n\
                     [peerings.connections.session]\nlocal = \"{}/31\"\npeer = \"{peer}\"\nmax_prefix = 450\n\
                     bfd = {{ desired_min_tx_ms = 300, required_min_rx_ms = 300, detect_mult = 3, strict = true }}\n",
                    local(session)
                ),
            );
        }
        for n in (0..NAMED).filter(|_| first == 0) {
            let prefix = prefix(n);
            let key = format!("00000000-0000-4000-8000-{n:012}");
            put(
                &mut text,
                format_args!(
                    "[[peerings.registered_prefixes]]\nname = \"n{n}\"\nprefix = \"{prefix}\"\nkey = \"{key}\"\n"
                ),
            );
        }
    }
    put(
        &mut text,
        format_args!(
            "[[activations]]\nname = \"voice\"\nprimary_location = \"fra\"\nbackup_location = \"ams\"\n"
        ),
    );
    for n in 0..NAMED {
        let prefix = prefix(n);
        let key = format!("00000000-0000-4000-8000-{n:012}");
        put(&mut text, format_args!("[[activations.prefixes]]\nprefix = \"{prefix}\"\nkey = \"{key}\"\n"));
    }
    text
}

/// Writing to memory does not fail.
fn put(text: &mut String, more: std::fmt::Arguments<'_>) {
    let _ = text.write_fmt(more);
}
