//! Aggregates: routes that begin here while there are more specific ones (RFC 4271 section 9.2.2.2).

use bgp_rib::{AttrSet, BestChange, Net, Path};
use bgp_wire::{Aggregator, Asn, AttributeSet, NextHop, Origin, SegmentKind};
use ipnet::IpNet;
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// An aggregate that is configured.
///
/// It is there while a more specific route is: with the worst ORIGIN of them, our AGGREGATOR, and ATOMIC_AGGREGATE where
/// they have ASNs that it does not tell.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Aggregate {
    /// Where it leads.
    pub prefix: IpNet,
    /// Whether peers are told it instead of the more specific routes.
    pub summary_only: bool,
    /// Whether its AS path is a set of the ASNs of all of them. Others refuse such a route (RFC 9774).
    pub as_set: bool,
}

/// What a more specific route adds.
#[derive(Clone, Debug)]
struct Part {
    origin: Origin,
    /// Each with whether it is that of a member of our confederation, which those outside do not see (RFC 5065 section 4.1).
    asns: Vec<(bool, Asn)>,
}

impl Part {
    fn of(attrs: &AttrSet, as_set: bool) -> Self {
        let path = attrs.as_path();
        // Without a set it only matters whether there is one.
        let most = if as_set { usize::MAX } else { 1 };
        let all = path
            .segments()
            .flat_map(|segment| segment.asns().map(move |asn| (segment.kind.is_confed(), asn)));
        let mut asns: Vec<_> = all.take(most).collect();
        asns.sort_unstable();
        asns.dedup();
        Self { origin: attrs.origin(), asns }
    }
}

/// One aggregate, and how often its parts have what it is made of.
#[derive(Debug)]
struct Summary {
    config: Aggregate,
    parts: BTreeMap<Net, Part>,
    origins: BTreeMap<Origin, usize>,
    asns: BTreeMap<(bool, Asn), usize>,
    /// Whether its parts changed since it was last made.
    changed: bool,
}

impl Summary {
    fn new(config: Aggregate) -> Self {
        let (origins, asns) = (BTreeMap::new(), BTreeMap::new());
        Self { config, parts: BTreeMap::new(), origins, asns, changed: false }
    }

    fn covers(&self, net: Net) -> bool {
        let (prefix, net) = (self.config.prefix, net.prefix());
        net.prefix_len() > prefix.prefix_len() && prefix.contains(&net)
    }

    fn take(&mut self, net: Net, best: Option<&Path>) {
        let part = best.map(|path| Part::of(&path.attrs, self.config.as_set));
        let old = match part.clone() {
            Some(part) => self.parts.insert(net, part),
            None => self.parts.remove(&net),
        };
        if let Some(part) = part {
            add(&mut self.origins, part.origin);
            part.asns.iter().for_each(|asn| add(&mut self.asns, *asn));
        }
        if let Some(part) = old {
            remove(&mut self.origins, &part.origin);
            part.asns.iter().for_each(|asn| remove(&mut self.asns, asn));
        }
        self.changed = true;
    }

    /// What it carries; `None` where it has no parts.
    fn attributes(&self, aggregator: Aggregator) -> Option<AttributeSet> {
        let origin = *self.origins.keys().next_back()?;
        let own = match self.config.prefix {
            IpNet::V4(_) => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
            IpNet::V6(_) => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
        };
        let mut set = AttributeSet::new(origin, NextHop::from(own));
        set.aggregator = Some(aggregator);
        if self.config.as_set {
            for (members, kind) in [(true, SegmentKind::ConfedSet), (false, SegmentKind::Set)] {
                let asns: Vec<Asn> =
                    self.asns.keys().filter(|(is, _)| *is == members).map(|(_, asn)| *asn).collect();
                if !asns.is_empty() {
                    set.as_path.push(kind, asns);
                }
            }
        } else {
            set.atomic_aggregate = !self.asns.is_empty();
        }
        Some(set)
    }
}

fn add<K: Ord>(counts: &mut BTreeMap<K, usize>, key: K) {
    let count = counts.entry(key).or_default();
    *count = count.saturating_add(1);
}

fn remove<K: Ord>(counts: &mut BTreeMap<K, usize>, key: &K) {
    if let Some(count) = counts.get_mut(key) {
        *count = count.saturating_sub(1);
        if *count == 0 {
            counts.remove(key);
        }
    }
}

/// All aggregates of a speaker.
#[derive(Debug)]
pub(crate) struct Aggregates(Vec<Summary>);

impl Aggregates {
    /// The path identifier that tells an aggregate from a route to the same prefix that begins here.
    pub(crate) const PATH_ID: u32 = 1;

    pub(crate) fn new(configured: &[Aggregate]) -> Self {
        Self(configured.iter().copied().map(Summary::new).collect())
    }

    /// Another path is the best of a net.
    pub(crate) fn note(&mut self, change: &BestChange<'_>) {
        for summary in self.0.iter_mut().filter(|summary| summary.covers(change.net)) {
            summary.take(change.net, change.new);
        }
    }

    /// The next aggregate whose parts changed, and what it carries now, if it is there.
    pub(crate) fn next(&mut self, aggregator: Aggregator) -> Option<(Net, Option<AttributeSet>)> {
        let summary = self.0.iter_mut().find(|summary| summary.changed)?;
        summary.changed = false;
        Some((summary.config.prefix.into(), summary.attributes(aggregator)))
    }

