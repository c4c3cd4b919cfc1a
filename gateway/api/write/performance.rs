//! Figures, defects and forecasts.

use super::value::{date, instant};
use crate::api::proto::v1;
use crate::performance::{Ahead, Defect, Figures, Outcome, Report};
use crate::policy::{Code, Metric, Status, Tally, Target};

/// What became of a fact.
pub(in crate::api) fn fact_outcome(outcome: Outcome) -> v1::FactOutcome {
    match outcome {
        Outcome::Recorded => v1::FactOutcome::Recorded,
        Outcome::Known => v1::FactOutcome::Known,
        Outcome::Outdated => v1::FactOutcome::Outdated,
        Outcome::Conflicting => v1::FactOutcome::Conflicting,
    }
}

/// A metric's figures.
pub(in crate::api) fn report(report: &Report) -> v1::GetMetricResponse {
    v1::GetMetricResponse {
        metric: metric(report.metric).into(),
        marketplace: report.market.key.to_owned(),
        as_of: Some(instant(report.as_of)),
        rule_set_version: report.rule_set.to_owned(),
        figures: report.figures.iter().map(figures).collect(),
        status: status(report.status).into(),
    }
}

fn metric(metric: Metric) -> v1::Metric {
    match metric {
        Metric::ValidTracking => v1::Metric::ValidTracking,
        Metric::LateShipment => v1::Metric::LateShipment,
        Metric::OnTimeDelivery => v1::Metric::OnTimeDelivery,
        Metric::Cancellation => v1::Metric::Cancellation,
        Metric::OrderDefect => v1::Metric::OrderDefect,
    }
}

fn status(status: Status) -> v1::MetricStatus {
    match status {
        Status::None => v1::MetricStatus::None,
        Status::Good => v1::MetricStatus::Good,
        Status::Warn => v1::MetricStatus::Warn,
        Status::Bad => v1::MetricStatus::Bad,
    }
}

fn figures(of: &Figures) -> v1::MetricFigures {
    let rules = |counts: &std::collections::BTreeMap<String, u64>| {
        let one = |(rule, count): (&String, &u64)| v1::RuleCount { rule_id: rule.clone(), count: *count };
        counts.iter().map(one).collect()
    };
    let mut wrong: Vec<_> = of.wrong.iter().map(|(reason, count)| reason_count(reason, *count)).collect();
    wrong.sort_by(|left, right| right.count.cmp(&left.count).then_with(|| left.reason.cmp(&right.reason)));
    v1::MetricFigures {
        first_day: Some(date(of.span.first)),
        last_day: Some(date(of.span.last)),
        window_rule_id: of.span.rule.to_owned(),
        whole: Some(tally(of.whole)),
        categories: of
            .categories
            .iter()
            .map(|(name, of)| v1::CategoryTally { category: name.clone(), tally: Some(tally(*of)) })
            .collect(),
        exempt: rules(&of.exempt),
        excused: rules(&of.excused),
        wrong,
        days: of
            .days
            .iter()
            .map(|(day, counts)| v1::DayCount {
                day: Some(date(*day)),
                counted: counts.counted,
                right: counts.right,
                exempt: counts.exempt,
            })
            .collect(),
    }
}

fn reason_count(reason: &str, count: u64) -> v1::ReasonCount {
    let code = Code::ALL.iter().find(|code| code.as_str() == reason);
    let message = code.map(|code| code.words().to_owned()).unwrap_or_default();
    v1::ReasonCount { reason: reason.to_owned(), message, count }
}

fn tally(of: Tally) -> v1::MetricTally {
    v1::MetricTally {
        numerator: of.numerator,
        denominator: of.denominator,
        exempt: of.exempt,
        target: of.target.map(|(target, rule)| v1::MetricTarget {
            basis_points: target.rate(),
            kind: match target {
                Target::AtLeast(_) => v1::TargetKind::AtLeast,
                Target::AtMost(_) => v1::TargetKind::AtMost,
                Target::Below(_) => v1::TargetKind::Below,
            }
            .into(),
            rule_id: rule.to_owned(),
        }),
        status: status(of.status).into(),
    }
}

/// A defect.
pub(in crate::api) fn defect(of: Defect) -> v1::Defect {
    v1::Defect {
        order_id: of.order,
        package_id: of.package,
        category: of.category,
        day: Some(date(of.day)),
        weight: of.weight,
        reasons: of.failures.into_iter().map(|failure| reason(failure.code, failure.rule)).collect(),
        warnings: of.warnings.into_iter().map(|code| reason(code, String::new())).collect(),
    }
}

fn reason(code: Code, rule_id: String) -> v1::DefectReason {
    v1::DefectReason {
        reason: code.as_str().to_owned(),
        rule_id,
        message: code.words().to_owned(),
        remedy: code.remedy().to_owned(),
    }
}

/// A look ahead.
pub(in crate::api) fn ahead(of: &Ahead) -> v1::ForecastResponse {
    let pace = of.forecast.map(|forecast| forecast.pace).unwrap_or_default();
    v1::ForecastResponse {
        at_risk: of.at_risk,
        needed_to_recover: of.forecast.and_then(|forecast| forecast.to_recover),
        breach_on: of.forecast.and_then(|forecast| forecast.breach_on).map(date),
        pace_counted: pace.counted,
        pace_wrong: pace.wrong,
        pace_days: pace.days,
    }
}
