//! What the kernel saw: counters and connections of a namespace.

use super::netns::Node;
use crate::failure::Failure;

/// The counters that tell why a segment was refused, or that a connection was taken.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Counter {
    /// A segment's MD5 signature did not match (RFC 2385).
    Md5Failure,
    /// A segment came with a TTL below the socket's minimum (RFC 5082).
    MinTtlDrop,
    /// Connections that came in to a listening socket.
    PassiveOpens,
}

impl Counter {
    /// The file, the line and the field that hold it.
    fn place(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Md5Failure => ("/proc/net/netstat", "TcpExt:", "TCPMD5Failure"),
            Self::MinTtlDrop => ("/proc/net/netstat", "TcpExt:", "TCPMinTTLDrop"),
            Self::PassiveOpens => ("/proc/net/snmp", "Tcp:", "PassiveOpens"),
        }
    }

    /// Its value in that namespace.
    pub(crate) fn read(self, node: &Node) -> Result<u64, Failure> {
        let (file, line, field) = self.place();
        let table = node.ask("cat", &[file])?;
        value(&table, line, field).ok_or_else(|| Failure::answer(format!("{file} {field}"), table))
    }

    /// Fails until it counted at least once.
    pub(crate) fn counted(self, node: &Node) -> Result<u64, Failure> {
        match self.read(node)? {
            0 => Err(Failure::Objection(format!("the kernel has counted no {self:?}"))),
            count => Ok(count),
        }
    }
}

/// Segments refused for their MD5 signature: it did not match, or there was none, or none was asked for (RFC 2385).
pub(crate) fn refused_signatures(node: &Node) -> Result<u64, Failure> {
    const FILE: &str = "/proc/net/netstat";
    let table = node.ask("cat", &[FILE])?;
    let of = |field: &str| {
        value(&table, "TcpExt:", field)
            .ok_or_else(|| Failure::answer(format!("{FILE} {field}"), table.clone()))
    };
    ["TCPMD5Failure", "TCPMD5NotFound", "TCPMD5Unexpected"].into_iter().map(of).sum()
}

/// The tables come as two lines of the same beginning: names, then values.
fn value(table: &str, line: &str, field: &str) -> Option<u64> {
    let mut lines = table.lines().filter_map(|text| text.strip_prefix(line));
    let (names, values) = (lines.next()?, lines.next()?);
    let mut pairs = names.split_whitespace().zip(values.split_whitespace());
    pairs.find(|(name, _)| *name == field)?.1.parse().ok()
}

/// The local ports of the established connections to or from BGP's port.
pub(crate) fn bgp_local_ports(node: &Node) -> Result<Vec<String>, Failure> {
    let filter = ["-Htn", "state", "established", "( sport = :179 or dport = :179 )"];
    let sockets = node.ask("ss", &filter)?;
    let local = sockets.lines().filter_map(|line| line.split_whitespace().nth(2));
    Ok(local.filter_map(|address| address.rsplit(':').next()).map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_a_field() {
        let table = "IpExt: A B\nIpExt: 1 2\nTcpExt: X Y Z\nTcpExt: 7 8 9\n";
        assert_eq!(value(table, "TcpExt:", "Y"), Some(8));
        assert_eq!(value(table, "TcpExt:", "W"), None);
    }
}
