//! Filters of prefixes, sent and received (RFC 5291, RFC 5292).

use super::{Capability, Family, Input, Rig, State, config, framed, keepalive, open_bytes, peer_open, raw};
use crate::{Config, Conn, Offers, Output};
use bgp_wire::{
    AfiSafi, FilteredRefresh, MessageType, OrfFamily, OrfGroup, OrfSupport, PrefixOrf, PrefixRule,
    WhenToRefresh,
};

const V4: AfiSafi = AfiSafi { afi: 1, safi: 1 };
const RECEIVE: u8 = 1;
const SEND: u8 = 2;

/// Established with a peer whose filters of prefixes go so.
fn established(offers: Offers, mode: u8) -> Rig {
    let mut rig = Rig::in_state(Config { offers, ..config() }, State::OpenSent);
    let types = [OrfSupport { kind: 200, mode: 3 }, OrfSupport { kind: OrfGroup::PREFIX, mode }];
    let families = [OrfFamily { family: V4, types: types.as_slice().into() }];
    let open = peer_open().capability(Capability::OutboundRouteFilter(families.as_slice().into()));
    rig.message(Conn::Dialed, &open_bytes(&open));
    rig.message(Conn::Dialed, &keepalive());
    assert_eq!(rig.session.state(), State::Established);
    rig
}

fn both() -> Offers {
    Offers { orf_tx: true, orf_rx: true, ..Offers::default() }
}

fn rule(n: u32) -> PrefixRule {
    let prefix = format!("{}/24", std::net::Ipv4Addr::from(n << 8)).parse().unwrap();
    PrefixRule { permit: true, sequence: n, min_len: 0, max_len: 28, prefix }
}

/// (ours, the peer's mode, whether we may send a filter, whether it may)
#[test]
fn who_may_send_one() {
    let ours = |orf_tx, orf_rx| Offers { orf_tx, orf_rx, ..Offers::default() };
    let no_refresh = Offers { route_refresh: false, ..both() };
    for (offers, mode, send, receive) in [
        (ours(false, false), 3, false, false),
        (ours(true, false), RECEIVE, true, false),
        (ours(true, false), SEND, false, false),
        (ours(false, true), SEND, false, true),
        (both(), 3, true, true),
        (both(), 0, false, false),
        (no_refresh, 3, false, false),
    ] {
        let rig = established(offers.clone(), mode);
        let exchange = rig.session.exchange().unwrap();
        let may = [exchange.orf_tx, exchange.orf_rx].map(|set| set.contains(Family::Ipv4Unicast));
        assert_eq!(may, [send, receive], "{offers:?} {mode}");
    }
}

/// Each message holds no more than 4096 octets; the first begins anew, the last asks for routes.
#[test]
fn a_long_filter_is_sent_in_parts() {
    for (count, messages) in [(0, 1), (2, 1), (369, 1), (370, 2), (1000, 3)] {
        let mut rig = established(both(), RECEIVE);
        let rules: Vec<_> = (1..=count).map(rule).collect();
        let (mut whens, mut entries) = (Vec::new(), Vec::new());
        let input = Input::SendFilter(Family::Ipv4Unicast, &rules);
        rig.session.handle(input, rig.now, &mut |output| {
            let Output::Send(_, bytes) = output else { panic!("{output:?}") };
            let refresh = FilteredRefresh::decode(framed(bytes).body).unwrap().unwrap();
            whens.push(refresh.when);
            entries.extend(refresh.groups.iter().flat_map(|group| group.prefixes(1)).map(Result::unwrap));
        });
        assert_eq!(whens.len(), messages, "{count} rules");
        assert_eq!(whens.pop(), Some(WhenToRefresh::Immediate));
        assert!(whens.iter().all(|when| *when == WhenToRefresh::Defer));
        assert_eq!(entries.remove(0), PrefixOrf::RemoveAll);
        assert!(entries.into_iter().eq(rules.into_iter().map(PrefixOrf::Add)), "{count} rules");
    }
    let mut rig = established(both(), SEND);
    assert_eq!(rig.input(Input::SendFilter(Family::Ipv4Unicast, &[])), "-", "the peer takes none");
}

/// (the peer's mode, what follows AFI and SAFI, what comes of it)
#[test]
fn one_that_comes() {
    let add = [0, 0, 0, 0, 5, 0, 28, 24, 198, 51, 100];
    let long = [&[1, 64, 0, 11][..], &add].concat();
    let cut = [&[2, 64, 0, 10][..], &add[..10]].concat();
    let other = [&[1, 200, 0, 1, 9, 64, 0, 1][..], &[0x80]].concat();
    let cases: &[(u8, &[u8], &str)] = &[
        (SEND, &[], "refresh ipv4-unicast"),
        (SEND, &long, "filter ipv4-unicast Immediate: add seq 5 permit 198.51.100.0/24 le 28"),
        (SEND, &cut, "filter ipv4-unicast Defer: an entry overruns its filter"),
        (SEND, &other, "filter ipv4-unicast Immediate: an entry overruns its filter; remove all"),
        (SEND, &[1, 64, 0, 2, 0x80], "NOTIFICATION 7/1, close, →Idle, down"),
        (RECEIVE, &long, "refresh ipv4-unicast"),
        (RECEIVE, &[1, 64, 0, 2, 0x80], "refresh ipv4-unicast"),
    ];
    for (mode, rest, want) in cases {
        let mut rig = established(both(), *mode);
        let got =
            rig.message(Conn::Dialed, &raw(MessageType::RouteRefresh, &[&[0, 1, 0, 1], *rest].concat()));
        assert_eq!(got, *want, "{mode} {rest:?}");
    }
}
