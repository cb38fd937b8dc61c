//! The command line.

use crate::bench::Bench;
use crate::check::Check;
use crate::config::duration;
use crate::far_end::Mapping;
use crate::plan::Plan;
use crate::policy::PolicyCommand;
use bgp_policy::irr::SetName;
use bgp_wire::Asn;
use clap::{Parser, Subcommand, ValueEnum};
use ipnet::IpNet;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// A BGP speaker for voice interconnects, and the judge of what it hears.
///
/// Exit status 2: a file, an argument or the daemon's socket is bad; the message says which and how to mend it.
#[derive(Parser, Debug)]
#[command(version, about, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand, Debug)]
pub(crate) enum Command {
    /// Rehearse a whole voice interconnect on this machine: two BGP sessions over BFD, verdicts, failover.
    ///
    /// A carrier and two edge routers of the far end run in this process and speak over real sockets on
    /// loopback. Needs no root and no configuration. Exit status 0 when all that happened is what the
    /// scenario declares.
    Lab {
        /// Print one JSON document instead of progress and tables.
        #[arg(long)]
        json: bool,
    },
    /// Run as a daemon that peers with real routers.
    ///
    /// SIGTERM or SIGINT tells every peer that the daemon stops and ends it with exit status 0; a second one
    /// ends it at once. Logs go to standard error; the environment variable RUST_LOG chooses what: `info` (the
    /// default), `debug`, or by part, such as `info,bgp_speaker=debug`.
    Run {
        /// The configuration file.
        #[arg(short, long, value_name = "FILE", default_value = "voicepeer.toml")]
        config: PathBuf,
        /// Where to answer `show`, instead of the configuration's `speaker.control`.
        #[arg(long, value_name = "PATH")]
        control: Option<PathBuf>,
        /// Say to peers with a graceful restart that the daemon ran a moment ago (RFC 4724): they need not wait for it,
        /// and it announces nothing before they have said what they have, or speaker.selection_deferral is over.
        #[arg(long)]
        restarted: bool,
        /// Record all that the speaker is told and does into this file, for `replay`. It holds the configuration without
        /// its passwords and keys, and every message of the sessions.
        #[arg(long, value_name = "FILE")]
        record: Option<PathBuf>,
        /// Read the configuration or the plan, say whether it is good, and end.
        #[arg(long)]
        check: bool,
        /// Stand in for a far end, instead of reading a configuration: its edge routers, as the plan's connections
        /// name them.
        #[arg(long, value_enum, requires = "plan", conflicts_with_all = ["config", "restarted", "record"])]
        profile: Option<Profile>,
        /// The carrier's plan, for --profile.
        #[arg(short, long, value_name = "FILE", requires = "profile")]
        plan: Option<PathBuf>,
        /// Where an address of the plan is here, for --profile: the far end listens there, or the carrier is there. May
        /// be given for each address.
        #[arg(long, value_name = "PLANNED=HERE[:PORT]", requires = "profile")]
        map: Vec<Mapping>,
        /// Wait for the carrier to connect, and do not connect to it, for --profile.
        #[arg(long, requires = "profile")]
        passive: bool,
        /// Objects of routing registries, for --profile: RPSL as their dumps and servers have it; may be given several times.
        #[arg(long, value_name = "FILE", requires = "profile")]
        irr: Vec<PathBuf>,
        /// Validated ROA payloads, for --profile: JSON as rpki-client and Routinator write it.
        #[arg(long, value_name = "FILE", requires = "profile")]
        rpki: Option<PathBuf>,
    },
    /// Tell a speaker again what another was told, as `run --record` has written it, and compare what it does.
    ///
    /// No time passes and no socket is opened. Exit status 0: it did the same, to the end of the trace or until that is cut.
    /// 1: it did something else; where and what is said. 2: the file is no trace or is broken.
    Replay {
        /// The trace.
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Judge a plan and the routes observed against the voice-peering rules.
    ///
    /// Exit status 0: nothing failed. 1: something failed, or a session that the plan promises routes on was
    /// not seen. 2: the input is bad. Whether everything could be decided is the report's outcome: `verified`,
    /// `undecided` or `failed`. Warnings and what the plan only attests fail nothing.
    Check(Check),
    /// Write a plan, judge it by itself, or write a router's side of it.
    #[command(subcommand)]
    Plan(Plan),
    /// Show what a running daemon knows.
    Show {
        #[arg(value_enum)]
        what: Topic,
        /// Print JSON instead of a table.
        #[arg(long)]
        json: bool,
        /// The daemon's control socket.
        #[arg(long, value_name = "PATH", default_value = DEFAULT_CONTROL)]
        control: PathBuf,
    },
    /// Say what became of every path to a prefix, and what each peer is told of it or why nothing.
    Explain {
        /// The prefix, such as 198.51.100.0/24.
        #[arg(value_name = "PREFIX")]
        prefix: IpNet,
        /// Print JSON instead of tables.
        #[arg(long)]
        json: bool,
        /// The daemon's control socket.
        #[arg(long, value_name = "PATH", default_value = DEFAULT_CONTROL)]
        control: PathBuf,
    },
    /// Ask the flight recorder of a BFD session, or which timers a line bears.
    #[command(subcommand)]
    Bfd(Bfd),
    /// Ask a peer of a running daemon for its routes again (ROUTE-REFRESH).
    Refresh {
        /// The peer's name or address.
        peer: String,
        /// The daemon's control socket.
        #[arg(long, value_name = "PATH", default_value = DEFAULT_CONTROL)]
        control: PathBuf,
    },
    /// Prepare a peer's session to be taken down without loss (graceful shutdown, RFC 8326).
    ///
    /// Our routes leave with the community GRACEFUL_SHUTDOWN, and with local preference 0 to an internal peer; the peer's
    /// routes become the last choice here. It lasts until --undo or until the daemon ends.
    Drain {
        /// The peer's name or address.
        peer: String,
        /// End it, and ask the peer for its routes again.
        #[arg(long)]
        undo: bool,
        /// The daemon's control socket.
        #[arg(long, value_name = "PATH", default_value = DEFAULT_CONTROL)]
        control: PathBuf,
    },
    /// Begin a peer's session anew: Cease, Administrative Reset (RFC 4486).
    Reset {
        /// The peer's name or address.
        peer: String,
        /// What the peer's operator shall read (RFC 9003): up to 255 octets.
        #[arg(long, value_parser = communication, default_value = "")]
        text: String,
        /// The daemon's control socket.
        #[arg(long, value_name = "PATH", default_value = DEFAULT_CONTROL)]
        control: PathBuf,
    },
    /// End a peer's session and keep it down: Cease, Administrative Shutdown (RFC 4486).
    ///
    /// It lasts until --undo or until the daemon ends. To lose nothing by it, drain the session first.
    Shutdown {
        /// The peer's name or address.
        peer: String,
        /// What the peer's operator shall read (RFC 9003): up to 255 octets.
        #[arg(long, value_parser = communication, default_value = "", conflicts_with = "undo")]
        text: String,
        /// Let the session begin again.
        #[arg(long)]
        undo: bool,
        /// The daemon's control socket.
        #[arg(long, value_name = "PATH", default_value = DEFAULT_CONTROL)]
        control: PathBuf,
    },
    /// Take one leg down on purpose, measure what follows, and restore it.
    ///
    /// Refuses unless another leg is Established with BFD Up and has all of this one's prefixes. Silences the leg's BFD where
    /// --control answers, measures detection, Cease, withdrawal, the best path elsewhere and the restoration at both ends,
    /// and restores the leg whatever happens. Exit status 0: all was as it must be. 1: it was not; the evidence says
    /// what. 2: the drill was refused, or stopped.
    Drill(Drill),
    /// Ask files of RPKI validators what they say of a route.
    #[command(subcommand)]
    Rpki(Rpki),
    /// Ask dumps of Internet Routing Registries, or a server, what they say of a route, or resolve a set.
    #[command(subcommand)]
    Irr(Irr),
    /// Measure this program beside other daemons on this machine.
    Bench {
        #[command(subcommand)]
        what: Bench,
    },
    /// Check, format, test, explain and compare policies written as text.
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// Decode BGP, BMP and BFD from files: MRT, captures, streams, lines of JSON.
    ///
    /// What a file is, is told by its content: MRT, BMP, pcap or pcapng, BGP messages as they were sent, or
    /// lines of JSON with the octets in `hex`; each plain, gzip or bzip2. Every malformed message is shown with
    /// what RFC 7606 makes of it. Exit status 0: everything was read. 1: an input breaks off, or something in
    /// it cannot be read; standard error says where. 2: a file is not there or is nothing known.
    Decode {
        /// Files to decode; `-` is standard input.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// How to print what they hold.
        #[arg(long, value_enum, default_value_t = DecodeFormat::Text)]
        format: DecodeFormat,
    },
}

/// A drill.
#[derive(clap::Args, Debug)]
pub(crate) struct Drill {
    /// The leg: the peer's name or address, or the plan's connection.
    #[arg(value_name = "LEG")]
    pub(crate) leg: String,
    /// Drain the leg first (RFC 8326), and silence it once no best path is on it.
    #[arg(long)]
    pub(crate) drain: bool,
    /// Drill although prefixes that no other leg has are lost meanwhile.
    #[arg(long)]
    pub(crate) accept_loss: bool,
    /// How long the leg stays down once all has moved, such as `5s`.
    #[arg(long, value_name = "TIME", value_parser = time, default_value = "0s")]
    pub(crate) hold: Duration,
    /// How long the restoration may take.
    #[arg(long, value_name = "TIME", value_parser = time, default_value = "180s")]
    pub(crate) patience: Duration,
    /// The folder for the evidence: JSON, a report in Markdown, a picture.
    #[arg(long, value_name = "FOLDER", default_value = "drill")]
    pub(crate) out: PathBuf,
    /// Print the evidence as JSON instead of a table.
    #[arg(long)]
    pub(crate) json: bool,
    /// The control socket of the daemon where BFD is silenced: a carrier's, or a stand-in for the far end.
    #[arg(long, value_name = "PATH", default_value = DEFAULT_CONTROL)]
    pub(crate) control: PathBuf,
    /// The control socket of the daemon at the other end, on the same machine, to measure there too.
    #[arg(long, value_name = "PATH")]
    pub(crate) far_end: Option<PathBuf>,
}

fn time(text: &str) -> Result<Duration, String> {
    let known = duration::parse(text).filter(|time| *time <= Duration::from_hours(24));
    known.ok_or_else(|| "a time is a whole number with its unit, such as 500ms or 5s, up to a day".to_owned())
}

/// Questions to files of RPKI validators.
#[derive(Subcommand, Debug)]
pub(crate) enum Rpki {
    /// Say whether an AS may originate a prefix (RFC 6811), and which VRPs cover it.
    ///
    /// Exit status 0: valid, or not found. 1: invalid. 2: a file is bad.
    Validate(AskedRoute),
    /// Say whether a path can have come this way, by the providers that its ASes attest (ASPA).
    ///
    /// Exit status 0: valid, or unknown. 1: invalid. 2: a file or the path is bad.
    Verify(AskedPath),
}

/// Which route, by which files.
#[derive(clap::Args, Debug)]
pub(crate) struct AskedRoute {
    /// The prefix, such as 198.51.100.0/24.
    #[arg(value_name = "PREFIX")]
    pub(crate) prefix: IpNet,
    /// The AS that originates it, such as 64500 or AS64500.
    #[arg(value_name = "ORIGIN")]
    pub(crate) origin: Asn,
    /// JSON of rpki-client or Routinator, plain, gzip or bzip2; may be given several times. What has expired does not count.
    #[arg(long, value_name = "FILE", required = true)]
    pub(crate) vrps: Vec<PathBuf>,
    /// Print JSON instead of text.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Which path, by which files.
#[derive(clap::Args, Debug)]
pub(crate) struct AskedPath {
    /// The AS path, the nearest first, in quotes: `64501 64502 64503`.
    #[arg(value_name = "PATH")]
    pub(crate) path: String,
    /// JSON of rpki-client or Routinator with `aspas`; may be given several times.
    #[arg(long, value_name = "FILE", required = true)]
    pub(crate) aspas: Vec<PathBuf>,
    /// What the neighbour that sent it is to us.
    #[arg(long, value_enum, default_value_t = From::Provider)]
    pub(crate) from: From,
    /// The neighbour's ASN, where it is not the first of the path.
    #[arg(long, value_name = "ASN")]
    pub(crate) neighbor: Option<Asn>,
    /// Print JSON instead of text.
    #[arg(long)]
    pub(crate) json: bool,
}

/// What a neighbour is to us.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum From {
    /// It sells us transit.
    Provider,
    /// We sell it transit.
    Customer,
    /// Neither.
    Peer,
    /// It is a route server.
    RouteServer,
}

/// Questions to registries.
#[derive(Subcommand, Debug)]
pub(crate) enum Irr {
    /// Resolve an as-set to AS numbers or prefixes, or a route-set to prefixes.
    ///
    /// What is missing and what goes round in circles is told on standard error. Exit status 0: all of it was there. 1: something
    /// was missing or circular. 2: a file is bad, or there is no such set.
    Resolve(AskedSet),
    /// Say whether a prefix is registered with an origin, and what is registered around it.
    ///
    /// Exit status 0: it is. 1: it is not, or with other origins alone. 2: a file is bad.
    Check(AskedRegistration),
}

/// Which set, by which dumps.
#[derive(clap::Args, Debug)]
pub(crate) struct AskedSet {
    /// The set's name, such as AS-EXAMPLE, AS64500:AS-CUSTOMERS, RS-EXAMPLE or RIPE::AS-EXAMPLE.
    #[arg(value_name = "SET")]
    pub(crate) set: SetName,
    #[command(flatten)]
    pub(crate) from: Registry,
    /// Print the prefixes that are registered with the members of an as-set as their origin.
    #[arg(long)]
    pub(crate) prefixes: bool,
    /// Print JSON instead of a line a member.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Where the objects come from: dumps, or a server.
#[derive(clap::Args, Debug)]
pub(crate) struct Registry {
    /// A dump of a registry, plain, gzip or bzip2; may be given several times.
    #[arg(long, value_name = "FILE", required_unless_present = "server", conflicts_with = "server")]
    pub(crate) dump: Vec<PathBuf>,
    /// Ask a server that speaks IRRd's protocol instead, such as whois.example.net:43.
    #[arg(long, value_name = "HOST:PORT")]
    pub(crate) server: Option<String>,
    /// Take objects of this registry alone; may be given several times, the first counting first.
    #[arg(long, value_name = "NAME")]
    pub(crate) source: Vec<String>,
}

/// Which route, by which dumps.
#[derive(clap::Args, Debug)]
pub(crate) struct AskedRegistration {
    /// The prefix, such as 198.51.100.0/24.
    #[arg(value_name = "PREFIX")]
    pub(crate) prefix: IpNet,
    /// The AS that originates it, such as 64500 or AS64500.
    #[arg(value_name = "ORIGIN")]
    pub(crate) origin: Asn,
    #[command(flatten)]
    pub(crate) from: Registry,
    /// Print JSON instead of text.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Questions about BFD.
#[derive(Subcommand, Debug)]
pub(crate) enum Bfd {
    /// Show a session, how punctual both sides are, and why it was last Down.
    Show(AskedBfd),
    /// Show every Down with its cause, and the last packets sent and received.
    ///
    /// With --json this is a recording, which `bfd advise` reads.
    History(AskedBfd),
    /// Show how late packets were on both sides, and how close it came to a Down.
    Margin(AskedBfd),
    /// Say which timers a line would have borne: how many false Downs each interval and multiplier had caused.
    ///
    /// Reads a capture of a session, or a recording: what `bfd history ADDR --json` prints. Every direction of
    /// every session gets a grid and the fastest timers without a false Down.
    Advise(AdviseBfd),
}

/// What to advise by.
#[derive(clap::Args, Debug)]
pub(crate) struct AdviseBfd {
    /// A pcap, a pcapng, plain, gzip or bzip2, or a recording; `-` is a capture on standard input.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Print JSON instead of text.
    #[arg(long)]
    pub(crate) json: bool,
    /// An interval to try, such as `30ms`; may be given several times.
    #[arg(long, value_name = "INTERVAL", value_parser = interval)]
    pub(crate) interval: Vec<Duration>,
    /// A detect mult to try, 1 to 255; may be given several times.
    #[arg(long, value_name = "MULT", value_parser = clap::value_parser!(u8).range(1..))]
    pub(crate) mult: Vec<u8>,
}

/// An interval as a packet can carry it: 32 bits of microseconds.
fn interval(text: &str) -> Result<Duration, String> {
    let interval = duration::parse(text).filter(|i| (1..=u32::MAX.into()).contains(&i.as_micros()));
    interval.ok_or_else(|| {
        "an interval is a number with its unit, such as 750us, 30ms or 1s, above 0 and below 4294s".to_owned()
    })
}

/// Whose BFD session, of which daemon.
#[derive(clap::Args, Debug)]
pub(crate) struct AskedBfd {
    /// The peer's address or name.
    #[arg(value_name = "ADDR")]
    pub(crate) peer: String,
    /// Print JSON instead of text.
    #[arg(long)]
    pub(crate) json: bool,
    /// The daemon's control socket.
    #[arg(long, value_name = "PATH", default_value = DEFAULT_CONTROL)]
    pub(crate) control: PathBuf,
}

/// Where the daemon answers unless told otherwise.
pub(crate) const DEFAULT_CONTROL: &str = "/run/voicepeer.sock";

/// Where the routes to judge come from.
#[derive(clap::Args, Debug)]
pub(crate) struct Source {
    /// Routes observed; may be given several times.
    ///
    /// What a file is, is told by its content: JSON, the text that a router prints of the routes it announces to a neighbour
    /// or of its sessions, its configuration, MRT, BMP that was recorded, or a capture. An output that does not say which
    /// session it is of is given as CONNECTION=FILE.
    #[arg(long, value_name = "[CONNECTION=]FILE", required_unless_present_any = ["live", "bmp", "explain"])]
    pub(crate) routes: Vec<PathBuf>,
    /// Ask a running daemon what it observes.
    #[arg(long, conflicts_with_all = ["routes", "bmp"])]
    pub(crate) live: bool,
    /// Listen here for routers that send BMP: their Adj-RIB-Out, or the Adj-RIB-In of a collector. What it does not tell of
    /// sessions may be given by --routes beside it.
    #[arg(long, value_name = "ADDR:PORT")]
    pub(crate) bmp: Option<SocketAddr>,
}

/// Whom `run` stands in for.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Profile {
    /// AS8075: BFD before any route, synthetic prefixes announced, registered and compliant ones accepted.
    MicrosoftEdge,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum DecodeFormat {
    /// For people.
    Text,
    /// For programs: one object a line.
    Json,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Topic {
    /// Every configured peer and its session.
    Neighbors,
    /// What each session may do, because both sides offered it.
    Capabilities,
    /// Every BFD session.
    Bfd,
    /// Every path, refused ones with their reason.
    Routes,
    /// Every path as its peer sent it, before import policy, with what became of it and why.
    Received,
    /// The caches and files that RPKI data come from.
    Rpki,
    /// The verdicts of the plan on what is observed now.
    Verdicts,
    /// What the portal would show, of a daemon that stands in for the far end: states, routes received and refused.
    Portal,
}

/// An operator's text, no longer than a Cease carries (RFC 9003).
fn communication(text: &str) -> Result<String, String> {
    match text.len() {
        0..=255 => Ok(text.to_owned()),
        len => Err(format!("{len} octets; a NOTIFICATION carries 255 at most (RFC 9003)")),
    }
}
