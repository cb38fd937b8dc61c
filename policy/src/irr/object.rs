//! The objects of an IRR that are of use here, from their attributes (RFC 2622 sections 4 to 6, RFC 4012).

use super::fault::{Fault, RpslFault};
use super::member::Member;
use super::prefix;
use super::rpsl::{Attribute, Class, Name};
use super::set_name::{SetClass, SetName};
use bgp_wire::Asn;
use ipnet::IpNet;

/// One object.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum IrrObject {
    /// `aut-num`.
    AutNum(AutNum),
    /// `route` or `route6`.
    Route(RouteObject),
    /// `as-set` or `route-set`.
    Set(SetObject),
}

/// An AS that says of which sets it is a member.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AutNum {
    /// Its number.
    pub asn: Asn,
    /// Its claims.
    pub claims: Claims,
    /// The registry that it is from, in capitals; empty where it does not say.
    pub source: Box<str>,
}

/// A prefix and the AS that is to originate it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RouteObject {
    /// The prefix.
    pub prefix: IpNet,
    /// The AS.
    pub origin: Asn,
    /// Its claims.
    pub claims: Claims,
    /// The registry that it is from, in capitals; empty where it does not say.
    pub source: Box<str>,
}

/// A set by what it names itself, and by whose claims it takes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SetObject {
    /// Its name and class.
    pub name: SetName,
    /// `members` and `mp-members`, in their order.
    pub members: Box<[Member]>,
    /// `mbrs-by-ref`.
    pub by_reference: ByReference,
    /// The registry that it is from, in capitals; empty where it does not say.
    pub source: Box<str>,
}

/// The sets that an object says it is a member of: `member-of`. It is one where the set takes claims of its maintainers.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Claims {
    /// The sets.
    pub sets: Box<[SetName]>,
    /// The maintainers of the object, in capitals; empty where it claims nothing.
    pub maintainers: Box<[Box<str>]>,
}

/// Whose claims a set takes.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum ByReference {
    /// Nobody's.
    #[default]
    Nobody,
    /// Everybody's.
    Any,
    /// Those of these maintainers, in capitals.
    Maintainers(Box<[Box<str>]>),
}

impl ByReference {
    /// Whether claims of an object with these maintainers are taken.
    pub fn takes(&self, maintainers: &[Box<str>]) -> bool {
        match self {
            Self::Nobody => false,
            Self::Any => true,
            Self::Maintainers(all) => maintainers.iter().any(|one| all.contains(one)),
        }
    }
}

impl IrrObject {
    pub(super) fn new(
        class: Class,
        attributes: &[Attribute],
        faults: &mut impl FnMut(RpslFault),
    ) -> Option<Self> {
        let reader = Reader { attributes };
        let key = attributes.first()?;
        let object = match class {
            Class::AutNum => reader.aut_num(key, faults).map(Self::AutNum),
            Class::Route | Class::Route6 => {
                reader.route(key, class == Class::Route6, faults).map(Self::Route)
            }
            Class::AsSet => reader.set(key, SetClass::As, faults).map(Self::Set),
            Class::RouteSet => reader.set(key, SetClass::Route, faults).map(Self::Set),
        };
        object.map_err(|(fault, line)| faults(RpslFault { line, fault })).ok()
    }
}

/// What makes an object useless, and its line.
type Useless = (Fault, u64);

struct Reader<'a> {
    attributes: &'a [Attribute],
}

impl<'a> Reader<'a> {
    fn all(&self, name: Name) -> impl Iterator<Item = &'a Attribute> + use<'a> {
        self.attributes.iter().filter(move |attribute| attribute.name == name)
    }

    /// The words of every attribute of a name, which commas and spaces divide, with the line of each.
    fn words(&self, name: Name) -> impl Iterator<Item = (&'a str, u64)> + use<'a> {
        self.all(name).flat_map(|attribute| {
            let words = attribute.value.split(|c: char| c == ',' || c.is_ascii_whitespace());
            words.filter(|word| !word.is_empty()).map(|word| (word, attribute.line))
        })
    }

    fn capitals(&self, name: Name) -> Box<[Box<str>]> {
        self.words(name).map(|(word, _)| word.to_ascii_uppercase().into()).collect()
    }

    fn source(&self) -> Box<str> {
        self.words(Name::Source).next().map(|(word, _)| word.to_ascii_uppercase().into()).unwrap_or_default()
    }

    fn claims(&self, faults: &mut impl FnMut(RpslFault)) -> Claims {
        let sets = self
            .words(Name::MemberOf)
            .filter_map(|(word, line)| word.parse().map_err(|fault| faults(RpslFault { line, fault })).ok());
        let sets: Box<[SetName]> = sets.collect();
        let maintainers = if sets.is_empty() { Box::default() } else { self.capitals(Name::MntBy) };
        Claims { sets, maintainers }
    }

    fn aut_num(&self, key: &Attribute, faults: &mut impl FnMut(RpslFault)) -> Result<AutNum, Useless> {
        let asn = asn(&key.value).ok_or((Fault::Asn, key.line))?;
        Ok(AutNum { asn, claims: self.claims(faults), source: self.source() })
    }

    fn route(
        &self,
        key: &Attribute,
        is_v6: bool,
        faults: &mut impl FnMut(RpslFault),
    ) -> Result<RouteObject, Useless> {
        let prefix = prefix::read(&key.value).filter(|prefix| matches!(prefix, IpNet::V6(_)) == is_v6);
        let prefix = prefix.ok_or((Fault::Prefix, key.line))?;
        let origin = self.all(Name::Origin).next().ok_or((Fault::NoOrigin, key.line))?;
        let origin = asn(&origin.value).ok_or((Fault::Asn, origin.line))?;
        Ok(RouteObject { prefix, origin, claims: self.claims(faults), source: self.source() })
    }

    fn set(
        &self,
        key: &Attribute,
        class: SetClass,
        faults: &mut impl FnMut(RpslFault),
    ) -> Result<SetObject, Useless> {
        let name =
            key.value.parse().ok().filter(|name: &SetName| name.class() == class && name.source().is_none());
        let name = name.ok_or((Fault::SetName, key.line))?;
        let words = self.words(Name::Members).chain(self.words(Name::MpMembers));
        let members = words.filter_map(|(word, line)| {
            Member::read(word, class).map_err(|fault| faults(RpslFault { line, fault })).ok()
        });
        let members = members.collect();
        Ok(SetObject { name, members, by_reference: self.by_reference(), source: self.source() })
    }

    fn by_reference(&self) -> ByReference {
        let all = self.capitals(Name::MbrsByRef);
        if all.is_empty() {
            ByReference::Nobody
        } else if all.iter().any(|one| &**one == "ANY") {
            ByReference::Any
        } else {
            ByReference::Maintainers(all)
        }
    }
}

/// An AS number as RPSL writes it, with AS in front.
pub(super) fn asn(text: &str) -> Option<Asn> {
    let text = text.trim();
    text.get(..2).filter(|front| front.eq_ignore_ascii_case("AS"))?;
    text.get(2..)?.parse().ok()
}
