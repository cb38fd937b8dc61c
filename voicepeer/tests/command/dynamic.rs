//! Peers that nobody named, and sockets of one interface.

use super::support::{Daemon, Net};

#[test]
fn a_peer_from_a_prefix_has_the_settings_of_its_group() {
    let net = Net(38);
    let hub = Daemon::start(&format!(
        "[speaker]\nasn = 64500\nrouter_id = \"192.0.2.1\"\nlisten = []\n\
         [[speaker.listen_on]]\naddress = \"{net}.1:0\"\ninterface = \"lo\"\n\
         [group.leaves]\nasn = 64501\nhold_time = 30\nimport = \"accept-all\"\nexport = \"accept-all\"\n\
         [[dynamic]]\nprefix = \"{net}.0/24\"\ngroup = \"leaves\"\n",
    ));
    let port = hub.listening().port();
    let leaf = Daemon::start(&format!(
        "[speaker]\nasn = 64501\nrouter_id = \"192.0.2.2\"\nlisten = []\n\
         [[peer]]\nname = \"hub\"\naddress = \"{net}.1\"\nport = {port}\nlocal_address = \"{net}.2\"\n\
         asn = 64500\nconnect_retry = 1\ninterface = \"lo\"\nimport = \"accept-all\"\nexport = \"accept-all\"\n\
         [[route]]\nprefix = \"198.51.100.0/24\"\n",
    ));
    leaf.established();
    let shown = hub.neighbor("the route", |n| n["accepted"] == 1);
    assert_eq!((&shown["name"], &shown["hold_time"]), (&format!("leaves {net}.2").into(), &30.into()));
    hub.logs(&["dynamic peer", "leaves"]);
}
