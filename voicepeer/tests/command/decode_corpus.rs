//! `voicepeer decode` on files from outside this project: everything is read, and as much as is said to be there.
//!
//! `VOICEPEER_CORPUS` names a directory with `mrt/`, `pcap/`, `malformed/cases.jsonl`, and `README.md`, whose
//! rows say what is in each file.

use super::decode::{decode, each, objects};
use super::support::Files;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

fn corpus() -> Option<PathBuf> {
    let found = std::env::var_os("VOICEPEER_CORPUS").map(PathBuf::from);
    if found.is_none() {
        println!("skipped: VOICEPEER_CORPUS is not set, NOTHING of the corpus was tried");
    }
    found
}

/// The rows of the table whose file is below this directory: its name, and what is in it.
fn rows(corpus: &Path, below: &str) -> Vec<(String, String)> {
    let text = std::fs::read_to_string(corpus.join("README.md")).unwrap();
    let cells = |line: &str| line.split(" | ").map(|cell| cell.trim_matches(['|', ' ']).to_owned()).collect();
    let rows = text.lines().map(cells).filter(|cells: &Vec<_>| cells[0].starts_with(below));
    let rows: Vec<_> = rows.map(|cells| (cells[0].clone(), cells[1].clone())).collect();
    assert!(!rows.is_empty(), "README.md names nothing below {below}");
    rows
}

/// The number before a word.
fn number(says: &str, word: &str) -> Option<usize> {
    let words: Vec<_> = says.split([' ', ',', ';']).filter(|word| !word.is_empty()).collect();
    words.windows(2).find(|pair| pair[1] == word).and_then(|pair| pair[0].parse().ok())
}

#[test]
fn every_record() {
    let Some(corpus) = corpus() else { return };
    for (file, says) in rows(&corpus, "mrt/") {
        let said = decode(&corpus.join(&file));
        let is_cut = says.contains("ends inside a record");
        assert_eq!(said.status, Some(i32::from(is_cut)), "{file}: {}", said.err);
        assert_eq!(said.err.contains("broken at octet"), is_cut, "{file}: {}", said.err);
        assert_eq!(Some(said.out.lines().count()), number(&says, "records"), "{file}: {says}");
    }
}

/// Captures whose numbers are not ours: part of the name, and why.
const OTHERWISE: &[(&str, &str)] = &[
    ("aigp-oobr", "a header lies: the other reader goes on where it says, this one at the next marker"),
    ("bgp-ub", "a header lies: the other reader goes on where it says, this one at the next marker"),
    ("capabilities_print-oobr-2", "a fragment"),
    ("shutdown-msg-variations", "the other reader counts one message of three"),
    ("ipv4_unicast_all", "BMP version 4, a draft"),
    ("ipv4_unicast_path_marking", "BMP version 4, a draft"),
];

/// How many objects of a type there are, BMP's contents with them.
fn count(found: &[Value], name: &str) -> usize {
    let inside = |object: &&Value| object["type"] == name || object["message"]["type"] == name;
    let opens = if name == "open" { 2 * found.iter().filter(|o| o["sent"].is_object()).count() } else { 0 };
    found.iter().filter(inside).count() + opens
}

#[test]
fn every_capture() {
    let Some(corpus) = corpus() else { return };
    let words = [
        ("OPEN", "open"),
        ("UPD", "update"),
        ("KA", "keepalive"),
        ("RR", "route-refresh"),
        ("BFD", "bfd"),
        ("BMP", "bmp"),
    ];
    for (file, says) in rows(&corpus, "pcap/") {
        let said = decode(&corpus.join(&file));
        assert_eq!((said.status, said.err.as_str()), (Some(0), ""), "{file}");
        let found = objects(&said);
        if let Some((_, why)) = OTHERWISE.iter().find(|(part, _)| file.contains(part)) {
            println!("{file}: not counted: {why}");
            continue;
        }
        for (word, name) in words {
            if let Some(want) = number(&says, word) {
                assert_eq!(count(&found, name), want, "{file}: {word}: {says}");
            }
        }
    }
}

/// Cases whose outcome here is another one: part of the name, the outcome, and why.
const JUDGED: &[(&str, &str, &str)] = &[
    ("-ebgp-oad", "attribute-discard", "one administrative domain, a draft: the session is external"),
    ("-nhc-", "ok", "next hop dependent characteristics, a draft: the attribute is not known"),
    ("-pmsi-type-8-", "ok", "RFC 7524 defines the tunnel type"),
];

#[test]
fn every_malformed_case() {
    let Some(corpus) = corpus() else { return };
    let text = std::fs::read_to_string(corpus.join("malformed/cases.jsonl")).unwrap();
    let lines = text.lines().map(|line| {
        let mut line: Value = serde_json::from_str(line).unwrap();
        let context = line["context"].as_str().unwrap();
        let peer = if context.contains("ibgp") { "internal" } else { "external" };
        line["context"] = json!({"peer": peer, "as4": !context.contains("2-octet AS session")});
        format!("{line}\n")
    });
    let files = Files::new();
    let said = decode(&files.write("cases", &lines.collect::<String>()));
    assert_eq!(said.status, Some(0), "{}", said.err);
    let found = objects(&said);
    assert_eq!(found.len(), text.lines().count());
    let names: Vec<_> = each(&found, "name");
    assert!(names.iter().all(|name| name.is_string()));
    let wrong = found.iter().filter(|object| !meets(object));
    let wrong: Vec<_> =
        wrong.map(|o| format!("{} wants {}: {}", o["name"], o["expect"], came_to(o))).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    for (part, _, why) in JUDGED {
        let cases = names.iter().filter(|name| name.as_str().unwrap().contains(part)).count();
        assert!(cases > 0, "no case is called {part}");
        println!("{cases} cases {part} are judged otherwise: {why}");
    }
}

/// The outcome, and the code and subcode of the NOTIFICATION where there is one.
fn came_to(object: &Value) -> String {
    let outcome = object["outcome"].as_str().unwrap();
    match &object["notification"] {
        Value::Null => outcome.to_owned(),
        answer => format!("{outcome} {}/{}", answer["code"], answer["subcode"]),
    }
}

/// Whether the outcome is one of those that the case expects.
fn meets(object: &Value) -> bool {
    let (name, came_to) = (object["name"].as_str().unwrap(), came_to(object));
    if let Some((_, judged, _)) = JUDGED.iter().find(|(part, ..)| name.contains(part)) {
        return came_to == *judged;
    }
    let expect = object["expect"].as_str().unwrap().replace("-or-", " or ");
    expect.split(" or ").any(|expect| match expect {
        "ignore" => matches!(came_to.as_str(), "ok" | "attribute-discard"),
        "ok-ignore-capability" | "ok-but-not-eligible" => came_to == "ok",
        // Any code will do where none is given.
        "session-reset" => came_to.starts_with(expect),
        expect => came_to == expect,
    })
}
