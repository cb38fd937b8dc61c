//! From the best path to what a peer is told: split horizon, RFC 8212, rewriting, policy (RFC 4271 section 9.1.3).

use crate::config::{PeerConfig, SpeakerConfig};
use crate::edited::{Edited, NotEdited, edit_context};
use crate::egress::Marks;
use crate::loops::Loops;
use crate::peer::Peer;
use crate::rewrite::Rewriting;
use bgp_policy::{Asked, Because, Edit, Policy, PrefixFilter, RouteView};
use bgp_rib::{AttrSet, Interner, Learned, Net, NotAdvertised, Path, PeerId, Relation, Rib, may_advertise};
use bgp_wire::{Asn, AttributeSet, Family, NextHop, Origin, Role};
use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

/// Why a path is not told to a peer.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum NotExported {
    /// The rules of BGP forbid it.
    NotAdvertised(NotAdvertised),
    /// The peer's own ASN is in the path: it would refuse it (RFC 4271 section 9.1.2).
    PeerLoop,
    /// A summary-only aggregate is told instead (RFC 4271 section 9.2.2.2).
    Summarised,
    /// Export policy refuses it.
    Policy(Because),
    /// The session has no address of the route's family to give as next hop.
    NoNextHop,
    /// It may go to customers alone (RFC 9234 section 5).
    OnlyToCustomer,
    /// The peer has asked not to be told of it (RFC 5292).
    Filtered,
    /// It is stale for long, and the peer does not know what that is (RFC 9494 section 4.3).
    StaleForLong,
    /// As policy edits it, an attribute is longer than any message allows.
    TooLong,
}

impl NotExported {
    /// The reason in words; `policy` is the one that decided.
    pub fn explain(self, policy: Option<&Policy>) -> impl fmt::Display + '_ {
        fmt::from_fn(move |f| match (self, policy) {
            (Self::NotAdvertised(why), _) => write!(f, "{why} ({})", why.cite()),
            (Self::PeerLoop, _) => f.write_str("the peer's own ASN is in the AS path (RFC 4271 §9.1.2)"),
            (Self::Policy(because), Some(policy)) => write!(f, "{}", policy.explain(because)),
            (Self::Policy(_), None) => f.write_str("no export policy for this external peer (RFC 8212)"),
            (Self::OnlyToCustomer, _) => {
                f.write_str("it carries ONLY_TO_CUSTOMER, and the peer is no customer (RFC 9234 §5)")
            }
            (Self::Filtered, _) => f.write_str("the peer's own filter leaves it out (RFC 5292)"),
            (Self::Summarised, _) => f.write_str("an aggregate stands for it (summary_only)"),
            (Self::StaleForLong, _) => {
                f.write_str("it is stale for long, and the peer does not offer to know that (RFC 9494 §4.3)")
            }
            (Self::TooLong, _) => f.write_str("an attribute is longer than any message allows"),
            (Self::NoNextHop, _) => f.write_str("the session has no address of the route's family"),
        })
    }
}

/// What import and export must know of a session.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Session {
    pub(crate) peer: PeerId,
    pub(crate) rewriting: Rewriting,
    pub(crate) loops: Loops,
}

impl Session {
    /// A session with a peer, on which we are at `local_address`.
    pub(crate) fn new(
        peer: PeerId,
        speaker: &SpeakerConfig,
        config: &PeerConfig,
        local_address: IpAddr,
    ) -> Self {
        let relation = speaker.relation(config);
        let rewriting = Rewriting {
            relation,
            route_server_client: config.routing.route_server_client,
            next_hop: config.routing.next_hop,
            local_asn: speaker.asn_towards(relation),
            local_address,
            cluster_id: speaker.cluster_id(),
            ipv6_next_hop: false,
            client_to_client: speaker.client_to_client,
        };
        Self { peer, rewriting, loops: Loops::new(speaker) }
    }
}

/// What policy asks of the peer; nothing else of it makes a difference.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
struct Whom {
    asn: Asn,
    name: Option<String>,
    group: Option<String>,
    role: Option<Role>,
}

