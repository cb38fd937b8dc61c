//! UPDATE: every field of it is read.

use crate::session::session;
use bgp_wire::{Nlri, Parsed, Received};

/// Decodes the body of an UPDATE on the session of the first octet, and reads all of it.
pub fn update(data: &[u8]) {
    let Some((octet, body)) = data.split_first() else { return };
    let Parsed { update, findings } = match bgp_wire::update(body, &session(*octet)) {
        Ok(parsed) => parsed,
        Err(reset) => return drop(reset.to_string()),
    };
    findings.iter().for_each(|finding| drop(finding.to_string()));
    match update {
        Received::Routes(routes) => {
            drop(format!("{:?}", routes.attrs));
            let withdrawn = routes.withdrawn.fields().map(octets).sum::<usize>();
            let announced = routes.announced().map(|(_, nlri)| octets(nlri)).sum::<usize>();
            assert!(withdrawn + announced <= body.len());
        }
        Received::TreatAsWithdraw { withdrawn, announced } => {
            assert!(findings.worst().is_some());
            assert!(withdrawn.fields().chain(announced.fields()).map(octets).sum::<usize>() <= body.len());
        }
        Received::EndOfRib(_) => assert!(body.len() <= 11),
    }
}

/// Octets of a field; its prefixes must account for every one of them.
fn octets(nlri: Nlri<'_>) -> usize {
    let plain: usize = nlri.iter().map(|n| 1 + usize::from(n.prefix.prefix_len().div_ceil(8))).sum();
    let identifiers = nlri.as_bytes().len() - plain;
    assert!(identifiers == 0 || identifiers == 4 * nlri.iter().count());
    plain + identifiers
}
