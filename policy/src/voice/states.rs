//! The words for states: the portal's, and BFD's.

use std::fmt;
use std::str::FromStr;

/// An enumeration whose variants are their own names in text.
macro_rules! words {
    ($(#[$doc:meta])* $type:ident, $unknown:literal: $($(#[$variant_doc:meta])* $variant:ident),+ $(,)?) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        pub enum $type { $($(#[$variant_doc])* $variant),+ }

        impl $type {
            /// Every one, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Its name.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => stringify!($variant)),+ }
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.name())
            }
        }

        impl FromStr for $type {
            type Err = &'static str;

            fn from_str(s: &str) -> Result<Self, &'static str> {
                Self::ALL.iter().copied().find(|state| state.name() == s).ok_or($unknown)
            }
        }
    };
}

words! {
    /// What is known of a rule on a subject; ordered from the harmless to the worst.
    State, "a state is None, Verified, Pending, Unknown, Warning, Failed or Invalid":
    /// There was nothing to check.
    None,
    /// Checked, and as it must be.
    Verified,
    /// Something else has to happen before it can be checked.
    Pending,
    /// Not observed.
    Unknown,
    /// It works, and is not as it should be.
    Warning,
    /// Checked, and not as it must be.
    Failed,
    /// Not even well-formed.
    Invalid,
}

words! {
    /// How far a peering connection is, in the portal's words.
    ConnectionState, "a connection state is None, PendingApproval, Approved, ProvisioningStarted, ProvisioningFailed, ProvisioningCompleted, Validating or Active":
    /// Nothing was asked for.
    None,
    /// Waits for approval.
    PendingApproval,
    /// Approved.
    Approved,
    /// Being set up.
    ProvisioningStarted,
    /// Could not be set up.
    ProvisioningFailed,
    /// Set up.
    ProvisioningCompleted,
    /// Being tried.
    Validating,
    /// In use.
    Active,
}

words! {
    /// The state of a BGP session, in the portal's words (RFC 4271 section 8.2.2).
    SessionState, "a session state is None, Idle, Connect, Active, OpenSent, OpenConfirm, OpenReceived or Established":
    /// There is no session.
    None,
    /// It does not try.
    Idle,
    /// Waits for TCP.
    Connect,
    /// Listens for TCP.
    Active,
    /// Has sent an OPEN.
    OpenSent,
    /// Waits for the first KEEPALIVE.
    OpenConfirm,
    /// Has received an OPEN.
    OpenReceived,
    /// Exchanges routes.
    Established,
}

words! {
    /// The state of a BFD session (RFC 5880 section 4.1).
    BfdState, "a BFD state is AdminDown, Down, Init or Up":
    /// Held down by its operator.
    AdminDown,
    /// Down.
    Down,
    /// Hears the other, which does not hear it yet.
    Init,
    /// Both hear each other.
    Up,
}
