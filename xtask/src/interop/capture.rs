//! Packets on a node's interface, with the kernel's timestamps, as `tcpdump` prints them.

use super::daemon::Daemon;
use super::netns::Node;
use crate::clock::wait_for;
use crate::failure::Failure;
use std::path::Path;
use std::time::Duration;

/// A running capture of BGP and BFD.
pub(crate) struct Capture(Daemon);

/// One captured packet.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Seen {
    /// Since the epoch, by the kernel's clock.
    pub(crate) at: Duration,
    /// Source address and port, joined by a dot.
    pub(crate) source: String,
    /// The rest of the line.
    pub(crate) text: String,
}

impl Capture {
    /// Starts to capture on the first interface, and is capturing when this returns.
    pub(crate) fn start(node: &Node) -> Result<Self, Failure> {
        let filter = "udp port 3784 or udp port 4784 or tcp port 179";
        let options = ["-i", "eth0", "-tt", "-n", "-v", "-l", "--immediate-mode", filter];
        let daemon = Daemon::start(node, "tcpdump", Path::new("tcpdump"), options)?;
        wait_for("the capture to start", Duration::from_secs(10), || {
            let log = daemon.log()?;
            if log.contains("listening on") { Ok(()) } else { Err(Failure::answer("tcpdump", log)) }
        })?;
        Ok(Self(daemon))
    }

    /// The packets so far, in order.
    pub(crate) fn seen(&self) -> Result<Vec<Seen>, Failure> {
        Ok(packets(&self.0.log()?))
    }
}

/// Fails if a BFD packet says that its sender is not Up.
pub(crate) fn all_up(packets: &[Seen]) -> Result<usize, Failure> {
    let bfd = || packets.iter().filter(|packet| packet.text.contains("BFDv1"));
    match bfd().find(|packet| !packet.text.contains("State Up")) {
        Some(other) => Err(Failure::Objection(format!("{} is not Up: {}", other.source, other.text))),
        None => Ok(bfd().count()),
    }
}

/// A packet is a line that begins with its time; what belongs to it follows on indented lines.
fn packets(log: &str) -> Vec<Seen> {
    let mut packets: Vec<Seen> = Vec::new();
    for line in log.lines() {
        if line.starts_with(|first: char| first.is_ascii_digit()) {
            let at = line.split(' ').next().and_then(timestamp).unwrap_or_default();
            packets.push(Seen { at, source: String::new(), text: String::new() });
        }
        if let Some(packet) = packets.last_mut() {
            append(packet, line);
        }
    }
    packets
}

fn append(packet: &mut Seen, line: &str) {
    if let Some((source, _)) = line.split_once(" > ").filter(|_| packet.source.is_empty()) {
        packet.source = source.rsplit(' ').next().unwrap_or_default().to_owned();
    }
    packet.text.push_str(line.trim());
    packet.text.push(' ');
}

/// Reads `seconds.microseconds`.
fn timestamp(text: &str) -> Option<Duration> {
    let (seconds, micros) = text.split_once('.')?;
    Some(Duration::from_secs(seconds.parse().ok()?) + Duration::from_micros(micros.parse().ok()?))
}
