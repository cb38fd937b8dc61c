//! Reading edits.

use super::conditions::{braced, of_words};
use super::document::{EditItem, Kind, Member, Name, NumberField, Verb};
use super::fault::{Fault, Place};
use super::words::{Parsed, fail, keyword, literal, member, name, number, sign, word};
use crate::asn_set::AsnSet;
use crate::edit::Edit;
use crate::named::Named;
use bgp_wire::Asn;
use std::net::IpAddr;

pub(super) const VERBS: [&str; 8] = ["set", "add", "delete", "raise", "lower", "strip", "prepend", "replace"];

/// The edit that begins with `verb`, behind which `input` is.
pub(super) fn edit<'a>(verb: &str, input: &'a str) -> Parsed<'a, EditItem> {
    match verb {
        "set" => set(input),
        "add" => add(input),
        "delete" => delete(input),
        "raise" => raise(input, Verb::Raise, 1),
        "lower" => raise(input, Verb::Lower, -1),
        "strip" => strip(input),
        "prepend" => prepend(input),
        _ => replace(input),
    }
}

/// A number, or what stands for one.
enum Amount<T> {
    Number(T),
    Name(Name),
}

fn amount<T: std::str::FromStr>(input: &str) -> Parsed<'_, Amount<T>> {
    if input.starts_with(|c: char| c.is_ascii_digit()) {
        return number(input).map(|(rest, n)| (rest, Amount::Number(n)));
    }
    let (rest, name) = name(input).map_err(|e| e.map(|fault| fault.or_expected(input, &["a number"])))?;
    Ok((rest, Amount::Name(name)))
}

fn set(input: &str) -> Parsed<'_, EditItem> {
    const WORDS: &[&str] = &[
        "med",
        "local-pref",
        "weight",
        "origin",
        "next-hop",
        "communities",
        "extended-communities",
        "large-communities",
    ];
    let (rest, what) = of_words(input, WORDS, |word| WORDS.iter().find(|w| **w == word))?;
    let number = |edit: fn(u32) -> Edit, verb| {
        move |(rest, n)| match n {
            Amount::Number(n) => (rest, EditItem::Is(edit(n))),
            Amount::Name(name) => (rest, EditItem::With(verb, name)),
        }
    };
    match *what {
        "med" => amount(rest).map(number(Edit::SetMed, Verb::SetMed)),
        "local-pref" => amount(rest).map(number(Edit::SetLocalPref, Verb::SetLocalPref)),
        "weight" => amount(rest).map(|(rest, n)| match n {
            Amount::Number(n) => (rest, EditItem::Is(Edit::SetWeight(n))),
            Amount::Name(name) => (rest, EditItem::With(Verb::SetWeight, name)),
        }),
        "origin" => of_words(rest, &["igp", "egp", "incomplete"], crate::words::origin)
            .map(|(rest, origin)| (rest, EditItem::Is(Edit::SetOrigin(origin)))),
        "next-hop" => match keyword("self")(rest) {
            Ok((rest, ())) => Ok((rest, EditItem::Is(Edit::NextHopSelf))),
            Err(_) => literal::<IpAddr>(&["self", "an address"], rest)
                .map(|(rest, addr)| (rest, EditItem::Is(Edit::SetNextHop(addr)))),
        },
        kind => set_all(kind, rest),
    }
}

fn kind_of(word: &str) -> Kind {
    match word {
        "communities" | "community" => Kind::Communities,
        "extended-communities" | "extended-community" => Kind::ExtendedCommunities,
        _ => Kind::LargeCommunities,
    }
}

