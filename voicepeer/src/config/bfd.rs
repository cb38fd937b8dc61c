//! `[bfd]`, `[bfd.profile.NAME]` and `[peer.bfd]`.

use super::file::{self, File};
use super::levels::Levels;
use super::{Reader, duration};
use crate::diagnostic::BadInput;
use bfd::{
    AuthType, Authentication, Damping, DampingConfig, EchoConfig, KeyError, PaddedPduSize, PathKind, Role,
    SessionParams, Timing,
};
use bgp_speaker::{BfdConfig, BfdThread};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::num::NonZeroU8;
use std::time::Duration;
use toml::Spanned;

const FASTEST: Duration = Duration::from_micros(100);
pub(super) const SLOWEST: Duration = Duration::from_secs(4000);
/// What the driver takes at most.
const LONGEST_SPIN: Duration = Duration::from_millis(1);
const LONGEST_EARLY: Duration = Duration::from_secs(1);

impl Reader<'_> {
    /// The session of one peer.
    pub(super) fn bfd(
        &self,
        bfd: Levels<'_, file::Bfd>,
        file: &File,
        peer: IpAddr,
        local: Option<IpAddr>,
    ) -> Result<BfdConfig, BadInput> {
        let profile = bfd.get(|b| &b.profile).map(|name| self.profile(name, file)).transpose()?;
        let Levels([own, of_group, _]) = bfd;
        self.session(Levels([own, of_group, profile]), peer, local)
    }

    /// A session over one hop that guards no peer. With a profile, only what such a session may have.
    pub(super) fn bare_session(
        &self,
        profile: Option<&Spanned<String>>,
        file: &File,
        local: IpAddr,
        peer: IpAddr,
    ) -> Result<SessionParams, BadInput> {
        let levels = Levels([profile.map(|name| self.profile(name, file)).transpose()?, None, None]);
        let session = self.session(levels, peer, Some(local))?.session;
        let bare = SessionParams {
            timing: session.timing,
            control_plane_independent: session.control_plane_independent,
            authentication: session.authentication.clone(),
            padding: session.padding,
            damping: session.damping,
            ..SessionParams::new(local, peer)
        };
        match profile.filter(|_| bare != session) {
            None => Ok(bare),
            Some(name) => Err(self.bad(
                name,
                "a session that guards no peer has timers, authentication, padding, damping and the C bit, and \
                 nothing else that this profile has",
            )),
        }
    }

    /// Every profile is good, whether a peer has it or not.
    pub(super) fn profiles(&self, file: &File) -> Result<(), BadInput> {
        for profile in file.bfd.profile.values() {
            if let Some(name) = &profile.profile {
                return Err(self.bad(name, "a profile has no profile of its own"));
            }
            // Some peer of the family that the profile is for.
            let peer = profile.echo_source.as_ref().map_or(Ipv4Addr::LOCALHOST.into(), |ip| *ip.get_ref());
            self.session(Levels([Some(profile), None, None]), peer, None)?;
        }
        Ok(())
    }

    fn profile<'a>(&self, name: &Spanned<String>, file: &'a File) -> Result<&'a file::Bfd, BadInput> {
        let profiles = &file.bfd.profile;
        profiles.get(name.get_ref()).ok_or_else(|| {
            let known: Vec<&str> = profiles.keys().map(String::as_str).collect();
            let there = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
            let message = format!("no BFD profile is called {:?}", name.get_ref());
            self.bad(name, message).help(format!("there is: {there}"))
        })
    }

    fn session(
        &self,
        levels: Levels<'_, file::Bfd>,
        peer: IpAddr,
        local: Option<IpAddr>,
    ) -> Result<BfdConfig, BadInput> {
        let any = if peer.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
        let path = self.path(levels)?;
        let session = SessionParams {
            interface: levels.get(|b| &b.interface).map(|name| self.interface(name)).transpose()?,
            role: if levels.is(|b| &b.passive) { Role::Passive } else { Role::Active },
            timing: self.timing(levels)?,
            control_plane_independent: levels.is(|b| &b.control_plane_independent),
            demand: levels.is(|b| &b.demand),
            admin_down: levels.is(|b| &b.admin_down),
            echo: self.echo(levels, path)?,
            echo_source: self.echo_source(levels, peer)?,
            authentication: levels.get(|b| &b.authentication).map(|a| self.keys(a)).transpose()?,
            padding: levels.get(|b| &b.padding).map(|size| self.padding(size)).transpose()?,
            damping: levels.get(|b| &b.damping).map(|damping| self.damping(damping)).transpose()?,
            ..SessionParams::over(path, local.unwrap_or(any), peer)
        };
        Ok(BfdConfig { session, strict: levels.is(|b| &b.strict), negotiated: self.strict_mode(levels)? })
    }

    /// Strict mode as both sides offer it.
    fn strict_mode(&self, levels: Levels<'_, file::Bfd>) -> Result<Option<Duration>, BadInput> {
        let offered = levels.get(|b| &b.strict_capability).filter(|offered| *offered.get_ref());
        if let Some(offered) = offered.filter(|_| levels.is(|b| &b.strict)) {
            return Err(self.bad(offered, "a session is strict by itself or by its capability, not both"));
        }
        match levels.get(|b| &b.strict_hold_time) {
            Some(time) if offered.is_none() => {
                Err(self.bad(time, "strict_hold_time is for strict_capability = true"))
            }
            Some(time) if *time.get_ref() == 0 => {
                Err(self.bad(time, "a strict_hold_time of 0 is not allowed"))
            }
            time => {
                Ok(offered.map(|_| Duration::from_secs(time.map_or(30, |time| (*time.get_ref()).into()))))
            }
        }
    }

    fn path(&self, levels: Levels<'_, file::Bfd>) -> Result<PathKind, BadInput> {
        let minimum = levels.get(|b| &b.minimum_ttl);
        match (levels.is(|b| &b.multihop), minimum) {
            (false, None) => Ok(PathKind::SingleHop),
            (false, Some(ttl)) => Err(self.bad(ttl, "minimum_ttl is for a session with multihop = true")),
            (true, Some(ttl)) if *ttl.get_ref() == 0 => {
                Err(self.bad(ttl, "a minimum_ttl of 0 is not allowed"))
            }
            (true, ttl) => Ok(PathKind::Multihop { minimum_ttl: ttl.map_or(1, |ttl| *ttl.get_ref()) }),
        }
    }

    fn timing(&self, levels: Levels<'_, file::Bfd>) -> Result<Timing, BadInput> {
        let mut timing = Timing::default();
        if let Some(tx) = levels.get(|b| &b.desired_min_tx) {
            timing.desired_min_tx = self.interval(tx)?;
        }
        if let Some(rx) = levels.get(|b| &b.required_min_rx) {
            timing.required_min_rx = self.interval(rx)?;
        }
        if let Some(mult) = levels.get(|b| &b.detect_mult) {
            timing.detect_mult = NonZeroU8::new(*mult.get_ref())
                .ok_or_else(|| self.bad(mult, "a detect_mult of 0 is not allowed"))?;
        }
        Ok(timing)
    }

    fn echo(&self, levels: Levels<'_, file::Bfd>, path: PathKind) -> Result<EchoConfig, BadInput> {
        let (interval, rx) = (levels.get(|b| &b.echo_interval), levels.get(|b| &b.required_min_echo_rx));
        if let Some(asked) = interval.or(rx).filter(|_| !path.has_echo()) {
            return Err(self.bad(asked, "there is no echo function over several hops (RFC 5883 section 3)"));
        }
        Ok(EchoConfig {
            required_min_rx: rx.map(|rx| self.interval(rx)).transpose()?.unwrap_or_default(),
            interval: interval.map(|interval| self.interval(interval)).transpose()?,
        })
    }

    fn echo_source(&self, levels: Levels<'_, file::Bfd>, peer: IpAddr) -> Result<Option<IpAddr>, BadInput> {
        match levels.get(|b| &b.echo_source) {
            Some(source) if source.get_ref().is_ipv4() != peer.is_ipv4() => {
                Err(self.bad(source, "echo_source and the peer's address are of different families"))
            }
            source => Ok(source.map(|source| *source.get_ref())),
        }
    }

    fn padding(&self, size: &Spanned<u16>) -> Result<PaddedPduSize, BadInput> {
        PaddedPduSize::new(*size.get_ref())
            .ok_or_else(|| self.bad(size, format!("a padding to {} octets is too small", size.get_ref())))
    }

    fn damping(&self, damping: &Spanned<file::Damping>) -> Result<DampingConfig, BadInput> {
        let (usual, given) = (DampingConfig::default(), damping.get_ref());
        let time = |text: &Option<Spanned<String>>, usual| {
            text.as_ref().map_or(Ok(usual), |text| self.duration(text, FASTEST, SLOWEST))
        };
        let penalty = |given: &Option<Spanned<u32>>, usual| given.as_ref().map_or(usual, |p| *p.get_ref());
        let config = DampingConfig {
            half_life: time(&given.half_life, usual.half_life)?,
            suppress: penalty(&given.suppress, usual.suppress),
            reuse: penalty(&given.reuse, usual.reuse),
            max_suppress: time(&given.max_suppress, usual.max_suppress)?,
        };
        Damping::new(config).map(|_| config).map_err(|error| self.bad(damping, error.to_string()))
    }

    pub(super) fn interface(&self, name: &Spanned<String>) -> Result<String, BadInput> {
        /// With its terminating zero, the kernel has room for 16 octets.
        const LONGEST: usize = 15;
        match name.get_ref() {
            text if (1..=LONGEST).contains(&text.len()) => Ok(text.clone()),
            text => Err(self.bad(name, format!("{text:?} is not the name of an interface"))),
        }
    }

    /// The keys: the one that signs, and the others that are taken.
    fn keys(&self, auth: &file::Authentication) -> Result<Authentication, BadInput> {
        let wanted = auth.auth_type.get_ref();
        let auth_type = AuthType::ALL.into_iter().find(|t| t.name() == wanted).ok_or_else(|| {
            self.bad(&auth.auth_type, format!("{wanted:?} is not a type of authentication"))
        })?;
        let keys = auth.keys.get_ref();
        let Some((first, others)) = keys.split_first() else {
            return Err(self.bad(&auth.keys, "authentication needs a key"));
        };
        let secret = |key: &file::Key| key.secret.get_ref().as_bytes().to_vec();
        let made = Authentication::new(auth_type, *first.id.get_ref(), &secret(first));
        let mut made = made.map_err(|error| self.bad_key(first, auth_type, error))?;
        for key in others {
            let taking = made.taking(*key.id.get_ref(), &secret(key));
            made = taking.map_err(|error| self.bad_key(key, auth_type, error))?;
        }
        match &auth.send {
            None => Ok(made),
            Some(send) => made
                .signing_with(*send.get_ref())
                .map_err(|error| self.bad(send, format!("key {} cannot sign: {error}", send.get_ref()))),
        }
    }

    fn bad_key(&self, key: &file::Key, auth_type: AuthType, error: KeyError) -> BadInput {
        if error == KeyError::Duplicate {
            return self.bad(&key.id, format!("two keys have the id {}", key.id.get_ref()));
        }
        let (length, most, name) = (key.secret.get_ref().len(), auth_type.longest_key(), auth_type.name());
        self.bad(&key.secret, format!("a secret of {length} octets: {name} takes 1 to {most}"))
    }

    /// The thread of all sessions.
    pub(super) fn bfd_thread(&self, bfd: &file::BfdThread) -> Result<BfdThread, BadInput> {
        let usual = BfdThread::default();
        let upto = |text: &Option<Spanned<String>>, most| {
            text.as_ref().map(|text| self.duration(text, Duration::ZERO, most)).transpose()
        };
        if let Some(priority) = bfd.realtime.as_ref().filter(|p| !(1..=99).contains(p.get_ref())) {
            return Err(self.bad(priority, format!("{} is no real-time priority", priority.get_ref())));
        }
        if let Some(threads) = bfd.threads.as_ref().filter(|t| !(1..=64).contains(t.get_ref())) {
            return Err(self.bad(threads, format!("{} threads", threads.get_ref())));
        }
        Ok(BfdThread {
            early: upto(&bfd.early, LONGEST_EARLY)?.unwrap_or(usual.early),
            spin: upto(&bfd.spin, LONGEST_SPIN)?.unwrap_or(usual.spin),
            realtime: bfd.realtime.as_ref().map(|priority| *priority.get_ref()),
            cpu: bfd.cpu.as_ref().map(|cpu| usize::from(*cpu.get_ref())),
            threads: bfd.threads.as_ref().map_or(usual.threads, |threads| *threads.get_ref()),
        })
    }

    pub(super) fn interval(&self, text: &Spanned<String>) -> Result<Duration, BadInput> {
        self.duration(text, FASTEST, SLOWEST)
    }

    pub(super) fn duration(
        &self,
        text: &Spanned<String>,
        least: Duration,
        most: Duration,
    ) -> Result<Duration, BadInput> {
        match duration::parse(text.get_ref()) {
            Some(d) if (least..=most).contains(&d) => Ok(d),
            Some(_) => Err(self.bad(text, format!("an interval of {} is out of range", text.get_ref()))),
            None => Err(self.bad(text, format!("{:?} is not a duration", text.get_ref()))),
        }
    }
}
