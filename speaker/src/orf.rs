//! Filters of prefixes: the one that we send by our import policy, and the one that a peer has sent us (RFC 5291, RFC
//! 5292).

use crate::core::Core;
use crate::event::What;
use crate::peer::Peer;
use bgp_policy::{Policy, PrefixFilter, PrefixRange};
use bgp_rib::PeerId;
use bgp_wire::{
    Family, FamilySet, FilteredRefresh, OrfError, OrfGroup, PrefixOrf, PrefixRule, WhenToRefresh,
};
use ipnet::IpNet;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// The most entries that one peer may have here for one family: about 64 octets each.
pub const MOST_FILTER_ENTRIES: usize = 10_000;

/// Why a peer's whole filter was dropped (RFC 5291 section 4).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum FilterRefused {
    /// One of its entries cannot be read.
    Malformed(OrfError),
    /// It has more than [`MOST_FILTER_ENTRIES`].
    TooLong,
}

impl fmt::Display for FilterRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(why) => write!(f, "{why}"),
            Self::TooLong => write!(f, "it has more than {MOST_FILTER_ENTRIES} entries"),
        }
    }
}

/// What one peer asked for in one family.
#[derive(Default, Debug)]
pub(crate) struct Received {
    /// By sequence number.
    entries: BTreeMap<u32, PrefixRule>,
    /// What counts: entries that came since, to be looked at later, are not in it.
    pub(crate) in_use: Option<Arc<PrefixFilter>>,
}

impl Received {
    /// How many entries there are.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Takes the entries of one message; after one that is refused nothing is left.
    fn take(&mut self, filter: &FilteredRefresh<'_>) -> Result<(), FilterRefused> {
        let groups = filter.groups.iter().filter(|group| group.kind == OrfGroup::PREFIX);
        for entry in groups.flat_map(|group| group.prefixes(filter.family.afi)) {
            let taken = entry.map_err(FilterRefused::Malformed).and_then(|entry| self.take_entry(entry));
            if let Err(refused) = taken {
                self.entries.clear();
                return Err(refused);
            }
        }
        Ok(())
    }

    fn take_entry(&mut self, entry: PrefixOrf) -> Result<(), FilterRefused> {
        match entry {
            PrefixOrf::Add(rule) => {
                self.entries.insert(rule.sequence, rule);
                if self.entries.len() > MOST_FILTER_ENTRIES {
                    return Err(FilterRefused::TooLong);
                }
            }
            PrefixOrf::Remove(rule) => {
                if self.entries.get(&rule.sequence) == Some(&rule) {
                    self.entries.remove(&rule.sequence);
                }
            }
            PrefixOrf::RemoveAll => self.entries.clear(),
        }
        Ok(())
    }

    /// All that came counts from now on; whether that makes a difference.
    fn apply(&mut self) -> bool {
        let new = PrefixFilter::new(self.entries.values().copied());
        let new = (!new.is_empty()).then(|| Arc::new(new));
        let differs = new != self.in_use;
        self.in_use = new;
        differs
    }
}

/// What a peer is asked to send: the prefixes that import policy lets pass, and no others. `None` where policy does not
/// say so by prefixes alone.
pub fn filter_of(import: &Policy, family: Family) -> Option<Vec<PrefixRule>> {
    let ranges = import.passing_prefixes()?;
    let of_family = ranges.into_iter().filter(|range| Family::of(&range.net()) == family);
    let mut rules: Vec<_> = (1..).map(|n: u32| n.saturating_mul(5)).zip(of_family).map(rule).collect();
    if rules.is_empty() {
        rules.push(nothing(family));
    }
    Some(rules)
}

fn rule((sequence, range): (u32, PrefixRange)) -> PrefixRule {
    let (min, max) = range.lengths();
    let net = range.net();
    let (min_len, max_len) = match (min == net.prefix_len(), max == net.prefix_len()) {
        (true, true) => (0, 0),
        (true, false) => (0, max),
        _ => (min, max),
    };
    PrefixRule { permit: true, sequence, min_len, max_len, prefix: net }
}