fn set_all<'a>(what: &str, input: &'a str) -> Parsed<'a, EditItem> {
    let kind = kind_of(what);
    let (rest, (members, _)) = braced(kind, input)?;
    macro_rules! of {
        ($edit:ident, $variant:ident) => {{
            let mut all = Vec::new();
            for (place, member) in members {
                match member {
                    Member::$variant(pattern) => match pattern.single() {
                        Some(one) => all.push(one),
                        None => return fail(Fault::wrong(place, ONE)),
                    },
                    _ => return fail(Fault::wrong(place, ONE)),
                }
            }
            Edit::$edit(all.into())
        }};
    }
    let edit = match kind {
        Kind::Communities => of!(SetCommunities, Community),
        Kind::ExtendedCommunities => of!(SetExtendedCommunities, ExtendedCommunity),
        _ => of!(SetLargeCommunities, LargeCommunity),
    };
    Ok((rest, EditItem::Is(edit)))
}

const ONE: &str = "this stands for more than one community, and a route has communities one by one";

const COMMUNITY: [&str; 6] = [
    "community",
    "extended-community",
    "large-community",
    "communities",
    "extended-communities",
    "large-communities",
];

fn add(input: &str) -> Parsed<'_, EditItem> {
    let (rest, what) = of_words(input, &COMMUNITY, |word| COMMUNITY.into_iter().find(|w| *w == word))?;
    let kind = kind_of(what);
    if what.ends_with("communities") {
        let (rest, name) = of_set(rest)?;
        return Ok((rest, EditItem::With(Verb::Add(kind), name)));
    }
    let (behind, member) = member(kind, rest)?;
    match added(&member) {
        Some(edit) => Ok((behind, EditItem::Is(edit))),
        None => fail(Fault::wrong(Place::of(rest), ONE)),
    }
}

/// The edit that adds a community, where the pattern stands for one alone.
pub(super) fn added(member: &Member) -> Option<Edit> {
    match member {
        Member::Community(pattern) => pattern.single().map(Edit::AddCommunity),
        Member::ExtendedCommunity(pattern) => pattern.single().map(Edit::AddExtendedCommunity),
        Member::LargeCommunity(pattern) => pattern.single().map(Edit::AddLargeCommunity),
        _ => None,
    }
}

/// The edit that deletes what matches.
pub(super) fn deleted(member: &Member) -> Option<Edit> {
    match member {
        Member::Community(pattern) => Some(Edit::DeleteCommunity(*pattern)),
        Member::ExtendedCommunity(pattern) => Some(Edit::DeleteExtendedCommunity(*pattern)),
        Member::LargeCommunity(pattern) => Some(Edit::DeleteLargeCommunity(*pattern)),
        _ => None,
    }
}

fn delete(input: &str) -> Parsed<'_, EditItem> {
    const WORDS: [&str; 8] = [
        "community",
        "extended-community",
        "large-community",
        "communities",
        "extended-communities",
        "large-communities",
        "med",
        "local-pref",
    ];
    let (rest, what) = of_words(input, &WORDS, |word| WORDS.into_iter().find(|w| *w == word))?;
    match what {
        "med" => Ok((rest, EditItem::Is(Edit::DeleteMed))),
        "local-pref" => Ok((rest, EditItem::Is(Edit::DeleteLocalPref))),
        many if many.ends_with("communities") => {
            let (rest, name) = of_set(rest)?;
            Ok((rest, EditItem::With(Verb::Delete(kind_of(many)), name)))
        }
        one => {
            let (behind, member) = member(kind_of(one), rest)?;
            match deleted(&member) {
                Some(edit) => Ok((behind, EditItem::Is(edit))),
                None => fail(Fault::wrong(Place::of(rest), ONE)),
            }
        }
    }
}

/// `in NAME`
fn of_set(input: &str) -> Parsed<'_, Name> {
    let (rest, ()) = keyword("in")(input)?;
    name(rest)
}

fn raise(input: &str, verb: fn(NumberField) -> Verb, sign: i64) -> Parsed<'_, EditItem> {
    let of = |word: &str| match word {
        "med" => Some(NumberField::Med),
        "local-pref" => Some(NumberField::LocalPref),
        _ => None,
    };
    let (rest, field) = of_words(input, &["med", "local-pref"], of)?;
    let (rest, ()) = keyword("by")(rest)?;
    let (rest, n) = amount::<u32>(rest)?;
    let item = match n {
        Amount::Number(n) => EditItem::Is(shifted(field, i64::from(n).saturating_mul(sign))),
        Amount::Name(name) => EditItem::With(verb(field), name),
    };
    Ok((rest, item))
}

