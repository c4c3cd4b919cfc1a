//! What Chronopost's event codes mean for a parcel.
//!
//! The list was gathered from events seen, the carrier publishes none: a code
//! that is not here says nothing about the state. Start with [`TABLE`].

use parcelgate_kit::model::TrackStatus as S;
use parcelgate_kit::status::{Row as R, StatusTable};

/// On the way back to the sender.
pub(crate) const RETURNING: &str = "R";

/// Every code known.
pub(crate) const TABLE: StatusTable = StatusTable::new(&[
    R::notice("DC", S::PreTransit, "being prepared by the sender"),
    R::notice("EA", S::PreTransit, "part of a grouped shipment"),
    R::scan("DB", S::Accepted, "handed over by the sender"),
    R::scan("PC", S::Accepted, "taken over"),
    R::scan("DY", S::Accepted, "registered at a post office"),
    R::scan("SC", S::InTransit, "sorted at the departure depot"),
    R::scan("EC", S::InTransit, "sorted at the departure depot"),
    R::scan("TS", S::InTransit, "on the way"),
    R::scan("O", S::InTransit, "on the way"),
    R::scan("TP", S::InTransit, "on the way"),
    R::scan("T", S::InTransit, "on the way"),
    R::scan("TT", S::InTransit, "on the way"),
    R::scan("RO", S::InTransit, "on the way"),
    R::scan("EI", S::InTransit, "entered the country"),
    R::notice("SJ", S::InTransit, "customs question solved"),
    R::notice("I", S::InTransit, "waiting"),
    // One code for sorted and for postponed by a day: the words tell, the state is the same.
    R::scan("SD", S::InTransit, "at the delivery depot"),
    R::notice("A2", S::InTransit, "delayed"),
    R::notice("AT", S::InTransit, "to be delivered on Monday"),
    R::notice("IS", S::InTransit, "postponed"),
    R::notice("IA", S::InTransit, "postponed"),
    R::scan("TA", S::OutForDelivery, "out for delivery"),
    R::scan("RB", S::InTransit, "on the way to the pick-up point"),
    R::scan("AB", S::AvailableForPickup, "at the pick-up point"),
    R::scan("RI", S::Delivered, "handed over at the pick-up point"),
    R::scan("D", S::Delivered, "delivered"),
    R::scan("P", S::Attempted, "nobody was there"),
    R::notice("SK", S::Exception, "waiting for information from the customer"),
    R::scan(RETURNING, S::Returning, "on the way back to the sender"),
    R::remark("SM", "message sent"),
    R::remark("CL", "delivery instruction received"),
]);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_code_stands_twice_and_blanks_do_not_matter() {
        assert!(TABLE.doubles().is_empty());
        assert_eq!(TABLE.look_up("TA ", "").status, Some(S::OutForDelivery));
        assert!(!TABLE.look_up("ZZ", "").known);
    }
}
