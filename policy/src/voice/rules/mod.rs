//! The rules, a file for each group.

mod announced;
mod as_path;
mod attested;
mod bandwidth;
mod bfd;
mod community;
mod live;
mod locations;
mod max_prefix;
mod next_hop;
mod origin;
mod plan;
mod prefix;
mod registration;
mod sessions;
#[cfg(test)]
pub(crate) mod testing;

use super::case::Case;
use super::verdict::Verdict;

/// Where verdicts go.
type Sink<'s> = &'s mut dyn FnMut(Verdict);

/// Every check; each may decide several rules.
pub(crate) const ALL: &[fn(&Case<'_>, Sink<'_>)] = &[
    prefix::check,
    announced::check,
    sessions::all_sessions,
    sessions::consistent,
    registration::unregistered,
    registration::registered_once,
    registration::key_match,
    plan::asn_public,
    plan::session_address,
    plan::no_md5,
    locations::redundancy,
    locations::diversity,
    locations::backup_location,
    locations::geo_redundancy,
    bandwidth::equal,
    bandwidth::enough,
    bfd::detection,
    bfd::strict,
    max_prefix::check,
    live::no_as12076,
    live::hold_time,
    live::connection_active,
    attested::check,
];
