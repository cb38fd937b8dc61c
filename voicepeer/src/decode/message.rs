//! A BGP message and what comes of it: the outcome, what was found, the NOTIFICATION to send.

use bgp_wire::{
    AttrCode, FilteredRefresh, Finding, Findings, HEADER_LEN, MessageType, Negotiated, Notification,
    NotificationCode, Open, Parsed, Reset, RouteRefresh, Severity, frame, update,
};
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

/// What a message says that can be used.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "most messages are UPDATEs, and a box for each would cost")]
pub(super) enum Said<'a> {
    Open(Open<'a>),
    Update(Parsed<'a>),
    Notification(Notification<'a>),
    Keepalive,
    RouteRefresh(RouteRefresh),
    FilteredRefresh(FilteredRefresh<'a>),
}

/// Why nothing of a message can be used, and what a speaker answers.
#[derive(Debug, Serialize)]
pub(super) struct Refusal {
    #[serde(flatten)]
    pub(super) code: NotificationCode,
    #[serde(serialize_with = "hex")]
    data: Vec<u8>,
    /// The attribute at fault.
    #[serde(skip)]
    pub(super) attribute: Option<AttrCode>,
    #[serde(skip)]
    pub(super) fault: String,
    #[serde(skip)]
    pub(super) section: &'static str,
}

fn hex<S: Serializer>(octets: &[u8], to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(&Hex(octets))
}

/// Octets as hexadecimal digits.
pub(super) struct Hex<'a>(pub(super) &'a [u8]);

impl std::fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|octet| write!(f, "{octet:02x}"))
    }
}

impl From<Reset> for Refusal {
    fn from(reset: Reset) -> Self {
        Self {
            code: reset.code,
            attribute: attribute(&reset),
            data: reset.data.as_slice().to_vec(),
            fault: reset.fault.to_string(),
            section: reset.fault.cite(),
        }
    }
}

/// The attribute that the NOTIFICATION holds, behind its flags (RFC 4271 section 6.3).
fn attribute(reset: &Reset) -> Option<AttrCode> {
    let holds = [NotificationCode::UNRECOGNIZED_WELL_KNOWN, NotificationCode::OPTIONAL_ATTRIBUTE];
    reset.data.as_slice().get(1).filter(|_| holds.contains(&reset.code)).map(|code| AttrCode(*code))
}

/// One message, judged.
#[derive(Debug)]
pub(super) struct Message<'a> {
    /// What its header calls it; `None` for a type that there is not.
    pub(super) kind: Option<MessageType>,
    pub(super) said: Result<Said<'a>, Refusal>,
}

impl<'a> Message<'a> {
    /// Judges `octets`, which should be one whole message.
    pub(super) fn of(octets: &'a [u8], session: &Negotiated) -> Self {
        let kind = octets.get(HEADER_LEN - 1).and_then(|kind| named(*kind));
        let message = frame(octets, session.max_message).map_err(Refusal::from);
        let said = message.and_then(|message| match message {
            Some(message) => said(message.kind, message.body, session).map_err(Refusal::from),
            None => Err(not_whole(octets)),
        });
        Self { kind, said }
    }

    /// An UPDATE that was judged already.
    pub(super) fn of_update(parsed: Result<Parsed<'a>, Reset>) -> Self {
        Self { kind: Some(MessageType::Update), said: parsed.map(Said::Update).map_err(Refusal::from) }
    }

    /// The worst that comes of it.
    pub(super) fn outcome(&self) -> &'static str {
        match &self.said {
            Ok(Said::Update(parsed)) => parsed.findings.worst().map_or("ok", Severity::name),
            Ok(_) => "ok",
            Err(_) => Severity::SessionReset.name(),
        }
    }

    /// What was found in an UPDATE that can be used, as far as it is kept, and how much more there was.
    pub(super) fn findings(&self) -> (impl Iterator<Item = &Finding>, u16) {
        let findings = match &self.said {
            Ok(Said::Update(parsed)) => Some(&parsed.findings),
            _ => None,
        };
        (findings.into_iter().flat_map(Findings::iter), findings.map_or(0, Findings::more))
    }
}

