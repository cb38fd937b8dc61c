//! A packet in eight octets, of which a ring holds many.
use super::RecordedPacket;
use crate::{Control, Diag, State};
use std::time::Duration;

/// The lowest bits: five of the diagnostic, two of the state, four flags. The time is above them.
const STATE: u32 = 5;
const SENT: u64 = 1 << 7;
const POLL: u64 = 1 << 8;
const FINAL: u64 = 1 << 9;
const DEMAND: u64 = 1 << 10;
const TIME: u32 = 11;
/// Times count 64 ns; so the bits suffice for 18 years.
const COARSE: u32 = 6;

#[derive(Clone, Copy, Debug)]
pub(super) struct Packed(u64);

impl Packed {
    /// What stands where no packet was recorded yet.
    pub(super) const NONE: Self = Self(0);

    /// A packet of so many nanoseconds after the recorder was made.
    pub(super) fn new(at: u64, sent: bool, control: &Control) -> Self {
        let bit = |set: bool, bit: u64| if set { bit } else { 0 };
        let time = at >> COARSE << TIME;
        let state = u64::from(control.state as u8) << STATE;
        let flags = bit(sent, SENT)
            | bit(control.poll, POLL)
            | bit(control.final_, FINAL)
            | bit(control.demand, DEMAND);
        Self(time | flags | state | u64::from(control.diag.code()))
    }

    pub(super) fn unpacked(self) -> RecordedPacket {
        let is = |bit: u64| self.0 & bit != 0;
        let [low, ..] = self.0.to_le_bytes();
        RecordedPacket {
            at: Duration::from_nanos(self.0 >> TIME << COARSE),
            sent: is(SENT),
            state: State::from_bits(low >> STATE),
            diag: Diag::from_code(low),
            poll: is(POLL),
            final_: is(FINAL),
            demand: is(DEMAND),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Packed;
    use crate::{Control, Diag, State};
    use proptest::prelude::*;
    use std::num::{NonZeroU8, NonZeroU32};
    use std::time::Duration;

    proptest! {
        #[test]
        fn what_goes_in_comes_out(
            at in 0..1_u64 << 59, state in 0..4_u8, code in 0..32_u8,
            (sent, poll, final_, demand) in any::<(bool, bool, bool, bool)>(),
        ) {
            let control = Control {
                diag: Diag::from_code(code),
                state: State::from_bits(state),
                poll,
                final_,
                control_plane_independent: false,
                demand,
                detect_mult: NonZeroU8::MIN,
                my_discriminator: NonZeroU32::MIN,
                your_discriminator: None,
                desired_min_tx: Duration::ZERO,
                required_min_rx: Duration::ZERO,
                required_min_echo_rx: Duration::ZERO,
            };
            let packet = Packed::new(at, sent, &control).unpacked();
            prop_assert_eq!((packet.state, packet.diag), (control.state, control.diag));
            prop_assert_eq!((packet.sent, packet.poll, packet.final_, packet.demand), (sent, poll, final_, demand));
            let at = Duration::from_nanos(at);
            prop_assert!(packet.at <= at && at < packet.at + Duration::from_nanos(64));
        }
    }
}
