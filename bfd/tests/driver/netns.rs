//! Network namespaces with a link between them, for what loopback cannot show. They need root and `ip`.
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

/// Two namespaces, removed at the end.
pub(crate) struct Namespaces {
    names: [String; 2],
}

/// Runs `ip` with these words.
fn ip(words: &str) -> Result<(), String> {
    let output = Command::new("ip").args(words.split(' ')).output().map_err(|error| error.to_string())?;
    let told = String::from_utf8_lossy(&output.stderr);
    if output.status.success() { Ok(()) } else { Err(format!("ip {words}: {told}")) }
}

impl Namespaces {
    /// Two of them, or `None` where this is not allowed; then `test` is told to have been skipped.
    pub(crate) fn new(test: &str) -> Option<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = |side| format!("bfd-{}-{number}-{side}", std::process::id());
        let namespaces = Self { names: [name('a'), name('b')] };
        for name in &namespaces.names {
            if let Err(error) = ip(&format!("netns add {name}")) {
                eprintln!("SKIPPED {test}: network namespaces need root and iproute2: {error}");
                return None;
            }
        }
        for side in 0..2 {
            namespaces.ip(side, "link set lo up");
        }
        Some(namespaces)
    }

    /// Runs `ip` within one of them.
    pub(crate) fn ip(&self, side: usize, words: &str) {
        ip(&format!("-n {} {words}", self.names[side])).unwrap();
    }

    /// An Ethernet between the two, of this name at both ends, which are up.
    pub(crate) fn link(&self, name: &str) {
        let [a, b] = &self.names;
        ip(&format!("link add {name} netns {a} type veth peer name {name} netns {b}")).unwrap();
        for side in 0..2 {
            self.ip(side, &format!("link set {name} up"));
        }
    }

    /// Does something within one of them; threads that it makes stay there.
    pub(crate) fn within<T: Send>(&self, side: usize, act: impl FnOnce() -> T + Send) -> T {
        let namespace = std::fs::File::open(format!("/run/netns/{}", self.names[side])).unwrap();
        std::thread::scope(|scope| {
            let inside = scope.spawn(move || {
                use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};
                let kind = Some(LinkNameSpaceType::Network);
                move_into_link_name_space(std::os::fd::AsFd::as_fd(&namespace), kind).unwrap();
                act()
            });
            inside.join().unwrap()
        })
    }
}

impl Drop for Namespaces {
    fn drop(&mut self) {
        for name in &self.names {
            let _never_made = ip(&format!("netns delete {name}"));
        }
    }
}
