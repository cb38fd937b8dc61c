//! What several outputs and files tell of one session, put together: its routes are in one, its state and BFD in others.

use super::session::Sessions;
use bgp_policy::voice::{ObservedBfd, ObservedRoute, ObservedSession, SessionState};

/// Each session of the plan once. What contradicts what was told before stays apart, and the report says that the session is
/// there twice.
pub(super) fn together(told: Vec<ObservedSession>, sessions: Sessions<'_>) -> Vec<ObservedSession> {
    let of =
        |one: &ObservedSession| one.connection.clone().or_else(|| Some(sessions.at(one.peer?)?.name.clone()));
    let mut groups: Vec<(Option<String>, Vec<ObservedSession>)> = Vec::new();
    for one in told {
        let name = of(&one);
        let fits = |group: &Vec<ObservedSession>| group.iter().all(|other| agree(other, &one));
        match groups.iter_mut().find(|(other, group)| name.is_some() && *other == name && fits(group)) {
            Some((_, group)) => group.push(one),
            None => groups.push((name, vec![one])),
        }
    }
    groups.into_iter().filter_map(|(_, group)| group_of(group)).collect()
}

/// Whether neither tells anything otherwise than the other. Routes are told by one alone.
fn agree(a: &ObservedSession, b: &ObservedSession) -> bool {
    fn same<T: PartialEq>(a: Option<&T>, b: Option<&T>) -> bool {
        a.zip(b).is_none_or(|(a, b)| a == b)
    }
    let both = |of: fn(&ObservedSession) -> bool| of(a) && of(b);
    same(a.observed_timestamp.as_ref(), b.observed_timestamp.as_ref())
        && a.state.zip(b.state).is_none_or(|(a, b)| is_up(a) == is_up(b))
        && a.bfd.zip(b.bfd).is_none_or(|(a, b)| more_of_bfd(a, b).is_some())
        && same(a.hold_time.as_ref(), b.hold_time.as_ref())
        && same(a.keepalive.as_ref(), b.keepalive.as_ref())
        && !both(|one| one.routes.is_some())
        && !both(|one| one.accepted.is_some())
        && same(a.prefixes_received.as_ref(), b.prefixes_received.as_ref())
        && same(a.max_prefix.as_ref(), b.max_prefix.as_ref())
        && same(a.limit_reached.as_ref(), b.limit_reached.as_ref())
        && same(a.md5.as_ref(), b.md5.as_ref())
        && !both(|one| one.configured.is_some())
}

/// Why a session is not up, and in which of its states, different sources have different words for.
fn is_up(state: SessionState) -> bool {
    state == SessionState::Established
}

/// Of two that are in one state, the one that tells the detection time.
fn more_of_bfd(a: ObservedBfd, b: ObservedBfd) -> Option<ObservedBfd> {
    match (a.detection_time_us, b.detection_time_us) {
        _ if a.state != b.state => None,
        (_, None) => Some(a),
        (None, _) => Some(b),
        _ => (a == b).then_some(a),
    }
}

/// One session of several that agree; where they come from several places, each route says from which.
fn group_of(mut group: Vec<ObservedSession>) -> Option<ObservedSession> {
    let mut sources: Vec<String> = Vec::new();
    for source in group.iter().filter_map(|one| one.source.as_ref()) {
        if !sources.contains(source) {
            sources.push(source.clone());
        }
    }
    if sources.len() > 1 {
        group.iter_mut().for_each(name_places);
    }
    let source = (!sources.is_empty()).then(|| sources.join(" and "));
    let one = group.into_iter().reduce(joined)?;
    Some(ObservedSession { source, ..one })
}

fn name_places(session: &mut ObservedSession) {
    let ObservedSession { source: Some(source), routes, accepted, .. } = session else { return };
    let all = [routes, accepted].into_iter().flatten().flatten();
    let place = |route: &ObservedRoute| match &route.place {
        Some(place) => format!("{source}, {place}"),
        None => source.clone(),
    };
    all.for_each(|route| route.place = Some(place(route).into()));
}

