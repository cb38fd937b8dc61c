//! The authentication of one session: what it signs, what it takes, and the sequence numbers of both
//! directions (RFC 5880 sections 6.7.2 to 6.7.4 and 6.8.1).
use super::section::{Claim, Section};
use super::{AuthType, Authentication};
use crate::random::Random;
use crate::{Control, Discard, Packet};
use std::time::{Duration, Instant};

#[derive(Clone, Debug)]
pub(crate) struct Authenticator {
    auth: Authentication,
    /// bfd.XmitAuthSeq: what the last packet was sent with.
    transmitted: u32,
    /// What the last packet said, Poll and Final aside.
    said: Option<Control>,
    /// bfd.RcvAuthSeq, while bfd.AuthSeqKnown is 1.
    received: Option<u32>,
    heard_at: Option<Instant>,
    /// Twice the detection time: how long silence may last before the peer may begin anew.
    patience: Duration,
}

impl Authenticator {
    /// The first sequence number comes from `seed`.
    pub(crate) fn new(auth: Authentication, seed: u64) -> Self {
        // The upper half of the draw is as good as any.
        let transmitted = u32::try_from(Random::new(seed).draw() >> 32).unwrap_or_default();
        Self { auth, transmitted, said: None, received: None, heard_at: None, patience: Duration::ZERO }
    }

    /// New keys. Both sequences go on, except that a peer that changes the type may begin anew.
    pub(crate) fn rekey(&mut self, auth: Authentication) {
        if auth.auth_type != self.auth.auth_type {
            self.received = None;
        }
        self.auth = auth;
    }

    pub(crate) fn auth(&self) -> &Authentication {
        &self.auth
    }

    /// Signs a packet that is sent now.
    pub(crate) fn sign(&mut self, control: &Control) -> Section {
        let saying = Control { poll: false, final_: false, ..*control };
        if self.auth.auth_type.is_meticulous() || self.said != Some(saying) {
            self.transmitted = self.transmitted.wrapping_add(1);
        }
        self.said = Some(saying);
        Section::sign(&self.auth, self.transmitted, control)
    }

    /// The checks of section 6.7, in their order. The sequence number counts as received only after the
    /// digest has proved it, so that nobody without the key can move the window.
    pub(crate) fn verify(&mut self, packet: &Packet<'_>, now: Instant) -> Result<(), Discard> {
        let section = packet.authentication.ok_or(Discard::AuthMissing)?;
        self.forget(now);
        let claim = Claim::read(&self.auth, section)?;
        let sequence = claim.sequence();
        if !sequence.is_none_or(|sequence| self.expects(sequence, &packet.control)) {
            return Err(Discard::AuthSequence);
        }
        if !claim.holds(self.auth.auth_type, &packet.control) {
            return Err(match self.auth.auth_type {
                AuthType::SimplePassword => Discard::AuthPassword,
                _ => Discard::AuthDigest,
            });
        }
        self.received = sequence;
        self.heard_at = Some(now);
        Ok(())
    }

    /// The window: up to three times the Detect Mult of the packet ahead, in the circle of 32 bits; with
    /// a meticulous type the packet must be ahead. While nothing is known, every number will do.
    fn expects(&self, sequence: u32, control: &Control) -> bool {
        let Some(received) = self.received else { return true };
        let ahead = sequence.wrapping_sub(received);
        let least = u32::from(self.auth.auth_type.is_meticulous());
        (least..=3 * u32::from(control.detect_mult.get())).contains(&ahead)
    }

    /// After twice the detection time without a packet, the peer may have been restarted.
    fn forget(&mut self, now: Instant) {
        let silence = self.heard_at.map(|heard| now.saturating_duration_since(heard));
        if silence.is_some_and(|silence| silence >= self.patience) {
            self.received = None;
        }
    }

    /// The detection time, as long as the peer is heard.
    pub(crate) fn detection_time(&mut self, time: Duration) {
        self.patience = time.saturating_mul(2);
    }
}

#[cfg(test)]
mod tests;
