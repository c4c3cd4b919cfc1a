//! Metrics: rates against targets, reasons, days as a chart, and what is to come.

use comfy_table::Table;

use super::{bare, table};
use crate::api::proto::{google_type, v1};

/// Heights of a bar, in eighths.
const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// A metric in lines.
pub(in crate::cli) fn metric(report: &v1::GetMetricResponse) -> Vec<String> {
    let name = bare(report.metric().as_str_name(), "METRIC_").replace('_', " ").to_lowercase();
    let mut lines = vec![format!(
        "{}: {name} is {} (rules {})",
        report.marketplace,
        bare(report.status().as_str_name(), "METRIC_STATUS_"),
        report.rule_set_version
    )];
    if report.figures.is_empty() {
        lines.push("the marketplace does not measure this, as far as its rules are known".to_owned());
    }
    for figures in &report.figures {
        lines.push(format!(
            "\n{} to {} ({})",
            day(figures.first_day.as_ref()),
            day(figures.last_day.as_ref()),
            figures.window_rule_id
        ));
        lines.push(rates(figures).to_string());
        lines.extend(chart(&figures.days, counts_right(report.metric())));
        lines.extend(reasons(figures));
    }
    lines
}

fn counts_right(metric: v1::Metric) -> bool {
    matches!(metric, v1::Metric::ValidTracking | v1::Metric::OnTimeDelivery)
}

fn rates(figures: &v1::MetricFigures) -> Table {
    let mut table = table(&["Category", "Rate", "Target", "Of", "Not counted", "Status"]);
    let mut row = |name: &str, tally: Option<&v1::MetricTally>| {
        let Some(tally) = tally else { return };
        table.add_row([
            name.to_owned(),
            rate(tally.numerator, tally.denominator),
            target(tally.target.as_ref()),
            format!("{} / {}", tally.numerator, tally.denominator),
            tally.exempt.to_string(),
            bare(tally.status().as_str_name(), "METRIC_STATUS_").to_owned(),
        ]);
    };
    row("all", figures.whole.as_ref());
    for one in figures.categories.iter().filter(|one| !one.category.is_empty()) {
        row(&one.category, one.tally.as_ref());
    }
    table
}

/// `95.31 %`, cut and not rounded: a rate below its target never looks as if it met it.
fn rate(numerator: u64, denominator: u64) -> String {
    let points = u128::from(numerator).saturating_mul(10_000).checked_div(u128::from(denominator));
    points.map_or_else(|| "-".to_owned(), percent)
}

fn percent(points: u128) -> String {
    format!("{}.{:02} %", points / 100, points % 100)
}

fn target(target: Option<&v1::MetricTarget>) -> String {
    let Some(target) = target else { return "none".to_owned() };
    let words = match target.kind() {
        v1::TargetKind::AtLeast => "at least",
        v1::TargetKind::AtMost => "at most",
        v1::TargetKind::Below => "below",
        v1::TargetKind::Unspecified => "",
    };
    format!("{words} {} ({})", percent(u128::from(target.basis_points)), target.rule_id)
}

/// The days as bars: the share that the metric counts, of what is counted.
fn chart(days: &[v1::DayCount], counts_right: bool) -> Vec<String> {
    let counted: Vec<_> = days.iter().filter(|day| day.counted > 0).collect();
    let (Some(first), Some(last)) = (counted.first(), counted.last()) else { return Vec::new() };
    let bar = |one: &&v1::DayCount| {
        let share = if counts_right { one.right } else { one.counted.saturating_sub(one.right) };
        let eighth = share.saturating_mul(7).checked_div(one.counted).unwrap_or(0);
        usize::try_from(eighth).ok().and_then(|at| BARS.get(at)).copied().unwrap_or(' ')
    };
    let bars: String = counted.iter().map(bar).collect();
    vec![format!("{} {bars} {}", day(first.day.as_ref()), day(last.day.as_ref()))]
}

