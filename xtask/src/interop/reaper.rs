//! Cleans up after a run that is killed.
//!
//! A shell holds the other end of a pipe and ignores signals. When the run ends, however it ends, the pipe
//! closes and the shell removes every namespace of the run and what still runs inside.

use crate::failure::Failure;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};

const SCRIPT: &str = r#"
trap '' INT TERM HUP
cat > /dev/null
ip netns list | cut -d ' ' -f 1 | grep "^$1" | while read -r namespace; do
    ip netns pids "$namespace" | xargs -r kill -KILL
    ip netns delete "$namespace"
done
"#;

/// The waiting shell.
pub(crate) struct Reaper(Child);

impl Reaper {
    pub(crate) fn start() -> Result<Self, Failure> {
        let beginning = format!("voicepeer-{}-", std::process::id());
        let mut shell = Command::new("sh");
        shell.args(["-c", SCRIPT, "reaper", &beginning]).process_group(0);
        shell.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        shell.spawn().map(Self).map_err(Failure::io("sh"))
    }
}

impl Drop for Reaper {
    fn drop(&mut self) {
        // Closing the pipe is the message; its work is then the last thing this run waits for.
        drop(self.0.stdin.take());
        drop(self.0.wait());
    }
}