impl Whom {
    fn new(config: &PeerConfig, asked: Asked) -> Self {
        Self {
            asn: if asked.neighbor { config.asn } else { Asn::default() },
            name: asked.peer.then(|| config.name.clone()),
            group: config.group.clone().filter(|_| asked.peer_group),
            role: config.role_of_peer().filter(|_| asked.peer_role),
        }
    }
}

/// What the sessions have in common that routes leave by alike.
#[derive(Clone, Debug)]
pub(crate) struct Towards {
    pub(crate) rewriting: Rewriting,
    /// The client of a route server and its ASN: it has a best path of its own, and is alone in its group.
    pub(crate) client: Option<(PeerId, Asn)>,
    whom: Whom,
    policy: Arc<Policy>,
    /// Whether policy asks for more of a net than its family.
    by_prefix: bool,
    pub(crate) marks: Marks,
    /// A peer that may be told only so many routes of IPv4 and of IPv6 is alone in its group.
    pub(crate) limited: Option<(PeerId, [Option<usize>; 2])>,
    /// A peer with an advertisement interval is alone likewise: of what comes and goes meanwhile it is told the outcome, whatever others
    /// are told of it.
    paced: Option<PeerId>,
    /// What the peers asked for, of IPv4 and of IPv6 (RFC 5292).
    filters: [Option<Arc<PrefixFilter>>; 2],
}

impl PartialEq for Towards {
    fn eq(&self, other: &Self) -> bool {
        (self.rewriting, self.client, &self.whom, self.marks)
            == (other.rewriting, other.client, &other.whom, other.marks)
            && (&self.filters, self.limited, self.paced) == (&other.filters, other.limited, other.paced)
            && (Arc::ptr_eq(&self.policy, &other.policy) || self.policy == other.policy)
    }
}

impl Towards {
    pub(crate) fn new(session: &Session, peer: &Peer, marks: Marks) -> Self {
        let config = &peer.config;
        let policy = config.export.clone().unwrap_or_else(|| Arc::new(Policy::reject_all()));
        let asked = policy.asks_for();
        let whom = Whom::new(config, asked);
        let client = config.routing.route_server_client.then_some((session.peer, config.asn));
        let rewriting = Rewriting { ipv6_next_hop: marks.ipv6_next_hop, ..session.rewriting };
        let limits = Family::UNICAST.map(|family| config.max_prefixes.most_announced(family));
        let limited = limits.iter().any(Option::is_some).then_some((session.peer, limits));
        let paced = (!config.advertisement_interval.is_zero()).then_some(session.peer);
        let by_prefix = asked.prefix;
        Self { rewriting, client, whom, policy, by_prefix, marks, limited, paced, filters: peer.filters() }
    }

    /// How many routes of each family may be told.
    pub(crate) fn limits(&self) -> [Option<usize>; 2] {
        self.limited.map(|(_, limits)| limits).unwrap_or_default()
    }

    /// Whether a client told the path, and clients are not told what others say.
    fn is_between_clients(&self, path: &Path) -> bool {
        let clients =
            self.rewriting.relation == Relation::Client && path.learned() == Learned::From(Relation::Client);
        clients && !self.rewriting.client_to_client
    }

    /// Whether the peers want to be told of a net.
    fn wants(&self, net: Net) -> bool {
        let [v4, v6] = &self.filters;
        let filter = if net.family() == Family::Ipv4Unicast { v4 } else { v6 };
        filter.as_ref().is_none_or(|filter| filter.permits(&net.prefix()))
    }

    /// Whether no route leaves at all.
    pub(crate) fn is_told_nothing(&self) -> bool {
        self.policy.rejects_all()
    }
}

/// Why a path is not told to this peer of AS `asn`, although it may be told to others that are so to us.
pub(crate) fn left_out(path: &Path, peer: PeerId, asn: Asn, relation: Relation) -> Option<NotExported> {
    if path.peer == peer {
        return Some(NotExported::NotAdvertised(NotAdvertised::OwnPath));
    }
    let looped = !relation.is_internal() && path.attrs.as_path().contains(asn);
    looped.then_some(NotExported::PeerLoop)
}

