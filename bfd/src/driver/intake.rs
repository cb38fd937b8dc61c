//! What arrived at one endpoint, from both its sockets, in the order of arrival.
use super::clock;
use super::socket::{Batch, Datagram, Receiver};
use socket2::Socket;
use std::io;
use std::time::Duration;

/// Datagrams taken from one endpoint before the deadlines are looked at again.
const MOST: usize = 1024;

/// From the kernel's stamp to the queue: a packet stamped less than this ago may not be seen there yet.
const ON_ITS_WAY: Duration = Duration::from_micros(100);

/// Merges the two sockets of an endpoint by the kernel's stamps, so that the packets of one session keep
/// their order though they wait in two queues.
#[derive(Debug)]
pub(super) struct Intake {
    urgent: Queue,
    quiet: Queue,
    taken: usize,
}

impl Intake {
    pub(super) fn new() -> Self {
        Self { urgent: Queue::new(), quiet: Queue::new(), taken: 0 }
    }

    /// Turns to another endpoint; the last must have been read to its end.
    pub(super) fn begin(&mut self) {
        (self.urgent.empty_at, self.quiet.empty_at, self.taken) = (None, None, 0);
    }

    /// Whether more may be waiting than is taken at once.
    pub(super) fn overrun(&self) -> bool {
        self.taken >= MOST
    }

    /// The next datagram of `receiver`; `None` at the end, or when enough were taken.
    pub(super) fn next(&mut self, receiver: &Receiver) -> io::Result<Option<Datagram<'_>>> {
        if !self.overrun() {
            self.look(receiver)?;
        }
        self.taken += 1;
        let quiet = match (self.urgent.stamp(), self.quiet.stamp()) {
            (Some(urgent), Some(quiet)) => urgent > quiet,
            (urgent, quiet) => urgent.is_none() && quiet.is_some(),
        };
        let queue = if quiet { &mut self.quiet } else { &mut self.urgent };
        Ok(queue.batch.pop().map(|datagram| Datagram { quiet, ..datagram }))
    }

    /// Reads what it takes to know the oldest datagram of both queues.
    fn look(&mut self, receiver: &Receiver) -> io::Result<()> {
        let Self { urgent, quiet, .. } = self;
        if urgent.stamp().is_none() && quiet.stamp().is_none() {
            urgent.fill_once(receiver.urgent())?;
        }
        let Some(second) = receiver.quiet() else { return Ok(()) };
        match (urgent.stamp(), quiet.stamp()) {
            (None, None) => quiet.fill_once(second)?,
            (Some(at), None) => return quiet.fill_unless_passed(at, second),
            _ => {}
        }
        match (urgent.stamp(), quiet.stamp()) {
            (None, Some(at)) => urgent.fill_unless_passed(at, receiver.urgent()),
            _ => Ok(()),
        }
    }
}

/// Datagrams taken from one socket, and how much is known of those that were not.
#[derive(Debug)]
struct Queue {
    batch: Batch,
    /// When, on the system clock, there was nothing in the socket but what was taken.
    empty_at: Option<Duration>,
}

impl Queue {
    fn new() -> Self {
        Self { batch: Batch::new(), empty_at: None }
    }

    /// The stamp of the next datagram taken. Without a stamp it is older than all.
    fn stamp(&self) -> Option<Duration> {
        self.batch.peek().map(|ancillary| ancillary.stamp.unwrap_or_default())
    }

    fn fill(&mut self, socket: &Socket) -> io::Result<()> {
        let before = clock::since_epoch();
        self.empty_at = self.batch.fill(socket)?.then_some(before);
        Ok(())
    }

    /// Fills it unless it was found empty already.
    fn fill_once(&mut self, socket: &Socket) -> io::Result<()> {
        if self.empty_at.is_some() { Ok(()) } else { self.fill(socket) }
    }

    /// Fills it unless nothing in the socket can be older than `stamp`.
    fn fill_unless_passed(&mut self, stamp: Duration, socket: &Socket) -> io::Result<()> {
        let passed = self.empty_at.is_some_and(|at| stamp.saturating_add(ON_ITS_WAY) <= at);
        if passed { Ok(()) } else { self.fill(socket) }
    }
}

#[cfg(test)]
mod tests {
    use super::{Batch, Intake, MOST};
    use crate::driver::clock;
    use crate::driver::socket::Receiver;
    use proptest::prelude::*;
    use std::net::{SocketAddr, UdpSocket};

    const URGENT: u8 = 0xe0;
    const QUIET: u8 = 0xc0;

    /// A datagram as far as the filter in the kernel looks at it, and a number.
    fn datagram(flags: u8, number: u16) -> [u8; 4] {
        let [high, low] = number.to_be_bytes();
        [0x20, flags, high, low]
    }

