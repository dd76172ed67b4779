use greengrid_domain::ingestion::{Cause, Remark, Totals};
use greengrid_domain::units::{PeakPower, Power};
use jiff::{SignedDuration, Timestamp};

use super::{Expected, Outcome, is_awake, morning};
use crate::ingestion::vendors::{VendorError, VendorGateway, VendorSiteDetails};

/// How old the newest reading may be by day, on top of a vendor's interval.
const FRESH: SignedDuration = SignedDuration::from_hours(2);

/// Power above this share of the capacity is a unit mistaken.
const TOO_MUCH: f64 = 1.3;

/// Capacities this far apart are not the same site.
const SAME_CAPACITY: std::ops::RangeInclusive<f64> = 0.8..=1.25;

pub(super) fn freshness(
    gateway: &dyn VendorGateway,
    expected: &Expected,
    newest: Option<Timestamp>,
    now: Timestamp,
) -> Outcome {
    let age = newest.map(|at| now.duration_since(at + gateway.interval()));
    if let Some(age) = age.filter(|age| *age <= FRESH) {
        return Outcome::Passed(format!("{} min old", age.as_mins().max(0)));
    }
    // Two hours ago as well: a site that has just woken up has not sent yet.
    if !is_awake(expected.location, now) || !is_awake(expected.location, now - FRESH) {
        return sleeping(expected, now);
    }
    let said = newest.map_or_else(
        || "no reading at all".to_owned(),
        |at| format!("last reading {}", expected.zone.local(at).strftime("%-d %b %H:%M")),
    );
    let error = VendorError::new(Cause::NoFreshData).saying(said);
    Outcome::Failed { error, near: Vec::new() }
}

pub(super) fn units(most: Option<Power>, on_record: Option<PeakPower>) -> Outcome {
    match (most, on_record) {
        (Some(power), Some(on_record)) if power.kw() > TOO_MUCH * on_record.kwp() => {
            Outcome::Doubtful(format!(
                "{:.1} kW from {:.1} kWp: a unit or the capacity is wrong",
                power.kw(),
                on_record.kwp()
            ))
        }
        (Some(power), _) => Outcome::Passed(format!("at most {:.1} kW", power.kw())),
        (None, _) => Outcome::Doubtful("there was no power to judge by".to_owned()),
    }
}

pub(super) fn capacity(details: &VendorSiteDetails, expected: &Expected) -> Outcome {
    let Some(theirs) = details.capacity else {
        return Outcome::Passed("the vendor does not tell".to_owned());
    };
    let Some(ours) = expected.capacity else {
        return Outcome::Doubtful(format!("{:.1} kWp there, not known here", theirs.kwp()));
    };
    let words = format!("{:.1} kWp there, {:.1} here", theirs.kwp(), ours.kwp());
    if SAME_CAPACITY.contains(&(theirs.kwp() / ours.kwp())) {
        Outcome::Passed(words)
    } else {
        Outcome::Doubtful(words)
    }
}

pub(super) fn zones(details: &VendorSiteDetails, expected: &Expected, now: Timestamp) -> Outcome {
    let Some(theirs) = &details.zone else {
        return Outcome::Passed("the vendor does not tell".to_owned());
    };
    // Names differ for one and the same clock; half a year tells both seasons.
    let same = [0, 183].into_iter().all(|days| {
        let at = now - SignedDuration::from_hours(24 * days);
        theirs.local(at).offset() == expected.zone.local(at).offset()
    });
    let words = format!("{} there, {} here", theirs.name(), expected.zone.name());
    if same { Outcome::Passed(words) } else { Outcome::Doubtful(words) }
}

/// Silence at night says nothing; when to look again does.
fn sleeping(expected: &Expected, now: Timestamp) -> Outcome {
    let again = expected.zone.local(morning(expected.location, now)).strftime("%-H:%M");
    Outcome::Doubtful(format!("the inverters are asleep; test again after {again}"))
}

/// The same with what the vendor's sums say.
pub(super) fn summed(outcome: Outcome, totals: Option<Totals>) -> Outcome {
    if !totals.is_some_and(|totals| totals.disagree()) {
        return outcome;
    }
    let words = Remark::TotalsDisagree.words();
    match outcome {
        Outcome::Passed(seen) => Outcome::Doubtful(format!("{words}; {seen}")),
        Outcome::Doubtful(why) => Outcome::Doubtful(format!("{words}; {why}")),
        failed @ Outcome::Failed { .. } => failed,
    }
}
