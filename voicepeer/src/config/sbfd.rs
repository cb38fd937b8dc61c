//! `[[bfd.reflector]]` and `[[bfd.initiator]]`

use super::Reader;
use super::file::{self, File};
use crate::diagnostic::BadInput;
use bfd::{InitiatorParams, Reflected, SBFD_PORT};
use std::net::SocketAddr;
use std::num::{NonZeroU8, NonZeroU32};
use std::time::Duration;
use toml::Spanned;

/// Answers in one second, where nothing is said.
const RATE: u32 = 10_000;
/// What initiators are asked to keep, where nothing is said.
const REQUIRED_MIN_RX: Duration = Duration::from_millis(50);

/// A reflector of seamless BFD and what it answers for.
#[derive(Clone, Debug)]
pub(crate) struct ReflectorConfig {
    pub(crate) local: SocketAddr,
    pub(crate) interface: Option<String>,
    pub(crate) rate: u32,
    pub(crate) pool: Vec<(NonZeroU32, Reflected)>,
}

impl Reader<'_> {
    pub(super) fn reflectors(&self, file: &File) -> Result<Vec<ReflectorConfig>, BadInput> {
        let all = &file.bfd.reflector;
        for (i, reflector) in all.iter().enumerate() {
            let address = &reflector.local_address;
            if all.iter().take(i).any(|earlier| earlier.local_address.get_ref() == address.get_ref()) {
                return Err(self.bad(address, format!("two reflectors on {}", address.get_ref())));
            }
        }
        all.iter().map(|reflector| self.reflector(reflector)).collect()
    }

    fn reflector(&self, given: &file::Reflector) -> Result<ReflectorConfig, BadInput> {
        let local = SocketAddr::new(self.own_address(&given.local_address)?, SBFD_PORT);
        if let Some(rate) = given.rate.as_ref().filter(|rate| *rate.get_ref() == 0) {
            return Err(self.bad(rate, "a rate of 0 answers nobody"));
        }
        let asked = given.required_min_rx.as_ref().map(|text| self.interval(text)).transpose()?;
        let reflected = Reflected {
            in_service: given.in_service.unwrap_or(true),
            required_min_rx: asked.unwrap_or(REQUIRED_MIN_RX),
        };
        let names = given.discriminators.get_ref();
        if names.is_empty() {
            return Err(self.bad(&given.discriminators, "a reflector without discriminators answers nobody"));
        }
        Ok(ReflectorConfig {
            local,
            interface: given.interface.as_ref().map(|name| self.interface(name)).transpose()?,
            rate: given.rate.as_ref().map_or(RATE, |rate| *rate.get_ref()),
            pool: names
                .iter()
                .map(|name| Ok((self.discriminator(name)?, reflected)))
                .collect::<Result<_, BadInput>>()?,
        })
    }

    pub(super) fn initiator(&self, given: &file::Initiator) -> Result<InitiatorParams, BadInput> {
        let (local, reflector) = (self.own_address(&given.local_address)?, *given.reflector.get_ref());
        if local.is_ipv4() != reflector.is_ipv4() || reflector.is_unspecified() || reflector.is_multicast() {
            return Err(self.bad(&given.reflector, format!("{reflector} is not the address of a reflector")));
        }
        let usual = InitiatorParams::new(local, reflector, self.discriminator(&given.discriminator)?);
        let tx = given.desired_min_tx.as_ref().map(|text| self.interval(text)).transpose()?;
        let mult = given.detect_mult.as_ref().map_or(Ok(usual.detect_mult), |mult| {
            NonZeroU8::new(*mult.get_ref()).ok_or_else(|| self.bad(mult, "a detect_mult of 0 is not allowed"))
        })?;
        Ok(InitiatorParams {
            interface: given.interface.as_ref().map(|name| self.interface(name)).transpose()?,
            desired_min_tx: tx.unwrap_or(usual.desired_min_tx),
            detect_mult: mult,
            ..usual
        })
    }

    fn discriminator(&self, name: &Spanned<u32>) -> Result<NonZeroU32, BadInput> {
        NonZeroU32::new(*name.get_ref()).ok_or_else(|| self.bad(name, "no discriminator is 0"))
    }
}
