//! What each rule must say, by going through every possibility.

use crate::world::{Active, Line, PREFIXES, Seen, World, name};
use bgp_policy::voice::{Role, RuleId, State};

type Verdicts = Vec<(RuleId, String, State)>;

/// A connection with the number of its peering and its own.
type At<'a> = (usize, usize, &'a Line);

fn lines(w: &World) -> Vec<At<'_>> {
    let sides = w.peerings.iter().enumerate();
    sides.flat_map(|(p, side)| side.lines.iter().enumerate().map(move |(c, line)| (p, c, line))).collect()
}

fn all(yes: bool) -> State {
    if yes { State::Verified } else { State::Failed }
}

pub(crate) fn verdicts(w: &World) -> Verdicts {
    let mut out = vec![(RuleId::AsnPublic, "the plan".to_owned(), State::Verified)];
    across_sessions(w, &mut out);
    registration(w, &mut out);
    redundancy(w, &mut out);
    backups(w, &mut out);
    for at in lines(w) {
        connection(w, at, &mut out);
    }
    attested(w, &mut out);
    out
}

/// `Some(true)` where the prefix is there, `Some(false)` where it is not, `None` where nobody looked.
fn there(line: &Line, prefix: usize) -> Option<bool> {
    match &line.seen {
        Some(Seen { routes: Some(routes), .. }) => Some(routes.iter().any(|(p, _)| *p == prefix)),
        Some(Seen { up: Some(false), .. }) => Some(false),
        _ => None,
    }
}

/// Whether something that fails by itself keeps the session down.
fn waits(line: &Line) -> bool {
    match &line.seen {
        Some(seen) if seen.up == Some(false) => {
            let no_bfd = match seen.bfd {
                Some((up, _)) => !up,
                None => seen.told.bfd == Some(None),
            };
            let password =
                seen.signed == Some(true) || (seen.signed.is_none() && seen.told.password == Some(true));
            no_bfd || password || seen.limited == Some(true)
        }
        _ => false,
    }
}

fn everywhere(lines: &[&Line], prefix: usize) -> State {
    let looked: Vec<_> = lines.iter().filter(|line| !waits(line)).map(|line| there(line, prefix)).collect();
    if looked.contains(&Some(false)) {
        State::Failed
    } else if lines.is_empty() || looked.contains(&None) {
        State::Unknown
    } else if looked.len() < lines.len() {
        State::Pending
    } else {
        State::Verified
    }
}

fn across_sessions(w: &World, out: &mut Verdicts) {
    for (p, side) in w.peerings.iter().enumerate() {
        let own: Vec<_> = side.lines.iter().collect();
        for (prefix, _) in &side.registered {
            let subject = format!("{}, peering p{p}", PREFIXES[*prefix]);
            out.push((RuleId::AllSessions, subject, everywhere(&own, *prefix)));
        }
    }
    for (a, Active { primary, backup, prefixes }) in w.activations.iter().enumerate() {
        let mut needed = Vec::new();
        for (_, _, line) in lines(w) {
            if line.location == *primary || Some(line.location) == *backup {
                needed.push(line);
            }
        }
        for (prefix, _) in prefixes {
            let subject = format!("{}, activation a{a}", PREFIXES[*prefix]);
            out.push((RuleId::AllSessions, subject, everywhere(&needed, *prefix)));
        }
    }
    for (prefix, text) in PREFIXES.iter().enumerate() {
        let mut paths = Vec::new();
        for (_, _, line) in lines(w) {
            if let Some(Seen { routes: Some(routes), .. }) = &line.seen {
                paths.extend(routes.iter().filter(|(p, _)| *p == prefix).map(|(_, path)| *path));
            }
        }
        if paths.is_empty() {
            continue;
        }
        let registered = w.peerings.iter().any(|side| side.registered.iter().any(|(p, _)| *p == prefix));
        let warns = if registered { State::Verified } else { State::Warning };
        out.push((RuleId::Unregistered, (*text).to_owned(), warns));
        let known: Vec<_> = paths.iter().flatten().collect();
        let state = match paths.len() {
            1 => State::None,
            _ if known.iter().any(|path| *path != known[0]) => State::Warning,
            _ if known.len() < paths.len() => State::Unknown,
            _ => State::Verified,
        };
        out.push((RuleId::Consistent, (*text).to_owned(), state));
    }
}

