//! VP-PREFIX-VALID, VP-PREFIX-PUBLIC, VP-PREFIX-LENGTH: once for every prefix, whoever speaks of it.

use super::Sink;
use crate::special_prefix::special_prefix;
use crate::voice::case::Case;
use crate::voice::plan::TreatAsPublic;
use crate::voice::prefix_text::PrefixText;
use crate::voice::rule::RuleId;
use crate::voice::states::State;
use crate::voice::verdict::{Subject, Verdict};
use ipnet::{IpNet, Ipv4Net};

pub(super) fn check(case: &Case<'_>, out: Sink<'_>) {
    for prefix in case.prefixes() {
        let source = case.mentions(prefix).join("; ");
        out(valid(prefix, &source));
        out(public(prefix, &case.plan.treat_as_public, &source));
        out(length(prefix, &source));
    }
    for activation in &case.plan.activations {
        for activated in &activation.prefixes {
            let source = format!("plan, activation {}", activation.name);
            out(activated_length(&activated.prefix, &activation.name, source));
        }
    }
}

fn verdict(rule: RuleId, prefix: &PrefixText, state: State) -> Verdict {
    Verdict::new(rule, Subject::prefix(prefix), state)
}

fn valid(prefix: &PrefixText, source: &str) -> Verdict {
    let (state, what) = match prefix.net() {
        Ok(IpNet::V4(_)) => (State::Verified, "an IPv4 prefix with no bits beyond its length".to_owned()),
        Ok(IpNet::V6(_)) => (State::Invalid, "it is an IPv6 prefix; voice prefixes are IPv4".to_owned()),
        Err(fault) => (State::Invalid, fault.to_string()),
    };
    verdict(RuleId::PrefixValid, prefix, state).evidence(what, source)
}

/// `Unknown` where there is no valid prefix to ask about.
fn undecided(rule: RuleId, prefix: &PrefixText, source: &str) -> Verdict {
    verdict(rule, prefix, State::Unknown).evidence("it is not a valid IPv4 prefix", source)
}

fn public(prefix: &PrefixText, lab: &TreatAsPublic, source: &str) -> Verdict {
    let Some(net) = prefix.v4() else { return undecided(RuleId::PrefixPublic, prefix, source) };
    let rule = RuleId::PrefixPublic;
    let Some(special) = special_prefix(&net) else {
        return verdict(rule, prefix, State::Verified)
            .evidence("outside every range that is set apart", source);
    };
    let how = if special.prefix.contains(&net) { "lies in" } else { "covers" };
    let what = format!("{net} {how} {}: {} ({})", special.prefix, special.name, special.source);
    match lab.prefixes.iter().find(|lab| lab.contains(&IpNet::V4(net))) {
        Some(named) => verdict(rule, prefix, State::Verified)
            .evidence(what, source)
            .evidence(format!("{named} is treated as public"), "plan, treat_as_public"),
        None => verdict(rule, prefix, State::Failed).evidence(what, source),
    }
}

fn state_of_length(net: Ipv4Net, long: State) -> State {
    match net.prefix_len() {
        0..=7 => State::Failed,
        8..=24 => State::Verified,
        _ => long,
    }
}

fn length(prefix: &PrefixText, source: &str) -> Verdict {
    let rule = RuleId::PrefixLength;
    let Some(net) = prefix.v4() else { return undecided(rule, prefix, source) };
    let what = match net.prefix_len() {
        bits @ 0..=7 => format!("/{bits} is shorter than /8, surely a mistake"),
        bits @ 8..=24 => format!("/{bits} can be registered and activated"),
        bits => format!("/{bits} is longer than /24: routed once registered, not to be activated"),
    };
    verdict(rule, prefix, state_of_length(net, State::Warning)).evidence(what, source)
}

fn activated_length(prefix: &PrefixText, activation: &str, source: String) -> Verdict {
    let subject = Subject::prefix(prefix).in_activation(activation);
    let Some(net) = prefix.v4() else {
        return Verdict::new(RuleId::PrefixLength, subject, State::Unknown)
            .evidence("it is not a valid IPv4 prefix", source);
    };
    let what = format!("/{} is to be activated; /8 to /24 can be", net.prefix_len());
    Verdict::new(RuleId::PrefixLength, subject, state_of_length(net, State::Failed)).evidence(what, source)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// (prefix, valid, public, length at registration, length at activation).
    #[test]
    fn prefixes() {
        use State::{Failed, Invalid, Unknown, Verified, Warning};
        let lab = TreatAsPublic { prefixes: vec!["198.51.100.0/24".parse().unwrap()], asns: vec![] };
        for (text, want) in [
            ("8.8.8.0/24", [Verified, Verified, Verified, Verified]),
            ("8.8.8.0/25", [Verified, Verified, Warning, Failed]),
            ("8.0.0.0/8", [Verified, Verified, Verified, Verified]),
            ("8.0.0.0/7", [Verified, Verified, Failed, Failed]),
            ("10.0.0.0/7", [Verified, Failed, Failed, Failed]),
            ("0.0.0.0/0", [Verified, Failed, Failed, Failed]),
            ("10.0.0.0/24", [Verified, Failed, Verified, Verified]),
            ("203.0.113.0/24", [Verified, Failed, Verified, Verified]),
            ("198.51.100.0/24", [Verified, Verified, Verified, Verified]),
            ("198.51.100.0/25", [Verified, Verified, Warning, Failed]),
            ("198.51.100.0/23", [Verified, Failed, Verified, Verified]),
            ("8.8.8.8/24", [Invalid, Unknown, Unknown, Unknown]),
            ("8.8.8.0", [Invalid, Unknown, Unknown, Unknown]),
            ("8.8.8.0/33", [Invalid, Unknown, Unknown, Unknown]),
            ("2001:db8::/32", [Invalid, Unknown, Unknown, Unknown]),
            ("", [Invalid, Unknown, Unknown, Unknown]),
        ] {
            let prefix = PrefixText::new(text);
            let got = [
                valid(&prefix, "here"),
                public(&prefix, &lab, "here"),
                length(&prefix, "here"),
                activated_length(&prefix, "a", "here".into()),
            ];
            assert_eq!(got.map(|v| v.state), want, "{text:?}");
        }
    }

    #[test]
    fn the_evidence_names_the_range() {
        let verdict = public(&PrefixText::new("172.16.0.0/24"), &TreatAsPublic::default(), "here");
        assert_eq!(verdict.evidence[0].what, "172.16.0.0/24 lies in 172.16.0.0/12: private use (RFC 1918)");
        assert_eq!(verdict.portal_message.as_deref(), Some("the prefix is in a private range"));
    }
}
