//! One shell that commands are typed into. What it starts, and the namespaces that it makes, end with it.

use crate::command::workspace;
use crate::failure::Failure;
use crate::interop::netns::Node;
use crate::interop::voicepeer::binary;
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

/// What ends a command's output, before its exit status.
const END: &str = "= end of the command =";
/// The program was built by the step before. Namespaces are this shell's own.
const PREPARE: &str = r#"cargo() { [ "$*" = "build --bin voicepeer" ]; }
mkdir -p /run/netns && mount -t tmpfs none /run/netns"#;

/// The running shell.
pub(super) struct Shell {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Shell {
    /// Starts it where the repository seems to be, for five minutes at most.
    pub(super) fn start(node: &Node) -> Result<Self, Failure> {
        let here = node.folder().join("repository");
        let built = here.join("target/debug");
        std::fs::create_dir_all(&built).map_err(Failure::file(&built))?;
        let link = |to: &Path, from: &Path| symlink(to, from).map_err(Failure::file(from));
        link(&workspace().join("lab"), &here.join("lab"))?;
        link(&std::path::absolute(binary()).map_err(Failure::io("the program"))?, &built.join("voicepeer"))?;
        let log = node.folder().join("shell.log");
        let errors = File::create(&log).map_err(Failure::file(&log))?;
        let isolated =
            ["300", "unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "bash"];
        let mut command = node.program("timeout");
        command.args(isolated).current_dir(&here).env("TMPDIR", node.folder());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(errors);
        let mut child = command.spawn().map_err(Failure::io("bash"))?;
        let (input, output) = (child.stdin.take(), child.stdout.take());
        let output =
            output.map(BufReader::new).ok_or_else(|| Failure::Objection("bash has no output".into()))?;
        let mut shell = Self { child, input, output };
        match shell.run(PREPARE)? {
            (0, _) => Ok(shell),
            (status, printed) => Err(Failure::Objection(format!("the shell began with {status}: {printed}"))),
        }
    }

    /// The exit status of a command, which `$?` has for the next one, and what it printed.
    pub(super) fn run(&mut self, command: &str) -> Result<(i32, String), Failure> {
        let typed = format!("{command}\nstatus=$?; printf '%s%s\\n' '{END}' $status; (exit $status)\n");
        let mut input =
            self.input.as_ref().ok_or_else(|| Failure::Objection("bash takes no input".into()))?;
        input.write_all(typed.as_bytes()).map_err(Failure::io("bash"))?;
        let mut printed = String::new();
        loop {
            let from = printed.len();
            if self.output.read_line(&mut printed).map_err(Failure::io("bash"))? == 0 {
                return Err(Failure::Objection(format!("the shell ended in `{command}`, after\n{printed}")));
            }
            let line = printed.get(from..).unwrap_or_default();
            // What is printed without an end of line stands in front.
            if let Some((before, status)) = line.split_once(END) {
                let status = status.trim().parse().map_err(|_| Failure::answer(command, line))?;
                let whole = from + before.len();
                printed.truncate(whole);
                return Ok((status, printed));
            }
        }
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        // Without input it ends, and with it all that it has started.
        drop(self.input.take());
        drop(self.child.wait());
    }
}
