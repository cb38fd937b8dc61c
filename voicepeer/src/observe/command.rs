//! Outputs as they are copied from a terminal: the command that each begins with, and what it asks for.

use super::terminal::shown;
use super::text::{Line, numbered};
use ipnet::IpNet;
use std::net::IpAddr;

/// The output of one command.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Output<'a> {
    /// The command, where it is there.
    pub(super) command: Option<Command<'a>>,
    pub(super) lines: Vec<Line<'a>>,
}

/// A command that asks for what is announced to one neighbour, or for sessions.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Command<'a> {
    pub(super) asks: Asks,
    /// The neighbour's address.
    pub(super) peer: Option<IpAddr>,
    /// The name of the session, which BIRD has in place of an address.
    pub(super) name: Option<&'a str>,
    /// The word that leaves routes out of the output, where there is one.
    pub(super) cut: Option<&'a str>,
    /// Where it stands.
    pub(super) line: usize,
    /// What the router prints before a command.
    pub(super) prompt: &'a str,
}

/// What a command asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Asks {
    /// The routes announced to a neighbour.
    Routes,
    /// One prefix, and how it is announced to each neighbour: SR OS has that.
    Hunt,
    /// The sessions with neighbours, or something else of them that counts for nothing here.
    Sessions,
}

/// What commands for routes hold; those of IOS-XR, Junos, SR OS and EOS a word that begins with `adv`, which people shorten.
const ASKS: [&str; 5] = [" adv", "adj-out", "rib out", "rib detail out", "route export"];
/// What SR OS looks one prefix up with, wherever it came from and goes to.
const HUNT: &str = " hunt";
/// What commands for sessions hold, of BGP and of BFD, and those for a configuration.
const ASKS_SESSIONS: [&str; 5] = [" nei", " bfd", " protocol", " receive-protocol", " run"];
/// What they begin with.
const VERBS: [&str; 7] = ["show ", "sho ", "sh ", "gobgp ", "bgpctl ", "birdc ", "vtysh "];
/// What stands behind a bar and shows a part of an output; people shorten it.
const PARTS: [&str; 14] = [
    "grep", "egrep", "include", "match", "exclude", "except", "begin", "section", "find", "head", "tail",
    "last", "count", "until",
];

impl<'a> Command<'a> {
    /// The command on a line.
    fn of(line: &'a str) -> Option<Self> {
        let at = VERBS.iter().filter_map(|verb| line.find(verb)).min()?;
        let (prompt, command) = line.split_at(at);
        let asks = match () {
            () if command.contains(HUNT) => Asks::Hunt,
            () if ASKS.iter().any(|ask| line.contains(ask)) => Asks::Routes,
            // A document may have such words in a text of its own.
            () if prompt.contains('"') => return None,
            () if ASKS_SESSIONS.iter().any(|ask| command.contains(ask)) => Asks::Sessions,
            () => return None,
        };
        let words = || command.split([' ', '\t', '"', '\'']).filter(|word| !word.is_empty());
        let peer = words().filter_map(|word| word.parse().ok()).next_back();
        let name = words().skip_while(|word| *word != "export").nth(1);
        let one = || one(command).filter(|_| asks != Asks::Hunt);
        let cut = part(command).or_else(one);
        Some(Self { asks, peer, name, cut, line: 0, prompt: prompt.trim() })
    }

    /// Whether the router waits for the next command on this line.
    fn is_prompt(&self, line: &str) -> bool {
        !self.prompt.is_empty() && line.trim_start().starts_with(self.prompt)
    }
}

/// What leaves routes out behind a bar.
fn part(command: &str) -> Option<&str> {
    let mut behind_bars = command.split('|').skip(1).filter_map(|filter| filter.split_whitespace().next());
    behind_bars.find(|word| PARTS.iter().any(|part| part.starts_with(word)))
}

/// What else does: a filter of BIRD's, or the one prefix that is asked for.
fn one(command: &str) -> Option<&str> {
    let mut words = command.split([' ', '\t', '"', '\'']);
    words.find(|word| matches!(*word, "where" | "filter") || word.parse::<IpNet>().is_ok())
}

/// The outputs in a text, each from its command to the next.
pub(super) fn outputs(text: &str) -> Vec<Output<'_>> {
    let mut outputs = vec![Output { command: None, lines: Vec::new() }];
    let mut is_over = false;
    for line in numbered(text, 1) {
        if let Some(command) = Command::of(line.text) {
            let command = Some(Command { line: line.number, ..command });
            outputs.push(Output { command, lines: Vec::new() });
            is_over = false;
        } else if let Some(Output { command, lines }) = outputs.last_mut() {
            is_over |= command.is_some_and(|command| command.is_prompt(line.text));
            if let Some(text) = shown(line.text).filter(|_| !is_over) {
                lines.push(Line { text, ..line });
            }
        }
    }
    // Before the first command stands nothing that counts, unless there is no command.
    if outputs.len() > 1 {
        outputs.remove(0);
    }
    outputs
}

#[cfg(test)]
mod tests {
    use super::*;

