//! What import makes of routes that share an attribute set: loops, roles, next hops, policy (RFC 4271 section 9.1.1).

use crate::config::{AdjRibIn, PeerConfig};
use crate::edited::{Edited, NotEdited, edit_context};
use crate::export::Session;
use crate::otc;
use crate::reason::Reason;
use crate::sources::RouteSources;
use bgp_policy::{PathValidationState, Policy, RouteView, ValidationState, Verdict};
use bgp_rib::{AttrSet, Import, Interner, Relation};
use bgp_wire::{AttributeSet, Community, TooLong};
use ipnet::IpNet;

/// What became of a prefix: its attributes, whether it is accepted, and its weight. Of one that is refused there are none
/// where no Adj-RIB-In is kept.
pub(crate) type Judged = (Option<AttrSet>, Import, u16);

/// The verdicts on routes of one attribute set. Whoever turns to another set begins anew.
pub(crate) struct Judge<'a> {
    config: &'a PeerConfig,
    session: &'a Session,
    /// Whether the session is to be taken down soon (RFC 8326).
    draining: bool,
    sources: &'a RouteSources,
    policy: &'a Policy,
    /// What ASPA says of the path, where policy asks.
    aspa: PathValidationState,
    /// What makes every prefix unusable, whatever policy says.
    refused: Option<Reason>,
    /// The set as it came, where it was marked since.
    unmarked: Option<AttributeSet>,
    /// Its handle, once asked for, and why a route with it is refused where it is too long to be kept.
    came: Option<(AttrSet, Option<Reason>)>,
    edited: Edited,
}

impl<'a> Judge<'a> {
    /// Begins with `set`, which is marked as RFC 9234 section 5 asks; `came` is its handle, where there is one. `none` is
    /// the policy of a peer that has none.
    pub(crate) fn begin(
        (config, session, draining, sources): (&'a PeerConfig, &'a Session, bool, &'a RouteSources),
        none: &'a Policy,
        set: &mut AttributeSet,
        came: Option<AttrSet>,
    ) -> Self {
        let external = session.rewriting.relation == Relation::External;
        let role = config.offers.role.filter(|_| external);
        let unmarked = role.map(|_| set.clone());
        let leaks = |set: &mut AttributeSet| {
            role.filter(|role| !otc::received(*role, config.asn, set)).map(|_| Reason::RouteLeak)
        };
        let refused = unusable(config, session, set).or_else(|| leaks(set));
        let (policy, came) = (config.import.as_deref().unwrap_or(none), came.map(|came| (came, None)));
        let aspa = if policy.asks_for().aspa && refused.is_none() {
            sources.aspa(set.as_path.view(), config, session.rewriting.relation)
        } else {
            PathValidationState::NotChecked
        };
        Self {
            config,
            session,
            draining,
            sources,
            policy,
            aspa,
            refused,
            unmarked,
            came,
            edited: Edited::default(),
        }
    }

    /// Whether the verdict may depend on the prefix.
    pub(crate) fn asks_for_prefix(&self) -> bool {
        self.refused.is_none() && self.policy.asks_for().prefix
    }

    /// The verdict on a prefix with `set`, which is that of the beginning.
    pub(crate) fn judge(&mut self, prefix: IpNet, set: &AttributeSet, interner: &mut Interner) -> Judged {
        let why = match self.refused.map_or_else(|| self.by_policy(prefix, set, interner), Err) {
            Ok((attrs, because, weight)) => return (Some(attrs), Import::Accepted(because.into()), weight),
            Err(why) => why,
        };
        let weight = self.config.routing.weight;
        if self.config.adj_rib_in == AdjRibIn::NotKept {
            return (None, Import::Rejected(why.into()), weight);
        }
        let (came, too_long) = self.as_it_came(set, interner);
        (Some(came), Import::Rejected(too_long.unwrap_or(why).into()), weight)
    }

    /// The attributes, the reason and the weight of a route that policy accepts; why it does not.
    fn by_policy(
        &mut self,
        prefix: IpNet,
        set: &AttributeSet,
        interner: &mut Interner,
    ) -> Result<(AttrSet, Reason, u16), Reason> {
        let verdict = self.policy.evaluate(self.view(prefix, set));
        let because = Reason::Policy(verdict.because);
        if !verdict.accept {
            return Err(because);
        }
        let attrs = self.edited(set, &verdict, interner)?;
        Ok((attrs, because, verdict.weight().unwrap_or(self.config.routing.weight)))
    }

    /// The route as policy sees it. What others say of it is looked up where policy asks.
    fn view<'b>(&self, prefix: IpNet, set: &'b AttributeSet) -> RouteView<'b>
    where
        'a: 'b,
    {
        let (config, asked) = (self.config, self.policy.asks_for());
        let (mut rpki, mut irr) = (ValidationState::NotChecked, ValidationState::NotChecked);
        if asked.rpki || asked.irr {
            let origin = self.sources.origin(set.as_path.view());
            (rpki, irr) = (self.sources.rpki(&prefix, origin), self.sources.irr(&prefix, origin));
        }
        RouteView {
            peer: Some(&config.name),
            peer_group: config.group.as_deref(),
            peer_role: config.role_of_peer(),
            rpki,
            irr,
            aspa: self.aspa,
            ..RouteView::new(prefix, set, config.asn)
        }
    }

