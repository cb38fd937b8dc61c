//! JSON: which document it is, by the keys at its top.

use super::text::{OwnAsn, Seen};
use bgp_policy::voice::{AsPathTextError, ObservedRoute, PrefixText, parse_as_path};
use bgp_wire::{AsPathBuf, Asn, Community, LargeCommunity, Origin, SegmentKind};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// A document whose routes can be read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Document {
    /// Sessions and routes as `docs/plan.md` has them.
    Sessions,
    /// A list of received routes, as the portal's programming interface has them.
    Received,
    /// FRR's `advertised-routes json`.
    Frr,
    /// `gobgp neighbor ADDR adj-out -j`.
    GoBgp,
    /// `bgpctl -j show rib out neighbor ADDR`.
    OpenBgpd,
}

impl Document {
    /// What document this is.
    pub(super) fn of(value: &Value) -> Option<Self> {
        let top = match value {
            Value::Array(_) => return Some(Self::Received),
            Value::Object(top) => top,
            _ => return None,
        };
        let is_prefix = |key: &String| PrefixText::new(key).net().is_ok();
        Some(match () {
            () if top.contains_key("sessions") => Self::Sessions,
            () if top.contains_key("advertisedRoutes") => Self::Frr,
            () if top.contains_key("rib") => Self::OpenBgpd,
            () if top.contains_key("value") => Self::Received,
            () if top.keys().all(is_prefix) && top.values().all(Value::is_array) => Self::GoBgp,
            () => return None,
        })
    }
}

/// A field that cannot be read: the keys that lead to it, and why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct BadField {
    pub(super) place: String,
    pub(super) why: String,
}

impl fmt::Display for BadField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.why)
    }
}

/// One object of a document, and where it stands.
struct Object<'a> {
    place: String,
    fields: &'a Map<String, Value>,
}

impl<'a> Object<'a> {
    fn of(place: String, value: &'a Value) -> Result<Self, BadField> {
        match value {
            Value::Object(fields) => Ok(Self { place, fields }),
            _ => Err(BadField { place, why: "an object is expected here".into() }),
        }
    }

    fn bad(&self, key: &str, why: impl fmt::Display) -> BadField {
        BadField { place: format!("{}.{key}", self.place), why: why.to_string() }
    }

    /// The field, where it is there.
    fn get<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, BadField> {
        let Some(value) = self.fields.get(key).filter(|value| !value.is_null()) else { return Ok(None) };
        T::deserialize(value).map(Some).map_err(|error| self.bad(key, error))
    }

    /// The field's text as what it means.
    fn text<T: FromStr<Err: fmt::Display>>(&self, key: &str) -> Result<Option<T>, BadField> {
        let text: Option<String> = self.get(key)?;
        text.map(|text| text.parse().map_err(|error| self.bad(key, format_args!("`{text}`: {error}"))))
            .transpose()
    }

    fn texts<T: FromStr<Err: fmt::Display>>(&self, key: &str) -> Result<Vec<T>, BadField> {
        let texts: Vec<String> = self.get(key)?.unwrap_or_default();
        let read =
            |text: String| text.parse().map_err(|error| self.bad(key, format_args!("`{text}`: {error}")));
        texts.into_iter().map(read).collect()
    }

    /// A text of several, with blanks between.
    fn words<T: FromStr<Err: fmt::Display>>(&self, key: &str) -> Result<Vec<T>, BadField> {
        let text: String = self.get(key)?.unwrap_or_default();
        let read =
            |word: &str| word.parse().map_err(|error| self.bad(key, format_args!("`{word}`: {error}")));
        text.split_whitespace().map(read).collect()
    }

    fn as_path(&self, key: &str) -> Result<Option<AsPathBuf>, BadField> {
        let text: Option<String> = self.get(key)?;
        let read = |text: String| parse_as_path(&text).map_err(|error: AsPathTextError| self.bad(key, error));
        text.map(read).transpose()
    }

    fn route(&self, prefix: &str) -> ObservedRoute {
        ObservedRoute {
            place: Some(self.place.as_str().into()),
            ..ObservedRoute::new(PrefixText::new(prefix))
        }
    }
}

/// ORIGIN by its name or its first letter.
fn origin(object: &Object<'_>, key: &str) -> Result<Option<Origin>, BadField> {
    let Some(word) = object.get::<String>(key)? else { return Ok(None) };
    match word.to_ascii_lowercase().as_str() {
        "i" | "igp" => Ok(Some(Origin::Igp)),
        "e" | "egp" => Ok(Some(Origin::Egp)),
        "?" | "incomplete" => Ok(Some(Origin::Incomplete)),
        _ => Err(object.bad(key, "it is no origin")),
    }
}