fn registration(w: &World, out: &mut Verdicts) {
    for (prefix, text) in PREFIXES.iter().enumerate() {
        let times = w.peerings.iter().flat_map(|side| &side.registered).filter(|(p, _)| *p == prefix).count();
        if times > 0 {
            out.push((RuleId::RegisteredOnce, (*text).to_owned(), all(times == 1)));
        }
    }
    for (a, active) in w.activations.iter().enumerate() {
        for (prefix, entered) in &active.prefixes {
            let mut issued = Vec::new();
            for side in &w.peerings {
                issued.extend(side.registered.iter().filter(|(p, _)| p == prefix).map(|(_, key)| *key));
            }
            let state = if *entered == 2 || issued.is_empty() {
                State::Failed
            } else if issued.contains(&Some(*entered)) {
                State::Verified
            } else if issued.iter().all(Option::is_none) {
                State::Unknown
            } else {
                State::Failed
            };
            out.push((RuleId::KeyMatch, format!("{}, activation a{a}", PREFIXES[*prefix]), state));
        }
    }
}

fn redundancy(w: &World, out: &mut Verdicts) {
    for (p, side) in w.peerings.iter().enumerate() {
        let mut well = side.lines.len() > 1;
        for (i, one) in side.lines.iter().enumerate().filter(|(_, one)| one.role == Role::Primary) {
            well &= side.lines.iter().enumerate().any(|(j, other)| i != j && one.location == other.location);
        }
        out.push((RuleId::Redundancy, format!("peering p{p}"), all(well)));
    }
    let lines = lines(w);
    for location in 0..3 {
        let here: Vec<_> = lines.iter().map(|(.., line)| line).filter(|l| l.location == location).collect();
        if here.is_empty() {
            continue;
        }
        let twice = |of: fn(&Line) -> Option<usize>| {
            (0..3).any(|router| here.iter().filter(|line| of(line) == Some(router)).count() > 1)
        };
        let hidden = here.iter().any(|line| line.router.is_none() || line.remote.is_none());
        let state = match (twice(|l| l.router) || twice(|l| l.remote), hidden && here.len() > 1) {
            (true, _) => State::Failed,
            (false, true) => State::Unknown,
            (false, false) => State::Verified,
        };
        out.push((RuleId::Diversity, format!("location l{location}"), state));
    }
    let mut bandwidths: Vec<_> = lines.iter().map(|(.., line)| line.gbps).collect();
    bandwidths.dedup();
    let equal = if bandwidths.is_empty() { State::None } else { all(bandwidths.len() == 1) };
    out.push((RuleId::BandwidthEqual, "the plan".to_owned(), equal));
    let several = lines.iter().any(|(.., line)| line.location != lines[0].2.location);
    let wide = if several { State::Verified } else { State::Warning };
    out.push((RuleId::GeoRedundancy, "the plan".to_owned(), wide));
}

fn backups(w: &World, out: &mut Verdicts) {
    for (p, c, line) in lines(w) {
        if line.role != Role::Backup {
            continue;
        }
        let mut elsewhere = false;
        let mut beside = false;
        for (q, _, primary) in lines(w) {
            if primary.role == Role::Primary {
                elsewhere |= primary.location != line.location;
                beside |= primary.location == line.location && p == q;
            }
        }
        let subject = format!("connection {}, peering p{p}", name(p, c));
        out.push((RuleId::BackupLocation, subject, all(elsewhere && !beside)));
    }
    for (a, active) in w.activations.iter().enumerate() {
        let subject = format!("activation a{a}");
        let Some(backup) = active.backup else {
            out.push((RuleId::GeoRedundancy, subject, State::Warning));
            continue;
        };
        let there = lines(w).iter().any(|(.., line)| line.location == backup);
        out.push((RuleId::BackupLocation, subject, all(there && backup != active.primary)));
    }
}

fn connection(w: &World, (p, c, line): At<'_>, out: &mut Verdicts) {
    let seen = line.seen.as_ref();
    let unregistered = w.peerings[p].registered.is_empty();
    let bandwidth = match (line.gbps < 10, line.used) {
        (true, _) => State::Failed,
        (false, None) => State::Unknown,
        (false, Some(used)) if used >= 40 => State::Warning,
        _ => State::Verified,
    };
    let active = match (line.active, unregistered) {
        (None, _) => State::Unknown,
        (Some(true), _) => State::Verified,
        (Some(false), true) => State::Pending,
        (Some(false), false) => State::Failed,
    };
    let states = [
        (RuleId::BandwidthMin, bandwidth),
        (RuleId::SessionAddress, all(!line.ours && line.bits != 29)),
        (RuleId::NoMd5, password(line, seen)),
        (RuleId::ConnectionActive, active),
        (RuleId::Bfd, bfd(line, seen)),
        (RuleId::BfdStrict, strict(line, seen)),
        (RuleId::MaxPrefix, limit(line, seen)),
        (RuleId::NoAs12076, accepted(seen)),
        (RuleId::HoldTime, timers(line, seen)),
    ];
    let subject = format!("connection {}, peering p{p}", name(p, c));
    out.extend(states.map(|(rule, state)| (rule, subject.clone(), state)));
}

