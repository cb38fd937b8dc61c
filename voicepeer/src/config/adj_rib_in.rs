//! `adj_rib_in`: what is kept of what a peer tells.

use super::Reader;
use crate::diagnostic::BadInput;
use bgp_speaker::AdjRibIn;
use toml::Spanned;

impl Reader<'_> {
    pub(super) fn adj_rib_in(&self, choice: Option<&Spanned<String>>) -> Result<AdjRibIn, BadInput> {
        match choice.map(|text| (text, text.get_ref().as_str())) {
            None | Some((_, "kept")) => Ok(AdjRibIn::Kept),
            Some((_, "not-kept")) => Ok(AdjRibIn::NotKept),
            Some((text, other)) => Err(self.bad(text, format!("{other:?} does not say what is kept"))),
        }
    }
}
