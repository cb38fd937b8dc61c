//! A daemon with caches that speak RTR, over real TCP: states on routes, what changes and what does not, expiry.

use super::support::{Files, Net, Pair, Roa, RtrCache, eventually, run};
use serde_json::Value;

const A: &str = "198.51.100.0/24";
const B: &str = "203.0.113.0/24";
const ROUTES: &str = "[[route]]\nprefix = \"198.51.100.0/24\"\n[[route]]\nprefix = \"203.0.113.0/24\"\n";
const POLICY: &str = "[policy.rpki]\ndefault = \"accept\"\n\
    [[policy.rpki.rule]]\nname = \"invalid\"\nmatch = { rpki = \"invalid\" }\nthen = \"reject\"\n";
/// AS 64500 may originate both.
const BOTH: &[Roa] = &[(A, 24, 64500), (B, 24, 64500), ("2001:db8::/32", 48, 64502)];
const ONE: &[Roa] = &[(A, 24, 64500), (B, 24, 64999)];

fn cache(name: &str, cache: &RtrCache, more: &str) -> String {
    format!("[[rpki.cache]]\nname = \"{name}\"\naddress = \"{}\"\nretry = 1\n{more}\n", cache.address)
}

/// Waits until the routes of the daemon that dials are these: prefix, state, what the RPKI says.
#[track_caller]
fn sees(pair: &Pair, want: [&str; 2]) {
    eventually(&format!("{want:?}"), || {
        let routes = pair.dials.show("routes");
        let word = |route: &Value, field: &str| route[field].as_str().unwrap().to_owned();
        let text = |r: &Value| format!("{} {} {}", word(r, "prefix"), word(r, "state"), word(r, "rpki"));
        let seen: Vec<_> = routes["routes"].as_array().unwrap().iter().map(text).collect();
        if seen == want { Ok(()) } else { Err(format!("{seen:?}\n{}", pair.dials.log())) }
    });
}

/// One of the caches as `show rpki` has it, once `is` holds of it.
#[track_caller]
fn shown(pair: &Pair, number: usize, what: &str, is: impl Fn(&Value) -> bool) -> Value {
    eventually(what, || {
        let document = pair.dials.show("rpki");
        let cache = &document["caches"][number];
        if is(cache) { Ok(document.clone()) } else { Err(format!("{document}\n{}", pair.dials.log())) }
    })
}

#[test]
fn routes_are_judged_again_where_the_cache_says_something_else() {
    let one = RtrCache::start(BOTH);
    let rest = format!("{POLICY}{}", cache("one", &one, ""));
    let pair = Pair::established_by(Net(60), ["accept-all", "rpki"], [("", ROUTES), ("", &rest)]);
    sees(&pair, ["198.51.100.0/24 best valid", "203.0.113.0/24 best valid"]);
    let document = shown(&pair, 0, "synchronized", |cache| cache["connection"] == "synchronized");
    let cache = &document["caches"][0];
    assert_eq!((&cache["vrps"], &cache["in_use"], &document["vrps"]), (&3.into(), &true.into(), &3.into()));
    assert!(cache["expires_s"].as_f64().unwrap() > 7000.0, "{cache}");

    one.publish(ONE);
    sees(&pair, ["198.51.100.0/24 best valid", "203.0.113.0/24 rejected invalid"]);
    pair.dials.logs(&["paths judged otherwise", "paths=1"]);
    one.publish(&[(A, 24, 64500)]);
    sees(&pair, ["198.51.100.0/24 best valid", "203.0.113.0/24 best not-found"]);
    // All at first, what changed after that; the session saw nothing of it.
    assert_eq!(one.asked(), [2, 1, 1]);
    assert!(!pair.waits.log().contains("asks for a refresh"), "{}", pair.waits.log());
    assert!(!pair.dials.log().contains("session down"), "{}", pair.dials.log());
    let text = pair.dials.ask(&["show", "rpki"]).out;
    assert!(text.contains("judged by 1 VRPs") && text.contains("synchronized"), "{text}");
}

#[test]
fn the_second_cache_counts_once_what_the_first_said_has_expired() {
    let (first, second) = (RtrCache::start(ONE), RtrCache::start(BOTH));
    let caches = [cache("first", &first, "expire = 1"), cache("second", &second, "")].concat();
    let rest = format!("{POLICY}{caches}");
    let pair = Pair::established_by(Net(61), ["accept-all", "rpki"], [("", ROUTES), ("", &rest)]);
    shown(&pair, 1, "the second is there", |cache| cache["connection"] == "synchronized");
    first.close();
    let document = shown(&pair, 0, "expired", |cache| cache["expired"] == true);
    assert_eq!(document["caches"][0]["in_use"], false, "{document}");
    let document = shown(&pair, 1, "in use", |cache| cache["in_use"] == true);
    assert!(document["caches"][0]["last_error"].is_string(), "{document}");
    sees(&pair, ["198.51.100.0/24 best valid", "203.0.113.0/24 best valid"]);
    pair.dials.logs(&["what the RPKI cache said has expired", "first"]);
}

