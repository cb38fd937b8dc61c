//! A plan and what was observed, put together for the rules.

use super::configured::{Configured, ConfiguredBfd};
use super::observed::{Observed, ObservedRoute, ObservedSession};
use super::plan::{Activation, Connection, Peering, Plan, RegisteredPrefix};
use super::prefix_text::PrefixText;
use super::registries::Registries;
use super::rule::RuleId;
use super::states::{BfdState, SessionState};
use super::verdict::{Found, Subject};
use std::collections::BTreeSet;

/// What every rule is given.
pub(crate) struct Case<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) registries: &'a Registries,
    /// Every connection of the plan, with what was seen of its session.
    pub(crate) sessions: Vec<Session<'a>>,
    /// Observed sessions that are none of the plan's.
    pub(crate) strangers: Vec<&'a ObservedSession>,
}

/// One session of the plan.
pub(crate) struct Session<'a> {
    pub(crate) peering: &'a Peering,
    pub(crate) connection: &'a Connection,
    pub(crate) observed: Option<&'a ObservedSession>,
    announced: BTreeSet<&'a PrefixText>,
}

impl<'a> Case<'a> {
    pub(crate) fn new(plan: &'a Plan, observed: &'a Observed, registries: &'a Registries) -> Self {
        let connections = plan.peerings.iter().flat_map(|p| p.connections.iter().map(move |c| (p, c)));
        let sessions: Vec<_> = connections
            .map(|(peering, connection)| {
                let observed = observed.sessions.iter().find(|seen| is_of(seen, connection));
                let routes = observed.and_then(|seen| seen.routes.as_ref()).into_iter().flatten();
                Session { peering, connection, observed, announced: routes.map(|r| &r.prefix).collect() }
            })
            .collect();
        let used = |seen: &&ObservedSession| {
            sessions.iter().any(|s| s.observed.is_some_and(|observed| std::ptr::eq(observed, *seen)))
        };
        let strangers = observed.sessions.iter().filter(|seen| !used(seen)).collect();
        Self { plan, registries, sessions, strangers }
    }

    /// Every registration, and the peering it is under.
    pub(crate) fn registrations(
        &self,
    ) -> impl Iterator<Item = (&'a Peering, &'a RegisteredPrefix)> + use<'a> {
        self.plan.peerings.iter().flat_map(|p| p.registered_prefixes.iter().map(move |r| (p, r)))
    }

    /// Every prefix registered, activated or announced, once.
    pub(crate) fn prefixes(&self) -> BTreeSet<&'a PrefixText> {
        let registered = self.registrations().map(|(_, registered)| &registered.prefix);
        let activated = self.plan.activations.iter().flat_map(|a| a.prefixes.iter().map(|p| &p.prefix));
        let announced = self.sessions.iter().flat_map(|s| s.announced.iter().copied());
        registered.chain(activated).chain(announced).collect()
    }

    /// The sessions that an activation needs: all of its primary and its backup location.
    pub(crate) fn sessions_of(&self, activation: &Activation) -> impl Iterator<Item = &Session<'a>> {
        let backup = activation.backup_location.as_deref();
        self.sessions.iter().filter(move |s| {
            let location = s.connection.location.as_str();
            location == activation.primary_location || Some(location) == backup
        })
    }

    /// Where the plan or a session speaks of `prefix`.
    pub(crate) fn mentions(&self, prefix: &PrefixText) -> Vec<String> {
        let registered = self.registrations().filter(|(_, r)| r.prefix == *prefix);
        let announced = self.sessions.iter().filter(|s| s.announced.contains(prefix));
        let activated =
            self.plan.activations.iter().filter(|a| a.prefixes.iter().any(|p| p.prefix == *prefix));
        registered
            .map(|(peering, registered)| {
                format!("plan, peering {}, registered prefix {}", peering.name, registered.name)
            })
            .chain(activated.map(|a| format!("plan, activation {}", a.name)))
            .chain(announced.map(|session| session.source().to_string()))
            .collect()
    }
}