/// An empty list would ask for everything.
fn nothing(family: Family) -> PrefixRule {
    let (prefix, max_len) = match family {
        Family::Ipv4Unicast => (IpNet::V4(ipnet::Ipv4Net::default()), 32),
        _ => (IpNet::V6(ipnet::Ipv6Net::default()), 128),
    };
    PrefixRule { permit: false, sequence: 5, min_len: 0, max_len, prefix }
}

impl Peer {
    /// What the peer asked for, where that counts already.
    pub(crate) fn filters(&self) -> [Option<Arc<PrefixFilter>>; 2] {
        let [v4, v6] = &self.asked;
        [v4.in_use.clone(), v6.in_use.clone()]
    }

    fn asked(&mut self, family: Family) -> Option<&mut Received> {
        let [v4, v6] = &mut self.asked;
        match family {
            Family::Ipv4Unicast => Some(v4),
            Family::Ipv6Unicast => Some(v6),
            _ => None,
        }
    }
}

impl Core {
    /// A peer has sent a filter. Where it says so, or nothing was sent to it yet, routes are sent by it now.
    pub(crate) fn filtered(
        &mut self,
        id: PeerId,
        family: Family,
        filter: &FilteredRefresh<'_>,
        tell: &mut impl FnMut(What),
    ) {
        let Some(asked) = self.peer_mut(id).and_then(|peer| peer.asked(family)) else { return };
        if let Err(why) = asked.take(filter) {
            tell(What::FilterRefused { family, why });
        }
        tell(What::Filter { family, entries: asked.len() });
        if filter.when == WhenToRefresh::Immediate {
            self.asked_again(id, family);
        }
    }

    /// A peer has asked for all routes of a family: what it asked for before counts from now on.
    pub(crate) fn asked_again(&mut self, id: PeerId, family: Family) {
        let Some(peer) = self.peer_mut(id) else { return };
        let changed = peer.asked(family).is_some_and(Received::apply);
        let Some(up) = &mut peer.up else { return };
        up.awaits_filters = up.awaits_filters.iter().filter(|f| *f != family).collect();
        up.regroups |= changed;
        if up.exchange.enhanced_refresh {
            up.refreshes.ask(family);
        }
        self.regroup(id);
        if let Some(group) = self.peer(id).and_then(|peer| peer.up.as_ref()).map(|up| up.group) {
            self.changes.groups.refresh(group, id, family);
        }
    }

