//! Whether a route has been here before (RFC 4271 section 9.1.2, RFC 4456 section 8, RFC 5065 section 5).

use crate::config::SpeakerConfig;
use crate::reason::Reason;
use crate::routing::PeerRouting;
use bgp_rib::Relation;
use bgp_wire::{AsPath, Asn, AttributeSet, SegmentKind};
use std::net::Ipv4Addr;

/// What a route bears that was here.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Loops {
    /// Ours in what others than our confederation's members see.
    asn: Asn,
    /// Ours within our confederation, where there is one.
    member: Option<Asn>,
    router_id: Ipv4Addr,
    cluster_id: Ipv4Addr,
}

impl Loops {
    pub(crate) fn new(speaker: &SpeakerConfig) -> Self {
        let asn = speaker.asn_towards(Relation::External);
        let member = speaker.confederation.as_ref().map(|_| speaker.asn);
        Self { asn, member, router_id: speaker.router_id, cluster_id: speaker.cluster_id() }
    }

    /// Why a route with these attributes is of no use, if it is not: it was here, or its path does not begin with
    /// `told_by`, who told it.
    pub(crate) fn refuse(
        &self,
        set: &AttributeSet,
        relation: Relation,
        told_by: Asn,
        routing: PeerRouting,
    ) -> Option<Reason> {
        let path = set.as_path.view();
        if self.passes(path) > usize::from(routing.own_asn_allowed) {
            return Some(Reason::AsLoop);
        }
        if routing.enforce_first_as && !begins_with(path, relation, told_by) {
            return Some(Reason::FirstAs);
        }
        if !relation.is_internal() {
            return None;
        }
        if set.originator_id == Some(self.router_id) {
            return Some(Reason::OriginatorLoop);
        }
        set.cluster_list.contains(&self.cluster_id).then_some(Reason::ClusterLoop)
    }

    /// How often the path came through us.
    fn passes(&self, path: AsPath<'_>) -> usize {
        let Some(member) = self.member else { return path.asns().filter(|asn| *asn == self.asn).count() };
        let ours = |kind: SegmentKind| if kind.is_confed() { member } else { self.asn };
        path.segments().map(|s| s.asns().filter(|asn| *asn == ours(s.kind)).count()).sum()
    }
}

fn begins_with(path: AsPath<'_>, relation: Relation, told_by: Asn) -> bool {
    match relation {
        Relation::Internal | Relation::Client => true,
        Relation::External => path.neighbor() == Some(told_by),
        Relation::Confederation => path.segments().next().is_some_and(|first| {
            first.kind == SegmentKind::ConfedSequence && first.asns().next() == Some(told_by)
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routing::Confederation;
    use Relation::{Client, Confederation as Member, External, Internal};
    use bgp_wire::{NextHop, Origin};

    /// (whether we are a member of AS 64500, the peer's relation, how often our ASN may be there, whether the first
    /// must be the peer's, the AS path, what comes of it). We are AS 64500, or in it AS 64512; the peer is AS 64501.
    #[test]
    fn paths() {
        let (looped, first) = (Some(Reason::AsLoop), Some(Reason::FirstAs));
        let rows = [
            (false, External, 0, true, "64501", None),
            (false, External, 0, true, "64501 64500", looped),
            (false, External, 0, true, "64501 {64500 64502}", looped),
            (false, External, 1, true, "64501 64500", None),
            (false, External, 1, true, "64501 64500 64500", looped),
            (false, External, 0, true, "64502 64501", first),
            (false, External, 0, true, "", first),
            (false, External, 0, true, "{64501}", first),
            (false, External, 0, false, "64502 64501", None),
            (false, Internal, 0, true, "64502", None),
            (false, Internal, 0, true, "64500", looped),
            (true, External, 0, true, "64501 64500", looped),
            (true, External, 0, true, "64501 64512", None),
            (true, Member, 0, true, "(64501) 64502", None),
            (true, Member, 0, true, "(64501 64512) 64502", looped),
            (true, Member, 0, true, "(64501) 64500", looped),
            (true, Member, 0, true, "(64513 64501) 64502", first),
            (true, Member, 0, true, "64501", first),
            (true, Member, 0, true, "", first),
            (true, Internal, 0, true, "(64501) 64502", None),
            (true, Internal, 0, true, "(64512) 64502", looped),
        ];
        for (is_member, relation, own_asn_allowed, enforce_first_as, path, want) in rows {
            let asn = Asn(if is_member { 64512 } else { 64500 });
            let mut speaker = SpeakerConfig::new(asn, [192, 0, 2, 1].into());
            speaker.confederation = is_member.then(|| Confederation { id: Asn(64500), members: vec![] });
            let mut set = AttributeSet::new(Origin::Igp, NextHop::V4([192, 0, 2, 2].into()));
            set.as_path = path.parse().unwrap();
            let routing = PeerRouting { own_asn_allowed, enforce_first_as, ..PeerRouting::default() };
            let got = Loops::new(&speaker).refuse(&set, relation, Asn(64501), routing);
            assert_eq!(got, want, "{path} {relation:?}");
        }
    }

    /// (ORIGINATOR_ID, CLUSTER_LIST, the peer's relation, what comes of it); we are router 1 of cluster 7.
    #[test]
    fn reflections() {
        let rows = [
            (Some(1), &[][..], Internal, Some(Reason::OriginatorLoop)),
            (Some(1), &[], Client, Some(Reason::OriginatorLoop)),
            (Some(2), &[7], Internal, Some(Reason::ClusterLoop)),
            (Some(2), &[6, 7], Client, Some(Reason::ClusterLoop)),
            (Some(2), &[6], Internal, None),
            (None, &[1], Internal, None),
        ];
        for (originator, clusters, relation, want) in rows {
            let mut speaker = SpeakerConfig::new(Asn(64500), 1.into());
            speaker.cluster_id = Some(7.into());
            let mut set = AttributeSet::new(Origin::Igp, NextHop::V4([192, 0, 2, 2].into()));
            set.originator_id = originator.map(Ipv4Addr::from_bits);
            set.cluster_list = clusters.iter().copied().map(Ipv4Addr::from_bits).collect();
            let got = Loops::new(&speaker).refuse(&set, relation, Asn(64500), PeerRouting::default());
            assert_eq!(got, want, "{originator:?} {clusters:?}");
        }
    }
}
