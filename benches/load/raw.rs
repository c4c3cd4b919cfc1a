//! gRPC without messages: bytes go in and come out, so that the caller's own work is small.
//!
//! Start with [`Caller`].

use std::net::SocketAddr;

use anyhow::Result;
use bytes::{Buf, BufMut, Bytes};
use http::uri::PathAndQuery;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status};

/// Connections to one server; calls take them in turn.
const CONNECTIONS: usize = 4;

/// A codec that leaves messages as they are.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Raw;

impl Codec for Raw {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        *self
    }

    fn decoder(&mut self) -> Self {
        *self
    }
}

impl Encoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, item: Bytes, out: &mut EncodeBuf<'_>) -> Result<(), Status> {
        out.put(item);
        Ok(())
    }
}

impl Decoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, from: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(from.copy_to_bytes(from.remaining())))
    }
}

/// Calls one method of one server.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    channels: Vec<Channel>,
    path: PathAndQuery,
}

impl Caller {
    /// A caller of a method of the shipping service, such as `Rate`.
    ///
    /// # Errors
    /// When the method is no path.
    pub(crate) fn new(at: SocketAddr, method: &str) -> Result<Self> {
        let path = PathAndQuery::try_from(format!("/parcelgate.v1.ShippingService/{method}"))?;
        let channel = || -> Result<Channel> {
            Ok(Endpoint::from_shared(format!("http://{at}"))?.tcp_nodelay(true).connect_lazy())
        };
        let channels = (0..CONNECTIONS).map(|_| channel()).collect::<Result<_>>()?;
        Ok(Self { channels, path })
    }

    /// Calls with a message's bytes over the connection whose turn it is.
    ///
    /// # Errors
    /// What the server answered, in words.
    pub(crate) async fn call(&self, turn: u64, message: Bytes) -> Result<Bytes, String> {
        let count = u64::try_from(self.channels.len()).unwrap_or(1);
        let place = usize::try_from(turn % count.max(1)).unwrap_or_default();
        let channel = self.channels.get(place).cloned().ok_or("there is no connection")?;
        let mut grpc = tonic::client::Grpc::new(channel);
        grpc.ready().await.map_err(|error| error.to_string())?;
        let answered = grpc.unary(Request::new(message), self.path.clone(), Raw).await;
        answered
            .map(tonic::Response::into_inner)
            .map_err(|status| format!("{:?}: {}", status.code(), status.message()))
    }
}
