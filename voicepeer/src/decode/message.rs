//! A BGP message and what comes of it: the outcome, what was found, the NOTIFICATION to send.

use bgp_wire::{
    Fault, FilteredRefresh, Finding, Frame, HEADER_LEN, MessageType, Negotiated, Notification,
    NotificationCode, Open, Parsed, Reset, ResetData, RouteRefresh, Severity, frame, update,
};
use serde::ser::{Serialize, SerializeMap, Serializer};

/// What a well-formed message says.
#[derive(Debug)]
enum Said<'a> {
    Open(Open<'a>),
    Update(Parsed<'a>),
    Notification(Notification<'a>),
    Keepalive,
    RouteRefresh(RouteRefresh),
    FilteredRefresh(FilteredRefresh<'a>),
}

/// One message, judged.
#[derive(Debug)]
pub(super) struct Message<'a> {
    /// What its header calls it; `None` for a type that there is not.
    kind: Option<MessageType>,
    said: Result<Said<'a>, Reset>,
}

impl<'a> Message<'a> {
    /// Judges `octets`, which should be one whole message.
    pub(super) fn of(octets: &'a [u8], session: &Negotiated) -> Self {
        let kind = octets.get(HEADER_LEN - 1).and_then(|kind| named(*kind));
        let said = whole(octets, session).and_then(|message| said(message, session));
        Self { kind, said }
    }

    /// The name of its type in JSON.
    pub(super) fn name(&self) -> &'static str {
        match self.kind {
            Some(MessageType::Open) => "open",
            Some(MessageType::Update) => "update",
            Some(MessageType::Notification) => "notification",
            Some(MessageType::Keepalive) => "keepalive",
            Some(MessageType::RouteRefresh) => "route-refresh",
            None => "unknown",
        }
    }

    /// The worst that comes of it.
    pub(super) fn outcome(&self) -> &'static str {
        match &self.said {
            Ok(Said::Update(parsed)) => parsed.findings.worst().map_or("ok", Severity::name),
            Ok(_) => "ok",
            Err(_) => Severity::SessionReset.name(),
        }
    }

    /// What was wrong, as far as it is kept.
    pub(super) fn findings(&self) -> impl Iterator<Item = Finding> {
        let (update, reset) = match &self.said {
            Ok(Said::Update(parsed)) => (Some(parsed.findings.iter().copied()), None),
            Ok(_) => (None, None),
            Err(reset) => (None, Some(self.fatal(reset))),
        };
        update.into_iter().flatten().chain(reset)
    }

    /// How many findings there were beyond those.
    pub(super) fn more_findings(&self) -> u16 {
        match &self.said {
            Ok(Said::Update(parsed)) => parsed.findings.more(),
            _ => 0,
        }
    }

    #[expect(clippy::unused_self, reason = "reads as the others do")]
    fn fatal(&self, reset: &Reset) -> Finding {
        Finding { attr: None, fault: reset.fault, severity: Severity::SessionReset }
    }

    /// The NOTIFICATION that ends the session.
    pub(super) fn reset(&self) -> Option<&Reset> {
        self.said.as_ref().err()
    }
}
