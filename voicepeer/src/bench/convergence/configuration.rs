//! What each speaker is configured with: routes of injectors to receivers, nothing else, nothing in the kernel.
use super::feed::asn;
use super::row::Row;
use crate::bench::netns::{DAEMON, FIRST};
use std::fmt::Write;
use std::net::Ipv4Addr;
use std::path::Path;

const ASN: u32 = 65_000;

/// A peer of the speaker.
struct Peer {
    address: Ipv4Addr,
    asn: u32,
    injects: bool,
}

fn peers(row: Row) -> impl Iterator<Item = Peer> {
    (0..row.peers()).map(move |number| Peer {
        address: Ipv4Addr::from_bits(FIRST.to_bits() + number),
        asn: asn(number).0,
        injects: number < row.injectors(),
    })
}

/// One text after the other. Writing to memory does not fail.
fn each(row: Row, out: &mut String, write: impl Fn(&mut String, Peer) -> std::fmt::Result) {
    peers(row).for_each(|peer| _ = write(out, peer));
}

pub(super) fn voicepeer(row: Row, control: &Path) -> String {
    let control = control.display();
    let mut text = format!(
        "[speaker]\nasn = {ASN}\nrouter_id = \"{DAEMON}\"\nlisten = [\"{DAEMON}:179\"]\ncontrol = \"{control}\"\n"
    );
    each(row, &mut text, |out, Peer { address, asn, injects }| {
        let (import, export) =
            if injects { ("accept-all", "reject-all") } else { ("reject-all", "accept-all") };
        write!(
            out,
            "[[peer]]\nname = \"{address}\"\naddress = \"{address}\"\nasn = {asn}\npassive = true\nhold_time = 240\n\
             import = \"{import}\"\nexport = \"{export}\"\n"
        )
    });
    text
}

pub(super) fn bird(row: Row) -> String {
    let mut text =
        format!("router id {DAEMON};\nlog stderr {{ error, fatal, bug }};\nprotocol device {{ }}\n");
    each(row, &mut text, |out, Peer { address, asn, injects }| {
        let filters = if injects { "import all; export none;" } else { "import none; export all;" };
        writeln!(
            out,
            "protocol bgp {{ local {DAEMON} as {ASN}; neighbor {address} as {asn}; passive; hold time 240; \
             ipv4 {{ {filters} }}; }}"
        )
    });
    text
}

pub(super) fn frr(row: Row) -> String {
    let mut text = format!(
        "log stdout emergencies\nbgp no-rib\nip prefix-list NONE seq 5 deny any\nrouter bgp {ASN}\n \
         bgp router-id {DAEMON}\n no bgp ebgp-requires-policy\n neighbor IN peer-group\n neighbor OUT peer-group\n"
    );
    for group in ["IN", "OUT"] {
        let _infallible = writeln!(text, " neighbor {group} passive\n neighbor {group} timers 80 240");
    }
    each(row, &mut text, |out, Peer { address, asn, injects }| {
        let group = if injects { "IN" } else { "OUT" };
        writeln!(out, " neighbor {address} remote-as {asn}\n neighbor {address} peer-group {group}")
    });
    text + " address-family ipv4 unicast\n  neighbor IN prefix-list NONE out\n  neighbor OUT prefix-list NONE in\n \
            exit-address-family\n"
}

pub(super) fn gobgp(row: Row) -> String {
    let quoted = peers(row).filter(|peer| !peer.injects).map(|peer| format!("\"{}/32\"", peer.address));
    let receivers = quoted.collect::<Vec<_>>().join(", ");
    let mut text = format!(
        "[global.config]\nas = {ASN}\nrouter-id = \"{DAEMON}\"\nlocal-address-list = [\"{DAEMON}\"]\n\
         [global.apply-policy.config]\nexport-policy-list = [\"out\"]\ndefault-export-policy = \"reject-route\"\n\
         [[defined-sets.neighbor-sets]]\nneighbor-set-name = \"receivers\"\nneighbor-info-list = [{receivers}]\n\
         [[policy-definitions]]\nname = \"out\"\n[[policy-definitions.statements]]\n\
         [policy-definitions.statements.conditions.match-neighbor-set]\nneighbor-set = \"receivers\"\n\
         [policy-definitions.statements.actions]\nroute-disposition = \"accept-route\"\n"
    );
    each(row, &mut text, |out, Peer { address, asn, .. }| {
        write!(
            out,
            "[[neighbors]]\n[neighbors.config]\nneighbor-address = \"{address}\"\npeer-as = {asn}\n\
             [neighbors.transport.config]\npassive-mode = true\n[neighbors.timers.config]\nhold-time = 240\n\
             [[neighbors.afi-safis]]\n[neighbors.afi-safis.config]\nafi-safi-name = \"ipv4-unicast\"\n"
        )
    });
    text
}

pub(super) fn openbgpd(row: Row, socket: &Path) -> String {
    let mut text = format!(
        "AS {ASN}\nrouter-id {DAEMON}\nfib-update no\nholdtime 240\nlisten on {DAEMON}\nnexthop qualify via default\n\
         socket \"{}\"\n",
        socket.display()
    );
    for (group, injects) in [("in", true), ("out", false)] {
        let _infallible = writeln!(text, "group \"{group}\" {{");
        let these = peers(row).filter(|peer| peer.injects == injects);
        these.for_each(|Peer { address, asn, .. }| {
            let _infallible = writeln!(text, "neighbor {address} {{\nremote-as {asn}\npassive\n}}");
        });
        text.push_str("}\n");
    }
    text + "allow from group \"in\"\nallow to group \"out\"\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_configuration_has_every_peer_and_no_more() {
        let path = Path::new("x.sock");
        let row = Row::Many;
        for text in [voicepeer(row, path), bird(row), frr(row), gobgp(row), openbgpd(row, path)] {
            for (number, is_there) in [(1, true), (30, true), (32, true), (33, false)] {
                let address = format!("10.77.1.{number}");
                let ends = |after: &str| text.contains(&format!("{address}{after}"));
                assert_eq!([" ", "\"", "\n"].into_iter().any(ends), is_there, "{address} in {text}");
            }
        }
    }

    #[test]
    fn our_own_configuration_is_good() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("voicepeer.toml");
        std::fs::write(&file, voicepeer(Row::Full, Path::new("x.sock"))).unwrap();
        let config = crate::config::load(&file).unwrap();
        assert_eq!(config.peers.len(), 3);
        assert!(config.peers[0].export.as_ref().unwrap().rejects_all());
        assert!(!config.peers[1].export.as_ref().unwrap().rejects_all());
    }
}