fn named(kind: u8) -> Option<MessageType> {
    use MessageType::{Keepalive, Notification, Open, RouteRefresh, Update};
    [Open, Update, Notification, Keepalive, RouteRefresh].into_iter().find(|known| *known as u8 == kind)
}

fn said<'a>(kind: MessageType, body: &'a [u8], session: &Negotiated) -> Result<Said<'a>, Reset> {
    Ok(match kind {
        MessageType::Open => Said::Open(Open::decode(body)?),
        MessageType::Update => Said::Update(update(body, session)?),
        MessageType::Notification => Said::Notification(Notification::decode(body)),
        MessageType::Keepalive => Said::Keepalive,
        MessageType::RouteRefresh => match FilteredRefresh::decode(body)? {
            Some(refresh) => Said::FilteredRefresh(refresh),
            None => Said::RouteRefresh(RouteRefresh::decode(body)?),
        },
    })
}

/// Fewer octets than the header says: on a connection the rest would still come, here there is none.
fn not_whole(octets: &[u8]) -> Refusal {
    let there = octets.len();
    let length = octets.get(16..).and_then(<[u8]>::first_chunk).map(|field| u16::from_be_bytes(*field));
    Refusal {
        code: NotificationCode::BAD_LENGTH,
        attribute: None,
        data: length.map(u16::to_be_bytes).unwrap_or_default().to_vec(),
        fault: match length {
            Some(length) => format!("the header says {length} octets, and there are {there}"),
            None => format!("{there} octets are no header"),
        },
        section: "RFC 4271 §6.1",
    }
}

/// The fields of the message, its outcome, its findings.
impl Serialize for Message<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match &self.said {
            // This one brings its outcome along.
            Ok(Said::Update(parsed)) => parsed.serialize(to),
            Ok(Said::Open(open)) => fine(open, to),
            Ok(Said::Notification(notification)) => fine(notification, to),
            Ok(Said::RouteRefresh(refresh)) => fine(refresh, to),
            Ok(Said::FilteredRefresh(refresh)) => fine(refresh, to),
            Ok(Said::Keepalive) => fine(&Keepalive { kind: MessageType::Keepalive }, to),
            Err(refusal) => self.refused(refusal, to),
        }
    }
}

#[derive(Serialize)]
struct Keepalive {
    #[serde(rename = "type")]
    kind: MessageType,
}

/// A message in which nothing can be found wrong.
#[derive(Serialize)]
struct Fine<'a, T> {
    #[serde(flatten)]
    message: &'a T,
    outcome: &'static str,
    findings: [(); 0],
}

fn fine<T: Serialize, S: Serializer>(message: &T, to: S) -> Result<S::Ok, S::Error> {
    Fine { message, outcome: "ok", findings: [] }.serialize(to)
}

/// The finding that ends a session.
#[derive(Serialize)]
struct Fatal<'a> {
    attribute: Option<AttrCode>,
    fault: &'a str,
    section: &'a str,
    outcome: Severity,
}

impl Message<'_> {
    fn refused<S: Serializer>(&self, refusal: &Refusal, to: S) -> Result<S::Ok, S::Error> {
        let outcome = Severity::SessionReset;
        let Refusal { attribute, ref fault, section, .. } = *refusal;
        let fatal = Fatal { attribute, fault, section, outcome };
        let mut map = to.serialize_map(Some(4))?;
        match self.kind {
            Some(kind) => map.serialize_entry("type", &kind)?,
            None => map.serialize_entry("type", "unknown")?,
        }
        map.serialize_entry("outcome", &outcome)?;
        map.serialize_entry("findings", &[fatal])?;
        map.serialize_entry("notification", refusal)?;
        map.end()
    }
}
