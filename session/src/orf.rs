//! Filters of prefixes that one side asks the other to send by (RFC 5291, RFC 5292).

use crate::config::Config;
use crate::output::Output;
use crate::session::Session;
use bgp_wire::{
    Capability, Family, FamilySet, FilteredRefresh, MessageType, Negotiated, Open, OrfFamily, OrfGroup,
    OrfSupport, PrefixOrf, PrefixRule, Reset, WhenToRefresh,
};

const RECEIVE: u8 = 1;
const SEND: u8 = 2;

/// The octets of entries in one message: all of 4096 but what else there is.
const ROOM: usize = 4096 - 19 - 5 - 3;

/// The filters that we would send and receive, of every family.
pub(crate) fn offer(config: &Config, offer: &mut impl FnMut(Capability<'_>)) {
    let offers = &config.offers;
    let mode = if offers.orf_rx { RECEIVE } else { 0 } | if offers.orf_tx { SEND } else { 0 };
    if mode == 0 {
        return;
    }
    let types = [OrfSupport { kind: OrfGroup::PREFIX, mode }];
    let of = |family: Family| OrfFamily { family: family.afi_safi(), types: types.as_slice().into() };
    let families: Vec<_> = config.families.iter().map(of).collect();
    offer(Capability::OutboundRouteFilter(families.as_slice().into()));
}

/// Families of which one side may send the other a filter. It needs ROUTE-REFRESH, which carries it.
pub(crate) fn agreed(from: &Open<'_>, to: &Open<'_>, negotiated: &Negotiated) -> FamilySet {
    let may = |family: &Family| mode(from, *family) & SEND != 0 && mode(to, *family) & RECEIVE != 0;
    negotiated.families.iter().filter(|family| negotiated.route_refresh && may(family)).collect()
}

/// What an OPEN says of filters of prefixes.
fn mode(open: &Open<'_>, family: Family) -> u8 {
    let families = open.capabilities.iter().filter_map(|capability| match capability {
        Capability::OutboundRouteFilter(families) => Some(families),
        _ => None,
    });
    let of_family = families.flat_map(|families| families.iter()).filter(|f| f.family == family.afi_safi());
    let types = of_family.flat_map(|f| f.types.iter()).filter(|support| support.kind == OrfGroup::PREFIX);
    types.fold(0, |mode, support| mode | support.mode)
}

impl Session {
    /// Asks the peer to send what these rules permit, and all of that now, in as many messages as they need.
    pub(crate) fn send_filter(
        &mut self,
        family: Family,
        rules: &[PrefixRule],
        out: &mut impl FnMut(Output<'_>),
    ) {
        let may = self.exchange().is_some_and(|exchange| exchange.orf_tx.contains(family));
        let Some(conn) = self.established().filter(|_| may) else { return };
        let mut entries = Vec::new();
        PrefixOrf::RemoveAll.encode(&mut entries);
        let mut rules = rules.iter().copied().map(PrefixOrf::Add).peekable();
        loop {
            let mut next = Vec::new();
            while let Some(rule) = rules.peek() {
                next.clear();
                rule.encode(&mut next);
                if entries.len().saturating_add(next.len()) > ROOM {
                    break;
                }
                entries.append(&mut next);
                rules.next();
            }
            let last = rules.peek().is_none();
            let groups = [OrfGroup { kind: OrfGroup::PREFIX, entries: &entries }];
            let refresh = FilteredRefresh {
                family: family.afi_safi(),
                when: if last { WhenToRefresh::Immediate } else { WhenToRefresh::Defer },
                groups: groups.as_slice().into(),
            };
            self.send(conn, MessageType::RouteRefresh, |_, tx| refresh.encode(tx), out);
            if last {
                return;
            }
            entries.clear();
        }
    }

    /// The filter in a request for routes of a family, where both sides agreed that there may be one.
    pub(crate) fn filter_in<'a>(
        &self,
        body: &'a [u8],
        family: Family,
    ) -> Result<Option<FilteredRefresh<'a>>, Reset> {
        let agreed = self.exchange().is_some_and(|exchange| exchange.orf_rx.contains(family));
        if agreed { FilteredRefresh::decode(body) } else { Ok(None) }
    }
}
