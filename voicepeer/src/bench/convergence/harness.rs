//! Injectors and receivers of one row, in a process and a network namespace of their own.
use super::feed::{Feed, SLOTS};
use super::row::{Row, Step};
use super::session::{Receiver, establish, now};
use crate::bench::netns::FIRST;
use crate::bench::schedstat::cpu_time;
use crate::diagnostic::BadInput;
use serde::{Deserialize, Serialize};
use std::io::{self, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// What the harness is started with.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct Options {
    #[arg(value_enum)]
    pub(super) row: Row,
    /// How long a step may take.
    #[arg(long)]
    pub(super) patience: u64,
    /// The speaker, whose children are counted with it.
    #[arg(long)]
    pub(super) pid: u32,
}

/// One step of one run.
#[derive(Serialize, Deserialize, Clone, PartialEq, Debug)]
pub(super) struct Measured {
    pub(super) step: Step,
    /// Nothing, where the speaker did not come to an end.
    pub(super) seconds: Option<f64>,
    /// What the speaker used until then.
    pub(super) cpu_seconds: f64,
    /// The most memory it has had, in MB.
    pub(super) megabytes: f64,
    /// UPDATEs that one receiver had.
    pub(super) updates: u64,
    /// Why there is no time.
    pub(super) failed: Option<String>,
}

/// Runs the row, and prints a line of JSON for each step.
pub(crate) fn harness(options: &Options) -> Result<(), BadInput> {
    let mut run = Run::begin(options)
        .map_err(|error| BadInput::new(format!("the speaker took no session of the bench: {error}")))?;
    let table = run.step(Step::Table, Run::table);
    let whole = table.seconds.is_some();
    print(&table)?;
    if let Some(step) = options.row.then().filter(|_| whole) {
        print(&run.step(step, if step == Step::Late { Run::late } else { Run::churn }))?;
    }
    Ok(())
}

fn print(measured: &Measured) -> Result<(), BadInput> {
    let text = serde_json::to_string(measured).map_err(|error| BadInput::new(error.to_string()))?;
    println!("{text}");
    Ok(())
}

/// The address of an injector or receiver.
fn address(number: u32) -> Ipv4Addr {
    Ipv4Addr::from_bits(FIRST.to_bits() + number)
}

struct Run<'a> {
    options: &'a Options,
    injectors: Vec<(TcpStream, Vec<u8>)>,
    receivers: Vec<Receiver>,
    best: Vec<u32>,
}

impl<'a> Run<'a> {
    /// Every session but a late receiver's is up, and all that will be sent is encoded.
    fn begin(options: &'a Options) -> io::Result<Self> {
        let (row, until) = (options.row, now() + Duration::from_mins(1));
        let mut best = vec![0; SLOTS as usize];
        let mut injectors = Vec::new();
        for number in 0..row.injectors() {
            row.feed(number).best(&mut best);
            let mut octets = Vec::new();
            row.feed(number).announce(number, address(number), &mut octets);
            let session = establish(number, address(number), until)?;
            session.ignore()?;
            injectors.push((session.stream, octets));
        }
        let mut run = Self { options, injectors, receivers: Vec::new(), best };
        for number in 0..row.receivers() {
            let receiver = run.receiver(number, until)?;
            run.receivers.push(receiver);
        }
        Ok(run)
    }

    fn receiver(&self, number: u32, until: Instant) -> io::Result<Receiver> {
        let number = self.options.row.injectors() + number;
        Ok(Receiver::new(establish(number, address(number), until)?, self.best.clone()))
    }

    fn until(&self) -> Instant {
        now() + Duration::from_secs(self.options.patience)
    }

    /// Times one step; what it costs is the speaker's, from here to its end.
    fn step(&mut self, step: Step, run: impl FnOnce(&mut Self) -> io::Result<Duration>) -> Measured {
        let pids = family(self.options.pid);
        let before = cpu_time(&pids);
        let took = run(self);
        Measured {
            step,
            seconds: took.as_ref().ok().map(Duration::as_secs_f64),
            cpu_seconds: (cpu_time(&pids).saturating_sub(before)).as_secs_f64(),
            megabytes: pids.iter().map(|pid| peak(*pid)).sum::<f64>() / 1e3,
            updates: self.receivers.last().map_or(0, |receiver| receiver.updates),
            failed: took.err().map(|error| error.to_string()),
        }
    }

