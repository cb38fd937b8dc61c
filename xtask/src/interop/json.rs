//! Looking into JSON answers without trusting their shape.

use serde_json::Value;

/// The text of a field, or nothing.
pub(super) fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value.get(field).and_then(Value::as_str).unwrap_or_default()
}

/// The number of a field, if it has one that fits.
pub(super) fn number<T: TryFrom<u64>>(value: &Value, field: &str) -> Option<T> {
    value.get(field)?.as_u64()?.try_into().ok()
}

/// The list of a field, or an empty one.
pub(super) fn list<'a>(value: &'a Value, field: &str) -> &'a [Value] {
    value.get(field).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The list of texts of a field.
pub(super) fn texts(value: &Value, field: &str) -> Vec<String> {
    list(value, field).iter().filter_map(Value::as_str).map(str::to_owned).collect()
}
