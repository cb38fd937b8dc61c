//! A file that is text: outputs of routers and JSON documents.

use super::command::{Command, Output};
use super::form::{FORMS, form_of};
use super::json::{self, BadField, Document};
use super::neighbor::{self, Gathered, Told};
use super::pieces::{
    asks_for_sessions, document, is_hunt_of_nothing, of_sessions, pieces, prompt, says_nothing, span,
};
use super::session::{Sessions, few, of_none};
use super::source::RoutesFile;
use super::sr_os_hunt::{self, Hunted};
use super::text::{OwnAsn, Seen, Unreadable};
use crate::diagnostic::{self, BadInput};
use bgp_policy::voice::{Connection, Observed, ObservedRoute, ObservedSession};
use serde_json::Value;
use std::collections::BTreeMap;

/// One file that is text.
pub(super) struct TextFile<'a> {
    sessions: Sessions<'a>,
    given: &'a RoutesFile,
    text: &'a str,
}

impl<'a> TextFile<'a> {
    /// Reads it; which session what it holds is of is asked of `sessions`.
    pub(super) fn read(given: &'a RoutesFile, sessions: Sessions<'a>) -> Result<Observed, BadInput> {
        let text = diagnostic::read(&given.path)?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        TextFile { sessions, given, text }.observed()
    }
}

