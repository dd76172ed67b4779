use greengrid_domain::fleet::SiteId;
use greengrid_domain::monitoring::{IntervalActual, PowerRange};
use greengrid_domain::time::Interval;
use greengrid_domain::units::{Energy, MeterRegister, Power};

/// A quarter hour of a site as the read model has it.
pub(super) struct IntervalRow {
    pub(super) site_id: i32,
    pub(super) starts_at: jiff_sqlx::Timestamp,
    pub(super) energy_wh: i32,
    pub(super) covered_s: i16,
    pub(super) inconsistent: i16,
    pub(super) low_power_w: Option<i32>,
    pub(super) mean_power_w: Option<i32>,
    pub(super) high_power_w: Option<i32>,
    pub(super) register_wh: Option<i64>,
    pub(super) counter_resets: i16,
    pub(super) repeats: i16,
    pub(super) faults: i16,
}

impl IntervalRow {
    pub(super) fn actual(self) -> (SiteId, IntervalActual) {
        let watts = |value: i32| Power::from_watts(value.into());
        let power = match (self.low_power_w, self.mean_power_w, self.high_power_w) {
            (Some(low), Some(mean), Some(high)) => {
                Some(PowerRange { low: watts(low), mean: watts(mean), high: watts(high) })
            }
            _ => None,
        };
        // Counters below zero are refused at the door.
        let register = self.register_wh.and_then(|wh| u64::try_from(wh).ok());
        let actual = IntervalActual::builder()
            .interval(Interval::containing(self.starts_at.to_jiff()))
            .energy(Energy::from_wh(self.energy_wh.into()))
            .covered_s(self.covered_s)
            .left_out(self.inconsistent)
            .maybe_power(power)
            .maybe_register(register.map(MeterRegister::from_wh))
            .counter_resets(self.counter_resets)
            .repeats(self.repeats)
            .faults(self.faults)
            .build();
        (SiteId::from(self.site_id), actual)
    }
}
