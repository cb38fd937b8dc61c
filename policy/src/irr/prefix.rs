//! Prefixes as registries have them.

use ipnet::IpNet;

/// Reads a prefix without bits beyond its length. Old objects have zeros in front of the numbers of an IPv4 address.
pub(super) fn read(text: &str) -> Option<IpNet> {
    let text = text.trim();
    let prefix: Option<IpNet> = text.parse().ok().or_else(|| without_zeros(text)?.parse().ok());
    prefix.filter(|prefix| prefix.addr() == prefix.network())
}

/// The same IPv4 prefix, its numbers without zeros in front.
fn without_zeros(text: &str) -> Option<String> {
    let (address, length) = text.split_once('/')?;
    let plain = |number: &str| match number.trim_start_matches('0') {
        "" if !number.is_empty() => "0".to_owned(),
        rest => rest.to_owned(),
    };
    let numbers: Vec<_> = address.split('.').map(plain).collect();
    Some(format!("{}/{length}", numbers.join(".")))
}

#[cfg(test)]
mod tests {
    #[test]
    fn text_forms() {
        for (text, want) in [
            ("198.51.100.0/24", Some("198.51.100.0/24")),
            (" 192.0.02.0/24 ", Some("192.0.2.0/24")),
            ("010.000.000.0/8", Some("10.0.0.0/8")),
            ("2001:0dB8::/48", Some("2001:db8::/48")),
            ("198.51.100.1/24", None),
            ("198.51.100.0", None),
            ("198.51.100.0/33", None),
            ("198.51..0/24", None),
            ("198.51.100.0/24 24", None),
            ("", None),
            ("/", None),
        ] {
            assert_eq!(super::read(text).map(|net| net.to_string()).as_deref(), want, "{text:?}");
        }
    }
}