/// Export to one group; remembers what it made of the last attribute set, which the next net mostly shares.
#[derive(Debug)]
pub(crate) struct Exporter {
    /// What was made `set` of: the attributes, where they were learned, whom they came from where that is told, and the family.
    last: Option<(AttrSet, (Learned, Option<Ipv4Addr>, Family))>,
    /// The attributes as they go out before policy edits them.
    set: AttributeSet,
    /// Whether their next hop is one that the peers can take; if not, policy may give another.
    fits: bool,
    edited: Edited,
    /// What policy made of them, where the net makes no difference.
    told: Option<Result<AttrSet, NotExported>>,
}

impl Default for Exporter {
    fn default() -> Self {
        let set = AttributeSet::new(Origin::default(), NextHop::Absent);
        Self { last: None, set, fits: true, edited: Edited::default(), told: None }
    }
}

impl Exporter {
    /// What the group is told of `path`, or why nothing. Whom of it the path is not for is [`left_out`].
    pub(crate) fn export(
        &mut self,
        net: Net,
        path: &Path,
        rib: &Rib,
        towards: &Towards,
        interner: &mut Interner,
    ) -> Result<AttrSet, NotExported> {
        may_advertise(path, towards.rewriting.relation).map_err(NotExported::NotAdvertised)?;
        if towards.is_between_clients(path) {
            return Err(NotExported::NotAdvertised(NotAdvertised::ClientToClient));
        }
        if !towards.wants(net) {
            return Err(NotExported::Filtered);
        }
        self.turn_to(net.family(), path, rib, towards)?;
        if let Some(told) = &self.told {
            return told.clone();
        }
        let told = self.judge(net, towards, interner);
        if !towards.by_prefix {
            self.told = Some(told.clone());
        }
        told
    }

    /// What policy makes of `set`.
    fn judge(
        &mut self,
        net: Net,
        towards: &Towards,
        interner: &mut Interner,
    ) -> Result<AttrSet, NotExported> {
        let Towards { rewriting, whom, policy, marks, .. } = towards;
        let route = RouteView {
            peer: whom.name.as_deref(),
            peer_group: whom.group.as_deref(),
            peer_role: whom.role,
            ..RouteView::new(net.prefix(), &self.set, whom.asn)
        };
        let verdict = policy.evaluate(route);
        if !verdict.accept {
            return Err(NotExported::Policy(verdict.because));
        }
        if !self.fits && !verdict.edits().any(|edit| matches!(edit, Edit::SetNextHop(_))) {
            return Err(NotExported::NoNextHop);
        }
        let context = edit_context(rewriting.local_asn, rewriting.local_address);
        let intern = |set: &AttributeSet| match marks.after_policy(rewriting.relation, set) {
            Some(marked) => interner.intern(&marked),
            None => interner.intern(set),
        };
        self.edited.apply(&self.set, &verdict, &context, intern).map_err(|why| match why {
            NotEdited::NoNextHop => NotExported::NoNextHop,
            NotEdited::TooLong => NotExported::TooLong,
        })
    }

