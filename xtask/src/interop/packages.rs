//! What the scenarios need from Debian.

use crate::command::{installed, stdout_of};
use crate::failure::Failure;
use crate::report::Outcome;
use std::path::Path;
use std::process::Command;

/// A package and the program of it that is used here.
const PACKAGES: [(&str, &str); 10] = [
    ("bird2", "/usr/sbin/bird"),
    ("frr", "/usr/lib/frr/bgpd"),
    ("frr-pythontools", "/usr/lib/frr/frr-reload.py"),
    ("gobgpd", "/usr/bin/gobgpd"),
    ("openbgpd", "/usr/sbin/bgpctl"),
    ("exabgp", "/usr/sbin/exabgp"),
    ("stayrtr", "/usr/bin/stayrtr"),
    ("iproute2", "ip"),
    ("tcpdump", "tcpdump"),
    ("procps", "kill"),
];

/// Network namespaces need root.
pub(super) fn is_root() -> bool {
    stdout_of(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

/// Installs what is missing. The packages' own services are kept from starting: every daemon here is ours.
pub(super) fn install() -> Result<Outcome, Failure> {
    let missing: Vec<&str> =
        PACKAGES.iter().filter(|(_, program)| !present(program)).map(|(name, _)| *name).collect();
    if missing.is_empty() {
        return Ok(Outcome::Passed("all there".into()));
    }
    apt(&["update"])?;
    apt(&[&["install", "-y", "--no-install-recommends"], missing.as_slice()].concat())?;
    Ok(Outcome::Passed(format!("installed {}", missing.join(", "))))
}

fn present(program: &str) -> bool {
    if program.starts_with('/') { Path::new(program).exists() } else { installed(program) }
}

fn apt(arguments: &[&str]) -> Result<(), Failure> {
    let mut apt = Command::new("apt-get");
    apt.arg("-q").args(arguments).env("DEBIAN_FRONTEND", "noninteractive").env("RUNLEVEL", "1");
    stdout_of(&mut apt).map(drop)
}
