//! `voicepeer bench bfd`, whole: namespaces, peer and daemon, for a moment. Needs root.

use super::support::voicepeer;
use serde_json::Value;
use std::process::{Command, Output, Stdio};

/// What it says, and which process it was.
fn bench(arguments: &[&str]) -> (Output, u32) {
    let mut command = voicepeer();
    command.args(["bench", "bfd", "--targets", "voicepeer", "--seconds", "2", "--samples", "2"]);
    command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    let pid = child.id();
    (child.wait_with_output().unwrap(), pid)
}

/// Says so, loudly, where the bench cannot run.
fn skipped(output: &Output) -> bool {
    let said = String::from_utf8_lossy(&output.stderr);
    let skipped =
        said.contains("needs root") || said.contains("is not installed") || said.contains("ip netns add");
    if skipped {
        eprintln!("SKIPPED, the bench cannot run here: {said}");
    }
    skipped
}

#[test]
fn measures_this_program_in_namespaces_that_it_removes() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bench.json");
    let rows = "wakeup,detection,lateness,start";
    let (output, pid) = bench(&["--rows", rows, "--load", "idle", "--json", file.to_str().unwrap()]);
    if skipped(&output) {
        return;
    }
    let table = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{table}{}", String::from_utf8_lossy(&output.stderr));
    for words in ["Idle", "a sleeping thread wakes late", "20 sessions of 50 ms", "until 1000 are Up"] {
        assert!(table.contains(words), "{words} in {table}");
    }

    let document: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let rows = document["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 9);
    for row in rows {
        let measured = &row["rounds"][0][1][0];
        assert!(row["rounds"][0][0] == "machine" || measured["up"].as_u64() > Some(0), "{row}");
    }
    let found = &rows[2]["rounds"][0][1][0]["overshoot"];
    assert!(found["p50"].as_f64().unwrap() > 0.0, "{found}");
    assert!(rows[8]["rounds"][0][1][0]["took"].as_f64().unwrap() > 0.0);

    let left = Command::new("ip").args(["netns", "list"]).output().unwrap();
    let ours = format!("voicepeer-bench-{pid}-");
    assert!(!String::from_utf8_lossy(&left.stdout).contains(&ours));
}

#[test]
fn keeps_the_processors_busy_where_that_is_asked_for() {
    let (output, _) = bench(&["--rows", "wakeup", "--load", "busy"]);
    if !skipped(&output) {
        assert!(String::from_utf8_lossy(&output.stdout).contains("Both busy loading a table"));
    }
}
