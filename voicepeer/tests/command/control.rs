//! The control socket, and how a daemon starts and ends.

use super::support::{Daemon, Files, Net, RawPeer, run};
use rustix::process::Signal;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write as _};
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};

const ALONE: &str = "[speaker]\nasn = 64500\nrouter_id = \"192.0.2.1\"\nlisten = []\n";

#[test]
fn the_socket_is_the_owners_and_goes_with_the_daemon() {
    let mut daemon = Daemon::start(ALONE);
    let socket = std::fs::metadata(daemon.control()).unwrap();
    assert!(socket.file_type().is_socket());
    assert_eq!(socket.permissions().mode() & 0o777, 0o600);
    daemon.signal(Signal::TERM);
    assert_eq!(daemon.ended(), Some(0));
    assert!(!daemon.control().exists());
    daemon.logs(&["INFO", "stopped"]);
}

#[test]
fn a_stale_socket_is_replaced() {
    let files = Files::new();
    // A listener that is dropped leaves its file.
    drop(UnixListener::bind(files.path("control")).unwrap());
    assert!(files.path("control").exists());
    let daemon = Daemon::start_in(files, ALONE);
    assert_eq!(daemon.show("neighbors")["asn"], 64500);
}

#[test]
fn a_living_one_is_refused() {
    let daemon = Daemon::start(ALONE);
    let config = daemon.directory().join("voicepeer.toml");
    let second = run([
        "run".as_ref(),
        "-c".as_ref(),
        config.as_os_str(),
        "--control".as_ref(),
        daemon.control().as_os_str(),
    ]);
    second
        .refused_with(&["a daemon is already answering at", "choose another place"], "the same socket twice");
    assert_eq!(daemon.show("neighbors")["asn"], 64500);
}

#[test]
fn a_file_that_is_no_socket_stays() {
    let files = Files::new();
    let (config, precious) = (files.write("c.toml", ALONE), files.write("precious", "text"));
    let said =
        run(["run".as_ref(), "-c".as_ref(), config.as_os_str(), "--control".as_ref(), precious.as_os_str()]);
    said.refused_with(&["cannot listen on the control socket", "no socket", "--control"], "a file");
    assert_eq!(std::fs::read_to_string(precious).unwrap(), "text");
}

#[test]
fn addresses_that_are_not_ours() {
    let files = Files::new();
    let listen = ALONE.replace("[]", "[\"192.0.2.1:0\"]");
    let bfd = format!(
        "{ALONE}[[peer]]\nname = \"a\"\naddress = \"192.0.2.2\"\nasn = 1\nlocal_address = \"192.0.2.1\"\n[peer.bfd]\n"
    );
    for (text, says) in [
        (listen, ["cannot listen on 192.0.2.1:0", "speaker.listen takes addresses of this machine"]),
        (bfd, ["cannot start BFD towards peer a", "peer.local_address is an address of this machine"]),
    ] {
        let (config, control) = (files.write("c.toml", &text), files.path("control"));
        let control_at = ["--control".as_ref(), control.as_os_str()];
        let said = run(["run".as_ref(), "-c".as_ref(), config.as_os_str()].into_iter().chain(control_at));
        said.refused_with(&says, &text);
        assert!(!control.exists());
    }
}

/// A peer without policies, one with one of them, and an internal one, which needs none.
#[test]
fn peers_without_policies_are_warned_of() {
    let net = Net(12);
    let peer = |host: u8, asn: u32, more: &str| {
        format!(
            "[[peer]]\nname = \"p{host}\"\naddress = \"{net}.{host}\"\nasn = {asn}\npassive = true\n{more}\n"
        )
    };
    let peers = [peer(2, 64501, ""), peer(3, 64501, "import = \"accept-all\""), peer(4, 64500, "")];
    let daemon = Daemon::start(&format!("{ALONE}{}", peers.concat()));
    let log = daemon.log();
    let warnings: Vec<&str> =
        log.lines().filter_map(|l| l.split_once("voicepeer::run: no ")).map(|(_, w)| w).collect();
    assert_eq!(
        warnings,
        [
            "import policy: nothing is accepted (RFC 8212) peer=\"p2\"",
            "export policy: nothing is announced (RFC 8212) peer=\"p2\"",
            "export policy: nothing is announced (RFC 8212) peer=\"p3\"",
        ]
    );
}

