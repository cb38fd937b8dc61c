//! A daemon that records, and the replay of what it recorded.

use super::support::{Daemon, Files, Net, eventually, run};
use rustix::process::Signal;

const SECRET: &str = "nobody-may-read-this";

/// AS 64500 records while AS 64501 connects, announces, and is drained; then it is stopped.
#[test]
fn what_a_daemon_records_replays_the_same() {
    let net = Net(91);
    let files = Files::new();
    let trace = files.path("trace");
    let text = format!(
        "[speaker]\nasn = 64500\nrouter_id = \"192.0.2.1\"\nlisten = [\"{net}.1:0\"]\n\
         [[route]]\nprefix = \"198.51.100.0/24\"\n\
         [[peer]]\nname = \"silent\"\naddress = \"{net}.9\"\nasn = 64509\npassive = true\npassword = \"{SECRET}\"\n\
         [[peer]]\nname = \"dials\"\naddress = \"{net}.2\"\nasn = 64501\npassive = true\n\
         import = \"accept-all\"\nexport = \"accept-all\"\n"
    );
    let path = trace.to_str().unwrap();
    let mut waits = Daemon::start_with(Files::new(), &text, &["--record", path]);
    let port = waits.listening().port();
    let dials = Daemon::start(&format!(
        "[speaker]\nasn = 64501\nrouter_id = \"192.0.2.2\"\nlisten = []\n\
         [[route]]\nprefix = \"203.0.113.0/24\"\n\
         [[peer]]\nname = \"waits\"\naddress = \"{net}.1\"\nport = {port}\nlocal_address = \"{net}.2\"\n\
         asn = 64500\nconnect_retry = 1\nimport = \"accept-all\"\nexport = \"accept-all\"\n"
    ));
    dials.established();
    let has = |daemon: &Daemon, prefix: &str| {
        eventually("the route", || {
            let routes = daemon.show("routes").to_string();
            if routes.contains(prefix) { Ok(()) } else { Err(routes) }
        });
    };
    has(&dials, "198.51.100.0/24");
    has(&waits, "203.0.113.0/24");
    assert_eq!(waits.ask(&["drain", "dials"]).status, Some(0));
    // What is limited anew at a reload is told to the engine too.
    std::fs::write(
        waits.directory().join("voicepeer.toml"),
        format!("{text}[peer.max_prefix]\nipv4_unicast = 10\n"),
    )
    .unwrap();
    waits.signal(Signal::HUP);
    waits.logs(&["limits of prefixes changed"]);
    waits.signal(Signal::TERM);
    assert_eq!(waits.ended(), Some(0));

    let octets = std::fs::read(&trace).unwrap();
    assert!(!octets.windows(SECRET.len()).any(|o| o == SECRET.as_bytes()), "the password is in the trace");
    let said = run(["replay", path]);
    assert_eq!((said.status, said.err.as_str()), (Some(0), ""), "{said:?}");
    assert!(said.out.ends_with(": the same to the end\n"), "{said:?}");

    std::fs::write(&trace, &octets[..octets.len() - 7]).unwrap();
    let said = run(["replay", path]);
    assert_eq!(said.status, Some(0), "{said:?}");
    assert!(said.out.contains("it is cut at octet"), "{said:?}");

    // Another AS of the peer in the configuration: its OPEN is refused.
    let at = octets.windows(5).position(|o| o == b"64501").unwrap();
    let mut other = octets.clone();
    other[at + 4] = b'2';
    std::fs::write(&trace, &other).unwrap();
    let said = run(["replay", path]);
    assert_eq!(said.status, Some(1), "{said:?}");
    assert!(said.out.contains("it parted at") && said.out.contains("recorded:"), "{said:?}");

    std::fs::write(&trace, b"no trace").unwrap();
    run(["replay", path]).err.contains("this is no trace").then_some(()).unwrap();
}
