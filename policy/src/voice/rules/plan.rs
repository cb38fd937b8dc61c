//! VP-ASN-PUBLIC, VP-SESSION-ADDRESS and VP-NO-MD5.

use super::Sink;
use crate::special_asn::special_asn;
use crate::voice::case::{Case, Session};
use crate::voice::plan::AddressProvider;
use crate::voice::rule::RuleId;
use crate::voice::states::State;
use crate::voice::verdict::{Subject, Verdict};
use bgp_wire::Asn;
use ipnet::IpNet;
use std::net::IpAddr;

/// The carrier's ASN and those associated with it, from which its routes may originate.
pub(super) fn asn_public(case: &Case<'_>, out: Sink<'_>) {
    let lab = |asn: Asn| case.plan.treat_as_public.asns.contains(&asn);
    let associated = case.plan.associated_asns.iter().map(|asn| (*asn, "plan, associated_asns"));
    let asns: Vec<_> = std::iter::once((case.plan.asn, "plan, asn")).chain(associated).collect();
    let public = asns.iter().all(|(asn, _)| special_asn(*asn).is_none() || lab(*asn));
    let state = if public { State::Verified } else { State::Failed };
    let apart = asns.iter().map(|(asn, line)| {
        let what = special_asn(*asn).map_or_else(
            || format!("AS{asn} is in no range that is set apart"),
            |range| format!("AS{asn} is set apart: {} ({})", range.name, range.source),
        );
        (what, *line)
    });
    let named = asns.iter().filter(|(asn, _)| lab(*asn));
    let named = named.map(|(asn, _)| (format!("AS{asn} is treated as public"), "plan, treat_as_public"));
    out(Verdict::new(RuleId::AsnPublic, Subject::plan(), state).facts(apart).facts(named));
}

pub(super) fn session_address(case: &Case<'_>, out: Sink<'_>) {
    for session in &case.sessions {
        let faults = address_faults(case, session);
        let state = if faults.is_empty() { State::Verified } else { State::Failed };
        let plan = &session.connection.session;
        out(Verdict::new(RuleId::SessionAddress, session.subject(), state)
            .evidence(format!("{} with peer {}", plan.local, plan.peer), session.planned("session"))
            .facts(faults.into_iter().map(|fault| (fault, session.planned("session")))));
    }
}

fn address_faults(case: &Case<'_>, session: &Session<'_>) -> Vec<String> {
    let plan = &session.connection.session;
    let mut faults = Vec::new();
    if plan.provider == AddressProvider::Carrier {
        faults.push("the carrier provides the addresses".to_owned());
    }
    match (plan.local, plan.peer) {
        (IpNet::V4(local), IpAddr::V4(peer)) => {
            if !matches!(local.prefix_len(), 30 | 31) {
                faults.push(format!("/{} is neither /30 nor /31", local.prefix_len()));
            }
            if !local.contains(&peer) || local.addr() == peer {
                faults.push("the ends are not two addresses of one subnet".to_owned());
            }
            let edges = [local.network(), local.broadcast()];
            if local.prefix_len() == 30 && (edges.contains(&peer) || edges.contains(&local.addr())) {
                faults.push("an end is the network or the broadcast address of the /30".to_owned());
            }
        }
        _ => faults.push("an end is not IPv4".to_owned()),
    }
    let own = case.registrations().filter_map(|(_, r)| r.prefix.net().ok());
    let inside = own.filter(|net| net.contains(&plan.local.addr()) || net.contains(&plan.peer));
    faults.extend(inside.map(|net| format!("it is in the carrier's own {net}")));
    faults
}

