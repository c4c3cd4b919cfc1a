//! The note that stands at a struck rating: the problem was not caused by the seller.
//!
//! An id names the meaning and its version; a text is never changed under its id. Start at [`StatementId::in_language`].

use serde::{Deserialize, Serialize};

use super::language::Language;

/// What a note says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum StatementId {
    /// The seller handed over in time; what went wrong afterwards was not the seller's doing.
    #[serde(rename = "DELIVERY_NOT_CAUSED_BY_SELLER.1")]
    NotBySeller,
    /// The marketplace sent the order and answers for its delivery.
    #[serde(rename = "SENT_BY_MARKETPLACE.1")]
    ByMarketplace,
}

/// A note in a language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// What it says.
    pub id: StatementId,
    /// The language of the text.
    pub language: Language,
    /// The text.
    pub text: String,
}

impl StatementId {
    /// As callers see it.
    pub fn as_str(self) -> &'static str {
        match self {
            StatementId::NotBySeller => "DELIVERY_NOT_CAUSED_BY_SELLER.1",
            StatementId::ByMarketplace => "SENT_BY_MARKETPLACE.1",
        }
    }

    /// The note in a language; the Spanish of Mexico has the same words as that of Spain.
    pub fn in_language(self, language: Language) -> Statement {
        Statement { id: self, language, text: self.text(language).to_owned() }
    }

    fn text(self, language: Language) -> &'static str {
        use Language::{English, French, German, Italian, MexicanSpanish, Spanish};
        match (self, language) {
            (StatementId::NotBySeller, English) => {
                "The seller shipped this order on time. The delivery problem was not caused by the seller."
            }
            (StatementId::NotBySeller, French) => {
                "Le vendeur a expédié cette commande à temps. Le problème de livraison n'a pas été causé par le vendeur."
            }
            (StatementId::NotBySeller, German) => {
                "Diese Bestellung wurde pünktlich versandt. Das Problem bei der Lieferung wurde nicht vom Verkäufer \
                 verursacht."
            }
            (StatementId::NotBySeller, Italian) => {
                "Il venditore ha spedito l'ordine in tempo. Il problema di consegna non è stato causato dal venditore."
            }
            (StatementId::NotBySeller, Spanish | MexicanSpanish) => {
                "El vendedor envió este pedido a tiempo. El problema con la entrega no fue causado por el vendedor."
            }
            (StatementId::ByMarketplace, English) => {
                "This order was shipped by the marketplace. The delivery problem was not caused by the seller."
            }
            (StatementId::ByMarketplace, French) => {
                "Cette commande a été expédiée par la place de marché. Le problème de livraison n'a pas été causé par \
                 le vendeur."
            }
            (StatementId::ByMarketplace, German) => {
                "Diese Bestellung wurde vom Marktplatz versandt. Das Problem bei der Lieferung wurde nicht vom \
                 Verkäufer verursacht."
            }
            (StatementId::ByMarketplace, Italian) => {
                "L'ordine è stato spedito dal marketplace. Il problema di consegna non è stato causato dal venditore."
            }
            (StatementId::ByMarketplace, Spanish | MexicanSpanish) => {
                "Este pedido fue enviado por el propio sitio de venta. El problema con la entrega no fue causado por \
                 el vendedor."
            }
        }
    }
}
