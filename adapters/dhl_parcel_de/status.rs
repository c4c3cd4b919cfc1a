//! What the carrier's event codes mean.
//!
//! An event has a standard code, a finer one (ICE) and a reason (RIC). The finest that stands in the table
//! counts. Codes are those of the carrier's published list of combinations, July 2024. Start with [`meaning`].

use parcelgate_kit::model::TrackStatus as S;
use parcelgate_kit::status::{Meaning, Row, StatusTable};

/// The meaning of an event. A return's delivery is the sender's.
pub(crate) fn meaning(standard: &str, ice: &str, ric: &str, is_return: bool) -> Meaning {
    let both = format!("{ice} {ric}");
    let finest = TABLE.rows().iter().any(|row| row.code == standard.trim() && row.detail == both);
    let mut meaning = TABLE.look_up(standard, if finest { &both } else { ice });
    if is_return && meaning.status == Some(S::Delivered) {
        meaning.status = Some(S::Returned);
    }
    meaning
}

/// Whether the event takes the one before it back: the driver deleted it.
pub(crate) fn retracts(ice: &str) -> bool {
    ice.trim() == "STORN"
}

const fn scan(code: &'static str, detail: &'static str, status: S, words: &'static str) -> Row {
    Row { code, detail, status: Some(status), physical: true, words }
}

/// Said of the data, not of the parcel in hand.
const fn data(code: &'static str, detail: &'static str, status: Option<S>, words: &'static str) -> Row {
    Row { code, detail, status, physical: false, words }
}