/// Whether `seen` is the session on `connection`: by its name, else by either end's address.
fn is_of(seen: &ObservedSession, connection: &Connection) -> bool {
    match (&seen.connection, seen.peer) {
        (Some(name), _) => *name == connection.name,
        (None, Some(peer)) => peer == connection.session.peer || peer == connection.session.local.addr(),
        (None, None) => false,
    }
}

impl<'a> Session<'a> {
    /// The routes that were seen announced on it; an absence says nothing, ask [`Session::announces`].
    pub(crate) fn routes(&self) -> impl Iterator<Item = &'a ObservedRoute> + use<'a> {
        self.observed.and_then(|seen| seen.routes.as_ref()).into_iter().flatten()
    }

    /// Its state, where that is another than Established: nothing is announced on it.
    pub(crate) fn not_up(&self) -> Option<SessionState> {
        self.observed?.state.filter(|state| *state != SessionState::Established)
    }

    /// Whether it was seen Established.
    pub(crate) fn is_up(&self) -> bool {
        self.observed.and_then(|seen| seen.state) == Some(SessionState::Established)
    }

    /// What the carrier's router is configured to do on it.
    pub(crate) fn configured(&self) -> Option<&'a Configured> {
        self.observed?.configured.as_ref()
    }

    /// Whether it is configured to have no BFD.
    pub(crate) fn is_without_bfd(&self) -> bool {
        let bfd = self.configured().and_then(|configured| configured.bfd.as_ref());
        bfd.is_some_and(|bfd| bfd.value == ConfiguredBfd::Absent)
    }

    /// The rule that explains why the session is not up, where one does: what it waits for, and what fails by itself.
    pub(crate) fn held_by(&self) -> Option<RuleId> {
        let seen = self.observed.filter(|_| self.not_up().is_some())?;
        // Routers take BFD down with a session that they end at its limit.
        let causes = [
            (RuleId::MaxPrefix, seen.limit_reached == Some(true)),
            (RuleId::Bfd, seen.bfd.map_or_else(|| self.is_without_bfd(), |bfd| bfd.state != BfdState::Up)),
            (
                RuleId::NoMd5,
                seen.md5.unwrap_or_else(|| self.configured().is_some_and(Configured::has_password)),
            ),
        ];
        causes.into_iter().find(|(_, holds)| *holds).map(|(rule, _)| rule)
    }

    /// Whether `prefix` is announced on it; `None` where that was not observed.
    pub(crate) fn announces(&self, prefix: &PrefixText) -> Option<bool> {
        let seen = self.observed?;
        match (&seen.routes, self.not_up()) {
            (Some(_), _) => Some(self.announced.contains(prefix)),
            (None, Some(_)) => Some(false),
            (None, None) => None,
        }
    }

    /// The session as the source of evidence, and when it was seen.
    pub(crate) fn source(&self) -> Found {
        let place = self.observed.and_then(|seen| seen.source.as_deref());
        let name = &self.connection.name;
        let text =
            place.map_or_else(|| format!("session {name}"), |place| format!("session {name}, {place}"));
        Found::new(text, self.observed.and_then(|seen| seen.observed_timestamp.clone()))
    }

    /// Likewise of a route on it, which may say itself where it stands and when it was received.
    pub(crate) fn source_of(&self, route: &ObservedRoute) -> Found {
        let source = self.source();
        let text = match &route.place {
            Some(place) => format!("{source}, {place}"),
            None => source.to_string(),
        };
        Found::new(text, route.received_timestamp.clone().or(source.when))
    }

    /// A field of the plan as the source of evidence.
    pub(crate) fn planned(&self, field: &str) -> String {
        format!("plan, connection {}, {field}", self.connection.name)
    }

    pub(crate) fn subject(&self) -> Subject {
        Subject::peering(&self.peering.name).on_connection(&self.connection.name)
    }
}
