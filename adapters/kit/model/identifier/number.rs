//! Numbers of known kinds: each a type of its own, parsed once.
//!
//! [`parse`] takes a kind that is known only when the program runs. What one
//! kind looks like is told in the file of its part of the world.

use std::borrow::Cow;
use std::fmt;

use super::{IdKind, Identifier, americas, asia_pacific, europe, middle_east, vat};
use crate::model::Problem;

/// Why a number is refused. It never repeats the number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdFault {
    /// Its form is wrong; what it should look like.
    #[error("has not the form of this number: {0}")]
    Format(&'static str),
    /// Its official check digit does not fit; by which rule.
    #[error("has a wrong check digit ({0}): compare it with the certificate")]
    Check(&'static str),
}

impl From<IdFault> for Problem {
    fn from(fault: IdFault) -> Self {
        Self::new(fault.to_string())
    }
}

/// What a check answers: the number as it is transmitted.
pub(super) type Checked<'a> = Result<Cow<'a, str>, IdFault>;

/// A number as somebody wrote it.
pub(super) struct Written {
    /// In capitals, blanks at its ends put aside.
    pub(super) whole: String,
    /// Letters, digits and `&` alone.
    pub(super) bare: String,
}

impl Written {
    fn of(raw: &str) -> Self {
        let whole = raw.trim().to_uppercase();
        let bare = whole.chars().filter(|c| c.is_alphanumeric() || *c == '&').collect();
        Self { whole, bare }
    }
}

/// Declares a type a kind, and the table of all kinds.
macro_rules! numbers {
    ($($(#[$words:meta])* $name:ident, $kind:ident: $check:path;)*) => {
        $(
            $(#[$words])*
            ///
            /// `Debug` shows its last two characters alone.
            #[derive(Clone, PartialEq, Eq, Hash)]
            pub struct $name(Identifier);

            impl $name {
                /// Parses the number in any usual way of writing it.
                ///
                /// # Errors
                /// [`IdFault`]: its form, or its official check digit.
                pub fn parse(raw: &str) -> Result<Self, IdFault> {
                    let written = Written::of(raw);
                    let sent = $check(&written)?;
                    // Kinds of no published form take what any identifier may have.
                    Identifier::parse(&sent).map(Self).map_err(|_| IdFault::Format("letters, digits and - . / &"))
                }

                /// The number as it is transmitted.
                pub fn identifier(&self) -> &Identifier {
                    &self.0
                }
            }

            impl fmt::Debug for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    fmt::Debug::fmt(&self.0, f)
                }
            }
        )*

        /// A number of `kind` in its transmitted form.
        ///
        /// # Errors
        /// [`IdFault`]: its form, or its official check digit. A passing number
        /// is well formed; whether it is registered only its authority can tell.
        pub fn parse(kind: IdKind, raw: &str) -> Result<Identifier, IdFault> {
            match kind {
                $(IdKind::$kind => $name::parse(raw).map(|number| number.0),)*
            }
        }
    };
}

numbers! {
    /// An IOSS number: `IM`, the numeric code of the member state of
    /// identification, six digits and a check digit.
    IossNumber, Ioss: europe::ioss;
    /// A VOEC number of Norway: seven digits; no check digit is published.
    VoecNumber, Voec: europe::voec;
    /// A VAT number of the United Kingdom or, with `XI`, of Northern Ireland.
    GbVatNumber, GbVat: vat::british;
    /// A VAT number with its prefix. Those of the member states, the United
    /// Kingdom, Switzerland and Norway are checked, others held to shape.
    VatNumber, Vat: vat::any;
    /// An EORI number: a country and one to fifteen characters.
    Eori, Eori: europe::eori;
    /// A UK Internal Market Scheme number: `GBUKIM` or `XIUKIM`, twelve digits
    /// of the EORI number and a time stamp of fourteen.
    UkimsNumber, Ukims: europe::ukims;
    /// A VAT number of Switzerland or Liechtenstein.
    SwissVatNumber, CheVat: vat::swiss;
    /// A reference number of the Australian Taxation Office: twelve digits.
    ArnNumber, Arn: asia_pacific::arn;
    /// An Australian business number: eleven digits.
    AbnNumber, Abn: asia_pacific::abn;
    /// A GST (IRD) number of New Zealand: eight or nine digits.
    NzGstNumber, NzGst: asia_pacific::ird;
    /// A GST registration of Singapore: an overseas vendor's, or a company's UEN.
    SgGstNumber, SgGst: asia_pacific::singapore;
    /// A registration for low value goods of Malaysia: 5 to 20 characters; its
    /// form is not published.
    MyLvgNumber, MyLvg: asia_pacific::malaysia;
    /// A corporate number of Japan: thirteen digits.
    JpCorporateNumber, JpCorporate: asia_pacific::japanese;
    /// A personal customs clearance code of South Korea: `P` and twelve digits.
    PcccNumber, Pccc: asia_pacific::pccc;
    /// A business registration number of South Korea: ten digits.
    KrBusinessNumber, KrBusiness: asia_pacific::korean;
    /// A citizen identity number of China: eighteen characters.
    CnIdNumber, CnId: asia_pacific::chinese;
    /// A GST number of India: fifteen characters.
    GstinNumber, Gstin: asia_pacific::gstin;
    /// A permanent account number of India: ten characters.
    PanNumber, Pan: asia_pacific::pan;
    /// An importer exporter code of India: ten characters.
    IecNumber, Iec: asia_pacific::iec;
    /// An authorised dealer code of an Indian bank: seven or fourteen digits.
    AdCodeNumber, AdCode: asia_pacific::ad_code;
    /// An e-way bill of India: twelve digits.
    EwayBillNumber, EwayBill: asia_pacific::eway_bill;
    /// An employer identification number of the US: nine digits.
    EinNumber, Ein: americas::ein;
    /// A manufacturer identification code of the US: up to fifteen characters.
    MidCode, Mid: americas::mid;
    /// An internal transaction number of the US: `X` and fourteen digits.
    ItnNumber, Itn: americas::itn;
    /// A business number of Canada with its account: nine digits, `RM`, four digits.
    Bn15Number, Bn15: americas::bn15;
    /// An RFC of Mexico: twelve characters of a company, thirteen of a person.
    RfcNumber, Rfc: americas::rfc;
    /// A CURP of Mexico: eighteen characters.
    CurpNumber, Curp: americas::curp;
    /// A CPF (11 digits) or CNPJ (14 characters) of Brazil.
    BrTaxNumber, BrTax: americas::brazilian;
    /// A certificate of a platform under Remessa Conforme: 3 to 20 characters.
    BrCertificateNumber, BrCertificate: americas::certificate;
    /// A TCKN (11 digits) or VKN (10 digits) of Türkiye.
    TrIdNumber, TrId: middle_east::turkish;
    /// A national short address of Saudi Arabia: four letters, four digits.
    SaShortAddress, SaAddress: middle_east::short_address;
}
