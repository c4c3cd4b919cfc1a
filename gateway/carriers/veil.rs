//! A veil over tax and customs numbers in what comes back from a carrier.
//!
//! A carrier that refuses a number likes to repeat it. Its words go into
//! errors, notices, alarms and logs, where no number of a person and no IOSS
//! number may stand: here they are masked before anything else sees them. Start
//! with [`Veil::over`].

use parcelgate_kit::fault::Fault;
use parcelgate_kit::model::{CarrierOffer, Notice, Refusal, RegionalIds};
use parcelgate_kit::operation::{Purchased, Rates, Voided};

/// Hides the numbers of one shipment.
#[derive(Clone, Debug)]
pub struct Veil<'a>(&'a RegionalIds);

impl<'a> Veil<'a> {
    /// A veil over these numbers.
    pub fn over(ids: &'a RegionalIds) -> Self {
        Self(ids)
    }

    /// A failure without them.
    pub fn fault(&self, mut fault: Fault) -> Fault {
        self.text(&mut fault.message);
        for words in [&mut fault.carrier_code, &mut fault.carrier_words, &mut fault.field] {
            words.iter_mut().for_each(|words| self.text(words));
        }
        fault
    }

    /// Prices without them.
    pub(super) fn rates(&self, mut rates: Rates) -> Rates {
        rates.offers.iter_mut().for_each(|offer: &mut CarrierOffer| self.notices(&mut offer.notices));
        rates.refusals.iter_mut().for_each(|refusal| self.refusal(refusal));
        self.notices(&mut rates.notices);
        rates
    }

    /// A purchase without them; its documents are the carrier's papers and stay
    /// as they are.
    pub(super) fn purchased(&self, mut purchased: Purchased) -> Purchased {
        self.notices(&mut purchased.notices);
        purchased.charges.iter_mut().for_each(|charge| self.text(&mut charge.name));
        purchased
    }

    /// A cancellation without them.
    pub fn voided(&self, mut voided: Voided) -> Voided {
        self.notices(&mut voided.notices);
        voided
    }

    fn refusal(&self, refusal: &mut Refusal) {
        self.text(&mut refusal.words);
        self.text(&mut refusal.code);
        for words in [&mut refusal.observed, &mut refusal.limit] {
            words.iter_mut().for_each(|words| self.text(words));
        }
    }

    fn notices(&self, notices: &mut [Notice]) {
        for notice in notices {
            self.text(&mut notice.words);
            self.text(&mut notice.code);
        }
    }

    /// Masks each number, in capitals or small letters, with blanks, dots and
    /// hyphens between its characters or without.
    fn text(&self, text: &mut String) {
        for id in &self.0.0 {
            let (value, masked) = (id.value.expose(), id.value.masked());
            while let Some((start, end)) = find(text, value) {
                text.replace_range(start..end, &masked);
            }
        }
    }
}

/// Where `value` stands in `text`, as bytes from and to.
fn find(text: &str, value: &str) -> Option<(usize, usize)> {
    let is_sign = |c: char| matches!(c, ' ' | '-' | '.' | '/');
    let wanted: Vec<_> = value.chars().filter(|c| !is_sign(*c)).map(|c| c.to_ascii_uppercase()).collect();
    text.char_indices().find_map(|(start, first)| {
        if is_sign(first) {
            return None;
        }
        let mut left = wanted.iter();
        for (at, c) in text.get(start..)?.char_indices().filter(|(_, c)| !is_sign(*c)) {
            match left.next() {
                Some(next) if *next == c.to_ascii_uppercase() => {}
                _ => return None,
            }
            if left.len() == 0 {
                return Some((start, start + at + c.len_utf8()));
            }
        }
        None
    })
}

#[cfg(test)]
mod tests {
    use parcelgate_kit::model::{AttachedId, IdKind, IdRole, Identifier};

    use super::*;

    fn ids() -> RegionalIds {
        let id = |kind, value| AttachedId {
            kind,
            value: Identifier::parse(value).unwrap(),
            holder: IdRole::Seller,
            issuer: None,
        };
        RegionalIds(vec![id(IdKind::Ioss, "IM3729999902"), id(IdKind::BrTax, "123.456.789-09")])
    }

    #[test]
    fn a_number_is_masked_however_it_is_written() {
        let ids = ids();
        let veil = Veil::over(&ids);
        for words in
            ["no IM3729999902!", "im3729999902", "IM 372 999 9902", "12345678909", "123.456.789-09 is bad"]
        {
            let fault = veil.fault(Fault::refused("X", words));
            let told = format!("{fault:?} {fault}").to_uppercase();
            let plain: String = told.chars().filter(char::is_ascii_alphanumeric).collect();
            assert!(!plain.contains("37299999") && !plain.contains("123456789"), "{words}: {told}");
            assert!(told.contains("**"), "{told}");
        }
    }

    #[test]
    fn other_words_stay_as_they_are() {
        let ids = ids();
        let fault = Fault::refused("9120", "the number IM37299999 is too short");
        assert_eq!(Veil::over(&ids).fault(fault.clone()), fault);
    }
}
