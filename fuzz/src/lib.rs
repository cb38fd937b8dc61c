//! What the fuzz targets do, as plain functions: a finding is kept as a test that calls one of them.
//!
//! A new target is a function and its row in [`TARGETS`], and what cargo needs of it: a line in `Cargo.toml` and
//! a file in `fuzz_targets` that calls the function.

mod as_path_regex;
mod bfd_advise;
mod bfd_control;
mod bfd_sbfd;
mod bfd_session;
mod bmp;
mod communities;
mod differential;
mod irr;
mod mrt;
mod nlri;
mod notification;
mod observe;
mod open;
mod policy_evaluation;
mod policy_prove;
mod policy_text;
mod round_trip;
mod route_refresh;
mod rpki;
mod seeds;
mod session;
mod stream;
mod trace;
mod update;

pub use as_path_regex::as_path_regex;
pub use bfd_advise::bfd_advise;
pub use bfd_control::bfd_control;
pub use bfd_sbfd::bfd_sbfd;
pub use bfd_session::bfd_session;
pub use bmp::bmp;
pub use communities::communities;
pub use differential::{bgpkit, routecore};
pub use irr::{bgpq4, irr, irr_whois};
pub use mrt::mrt;
pub use nlri::nlri;
pub use notification::notification;
pub use observe::observe;
pub use open::{capabilities, open};
pub use policy_evaluation::policy_evaluation;
pub use policy_prove::policy_prove;
pub use policy_text::policy_text;
pub use round_trip::round_trip;
pub use route_refresh::route_refresh;
pub use rpki::rpki_document;
pub use stream::stream;
pub use trace::trace;
pub use update::update;

/// One fuzz target.
#[derive(Clone, Copy)]
pub struct Target {
    /// The name of its function and of its program.
    pub name: &'static str,
    /// Panics where something is wrong.
    pub run: fn(&[u8]),
    /// Inputs to begin with, which are right or nearly so.
    pub seeds: fn() -> Vec<Vec<u8>>,
}

/// Every target, by name.
pub const TARGETS: &[Target] = &[
    Target { name: "as_path_regex", run: as_path_regex, seeds: as_path_regex::seeds },
    Target { name: "bfd_advise", run: bfd_advise, seeds: bfd_advise::seeds },
    Target { name: "bfd_control", run: bfd_control, seeds: bfd_control::seeds },
    Target { name: "bfd_sbfd", run: bfd_sbfd, seeds: bfd_sbfd::seeds },
    Target { name: "bfd_session", run: bfd_session, seeds: bfd_session::seeds },
    Target { name: "bgpkit", run: bgpkit, seeds: seeds::updates },
    Target { name: "bgpq4", run: bgpq4, seeds: irr::bgpq4_seeds },
    Target { name: "bmp", run: bmp, seeds: seeds::bmp },
    Target { name: "capabilities", run: capabilities, seeds: seeds::capabilities },
    Target { name: "communities", run: communities, seeds: seeds::communities },
    Target { name: "irr", run: irr, seeds: irr::seeds },
    Target { name: "irr_whois", run: irr_whois, seeds: irr::whois_seeds },
    Target { name: "mrt", run: mrt, seeds: seeds::mrt },
    Target { name: "nlri", run: nlri, seeds: seeds::nlri },
    Target { name: "notification", run: notification, seeds: seeds::notifications },
    Target { name: "observe", run: observe, seeds: observe::seeds },
    Target { name: "open", run: open, seeds: seeds::opens },
    Target { name: "policy_evaluation", run: policy_evaluation, seeds: policy_evaluation::seeds },
    Target { name: "policy_prove", run: policy_prove, seeds: policy_prove::seeds },
    Target { name: "policy_text", run: policy_text, seeds: policy_text::seeds },
    Target { name: "round_trip", run: round_trip, seeds: seeds::updates },
    Target { name: "route_refresh", run: route_refresh, seeds: seeds::route_refreshes },
    Target { name: "routecore", run: routecore, seeds: seeds::updates },
    Target { name: "rpki_document", run: rpki_document, seeds: rpki::seeds },
    Target { name: "stream", run: stream, seeds: seeds::streams },
    Target { name: "trace", run: trace, seeds: trace::seeds },
    Target { name: "update", run: update, seeds: seeds::updates },
];

#[cfg(test)]
mod tests {
    use super::{TARGETS, Target};
    // Where the code is built to be fuzzed, it calls this runtime.
    use libfuzzer_sys as _;
    use std::path::Path;

    /// About how many octets are read of a seed that is cut and spoiled in some places: the longer it is, the fewer they are.
    const OCTETS_READ: usize = 1 << 17;

    /// What is put in place of each octet of a seed.
    const OCTETS: [u8; 2] = [1, 0xff];

    /// Every seed whole, cut anywhere, and with any of its octets spoiled; of a long one, with some.
    fn run(Target { run, seeds, .. }: &Target) {
        for seed in seeds() {
            run(&seed);
            let step = (seed.len() * seed.len()).div_ceil(OCTETS_READ).max(1);
            for at in (0..seed.len()).step_by(step) {
                run(&seed[..at]);
                for octet in OCTETS {
                    let mut spoiled = seed.clone();
                    spoiled[at] = octet;
                    run(&spoiled);
                }
            }
        }
    }

    #[test]
    fn the_targets_take_anything() {
        for target in TARGETS {
            assert!(!(target.seeds)().is_empty(), "{} has no seeds", target.name);
            run(target);
        }
    }

    /// A row that cargo does not know is not run, and neither is one that is not here.
    #[test]
    fn every_row_has_its_program() {
        let manifest = include_str!("../Cargo.toml");
        let programs = manifest.lines().filter_map(|line| line.trim().strip_prefix("{ name = \""));
        let programs: Vec<_> = programs.filter_map(|line| line.split('"').next()).collect();
        assert_eq!(programs, TARGETS.iter().map(|target| target.name).collect::<Vec<_>>());
        for name in programs {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("fuzz_targets/{name}.rs"));
            let program = std::fs::read_to_string(path).expect("a file");
            assert!(program.contains(&format!("voicepeer_fuzz::{name}(data)")), "{name}");
        }
    }
}
