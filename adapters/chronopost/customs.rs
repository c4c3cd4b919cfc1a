//! The customs data of a shipment, one block for each parcel.
//!
//! Must never send an identifier that has no place here: there is none for an
//! IOSS or a VOEC number. Start with [`blocks`].

use parcelgate_kit::codec::xml::Writer;
use parcelgate_kit::fault::Fault;
use parcelgate_kit::model::{IdKind, IdRole, Incoterm, Item, Money, Shipment, WeightUnit};

use crate::fit;
use crate::services::VAT;

/// What customs are told of one parcel.
pub(crate) struct Block<'a> {
    articles: Vec<Article<'a>>,
    value: Money,
    incoterm: &'static str,
    eori: Option<&'a str>,
    vat: Option<&'a str>,
}

struct Article<'a> {
    item: &'a Item,
    content: String,
    value: Money,
}

/// The blocks of `shipment`, in the order of its parcels; none where no customs
/// border is crossed.
///
/// # Errors
/// When the declaration is missing on the way out of the Union, or the goods
/// cannot be shared out among the parcels.
pub(crate) fn blocks(shipment: &Shipment) -> Result<Vec<Block<'_>>, Fault> {
    let Some(customs) = &shipment.customs else {
        let to = shipment.ship_to.country;
        if to.is_eu_member() || to.as_str() == "MC" {
            return Ok(Vec::new());
        }
        return Err(Fault::unfit("customs", format!("is missing: Chronopost asks for it to {to}")));
    };
    let incoterm = match customs.incoterm {
        Incoterm::Dap => "DAP",
        Incoterm::Ddp => "DDP",
    };
    let (eori, vat) = numbers(shipment)?;
    (0..shipment.parcels.len())
        .map(|parcel| {
            let articles = articles(shipment, parcel)?;
            let value = Money::sum(articles.iter().map(|article| article.value))
                .map_err(|error| Fault::unfit("items", error.to_string()))?
                .ok_or_else(|| {
                    Fault::unfit(
                        "items",
                        format!("has none in parcel {}: customs ask what is in it", parcel + 1),
                    )
                })?;
            Ok(Block { articles, value, incoterm, eori, vat })
        })
        .collect()
}

/// The goods of one parcel.
fn articles(shipment: &Shipment, parcel: usize) -> Result<Vec<Article<'_>>, Fault> {
    let mut articles = Vec::new();
    for (index, item) in shipment.items.iter().enumerate() {
        let belongs = match item.parcel {
            Some(its) => usize::from(its) == parcel,
            None if shipment.parcels.len() == 1 => true,
            None => {
                let problem = "is missing: Chronopost declares each parcel by itself";
                return Err(Fault::unfit(format!("items[{index}].parcel"), problem));
            }
        };
        if belongs {
            articles.push(Article {
                item,
                content: fit::ascii(&format!("items[{index}].description"), item.description.as_str())?,
                value: item
                    .line_value()
                    .map_err(|error| Fault::unfit(format!("items[{index}].unit_value"), error.to_string()))?,
            });
        }
    }
    Ok(articles)
}

/// The sender's EORI and VAT numbers: each has one place, and the consignee's have none.
///
/// # Errors
/// Unfit, when there is a number without a place.
pub(crate) fn numbers(shipment: &Shipment) -> Result<(Option<&str>, Option<&str>), Fault> {
    Ok((senders_id(shipment, &[IdKind::Eori])?, senders_id(shipment, VAT)?))
}

/// The one number of `kinds` that is the sender's side.
fn senders_id<'a>(shipment: &'a Shipment, kinds: &[IdKind]) -> Result<Option<&'a str>, Fault> {
    let mut ids = shipment.regional_ids.0.iter().filter(|id| kinds.contains(&id.kind));
    let Some(id) = ids.next() else { return Ok(None) };
    let all: Vec<_> = [id].into_iter().chain(ids).collect();
    if let Some(theirs) = all.iter().find(|id| id.holder == IdRole::Consignee) {
        let problem = format!(
            "holds {} of the consignee, for which Chronopost has no place: choose another carrier",
            theirs.kind
        );
        return Err(Fault::unfit("regional_ids", problem));
    }
    if let Some(second) = all.get(1) {
        let problem = format!("holds both {} and {}: Chronopost takes one", id.kind, second.kind);
        return Err(Fault::unfit("regional_ids", problem));
    }
    Ok(Some(id.value.expose()))
}

impl Block<'_> {
    /// Writes the block in the order of the schema.
    pub(crate) fn write(&self, to: &mut Writer) {
        to.open("customsValue", &[]);
        for (article, position) in self.articles.iter().zip(1_u32..) {
            article.write(position, to);
        }
        let pieces: u64 = self.articles.iter().map(|article| u64::from(article.item.quantity)).sum();
        to.text("currency", self.value.currency().as_str())
            .maybe("description", self.articles.first().map(|article| article.content.as_str()))
            .maybe("eori", self.eori)
            .text("incoterm", self.incoterm)
            .text("numberOfItems", &pieces.to_string())
            .text("value", &self.value.plain())
            .maybe("vatNumber", self.vat)
            .close("customsValue");
    }
}

impl Article<'_> {
    fn write(&self, position: u32, to: &mut Writer) {
        let net = self.item.net_weight.map(|one| {
            let line = one.in_unit(WeightUnit::Kg).saturating_mul(self.item.quantity.into());
            line.round_dp(3).normalize().to_string()
        });
        to.open("articlesValue", &[])
            .text("content", &self.content)
            .maybe("hscode", self.item.hs_code.as_ref().map(|code| code.as_str()))
            .maybe("netWeight", net.as_deref())
            .maybe("origin", self.item.origin.map(|origin| origin.as_str()))
            .text("position", &position.to_string())
            .text("quantity", &self.item.quantity.to_string())
            .text("value", &self.value.plain())
            .close("articlesValue");
    }
}