    /// What the edits of a verdict make of the set; it holds what it was made of, where that is kept.
    fn edited(
        &mut self,
        set: &AttributeSet,
        verdict: &Verdict<'_>,
        interner: &mut Interner,
    ) -> Result<AttrSet, Reason> {
        let came = match self.config.adj_rib_in {
            AdjRibIn::NotKept => None,
            AdjRibIn::Kept => match self.as_it_came(set, interner) {
                (_, Some(too_long)) => return Err(too_long),
                (came, None) => Some(came),
            },
        };
        let rewriting = &self.session.rewriting;
        let context = edit_context(rewriting.local_asn, rewriting.local_address);
        let external = rewriting.relation == Relation::External;
        let (draining, marked) = (self.draining, self.unmarked.is_some());
        let intern = |edited: &AttributeSet| {
            let lowered = shut_down(edited, draining, external);
            match (&came, &lowered) {
                (None, _) => interner.intern(lowered.as_ref().unwrap_or(edited)),
                // Nothing was edited: it need not be looked for again.
                (Some(came), None) if !marked && std::ptr::eq(edited, set) => Ok(came.clone()),
                (Some(came), _) => interner.intern_made_of(lowered.as_ref().unwrap_or(edited), came),
            }
        };
        self.edited.apply(set, verdict, &context, intern).map_err(|why| match why {
            NotEdited::NoNextHop => Reason::NoNextHop,
            NotEdited::TooLong => Reason::EditedTooLong,
        })
    }

    /// What is kept of the set as it came, and why a route with it is refused whatever else is wrong.
    fn as_it_came(&mut self, set: &AttributeSet, interner: &mut Interner) -> (AttrSet, Option<Reason>) {
        let set = self.unmarked.as_ref().unwrap_or(set);
        let came = self.came.take().unwrap_or_else(|| match interner.intern(set) {
            Ok(attrs) => (attrs, None),
            Err(TooLong) => (interner.intern_bare(set), Some(Reason::TooLong)),
        });
        self.came.insert(came).clone()
    }
}

/// What makes every prefix with these attributes unusable: that it was here before, a wrong first ASN, our own next hop.
fn unusable(config: &PeerConfig, session: &Session, set: &AttributeSet) -> Option<Reason> {
    let Session { rewriting, loops, .. } = session;
    if let Some(reason) = loops.refuse(set, rewriting.relation, config.asn, config.routing) {
        return Some(reason);
    }
    let (hop, here) = (set.next_hop.addr(), rewriting.local_address);
    // An address of this machine alone is no other's, unless the session is one within it.
    let within = hop.is_loopback() && !here.is_loopback();
    (hop == here || within).then_some(Reason::OwnNextHop)
}

/// A route of a session that is to be taken down soon, as our operator or an external peer says, is the last choice (RFC
/// 8326 section 4.2): what it becomes.
fn shut_down(set: &AttributeSet, draining: bool, external: bool) -> Option<AttributeSet> {
    let told = || external && set.communities.contains(&Community::GRACEFUL_SHUTDOWN);
    (draining || told()).then(|| AttributeSet { local_pref: Some(0), ..set.clone() })
}
