//! The prefixes that the far end announces: made up, and said to be so wherever they are shown.

use bgp_policy::voice::{Plan, PrefixText, far_end};
use bgp_speaker::LocalRoute;
use bgp_wire::{AttributeSet, NextHop, Origin};
use ipnet::{IpNet, Ipv4Net};
use std::net::Ipv4Addr;

/// What whoever looks at them must know.
pub(crate) const NOTE: &str = "the prefixes announced by the far end are synthetic: /24s of 198.18.0.0/15, which is set apart for \
     benchmarks (RFC 2544)";

/// How many /24s there are in 198.18.0.0/15.
const BLOCK: u32 = 512;

/// So many /24s from 198.18.0.0 on as the far end announces, and none that meets a prefix of the carrier's plan.
pub(crate) fn routes(plan: &Plan) -> impl Iterator<Item = LocalRoute> + use<> {
    let registered = plan.peerings.iter().flat_map(|p| p.registered_prefixes.iter().map(|r| &r.prefix));
    let activated = plan.activations.iter().flat_map(|a| a.prefixes.iter().map(|p| &p.prefix));
    let carriers: Vec<Ipv4Net> = registered.chain(activated).filter_map(PrefixText::v4).collect();
    let meets = move |net: &Ipv4Net| carriers.iter().any(|own| own.contains(net) || net.contains(own));
    let nets = (0..BLOCK).filter_map(|n| {
        let first = Ipv4Addr::new(198, 18, 0, 0).to_bits();
        Ipv4Net::new(Ipv4Addr::from_bits(first + (n << 8)), 24).ok()
    });
    let announced = usize::try_from(far_end::PREFIXES).unwrap_or_default();
    nets.filter(move |net| !meets(net)).take(announced).map(|net| {
        let attrs = AttributeSet::new(Origin::Igp, NextHop::V4(Ipv4Addr::UNSPECIFIED));
        LocalRoute { prefix: IpNet::V4(net), attrs }
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::plan;
    use super::*;
    use bgp_policy::voice::RegisteredPrefix;

    /// (a prefix that the carrier registers, the first and the last that are announced)
    #[test]
    fn never_the_carriers_own() {
        for (registered, first, last) in [
            ("203.0.113.0/24", "198.18.0.0/24", "198.19.23.0/24"),
            ("198.18.0.0/24", "198.18.1.0/24", "198.19.24.0/24"),
            ("198.18.1.128/25", "198.18.0.0/24", "198.19.24.0/24"),
            ("198.18.0.0/23", "198.18.2.0/24", "198.19.25.0/24"),
            ("198.19.255.0/24", "198.18.0.0/24", "198.19.23.0/24"),
        ] {
            let mut plan = plan();
            let prefix = registered.parse().unwrap();
            plan.peerings[0].registered_prefixes =
                vec![RegisteredPrefix { name: "media".into(), prefix, key: None }];
            plan.activations.clear();
            let nets: Vec<String> = routes(&plan).map(|route| route.prefix.to_string()).collect();
            assert_eq!(
                (nets.len(), nets[0].as_str(), nets[279].as_str()),
                (280, first, last),
                "{registered}"
            );
        }
    }
}
