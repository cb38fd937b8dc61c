//! A document written again: one form for what means the same, with the comments where they were.

use super::document::{
    Argument, Bound, CallItem, Condition, EditItem, Entry, Expectation, GuaranteeItem, Item, Kind,
    PolicyItem, ProveItem, RouteItem, RuleItem, SetItem, Source, TestItem, Then, Trait, Trivia, TriviaKind,
    Verb,
};
use super::fault::Place;
use crate::policy::Decision;
use std::fmt::{self, Display, Write as _};

/// The longest line that a set may stand on.
const WIDTH: usize = 100;

/// Lines that were written, and what stood between in the text that is not yet.
pub(super) struct Printer<'a> {
    out: String,
    trivia: std::iter::Peekable<std::slice::Iter<'a, Trivia>>,
    depth: usize,
    /// Whether an empty line is to come before the next.
    gap: bool,
    /// Likewise, whether there was one in the text or not.
    apart: bool,
    /// Whether nothing was written since a brace was opened.
    opened: bool,
}

impl<'a> Printer<'a> {
    pub(super) fn new(trivia: &'a [Trivia]) -> Self {
        Self {
            out: String::new(),
            trivia: trivia.iter().peekable(),
            depth: 0,
            gap: false,
            apart: false,
            opened: true,
        }
    }

    /// Sets and numbers on lines of their own may stand close; everything else has an empty line around it.
    pub(super) fn document(mut self, items: &[(Place, Item)]) -> String {
        let mut before_is_line = true;
        for (place, item) in items {
            let line = matches!(item, Item::Set(_) | Item::Number(..));
            self.apart = !(before_is_line && line);
            self.comments(*place);
            self.item(item);
            before_is_line = line && !self.out.ends_with("\n}\n");
        }
        self.comments(Place(0));
        self.out
    }

    /// Writes the comments that stand before a place.
    fn comments(&mut self, place: Place) {
        while let Some(trivia) = self.trivia.next_if(|trivia| trivia.place.0 > place.0) {
            match &trivia.what {
                TriviaKind::Blank => self.gap = true,
                TriviaKind::Comment(text, true) if self.out.ends_with('\n') && !self.gap => {
                    self.out.pop();
                    let _ = writeln!(self.out, "  {text}");
                }
                TriviaKind::Comment(text, _) => self.line(text),
            }
        }
    }

    fn line(&mut self, text: impl Display) {
        let gap = std::mem::take(&mut self.gap) | std::mem::take(&mut self.apart);
        if gap && !self.opened {
            self.out.push('\n');
        }
        self.opened = false;
        let _ = writeln!(self.out, "{:indent$}{text}", "", indent = self.depth.saturating_mul(4));
    }

    /// A line for what stands at a place, behind the comments before it.
    fn line_at(&mut self, place: Place, text: impl Display) {
        self.comments(place);
        self.line(text);
    }

    fn open(&mut self, text: impl Display) {
        self.line(format_args!("{text} {{"));
        self.depth = self.depth.saturating_add(1);
        self.opened = true;
    }

    fn close(&mut self, place: Place) {
        self.comments(place);
        self.gap = false;
        self.depth = self.depth.saturating_sub(1);
        self.line("}");
    }

    fn item(&mut self, item: &Item) {
        match item {
            Item::Set(set) => self.set(set),
            Item::Number(name, n) => self.line(format_args!("number {} {n}", name.text)),
            Item::Policy(policy) => self.policy(policy),
            Item::Test(test) => self.test(test),
            Item::Prove(prove) => self.prove(prove),
        }
    }

    fn set(&mut self, SetItem { kind, name, source }: &SetItem) {
        let head = format!("{} {}", kind.word(), name.text);
        match source {
            Source::File(_, file) => self.line(format_args!("{head} from \"{file}\"")),
            Source::Members { members, close } => {
                let commented = self.trivia.peek().is_some_and(|trivia| trivia.place.0 > close.0);
                let short = members.iter().map(|(_, m)| m.to_string()).collect::<Vec<_>>().join(", ");
                let short =
                    if short.is_empty() { format!("{head} {{}}") } else { format!("{head} {{ {short} }}") };
                let has_comment = commented && self.comment_before(*close);
                if short.len() <= WIDTH && !has_comment {
                    return self.line(short);
                }
                self.open(head);
                members.iter().for_each(|(place, member)| self.line_at(*place, member));
                self.close(*close);
            }
        }
    }

