//! The text of FRR's configuration: what stands in which block of it.

use super::super::text::Line;

/// A command of one line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Command<'a> {
    pub(super) line: usize,
    pub(super) words: Vec<&'a str>,
}

/// The blocks that tell of sessions.
#[derive(Default)]
pub(super) struct Configuration<'a> {
    pub(super) routers: Vec<Router<'a>>,
    pub(super) route_maps: Vec<Entry<'a>>,
    /// BFD profiles by their names.
    pub(super) profiles: Vec<(&'a str, Vec<Command<'a>>)>,
    /// Peers that BFD is configured with by themselves.
    pub(super) bfd_peers: Vec<Command<'a>>,
}

/// `router bgp`.
pub(super) struct Router<'a> {
    pub(super) asn: &'a str,
    /// Its commands, each with whether it counts for IPv4 unicast: those outside of families do.
    pub(super) commands: Vec<(Command<'a>, bool)>,
}

/// An entry of a route map: `route-map NAME permit 10`.
pub(super) struct Entry<'a> {
    pub(super) head: Command<'a>,
    pub(super) commands: Vec<Command<'a>>,
}

/// Where a command stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Block {
    Bgp,
    /// A family of BGP, and whether that is IPv4 unicast.
    Family(bool),
    RouteMap,
    Bfd,
    Profile,
    /// A peer of BFD's own.
    Peer,
    /// One that tells nothing of sessions.
    Other,
}

impl Block {
    /// The block that it stands in. `router bgp` ends with the next block: what stands in it may end with the same word.
    const fn outer(self) -> Self {
        match self {
            Self::Bgp | Self::Family(_) => Self::Bgp,
            Self::Profile | Self::Peer => Self::Bfd,
            Self::RouteMap | Self::Bfd | Self::Other => Self::Other,
        }
    }
}

/// The configuration that these lines are. Blocks begin by their commands, whatever is indented.
pub(super) fn configuration<'a>(lines: &[Line<'a>]) -> Configuration<'a> {
    let mut configuration = Configuration::default();
    let mut block = Block::Other;
    for line in lines.iter().filter(|line| !line.text.trim_start().starts_with(['!', '#'])) {
        let words: Vec<_> = line.text.split_whitespace().collect();
        let command = Command { line: line.number, words };
        block = configuration.take(command, block);
    }
    configuration
}

impl<'a> Configuration<'a> {
    /// Takes the next command, and says in which block it leaves.
    fn take(&mut self, command: Command<'a>, block: Block) -> Block {
        match *command.words.as_slice() {
            ["router", "bgp", asn, ..] => {
                self.routers.push(Router { asn, commands: Vec::new() });
                return Block::Bgp;
            }
            ["router" | "interface" | "vrf" | "line" | "rpki" | "end", ..] => return Block::Other,
            ["route-map", _, "permit" | "deny", _] => {
                self.route_maps.push(Entry { head: command, commands: Vec::new() });
                return Block::RouteMap;
            }
            ["bfd"] => return Block::Bfd,
            ["profile", name] if matches!(block, Block::Bfd | Block::Profile | Block::Peer) => {
                self.profiles.push((name, Vec::new()));
                return Block::Profile;
            }
            ["peer", ..] if matches!(block, Block::Bfd | Block::Profile | Block::Peer) => {
                self.bfd_peers.push(command);
                return Block::Peer;
            }
            ["address-family", afi, ..] => {
                let safi = command.words.get(2).is_none_or(|safi| *safi == "unicast");
                return Block::Family(afi == "ipv4" && safi);
            }
            ["exit-address-family"] => return Block::Bgp,
            ["exit"] => return block.outer(),
            _ => {}
        }
        match block {
            Block::Bgp | Block::Family(_) => {
                let counts = block != Block::Family(false);
                if let Some(router) = self.routers.last_mut() {
                    router.commands.push((command, counts));
                }
            }
            Block::RouteMap => {
                if let Some(entry) = self.route_maps.last_mut() {
                    entry.commands.push(command);
                }
            }
            Block::Profile => {
                if let Some((_, commands)) = self.profiles.last_mut() {
                    commands.push(command);
                }
            }
            Block::Bfd | Block::Peer | Block::Other => {}
        }
        block
    }
}
