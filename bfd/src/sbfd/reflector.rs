//! The reflector: it keeps nothing of those who ask (RFC 7880 section 7.2).
use crate::{Control, Diag, Discard, Packet, SBFD_PORT, State};
use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::time::{Duration, Instant};

/// Answers are counted over this time.
const WINDOW: Duration = Duration::from_secs(1);

/// What one discriminator of a reflector stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Reflected {
    /// Whether it is in service: packets are answered with Up, otherwise with `AdminDown`.
    pub in_service: bool,
    /// The shortest interval between an initiator's packets that it is told to keep.
    pub required_min_rx: Duration,
}

/// Answers the packets of initiators. Its discriminators are a pool apart from those of other sessions: which
/// of the two a packet names is told by its port.
///
/// ```
/// use bfd::{Reflected, SbfdReflector};
/// use std::num::NonZeroU32;
/// use std::time::Duration;
/// let mut reflector = SbfdReflector::new(10_000);
/// let reflected = Reflected { in_service: true, required_min_rx: Duration::from_millis(10) };
/// reflector.insert(NonZeroU32::MIN, reflected);
/// ```
#[derive(Clone, Debug)]
pub struct SbfdReflector {
    pool: BTreeMap<NonZeroU32, Reflected>,
    /// Answers in one second at most.
    rate: u32,
    window: Option<Instant>,
    answered: u32,
}

impl SbfdReflector {
    /// A reflector without discriminators, which answers up to `rate` packets in one second and discards
    /// the others, so that nobody can keep it busy.
    pub fn new(rate: u32) -> Self {
        Self { pool: BTreeMap::new(), rate, window: None, answered: 0 }
    }

    /// Answers packets that name `discriminator`, from now on so.
    pub fn insert(&mut self, discriminator: NonZeroU32, reflected: Reflected) {
        self.pool.insert(discriminator, reflected);
    }

    /// Answers no more packets that name `discriminator`; whether it did.
    pub fn remove(&mut self, discriminator: NonZeroU32) -> bool {
        self.pool.remove(&discriminator).is_some()
    }

    /// Its discriminators.
    pub fn pool(&self) -> impl Iterator<Item = (NonZeroU32, Reflected)> {
        self.pool.iter().map(|(discriminator, reflected)| (*discriminator, *reflected))
    }

    /// The answer to a packet that came from the UDP port `source_port`, to be sent there at once.
    ///
    /// Two reflectors cannot answer each other for ever: an answer has no Demand bit, and comes from the
    /// port of reflectors; either is enough for it to be discarded.
    ///
    /// # Errors
    /// The first check that fails; nothing is answered then.
    pub fn reflect(
        &mut self,
        packet: &Packet<'_>,
        source_port: u16,
        now: Instant,
    ) -> Result<Control, Discard> {
        let Packet { control, authentication } = packet;
        if source_port == SBFD_PORT || !control.demand {
            return Err(Discard::Sbfd);
        }
        let named = control.your_discriminator.and_then(|name| Some((name, *self.pool.get(&name)?)));
        let (name, reflected) = named.ok_or(Discard::UnknownDiscriminator)?;
        if authentication.is_some() {
            return Err(Discard::AuthNotConfigured);
        }
        if !self.admit(now) {
            return Err(Discard::SbfdRate);
        }
        let (state, diag) =
            if reflected.in_service { (State::Up, Diag::NONE) } else { (State::AdminDown, Diag::ADMIN_DOWN) };
        Ok(Control {
            diag,
            state,
            poll: false,
            final_: control.poll,
            control_plane_independent: false,
            demand: false,
            detect_mult: control.detect_mult,
            my_discriminator: name,
            your_discriminator: Some(control.my_discriminator),
            desired_min_tx: control.desired_min_tx,
            required_min_rx: reflected.required_min_rx,
            required_min_echo_rx: Duration::ZERO,
        })
    }

    fn admit(&mut self, now: Instant) -> bool {
        if self.window.is_none_or(|begin| now.saturating_duration_since(begin) >= WINDOW) {
            (self.window, self.answered) = (Some(now), 0);
        }
        let admitted = self.answered < self.rate;
        self.answered += u32::from(admitted);
        admitted
    }
}

#[cfg(test)]
mod tests {
    use super::{Reflected, SbfdReflector, WINDOW};
    use crate::{Control, Diag, Discard, Packet, SBFD_PORT, State};
    use std::num::{NonZeroU8, NonZeroU32};
    use std::time::{Duration, Instant};

    const SERVED: NonZeroU32 = NonZeroU32::new(9).unwrap();
    const OUT_OF_SERVICE: NonZeroU32 = NonZeroU32::new(10).unwrap();
    const INITIATOR: NonZeroU32 = NonZeroU32::new(77).unwrap();
    const PORT: u16 = 50_000;

