//! Reading what policies are to guarantee.

use super::conditions::condition;
use super::document::{Condition, GuaranteeItem, ProveItem};
use super::fault::Place;
use super::items::{call, decision, until_closed};
use super::words::{Parsed, keyword, literal, quoted, sign, space};
use bgp_wire::Asn;

/// `"name" { policy ... given ... own-asn ... guarantees ... }`
pub(super) fn prove(input: &str) -> Parsed<'_, ProveItem> {
    let (rest, name) = quoted(input)?;
    let (rest, ()) = sign("{")(rest)?;
    let place = Place::of(rest);
    let (rest, ()) = keyword("policy")(rest)?;
    let (rest, policy) = call(rest)?;
    let (rest, given) = given(rest)?;
    let (rest, own_asn) = own_asn(rest)?;
    let instead: &[&str] = match (own_asn.is_some(), given.is_some()) {
        (true, _) => &[],
        (false, true) => &["own-asn", "and", "or"],
        (false, false) => &["given", "own-asn"],
    };
    let (rest, (guarantees, close)) = until_closed("guarantees", instead, guarantee, rest)?;
    let policy = (place, policy);
    Ok((rest, ProveItem { name: name.into(), policy, given, own_asn, guarantees, close }))
}

fn given(input: &str) -> Parsed<'_, Option<(Place, Condition)>> {
    let Ok((rest, ())) = keyword("given")(input) else { return Ok((input, None)) };
    condition(rest).map(|(rest, condition)| (rest, Some((Place::of(input), condition))))
}

fn own_asn(input: &str) -> Parsed<'_, Option<(Place, Asn)>> {
    let Ok((rest, ())) = keyword("own-asn")(input) else { return Ok((input, None)) };
    literal(&["an ASN"], rest).map(|(rest, asn)| (rest, Some((Place::of(input), asn))))
}

fn guarantee(input: &str) -> Parsed<'_, GuaranteeItem> {
    if keyword("accept")(input).is_ok() || keyword("reject")(input).is_ok() {
        return decision(input).map(|(rest, decision)| (rest, GuaranteeItem::Decision(decision)));
    }
    let words = &["accept", "reject"];
    let (rest, condition) = condition(input).map_err(|e| e.map(|fault| fault.or_expected(input, words)))?;
    Ok((rest, GuaranteeItem::Is(condition)))
}

/// What a command line says: a condition, `accept` or `reject`.
pub(super) fn guarantee_alone(text: &str) -> Parsed<'_, GuaranteeItem> {
    let (rest, ()) = space(text)?;
    guarantee(rest)
}

pub(super) fn condition_alone(text: &str) -> Parsed<'_, Condition> {
    let (rest, ()) = space(text)?;
    condition(rest)
}
