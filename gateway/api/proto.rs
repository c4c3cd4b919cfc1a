//! The generated modules of `proto/`: messages, server traits and client stubs.
//!
//! Messages hold what callers sent, unchecked: they are parsed into the model
//! before anything else sees them. By hand stands here only the `Debug` of the
//! messages that hold people or secrets, which must never show them. Start with
//! `proto/parcelgate/v1/shipping_service.proto`.

use std::fmt;

#[expect(
    missing_docs,
    unreachable_pub,
    clippy::as_conversions,
    reason = "generated code; its comments are checked in the proto files"
)]
mod generated {
    pub mod parcelgate {
        pub mod v1 {
            include!(concat!(env!("OUT_DIR"), "/parcelgate.v1.rs"));
        }
    }

    pub mod google {
        pub mod r#type {
            include!(concat!(env!("OUT_DIR"), "/google.r#type.rs"));
        }
    }
}

/// Details of errors: `Status`, `BadRequest`, `ErrorInfo` and their kin.
pub use tonic_types::pb as google_rpc;

/// `Money`, `Date` and `Decimal` of google.type.
pub use generated::google::r#type as google_type;
/// Services and messages of `parcelgate.v1`.
pub use generated::parcelgate::v1;

/// The encoded `FileDescriptorSet` of all of `proto/` and its imports, with
/// source info: what server reflection answers from.
pub const DESCRIPTOR_SET: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/parcelgate.bin"));

impl fmt::Debug for v1::Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Party").field("country", &self.country).finish_non_exhaustive()
    }
}

impl fmt::Debug for v1::IdentifierOnFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IdentifierOnFile")
            .field("type", &self.r#type())
            .field("holder", &self.holder())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for v1::EvaluateReviewRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EvaluateReviewRequest")
            .field("marketplace_id", &self.marketplace_id)
            .field("language", &self.language)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::v1;

    #[test]
    fn debug_shows_no_person_and_no_number() {
        let person = v1::Party {
            name: "Erika Mustermann".into(),
            phone: "+493023125117".into(),
            ..Default::default()
        };
        let number = v1::IdentifierOnFile { value: "IM2761234567".into(), ..Default::default() };
        let rate = v1::RateRequest { ship_to: Some(person), identifiers: vec![number], ..Default::default() };
        let purchase = v1::PurchaseRequest {
            selection: Some(v1::purchase_request::Selection::Pick(v1::PickSelection {
                rate_request: Some(rate),
                criterion: 0,
            })),
            ..Default::default()
        };
        let shown = format!("{purchase:?}");
        assert!(shown.contains("RateRequest"), "{shown}");
        let rating = v1::EvaluateReviewRequest { comment: "it came late".into(), ..Default::default() };
        assert!(!format!("{rating:?}").contains("late"));
        for hidden in ["Erika", "3023125117", "2761234"] {
            assert!(!shown.contains(hidden), "{shown}");
        }
    }
}
