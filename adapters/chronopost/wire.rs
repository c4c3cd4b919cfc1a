//! Where the services answer, and what they answer: only the fields used.
//!
//! Requests are written element by element in their operations, in the order of
//! the published schemas. Start with [`Service`].

use parcelgate_kit::codec::soap;
use parcelgate_kit::codec::xml::Writer;
use parcelgate_kit::fault::Fault;
use parcelgate_kit::wire::{HttpCall, Wire};
use serde::Deserialize;

/// One of the carrier's web services.
pub(crate) struct Service {
    path: &'static str,
    namespace: &'static str,
}

/// Prices.
pub(crate) const RATING: Service = Service {
    path: "/quickcost-cxf/QuickcostServiceWS",
    namespace: "http://cxf.quickcost.soap.chronopost.fr/",
};
/// Labels.
pub(crate) const SHIPPING: Service =
    Service { path: "/shipping-cxf/ShippingServiceWS", namespace: "http://cxf.shipping.soap.chronopost.fr/" };
/// Events, and cancelling.
pub(crate) const TRACKING: Service =
    Service { path: "/tracking-cxf/TrackingServiceWS", namespace: "http://cxf.tracking.soap.chronopost.fr/" };

impl Service {
    /// A call of `operation`; its children carry no namespace.
    ///
    /// # Errors
    /// When a text cannot be written as XML.
    pub(crate) fn call(&self, operation: &str, children: impl FnOnce(&mut Writer)) -> Result<Wire, Fault> {
        let body = soap::envelope(operation, self.namespace, children)?;
        Ok(HttpCall::post(self.path, "text/xml; charset=utf-8", body).header("soapaction", "\"\"").into())
    }
}

/// The body of every response.
#[derive(Deserialize)]
pub(crate) struct Response<T> {
    #[serde(rename = "return")]
    pub(crate) result: Option<T>,
}

/// How a result tells what went wrong: a code other than 0, and words.
#[derive(Clone, Deserialize, Debug, Default)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Outcome {
    pub(crate) error_code: String,
    #[serde(default)]
    pub(crate) error_message: String,
}

/// A result that may tell a failure.
pub(crate) trait Told {
    /// Its code and words.
    fn outcome(&self) -> Outcome;
}

macro_rules! told {
    ($($name:ident)+) => {
        $(impl Told for $name {
            fn outcome(&self) -> Outcome {
                Outcome { error_code: self.error_code.clone(), error_message: self.error_message.clone() }
            }
        })+
    };
}
told!(PriceList Shipped Cancelled TrackedParcel FoundParcels);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PriceList {
    error_code: String,
    #[serde(default)]
    error_message: String,
    #[serde(default, rename = "productList")]
    pub(crate) products: Vec<Product>,
}

/// A product and its price in euros.
#[derive(Deserialize)]
pub(crate) struct Product {
    #[serde(default)]
    pub(crate) amount: String,
    #[serde(default, rename = "amountTTC")]
    pub(crate) with_tax: String,
    #[serde(default, rename = "amountTVA")]
    pub(crate) tax: String,
    #[serde(default, rename = "productCode")]
    pub(crate) code: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Shipped {
    error_code: String,
    #[serde(default)]
    error_message: String,
    #[serde(default, rename = "resultMultiParcelValue")]
    pub(crate) parcels: Vec<ShippedParcel>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ShippedParcel {
    #[serde(default)]
    pub(crate) skybill_number: String,
    /// The label in base64, whatever its format.
    #[serde(default, rename = "pdfEtiquette")]
    pub(crate) label: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Cancelled {
    error_code: String,
    #[serde(default)]
    error_message: String,
    #[serde(default)]
    pub(crate) status_code: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TrackedParcel {
    error_code: String,
    #[serde(default)]
    error_message: String,
    #[serde(rename = "listEventInfoComp")]
    pub(crate) list: Option<Events>,
}

#[derive(Deserialize)]
pub(crate) struct Events {
    #[serde(default)]
    pub(crate) events: Vec<Event>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Event {
    #[serde(default)]
    pub(crate) code: String,
    #[serde(default)]
    pub(crate) event_date: String,
    #[serde(default)]
    pub(crate) event_label: String,
    #[serde(default)]
    pub(crate) office_label: String,
    #[serde(default)]
    pub(crate) zip_code: String,
    #[serde(default, rename = "infoCompList")]
    pub(crate) remarks: Vec<Remark>,
}

/// A remark on an event, by name.
#[derive(Deserialize)]
pub(crate) struct Remark {
    #[serde(default)]
    pub(crate) value: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FoundParcels {
    error_code: String,
    #[serde(default)]
    error_message: String,
    #[serde(default, rename = "listParcel")]
    pub(crate) parcels: Vec<FoundParcel>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FoundParcel {
    #[serde(default)]
    pub(crate) skybill_number: String,
}
