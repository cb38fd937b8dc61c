//! `plan init`: asks for the facts, and writes the plan.

use super::ask::Ask;
use crate::diagnostic::BadInput;
use crate::table::print;
use bgp_policy::voice::{
    Activation, ActivationPrefix, AddressProvider, Attestations, BfdPlan, Connection, ConnectionState,
    Peering, Plan, PrefixText, RegisteredPrefix, Role, SessionPlan, far_end,
};
use bgp_wire::Asn;
use ipnet::{IpNet, Ipv4Net};
use std::io::{BufRead, Write};
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;

/// Where to write.
#[derive(clap::Args, Debug)]
pub(crate) struct Init {
    /// The file to write; one that is there already is left alone.
    #[arg(value_name = "FILE", default_value = "plan.toml")]
    file: PathBuf,
}

const HEAD: &str = "# The plan of a voice interconnect with AS8075, as `voicepeer plan init` has asked for it.\n\
                    # `voicepeer plan check` judges it, `voicepeer check` what is seen by it, `voicepeer plan render`\n\
                    # writes a router's side of it; `voicepeer plan schema` says what may stand here.\n";

/// Asks at the terminal, and writes the plan.
pub(super) fn init(asked: &Init) -> Result<(), BadInput> {
    let path = asked.file.display();
    if asked.file.exists() {
        return Err(
            BadInput::new(format!("{path} is there already")).help("name another file, or move it away")
        );
    }
    let plan = plan(&mut Ask::new(std::io::stdin().lock(), std::io::stderr()))?;
    if let Some(fault) = plan.faults().first() {
        return Err(BadInput::new(fault.to_string()).help("nothing was written; names must differ"));
    }
    let text = toml::to_string(&plan).map_err(|e| BadInput::new(e.to_string()))?;
    let file = std::fs::File::create_new(&asked.file);
    let written = file.and_then(|mut file| file.write_all(format!("{HEAD}\n{text}").as_bytes()));
    written.map_err(|e| BadInput::new(format!("cannot write {path}: {e}")))?;
    print(&format!("wrote {path}; next: voicepeer plan check -p {path}\n"))
}

fn plan<R: BufRead, W: Write>(ask: &mut Ask<R, W>) -> Result<Plan, BadInput> {
    let asn = ask.value("The carrier's ASN", None)?;
    let associated_asns =
        ask.until("ASNs associated with the same subscription, with commas", "none", asns)?;
    ask.say("\nPeerings, as the portal has them.")?;
    let mut peerings = ask.each("Name of a peering", peering)?;
    ask.say("\nPrefixes, each registered under one peering.")?;
    for peering in &mut peerings {
        let question = format!("Prefix registered under {}", peering.name);
        peering.registered_prefixes = ask.each(&question, |ask, prefix| registered(ask, &prefix))?;
    }
    ask.say("\nActivations: where traffic is to enter.")?;
    let activations = ask.each("Name of an activation", |ask, name| activation(ask, name, &peerings))?;
    ask.say("\nWhat BGP cannot show. Answer for what you vouch for.")?;
    let attestations = Attestations {
        lacp: ask.yes("The links run LACP", None)?,
        no_stateful_firewall: ask.yes("The peering does not end on a stateful firewall", None)?,
        no_rate_limit: ask.yes("Nothing limits the rate", None)?,
        irr: ask.yes("Objects in a public routing registry exist", None)?,
        peeringdb: ask.yes("A PeeringDB profile exists", None)?,
    };
    Ok(Plan { associated_asns, attestations, peerings, activations, ..Plan::new(asn) })
}

fn asns(answer: &str) -> Result<Vec<Asn>, String> {
    let words = answer.split([',', ' ']).filter(|word| !word.is_empty());
    words.map(|word| word.parse().map_err(|e| format!("`{word}`: {e}"))).collect()
}

fn peering<R: BufRead, W: Write>(ask: &mut Ask<R, W>, name: String) -> Result<Peering, BadInput> {
    let connections = ask.each(&format!("Name of a connection of {name}"), connection)?;
    Ok(Peering { name, connections, registered_prefixes: Vec::new() })
}

fn connection<R: BufRead, W: Write>(ask: &mut Ask<R, W>, name: String) -> Result<Connection, BadInput> {
    Ok(Connection {
        location: ask.value("  Location", None)?,
        role: ask.until("  Role", "primary, redundant or backup", role)?,
        router: ask.optional("  Your router")?,
        remote_router: ask.optional("  The far end's router")?,
        bandwidth_gbps: ask.value("  Bandwidth in Gbps", Some(10))?,
        utilisation_percent: ask.optional("  Percent of it used")?,
        state: ask.until("  State in the portal", "not known", state)?,
        session: session(ask)?,
        name,
    })
}

