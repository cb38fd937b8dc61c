//! Peers that nobody named, and sockets of one interface.

use super::support::{Daemon, Files, Net, changed, eventually, run};
use rustix::process::Signal;
use std::ffi::OsStr;
use std::path::PathBuf;

/// Takes whoever connects from the net into a group; `more` are keys of the group, and tables after it. It records all of it.
fn hub(net: Net, more: &str) -> (Daemon, PathBuf) {
    let files = Files::new();
    let trace = files.path("trace");
    let text = format!(
        "[speaker]\nasn = 64500\nrouter_id = \"192.0.2.1\"\nlisten = []\n\
         [[speaker.listen_on]]\naddress = \"{net}.1:0\"\ninterface = \"lo\"\n\
         [[dynamic]]\nprefix = \"{net}.0/24\"\ngroup = \"leaves\"\n\
         [group.leaves]\nasn = 64501\nhold_time = 30\nimport = \"accept-all\"\nexport = \"accept-all\"\n{more}",
    );
    (Daemon::start_with(files, &text, &["--record", trace.to_str().unwrap()]), trace)
}

/// Dials it from the last octet's address, with one route.
fn leaf(net: Net, hub: &Daemon, last: u8, prefix: &str) -> Daemon {
    let port = hub.listening().port();
    let leaf = Daemon::start(&format!(
        "[speaker]\nasn = 64501\nrouter_id = \"192.0.2.{last}\"\nlisten = []\n\
         [[peer]]\nname = \"hub\"\naddress = \"{net}.1\"\nport = {port}\nlocal_address = \"{net}.{last}\"\n\
         asn = 64500\nconnect_retry = 1\ninterface = \"lo\"\nimport = \"accept-all\"\nexport = \"accept-all\"\n\
         [[route]]\nprefix = \"{prefix}\"\n",
    ));
    leaf.established();
    leaf
}

#[test]
fn a_peer_from_a_prefix_has_the_settings_of_its_group() {
    let net = Net(38);
    let (hub, _) = hub(net, "");
    let _leaf = leaf(net, &hub, 2, "198.51.100.0/24");
    let shown = hub.neighbor("the route", |n| n["accepted"] == 1);
    assert_eq!((&shown["name"], &shown["hold_time"]), (&format!("leaves {net}.2").into(), &30.into()));
    hub.logs(&["dynamic peer", "leaves"]);
}

#[test]
fn the_policies_of_a_prefix_change_for_who_is_there_and_who_comes() {
    let net = Net(102);
    let (mut hub, trace) = hub(net, "[policy.closed]\ndefault = \"reject\"\n");
    let first = leaf(net, &hub, 2, "198.51.100.0/24");
    hub.neighbor("the route", |n| n["accepted"] == 1);

    let path = hub.directory().join("voicepeer.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, changed(&text, "import = \"accept-all\"", "import = \"closed\"")).unwrap();
    hub.signal(Signal::HUP);
    hub.logs(&["policies and limits of dynamic peers changed"]);
    hub.neighbor("the refusal", |n| n["accepted"] == 0 && n["rejected"] == 1);
    assert!(!first.log().contains("session down"), "{}", first.log());

    let _second = leaf(net, &hub, 3, "203.0.113.0/24");
    eventually("the refusal of another's route", || {
        let routes = hub.show("routes")["routes"].take();
        let refused = |route: &&serde_json::Value| route["state"] == "rejected";
        match routes.as_array().map(|routes| routes.iter().filter(refused).count()) {
            Some(2) => Ok(()),
            _ => Err(routes.to_string()),
        }
    });

    hub.signal(Signal::TERM);
    assert_eq!(hub.ended(), Some(0));
    let said = run([OsStr::new("replay"), trace.as_os_str()]);
    assert!(said.status == Some(0) && said.out.ends_with(": the same to the end\n"), "{said:?}");
}
