use std::collections::HashMap;

use greengrid_domain::ingestion::{Measurement, Target};
use greengrid_domain::units::{Energy, MeterRegister, Power};
use jiff::{SignedDuration, Timestamp};

use super::payload::Sample;

/// Devices remembered at most; whoever makes names up does not use up memory.
const MOST: usize = 20_000;

/// Counters and powers beyond this were never measured.
const BEYOND: f64 = 9e15;

/// What devices told within the interval that has not ended. They publish as
/// they like, some of them each number alone; a reading speaks for an interval
/// of its site. Each message makes the reading of its interval better, and each
/// state of it is kept.
#[derive(Debug, Default)]
pub(super) struct Gathered(HashMap<Target, Window>);

#[derive(Debug, Default)]
struct Window {
    start: Timestamp,
    samples: u32,
    /// Sum of the powers, W.
    power_w: f64,
    total_wh: Option<f64>,
    voltage_v: Option<f64>,
}

impl Gathered {
    /// The reading of the sample's interval so far, and when that began; none
    /// while no power is known.
    pub(super) fn add(
        &mut self,
        target: &Target,
        sample: &Sample,
        cadence: SignedDuration,
    ) -> Option<(Timestamp, Measurement)> {
        let start = start_of(sample.at, cadence);
        if self.0.len() >= MOST && !self.0.contains_key(target) {
            self.0.clear();
        }
        let window = self.0.entry(target.clone()).or_default();
        if window.start != start {
            *window = Window { start, ..Window::default() };
        }
        if let Some(power) = sample.power_w {
            window.samples += 1;
            window.power_w += power;
        }
        window.total_wh = sample.total_wh.or(window.total_wh);
        window.voltage_v = sample.voltage_v.or(window.voltage_v);
        (window.samples > 0).then(|| (start, window.measurement()))
    }
}

impl Window {
    fn measurement(&self) -> Measurement {
        let mean = self.power_w / f64::from(self.samples);
        Measurement {
            power: Some(Power::from_watts_rounded(mean)),
            energy: None::<Energy>,
            energy_total: self.total_wh.and_then(register),
            voltage_v: self.voltage_v.and_then(voltage),
            ..Measurement::default()
        }
    }
}

/// The beginning of the interval of this length that holds the instant.
fn start_of(at: Timestamp, cadence: SignedDuration) -> Timestamp {
    let seconds = cadence.as_secs().max(1);
    Timestamp::from_second(at.as_second().div_euclid(seconds) * seconds).unwrap_or(at)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "bounded before the cast"
)]
fn register(wh: f64) -> Option<MeterRegister> {
    (0.0..=BEYOND).contains(&wh).then(|| MeterRegister::from_wh(wh.round() as u64))
}

#[expect(clippy::cast_possible_truncation, reason = "bounded before the cast")]
fn voltage(volts: f64) -> Option<f32> {
    (-1e9..=1e9).contains(&volts).then_some(volts as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CADENCE: SignedDuration = SignedDuration::from_mins(5);

    fn target() -> Target {
        Target { site: "alpha".parse().unwrap(), device: None }
    }

    fn sample(second: i64, power_w: Option<f64>, total_wh: Option<f64>) -> Sample {
        let at = Timestamp::from_second(600 + second).unwrap();
        Sample { at, power_w, total_wh, voltage_v: None }
    }

    #[test]
    fn a_reading_is_the_mean_of_its_interval_so_far() {
        let mut gathered = Gathered::default();

        gathered.add(&target(), &sample(10, Some(100.0), None), CADENCE);
        let second = gathered.add(&target(), &sample(70, Some(300.0), Some(5.0)), CADENCE);
        let next = gathered.add(&target(), &sample(301, Some(50.0), None), CADENCE);

        let (start, measured) = second.unwrap();
        assert_eq!(start.as_second(), 600);
        assert_eq!(measured.power, Some(Power::from_watts(200)));
        assert_eq!(measured.energy_total, Some(MeterRegister::from_wh(5)));
        let (start, measured) = next.unwrap();
        assert_eq!(start.as_second(), 900);
        assert_eq!((measured.power, measured.energy_total), (Some(Power::from_watts(50)), None));
    }

    #[test]
    fn a_counter_alone_is_no_reading_until_the_power_is_known() {
        let mut gathered = Gathered::default();

        let alone = gathered.add(&target(), &sample(10, None, Some(1_000.0)), CADENCE);
        let with_power = gathered.add(&target(), &sample(12, Some(47.0), None), CADENCE);

        assert!(alone.is_none());
        assert_eq!(with_power.unwrap().1.energy_total, Some(MeterRegister::from_wh(1_000)));
    }
}
