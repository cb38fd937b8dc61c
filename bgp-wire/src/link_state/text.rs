//! Text of what TLVs say.

use super::{LinkStateTlv, LinkStateValue};
use core::fmt;

/// Octets in hexadecimal.
pub(crate) fn hex(octets: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str("0x")?;
    octets.iter().try_for_each(|octet| write!(f, "{octet:02x}"))
}

/// Items with a separator between them.
pub(super) fn list<T: fmt::Display>(
    items: impl Iterator<Item = T>,
    separator: &str,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    let mut between = "";
    for item in items {
        write!(f, "{between}{item}")?;
        between = separator;
    }
    Ok(())
}

/// One bit of an octet, counted from the highest, by its name if it has one.
pub(crate) struct Flag(usize, Option<&'static str>);

impl fmt::Display for Flag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self(_, Some(name)) => f.write_str(name),
            Self(at, None) => write!(f, "bit-{at}"),
        }
    }
}

impl LinkStateValue<'_> {
    /// The bits that are set, the highest first; `None` where it is no octet of flags.
    pub(crate) fn flags(&self) -> Option<impl Iterator<Item = Flag> + use<>> {
        let (octet, names) = match *self {
            Self::NodeFlags(n) => (n, NODE_FLAGS),
            Self::MplsProtocols(n) => (n, PROTOCOLS),
            Self::IgpFlags(n) => (n, IGP_FLAGS),
            _ => return None,
        };
        let set = (0..8_usize).zip(0_u32..).filter(move |(_, at)| octet & 0x80_u8.unbounded_shr(*at) != 0);
        Some(set.map(|(at, _)| Flag(at, names.get(at).copied())))
    }
}

/// A name as it is meant to be read: what is not printable ASCII is escaped.
struct Name<'a>(&'a [u8]);

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0.escape_ascii())
    }
}

const NODE_FLAGS: &[&str] = &["overload", "attached", "external", "abr", "router", "v6"];
const PROTOCOLS: &[&str] = &["ldp", "rsvp-te"];
const IGP_FLAGS: &[&str] = &["down", "no-unicast", "local-address", "propagate-nssa"];

impl fmt::Display for LinkStateValue<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Topologies(ids) => list(ids.iter(), ",", f),
            Self::Msds(msds) => msds.fmt(f),
            Self::NodeFlags(0) | Self::MplsProtocols(0) | Self::IgpFlags(0) => f.write_str("-"),
            Self::NodeFlags(_) | Self::MplsProtocols(_) | Self::IgpFlags(_) => {
                list(self.flags().into_iter().flatten(), ",", f)
            }
            Self::Name(name) => Name(name).fmt(f),
            Self::IsisArea(area) => isis_area(area, f),
            Self::Address(addr) => addr.fmt(f),
            Self::AdministrativeGroup(n) => write!(f, "0x{n:08x}"),
            Self::Bandwidth(n) => n.fmt(f),
            Self::Bandwidths(all) => list(all.iter(), ",", f),
            Self::Metric(n) => n.fmt(f),
            Self::LinkProtection(n) => write!(f, "0x{n:04x}"),
            Self::IgpMetric(metric) => metric.value().fmt(f),
            Self::Numbers(all) => list(all.iter(), ",", f),
            Self::Delay(delay) => delay.fmt(f),
            Self::MinMaxDelay { min, max } => write!(f, "{min}-{max}"),
            Self::Other(octets) => hex(octets, f),
        }
    }
}

/// An IS-IS area address as everybody writes it: `49.0001`.
fn isis_area(area: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let Some((first, rest)) = area.split_first() else { return f.write_str("-") };
    write!(f, "{first:02x}")?;
    for pair in rest.chunks(2) {
        f.write_str(".")?;
        pair.iter().try_for_each(|octet| write!(f, "{octet:02x}"))?;
    }
    Ok(())
}

impl fmt::Display for LinkStateTlv<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind, self.read())
    }
}
