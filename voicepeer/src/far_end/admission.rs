//! What the far end takes of a carrier: registered prefixes whose routes the voice rules find in order.

use super::places::SessionPlace;
use crate::control::Basis;
use bgp_policy::voice::{
    Observed, ObservedRoute, ObservedSession, Plan, RULES, Registries, RuleId, Scope, State, Verdict,
    judge_with,
};
use bgp_policy::{
    Action, Condition, Custom, Decision, Edit, Match, Policy, PrefixRange, PrefixSet, RouteView, Rule,
};
use bgp_wire::AttributeSet;
use ipnet::IpNet;
use std::fmt;
use std::sync::Arc;

/// The policy's name, in the reasons that `show routes` gives.
const POLICY: &str = "microsoft-edge";
/// What the far end writes over a received MED: it chooses the exit, not the carrier.
const MED: u32 = 0;

/// The judge of one session's routes.
#[derive(Debug)]
pub(crate) struct Admission {
    /// The plan with this session alone, which registers and activates nothing.
    bare: Plan,
    /// The whole plan's registrations, by peering.
    registrations: Plan,
    registries: Arc<Registries>,
    place: SessionPlace,
}

impl Admission {
    /// What is asked of routes of the session at `place`.
    pub(crate) fn new(basis: &Basis, place: &SessionPlace) -> Self {
        let plan = &*basis.plan;
        let mut bare = plan.clone();
        bare.activations.clear();
        for peering in &mut bare.peerings {
            peering.connections.retain(|connection| connection.name == place.connection);
            peering.registered_prefixes.clear();
        }
        let registries = Arc::clone(&basis.registries);
        Self { bare, registrations: plan.clone(), registries, place: place.clone() }
    }

    /// The verdicts that keep a route out; none where it is taken. They say why, and what to do.
    pub(crate) fn refusals(&self, prefix: IpNet, attrs: &AttributeSet) -> Vec<Verdict> {
        let mut route = ObservedRoute::from_attributes(prefix, attrs);
        route.next_hop = route.next_hop.map(|hop| self.place.as_planned(hop));
        let session = ObservedSession {
            connection: Some(self.place.connection.clone()),
            routes: Some(vec![route]),
            ..ObservedSession::default()
        };
        let observed = Observed { sessions: vec![session], ..Observed::default() };
        let report = judge_with(&self.plan_for(prefix), &observed, &self.registries);
        let name = prefix.to_string();
        let refuses = |v: &Verdict| v.subject.prefix.as_ref() == Some(&name) && keeps_out(v);
        report.verdicts.into_iter().filter(refuses).collect()
    }

    /// The plan with what is registered of `prefix` or around it.
    fn plan_for(&self, prefix: IpNet) -> Plan {
        let mut plan = self.bare.clone();
        for (peering, whole) in plan.peerings.iter_mut().zip(&self.registrations.peerings) {
            let around = |net: IpNet| net.contains(&prefix);
            let all = whole.registered_prefixes.iter();
            peering.registered_prefixes.extend(all.filter(|r| r.prefix.net().is_ok_and(around)).cloned());
        }
        plan
    }

    /// The import policy: a rule for each of the catalogue that looks at a route, by its name, then what is taken.
    pub(crate) fn policy(self) -> Policy {
        let registrations = self.registrations.peerings.iter().flat_map(|p| &p.registered_prefixes);
        let registered: PrefixSet =
            registrations.filter_map(|r| r.prefix.net().ok()).map(PrefixRange::exact).collect();
        let unregistered = Match::Not(Box::new(Match::Prefix(registered.into())));
        let mut rules = vec![rule(RuleId::Unregistered.as_str(), Some(unregistered), Action::Reject)];
        let judge = Arc::new(self);
        for asked in asked().filter(|asked| *asked != RuleId::Unregistered) {
            let breaks = Match::Custom(Custom::new(Breaks { judge: Arc::clone(&judge), rule: asked }));
            rules.push(rule(asked.as_str(), Some(breaks), Action::Reject));
        }
        let taken = rule("registered and in order", None, Action::Accept);
        rules.push(Rule { edits: [Edit::SetMed(MED)].into(), ..taken });
        Policy::new(POLICY, rules, Decision::Reject).unwrap_or_else(|_| Policy::reject_all())
    }
}

fn rule(name: &str, when: Option<Match>, then: Action) -> Rule {
    Rule { name: name.into(), when: when.into_iter().collect(), edits: Box::default(), then }
}

/// The rules of the catalogue that may keep a route out.
fn asked() -> impl Iterator<Item = RuleId> {
    let more = [RuleId::NoAs12076, RuleId::Unregistered];
    let of_routes = RULES.iter().filter(|row| row.scope == Scope::Route).map(|row| row.id);
    of_routes.chain(more)
}

