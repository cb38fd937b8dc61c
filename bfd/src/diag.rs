//! The diagnostic: why a session last left its state (RFC 5880 section 4.1).
use std::fmt;

/// A diagnostic code of five bits. Codes without a name here are kept as they came.
///
/// ```
/// use bfd::Diag;
/// assert_eq!(Diag::from_code(1), Diag::DETECTION_TIME_EXPIRED);
/// assert_eq!(Diag::from_code(30).code(), 30);
/// assert_eq!(Diag::NEIGHBOR_SIGNALED_DOWN.to_string(), "neighbor signaled session down");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Diag(u8);

impl Diag {
    /// No diagnostic.
    pub const NONE: Self = Self(0);
    /// The detection time passed without a packet.
    pub const DETECTION_TIME_EXPIRED: Self = Self(1);
    /// The echo function failed.
    pub const ECHO_FAILED: Self = Self(2);
    /// The peer said that the session is Down or `AdminDown`.
    pub const NEIGHBOR_SIGNALED_DOWN: Self = Self(3);
    /// The forwarding plane was reset.
    pub const FORWARDING_PLANE_RESET: Self = Self(4);
    /// The path is known to be down by other means.
    pub const PATH_DOWN: Self = Self(5);
    /// A path beyond the far end is down.
    pub const CONCATENATED_PATH_DOWN: Self = Self(6);
    /// An operator took the session down.
    pub const ADMIN_DOWN: Self = Self(7);
    /// The reverse direction of a path beyond the far end is down.
    pub const REVERSE_CONCATENATED_PATH_DOWN: Self = Self(8);
    /// Packets arrived from a source that does not belong here (RFC 6428).
    pub const MISCONNECTIVITY_DEFECT: Self = Self(9);

    /// The diagnostic in the low five bits of `code`; the upper three are not part of the field.
    pub const fn from_code(code: u8) -> Self {
        Self(code & 0x1f)
    }

    /// The code on the wire, 0 to 31.
    pub const fn code(self) -> u8 {
        self.0
    }

    /// What the code means, or `None` for one without a name.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self {
            Self::NONE => "no diagnostic",
            Self::DETECTION_TIME_EXPIRED => "control detection time expired",
            Self::ECHO_FAILED => "echo function failed",
            Self::NEIGHBOR_SIGNALED_DOWN => "neighbor signaled session down",
            Self::FORWARDING_PLANE_RESET => "forwarding plane reset",
            Self::PATH_DOWN => "path down",
            Self::CONCATENATED_PATH_DOWN => "concatenated path down",
            Self::ADMIN_DOWN => "administratively down",
            Self::REVERSE_CONCATENATED_PATH_DOWN => "reverse concatenated path down",
            Self::MISCONNECTIVITY_DEFECT => "mis-connectivity defect",
            _ => return None,
        })
    }
}

impl fmt::Display for Diag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "diagnostic {}", self.0),
        }
    }
}

impl fmt::Debug for Diag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Diag({}: {self})", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Diag;

    #[test]
    fn ten_codes_have_a_name_and_the_rest_are_kept() {
        for code in 0..32 {
            assert_eq!(Diag::from_code(code).code(), code);
            assert_eq!(Diag::from_code(code).name().is_some(), code < 10, "code {code}");
        }
        assert_eq!(Diag::from_code(0b1110_0001), Diag::DETECTION_TIME_EXPIRED);
    }
}
