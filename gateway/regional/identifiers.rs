//! The forms of identifiers, and why one is not sent.
//!
//! [`check`] brings a value into its transmitted form or says what is wrong
//! with it. It never looks a number up anywhere.

use parcelgate_kit::model::{Eori, IdKind, IdRole, Identifier, IossNumber};
use serde::{Deserialize, Serialize};

use super::checks;

/// Why an identifier on file is not sent.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum DropReason {
    /// The consignment is above EUR 150.
    #[serde(rename = "OVER_150")]
    Over150,
    /// The value is above the limit of the scheme.
    OverLimit,
    /// The buyer is a business.
    B2b,
    /// Excise goods are in the consignment.
    Excise,
    /// The goods are excluded from the scheme.
    ExcludedGoods,
    /// The scheme does not reach this territory.
    Territory,
    /// Returned goods or documents.
    Content,
    /// Not a distance sale.
    NotDistanceSale,
    /// The goods are dispatched inside the EU.
    IntraEu,
    /// The registration has ended.
    Expired,
    /// The registration has not begun.
    NotYetValid,
    /// It belongs to a party that is not liable for this sale.
    OtherParty,
    /// The scheme has no use for it.
    NotNeeded,
    /// The shipment is refused.
    Refused,
}

impl DropReason {
    /// The name in codes (`OVER_150`).
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Over150 => "OVER_150",
            Self::OverLimit => "OVER_LIMIT",
            Self::B2b => "B2B",
            Self::Excise => "EXCISE",
            Self::ExcludedGoods => "EXCLUDED_GOODS",
            Self::Territory => "TERRITORY",
            Self::Content => "CONTENT",
            Self::NotDistanceSale => "NOT_DISTANCE_SALE",
            Self::IntraEu => "INTRA_EU",
            Self::Expired => "EXPIRED",
            Self::NotYetValid => "NOT_YET_VALID",
            Self::OtherParty => "OTHER_PARTY",
            Self::NotNeeded => "NOT_NEEDED",
            Self::Refused => "REFUSED",
        }
    }

    /// Why, in plain words that follow "because".
    pub fn words(self) -> &'static str {
        match self {
            Self::Over150 => "the goods are worth more than EUR 150",
            Self::OverLimit => "the value is above the limit of the scheme",
            Self::B2b => "the buyer is a business",
            Self::Excise => "excise goods are in the consignment",
            Self::ExcludedGoods => "goods are in the consignment that the scheme excludes",
            Self::Territory => "the scheme does not reach the destination",
            Self::Content => "the contents are not goods that were sold to the recipient",
            Self::NotDistanceSale => "nothing was sold at a distance",
            Self::IntraEu => "the goods are dispatched inside the EU",
            Self::Expired => "the registration has ended",
            Self::NotYetValid => "the registration had not begun when the goods were sold",
            Self::OtherParty => "it belongs to a party that is not liable for the tax of this sale",
            Self::NotNeeded => "nothing asks for it on this way",
            Self::Refused => "the shipment is refused as it stands",
        }
    }
}

/// The name that tells a recipient's number from a seller's.
pub fn label(kind: IdKind, role: IdRole) -> &'static str {
    match (kind, role) {
        (IdKind::Vat, IdRole::Consignee) => "VAT_RECIPIENT",
        (IdKind::Eori, IdRole::Consignee) => "EORI_IMPORTER",
        (IdKind::Abn, IdRole::Consignee) => "ABN_RECIPIENT",
        _ => kind.as_str(),
    }
}

/// What is wrong with a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// Its form.
    Format,
    /// Its official check digit.
    Check,
}

/// The transmitted form of a number, or what is wrong with it.
pub(super) fn check(kind: IdKind, value: &Identifier) -> Result<Identifier, Fault> {
    let bare: String = value.expose().chars().filter(char::is_ascii_alphanumeric).collect();
    let sent = match kind {
        IdKind::Ioss => {
            let number = IossNumber::parse(value.expose()).map_err(|_| Fault::Format)?;
            return Ok(number.identifier().clone());
        }
        IdKind::Eori => {
            let number = Eori::parse(value.expose()).map_err(|_| Fault::Format)?;
            return Ok(number.identifier().clone());
        }
        // Written with signs that belong to them, or of no published form.
        IdKind::MyLvg => {
            form((5..=20).contains(&value.expose().len()))?;
            return Ok(value.clone());
        }
        IdKind::Ein => {
            form(is_digits(&bare, 9))?;
            return Ok(value.clone());
        }
        IdKind::Voec => {
            let digits = bare.trim_start_matches("NO").trim_start_matches("VOEC").to_owned();
            form(is_digits(&digits, 7))?;
            digits
        }
        IdKind::Vat => recipient_vat(&bare)?,
        _ => {
            unchanged(kind, &bare)?;
            bare
        }
    };
    Identifier::parse(&sent).map_err(|_| Fault::Format)
}

