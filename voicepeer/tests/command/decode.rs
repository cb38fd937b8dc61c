//! `voicepeer decode`: what an input is, what comes of its messages, what is broken.

use super::support::{Files, Said, run, voicepeer};
use serde_json::{Value, json};
use std::io::Write;
use std::path::PathBuf;
use std::process::Stdio;

pub(crate) const ORIGIN: &[u8] = &[0x40, 1, 1, 0];
pub(crate) const AS_PATH: &[u8] = &[0x40, 2, 6, 2, 1, 0, 0, 0xfb, 0xf5];
pub(crate) const NEXT_HOP: &[u8] = &[0x40, 3, 4, 192, 0, 2, 2];

/// A message of this type.
pub(crate) fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    let len = u16::try_from(19 + body.len()).unwrap();
    [&[0xff; 16], &len.to_be_bytes()[..], &[kind], body].concat()
}

/// An UPDATE that announces 198.51.100.0/24 and so many addresses of 203.0.113.0/24.
pub(crate) fn update(attributes: &[&[u8]], hosts: u8) -> Vec<u8> {
    let attributes = attributes.concat();
    let len = u16::try_from(attributes.len()).unwrap().to_be_bytes();
    let hosts: Vec<u8> = (0..hosts).flat_map(|n| [32, 203, 0, 113, n]).collect();
    message(2, &[&[0, 0], &len[..], &attributes, &[24, 198, 51, 100], &hosts].concat())
}

pub(crate) fn good() -> Vec<u8> {
    update(&[ORIGIN, AS_PATH, NEXT_HOP], 0)
}

pub(crate) fn keepalive() -> Vec<u8> {
    message(4, &[])
}

/// An OPEN with these capabilities.
pub(crate) fn open(capabilities: &[u8]) -> Vec<u8> {
    let len = u8::try_from(capabilities.len()).unwrap();
    let parameters = [&[2, len], capabilities].concat();
    message(1, &[&[4, 0xfb, 0xf4, 0, 90, 192, 0, 2, 1, len + 2], &parameters[..]].concat())
}

fn hex(octets: &[u8]) -> String {
    octets
        .iter()
        .flat_map(|octet| [octet >> 4, octet & 15])
        .map(|n| char::from_digit(n.into(), 16).unwrap())
        .collect()
}

impl Files {
    pub(crate) fn octets(&self, name: &str, octets: &[u8]) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, octets).unwrap();
        path
    }
}

/// The objects of the output, one a line.
pub(crate) fn objects(said: &Said) -> Vec<Value> {
    said.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

pub(crate) fn decode(path: &std::path::Path) -> Said {
    run([std::ffi::OsStr::new("decode"), "--format=json".as_ref(), path.as_ref()])
}

/// `key` of every object.
pub(crate) fn each<'a>(objects: &'a [Value], key: &str) -> Vec<&'a Value> {
    objects.iter().map(|object| &object[key]).collect()
}

/// What the binary says of these octets on standard input.
fn piped(arguments: &[&str], octets: &[u8]) -> (Option<i32>, String) {
    let mut child = voicepeer()
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(octets).unwrap();
    let output = child.wait_with_output().unwrap();
    (output.status.code(), String::from_utf8(output.stdout).unwrap())
}

/// An MRT record.
fn mrt(kind: u8, subtype: u8, body: &[u8]) -> Vec<u8> {
    let len = u32::try_from(body.len()).unwrap().to_be_bytes();
    [&[0x65, 0x53, 0xf1, 0, 0, kind, 0, subtype], &len[..], body].concat()
}

/// A BGP4MP_MESSAGE_AS4 with this message.
fn bgp4mp(message: &[u8]) -> Vec<u8> {
    let session = [0, 0, 0xfb, 0xf5, 0, 0, 0xfb, 0xf4, 0, 0, 0, 1, 192, 0, 2, 2, 192, 0, 2, 1];
    mrt(16, 4, &[&session[..], message].concat())
}

/// A PEER_INDEX_TABLE of one peer, and a route of it to 198.51.100.0/24.
fn table() -> Vec<u8> {
    let peers =
        [&[192, 0, 2, 9, 0, 0, 0, 1][..], &[2, 192, 0, 2, 2, 192, 0, 2, 2, 0, 0, 0xfb, 0xf5]].concat();
    let attributes = [ORIGIN, AS_PATH, NEXT_HOP].concat();
    let len = u16::try_from(attributes.len()).unwrap().to_be_bytes();
    let route = [&[0, 0, 0x65, 0x53, 0xf1, 0], &len[..], &attributes].concat();
    let rib = [&[0, 0, 0, 7, 24, 198, 51, 100, 0, 1][..], &route].concat();
    [mrt(13, 1, &peers), mrt(13, 2, &rib)].concat()
}