/// A plan without a password says nothing of the router: that takes its segments, or a session, since the far end has no
/// password and hears none who does (RFC 2385 section 2).
pub(super) fn no_md5(case: &Case<'_>, out: Sink<'_>) {
    for session in &case.sessions {
        let md5 = session.connection.session.md5;
        let configured = session.configured().and_then(|configured| configured.md5.as_ref());
        let is_configured = configured.is_some_and(|password| password.value);
        let (seen, what) = match session.observed.and_then(|seen| seen.md5) {
            Some(true) => (State::Failed, "the carrier's segments are signed with a password"),
            Some(false) => (State::Verified, "the carrier's segments are not signed"),
            None if session.is_up() => (State::Verified, "Established with a far end that has no password"),
            None => (
                State::Unknown,
                "whether the router has a password was not observed: a session that is up has none",
            ),
        };
        // That a session is up does not contradict a password: some routers take segments without.
        let is_to_fail = is_configured && session.observed.is_some_and(|seen| seen.md5.is_none());
        let state = if md5 || is_to_fail { State::Failed } else { seen };
        let is_told = state != State::Failed || seen != State::Unknown;
        let signed = "the carrier's segments are to be signed with a password";
        let to_be = if is_configured { signed } else { "no password is set" };
        out(Verdict::new(RuleId::NoMd5, session.subject(), state)
            .evidence(format!("md5 = {md5}"), session.planned("session.md5"))
            .facts(is_told.then(|| (what.to_owned(), session.source())))
            .facts(configured.map(|password| (to_be.to_owned(), password.source()))));
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::worst;
    use super::*;
    use crate::voice::SessionState;

    #[test]
    fn asns() {
        for (asn, lab, state) in [
            (8075, false, State::Verified),
            (64511, false, State::Failed),
            (64512, false, State::Failed),
            (64512, true, State::Verified),
            (0, false, State::Failed),
            (131_071, false, State::Failed),
            (131_072, false, State::Verified),
        ] {
            let got = worst(RuleId::AsnPublic, |plan, _| {
                (plan.asn, plan.associated_asns) = (Asn(asn), vec![]);
                plan.treat_as_public.asns = if lab { vec![Asn(asn)] } else { vec![] };
            });
            assert_eq!(got, state, "{asn} {lab}");
            let associated = worst(RuleId::AsnPublic, |plan, _| {
                (plan.asn, plan.associated_asns) = (Asn(8075), vec![Asn(112), Asn(asn)]);
                plan.treat_as_public.asns = if lab { vec![Asn(asn)] } else { vec![] };
            });
            assert_eq!(associated, state, "associated {asn} {lab}");
        }
    }

    /// (carrier's address, far end's address, state).
    #[test]
    fn addresses() {
        for (local, peer, state) in [
            ("192.0.2.0/31", "192.0.2.1", State::Verified),
            ("192.0.2.1/31", "192.0.2.0", State::Verified),
            ("192.0.2.1/30", "192.0.2.2", State::Verified),
            ("192.0.2.0/30", "192.0.2.1", State::Failed),
            ("192.0.2.1/30", "192.0.2.3", State::Failed),
            ("192.0.2.0/31", "192.0.2.0", State::Failed),
            ("192.0.2.0/31", "192.0.2.2", State::Failed),
            ("192.0.2.1/29", "192.0.2.2", State::Failed),
            ("192.0.2.1/32", "192.0.2.2", State::Failed),
            ("2001:db8::/127", "2001:db8::1", State::Failed),
            ("192.0.2.0/31", "2001:db8::1", State::Failed),
            ("203.0.113.0/31", "203.0.113.1", State::Failed),
        ] {
            let got = worst(RuleId::SessionAddress, |plan, _| {
                let session = &mut plan.peerings[0].connections[0].session;
                (session.local, session.peer) = (local.parse().unwrap(), peer.parse().unwrap());
            });
            assert_eq!(got, state, "{local} {peer}");
        }
        let own = worst(RuleId::SessionAddress, |plan, _| {
            plan.peerings[0].connections[0].session.provider = AddressProvider::Carrier;
        });
        assert_eq!(own, State::Failed);
    }

    /// (password in the plan, signed segments seen, session's state, state).
    #[test]
    fn passwords() {
        use SessionState::{Connect, Established};
        for (md5, seen, session, state) in [
            (false, None, Some(Established), State::Verified),
            (false, Some(false), Some(Connect), State::Verified),
            (false, Some(false), None, State::Verified),
            (false, None, Some(Connect), State::Unknown),
            (false, None, None, State::Unknown),
            (true, None, None, State::Failed),
            (true, None, Some(Established), State::Failed),
            (false, Some(true), Some(Connect), State::Failed),
            (false, Some(true), Some(Established), State::Failed),
            (true, Some(false), Some(Established), State::Failed),
        ] {
            let got = worst(RuleId::NoMd5, |plan, o| {
                plan.peerings[1].connections[0].session.md5 = md5;
                (o.sessions[2].md5, o.sessions[2].state) = (seen, session);
            });
            assert_eq!(got, state, "{md5} {seen:?} {session:?}");
        }
        let unseen = worst(RuleId::NoMd5, |_, o| drop(o.sessions.remove(2)));
        assert_eq!(unseen, State::Unknown);
    }
}
