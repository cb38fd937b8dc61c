//! What is wrong with the settings of a BFD session.

use super::configuration::{BFD, PEER, SPEAKER, refuse_each};

/// At the peer and in a profile.
#[test]
fn values_that_a_bfd_session_cannot_have() {
    let bfd = &format!("{SPEAKER}{PEER}{BFD}");
    let multihop = &format!("{bfd}multihop = true\n");
    let profile = &format!("{SPEAKER}[bfd.profile.fast]\n");
    let thread = &format!("{SPEAKER}[bfd]\n");
    let others = &format!("{SPEAKER}[bfd.profile.far]\nmultihop = true\n[[bfd.unsolicited]]\n");
    let unsolicited = &format!("{others}allow = []\nlocal_address = \"192.0.2.1\"\n");
    let lags = &format!("{SPEAKER}[bfd.profile.far]\nmultihop = true\n[[lag]]\nname = \"x\"\n");
    let addresses = "local_address = \"192.0.2.1\"\naddress = \"192.0.2.2\"\n";
    let lag = &format!("{lags}{addresses}members = [\"eth0\", \"eth1\"]\n");
    let auth = &format!("{bfd}[peer.bfd.authentication]\ntype = \"keyed-md5\"\n");
    let keys = &format!("{auth}keys = [{{ id = 1, secret = \"a\" }}]\n");
    refuse_each(&[
        (bfd, "minimum_ttl = 250", 15, &["with multihop = true", "peer.bfd.minimum_ttl", "1 to 255"]),
        (multihop, "minimum_ttl = 0", 15, &["a minimum_ttl of 0", "peer.bfd.minimum_ttl", "1 to 255"]),
        (multihop, "minimum_ttl = 256", 15, &["peer.bfd.minimum_ttl", "1 to 255"]),
        (multihop, "echo_interval = \"50ms\"", 17, &["no echo function over several hops", "RFC 5883"]),
        (multihop, "required_min_echo_rx = \"50ms\"", 24, &["no echo function over several hops"]),
        (bfd, "echo_interval = \"50us\"", 17, &["50us is out of range", "peer.bfd.echo_interval"]),
        (bfd, "required_min_echo_rx = \"0ms\"", 24, &["out of range", "peer.bfd.required_min_echo_rx"]),
        (bfd, "echo_source = \"::1\"", 15, &["different families", "peer.bfd.echo_source"]),
        (bfd, "demand = 1", 10, &["peer.bfd.demand", "true or false"]),
        (bfd, "interface = \"\"", 13, &["not the name of an interface", "peer.bfd.interface", "1 to 15"]),
        (bfd, "profile = \"fast\"", 11, &["no BFD profile is called \"fast\"", "peer.bfd.profile"]),
        (bfd, "authentication = { type = \"md5\", keys = [] }", 27, &["\"md5\" is not a type", "keyed-md5"]),
        (bfd, "padding = 23", 11, &["23 octets is too small", "peer.bfd.padding", "24 to 65535 (RFC 9764)"]),
        (bfd, "padding = 65536", 11, &["peer.bfd.padding", "24 to 65535"]),
        (
            bfd,
            "damping = { reuse = 3000 }",
            11,
            &["reuse must be above zero and below", "peer.bfd.damping", "below suppress"],
        ),
        (bfd, "damping = { max_suppress = \"1s\" }", 11, &["too short for the penalty to decay"]),
        (bfd, "damping = { half_life = \"5\" }", 25, &["peer.bfd.damping.half_life", "is not a duration"]),
        (bfd, "damping = { penalty = 1 }", 13, &["unknown field `penalty`", "`half_life`"]),
        (auth, "keys = []", 8, &["needs a key", "peer.bfd.authentication.keys"]),
        (
            auth,
            "keys = [{ id = 1, secret = \"\" }]",
            28,
            &["a secret of 0 octets", "keyed-md5 takes 1 to 16"],
        ),
        (auth, "keys = [{ id = 256, secret = \"a\" }]", 16, &["authentication.keys.id", "0 to 255"]),
        (
            auth,
            "keys = [{ id = 1, secret = \"a\" }, { id = 1, secret = \"b\" }]",
            42,
            &["two keys have the id 1", "authentication.keys.id", "RFC 5880"],
        ),
        (keys, "send = 2", 8, &["key 2 cannot sign", "authentication.send", "the id of one of the keys"]),
        (keys, "key = 2", 1, &["unknown field `key`", "peer.bfd.authentication.key", "`send`"]),
        (profile, "detect_mult = 0", 15, &["a detect_mult of 0", "bfd.profile.fast.detect_mult", "1 to 255"]),
        (
            profile,
            "desired_min_tx = \"1\"",
            18,
            &["not a duration", "bfd.profile.fast.desired_min_tx", "ms or s"],
        ),
        (profile, "profile = \"x\"", 11, &["no profile of its own", "bfd.profile.fast.profile"]),
        (unsolicited, "limit = 0", 9, &["lets nobody", "bfd.unsolicited.limit", "1 to 65535"]),
        (unsolicited, "linger = \"2h\"", 10, &["not a duration", "bfd.unsolicited.linger"]),
        (unsolicited, "profile = \"far\"", 11, &["nothing else that this profile has", "profile"]),
        (unsolicited, "interface = \"\"", 13, &["not the name of an interface", "1 to 15 octets"]),
        (others, "allow = [\"192.0.2.1/33\"]", 10, &["bfd.unsolicited.allow", "a list of prefixes"]),
        (
            &format!("{others}allow = []\n"),
            "local_address = \"0.0.0.0\"",
            17,
            &["not one address of this machine", "bfd.unsolicited.local_address"],
        ),
        (lag, "min_links = 3", 13, &["cannot need 3", "lag.min_links", "as many as there are members"]),
        (lag, "min_links = 0", 13, &["cannot need 0", "lag.min_links"]),
        (lag, "profile = \"far\"", 11, &["nothing else that this profile has", "lag.profile"]),
        (
            lag,
            "[[lag]]\nname = \"x\"\nmembers = []\nlocal_address = \"::1\"\naddress = \"::2\"",
            0,
            &["two LAGs"],
        ),
        (&format!("{lags}{addresses}"), "members = []", 11, &["without members", "lag.members"]),
        (&format!("{lags}{addresses}"), "members = [\"a\", \"a\"]", 17, &["member twice", "lag.members"]),
        (
            &format!("{lags}members = [\"a\"]\nlocal_address = \"192.0.2.1\"\n"),
            "address = \"::2\"",
            11,
            &["not the peer's address", "lag.address"],
        ),
        (thread, "spin = \"2ms\"", 8, &["out of range", "bfd.spin", "0us to 1ms"]),
        (thread, "early = \"2s\"", 9, &["out of range", "bfd.early", "0us to 1s"]),
        (thread, "realtime = 100", 12, &["100 is no real-time priority", "bfd.realtime", "1 to 99"]),
        (thread, "threads = 0", 11, &["0 threads", "bfd.threads", "1 to 64"]),
        (thread, "cpu = -1", 7, &["bfd.cpu", "from 0"]),
    ]);
}

