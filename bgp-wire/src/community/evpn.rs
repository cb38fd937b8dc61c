//! The extended communities of EVPN (type 0x06).

use super::CommunityParseError;
use super::extended::ExtendedCommunity;
use super::fields::{Mac, Octets, Value, hex, of_two_four, parts, two_four, value};
use crate::asn::decimal;
use core::fmt;

/// An extended community of EVPN, with its text.
///
/// A label is a number of 20 bits, the high-order ones of its field; higher bits are not written.
///
/// ```
/// use bgp_wire::{EvpnCommunity, ExtendedCommunity, ExtendedKind};
/// let moved = EvpnCommunity::MacMobility { sticky: false, sequence: 3 };
/// assert_eq!(ExtendedCommunity::from(ExtendedKind::Evpn(moved)).to_string(), "mac-mobility:3");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum EvpnCommunity {
    /// RFC 7432 section 7.7, `mac-mobility:3` or `mac-mobility:sticky:0`.
    MacMobility {
        /// The address never moves.
        sticky: bool,
        /// How often it moved; the highest number wins.
        sequence: u32,
    },
    /// RFC 7432 section 7.5, `esi-label:single-active:100`: flags and label of an Ethernet segment.
    EsiLabel {
        /// 0 all-active, 1 single-active; others in hexadecimal (`esi-label:0x41:100`).
        flags: u8,
        /// The label for split horizon.
        label: u32,
    },
    /// RFC 7432 section 7.6, `es-import:00:00:5e:00:53:01`: the middle octets of an ESI.
    EsImport([u8; 6]),
    /// RFC 9135 section 8.1, `router-mac:00:00:5e:00:53:01`.
    RouterMac([u8; 6]),
    /// RFC 8214 section 3.1, `layer2-attributes:0x0002:1500`.
    Layer2Attributes {
        /// 0x01 backup PE, 0x02 primary PE, 0x04 control word.
        flags: u16,
        /// Layer 2 MTU in octets; 0 is not checked.
        mtu: u16,
    },
    /// RFC 8317 section 6.1, `e-tree:leaf:100`.
    ETree {
        /// 0 root, 1 leaf; others in hexadecimal.
        flags: u8,
        /// The label of leaves.
        label: u32,
    },
    /// RFC 8584 section 2.2 and RFC 9785, `df-election:2:0x4000:32767`.
    DfElection {
        /// The algorithm, 0 to 31: 0 modulo, 1 highest random weight, 2 highest and 3 lowest preference.
        /// Higher bits are not written.
        algorithm: u8,
        /// The capabilities, first bit highest.
        capabilities: u16,
        /// What algorithms 2 and 3 compare.
        preference: u16,
    },
    /// RFC 9047, `arp-nd:0x01`: flags of an address resolution; 0x01 router, 0x02 override.
    ArpNd(u8),
    /// RFC 9251, `multicast-flags:0x0003`: 0x01 IGMP proxy, 0x02 MLD proxy.
    MulticastFlags(u16),
}

const ESI_FLAGS: [(u8, &str); 2] = [(0, "all-active"), (1, "single-active")];
const E_TREE_FLAGS: [(u8, &str); 2] = [(0, "root"), (1, "leaf")];

impl EvpnCommunity {
    /// `None`: a sub-type without a name here.
    pub(super) fn read(sub_type: u8, value: Octets) -> Option<Self> {
        let ([first, ..], (two, last)) = (value, two_four(value));
        Some(match sub_type {
            0x00 => Self::MacMobility { sticky: first & 1 != 0, sequence: last },
            0x01 => Self::EsiLabel { flags: first, label: label(value) },
            0x02 => Self::EsImport(value),
            0x03 => Self::RouterMac(value),
            0x04 => Self::Layer2Attributes { flags: two, mtu: middle(value) },
            0x05 => Self::ETree { flags: first, label: label(value) },
            0x06 => df_election(value),
            0x08 => Self::ArpNd(first),
            0x09 => Self::MulticastFlags(two),
            _ => return None,
        })
    }

