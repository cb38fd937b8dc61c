//! Why a received packet was not taken: one reason for each reception check.
use std::fmt;

/// A reception check that a packet failed, in the order in which RFC 5880 section 6.8.6 makes them.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Discard {
    /// The version is not 1.
    Version,
    /// The Length field is below 24, or below 26 with the A bit set.
    LengthTooShort,
    /// The Length field is larger than the payload, or the payload ends before the Length field.
    LengthBeyondPayload,
    /// Detect Mult is zero.
    DetectMultZero,
    /// The Multipoint bit is set.
    Multipoint,
    /// My Discriminator is zero.
    MyDiscriminatorZero,
    /// Your Discriminator names no session here.
    UnknownDiscriminator,
    /// Your Discriminator is zero in a state other than Down and `AdminDown`.
    YourDiscriminatorZero,
    /// Your Discriminator is zero and no session is configured with the sender.
    NoSession,
    /// The A bit is set and the session has no authentication configured.
    AuthNotConfigured,
    /// The A bit is clear and the session has authentication configured.
    AuthMissing,
    /// The Auth Type is not the one configured (section 6.7, as are the five below).
    AuthType,
    /// The Auth Key ID names no key that is configured.
    AuthKeyId,
    /// The Auth Len is not the one of the type and the key, or not what the Length field leaves room for.
    AuthLength,
    /// The sequence number is outside the window of what may come next.
    AuthSequence,
    /// The digest was not made with the key: the key is wrong or the packet was changed.
    AuthDigest,
    /// The password is not the one that the Auth Key ID names.
    AuthPassword,
    /// The session is administratively down here; its variables were updated, its state was not.
    AdminDown,
    /// The TTL or Hop Limit did not arrive as 255 (RFC 5881 section 5).
    Ttl,
    /// The TTL or Hop Limit arrived lower than the session of several hops allows (RFC 5082).
    MinimumTtl,
    /// The packet names the session of another link (RFC 7130 section 2.2).
    OtherLink,
    /// An echo packet that this session did not send, or waits for no more.
    Echo,
    /// An echo packet of the peer's that is not to be sent back: the session is not Up, told the peer to send none,
    /// or it is longer than what is sent back.
    EchoUnasked,
    /// An S-BFD packet that its receiver must not take: a reflector, one without the Demand bit or from the
    /// port of reflectors; an initiator, one with it, or in a state in which no reflector is.
    Sbfd,
    /// A reflector has answered as many packets as it may in this second.
    SbfdRate,
    /// As many unsolicited sessions are there as are allowed.
    SessionLimit,
}

impl Discard {
    /// How many reasons there are.
    pub const COUNT: usize = Self::ALL.len();

    /// Every reason, in the order of the checks.
    pub const ALL: [Self; 26] = [
        Self::Version,
        Self::LengthTooShort,
        Self::LengthBeyondPayload,
        Self::DetectMultZero,
        Self::Multipoint,
        Self::MyDiscriminatorZero,
        Self::UnknownDiscriminator,
        Self::YourDiscriminatorZero,
        Self::NoSession,
        Self::AuthNotConfigured,
        Self::AuthMissing,
        Self::AuthType,
        Self::AuthKeyId,
        Self::AuthLength,
        Self::AuthSequence,
        Self::AuthDigest,
        Self::AuthPassword,
        Self::AdminDown,
        Self::Ttl,
        Self::MinimumTtl,
        Self::OtherLink,
        Self::Echo,
        Self::EchoUnasked,
        Self::Sbfd,
        Self::SbfdRate,
        Self::SessionLimit,
    ];

    /// A short name, as used in counters.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Version => "version",
            Self::LengthTooShort => "length too short",
            Self::LengthBeyondPayload => "length beyond payload",
            Self::DetectMultZero => "detect mult 0",
            Self::Multipoint => "multipoint bit",
            Self::MyDiscriminatorZero => "my discriminator 0",
            Self::UnknownDiscriminator => "unknown discriminator",
            Self::YourDiscriminatorZero => "your discriminator 0",
            Self::NoSession => "no session",
            Self::AuthNotConfigured => "authentication not configured",
            Self::AuthMissing => "authentication missing",
            Self::AuthType => "authentication type",
            Self::AuthKeyId => "authentication key id",
            Self::AuthLength => "authentication length",
            Self::AuthSequence => "authentication sequence number",
            Self::AuthDigest => "authentication digest",
            Self::AuthPassword => "authentication password",
            Self::AdminDown => "session is AdminDown",
            Self::Ttl => "TTL not 255",
            Self::MinimumTtl => "TTL below the minimum",
            Self::OtherLink => "session of another link",
            Self::Echo => "echo not ours",
            Self::EchoUnasked => "echo not to be sent back",
            Self::Sbfd => "S-BFD packet from the wrong end",
            Self::SbfdRate => "S-BFD packets beyond the rate",
            Self::SessionLimit => "too many unsolicited sessions",
        }
    }

    /// The section of the standard that asks for the check.
    pub const fn cite(self) -> &'static str {
        match self {
            Self::AuthType
            | Self::AuthKeyId
            | Self::AuthLength
            | Self::AuthSequence
            | Self::AuthDigest
            | Self::AuthPassword => "RFC 5880 section 6.7",
            Self::Ttl => "RFC 5881 section 5",
            Self::MinimumTtl => "RFC 5082 appendix A",
            Self::OtherLink => "RFC 7130 section 2.2",
            Self::Echo | Self::EchoUnasked => "RFC 5880 section 6.8.8",
            Self::Sbfd => "RFC 7880 section 7",
            Self::SbfdRate => "RFC 7880 section 11",
            Self::SessionLimit => "RFC 9468 section 6",
            _ => "RFC 5880 section 6.8.6",
        }
    }
}

impl fmt::Display for Discard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.name(), self.cite())
    }
}

impl std::error::Error for Discard {}

#[cfg(test)]
mod tests {
    use super::Discard;

    #[test]
    fn the_list_is_in_the_order_of_the_checks() {
        for (i, reason) in Discard::ALL.into_iter().enumerate() {
            assert_eq!(reason as usize, i);
        }
    }
}
