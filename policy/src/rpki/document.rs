//! VRPs and ASPAs as validators write them in JSON: rpki-client's and Routinator's documents.

use super::{Aspa, AspaSet, Vrp, VrpSet};
use crate::text::Text;
use bgp_wire::Asn;
use ipnet::IpNet;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// What a validator wrote: the lists `roas` and, where there is one, `aspas`; anything else in the document is passed over. A list of
/// VRPs alone is read too.
///
/// ```
/// use bgp_policy::rpki::{OriginState, RpkiDocument};
/// use bgp_wire::Asn;
/// let json = r#"{"roas": [{"asn": "AS64500", "prefix": "198.51.100.0/24", "maxLength": 24, "ta": "ripe"}]}"#;
/// let document: RpkiDocument = serde_json::from_str(json).unwrap();
/// let vrps = document.vrps(0);
/// assert_eq!(vrps.state(&"198.51.100.0/24".parse().unwrap(), Some(Asn(64500))), OriginState::Valid);
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RpkiDocument {
    roas: Vec<Roa>,
    aspas: Vec<Until<Aspa>>,
}

/// A VRP, and the trust anchor that it was validated by, where that is told.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Roa {
    vrp: Until<Vrp>,
    anchor: Option<Box<str>>,
}

/// A payload, and the second since 1970 from which on it does not count any more.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Until<T> {
    payload: T,
    expires: Option<u64>,
}

impl<T> Until<T> {
    fn counts(&self, now: u64) -> bool {
        self.expires.is_none_or(|at| now < at)
    }
}

impl RpkiDocument {
    /// The VRPs that count at `now`, in seconds since 1970; 0 takes all of them.
    pub fn vrps(&self, now: u64) -> VrpSet {
        self.roas.iter().filter(|roa| roa.vrp.counts(now)).map(|roa| roa.vrp.payload).collect()
    }

    /// The VRPs that count at `now` of which the document names the trust anchor, with its name.
    pub fn trust_anchors(&self, now: u64) -> impl Iterator<Item = (Vrp, &str)> {
        let counting = self.roas.iter().filter(move |roa| roa.vrp.counts(now));
        counting.filter_map(|roa| Some((roa.vrp.payload, roa.anchor.as_deref()?)))
    }

    /// The ASPAs that count at `now`, in seconds since 1970; 0 takes all of them.
    pub fn aspas(&self, now: u64) -> AspaSet {
        self.aspas.iter().filter(|aspa| aspa.counts(now)).map(|aspa| aspa.payload.clone()).collect()
    }

    /// The first second after `now` at which something in it ceases to count.
    pub fn next_expiry(&self, now: u64) -> Option<u64> {
        let all = self.roas.iter().filter_map(|roa| roa.vrp.expires);
        all.chain(self.aspas.iter().filter_map(|aspa| aspa.expires)).filter(|at| *at > now).min()
    }
}

impl<'de> Deserialize<'de> for RpkiDocument {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Document)
    }
}

struct Document;

impl<'de> Visitor<'de> for Document {
    type Value = RpkiDocument;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with the list `roas`, or a list of VRPs")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<RpkiDocument, A::Error> {
        #[derive(serde::Deserialize)]
        struct Lists {
            roas: Vec<Roa>,
            #[serde(default)]
            aspas: Vec<Until<Aspa>>,
        }
        let Lists { roas, aspas } = Lists::deserialize(MapAccessDeserializer::new(map))?;
        Ok(RpkiDocument { roas, aspas })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<RpkiDocument, A::Error> {
        let roas = Vec::deserialize(SeqAccessDeserializer::new(seq))?;
        Ok(RpkiDocument { roas, aspas: Vec::new() })
    }
}

impl<'de> Deserialize<'de> for Roa {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(serde::Deserialize)]
        struct Fields {
            asn: Text<Asn>,
            prefix: Text<IpNet>,
            #[serde(rename = "maxLength")]
            max_length: Option<u8>,
            expires: Option<u64>,
            ta: Option<Box<str>>,
        }
        let Fields { asn, prefix: Text(prefix), max_length, expires, ta } =
            Fields::deserialize(deserializer)?;
        let longest = max_length.unwrap_or(prefix.prefix_len());
        let vrp = Vrp::new(prefix, longest, asn.0);
        let vrp = vrp.map_err(|e| D::Error::custom(format_args!("{prefix} maxLength {longest}: {e}")))?;
        Ok(Self { vrp: Until { payload: vrp, expires }, anchor: ta })
    }
}

