//! A small network of namespaces: routers, each in a namespace of its own, and wires between them.
//!
//! A wire is a bridge in a third namespace. Taking one end off the bridge cuts the wire while both ends keep
//! their carrier, so only what is sent over it can tell.

use crate::command::stdout_of;
use crate::failure::Failure;
use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Every namespace of a run begins with this and the process id of the run.
const PREFIX: &str = "voicepeer";

/// The network of one scenario. Dropped, its namespaces and whatever runs in them are gone.
pub(crate) struct Lab {
    name: String,
    folder: PathBuf,
    wires: Cell<u32>,
}

/// One router's namespace.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    namespace: String,
    folder: PathBuf,
}

/// One end of a wire: an interface of the node's, and its addresses with prefix lengths.
pub(crate) struct End<'a> {
    pub(crate) node: &'a Node,
    pub(crate) interface: &'a str,
    pub(crate) addresses: &'a [&'a str],
}

/// A wire between two nodes.
pub(crate) struct Wire {
    namespace: String,
    bridge: String,
    far_port: String,
}

impl Lab {
    /// An empty network whose logs go to `folder`.
    pub(crate) fn new(number: usize, folder: &Path) -> Result<Self, Failure> {
        let name = format!("{PREFIX}-{}-{number}", std::process::id());
        let lab = Self { name, folder: folder.to_owned(), wires: Cell::new(0) };
        add_namespace(&lab.wiring())?;
        Ok(lab)
    }

    fn wiring(&self) -> String {
        format!("{}-wires", self.name)
    }

    /// A router's namespace with a folder of its own for configuration and logs.
    pub(crate) fn node(&self, name: &str) -> Result<Node, Failure> {
        let namespace = format!("{}-{name}", self.name);
        add_namespace(&namespace)?;
        ip(&["-n", &namespace, "link", "set", "lo", "up"])?;
        let folder = self.folder.join(name);
        std::fs::create_dir_all(&folder).map_err(Failure::file(&folder))?;
        Ok(Node { namespace, folder })
    }

    /// Lays a wire from `near` to `far`.
    pub(crate) fn wire(&self, near: &End<'_>, far: &End<'_>) -> Result<Wire, Failure> {
        let number = self.wires.get();
        self.wires.set(number + 1);
        let (namespace, bridge) = (self.wiring(), format!("wire{number}"));
        ip(&["-n", &namespace, "link", "add", &bridge, "type", "bridge"])?;
        ip(&["-n", &namespace, "link", "set", &bridge, "up"])?;
        let far_port = format!("far{number}");
        plug(&namespace, &bridge, &format!("near{number}"), near)?;
        plug(&namespace, &bridge, &far_port, far)?;
        Ok(Wire { namespace, bridge, far_port })
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        remove_namespaces(&format!("{}-", self.name));
    }
}

impl Node {
    /// Where its configuration and logs are.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// One more address of its first interface.
    pub(crate) fn address(&self, address: &str) -> Result<(), Failure> {
        self.address_of("eth0", address)
    }

    /// One more address of that interface.
    pub(crate) fn address_of(&self, interface: &str, address: &str) -> Result<(), Failure> {
        ip(&["-n", &self.namespace, "address", "add", address, "dev", interface, "nodad"])
    }

    /// Gives an interface that MAC address, and with it another link-local address.
    pub(crate) fn mac(&self, interface: &str, mac: &str) -> Result<(), Failure> {
        // Else the address is not used before a second has passed in which nobody else was found to have it.
        self.ask("sysctl", &["-qw", &format!("net.ipv6.conf.{interface}.accept_dad=0")])?;
        self.link(&[interface, "down"])?;
        self.link(&[interface, "address", mac])?;
        self.link(&[interface, "up"])
    }

    /// Sets something of an interface: `eth0 down`.
    pub(crate) fn link(&self, words: &[&str]) -> Result<(), Failure> {
        ip(&[&["-n", &self.namespace, "link", "set"], words].concat())
    }

    /// A route, and the address that packets on it come from.
    pub(crate) fn route(&self, to: &str, via: &str, from: &str) -> Result<(), Failure> {
        ip(&["-n", &self.namespace, "route", "add", to, "via", via, "src", from])
    }