    /// Whether a comment stands before a place.
    fn comment_before(&self, place: Place) -> bool {
        let before = self.trivia.clone().take_while(|trivia| trivia.place.0 > place.0);
        before.into_iter().any(|trivia| trivia.what != TriviaKind::Blank)
    }

    fn policy(&mut self, PolicyItem { name, parameters, entries, close }: &PolicyItem) {
        let mut head = format!("policy {}", name.text);
        for (i, (name, kind)) in parameters.iter().enumerate() {
            let _ = write!(head, "{}{}: {}", if i == 0 { "(" } else { ", " }, name.text, kind.word());
        }
        head.push_str(if parameters.is_empty() { "" } else { ")" });
        self.open(head);
        for (place, entry) in entries {
            self.comments(*place);
            match entry {
                Entry::Rule(rule) => self.rule(rule),
                Entry::Call(call) => self.line(format_args!("call {call}")),
                Entry::Default(Decision::Accept) => self.line("default accept"),
                Entry::Default(Decision::Reject) => self.line("default reject"),
            }
        }
        self.close(*close);
    }

    fn rule(&mut self, RuleItem { name, when, edits, then, close }: &RuleItem) {
        self.open(format_args!("rule \"{name}\""));
        if let Some((place, condition)) = when {
            self.comments(*place);
            match condition {
                Condition::All(of) => self.conditions("and", of),
                Condition::Any(of) => self.conditions("or", of),
                one => self.line(format_args!("when {one}")),
            }
        }
        edits.iter().for_each(|(place, edit)| self.line_at(*place, edit));
        let (place, then) = then;
        self.line_at(*place, then);
        self.close(*close);
    }

    fn conditions(&mut self, word: &str, conditions: &[Condition]) {
        for (i, condition) in conditions.iter().enumerate() {
            if let (Some(place), true) = (condition.place(), i > 0) {
                self.comments(place);
            }
            self.gap = false;
            self.line(format_args!("{} {}", if i == 0 { "when" } else { word }, Inner(condition)));
        }
    }

    fn test(&mut self, TestItem { name, policy, route, expectations, close }: &TestItem) {
        self.open(format_args!("test \"{name}\""));
        self.line_at(policy.0, format_args!("policy {}", policy.1));
        self.route(route);
        expectations
            .iter()
            .for_each(|(place, expectation)| self.line_at(*place, format_args!("expect {expectation}")));
        self.close(*close);
    }

    fn prove(&mut self, ProveItem { name, policy, given, own_asn, guarantees, close }: &ProveItem) {
        self.open(format_args!("prove \"{name}\""));
        self.line_at(policy.0, format_args!("policy {}", policy.1));
        if let Some((place, condition)) = given {
            self.line_at(*place, format_args!("given {condition}"));
        }
        if let Some((place, asn)) = own_asn {
            self.line_at(*place, format_args!("own-asn {asn}"));
        }
        for (place, guarantee) in guarantees {
            self.line_at(*place, format_args!("guarantees {guarantee}"));
        }
        self.close(*close);
    }

    fn route(&mut self, RouteItem { place, prefix, traits }: &RouteItem) {
        self.line_at(*place, format_args!("route {prefix}"));
        traits.iter().for_each(|(place, one)| self.line_at(*place, one));
    }
}

impl Condition {
    /// Where it begins.
    fn place(&self) -> Option<Place> {
        match self {
            Self::Is(place, _) | Self::In(place, ..) | Self::Number(place, ..) | Self::Not(place, _) => {
                Some(*place)
            }
            Self::All(of) | Self::Any(of) => of.first()?.place(),
        }
    }
}

/// A condition within another.
struct Inner<'a>(&'a Condition);

impl Display for Inner<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Condition::All(_) | Condition::Any(_) => write!(f, "({})", self.0),
            plain => plain.fmt(f),
        }
    }
}

impl Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let joined = |f: &mut fmt::Formatter<'_>, of: &[Self], word: &str| {
            of.iter().enumerate().try_for_each(|(i, condition)| {
                if i > 0 {
                    write!(f, " {word} ")?;
                }
                Inner(condition).fmt(f)
            })
        };
        match self {
            Self::Is(_, condition) => condition.fmt(f),
            Self::In(_, field, name) => write!(f, "{} in {}", field.word(), name.text),
            Self::Number(_, field, bound, name) => {
                let bound = match bound {
                    Bound::Exactly => "",
                    Bound::AtLeast => "at least ",
                    Bound::AtMost => "at most ",
                };
                write!(f, "{} {bound}{}", field.word(), name.text)
            }
            Self::Not(_, inner) => write!(f, "not {}", Inner(inner)),
            Self::All(of) => joined(f, of, "and"),
            Self::Any(of) => joined(f, of, "or"),
        }
    }
}

