//! When a parcel is handed over and when it arrives.
//!
//! A date is made in four steps, each written down: the seller is ready, the
//! carrier takes the parcel, it moves on days of work, it is delivered on a day
//! on which the carrier delivers. Pure; every clock is that of its place. Start
//! with [`Journey::promise`]; docs/promise.md works one example by hand.

use jiff::civil::{Date, DateTime, Time};
use parcelgate_kit::model::{DeliveryWindow, WindowSource};

use super::Mend;
use crate::calendar::{Region, Weekend, holiday, is_working_day, next_working_day};

/// How a seller works.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SellerDays {
    /// Orders after this are those of the next day; none where there is no cut-off.
    pub cut_off: Option<Time>,
    /// Days of work from the order to the hand-over.
    pub handling: u16,
    /// Days of the weekend on which the seller works.
    pub weekend: Weekend,
}

/// How a carrier works with one service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CarrierDays {
    /// Parcels after this leave on the next day; none where it is not known.
    pub cut_off: Option<Time>,
    /// Days of the weekend on which parcels are taken.
    pub pick_up: Weekend,
    /// Days of the weekend on which parcels are delivered.
    pub delivery: Weekend,
    /// Days of its own on which nothing is delivered.
    pub rests: Vec<Date>,
}

impl CarrierDays {
    /// The first day on which a parcel can still be handed over: after the cut-off
    /// of a day that is the next.
    pub fn first_from(&self, now: DateTime) -> Date {
        let over = self.cut_off.is_some_and(|cut_off| now.time() > cut_off);
        if over { tomorrow(now.date()) } else { now.date() }
    }
}

/// What a date is made from.
#[derive(Clone, Debug)]
pub struct Journey<'a> {
    /// When the order came or the parcel is ready, by the clock of the origin.
    pub from: DateTime,
    /// How the seller works; none where `from` is when the parcel is ready.
    pub seller: Option<SellerDays>,
    /// How the carrier works.
    pub carrier: &'a CarrierDays,
    /// Days of work in transit, at least and at most.
    pub transit: (u16, u16),
    /// Who says so.
    pub source: WindowSource,
    /// Where it starts.
    pub origin: &'a Region,
    /// Where it ends.
    pub destination: &'a Region,
}

/// A date, and how it was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promise {
    /// The day on which the carrier takes the parcel.
    pub handed_over: Date,
    /// When it arrives, by the clock of the destination.
    pub window: DeliveryWindow,
    /// The steps, a sentence each.
    pub steps: Vec<String>,
}

/// Sentences, for whoever wants to read them: many offers have a date of their carrier's and need the hand-over alone.
struct Steps(Option<Vec<String>>);

impl Steps {
    fn say(&mut self, sentence: impl FnOnce() -> String) {
        if let Self(Some(said)) = self {
            said.push(sentence());
        }
    }
}

/// Delivery begins and ends with the day: nobody promises hours here.
const DAY_BEGINS: Time = Time::constant(0, 0, 0, 0);
const DAY_ENDS: Time = Time::constant(23, 59, 59, 0);

/// No search goes further than this many days of transit or weeks of waiting.
const FURTHEST: u16 = 60;

