use std::collections::BTreeMap;

use greengrid_app::ingestion::vendors::{Fetched, VendorReading, Window};
use greengrid_domain::fleet::DeviceSerial;
use greengrid_domain::ingestion::{Measurement, Noted, Remark};
use greengrid_domain::units::{Energy, Power};
use jiff::{SignedDuration, Timestamp};

/// Readings as they are put together from a vendor's series, each value in its
/// place.
#[derive(Debug, Default)]
pub(super) struct Draft(BTreeMap<(Timestamp, Option<DeviceSerial>), Measurement>);

impl Draft {
    /// The reading of a device for the interval that starts at an instant.
    pub(super) fn at(
        &mut self,
        device: Option<&DeviceSerial>,
        start: Timestamp,
    ) -> &mut Measurement {
        self.0.entry((start, device.cloned())).or_default()
    }

    /// What belongs to the window: readings with a power or an energy, of
    /// intervals that are over by `now`. A zero beside a power that contradicts
    /// it counts as not reported.
    pub(super) fn finish(
        mut self,
        window: Window,
        length: SignedDuration,
        now: Timestamp,
    ) -> Fetched {
        let mut ignored = false;
        for measured in self.0.values_mut() {
            let made = measured.power.map(|power| Energy::of(power, length.as_secs()));
            if measured.energy == Some(Energy::ZERO) && made >= Some(CONTRADICTS_ZERO) {
                measured.energy = None;
                ignored = true;
            }
        }
        let over = |start: Timestamp| start + length <= now;
        let readings: Vec<VendorReading> = self
            .0
            .into_iter()
            .filter(|((start, _), _)| window.contains(*start) && over(*start))
            .filter(|(_, measured)| measured.power.is_some() || measured.energy.is_some())
            .map(|((start, device), measurement)| VendorReading { device, start, measurement })
            .collect();
        let newest = readings.last().map(|reading| reading.start + length);
        let complete_to = newest.map_or(window.from, |end| end.min(window.to));
        let remarks = ignored.then_some(Noted::of(Remark::ZeroIgnored)).into_iter().collect();
        Fetched { asked: window, readings, complete_to, remarks }
    }
}

/// As much energy as this in an interval is not rounded to zero.
const CONTRADICTS_ZERO: Energy = Energy::from_wh(10);

/// The mean power over the seconds in which energy was measured.
#[expect(clippy::cast_precision_loss, reason = "some minutes")]
pub(super) fn mean_power(wh: f64, seconds: i64) -> Option<Power> {
    (seconds > 0).then(|| Power::from_watts_rounded(wh * 3600.0 / seconds as f64))
}

/// A number of watt-hours that can be a number.
pub(super) fn energy(wh: f64) -> Option<Energy> {
    wh.is_finite().then(|| Energy::from_wh_rounded(wh))
}

/// A number of watts that can be a number.
pub(super) fn power(watts: f64) -> Option<Power> {
    watts.is_finite().then(|| Power::from_watts_rounded(watts))
}
