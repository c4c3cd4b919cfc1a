//! What marketplaces were told.

use comfy_table::Table;

use super::{bare, instant_of, table};
use crate::api::proto::v1;

/// One row a confirmation.
pub(in crate::cli) fn confirmations(all: &[v1::ShipmentConfirmation]) -> Table {
    let mut table = table(&[
        "Confirmation",
        "Order",
        "Package",
        "Tracking number",
        "State",
        "Sent",
        "Confirmed",
        "Tries",
    ]);
    for one in all {
        let state = bare(one.state().as_str_name(), "CONFIRMATION_STATE_");
        table.add_row([
            one.id.clone(),
            format!("{} {}", one.marketplace, one.order_id),
            one.package_number.to_string(),
            one.tracking_number.clone(),
            if one.voided_at.is_some() { format!("{state}, voided") } else { state },
            instant_of(one.sent_at.as_ref()),
            instant_of(one.confirmed_at.as_ref()),
            one.attempts.to_string(),
        ]);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_confirmation_is_one_row() {
        let one = v1::ShipmentConfirmation {
            id: "cf_1".into(),
            marketplace: "market".into(),
            order_id: "7-8".into(),
            package_number: 2,
            state: v1::ConfirmationState::Confirmed.into(),
            voided_at: Some(prost_types::Timestamp::default()),
            ..Default::default()
        };
        let shown = confirmations(&[one]).to_string();
        for word in ["cf_1", "market 7-8", "CONFIRMED, voided"] {
            assert!(shown.contains(word), "{word}: {shown}");
        }
    }
}
