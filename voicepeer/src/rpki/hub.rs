//! What the caches and files say, together: which cache counts, and until when.

use bgp_policy::rpki::{AspaSet, VrpSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Something that a cache's connection tells.
pub(super) struct Told {
    pub(super) cache: usize,
    pub(super) what: What,
}

/// What it tells.
pub(super) enum What {
    Connecting,
    Connected,
    /// A response is whole: all that the cache has, and for how long it counts.
    Heard {
        vrps: Arc<VrpSet>,
        aspas: Arc<AspaSet>,
        expires: Duration,
    },
    /// The connection has ended or did not come about.
    Lost(String),
}

/// Where a cache stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Connection {
    Connecting,
    Connected,
    /// It is connected and has said all that it has.
    Synchronized,
    Lost,
}

impl Connection {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Connecting => "connecting",
            Self::Connected => "connected",
            Self::Synchronized => "synchronized",
            Self::Lost => "lost",
        }
    }
}

/// What is known of a cache.
#[derive(Clone, Debug)]
pub(super) struct Cache {
    pub(super) connection: Connection,
    pub(super) last_error: Option<String>,
    /// What it has said, while that counts.
    pub(super) data: Option<Data>,
    /// Whether what it had said has ceased to count.
    pub(super) expired: bool,
}

/// Data of a cache.
#[derive(Clone, Debug)]
pub(super) struct Data {
    pub(super) vrps: Arc<VrpSet>,
    pub(super) aspas: Arc<AspaSet>,
    pub(super) heard: Instant,
    pub(super) expires: Instant,
}

/// What counts now; nothing where nobody has said anything, or it has expired.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct Validated {
    /// The VRPs.
    pub(crate) vrps: Option<Arc<VrpSet>>,
    /// The ASPAs.
    pub(crate) aspas: Option<Arc<AspaSet>>,
}

/// All caches, in the order of preference, and what the files say.
#[derive(Debug)]
pub(super) struct Hub {
    pub(super) caches: Vec<Cache>,
    files: Validated,
    /// Whether data came or went since somebody asked.
    changed: bool,
}

impl Hub {
    pub(super) fn new(caches: usize) -> Self {
        let cache =
            Cache { connection: Connection::Connecting, last_error: None, data: None, expired: false };
        Self { caches: vec![cache; caches], files: Validated::default(), changed: false }
    }

    /// A cache's connection tells something.
    pub(super) fn told(&mut self, told: Told, now: Instant) {
        let Some(cache) = self.caches.get_mut(told.cache) else { return };
        match told.what {
            What::Connecting => cache.connection = Connection::Connecting,
            What::Connected => cache.connection = Connection::Connected,
            What::Heard { vrps, aspas, expires } => {
                cache.connection = Connection::Synchronized;
                (cache.expired, self.changed) = (false, true);
                let expires = now.checked_add(expires).unwrap_or(now);
                cache.data = Some(Data { vrps, aspas, heard: now, expires });
            }
            What::Lost(why) => {
                cache.connection = Connection::Lost;
                cache.last_error = Some(why);
            }
        }
    }

    /// The files were read.
    pub(super) fn read(&mut self, files: Validated) {
        (self.files, self.changed) = (files, true);
    }

    /// When the next data cease to count.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.caches.iter().filter_map(|cache| cache.data.as_ref()).map(|data| data.expires).min()
    }

    /// Lets go of what has expired; the numbers of the caches that it was of.
    pub(super) fn expire(&mut self, now: Instant) -> Vec<usize> {
        let mut expired = Vec::new();
        for (number, cache) in self.caches.iter_mut().enumerate() {
            if cache.data.as_ref().is_some_and(|data| data.expires <= now) {
                (cache.data, cache.expired) = (None, true);
                self.changed = true;
                expired.push(number);
            }
        }
        expired
    }

    /// The cache that counts: the first that has data.
    pub(super) fn chosen(&self) -> Option<usize> {
        self.caches.iter().position(|cache| cache.data.is_some())
    }

    /// Whether data came or went since this was asked last.
    pub(super) fn take_changed(&mut self) -> bool {
        std::mem::take(&mut self.changed)
    }

    /// What counts now: the chosen cache's and the files' together.
    pub(super) fn validated(&self) -> Validated {
        let data = self.chosen().and_then(|number| self.caches.get(number)?.data.as_ref());
        let (vrps, aspas) = data.map(|data| (Arc::clone(&data.vrps), Arc::clone(&data.aspas))).unzip();
        Validated {
            vrps: both(vrps, &self.files.vrps, |one, other| {
                one.vrps().iter().chain(other.vrps()).copied().collect()
            }),
            aspas: both(aspas, &self.files.aspas, |one, other| one.all().chain(other.all()).collect()),
        }
    }
}

/// The one that there is, or both together.
fn both<T>(one: Option<Arc<T>>, other: &Option<Arc<T>>, join: impl FnOnce(&T, &T) -> T) -> Option<Arc<T>> {
    match (one, other) {
        (Some(one), Some(other)) => Some(Arc::new(join(&one, other))),
        (one, other) => one.or_else(|| other.clone()),
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "a test has to begin somewhere")]
mod tests {
    use super::*;
    use bgp_policy::rpki::Vrp;
    use bgp_wire::Asn;

    fn set(asn: u32) -> Arc<VrpSet> {
        Arc::new([Vrp::new("198.51.100.0/24".parse().unwrap(), 24, Asn(asn)).unwrap()].into_iter().collect())
    }

    fn asns(hub: &Hub) -> Option<Vec<u32>> {
        hub.validated().vrps.map(|vrps| vrps.vrps().iter().map(|vrp| vrp.asn().0).collect())
    }

    #[test]
    fn the_first_cache_that_has_data_counts_until_they_expire() {
        let (mut hub, start) = (Hub::new(2), Instant::now());
        let at = |s: u64| start + Duration::from_secs(s);
        let heard = |cache, asn, expires: u64| Told {
            cache,
            what: What::Heard {
                vrps: set(asn),
                aspas: Arc::default(),
                expires: Duration::from_secs(expires),
            },
        };
        assert_eq!((asns(&hub), hub.deadline()), (None, None));
        hub.told(heard(1, 2, 100), start);
        assert_eq!((hub.chosen(), asns(&hub)), (Some(1), Some(vec![2])));
        hub.told(heard(0, 1, 50), at(10));
        assert_eq!((hub.chosen(), asns(&hub), hub.deadline()), (Some(0), Some(vec![1]), Some(at(60))));
        // A connection that is lost takes nothing away before its time.
        hub.told(Told { cache: 0, what: What::Lost("gone".into()) }, at(20));
        assert_eq!((hub.chosen(), hub.expire(at(59))), (Some(0), vec![]));
        assert_eq!(hub.expire(at(60)), [0]);
        assert_eq!((hub.chosen(), asns(&hub), hub.caches[0].expired), (Some(1), Some(vec![2]), true));
        assert_eq!(hub.expire(at(100)), [1]);
        assert_eq!((hub.chosen(), asns(&hub)), (None, None));
        hub.read(Validated { vrps: Some(set(9)), aspas: None });
        assert_eq!(asns(&hub), Some(vec![9]));
        hub.told(heard(0, 3, 50), at(200));
        assert_eq!((asns(&hub), hub.caches[0].expired), (Some(vec![3, 9]), false));
    }
}
