//! Runs a simulator with its faults; whoever owns a socket acts the outcome out.

use bytes::Bytes;

use super::{Sim, SimFault, World, response};

/// What the peer is to see.
#[derive(Debug)]
pub enum Outcome {
    /// This response, so many milliseconds late.
    Reply(http::Response<Bytes>, u64),
    /// Nothing, with the connection open.
    Hang,
    /// A closed connection.
    Reset,
}

/// Answers `request`, with the fault that is due for it.
pub fn serve(sim: &dyn Sim, world: &mut World, request: &http::Request<Bytes>) -> Outcome {
    world.count_call(request);
    let Some(fault) = world.due_fault(request) else {
        return Outcome::Reply(sim.handle(world, request), 0);
    };
    match fault {
        SimFault::Delay(millis) => Outcome::Reply(sim.handle(world, request), millis),
        SimFault::HangBefore => Outcome::Hang,
        SimFault::HangAfter => {
            sim.handle(world, request);
            Outcome::Hang
        }
        SimFault::ErrorBefore(status) => Outcome::Reply(out_of_order(status), 0),
        SimFault::ErrorAfter(status) => {
            sim.handle(world, request);
            Outcome::Reply(out_of_order(status), 0)
        }
        SimFault::Throttle(wait) => Outcome::Reply(throttled(wait), 0),
        SimFault::Malformed => {
            sim.handle(world, request);
            Outcome::Reply(response(200, "text/html", "<html><body>Welcome<br></body>"), 0)
        }
        SimFault::Truncated => {
            let whole = sim.handle(world, request);
            Outcome::Reply(whole.map(|body| body.slice(..body.len() / 2)), 0)
        }
        SimFault::SwapPdf(other) => {
            Outcome::Reply(sim.handle(world, request).map(|body| swap_pdfs(&body, &other)), 0)
        }
        SimFault::Say { status, content_type, body } => {
            Outcome::Reply(response(status, &content_type, body), 0)
        }
        SimFault::ResetBefore => Outcome::Reset,
        SimFault::ResetAfter => {
            sim.handle(world, request);
            Outcome::Reset
        }
        SimFault::ExpireTokens => {
            world.forget_tokens();
            Outcome::Reply(sim.handle(world, request), 0)
        }
    }
}

/// The body with every PDF in base64 replaced. `JVBERi` is how `%PDF-` begins
/// there.
fn swap_pdfs(body: &[u8], other: &str) -> Bytes {
    let text = String::from_utf8_lossy(body);
    let mut parts = text.split("JVBERi");
    let mut swapped = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let after =
            part.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '='));
        swapped.push_str(other);
        swapped.push_str(after);
    }
    Bytes::from(swapped)
}

fn out_of_order(status: u16) -> http::Response<Bytes> {
    response(status, "text/plain", "the service is out of order")
}

fn throttled(wait: Option<u32>) -> http::Response<Bytes> {
    let mut throttled = response(429, "text/plain", "too many requests");
    if let Some(wait) = wait {
        throttled.headers_mut().insert(http::header::RETRY_AFTER, wait.into());
    }
    throttled
}