const FRR_NOT_SHOWN: &str = "FRR shows communities with `... advertised-routes detail json`, from FRR 9 on, and by BMP in every version";

/// FRR's routes, short or `detail`. The router's own ASN is not in the path yet; its own next hop is all zeros.
pub(super) fn frr(value: &Value) -> Result<Seen, BadField> {
    let top = Object::of(String::new(), value)?;
    let all: Map<String, Value> = top.get("advertisedRoutes")?.unwrap_or_default();
    let routes: Vec<_> =
        all.iter().map(|(prefix, route)| frr_route(prefix, route)).collect::<Result<_, _>>()?;
    let is_detail = routes.iter().any(|route| route.communities.is_some());
    let said = top.get::<usize>("totalPrefixCounter")?;
    // The detailed form counts paths.
    if let Some(said) = said.filter(|said| !is_detail && *said != routes.len()) {
        let why = format!("it is {said}, and {} routes are there: the output is not whole", routes.len());
        return Err(top.bad("totalPrefixCounter", why));
    }
    let local = top.get::<u32>("localAS")?.map(Asn);
    Ok(Seen {
        routes,
        own_asn: OwnAsn::Missing(local),
        not_shown: (!is_detail).then_some(FRR_NOT_SHOWN),
        ..Seen::default()
    })
}

fn frr_route(prefix: &str, value: &Value) -> Result<ObservedRoute, BadField> {
    let place = format!("advertisedRoutes.\"{prefix}\"");
    let object = Object::of(place.clone(), value)?;
    if let Some(paths) = object.get::<Vec<Value>>("paths")? {
        // Paths that are not announced may stand beside the best one.
        let is_best = |path: &&Value| path.pointer("/bestpath/overall") == Some(&Value::Bool(true));
        let best = if let [path] = paths.as_slice() { Some(path) } else { paths.iter().find(is_best) };
        let best = best.ok_or_else(|| object.bad("paths", "none of them is the best"))?;
        return frr_detail(prefix, &Object::of(format!("{place}.paths"), best)?);
    }
    if object.fields.contains_key("aspath") {
        return frr_detail(prefix, &object);
    }
    // An aggregate's next hop is of IPv6 whatever its prefix is.
    let hop: Option<IpAddr> = object.text("nextHop")?;
    Ok(ObservedRoute {
        as_path: object.as_path("path")?,
        next_hop: hop.or(object.text("nextHopGlobal")?),
        origin: origin(&object, "bgpOriginCode")?,
        med: object.get("metric")?,
        ..object.route(prefix)
    })
}

fn frr_detail(prefix: &str, object: &Object<'_>) -> Result<ObservedRoute, BadField> {
    let inner = |key: &str| {
        let value = object.fields.get(key).map(|value| Object::of(format!("{}.{key}", object.place), value));
        value.transpose()
    };
    // `Local` stands for an empty path.
    let aspath = inner("aspath")?;
    let is_local = aspath.as_ref().and_then(|path| path.fields.get("string")) == Some(&Value::from("Local"));
    let path = match aspath {
        Some(_) if is_local => Some(AsPathBuf::default()),
        Some(path) => path.as_path("string")?,
        None => None,
    };
    let communities = inner("community")?.map(|c| c.words("string")).transpose()?.unwrap_or_default();
    let large = inner("largeCommunity")?.map(|c| c.words("string")).transpose()?.unwrap_or_default();
    let hops: Vec<Map<String, Value>> = object.get("nexthops")?.unwrap_or_default();
    Ok(ObservedRoute {
        as_path: path,
        next_hop: hops.first().and_then(|hop| hop.get("ip")?.as_str()?.parse().ok()),
        communities: Some(communities),
        large_communities: Some(large),
        origin: origin(object, "origin")?,
        med: object.get("metric")?,
        ..object.route(prefix)
    })
}

/// OpenBGPD's routes, short or `detail`, as they leave.
pub(super) fn openbgpd(value: &Value) -> Result<Seen, BadField> {
    let top = Object::of(String::new(), value)?;
    let all: Vec<Value> = top.get("rib")?.unwrap_or_default();
    // The short form has no communities on any route.
    let is_detail = all.iter().any(|route| route.get("communities").is_some());
    let mut seen = Seen::default();
    for (number, value) in all.iter().enumerate() {
        let object = Object::of(format!("rib.{number}"), value)?;
        let prefix: String = object.get("prefix")?.ok_or_else(|| object.bad("prefix", "it is missing"))?;
        seen.routes.push(ObservedRoute {
            as_path: object.as_path("aspath")?,
            next_hop: object.text("true_nexthop")?,
            communities: is_detail.then(|| object.texts("communities")).transpose()?,
            large_communities: is_detail.then(|| object.texts("large_communities")).transpose()?,
            origin: origin(&object, "origin")?,
            med: object.get("metric")?,
            ..object.route(&prefix)
        });
        let neighbor = value.pointer("/neighbor/remote_addr").and_then(Value::as_str);
        seen.peer = seen.peer.or_else(|| neighbor?.parse().ok());
    }
    if !is_detail {
        seen.not_shown =
            Some("OpenBGPD shows communities with `bgpctl -j show rib detail out neighbor ADDR`");
    }
    Ok(seen)
}

