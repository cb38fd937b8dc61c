//! BMP messages from outside this project, each with the outcome it must come to.
//!
//! `VOICEPEER_CORPUS` names a directory with `vectors/bmp_messages.jsonl`: one JSON object a line, with `name`,
//! `hex` and `expect`. Every message must come out again as it came, from its raw form and from its typed one.

#![cfg(test)]

use bgp_wire::bmp::*;
use bgp_wire::{Family, Open};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::PathBuf;

fn corpus() -> Option<PathBuf> {
    let found = std::env::var_os("VOICEPEER_CORPUS").map(PathBuf::from);
    if found.is_none() {
        println!("skipped: VOICEPEER_CORPUS is not set, NOTHING of the corpus was tried");
    }
    found
}

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> =
        text.chars().map(|c| u8::try_from(c.to_digit(16).expect("a hex digit")).unwrap()).collect();
    digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

/// Why a message has no typed view here.
const DRAFT: &str = "version 4 is a draft that changes: framed, kept raw";

/// What the typed view is called, and the octets it is written to.
fn typed(body: &Body<'_>) -> (&'static str, Vec<u8>) {
    let mut out = Vec::new();
    let (name, written) = match body {
        Body::RouteMonitoring(m) => {
            assert!(m.update(None).is_ok(), "{m:?}");
            ("Route Monitoring", m.encode(&mut out))
        }
        Body::StatisticsReport(m) => ("Statistics Report", m.encode(&mut out)),
        Body::PeerDown(m) => ("Peer Down", m.encode(&mut out)),
        Body::PeerUp(m) => {
            let opens = (Open::decode(m.sent), Open::decode(m.received));
            assert!(opens.0.is_ok() && opens.1.is_ok(), "{opens:?}");
            ("Peer Up", m.encode(&mut out))
        }
        Body::Initiation(tlvs) => ("Initiation", write_initiation(&mut out, tlvs)),
        Body::Termination(tlvs) => ("Termination", write_termination(&mut out, tlvs)),
        Body::RouteMirroring(m) => ("Route Mirroring", m.encode(&mut out)),
        _ => ("kept raw", Ok(())),
    };
    written.unwrap();
    (name, out)
}

#[test]
fn vectors() {
    let Some(corpus) = corpus() else { return };
    let text = std::fs::read_to_string(corpus.join("vectors/bmp_messages.jsonl")).unwrap();
    let (mut tried, mut kept_raw) = (BTreeMap::<_, usize>::new(), 0);
    for line in text.lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        let (name, bytes) = (row["name"].as_str().unwrap(), hex(row["hex"].as_str().unwrap()));
        let found = message(&bytes).unwrap().expect(name);
        assert_eq!(found.len, bytes.len(), "{name}");
        let mut raw = Vec::new();
        found.encode(&mut raw).unwrap();
        assert_eq!(raw, bytes, "{name}");
        let body = found.decode().unwrap_or_else(|fault| panic!("{name}: {fault}"));
        if found.version == DRAFT_VERSION {
            assert_eq!(body, Body::Unknown, "{name}");
            kept_raw += 1;
            continue;
        }
        assert_eq!(row["expect"], "ok", "{name}");
        let (kind, written) = typed(&body);
        assert_eq!(written, bytes, "{name}: {body:?}");
        *tried.entry(kind).or_default() += 1;
    }
    println!("bmp_messages.jsonl: {tried:?}");
    println!("    {kept_raw} kept raw: {DRAFT}");
    assert_eq!(tried.values().sum::<usize>() + kept_raw, text.lines().count());
    assert_eq!(tried.len(), 7, "a message of each type: {tried:?}");
}

/// What a message of the corpus says, found by the end of its name.
struct Vectors(String);

impl Vectors {
    fn bytes(&self, name: &str) -> Vec<u8> {
        let mut rows = self.0.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let row = rows.find(|row| row["name"].as_str().unwrap().ends_with(name)).expect(name);
        hex(row["hex"].as_str().unwrap())
    }
}

/// Fields of the messages as those who published them name them.
#[test]
fn what_some_of_them_say() {
    let Some(corpus) = corpus() else { return };
    let vectors = Vectors(std::fs::read_to_string(corpus.join("vectors/bmp_messages.jsonl")).unwrap());
    let bytes = vectors.bytes("statistics_report/buf");
    let Body::StatisticsReport(report) = message(&bytes).unwrap().unwrap().decode().unwrap() else {
        panic!("statistics")
    };
    assert_eq!(report.stats.iter().count(), 13);
    let adj_rib_out = report.stats.iter().find(|stat| stat.kind == StatType::FAMILY_ADJ_RIB_OUT_PRE_POLICY);
    let family = Family::Ipv6Unicast.afi_safi();
    let gauge = StatValue::FamilyGauge { family, gauge: 0x0002_2114 };
    assert_eq!(adj_rib_out.unwrap().value, gauge);

    let bytes = vectors.bytes("peer_down_local_fsm/buf");
    let Body::PeerDown(down) = message(&bytes).unwrap().unwrap().decode().unwrap() else { panic!("a down") };
    assert_eq!(down.reason, PeerDownReason::LocalFsmEvent(0x0102));
    assert_eq!(down.peer.addr(), Some([127, 0, 0, 1].into()));

    let bytes = vectors.bytes("test_bmp_peer_up_loc_rib_notification/good_wire");
    let Body::PeerUp(up) = message(&bytes).unwrap().unwrap().decode().unwrap() else { panic!("an up") };
    assert_eq!((up.peer.kind, up.peer.is_filtered(), up.peer.addr()), (PeerType::LocRib, true, None));
    assert_eq!(up.negotiated().unwrap().families.iter().count(), 1);
}
