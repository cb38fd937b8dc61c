//! What was seen in a world, and how it reads.

use crate::arena::Side;
use crate::leg::LegId;
use crate::model::Dispute;
use crate::speaker::SpeakerId;
use bgp_rib::Net;
use bgp_session::Conn;
use bgp_speaker::{Reach, What};
use bgp_wire::{Family, NotificationCode, RouteRefresh};
use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

/// One thing that was seen.
#[derive(Clone, PartialEq, Debug)]
pub struct Record {
    /// Since the world began.
    pub at: Duration,
    /// Who did it; nobody where it is a fault.
    pub who: Option<SpeakerId>,
    /// Where, if at one leg.
    pub leg: Option<LegId>,
    /// What.
    pub what: Seen,
}

/// What was seen.
#[derive(Clone, PartialEq, Debug)]
pub enum Seen {
    /// The speaker told of it.
    Told(What),
    /// It dials.
    Dials,
    /// It has the connection.
    Connected(Conn),
    /// Its dial was refused.
    Refused,
    /// It closes the connection.
    Closes(Conn),
    /// It learns that the connection is gone.
    Loses(Conn),
    /// It sends a message.
    Sends(Conn, Message),
    /// It originates a route.
    Originates(Net),
    /// It takes a route back.
    Retracts(Net),
    /// Something befalls the leg.
    Fault(Fault),
    /// Its process ends without a word.
    Crashes,
    /// It is there again, with nothing but its configuration.
    Boots,
    /// Its process stands still for so long.
    Pauses(Duration),
    /// Its operator changes something.
    Changes(Change),
    /// The model finds policies in dispute over a net.
    Dispute(Net, Dispute),
}

/// What an operator changes while sessions run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Change {
    /// The neighbour's configuration; its session begins anew.
    Neighbor,
    /// The neighbour is removed.
    Removed,
    /// The limits of prefixes.
    Limits,
    /// The policies, while the session goes on.
    Policies,
    /// The drain of the session begins.
    Drain,
    /// The drain of the session ends.
    Undrain,
    /// An operator has the session begin anew.
    Anew,
    /// An operator shuts the session down.
    ShutDown,
    /// An operator brings the session back.
    BroughtBack,
    /// What is known of the way to a next hop.
    NextHop(IpAddr, Reach),
}

/// What befalls a leg.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    /// Nothing arrives any more.
    Silent,
    /// It works again.
    Healed,
    /// Its connections are reset, after any of the octets on their way.
    Reset,
    /// Its connections are half-open: they swallow all that is written.
    HalfOpen,
    /// At this end nobody reads any more.
    Stalled(Side),
    /// Another treatment of packets; so many of a thousand are lost.
    Udp(u16),
}

/// A message as a trace names it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Message {
    /// OPEN.
    Open,
    /// UPDATE: prefixes withdrawn, prefixes announced.
    Update(Vec<Net>, Vec<Net>),
    /// The End-of-RIB marker.
    EndOfRib(Family),
    /// NOTIFICATION.
    Notification(NotificationCode),
    /// KEEPALIVE.
    Keepalive,
    /// ROUTE-REFRESH.
    RouteRefresh(RouteRefresh),
}

impl Seen {
    /// Whether the routes or sessions of the world may move because of it.
    pub(crate) fn moves(&self) -> bool {
        !matches!(self, Self::Sends(_, Message::Keepalive) | Self::Told(What::Bfd(_)))
    }
}

fn conn(conn: Conn) -> &'static str {
    match conn {
        Conn::Dialed => "dialed",
        Conn::Accepted => "accepted",
    }
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Told(what) => told(f, what),
            Self::Dials => f.write_str("dials"),
            Self::Connected(c) => write!(f, "has a connection, {}", conn(*c)),
            Self::Refused => f.write_str("is refused a connection"),
            Self::Closes(c) => write!(f, "closes what it {}", conn(*c)),
            Self::Loses(c) => write!(f, "loses what it {}", conn(*c)),
            Self::Sends(c, message) => write!(f, "sends {message} on what it {}", conn(*c)),
            Self::Originates(net) => write!(f, "originates {net}"),
            Self::Retracts(net) => write!(f, "retracts {net}"),
            Self::Fault(Fault::Silent) => f.write_str("goes silent"),
            Self::Fault(Fault::Healed) => f.write_str("is healed"),
            Self::Fault(Fault::Reset) => f.write_str("has its connections reset"),
            Self::Fault(Fault::Stalled(side)) => write!(f, "is read no more at side {side:?}"),
            Self::Dispute(net, dispute) => write!(f, "policies are in dispute over {net}: {dispute}"),
            Self::Crashes => f.write_str("crashes"),
            Self::Boots => f.write_str("boots"),
            Self::Pauses(time) => write!(f, "stands still for {time:?}"),
            Self::Changes(Change::NextHop(hop, reach)) => write!(f, "learns of next hop {hop}: {reach:?}"),
            Self::Changes(change) => write!(f, "is reconfigured: {change:?}"),
            Self::Fault(Fault::HalfOpen) => f.write_str("has its connections half-open"),
            Self::Fault(Fault::Udp(lost)) => write!(f, "loses {lost} of 1000 packets"),
        }
    }
}

fn told(f: &mut fmt::Formatter<'_>, what: &What) -> fmt::Result {
    match what {
        What::Session { from, to } => write!(f, "session {from} -> {to}"),
        What::Up(_) => f.write_str("session up"),
        What::Down(down) => write!(f, "session down: {down}"),
        What::Dropped(down) => write!(f, "connection dropped: {down}"),
        What::Bfd(change) if change.to == bfd::State::Down => {
            write!(f, "BFD {} -> Down: {}", change.from, change.diag)
        }
        What::Bfd(change) => write!(f, "BFD {} -> {}", change.from, change.to),
        What::Malformed(finding) => write!(f, "got a malformed UPDATE: {finding:?}"),
        What::EndOfRib(family) => write!(f, "got End-of-RIB {family}"),
        What::RefreshAsked(family) => write!(f, "is asked for {family} again"),
        What::Best { net, reachable: true } => write!(f, "best path to {net}"),
        What::Best { net, reachable: false } => write!(f, "no path to {net}"),
        other => write!(f, "{other:?}"),
    }
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open => f.write_str("OPEN"),
            Self::Keepalive => f.write_str("KEEPALIVE"),
            Self::RouteRefresh(refresh) => write!(f, "ROUTE-REFRESH {refresh}"),
            Self::EndOfRib(family) => write!(f, "End-of-RIB {family}"),
            Self::Notification(code) => write!(f, "NOTIFICATION {code}"),
            Self::Update(withdrawn, announced) => {
                f.write_str("UPDATE")?;
                withdrawn.iter().try_for_each(|net| write!(f, " -{net}"))?;
                announced.iter().try_for_each(|net| write!(f, " +{net}"))
            }
        }
    }
}
