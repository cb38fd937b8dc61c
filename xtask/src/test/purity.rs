//! The sans-IO crates pull in nothing that could do IO: each has a list of all it may depend on.
//!
//! A list of what is allowed is the stronger proof: whatever is not named here fails, known or not. That they
//! read no clock and start no thread themselves is clippy's part (`disallowed-methods`).

use crate::command::{cargo, stdout_of};
use crate::failure::Failure;
use crate::report::Outcome;
use std::collections::BTreeSet;

/// One sans-IO crate and all it may depend on, however deep.
struct Pure {
    package: &'static str,
    features: &'static [&'static str],
    allowed: &'static [&'static [&'static str]],
}

const WIRE: &[&str] = &["bgp-wire", "bytes", "ipnet", "memchr", "nom"];
const SERDE: &[&str] =
    &["serde", "serde_core", "serde_derive", "proc-macro2", "quote", "syn", "unicode-ident"];
/// Tables, and what their values share.
const TABLES: &[&str] = &["foldhash", "hashbrown", "prefetch-index", "triomphe"];
/// The digests of BFD authentication, what they are built from, and their comparison.
const DIGESTS: &[&str] = &[
    "md-5",
    "sha1",
    "digest",
    "block-buffer",
    "crypto-common",
    "hybrid-array",
    "typenum",
    "cfg-if",
    "cpufeatures",
    "ctutils",
    "cmov",
];

const PURE: [Pure; 5] = [
    Pure { package: "bgp-wire", features: &["--all-features"], allowed: &[WIRE, SERDE] },
    Pure { package: "bfd", features: &[], allowed: &[&["bfd", "ipnet"], DIGESTS] },
    Pure { package: "bgp-policy", features: &["--all-features"], allowed: &[&["bgp-policy"], WIRE, SERDE] },
    Pure { package: "bgp-session", features: &["--all-features"], allowed: &[&["bgp-session"], WIRE] },
    Pure { package: "bgp-rib", features: &["--all-features"], allowed: &[&["bgp-rib"], WIRE, TABLES] },
];

pub(super) fn check() -> Result<Outcome, Failure> {
    let mut note = Vec::new();
    for pure in &PURE {
        let found = dependencies(pure)?;
        let strangers = strangers(pure, &found);
        if !strangers.is_empty() {
            let package = pure.package;
            let objection = format!("{package} must not depend on: {}", strangers.join(", "));
            return Err(Failure::Objection(objection));
        }
        note.push(format!("{} {}", pure.package, found.len().saturating_sub(1)));
    }
    Ok(Outcome::Passed(format!("dependencies: {}", note.join(", "))))
}

/// Everything the package is built from, itself included.
fn dependencies(pure: &Pure) -> Result<BTreeSet<String>, Failure> {
    let options = ["tree", "--edges", "normal", "--prefix", "none", "--format", "{p}", "-p", pure.package];
    let tree = stdout_of(&mut cargo(&[&options, pure.features].concat()))?;
    Ok(tree.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect())
}

fn strangers(pure: &Pure, found: &BTreeSet<String>) -> Vec<String> {
    let allowed: BTreeSet<&str> = pure.allowed.iter().copied().flatten().copied().collect();
    found.iter().filter(|name| !allowed.contains(name.as_str())).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stranger_is_named() {
        let pure = Pure { package: "bfd", features: &[], allowed: &[&["bfd"]] };
        let found = ["bfd", "tokio"].map(str::to_owned).into();
        assert_eq!(strangers(&pure, &found), ["tokio"]);
    }
}
