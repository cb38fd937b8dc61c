//! The tokio shell: an [`Engine`] with real sockets, a real clock and a BFD thread.

mod bfd;
mod connection;
mod dynamic;
mod io;
mod password;
mod recorded;
mod recorder;
mod socket;
mod task;
mod wakeup;

pub use dynamic::DynamicPeers;
pub use socket::{AoAlgorithm, AoKey, MAX_AO_KEY, MAX_PASSWORD, TcpOptions};

use crate::config::{LocalRoute, PeerConfig, PeerPolicies, SpeakerConfig};
use crate::engine::Engine;
use crate::event::Event;
use crate::prefix_limit::PrefixLimits;
use crate::trace::Step;
use ::bfd::{
    Event as BfdEvent, InitiatorParams, InitiatorSnapshot, Recording, Reflected, SessionId, SessionParams,
    Snapshot, UnsolicitedParams,
};
use bfd::BfdIo;
use bgp_policy::irr::Registrations;
use bgp_policy::rpki::{AspaSet, VrpSet};
use bgp_rib::{PeerId, Reach};
use bgp_wire::TooLong;
use io::Io;
use ipnet::IpNet;
use recorded::Recorded;
use recorder::Recorder;
use std::borrow::Cow;
use std::fs::File;
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::Arc;
use task::{Task, WAITING, accept};
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use wakeup::Wakeup;

/// What keeps a speaker or one of its peers from starting.
#[derive(Debug, Error)]
pub enum StartError {
    /// An address cannot be listened on.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        source: std::io::Error,
    },
    /// A peer's TCP-MD5 password or TCP-AO key cannot be set on a listener.
    #[error("cannot set the password or key of peer {peer}: {source}")]
    Password {
        /// The peer's name.
        peer: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// A peer's BFD session cannot be started.
    #[error("cannot start BFD towards peer {peer}: {source}")]
    Bfd {
        /// The peer's name.
        peer: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// The recording cannot be started.
    #[error("cannot start the recording: {0}")]
    Record(std::io::Error),
    /// A route cannot begin here.
    #[error("cannot originate {prefix}: one of its attributes is longer than any message allows")]
    TooLong {
        /// The route's prefix.
        prefix: IpNet,
    },
    /// The speaker has ended.
    #[error("the speaker has ended")]
    Ended,
}

/// A running speaker.
///
/// It runs on a task of its own and stops with [`Speaker::stop`]; when it is dropped its sessions end
/// without a word.
///
/// ```no_run
/// # async fn example() -> Result<(), bgp_speaker::StartError> {
/// use bgp_policy::Policy;
/// use bgp_speaker::{PeerConfig, Speaker, SpeakerConfig};
/// use bgp_wire::Asn;
/// use std::sync::Arc;
///
/// let config = SpeakerConfig::new(Asn(64500), "192.0.2.1".parse().unwrap());
/// let speaker = Speaker::start(config, |event| println!("{event:?}"))?;
/// let mut peer = PeerConfig::new("edge", "192.0.2.2".parse().unwrap(), Asn(64501));
/// peer.import = Some(Arc::new(Policy::accept_all()));
/// speaker.add_peer(peer).await?;
/// let best = speaker.query(|engine| engine.routes().len()).await?;
/// speaker.stop("maintenance").await;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Speaker {
    wakeups: mpsc::Sender<Wakeup>,
    listening: Vec<(SocketAddr, Arc<TcpListener>)>,
    tasks: Vec<JoinHandle<()>>,
    /// Writes the trace, where there is one.
    writer: Option<std::thread::JoinHandle<()>>,
}

impl Speaker {
    /// Binds the listeners and starts the task; call it within a tokio runtime. `on_event` is called on that
    /// task: it must be
    /// quick.
    pub fn start(
        config: SpeakerConfig,
        on_event: impl FnMut(Event) + Send + 'static,
    ) -> Result<Self, StartError> {
        Self::begin(config, None, on_event)
    }

