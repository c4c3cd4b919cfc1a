//! Lets a simulated carrier push what happened to a parcel, to a listener on this machine.
//!
//! It must never send anything off loopback. Start with [`push`].

use std::net::SocketAddr;

use bytes::Bytes;
use http::header::HOST;
use http_body_util::Full;
use hyper_util::rt::TokioIo;
use parcelgate_kit::sim::json_response;
use serde::Deserialize;
use serde_json::json;
use tokio::net::TcpStream;

use super::Sandbox;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// The parcel's tracking number.
    number: String,
    /// Where to, such as `http://127.0.0.1:9091/hooks/{carrier}/{account}`.
    to: String,
    /// Headers that are sent instead of the carrier's own: a forgery.
    #[serde(default)]
    headers: Vec<(String, String)>,
}

/// Sends what the carrier pushes of a parcel, and answers with the status that came back.
pub(super) async fn push(
    sandbox: &Sandbox,
    carrier: &str,
    request: &http::Request<Bytes>,
) -> http::Response<Bytes> {
    match sent(sandbox, carrier, request).await {
        Ok(status) => json_response(200, &json!({ "status": status })),
        Err(words) => json_response(400, &json!({ "error": words })),
    }
}

async fn sent(sandbox: &Sandbox, carrier: &str, request: &http::Request<Bytes>) -> Result<u16, String> {
    let wanted: Wanted = serde_json::from_slice(request.body()).map_err(|error| error.to_string())?;
    let simulated = sandbox.simulated(carrier).ok_or(format!("no carrier `{carrier}` is simulated here"))?;
    let pushed = {
        let world = simulated.world(sandbox.clock());
        simulated.sim().push(&world, &wanted.number)
    };
    let mut pushed =
        pushed.ok_or("it pushes nothing of such a parcel: the carrier, the number?".to_owned())?;
    let to: http::Uri = wanted.to.parse().map_err(|_| "`to` is no address".to_owned())?;
    let address: Option<SocketAddr> = to.authority().and_then(|authority| authority.as_str().parse().ok());
    let address = address
        .filter(|address| address.ip().is_loopback())
        .ok_or("`to` must be an address of this machine, such as http://127.0.0.1:9091/hooks".to_owned())?;
    let path = to.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
    *pushed.uri_mut() = path.parse().map_err(|_| "`to` has no path".to_owned())?;
    for (name, value) in [(HOST.as_str().to_owned(), address.to_string())].into_iter().chain(wanted.headers) {
        let name: http::HeaderName = name.parse().map_err(|_| format!("`{name}` is no header"))?;
        let value: http::HeaderValue = value.parse().map_err(|_| "a header's value is none".to_owned())?;
        pushed.headers_mut().insert(name, value);
    }
    let told = |error: &dyn std::fmt::Display| format!("`{address}` could not be reached: {error}");
    let stream = TcpStream::connect(address).await.map_err(|error| told(&error))?;
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(|error| told(&error))?;
    let connection = tokio::spawn(connection);
    let answer = sender.send_request(pushed.map(Full::new)).await.map_err(|error| told(&error));
    connection.abort();
    Ok(answer?.status().as_u16())
}