/// Whether a verdict on a prefix keeps its route out. To be announced and not registered is a mere warning in a report.
fn keeps_out(verdict: &Verdict) -> bool {
    let from = if verdict.rule == RuleId::Unregistered { State::Warning } else { State::Failed };
    verdict.state >= from && asked().any(|rule| rule == verdict.rule)
}

/// Whether a route breaks one rule.
#[derive(Debug)]
struct Breaks {
    judge: Arc<Admission>,
    rule: RuleId,
}

impl Condition for Breaks {
    fn holds(&self, route: &RouteView<'_>) -> bool {
        self.judge.refusals(route.prefix, route.attrs).iter().any(|verdict| verdict.rule == self.rule)
    }
}

impl fmt::Display for Breaks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "breaks {} ({})", self.rule, self.rule.spec().checks)
    }
}

#[cfg(test)]
mod tests {
    use super::super::places::edges;
    use super::super::testing::plan;
    use super::*;
    use bgp_policy::EditContext;
    use bgp_policy::voice::parse_as_path;
    use bgp_wire::{Asn, NextHop, Origin};

    fn admission() -> Admission {
        let map = ["192.0.2.0=127.0.0.1".parse().unwrap()];
        let edges = edges(&plan(), &map).unwrap();
        Admission::new(&Basis::new(plan(), Registries::default()), &edges[0].sessions[0])
    }

    /// (prefix, AS path, communities, next hop, the rules that keep it out). The carrier is AS64500, AS64501 is
    /// associated; 203.0.113.0/24 and 10.20.30.0/24 are registered.
    #[test]
    fn what_is_refused_and_by_which_rules() {
        use RuleId::{
            AsPathLength, AsPathPrepend, AsPathPrivate, AsPathSet, Community, NextHop as Hop, NoAs12076,
            OriginAsn, PrefixPublic, Unregistered,
        };
        let (good, here) = ("203.0.113.0/24", [127, 0, 0, 1]);
        let cases: [(&str, &str, &[&str], [u8; 4], &[RuleId]); 14] = [
            (good, "64500", &["8075:8007"], here, &[]),
            (good, "64500 64501", &["64500:1", "8075:8007"], here, &[]),
            (good, "64500", &[], here, &[Community]),
            (good, "64500 64500", &["8075:8007"], here, &[AsPathPrepend]),
            (good, "64500 65001 64501", &["8075:8007"], here, &[AsPathPrivate]),
            (good, "64500 64502 64503 64501", &["8075:8007"], here, &[AsPathLength]),
            (good, "64500 {64501}", &["8075:8007"], here, &[AsPathSet, OriginAsn]),
            (good, "64500 64502", &["8075:8007"], here, &[OriginAsn]),
            (good, "64500 12076 64501", &["8075:8007"], here, &[NoAs12076]),
            (good, "64500", &["8075:8007"], [192, 0, 2, 9], &[Hop]),
            ("10.20.30.0/24", "64500", &["8075:8007"], here, &[PrefixPublic]),
            ("198.51.100.0/24", "64500", &["8075:8007"], here, &[Unregistered]),
            ("203.0.113.0/25", "64500", &["8075:8007"], here, &[Unregistered]),
            ("198.51.100.0/24", "64500", &[], here, &[Community, Unregistered]),
        ];
        let policy = admission().policy();
        for (prefix, path, communities, hop, want) in cases {
            let mut attrs = AttributeSet::new(Origin::Igp, NextHop::V4(hop.into()));
            attrs.as_path = parse_as_path(path).unwrap();
            attrs.communities = communities.iter().map(|c| c.parse().unwrap()).collect();
            attrs.med = Some(70);
            let prefix: IpNet = prefix.parse().unwrap();
            let refusals = admission().refusals(prefix, &attrs);
            let rules: Vec<RuleId> = refusals.iter().map(|verdict| verdict.rule).collect();
            assert_eq!(rules, want, "{prefix} {path}");
            assert!(refusals.iter().all(|v| !v.evidence.is_empty() && v.remedy.is_some()));
            // The import policy is of the same opinion, and names one of them.
            let verdict = policy.evaluate(RouteView::new(prefix, &attrs, Asn(64500)));
            assert_eq!(verdict.accept, want.is_empty(), "{prefix} {path}");
            let why = policy.explain(verdict.because).to_string();
            let named = |rule: &RuleId| why.ends_with(&format!(" \"{rule}\" rejects"));
            assert!(verdict.accept || want.iter().any(named), "{why}");
            let context = EditContext { local_asn: Asn(8075), self_v4: None, self_v6: None };
            let mut edited = attrs.clone();
            verdict.apply(&mut edited, &context).unwrap();
            assert_eq!(edited.med, Some(if verdict.accept { 0 } else { 70 }));
        }
    }

    #[test]
    fn people_read_what_a_rule_asks() {
        let breaks = Breaks { judge: Arc::new(admission()), rule: RuleId::Community };
        assert_eq!(
            breaks.to_string(),
            "breaks VP-COMMUNITY (the route carries the standard community 8075:8007)"
        );
    }
}
