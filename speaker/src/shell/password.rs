//! Passwords of TCP-MD5 (RFC 2385) that are set, changed and taken away while sessions are up.

use super::task::Task;
use super::{Speaker, StartError, socket};
use crate::trace::Step;
use bgp_rib::PeerId;
use ipnet::IpNet;
use std::borrow::Cow;

/// What a peer hears as the reason.
const TEXT: &str = "another password";

impl Speaker {
    /// Gives a peer another password of TCP-MD5, or none. Its session is reset, as by [`Speaker::reset`], and begins anew with
    /// that: it does not come up before the other end has the same. Sessions of others stay as they are. Where it is the
    /// password that the peer has nothing happens; the next dial of one that is shut down has it.
    ///
    /// Where the kernel does not take it for one of the listeners, the error says so and the peer has its password of before.
    ///
    /// ```
    /// # use bgp_speaker::{PeerId, Speaker, StartError};
    /// # async fn example(speaker: &Speaker, peer: PeerId) -> Result<(), StartError> {
    /// speaker.set_password(peer, Some("of this month".to_owned())).await
    /// # }
    /// ```
    pub async fn set_password(&self, peer: PeerId, password: Option<String>) -> Result<(), StartError> {
        let known = move |task: &mut Task| {
            let config = task.engine.peer_status(peer)?.config;
            Some((config.name, IpNet::from(config.address), config.tcp.password))
        };
        let Some((name, address, old)) = self.ask(known).await? else { return Ok(()) };
        if old == password {
            return Ok(());
        }
        self.sign_anew(&name, address, [old.as_deref(), password.as_deref()])?;
        self.ask(move |task| task.set_password(peer, password)).await
    }

    /// Likewise of the dynamic peers of exactly that prefix and that template's name, those there are and those to come.
    pub async fn set_dynamic_password(
        &self,
        prefix: IpNet,
        name: &str,
        password: Option<String>,
    ) -> Result<(), StartError> {
        let name = name.to_owned();
        let asked = name.clone();
        let known = move |task: &mut Task| Some(task.dynamic_template(prefix, &asked)?.tcp.password.clone());
        let Some(old) = self.ask(known).await? else { return Ok(()) };
        if old == password {
            return Ok(());
        }
        self.sign_anew(&name, prefix, [old.as_deref(), password.as_deref()])?;
        self.ask(move |task| task.set_dynamic_password(prefix, &name, password.as_deref())).await
    }

    /// Gives every listener of the family another password for a prefix. Where one does not take it those before it have the old one again.
    fn sign_anew(&self, peer: &str, prefix: IpNet, [old, new]: [Option<&str>; 2]) -> Result<(), StartError> {
        for (signed, listener) in self.listeners_for(prefix).enumerate() {
            if let Err(source) = socket::sign_anew(listener, prefix, [old, new]) {
                for listener in self.listeners_for(prefix).take(signed) {
                    if let Err(error) = socket::sign_anew(listener, prefix, [new, old]) {
                        tracing::error!(peer, %error, "a listener has no password");
                    }
                }
                return Err(StartError::Password { peer: peer.to_owned(), source });
            }
        }
        Ok(())
    }
}

impl Task {
    /// The peer's connections have that password from now on: what is there ends.
    pub(super) fn set_password(&mut self, peer: PeerId, password: Option<String>) {
        self.engine.note_password(peer, password.clone());
        self.io.set_password(peer, password);
        self.tell(&Step::Reset(peer, Cow::Borrowed(TEXT)));
    }

    fn set_dynamic_password(&mut self, prefix: IpNet, name: &str, password: Option<&str>) {
        let password = || password.map(str::to_owned);
        for peer in self.change_template(prefix, name, |template| template.tcp.password = password()) {
            self.set_password(peer, password());
        }
    }
}