/// The edit that adds to a number.
pub(super) const fn shifted(field: NumberField, by: i64) -> Edit {
    match field {
        NumberField::Med => Edit::AddMed(by),
        NumberField::LocalPref | NumberField::PathLength => Edit::AddLocalPref(by),
    }
}

fn strip(input: &str) -> Parsed<'_, EditItem> {
    let (rest, what) = of_words(input, &["private-asns", "asns"], |w| match w {
        "private-asns" => Some(true),
        "asns" => Some(false),
        _ => None,
    })?;
    if what {
        return Ok((rest, EditItem::Is(Edit::StripPrivateAsns)));
    }
    let (rest, asns) = asns(rest)?;
    Ok((
        rest,
        match asns {
            Amount::Number(set) => EditItem::Is(Edit::StripAsns(set)),
            Amount::Name(name) => EditItem::With(Verb::StripAsns, name),
        },
    ))
}

/// Our own ASN, or one that is given.
fn asn_or_own(input: &str) -> Parsed<'_, Option<Asn>> {
    match keyword("own-asn")(input) {
        Ok((rest, ())) => Ok((rest, None)),
        Err(_) => literal::<Asn>(&["own-asn", "an ASN"], input).map(|(rest, asn)| (rest, Some(asn))),
    }
}

/// `in NAME`, `in { ... }`, or one range.
fn asns(input: &str) -> Parsed<'_, Amount<Named<AsnSet>>> {
    let of = |members: Vec<Member>| match super::document::Value::set(Kind::Asns, None, members.into_iter()) {
        super::document::Value::Asns(set) => Amount::Number(set),
        _ => Amount::Number(AsnSet::default().into()),
    };
    let Ok((rest, ())) = keyword("in")(input) else {
        let (rest, only) = member(Kind::Asns, input).map_err(|e| e.map(|f| f.or_expected(input, &["in"])))?;
        return Ok((rest, of(vec![only])));
    };
    if sign("{")(rest).is_ok() {
        let (rest, (members, _)) = braced(Kind::Asns, rest)?;
        return Ok((rest, of(members.into_iter().map(|(_, member)| member).collect())));
    }
    name(rest).map(|(rest, name)| (rest, Amount::Name(name)))
}

fn prepend(input: &str) -> Parsed<'_, EditItem> {
    let (rest, asn) = asn_or_own(input)?;
    // `prepend own-asn` is once.
    if !rest.starts_with(|c: char| c.is_ascii_digit()) {
        match word(rest) {
            Ok((behind, _)) if keyword("times")(behind).is_ok() => {}
            _ => return Ok((rest, EditItem::Is(prepended(asn, 1)))),
        }
    }
    let (rest, times) = amount::<u8>(rest)?;
    let (rest, ()) = keyword("times")(rest)?;
    Ok((
        rest,
        match times {
            Amount::Number(times) => EditItem::Is(prepended(asn, times)),
            Amount::Name(name) => EditItem::With(Verb::Prepend(asn), name),
        },
    ))
}

/// The edit that prepends an ASN, or our own.
pub(super) fn prepended(asn: Option<Asn>, times: u8) -> Edit {
    asn.map_or(Edit::Prepend(times), |asn| Edit::PrependAsn(asn, times))
}

fn replace(input: &str) -> Parsed<'_, EditItem> {
    let (rest, ()) = keyword("asns")(input)?;
    let (rest, which) = asns(rest)?;
    let (rest, ()) = keyword("with")(rest)?;
    let (rest, with) = asn_or_own(rest)?;
    Ok((
        rest,
        match which {
            Amount::Number(set) => EditItem::Is(Edit::ReplaceAsns(set, with)),
            Amount::Name(name) => EditItem::With(Verb::ReplaceAsns(with), name),
        },
    ))
}
