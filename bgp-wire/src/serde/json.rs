//! The JSON of the types of this crate, which is their form in serde: feature `serde`. Nothing to call.
//!
//! Every type that comes from bytes can be serialized, borrowed as it is and without allocation (but for an OPEN
//! in a Peer Up whose capabilities come in several parameters). What is
//! written by people can be deserialized too: [`Asn`](crate::Asn), [`AfiSafi`](crate::AfiSafi),
//! [`Family`](crate::Family), [`FamilySet`](crate::FamilySet), the communities, [`AsPathBuf`](crate::AsPathBuf),
//! [`Origin`](crate::Origin), [`NextHop`](crate::NextHop), [`Aggregator`](crate::Aggregator),
//! [`RouteDistinguisher`](crate::RouteDistinguisher), [`MacAddr`](crate::MacAddr), [`Esi`](crate::Esi),
//! [`Label`](crate::Label), [`AttributeSet`](crate::AttributeSet), [`Negotiated`](crate::Negotiated). What reads
//! a path or a next hop must describe itself, as JSON and TOML do.
//!
//! The form is an interface; a key that is there stays. Keys and names are in small letters with hyphens, what
//! is not there has no key, octets without a meaning of their own are hexadecimal digits.
//!
//! ```
//! use bgp_wire::{AsPathBuf, Negotiated, PeerKind, update};
//!
//! let attributes = [0x40, 1, 1, 0, 0x40, 2, 6, 2, 1, 0, 0, 0xfb, 0xf4, 0x40, 3, 4, 192, 0, 2, 1];
//! let body = [&[0, 0, 0, 20][..], &attributes, &[24, 203, 0, 113]].concat();
//! let parsed = update(&body, &Negotiated::new(PeerKind::External)).unwrap();
//! assert_eq!(
//!     serde_json::to_value(&parsed).unwrap(),
//!     serde_json::json!({
//!         "type": "update",
//!         "withdrawn": [],
//!         "attributes": { "origin": "igp", "as-path": [64500], "next-hop": "192.0.2.1" },
//!         "announced": [
//!             { "family": "ipv4-unicast", "next-hop": "192.0.2.1", "nlri": ["203.0.113.0/24"] },
//!         ],
//!         "outcome": "ok",
//!         "findings": [],
//!     })
//! );
//!
//! let path: AsPathBuf = serde_json::from_str(r#"[64500, {"set": [64501, "AS64502"]}]"#).unwrap();
//! assert_eq!(path.to_string(), "64500 {64501 64502}");
//! ```
//!
//! # Messages
//!
//! Each is an object with a `type`.
//!
//! | type | keys |
//! |---|---|
//! | `open` | `asn`, `hold-time` in seconds, `router-id`, `capabilities` |
//! | `update` | `withdrawn`, `attributes`, `announced`; or `withdrawn`, `treated-as-withdrawn`; or these two and `disabled`, a family; or `end-of-rib`, a family. Then `outcome`, `findings`, and `more-findings`, a number, where not all are kept |
//! | `notification` | `code`, `subcode`, `name`, `communication`, `data`; of a Hard Reset `encapsulated`, which has the same |
//! | `route-refresh` | `family`, `subtype` (`request`, `begin`, `end`, or a number); with filters `when` and `filters` |
//!
//! `withdrawn`, `announced` and `treated-as-withdrawn` are arrays of `family`, `next-hop` (of what is announced)
//! and `nlri`, an array, of which the next section tells.
//!
//! A capability has `code`, `name` where one is registered, and what it says: `family`, `families`, `asn`,
//! `role`, `restart-time`, `host`, `version` and so on; `value` where nothing is known of it.
//!
//! # NLRI
//!
//! A prefix is a string, or, on a session with path identifiers, an object of `path-id` and `prefix`. An NLRI of the
//! families below is an object; `path-id` stands first in it, `text`, the line that `Display` writes, last. In a
//! family without a name the field is a string of octets, beside `path-id` under the key `nlri`.
//!
//! | family | keys |
//! |---|---|
//! | labelled unicast | `prefix`, `labels` (numbers, the top first; not of what is withdrawn) |
//! | IP VPN | `rd`, `prefix`, `labels` |
//! | VPLS | `type` (`block`, `discovery`, `circuits`), `rd`; `ve-id` or `ce-id`, `offset`, `size`, `label-base`, `tlvs` (octets); `pe` |
//! | route target | `origin-as`, `route-target` and how many of its bits count, `route-target-bits`; the default has none of them |
//! | SR policy | `distinguisher`, `color`, `endpoint` |
//! | EVPN | `type` (`ethernet-ad`, `mac-ip`, `inclusive-multicast`, `ethernet-segment`, `ip-prefix`, `selective-multicast`, `multicast-join-sync`, `multicast-leave-sync`), `rd`, `esi`, `tag`, then its own: `mac`, `ip`, `label`, `label2`, `originator`, `prefix`, `gateway`, `source`, `group`, `max-response-time`, `flags`; of a type without a name the number and `value` |
//! | FlowSpec | `rd` of a VPN; `components`: each `type`, and `prefix` (with `offset` of IPv6) or `tests` |
//! | BGP-LS | `rd` of a VPN; `type` (`node`, `link`, `ipv4-prefix`, `ipv6-prefix`, `srv6-sid`), `protocol`, `identifier`, `local-node`, `remote-node`, `prefix`, `descriptors`; of a type without a name the number and `value` |
//! | any | one that is malformed: `fault` in words, `octets` |
//!
//! A label that may be one of MPLS or a VNI is both: `mpls`, the upper 20 bits, and `vni`, all 24. A test of a
//! FlowSpec has `and` where the one before must pass too; of a number `op` (`=`, `<`, `<=`, `>`, `>=`, `!=`, `true`,
//! `false`) and `value`, of bits `not`, `all` and `bits`. A node of BGP-LS has `asn`, `bgp-ls-id`, `ospf-area`,
//! `igp-router-id`, `bgp-router-id`, `confederation-member` and `tlv-N`; its other descriptors are TLVs.
//!
//! # Attributes
//!
//! An object in the order of the message: `origin`, `as-path`, `next-hop`, `med`, `local-pref`,
//! `atomic-aggregate`, `aggregator` (`asn`, `router-id`), `communities`, `originator-id`, `cluster-list`,
//! `extended-communities`, `as4-path`, `as4-aggregator`, `large-communities`; then `unknown`, an array of `code`,
//! `flags` and `value`. Only attributes that can be used are there. In an attribute set `others` is an array of all that
//! have no key of their own, each `code`, `flags` and the octets of its value.
//!
//! Those of later standards stand under their names; a value that is malformed, of an UPDATE of one's own, is octets.
//!
//! | attribute | value |
//! |---|---|
//! | `pmsi-tunnel` | `type` (`no-tunnel`, `rsvp-te-p2mp`, `mldp-p2mp`, `pim-ssm`, `pim-sm`, `bidir-pim`, `ingress-replication`, `mldp-mp2mp`, `transport-tunnel`, `assisted-replication`, `bier`, or a number), `flags`, `leaf-information-required`, `label` (`mpls`, `vni`) unless 0, and by its type `extended-tunnel-id`, `tunnel-id`, `p2mp-id`; `fec-type`, `root`, `opaque`; `source`, `group`; `endpoint`; `sub-domain`, `bfr-id`, `bfr-prefix`; `identifier` |
//! | `tunnel-encapsulation` | an array: `type` (`vxlan`, `gre`, ..., or a number), `endpoint` (an address or `next-hop`), `sub-tlvs` |
//! | `ipv6-extended-communities` | an array of strings |
//! | `aigp` | `metric`; `tlvs` of other types |
//! | `bgp-ls` | an array of TLVs |
//! | `bgpsec-path` | `secure-path`: each `p-count`, `flags`, `asn`; `signature-blocks`: each `algorithm-suite`, `signatures` of `ski` and `signature` |
//! | `only-to-customer` | an ASN |
//! | `d-path` | an array of `global`, `local`, `safi` |
//! | `bfd-discriminator` | `mode` (`p2mp` or a number), `discriminator`, `source`; `tlvs` of other types |
//! | `prefix-sid` | `label-index`; `originator-srgb`: each `base`, `range`; `srv6-l3-service`, `srv6-l2-service`: `sids`, each `sid`, `flags`, `behavior`, `structure` (`block`, `node`, `function`, `argument`, `transposition-length`, `transposition-offset`); `tlvs` of other types |
//! | `attr-set` | `origin-as`, `attributes`, an object as this one; one within it is octets |
//!
//! A TLV is `type`, a number, `name` where it is known, and `value`: what it says, or octets. Of those of BGP-LS flags
//! are arrays of names, bandwidths are octets a second, a delay is `value` (or `min`, `max`) and `anomalous`, an MSD
//! is `type` and `depth`.
//!
//! A path is an array. The ASNs of a sequence stand in it as numbers; other segments are objects with one key:
//! `set`, `confed-sequence`, `confed-set`, and `sequence` for one that directly follows another. Communities
//! are strings: `"64500:1"`, `"no-export"`, `"64500:1:2"`. A next hop is an address, or `global` and
//! `link-local`. A family is its name or `afi-N-safi-N`; in a set `other` stands for all that have no name.
//!
//! # Outcomes
//!
//! `outcome` is `ok`, `attribute-discard`, `treat-as-withdraw`, `afi-safi-disable` or `session-reset`. A finding
//! has `attribute` (a key as above, `attribute-99`, or null for the message), `fault` in words, `section`, the
//! clause that was broken, and its own `outcome`. A [`Reset`](crate::Reset) is the NOTIFICATION to send: `code`,
//! `subcode`, `name`, `fault`, `section`, `data`.
//!
//! # MRT
//!
//! A [`Record`](crate::mrt::Record) has `timestamp` (seconds, with a fraction where it has microseconds),
//! `type`, `subtype`, `body`. What it holds, a [`Body`](crate::mrt::Body), says in `record` what it is:
//! `table-dump`, `peer-index-table`, `rib`, `message`, `state-change` or `unknown`. The routes of a table have
//! `next-hop`, `attributes`, `outcome` and `findings` as in an UPDATE; those that an UPDATE could not have
//! carried have `outcome` `session-reset` and the `notification`.
//!
//! # BMP
//!
//! What a message holds, a [`Body`](crate::bmp::Body), says in `bmp` what it is: `route-monitoring`,
//! `statistics-report`, `peer-down`, `peer-up`, `initiation`, `termination`, `route-mirroring` or `unknown`. What
//! is about a peer has `peer`: `type`, `flags`, `address`, `table`, `post-policy`, `asn`, `bgp-id`, `timestamp`.
//! The UPDATE of a Route Monitoring and the messages of a Route Mirroring are octets, because what they mean
//! depends on the session; the OPENs of a Peer Up are messages as above, or the NOTIFICATION they deserve. TLVs
//! are arrays of `type`, `name` and `value`.
