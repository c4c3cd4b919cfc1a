//! The baseline of Rate: as many HTTP calls as the gateway makes, answers parsed into types and merged; nothing else.
//!
//! No screening, no rules, no store, no reasons: what it costs is what cannot be saved. Start with [`FanOut::rate`].

use std::borrow::Cow;
use std::net::SocketAddr;

use anyhow::{Context, Result};
use bytes::Bytes;
use parcelgate::api::proto::{google_type, v1};

use crate::neutral::{Amount, Answer, Place, Price, Question};
use crate::upstream::Upstream;

/// Asks the stub.
#[derive(Clone, Debug)]
pub(crate) struct FanOut {
    /// The client.
    pub(crate) upstream: Upstream,
    /// The stub.
    pub(crate) carriers: SocketAddr,
    /// Where its answer of the right size is.
    pub(crate) path: String,
    /// Bytes of a question.
    pub(crate) asks: usize,
}

impl FanOut {
    /// Asks once for each account that the request names.
    ///
    /// # Errors
    /// When a call fails or an answer cannot be read.
    pub(crate) async fn rate(&self, request: &v1::RateRequest) -> Result<v1::RateResponse> {
        let calls = request.accounts.iter().map(|account| self.ask(account, request));
        let mut offers: Vec<v1::Offer> =
            futures::future::try_join_all(calls).await?.into_iter().flatten().collect();
        offers.sort_by_key(|offer| offer.total.as_ref().map(|total| (total.units, total.nanos)));
        Ok(v1::RateResponse { offers, ..v1::RateResponse::default() })
    }

    async fn ask(&self, account: &str, request: &v1::RateRequest) -> Result<Vec<v1::Offer>> {
        let answer = self.upstream.post(self.carriers, &self.path, self.question(account, request)?).await?;
        let answer: Answer =
            serde_json::from_slice(&answer).context("the stub's answer is not as expected")?;
        answer.prices.into_iter().map(|price| offer(account, &answer.request, price)).collect()
    }

    fn question(&self, account: &str, request: &v1::RateRequest) -> Result<Bytes> {
        let weights = request.parcels.iter().filter_map(|parcel| parcel.weight.as_ref());
        let mut question = Question {
            account,
            from: request.ship_from.as_ref().map(place),
            to: request.ship_to.as_ref().map(place),
            weights: weights.map(|weight| weight.value.as_str()).collect(),
            note: Cow::Borrowed(""),
        };
        // The rest of a real question: one write of it all, as a serialiser with more fields would do.
        let size = 420;
        question.note = Cow::Owned("x".repeat(self.asks.saturating_sub(size)));
        Ok(serde_json::to_vec(&question)?.into())
    }
}

fn place(party: &v1::Party) -> Place<'_> {
    Place {
        name: &party.name,
        company: &party.company,
        lines: &party.lines,
        city: &party.city,
        postcode: &party.postcode,
        country: &party.country,
        phone: &party.phone,
    }
}

fn money(amount: &Amount) -> Result<google_type::Money> {
    let (units, cents) = amount.value.split_once('.').unwrap_or((&amount.value, "0"));
    Ok(google_type::Money {
        currency_code: amount.currency.clone(),
        units: units.parse().context("no whole amount")?,
        nanos: cents.parse::<i32>().context("no cents")? * 10_000_000,
    })
}

fn offer(account: &str, request: &str, price: Price) -> Result<v1::Offer> {
    let charge = |part: crate::neutral::Part| -> Result<v1::Charge> {
        let amount = Some(money(&part.amount)?);
        Ok(v1::Charge { kind: v1::ChargeKind::Fuel.into(), code: part.code, name: part.name, amount })
    };
    Ok(v1::Offer {
        id: format!("{request}-{account}-{}", price.service_code),
        carrier: "carrier".to_owned(),
        account: account.to_owned(),
        total: Some(money(&price.total)?),
        breakdown: price.parts.into_iter().map(charge).collect::<Result<_>>()?,
        delivery_window: Some(v1::DeliveryWindow {
            guaranteed: price.guaranteed,
            business_days: price.days,
            ..v1::DeliveryWindow::default()
        }),
        ..v1::Offer::default()
    })
}
