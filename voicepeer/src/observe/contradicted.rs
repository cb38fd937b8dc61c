//! What a router is configured to do, and is seen to do otherwise: what was seen counts, and a note says so.

use bgp_policy::voice::{BfdState, Configured, ConfiguredBfd, ObservedSession, Setting};

/// A note for each setting that what was seen contradicts.
pub(super) fn contradicted(session: &ObservedSession) -> Vec<String> {
    let Some(configured) = &session.configured else { return Vec::new() };
    let name = session.connection.as_deref().unwrap_or("-");
    let source = session.source.as_deref().unwrap_or("the router");
    let note = |(what, place)| {
        format!(
            "connection {name}: {place} has {what}, and otherwise it is by {source}: what was seen counts"
        )
    };
    others(configured, session).into_iter().flatten().map(note).collect()
}

/// What each of the settings has and where, if it is otherwise.
fn others<'a>(configured: &'a Configured, seen: &ObservedSession) -> [Option<(String, &'a str)>; 4] {
    let password = |signs: bool| if signs { "a password" } else { "no password" }.to_owned();
    let limit =
        |limit: Option<u32>| limit.map_or("no limit of prefixes".into(), |n| format!("a limit of {n}"));
    let is_up = seen.bfd.is_some_and(|bfd| bfd.state == BfdState::Up);
    // Both ends come to the lower one.
    let is_above =
        |offered: u16| seen.hold_time.is_some_and(|hold| hold == 0 || (offered > 0 && hold > offered));
    [
        other(configured.md5.as_ref(), |signs| seen.md5.is_some_and(|seen| seen != signs), password),
        other(configured.max_prefix.as_ref(), |n| seen.max_prefix.is_some_and(|seen| Some(seen) != n), limit),
        other(configured.bfd.as_ref(), |bfd| bfd == ConfiguredBfd::Absent && is_up, |_| "no BFD".into()),
        other(configured.hold_time.as_ref(), is_above, |seconds| format!("a hold time of {seconds} s")),
    ]
}

fn other<T: Copy>(
    setting: Option<&Setting<T>>,
    is_other: impl Fn(T) -> bool,
    what: impl Fn(T) -> String,
) -> Option<(String, &str)> {
    let setting = setting.filter(|setting| is_other(setting.value))?;
    Some((what(setting.value), &setting.place))
}

#[cfg(test)]
mod tests {
    use super::*;
    use bgp_policy::voice::ObservedBfd;

    /// What is configured and what is seen: a limit, a password, whether BFD is up, a hold time.
    fn notes(limits: [u32; 2], passwords: [bool; 2], up: bool, hold_times: [u16; 2]) -> String {
        fn at<T>(value: T) -> Setting<T> {
            Setting { value, place: "router.conf:7".into() }
        }
        let configured = Configured {
            max_prefix: Some(at(Some(limits[0]))),
            md5: Some(at(passwords[0])),
            bfd: Some(at(ConfiguredBfd::Absent)),
            hold_time: Some(at(hold_times[0])),
            ..Configured::default()
        };
        let state = if up { BfdState::Up } else { BfdState::Down };
        let session = ObservedSession {
            connection: Some("one".into()),
            source: Some("seen.txt".into()),
            max_prefix: Some(limits[1]),
            md5: Some(passwords[1]),
            bfd: Some(ObservedBfd { state, detection_time_us: None, tx_interval_us: None }),
            hold_time: Some(hold_times[1]),
            configured: Some(configured),
            ..ObservedSession::default()
        };
        contradicted(&session).join("\n")
    }

    #[test]
    fn each_contradiction_is_noted() {
        let is = |what: &str| {
            format!(
                "connection one: router.conf:7 has {what}, and otherwise it is by seen.txt: what was seen counts"
            )
        };
        assert_eq!(notes([450, 450], [false, false], false, [180, 90]), "");
        assert_eq!(notes([450, 100], [false, false], false, [180, 180]), is("a limit of 450"));
        assert_eq!(notes([450, 450], [true, false], false, [180, 180]), is("a password"));
        assert_eq!(notes([450, 450], [false, true], false, [180, 180]), is("no password"));
        assert_eq!(notes([450, 450], [false, false], true, [180, 180]), is("no BFD"));
        assert_eq!(notes([450, 450], [false, false], false, [90, 180]), is("a hold time of 90 s"));
        assert_eq!(contradicted(&ObservedSession::default()), Vec::<String>::new());
    }
}
