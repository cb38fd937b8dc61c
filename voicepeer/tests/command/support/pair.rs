//! Two daemons that peer with each other, without BFD.

use super::{Daemon, Net};

/// AS 64500 at `net`.1 waits, AS 64501 at `net`.2 connects; each accepts and announces all.
pub(crate) struct Pair {
    pub(crate) waits: Daemon,
    pub(crate) dials: Daemon,
}

impl Pair {
    /// Each daemon gets more keys of its `[[peer]]`, and what follows that table.
    pub(crate) fn start(net: Net, more: [(&str, &str); 2]) -> Self {
        Self::start_by(net, ["accept-all"; 2], more)
    }

    /// Each has this import policy.
    fn start_by(net: Net, import: [&str; 2], [waits, dials]: [(&str, &str); 2]) -> Self {
        let policies = import.map(|name| format!("import = \"{name}\"\nexport = \"accept-all\"\n"));
        let waits = Daemon::start(&format!(
            "[speaker]\nasn = 64500\nrouter_id = \"192.0.2.1\"\nlisten = [\"{net}.1:0\"]\n\
             [[peer]]\nname = \"dials\"\naddress = \"{net}.2\"\nasn = 64501\npassive = true\n{}{}\n{}",
            policies[0], waits.0, waits.1,
        ));
        let port = waits.listening().port();
        let dials = Daemon::start(&format!(
            "[speaker]\nasn = 64501\nrouter_id = \"192.0.2.2\"\nlisten = []\n\
             [[peer]]\nname = \"waits\"\naddress = \"{net}.1\"\nport = {port}\nlocal_address = \"{net}.2\"\n\
             asn = 64500\nconnect_retry = 1\n{}{}\n{}",
            policies[1], dials.0, dials.1,
        ));
        Self { waits, dials }
    }

    /// The same, once the session is Established.
    #[track_caller]
    pub(crate) fn established(net: Net, more: [(&str, &str); 2]) -> Self {
        Self::established_by(net, ["accept-all"; 2], more)
    }

    /// Each has this import policy.
    #[track_caller]
    pub(crate) fn established_by(net: Net, import: [&str; 2], more: [(&str, &str); 2]) -> Self {
        let pair = Self::start_by(net, import, more);
        pair.waits.established();
        pair.dials.established();
        pair
    }
}
