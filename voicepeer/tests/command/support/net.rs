//! Loopback addresses.

use std::fmt;
use std::net::Ipv4Addr;

/// One test's /24 of loopback. BFD's port cannot be chosen, so that addresses have to differ: by test, and by
/// process, for tests of two checkouts may run beside each other.
#[derive(Clone, Copy)]
pub(crate) struct Net(pub(crate) u8);

impl Net {
    pub(crate) fn host(self, last: u8) -> Ipv4Addr {
        let process = u8::try_from(std::process::id() % 128).unwrap();
        Ipv4Addr::new(127, 100 + process, self.0, last)
    }
}

/// The first three octets; `{net}.1` is its first host.
impl fmt::Display for Net {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, _] = self.host(0).octets();
        write!(f, "{a}.{b}.{c}")
    }
}
