//! The attributes of later standards: read to their last field, and built.

use bgp_wire::*;

pub(super) fn read_tunnels(attrs: &Attrs<'_>) -> usize {
    let endpoint = |addr: std::net::IpAddr| usize::from(addr.is_ipv4()) + 1;
    let pmsi = attrs.pmsi_tunnel().map_or(0, |tunnel| match tunnel.identifier {
        TunnelIdentifier::IngressReplication(addr) => endpoint(addr),
        other => usize::from(other.kind()),
    });
    let tunnels = attrs.tunnel_encapsulation().map_or(0, |tunnels| {
        let of =
            |t: Tunnel<'_>| t.sub_tlvs().count() + usize::from(t.endpoint() == Some(EgressEndpoint::NextHop));
        tunnels.tunnels().map(of).sum()
    });
    pmsi + tunnels
}

pub(super) fn read_seldom(attrs: &Attrs<'_>) -> usize {
    let values = |tlvs: Tlvs<'_>| tlvs.map(|tlv| tlv.value.len() + 1).sum::<usize>();
    let path = attrs.bgpsec_path().map_or(0, |path| {
        let signatures = path.blocks().flat_map(|block| block.segments()).map(|s| s.signature.len());
        path.secure_path().count() + signatures.sum::<usize>()
    });
    let sid = attrs.prefix_sid().map_or(0, |sid| {
        let services = [sid.srv6_l3_service(), sid.srv6_l2_service()].into_iter().flatten();
        let sids = services.flat_map(|service| service.sids()).map(|sid| usize::from(sid.behavior));
        usize::from(sid.label_index().is_some()) + sid.originator_srgb().count() + sids.sum::<usize>()
    });
    path + sid
        + attrs.aigp().map_or(0, |aigp| usize::from(aigp.metric().is_some()) + values(aigp.tlvs()))
        + attrs.link_state().map_or(0, |ls| ls.tlvs().map(|tlv| tlv.value.len()).sum())
        + attrs.d_path().map_or(0, |path| path.domains().count())
        + attrs.bfd_discriminator().map_or(0, |bfd| usize::from(bfd.mode) + values(bfd.tlvs()))
        + attrs.attr_set().map_or(0, |set| usize::from(set.attrs().origin().is_some()))
}

/// Every attribute that has no field in an attribute set.
pub(super) fn others() -> Vec<OwnedAttr> {
    let addr = "192.0.2.1".parse().unwrap();
    let customer = AttributeSet::new(Origin::Egp, NextHop::V4([192, 0, 2, 1].into()));
    let sid = Srv6Sid { sid: "2001:db8::".parse().unwrap(), flags: 0, behavior: 19, structure: None };
    vec![
        OwnedAttr::new(AttrCode::PMSI_TUNNEL, |out| {
            PmsiTunnel::put(0, 16, &TunnelIdentifier::IngressReplication(addr), out);
        }),
        OwnedAttr::new(AttrCode::TUNNEL_ENCAPSULATION, |out| {
            TunnelEncapsulation::put(TunnelType::GRE, out, |out| {
                SubTlv::EgressEndpoint(EgressEndpoint::Addr(addr)).put(out);
                SubTlv::Encapsulation(Encapsulation::Gre(7)).put(out);
            });
        }),
        OwnedAttr::new(AttrCode::IPV6_EXTENDED_COMMUNITIES, |out| out.extend_from_slice(&[7; 20])),
        OwnedAttr::new(AttrCode::AIGP, |out| Aigp::put_metric(7, out)),
        OwnedAttr::new(AttrCode::BGP_LS, |out| {
            LinkStateValue::Name(b"r1").put(LinkStateTlvType::NODE_NAME, out);
        }),
        OwnedAttr::new(AttrCode::D_PATH, |out| {
            DPath::put(&[DPathDomain { global: 64500, local: 1, safi: 70 }], out);
        }),
        OwnedAttr::new(AttrCode::BFD_DISCRIMINATOR, |out| BfdDiscriminator::put(1, 7, addr, out)),
        OwnedAttr::new(AttrCode::PREFIX_SID, |out| {
            PrefixSid::put_label_index(7, out);
            PrefixSid::put_originator_srgb(&[SrgbRange { base: 16000, range: 8000 }], out);
            PrefixSid::put_srv6_l3_service(out, |out| Srv6Service::put_sid(&sid, out));
        }),
        OwnedAttr::new(AttrCode(99), |out| out.resize(300, 7)),
        OwnedAttr::new(AttrCode::ATTR_SET, |out| AttrSet::put(Asn(64500), &customer, out)),
    ]
}

/// An UPDATE whose path is signed.
pub(super) fn signed() -> Vec<u8> {
    let segment = SecurePathSegment { p_count: 1, flags: 0, asn: Asn(64500) };
    let signature = SignatureSegment { ski: [7; 20], signature: &[1, 2, 3] };
    let mut path = Vec::new();
    BgpsecPath::put(&[segment, segment], &[(1, &[signature, signature])], &mut path);
    let path = [&[0x80, 33, u8::try_from(path.len()).unwrap()], &path[..]].concat();
    let others = [0x40, 1, 1, 0, 0x40, 3, 4, 192, 0, 2, 1, 0x40, 5, 4, 0, 0, 0, 100];
    let attributes = [&path[..], &others].concat();
    let len = u16::try_from(attributes.len()).unwrap().to_be_bytes();
    let body = [&[0, 0], &len[..], &attributes, &[24, 198, 51, 100]].concat();
    let len = u16::try_from(body.len() + HEADER_LEN).unwrap().to_be_bytes();
    [&[0xff; 16][..], &len, &[2], &body].concat()
}
