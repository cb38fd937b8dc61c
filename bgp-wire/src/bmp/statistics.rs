//! Statistics Report: how often and how many (RFC 7854 section 4.8, RFC 8671 section 6.2, RFC 9972).

use super::STATISTICS_REPORT;
use super::fault::{BmpFault, Oversize};
use super::fields::Fields;
use super::message::{put_tuples, write};
use super::peer_header::PeerHeader;
use super::tlv::Tlv;
use crate::capability::{Tuple, Tuples};
use crate::cursor;
use crate::family::AfiSafi;
use alloc::vec::Vec;
use core::fmt;

/// What a statistic counts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct StatType(pub u16);

/// One row a type: its constant, its number, its registered name.
macro_rules! registry {
    ($($(#[$doc:meta])* $name:ident = $number:literal, $text:literal;)*) => {
        impl StatType {
            $($(#[$doc])* pub const $name: Self = Self($number);)*

            /// The registered name, where it is known here.
            pub const fn name(self) -> Option<&'static str> {
                match self.0 {
                    $($number => Some($text),)*
                    _ => None,
                }
            }
        }
        #[cfg(test)]
        const ROWS: &[(u16, &str)] = &[$(($number, $text)),*];
    };
}

registry! {
    /// RFC 7854, a counter.
    REJECTED_BY_INBOUND_POLICY = 0, "prefixes rejected by inbound policy";
    /// RFC 7854, a counter.
    DUPLICATE_ADVERTISEMENTS = 1, "duplicate prefix advertisements";
    /// RFC 7854, a counter.
    DUPLICATE_WITHDRAWS = 2, "duplicate withdraws";
    /// RFC 7854, a counter.
    CLUSTER_LIST_LOOP = 3, "updates invalidated due to CLUSTER_LIST loop";
    /// RFC 7854, a counter.
    AS_PATH_LOOP = 4, "updates invalidated due to AS_PATH loop";
    /// RFC 7854, a counter.
    ORIGINATOR_ID = 5, "updates invalidated due to ORIGINATOR_ID";
    /// RFC 7854, a counter.
    AS_CONFED_LOOP = 6, "updates invalidated due to AS_CONFED loop";
    /// RFC 7854, a gauge.
    ADJ_RIB_IN = 7, "routes in Adj-RIBs-In";
    /// RFC 7854, a gauge.
    LOC_RIB = 8, "routes in Loc-RIB";
    /// RFC 7854, a gauge of a family.
    FAMILY_ADJ_RIB_IN = 9, "routes in per-AFI/SAFI Adj-RIB-In";
    /// RFC 7854, a gauge of a family.
    FAMILY_LOC_RIB = 10, "routes in per-AFI/SAFI Loc-RIB";
    /// RFC 7854, a counter.
    UPDATES_TREATED_AS_WITHDRAW = 11, "updates subjected to treat-as-withdraw";
    /// RFC 7854, a counter.
    PREFIXES_TREATED_AS_WITHDRAW = 12, "prefixes subjected to treat-as-withdraw";
    /// RFC 7854, a counter.
    DUPLICATE_UPDATES = 13, "duplicate update messages received";
    /// RFC 8671, a gauge.
    ADJ_RIB_OUT_PRE_POLICY = 14, "routes in pre-policy Adj-RIB-Out";
    /// RFC 8671, a gauge.
    ADJ_RIB_OUT_POST_POLICY = 15, "routes in post-policy Adj-RIB-Out";
    /// RFC 8671, a gauge of a family.
    FAMILY_ADJ_RIB_OUT_PRE_POLICY = 16, "routes in per-AFI/SAFI pre-policy Adj-RIB-Out";
    /// RFC 8671, a gauge of a family.
    FAMILY_ADJ_RIB_OUT_POST_POLICY = 17, "routes in per-AFI/SAFI post-policy Adj-RIB-Out";
    /// RFC 9972, a gauge.
    ADJ_RIB_IN_PRE_POLICY = 18, "routes in pre-policy Adj-RIB-In";
    /// RFC 9972, a gauge of a family.
    FAMILY_ADJ_RIB_IN_PRE_POLICY = 19, "routes in per-AFI/SAFI pre-policy Adj-RIB-In";
    /// RFC 9972, a gauge.
    ADJ_RIB_IN_POST_POLICY = 20, "routes in post-policy Adj-RIB-In";
    /// RFC 9972, a gauge of a family.
    FAMILY_ADJ_RIB_IN_POST_POLICY = 21, "routes in per-AFI/SAFI post-policy Adj-RIB-In";
    /// RFC 9972, a gauge of a family.
    FAMILY_REJECTED_BY_INBOUND_POLICY = 22, "routes in per-AFI/SAFI pre-policy Adj-RIB-In rejected by policy";
    /// RFC 9972, a gauge of a family.
    FAMILY_ACCEPTED_BY_INBOUND_POLICY = 23, "routes in per-AFI/SAFI post-policy Adj-RIB-In accepted by policy";
    /// RFC 9972, a gauge of a family.
    FAMILY_DAMPED = 26, "routes in per-AFI/SAFI suppressed by damping";
    /// RFC 9972, a gauge of a family.
    FAMILY_STALE = 27, "routes in per-AFI/SAFI stale by graceful restart";
    /// RFC 9972, a gauge of a family.
    FAMILY_LONG_LIVED_STALE = 28, "routes in per-AFI/SAFI stale by long-lived graceful restart";
    /// RFC 9972, a gauge.
    LEFT_BEFORE_THRESHOLD = 29, "routes left before the threshold of post-policy Adj-RIB-In";
    /// RFC 9972, a gauge of a family.
    FAMILY_LEFT_BEFORE_THRESHOLD = 30, "routes left before the threshold of per-AFI/SAFI post-policy Adj-RIB-In";
    /// RFC 9972, a gauge.
    LEFT_BEFORE_LICENSE = 31, "routes left before the license threshold";
    /// RFC 9972, a gauge of a family.
    FAMILY_LEFT_BEFORE_LICENSE = 32, "routes left before the license threshold of the AFI/SAFI";
}

impl fmt::Display for StatType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.pad(name),
            None => write!(f, "statistic {}", self.0),
        }
    }
}