impl Journey<'_> {
    /// When the seller has the parcel ready, by the clock of the origin.
    pub fn ready_at(&self) -> DateTime {
        self.ready(&mut Steps(None))
    }

    /// The day on which the carrier takes the parcel: that of [`Journey::promise`], without the rest of it.
    pub fn hand_over(&self) -> Date {
        let nobody = &mut Steps(None);
        self.handed_over(self.ready(nobody), nobody)
    }

    /// The most days in transit with which a parcel that was handed over on a
    /// day arrives by `deliver_by`; nothing when not even none will do.
    pub fn room(&self, handed_over: Date, deliver_by: DateTime) -> Option<u16> {
        let arrivals = (0..FURTHEST).zip(self.arrivals(handed_over));
        arrivals.take_while(|(_, day)| day.to_datetime(DAY_ENDS) <= deliver_by).last().map(|(days, _)| days)
    }

    /// How many days in transit it is from the hand-over to a day of arrival.
    pub fn days_to(&self, handed_over: Date, arrival: Date) -> u16 {
        let mut arrivals = (0..FURTHEST).zip(self.arrivals(handed_over));
        arrivals.find(|(_, day)| *day >= arrival).map_or(FURTHEST, |(days, _)| days)
    }

    /// The last day before `handed_over`, not before `today`, on which the
    /// carrier takes parcels and from which `days` in transit end by
    /// `deliver_by`.
    pub fn earlier(&self, handed_over: Date, today: Date, days: u16, deliver_by: DateTime) -> Option<Date> {
        let mut day = handed_over;
        for _ in 0..FURTHEST {
            day = day.yesterday().ok()?;
            if day < today {
                return None;
            }
            let taken = is_working_day(self.origin, day, self.carrier.pick_up);
            if taken && self.arrival(day, days).to_datetime(DAY_ENDS) <= deliver_by {
                return Some(day);
            }
        }
        None
    }

    /// The smallest change with which a parcel that is only too late is not:
    /// delivery on Saturday where the service has it and it was not asked for,
    /// else an earlier hand-over.
    pub fn mend(
        &self,
        handed_over: Date,
        arrival: Date,
        today: Date,
        deliver_by: DateTime,
        on_saturdays: bool,
    ) -> Option<Mend> {
        let days = self.days_to(handed_over, arrival);
        if on_saturdays && !self.carrier.delivery.saturday {
            let delivery = Weekend { saturday: true, ..self.carrier.delivery };
            let with = CarrierDays { delivery, ..self.carrier.clone() };
            let journey = Journey { carrier: &with, ..self.clone() };
            if journey.room(handed_over, deliver_by).is_some_and(|room| room >= days) {
                return Some(Mend::new("SATURDAY_DELIVERY", "ask for delivery on Saturday"));
            }
        }
        let day = self.earlier(handed_over, today, days, deliver_by)?;
        let words = match self.carrier.cut_off {
            Some(cut_off) => format!("hand it over by {day}, {}", cut_off.strftime("%H:%M:%S")),
            None => format!("hand it over by {day}"),
        };
        Some(Mend::new("SHIP_EARLIER", words))
    }

    /// The day of hand-over and the window of arrival.
    pub fn promise(&self) -> Promise {
        let mut steps = Steps(Some(Vec::new()));
        let ready = self.ready(&mut steps);
        let handed_over = self.handed_over(ready, &mut steps);
        let (earliest, latest) = self.transit;
        let first = self.arrival(handed_over, earliest);
        let last = self.arrival(handed_over, latest.max(earliest));
        steps.say(|| match first == last {
            true => format!("{latest} days in transit: it is delivered on {last}"),
            false => {
                format!("{earliest} to {latest} days in transit: it is delivered from {first} to {last}")
            }
        });
        let window = DeliveryWindow {
            earliest: first.to_datetime(DAY_BEGINS),
            latest: last.to_datetime(DAY_ENDS),
            source: self.source,
            guaranteed: false,
            business_days: Some(latest),
        };
        Promise { handed_over, window, steps: steps.0.unwrap_or_default() }
    }

    /// When the seller has the parcel ready.
    fn ready(&self, steps: &mut Steps) -> DateTime {
        let Some(seller) = self.seller else { return self.from };
        let mut day = next_working_day(self.origin, self.from.date(), seller.weekend);
        let missed =
            day == self.from.date() && seller.cut_off.is_some_and(|cut_off| self.from.time() > cut_off);
        if missed {
            day = next_working_day(self.origin, tomorrow(day), seller.weekend);
            steps.say(|| format!("ordered after the seller's cut-off: it counts for {day}"));
        } else if day != self.from.date() {
            steps.say(|| format!("the seller rests on {}: it counts for {day}", self.from.date()));
        }
        for _ in 0..seller.handling {
            day = next_working_day(self.origin, tomorrow(day), seller.weekend);
        }
        if seller.handling > 0 {
            steps.say(|| format!("{} days of handling: ready on {day}", seller.handling));
        }
        // What was ordered today is ready when it was ordered; later days begin afresh.
        if day == self.from.date() { self.from } else { day.to_datetime(DAY_BEGINS) }
    }

    /// The day on which the carrier takes the parcel.
    fn handed_over(&self, ready: DateTime, steps: &mut Steps) -> Date {
        let pick_up = self.carrier.pick_up;
        let mut day = next_working_day(self.origin, ready.date(), pick_up);
        if day != ready.date() {
            steps.say(|| {
                format!("no pick-up {}: the carrier takes it on {day}", why(self.origin, ready.date()))
            });
        } else if self.carrier.cut_off.is_some_and(|cut_off| ready.time() > cut_off) {
            day = next_working_day(self.origin, tomorrow(day), pick_up);
            steps.say(|| format!("ready after the carrier's cut-off: the carrier takes it on {day}"));
        } else {
            steps.say(|| format!("the carrier takes it on {day}"));
        }
        day
    }

    /// The day of delivery after so many days of transit.
    fn arrival(&self, from: Date, days: u16) -> Date {
        self.arrivals(from).nth(days.into()).unwrap_or(from)
    }

    /// The days of delivery after none, one, two... days of transit, without end.
    fn arrivals(&self, from: Date) -> impl Iterator<Item = Date> {
        let next = |after: Date, is_one: &dyn Fn(Date) -> bool| {
            let mut day = tomorrow(after);
            while !is_one(day) && day < Date::MAX {
                day = tomorrow(day);
            }
            day
        };
        // The last day is one of delivery, those before are days on which parcels move.
        let moved = std::iter::successors(Some(from), move |day| Some(next(*day, &|day| self.moves(day))));
        std::iter::once(from).chain(moved.map(move |day| next(day, &|day| self.delivers(day))))
    }

    /// Parcels move on weekdays that are no holiday at both ends.
    fn moves(&self, day: Date) -> bool {
        let plain = Weekend::default();
        is_working_day(self.origin, day, plain) || is_working_day(self.destination, day, plain)
    }

    fn delivers(&self, day: Date) -> bool {
        is_working_day(self.destination, day, self.carrier.delivery) && !self.carrier.rests.contains(&day)
    }
}