    /// The same, and records into `file` all that the engine is told and what it does, for a
    /// [`trace::Replay`](crate::trace::Replay). `configuration` is a text from which whoever replays makes the
    /// speaker, its peers and its routes as they are now: no password or key belongs into it.
    ///
    /// The speaker does not wait for the file. Where that is too slow or full, this is logged as an error and the
    /// recording ends there.
    pub fn start_recording(
        config: SpeakerConfig,
        file: File,
        configuration: &[u8],
        on_event: impl FnMut(Event) + Send + 'static,
    ) -> Result<Self, StartError> {
        let recording = Recorder::start(file, &config, configuration).map_err(StartError::Record)?;
        Self::begin(config, Some(recording), on_event)
    }

    fn begin(
        config: SpeakerConfig,
        recording: Option<(Recorder, std::thread::JoinHandle<()>)>,
        on_event: impl FnMut(Event) + Send + 'static,
    ) -> Result<Self, StartError> {
        let (recorder, writer) = recording.unzip();
        let mut listening = Vec::new();
        let plain = config.listen.iter().map(|address| (*address, None));
        let bound = config.listen_on.iter().map(|on| (on.address, Some(on.interface.as_str())));
        for (address, interface) in plain.chain(bound) {
            let failed = |source| StartError::Listen { address, source };
            let listener = socket::listen(address, interface).map_err(failed)?;
            let bound = listener.local_addr().map_err(failed)?;
            listening.push((bound, Arc::new(listener)));
        }
        let (wakeups, waiting) = mpsc::channel(WAITING);
        let (bfd_events, bfd_waiting) = mpsc::unbounded_channel();
        let io = Io::new(wakeups.clone(), Box::new(on_event));
        let bfd = BfdIo::new(config.bfd.clone(), bfd_events);
        let task = Task::new(Recorded::new(Engine::new(config).in_pieces(), recorder), io, bfd);
        let mut tasks = vec![tokio::spawn(task.run(waiting, bfd_waiting))];
        for (_, listener) in &listening {
            tasks.push(tokio::spawn(accept(Arc::clone(listener), wakeups.clone())));
        }
        Ok(Self { wakeups, listening, tasks, writer })
    }

    /// Where it listens, ports as bound.
    pub fn listening(&self) -> impl Iterator<Item = SocketAddr> {
        self.listening.iter().map(|(address, _)| *address)
    }

    /// Adds a peer and starts its session.
    ///
    /// # Errors
    /// The kernel has no TCP-MD5 or TCP-AO where the peer needs it, or its BFD session cannot be opened.
    pub async fn add_peer(&self, config: PeerConfig) -> Result<PeerId, StartError> {
        let mut added = self.add_peers(vec![config]).await?;
        added.pop().ok_or(StartError::Ended)
    }

    /// Adds peers and starts their sessions. None of these comes up before all are there: a speaker that has restarted, and
    /// waits for all its peers to say what they have ([`SpeakerConfig::restarted`]), waits for each of them.
    ///
    /// # Errors
    /// As [`Speaker::add_peer`], of the first that cannot be added; those before it stay.
    pub async fn add_peers(&self, configs: Vec<PeerConfig>) -> Result<Vec<PeerId>, StartError> {
        for config in &configs {
            self.sign(&config.name, config.address.into(), &config.tcp)?;
        }
        let add = |task: &mut Task, config: PeerConfig| {
            let peer = config.name.clone();
            task.add_peer(config).map_err(|source| StartError::Bfd { peer, source })
        };
        self.ask(move |task| configs.into_iter().map(|config| add(task, config)).collect()).await?
    }

    /// Lets whoever connects from a prefix become a peer.
    pub async fn accept_dynamic(&self, peers: DynamicPeers) -> Result<(), StartError> {
        self.sign(&peers.template.name, peers.prefix, &peers.template.tcp)?;
        self.ask(move |task| task.accept_dynamic(peers)).await
    }

