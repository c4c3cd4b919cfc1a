//! Valid tracking: the tests of a package, in the order of the rows; every failure is told.
//!
//! Start at [`judge`].

use jiff::civil::Date;
use jiff::{SignedDuration, ToSpan};

use super::exempt::{self, Subject};
use super::{Failure, Standing, Verdict, is_measured};
use crate::policy::code::Code;
use crate::policy::fact::{Confirmed, NumberFormat, ScanKind};
use crate::policy::order::{Order, Shipped};
use crate::policy::rules::{Metric, Need, Rule, Sets, find};

const METRIC: Metric = Metric::ValidTracking;

/// The verdict on a package that was confirmed and has a promised day; none on another one.
pub(super) fn judge(order: &Order, id: &str, shipped: &Shipped) -> Option<Verdict> {
    if !is_measured(METRIC, order) {
        return None;
    }
    let placed = order.placed.as_ref()?;
    let day = order.market.day(placed.promised?);
    let (first, last) = (shipped.confirmations.first()?, shipped.confirmations.last()?);
    let package = shipped.package.as_ref()?;
    let subject = Subject { order, placed, package, last, day };
    let looked = Looked { order, shipped, first, last, day, need: need(&subject) };
    let mut exempt = exempt::rules(&subject);
    if let Some((rule, Need::Exempt)) = looked.need {
        exempt.push(rule.id.to_owned());
    }
    let mut warnings = Vec::new();
    let standing = if exempt.is_empty() { looked.tests(&mut warnings) } else { Standing::Exempt(exempt) };
    Some(Verdict {
        metric: METRIC,
        package: id.to_owned(),
        category: subject.category().to_owned(),
        day,
        weight: 1,
        standing,
        warnings,
    })
}

/// The scans that it needs: the first row that fits.
fn need(subject: &Subject<'_>) -> Option<(&'static Rule, Need)> {
    let (market, origin) = (subject.order.market, subject.package.origin.as_str());
    find(METRIC, market, subject.day).find_map(|rule| match rule.sets {
        Sets::Scans { from, worth, need } if from.admits(origin, market) && worth.admits(subject.value()) => {
            Some((rule, need))
        }
        _ => None,
    })
}

/// A package and its confirmation under the tests.
struct Looked<'a> {
    order: &'a Order,
    shipped: &'a Shipped,
    first: &'a Confirmed,
    last: &'a Confirmed,
    day: Date,
    need: Option<(&'static Rule, Need)>,
}

impl Looked<'_> {
    fn tests(&self, warnings: &mut Vec<Code>) -> Standing {
        let (mut failures, mut until) = (Vec::new(), None);
        for rule in find(METRIC, self.order.market, self.day) {
            match rule.sets {
                Sets::Test(code) if self.fails(code) => {
                    failures.push(failure(code, self.rule_of(rule, code)));
                }
                Sets::Test(Code::TooFewScans) => failures.extend(self.scanned_by_a_stranger()),
                Sets::Hours(code, hours) if self.edited_after(hours) => failures.push(failure(code, rule)),
                Sets::Days(code, days) => match self.delivered_within(days) {
                    Within::Yes => {}
                    Within::No => failures.push(failure(code, rule)),
                    Within::Open(last) => until = Some((last, failure(code, rule))),
                },
                Sets::Warns(code, hours) if self.warns(code, hours) => warnings.push(code),
                _ => {}
            }
        }
        // A scan row and a test of its own may say the same.
        let mut seen = Vec::new();
        failures.retain(|failure: &Failure| {
            let is_new = !seen.contains(&failure.code);
            seen.push(failure.code);
            is_new
        });
        if failures.is_empty() {
            Standing::Right { excused: Vec::new(), until }
        } else {
            Standing::Wrong(failures)
        }
    }

    fn fails(&self, code: Code) -> bool {
        let (last, checks) = (self.last, self.last.checks);
        let numbered = !last.tracking_number.is_empty();
        match code {
            Code::NoTrackingId => !numbered,
            Code::BadCharacters => {
                numbered
                    && (checks.format == NumberFormat::BadCharacters
                        || !last.tracking_number.bytes().all(|byte| byte.is_ascii_alphanumeric()))
            }
            Code::FormatMismatch => numbered && checks.format == NumberFormat::Mismatch,
            Code::CarrierViaOther => checks.listed_as_other,
            Code::CarrierServiceMismatch => checks.of_one_carrier == Some(false),
            Code::EnteredAfterDelivery => {
                self.shipped.first_attempt().is_some_and(|delivered| last.at >= delivered.at)
            }
            Code::NoScan => self.shipped.scans.is_empty(),
            Code::TooFewScans => self.has_too_few_scans(),
            Code::NotIntegrated => checks.integrated == Some(false),
            Code::ProofOnly => checks.proof_only,
            Code::DuplicateId => numbered && checks.used_before,
            _ => false,
        }
    }

    /// A package without any scan fails for that alone.
    fn has_too_few_scans(&self) -> bool {
        let scans = &self.shipped.scans;
        let two = scans.len() >= 2 && scans.iter().any(|scan| scan.kind != ScanKind::Network);
        matches!(self.need, Some((_, Need::Two | Need::TwoIntegrated))) && !scans.is_empty() && !two
    }

    /// Scans of a carrier that the marketplace does not follow, where only those of followed ones count.
    fn scanned_by_a_stranger(&self) -> Option<Failure> {
        let (rule, need) = self.need?;
        let followed = matches!(need, Need::OneIntegrated | Need::TwoIntegrated);
        let stranger = self.last.checks.integrated == Some(false) && !self.shipped.scans.is_empty();
        (followed && stranger).then(|| failure(Code::NotIntegrated, rule))
    }

    /// The row that says how many scans are needed says more than the test.
    fn rule_of(&self, rule: &'static Rule, code: Code) -> &'static Rule {
        match (code, self.need) {
            (Code::NoScan | Code::TooFewScans, Some((row, _))) => row,
            _ => rule,
        }
    }

    fn edited_after(&self, hours: i32) -> bool {
        self.last.at.duration_since(self.first.at) > SignedDuration::from_hours(i64::from(hours))
    }

    fn delivered_within(&self, days: i32) -> Within {
        let last = self.day.checked_add(days.days()).unwrap_or(Date::MAX);
        let delivered = self.shipped.scans.iter().find(|scan| scan.kind == ScanKind::Delivered);
        match delivered.or(self.shipped.first_attempt().as_ref()) {
            Some(scan) if self.order.market.day(scan.at) <= last => Within::Yes,
            Some(_) => Within::No,
            None => Within::Open(last),
        }
    }

    fn warns(&self, code: Code, hours: i32) -> bool {
        let long = SignedDuration::from_hours(i64::from(hours));
        let Some(scan) = self.shipped.first_scan() else { return false };
        match code {
            Code::ConfirmSlow => self.first.at.duration_since(scan.at) > long,
            Code::NotHandedOver => scan.at.duration_since(self.first.at) > long,
            _ => false,
        }
    }
}

/// Whether it was delivered by a day; while it was not, the day until which it still can be.
enum Within {
    Yes,
    No,
    Open(Date),
}

fn failure(code: Code, rule: &Rule) -> Failure {
    Failure { code, rule: rule.id.to_owned() }
}
