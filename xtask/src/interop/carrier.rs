//! A carrier's router: configured by `voicepeer plan render`, told otherwise while it runs, and asked what it announces.

use super::bird::Bird;
use super::frr::Frr;
use super::gobgp::GoBgp;
use super::netns::Node;
use super::openbgpd::OpenBgpd;
use super::router::{Peer, Router};
use super::voicepeer::binary;
use crate::command::stdout_of;
use crate::failure::Failure;
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::process::Command;

/// The plan that its configuration is made of.
pub(crate) const PLAN: &str = include_str!("../../../lab/rendered/plan.toml");

/// One session of that plan.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Leg {
    pub(crate) connection: &'static str,
    pub(crate) carrier: IpAddr,
    pub(crate) far_end: IpAddr,
}

/// Both sessions, which end on one router here.
pub(crate) const LEGS: [Leg; 2] = [leg("lab-1", 2, 1), leg("lab-2", 6, 5)];

const fn leg(connection: &'static str, carrier: u8, far_end: u8) -> Leg {
    Leg { connection, carrier: address(carrier), far_end: address(far_end) }
}

const fn address(last: u8) -> IpAddr {
    IpAddr::V4(Ipv4Addr::new(192, 0, 2, last))
}

/// What a carrier's router can be asked and told beside what every router can.
pub(crate) trait Carrier: Router {
    /// Takes over a whole configuration, without a restart where the program can. Sessions that have ended begin again.
    fn reconfigure(&mut self, configuration: &str) -> Result<(), Failure>;
    /// What its own command prints of the routes that it announces on a session.
    fn announced(&self, leg: &Leg) -> Result<String, Failure>;
    /// What its own commands print of its sessions, of BGP and of BFD where it has that.
    fn sessions(&self) -> Result<String, Failure>;
    /// The configuration that it runs by, as itself prints it, or in its file where it prints none.
    fn configuration(&self) -> Result<String, Failure>;
}

/// What `voicepeer plan render` writes for it.
pub(crate) fn render(peer: Peer, plan: &Path) -> Result<String, Failure> {
    let make = match peer {
        Peer::Bird => "bird",
        Peer::Frr => "frr",
        Peer::GoBgp => "gobgp",
        Peer::OpenBgpd => "openbgpd",
        Peer::ExaBgp => return Err(Failure::Objection("nothing is rendered for ExaBGP".into())),
    };
    let words = ["plan", "render", "--originate", "--for", make, "-p"];
    stdout_of(Command::new(binary()).args(words).arg(plan))
}

/// Has the program that it is for check a configuration, and starts it with that.
pub(crate) fn start(peer: Peer, node: &Node, configuration: &str) -> Result<Box<dyn Carrier>, Failure> {
    Ok(match peer {
        Peer::Bird => Box::new(Bird::start(node, configuration)?),
        Peer::Frr => Box::new(Frr::start_integrated(node, configuration)?),
        Peer::GoBgp => Box::new(GoBgp::start_configured(node, configuration)?),
        Peer::OpenBgpd => Box::new(OpenBgpd::start_configured(node, configuration)?),
        Peer::ExaBgp => return Err(Failure::Objection("nothing is rendered for ExaBGP".into())),
    })
}

/// Gives the ends of a wire both addresses of the plan's sessions.
pub(crate) fn addresses(far_end: &Node, carrier: &Node) -> Result<(), Failure> {
    far_end.address("192.0.2.5/29")?;
    carrier.address("192.0.2.6/29")
}