fn gzip(octets: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    writer.write_all(octets).unwrap();
    writer.finish().unwrap()
}

fn bzip2(octets: &[u8]) -> Vec<u8> {
    let mut writer = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    writer.write_all(octets).unwrap();
    writer.finish().unwrap()
}

#[test]
fn what_a_file_is_is_told_by_its_content() {
    let files = Files::new();
    let record = bgp4mp(&good());
    let bmp = [3, 0, 0, 0, 6, 4];
    let lines = format!("{{\"hex\":\"{}\"}}\n", hex(&good()));
    let cases: &[(&str, Vec<u8>, &[&str])] = &[
        ("a stream", [good(), keepalive()].concat(), &["update", "keepalive"]),
        ("records", record.clone(), &["update"]),
        ("a table", table(), &["mrt-peer-index-table", "mrt-rib"]),
        ("BMP", bmp.to_vec(), &["bmp"]),
        ("a line", lines.clone().into_bytes(), &["update"]),
        ("lines with blanks", format!("\n  {lines}\n\n{lines}").into_bytes(), &["update", "update"]),
        ("gzip", gzip(&record), &["update"]),
        ("gzip twice", [gzip(&record), gzip(&record)].concat(), &["update", "update"]),
        ("bzip2", bzip2(&record), &["update"]),
        ("bzip2 twice", [bzip2(&record), bzip2(&record)].concat(), &["update", "update"]),
        ("nothing at all", Vec::new(), &[]),
    ];
    for (name, octets, types) in cases {
        // The name says something else.
        let said = decode(&files.octets("capture.pcap", octets));
        assert_eq!((said.status, said.err.as_str()), (Some(0), ""), "{name}");
        assert_eq!(each(&objects(&said), "type"), *types, "{name}");
        assert_eq!(piped(&["decode", "--format", "json", "-"], octets).1, said.out, "{name}");
    }
}

#[test]
fn what_is_nothing_known_is_bad_input() {
    let files = Files::new();
    decode(&files.write("x.mrt", "hello, this is a letter")).refused_with(&["x.mrt", "MRT", "JSON"], "text");
    decode(&files.path("nowhere")).refused_with(&["nowhere"], "no such file");
    decode(&files.path("")).refused_with(&["is a directory"], "a directory");
    assert_eq!(run(["decode"]).status, Some(2));
}

#[test]
fn messages_of_lines_are_judged_in_their_context() {
    let files = Files::new();
    let two = update(&[ORIGIN, &[0x40, 2, 4, 2, 1, 0xfb, 0xf5], NEXT_HOP], 0);
    let local_pref: &[u8] = &[0x40, 5, 4, 0, 0, 0, 100];
    let lines = [
        json!({"name": "good", "hex": hex(&good()), "more": {"deep": [1, 2.50]}}),
        json!({"hex": hex(&two), "context": {"as4": false}}),
        json!({"hex": hex(&two)}),
        json!({"hex": hex(&update(&[ORIGIN, AS_PATH, NEXT_HOP, local_pref], 0)), "context": {"peer": "external"}}),
        json!({"hex": hex(&update(&[ORIGIN, AS_PATH, NEXT_HOP, local_pref], 0)), "context": {"peer": "internal"}}),
        json!({"hex": hex(&[good(), keepalive()].concat()), "name": "two"}),
        json!({"hex": hex(&message(4, &[0])), "name": "long"}),
        json!({"hex": hex(&message(9, &[])), "type": "mine"}),
        json!({"hex": hex(&good()[..30])}),
        json!({"hex": hex(&message(3, &[6, 2])), "name": "mine"}),
        json!({"hex": hex(&update(&[ORIGIN, AS_PATH, NEXT_HOP], 250).repeat(1)), "context": {"extended_message": true}}),
    ];
    let text: String = lines.map(|line| line.to_string()).join("\n");
    let said = decode(&files.write("lines", &text));
    assert_eq!(said.status, Some(0), "{said:?}");
    let found = objects(&said);
    let outcomes = [
        "ok",
        "ok",
        "treat-as-withdraw",
        "attribute-discard",
        "ok",
        "ok",
        "ok",
        "session-reset",
        "session-reset",
        "session-reset",
        "ok",
        "ok",
    ];
    assert_eq!(each(&found, "outcome"), outcomes);
    assert_eq!((&found[0]["name"], &found[0]["more"]), (&json!("good"), &json!({"deep": [1, 2.50]})));
    assert_eq!(found[0]["announced"][0]["nlri"], json!(["198.51.100.0/24"]));
    assert_eq!(found[2]["findings"][0]["attribute"], "as-path");
    assert_eq!(found[3]["findings"][0]["section"], "RFC 4271 §5.1.5, RFC 7606 §7.5");
    assert_eq!((&found[5]["name"], &found[6]["name"]), (&json!("two"), &json!("two")));
    assert_eq!(found[7]["notification"]["code"], 1);
    assert_eq!(found[7]["notification"]["subcode"], 2);
    assert_eq!((&found[8]["type"], &found[8]["input"]["type"]), (&json!("unknown"), &json!("mine")));
    assert_eq!(found[8]["notification"]["subcode"], 3);
    assert!(found[9]["findings"][0]["fault"].as_str().unwrap().contains("there are 30"), "{}", found[9]);
    assert_eq!(
        (&found[10]["name"], &found[10]["error"]),
        (&json!("mine"), &json!("Administrative Shutdown"))
    );
}

