//! Questions to an IRR server over TCP, in IRRd's `!` protocol.

use crate::diagnostic::BadInput;
use bgp_policy::irr::{
    ByReference, Claims, IrrBuilder, IrrIndex, IrrObject, Member, RouteObject, RpslReader, SetName,
    SetObject, WhoisReply,
};
use bgp_wire::Asn;
use ipnet::IpNet;
use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

/// How long a server may take for anything.
const PATIENCE: Duration = Duration::from_secs(30);
/// How many sets are asked for to resolve one.
const MOST_SETS: usize = 20_000;

/// A connection on which one question follows the other.
pub(crate) struct Server {
    name: String,
    stream: TcpStream,
    /// What has come and was not read.
    octets: Vec<u8>,
}

/// What it answered, as its own.
enum Answer {
    Data(String),
    Nothing,
}

impl Server {
    /// Connects to `name`, a host and a port, and has it answer from `sources` alone where there are any.
    pub(crate) fn connect(name: &str, sources: &[String]) -> Result<Self, BadInput> {
        let failed = |error: std::io::Error| {
            BadInput::new(format!("cannot ask {name}: {error}"))
                .help("--server takes a host and a port, such as whois.example.net:43")
        };
        let mut tried = std::io::Error::other("it has no address");
        for address in name.to_socket_addrs().map_err(failed)? {
            match TcpStream::connect_timeout(&address, PATIENCE) {
                Ok(stream) => return Self::begin(name, stream, sources),
                Err(error) => tried = error,
            }
        }
        Err(failed(tried))
    }

    fn begin(name: &str, stream: TcpStream, sources: &[String]) -> Result<Self, BadInput> {
        let mut server = Self { name: name.to_owned(), stream, octets: Vec::new() };
        let timeouts = [
            server.stream.set_read_timeout(Some(PATIENCE)),
            server.stream.set_write_timeout(Some(PATIENCE)),
            // Questions that follow each other on one connection; it is not answered.
            server.stream.write_all(b"!!\n"),
        ];
        timeouts.into_iter().collect::<Result<(), _>>().map_err(|error| server.failed(&error.to_string()))?;
        if !sources.is_empty() {
            server.ask(&format!("!s{}", sources.join(",")))?;
        }
        Ok(server)
    }

    fn failed(&self, why: &str) -> BadInput {
        BadInput::new(format!("{} does not answer as an IRR server does: {why}", self.name))
            .help("it should speak IRRd's protocol, whose questions begin with !")
    }

    fn ask(&mut self, question: &str) -> Result<Answer, BadInput> {
        let sent = self.stream.write_all(format!("{question}\n").as_bytes());
        sent.map_err(|error| self.failed(&error.to_string()))?;
        loop {
            let read =
                WhoisReply::read(&self.octets).map(|reply| reply.map(|(reply, len)| (answer(reply), len)));
            match read {
                Ok(Some((answer, len))) => {
                    self.octets.drain(..len);
                    return answer.map_err(|why| self.failed(&format!("{question}: {why}")));
                }
                Ok(None) => self.hear()?,
                Err(fault) => return Err(self.failed(&format!("{question}: {fault}"))),
            }
        }
    }

    fn hear(&mut self) -> Result<(), BadInput> {
        let mut octets = [0; 16 * 1024];
        match self.stream.read(&mut octets) {
            Ok(0) => Err(self.failed("it closed the connection")),
            Ok(n) => {
                self.octets.extend_from_slice(octets.get(..n).unwrap_or_default());
                Ok(())
            }
            Err(error) => Err(self.failed(&error.to_string())),
        }
    }

    /// The words of an answer.
    fn words(&mut self, question: &str) -> Result<Option<Vec<String>>, BadInput> {
        Ok(match self.ask(question)? {
            Answer::Data(data) => Some(data.split_whitespace().map(str::to_owned).collect()),
            Answer::Nothing => None,
        })
    }

    /// Asks for a set, and for all sets that are its members or theirs; with `routes`, also for the routes of their ASes.
    pub(crate) fn set(&mut self, name: &SetName, routes: bool) -> Result<IrrIndex, BadInput> {
        let (mut builder, mut asns) = (IrrBuilder::default(), BTreeSet::new());
        let (mut open, mut seen) = (vec![name.clone()], BTreeSet::from([name.clone()]));
        while let Some(name) = open.pop() {
            // What is not there is missed when the set is resolved.
            let Some(words) = self.words(&format!("!i{name}"))? else { continue };
            let read = words.iter().map(|word| Member::read(word, name.class()));
            let members: Box<[Member]> = read.filter_map(Result::ok).collect();
            for member in &members {
                match member {
                    Member::Set(set, _) if seen.insert(set.clone()) => open.push(set.clone()),
                    Member::Asn(asn, _) => _ = asns.insert(*asn),
                    Member::Set(..) | Member::Prefix(_) => {}
                }
            }
            if seen.len() > MOST_SETS {
                return Err(BadInput::new(format!("{name} has more than {MOST_SETS} sets in it")));
            }
            let (by_reference, source) = (ByReference::Nobody, name.source().unwrap_or_default().into());
            builder.add(IrrObject::Set(SetObject {
                name: name.without_source(),
                members,
                by_reference,
                source,
            }));
        }
        for asn in asns.iter().filter(|_| routes) {
            self.routes_of(*asn, &mut builder)?;
        }
        Ok(builder.build())
    }

    fn routes_of(&mut self, origin: Asn, builder: &mut IrrBuilder) -> Result<(), BadInput> {
        for question in ["!g", "!6"] {
            let words = self.words(&format!("{question}AS{origin}"))?.unwrap_or_default();
            for prefix in words.iter().filter_map(|word| word.parse::<IpNet>().ok()) {
                let (claims, source) = (Claims::default(), Box::default());
                builder.add(IrrObject::Route(RouteObject { prefix, origin, claims, source }));
            }
        }
        Ok(())
    }

    /// Asks for the routes that are registered for a prefix and around it.
    pub(crate) fn around(&mut self, prefix: IpNet) -> Result<IrrIndex, BadInput> {
        let mut builder = IrrBuilder::default();
        for question in [format!("!r{prefix}"), format!("!r{prefix},L")] {
            let Answer::Data(data) = self.ask(&question)? else { continue };
            let mut reader = RpslReader::default();
            let mut fault = |fault| eprintln!("{}: {question}: {fault}", self.name);
            for line in data.split_inclusive('\n') {
                reader.line(line.as_bytes(), &mut fault).into_iter().for_each(|object| builder.add(object));
            }
            reader.finish(&mut fault).into_iter().for_each(|object| builder.add(object));
        }
        Ok(builder.build())
    }
}

fn answer(reply: WhoisReply<'_>) -> Result<Answer, String> {
    match reply {
        WhoisReply::Data(data) => Ok(Answer::Data(String::from_utf8_lossy(data).into_owned())),
        WhoisReply::Done | WhoisReply::NotFound => Ok(Answer::Nothing),
        WhoisReply::Several => Err("there are several".to_owned()),
        WhoisReply::Refused(why) => Err(String::from_utf8_lossy(why).into_owned()),
    }
}