fn form(fits: bool) -> Result<(), Fault> {
    if fits { Ok(()) } else { Err(Fault::Format) }
}

fn sum(fits: bool) -> Result<(), Fault> {
    if fits { Ok(()) } else { Err(Fault::Check) }
}

/// Numbers that are transmitted as they stand, blanks and signs left out.
fn unchanged(kind: IdKind, bare: &str) -> Result<(), Fault> {
    match kind {
        IdKind::Arn | IdKind::EwayBill => form(is_digits(bare, 12)),
        IdKind::Abn => form(is_digits(bare, 11)).and(sum(checks::abn(bare))),
        IdKind::NzGst => form(is_digits(bare, 8) || is_digits(bare, 9)).and(sum(checks::ird(bare))),
        IdKind::SgGst => singapore(bare),
        IdKind::GbVat => form(bare.starts_with("GB") || bare.starts_with("XI")).and_then(|()| vat(bare)),
        IdKind::CheVat => form(bare.starts_with("CHE")).and_then(|()| vat(bare)),
        IdKind::Pccc => form(bare.strip_prefix('P').is_some_and(|rest| is_digits(rest, 12))),
        IdKind::CnId => form(bare.len() == 18).and(sum(checks::chinese(bare))),
        IdKind::Gstin => form(bare.len() == 15).and(sum(checks::gstin(bare))),
        IdKind::Iec => form(bare.len() == 10),
        IdKind::AdCode => form(is_digits(bare, 7) || is_digits(bare, 14)),
        IdKind::Ukims => {
            let rest = bare.strip_prefix("GBUKIM").or(bare.strip_prefix("XIUKIM"));
            form(rest.is_some_and(|rest| is_digits(rest, 26)))
        }
        IdKind::Bn15 => canadian(bare),
        IdKind::BrTax => form(matches!(bare.len(), 11 | 14)).and(sum(checks::brazilian(bare))),
        IdKind::Rfc => mexican(bare),
        IdKind::SaAddress => form(is_short_address(bare)),
        IdKind::TrId => match bare.len() {
            11 => sum(checks::tckn(bare)),
            10 => sum(checks::vkn(bare)),
            _ => Err(Fault::Format),
        },
        IdKind::Itn => form(bare.strip_prefix('X').is_some_and(|rest| is_digits(rest, 14))),
        _ => Ok(()),
    }
}

fn canadian(bare: &str) -> Result<(), Fault> {
    let (number, account) = bare.split_at_checked(9).ok_or(Fault::Format)?;
    let known = ["RM", "RT", "RC", "RP"].iter().find_map(|kind| account.strip_prefix(kind));
    form(is_digits(number, 9) && known.is_some_and(|rest| is_digits(rest, 4)))
        .and(sum(checks::business_number(number)))
}

fn is_digits(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|b| b.is_ascii_digit())
}

fn is_short_address(bare: &str) -> bool {
    bare.split_at_checked(4)
        .is_some_and(|(letters, rest)| letters.bytes().all(|b| b.is_ascii_uppercase()) && is_digits(rest, 4))
}

fn singapore(bare: &str) -> Result<(), Fault> {
    let ends_in_letter = bare.ends_with(|c: char| c.is_ascii_uppercase());
    let body = bare.trim_start_matches('M').trim_end_matches(|c: char| c.is_ascii_uppercase());
    if bare.len() != 10 || !ends_in_letter {
        Err(Fault::Format)
    } else if bare.starts_with('M') && is_digits(body, 8) {
        Ok(())
    } else if is_digits(body, 9) {
        if checks::uen(bare) { Ok(()) } else { Err(Fault::Check) }
    } else {
        Err(Fault::Format)
    }
}

