//! The other side: Chronopost as it answers, refusals in its own shape.
//!
//! Reads requests by element name and shares no type and no table with the
//! adapter, so that one mistake cannot cancel itself out. Start with
//! [`ChronopostSim`].

mod envelope;
mod rate;
mod ship;
mod tariff;
mod track;

use bytes::Bytes;
use roxmltree::Node;

use parcelgate_kit::codec::xml::{self, Writer};
use parcelgate_kit::sim::{SampleAccount, Sim, World, response};

use envelope::text;

type Response = http::Response<Bytes>;
/// The children of a result, or why there is none.
type Answer = Result<Writer, Refusal>;

const ACCOUNT: &str = "40817265";
const PASSWORD: &str = "728194";

/// A simulated Chronopost.
#[derive(Clone, Copy, Debug, Default)]
pub struct ChronopostSim;

/// How Chronopost says no.
enum Refusal {
    /// A SOAP fault: the message is none that the schema allows.
    Message(String),
    /// A code inside of a 200.
    Code(u8, String),
}

impl Refusal {
    fn code(code: u8, words: impl Into<String>) -> Self {
        Self::Code(code, words.into())
    }
}

/// Codes of refusals other than those that are known are not published: this
/// one stands for all of them.
const OTHER: u8 = 29;

impl Sim for ChronopostSim {
    fn handle(&self, world: &mut World, request: &http::Request<Bytes>) -> Response {
        let body = std::str::from_utf8(request.body()).unwrap_or_default();
        let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
        if request.method() != http::Method::POST {
            return response(405, "text/plain", "POST only");
        }
        if !header("content-type").unwrap_or_default().starts_with("text/xml") {
            return response(415, "text/plain", "text/xml only");
        }
        if header("soapaction") != Some("\"\"") {
            return envelope::fault("The given SOAPAction does not match an operation.");
        }
        let Ok(document) = xml::parse(body) else {
            return envelope::fault("Error reading XMLStreamReader");
        };
        let Some((namespace, operation)) = envelope::operation(&document) else {
            return envelope::fault("Error reading XMLStreamReader: no operation in the body");
        };
        let (path, name) = (request.uri().path(), operation.tag_name().name());
        if envelope::service(path) != Some(namespace) {
            return envelope::fault(&format!("Message part {{{namespace}}}{name} was not recognized"));
        }
        match answer(world, namespace, name, operation) {
            Ok(result) => envelope::result(namespace, name, result),
            Err(Refusal::Message(words)) => envelope::fault(&words),
            Err(Refusal::Code(code, words)) => {
                let mut result = Writer::fragment();
                result.text("errorCode", &code.to_string()).text("errorMessage", &words);
                if name == "cancelSkybill" {
                    result.text("statusCode", &code.to_string());
                }
                envelope::result(namespace, name, result)
            }
        }
    }

    fn account(&self) -> SampleAccount {
        SampleAccount {
            settings: vec![("account_number", ACCOUNT.to_owned())],
            secrets: vec![("password", PASSWORD)],
        }
    }
}

fn answer(world: &mut World, namespace: &str, name: &str, operation: Node<'_, '_>) -> Answer {
    envelope::only_bare_children(operation)?;
    match name {
        "calculateProducts" => rate::products(operation),
        "shippingMultiParcelV5" => ship::ship(world, operation),
        "trackSkybillV2" => track::skybill(world, operation),
        "trackWithSenderRef" => track::by_reference(world, operation),
        "cancelSkybill" => track::cancel(world, operation),
        _ => Err(Refusal::Message(format!("Message part {{{namespace}}}{name} was not recognized"))),
    }
}

/// Whether number and password are those of the one contract.
fn knows(number: &str, password: &str) -> bool {
    number == ACCOUNT && password == PASSWORD
}

/// Number and password in the body of a call.
fn credentials(operation: Node<'_, '_>) -> (String, String) {
    (text(operation, "accountNumber"), text(operation, "password"))
}
