//! The echo function in the driver (RFC 5880 section 6.4, RFC 5881 section 4).
//!
//! Our own echo packets go by way of the peer to an address of ours, and are seen again when its forwarding plane
//! has returned them. The peer's, where they are addressed to itself, are returned by this system's kernel where it
//! forwards, without the driver; some peers address them to us, and those the driver sends back.
use super::clock;
use super::demux::Source;
use super::endpoint::{Endpoint, EndpointId, Purpose};
use super::headers;
use super::link::Link;
use super::links::Slot;
use super::params::{Denied, SessionId, SessionParams};
use super::sessions::{check_interval, invalid, unknown};
use super::socket::{Datagram, EchoSender};
use super::thread::Worker;
use crate::{Discard, EchoConfig, EchoPacket, Input, State};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

/// The TTL with which a neighbour's packet arrives.
const UNFORWARDED: u8 = 255;

/// What a session has for the echo function.
#[derive(Debug)]
pub(super) struct EchoLine {
    /// From where to where our own packets go.
    addresses: (IpAddr, IpAddr),
    sender: Option<EchoSender>,
    pub(super) denied: Option<Denied>,
    /// Where the peer's packets come from, once they may come.
    pub(super) source: Option<Source>,
    /// Packets of the peer's that were sent back.
    pub(super) sent_back: u64,
}

impl EchoLine {
    pub(super) fn new(params: &SessionParams) -> Self {
        let local = params.local.ip();
        let addresses = (params.echo_source.unwrap_or(local), local);
        Self { addresses, sender: None, denied: None, source: None, sent_back: 0 }
    }

    pub(super) fn send(&self, packet: &EchoPacket) -> io::Result<()> {
        let Some(sender) = &self.sender else { return Ok(()) };
        sender.send(headers::encode(packet, self.addresses, &mut [0; headers::LONGEST]))
    }
}

impl Worker {
    /// Configures the echo function of a session. Without the privilege for packets of our own, none are sent.
    pub(super) fn set_echo(&mut self, session: SessionId, mut config: EchoConfig) -> io::Result<()> {
        let slot = self.slot(session)?;
        self.check_echo(slot, &config)?;
        if config != EchoConfig::default() {
            self.listen_for_echo(slot)?;
        }
        let is_ipv4 = self.links.at(slot).is_some_and(|link| link.peer.is_ipv4());
        if !config.required_min_rx.is_zero() && !forwards(is_ipv4) {
            tracing::warn!(session = session.serial, "{NOT_FORWARDING}");
        }
        if config.interval.is_some() && !self.may_send_echo(slot)? {
            config.interval = None;
        }
        self.tell(session, Input::ReconfigureEcho(config))
    }

    fn check_echo(&self, slot: Slot, config: &EchoConfig) -> io::Result<()> {
        let link = self.links.at(slot).ok_or_else(unknown)?;
        let (from, to) = link.echo.addresses;
        let unroutable = |ip: IpAddr| matches!(ip, IpAddr::V6(ip) if ip.is_unicast_link_local());
        if *config != EchoConfig::default() && !link.path.has_echo() {
            return Err(invalid(
                "the echo function is for a single hop alone (RFC 5883 section 3, RFC 7130 section 2)",
            ));
        }
        if config.interval.is_some() && (to.is_unspecified() || unroutable(to) || unroutable(from)) {
            return Err(invalid("echo packets need a local address that the peer can forward to"));
        }
        if from.is_ipv4() != to.is_ipv4() {
            return Err(invalid("the source of echo packets and the local address are not of one family"));
        }
        config
            .interval
            .iter()
            .chain(Some(&config.required_min_rx).filter(|rx| !rx.is_zero()))
            .try_for_each(|interval| check_interval(*interval, "an echo interval is below 100 microseconds"))
    }