    /// The filters that are to be sent to a peer whose session is up.
    pub(crate) fn filters_for(&self, id: PeerId) -> Vec<(Family, Vec<PrefixRule>)> {
        let Some(peer) = self.peer(id) else { return Vec::new() };
        let families = peer.up.as_ref().map_or(FamilySet::EMPTY, |up| up.exchange.orf_tx);
        let none = Policy::reject_all();
        let import = peer.config.import.as_deref().unwrap_or(&none);
        families.iter().map(|family| (family, filter_of(import, family).unwrap_or_default())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PeerConfig;
    use crate::testing::{Rig, peer};
    use bgp_policy::{Action, Decision, Match, Rule};
    use bgp_wire::{AfiSafi, Capability, OrfFamily, OrfSupport};

    const V4: AfiSafi = AfiSafi { afi: 1, safi: 1 };
    const NETS: [&str; 3] = ["198.51.100.0/24", "203.0.113.0/24", "203.0.113.64/26"];

    /// Establishes a session with a peer that may do both ways.
    fn establish(rig: &mut Rig, config: PeerConfig, more: &[Capability<'_>]) -> PeerId {
        let types = [OrfSupport { kind: OrfGroup::PREFIX, mode: 3 }];
        let families = [OrfFamily { family: V4, types: types.as_slice().into() }];
        let mut theirs = vec![Capability::OutboundRouteFilter(families.as_slice().into())];
        theirs.extend_from_slice(more);
        rig.establish(config, &theirs)
    }

    fn receives(n: u8) -> PeerConfig {
        let mut config = peer(n);
        config.offers.orf_rx = true;
        config
    }

    fn entry(permit: bool, sequence: u32, prefix: &str, max_len: u8) -> PrefixRule {
        PrefixRule { permit, sequence, min_len: 0, max_len, prefix: prefix.parse().unwrap() }
    }

    fn send(rig: &mut Rig, from: PeerId, when: WhenToRefresh, entries: &[PrefixOrf]) {
        let mut octets = Vec::new();
        entries.iter().for_each(|entry| entry.encode(&mut octets));
        send_octets(rig, from, when, &octets);
    }

    fn send_octets(rig: &mut Rig, from: PeerId, when: WhenToRefresh, entries: &[u8]) {
        let groups = [OrfGroup { kind: 9, entries: &[1] }, OrfGroup { kind: OrfGroup::PREFIX, entries }];
        let refresh = FilteredRefresh { family: V4, when, groups: groups.as_slice().into() };
        rig.message(from, |out| refresh.encode(out));
        rig.pump();
    }

    /// A speaker with three routes, and a peer that has said nothing of what it wants.
    fn rig() -> (Rig, PeerId) {
        let mut rig = Rig::new();
        let from = rig.establish(peer(1), &[]);
        rig.announce(from, &NETS);
        let to = establish(&mut rig, receives(2), &[]);
        (rig, to)
    }

    /// What a peer has been told, as the numbers of `NETS`.
    fn has(rig: &mut Rig, to: PeerId) -> Vec<usize> {
        rig.pump();
        let told = rig.engine.routes_to(to);
        let number = |net: String| NETS.iter().position(|n| *n == net);
        told.into_iter().filter_map(|(net, _)| number(net.to_string())).collect()
    }

    /// (what the peer sends, whether at once, what it has then, what it was sent)
    #[test]
    fn what_a_peer_asks_for() {
        use PrefixOrf::{Add, Remove, RemoveAll};
        use WhenToRefresh::{Defer, Immediate, Other};
        let (mut rig, to) = rig();
        assert_eq!((has(&mut rig, to), rig.sent(to)), (vec![], vec![]), "nothing before the peer has asked");
        let one = entry(true, 10, NETS[0], 0);
        let all = entry(true, 20, "0.0.0.0/0", 24);
        let none = entry(false, 5, "203.0.113.0/24", 32);
        let end = "end of ipv4-unicast";
        let everything = format!("{} {} {}", NETS[0], NETS[1], NETS[2]);
        let cases: [(&[PrefixOrf], _, &[usize], &[&str]); 9] = [
            (&[Add(one)], Defer, &[], &[]),
            (&[], Immediate, &[0], &[NETS[0], end]),
            (&[Add(all)], Defer, &[0], &[]),
            (&[Add(none)], Other(9), &[0], &[]),
            (&[], Immediate, &[0], &[NETS[0]]),
            (&[Remove(none)], Immediate, &[0, 1], &["198.51.100.0/24 203.0.113.0/24"]),
            // Not what was added.
            (
                &[Remove(entry(true, 20, "0.0.0.0/0", 0))],
                Immediate,
                &[0, 1],
                &["198.51.100.0/24 203.0.113.0/24"],
            ),
            (&[RemoveAll, Add(one)], Immediate, &[0], &["-203.0.113.0/24", NETS[0]]),
            (&[RemoveAll], Immediate, &[0, 1, 2], &[&everything]),
        ];
        for (number, (entries, when, want, sent)) in cases.into_iter().enumerate() {
            send(&mut rig, to, when, entries);
            assert_eq!(has(&mut rig, to), want, "case {number}");
            assert_eq!(rig.sent(to), sent, "case {number}");
        }
    }

    #[test]
    fn what_is_left_out_is_told_why_and_later_routes_keep_to_the_filter() {
        let (mut rig, to) = rig();
        send(&mut rig, to, WhenToRefresh::Immediate, &[PrefixOrf::Add(entry(true, 1, NETS[0], 0))]);
        let why = rig.engine.export_of(NETS[1].parse().unwrap(), to).unwrap().unwrap_err();
        assert!(why.contains("RFC 5292"), "{why}");
        assert_eq!(rig.engine.peer_status(to).unwrap().filters, [(Family::Ipv4Unicast, 1)]);
        rig.announce_with(PeerId(0), &NETS, |set| set.med = Some(9));
        assert_eq!(has(&mut rig, to), [0]);
        // A new session begins without a filter.
        rig.input(to, crate::Input::Closed(crate::Conn::Dialed));
        rig.pass(std::time::Duration::from_mins(1));
        rig.connect(to, &[]);
        assert_eq!(has(&mut rig, to), [0, 1, 2]);
    }

    /// What is refused drops all, and the session goes on.
    #[test]
    fn a_filter_that_is_refused_is_dropped_whole() {
        let (mut rig, to) = rig();
        send(&mut rig, to, WhenToRefresh::Immediate, &[PrefixOrf::Add(entry(true, 1, NETS[0], 0))]);
        send_octets(&mut rig, to, WhenToRefresh::Immediate, &[0, 0, 0, 0, 5, 0, 0, 33, 1, 2, 3, 4, 5]);
        assert_eq!(has(&mut rig, to), [0, 1, 2]);
        let family = Family::Ipv4Unicast;
        let refused = |why| What::FilterRefused { family, why };
        assert!(rig.events.contains(&refused(FilterRefused::Malformed(OrfError::PrefixLength))));
        let many = u32::try_from(MOST_FILTER_ENTRIES).unwrap();
        let rules: Vec<_> = (0..many).map(|n| PrefixOrf::Add(entry(true, n, NETS[0], 0))).collect();
        for part in rules.chunks(300) {
            send(&mut rig, to, WhenToRefresh::Defer, part);
        }
        assert_eq!(rig.engine.peer_status(to).unwrap().filters, [(family, MOST_FILTER_ENTRIES)]);
        send(&mut rig, to, WhenToRefresh::Defer, &[PrefixOrf::Add(entry(true, many, NETS[0], 0))]);
        assert!(rig.events.contains(&refused(FilterRefused::TooLong)));
        assert_eq!(rig.engine.peer_status(to).unwrap().filters, []);
    }

    /// With markers (RFC 7313), and with several paths a net (RFC 7911).
    #[test]
    fn beside_refreshes_with_markers_and_several_paths() {
        let mut rig = Rig::new();
        let from = rig.establish(peer(1), &[]);
        rig.announce(from, &NETS);
        let takes = [bgp_wire::AddPath { family: V4, receive: true, send: false }];
        let more = [Capability::EnhancedRouteRefresh, Capability::AddPath(takes.as_slice().into())];
        let mut config = receives(2);
        config.offers.add_path_tx = FamilySet::EVERY;
        let to = establish(&mut rig, config, &more);
        send(&mut rig, to, WhenToRefresh::Immediate, &[]);
        assert_eq!(rig.sent(to).len(), 2, "all and the end");
        send(&mut rig, to, WhenToRefresh::Immediate, &[PrefixOrf::Add(entry(true, 1, NETS[0], 0))]);
        let (begin, end) = ("begin ipv4-unicast", "end ipv4-unicast");
        let gone = format!("-1 {} -1 {}", NETS[1], NETS[2]);
        let path = format!("1 {}", NETS[0]);
        assert_eq!(rig.sent(to), [begin, &gone, &path, end]);
    }

    /// (the import policy's prefixes, the entries that are sent)
    #[test]
    fn what_we_ask_for() {
        let cases: [(&[&str], &str); 3] = [
            (
                &["203.0.113.0/24 ge 26 le 28", "198.51.100.0/24", "192.0.2.0/24 le 32", "2001:db8::/32"],
                "remove all; add seq 5 permit 192.0.2.0/24 le 32; add seq 10 permit 198.51.100.0/24; \
                 add seq 15 permit 203.0.113.0/24 ge 26 le 28",
            ),
            (&["2001:db8::/32"], "remove all; add seq 5 deny 0.0.0.0/0 le 32"),
            (&[], "remove all; add seq 5 deny 0.0.0.0/0 le 32"),
        ];
        for (prefixes, want) in cases {
            let ranges = prefixes.iter().map(|text| text.parse::<PrefixRange>().unwrap());
            let when = [Match::Prefix(ranges.collect())].into();
            let rule = Rule { name: "r".into(), when, edits: [].into(), then: Action::Accept };
            let mut config = peer(1);
            config.offers.orf_tx = true;
            config.import = Some(Arc::new(Policy::new("p", vec![rule], Decision::Reject).unwrap()));
            let mut rig = Rig::new();
            let to = establish(&mut rig, config, &[]);
            let sent = rig.sent(to);
            assert_eq!(
                sent.first().map(String::as_str),
                Some(format!("filter ipv4-unicast: {want}").as_str())
            );
        }
        assert_eq!(filter_of(&Policy::accept_all(), Family::Ipv4Unicast), None);
    }
}