/// What is told by either; where both tell it, by the first.
pub(super) fn joined(a: ObservedSession, b: ObservedSession) -> ObservedSession {
    let bfd = a.bfd.zip(b.bfd).map_or(a.bfd.or(b.bfd), |(a, b)| more_of_bfd(a, b));
    ObservedSession {
        connection: a.connection.or(b.connection),
        peer: a.peer.or(b.peer),
        source: None,
        observed_timestamp: a.observed_timestamp.or(b.observed_timestamp),
        state: a.state.or(b.state),
        last_down: a.last_down.or(b.last_down),
        bfd,
        hold_time: a.hold_time.or(b.hold_time),
        keepalive: a.keepalive.or(b.keepalive),
        routes: a.routes.or(b.routes),
        further: a.further.or(b.further),
        not_shown: a.not_shown.or(b.not_shown),
        accepted: a.accepted.or(b.accepted),
        prefixes_received: a.prefixes_received.or(b.prefixes_received),
        max_prefix: a.max_prefix.or(b.max_prefix),
        limit_reached: a.limit_reached.or(b.limit_reached),
        md5: a.md5.or(b.md5),
        configured: a.configured.or(b.configured),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bgp_policy::voice::{BfdState, Plan, PrefixText};
    use bgp_wire::Asn;

    fn of(source: &str) -> ObservedSession {
        ObservedSession { connection: Some("a".into()), source: Some(source.into()), ..Default::default() }
    }

    fn with_routes(source: &str) -> ObservedSession {
        let route = ObservedRoute::new(PrefixText::new("203.0.113.0/24"));
        let route = ObservedRoute { place: Some("line 5".into()), ..route };
        ObservedSession { routes: Some(vec![route]), ..of(source) }
    }

    fn put(told: Vec<ObservedSession>) -> Vec<ObservedSession> {
        let plan = Plan::new(Asn(64500));
        together(told, Sessions::of(&plan, &[]))
    }

    #[test]
    fn routes_of_one_and_the_state_of_another() {
        let up = ObservedSession { state: Some(SessionState::Established), ..of("b.txt") };
        let [one] = put(vec![with_routes("a.txt"), up.clone()]).try_into().unwrap();
        assert_eq!((one.state, one.source.as_deref()), (up.state, Some("a.txt and b.txt")));
        assert_eq!(one.routes.unwrap()[0].place.as_deref(), Some("a.txt, line 5"));
        // Of one file there is nothing to tell apart.
        let [one] = put(vec![with_routes("b.txt"), up]).try_into().unwrap();
        assert_eq!(one.source.as_deref(), Some("b.txt"));
        assert_eq!(one.routes.unwrap()[0].place.as_deref(), Some("line 5"));
    }

    #[test]
    fn what_contradicts_stays_apart() {
        let state = |state| ObservedSession { state: Some(state), ..of("b.txt") };
        let (up, idle) = (state(SessionState::Established), state(SessionState::Idle));
        assert_eq!(put(vec![up.clone(), idle.clone()]), [up.clone(), idle.clone()]);
        assert_eq!(put(vec![up.clone(), up.clone()]).len(), 1);
        assert_eq!(put(vec![state(SessionState::Active), idle.clone()]), [state(SessionState::Active)]);
        assert_eq!(put(vec![with_routes("a.txt"), with_routes("a.txt")]).len(), 2);
        let other = ObservedSession { connection: Some("b".into()), ..idle };
        assert_eq!(put(vec![up.clone(), other.clone()]), [up, other]);
    }

    /// (state and detection time of two; those of both).
    #[test]
    fn bfd_with_its_time_counts() {
        use BfdState::{Down, Up};
        let bfd = |state, time| ObservedBfd { state, detection_time_us: time, tx_interval_us: None };
        for (a, b, want) in [
            ((Up, None), (Up, Some(9)), Some((Up, Some(9)))),
            ((Up, Some(9)), (Up, None), Some((Up, Some(9)))),
            ((Up, Some(9)), (Up, Some(8)), None),
            ((Up, Some(9)), (Down, None), None),
            ((Down, None), (Down, None), Some((Down, None))),
        ] {
            let [a, b, want] = [Some(a), Some(b), want].map(|one| one.map(|(state, time)| bfd(state, time)));
            let told = [a, b].map(|bfd| ObservedSession { bfd, ..of("a.txt") });
            let all = put(told.to_vec());
            assert_eq!((all.len() == 1).then(|| all[0].bfd).flatten(), want);
        }
    }
}