    /// Whether peers are told an aggregate instead of this net.
    pub(crate) fn stand_for(&self, net: Net) -> bool {
        self.0.iter().any(|summary| summary.config.summary_only && summary.covers(net))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Rig, peer};
    use crate::{PeerId, SpeakerConfig};

    const ALL: &str = "198.51.100.0/22";

    fn rig(summary_only: bool, as_set: bool) -> (Rig, PeerId, PeerId) {
        let aggregates = vec![Aggregate { prefix: "198.51.100.0/22".parse().unwrap(), summary_only, as_set }];
        let config = SpeakerConfig::new(Asn(64500), [192, 0, 2, 250].into());
        let mut rig = Rig::with(SpeakerConfig { aggregates, ..config });
        let [from, to] = [1, 2].map(|n| rig.establish(peer(n), &[]));
        rig.engine.peers().for_each(|peer| _ = rig.sent(peer));
        (rig, from, to)
    }

    /// What the other peer is told of the aggregate: AS path, origin, whether it is atomic.
    fn told(rig: &Rig, to: PeerId) -> String {
        match rig.engine.export_of(ALL.parse().unwrap(), to) {
            Some(Ok(set)) => {
                let aggregator =
                    set.aggregator.map_or("-".to_owned(), |a| format!("{} {}", a.asn, a.router_id));
                format!("{} {} {} by {aggregator}", set.as_path, set.origin, set.atomic_aggregate)
            }
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn it_comes_and_goes_with_its_parts() {
        let (mut rig, from, to) = rig(false, false);
        let (a, b) = ("198.51.100.0/24", "198.51.101.0/24");
        rig.announce(from, &[a]);
        assert_eq!(told(&rig, to), "64500 igp true by 64500 192.0.2.250");
        assert_eq!(rig.sent(to).join(" ").split(' ').count(), 2, "the part and the aggregate");
        rig.announce_with(from, &[b], |set| set.origin = Origin::Incomplete);
        assert_eq!(told(&rig, to), "64500 incomplete true by 64500 192.0.2.250");
        rig.withdraw(from, &[b]);
        assert_eq!(told(&rig, to), "64500 igp true by 64500 192.0.2.250");
        rig.withdraw(from, &[a]);
        assert_eq!(rig.nets(), [] as [String; 0]);
        // Neither the net itself nor one beside it is a part.
        rig.announce(from, &["198.51.104.0/24", ALL]);
        assert!(told(&rig, to).starts_with("64500 64501 igp false"));
    }

    #[test]
    fn it_stands_for_its_parts() {
        let (mut rig, from, to) = rig(true, false);
        rig.announce(from, &["198.51.100.0/24", "198.51.103.128/25", "198.51.104.0/24"]);
        let sent = rig.sent(to).join(" ");
        let mut sent: Vec<&str> = sent.split(' ').collect();
        sent.sort_unstable();
        assert_eq!(sent, [ALL, "198.51.104.0/24"]);
        let why = rig.engine.export_of("198.51.100.0/24".parse().unwrap(), to).unwrap().unwrap_err();
        assert!(why.contains("an aggregate stands for it"), "{why}");
        rig.withdraw(from, &["198.51.100.0/24"]);
        assert_eq!(rig.sent(to), [] as [String; 0]);
        rig.withdraw(from, &["198.51.103.128/25"]);
        assert_eq!(rig.sent(to), [format!("-{ALL}")]);
    }

    /// RFC 5065: members of our confederation are in a set of their own, which does not leave it.
    #[test]
    fn members_of_a_confederation_are_in_a_set_that_stays() {
        let aggregates = vec![Aggregate { prefix: ALL.parse().unwrap(), summary_only: true, as_set: true }];
        let confederation =
            Some(crate::Confederation { id: Asn(64999), members: vec![Asn(64521), Asn(64522)] });
        let config = SpeakerConfig::new(Asn(64500), [192, 0, 2, 250].into());
        let mut rig = Rig::with(SpeakerConfig { aggregates, confederation, ..config });
        let member = |n: u8| crate::PeerConfig { asn: Asn(64500 + u32::from(n)), ..peer(n) };
        let [from, to, outside] = [member(21), member(22), peer(2)].map(|config| rig.establish(config, &[]));
        for (net, path) in [("198.51.100.0/24", "(64521) 800 900"), ("198.51.101.0/24", "(64521 64523) 800")]
        {
            rig.announce_with(from, &[net], |set| {
                (set.as_path, set.local_pref) = (path.parse().unwrap(), Some(100));
            });
        }
        let told =
            [to, outside].map(|to| rig.engine.export_of(ALL.parse().unwrap(), to).unwrap().unwrap().as_path);
        let told = told.map(|path| path.to_string());
        assert_eq!(told, ["(64500) [64521 64523] {800 900}", "64999 {800 900}"]);
    }

    #[test]
    fn a_set_of_what_it_is_made_of() {
        let (mut rig, from, to) = rig(false, true);
        rig.announce_with(from, &["198.51.100.0/24"], |set| set.as_path = "64501 64999".parse().unwrap());
        rig.announce_with(from, &["198.51.101.0/24"], |set| set.as_path = "64501 64998".parse().unwrap());
        assert_eq!(told(&rig, to), "64500 {64501 64998 64999} igp false by 64500 192.0.2.250");
        rig.withdraw(from, &["198.51.101.0/24"]);
        assert_eq!(told(&rig, to), "64500 {64501 64999} igp false by 64500 192.0.2.250");
    }
}