    /// Receives what the peer sends for us to send back; also where nothing is, so that the kernel does not
    /// answer for us.
    fn listen_for_echo(&mut self, slot: Slot) -> io::Result<()> {
        let link = self.links.at(slot).ok_or_else(unknown)?;
        let control = self.endpoints.get(&link.source.endpoint).ok_or_else(unknown)?;
        let (local, interface, peer) = (control.local.ip(), control.interface.clone(), link.peer);
        let same =
            |e: &Endpoint| e.purpose == Purpose::Echo && e.local.ip() == local && e.interface == interface;
        let id = match self.endpoint(same) {
            Some(id) => id,
            None => self.open(Endpoint::echo(local, interface)?)?,
        };
        let source = self.endpoints.get(&id).ok_or_else(unknown)?.source(id, peer);
        self.demux.listen(source, slot);
        self.links.at_mut(slot).ok_or_else(unknown)?.echo.source = Some(source);
        Ok(())
    }

    /// Opens what our own echo packets need; whether the system lets us. One line in the log says if not.
    fn may_send_echo(&mut self, slot: Slot) -> io::Result<bool> {
        let opened = self.open_echo(slot);
        let link = self.links.at_mut(slot).ok_or_else(unknown)?;
        match opened {
            Ok(sender) => (link.echo.sender, link.echo.denied) = (Some(sender), None),
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                let denied = Denied { what: "echo packets of its own", error: error.kind() };
                tracing::warn!(session = link.id.serial, "{denied}");
                (link.echo.sender, link.echo.denied) = (None, Some(denied));
            }
            Err(error) => return Err(error),
        }
        Ok(link.echo.denied.is_none())
    }

    fn open_echo(&mut self, slot: Slot) -> io::Result<EchoSender> {
        let link = self.links.at(slot).ok_or_else(unknown)?;
        let control = self.endpoints.get(&link.source.endpoint).ok_or_else(unknown)?;
        let sender = EchoSender::open(link.peer, control.interface.as_deref())?;
        let is_ipv4 = link.peer.is_ipv4();
        let tap = |e: &Endpoint| e.purpose == Purpose::Tap && e.local.is_ipv4() == is_ipv4;
        if self.endpoint(tap).is_none() {
            self.open(Endpoint::tap(is_ipv4)?)?;
        }
        Ok(sender)
    }

    /// One of our own came back, if it is one.
    pub(super) fn take_back(&mut self, datagram: &Datagram<'_>, at: Instant) {
        let packet = headers::payload(datagram.payload).and_then(EchoPacket::parse);
        let Some(packet) = packet else { return };
        if let Some(slot) = self.demux.named(packet.discriminator) {
            self.handle(slot, Input::Echo(packet), at);
        }
    }

    /// Sends a packet of the peer's back, if the session told it that it may send them.
    pub(super) fn send_back(&mut self, id: EndpointId, datagram: &Datagram<'_>, source: Source) {
        let link = self.demux.by_source(source).and_then(|slot| Some((slot, self.links.at_mut(slot)?)));
        let Some((slot, link)) = link else { return self.totals.discard(Discard::NoSession) };
        if let Err(reason) = returnable(link, datagram) {
            self.totals.discard(reason);
            return self.handle(slot, Input::Discarded(reason), clock::now());
        }
        let Some(endpoint) = self.endpoints.get(&id) else { return };
        if !link.silent && send(endpoint, datagram.payload, datagram.source) {
            link.echo.sent_back += 1;
        }
    }
}

const NOT_FORWARDING: &str = "this system does not forward packets: echo packets that the peer addresses to itself may not come back to it";

/// Whether the kernel forwards packets between all interfaces; some it may also where this says no.
fn forwards(is_ipv4: bool) -> bool {
    let switch = if is_ipv4 { "ipv4/ip_forward" } else { "ipv6/conf/all/forwarding" };
    std::fs::read(format!("/proc/sys/net/{switch}")).is_ok_and(|value| !value.starts_with(b"0"))
}

fn returnable(link: &Link, datagram: &Datagram<'_>) -> Result<(), Discard> {
    if datagram.ancillary.ttl != Some(UNFORWARDED) {
        return Err(Discard::Ttl);
    }
    let session = &link.session;
    let returned = session.state() == State::Up && !session.required_min_echo_rx().is_zero();
    if returned && datagram.is_whole() { Ok(()) } else { Err(Discard::EchoUnasked) }
}

fn send(endpoint: &Endpoint, payload: &[u8], to: SocketAddr) -> bool {
    let sent = endpoint.receiver.send_back(payload, to);
    if let Err(error) = &sent {
        tracing::debug!(%error, %to, "an echo packet cannot be sent back");
    }
    sent.is_ok()
}
