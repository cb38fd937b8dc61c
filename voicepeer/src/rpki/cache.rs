//! The connection to one RTR cache (RFC 8210): kept up, and told to the hub.

use super::hub::{Told, What};
use super::target::{Heard, Target};
use rpki::rtr::client::Client;
use rpki::rtr::state::State;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::mpsc::UnboundedSender;
use tokio::time::{sleep, timeout};

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(10);
/// How long a cache may take for a response.
const RESPONSE: Duration = Duration::from_mins(2);
/// The newest version of the protocol, which is tried first.
const NEWEST: u8 = 2;

/// One cache, as it is configured.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct CacheConfig {
    pub(crate) name: String,
    /// A host, by name or address, and its port.
    pub(crate) address: String,
    /// How long to wait before another attempt, at most.
    pub(crate) retry: Duration,
    /// How long data counts that are not refreshed, at most.
    pub(crate) expire: Duration,
}

/// Keeps a connection to the cache until it is dropped. `number` is the cache's in the hub.
pub(super) async fn keep(config: CacheConfig, number: usize, hub: UnboundedSender<Told>) {
    let tell = move |what| {
        // Without a hub there is nobody left to tell.
        let _ended = hub.send(Told { cache: number, what });
    };
    let expire = config.expire;
    let heard = {
        let tell = tell.clone();
        move |heard: Heard| {
            let expires = expire.min(Duration::from_secs(heard.timing.expire.into()));
            tell(What::Heard { vrps: heard.vrps, aspas: heard.aspas, expires });
        }
    };
    let (mut target, mut known, mut version) = (Target::new(heard), None, NEWEST);
    loop {
        tell(What::Connecting);
        let why = match connect(&config.address).await {
            Ok(socket) => {
                tell(What::Connected);
                let (had, why);
                (had, (target, known, why)) = (known, converse(socket, target, known, version).await);
                // A cache that closes the connection at a version that it does not know is asked with the one before.
                if known.is_none() && had.is_none() {
                    version = version.checked_sub(1).unwrap_or(NEWEST);
                }
                why
            }
            Err(why) => why,
        };
        tell(What::Lost(why));
        sleep(config.retry.min(Duration::from_secs(target.heard.timing.retry.into()))).await;
    }
}

async fn connect(address: &str) -> Result<TcpStream, String> {
    match timeout(CONNECT, TcpStream::connect(address)).await {
        Ok(Ok(socket)) => Ok(socket),
        Ok(Err(error)) => Err(format!("cannot connect to {address}: {error}")),
        Err(_) => Err(format!("cannot connect to {address}: no answer")),
    }
}

/// Takes responses until the connection ends. Returns the data, where the next connection can go on, and why this one ended.
async fn converse(
    socket: TcpStream,
    target: Target,
    mut known: Option<State>,
    version: u8,
) -> (Target, Option<State>, String) {
    let mut client = Client::with_initial_version(version, socket, target, known);
    let why = loop {
        let refresh = client.target().heard.timing.refresh_duration();
        match timeout(refresh.saturating_add(RESPONSE), client.step()).await {
            Ok(Ok(())) => known = client.state(),
            Ok(Err(error)) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
                break "the cache closed the connection".to_owned();
            }
            Ok(Err(error)) => break error.to_string(),
            Err(_) => break "the cache does not answer".to_owned(),
        }
    };
    let mut target = client.into_target();
    match target.refused.take() {
        // What we have and what it has are different: all is asked for again.
        Some(refused) => (target, None, format!("the response was refused: {refused}")),
        None => (target, known, why),
    }
}
