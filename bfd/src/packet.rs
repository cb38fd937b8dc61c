//! The control packet of RFC 5880 section 4.1: 24 octets, and the checks that need nothing else.
use crate::auth::Section;
use crate::timing::micros;
use crate::{Diag, Discard, State};
use std::num::{NonZeroU8, NonZeroU32};
use std::time::Duration;

const VERSION: u8 = 1;
/// The Length field of a packet without an authentication section.
const LENGTH: u8 = 24;
const POLL: u8 = 0x20;
const FINAL: u8 = 0x10;
const CONTROL_PLANE_INDEPENDENT: u8 = 0x08;
const AUTHENTICATION: u8 = 0x04;
const DEMAND: u8 = 0x02;
const MULTIPOINT: u8 = 0x01;
/// The least authentication section: its type and its length.
const LEAST_AUTHENTICATION: usize = 2;

/// The fields of the mandatory section.
///
/// Intervals travel as 32 bits of microseconds; encoding cuts finer parts off.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Control {
    /// Why the sender's session last failed.
    pub diag: Diag,
    /// The sender's state.
    pub state: State,
    /// Asks for a packet with `final_` set.
    pub poll: bool,
    /// Answers a packet with `poll` set.
    pub final_: bool,
    /// BFD at the sender does not share the fate of its control plane.
    pub control_plane_independent: bool,
    /// The sender asks us to stop periodic packets once both sides are Up.
    pub demand: bool,
    /// How many of the sender's packets may be missed.
    pub detect_mult: NonZeroU8,
    /// The sender's name for the session.
    pub my_discriminator: NonZeroU32,
    /// Our name for the session, or none while the sender does not know it.
    pub your_discriminator: Option<NonZeroU32>,
    /// The shortest interval at which the sender wishes to send.
    pub desired_min_tx: Duration,
    /// The shortest interval at which the sender can receive; zero asks for no periodic packets.
    pub required_min_rx: Duration,
    /// The shortest interval at which the sender returns echo packets; zero if it does not.
    pub required_min_echo_rx: Duration,
}

impl Control {
    /// The length of the mandatory section, in octets.
    pub const LEN: usize = LENGTH as usize;

    /// The packet on the wire, without an authentication section.
    ///
    /// ```
    /// # use bfd::{Control, Diag, Packet, State};
    /// # use std::num::{NonZeroU8, NonZeroU32};
    /// # use std::time::Duration;
    /// let control = Control {
    ///     diag: Diag::NONE, state: State::Down, poll: false, final_: false,
    ///     control_plane_independent: false, demand: false,
    ///     detect_mult: NonZeroU8::MIN, my_discriminator: NonZeroU32::MIN, your_discriminator: None,
    ///     desired_min_tx: Duration::from_secs(1), required_min_rx: Duration::from_millis(50),
    ///     required_min_echo_rx: Duration::ZERO,
    /// };
    /// assert_eq!(Packet::parse(&control.encode()), Ok(Packet::from(control)));
    /// ```
    pub fn encode(&self) -> [u8; Self::LEN] {
        self.header(0)
    }

    /// The packet on the wire as far as the authentication section, which has `section` octets.
    pub(crate) fn header(&self, section: u8) -> [u8; Self::LEN] {
        let your = self.your_discriminator.map_or(0, NonZeroU32::get);
        let [m0, m1, m2, m3] = self.my_discriminator.get().to_be_bytes();
        let [y0, y1, y2, y3] = your.to_be_bytes();
        let [t0, t1, t2, t3] = micros(self.desired_min_tx).to_be_bytes();
        let [r0, r1, r2, r3] = micros(self.required_min_rx).to_be_bytes();
        let [e0, e1, e2, e3] = micros(self.required_min_echo_rx).to_be_bytes();
        let first = VERSION << 5 | self.diag.code();
        let mult = self.detect_mult.get();
        let authentication = if section == 0 { 0 } else { AUTHENTICATION };
        #[rustfmt::skip]
        let octets = [
            first, self.flags() | authentication, mult, LENGTH + section,
            m0, m1, m2, m3,
            y0, y1, y2, y3,
            t0, t1, t2, t3,
            r0, r1, r2, r3,
            e0, e1, e2, e3,
        ];
        octets
    }

    fn flags(&self) -> u8 {
        let bit = |set: bool, bit: u8| if set { bit } else { 0 };
        (self.state as u8) << 6
            | bit(self.poll, POLL)
            | bit(self.final_, FINAL)
            | bit(self.control_plane_independent, CONTROL_PLANE_INDEPENDENT)
            | bit(self.demand, DEMAND)
    }
}

/// A packet to send: the mandatory section, and behind it the authentication section of a session that
/// has one.
///
/// ```
/// # use bfd::{Config, Control, Input, Outgoing, Output, Packet, Session, Timing};
/// # use std::num::NonZeroU32;
/// # #[expect(clippy::disallowed_methods, reason = "an example needs some instant to begin with")]
/// # let now = std::time::Instant::now();
/// let mut session = Session::new(Config::new(NonZeroU32::MIN, Timing::default()), 7, now);
/// session.handle(Input::Timeout, now, &mut |output| {
///     let Output::Transmit(outgoing) = output else { return };
///     let mut room = [0; Outgoing::LONGEST];
///     let payload = outgoing.encode(&mut room);
///     assert_eq!(payload.len(), Control::LEN); // no authentication was configured
///     assert_eq!(Packet::parse(payload), Ok(Packet::from(outgoing.control)));
/// });
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Outgoing {
    /// The mandatory section.
    pub control: Control,
    pub(crate) section: Option<Section>,
}