/// The value of a statistic. Its length tells which, so that types not known here are read too.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum StatValue<'a> {
    /// Four octets: a counter, which wraps.
    Counter(u32),
    /// Eight octets: a gauge.
    Gauge(u64),
    /// Eleven octets: a gauge of one family.
    FamilyGauge {
        /// The family.
        family: AfiSafi,
        /// The gauge.
        gauge: u64,
    },
    /// Any other length.
    Other(&'a [u8]),
}

impl<'a> StatValue<'a> {
    fn read(value: &'a [u8]) -> Self {
        let fixed = match value.len() {
            4 => cursor::whole_u32(value).map(Self::Counter),
            8 => value.try_into().ok().map(|v| Self::Gauge(u64::from_be_bytes(v))),
            11 => family_gauge(value),
            _ => None,
        };
        fixed.unwrap_or(Self::Other(value))
    }
}

fn family_gauge<'a>(value: &[u8]) -> Option<StatValue<'a>> {
    let (afi, rest) = cursor::u16(value)?;
    let (safi, rest) = cursor::u8(rest)?;
    let gauge = u64::from_be_bytes(rest.try_into().ok()?);
    Some(StatValue::FamilyGauge { family: AfiSafi { afi, safi }, gauge })
}

impl fmt::Display for StatValue<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Counter(n) => n.fmt(f),
            Self::Gauge(n) => n.fmt(f),
            Self::FamilyGauge { family, gauge } => write!(f, "{gauge} of {family}"),
            Self::Other(value) => write!(f, "({} octets)", value.len()),
        }
    }
}

/// One statistic.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Stat<'a> {
    /// What is counted.
    pub kind: StatType,
    /// How many.
    pub value: StatValue<'a>,
}

impl<'a> Tuple<'a> for Stat<'a> {
    fn read(v: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let (Tlv { kind, value }, rest) = Tlv::cut(v)?;
        Some((Self { kind: StatType(kind), value: StatValue::read(value) }, rest))
    }

    fn write(&self, out: &mut Vec<u8>) {
        let kind = self.kind.0;
        match self.value {
            StatValue::Counter(n) => Tlv::put(kind, &n.to_be_bytes(), out),
            StatValue::Gauge(n) => Tlv::put(kind, &n.to_be_bytes(), out),
            StatValue::FamilyGauge { family: AfiSafi { afi, safi }, gauge } => {
                let [high, low] = afi.to_be_bytes();
                out.extend_from_slice(&kind.to_be_bytes());
                out.extend_from_slice(&[0, 11, high, low, safi]);
                out.extend_from_slice(&gauge.to_be_bytes());
            }
            StatValue::Other(value) => Tlv::put(kind, value, out),
        }
    }
}

impl fmt::Display for Stat<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind, self.value)
    }
}

/// The statistics of one peer or Loc-RIB.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct StatisticsReport<'a> {
    /// The peer.
    pub peer: PeerHeader,
    /// The statistics.
    pub stats: Tuples<'a, Stat<'a>>,
}

impl<'a> StatisticsReport<'a> {
    pub(super) fn decode(fields: &mut Fields<'a>) -> Result<Self, BmpFault> {
        let (peer, count) = (PeerHeader::decode(fields)?, fields.u32()?);
        Ok(Self { peer, stats: fields.counted(count)? })
    }

    /// Appends the message.
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), Oversize> {
        let count = u32::try_from(self.stats.iter().count()).map_err(|_| Oversize)?;
        write(out, STATISTICS_REPORT, |out| {
            self.peer.encode(out);
            out.extend_from_slice(&count.to_be_bytes());
            put_tuples(out, &self.stats)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    /// (octets, value)
    #[test]
    fn the_length_tells_the_value() {
        let family = AfiSafi { afi: 1, safi: 1 };
        let cases: &[(&[u8], StatValue<'_>)] = &[
            (&[0, 0, 1, 0], StatValue::Counter(256)),
            (&[0, 0, 0, 1, 0, 0, 0, 0], StatValue::Gauge(1 << 32)),
            (&[0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 7], StatValue::FamilyGauge { family, gauge: 7 }),
            (&[], StatValue::Other(&[])),
            (&[1, 2, 3], StatValue::Other(&[1, 2, 3])),
        ];
        for (octets, value) in cases {
            let wire = [&[0xff, 0xfb, 0, u8::try_from(octets.len()).unwrap()], *octets, &[9]].concat();
            let want = Stat { kind: StatType(65531), value: *value };
            assert_eq!(Stat::read(&wire), Some((want, &[9][..])));
            let mut out = Vec::new();
            want.write(&mut out);
            assert_eq!(out, wire[..wire.len() - 1]);
        }
    }

    #[test]
    fn each_type_stands_once_and_has_its_name() {
        assert!(ROWS.windows(2).all(|two| two[0].0 < two[1].0));
        for (number, text) in ROWS {
            assert_eq!(StatType(*number).to_string(), *text);
        }
        assert_eq!(StatType(24).to_string(), "statistic 24");
        let stat = Stat { kind: StatType::LOC_RIB, value: StatValue::Gauge(9) };
        assert_eq!(stat.to_string(), "routes in Loc-RIB: 9");
    }
}