    /// All injectors begin at once; the last receiver has the last prefix.
    fn table(&mut self) -> io::Result<Duration> {
        let (until, prefixes) = (self.until(), self.options.row.prefixes() as usize);
        let start = now();
        let sending: Vec<_> =
            self.injectors.iter_mut().map(|(s, octets)| send(s, std::mem::take(octets))).collect();
        let receiving: Vec<_> =
            self.receivers.drain(..).map(|receiver| receive(receiver, prefixes, until)).collect();
        let mut last = start;
        for receiver in receiving {
            let (receiver, at) = joined(receiver)?;
            self.receivers.push(receiver);
            last = last.max(at?);
        }
        sending.into_iter().try_for_each(|sent| joined(sent)?)?;
        Ok(last - start)
    }

    fn late(&mut self) -> io::Result<Duration> {
        let (until, prefixes) = (self.until(), self.options.row.prefixes() as usize);
        let start = now();
        let mut receiver = self.receiver(1, until)?;
        let end = receiver.until(until, |r| r.right == prefixes)?;
        self.receivers.push(receiver);
        Ok(end - start)
    }

    fn churn(&mut self) -> io::Result<Duration> {
        let (until, feed) = (self.until(), self.options.row.feed(0));
        let (Some((stream, _)), Some(receiver)) = (self.injectors.first_mut(), self.receivers.first_mut())
        else {
            return Err(io::ErrorKind::NotConnected.into());
        };
        let mut gone = Vec::new();
        feed.withdraw(&mut gone);
        let editions = (1..=5).map(|edition| {
            let mut octets = Vec::new();
            Feed { edition, ..feed }.announce(0, address(0), &mut octets);
            octets
        });
        let editions: Vec<Vec<u8>> = editions.collect();
        let mut took = Duration::ZERO;
        for octets in editions {
            let start = now();
            let sent = send(stream, gone.clone());
            receiver.until(until, |r| r.present == 0)?;
            joined(sent)??;
            let sent = send(stream, octets);
            let end = receiver.until(until, |r| r.right == feed.count as usize)?;
            joined(sent)??;
            took += end - start;
        }
        Ok(took)
    }
}

/// Sends beside whoever receives: the speaker may have to get rid of what it has before it takes more.
fn send(stream: &TcpStream, octets: Vec<u8>) -> JoinHandle<io::Result<()>> {
    let stream = stream.try_clone();
    spawn(move || stream?.write_all(&octets))
}

fn receive(
    mut receiver: Receiver,
    prefixes: usize,
    until: Instant,
) -> JoinHandle<(Receiver, io::Result<Instant>)> {
    spawn(move || {
        let at = receiver.until(until, |r| r.right == prefixes);
        (receiver, at)
    })
}

#[expect(clippy::disallowed_methods, reason = "a bench is a shell")]
pub(super) fn spawn<T: Send + 'static>(run: impl FnOnce() -> T + Send + 'static) -> JoinHandle<T> {
    std::thread::spawn(run)
}

fn joined<T>(thread: JoinHandle<T>) -> io::Result<T> {
    thread.join().map_err(|_| io::Error::other("a thread of the bench ended badly"))
}

/// A process and all that it has started.
fn family(pid: u32) -> Vec<u32> {
    let children = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
    let children = children.split_whitespace().filter_map(|child| child.parse().ok()).flat_map(family);
    std::iter::once(pid).chain(children).collect()
}

/// The most memory that a process has had, in kB.
fn peak(pid: u32) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::{family, peak};

    #[test]
    fn this_process_has_memory_and_is_its_own_family() {
        let pid = std::process::id();
        assert!(peak(pid) > 1000.0);
        assert_eq!(family(pid).first(), Some(&pid));
    }
}