#[test]
fn no_key_of_the_output_is_there_twice() {
    let files = Files::new();
    let all = [
        open(&[65, 4, 0, 0, 0xfb, 0xf4]),
        good(),
        message(3, &[6, 2]),
        keepalive(),
        message(5, &[0, 1, 0, 1]),
        // A Hard Reset, which holds another NOTIFICATION, and a family to disable.
        message(3, &[6, 9, 6, 2]),
        update(&[ORIGIN, AS_PATH, NEXT_HOP, &[0x80, 15, 5, 0, 2, 1, 200, 0]], 0),
    ];
    for octets in all.iter().chain([&message(9, &[]), &message(2, &[0, 0, 0, 0])]) {
        let plain = decode(&files.write("line", &json!({"hex": hex(octets)}).to_string()));
        let input = objects(&plain).remove(0);
        let mut line = input.clone();
        line["hex"] = hex(octets).into();
        let again = decode(&files.write("line", &line.to_string()));
        let own = plain.out.strip_prefix('{').unwrap();
        assert_eq!(again.out, format!("{{\"input\":{input},{own}"));
    }
}

#[test]
fn a_broken_tail_is_told_and_the_rest_stands() {
    let files = Files::new();
    let record = bgp4mp(&good());
    let cut = |whole: &[u8]| [whole, &whole[..whole.len() - 3]].concat();
    let zipped = gzip(&[record.clone(), record.clone()].concat());
    let cases: [(Vec<u8>, usize, String); 5] = [
        (cut(&record), 1, format!("broken at octet {}", record.len())),
        (cut(&good()), 1, format!("broken at octet {}", good().len())),
        (cut(&[3, 0, 0, 0, 7, 4, 0]), 1, "broken at octet 7".to_owned()),
        (
            format!("{{\"hex\":\"{0}\"}}\nnot JSON\n{{\"hex\":\"{0}\"}}", hex(&good())).into(),
            2,
            "line 2".to_owned(),
        ),
        (zipped[..zipped.len() - 4].to_vec(), 2, format!("broken at octet {}", 2 * record.len())),
    ];
    for (octets, whole, says) in cases {
        let said = decode(&files.octets("broken", &octets));
        assert_eq!((said.status, said.out.lines().count()), (Some(1), whole), "{said:?}");
        assert!(said.err.contains("/broken: ") && said.err.contains(&says), "{says}: {}", said.err);
    }
}

#[test]
fn a_stream_goes_on_behind_a_header_that_lies() {
    let files = Files::new();
    let stream = [good(), message(4, &[1, 2, 3]), good(), message(77, &[1]), keepalive()].concat();
    let found = objects(&decode(&files.octets("stream", &stream)));
    assert_eq!(each(&found, "outcome"), ["ok", "session-reset", "ok", "session-reset", "ok"]);
    assert_eq!(each(&found, "number"), [1, 2, 3, 4, 5]);
}

#[test]
fn records_tell_who_and_when() {
    let files = Files::new();
    let found = objects(&decode(&files.octets("x", &bgp4mp(&good()))));
    assert_eq!(found[0]["time"], "2023-11-14T22:13:20Z");
    assert_eq!(found[0]["from"], json!({"address": "192.0.2.2", "asn": 64501}));
    let found = objects(&decode(&files.octets("x", &table())));
    let route = &found[1]["routes"][0];
    assert_eq!(found[1]["prefix"], "198.51.100.0/24");
    assert_eq!((&route["from"]["address"], &route["from"]["asn"]), (&json!("192.0.2.2"), &json!(64501)));
    assert_eq!(route["attributes"]["as-path"], json!([64501]));
    let malformed = mrt(16, 4, &[0, 0, 0, 1]);
    let said = decode(&files.octets("x", &[malformed, bgp4mp(&good())].concat()));
    assert_eq!(
        (said.status, each(&objects(&said), "type")),
        (Some(0), vec![&json!("mrt-record"), &json!("update")])
    );
}

