//! The control packet of RFC 5880 section 4.1, written for this peer alone: what measures a daemon shares no code
//! with it.

/// `bfd.SessionState`, by its number on the wire.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum State {
    AdminDown,
    Down,
    Init,
    Up,
}

/// What a packet without authentication says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Packet {
    pub(super) state: State,
    pub(super) diag: u8,
    pub(super) poll: bool,
    pub(super) is_final: bool,
    pub(super) detect_mult: u8,
    pub(super) my_discriminator: u32,
    pub(super) your_discriminator: u32,
    /// Microseconds, as on the wire.
    pub(super) desired_min_tx: u32,
    /// Microseconds, as on the wire.
    pub(super) required_min_rx: u32,
}

const LENGTH: u8 = 24;
const VERSION: u8 = 1 << 5;
const POLL: u8 = 0x20;
const FINAL: u8 = 0x10;

impl Packet {
    pub(super) fn encode(&self) -> [u8; LENGTH as usize] {
        let state = match self.state {
            State::AdminDown => 0,
            State::Down => 0x40,
            State::Init => 0x80,
            State::Up => 0xc0,
        };
        let poll = if self.poll { POLL } else { 0 };
        let is_final = if self.is_final { FINAL } else { 0 };
        let head = [VERSION | self.diag, state | poll | is_final, self.detect_mult, LENGTH];
        let echo = 0;
        let words =
            [self.my_discriminator, self.your_discriminator, self.desired_min_tx, self.required_min_rx, echo];
        let all = head.into_iter().chain(words.into_iter().flat_map(u32::to_be_bytes));
        let mut octets = [0; LENGTH as usize];
        octets.iter_mut().zip(all).for_each(|(octet, value)| *octet = value);
        octets
    }

    /// `None` for what is too short or of another version; more is for others to check.
    pub(super) fn decode(octets: &[u8]) -> Option<Self> {
        let (&[first, flags, detect_mult, _], rest) = octets.split_first_chunk()?;
        let (my_discriminator, rest) = word(rest)?;
        let (your_discriminator, rest) = word(rest)?;
        let (desired_min_tx, rest) = word(rest)?;
        let (required_min_rx, rest) = word(rest)?;
        word(rest)?;
        let state = match flags & 0xc0 {
            0 => State::AdminDown,
            0x40 => State::Down,
            0x80 => State::Init,
            _ => State::Up,
        };
        (first & 0xe0 == VERSION).then_some(Self {
            state,
            diag: first & 0x1f,
            poll: flags & POLL != 0,
            is_final: flags & FINAL != 0,
            detect_mult,
            my_discriminator,
            your_discriminator,
            desired_min_tx,
            required_min_rx,
        })
    }
}

fn word(octets: &[u8]) -> Option<(u32, &[u8])> {
    let (word, rest) = octets.split_first_chunk()?;
    Some((u32::from_be_bytes(*word), rest))
}

#[cfg(test)]
mod tests {
    use super::{Packet, State};

    /// Octets counted out by hand from the figure in RFC 5880 section 4.1.
    #[test]
    fn octets_as_the_standard_draws_them() {
        let up = Packet {
            state: State::Up,
            diag: 0,
            poll: true,
            is_final: false,
            detect_mult: 3,
            my_discriminator: 0x0102_0304,
            your_discriminator: 0xa0b0_c0d0,
            desired_min_tx: 50_000,
            required_min_rx: 10_000,
        };
        let down = Packet {
            state: State::Down,
            diag: 1,
            poll: false,
            is_final: true,
            detect_mult: 255,
            my_discriminator: 1,
            your_discriminator: 0,
            desired_min_tx: 1_000_000,
            required_min_rx: 0,
        };
        for (packet, octets) in [
            (up, *b"\x20\xe0\x03\x18\x01\x02\x03\x04\xa0\xb0\xc0\xd0\0\0\xc3\x50\0\0\x27\x10\0\0\0\0"),
            (down, *b"\x21\x50\xff\x18\0\0\0\x01\0\0\0\0\0\x0f\x42\x40\0\0\0\0\0\0\0\0"),
        ] {
            assert_eq!(packet.encode(), octets);
            assert_eq!(Packet::decode(&octets), Some(packet));
            assert_eq!(Packet::decode(&octets[..23]), None);
        }
    }

    #[test]
    fn every_state_comes_back_and_no_other_version_does() {
        let mut octets = *b"\x20\0\x03\x18\0\0\0\x01\0\0\0\x02\0\0\0\x03\0\0\0\x04\0\0\0\0";
        for (flags, state) in
            [(0, State::AdminDown), (0x40, State::Down), (0x80, State::Init), (0xc0, State::Up)]
        {
            octets[1] = flags;
            let packet = Packet::decode(&octets).unwrap();
            assert_eq!((packet.state, packet.encode()), (state, octets));
        }
        octets[0] = 0x40;
        assert_eq!(Packet::decode(&octets), None);
    }
}