fn reasons(figures: &v1::MetricFigures) -> Vec<String> {
    let mut lines = Vec::new();
    let most = figures.wrong.iter().map(|one| one.count).max().unwrap_or(0);
    for one in &figures.wrong {
        let width = one.count.saturating_mul(20).checked_div(most).unwrap_or(0).max(1);
        let bar = "█".repeat(usize::try_from(width).unwrap_or(1));
        lines.push(format!("{:>7}  {bar:<20}  {}: {}", one.count, one.reason, one.message));
    }
    for (words, rules) in [("not counted by", &figures.exempt), ("not wrong by", &figures.excused)] {
        lines.extend(rules.iter().map(|one| format!("{:>7}  {words} {}", one.count, one.rule_id)));
    }
    lines
}

/// What is to come, in lines.
pub(in crate::cli) fn ahead(ahead: &v1::ForecastResponse) -> Vec<String> {
    let mut lines = vec![format!("\n{} at risk before they count", ahead.at_risk)];
    match ahead.needed_to_recover {
        Some(0) => {}
        Some(needed) => lines.push(format!("{needed} right ones in a row meet the target again")),
        None => lines.push("no number of right ones meets a target".to_owned()),
    }
    lines.push(match &ahead.breach_on {
        Some(on) => format!(
            "at the present pace ({} wrong of {} in {} days) the target is missed on {}",
            ahead.pace_wrong,
            ahead.pace_counted,
            ahead.pace_days,
            day(Some(on))
        ),
        None => "at the present pace the target is not missed within 60 days".to_owned(),
    });
    lines
}

/// Defects with everything that is wrong with them.
pub(in crate::cli) fn defects(defects: &[v1::Defect]) -> Table {
    let mut table = table(&["Day", "Order", "Package", "Why", "What can be done"]);
    for one in defects {
        let why: Vec<_> = one.reasons.iter().map(|reason| reason.reason.as_str()).collect();
        let remedy = one.reasons.first().map(|reason| reason.remedy.clone()).unwrap_or_default();
        table.add_row([
            day(one.day.as_ref()),
            one.order_id.clone(),
            one.package_id.clone(),
            why.join(", "),
            remedy,
        ]);
    }
    table
}

fn day(day: Option<&google_type::Date>) -> String {
    day.map_or_else(|| "-".to_owned(), |day| format!("{:04}-{:02}-{:02}", day.year, day.month, day.day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_never_looks_better_than_it_is() {
        assert_eq!(rate(94_999, 100_000), "94.99 %");
        assert_eq!((rate(95, 100), rate(0, 0)), ("95.00 %".to_owned(), "-".to_owned()));
    }

    #[test]
    fn a_metric_shows_rate_days_and_reasons() {
        let date = |day| Some(google_type::Date { year: 2026, month: 10, day });
        let tally = v1::MetricTally {
            numerator: 19,
            denominator: 20,
            exempt: 2,
            target: Some(v1::MetricTarget {
                basis_points: 9500,
                kind: v1::TargetKind::AtLeast.into(),
                rule_id: "VTR-02".into(),
            }),
            status: v1::MetricStatus::Warn.into(),
        };
        let figures = v1::MetricFigures {
            first_day: date(1),
            last_day: date(30),
            whole: Some(tally),
            days: vec![
                v1::DayCount { day: date(1), counted: 10, right: 10, exempt: 0 },
                v1::DayCount { day: date(2), counted: 10, right: 9, exempt: 0 },
            ],
            wrong: vec![v1::ReasonCount { reason: "NO_SCAN".into(), message: "why".into(), count: 1 }],
            exempt: vec![v1::RuleCount { rule_id: "VTR-X1".into(), count: 2 }],
            ..Default::default()
        };
        let report = v1::GetMetricResponse {
            metric: v1::Metric::ValidTracking.into(),
            marketplace: "amazon.de".into(),
            figures: vec![figures],
            status: v1::MetricStatus::Warn.into(),
            ..Default::default()
        };
        let text = metric(&report).join("\n");
        for part in [
            "valid tracking is WARN",
            "95.00 %",
            "at least 95.00 % (VTR-02)",
            "19 / 20",
            "2026-10-01 █▇ 2026-10-02",
            "NO_SCAN: why",
            "2  not counted by VTR-X1",
        ] {
            assert!(text.contains(part), "{part} in\n{text}");
        }
    }
}
