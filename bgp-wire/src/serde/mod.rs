//! The types of this crate for serde, and with it their JSON: feature `serde`.

mod as_path;
mod attribute_set;
mod attributes;
mod open;
mod outcome;
mod route_refresh;
mod text;
mod update;

use serde::ser::{Serialize, Serializer};
use text::{Hex, Shown, Utf8};

#[cfg(test)]
mod tests;

/// What an iterator gives, as an array; it is made anew each time.
struct Seq<F>(F);

impl<F: Fn() -> I, I: IntoIterator<Item: Serialize>> Serialize for Seq<F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq((self.0)())
    }
}
