//! EventService: reads, subscribes, writes.

use std::pin::Pin;
use std::sync::Arc;

use futures::{Stream, stream};
use tokio::sync::watch;
use tonic::{Request, Response, Status};

use super::caller::tenant;
use super::proto::v1::{self, event_service_server::EventService};
use super::{read, status, write};
use crate::shipping::{Gateway, Pace, Subscription};
use crate::tenancy::Callers;

/// The service over one gateway.
pub(super) struct Events {
    gateway: Arc<Gateway>,
    callers: Arc<Callers>,
    pace: Pace,
    /// Holds true once the server stops.
    stopped: watch::Receiver<bool>,
}

impl Events {
    pub(super) fn new(
        gateway: &Arc<Gateway>,
        callers: &Arc<Callers>,
        pace: Pace,
        stopped: watch::Receiver<bool>,
    ) -> Self {
        Self { gateway: Arc::clone(gateway), callers: Arc::clone(callers), pace, stopped }
    }
}

#[tonic::async_trait]
impl EventService for Events {
    type SubscribeStream = Pin<Box<dyn Stream<Item = Result<v1::SubscribeResponse, Status>> + Send>>;

    async fn subscribe(
        &self,
        request: Request<v1::SubscribeRequest>,
    ) -> Result<Response<Self::SubscribeStream>, Status> {
        let tenant = tenant(&self.callers, &request)?;
        let (from, kinds) = read::subscribe_request(request.into_inner()).map_err(status::of)?;
        let stopped = self.stopped.clone();
        let subscribed = self.gateway.subscribe(&tenant, from, kinds, self.pace, stopped).await;
        let subscription = subscribed.map_err(status::of)?;
        Ok(Response::new(Box::pin(stream::unfold(Some(subscription), next))))
    }
}

/// The next message, or the status that it ends with.
async fn next(
    subscription: Option<Subscription>,
) -> Option<(Result<v1::SubscribeResponse, Status>, Option<Subscription>)> {
    let mut subscription = subscription?;
    match subscription.next().await {
        Ok(message) => Some((Ok(write::subscribe_response(message?)), Some(subscription))),
        Err(error) => Some((Err(status::of(error)), None)),
    }
}
