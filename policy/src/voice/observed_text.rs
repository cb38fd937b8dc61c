//! How the attributes of an observed route stand in documents.

/// An AS path: text as routers print it, or a list of ASNs in which a list is an AS_SET.
pub(super) mod as_path {
    use crate::text::Text;
    use crate::voice::parse_as_path;
    use bgp_wire::{AsPathBuf, Asn, SegmentKind};
    use serde::de::{Deserialize, Deserializer, Error};
    use serde::ser::{Serialize, Serializer};

    #[derive(serde::Deserialize)]
    #[serde(untagged, expecting = "an AS path is text such as \"64500 64501\", or a list of ASNs")]
    enum Form {
        Text(String),
        List(Vec<Step>),
    }

    #[derive(serde::Deserialize)]
    #[serde(untagged, expecting = "a step of an AS path is an ASN, or a list of them for an AS_SET")]
    enum Step {
        Asn(Text<Asn>),
        Set(Vec<Text<Asn>>),
    }

    #[expect(clippy::ref_option, reason = "serde passes a reference to the field")]
    pub(in super::super) fn serialize<S: Serializer>(
        path: &Option<AsPathBuf>,
        s: S,
    ) -> Result<S::Ok, S::Error> {
        path.as_ref().map(ToString::to_string).serialize(s)
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
        d: D,
    ) -> Result<Option<AsPathBuf>, D::Error> {
        Option::<Form>::deserialize(d)?
            .map(|form| match form {
                Form::Text(text) => parse_as_path(&text).map_err(D::Error::custom),
                Form::List(steps) => Ok(listed(steps)),
            })
            .transpose()
    }

    fn listed(steps: Vec<Step>) -> AsPathBuf {
        let (mut path, mut sequence) = (AsPathBuf::default(), Vec::new());
        for step in steps {
            match step {
                Step::Asn(asn) => sequence.push(asn.0),
                Step::Set(set) => {
                    path.push(SegmentKind::Sequence, sequence.drain(..));
                    path.push(SegmentKind::Set, set.into_iter().map(|asn| asn.0));
                }
            }
        }
        path.push(SegmentKind::Sequence, sequence);
        path
    }
}

/// A list of values that stand as their text.
pub(super) mod optional_list {
    use crate::text::Text;
    use serde::de::{Deserialize, Deserializer};
    use serde::ser::{Serialize, Serializer};
    use std::fmt::Display;
    use std::str::FromStr;

    #[expect(clippy::ref_option, reason = "serde passes a reference to the field")]
    pub(in super::super) fn serialize<T: Display, S: Serializer>(
        list: &Option<Vec<T>>,
        s: S,
    ) -> Result<S::Ok, S::Error> {
        list.as_ref().map(|list| list.iter().map(Text).collect::<Vec<_>>()).serialize(s)
    }

    pub(in super::super) fn deserialize<'de, T: FromStr<Err: Display>, D: Deserializer<'de>>(
        d: D,
    ) -> Result<Option<Vec<T>>, D::Error> {
        let list = Option::<Vec<Text<T>>>::deserialize(d)?;
        Ok(list.map(|list| list.into_iter().map(|text| text.0).collect()))
    }
}

/// ORIGIN by its name.
pub(super) mod origin {
    use bgp_wire::Origin;
    use serde::de::{Deserialize, Deserializer, Error};
    use serde::ser::{Serialize, Serializer};

    const ALL: [Origin; 3] = [Origin::Igp, Origin::Egp, Origin::Incomplete];

    #[expect(
        clippy::ref_option,
        clippy::trivially_copy_pass_by_ref,
        reason = "serde passes a reference to the field"
    )]
    pub(in super::super) fn serialize<S: Serializer>(
        origin: &Option<Origin>,
        s: S,
    ) -> Result<S::Ok, S::Error> {
        origin.map(Origin::name).serialize(s)
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Origin>, D::Error> {
        let Some(name) = Option::<String>::deserialize(d)? else { return Ok(None) };
        let found = ALL.into_iter().find(|origin| origin.name() == name);
        found.map(Some).ok_or_else(|| D::Error::unknown_variant(&name, &["igp", "egp", "incomplete"]))
    }
}