fn bfd(line: &Line, seen: Option<&Seen>) -> State {
    let Some(plan) = line.bfd else { return State::Failed };
    let far = plan.far_end_interval_ms.unwrap_or(300);
    let here = 3 * far.max(plan.required_min_rx_ms);
    let there = u32::from(plan.detect_mult) * far.max(plan.desired_min_tx_ms);
    let fits = |ms: u32| ms > 0 && ms < 1000;
    let at_limit = seen.is_some_and(|seen| seen.limited == Some(true) && seen.up == Some(false));
    let told = seen.and_then(|seen| seen.told.bfd);
    let measured = seen.and_then(|seen| seen.bfd).is_some_and(|(_, time)| time.is_some());
    // Its multiplier is 3 at both ends.
    let slow = told.flatten().is_some_and(|ms| !measured && 3 * far.max(ms) >= 1000);
    match seen.and_then(|seen| seen.bfd) {
        _ if slow => State::Failed,
        None if told == Some(None) => State::Failed,
        _ if !fits(here) || !fits(there) => State::Failed,
        Some((_, Some(us))) if us >= 1_000_000 => State::Failed,
        Some((false, _)) if at_limit => State::Pending,
        Some((false, _)) => State::Failed,
        Some((true, Some(_))) => State::Verified,
        Some((true, None)) | None => State::Unknown,
    }
}

fn password(line: &Line, seen: Option<&Seen>) -> State {
    let (signed, up) = seen.map_or((None, None), |seen| (seen.signed, seen.up));
    let told = seen.is_some_and(|seen| seen.told.password == Some(true));
    if line.md5 || signed == Some(true) || (told && signed.is_none()) {
        State::Failed
    } else if signed.is_some() || up == Some(true) {
        State::Verified
    } else {
        State::Unknown
    }
}

fn strict(line: &Line, seen: Option<&Seen>) -> State {
    let loose = matches!(seen, Some(Seen { up: Some(true), bfd: Some((false, _)), .. }));
    if loose || !matches!(line.bfd, Some(plan) if plan.strict) {
        State::Failed
    } else if matches!(seen, Some(Seen { up: Some(_), bfd: Some(_), .. })) {
        State::Verified
    } else {
        State::Unknown
    }
}

fn limit(line: &Line, seen: Option<&Seen>) -> State {
    let count = seen.and_then(|seen| seen.received).unwrap_or(0).max(280);
    let set = seen.and_then(|seen| seen.set);
    let told = seen.and_then(|seen| seen.told.limit);
    match if set.is_some() { set } else { told.unwrap_or(line.limit) } {
        _ if seen.and_then(|seen| seen.limited) == Some(true) => State::Failed,
        None => State::Warning,
        Some(limit) if limit * 100 < count * 115 => State::Failed,
        Some(limit) if !(400..501).contains(&limit) => State::Warning,
        Some(_) if set.is_some() => State::Verified,
        Some(_) => match seen {
            Some(Seen { up: Some(true), received: Some(280..), .. }) => State::Verified,
            _ => State::Unknown,
        },
    }
}

fn accepted(seen: Option<&Seen>) -> State {
    match seen.and_then(|seen| seen.accepted.as_ref()) {
        None => State::Unknown,
        Some(paths) if paths.contains(&Some(2)) => State::Failed,
        Some(paths) if paths.contains(&None) => State::Unknown,
        Some(_) => State::Verified,
    }
}

fn timers(line: &Line, seen: Option<&Seen>) -> State {
    let told = seen.and_then(|seen| seen.told.hold);
    let told_keepalive = seen.and_then(|seen| seen.told.keepalive);
    let Some(hold) = seen.and_then(|seen| seen.hold).or(told).or(line.hold) else { return State::Unknown };
    let planned = if told.is_some() { None } else { line.keepalive };
    let keepalive = seen.and_then(|seen| seen.keepalive).or(told_keepalive).or(planned).unwrap_or(hold / 3);
    match (hold >= 10 && keepalive >= 3, seen.and_then(|seen| seen.hold)) {
        (false, _) => State::Failed,
        (true, Some(_)) => State::Verified,
        (true, None) => State::Unknown,
    }
}

fn attested(w: &World, out: &mut Verdicts) {
    let [lacp, firewall, rate, irr, peeringdb] = w.attested;
    let both = if irr == Some(false) || peeringdb == Some(false) { Some(false) } else { irr.and(peeringdb) };
    for (rule, given) in [
        (RuleId::Lacp, lacp),
        (RuleId::NoStatefulFirewall, firewall),
        (RuleId::NoRateLimit, rate),
        (RuleId::IrrPeeringDb, both),
    ] {
        let state = match given {
            Some(true) => State::None,
            Some(false) => State::Failed,
            None => State::Unknown,
        };
        out.push((rule, "the plan".to_owned(), state));
    }
}
