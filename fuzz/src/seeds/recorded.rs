//! Seeds of the formats that BGP is recorded and monitored in.

use super::{V4, V6, everything, messages, opens, routes, tuples, written};
use crate::session::session;
use bgp_wire::bmp::{
    Address, InitiationTlv, MirroringTlv, PeerDown, PeerDownReason, PeerHeader, PeerUp, RouteMirroring,
    RouteMonitoring, Stat, StatType, StatValue, StatisticsReport, TerminationReason, TerminationTlv,
    write_initiation, write_termination,
};
use bgp_wire::mrt::{
    Bgp4mpMessage, Peer, RibEntry, RibHeader, Session, State, StateChange, TableDump, Timestamp,
    write_peer_index_table, write_rib, write_table_attributes,
};
use bgp_wire::{Asn, AsnWidth, HEADER_LEN, NextHop, write_keepalive};
use ipnet::IpNet;
use std::net::IpAddr;

/// Streams of BMP: one of each message, alone and all together.
pub(crate) fn bmp() -> Vec<Vec<u8>> {
    let opens = opens();
    let update = &messages(&session(0)).swap_remove(1)[HEADER_LEN..];
    let peer = PeerHeader::new(V4.into(), Asn(64500), V4);
    let up = PeerUp {
        peer,
        local_address: Address([0; 16]),
        local_port: 179,
        remote_port: 50000,
        sent: &opens[1],
        received: &opens[0],
        tlvs: tuples(&[]),
    };
    let stats = [Stat { kind: StatType(7), value: StatValue::Gauge(5) }];
    let message = written(write_keepalive);
    let all = [
        written(|out| write_initiation(out, &tuples(&[InitiationTlv::SysName(b"r1")])).expect("short")),
        written(|out| up.encode(out).expect("short")),
        written(|out| RouteMonitoring { peer, update, rest: &[] }.encode(out).expect("short")),
        written(|out| StatisticsReport { peer, stats: tuples(&stats) }.encode(out).expect("short")),
        written(|out| {
            RouteMirroring { peer, tlvs: tuples(&[MirroringTlv::BgpMessage(&message)]) }
                .encode(out)
                .expect("short")
        }),
        written(|out| {
            PeerDown { peer, reason: PeerDownReason::RemoteNoData, rest: &[] }.encode(out).expect("short")
        }),
        written(|out| {
            write_termination(out, &tuples(&[TerminationTlv::Reason(TerminationReason(0))])).expect("short")
        }),
    ];
    all.iter().cloned().chain([all.concat()]).collect()
}

/// Files of a record or two each: every type and form.
pub(crate) fn mrt() -> Vec<Vec<u8>> {
    let mut all: Vec<_> = routes().iter().flat_map(|(_, next_hop)| tables(*next_hop)).collect();
    for addr in [IpAddr::V4(V4), IpAddr::V6(V6)] {
        for asn_width in [AsnWidth::Two, AsnWidth::Four] {
            all.extend(recorded(addr, asn_width));
        }
    }
    all
}

/// Tables of both types with a route to `next_hop`.
fn tables(next_hop: NextHop) -> [Vec<u8>; 3] {
    let attributes = written(|out| write_table_attributes(out, &everything(next_hop)));
    let addr = next_hop.addr();
    let prefix = IpNet::new(addr, 24).expect("a prefix").trunc();
    let peer = |asn_width| Peer { bgp_id: V4, addr, asn: Asn(64500), asn_width };
    let rib = |add_path| {
        let peers = [peer(AsnWidth::Two), peer(AsnWidth::Four)];
        let header = RibHeader { sequence: 1, prefix, multicast: add_path, add_path };
        let entry =
            |peer| RibEntry { peer, originated: 7, path_id: u32::from(add_path), attributes: &attributes };
        written(|out| {
            write_peer_index_table(out, 7, V4, b"view", peers).expect("two peers");
            write_rib(out, 7, &header, [entry(0), entry(1)]).expect("two routes");
        })
    };
    let dump = TableDump {
        view: 0,
        sequence: 1,
        prefix,
        status: 1,
        originated: 7,
        peer: addr,
        peer_asn: 64500,
        attributes: &attributes,
    };
    [rib(false), rib(true), written(|out| dump.encode(7, out).expect("one family"))]
}

/// Changes of state and messages of a session, with microseconds and without.
fn recorded(addr: IpAddr, asn_width: AsnWidth) -> Vec<Vec<u8>> {
    let session =
        Session { peer_asn: Asn(64500), local_asn: Asn(64501), interface: 0, peer: addr, local: addr };
    let change = StateChange { session, asn_width, old: State(6), new: State(1) };
    let change = written(|out| change.encode(Timestamp::seconds(7), out).expect("one family"));
    let messages = [false, true].map(|add_path| {
        let n = Bgp4mpMessage { session, asn_width, local: add_path, add_path, message: &[] }.negotiated();
        let update = messages(&n).swap_remove(1);
        let message = Bgp4mpMessage { session, asn_width, local: add_path, add_path, message: &update };
        written(|out| message.encode(Timestamp::micros(7, 8), out).expect("one family"))
    });
    std::iter::once(change).chain(messages).collect()
}
