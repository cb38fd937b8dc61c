//! RPSL: the lines of a dump, an index of its objects, and its sets resolved.

use bgp_policy::irr::{
    Bgpq4Document, IrrBuilder, IrrIndex, IrrObject, IrrState, RpslReader, SetClass, SetName, WhoisReply,
};

/// Whatever the lines are, objects come out, every route that was read is registered, and every set is resolved.
pub fn irr(data: &[u8]) {
    let (mut reader, mut builder) = (RpslReader::default(), IrrBuilder::default());
    let (mut routes, mut sets, mut objects) = (Vec::new(), Vec::new(), 0);
    let mut take = |object: IrrObject| {
        objects += 1;
        match &object {
            IrrObject::Route(route) => routes.push((route.prefix, route.origin)),
            IrrObject::Set(set) => sets.push(set.name.clone()),
            IrrObject::AutNum(_) => {}
        }
        builder.add(object);
    };
    let mut faults = Vec::new();
    for line in data.split(|b| *b == b'\n') {
        reader.line(line, &mut |fault| faults.push(fault)).into_iter().for_each(&mut take);
    }
    reader.finish(&mut |fault| faults.push(fault)).into_iter().for_each(&mut take);
    let lines = data.split(|b| *b == b'\n').count() as u64;
    assert!(faults.iter().all(|fault| (1..=lines).contains(&fault.line)), "{faults:?}");
    let index = builder.build();
    for (prefix, origin) in routes {
        assert_eq!(index.state(&prefix, Some(origin)), IrrState::Registered, "{prefix} {origin}");
        assert!(index.prefixes_of(origin).any(|other| other == prefix));
    }
    sets.iter().for_each(|name| resolve(&index, name));
}

fn resolve(index: &IrrIndex, name: &SetName) {
    assert_eq!(name.to_string().parse().as_ref(), Ok(name));
    let report = match name.class() {
        SetClass::As => index.as_set(name).expect("it was read").report,
        SetClass::Route => index.route_set(name).expect("it was read").report,
    };
    assert!(!report.cut && report.sets > 0, "{report:?}");
    let told =
        report.missing.iter().map(ToString::to_string).chain(report.cycles.iter().map(ToString::to_string));
    assert!(told.into_iter().all(|text| !text.is_empty()));
}

/// A dump with something of everything.
pub(crate) fn seeds() -> Vec<Vec<u8>> {
    vec![DUMP.as_bytes().to_vec()]
}

const DUMP: &str = "% remark
as-set: AS-A # one
members: AS1, AS-B
+ , AS2
mbrs-by-ref: M
source: T

as-set: AS1:AS-B
members: AS-A,AS1:AS-B

route-set: RS-A
members: 10.0.0.0/8^9-10,RS-A^+,AS1^-
mp-members: ::/0

aut-num: AS3
member-of: AS-A
mnt-by: m
source: T

route: 010.0.0.0/8
origin: AS1

route6: 2001:db8::/32
origin: AS2
member-of: RS-A
";

/// Whatever a server answers, what is read of it is part of it, and nothing that is cut off is taken for whole.
pub fn irr_whois(data: &[u8]) {
    let mut rest = data;
    while let Ok(Some((reply, len))) = WhoisReply::read(rest) {
        assert!(len > 0 && len <= rest.len());
        for cut in [len / 2, len - 1] {
            assert_eq!(WhoisReply::read(&rest[..cut]), Ok(None), "{reply:?}");
        }
        rest = &rest[len..];
    }
}

/// Every kind of answer.
pub(crate) fn whois_seeds() -> Vec<Vec<u8>> {
    vec![b"C\nD\nE\nF no\nA8\nAS1 AS2\nC\nA0\r\nC\r\n".to_vec()]
}

/// Whatever the JSON is, its lists are read or an error says where it is wrong.
pub fn bgpq4(data: &[u8]) {
    let Ok(Ok(document)) = str::from_utf8(data).map(str::parse::<Bgpq4Document>) else { return };
    for name in document.names() {
        let (prefixes, asns) = (document.prefixes(name), document.asns(name));
        for range in prefixes.expect("a name of the document's") {
            assert_eq!(range.to_string().parse(), Ok(range));
        }
        assert!(asns.is_some());
    }
}

/// Lists of both kinds.
pub(crate) fn bgpq4_seeds() -> Vec<Vec<u8>> {
    let prefixes = br#"{"NN":[{"prefix":"198.18.0.0\/15","exact":false,"greater-equal":20,"less-equal":24},{"prefix":"::/0","exact":true}]}"#;
    vec![prefixes.to_vec(), br#"{"NN":[1,64500]}"#.to_vec()]
}