#[test]
fn files_are_read_again_when_they_are_others() {
    let files = Files::new();
    let json =
        |asn: u32| format!("{{\"roas\": [{{\"asn\": {asn}, \"prefix\": \"{B}\", \"maxLength\": 24}}]}}");
    let path = files.write("vrps.json", &json(64500));
    let rest = format!("{POLICY}[rpki]\nfiles = [\"{}\"]\nreread = 1\n", path.display());
    let pair = Pair::established_by(Net(62), ["accept-all", "rpki"], [("", ROUTES), ("", &rest)]);
    sees(&pair, ["198.51.100.0/24 best not-found", "203.0.113.0/24 best valid"]);
    files.write("vrps.json", &json(1));
    sees(&pair, ["198.51.100.0/24 best not-found", "203.0.113.0/24 rejected invalid"]);
    files.write("vrps.json", "no JSON");
    let document = eventually("an error", || {
        let document = pair.dials.show("rpki");
        if document["files"][0]["error"].is_string() { Ok(document) } else { Err(document.to_string()) }
    });
    assert_eq!(document["vrps"], 1, "what it said before counts on: {document}");
}

/// The peer is a customer, which attests other providers.
#[test]
fn paths_are_judged_by_the_providers_that_are_attested() {
    let files = Files::new();
    let json = |customer: u32| {
        format!("{{\"roas\": [], \"aspas\": [{{\"customer_asid\": {customer}, \"providers\": [64999]}}]}}")
    };
    let path = files.write("aspas.json", &json(64500));
    let policy = POLICY.replace("rpki = \"invalid\"", "aspa = \"invalid\"");
    let rest = format!("{policy}[rpki]\nfiles = [\"{}\"]\nreread = 1\n", path.display());
    let routes = ROUTES.replacen("prefix", "as_path = [64700]\nprefix", 1);
    let roles = ["role = \"customer\"\n", "role = \"provider\"\n"];
    let pair =
        Pair::established_by(Net(64), ["accept-all", "rpki"], [(roles[0], &routes), (roles[1], &rest)]);
    let aspa = |want: [&str; 2]| {
        eventually(&format!("{want:?}"), || {
            let routes = pair.dials.show("routes");
            let text =
                |r: &Value| format!("{} {}", r["state"].as_str().unwrap(), r["aspa"].as_str().unwrap());
            let seen: Vec<_> = routes["routes"].as_array().unwrap().iter().map(text).collect();
            if seen == want { Ok(()) } else { Err(format!("{seen:?}\n{}", pair.dials.log())) }
        });
    };
    aspa(["best unknown", "best valid"]);
    files.write("aspas.json", &json(64700));
    aspa(["rejected invalid", "best valid"]);
}

#[test]
fn routes_are_judged_by_dumps_of_registries() {
    let files = Files::new();
    let dump = |origin: u32| {
        format!("route: {A}\norigin: AS64500\n\nroute: {B}\norigin: AS{origin}\nsource: TEST\n\n")
    };
    let path = files.write("dump", &dump(64999));
    let policy = POLICY.replace("rpki = \"invalid\"", "irr = \"invalid\"");
    let rest = format!("{policy}[irr]\ndumps = [\"{}\"]\nreread = 1\n", path.display());
    let pair = Pair::established_by(Net(63), ["accept-all", "rpki"], [("", ROUTES), ("", &rest)]);
    let irr = |want: [&str; 2]| {
        eventually(&format!("{want:?}"), || {
            let routes = pair.dials.show("routes");
            let text = |r: &Value| format!("{} {}", r["state"].as_str().unwrap(), r["irr"].as_str().unwrap());
            let seen: Vec<_> = routes["routes"].as_array().unwrap().iter().map(text).collect();
            if seen == want { Ok(()) } else { Err(format!("{seen:?}\n{}", pair.dials.log())) }
        });
    };
    irr(["best valid", "rejected invalid"]);
    files.write("dump", &dump(64500));
    irr(["best valid", "best valid"]);
    files.write("dump", "");
    irr(["best not-found", "best not-found"]);
}

/// (what follows `[rpki]`, what is said).
#[test]
fn a_configuration_that_cannot_be_is_refused() {
    let files = Files::new();
    let cache = "[[rpki.cache]]\nname = \"a\"\naddress = \"127.0.0.1:323\"\n";
    for (rest, parts) in [
        ("reread = 0", &["a file is looked at after 1 to", "rpki.reread"][..]),
        ("files = [\"none.json\"]", &["cannot read", "none.json"]),
        (
            "[[rpki.cache]]\nname = \"a\"\naddress = \"127.0.0.1\"",
            &["is no host with a port", "rpki.cache.address"],
        ),
        ("[[rpki.cache]]\nname = \"a\"\naddress = \":323\"", &["is no host with a port"]),
        (&[cache, cache].concat(), &["two caches are called \"a\""]),
        (&format!("{cache}expire = 172801"), &["data expire after 1 to 172800 seconds", "rpki.cache.expire"]),
        (&format!("{cache}port = 1"), &["unknown field `port`"]),
        ("[irr]\ndumps = [\"none.db\"]", &["cannot read", "none.db"]),
        ("[irr]\nreread = 0", &["a file is looked at after 1 to", "irr.reread"]),
    ] {
        let text = format!("[speaker]\nasn = 64500\nrouter_id = \"192.0.2.1\"\n[rpki]\n{rest}\n");
        let path = files.write("voicepeer.toml", &text);
        let said = run(["run", "--check", "-c", path.to_str().unwrap()]);
        said.refused_with(parts, rest);
    }
}