    #[expect(clippy::disallowed_methods, reason = "virtual time needs some instant to begin with")]
    fn epoch() -> Instant {
        Instant::now()
    }

    fn reflector() -> SbfdReflector {
        let mut reflector = SbfdReflector::new(100);
        let reflected = Reflected { in_service: true, required_min_rx: Duration::from_millis(20) };
        reflector.insert(SERVED, reflected);
        reflector.insert(OUT_OF_SERVICE, Reflected { in_service: false, ..reflected });
        reflector
    }

    fn asked() -> Control {
        Control {
            diag: Diag::NONE,
            state: State::Down,
            poll: false,
            final_: false,
            control_plane_independent: true,
            demand: true,
            detect_mult: NonZeroU8::new(5).unwrap(),
            my_discriminator: INITIATOR,
            your_discriminator: Some(SERVED),
            desired_min_tx: Duration::from_millis(50),
            required_min_rx: Duration::ZERO,
            required_min_echo_rx: Duration::ZERO,
        }
    }

    #[test]
    fn an_answer_is_what_was_asked_with_both_ends_exchanged() {
        let answer = reflector().reflect(&Packet::from(asked()), PORT, epoch()).unwrap();
        let expected = Control {
            state: State::Up,
            control_plane_independent: false,
            demand: false,
            my_discriminator: SERVED,
            your_discriminator: Some(INITIATOR),
            required_min_rx: Duration::from_millis(20),
            ..asked()
        };
        assert_eq!(answer, expected);
    }

    #[test]
    fn states_and_polls() {
        for (your, poll, state, diag) in [
            (SERVED, false, State::Up, Diag::NONE),
            (SERVED, true, State::Up, Diag::NONE),
            (OUT_OF_SERVICE, true, State::AdminDown, Diag::ADMIN_DOWN),
        ] {
            for asking in [State::Down, State::Up, State::AdminDown] {
                let control = Control { your_discriminator: Some(your), poll, state: asking, ..asked() };
                let answer = reflector().reflect(&Packet::from(control), PORT, epoch()).unwrap();
                assert_eq!(
                    (answer.state, answer.diag, answer.poll, answer.final_),
                    (state, diag, false, poll)
                );
            }
        }
    }

    #[test]
    fn what_is_not_answered_and_why() {
        let plain = |control| Packet::from(control);
        for (what, packet, port, reason) in [
            ("no D bit", plain(Control { demand: false, ..asked() }), PORT, Discard::Sbfd),
            ("from a reflector's port", plain(asked()), SBFD_PORT, Discard::Sbfd),
            (
                "an unknown discriminator",
                plain(Control { your_discriminator: Some(INITIATOR), ..asked() }),
                PORT,
                Discard::UnknownDiscriminator,
            ),
            (
                "no discriminator",
                plain(Control { your_discriminator: None, ..asked() }),
                PORT,
                Discard::UnknownDiscriminator,
            ),
            (
                "authenticated",
                Packet { control: asked(), authentication: Some(&[1, 3, 9]) },
                PORT,
                Discard::AuthNotConfigured,
            ),
        ] {
            assert_eq!(reflector().reflect(&packet, port, epoch()), Err(reason), "{what}");
        }
    }

    /// RFC 7880 section 11: an answer that reaches a reflector, this one or another, is not answered.
    #[test]
    fn reflectors_do_not_answer_each_other() {
        let (mut reflector, now) = (reflector(), epoch());
        let answer = reflector.reflect(&Packet::from(asked()), PORT, now).unwrap();
        let spoofed = Control { your_discriminator: Some(SERVED), ..answer };
        for port in [SBFD_PORT, PORT] {
            assert_eq!(reflector.reflect(&Packet::from(spoofed), port, now), Err(Discard::Sbfd));
        }
    }

    #[test]
    fn no_more_are_answered_than_the_rate_says() {
        let (mut reflector, now) = (reflector(), epoch());
        let packet = Packet::from(asked());
        for second in 0..3 {
            let now = now + WINDOW * second;
            assert!((0..100).all(|_| reflector.reflect(&packet, PORT, now).is_ok()));
            let late = now + WINDOW * 9 / 10;
            assert_eq!(reflector.reflect(&packet, PORT, late), Err(Discard::SbfdRate));
        }
    }

    #[test]
    fn discriminators_come_and_go() {
        let mut reflector = reflector();
        assert!(reflector.pool().map(|(name, _)| name).eq([SERVED, OUT_OF_SERVICE]));
        assert!(reflector.remove(SERVED) && !reflector.remove(SERVED));
        let gone = reflector.reflect(&Packet::from(asked()), PORT, epoch());
        assert_eq!(gone, Err(Discard::UnknownDiscriminator));
    }
}
