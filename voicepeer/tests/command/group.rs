//! Peers of a group.

use super::support::{Daemon, Net, eventually};
use serde_json::Value;

/// Of two peers of one group one has the group's ASN and one its own, and each session is with that.
#[test]
fn a_peer_of_a_group_may_have_an_asn_of_its_own() {
    let net = Net(118);
    let hub = Daemon::start(&format!(
        "[speaker]\nasn = 64500\nrouter_id = \"192.0.2.1\"\nlisten = [\"{net}.1:0\"]\n\
         [group.all]\nasn = 64501\npassive = true\nimport = \"accept-all\"\nexport = \"accept-all\"\n\
         [[peer]]\nname = \"of the group\"\naddress = \"{net}.2\"\ngroup = \"all\"\n\
         [[peer]]\nname = \"of its own\"\naddress = \"{net}.3\"\ngroup = \"all\"\nasn = 64502\n",
    ));
    let port = hub.listening().port();
    let _leaves = [(2, 64501), (3, 64502)].map(|(last, asn)| {
        Daemon::start(&format!(
            "[speaker]\nasn = {asn}\nrouter_id = \"192.0.2.{last}\"\nlisten = []\n\
             [[peer]]\nname = \"hub\"\naddress = \"{net}.1\"\nport = {port}\nlocal_address = \"{net}.{last}\"\n\
             asn = 64500\nconnect_retry = 1\nimport = \"accept-all\"\nexport = \"accept-all\"\n",
        ))
    });
    eventually("both sessions", || {
        let neighbors = hub.show("neighbors")["neighbors"].take();
        let of = |neighbor: &Value| (neighbor["asn"].as_u64(), neighbor["state"] == "Established");
        let seen: Vec<_> = neighbors.as_array().map_or(vec![], |all| all.iter().map(of).collect());
        if seen == [(Some(64501), true), (Some(64502), true)] { Ok(()) } else { Err(neighbors.to_string()) }
    });
}
