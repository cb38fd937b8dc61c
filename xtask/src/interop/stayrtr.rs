//! StayRTR: a cache that speaks RTR (RFC 8210), beside the routers.

use super::daemon::Daemon;
use super::netns::Node;
use crate::failure::Failure;
use std::path::{Path, PathBuf};

/// One that runs.
pub(crate) struct StayRtr {
    daemon: Daemon,
    json: PathBuf,
}

impl StayRtr {
    /// Starts one that listens on this port of every address, with these VRPs: prefix, longest length, AS.
    pub(crate) fn start(node: &Node, port: u16, vrps: &[(&str, u8, u32)]) -> Result<Self, Failure> {
        let name = format!("stayrtr-{port}");
        let json = node.folder().join(format!("{name}.json"));
        write(&json, vrps)?;
        let (bind, metrics) = (format!(":{port}"), format!("127.0.0.1:{}", port + 1000));
        let file = json.display().to_string();
        // It reads the file again at SIGHUP alone; what it says counts for six seconds without it.
        let times = ["-refresh", "86400", "-rtr.refresh", "2", "-rtr.retry", "1", "-rtr.expire", "6"];
        let where_and_what = ["-bind", &bind, "-metrics.addr", &metrics, "-cache", &file, "-checktime=false"];
        let arguments = [&where_and_what[..], &times].concat();
        let daemon = Daemon::start(node, &name, Path::new("/usr/bin/stayrtr"), arguments)?;
        Ok(Self { daemon, json })
    }

    /// Other VRPs from now on.
    pub(crate) fn publish(&self, vrps: &[(&str, u8, u32)]) -> Result<(), Failure> {
        write(&self.json, vrps)?;
        self.daemon.signal("HUP")
    }
}

fn write(json: &Path, vrps: &[(&str, u8, u32)]) -> Result<(), Failure> {
    let roa = |(prefix, longest, asn): &(&str, u8, u32)| serde_json::json!({ "asn": asn, "prefix": prefix, "maxLength": longest, "ta": "test" });
    let roas: Vec<_> = vrps.iter().map(roa).collect();
    let document = serde_json::json!({ "metadata": { "vrps": roas.len() }, "roas": roas });
    std::fs::write(json, document.to_string()).map_err(Failure::file(json))
}
