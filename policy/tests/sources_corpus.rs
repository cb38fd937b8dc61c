//! Objects of an IRR and documents of RPKI validators that others published.
//!
//! `VOICEPEER_CORPUS` names a directory with `irr/*.rpsl` and `rpki/*.json`; without it this says so and tries nothing.

#![cfg(test)]

use bgp_policy::irr::{IrrObject, RpslReader};
use bgp_policy::rpki::RpkiDocument;
use std::path::PathBuf;

/// The files of a folder of the corpus with this ending, and what is in each.
fn files(folder: &str, ending: &str) -> Option<Vec<(String, Vec<u8>)>> {
    let Some(corpus) = std::env::var_os("VOICEPEER_CORPUS").map(PathBuf::from) else {
        println!("skipped: VOICEPEER_CORPUS is not set, NOTHING of the corpus was tried");
        return None;
    };
    let all =
        std::fs::read_dir(corpus.join(folder)).expect("a folder of the corpus").map(|entry| entry.unwrap());
    let mut all: Vec<_> = all.map(|entry| (entry.file_name().into_string().unwrap(), entry.path())).collect();
    all.retain(|(name, _)| name.ends_with(ending));
    all.sort();
    Some(all.into_iter().map(|(name, path)| (name, std::fs::read(path).unwrap())).collect())
}

#[test]
fn objects_of_registries() {
    let Some(files) = files("irr", ".rpsl") else { return };
    let (mut routes, mut sets, mut aut_nums, mut faults) = (0, 0, 0, Vec::new());
    for (name, dump) in &files {
        let mut reader = RpslReader::default();
        let mut fault = |fault| faults.push(format!("{name}: {fault}"));
        for line in dump.split(|b| *b == b'\n').chain([&b""[..]]) {
            match reader.line(line, &mut fault) {
                Some(IrrObject::Route(_)) => routes += 1,
                Some(IrrObject::Set(_)) => sets += 1,
                Some(IrrObject::AutNum(_)) => aut_nums += 1,
                None => {}
            }
        }
    }
    println!("{} files: {routes} routes, {sets} sets, {aut_nums} aut-nums; {faults:?}", files.len());
    assert!(routes >= 2 && sets >= 2, "{faults:?}");
    // Files that are named for what is wrong with them may have faults; the others have none.
    assert!(
        faults.iter().all(|fault| fault.contains("malformed") || fault.contains("missing")),
        "{faults:?}"
    );
}

#[test]
fn documents_of_validators() {
    let Some(files) = files("rpki", ".json") else { return };
    for (name, json) in &files {
        let read = serde_json::from_slice::<RpkiDocument>(json);
        println!(
            "{name}: {:?}",
            read.as_ref().map(|document| (document.vrps(0).len(), document.aspas(0).len()))
        );
        // In these somebody wrote a prefix with bits beyond its length.
        let wrong = ["bgpalerter__roas.before.json", "bgpalerter__vrp.wrong.json"];
        match read {
            Ok(_) => assert!(!wrong.contains(&name.as_str()), "{name}"),
            Err(error) => assert!(
                wrong.contains(&name.as_str()) && error.to_string().contains("bits set beyond"),
                "{name}: {error}"
            ),
        }
    }
}
