//! Cases: documents come back as they went in, or not at all.

use std::sync::Arc;

use super::Place;
use super::samples::{TENANT, at, document, finished, purchase_in};
use crate::store::{Finished, NewDocument, PurchaseState, Store, StoreError};

async fn bought(store: &Arc<dyn Store>, id: &str, documents: Vec<NewDocument>) -> Result<(), StoreError> {
    let hold = purchase_in(store, id, PurchaseState::Sending).await;
    store.finish_purchase(&hold, Finished { documents, ..finished(PurchaseState::Purchased) }).await
}

async fn blobs(store: &Arc<dyn Store>) -> u64 {
    let rows = store.stats().await.unwrap().rows;
    rows.into_iter().find(|(table, _)| table == "blobs").unwrap().1
}

pub(crate) async fn documents_read_back(place: &impl Place) {
    let store = place.open();
    let form = NewDocument { parcel: None, kind: "CUSTOMS_FORM".into(), ..document("a-form", b"") };
    bought(&store, "p1", vec![document("label", b"%PDF-1"), form]).await.unwrap();
    let (row, bytes) = store.document(TENANT, "label").await.unwrap().unwrap();
    assert_eq!(bytes, b"%PDF-1");
    assert_eq!((row.shipment.as_str(), row.size, row.parcel, row.created_at), ("p1", 6, Some(1), at(2)));
    let rows = store.documents(TENANT, "p1").await.unwrap();
    assert_eq!(rows.iter().map(|row| row.id.as_str()).collect::<Vec<_>>(), ["label", "a-form"]);
    assert_eq!((rows[0].clone(), rows[1].parcel, rows[1].size), (row, None, 0));
    assert_eq!(store.document(TENANT, "none").await.unwrap(), None);
}

pub(crate) async fn the_same_bytes_are_kept_once(place: &impl Place) {
    let store = place.open();
    bought(&store, "p1", vec![document("d1", b"same"), document("d2", b"same")]).await.unwrap();
    bought(&store, "p2", vec![document("d3", b"same"), document("d4", b"other")]).await.unwrap();
    assert_eq!(blobs(&store).await, 2);
    for id in ["d1", "d2", "d3"] {
        assert_eq!(store.document(TENANT, id).await.unwrap().unwrap().1, b"same");
    }
}

pub(crate) async fn damage_is_seen(place: &impl Place) {
    let store = place.open();
    bought(&store, "p1", vec![document("d1", b"label")]).await.unwrap();
    place.damage_documents();
    let error = store.document(TENANT, "d1").await.unwrap_err();
    assert!(matches!(&error, StoreError::Damaged { what } if what.contains("`d1`")), "{error}");
}

pub(crate) async fn storing_again_mends_damage(place: &impl Place) {
    let store = place.open();
    bought(&store, "p1", vec![document("d1", b"label")]).await.unwrap();
    place.damage_documents();
    bought(&store, "p2", vec![document("d2", b"label")]).await.unwrap();
    for id in ["d1", "d2"] {
        assert_eq!(store.document(TENANT, id).await.unwrap().unwrap().1, b"label");
    }
}

pub(crate) async fn a_taken_document_id_is_a_conflict(place: &impl Place) {
    let store = place.open();
    bought(&store, "p1", vec![document("d1", b"one")]).await.unwrap();
    let error = bought(&store, "p2", vec![document("d1", b"two")]).await.unwrap_err();
    assert!(matches!(&error, StoreError::Conflict { what } if what.contains("`d1`")), "{error}");
    assert_eq!(store.document(TENANT, "d1").await.unwrap().unwrap().1, b"one");
    assert_eq!(blobs(&store).await, 1);
}
