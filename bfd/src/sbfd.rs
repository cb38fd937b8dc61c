//! Seamless BFD (RFC 7880, over IP RFC 7881): an initiator tests a path at once, without the far end keeping a
//! session for it; a reflector at the far end answers whatever names one of its discriminators.
mod initiator;
mod reflector;

pub use initiator::{SbfdConfig, SbfdInitiator};
pub use reflector::{Reflected, SbfdReflector};

/// The UDP port on which a reflector receives, and from which it answers (RFC 7881 section 2).
pub const SBFD_PORT: u16 = 7784;