fn role(answer: &str) -> Result<Role, String> {
    let roles = [Role::Primary, Role::Redundant, Role::Backup];
    let found = roles.into_iter().find(|role| !answer.is_empty() && role.name().starts_with(answer));
    found.ok_or_else(|| "primary, redundant or backup".to_owned())
}

fn state(answer: &str) -> Result<Option<ConnectionState>, String> {
    if answer.is_empty() { Ok(None) } else { answer.parse().map(Some).map_err(str::to_owned) }
}

fn session<R: BufRead, W: Write>(ask: &mut Ask<R, W>) -> Result<SessionPlan, BadInput> {
    let local: IpNet =
        ask.value("  Your address on the session, with its length, such as 192.0.2.10/31", None)?;
    let peer = ask.value("  The far end's address", other_end(local))?;
    let provider = match ask.yes("  The far end gave these addresses", Some(true))? {
        Some(false) => AddressProvider::Carrier,
        _ => AddressProvider::Microsoft,
    };
    let bfd = match ask.yes("  BFD is configured", Some(true))? {
        Some(false) => None,
        _ => Some(BfdPlan {
            desired_min_tx_ms: ask.value("    Interval to send, ms", Some(far_end::BFD_INTERVAL_MS))?,
            required_min_rx_ms: ask.value("    Interval to receive, ms", Some(far_end::BFD_INTERVAL_MS))?,
            detect_mult: ask.value("    Multiplier", Some(far_end::BFD_DETECT_MULT))?,
            strict: ask.yes("    Routes wait until BFD is Up", Some(true))? == Some(true),
            far_end_interval_ms: None,
        }),
    };
    let hold_time = ask.value("  Hold time, s", Some(far_end::HOLD_TIME))?;
    Ok(SessionPlan {
        local,
        peer,
        provider,
        bfd,
        hold_time: Some(hold_time),
        keepalive: Some(ask.value("  Keepalive time, s", Some(hold_time / 3))?),
        md5: ask.yes("  A TCP-MD5 password is set", Some(false))? == Some(true),
        max_prefix: Some(ask.value("  Limit on prefixes received", Some(450))?),
    })
}

/// The other address of a /31 or /30.
fn other_end(local: IpNet) -> Option<IpAddr> {
    let IpNet::V4(net) = local else { return None };
    let hosts = |net: Ipv4Net| -> Vec<Ipv4Addr> { net.hosts().collect() };
    let two = matches!(net.prefix_len(), 30 | 31).then(|| hosts(net.trunc()))?;
    two.contains(&net.addr()).then_some(())?;
    two.into_iter().find(|end| *end != net.addr()).map(IpAddr::V4)
}

fn registered<R: BufRead, W: Write>(ask: &mut Ask<R, W>, prefix: &str) -> Result<RegisteredPrefix, BadInput> {
    let prefix = PrefixText::new(prefix);
    if let Err(fault) = prefix.net() {
        ask.say(format_args!("  Noted as it is, but {fault}."))?;
    }
    let name = ask.value("  Its name", Some(format!("prefix-{prefix}").replace(['/', '.'], "-")))?;
    Ok(RegisteredPrefix { name, prefix, key: ask.optional("  The key issued for it")? })
}

fn activation<R: BufRead, W: Write>(
    ask: &mut Ask<R, W>,
    name: String,
    peerings: &[Peering],
) -> Result<Activation, BadInput> {
    let primary_location = ask.value("  Primary location", None)?;
    let backup_location = ask.optional("  Backup location")?;
    let mut prefixes = Vec::new();
    for registered in peerings.iter().flat_map(|p| &p.registered_prefixes) {
        if ask.yes(&format!("  Activate {}", registered.prefix), Some(true))? == Some(true) {
            let key = ask.value("    The key entered", registered.key.clone())?;
            prefixes.push(ActivationPrefix { prefix: registered.prefix.clone(), key });
        }
    }
    Ok(Activation { name, primary_location, backup_location, prefixes })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_other_end_of_a_wire() {
        for (local, want) in [
            ("192.0.2.10/31", Some("192.0.2.11")),
            ("192.0.2.11/31", Some("192.0.2.10")),
            ("192.0.2.1/30", Some("192.0.2.2")),
            ("192.0.2.2/30", Some("192.0.2.1")),
            ("192.0.2.0/30", None),
            ("192.0.2.1/29", None),
            ("2001:db8::/127", None),
        ] {
            let want = want.map(|text| text.parse::<IpAddr>().unwrap());
            assert_eq!(other_end(local.parse().unwrap()), want, "{local}");
        }
    }
}
