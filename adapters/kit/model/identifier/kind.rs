//! What an identifier is, by the names that callers, rules and carriers use.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Declares the kinds once: the variant, its name, what it is.
macro_rules! kinds {
    ($($(#[$words:meta])* $variant:ident = $name:literal,)*) => {
        /// What an identifier is.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        #[non_exhaustive]
        pub enum IdKind {
            $($(#[$words])* #[serde(rename = $name)] $variant,)*
        }

        impl IdKind {
            /// Every kind, for tables and tests.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The name callers see (`IOSS`).
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }
    };
}

kinds! {
    /// Import One-Stop Shop number of the EU.
    Ioss = "IOSS",
    /// VAT On E-Commerce number of Norway.
    Voec = "VOEC",
    /// VAT number of the United Kingdom.
    GbVat = "GB_VAT",
    /// VAT number of another country, with its prefix.
    Vat = "VAT",
    /// Economic Operators' Registration and Identification number.
    Eori = "EORI",
    /// UK Internal Market Scheme number.
    Ukims = "UKIMS",
    /// VAT number of Switzerland.
    CheVat = "CHE_VAT",
    /// ATO reference number of Australia.
    Arn = "ARN",
    /// Australian business number.
    Abn = "ABN",
    /// GST number (IRD) of New Zealand.
    NzGst = "NZGST",
    /// GST registration of Singapore, overseas vendor or local company.
    SgGst = "SGOVR",
    /// Registration for sales tax on low value goods of Malaysia.
    MyLvg = "MYLVG",
    /// Corporate number of Japan.
    JpCorporate = "JP_CORP",
    /// Personal customs clearance code of South Korea.
    Pccc = "PCCC",
    /// Business registration number of South Korea.
    KrBusiness = "KR_BRN",
    /// Citizen identity number of China.
    CnId = "CN_ID",
    /// GST number of India.
    Gstin = "GSTIN",
    /// Permanent account number of India.
    Pan = "PAN",
    /// Importer exporter code of India.
    Iec = "IEC",
    /// Authorised dealer code of an Indian bank.
    AdCode = "AD_CODE",
    /// E-way bill of India.
    EwayBill = "EWAY_BILL",
    /// Employer identification number of the US, as importer of record.
    Ein = "EIN",
    /// Manufacturer identification code of the US.
    Mid = "MID",
    /// Internal transaction number of an export filing in the US.
    Itn = "ITN",
    /// Business number of Canada with its import account.
    Bn15 = "BN15",
    /// RFC of Mexico.
    Rfc = "RFC",
    /// CURP of Mexico.
    Curp = "CURP",
    /// CPF or CNPJ of Brazil.
    BrTax = "BR_TAX",
    /// Certificate of a platform under Remessa Conforme of Brazil.
    BrCertificate = "BR_PRC_CERT",
    /// TCKN or VKN of Türkiye.
    TrId = "TR_ID",
    /// National short address of Saudi Arabia.
    SaAddress = "SA_ADDR",
}

impl IdKind {
    /// Finds a kind by its name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == name)
    }

    /// Whether it names a natural person, or may: such numbers are shown to
    /// nobody but the carrier that needs them.
    pub fn is_personal(self) -> bool {
        matches!(
            self,
            Self::Pccc | Self::CnId | Self::Pan | Self::Rfc | Self::Curp | Self::BrTax | Self::TrId
        )
    }
}

impl fmt::Display for IdKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
