//! What the readers of text have in common: numbered lines, the words in them, and what cannot be read.

use bgp_policy::voice::{AsPathTextError, ObservedRoute, parse_as_path};
use bgp_wire::{AsPathBuf, Asn, Community, LargeCommunity, Origin};
use ipnet::IpNet;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::str::FromStr;

/// A line, and its number in the file, from 1.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Line<'a> {
    pub(super) number: usize,
    pub(super) text: &'a str,
}

/// What a reader makes of the output of one command: the routes announced on one session.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Seen {
    /// The far end, where the output itself names it.
    pub(super) peer: Option<IpAddr>,
    pub(super) routes: Vec<ObservedRoute>,
    /// Whether AS_PATH is shown as it leaves.
    pub(super) own_asn: OwnAsn,
    /// How to see what this output does not show.
    pub(super) not_shown: Option<&'static str>,
}

/// Whether AS_PATH is shown with the ASN that the router puts in front as the route leaves.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) enum OwnAsn {
    #[default]
    Shown,
    /// It is not; it is this one, or the carrier's where the output does not tell.
    Missing(Option<Asn>),
}

/// The line that a reader could not read, and why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Unreadable {
    pub(super) line: usize,
    pub(super) why: Why,
}

/// Why a line cannot be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Why {
    /// No prefix stands where one is due.
    Prefix,
    /// No address stands where one is due.
    Address,
    /// No number stands where this one is due.
    Number(&'static str),
    AsPath(AsPathTextError),
    Community,
    Origin,
    /// Something else is due here.
    Expected(&'static str),
    /// The output says how many routes it has, and they are not so many.
    Count {
        said: usize,
        read: usize,
    },
    /// The output ends before this.
    Cut(&'static str),
    /// There are several paths to a prefix: this is a table, not what is sent to one neighbour.
    Table,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Prefix => f.write_str("a prefix is expected here, an address with its length"),
            Self::Address => f.write_str("an address is expected here"),
            Self::Number(what) => write!(f, "the {what} is expected here, a number"),
            Self::AsPath(error) => error.fmt(f),
            Self::Community => f.write_str("communities are expected here"),
            Self::Origin => f.write_str("the origin is expected here"),
            Self::Expected(what) => write!(f, "{what} is expected here"),
            Self::Count { said, read } => {
                write!(f, "the output says that it has {said} routes, and {read} were read: it is not whole")
            }
            Self::Cut(what) => write!(f, "the output ends before {what}: it is not whole"),
            Self::Table => f.write_str(
                "several paths to one prefix: this is a table, not what is announced to one neighbour",
            ),
        }
    }
}

impl<'a> Line<'a> {
    /// It cannot be read.
    pub(super) const fn bad(self, why: Why) -> Unreadable {
        Unreadable { line: self.number, why }
    }

    /// The text between two columns, as far as it goes.
    pub(super) fn columns(self, from: usize, to: usize) -> &'a str {
        let end = to.min(self.text.len());
        self.text.get(from.min(end)..end).unwrap_or_default()
    }

    pub(super) fn is_blank(self) -> bool {
        self.text.trim().is_empty()
    }

    /// A route to `prefix` that this line begins.
    pub(super) fn route(self, prefix: IpNet) -> ObservedRoute {
        ObservedRoute { place: Some(self.place()), ..ObservedRoute::new(prefix.into()) }
    }

    fn place(self) -> Box<str> {
        format!("line {}", self.number).into()
    }

    pub(super) fn prefix(self, word: &str) -> Result<IpNet, Unreadable> {
        word.parse().map_err(|_| self.bad(Why::Prefix))
    }

    pub(super) fn address(self, word: &str) -> Result<IpAddr, Unreadable> {
        word.parse().map_err(|_| self.bad(Why::Address))
    }

    pub(super) fn number<T: FromStr>(self, word: &str, what: &'static str) -> Result<T, Unreadable> {
        word.parse().map_err(|_| self.bad(Why::Number(what)))
    }

    pub(super) fn as_path(self, text: &str) -> Result<AsPathBuf, Unreadable> {
        parse_as_path(text).map_err(|error| self.bad(Why::AsPath(error)))
    }

    /// Communities with spaces or commas between them.
    pub(super) fn communities(self, text: &str) -> Result<Vec<Community>, Unreadable> {
        self.list(text)
    }

    /// Likewise.
    pub(super) fn large_communities(self, text: &str) -> Result<Vec<LargeCommunity>, Unreadable> {
        self.list(text)
    }

    fn list<T: FromStr>(self, text: &str) -> Result<Vec<T>, Unreadable> {
        let words = text.split([' ', ',', '\t']).filter(|word| !word.is_empty());
        words.map(|word| word.parse().map_err(|_| self.bad(Why::Community))).collect()
    }

    /// ORIGIN by its name, whatever its case.
    pub(super) fn origin(self, word: &str) -> Result<Origin, Unreadable> {
        let all = [Origin::Igp, Origin::Egp, Origin::Incomplete];
        let found = all.into_iter().find(|origin| origin.name().eq_ignore_ascii_case(word));
        found.ok_or_else(|| self.bad(Why::Origin))
    }

    /// A path and the letter of ORIGIN behind it: `64500 64501 i`, or `64500 64501i`.
    pub(super) fn path_and_origin(self, text: &str) -> Result<(AsPathBuf, Origin), Unreadable> {
        let text = text.trim_end();
        let (path, origin) = text
            .strip_suffix(['i', 'I'])
            .map(|path| (path, Origin::Igp))
            .or_else(|| text.strip_suffix(['e', 'E']).map(|path| (path, Origin::Egp)))
            .or_else(|| text.strip_suffix('?').map(|path| (path, Origin::Incomplete)))
            .ok_or_else(|| self.bad(Why::Origin))?;
        Ok((self.as_path(path)?, origin))
    }
}

/// The first word of a text, and what is behind it.
pub(super) fn word(text: &str) -> (&str, &str) {
    let text = text.trim_start();
    text.split_at(text.find(char::is_whitespace).unwrap_or(text.len()))
}

/// The next hop that stands for the router itself, as FRR prints it and others name it.
pub(super) const SELF: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);

/// The lines of a text, the first of which has this number.
pub(super) fn numbered(text: &str, first: usize) -> Vec<Line<'_>> {
    (first..).zip(text.lines()).map(|(number, text)| Line { number, text }).collect()
}
