//! Values of an AS or an IPv4 address and a number that it gave.

use super::fields::{Octets, Value, four_two, of_four_two, of_two_four, two_four};
use crate::asn::{Asn, decimal};
use core::fmt;
use core::net::Ipv4Addr;

/// A global administrator and the number it assigned, in the three forms of RFC 4360 section 3.1 and
/// 3.2 and RFC 5668.
///
/// As text `64500:100`, `192.0.2.1:7` and `4200000000:7`. An ASN below 65536 in the form of four octets
/// is written with an `L`, as routers do: `64500L:7`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Administered {
    /// An ASN of two octets and a number of four.
    TwoOctetAs {
        /// Global administrator.
        asn: u16,
        /// Local administrator.
        local: u32,
    },
    /// An IPv4 address and a number of two octets.
    Ipv4 {
        /// Global administrator.
        address: Ipv4Addr,
        /// Local administrator.
        local: u16,
    },
    /// An ASN of four octets and a number of two.
    FourOctetAs {
        /// Global administrator.
        asn: Asn,
        /// Local administrator.
        local: u16,
    },
}

impl Administered {
    /// What `asn` calls `local`, in the form that has room: two octets of ASN if it fits, else four.
    /// `None` when an ASN of four octets leaves no room for the number.
    ///
    /// ```
    /// use bgp_wire::{Administered, Asn, ExtendedCommunity, ExtendedKind};
    /// let target = ExtendedKind::RouteTarget(Administered::by_as(Asn(64500), 100).unwrap());
    /// assert_eq!(ExtendedCommunity::from(target).to_string(), "rt:64500:100");
    /// assert_eq!(Administered::by_as(Asn(4_200_000_000), 65_536), None);
    /// ```
    pub fn by_as(asn: Asn, local: u32) -> Option<Self> {
        match u16::try_from(asn.0) {
            Ok(asn) => Some(Self::TwoOctetAs { asn, local }),
            Err(_) => Some(Self::FourOctetAs { asn, local: u16::try_from(local).ok()? }),
        }
    }

    /// The value of a community whose type ends in `form`.
    pub(super) fn read(form: u8, value: Octets) -> Option<Self> {
        let ((two, after_two), (four, after_four)) = (two_four(value), four_two(value));
        match form {
            0 => Some(Self::TwoOctetAs { asn: two, local: after_two }),
            1 => Some(Self::Ipv4 { address: Ipv4Addr::from_bits(four), local: after_four }),
            2 => Some(Self::FourOctetAs { asn: Asn(four), local: after_four }),
            _ => None,
        }
    }

    /// What the type ends in, and the value.
    pub(super) fn write(self) -> (u8, Octets) {
        match self {
            Self::TwoOctetAs { asn, local } => (0, of_two_four(asn, local)),
            Self::Ipv4 { address, local } => (1, of_four_two(address.to_bits(), local)),
            Self::FourOctetAs { asn, local } => (2, of_four_two(asn.0, local)),
        }
    }
}

impl fmt::Display for Administered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TwoOctetAs { asn, local } => write!(f, "{asn}:{local}"),
            Self::Ipv4 { address, local } => write!(f, "{address}:{local}"),
            Self::FourOctetAs { asn, local } if asn.0 <= 0xffff => write!(f, "{asn}L:{local}"),
            Self::FourOctetAs { asn, local } => write!(f, "{asn}:{local}"),
        }
    }
}

impl Value for Administered {
    const FORM: &'static str = "an ASN to 65535 and a number to 4294967295, or an IPv4 address or larger ASN and \
        a number to 65535, with a colon between; an L behind an ASN says that it has four octets";

    fn parse(text: &str) -> Option<Self> {
        let (global, local) = text.split_once(':')?;
        if let Some(asn) = global.strip_suffix('L') {
            return Some(Self::FourOctetAs { asn: Asn(decimal(asn)?), local: decimal(local)? });
        }
        if let Ok(address) = global.parse() {
            return Some(Self::Ipv4 { address, local: decimal(local)? });
        }
        Self::by_as(Asn(decimal(global)?), decimal(local)?)
    }
}

/// An AS and the number it assigned; [`Administered`] without the form of an IPv4 address.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum AsSpecific {
    /// RFC 4360 section 3.1.
    TwoOctet {
        /// Global administrator.
        asn: u16,
        /// Local administrator.
        local: u32,
    },
    /// RFC 5668.
    FourOctet {
        /// Global administrator.
        asn: Asn,
        /// Local administrator.
        local: u16,
    },
}

impl AsSpecific {
    /// The value of a community whose type ends in `form`.
    pub(super) fn read(form: u8, value: Octets) -> Option<Self> {
        match Administered::read(form, value) {
            Some(Administered::TwoOctetAs { asn, local }) => Some(Self::TwoOctet { asn, local }),
            Some(Administered::FourOctetAs { asn, local }) => Some(Self::FourOctet { asn, local }),
            _ => None,
        }
    }
}

impl From<AsSpecific> for Administered {
    fn from(of: AsSpecific) -> Self {
        match of {
            AsSpecific::TwoOctet { asn, local } => Self::TwoOctetAs { asn, local },
            AsSpecific::FourOctet { asn, local } => Self::FourOctetAs { asn, local },
        }
    }
}

impl fmt::Display for AsSpecific {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Administered::from(*self).fmt(f)
    }
}

impl Value for AsSpecific {
    const FORM: &'static str = "an ASN to 65535 and a number to 4294967295, or a larger ASN and a number to 65535, \
        with a colon between; an L behind an ASN says that it has four octets";

    fn parse(text: &str) -> Option<Self> {
        let (form, value) = Administered::parse(text)?.write();
        Self::read(form, value)
    }
}

/// An IPv4 address and a number, where no other form is registered.
impl Value for (Ipv4Addr, u16) {
    const FORM: &'static str = "an IPv4 address and a number to 65535 with a colon between";

    fn parse(text: &str) -> Option<Self> {
        let (address, local) = text.split_once(':')?;
        Some((address.parse().ok()?, decimal(local)?))
    }
}
