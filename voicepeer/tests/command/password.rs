//! Passwords of TCP-MD5 that change at SIGHUP while sessions are up.

use super::support::{Daemon, Files, Net, changed, eventually, run};
use rustix::process::Signal;
use serde_json::Value;
use std::ffi::OsStr;

/// AS 64500, with a peer of that address and a prefix of dynamic ones around it, each with a password of its own.
fn hub(files: Files, net: Net) -> Daemon {
    let trace = files.path("trace");
    let text = format!(
        "[speaker]\nasn = 64500\nrouter_id = \"192.0.2.1\"\nlisten = [\"{net}.1:0\"]\n\
         [[peer]]\nname = \"named\"\naddress = \"{net}.2\"\nasn = 64501\npassive = true\npassword = \"one\"\n\
         import = \"accept-all\"\nexport = \"accept-all\"\n\
         [[dynamic]]\nprefix = \"{net}.0/24\"\ngroup = \"leaves\"\n\
         [group.leaves]\nasn = 64501\npassword = \"two\"\nimport = \"accept-all\"\nexport = \"accept-all\"\n",
    );
    Daemon::start_with(files, &text, &["--record", trace.to_str().unwrap()])
}

/// Dials it from the last octet's address.
fn leaf(net: Net, hub: &Daemon, last: u8, password: &str) -> Daemon {
    let port = hub.listening().port();
    let leaf = Daemon::start(&format!(
        "[speaker]\nasn = 64501\nrouter_id = \"192.0.2.{last}\"\nlisten = []\n\
         [[peer]]\nname = \"hub\"\naddress = \"{net}.1\"\nport = {port}\nlocal_address = \"{net}.{last}\"\n\
         asn = 64500\nconnect_retry = 1\npassword = \"{password}\"\nimport = \"accept-all\"\nexport = \"accept-all\"\n",
    ));
    leaf.established();
    leaf
}

/// Has one line of its configuration read otherwise.
fn reconfigure(daemon: &Daemon, from: &str, to: &str) {
    let path = daemon.directory().join("voicepeer.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, changed(&text, from, to)).unwrap();
    daemon.signal(Signal::HUP);
}

/// Waits until so many of the hub's sessions are Established.
fn established(hub: &Daemon, count: usize) {
    eventually("the sessions", || {
        let neighbors = hub.show("neighbors")["neighbors"].take();
        let up = |neighbor: &&Value| neighbor["state"] == "Established";
        let found = neighbors.as_array().map_or(0, |all| all.iter().filter(up).count());
        if found == count { Ok(()) } else { Err(format!("{neighbors}\n{}", hub.log())) }
    });
}

#[test]
fn a_password_changes_for_its_peers_and_no_other_hears_of_it() {
    let (net, files) = (Net(117), Files::new());
    let trace = files.path("trace");
    let mut hub = hub(files, net);
    let named = leaf(net, &hub, 2, "one");
    let dynamic = leaf(net, &hub, 3, "two");

    reconfigure(&hub, "\"one\"", "\"three\"");
    hub.logs(&["password changed", "named"]);
    named.logs(&["session down", "6/4 Cease, Administrative Reset", "another password"]);
    established(&hub, 1);
    reconfigure(&named, "\"one\"", "\"three\"");
    established(&hub, 2);
    assert!(!dynamic.log().contains("session down"), "{}", dynamic.log());

    reconfigure(&hub, "\"two\"", "\"four\"");
    hub.logs(&["password of dynamic peers changed"]);
    dynamic.logs(&["session down", "another password"]);
    established(&hub, 1);
    reconfigure(&dynamic, "\"two\"", "\"four\"");
    established(&hub, 2);
    assert_eq!(named.log().matches("session down").count(), 1, "{}", named.log());

    // What has none any more is held to that of the prefix, which has another.
    reconfigure(&hub, "password = \"three\"\n", "");
    established(&hub, 1);
    reconfigure(&named, "\"three\"", "\"four\"");
    established(&hub, 2);

    hub.signal(Signal::TERM);
    assert_eq!(hub.ended(), Some(0));
    let said = run([OsStr::new("replay"), trace.as_os_str()]);
    assert!(said.status == Some(0) && said.out.ends_with(": the same to the end\n"), "{said:?}");
}