#[test]
fn no_daemon_there() {
    let files = Files::new();
    let control = files.path("control");
    let control = control.to_str().unwrap();
    for arguments in [
        &["show", "neighbors"][..],
        &["show", "verdicts", "--json"],
        &["refresh", "edge"],
        &["bfd", "show", "edge"],
        &["bfd", "history", "192.0.2.1", "--json"],
        &["bfd", "margin", "edge"],
        &["check", "--live", "-p", super::support::example("plan.toml").to_str().unwrap()],
    ] {
        let said = run(arguments.iter().copied().chain(["--control", control]));
        said.refused_with(
            &[
                "no answer from a daemon at",
                control,
                "start one with `voicepeer run`, or name its socket with --control",
            ],
            &arguments.join(" "),
        );
    }
}

#[test]
fn what_is_no_request_gets_an_answer() {
    let daemon = Daemon::start(ALONE);
    let mut client = UnixStream::connect(daemon.control()).unwrap();
    client.write_all(b"{\"neighbours\":1}\n\"neighbors\"\n").unwrap();
    let mut answers = BufReader::new(client).lines();
    let mut next = || serde_json::from_str::<serde_json::Value>(&answers.next().unwrap().unwrap()).unwrap();
    let refused = next();
    assert!(refused["error"].as_str().unwrap().starts_with("not a request: unknown variant"), "{refused}");
    assert_eq!(next()["ok"]["asn"], 64500);
}

#[test]
fn a_client_that_lingers_does_not_keep_it_from_stopping() {
    let mut daemon = Daemon::start(ALONE);
    let idle = UnixStream::connect(daemon.control()).unwrap();
    // Only after an answer is the connection known to have been taken in.
    daemon.show("neighbors");
    daemon.signal(Signal::INT);
    assert_eq!(daemon.ended(), Some(0));
    drop(idle);
}

/// Routes that no two of which share an UPDATE of almost 4096 octets: more than the kernel keeps for a peer
/// that does not read.
fn many_routes(net: Net) -> String {
    let mut text = format!(
        "[speaker]\nasn = 64500\nrouter_id = \"192.0.2.1\"\nlisten = [\"{net}.1:0\"]\n\
                    [[peer]]\nname = \"deaf\"\naddress = \"{net}.2\"\nasn = 64501\npassive = true\nexport = \"long\"\n\
                    [policy.long]\n[[policy.long.rule]]\nname = \"long\"\nthen = \"accept\"\nset = {{ large_communities = [\n",
    );
    (0..300).for_each(|n| writeln!(text, "\"64500:1:{n}\",").unwrap());
    text.push_str("] }\n");
    for n in 0..2000 {
        writeln!(text, "[[route]]\nprefix = \"198.18.{}.{}/32\"\nmed = {n}", n / 250, n % 250).unwrap();
    }
    text
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let net = Net(10);
    let mut daemon = Daemon::start(&many_routes(net));
    let peer = RawPeer::establish(net.host(2), daemon.listening(), 64501);
    let mut before = 0;
    let stalled = daemon.neighbor("the peer is full", |n| {
        let sent = n["messages_out"].as_u64().unwrap();
        let stands = sent > 100 && sent == std::mem::replace(&mut before, sent);
        n["state"] == "Established" && stands
    });
    assert!(stalled["messages_out"].as_u64().unwrap() < 2000, "{stalled}");
    daemon.signal(Signal::TERM);
    daemon.logs(&["stopping: every peer is told; a second signal ends at once"]);
    daemon.signal(Signal::TERM);
    assert_eq!(daemon.ended(), Some(0));
    daemon.logs(&["ended by a second signal"]);
    drop(peer);
}
