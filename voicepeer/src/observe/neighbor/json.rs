//! Sessions in JSON: which router's it is, by the keys at its top.

use super::super::json::BadField;
use super::{Told, frr_bfd_json, frr_json, gobgp_json, openbgpd_json};
use serde_json::Value;

/// One form of JSON that tells of sessions.
struct Form {
    knows: fn(&Value) -> bool,
    read: fn(&Value) -> Result<Told, BadField>,
    /// A key that is in it. Documents of routes are large, and not to be read twice.
    key: &'static str,
}

const FORMS: [Form; 4] = [
    Form { knows: gobgp_json::knows, read: gobgp_json::read, key: "\"neighbor_address\"" },
    Form { knows: frr_json::knows, read: frr_json::read, key: "\"bgpState\"" },
    Form { knows: frr_bfd_json::knows, read: frr_bfd_json::read, key: "\"remote-diagnostic\"" },
    Form { knows: openbgpd_json::knows, read: openbgpd_json::read, key: "\"remote_addr\"" },
];

/// Whether a document may be of sessions.
pub(in super::super) fn may_be(text: &str) -> bool {
    FORMS.iter().any(|form| text.contains(form.key))
}

/// What a document tells of sessions, where it is one that does.
pub(in super::super) fn read(value: &Value) -> Option<Result<Told, BadField>> {
    FORMS.iter().find(|form| (form.knows)(value)).map(|form| (form.read)(value))
}

/// Every value by itself, or the line of it that cannot be read.
pub(super) fn all<'a, T: serde::Deserialize<'a>>(
    values: impl IntoIterator<Item = (String, &'a Value)>,
) -> Result<Vec<(String, T)>, BadField> {
    let read = |(place, value): (String, &'a Value)| match T::deserialize(value) {
        Ok(document) => Ok((place, document)),
        Err(error) => Err(BadField { place, why: error.to_string() }),
    };
    values.into_iter().map(read).collect()
}
