//! The echo function within a session.
use super::{Output, Session};
use crate::echo::Echo;
use crate::{Discard, EchoConfig, EchoPacket, State, StateEvent};
use std::time::{Duration, Instant};

impl Session {
    pub(super) fn configure_echo(&mut self, config: EchoConfig, now: Instant) {
        if self.required_min_echo_rx != config.required_min_rx {
            self.required_min_echo_rx = config.required_min_rx;
            self.assure();
        }
        self.echo = match (config.interval, self.echo.take()) {
            (Some(wish), Some(mut echo)) => {
                echo.change(wish);
                Some(echo)
            }
            (Some(wish), None) => Some(Box::new(Echo::new(wish, self.secret(), now))),
            (None, _) => None,
        };
    }

    /// Echo packets are sent while the session is Up and the peer returns them (section 6.8.9); meanwhile
    /// it is asked to send control packets slowly (section 6.8.3).
    pub(super) fn agree_on_echo(&mut self, now: Instant) {
        let peer = self.remote.map_or(Duration::ZERO, |remote| remote.required_min_echo_rx);
        let returned = self.state == State::Up && !peer.is_zero();
        let active = returned && self.echo.is_some();
        if let Some(echo) = &mut self.echo {
            echo.agree(returned.then_some(peer), now);
        }
        self.parameters.change_echoing(active);
    }

    pub(super) fn receive_echo(&mut self, packet: EchoPacket, now: Instant) {
        let ours = packet.discriminator == self.discriminator;
        let taken = self.echo.as_mut().filter(|_| ours).map(|echo| echo.receive(packet, now));
        if let Err(reason) = taken.unwrap_or(Err(Discard::Echo)) {
            self.discard(reason);
        }
    }

    pub(super) fn timeout_echo(&mut self, now: Instant, out: &mut impl FnMut(Output)) {
        // The detection time may have ended at the same instant.
        self.agree_on_echo(now);
        let (name, mult) = (self.discriminator, self.detect_mult());
        let Some(echo) = &mut self.echo else { return };
        if echo.detect_at(mult).is_some_and(|at| at <= now) {
            echo.agree(None, now);
            let change = self.step(StateEvent::EchoFailed);
            self.announce(change, now, out);
        } else if echo.transmit_at().is_some_and(|at| at <= now) {
            out(Output::TransmitEcho(echo.transmit(name, mult, now)));
        }
    }
}