impl Outgoing {
    /// The length of the longest packet, in octets: with a SHA1 digest.
    pub const LONGEST: usize = Control::LEN + Section::LONGEST;

    /// Writes the packet to the beginning of `room` and returns what was written.
    pub fn encode<'a>(&self, room: &'a mut [u8; Self::LONGEST]) -> &'a [u8] {
        self.encode_padded(0, room)
    }

    /// Writes the packet to the beginning of `room`, and zeros behind it up to `payload` octets (RFC 9764); a
    /// packet that is longer is not cut. What does not fit into `room` is left out: it needs room for
    /// `payload` octets and for [`LONGEST`](Self::LONGEST).
    ///
    /// See [`PaddedPduSize`](crate::PaddedPduSize) for the payload that makes an IP packet of some size.
    pub fn encode_padded<'a>(&self, payload: usize, room: &'a mut [u8]) -> &'a [u8] {
        let section = self.section.as_ref().map_or(&[][..], Section::octets);
        let length = u8::try_from(section.len()).unwrap_or_default();
        let all = room.len().min(payload.max(Control::LEN + section.len()));
        let room = room.get_mut(..all).unwrap_or_default();
        let mut rest = &mut *room;
        for part in [&self.control.header(length)[..], section] {
            let (written, after) = rest.split_at_mut(part.len().min(rest.len()));
            written.iter_mut().zip(part).for_each(|(octet, value)| *octet = *value);
            rest = after;
        }
        rest.fill(0);
        room
    }
}

impl From<Control> for Outgoing {
    fn from(control: Control) -> Self {
        Self { control, section: None }
    }
}

/// A received packet that passed the checks which need the packet alone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Packet<'a> {
    /// The mandatory section.
    pub control: Control,
    /// The authentication section, where the A bit is set. Not looked into yet.
    pub authentication: Option<&'a [u8]>,
}

impl<'a> Packet<'a> {
    /// Parses a UDP payload, with the checks of RFC 5880 section 6.8.6 in their order.
    ///
    /// Octets beyond the Length field are not part of the packet. The checks that need to know the
    /// sessions of this system are left to the caller and to the session.
    ///
    /// # Errors
    /// The first check that fails.
    pub fn parse(payload: &'a [u8]) -> Result<Self, Discard> {
        let &[first, flags, detect_mult, length, ..] = payload else {
            return Err(Discard::LengthBeyondPayload);
        };
        if first >> 5 != VERSION {
            return Err(Discard::Version);
        }
        let (fields, authentication) = sections(payload, usize::from(length), flags & AUTHENTICATION != 0)?;
        let detect_mult = NonZeroU8::new(detect_mult).ok_or(Discard::DetectMultZero)?;
        if flags & MULTIPOINT != 0 {
            return Err(Discard::Multipoint);
        }
        let [my, your, tx, rx, echo] = words(fields);
        let my_discriminator = NonZeroU32::new(my).ok_or(Discard::MyDiscriminatorZero)?;
        let your_discriminator = NonZeroU32::new(your);
        let state = State::from_bits(flags >> 6);
        if your_discriminator.is_none() && !matches!(state, State::Down | State::AdminDown) {
            return Err(Discard::YourDiscriminatorZero);
        }
        let control = Control {
            diag: Diag::from_code(first),
            state,
            poll: flags & POLL != 0,
            final_: flags & FINAL != 0,
            control_plane_independent: flags & CONTROL_PLANE_INDEPENDENT != 0,
            demand: flags & DEMAND != 0,
            detect_mult,
            my_discriminator,
            your_discriminator,
            desired_min_tx: Duration::from_micros(u64::from(tx)),
            required_min_rx: Duration::from_micros(u64::from(rx)),
            required_min_echo_rx: Duration::from_micros(u64::from(echo)),
        };
        Ok(Self { control, authentication })
    }
}

impl From<Control> for Packet<'_> {
    fn from(control: Control) -> Self {
        Self { control, authentication: None }
    }
}

/// The five words after the first, and the authentication section where there is one.
type Sections<'a> = (&'a [u8; 20], Option<&'a [u8]>);

fn sections(payload: &[u8], length: usize, authenticated: bool) -> Result<Sections<'_>, Discard> {
    let least = Control::LEN + if authenticated { LEAST_AUTHENTICATION } else { 0 };
    if length < least {
        return Err(Discard::LengthTooShort);
    }
    let packet = payload.get(..length).ok_or(Discard::LengthBeyondPayload)?;
    let (_, fields) = packet.split_first_chunk::<4>().ok_or(Discard::LengthTooShort)?;
    let (fields, rest) = fields.split_first_chunk::<20>().ok_or(Discard::LengthTooShort)?;
    Ok((fields, authenticated.then_some(rest)))
}

fn words(fields: &[u8; 20]) -> [u32; 5] {
    let mut words = [0; 5];
    for (word, octets) in words.iter_mut().zip(fields.as_chunks::<4>().0) {
        *word = u32::from_be_bytes(*octets);
    }
    words
}

#[cfg(test)]
mod tests;