    fn numbers(intake: &mut Intake, receiver: &Receiver) -> Vec<u16> {
        intake.begin();
        let mut numbers = Vec::new();
        while let Some(datagram) = intake.next(receiver).unwrap() {
            assert!(datagram.ancillary.stamp.is_some());
            numbers.push(u16::from_be_bytes([datagram.payload[2], datagram.payload[3]]));
        }
        numbers
    }

    fn two_sockets() -> (Receiver, UdpSocket) {
        let any: SocketAddr = "127.0.0.1:0".parse().unwrap();
        let receiver = Receiver::bind(any, None).unwrap();
        assert!(receiver.quiet().is_some());
        let sender = UdpSocket::bind(any).unwrap();
        sender.connect(receiver.local().unwrap()).unwrap();
        while !stamped_on_arrival(&receiver, &sender) {}
        (receiver, sender)
    }

    /// The kernel begins to stamp what arrives a moment after the first socket asked for it; until then a
    /// packet has the time at which it was read.
    fn stamped_on_arrival(receiver: &Receiver, sender: &UdpSocket) -> bool {
        sender.send(&datagram(URGENT, 0)).unwrap();
        let arrived = clock::since_epoch();
        let mut batch = Batch::new();
        assert!(batch.fill(receiver.urgent()).unwrap());
        batch.pop().unwrap().ancillary.stamp.unwrap() <= arrived
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        /// Whatever goes to which queue, all of it comes out in the order in which it was sent.
        #[test]
        fn keeps_the_order_of_two_queues(urgent in prop::collection::vec(any::<bool>(), 0..200)) {
            let (receiver, sender) = two_sockets();
            for (number, urgent) in (0..).zip(&urgent) {
                sender.send(&datagram(if *urgent { URGENT } else { QUIET }, number)).unwrap();
            }
            let expected: Vec<u16> = (0..).take(urgent.len()).collect();
            prop_assert_eq!(numbers(&mut Intake::new(), &receiver), expected);
        }
    }

    #[test]
    fn keeps_the_order_while_more_arrives() {
        const ALL: u16 = 20_000;
        let (receiver, sender) = two_sockets();
        let sending = std::thread::scope(|scope| {
            // Both queues together never hold more than the receive buffer of an unprivileged process.
            let (done, more) = std::sync::mpsc::sync_channel(0);
            let sending = scope.spawn(move || {
                for number in 0..ALL {
                    if number % 64 == 0 {
                        more.recv().unwrap();
                    }
                    let flags = if number % 7 < 3 { URGENT } else { QUIET };
                    sender.send(&datagram(flags, number)).unwrap();
                }
            });
            let (mut intake, mut expected) = (Intake::new(), 0);
            while expected < ALL {
                if expected % 64 == 0 {
                    let _sent_all = done.try_send(());
                }
                for number in numbers(&mut intake, &receiver) {
                    assert_eq!(number, expected);
                    expected += 1;
                }
            }
            sending.join()
        });
        sending.unwrap();
    }

    #[test]
    fn only_up_and_nothing_more_is_quiet() {
        let (receiver, sender) = two_sockets();
        for (flags, quiet) in [
            (0xc0, true),
            (0xc8, true),
            (0xc4, true),
            (0xcc, true),
            (0xe0, false),
            (0xd0, false),
            (0xc2, false),
            (0xc1, false),
            (0x80, false),
            (0x40, false),
            (0x00, false),
        ] {
            sender.send(&datagram(flags, 0)).unwrap();
            let mut batch = Batch::new();
            assert!(batch.fill(receiver.quiet().unwrap()).unwrap());
            assert_eq!(batch.pop().is_some(), quiet, "{flags:#x}");
            assert_eq!(numbers(&mut Intake::new(), &receiver).len(), usize::from(!quiet), "{flags:#x}");
        }
        // Too short for the filter.
        sender.send(&[0x20]).unwrap();
        let mut batch = Batch::new();
        assert!(batch.fill(receiver.urgent()).unwrap());
        assert_eq!(batch.pop().unwrap().payload, [0x20]);
    }

    #[test]
    fn a_flood_is_taken_in_parts() {
        let (receiver, sender) = two_sockets();
        let (mut intake, mut sent, mut taken) = (Intake::new(), 0_u16, 0);
        intake.begin();
        while !intake.overrun() {
            sender.send(&datagram(URGENT, sent)).unwrap();
            sent += 1;
            taken += usize::from(intake.next(&receiver).unwrap().is_some());
            intake.urgent.empty_at = None;
        }
        assert_eq!(taken, MOST);
        sender.send(&datagram(URGENT, sent)).unwrap();
        assert!(intake.next(&receiver).unwrap().is_none());
        assert_eq!(numbers(&mut intake, &receiver), [sent]);
    }
}