/// GoBGP's routes, as they leave, with every attribute under its type code.
pub(super) fn gobgp(value: &Value) -> Result<Seen, BadField> {
    let top = Object::of(String::new(), value)?;
    let mut seen = Seen::default();
    for prefix in top.fields.keys() {
        let paths: Vec<Value> = top.get(prefix)?.unwrap_or_default();
        for (number, path) in paths.iter().enumerate() {
            let object = Object::of(format!("\"{prefix}\".{number}"), path)?;
            seen.routes.push(gobgp_route(prefix, &object)?);
        }
    }
    Ok(seen)
}

#[derive(Deserialize)]
struct Segment {
    segment_type: u8,
    asns: Vec<u32>,
}

#[derive(Deserialize)]
struct Large {
    #[serde(rename = "ASN")]
    asn: u32,
    #[serde(rename = "LocalData1")]
    local1: u32,
    #[serde(rename = "LocalData2")]
    local2: u32,
}

fn gobgp_route(prefix: &str, path: &Object<'_>) -> Result<ObservedRoute, BadField> {
    let mut route = ObservedRoute {
        as_path: Some(AsPathBuf::default()),
        communities: Some(Vec::new()),
        large_communities: Some(Vec::new()),
        ..path.route(prefix)
    };
    let attributes: Vec<Value> = path.get("attrs")?.unwrap_or_default();
    for (number, value) in attributes.iter().enumerate() {
        gobgp_attribute(&Object::of(format!("{}.attrs.{number}", path.place), value)?, &mut route)?;
    }
    Ok(route)
}

fn gobgp_attribute(object: &Object<'_>, route: &mut ObservedRoute) -> Result<(), BadField> {
    match object.get::<u8>("type")? {
        Some(1) => {
            let origins = [Origin::Igp, Origin::Egp, Origin::Incomplete];
            route.origin = object.get::<usize>("value")?.and_then(|n| origins.get(n).copied());
        }
        Some(2) => route.as_path = Some(segments(object)?),
        Some(3 | 14) => route.next_hop = object.text("nexthop")?,
        Some(4) => route.med = object.get("metric")?,
        Some(8) => {
            let list: Vec<u32> = object.get("communities")?.unwrap_or_default();
            route.communities = Some(list.into_iter().map(Community).collect());
        }
        Some(32) => {
            let list: Vec<Large> = object.get("value")?.unwrap_or_default();
            let large = |l: Large| LargeCommunity { global: l.asn, local1: l.local1, local2: l.local2 };
            route.large_communities = Some(list.into_iter().map(large).collect());
        }
        _ => {}
    }
    Ok(())
}

/// AS_PATH by its segments, whose types are those of RFC 4271 and RFC 5065.
fn segments(object: &Object<'_>) -> Result<AsPathBuf, BadField> {
    let mut path = AsPathBuf::default();
    for Segment { segment_type, asns } in object.get::<Vec<Segment>>("as_paths")?.unwrap_or_default() {
        let kind = match segment_type {
            1 => SegmentKind::Set,
            2 => SegmentKind::Sequence,
            3 => SegmentKind::ConfedSequence,
            4 => SegmentKind::ConfedSet,
            _ => return Err(object.bad("as_paths", format_args!("{segment_type} is no type of a segment"))),
        };
        path.push(kind, asns.into_iter().map(Asn));
    }
    Ok(path)
}

/// The list of received routes of the portal's programming interface.
pub(super) fn received(value: &Value) -> Result<Vec<ObservedRoute>, BadField> {
    let (place, list) = match value {
        Value::Array(list) => ("", list.as_slice()),
        value => ("value.", value.get("value").and_then(Value::as_array).map_or(&[][..], Vec::as_slice)),
    };
    let route = |(number, value): (usize, &Value)| {
        let place = format!("{place}{number}");
        let route = ObservedRoute::deserialize(value);
        let route = route.map_err(|error| BadField { place: place.clone(), why: error.to_string() })?;
        Ok(ObservedRoute { place: Some(place.into()), ..route })
    };
    list.iter().enumerate().map(route).collect()
}