    /// It forwards packets of both families, or with `false` no more.
    pub(crate) fn forwards(&self, forwards: bool) -> Result<(), Failure> {
        let value = if forwards { "1" } else { "0" };
        let switch = |name| format!("{name}={value}");
        let (ipv4, ipv6) = (switch("net.ipv4.ip_forward"), switch("net.ipv6.conf.all.forwarding"));
        self.ask("sysctl", &["-qw", &ipv4, &ipv6]).map(drop)
    }

    /// Whether a packet to that address comes there and its answer back: a connection to a port that nobody listens on is refused.
    pub(crate) fn reaches(&self, address: &str) -> bool {
        let connect = format!("exec 3<>/dev/tcp/{address}/9");
        let answer = stdout_of(self.program("timeout").args(["2", "bash", "-c", &connect]));
        answer.is_err_and(|failure| failure.to_string().contains("Connection refused"))
    }

    /// A program to be run inside the namespace.
    pub(crate) fn program(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &self.namespace]).arg(program);
        command
    }

    /// What a program run inside the namespace prints; one that hangs is a failure.
    pub(crate) fn ask(&self, program: &str, arguments: &[&str]) -> Result<String, Failure> {
        stdout_of(self.program("timeout").args(["20", program]).args(arguments))
    }
}

impl Wire {
    /// Nothing passes any more, and neither end's link goes down.
    pub(crate) fn cut(&self) -> Result<(), Failure> {
        ip(&["-n", &self.namespace, "link", "set", &self.far_port, "nomaster"])
    }

    /// Whole again.
    pub(crate) fn mend(&self) -> Result<(), Failure> {
        ip(&["-n", &self.namespace, "link", "set", &self.far_port, "master", &self.bridge])
    }
}

/// Removes what runs that are no more have left behind.
pub(crate) fn sweep() {
    for namespace in namespaces() {
        // Those of other programs have no number there.
        let owner =
            namespace.strip_prefix(PREFIX).and_then(|rest| rest.split('-').nth(1)?.parse::<u32>().ok());
        if owner.is_some_and(|pid| !Path::new("/proc").join(pid.to_string()).exists()) {
            remove_namespaces(&namespace);
        }
    }
}

/// Ends every program in the namespaces whose names begin so, and removes the namespaces.
pub(crate) fn remove_namespaces(beginning: &str) {
    for namespace in namespaces().iter().filter(|name| name.starts_with(beginning)) {
        // Best effort: what is gone already need not be removed.
        if let Ok(pids) = stdout_of(Command::new("ip").args(["netns", "pids", namespace])) {
            let kill = Command::new("kill").arg("-KILL").args(pids.split_whitespace()).output();
            drop(kill);
        }
        drop(ip(&["netns", "delete", namespace]));
    }
}

fn namespaces() -> Vec<String> {
    let list = stdout_of(Command::new("ip").args(["netns", "list"])).unwrap_or_default();
    let names = list.lines().filter_map(|line| line.split_whitespace().next());
    names.filter(|name| name.starts_with(PREFIX)).map(str::to_owned).collect()
}

fn add_namespace(name: &str) -> Result<(), Failure> {
    ip(&["netns", "add", name])
}

/// Gives a node an interface with its addresses, whose other side is a port of the bridge.
fn plug(wiring: &str, bridge: &str, port: &str, end: &End<'_>) -> Result<(), Failure> {
    let (namespace, interface) = (&end.node.namespace, end.interface);
    let veth = ["link", "add", "name", interface, "netns", namespace, "type", "veth", "peer", "name", port];
    ip(&[&veth[..], &["netns", wiring]].concat())?;
    ip(&["-n", wiring, "link", "set", port, "master", bridge, "up"])?;
    ip(&["-n", namespace, "link", "set", interface, "up"])?;
    for address in end.addresses {
        let nodad: &[&str] = if address.contains(':') { &["nodad"] } else { &[] };
        ip(&[&["-n", namespace, "address", "add", address, "dev", interface], nodad].concat())?;
    }
    Ok(())
}

fn ip(arguments: &[&str]) -> Result<(), Failure> {
    stdout_of(Command::new("ip").args(arguments)).map(drop)
}
