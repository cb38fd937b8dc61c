//! UPDATE: every field of it is read.

use crate::session::session;
use bgp_wire::{Nlri, Parsed, Received, Severity, Unfeasible};

/// Decodes the body of an UPDATE on the session of the first octet, and reads all of it.
pub fn update(data: &[u8]) {
    let Some((octet, body)) = data.split_first() else { return };
    let Parsed { update, findings } = match bgp_wire::update(body, &session(*octet)) {
        Ok(parsed) => parsed,
        Err(reset) => return drop(reset.to_string()),
    };
    findings.iter().for_each(|finding| drop(finding.to_string()));
    let both = |withdrawn: Unfeasible<'_>, announced: Unfeasible<'_>| {
        withdrawn.fields().chain(announced.fields()).map(octets).sum::<usize>()
    };
    let read = match update {
        Received::Routes(routes) => {
            assert!(findings.worst() < Some(Severity::TreatAsWithdraw));
            drop(format!("{:?}", routes.attrs));
            let announced = routes.announced().map(|(_, nlri)| octets(nlri)).sum::<usize>();
            announced + routes.withdrawn.fields().map(octets).sum::<usize>()
        }
        Received::TreatAsWithdraw { withdrawn, announced } => {
            assert_eq!(findings.worst(), Some(Severity::TreatAsWithdraw));
            both(withdrawn, announced)
        }
        Received::AfiSafiDisable { withdrawn, announced, .. } => {
            assert_eq!(findings.worst(), Some(Severity::AfiSafiDisable));
            both(withdrawn, announced)
        }
        Received::EndOfRib(_) => 0,
    };
    assert!(read <= body.len());
}

/// Octets of a field, which its NLRI account for.
fn octets(nlri: Nlri<'_>) -> usize {
    crate::nlri::read(nlri);
    nlri.as_bytes().len()
}

#[cfg(test)]
mod tests {
    /// A link-state NLRI that is passed over alone (RFC 9552 section 8.2.2) is worse than an attribute discarded, and leaves the
    /// routes what they are.
    #[test]
    fn an_nlri_that_is_passed_over() {
        let session = [0xdf];
        let (nothing_withdrawn, attributes) = ([0, 0], [0, 0x25]);
        let mp_unreach = [0x80, 15, 0x22];
        let link_state_vpn = [0x40, 4, 0x48];
        let nlri = [
            1, 0, 0x20, 9, 0, 4, 0, 0x17, 1, 0x84, 0x2b, 0, 0, 0, 0, 0, 0, 4, 0, 0x15, 0xff, 0xff, 0xff,
            0xff, 0xff, 0xff, 0xff, 0xff, 0, 4, 0, 0, 0, 1, 0x12, 0,
        ];
        let all: [&[u8]; 6] =
            [&session, &nothing_withdrawn, &attributes, &mp_unreach, &link_state_vpn, &nlri];
        super::update(&all.concat());
    }
}
