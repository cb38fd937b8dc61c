//! The JSON of the types of this crate, which is their form in serde: feature `serde`. Nothing to call.
//!
//! Every type that comes from bytes can be serialized, borrowed as it is and without allocation (but for an OPEN
//! in a Peer Up whose capabilities come in several parameters). What is
//! written by people can be deserialized too: [`Asn`](crate::Asn), [`AfiSafi`](crate::AfiSafi),
//! [`Family`](crate::Family), [`FamilySet`](crate::FamilySet), the communities, [`AsPathBuf`](crate::AsPathBuf),
//! [`Origin`](crate::Origin), [`NextHop`](crate::NextHop), [`Aggregator`](crate::Aggregator),
//! [`AttributeSet`](crate::AttributeSet), [`Negotiated`](crate::Negotiated). What reads a path or a next hop
//! must describe itself, as JSON and TOML do.
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
//! | `notification` | `code`, `subcode`, `error` (its registered name), `communication`, `data`; of a Hard Reset `encapsulated`, which has the same |
//! | `route-refresh` | `family`, `subtype` (`request`, `begin`, `end`, or a number); with filters `when` and `filters` |
//!
//! `withdrawn`, `announced` and `treated-as-withdrawn` are arrays of `family`, `next-hop` (of what is announced)
//! and `nlri`: an array of prefixes, or, on a session with path identifiers, of `path-id` and `prefix`. NLRI that
//! are not prefixes are the text they have, or octets in families without a name; `nlri` stands beside `path-id`.
//!
//! A capability has `code`, `name` where one is registered, and what it says: `family`, `families`, `asn`,
//! `role`, `restart-time`, `host`, `version` and so on; `value` where nothing is known of it.
//!
//! # Attributes
//!
//! An object in the order of the message: `origin`, `as-path`, `next-hop`, `med`, `local-pref`,
//! `atomic-aggregate`, `aggregator` (`asn`, `router-id`), `communities`, `originator-id`, `cluster-list`,
//! `extended-communities`, `as4-path`, `as4-aggregator`, `large-communities`, `ipv6-extended-communities`,
//! `only-to-customer` (an ASN), `d-path`; then `unknown`, an array of `code`,
//! `flags` and `value`. Only attributes that can be used are there. Other known ones have their name (`pmsi-tunnel`,
//! `aigp`) and the octets of their value. In an attribute set `others` is an array of all that have no key of their
//! own.
//!
//! A path is an array. The ASNs of a sequence stand in it as numbers; other segments are objects with one key:
//! `set`, `confed-sequence`, `confed-set`, and `sequence` for one that directly follows another. Communities
//! are strings: `"64500:1"`, `"no-export"`, `"64500:1:2"`. A next hop is an address, or `global` and
//! `link-local`. A family is its name or `afi-N-safi-N`; in a set `other` stands for all that have no name.
//!
//! # Outcomes
//!
//! `outcome` is `ok`, `attribute-discard`, `nlri-discard` (of link-state alone), `treat-as-withdraw`,
//! `afi-safi-disable` or `session-reset`. A finding
//! has `attribute` (a key as above, `attribute-99`, or null for the message), `fault` in words, `section`, the
//! clause that was broken, and its own `outcome`. A [`Reset`](crate::Reset) is the NOTIFICATION to send: `code`,
//! `subcode`, `error`, `fault`, `section`, `data`.
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
