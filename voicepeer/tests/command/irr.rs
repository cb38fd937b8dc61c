//! `voicepeer irr`: dumps of registries.

use super::support::{Files, Said, run};
use flate2::{Compression, write::GzEncoder};
use serde_json::json;
use std::io::Write;
use std::path::Path;

const DUMP: &str = "as-set:  AS-TOP
members: AS64500, AS-LEFT, AS-GONE
source:  TEST

as-set:  AS-LEFT
members: AS64501, AS-TOP
source:  TEST

as-set:  AS-TOP
members: AS64999
source:  OTHER

route:   198.51.100.0/24
origin:  AS64500
source:  TEST

route6:  2001:db8::/32
origin:  AS64501
source:  OTHER

route:   198.51.0.0/16
origin:  AS64501
source:  TEST

route-set: RS-ONE
members: 203.0.113.0/24^25-26, AS64500
source:  TEST

route:   198.51.100.0
origin:  AS64500
source:  TEST
";

fn irr(words: &[&str], dump: &Path) -> Said {
    run(["irr"].iter().chain(words).chain(&["--dump", dump.to_str().unwrap()]))
}

/// (question, exit status, the lines of the answer, what is said besides).
#[test]
fn sets_and_what_stands_in_their_way() {
    let files = Files::new();
    let dump = files.write("dump", DUMP);
    let fault = "dump: line 29: a route is a prefix";
    let gone = "AS-GONE, a member of AS-TOP, is not there";
    let cycle = "AS-TOP is a member of AS-LEFT, which it has as a member in turn";
    for (words, status, lines, besides) in [
        (&["resolve", "AS-TOP"][..], 1, "AS64500\nAS64501\n", &[fault, gone, cycle][..]),
        (&["resolve", "as-left"], 1, "AS64500\nAS64501\n", &[fault, gone]),
        (&["resolve", "OTHER::AS-TOP"], 0, "AS64999\n", &[fault]),
        (&["resolve", "AS-TOP", "--source", "other"], 0, "AS64999\n", &[fault]),
        (&["resolve", "AS-TOP", "--source", "OTHER", "--source", "TEST"], 0, "AS64999\n", &[fault]),
        (
            &["resolve", "AS-TOP", "--prefixes"],
            1,
            "198.51.0.0/16\n198.51.100.0/24\n2001:db8::/32\n",
            &[fault],
        ),
        (
            &["resolve", "AS-TOP", "--prefixes", "--source", "TEST"],
            1,
            "198.51.0.0/16\n198.51.100.0/24\n",
            &[fault],
        ),
        (&["resolve", "RS-ONE"], 0, "198.51.100.0/24\n203.0.113.0/24 ge 25 le 26\n", &[fault]),
    ] {
        let got = irr(words, &dump);
        assert_eq!((got.status, got.out.as_str()), (Some(status), lines), "{words:?}: {got:?}");
        assert!(besides.iter().all(|what| got.err.contains(what)), "{words:?}: {got:?}");
    }
    let got = irr(&["resolve", "AS-LEFT", "--json"], &dump).json();
    let missing = json!([{ "set": "AS-GONE", "member_of": "AS-TOP" }]);
    let cycles = json!([{ "set": "AS-LEFT", "member_of": "AS-TOP" }]);
    let want = json!({
        "set": "AS-LEFT", "asns": [64500, 64501], "prefixes": null, "sets": 2, "missing": missing, "cycles": cycles,
        "cut": false
    });
    assert_eq!(got, want);
    irr(&["resolve", "AS-NOBODY"], &dump).refused_with(&["there is no set AS-NOBODY"], "no such set");
}

#[test]
fn routes_and_a_dump_that_is_compressed() {
    let files = Files::new();
    let dump = files.path("dump.gz");
    let mut gzip = GzEncoder::new(std::fs::File::create(&dump).unwrap(), Compression::fast());
    gzip.write_all(DUMP.as_bytes()).unwrap();
    gzip.finish().unwrap();
    let around = "  198.51.0.0/16 by AS64501 in TEST\n";
    let itself = "  198.51.100.0/24 by AS64500 in TEST\n";
    for (prefix, origin, status, said) in [
        ("198.51.100.0/24", "AS64500", 0, format!("registered\n{itself}{around}")),
        ("198.51.100.0/24", "AS64501", 1, format!("other-origin\n{itself}{around}")),
        ("198.51.101.0/24", "AS64501", 1, format!("not-registered\n{around}")),
        ("203.0.113.0/24", "AS64501", 1, "not-registered\n".to_owned()),
    ] {
        let got = irr(&["check", prefix, origin], &dump);
        assert_eq!(
            (got.status, got.out),
            (Some(status), format!("{prefix} by {origin}: {said}")),
            "{prefix}"
        );
    }
    let got = irr(&["check", "2001:db8::/32", "64501", "--json"], &dump).json();
    let covering = json!([{ "prefix": "2001:db8::/32", "origin": 64501, "source": "OTHER" }]);
    assert_eq!(
        got,
        json!({ "prefix": "2001:db8::/32", "origin": 64501, "state": "registered", "covering": covering })
    );
    irr(&["check", "198.51.100.0/24", "1"], &files.path("none"))
        .refused_with(&["cannot read", "none"], "no file");
}