    /// Gives the peers of exactly that prefix whose template has that name, those there are and those to come, other
    /// policies and limits of prefixes; [`Engine::set_policies`] and [`Engine::set_prefix_limits`] say what follows.
    pub async fn change_dynamic(
        &self,
        prefix: IpNet,
        name: &str,
        policies: PeerPolicies,
        limits: PrefixLimits,
    ) -> Result<(), StartError> {
        let name = name.to_owned();
        self.ask(move |task| task.change_dynamic(prefix, &name, &policies, &limits)).await
    }

    /// Makes every listener of the family take signed segments only from a prefix.
    fn sign(&self, peer: &str, prefix: IpNet, options: &TcpOptions) -> Result<(), StartError> {
        let failed = |source| StartError::Password { peer: peer.to_owned(), source };
        let mut listeners = self.listeners_for(prefix);
        listeners.try_for_each(|listener| socket::sign(listener, prefix, options).map_err(failed))
    }

    /// The listeners of a prefix's family.
    fn listeners_for(&self, prefix: IpNet) -> impl Iterator<Item = &TcpListener> {
        let is_ipv4 = prefix.addr().is_ipv4();
        self.listening.iter().filter(move |(a, _)| a.is_ipv4() == is_ipv4).map(|(_, listener)| &**listener)
    }

    /// Binds where BFD is to receive, before peers that use it are added: with port 0 the kernel chooses
    /// the port, which is returned.
    pub async fn bind_bfd(&self, local: SocketAddr) -> Result<SocketAddr, StartError> {
        let bound = self.ask(move |task| task.bfd.bind(local)).await?;
        bound.map_err(|source| StartError::Listen { address: local, source })
    }

