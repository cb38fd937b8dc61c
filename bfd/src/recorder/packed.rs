//! A packet in sixteen octets, of which a ring holds many.
use super::RecordedPacket;
use crate::{Control, Diag, State};
use std::time::Duration;

const SENT: u8 = 1;
const POLL: u8 = 2;
const FINAL: u8 = 4;
const DEMAND: u8 = 8;

#[derive(Clone, Copy, Debug)]
pub(super) struct Packed {
    /// Nanoseconds since the recorder was made; 64 bits of them are 584 years.
    at: u64,
    state: State,
    diag: Diag,
    bits: u8,
}

impl Packed {
    pub(super) fn new(at: Duration, sent: bool, control: &Control) -> Self {
        let bit = |set: bool, bit: u8| if set { bit } else { 0 };
        Self {
            at: at.as_secs().saturating_mul(1_000_000_000).saturating_add(at.subsec_nanos().into()),
            state: control.state,
            diag: control.diag,
            bits: bit(sent, SENT)
                | bit(control.poll, POLL)
                | bit(control.final_, FINAL)
                | bit(control.demand, DEMAND),
        }
    }

    pub(super) fn unpacked(&self) -> RecordedPacket {
        let is = |bit: u8| self.bits & bit != 0;
        RecordedPacket {
            at: Duration::from_nanos(self.at),
            sent: is(SENT),
            state: self.state,
            diag: self.diag,
            poll: is(POLL),
            final_: is(FINAL),
            demand: is(DEMAND),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Packed;

    #[test]
    fn sixteen_octets() {
        assert_eq!(size_of::<Packed>(), 16);
    }
}
