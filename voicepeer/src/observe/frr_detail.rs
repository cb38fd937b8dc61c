//! FRR: `show bgp ipv4 unicast neighbors ADDR advertised-routes detail`, a paragraph a route.
//!
//! As in the short form the router's own ASN is not in the path yet, and its own next hop is all zeros.

use super::frr::local_asn;
use super::paragraph::{ENTRY, best, paragraphs};
use super::text::{Line, OwnAsn, Seen, Unreadable};

pub(super) fn knows(lines: &[Line<'_>]) -> bool {
    let mut after = lines.iter().skip_while(|line| !line.text.starts_with(ENTRY)).skip(1);
    after.any(|line| line.text.starts_with("Paths: ("))
}

pub(super) fn read(lines: &[Line<'_>]) -> Result<Seen, Unreadable> {
    let routes =
        paragraphs(lines).iter().map(|(head, below)| best(*head, below)).collect::<Result<_, _>>()?;
    Ok(Seen { routes, own_asn: OwnAsn::Missing(local_asn(lines)), ..Seen::default() })
}
