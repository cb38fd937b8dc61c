//! Any octets as a BFD packet.

use bfd::{Control, Outgoing, Packet};

/// Packets of every state, with authentication and padding.
pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let plain = [0x00, 0x40, 0x80, 0xc0].map(|flags| packet(flags, 24).to_vec());
    let authenticated = [&packet(0xc4, 27)[..], &[1, 3, 9]].concat();
    let padded = [&packet(0xc0, 24)[..], &[0; 40]].concat();
    plain.into_iter().chain([authenticated, padded]).collect()
}

/// A packet with its state and flags in the second octet, its length in the fourth.
pub(crate) fn packet(flags: u8, length: u8) -> [u8; Control::LEN] {
    [0x20, flags, 3, length, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 50, 0, 0, 0, 50, 0, 0, 0, 0]
}

/// What is taken is written and taken as the same, padded or not; octets after the packet change nothing.
pub fn bfd_control(payload: &[u8]) {
    let Ok(packet) = Packet::parse(payload) else { return };
    let longer = [payload, &[0xff]].concat();
    assert_eq!(Packet::parse(&longer), Ok(packet));
    let Packet { control, .. } = packet;
    assert_eq!(Packet::parse(&control.encode()), Ok(Packet::from(control)));
    let mut room = vec![0xff; payload.len().max(Outgoing::LONGEST)];
    let padded = Outgoing::from(control).encode_padded(payload.len(), &mut room);
    assert_eq!(padded.len(), payload.len().max(Control::LEN));
    assert_eq!(Packet::parse(padded), Ok(Packet::from(control)));
}

#[cfg(test)]
mod tests {
    use super::{bfd_control, packet};

    #[test]
    fn the_target_takes_any_flags_and_length() {
        for flags in 0..=255 {
            for length in 0..=255 {
                bfd_control(&packet(flags, length));
                bfd_control(&packet(flags, 24)[..usize::from(length) % 25]);
            }
        }
    }
}
