//! The states of a purchase and the ways between them.
//!
//! It never decides *when* a purchase moves: the purchase flow does. The store refuses every other way.
//! Start at [`PurchaseState::may_become`].

/// Where a purchase stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PurchaseState {
    /// Written down; nothing was sent to the carrier.
    Intent,
    /// The plan runs; something may have been sent.
    Sending,
    /// Something was sent and its outcome is unknown.
    InDoubt,
    /// The carrier has sold the label.
    Purchased,
    /// The carrier, or the gateway before it, refused. Terminal.
    Refused,
    /// A void is wanted and not yet answered.
    VoidRequested,
    /// The carrier has taken the label back. Terminal.
    Voided,
}

impl PurchaseState {
    /// Every state, in the order of a purchase's life.
    pub const ALL: [PurchaseState; 7] = [
        PurchaseState::Intent,
        PurchaseState::Sending,
        PurchaseState::InDoubt,
        PurchaseState::Purchased,
        PurchaseState::Refused,
        PurchaseState::VoidRequested,
        PurchaseState::Voided,
    ];

    /// Whether a purchase in this state may next be in `to`. `InDoubt`, `VoidRequested` and a watched `Refused` may
    /// stay as they are, with a new schedule.
    #[must_use]
    pub fn may_become(self, to: PurchaseState) -> bool {
        use PurchaseState::{InDoubt, Intent, Purchased, Refused, Sending, VoidRequested, Voided};
        match self {
            Intent => matches!(to, Sending | Refused),
            Sending => matches!(to, Purchased | Refused | InDoubt),
            InDoubt => matches!(to, Purchased | Refused | InDoubt),
            Purchased => matches!(to, VoidRequested),
            VoidRequested => matches!(to, Voided | Purchased | VoidRequested),
            Refused => matches!(to, Refused),
            Voided => false,
        }
    }

    /// Whether no other state may follow.
    #[must_use]
    pub fn is_terminal(self) -> bool {
        matches!(self, PurchaseState::Refused | PurchaseState::Voided)
    }

    /// Whether somebody has work to do on it: neither sold and at rest, nor terminal.
    #[must_use]
    pub fn is_open(self) -> bool {
        !self.is_terminal() && self != PurchaseState::Purchased
    }

    /// The name under which it is stored, e.g. `IN_DOUBT`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            PurchaseState::Intent => "INTENT",
            PurchaseState::Sending => "SENDING",
            PurchaseState::InDoubt => "IN_DOUBT",
            PurchaseState::Purchased => "PURCHASED",
            PurchaseState::Refused => "REFUSED",
            PurchaseState::VoidRequested => "VOID_REQUESTED",
            PurchaseState::Voided => "VOIDED",
        }
    }

    /// The state of this stored name, if there is one.
    #[must_use]
    pub fn from_name(name: &str) -> Option<PurchaseState> {
        PurchaseState::ALL.into_iter().find(|state| state.name() == name)
    }
}

impl std::fmt::Display for PurchaseState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::PurchaseState::{self, InDoubt, Intent, Purchased, Refused, Sending, VoidRequested, Voided};

    #[test]
    fn only_the_ways_of_the_table_are_legal() {
        let legal = [
            (Intent, Sending),
            (Intent, Refused),
            (Sending, Purchased),
            (Sending, Refused),
            (Sending, InDoubt),
            (InDoubt, Purchased),
            (InDoubt, Refused),
            (InDoubt, InDoubt),
            (Purchased, VoidRequested),
            (VoidRequested, Voided),
            (VoidRequested, Purchased),
            (VoidRequested, VoidRequested),
            (Refused, Refused),
        ];
        for from in PurchaseState::ALL {
            for to in PurchaseState::ALL {
                assert_eq!(from.may_become(to), legal.contains(&(from, to)), "{from} to {to}");
            }
        }
    }

    #[test]
    fn names_read_back_and_terminal_states_lead_nowhere() {
        for state in PurchaseState::ALL {
            assert_eq!(PurchaseState::from_name(state.name()), Some(state));
            let leads_on = PurchaseState::ALL.into_iter().any(|to| to != state && state.may_become(to));
            assert_eq!(state.is_terminal(), !leads_on, "{state}");
        }
        assert_eq!(PurchaseState::from_name("intent"), None);
    }
}