    pub(super) fn community(self) -> ExtendedCommunity {
        let (sub_type, value) = match self {
            Self::MacMobility { sticky, sequence } => (0x00, of_two_four(u16::from(sticky) << 8, sequence)),
            Self::EsiLabel { flags, label } => (0x01, flags_and_label(flags, label)),
            Self::EsImport(octets) => (0x02, octets),
            Self::RouterMac(octets) => (0x03, octets),
            Self::Layer2Attributes { flags, mtu } => (0x04, of_two_four(flags, u32::from(mtu) << 16)),
            Self::ETree { flags, label } => (0x05, flags_and_label(flags, label)),
            Self::DfElection { algorithm, capabilities, preference } => {
                let ([a, b], [c, d]) = (capabilities.to_be_bytes(), preference.to_be_bytes());
                (0x06, [algorithm & 0x1f, a, b, 0, c, d])
            }
            Self::ArpNd(flags) => (0x08, [flags, 0, 0, 0, 0, 0]),
            Self::MulticastFlags(flags) => (0x09, of_two_four(flags, 0)),
        };
        ExtendedCommunity::new(0x06, sub_type, value)
    }

    pub(super) fn write(self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MacMobility { sticky: false, sequence } => write!(f, "mac-mobility:{sequence}"),
            Self::MacMobility { sticky: true, sequence } => write!(f, "mac-mobility:sticky:{sequence}"),
            Self::EsiLabel { flags, label } => write_label(f, "esi-label", &ESI_FLAGS, flags, label),
            Self::EsImport(octets) => write_mac(f, "es-import", octets),
            Self::RouterMac(octets) => write_mac(f, "router-mac", octets),
            Self::Layer2Attributes { flags, mtu } => write!(f, "layer2-attributes:{flags:#06x}:{mtu}"),
            Self::ETree { flags, label } => write_label(f, "e-tree", &E_TREE_FLAGS, flags, label),
            Self::DfElection { algorithm, capabilities, preference } => {
                write!(f, "df-election:{algorithm}:{capabilities:#06x}:{preference}")
            }
            Self::ArpNd(flags) => write!(f, "arp-nd:{flags:#04x}"),
            Self::MulticastFlags(flags) => write!(f, "multicast-flags:{flags:#06x}"),
        }
    }

    /// `None`: the name is another's.
    pub(super) fn parse(name: &str, text: &str) -> Option<Result<Self, CommunityParseError>> {
        Some(match name {
            "mac-mobility" => value("a MAC mobility (mac-mobility:)", text)
                .map(|Mobility(sticky, sequence)| Self::MacMobility { sticky, sequence }),
            "esi-label" => value("an ESI label (esi-label:)", text)
                .map(|EsiLabel(flags, label)| Self::EsiLabel { flags, label }),
            "es-import" => value("an ES-import (es-import:)", text).map(|Mac(octets)| Self::EsImport(octets)),
            "router-mac" => {
                value("a router's MAC (router-mac:)", text).map(|Mac(octets)| Self::RouterMac(octets))
            }
            "layer2-attributes" => value("layer 2 attributes (layer2-attributes:)", text)
                .map(|Layer2(flags, mtu)| Self::Layer2Attributes { flags, mtu }),
            "e-tree" => {
                value("an E-Tree (e-tree:)", text).map(|ETree(flags, label)| Self::ETree { flags, label })
            }
            "df-election" => {
                value("a DF election (df-election:)", text).map(|Df(algorithm, capabilities, preference)| {
                    Self::DfElection { algorithm, capabilities, preference }
                })
            }
            "arp-nd" => value("ARP/ND flags (arp-nd:)", text).map(|Flags(flags)| Self::ArpNd(flags)),
            "multicast-flags" => value("multicast flags (multicast-flags:)", text)
                .map(|Flags(flags)| Self::MulticastFlags(flags)),
            _ => return None,
        })
    }
}

