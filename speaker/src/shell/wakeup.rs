//! What wakes the speaker's task.

use super::connection::ConnId;
use super::task::Task;
use bgp_rib::PeerId;
use bytes::Bytes;
use std::io;
use std::net::SocketAddr;
use tokio::net::TcpStream;
use tokio::sync::OwnedSemaphorePermit;

/// One thing that happened outside.
pub(super) enum Wakeup {
    /// A listener accepted a connection from there.
    Accepted(TcpStream, SocketAddr),
    /// A dial came to an end. The number tells it from earlier ones.
    Dialed(PeerId, u64, io::Result<TcpStream>),
    /// Octets arrived. The permit is to read more when they have been looked at.
    Received(ConnId, Bytes, OwnedSemaphorePermit),
    /// A buffer was written; here it is back, empty.
    Written(ConnId, Vec<u8>),
    /// The connection is gone.
    Closed(ConnId, Option<io::Error>),
    /// Somebody asks or tells the speaker something.
    Asked(Box<dyn FnOnce(&mut Task) + Send>),
}
