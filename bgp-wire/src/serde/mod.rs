//! Serialize and Deserialize for the types of this crate, a file for each part of it; [`json`] says the form.
//!
//! A type whose fields are its form derives it where it stands; the others are written here.

mod as_path;
mod attr;
mod attribute_set;
mod attributes;
mod bmp;
mod flowspec;
pub mod json;
mod link_state;
mod mrt;
mod nlri;
mod open;
mod outcome;
mod route_refresh;
mod text;
mod tunnel;
mod update;
mod update_buf;

#[cfg(test)]
mod attr_tests;
#[cfg(test)]
mod bmp_tests;
#[cfg(test)]
mod mrt_tests;
#[cfg(test)]
mod nlri_tests;
#[cfg(test)]
mod round_trip;
#[cfg(test)]
mod tests;

use serde::ser::{Serialize, SerializeMap, Serializer};
use text::{Hex, Shown, Utf8};

/// What an iterator gives, as an array; it is made anew each time.
struct Seq<F>(F);

impl<F: Fn() -> I, I: IntoIterator<Item: Serialize>> Serialize for Seq<F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq((self.0)())
    }
}

/// An object whose keys `fill` writes.
fn object<S: Serializer>(
    serializer: S,
    fill: impl FnOnce(&mut S::SerializeMap) -> Result<(), S::Error>,
) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(None)?;
    fill(&mut map)?;
    map.end()
}