/// Code and detail of every row; a detail is an ICE code, or one with its RIC.
#[rustfmt::skip]
const TABLE: StatusTable = StatusTable::new(&[
    data("VA", "", Some(S::PreTransit), "announced electronically"),
    data("AN", "", Some(S::PreTransit), "pick-up failed"),
    scan("AN", "OFWRD", S::PreTransit, "pick-up passed on"),
    scan("ES", "", S::Accepted, "handed over to the carrier"),
    scan("AE", "", S::Accepted, "picked up"),
    scan("AA", "", S::InTransit, "at or from the centre of origin"),
    scan("AA", "DMGDS", S::Damaged, "damage found"),
    scan("EE", "", S::InTransit, "at the centre of destination"),
    scan("EE", "DMGDS", S::Damaged, "damage found"),
    scan("NB", "", S::InTransit, "being processed"),
    scan("PO", "", S::OutForDelivery, "out for delivery"),
    scan("PO", "MVARR", S::InTransit, "vehicle arrived"),
    scan("PO", "INFCL", S::InTransit, "in a facility"),
    scan("PO", "HLDCC", S::AvailableForPickup, "held for collection"),
    scan("PO", "HNDDE", S::InTransit, "handed over to a partner"),
    scan("PO", "FWDCF", S::InTransit, "passed on to the right facility"),
    scan("PO", "RELBL", S::InTransit, "relabelled"),
    scan("PO", "REPCK", S::InTransit, "repacked"),
    data("PO", "ROUCR", Some(S::InTransit), "route corrected"),
    data("PO", "NTADT", Some(S::InTransit), "not yet on a delivery tour"),
    scan("PO", "OFWRD", S::InTransit, "forwarded"),
    scan("PO", "OFWRD RTSCR", S::Returning, "back to the sender on request"),
    scan("PO", "EXPHD", S::Exception, "held"),
    scan("PO", "MSRTD", S::Exception, "missorted"),
    scan("PO", "LDEXC", S::Exception, "not loaded as planned"),
    scan("PO", "MVTEX", S::Exception, "transport disturbed"),
    scan("PO", "NTDEL", S::Attempted, "not delivered"),
    scan("LA", "", S::InTransit, "in storage"),
    scan("LA", "HLDCC", S::AvailableForPickup, "held for collection"),
    scan("LA", "CNRFC", S::AvailableForPickup, "receiver told to collect"),
    scan("ZF", "", S::AvailableForPickup, "delivered to an outlet"),
    scan("ZF", "LDTMV", S::InTransit, "on the way to an outlet"),
    scan("ZF", "EXPHD", S::Exception, "held"),
    scan("ZU", "", S::Delivered, "delivered"),
    scan("ZU", "MVARR", S::InTransit, "vehicle arrived"),
    scan("ZU", "DSPSD", S::Exception, "disposed of"),
    scan("ZN", "", S::Attempted, "delivery failed"),
    data("ZN", "ADVIS", None, "advice"),
    scan("ZN", "NTDEL RFUSD", S::Refused, "refused"),
    scan("ZN", "DLVRF", S::Refused, "refused"),
    scan("ZN", "RETRN", S::Returning, "goes back to the sender"),
    scan("ZN", "OFWRD", S::InTransit, "redirected"),
    scan("ZN", "OFWRD RTSCR", S::Returning, "back to the sender on request"),
    scan("ZN", "OFWRD RTSSA", S::Returning, "back to the sender as agreed"),
    scan("ZN", "LDTMV", S::InTransit, "loaded again"),
    scan("ZN", "LDEXC", S::Exception, "not loaded as planned"),
    scan("ZN", "MSRTD", S::Exception, "missorted"),
    scan("ZN", "EXPHD", S::Exception, "held"),
    data("ZN", "EXPHD LOSTX", Some(S::Lost), "lost"),
    data("ZN", "RCCLS LOSTX", Some(S::Lost), "closed as lost"),
    scan("ZN", "DSPSD", S::Exception, "disposed of"),
    scan("ZO", "", S::Customs, "with customs"),
    scan("ZO", "RETRN", S::Returning, "goes back to the sender"),
    scan("ZO", "EXPHD", S::Exception, "held by customs"),
    data("BV", "", Some(S::Exception), "exception"),
    scan("BV", "SECHK", S::InTransit, "security check"),
    data("BV", "TRBCR", Some(S::InTransit), "being looked for"),
    scan("BV", "REPCK", S::InTransit, "repacked"),
    scan("BV", "RELBL", S::InTransit, "relabelled"),
    scan("BV", "INFCL", S::InTransit, "in a facility"),
    scan("BV", "HLDCU", S::Customs, "held by customs"),
    data("BV", "PURCR", Some(S::PreTransit), "pick-up ordered"),
    data("BV", "CANCL", Some(S::Cancelled), "cancelled by the sender"),
    scan("BV", "DMGDS", S::Damaged, "damage found"),
    data("BV", "EXPHD LOSTX", Some(S::Lost), "lost"),
    data("BV", "RCCLS LOSTX", Some(S::Lost), "closed as lost"),
    scan("BV", "RETRN", S::Returning, "goes back to the sender"),
    scan("BV", "OFWRD", S::InTransit, "forwarded"),
    scan("BV", "OFWRD RTSCR", S::Returning, "back to the sender on request"),
    data("DD", "", None, "data"),
    data("GT", "", None, "money of cash on delivery"),
]);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_finest_code_counts() {
        let of = |standard, ice, ric| meaning(standard, ice, ric, false).status;
        assert_eq!(of("ZU", "DLVRD", "NHOME"), Some(S::Delivered));
        assert_eq!(of("GT", "DLVRD", ""), None);
        assert_eq!(of("ZU", "MVARR", "NRQRD"), Some(S::InTransit));
        assert_eq!(of("ZN", "NTDEL", "NHOME"), Some(S::Attempted));
        assert_eq!(of("ZN", "NTDEL", "RFUSD"), Some(S::Refused));
        assert_eq!(of("PO", "LDTMV", ""), Some(S::OutForDelivery));
        assert_eq!(of("ZN", "OFWRD", "RTSSA"), Some(S::Returning));
        assert_eq!(of("ZN", "OFWRD", "RDRCR"), Some(S::InTransit));
        assert_eq!(of("BV", "RCCLS", "GHSTP"), Some(S::Exception));
        assert_eq!(meaning("ZU", "DLVRD", "", true).status, Some(S::Returned));
        assert!(!meaning("XX", "DLVRD", "", false).known);
    }

    #[test]
    fn no_code_stands_twice() {
        assert_eq!(TABLE.doubles(), []);
    }
}
