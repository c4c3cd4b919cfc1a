//! What an adapter implements.

use std::future::Future;
use std::sync::Arc;

use futures::future::BoxFuture;

use crate::account::Account;
use crate::descriptor::Descriptor;
use crate::exchange::Verdict;
use crate::fault::Fault;
use crate::operation::{
    FindQuery, PurchaseOrder, Purchased, Pushed, RateQuery, Rates, TrackQuery, Tracked, VoidOrder, Voided,
};
use crate::plan::Cx;
use crate::wire::Reply;

/// A carrier. Each operation is a plan over a [`Cx`]; one that is not
/// implemented says so.
pub trait Carrier: Send + Sync + 'static {
    /// Who it is and what it offers.
    fn descriptor(&self) -> &'static Descriptor;

    /// Prices the services of `query`.
    fn rate(&self, cx: &mut Cx<'_>, query: &RateQuery) -> impl Future<Output = Result<Rates, Fault>> + Send {
        let _ = (cx, query);
        async { Err(Fault::unsupported("rate")) }
    }

    /// Buys a label. It sends [`PurchaseOrder::reference`] along.
    fn purchase(
        &self,
        cx: &mut Cx<'_>,
        order: &PurchaseOrder,
    ) -> impl Future<Output = Result<Purchased, Fault>> + Send {
        let _ = (cx, order);
        async { Err(Fault::unsupported("purchase")) }
    }

    /// Looks a purchase up by its reference; `None` when the carrier does not
    /// have it, which proves nothing.
    fn find(
        &self,
        cx: &mut Cx<'_>,
        query: &FindQuery,
    ) -> impl Future<Output = Result<Option<Purchased>, Fault>> + Send {
        let _ = (cx, query);
        async { Err(Fault::unsupported("find")) }
    }

    /// Cancels a label.
    fn void(&self, cx: &mut Cx<'_>, order: &VoidOrder) -> impl Future<Output = Result<Voided, Fault>> + Send {
        let _ = (cx, order);
        async { Err(Fault::unsupported("void")) }
    }

    /// Tells where parcels are: one answer for each number, in their order.
    fn track(
        &self,
        cx: &mut Cx<'_>,
        query: &TrackQuery,
    ) -> impl Future<Output = Result<Vec<Tracked>, Fault>> + Send {
        let _ = (cx, query);
        async { Err(Fault::unsupported("track")) }
    }

    /// Reads what the carrier pushed, once its proof was found to be right: one
    /// answer for each parcel that it tells of, none when it tells of none.
    ///
    /// # Errors
    /// [`Fault::unreadable`], and [`Fault::unsupported`] where nothing is read.
    fn read_push(&self, account: &Account, push: &Pushed) -> Result<Vec<Tracked>, Fault> {
        let _ = (account, push);
        Err(Fault::unsupported("read_push"))
    }

    /// What a reply means before it is read.
    fn classify(&self, reply: &Reply) -> Verdict {
        Verdict::by_status(reply)
    }
}

/// [`Carrier`] as an object; every carrier is one.
pub trait DynCarrier: Send + Sync + 'static {
    /// See [`Carrier::descriptor`].
    fn descriptor(&self) -> &'static Descriptor;
    /// See [`Carrier::rate`].
    fn rate<'a>(&'a self, cx: &'a mut Cx<'_>, query: &'a RateQuery) -> BoxFuture<'a, Result<Rates, Fault>>;
    /// See [`Carrier::purchase`].
    fn purchase<'a>(
        &'a self,
        cx: &'a mut Cx<'_>,
        order: &'a PurchaseOrder,
    ) -> BoxFuture<'a, Result<Purchased, Fault>>;
    /// See [`Carrier::find`].
    fn find<'a>(
        &'a self,
        cx: &'a mut Cx<'_>,
        query: &'a FindQuery,
    ) -> BoxFuture<'a, Result<Option<Purchased>, Fault>>;
    /// See [`Carrier::void`].
    fn void<'a>(&'a self, cx: &'a mut Cx<'_>, order: &'a VoidOrder) -> BoxFuture<'a, Result<Voided, Fault>>;
    /// See [`Carrier::track`].
    fn track<'a>(
        &'a self,
        cx: &'a mut Cx<'_>,
        query: &'a TrackQuery,
    ) -> BoxFuture<'a, Result<Vec<Tracked>, Fault>>;
    /// See [`Carrier::read_push`].
    fn read_push(&self, account: &Account, push: &Pushed) -> Result<Vec<Tracked>, Fault>;
    /// See [`Carrier::classify`].
    fn classify(&self, reply: &Reply) -> Verdict;
}

impl<C: Carrier> DynCarrier for C {
    fn descriptor(&self) -> &'static Descriptor {
        Carrier::descriptor(self)
    }

    fn rate<'a>(&'a self, cx: &'a mut Cx<'_>, query: &'a RateQuery) -> BoxFuture<'a, Result<Rates, Fault>> {
        Box::pin(Carrier::rate(self, cx, query))
    }

    fn purchase<'a>(
        &'a self,
        cx: &'a mut Cx<'_>,
        order: &'a PurchaseOrder,
    ) -> BoxFuture<'a, Result<Purchased, Fault>> {
        Box::pin(Carrier::purchase(self, cx, order))
    }

    fn find<'a>(
        &'a self,
        cx: &'a mut Cx<'_>,
        query: &'a FindQuery,
    ) -> BoxFuture<'a, Result<Option<Purchased>, Fault>> {
        Box::pin(Carrier::find(self, cx, query))
    }

    fn void<'a>(&'a self, cx: &'a mut Cx<'_>, order: &'a VoidOrder) -> BoxFuture<'a, Result<Voided, Fault>> {
        Box::pin(Carrier::void(self, cx, order))
    }

    fn track<'a>(
        &'a self,
        cx: &'a mut Cx<'_>,
        query: &'a TrackQuery,
    ) -> BoxFuture<'a, Result<Vec<Tracked>, Fault>> {
        Box::pin(Carrier::track(self, cx, query))
    }

    fn read_push(&self, account: &Account, push: &Pushed) -> Result<Vec<Tracked>, Fault> {
        Carrier::read_push(self, account, push)
    }

    fn classify(&self, reply: &Reply) -> Verdict {
        Carrier::classify(self, reply)
    }
}

/// One carrier as it is compiled in: its adapter, its simulator, its folder.
#[derive(Clone)]
pub struct Entry {
    /// The adapter.
    pub carrier: Arc<dyn DynCarrier>,
    /// The simulator that speaks its wire format.
    #[cfg(feature = "sim")]
    pub sim: Arc<dyn crate::sim::Sim>,
    /// The folder its crate was built from, for its golden cases.
    pub folder: &'static str,
}

impl Entry {
    /// The carrier's id.
    pub fn id(&self) -> &'static str {
        self.carrier.descriptor().id
    }
}