impl Display for EditItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (verb, name) = match self {
            Self::Is(edit) => return edit.fmt(f),
            Self::With(verb, name) => (verb, &name.text),
        };
        let own = |asn: &Option<bgp_wire::Asn>| asn.map_or("own-asn".to_owned(), |asn| asn.to_string());
        match verb {
            Verb::SetMed => write!(f, "set med {name}"),
            Verb::SetLocalPref => write!(f, "set local-pref {name}"),
            Verb::SetWeight => write!(f, "set weight {name}"),
            Verb::Raise(field) => write!(f, "raise {} by {name}", field.word()),
            Verb::Lower(field) => write!(f, "lower {} by {name}", field.word()),
            Verb::Prepend(asn) => write!(f, "prepend {} {name} times", own(asn)),
            Verb::Add(kind) => write!(f, "add {} in {name}", kind.word()),
            Verb::Delete(kind) => write!(f, "delete {} in {name}", kind.word()),
            Verb::StripAsns => write!(f, "strip asns in {name}"),
            Verb::ReplaceAsns(asn) => write!(f, "replace asns in {name} with {}", own(asn)),
        }
    }
}

impl Display for CallItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name.text)?;
        for (i, argument) in self.arguments.iter().enumerate() {
            f.write_str(if i == 0 { "(" } else { ", " })?;
            match argument {
                Argument::Name(name) => f.write_str(&name.text)?,
                Argument::Number(n) => n.fmt(f)?,
            }
        }
        f.write_str(if self.arguments.is_empty() { "" } else { ")" })
    }
}

impl Display for Then {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accept => f.write_str("accept"),
            Self::Reject => f.write_str("reject"),
            Self::Continue => f.write_str("continue"),
            Self::Call(call) => write!(f, "call {call}"),
        }
    }
}

impl Display for Expectation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Decision(Decision::Accept) => f.write_str("accept"),
            Self::Decision(Decision::Reject) => f.write_str("reject"),
            Self::Rule(name) => write!(f, "rule \"{name}\""),
            Self::Weight(weight) => write!(f, "weight {weight}"),
            Self::Is(condition) => condition.fmt(f),
        }
    }
}

impl Display for GuaranteeItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Decision(Decision::Accept) => f.write_str("accept"),
            Self::Decision(Decision::Reject) => f.write_str("reject"),
            Self::Is(condition) => condition.fmt(f),
        }
    }
}

fn spaced<T: Display>(f: &mut fmt::Formatter<'_>, what: &str, list: &[T]) -> fmt::Result {
    f.write_str(what)?;
    list.iter().try_for_each(|item| write!(f, " {item}"))
}

impl Display for Trait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AsPath(path) if path.view().is_empty() => f.write_str("as-path"),
            Self::AsPath(path) => write!(f, "as-path {path}"),
            Self::NextHop(addr) => write!(f, "next-hop {addr}"),
            Self::Origin(origin) => write!(f, "origin {origin}"),
            Self::Med(n) => write!(f, "med {n}"),
            Self::LocalPref(n) => write!(f, "local-pref {n}"),
            Self::Communities(list) => spaced(f, "community", list),
            Self::ExtendedCommunities(list) => spaced(f, "extended-community", list),
            Self::LargeCommunities(list) => spaced(f, "large-community", list),
            Self::NeighborAsn(asn) => write!(f, "neighbor-asn {asn}"),
            Self::Peer(name) => write!(f, "peer \"{name}\""),
            Self::PeerGroup(name) => write!(f, "peer-group \"{name}\""),
            Self::PeerRole(role) => write!(f, "peer-role {role}"),
            Self::Rpki(state) => write!(f, "rpki {state}"),
            Self::Irr(state) => write!(f, "irr {state}"),
            Self::Aspa(state) => write!(f, "aspa {state}"),
            Self::OwnAsn(asn) => write!(f, "own-asn {asn}"),
            Self::OwnAddress(addr) => write!(f, "own-address {addr}"),
        }
    }
}

impl Kind {
    /// One of its kind, as a sentence has it.
    pub(super) const fn described(self) -> &'static str {
        match self {
            Self::Prefixes => "a set of prefixes",
            Self::Asns => "a set of ASNs",
            Self::Communities => "a set of communities",
            Self::ExtendedCommunities => "a set of extended communities",
            Self::LargeCommunities => "a set of large communities",
            Self::Networks => "a set of networks",
            Self::Number => "a number",
        }
    }
}
