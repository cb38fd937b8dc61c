//! VRPs and ASPAs in the JSON of validators.

use bgp_policy::rpki::{OriginState, RpkiDocument};

/// Whatever the JSON is, each VRP that is read makes its own prefix valid, unless it says that nobody may originate it.
pub fn rpki_document(data: &[u8]) {
    let Ok(document) = serde_json::from_slice::<RpkiDocument>(data) else { return };
    let vrps = document.vrps(0);
    for vrp in vrps.vrps() {
        let want = if vrp.asn().0 == 0 { OriginState::Invalid } else { OriginState::Valid };
        let validation = vrps.validate(&vrp.prefix(), Some(vrp.asn()));
        assert_eq!(validation.state(), want, "{vrp}");
        assert!(validation.evidence().any(|(evidence, _)| evidence == vrp));
    }
    let later = document.next_expiry(0).map_or(0, |at| at.saturating_add(1));
    let changes = vrps.changes(&document.vrps(later));
    assert!(changes.added().is_empty());
    assert!(changes.removed().iter().all(|vrp| changes.affects(&vrp.prefix())));
    document.aspas(later);
}

/// The documents of two validators.
pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let one =
        br#"{"metadata":{"a":1},"roas":[{"asn":1,"prefix":"198.51.100.0/24","maxLength":26,"expires":20}],
"aspas":[{"customer_asid":1,"providers":[2,3]}]}"#;
    let other = br#"{"roas":[{"asn":"AS0","prefix":"2001:db8::/32"}],"aspas":[{"customer":"AS1","providers":["AS2"]}]}"#;
    vec![one.to_vec(), other.to_vec()]
}