    /// (line; the peer, the name).
    #[test]
    fn commands() {
        let peer = "192.0.2.11".parse().ok();
        for (line, want) in [
            ("edge# show bgp ipv4 unicast neighbors 192.0.2.11 advertised-routes", Some((peer, None))),
            ("$ vtysh -c 'show bgp ipv4 unicast neighbors 192.0.2.11 advertised-routes'", Some((peer, None))),
            ("$ ssh 203.0.113.1 show bgp neighbors 192.0.2.11 advertised-routes", Some((peer, None))),
            ("root@edge:~# gobgp neighbor 192.0.2.11 adj-out", Some((peer, None))),
            ("bgpctl show rib detail out neighbor 192.0.2.11", Some((peer, None))),
            ("bgpctl show rib out neighbor edge", Some((None, None))),
            ("bird> show route export edge1 all", Some((None, Some("edge1")))),
            ("user@edge> show route advertising-protocol bgp 192.0.2.11 extensive", Some((peer, None))),
            ("A:edge# show router bgp neighbor \"192.0.2.11\" advertised-routes", Some((peer, None))),
            ("RP/0/RP0/CPU0:edge#sh bgp nei 192.0.2.11 adv", Some((peer, None))),
            (
                "RP/0/RP0/CPU0:edge#show bgp vrf voice ipv4 unicast neighbor 192.0.2.11 advertised-routes",
                Some((peer, None)),
            ),
            ("A:edge# show router 9999 bgp neighbor 192.0.2.11 advertised-routes", Some((peer, None))),
            ("edge#sho ip bgp neighbors 192.0.2.11 advertised-routes vrf voice", Some((peer, None))),
            (
                "user@edge> show route advertising-protocol bgp 192.0.2.11 table voice.inet.0",
                Some((peer, None)),
            ),
            ("edge# show bgp summary", None),
            ("*> 198.51.100.0/24  0.0.0.0                 50         32768 i", None),
        ] {
            let of_routes = |command: &Command<'_>| command.asks == Asks::Routes;
            let got = Command::of(line).filter(of_routes).map(|command| (command.peer, command.name));
            assert_eq!(got, want, "{line}");
        }
    }

    #[test]
    fn commands_for_sessions() {
        for line in [
            "edge# show bgp neighbors",
            "edge# show ip bgp vrf voice neighbors 192.0.2.11",
            "RP/0/RP0/CPU0:edge#sh bgp nei 192.0.2.11",
            "$ vtysh -c \"show bfd peers\"",
            "bird> show protocols all",
            "$ birdc show bfd sessions",
            "$ gobgp neighbor 192.0.2.11",
            "$ bgpctl show neighbor",
            "edge# show running-config",
            // What they came with is not announced.
            "edge# show bgp ipv4 unicast neighbors 192.0.2.11 received-routes",
            "bird> show route protocol edge1 all",
            "user@edge> show route receive-protocol bgp 192.0.2.11",
        ] {
            assert_eq!(Command::of(line).map(|command| command.asks), Some(Asks::Sessions), "{line}");
        }
        for line in [
            "edge# show bgp summary",
            "\"source\": \"show bgp neighbors\",",
            "BGP neighbor is 192.0.2.11, remote AS 8075",
        ] {
            assert_eq!(Command::of(line), None, "{line}");
        }
    }

    /// (command; what leaves routes out).
    #[test]
    fn parts() {
        for (line, want) in [
            ("edge# show bgp neighbors 192.0.2.11 advertised-routes", None),
            ("edge# show bgp neighbors 192.0.2.11 advertised-routes json", None),
            ("user@edge> show route advertising-protocol bgp 192.0.2.11 | no-more", None),
            ("edge# show bgp neighbors 192.0.2.11 advertised-routes | nomore", None),
            ("$ vtysh -c 'show bgp neighbors 192.0.2.11 advertised-routes' | tee out", None),
            ("edge# show bgp neighbors 192.0.2.11 advertised-routes | i 203.0", Some("i")),
            ("edge# show bgp neighbors 192.0.2.11 advertised-routes | inc 203.0", Some("inc")),
            (
                "user@edge> show route advertising-protocol bgp 192.0.2.11 | match 203.0 | no-more",
                Some("match"),
            ),
            ("$ gobgp neighbor 192.0.2.11 adj-out | grep 203.0", Some("grep")),
            (
                "user@edge> show route advertising-protocol bgp 192.0.2.11 203.0.113.0/24",
                Some("203.0.113.0/24"),
            ),
            ("bird> show route export edge1 all where net ~ 203.0.113.0/24", Some("where")),
        ] {
            assert_eq!(Command::of(line).unwrap().cut, want, "{line}");
        }
    }

    /// One prefix is what it is for, but not a part of what it prints.
    #[test]
    fn hunts() {
        let hunt = "A:edge-1# show router 9999 bgp routes 203.0.113.0/24 hunt";
        let asks = |line: &str| Command::of(line).map(|command| (command.asks, command.cut.is_some()));
        assert_eq!(asks(hunt), Some((Asks::Hunt, false)));
        assert_eq!(asks(&format!("{hunt} | match Community")), Some((Asks::Hunt, true)));
    }

    /// A text is cut at its commands, and an output ends at the next prompt.
    #[test]
    fn texts_of_several_outputs() {
        let text = "banner\nedge# show bgp neighbors 192.0.2.11 advertised-routes\none\n\nedge# show clock\n10:00\n\
                    edge# show bgp neighbors 192.0.2.13 advertised-routes\r\ntwo\r\n--More--\r\nthree\r\nedge#\r\n";
        let outputs = outputs(text);
        let lines = |output: &Output<'_>| {
            output.lines.iter().map(|l| (l.number, l.text.to_owned())).collect::<Vec<_>>()
        };
        let of = |at: usize| (outputs[at].command.unwrap().peer.unwrap().to_string(), lines(&outputs[at]));
        assert_eq!(outputs.len(), 2);
        assert_eq!(of(0), ("192.0.2.11".into(), vec![(3, "one".into()), (4, String::new())]));
        assert_eq!(of(1), ("192.0.2.13".into(), vec![(8, "two".into()), (10, "three".into())]));
        let alone = super::outputs("one\ntwo");
        assert_eq!((alone.len(), alone[0].command, alone[0].lines.len()), (1, None, 2));
    }
}