    /// Reads what the engine knows. The question is asked on the speaker's task: while it is answered nothing else is done there,
    /// and no KEEPALIVE leaves.
    pub async fn query<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Engine) -> T + Send + 'static,
    ) -> Result<T, StartError> {
        self.ask(|task| question(&task.engine)).await
    }

    /// Originates a route, in place of an earlier one to the same prefix.
    pub async fn originate(&self, route: LocalRoute) -> Result<(), StartError> {
        let prefix = route.prefix;
        let originate = move |task: &mut Task| task.try_tell(&Step::Originate(Cow::Owned(route)));
        self.ask(originate).await?.map_err(|TooLong| StartError::TooLong { prefix })
    }

    /// Takes a route back that began here.
    pub async fn retract(&self, prefix: IpNet) -> Result<(), StartError> {
        self.ask(move |task| task.tell(&Step::Retract(prefix))).await
    }

    /// Tells of the way to a next hop; [`Engine::set_next_hop`] says what follows.
    pub async fn set_next_hop(&self, hop: IpAddr, reach: Reach) -> Result<(), StartError> {
        self.ask(move |task| task.tell(&Step::NextHop(hop, reach))).await
    }

    /// Gives the VRPs that routes are judged by from now on (RFC 6811), or says that none are known. What is different in them is
    /// told to the engine.
    pub async fn set_vrps(&self, vrps: Option<Arc<VrpSet>>) -> Result<(), StartError> {
        self.ask(move |task| {
            let before = task.engine.vrps().cloned().unwrap_or_default();
            let changes = vrps.map(|vrps| Cow::Owned(before.changes(&vrps)));
            task.tell(&Step::Vrps(changes));
        })
        .await
    }

    /// Gives the attestations of providers that paths are judged by from now on (ASPA), or says that none are known.
    pub async fn set_aspas(&self, aspas: Option<Arc<AspaSet>>) -> Result<(), StartError> {
        self.ask(move |task| task.tell(&Step::Aspas(aspas.map(|aspas| Cow::Owned((*aspas).clone()))))).await
    }

    /// Gives the registrations of the IRR that routes are judged by from now on, or says that none are known.
    pub async fn set_registrations(&self, registrations: Option<Registrations>) -> Result<(), StartError> {
        self.ask(move |task| task.tell(&Step::Registrations(registrations.map(Cow::Owned)))).await
    }

    /// Asks a peer for its routes again (RFC 2918).
    pub async fn refresh(&self, peer: PeerId) -> Result<(), StartError> {
        self.ask(move |task| task.tell(&Step::Refresh(peer))).await
    }

    /// Gives a peer other limits of prefixes; [`Engine::set_prefix_limits`] says what follows.
    pub async fn set_prefix_limits(&self, peer: PeerId, limits: PrefixLimits) -> Result<(), StartError> {
        self.ask(move |task| task.tell(&Step::Limits(peer, Cow::Owned(limits)))).await
    }

    /// Gives a peer other policies; [`Engine::set_policies`] says what follows.
    pub async fn set_policies(&self, peer: PeerId, policies: PeerPolicies) -> Result<(), StartError> {
        self.ask(move |task| task.tell(&Step::Policies(peer, policies))).await
    }

    /// Begins or ends the drain of a peer's session; [`Engine::drain`] says what follows.
    pub async fn drain(&self, peer: PeerId, draining: bool) -> Result<(), StartError> {
        self.ask(move |task| task.tell(&Step::Drain(peer, draining))).await
    }

    /// Ends a peer's session with an operator's text, at most 255 octets of it; it begins anew at once: [`Engine::reset`].
    pub async fn reset(&self, peer: PeerId, text: String) -> Result<(), StartError> {
        self.ask(move |task| task.tell(&Step::Reset(peer, Cow::Owned(text)))).await
    }

    /// Ends a peer's session with an operator's text, at most 255 octets of it, and keeps it down: [`Engine::shut_down`].
    pub async fn shut_down(&self, peer: PeerId, text: String) -> Result<(), StartError> {
        self.ask(move |task| task.tell(&Step::ShutDown(peer, Cow::Owned(text)))).await
    }

    /// Lets a session that was shut down begin again.
    pub async fn bring_back(&self, peer: PeerId) -> Result<(), StartError> {
        self.ask(move |task| task.tell(&Step::BringBack(peer))).await
    }

    /// Every BFD session and whose it is.
    pub async fn bfd(&self) -> Result<Vec<(PeerId, Snapshot)>, StartError> {
        self.ask(|task| task.bfd.snapshots()).await
    }

    /// What the flight recorder of a BFD session has; `None` if there is no such session.
    pub async fn bfd_recording(&self, session: SessionId) -> Result<Option<Recording>, StartError> {
        self.ask(move |task| task.bfd.recording(session)).await
    }

    /// Adds a BFD session that guards no peer, such as that of a LAG's member (RFC 7130).
    pub async fn add_bfd(&self, session: SessionParams) -> Result<SessionId, StartError> {
        let towards = session.peer.to_string();
        let added = self.ask(move |task| task.bfd.add_other(session)).await?;
        added.map_err(|source| StartError::Bfd { peer: towards, source })
    }

    /// Lets others begin BFD sessions, which guard no peer (RFC 9468); returns the address bound for them. A peer with
    /// BFD of its own that shall be added needs to be added before.
    pub async fn accept_unsolicited_bfd(&self, params: UnsolicitedParams) -> Result<SocketAddr, StartError> {
        let address = params.profile.local;
        let bound = self.ask(move |task| task.bfd.accept_unsolicited(params)).await?;
        bound.map_err(|source| StartError::Listen { address, source })
    }

    /// Answers the initiators of seamless BFD on `local` (RFC 7880 section 7.2) for the discriminators of `pool`, up to `rate`
    /// packets in one second; returns the address bound.
    pub async fn reflect_sbfd(
        &self,
        local: SocketAddr,
        interface: Option<String>,
        rate: u32,
        pool: Vec<(NonZeroU32, Reflected)>,
    ) -> Result<SocketAddr, StartError> {
        let reflect = move |task: &mut Task| task.bfd.reflect(local, interface.as_deref(), rate, &pool);
        self.ask(reflect).await?.map_err(|source| StartError::Listen { address: local, source })
    }

    /// Adds a session that asks a reflector of seamless BFD (RFC 7880 section 7.3); it guards no peer.
    pub async fn initiate_sbfd(&self, params: InitiatorParams) -> Result<SessionId, StartError> {
        let towards = params.reflector.to_string();
        let added = self.ask(move |task| task.bfd.initiate(params)).await?;
        added.map_err(|source| StartError::Bfd { peer: towards, source })
    }

    /// Every session of seamless BFD.
    pub async fn sbfd(&self) -> Result<Vec<InitiatorSnapshot>, StartError> {
        self.ask(|task| task.bfd.initiators()).await
    }

    /// What happens to the BFD sessions that guard no peer, from now on; who asked before is told no more.
    pub async fn other_bfd_events(&self) -> Result<mpsc::UnboundedReceiver<BfdEvent>, StartError> {
        self.ask(|task| task.bfd.others()).await
    }

    /// Every BFD session that guards no peer.
    pub async fn other_bfd(&self) -> Result<Vec<Snapshot>, StartError> {
        self.ask(|task| task.bfd.other_snapshots()).await
    }

    /// Changes a peer's BFD session while it runs: timers, authentication, demand mode, the echo function. One that
    /// is Up stays Up.
    pub async fn change_bfd(&self, peer: PeerId, session: SessionParams) -> Result<(), StartError> {
        let done = self.ask(move |task| task.bfd.change(peer, session)).await?;
        done.map_err(|source| StartError::Bfd { peer: peer.0.to_string(), source })
    }

    /// Cuts a peer's BFD session in both directions without a word, or mends it: the drill's broken link.
    pub async fn silence_bfd(&self, peer: PeerId, silent: bool) -> Result<(), StartError> {
        let done = self.ask(move |task| task.bfd.silence(peer, silent)).await?;
        done.map_err(|source| StartError::Bfd { peer: peer.0.to_string(), source })
    }

    /// Connections refused because no peer has their address.
    pub async fn refused(&self) -> Result<u64, StartError> {
        self.ask(|task| task.refused).await
    }

    /// Has the recording say that the configuration reads so from now on: what is told by
    /// [`Speaker::set_prefix_limits`], [`Speaker::set_policies`] and [`Speaker::change_dynamic`] afterwards is taken from there.
    pub async fn record_configuration(&self, configuration: Vec<u8>) -> Result<(), StartError> {
        self.ask(move |task| task.engine.configuration(&configuration)).await
    }

    /// Ends every session with a Cease that says `text` (RFC 9003), and waits until that is written.
    pub async fn stop(mut self, text: &str) {
        let text = text.to_owned();
        let told = self.ask(move |task| task.stop(&text)).await;
        let mut tasks = self.tasks.drain(..);
        if let (Ok(()), Some(task)) = (told, tasks.next()) {
            let _panicked = task.await;
        }
        tasks.for_each(|listener| listener.abort());
        if let Some(writer) = self.writer.take() {
            let _panicked = tokio::task::spawn_blocking(|| writer.join()).await;
        }
    }

    /// Runs `question` on the speaker's task.
    async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&mut Task) -> T + Send + 'static,
    ) -> Result<T, StartError> {
        let (reply, answer) = oneshot::channel();
        let asked = Wakeup::Asked(Box::new(move |task| {
            let _unread = reply.send(question(task));
        }));
        self.wakeups.send(asked).await.map_err(|_| StartError::Ended)?;
        answer.await.map_err(|_| StartError::Ended)
    }
}

impl Drop for Speaker {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}
