//! Who stands beside a carrier's router: BFD where it has none, and a customer of the carrier.

use crate::failure::Failure;
use crate::interop::bird::Bird;
use crate::interop::netns::Node;
use crate::interop::voicepeer::Voicepeer;

/// BIRD that speaks BFD and nothing else.
pub(super) const BESIDE: &str = "log stderr all;
router id 192.0.2.2;
protocol device {}
protocol bfd {
  interface \"*\" { min tx interval 300 ms; min rx interval 300 ms; multiplier 3; };
  neighbor 192.0.2.1 dev \"eth0\" local 192.0.2.2;
  neighbor 192.0.2.5 dev \"eth0\" local 192.0.2.6;
}
";

/// The BFD of a router that has none.
pub(super) struct Beside(Bird);

impl Beside {
    pub(super) fn start(node: &Node) -> Result<Self, Failure> {
        Bird::start(node, BESIDE).map(Self)
    }

    /// What it prints of its BFD.
    pub(super) fn sessions(&self) -> Result<String, Failure> {
        self.0.bfd_sessions()
    }

    pub(super) fn configure(&self, configuration: &str) -> Result<(), Failure> {
        self.0.configure(configuration)
    }
}

/// A customer of the carrier whose route is not fit to be passed on.
#[derive(Clone, Copy)]
pub(super) struct Customer {
    pub(super) asn: u32,
    pub(super) prefix: &'static str,
    /// The ASNs behind its own.
    pub(super) path: &'static str,
}

impl Customer {
    /// Starts it on the carrier's own host, where the address may be already.
    pub(super) fn start(&self, node: &Node) -> Result<Voicepeer, Failure> {
        let Self { asn, prefix, path } = self;
        let configuration = format!(
            "[speaker]\nasn = {asn}\nrouter_id = \"192.0.2.10\"\nlisten = []\ncontrol = \"control.sock\"\n\n\
             [[peer]]\nname = \"carrier\"\naddress = \"192.0.2.2\"\nlocal_address = \"192.0.2.10\"\nasn = 64500\n\
             connect_retry = 1\nimport = \"accept-all\"\nexport = \"accept-all\"\n\n\
             [[route]]\nprefix = \"{prefix}\"\nas_path = [{path}]\n"
        );
        Voicepeer::start(node, &configuration)
    }
}