/// The octets in the middle.
const fn middle([_, _, a, b, ..]: Octets) -> u16 {
    u16::from_be_bytes([a, b])
}

const fn label([_, _, _, a, b, c]: Octets) -> u32 {
    u32::from_be_bytes([0, a, b, c]) >> 4
}

const fn flags_and_label(flags: u8, label: u32) -> Octets {
    let [_, a, b, c] = (label << 4).to_be_bytes();
    [flags, 0, 0, a, b, c]
}

const fn df_election([algorithm, a, b, _, c, d]: Octets) -> EvpnCommunity {
    EvpnCommunity::DfElection {
        algorithm: algorithm & 0x1f,
        capabilities: u16::from_be_bytes([a, b]),
        preference: u16::from_be_bytes([c, d]),
    }
}

fn write_label(
    f: &mut fmt::Formatter<'_>,
    kind: &str,
    names: &[(u8, &str)],
    flags: u8,
    label: u32,
) -> fmt::Result {
    match names.iter().find(|(of, _)| *of == flags) {
        Some((_, name)) => write!(f, "{kind}:{name}:{label}"),
        None => write!(f, "{kind}:{flags:#04x}:{label}"),
    }
}

fn write_mac(f: &mut fmt::Formatter<'_>, kind: &str, octets: [u8; 6]) -> fmt::Result {
    f.write_str(kind)?;
    octets.iter().try_for_each(|octet| write!(f, ":{octet:02x}"))
}

/// Flags by name or in hexadecimal, and a label.
fn read_label(names: &[(u8, &str)], text: &str) -> Option<(u8, u32)> {
    let (flags, label) = text.split_once(':')?;
    let known = names.iter().find(|(_, name)| *name == flags).map(|(of, _)| *of);
    let label = decimal(label).filter(|label| *label < 1 << 20)?;
    Some((known.or_else(|| hex(flags))?, label))
}

struct Mobility(bool, u32);

impl Value for Mobility {
    const FORM: &'static str = "a number to 4294967295, with sticky: before it or not";

    fn parse(text: &str) -> Option<Self> {
        let sticky = text.strip_prefix("sticky:");
        Some(Self(sticky.is_some(), decimal(sticky.unwrap_or(text))?))
    }
}

struct EsiLabel(u8, u32);

impl Value for EsiLabel {
    const FORM: &'static str =
        "all-active, single-active or flags in hexadecimal, a colon and a label to 1048575";

    fn parse(text: &str) -> Option<Self> {
        read_label(&ESI_FLAGS, text).map(|(flags, label)| Self(flags, label))
    }
}

struct ETree(u8, u32);

impl Value for ETree {
    const FORM: &'static str = "root, leaf or flags in hexadecimal, a colon and a label to 1048575";

    fn parse(text: &str) -> Option<Self> {
        read_label(&E_TREE_FLAGS, text).map(|(flags, label)| Self(flags, label))
    }
}

struct Layer2(u16, u16);

impl Value for Layer2 {
    const FORM: &'static str = "flags in hexadecimal, a colon and an MTU to 65535: 0x0002:1500";

    fn parse(text: &str) -> Option<Self> {
        let (flags, mtu) = text.split_once(':')?;
        Some(Self(hex(flags)?, decimal(mtu)?))
    }
}

struct Df(u8, u16, u16);

impl Value for Df {
    const FORM: &'static str = "an algorithm to 31, capabilities in hexadecimal and a preference to 65535, \
        with colons between: 2:0x4000:32767";

    fn parse(text: &str) -> Option<Self> {
        let [algorithm, capabilities, preference] = parts(text)?;
        let algorithm = decimal(algorithm).filter(|n| *n < 32)?;
        Some(Self(algorithm, hex(capabilities)?, decimal(preference)?))
    }
}

struct Flags<T>(T);

impl<T: TryFrom<u64>> Value for Flags<T> {
    const FORM: &'static str = "0x and hexadecimal digits";

    fn parse(text: &str) -> Option<Self> {
        hex(text).map(Self)
    }
}