    /// Makes `set` that of a path.
    fn turn_to(
        &mut self,
        family: Family,
        path: &Path,
        rib: &Rib,
        towards: &Towards,
    ) -> Result<(), NotExported> {
        let (rewriting, learned) = (&towards.rewriting, path.learned());
        let teller = || rib.peer(path.peer).map(|peer| peer.router_id);
        let originator = if rewriting.reflects(learned) { teller() } else { None };
        let how = (learned, originator, family);
        if let Some((attrs, last)) = &self.last
            && (attrs, *last) == (&path.attrs, how)
        {
            return Ok(());
        }
        (self.last, self.edited, self.told) = (None, Edited::default(), None);
        path.attrs.encoded().read_into(&mut self.set);
        self.fits = rewriting.rewrite(&mut self.set, learned, originator, family);
        towards.marks.before_policy(rewriting.local_asn, &mut self.set)?;
        self.last = Some((path.attrs.clone(), how));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bgp_rib::{Announced, Import, PeerInfo};
    use bgp_wire::{Community, PeerKind};
    use std::sync::Arc;

    const FROM: PeerId = PeerId(1);
    const TO: PeerId = PeerId(2);
    const HERE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));

    fn peer(to: PeerKind, export: Option<Policy>) -> PeerConfig {
        let asn = Asn(if to == PeerKind::Internal { 64500 } else { 64502 });
        let address = IpAddr::V4([192, 0, 2, 2].into());
        PeerConfig { export: export.map(Arc::new), ..PeerConfig::new("to", address, asn) }
    }

    /// What `TO` is told of a route to `prefix` that came from `from`.
    fn told(
        from: PeerId,
        prefix: &str,
        change: impl FnOnce(&mut AttributeSet),
        to: PeerKind,
        export: Option<Policy>,
    ) -> Result<AttributeSet, NotExported> {
        let hop = NextHop::from(IpAddr::V4([198, 51, 100, 9].into()));
        let mut set = AttributeSet::new(Origin::Igp, hop);
        set.as_path = if from == PeerId::LOCAL { vec![] } else { vec![64501] }.into_iter().map(Asn).collect();
        (set.med, set.local_pref) = (Some(7), Some(300));
        change(&mut set);
        let (mut interner, mut rib) = (Interner::new(1), Rib::new(1));
        let kind = if from == FROM { PeerKind::External } else { PeerKind::Internal };
        let info =
            PeerInfo { relation: kind.into(), router_id: [192, 0, 2, 3].into(), addr: [192, 0, 2, 3].into() };
        rib.peer_up(from, info, &mut |_| {});
        let net: Net = prefix.parse().unwrap();
        let accepted = Import::Accepted(crate::Reason::Originated.into());
        rib.announce(from, &interner.intern(&set).unwrap(), [Announced::new(net, accepted)], &mut |_| {});
        let (path, config) = (rib.best(net).unwrap(), peer(to, export));
        let speaker = SpeakerConfig::new(Asn(64500), [192, 0, 2, 1].into());
        let towards = Towards::new(
            &Session::new(TO, &speaker, &config, HERE),
            &Peer::new(config.clone()),
            Marks::default(),
        );
        let told = Exporter::default().export(net, path, &rib, &towards, &mut interner);
        left_out(path, TO, config.asn, to.into()).map_or(told.map(|attrs| attrs.to_set()), Err)
    }

    const NET: &str = "203.0.113.0/24";
    const V6: &str = "2001:db8::/32";

    /// (from, to, what changes, AS path, MED, LOCAL_PREF, next hop) by RFC 4271 section 5.1.
    #[test]
    fn what_leaves() {
        let unspecified = |set: &mut AttributeSet| set.next_hop = IpAddr::V4([0, 0, 0, 0].into()).into();
        let same = |_: &mut AttributeSet| {};
        let cases: [(PeerId, PeerKind, &dyn Fn(&mut AttributeSet), &str, _, _, &str); 5] = [
            (FROM, PeerKind::External, &same, "64500 64501", None, None, "192.0.2.1"),
            (FROM, PeerKind::Internal, &same, "64501", Some(7), Some(300), "198.51.100.9"),
            (PeerId::LOCAL, PeerKind::External, &same, "64500", Some(7), None, "198.51.100.9"),
            (PeerId::LOCAL, PeerKind::External, &unspecified, "64500", Some(7), None, "192.0.2.1"),
            (PeerId::LOCAL, PeerKind::Internal, &unspecified, "", Some(7), Some(300), "192.0.2.1"),
        ];
        for (from, to, change, path, med, local_pref, hop) in cases {
            let got = told(from, NET, change, to, Some(Policy::accept_all())).unwrap();
            let seen = (got.as_path.to_string(), got.med, got.local_pref, got.next_hop.to_string());
            assert_eq!(seen, (path.to_owned(), med, local_pref, hop.to_owned()), "{from:?} to {to:?}");
        }
    }

    #[test]
    fn a_route_without_local_pref_gets_the_default_towards_an_internal_peer() {
        let accept = Some(Policy::accept_all());
        let got = told(FROM, NET, |set| set.local_pref = None, PeerKind::Internal, accept).unwrap();
        assert_eq!(got.local_pref, Some(100));
    }

    /// (what is wrong, why nothing leaves)
    #[test]
    fn what_stays() {
        use NotExported::{NoNextHop, NotAdvertised, PeerLoop};
        let accept = || Some(Policy::accept_all());
        let external = PeerKind::External;
        let looped = |set: &mut AttributeSet| set.as_path.prepend(Asn(64502), 1);
        let kept = |set: &mut AttributeSet| set.communities = vec![Community::NO_EXPORT];
        let of_v6 = |set: &mut AttributeSet| {
            set.next_hop = NextHop::V6("2001:db8::9".parse().unwrap());
        };
        let denied = Some(Policy::new("deny", vec![], bgp_policy::Decision::Reject).unwrap());
        let cases = [
            (told(TO, NET, |_| {}, external, accept()), NotAdvertised(bgp_rib::NotAdvertised::OwnPath)),
            (told(FROM, NET, kept, external, accept()), NotAdvertised(bgp_rib::NotAdvertised::NoExport)),
            (told(FROM, NET, looped, external, accept()), PeerLoop),
            (told(FROM, V6, of_v6, external, accept()), NoNextHop),
            (told(FROM, NET, |_| {}, external, None), NotExported::Policy(Because::NoPolicy)),
            (told(FROM, NET, |_| {}, external, denied), NotExported::Policy(Because::Default)),
        ];
        for (got, want) in cases {
            assert_eq!(got.unwrap_err(), want);
            assert!(!want.explain(None).to_string().is_empty());
        }
    }

    /// What an external peer is not told of, MED and LOCAL_PREF, may change without an UPDATE to it.
    #[test]
    fn what_changes_nothing_for_a_peer_is_not_told_again() {
        use crate::testing::{Rig, peer};
        let mut rig = Rig::new();
        let [from, to] = [1, 2].map(|n| rig.establish(peer(n), &[]));
        let internal = rig.establish(PeerConfig { asn: Asn(64500), ..peer(3) }, &[]);
        rig.announce_with(from, &[NET], |set| set.med = Some(5));
        assert_eq!(rig.sent(to).pop().as_deref(), Some(NET));
        rig.sent(internal);
        rig.announce_with(from, &[NET], |set| set.med = Some(6));
        assert_eq!(rig.sent(to), [] as [&str; 0]);
        assert_eq!(rig.sent(internal), [NET], "who has the MED hears of it");
        rig.announce_with(from, &[NET], |set| set.origin = Origin::Incomplete);
        assert_eq!(rig.sent(to), [NET]);
    }

    /// (whether both sides agreed, what the route of an IPv4 net leaves with over an IPv6 session)
    #[test]
    fn an_ipv4_route_has_an_ipv6_next_hop_where_that_is_agreed() {
        let local: IpAddr = "2001:db8::1".parse().unwrap();
        let config = peer(PeerKind::External, None);
        let speaker = SpeakerConfig::new(Asn(64500), [192, 0, 2, 1].into());
        let session = Session::new(TO, &speaker, &config, local);
        for (agreed, want) in [(false, None), (true, Some(local))] {
            let marks = Marks { ipv6_next_hop: agreed, ..Marks::default() };
            let towards = Towards::new(&session, &Peer::new(config.clone()), marks);
            let mut set = AttributeSet::new(Origin::Igp, NextHop::V4([192, 0, 2, 9].into()));
            let told = towards.rewriting.rewrite(
                &mut set,
                Learned::From(Relation::External),
                None,
                Family::Ipv4Unicast,
            );
            assert_eq!(told.then(|| set.next_hop.addr()), want);
        }
    }
}