impl TextFile<'_> {
    fn observed(&self) -> Result<Observed, BadInput> {
        let (mut sessions, mut hunted) = (Vec::new(), Vec::new());
        let mut gathered = Gathered::of(self.sessions);
        let mut passed_over = None;
        for output in pieces(self.text) {
            if let Some(told) = self.neighbors(&output)? {
                gathered.add(prompt(&output), told);
            } else if let Some(form) = of_sessions(&output) {
                let told = (form.read)(&output.lines).map_err(|bad| self.unreadable_session(form, &bad))?;
                gathered.add(prompt(&output), told);
            } else if asks_for_sessions(&output) || is_hunt_of_nothing(&output) {
                passed_over.get_or_insert(output);
            } else if sr_os_hunt::knows(&output.lines) {
                hunted.extend(self.hunted(&output)?);
            } else {
                sessions.extend(self.routes(&output)?);
            }
        }
        for one in &hunted {
            one.add_to(&mut sessions);
        }
        if let (Some(one), true) = (hunted.first(), sessions.is_empty()) {
            return Err(self.without_list(one));
        }
        let of_sessions = gathered.observed(&self.name());
        let is_nothing = sessions.is_empty() && of_sessions.sessions.is_empty();
        match passed_over {
            Some(output) if is_nothing && gathered.is_empty() => return Err(self.unknown(&output)),
            None if is_nothing && gathered.is_empty() => {}
            _ if is_nothing => {
                return Err(of_none(&self.name(), &gathered.strangers())
                    .help("the far ends of the plan's sessions are looked for, as the carrier's router has them for its neighbours"));
            }
            _ => {}
        }
        let mut notes = of_sessions.notes;
        if !gathered.strangers().is_empty() {
            let strangers = few(&gathered.strangers());
            notes.push(format!(
                "{}: peers that are the far end of no session of the plan: {strangers}",
                self.name()
            ));
        }
        sessions.extend(of_sessions.sessions);
        Ok(Observed { sessions, notes })
    }

    /// What a JSON document tells of sessions, where it is one that does.
    fn neighbors(&self, output: &Output<'_>) -> Result<Option<Told>, BadInput> {
        let Some((from, text)) = document(output, self.text).filter(|(_, text)| neighbor::json::may_be(text))
        else {
            return Ok(None);
        };
        let value: Value = self.json(from, text)?;
        neighbor::json::read(&value).transpose().map_err(|bad| self.bad(&bad.to_string()))
    }

    /// The sessions whose routes an output has.
    fn routes(&self, output: &Output<'_>) -> Result<Vec<ObservedSession>, BadInput> {
        self.whole(output)?;
        match document(output, self.text) {
            Some((from, text)) => self.document(output.command, from, text),
            None => Ok(vec![self.output(output)?]),
        }
    }

    /// An output that a command leaves nothing out of.
    fn whole(&self, output: &Output<'_>) -> Result<(), BadInput> {
        let Some(Command { cut: Some(cut), line, .. }) = output.command else { return Ok(()) };
        Err(self
            .bad(&format!("`{cut}` leaves routes out of this output"))
            .at(&self.given.path, self.text, Some(span(self.text, line)))
            .help("they would seem not to be announced: give the output of the command alone"))
    }

    /// What a hunt shows of the plan's sessions.
    fn hunted(&self, output: &Output<'_>) -> Result<Vec<Hunted>, BadInput> {
        self.whole(output)?;
        let seen = sr_os_hunt::announced(&output.lines)
            .map_err(|bad| self.unreadable("SR OS, routes hunt", &bad))?;
        let is_meant =
            |one: &Hunted| self.given.connection.as_ref().is_none_or(|name| *name == one.connection);
        Ok(seen.into_iter().filter_map(|seen| Hunted::of(seen, self.sessions)).filter(is_meant).collect())
    }

    fn without_list(&self, hunted: &Hunted) -> BadInput {
        let peer = hunted.peer;
        self.bad(&format!("it shows one prefix to {peer}, and no list of all")).help(format!(
            "other prefixes would seem not to be announced: put the output of `show router bgp neighbor \"{peer}\" \
             advertised-routes` into the same file"
        ))
    }

    fn name(&self) -> String {
        self.given.path.display().to_string()
    }

    fn bad(&self, message: &str) -> BadInput {
        BadInput::new(format!("{}: {message}", self.name()))
    }

    /// The session of one command's output.
    fn output(&self, output: &Output<'_>) -> Result<ObservedSession, BadInput> {
        if says_nothing(output) {
            return self.session(output.command, Seen::default());
        }
        let form = form_of(&output.lines).ok_or_else(|| self.unknown(output))?;
        let seen = (form.read)(&output.lines).map_err(|bad| self.unreadable(form.name, &bad))?;
        self.session(output.command, seen)
    }

    fn unknown(&self, output: &Output<'_>) -> BadInput {
        let line = output.lines.iter().find(|line| !line.is_blank());
        let of_sessions = neighbor::FORMS.iter().map(|form| form.name);
        let forms: Vec<_> = FORMS.iter().map(|form| form.name).chain(of_sessions).collect();
        self.bad("this is no output of routes that is known, nor of sessions")
            .at(&self.given.path, self.text, line.map(|line| span(self.text, line.number)))
            .help(format!(
                "JSON as docs/observing.md has it, or text of: {}; the whole output, with its heads",
                forms.join("; ")
            ))
    }

    /// Lines that may have a password are named and not shown.
    fn unreadable_session(&self, form: &neighbor::Form, bad: &Unreadable) -> BadInput {
        if !form.is_secret {
            return self.unreadable(form.name, bad);
        }
        let Unreadable { line, why } = bad;
        BadInput::new(format!("{}:{line} cannot be read: {why}", self.name()))
            .help(format!("it was read as {}; give it whole", form.name))
    }

    fn unreadable(&self, form: &str, bad: &Unreadable) -> BadInput {
        let Unreadable { line, why } = bad;
        BadInput::new(format!("line {line} cannot be read: {why}"))
            .at(&self.given.path, self.text, Some(span(self.text, *line)))
            .help(format!("it was read as {form}; give the output as it was printed, whole and unwrapped"))
    }

    /// The session that `seen` is of: the one that was named, else what the command or the output says.
    fn session(&self, command: Option<Command<'_>>, seen: Seen) -> Result<ObservedSession, BadInput> {
        let peer = command.and_then(|command| command.peer).or(seen.peer);
        let name = self.given.connection.as_deref();
        let called = || command.and_then(|command| command.name).and_then(|name| self.sessions.named(name));
        let connection = match name {
            Some(name) => self.sessions.named(name),
            None => peer.and_then(|peer| self.sessions.at(peer)).or_else(called),
        };
        if connection.is_none() && peer.is_none() {
            return Err(self.sessions.unnamed(&self.name()));
        }
        let mut routes = seen.routes;
        if let OwnAsn::Missing(local) = seen.own_asn {
            let own = local.unwrap_or(self.sessions.plan().asn);
            routes
                .iter_mut()
                .filter_map(|route| route.as_path.as_mut())
                .for_each(|path| path.prepend(own, 1));
        }
        let not_shown = seen.not_shown.map(str::to_owned);
        Ok(ObservedSession { not_shown, ..self.announced(connection, peer, routes) })
    }

    fn announced(
        &self,
        connection: Option<&Connection>,
        peer: Option<std::net::IpAddr>,
        routes: Vec<ObservedRoute>,
    ) -> ObservedSession {
        ObservedSession {
            connection: connection.map(|connection| connection.name.clone()),
            peer,
            source: Some(self.name()),
            routes: Some(routes),
            ..ObservedSession::default()
        }
    }

    /// The sessions of a JSON document, which begins at line `from` of the file.
    fn document(
        &self,
        command: Option<Command<'_>>,
        from: usize,
        text: &str,
    ) -> Result<Vec<ObservedSession>, BadInput> {
        let value: Value = self.json(from, text)?;
        let form = Document::of(&value).ok_or_else(|| {
            self.bad("this is no document of routes that is known").help(
                "sessions as docs/observing.md has them, received routes of the portal's interface, or what FRR, GoBGP and \
                 OpenBGPD print as JSON of routes or of sessions",
            )
        })?;
        let one = |seen: Result<Seen, BadField>| {
            let seen = seen.map_err(|bad| self.bad(&bad.to_string()))?;
            Ok(vec![self.session(command, seen)?])
        };
        match form {
            Document::Sessions => Ok(self.sourced(self.json::<Observed>(from, text)?.sessions)),
            Document::Received => self.received(&value),
            Document::Frr => one(json::frr(&value)),
            Document::GoBgp => one(json::gobgp(&value)),
            Document::OpenBgpd => one(json::openbgpd(&value)),
        }
    }

    fn json<T: serde::de::DeserializeOwned>(&self, from: usize, text: &str) -> Result<T, BadInput> {
        // Blank lines keep the numbers of those behind them.
        let padded = "\n".repeat(from.saturating_sub(1)) + text;
        diagnostic::json(&self.given.path, &padded)
    }

    /// Sessions that do not say where they were seen were seen in this file.
    fn sourced(&self, mut sessions: Vec<ObservedSession>) -> Vec<ObservedSession> {
        sessions.iter_mut().for_each(|session| _ = session.source.get_or_insert_with(|| self.name()));
        sessions
    }

    /// Routes that the far end received: the next hop is the carrier's end of the session, unless one is named.
    fn received(&self, value: &Value) -> Result<Vec<ObservedSession>, BadInput> {
        let routes = json::received(value).map_err(|bad| self.bad(&bad.to_string()))?;
        if let Some(name) = &self.given.connection {
            return Ok(vec![self.announced(self.sessions.named(name), None, routes)]);
        }
        let mut by_hop: BTreeMap<_, Vec<ObservedRoute>> = BTreeMap::new();
        for route in routes {
            let hop = route.next_hop.ok_or_else(|| self.sessions.unnamed(&self.name()))?;
            by_hop.entry(hop).or_default().push(route);
        }
        let session = |(hop, routes)| self.announced(self.sessions.at(hop), Some(hop), routes);
        Ok(by_hop.into_iter().map(session).collect())
    }
}
