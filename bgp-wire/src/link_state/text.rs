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

/// The names of the bits of `flags` that are set, the highest first; `-` where none is.
fn flags(flags: u8, names: &[&str], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if flags == 0 {
        return f.write_str("-");
    }
    let bit = |at: u32| 0x80_u8.checked_shr(at).unwrap_or(0);
    let set = (0..8).filter(|at| flags & bit(*at) != 0);
    let mut between = "";
    for at in set {
        match usize::try_from(at).ok().and_then(|at| names.get(at)) {
            Some(name) => write!(f, "{between}{name}")?,
            None => write!(f, "{between}bit-{at}")?,
        }
        between = ",";
    }
    Ok(())
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
            Self::NodeFlags(n) => flags(n, NODE_FLAGS, f),
            Self::Name(name) => Name(name).fmt(f),
            Self::IsisArea(area) => isis_area(area, f),
            Self::Address(addr) => addr.fmt(f),
            Self::AdministrativeGroup(n) => write!(f, "0x{n:08x}"),
            Self::Bandwidth(n) => n.fmt(f),
            Self::Bandwidths(all) => list(all.iter(), ",", f),
            Self::Metric(n) => n.fmt(f),
            Self::LinkProtection(n) => write!(f, "0x{n:04x}"),
            Self::MplsProtocols(n) => flags(n, PROTOCOLS, f),
            Self::IgpMetric(metric) => metric.value().fmt(f),
            Self::Numbers(all) => list(all.iter(), ",", f),
            Self::Delay(delay) => delay.fmt(f),
            Self::MinMaxDelay { min, max } => write!(f, "{min}-{max}"),
            Self::IgpFlags(n) => flags(n, IGP_FLAGS, f),
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
