//! Routes as text: those of tests, and of files.

use super::document::{RouteItem, Trait};
use super::fault::PolicyTextError;
use super::tests_text::routes;
use crate::edit::EditContext;
use crate::route::{PathValidationState, RouteView, ValidationState};
use bgp_wire::{Asn, AttributeSet, Family, NextHop, Origin, Role};
use ipnet::IpNet;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A route that somebody described, and the session that it is looked at on.
///
/// ```
/// use bgp_policy::Route;
/// let routes = Route::parse_all("route 203.0.113.0/24\n  as-path 64500 64501\n  med 5\nroute 2001:db8::/32").unwrap();
/// assert_eq!(routes.len(), 2);
/// assert_eq!(routes[0].view().neighbor.0, 64500);
/// ```
///
/// `Display` writes it on one line, as [`Route::parse_all`] reads it behind the word `route`.
#[derive(Clone, PartialEq, Debug)]
pub struct Route {
    /// The prefix.
    pub prefix: IpNet,
    /// The attributes.
    pub attrs: AttributeSet,
    /// The peer's ASN; the first of the path where nothing else is said.
    pub neighbor: Asn,
    /// The peer's name.
    pub peer: Option<Box<str>>,
    /// The peer's group.
    pub peer_group: Option<Box<str>>,
    /// What the peer is to us.
    pub peer_role: Option<Role>,
    /// What the RPKI says.
    pub rpki: ValidationState,
    /// What the IRR says.
    pub irr: ValidationState,
    /// What ASPA says of the path.
    pub aspa: PathValidationState,
    /// What edits know of the session.
    pub context: EditContext,
}

impl Route {
    /// Our own ASN where nothing is said of it.
    pub(crate) const OWN_ASN: Asn = Asn(64511);

    /// A route of which nothing is known but its prefix: the next hop and our own addresses are of documentation.
    pub fn new(prefix: IpNet) -> Self {
        let (v4, v6) = (Ipv4Addr::new(192, 0, 2, 1), Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1));
        let next_hop =
            if Family::of(&prefix) == Family::Ipv4Unicast { NextHop::V4(v4) } else { NextHop::V6(v6) };
        let (own_v4, own_v6) =
            (Ipv4Addr::new(192, 0, 2, 255), Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0xff));
        Self {
            prefix,
            attrs: AttributeSet::new(Origin::Igp, next_hop),
            neighbor: Asn(0),
            peer: None,
            peer_group: None,
            peer_role: None,
            rpki: ValidationState::NotChecked,
            irr: ValidationState::NotChecked,
            aspa: PathValidationState::NotChecked,
            context: EditContext { local_asn: Self::OWN_ASN, self_v4: Some(own_v4), self_v6: Some(own_v6) },
        }
    }

    /// Reads routes as tests have them: `route` and a prefix, then what is known of it, a line each or with semicolons between.
    pub fn parse_all(text: &str) -> Result<Vec<Self>, PolicyTextError> {
        let items = routes(text).map_err(|fault| fault.told(text))?;
        Ok(items.iter().map(Self::of).collect())
    }

    /// As a policy sees it.
    pub fn view(&self) -> RouteView<'_> {
        RouteView {
            peer: self.peer.as_deref(),
            peer_group: self.peer_group.as_deref(),
            peer_role: self.peer_role,
            rpki: self.rpki,
            irr: self.irr,
            aspa: self.aspa,
            ..RouteView::new(self.prefix, &self.attrs, self.neighbor)
        }
    }

    /// What is known of it that [`Route::new`] and the reading of a text do not give by themselves.
    fn traits(&self) -> Vec<Trait> {
        let usual = Self::new(self.prefix);
        let (attrs, context) = (&self.attrs, &self.context);
        let path = attrs.as_path.view();
        let neighbor = path.neighbor().unwrap_or_default();
        let mut traits: Vec<Option<Trait>> = vec![
            (!path.is_empty()).then(|| Trait::AsPath(attrs.as_path.clone())),
            (attrs.next_hop != usual.attrs.next_hop).then(|| Trait::NextHop(attrs.next_hop.addr())),
            (attrs.origin != usual.attrs.origin).then_some(Trait::Origin(attrs.origin)),
            attrs.med.map(Trait::Med),
            attrs.local_pref.map(Trait::LocalPref),
            (!attrs.communities.is_empty()).then(|| Trait::Communities(attrs.communities.clone())),
            (!attrs.extended_communities.is_empty())
                .then(|| Trait::ExtendedCommunities(attrs.extended_communities.clone())),
            (!attrs.large_communities.is_empty())
                .then(|| Trait::LargeCommunities(attrs.large_communities.clone())),
            (self.neighbor != neighbor).then_some(Trait::NeighborAsn(self.neighbor)),
            self.peer.clone().map(Trait::Peer),
            self.peer_group.clone().map(Trait::PeerGroup),
            self.peer_role.map(Trait::PeerRole),
            (self.rpki != usual.rpki).then_some(Trait::Rpki(self.rpki)),
            (self.irr != usual.irr).then_some(Trait::Irr(self.irr)),
            (self.aspa != usual.aspa).then_some(Trait::Aspa(self.aspa)),
            (context.local_asn != usual.context.local_asn).then_some(Trait::OwnAsn(context.local_asn)),
        ];
        let own = |addr: Option<IpAddr>, usual: Option<IpAddr>| {
            addr.filter(|_| addr != usual).map(Trait::OwnAddress)
        };
        traits.push(own(context.self_v4.map(Into::into), usual.context.self_v4.map(Into::into)));
        traits.push(own(context.self_v6.map(Into::into), usual.context.self_v6.map(Into::into)));
        traits.into_iter().flatten().collect()
    }

    pub(super) fn of(item: &RouteItem) -> Self {
        let mut route = Self::new(item.prefix);
        item.traits.iter().for_each(|(_, one)| route.take(one));
        if !item.traits.iter().any(|(_, one)| matches!(one, Trait::NeighborAsn(_))) {
            route.neighbor = route.attrs.as_path.view().neighbor().unwrap_or_default();
        }
        route
    }

    fn take(&mut self, one: &Trait) {
        let attrs = &mut self.attrs;
        match one {
            Trait::AsPath(path) => attrs.as_path = path.clone(),
            Trait::NextHop(addr) => attrs.next_hop = (*addr).into(),
            Trait::Origin(origin) => attrs.origin = *origin,
            Trait::Med(n) => attrs.med = Some(*n),
            Trait::LocalPref(n) => attrs.local_pref = Some(*n),
            Trait::Communities(list) => attrs.communities.extend(list),
            Trait::ExtendedCommunities(list) => attrs.extended_communities.extend(list),
            Trait::LargeCommunities(list) => attrs.large_communities.extend(list),
            Trait::NeighborAsn(asn) => self.neighbor = *asn,
            Trait::Peer(name) => self.peer = Some(name.clone()),
            Trait::PeerGroup(name) => self.peer_group = Some(name.clone()),
            Trait::PeerRole(role) => self.peer_role = Some(*role),
            Trait::Rpki(state) => self.rpki = *state,
            Trait::Irr(state) => self.irr = *state,
            Trait::Aspa(state) => self.aspa = *state,
            Trait::OwnAsn(asn) => self.context.local_asn = *asn,
            Trait::OwnAddress(IpAddr::V4(addr)) => self.context.self_v4 = Some(*addr),
            Trait::OwnAddress(IpAddr::V6(addr)) => self.context.self_v6 = Some(*addr),
        }
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.prefix.fmt(f)?;
        self.traits().iter().try_for_each(|one| write!(f, "; {one}"))
    }
}
