//! SR OS: `show router bgp routes PREFIX hunt`, a paragraph for each neighbour that the prefix came from or is announced to.
//!
//! It shows the communities that the list of what is announced to a neighbour leaves out, as they leave. It is of one prefix:
//! by itself it does not tell what else is announced, and adds to that list.

use super::session::Sessions;
use super::sr_os::is_of_another_family;
use super::sr_os_detail::{self, field};
use super::text::{Line, Seen, Unreadable, Why};
use bgp_policy::voice::{ObservedRoute, ObservedSession};
use std::net::IpAddr;

const OUT: &str = "RIB Out Entries";

pub(super) fn knows(lines: &[Line<'_>]) -> bool {
    lines.iter().any(|line| line.text.trim() == OUT)
}

/// Its routes, whoever they are announced to.
pub(super) fn read(lines: &[Line<'_>]) -> Result<Seen, Unreadable> {
    let routes = announced(lines)?.into_iter().flat_map(|seen| seen.routes).collect();
    Ok(Seen { routes, ..Seen::default() })
}

/// What is announced to each neighbour, one by one.
pub(super) fn announced(lines: &[Line<'_>]) -> Result<Vec<Seen>, Unreadable> {
    if let Some(line) = lines.iter().find(|line| is_of_another_family(line.text)) {
        return Err(line.bad(Why::Expected("`BGP IPv4 Routes` or `BGP IPv6 Routes`")));
    }
    whole(lines)?;
    let mut paragraphs: Vec<Vec<Line<'_>>> = Vec::new();
    for line in lines.iter().skip_while(|line| line.text.trim() != OUT) {
        if begins(line) {
            paragraphs.push(Vec::new());
        }
        if let Some(paragraph) = paragraphs.last_mut() {
            paragraph.push(*line);
        }
    }
    paragraphs.iter().map(|lines| sr_os_detail::read(lines)).collect()
}

fn begins(line: &Line<'_>) -> bool {
    field(line.text).is_some_and(|(name, _)| name == "Network")
}

/// Its last line counts the paragraphs, those of routes that came with them.
fn whole(lines: &[Line<'_>]) -> Result<(), Unreadable> {
    let read = lines.iter().filter(|line| begins(line)).count();
    let count = lines.iter().find_map(|line| Some((*line, line.text.strip_prefix("Routes : ")?)));
    let Some((line, said)) = count else {
        let last = lines.last().map_or(1, |line| line.number);
        return Err(Unreadable { line: last, why: Why::Cut("`Routes : ...`") });
    };
    let said = line.number(said.trim(), "number of routes")?;
    if said == read { Ok(()) } else { Err(line.bad(Why::Count { said, read })) }
}

/// A route that is announced on a session of the plan.
#[derive(Debug)]
pub(super) struct Hunted {
    pub(super) connection: String,
    pub(super) peer: IpAddr,
    route: ObservedRoute,
}

impl Hunted {
    /// What was seen, where its neighbour is of the plan.
    pub(super) fn of(seen: Seen, sessions: Sessions<'_>) -> Option<Self> {
        let peer = seen.peer?;
        let connection = sessions.at(peer)?.name.clone();
        Some(Self { connection, peer, route: seen.routes.into_iter().next()? })
    }

    /// Adds its communities to the list of what is announced on its session, where there is one.
    pub(super) fn add_to(&self, sessions: &mut [ObservedSession]) {
        for session in sessions.iter_mut().filter(|one| one.connection.as_ref() == Some(&self.connection)) {
            let Some(routes) = &mut session.routes else { continue };
            for route in routes.iter_mut().filter(|route| self.is_of(route)) {
                let places = [&route.place, &self.route.place].into_iter().flatten().map(|place| &**place);
                let place = places.collect::<Vec<_>>().join(" and ");
                *route = ObservedRoute { place: Some(place.into()), ..self.route.clone() };
            }
            if routes.iter().all(|route| route.communities.is_some()) {
                session.not_shown = None;
            }
        }
    }

    /// Whether a route of the list is this one: there may be several to the prefix, and the texts be of different times.
    fn is_of(&self, listed: &ObservedRoute) -> bool {
        let (a, b) = (listed, &self.route);
        (&a.prefix, a.next_hop, &a.as_path, a.med) == (&b.prefix, b.next_hop, &b.as_path, b.med)
    }
}
