//! Two network namespaces and a pair of virtual links between them: the daemon in one, the peer in the other.
use crate::diagnostic::BadInput;
use std::ffi::OsStr;
use std::net::Ipv4Addr;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// The daemon's address; the peer has as many as there are sessions, from [`FIRST`] on.
pub(super) const DAEMON: Ipv4Addr = Ipv4Addr::new(10, 77, 0, 1);
pub(super) const FIRST: Ipv4Addr = Ipv4Addr::new(10, 77, 1, 1);
/// The daemon's interface.
pub(super) const INTERFACE: &str = "daemon0";
const PEERS_INTERFACE: &str = "peer0";

/// How many neighbours the kernel keeps, all namespaces together: the default is a thousand.
const NEIGHBOURS: &str = "/proc/sys/net/ipv4/neigh/default/gc_thresh3";
const ENOUGH: u32 = 16384;

/// Holds the other end of a pipe and ignores signals: however the bench ends, the pipe closes, and what runs in the
/// namespaces ends with them.
const REAPER: &str = r#"
trap '' INT TERM HUP
cat > /dev/null
for namespace in "$@"; do
    ip netns pids "$namespace" | xargs -r kill -KILL
    ip netns delete "$namespace"
done
"#;

/// Which side of the wire.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Side {
    Daemon,
    Peer,
}

/// Dropped, both namespaces and what runs in them are gone.
pub(super) struct Wire {
    reaper: Child,
    neighbours: Option<String>,
}

impl Wire {
    /// Lays the wire, with addresses for so many sessions.
    pub(super) fn lay(sessions: u32) -> Result<Self, BadInput> {
        let (daemon, peer) = (namespace(Side::Daemon), namespace(Side::Peer));
        let mut reaper = Command::new("sh");
        reaper.args(["-c", REAPER, "reaper", &peer, &daemon]);
        reaper.process_group(0).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let reaper = reaper.spawn().map_err(|error| BadInput::new(format!("cannot run sh: {error}")))?;
        let wire = Self { reaper, neighbours: more_neighbours() };
        let first = u32::from(FIRST);
        let addresses = (first..first.saturating_add(sessions))
            .map(|address| format!("address add {}/16 dev {PEERS_INTERFACE}", Ipv4Addr::from(address)));
        let lines = [
            format!("netns add {daemon}"),
            format!("netns add {peer}"),
            format!("link add {INTERFACE} netns {daemon} type veth peer name {PEERS_INTERFACE} netns {peer}"),
            format!("-n {daemon} address add {DAEMON}/16 dev {INTERFACE}"),
        ];
        let up = [(&daemon, "lo"), (&daemon, INTERFACE), (&peer, "lo"), (&peer, PEERS_INTERFACE)];
        let up = up.map(|(namespace, interface)| format!("-n {namespace} link set {interface} up"));
        for line in lines.into_iter().chain(up) {
            ip(&line)?;
        }
        batch(&peer, addresses)?;
        Ok(wire)
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        drop(self.reaper.stdin.take());
        // Best effort: there is nobody left to tell.
        let _status = self.reaper.wait();
        if let Some(before) = &self.neighbours {
            let _restored = std::fs::write(NEIGHBOURS, before);
        }
    }
}

/// The namespace of one side, this process' own.
fn namespace(side: Side) -> String {
    let side = if side == Side::Daemon { "daemon" } else { "peer" };
    format!("voicepeer-bench-{}-{side}", std::process::id())
}

/// A command that runs on one side what its next arguments name.
pub(super) fn inside(side: Side) -> Command {
    let mut command = Command::new("ip");
    command.args(["netns", "exec", &namespace(side)]);
    command
}

/// A command that runs `program` on one side, on one CPU, with real-time priority where it is given.
pub(super) fn program(side: Side, cpu: usize, fifo: Option<u8>, program: impl AsRef<OsStr>) -> Command {
    let mut command = inside(side);
    command.args(["taskset", "-c", &cpu.to_string()]);
    if let Some(priority) = fifo {
        command.args(["chrt", "-f", &priority.to_string()]);
    }
    command.arg(program);
    command
}

/// What must be given back in the end.
fn more_neighbours() -> Option<String> {
    let before = std::fs::read_to_string(NEIGHBOURS).ok()?;
    let few = before.trim().parse::<u32>().is_ok_and(|now| now < ENOUGH);
    (few && std::fs::write(NEIGHBOURS, ENOUGH.to_string()).is_ok()).then_some(before)
}

fn ip(line: &str) -> Result<(), BadInput> {
    run(Command::new("ip").args(line.split(' ')), line)
}

/// Many lines by one call.
fn batch(namespace: &str, lines: impl Iterator<Item = String>) -> Result<(), BadInput> {
    let failed =
        |error: std::io::Error| BadInput::new(format!("cannot write the addresses of the bench: {error}"));
    let file = tempfile::NamedTempFile::new().map_err(failed)?;
    std::fs::write(file.path(), lines.collect::<Vec<_>>().join("\n")).map_err(failed)?;
    let mut command = Command::new("ip");
    command.args(["-n", namespace, "-batch"]).arg(file.path());
    run(&mut command, "address add")
}

fn run(command: &mut Command, what: &str) -> Result<(), BadInput> {
    let output = command
        .output()
        .map_err(|error| BadInput::new(format!("cannot run ip: {error}")).help("install iproute2"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(BadInput::new(format!("ip {what}: {}", said.trim())))
}

/// Whether a program is there, by its path or in PATH.
pub(super) fn installed(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    Path::new(program).is_file() || std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}
