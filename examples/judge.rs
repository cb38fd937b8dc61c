//! Judges one route twice: by a small export policy, which marks it, and by the rules of a voice
//! interconnect, before and after.
//!
//! ```text
//! cargo run -p examples --example judge
//! ```
use bgp_policy::voice::{
    AddressProvider, Connection, Observed, ObservedRoute, ObservedSession, Peering, Plan, Role, RuleId,
    Scope, SessionPlan, State, TreatAsPublic, Verdict, far_end, judge,
};
use bgp_policy::{
    Action, Decision, Edit, EditContext, Match, Policy, PrefixRange, PrefixSet, RouteView, Rule,
};
use bgp_wire::{Asn, AttributeSet, NextHop, Origin, SegmentKind};
use ipnet::IpNet;
use std::error::Error;

const CARRIER: Asn = Asn(64500);

/// Voice prefixes leave with the far end's community; nothing else leaves.
fn export() -> Result<Policy, Box<dyn Error>> {
    let voice: PrefixSet = ["203.0.113.0/24".parse::<PrefixRange>()?].into_iter().collect();
    let rule = Rule {
        name: "voice prefixes".into(),
        when: [Match::Prefix(voice.into())].into(),
        edits: [Edit::AddCommunity(far_end::COMMUNITY)].into(),
        then: Action::Accept,
    };
    Ok(Policy::new("to-the-far-end", [rule], Decision::Reject)?)
}

/// One connection of one peering. Prefixes and ASNs for documentation stand in for public ones here.
fn plan() -> Result<Plan, Box<dyn Error>> {
    let session = SessionPlan {
        local: "192.0.2.0/31".parse()?,
        peer: "192.0.2.1".parse()?,
        provider: AddressProvider::Microsoft,
        bfd: None,
        hold_time: Some(far_end::HOLD_TIME),
        keepalive: None,
        md5: false,
        max_prefix: Some(450),
    };
    let connection = Connection {
        name: "fra-1".into(),
        location: "fra".into(),
        role: Role::Primary,
        router: None,
        remote_router: None,
        bandwidth_gbps: 10,
        utilisation_percent: None,
        state: None,
        session,
    };
    let peering =
        Peering { name: "fra".into(), connections: vec![connection], registered_prefixes: Vec::new() };
    let lab = TreatAsPublic { prefixes: vec!["203.0.113.0/24".parse()?], asns: vec![CARRIER] };
    Ok(Plan { treat_as_public: lab, peerings: vec![peering], ..Plan::new(CARRIER) })
}

/// What the voice rules say of the route; shown are those that it does not simply keep. What a rule would
/// have to see and cannot is `Unknown`, never `Verified`.
fn ask(plan: &Plan, prefix: IpNet, attrs: &AttributeSet) -> Vec<Verdict> {
    let seen = ObservedSession {
        connection: Some("fra-1".into()),
        routes: Some(vec![ObservedRoute::from_attributes(prefix, attrs)]),
        ..ObservedSession::default()
    };
    let mut verdicts = judge(plan, &Observed { sessions: vec![seen], ..Observed::default() }).verdicts;
    verdicts.retain(|verdict| verdict.rule.spec().scope == Scope::Route);
    let (kept, rest): (Vec<_>, Vec<_>) = verdicts.iter().partition(|v| v.state == State::Verified);
    rest.iter().for_each(|verdict| println!("  {verdict}"));
    println!("  {} of {} rules on a route: {}", kept.len(), verdicts.len(), State::Verified);
    verdicts
}

/// How the route stands with the rule on the community.
fn marked(verdicts: &[Verdict]) -> Option<State> {
    verdicts.iter().find(|verdict| verdict.rule == RuleId::Community).map(|verdict| verdict.state)
}

fn main() -> Result<(), Box<dyn Error>> {
    let (policy, plan) = (export()?, plan()?);
    let prefix = "203.0.113.0/24".parse()?;
    let mut attrs = AttributeSet::new(Origin::Igp, NextHop::V4("192.0.2.0".parse()?));
    attrs.as_path.push(SegmentKind::Sequence, [CARRIER]);

    println!("the voice rules on {prefix} as it is:");
    let before = ask(&plan, prefix, &attrs);

    // A verdict borrows the route and carries no copy of it: edits are made where they are wanted.
    let route = RouteView::new(prefix, &attrs, far_end::ASN);
    let explanation = policy.explain_route(route);
    print!("{explanation}");
    let verdict = explanation.verdict;
    println!("because: {}", policy.explain(verdict.because));
    let mut out = attrs.clone();
    verdict.apply(&mut out, &EditContext { local_asn: CARRIER, self_v4: None, self_v6: None })?;

    println!("the voice rules on what leaves:");
    let after = ask(&plan, prefix, &out);
    let mended = marked(&before) == Some(State::Failed) && marked(&after) == Some(State::Verified);
    let clean = after.iter().all(|verdict| verdict.state < State::Warning);
    if verdict.accept && mended && clean { Ok(()) } else { Err("the policy did not mend the route".into()) }
}
