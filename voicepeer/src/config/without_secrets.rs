//! A configuration that may be shown to others.

use toml::{Table, Value};

/// The fields that nobody else may read: `password`, and `secret` of every key.
const SECRETS: [&str; 2] = ["password", "secret"];
/// What stands in their place. Every field of them takes so many octets.
const INSTEAD: &str = "not recorded";

/// The same configuration without its secrets, and without comments, in which they may stand too; nothing where it is
/// no TOML.
pub(super) fn without_secrets(text: &str) -> String {
    let Ok(mut table) = text.parse::<Table>() else { return String::new() };
    hide(&mut table);
    toml::to_string(&table).unwrap_or_default()
}

fn hide(table: &mut Table) {
    for (name, value) in table.iter_mut() {
        if SECRETS.contains(&name.as_str()) {
            *value = Value::String(INSTEAD.to_owned());
        } else {
            hide_within(value);
        }
    }
}

fn hide_within(value: &mut Value) {
    match value {
        Value::Table(table) => hide(table),
        Value::Array(values) => values.iter_mut().for_each(hide_within),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_secret_is_left_out_wherever_it_stands() {
        let text = "# the old password was hush\n[speaker]\nasn = 64500\n[group.a]\npassword = \"hush\"\n\
                    [[peer]]\nname = \"b\"\npassword = \"hush\"\ntcp_ao = [{ send_id = 1, secret = \"hush\" }]\n\
                    [peer.bfd.authentication]\nkeys = [{ id = 1, secret = \"hush\" }]\n";
        let open = without_secrets(text);
        assert!(!open.contains("hush"), "{open}");
        assert_eq!(open.matches(INSTEAD).count(), 4, "{open}");
        let (before, after): (Table, Table) = (text.parse().unwrap(), open.parse().unwrap());
        assert_eq!((&before["speaker"], after.len()), (&after["speaker"], before.len()));
        assert_eq!(after["peer"][0]["name"].as_str(), Some("b"));
    }
}