fn tomorrow(day: Date) -> Date {
    day.tomorrow().unwrap_or(day)
}

fn why(region: &Region, day: Date) -> String {
    match holiday(region, day) {
        Some(off) => format!("on {day} ({})", off.name),
        None => format!("on {day} (weekend)"),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};
    use parcelgate_kit::model::CountryCode;

    use super::*;

    fn region(country: &str, part: &str) -> Region {
        Region::at(CountryCode::parse(country).unwrap(), part, "")
    }

    /// One day in transit within a region.
    fn overnight<'a>(from: DateTime, carrier: &'a CarrierDays, there: &'a Region) -> Journey<'a> {
        let (transit, source) = ((1, 1), WindowSource::Table);
        Journey { from, seller: None, carrier, transit, source, origin: there, destination: there }
    }

    #[test]
    fn the_worked_example_of_the_docs_comes_out() {
        // Thursday before Easter, an hour after the seller's cut-off, Berlin to Paris, two to three days.
        let carrier = CarrierDays { cut_off: Some(time(17, 0, 0, 0)), ..CarrierDays::default() };
        let seller = SellerDays { cut_off: Some(time(14, 0, 0, 0)), handling: 1, ..SellerDays::default() };
        let journey = Journey {
            from: date(2026, 4, 2).at(15, 0, 0, 0),
            seller: Some(seller),
            carrier: &carrier,
            transit: (2, 3),
            source: WindowSource::Table,
            origin: &region("DE", "BE"),
            destination: &region("FR", ""),
        };
        let promise = journey.promise();
        // Friday and Monday are holidays: Tuesday counts, ready and taken on Wednesday.
        assert_eq!(promise.handed_over, date(2026, 4, 8));
        assert_eq!(promise.window.earliest.date(), date(2026, 4, 10));
        assert_eq!(promise.window.latest, date(2026, 4, 13).at(23, 59, 59, 0));
        assert_eq!(promise.steps.len(), 4);
    }

    #[test]
    fn a_cut_off_is_kept_to_the_second() {
        let carrier = CarrierDays { cut_off: Some(time(16, 0, 0, 0)), ..CarrierDays::default() };
        let there = region("US", "NY");
        let taken = |at: DateTime| overnight(at, &carrier, &there).promise().handed_over;
        let day = date(2026, 9, 14);
        assert_eq!(taken(day.at(16, 0, 0, 0)), day);
        assert_eq!(taken(day.at(16, 0, 1, 0)), date(2026, 9, 15));
        assert_eq!(carrier.first_from(day.at(16, 0, 0, 0)), day);
        assert_eq!(carrier.first_from(day.at(16, 0, 1, 0)), date(2026, 9, 15));
    }

    #[test]
    fn an_earlier_hand_over_is_told_with_its_last_moment() {
        let carrier = CarrierDays { cut_off: Some(time(16, 0, 0, 0)), ..CarrierDays::default() };
        let there = region("US", "NY");
        let journey = overnight(date(2026, 9, 14).at(16, 0, 1, 0), &carrier, &there);
        let promise = journey.promise();
        let deliver_by = date(2026, 9, 15).at(23, 59, 59, 0);
        let mend = |now: DateTime| {
            let (taken, arrival) = (promise.handed_over, promise.window.latest.date());
            journey.mend(taken, arrival, carrier.first_from(now), deliver_by, false)
        };
        let words = mend(date(2026, 9, 14).at(15, 0, 0, 0)).unwrap().words;
        assert_eq!(words, "hand it over by 2026-09-14, 16:00:00");
        // The last pick-up of that day is over: nothing mends it.
        assert_eq!(mend(date(2026, 9, 14).at(16, 0, 1, 0)), None);
    }
}