#[test]
fn text_is_for_people() {
    let files = Files::new();
    let bad = update(&[ORIGIN, AS_PATH, NEXT_HOP, &[0x40, 6, 1, 0]], 0);
    let path = files.octets("x", &[bgp4mp(&bad), bgp4mp(&good()), bgp4mp(&message(4, &[1]))].concat());
    let said = run(["decode".as_ref(), path.as_os_str()]);
    for line in [
        "#1 2023-11-14T22:13:20Z 192.0.2.2 AS64501 > 192.0.2.1 AS64500  UPDATE  attribute-discard",
        "    ! ATOMIC_AGGREGATE cannot be 1 octets long: attribute-discard (RFC 4271 §5.1.6, RFC 7606 §7.6)",
        "    origin igp, as-path 64501, next-hop 192.0.2.2",
        "    announced ipv4-unicast: 198.51.100.0/24",
        "#3 2023-11-14T22:13:20Z 192.0.2.2 AS64501 > 192.0.2.1 AS64500  KEEPALIVE  session-reset",
    ] {
        assert!(said.out.lines().any(|l| l == line), "lacks {line:?}:\n{}", said.out);
    }
}

#[test]
fn text_of_every_kind() {
    let files = Files::new();
    let session = [0, 0, 0xfb, 0xf5, 0, 0, 0xfb, 0xf4, 0, 0, 0, 1, 192, 0, 2, 2, 192, 0, 2, 1];
    let two: Vec<u8> =
        (1..=2).flat_map(|path| [&[0, 0, 0, path, 24][..], &[198, 51, 100]].concat()).collect();
    let many = update(&[ORIGIN, AS_PATH, NEXT_HOP], 20);
    let cases: [(Vec<u8>, &str); 9] = [
        (table(), "\n#2 2023-11-14T22:13:20Z RIB  ipv4-unicast 198.51.100.0/24\n"),
        (
            table(),
            "\n    192.0.2.2 AS64501, learned 2023-11-14T22:13:20Z: \
             origin igp, as-path 64501, next-hop 192.0.2.2\n",
        ),
        (mrt(16, 5, &[&session[..], &[0, 1, 0, 6]].concat()), "  STATE_CHANGE  Idle > Established\n"),
        (
            open(&[65, 4, 0, 0, 0xfb, 0xf4]),
            "    asn 64500, hold-time 90, router-id 192.0.2.1\n    capabilities\n",
        ),
        (open(&[65, 4, 0, 0, 0xfb, 0xf4]), "\n        code 65 four-octet-as, asn 64500\n"),
        (many.clone(), ": 198.51.100.0/24 203.0.113.0/32 203.0.113.1/32"),
        (many, "/32\n        203.0.113."),
        (
            mrt(16, 9, &[&session[..], &message(2, &[&[0, 16], &two[..], &[0, 0]].concat())].concat()),
            "    withdrawn ipv4-unicast:\n        198.51.100.0/24 path-id 1\n        198.51.100.0/24 path-id 2\n",
        ),
        (
            update(&[ORIGIN, AS_PATH, NEXT_HOP, &[0x40, 99, 0]], 0),
            "\n    ! attribute 99: is flagged well-known and is not known (RFC 4271 §6.3)\n",
        ),
    ];
    for (octets, want) in cases {
        let said = run(["decode".as_ref(), files.octets("x", &octets).as_os_str()]);
        assert!(said.out.contains(want), "lacks {want:?}:\n{}", said.out);
    }
}

#[test]
fn a_reset_names_the_attribute() {
    let files = Files::new();
    let bad = update(&[ORIGIN, AS_PATH, NEXT_HOP, &[0x40, 99, 0]], 0);
    let found = objects(&decode(&files.octets("x", &bad)));
    assert_eq!(found[0]["findings"][0]["attribute"], "attribute-99");
    assert_eq!(
        found[0]["notification"],
        json!({"code": 3, "subcode": 2, "error": "Unrecognized Well-known Attribute", "data": "406300"})
    );
}

#[test]
fn long_inputs_come_out_in_order() {
    let files = Files::new();
    let record = bgp4mp(&update(&[ORIGIN, AS_PATH, NEXT_HOP], 100));
    let path = files.octets("long", &record.repeat(5000));
    let found = objects(&decode(&path));
    assert!(each(&found, "number").into_iter().eq(&(1..=5000).map(Value::from).collect::<Vec<_>>()));
    let both = run(["decode".as_ref(), "--format=json".as_ref(), path.as_os_str(), path.as_os_str()]);
    assert_eq!(both.out.lines().count(), 10_000);
    assert_eq!(objects(&both)[0]["file"], path.to_str().unwrap());
}

#[test]
fn a_reader_that_has_had_enough_is_no_error() {
    let files = Files::new();
    let path = files.octets("long", &bgp4mp(&good()).repeat(20_000));
    let mut child =
        voicepeer().arg("decode").arg(&path).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]));
}