fn mexican(bare: &str) -> Result<(), Fault> {
    // The two numbers for the public and for foreigners name nobody.
    if matches!(bare, "XAXX010101000" | "XEXX010101000") {
        return Err(Fault::Check);
    }
    match bare.len() {
        12 | 13 if checks::rfc(bare) => Ok(()),
        12 | 13 => Err(Fault::Check),
        _ => Err(Fault::Format),
    }
}

/// A VAT number with its prefix; the states whose check digit is not built in
/// here are held to shape alone.
fn vat(bare: &str) -> Result<(), Fault> {
    let Some((prefix, rest)) = bare.split_at_checked(2) else { return Err(Fault::Format) };
    let rest = if prefix == "CH" { rest.trim_start_matches('E') } else { rest };
    let rest = ["MWST", "TVA", "IVA", "MVA"].iter().find_map(|end| rest.strip_suffix(end)).unwrap_or(rest);
    let verdict = match prefix {
        "GB" | "XI" if is_digits(rest, 9) || is_digits(rest, 12) => checks::gb_vat(rest),
        "GB" | "XI" => return Err(Fault::Format),
        "CH" if is_digits(rest, 9) => checks::che(rest),
        "NO" if is_digits(rest, 9) => checks::norwegian(rest),
        "DE" if is_digits(rest, 9) => checks::mod11_10(rest),
        "HR" if is_digits(rest, 11) => checks::mod11_10(rest),
        "EL" if is_digits(rest, 9) => checks::greek(rest),
        "CH" | "NO" | "DE" | "HR" | "EL" => return Err(Fault::Format),
        _ => (2..=13).contains(&rest.len()) && prefix.bytes().all(|b| b.is_ascii_uppercase()),
    };
    if verdict { Ok(()) } else { Err(Fault::Check) }
}

/// A recipient's number as it is transmitted: Greece writes `EL` in VAT
/// numbers, and Norway its bare nine digits.
fn recipient_vat(bare: &str) -> Result<String, Fault> {
    let bare = match bare.strip_prefix("GR") {
        Some(rest) => format!("EL{rest}"),
        None => bare.to_owned(),
    };
    vat(&bare)?;
    match bare.strip_prefix("NO") {
        Some(rest) => Ok(rest.trim_end_matches("MVA").to_owned()),
        None => Ok(bare),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sent(kind: IdKind, raw: &str) -> Result<String, Fault> {
        check(kind, &Identifier::parse(raw).unwrap()).map(|value| value.expose().to_owned())
    }

    #[test]
    fn numbers_take_their_transmitted_form() {
        assert_eq!(sent(IdKind::Voec, "VOEC 2012345"), Ok("2012345".to_owned()));
        assert_eq!(sent(IdKind::Vat, "GR123456783"), Ok("EL123456783".to_owned()));
        assert_eq!(sent(IdKind::Vat, "NO 912345688 MVA"), Ok("912345688".to_owned()));
        assert_eq!(sent(IdKind::Ioss, "im 276 123 4567"), Ok("IM2761234567".to_owned()));
        assert_eq!(sent(IdKind::CheVat, "CHE-123.456.788 MWST"), Ok("CHE123456788MWST".to_owned()));
    }

    #[test]
    fn form_and_check_digit_are_told_apart() {
        assert_eq!(sent(IdKind::Ioss, "IN2761234567"), Err(Fault::Format));
        assert_eq!(sent(IdKind::Abn, "18123456788"), Err(Fault::Check));
        assert_eq!(sent(IdKind::Bn15, "123456789RM0001"), Err(Fault::Check));
        assert_eq!(sent(IdKind::Pccc, "P12345678901"), Err(Fault::Format));
        assert_eq!(sent(IdKind::Rfc, "XAXX010101000"), Err(Fault::Check));
        assert_eq!(sent(IdKind::SgGst, "M90373001L"), Ok("M90373001L".to_owned()));
        assert_eq!(sent(IdKind::Vat, "DE123456789"), Err(Fault::Check));
        assert_eq!(sent(IdKind::GbVat, "DE123456788"), Err(Fault::Format));
    }

    proptest! {
        #[test]
        fn no_value_panics(raw in "[A-Z0-9 ./-]{3,40}") {
            if let Ok(value) = Identifier::parse(&raw) {
                for kind in IdKind::ALL {
                    let _ = check(*kind, &value);
                }
            }
        }
    }
}