/// With what is allowed.
#[test]
fn values_that_seamless_bfd_cannot_have() {
    let initiator =
        &format!("{SPEAKER}[[bfd.initiator]]\nlocal_address = \"192.0.2.1\"\ndiscriminator = 7\n");
    let reflector = &format!("{SPEAKER}[[bfd.reflector]]\nlocal_address = \"192.0.2.1\"\n");
    refuse_each(&[
        (
            &format!("{reflector}discriminators = [1]\n"),
            "rate = 0",
            8,
            &["answers nobody", "bfd.reflector.rate", "1 to 4294967295"],
        ),
        (reflector, "discriminators = []", 18, &["without discriminators", "bfd.reflector.discriminators"]),
        (
            reflector,
            "discriminators = [1, 0]",
            22,
            &["no discriminator is 0", "bfd.reflector.discriminators"],
        ),
        (
            &format!("{reflector}discriminators = [1]\n"),
            "required_min_rx = \"1us\"",
            19,
            &["out of range", "bfd.reflector.required_min_rx"],
        ),
        (
            initiator,
            "reflector = \"::1\"",
            13,
            &["not the address of a reflector", "bfd.initiator.reflector"],
        ),
        (
            &format!("{initiator}reflector = \"192.0.2.2\"\n"),
            "detect_mult = 0",
            15,
            &["a detect_mult of 0", "1 to 255"],
        ),
    ]);
}
