//! Dates, chances and protections of an offer.

use crate::api::proto::v1;
use crate::promise::{Mend, OnTime};
use crate::protection::Benefits;
use crate::shipping::Prospect;

pub(super) fn on_time(prospect: &Prospect) -> v1::OnTime {
    let status = match prospect.on_time {
        Some(OnTime::OnTime) => v1::OnTimeStatus::OnTime,
        Some(OnTime::AtRisk) => v1::OnTimeStatus::AtRisk,
        Some(OnTime::Late) => v1::OnTimeStatus::Late,
        Some(OnTime::Unknown) | None => v1::OnTimeStatus::Unknown,
    };
    let estimate = prospect.estimate;
    v1::OnTime {
        status: status.into(),
        probability: estimate.map(|estimate| estimate.probability),
        sample: estimate.map_or(0, |estimate| estimate.sample),
        method: estimate.map_or("", |estimate| estimate.method.as_str()).to_owned(),
    }
}

pub(super) fn carried(benefits: &Benefits) -> Vec<String> {
    benefits.carried.iter().map(|benefit| benefit.as_str().to_owned()).collect()
}

pub(super) fn withheld(benefits: &Benefits) -> Vec<v1::WithheldBenefit> {
    benefits
        .withheld
        .iter()
        .map(|one| v1::WithheldBenefit {
            benefit: one.benefit.as_str().to_owned(),
            reason: one.reason.to_string(),
            remedy: one.remedy.to_string(),
        })
        .collect()
}

pub(super) fn change(mend: &Mend) -> v1::SmallestChange {
    v1::SmallestChange { change: mend.change.clone(), message: mend.words.clone() }
}
