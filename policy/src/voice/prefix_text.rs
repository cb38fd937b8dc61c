//! A prefix as somebody wrote it, right or wrong.

use ipnet::IpNet;
use std::fmt;
use std::str::FromStr;

/// A prefix as it was written, and what it means. Reading one never fails: a wrong one is to be judged.
///
/// ```
/// use bgp_policy::voice::{PrefixFault, PrefixText};
/// assert_eq!(PrefixText::new("203.0.113.1/24").net(), Err(PrefixFault::HostBits));
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct PrefixText {
    text: Box<str>,
    net: Result<IpNet, PrefixFault>,
}

/// What is wrong with a prefix.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum PrefixFault {
    /// It is not an address, a slash and a length.
    Malformed,
    /// It has bits set beyond its length.
    HostBits,
}

impl PrefixText {
    /// Reads `text`.
    pub fn new(text: &str) -> Self {
        let net = match text.trim().parse::<IpNet>() {
            Err(_) => Err(PrefixFault::Malformed),
            Ok(net) if net.addr() != net.network() => Err(PrefixFault::HostBits),
            Ok(net) => Ok(net),
        };
        let text = net.map_or_else(|_| text.into(), |net| net.to_string().into());
        Self { text, net }
    }

    /// The prefix, where it is one.
    pub fn net(&self) -> Result<IpNet, PrefixFault> {
        self.net
    }

    /// The prefix, where it is one of IPv4.
    pub fn v4(&self) -> Option<ipnet::Ipv4Net> {
        match self.net {
            Ok(IpNet::V4(net)) => Some(net),
            _ => None,
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl From<IpNet> for PrefixText {
    fn from(net: IpNet) -> Self {
        Self::new(&net.to_string())
    }
}

impl FromStr for PrefixText {
    type Err = std::convert::Infallible;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        Ok(Self::new(s))
    }
}

impl fmt::Display for PrefixText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl fmt::Display for PrefixFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "it is not an address, a slash and a length",
            Self::HostBits => "it has bits set beyond its length",
        })
    }
}
impl std::error::Error for PrefixFault {}