impl<'de> Deserialize<'de> for Until<Aspa> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(serde::Deserialize)]
        struct Attestation {
            /// As rpki-client and as Routinator name it.
            #[serde(alias = "customer_asid")]
            customer: Text<Asn>,
            providers: Vec<Text<Asn>>,
            expires: Option<u64>,
        }
        let Attestation { customer, providers, expires } = Attestation::deserialize(deserializer)?;
        let providers = providers.into_iter().map(|asn| asn.0).collect();
        Ok(Self { payload: Aspa { customer: customer.0, providers }, expires })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_of_both_validators() {
        let rpki_client = r#"{
            "metadata": {"buildmachine": "rpki.example.net", "roas": 2},
            "roas": [
                {"asn": 64500, "prefix": "198.51.100.0/24", "maxLength": 26, "ta": "ripe", "expires": 2000},
                {"asn": 64501, "prefix": "2001:db8::/32", "maxLength": 32, "ta": "arin", "expires": 1000}
            ],
            "bgpsec_keys": [],
            "aspas": [{"customer_asid": 64500, "expires": 1500, "providers": [64502, 64501]}]
        }"#;
        let routinator = r#"{
            "metadata": {"generated": 1700000000},
            "roas": [
                {"asn": "AS64500", "prefix": "198.51.100.0/24", "maxLength": 26, "ta": "ripe"},
                {"asn": "AS64501", "prefix": "2001:db8::/32", "maxLength": 32, "ta": "arin"}
            ],
            "aspas": [{"customer": "AS64500", "providers": ["AS64501", "AS64502"], "ta": "ripe"}]
        }"#;
        let [one, other] =
            [rpki_client, routinator].map(|json| serde_json::from_str::<RpkiDocument>(json).unwrap());
        let all = ["198.51.100.0/24 to /26 by AS64500", "2001:db8::/32 by AS64501"];
        for document in [&one, &other] {
            assert_eq!(document.vrps(0).vrps().iter().map(ToString::to_string).collect::<Vec<_>>(), all);
            assert_eq!(document.aspas(0).providers(Asn(64500)), Some(&[Asn(64501), Asn(64502)][..]));
        }
        let anchors =
            |now| one.trust_anchors(now).map(|(vrp, name)| format!("{vrp}: {name}")).collect::<Vec<_>>();
        assert_eq!(anchors(0), [format!("{}: ripe", all[0]), format!("{}: arin", all[1])]);
        assert_eq!(anchors(1000), [format!("{}: ripe", all[0])]);
        // A trust anchor may be left out, or null.
        for more in ["", r#", "ta": null"#] {
            let list = format!(r#"[{{"asn": 64500, "prefix": "198.51.100.0/24"{more}}}]"#);
            let document = serde_json::from_str::<RpkiDocument>(&list).unwrap();
            assert_eq!((document.vrps(0).len(), document.trust_anchors(0).count()), (1, 0), "{list}");
        }
        // (now, VRPs, ASPAs, when the next ceases to count)
        for (now, vrps, aspas, next) in
            [(999, 2, 1, Some(1000)), (1000, 1, 1, Some(1500)), (1500, 1, 0, Some(2000)), (2000, 0, 0, None)]
        {
            let got = (one.vrps(now).len(), one.aspas(now).len(), one.next_expiry(now));
            assert_eq!(got, (vrps, aspas, next), "{now}");
        }
        assert_eq!((other.vrps(u64::MAX).len(), other.next_expiry(0)), (2, None));
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        for (roa, want) in [
            (r#"{"asn": "ASx", "prefix": "198.51.100.0/24"}"#, "`ASx`: an ASN is a number"),
            (r#"{"asn": 1, "prefix": "198.51.100.0"}"#, "`198.51.100.0`: "),
            (
                r#"{"asn": 1, "prefix": "198.51.100.0/24", "maxLength": 23}"#,
                "maxLength 23: the longest length",
            ),
            (r#"{"asn": 1, "prefix": "198.51.100.1/24"}"#, "the prefix has bits set beyond its length"),
            (r#"{"asn": 1, "prefix": "198.51.100.0/24", "maxLength": 300}"#, "300"),
            (r#"{"prefix": "198.51.100.0/24"}"#, "missing field `asn`"),
            (r#"{"asn": 1, "prefix": "198.51.100.0/24", "ta": 7}"#, "invalid type: integer `7`, expected a"),
        ] {
            let json = format!("{{\"roas\": [\n{roa}\n]}}");
            let error = serde_json::from_str::<RpkiDocument>(&json).unwrap_err();
            assert!(error.to_string().contains(want), "{error}");
            assert!(error.line() >= 2, "{error}");
        }
        assert!(serde_json::from_str::<RpkiDocument>("{}").is_err());
        assert!(
            serde_json::from_str::<RpkiDocument>("1").unwrap_err().to_string().contains("the list `roas`")
        );
    }
}
