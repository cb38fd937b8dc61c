//! What keeps the processors busy: a full table, decoded and loaded, again and again.
use super::netns::{Side, program};
use crate::diagnostic::BadInput;
use bgp_rib::{Announced, Because, Import, Interner, Net, PeerId, PeerInfo, Relation, Rib};
use bgp_wire::{
    Asn, AttributeSet, Community, Family, Fit, Negotiated, NextHop, Origin, Parsed, PathNlri, PeerKind,
    Received, UpdateWriter, frame, update,
};
use ipnet::{IpNet, Ipv4Net};
use std::net::Ipv4Addr;
use std::os::unix::process::parent_id;
use std::process::{Child, Stdio};

/// UPDATEs of a table, and how many prefixes are in each: a million routes, as the public table has.
const MESSAGES: u32 = 1 << 17;
const PREFIXES: u32 = 8;

/// A loader on each processor. Dropped, they end.
pub(super) struct Load(Vec<Child>);

impl Load {
    pub(super) fn start(cpus: &[usize]) -> Result<Self, BadInput> {
        let failed = |error| BadInput::new(format!("cannot start what loads the processors: {error}"));
        let own = std::env::current_exe().map_err(failed)?;
        let mut load = Self(Vec::new());
        for cpu in cpus {
            let mut command = program(Side::Daemon, *cpu, None, &own);
            command.args(["bench", "load"]).stdin(Stdio::null()).stdout(Stdio::null());
            load.0.push(command.spawn().map_err(failed)?);
        }
        Ok(load)
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        for child in &mut self.0 {
            let _ended = child.kill();
            let _status = child.wait();
        }
    }
}

/// Loads the table until it is killed, or the bench ends.
pub(crate) fn load() -> Result<(), BadInput> {
    let session = Negotiated::new(PeerKind::External);
    let messages = table(&session);
    let bench = parent_id();
    while parent_id() == bench {
        let nets = load_once(&messages, &session);
        if nets != MESSAGES as usize * PREFIXES as usize {
            return Err(BadInput::new(format!("{nets} nets were loaded: not the table that was made")));
        }
    }
    Ok(())
}

/// Messages of a full table's shape.
fn table(session: &Negotiated) -> Vec<Vec<u8>> {
    (0..MESSAGES).filter_map(|number| message(number, session)).collect()
}

fn message(number: u32, session: &Negotiated) -> Option<Vec<u8>> {
    let mut set = AttributeSet::new(Origin::Igp, NextHop::V4([192, 0, 2, 1].into()));
    set.as_path = (0..2 + number % 6).map(|hop| Asn(64_496 + (number / 3 + hop) % 1000)).collect();
    set.med = number.is_multiple_of(4).then_some(number);
    set.communities = (0..number % 8).map(|low| Community(64_496 << 16 | low)).collect();
    let mut octets = Vec::new();
    let mut writer = UpdateWriter::announce(&mut octets, session, Family::Ipv4Unicast, &set).ok()?;
    for prefix in 0..PREFIXES {
        let address = Ipv4Addr::from((1 << 24) + (number * PREFIXES + prefix) * 256);
        let prefix = IpNet::V4(Ipv4Net::new(address, 24).ok()?);
        (writer.push(&PathNlri { path_id: 0, prefix }) == Fit::Added).then_some(())?;
    }
    writer.finish();
    Some(octets)
}

/// From octets to a Loc-RIB, whose size is returned.
fn load_once(messages: &[Vec<u8>], session: &Negotiated) -> usize {
    let (peer, router_id) = (PeerId(0), Ipv4Addr::new(192, 0, 2, 1));
    let (mut rib, mut interner) = (Rib::new(1), Interner::new(1));
    rib.peer_up(
        peer,
        PeerInfo { relation: Relation::External, router_id, addr: router_id.into() },
        &mut |_| {},
    );
    let mut set = AttributeSet::new(Origin::default(), NextHop::Absent);
    for octets in messages {
        let Ok(Some(message)) = frame(octets, session.max_message) else { continue };
        let Ok(Parsed { update: Received::Routes(routes), .. }) = update(message.body, session) else {
            continue;
        };
        for (next_hop, nlri) in routes.announced() {
            set.take_over(&routes.attrs, next_hop);
            let Ok(attrs) = interner.intern(&set) else { continue };
            let nets = nlri.iter().map(|n| Announced::new(Net::from(n.prefix), Import::Accepted(Because(0))));
            rib.announce(peer, &attrs, nets, &mut |_| {});
        }
    }
    rib.nets_len(Family::Ipv4Unicast)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_prefix_of_every_message_is_loaded() {
        let session = Negotiated::new(PeerKind::External);
        let messages: Vec<Vec<u8>> =
            [0, 1, 7, MESSAGES - 1].iter().map(|n| message(*n, &session).unwrap()).collect();
        assert_eq!(load_once(&messages, &session), 4 * PREFIXES as usize);
    }
}
