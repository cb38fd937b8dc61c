//! The inputs of an engine, each as one value: told, written, read, and told again.

use super::octets::{Fields, Octets};
use super::record::{TraceFault, nanoseconds};
use super::replay::Configuration;
use crate::config::{LocalRoute, PeerConfig, PeerPolicies};
use crate::engine::{Action, Engine};
use crate::prefix_limit::PrefixLimits;
use bgp_policy::irr::Registrations;
use bgp_policy::rpki::{AspaSet, VrpChanges};
use bgp_rib::{PeerId, Reach};
use bgp_session::{Conn, Input};
use bgp_wire::{HEADER_LEN, TooLong, frame};
use ipnet::IpNet;
use std::borrow::Cow;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// One input of an [`Engine`]. What the configuration says of it is not written, only where to find it there.
#[derive(Clone, Debug)]
pub enum Step<'a> {
    /// [`Engine::add_peer`]
    AddPeer(Cow<'a, PeerConfig>),
    /// [`Engine::replace_peer`]
    ReplacePeer(PeerId, Cow<'a, PeerConfig>),
    /// [`Input::Start`]
    Start(PeerId),
    /// [`Engine::connected`], with our address where it is known.
    Connected(PeerId, Conn, Option<IpAddr>),
    /// [`Input::ConnectFailed`]
    ConnectFailed(PeerId),
    /// [`Input::Closed`]
    Closed(PeerId, Conn),
    /// [`Input::Written`]
    Written(PeerId, Conn),
    /// Octets that begin with a whole message, or with the header of what is none: [`Input::Message`] or
    /// [`Input::Malformed`].
    Octets(PeerId, Conn, &'a [u8]),
    /// [`Engine::handle_timeouts`]
    Timeouts,
    /// [`Engine::handle_keepalives`]
    Keepalives,
    /// [`Engine::poll_transmit`], once for each of so many peers that follow each other.
    Pull(PeerId, u32),
    /// [`Engine::updates_sent`]
    UpdatesSent(PeerId, u64),
    /// [`Engine::bfd_changed`], and how long ago that was.
    Bfd(PeerId, bfd::Change, Duration),
    /// [`Engine::originate`]
    Originate(Cow<'a, LocalRoute>),
    /// [`Engine::retract`]
    Retract(IpNet),
    /// [`Engine::set_next_hop`]
    NextHop(IpAddr, Reach),
    /// [`Engine::refresh`]
    Refresh(PeerId),
    /// [`Engine::drain`]
    Drain(PeerId, bool),
    /// [`Engine::reset`], and the operator's text.
    Reset(PeerId, Cow<'a, str>),
    /// [`Engine::shut_down`], and the operator's text.
    ShutDown(PeerId, Cow<'a, str>),
    /// [`Engine::bring_back`]
    BringBack(PeerId),
    /// [`Engine::set_prefix_limits`]
    Limits(PeerId, Cow<'a, PrefixLimits>),
    /// [`Engine::stop`]
    Stop(Cow<'a, str>),
    /// [`Engine::set_policies`]
    Policies(PeerId, PeerPolicies),
    /// [`Input::Unread`]
    Unread(PeerId, Conn),
    /// [`Engine::work`]
    Work,
    /// [`Engine::change_vrps`]
    Vrps(Option<Cow<'a, VrpChanges>>),
    /// [`Engine::set_registrations`]
    Registrations(Option<Cow<'a, Registrations>>),
    /// [`Engine::set_aspas`]
    Aspas(Option<Cow<'a, AspaSet>>),
}

/// The session's input that octets begin with, and how many of them it takes; `None` where more have to come.
pub(crate) fn heard<'a>(
    engine: &Engine,
    peer: PeerId,
    conn: Conn,
    octets: &'a [u8],
) -> Option<(Input<'a>, usize)> {
    match frame(octets, engine.max_message(peer, conn)) {
        Ok(None) => None,
        Ok(Some(message)) => Some((Input::Message(conn, message), message.len)),
        Err(reset) => Some((Input::Malformed(conn, reset), octets.len())),
    }
}

impl Step<'_> {
    /// The kind of [`Step::Limits`].
    pub(crate) const LIMITS: u8 = 18;
    /// The kind of [`Step::Policies`].
    pub(crate) const POLICIES: u8 = 22;

    /// Tells an engine; returns the peer that was added. A pull is not told by this but by
    /// [`Engine::poll_transmit`].
    pub(crate) fn tell(
        &self,
        engine: &mut Engine,
        now: Instant,
        mut out: &mut dyn FnMut(Action<'_>),
    ) -> Result<Option<PeerId>, TooLong> {
        let out = &mut out;
        match self {
            Self::AddPeer(config) => return Ok(Some(engine.add_peer(config.clone().into_owned(), now))),
            Self::ReplacePeer(peer, config) => {
                engine.replace_peer(*peer, config.clone().into_owned(), now, out);
            }
            Self::Start(peer) => engine.handle(*peer, Input::Start, now, out),
            Self::Connected(peer, conn, Some(local)) => engine.connected(*peer, *conn, *local, now, out),
            Self::Connected(peer, conn, None) => engine.handle(*peer, Input::Connected(*conn), now, out),
            Self::ConnectFailed(peer) => engine.handle(*peer, Input::ConnectFailed, now, out),
            Self::Closed(peer, conn) => engine.handle(*peer, Input::Closed(*conn), now, out),
            Self::Written(peer, conn) => engine.handle(*peer, Input::Written(*conn), now, out),
            Self::Octets(peer, conn, octets) => {
                if let Some((input, _)) = heard(engine, *peer, *conn, octets) {
                    engine.handle(*peer, input, now, out);
                }
            }
            Self::Timeouts => engine.handle_timeouts(now, out),
            Self::Keepalives => engine.handle_keepalives(now, out),
            Self::Pull(..) => {}
            Self::UpdatesSent(peer, n) => engine.updates_sent(*peer, *n, now, out),
            Self::Bfd(peer, change, ago) => {
                let at = now.checked_sub(*ago).unwrap_or(now);
                engine.bfd_changed(*peer, *change, at, now, out);
            }
            Self::Originate(route) => engine.originate(route, now, out)?,
            Self::Retract(prefix) => engine.retract(*prefix, now, out),
            Self::NextHop(hop, reach) => engine.set_next_hop(*hop, *reach, now, out),
            Self::Refresh(peer) => engine.refresh(*peer, now, out),
            Self::Drain(peer, draining) => engine.drain(*peer, *draining, now, out),
            Self::Reset(peer, text) => engine.reset(*peer, text, now, out),
            Self::ShutDown(peer, text) => engine.shut_down(*peer, text, now, out),
            Self::BringBack(peer) => engine.bring_back(*peer, now, out),
            Self::Limits(peer, limits) => {
                engine.set_prefix_limits(*peer, limits.clone().into_owned(), now, out);
            }
            Self::Stop(text) => engine.stop(text, now, out),
            Self::Policies(peer, policies) => engine.set_policies(*peer, policies.clone(), now, out),
            Self::Work => _ = engine.work(now, out),
            Self::Vrps(changes) => engine.change_vrps(changes.as_deref(), now, out),
            Self::Registrations(all) => {
                engine.set_registrations(all.clone().map(Cow::into_owned), now, out);
            }
            Self::Aspas(all) => {
                engine.set_aspas(all.clone().map(|all| Arc::new(all.into_owned())), now, out);
            }
            Self::Unread(peer, conn) => engine.handle(*peer, Input::Unread(*conn), now, out),
        }
        Ok(None)
    }

    /// Appends the fields of its record.
    pub(crate) fn put(&self, f: &mut Fields<'_>) {
        match self {
            Self::AddPeer(config) => f.octet(0).address(config.address).rest(config.name.as_bytes()),
            Self::ReplacePeer(peer, config) => {
                f.octet(1).peer(*peer).address(config.address).rest(config.name.as_bytes());
            }
            Self::Start(peer) => _ = f.octet(2).peer(*peer),
            Self::Connected(peer, conn, local) => {
                f.octet(3).peer(*peer).conn(*conn);
                local.iter().for_each(|local| _ = f.address(*local));
            }
            Self::ConnectFailed(peer) => _ = f.octet(4).peer(*peer),
            Self::Closed(peer, conn) => _ = f.octet(5).peer(*peer).conn(*conn),
            Self::Written(peer, conn) => _ = f.octet(6).peer(*peer).conn(*conn),
            Self::Octets(peer, conn, octets) => f.octet(7).peer(*peer).conn(*conn).rest(octets),
            Self::Timeouts => _ = f.octet(8),
            Self::Keepalives => _ = f.octet(9),
            Self::Pull(first, count) => _ = f.octet(10).peer(*first).short(*count),
            Self::UpdatesSent(peer, n) => _ = f.octet(11).peer(*peer).number(*n),
            Self::Bfd(peer, change, ago) => {
                let bfd::Change { from, to, diag, remote } = *change;
                f.octet(12).peer(*peer).octet(from as u8).octet(to as u8).octet(diag.code());
                f.octet(remote.state as u8).octet(remote.diag.code());
                f.octet(u8::from(remote.control_plane_independent)).number(nanoseconds(*ago));
            }
            Self::Originate(route) => _ = f.octet(13).prefix(route.prefix),
            Self::Retract(prefix) => _ = f.octet(14).prefix(*prefix),
            Self::NextHop(hop, reach) => {
                f.octet(15).address(*hop);
                match reach {
                    Reach::Cost(cost) => _ = f.short(*cost),
                    Reach::Unreachable => {}
                }
            }
            Self::Refresh(peer) => _ = f.octet(16).peer(*peer),
            Self::Drain(peer, draining) => _ = f.octet(17).peer(*peer).octet(u8::from(*draining)),
            Self::Reset(peer, text) => f.octet(25).peer(*peer).rest(text.as_bytes()),
            Self::ShutDown(peer, text) => f.octet(26).peer(*peer).rest(text.as_bytes()),
            Self::BringBack(peer) => _ = f.octet(27).peer(*peer),
            Self::Limits(peer, _) => _ = f.octet(Self::LIMITS).peer(*peer),
            Self::Stop(text) => f.octet(19).rest(text.as_bytes()),
            Self::Policies(peer, _) => _ = f.octet(Self::POLICIES).peer(*peer),
            Self::Unread(peer, conn) => _ = f.octet(20).peer(*peer).conn(*conn),
            Self::Work => _ = f.octet(21),
            Self::Vrps(changes) => super::sources::put_vrps(f.octet(23), changes.as_deref()),
            Self::Registrations(all) => super::sources::put_registrations(f.octet(24), all.as_deref()),
            Self::Aspas(all) => super::sources::put_aspas(f.octet(28), all.as_deref()),
        }
    }

    /// Reads it from the fields of its record; the peer of [`Step::Limits`] and [`Step::Policies`] is `named` by the
    /// engine that it is for.
    pub(crate) fn read<'a>(
        fields: &'a [u8],
        configuration: &'a Configuration,
        named: impl FnOnce(PeerId) -> Option<String>,
    ) -> Result<Step<'a>, TraceFault> {
        let mut f = Octets(fields);
        let kind = f.octet().ok_or(TraceFault::Field)?;
        let peer = |address, name| configuration.peer(address, name).ok_or(TraceFault::UnknownPeer);
        let step = match kind {
            0 => match (f.address(), f.text()) {
                (Some(address), Some(name)) => Some(Step::AddPeer(peer(address, name)?)),
                _ => None,
            },
            1 => match (f.peer(), f.address(), f.text()) {
                (Some(id), Some(address), Some(name)) => Some(Step::ReplacePeer(id, peer(address, name)?)),
                _ => None,
            },
            13 => match f.prefix() {
                Some(prefix) => {
                    let route = configuration.routes.iter().find(|route| route.prefix == prefix);
                    Some(Step::Originate(Cow::Borrowed(route.ok_or(TraceFault::UnknownRoute)?)))
                }
                None => None,
            },
            Self::LIMITS => match f.peer() {
                Some(id) => {
                    let limits = named(id).and_then(|name| configuration.limits(&name));
                    Some(Step::Limits(id, Cow::Borrowed(limits.ok_or(TraceFault::UnknownPeer)?)))
                }
                None => None,
            },
            Self::POLICIES => match f.peer() {
                Some(id) => {
                    let policies = named(id).and_then(|name| configuration.policies(&name));
                    Some(Step::Policies(id, policies.ok_or(TraceFault::UnknownPeer)?))
                }
                None => None,
            },
            29.. => return Err(TraceFault::InputKind(kind)),
            _ => plain(kind, &mut f),
        };
        step.filter(|_| f.is_empty()).ok_or(TraceFault::Field)
    }
}

/// The inputs that say all themselves.
fn plain<'a>(kind: u8, f: &mut Octets<'a>) -> Option<Step<'a>> {
    Some(match kind {
        2 => Step::Start(f.peer()?),
        3 => {
            let (peer, conn) = (f.peer()?, f.conn()?);
            Step::Connected(peer, conn, if f.is_empty() { None } else { Some(f.address()?) })
        }
        4 => Step::ConnectFailed(f.peer()?),
        5 => Step::Closed(f.peer()?, f.conn()?),
        6 => Step::Written(f.peer()?, f.conn()?),
        7 => Step::Octets(f.peer()?, f.conn()?, f.rest()),
        8 => Step::Timeouts,
        9 => Step::Keepalives,
        10 => Step::Pull(f.peer()?, f.short()?),
        11 => Step::UpdatesSent(f.peer()?, f.number()?),
        12 => Step::Bfd(f.peer()?, change(f)?, Duration::from_nanos(f.number()?)),
        14 => Step::Retract(f.prefix()?),
        15 => {
            let hop = f.address()?;
            Step::NextHop(hop, if f.is_empty() { Reach::Unreachable } else { Reach::Cost(f.short()?) })
        }
        16 => Step::Refresh(f.peer()?),
        17 => Step::Drain(f.peer()?, f.flag()?),
        19 => Step::Stop(Cow::Borrowed(f.text()?)),
        20 => Step::Unread(f.peer()?, f.conn()?),
        21 => Step::Work,
        23 if !f.flag()? => Step::Vrps(None),
        23 => Step::Vrps(Some(Cow::Owned(super::sources::vrps(f)?))),
        24 if !f.flag()? => Step::Registrations(None),
        24 => Step::Registrations(Some(Cow::Owned(super::sources::registrations(f)?))),
        28 if !f.flag()? => Step::Aspas(None),
        28 => Step::Aspas(Some(Cow::Owned(super::sources::aspas(f)?))),
        25 => Step::Reset(f.peer()?, Cow::Borrowed(f.text()?)),
        26 => Step::ShutDown(f.peer()?, Cow::Borrowed(f.text()?)),
        27 => Step::BringBack(f.peer()?),
        _ => return None,
    })
}

fn change(f: &mut Octets<'_>) -> Option<bfd::Change> {
    let (from, to) = (bfd::State::from_bits(f.octet()?), bfd::State::from_bits(f.octet()?));
    let diag = bfd::Diag::from_code(f.octet()?);
    let (state, remote) = (bfd::State::from_bits(f.octet()?), bfd::Diag::from_code(f.octet()?));
    let remote = bfd::Remote { state, diag: remote, control_plane_independent: f.flag()? };
    Some(bfd::Change { from, to, diag, remote })
}

/// As much of what was heard as its record needs: all of a message, the header of what is none.
pub(crate) fn kept<'a>(input: &Input<'_>, octets: &'a [u8], len: usize) -> &'a [u8] {
    let len = if matches!(input, Input::Malformed(..)) { len.min(HEADER_LEN) } else { len };
    octets.get(..len).unwrap_or(octets)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;
    use crate::{Net, SpeakerConfig};
    use bgp_policy::rpki::{Aspa, Vrp};
    use bgp_wire::Asn;

    #[test]
    fn every_input_is_read_as_it_was_written() {
        let (peer, hop) = (PeerId(3), "2001:db8::1".parse::<IpAddr>().unwrap());
        let net: Net = "198.51.100.0/24".parse().unwrap();
        let route = LocalRoute { prefix: net.prefix(), attrs: testing::attributes(1) };
        let named = testing::peer(1);
        let remote =
            bfd::Remote { state: bfd::State::Up, diag: bfd::Diag::NONE, control_plane_independent: true };
        let change =
            bfd::Change { from: bfd::State::Up, to: bfd::State::Down, diag: bfd::Diag::NONE, remote };
        let vrp = |prefix: &str, asn| Vrp::new(prefix.parse().unwrap(), 32, Asn(asn)).unwrap();
        let changes = VrpChanges::new(
            [vrp("198.51.100.0/24", 1), vrp("2001:db8::/32", 2)],
            [vrp("203.0.113.0/24", 4_200_000_000)],
        );
        let attested = [(1, &[2, 3][..]), (4, &[0])].map(|(customer, providers)| Aspa {
            customer: Asn(customer),
            providers: providers.iter().copied().map(Asn).collect(),
        });
        let configuration = Configuration {
            speaker: SpeakerConfig::new(Asn(64500), [192, 0, 2, 250].into()),
            peers: vec![named.clone()],
            dynamic: vec![],
            routes: vec![route.clone()],
        };
        let steps = vec![
            Step::AddPeer(Cow::Borrowed(&named)),
            Step::ReplacePeer(peer, Cow::Borrowed(&named)),
            Step::Start(peer),
            Step::Connected(peer, Conn::Accepted, Some(hop)),
            Step::Connected(peer, Conn::Dialed, None),
            Step::ConnectFailed(peer),
            Step::Closed(peer, Conn::Dialed),
            Step::Written(peer, Conn::Accepted),
            Step::Octets(peer, Conn::Accepted, &[0xff; 19]),
            Step::Timeouts,
            Step::Keepalives,
            Step::Pull(peer, 7),
            Step::UpdatesSent(peer, 9),
            Step::Bfd(peer, change, Duration::from_micros(5)),
            Step::Originate(Cow::Borrowed(&route)),
            Step::Retract(net.prefix()),
            Step::NextHop(hop, Reach::Cost(10)),
            Step::NextHop(hop, Reach::Unreachable),
            Step::Refresh(peer),
            Step::Drain(peer, true),
            Step::Reset(peer, Cow::Borrowed("another policy")),
            Step::ShutDown(peer, Cow::Borrowed("")),
            Step::BringBack(peer),
            Step::Limits(peer, Cow::Borrowed(&named.max_prefixes)),
            Step::Stop(Cow::Borrowed("maintenance")),
            Step::Unread(peer, Conn::Dialed),
            Step::Work,
            Step::Policies(peer, named.policies()),
            Step::Vrps(None),
            Step::Vrps(Some(Cow::Owned(changes))),
            Step::Registrations(None),
            Step::Aspas(None),
            Step::Aspas(Some(Cow::Owned(attested.into_iter().collect()))),
            Step::Registrations(Some(Cow::Owned([(net.prefix(), Asn(64500))].into_iter().collect()))),
        ];
        for step in steps {
            let mut fields = Vec::new();
            step.put(&mut Fields(&mut fields));
            let read = Step::read(&fields, &configuration, |_| Some(named.name.clone())).unwrap();
            assert_eq!(format!("{read:?}"), format!("{step:?}"));
            let ends_in_text = matches!(
                step,
                Step::Stop(_)
                    | Step::Reset(..)
                    | Step::ShutDown(..)
                    | Step::AddPeer(_)
                    | Step::ReplacePeer(..)
            );
            if !ends_in_text && !matches!(step, Step::Octets(..)) {
                fields.push(0);
                assert!(
                    Step::read(&fields, &configuration, |_| Some(named.name.clone())).is_err(),
                    "{step:?}"
                );
            }
        }
    }
}
