//! The echo function (RFC 5880 sections 6.4, 6.8.5, 6.8.8 and 6.8.9): packets of our own that the peer's
//! forwarding plane returns, and what is known from their return.
use crate::Discard;
use crate::jitter::Jitter;
use sha1::{Digest, Sha1};
use std::num::{NonZeroU8, NonZeroU32};
use std::time::{Duration, Instant};

/// The UDP destination port of single-hop echo packets (RFC 5881 section 4).
pub const ECHO_PORT: u16 = 3785;

/// Which echo packets are returned and which are sent; by default none of either.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct EchoConfig {
    /// The shortest interval at which the peer's echo packets are returned here, as our packets tell it.
    /// Zero: they are not returned. Returning them is for whoever owns the sockets.
    pub required_min_rx: Duration,
    /// The interval at which we wish to send echo packets while the session is Up, if at all. The peer may
    /// ask for a longer one.
    pub interval: Option<Duration>,
}

/// The payload of an echo packet: nobody but its sender needs to understand it.
///
/// ```
/// use bfd::EchoPacket;
/// assert_eq!(EchoPacket::parse(b"not one of ours"), None);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct EchoPacket {
    /// Our discriminator: which session the packet belongs to.
    pub discriminator: NonZeroU32,
    sequence: u32,
    /// Nanoseconds since the session was made.
    sent: u64,
    /// Proves that the session made it.
    tag: [u8; 8],
}

impl EchoPacket {
    /// The length of the payload, in octets.
    pub const LEN: usize = 24;

    /// The payload.
    pub fn encode(&self) -> [u8; Self::LEN] {
        let mut octets = [0; Self::LEN];
        let fields = [&self.discriminator.get().to_be_bytes()[..], &self.sequence.to_be_bytes()];
        let rest = [&self.sent.to_be_bytes()[..], &self.tag];
        let values = fields.into_iter().chain(rest).flatten();
        octets.iter_mut().zip(values).for_each(|(octet, value)| *octet = *value);
        octets
    }

    /// Reads a payload that came back. Whether we sent it only the session can say.
    pub fn parse(payload: &[u8]) -> Option<Self> {
        let (discriminator, rest) = payload.split_first_chunk()?;
        let (sequence, rest) = rest.split_first_chunk()?;
        let (sent, rest) = rest.split_first_chunk()?;
        Some(Self {
            discriminator: NonZeroU32::new(u32::from_be_bytes(*discriminator))?,
            sequence: u32::from_be_bytes(*sequence),
            sent: u64::from_be_bytes(*sent),
            tag: rest.try_into().ok()?,
        })
    }
}

/// What is known of the echo function of a session.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct EchoStatus {
    /// The interval agreed, before jitter; `None` while no echo packets are sent.
    pub interval: Option<Duration>,
    /// Echo packets sent.
    pub sent: u64,
    /// Echo packets that came back.
    pub returned: u64,
    /// How long the last echo packet was under way, there and back.
    pub round_trip: Option<Duration>,
}

/// Our own echo packets.
#[derive(Clone, Debug)]
pub(crate) struct Echo {
    wish: Duration,
    secret: [u8; 8],
    jitter: Jitter,
    epoch: Instant,
    status: EchoStatus,
    /// The sequence numbers sent and returned last.
    sent: u32,
    returned: u32,
    next_at: Instant,
    /// Since when the first packet that is missing should be on its way.
    missing_since: Option<Instant>,
}

impl Echo {
    pub(crate) fn change(&mut self, wish: Duration) {
        self.wish = wish.max(Duration::from_micros(1));
    }

    pub(crate) fn new(wish: Duration, seed: u64, now: Instant) -> Self {
        Self {
            wish: wish.max(Duration::from_micros(1)),
            secret: seed.to_be_bytes(),
            jitter: Jitter::new(seed),
            epoch: now,
            status: EchoStatus::default(),
            sent: 0,
            returned: 0,
            next_at: now,
            missing_since: None,
        }
    }

    /// The peer returns packets at `required_min_rx` or slower, or none at all. A change counts at once,
    /// and what is under way is waited for no more.
    pub(crate) fn agree(&mut self, required_min_rx: Option<Duration>, now: Instant) {
        let interval = required_min_rx.map(|peer| peer.max(self.wish));
        if interval != self.status.interval {
            self.status.interval = interval;
            self.returned = self.sent;
            self.missing_since = None;
            self.next_at = now;
        }
    }

    pub(crate) fn transmit_at(&self) -> Option<Instant> {
        self.status.interval.map(|_| self.next_at)
    }

    /// When too many packets in a row are missing: as many as the detect mult.
    pub(crate) fn detect_at(&self, detect_mult: NonZeroU8) -> Option<Instant> {
        let time = self.status.interval? * u32::from(detect_mult.get());
        self.missing_since?.checked_add(time)
    }

    /// The packet that is due.
    pub(crate) fn transmit(
        &mut self,
        discriminator: NonZeroU32,
        detect_mult: NonZeroU8,
        now: Instant,
    ) -> EchoPacket {
        self.sent = self.sent.wrapping_add(1);
        self.status.sent += 1;
        self.missing_since.get_or_insert(now);
        self.jitter.draw();
        let interval = self.status.interval.unwrap_or(self.wish);
        self.next_at = now.checked_add(self.jitter.apply(interval, detect_mult)).unwrap_or(now);
        let since = now.saturating_duration_since(self.epoch).as_nanos();
        self.sealed(discriminator, self.sent, u64::try_from(since).unwrap_or(u64::MAX))
    }

    /// Takes a packet that came back: one that we made, that is still waited for, and only once.
    pub(crate) fn receive(&mut self, packet: EchoPacket, now: Instant) -> Result<(), Discard> {
        let EchoPacket { discriminator, sequence, sent, .. } = packet;
        let waited = self.sent.wrapping_sub(self.returned);
        let ahead = sequence.wrapping_sub(self.returned);
        if !(1..=waited).contains(&ahead) || packet != self.sealed(discriminator, sequence, sent) {
            return Err(Discard::Echo);
        }
        self.returned = sequence;
        self.status.returned += 1;
        self.missing_since = (sequence != self.sent).then_some(now);
        let sent_at = self.epoch.checked_add(Duration::from_nanos(sent));
        self.status.round_trip = sent_at.map(|at| now.saturating_duration_since(at));
        Ok(())
    }

    /// The tag keeps out whoever has not seen the secret: who could only guess it, or replay it.
    fn sealed(&self, discriminator: NonZeroU32, sequence: u32, sent: u64) -> EchoPacket {
        let digest = Sha1::new()
            .chain_update(self.secret)
            .chain_update(discriminator.get().to_be_bytes())
            .chain_update(sequence.to_be_bytes())
            .chain_update(sent.to_be_bytes())
            .finalize();
        let mut tag = [0; 8];
        tag.iter_mut().zip(digest).for_each(|(octet, value)| *octet = value);
        EchoPacket { discriminator, sequence, sent, tag }
    }

    pub(crate) fn status(&self) -> EchoStatus {
        self.status
    }
}

#[cfg(test)]
mod tests;
