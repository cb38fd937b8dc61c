//! FRR, ours, BIRD, in a row. FRR has two links to ours, knows its interfaces alone, and finds ours by router advertisements;
//! ours takes whoever connects on those links. A router has the same link-local address on either, as on VLANs of one interface.
//! Ours and BIRD know each other's link-local address, and have a session over IPv4 beside that one.

use crate::failure::Failure;
use crate::interop::daemon::Daemon;
use crate::interop::frr::{self, Files};
use crate::interop::trio::Trio;

/// The links between ours and FRR: our interface, FRR's.
pub(super) const LINKS: [[&str; 2]; 2] = [["eth1", "eth0"], ["eth2", "eth1"]];
/// Ours on both, by its MAC address.
pub(super) const TO_FRR: &str = "fe80::ff:fe00:1";
/// FRR on both, likewise.
pub(super) const FRR: &str = "fe80::ff:fe00:2";
/// Ours on the wire to BIRD, and BIRD.
pub(super) const TO_BIRD: &str = "fe80::a";
pub(super) const BIRD: &str = "fe80::b";

/// FRR's routes, ours, those of BIRD over the link-local addresses: IPv4, IPv6. And the one of IPv4 over the other session.
pub(super) const OF_FRR: [&str; 2] = ["198.18.1.0/24", "2001:db8:1::/48"];
pub(super) const OF_OURS: [&str; 2] = ["198.18.2.0/24", "2001:db8:2::/48"];
pub(super) const OF_BIRD: [&str; 2] = ["198.18.3.0/24", "2001:db8:3::/48"];
pub(super) const BESIDE: &str = "198.18.4.0/24";
/// Addresses of ours within [`OF_OURS`].
pub(super) const TARGETS: [&str; 2] = ["198.18.2.1", "2001:db8:2::1"];
/// What ours puts on all that it tells FRR.
pub(super) const MED: u32 = 42;

/// The links, the addresses, and who advertises ours as a router: the daemon does not.
pub(super) fn lay(trio: &Trio) -> Result<Daemon, Failure> {
    trio.middle.address_of("eth0", &format!("{TO_BIRD}/64"))?;
    trio.bird.address(&format!("{BIRD}/64"))?;
    trio.second_wire_to_frr()?;
    for [ours, frr] in LINKS {
        trio.middle.mac(ours, "02:00:00:00:00:01")?;
        trio.frr.mac(frr, "02:00:00:00:00:02")?;
    }
    TARGETS.iter().try_for_each(|target| trio.middle.address_of("lo", target))?;
    // Answers of IPv4 go back by the addresses beside, those of IPv6 by this route: ours puts none into the kernel.
    trio.frr.address_of("lo", "2001:db8:1::1/128")?;
    let back = ["-6", "route", "add", "2001:db8:1::1/128", "via", FRR, "dev", "eth1"];
    trio.middle.ask("ip", &back)?;
    // Only a router advertises itself.
    trio.middle.forwards(true)?;
    let advertised = |[ours, _]: [&str; 2]| {
        format!("interface {ours}\n ipv6 nd ra-interval 1\n no ipv6 nd suppress-ra\nexit\n")
    };
    frr::start_zebra(&trio.middle, &("log stdout debugging\n".to_owned() + &LINKS.map(advertised).concat()))
}

/// `voicepeer.toml`.
pub(super) fn ours() -> String {
    let links = LINKS.map(|[ours, _]| {
        format!(
            "[group.{ours}]\nasn = 65540\ninterface = \"{ours}\"\nhold_time = 3\n\
             families = [\"ipv4-unicast\", \"ipv6-unicast\"]\nimport = \"accept-all\"\nexport = \"to-frr\"\n\
             [group.{ours}.capabilities]\nextended_next_hop = true\n\
             [[dynamic]]\nprefix = \"fe80::/10\"\ngroup = \"{ours}\"\n"
        )
    });
    let routes = OF_OURS.map(|prefix| format!("[[route]]\nprefix = \"{prefix}\"\n"));
    format!(
        "[speaker]\nasn = 64496\nrouter_id = \"203.0.113.1\"\ncontrol = \"control.sock\"\n\
         {}{}\
         [[peer]]\nname = \"bird\"\naddress = \"{BIRD}\"\nasn = 64497\nlocal_address = \"{TO_BIRD}\"\n\
         interface = \"eth0\"\nfamilies = [\"ipv4-unicast\", \"ipv6-unicast\"]\nconnect_retry = 1\n\
         import = \"accept-all\"\nexport = \"accept-all\"\n[peer.capabilities]\nextended_next_hop = true\n\
         [[peer]]\nname = \"plain\"\naddress = \"192.0.2.1\"\nasn = 64498\nconnect_retry = 1\n\
         import = \"accept-all\"\nexport = \"accept-all\"\n\
         [policy.to-frr]\n[[policy.to-frr.rule]]\nname = \"med\"\nset = {{ med = {MED} }}\nthen = \"accept\"\n",
        links.concat(),
        routes.concat(),
    )
}

/// FRR's files.
pub(super) fn frr() -> Files {
    let log = "log stdout debugging\n".to_owned();
    let each = |line: &str| LINKS.map(|[_, frr]| line.replace("LINK", frr)).concat();
    let family = |name: &str, prefix: &str| {
        let on = each("  neighbor LINK activate\n");
        format!(" address-family {name} unicast\n  network {prefix}\n{on} exit-address-family\n")
    };
    let [ipv4, ipv6] = OF_FRR;
    let bgpd = format!(
        "{log}router bgp 65540\n bgp router-id 203.0.113.3\n no bgp ebgp-requires-policy\n no bgp network import-check\n\
         {}{}{}exit\n",
        each(
            " neighbor LINK interface v6only remote-as external\n neighbor LINK timers 1 3\n neighbor LINK timers connect 1\n"
        ),
        family("ipv4", ipv4),
        family("ipv6", ipv6),
    );
    Files { zebra: log.clone(), bfdd: log, bgpd }
}

/// BIRD's file. Over IPv4 it has another ASN.
pub(super) fn bird() -> String {
    let [ipv4, ipv6] = OF_BIRD;
    let own = |name: &str| format!("import all; export where proto = \"{name}\";");
    format!(
        "log stderr all;\nrouter id 203.0.113.2;\nprotocol device {{}}\n\
         protocol static four {{ ipv4; route {ipv4} blackhole; }}\n\
         protocol static six {{ ipv6; route {ipv6} blackhole; }}\n\
         protocol static beside {{ ipv4; route {BESIDE} blackhole; }}\n\
         protocol bgp unnumbered {{\n local {BIRD} as 64497;\n neighbor {TO_BIRD}%'eth0' as 64496;\n direct;\n\
         connect delay time 1; connect retry time 1; error wait time 1, 2;\n\
         ipv4 {{ extended next hop on; {} }};\n ipv6 {{ {} }};\n}}\n\
         protocol bgp plain {{\n local 192.0.2.1 as 64498;\n neighbor 192.0.2.0 as 64496;\n\
         connect delay time 1; connect retry time 1; error wait time 1, 2;\n ipv4 {{ import none; export where proto = \"beside\"; }};\n}}\n",
        own("four"),
        own("six"),
    )
}
