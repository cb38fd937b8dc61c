//! `voicepeer check --routes`: what routers print of routes and of sessions, in every form that is known, their configurations,
//! and records.

use bgp_policy::voice::{AddressProvider, Connection, Peering, Plan, Role, SessionPlan};
use bgp_wire::Asn;

/// Whatever the input is, it is read, or the line that cannot be read is one of its lines.
pub fn observe(data: &[u8]) {
    let lines = data.iter().filter(|octet| **octet == b'\n').count() + 1;
    match voicepeer::routes_in(data, &plan()) {
        Some(Ok(routes)) => assert!(routes <= data.len()),
        Some(Err(line)) => assert!(line <= lines, "line {line} of {lines}"),
        None => {}
    }
}

/// One session, between 192.0.2.10 and 192.0.2.11.
fn plan() -> Plan {
    let session = SessionPlan {
        local: "192.0.2.10/31".parse().expect("a prefix"),
        peer: "192.0.2.11".parse().expect("an address"),
        provider: AddressProvider::Microsoft,
        bfd: None,
        hold_time: None,
        keepalive: None,
        md5: false,
        max_prefix: None,
    };
    let connection = Connection {
        name: "one".into(),
        location: "here".into(),
        role: Role::Primary,
        router: None,
        remote_router: None,
        bandwidth_gbps: 10,
        utilisation_percent: None,
        state: None,
        session,
    };
    let mut plan = Plan::new(Asn(64500));
    plan.peerings.push(Peering {
        name: "one".into(),
        connections: vec![connection],
        registered_prefixes: Vec::new(),
    });
    plan
}

macro_rules! samples {
    ($($name:literal),* $(,)?) => {
        [$(&include_bytes!(concat!("../../voicepeer/src/observe/samples/", $name))[..]),*]
    };
}

/// What routers print of their sessions.
fn of_sessions() -> Vec<&'static [u8]> {
    macro_rules! samples {
        ($($name:literal),* $(,)?) => {
            vec![$(&include_bytes!(concat!("../../voicepeer/src/observe/neighbor/samples/", $name))[..]),*]
        };
    }
    samples![
        "bird_limit.txt",
        "bird_no_bfd.txt",
        "bird_password.txt",
        "bird_slow.txt",
        "eos.txt",
        "eos_two_tables.txt",
        "eos_wide.txt",
        "frr_limit.txt",
        "frr_no_bfd.txt",
        "frr_password.txt",
        "frr_slow.txt",
        "gobgp_limit.json",
        "gobgp_limit.txt",
        "gobgp_password.json",
        "gobgp_up.txt",
        "ios_xr.txt",
        "junos.txt",
        "openbgpd_limit.txt",
        "openbgpd_no_bfd.txt",
        "openbgpd_password.txt",
        "openbgpd_up.txt",
        "sr_os.txt",
        "sr_os_detail.txt",
    ]
}

/// The same in JSON that goes over several lines, which stands by itself.
fn of_sessions_in_json() -> Vec<&'static [u8]> {
    macro_rules! samples {
        ($($name:literal),* $(,)?) => {
            vec![$(&include_bytes!(concat!("../../voicepeer/src/observe/neighbor/samples/", $name))[..]),*]
        };
    }
    samples!["frr_bfd.json", "frr_down.json", "frr_up.json", "openbgpd_limit.json", "openbgpd_up.json"]
}

/// What routers are configured to do.
fn configurations() -> Vec<&'static [u8]> {
    macro_rules! samples {
        ($($name:literal),* $(,)?) => {
            vec![$(&include_bytes!(concat!("../../voicepeer/src/observe/configured/samples/", $name))[..]),*]
        };
    }
    samples!["bgpd.conf", "bird.conf", "frr.txt", "gobgpd.toml"]
}

/// An output of each form, some of them behind their commands, and FRR's BMP.
pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let samples = samples![
        "bird.txt",
        "bird_all.txt",
        "eos.txt",
        "eos_detail.txt",
        "eos_terminal.txt",
        "eos_vrf_detail.txt",
        "frr.json",
        "frr.txt",
        "frr_detail.txt",
        "frr_ipv6.txt",
        "frr_wide.txt",
        "gobgp.json",
        "gobgp.txt",
        "ios_xr.txt",
        "ios_xr_detail.txt",
        "ios_xr_instance.txt",
        "ios_xr_terminal.txt",
        "ios_xr_vrfs.txt",
        "junos.txt",
        "junos_addpath.txt",
        "junos_detail.txt",
        "junos_terminal.txt",
        "junos_wide.txt",
        "openbgpd.json",
        "openbgpd.txt",
        "openbgpd_detail.txt",
        "sr_os.txt",
        "sr_os_detail.txt",
        "sr_os_hunt.txt",
        "sr_os_ipv6.txt",
        "sr_os_terminal.txt",
    ];
    let command = |name: &str| format!("edge# show bgp neighbors {name} advertised-routes\n").into_bytes();
    let [bird, .., sr_os] = &samples;
    let terminal = [&command("192.0.2.11")[..], sr_os, b"edge#\n", &command("192.0.2.13"), bird].concat();
    let received = br#"{"value":[{"prefix":"198.51.100.0/24","nextHop":"192.0.2.10","asPath":"64500"}]}"#;
    let bmp = include_bytes!("../../voicepeer/tests/command/frr.bmp");
    let of_sessions = of_sessions();
    let asked = [b"edge# show bgp neighbors\n", of_sessions.concat().as_slice(), b"edge#\n", bird].concat();
    let others = [terminal, asked, received.to_vec(), bmp.to_vec()];
    samples
        .iter()
        .chain(&of_sessions)
        .chain(&of_sessions_in_json())
        .chain(&configurations())
        .map(|sample| sample.to_vec())
        .chain(others)
        .collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_seed_is_read() {
        for seed in super::seeds() {
            let read = voicepeer::routes_in(&seed, &super::plan());
            assert!(matches!(read, Some(Ok(1..))), "{read:?}: {}", String::from_utf8_lossy(&seed));
        }
    }
}
