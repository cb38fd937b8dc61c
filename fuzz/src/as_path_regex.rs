//! Regular expressions on AS paths, and paths to match.

use bgp_policy::AsPathRegex;
use bgp_wire::{AsPath, AsnWidth};

/// The first line is an expression or not, the octets behind it are a path or not. What is read is written again as it was, and says
/// the same of a path twice.
pub fn as_path_regex(data: &[u8]) {
    let end = data.iter().position(|octet| *octet == b'\n').unwrap_or(data.len());
    let (text, path) = data.split_at(end);
    let path = AsPath::new(path.get(1..).unwrap_or_default(), AsnWidth::Four);
    let Ok(text) = str::from_utf8(text) else { return };
    match text.parse::<AsPathRegex>() {
        Ok(regex) => {
            assert_eq!(regex.to_string(), text);
            if let Ok(path) = path {
                assert_eq!(
                    regex.matches(path),
                    text.parse::<AsPathRegex>().is_ok_and(|again| again.matches(path))
                );
            }
        }
        Err(error) => assert!(error.at <= text.len(), "{error} in {text}"),
    }
}

/// One expression of each form, with a path that matches and one that does not.
pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let sequence = |asns: &[u32]| {
        let count = u8::try_from(asns.len()).unwrap_or_default();
        [&[2, count][..], &asns.iter().flat_map(|asn| asn.to_be_bytes()).collect::<Vec<_>>()].concat()
    };
    let seed = |text: &str, path: &[u32]| [text.as_bytes(), b"\n", &sequence(path)].concat();
    vec![
        seed("^64500_(6450[1-9]|.*)_{0,2}$", &[64500, 64501]),
        seed("_64500(_[0-9]+){3}$", &[64501]),
        seed("[= 64500 * [1 64512-65534]? (7|8 9)+ =]", &[64500, 64513, 8, 9]),
    ]
}
