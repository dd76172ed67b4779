//! The sky over each region: a kind of day with clouds that pass, shared by
//! the sites of the region, and the temperature of the air.

use jiff::Timestamp;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;

use super::OPENING_DAY;
use super::noise::{derive, unit, wander};

/// What kind of sky a half day has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sky {
    /// Hardly a cloud.
    Clear,
    /// Bright, with a small cloud now and then.
    Light,
    /// Sun and clouds in turn.
    Mixed,
    /// Grey.
    Overcast,
}

/// A sky in numbers, so that one can turn into another.
#[derive(Debug, Clone, Copy)]
struct Cover {
    /// Share of the clear-sky light between clouds.
    base: f64,
    /// How easily a cloud forms, 0 to 1.
    cloudy: f64,
    /// Share of light that a cloud takes away.
    depth: f64,
}

impl Sky {
    const fn cover(self) -> Cover {
        match self {
            Self::Clear => Cover { base: 0.995, cloudy: 0.02, depth: 0.25 },
            Self::Light => Cover { base: 0.985, cloudy: 0.22, depth: 0.4 },
            Self::Mixed => Cover { base: 0.98, cloudy: 0.62, depth: 0.62 },
            Self::Overcast => Cover { base: 0.5, cloudy: 0.88, depth: 0.6 },
        }
    }

    /// The sky at this place between 0 and 1 in a usual season: a quarter
    /// clear, a third light, a quarter mixed, the rest grey.
    fn usual(place: f64) -> Self {
        match place {
            ..0.25 => Self::Clear,
            ..0.58 => Self::Light,
            ..0.83 => Self::Mixed,
            _ => Self::Overcast,
        }
    }
}

impl Cover {
    fn turning_into(self, other: Self, share: f64) -> Self {
        let blend = |from: f64, to: f64| from + (to - from) * share;
        Self {
            base: blend(self.base, other.base),
            cloudy: blend(self.cloudy, other.cloudy),
            depth: blend(self.depth, other.depth),
        }
    }
}

/// The sky over a region at one instant.
#[derive(Debug, Clone, Copy)]
pub(super) struct RegionSky {
    cover: Cover,
    /// Temperature of the air in the shade, °C.
    pub(super) ambient_c: f64,
}

/// The weather of all regions.
#[derive(Debug, Clone, Copy)]
pub(super) struct Weather {
    seed: u64,
}

impl Weather {
    /// The weather that belongs to a seed.
    pub(super) const fn of(seed: u64) -> Self {
        Self { seed: derive(seed, 0x77ea) }
    }

    /// The sky over a region at an instant, prepared for its sites.
    pub(super) fn over(self, region: usize, at: Timestamp) -> RegionSky {
        let cover = self.cover(region, at);
        RegionSky { cover, ambient_c: self.ambient_c(region, at) }
    }

    /// Share of the clear-sky light that reaches the ground: 1 under a clear
    /// sky, 0.2 under thick cloud, a little above 1 beside a bright cloud.
    /// `lag_s` is how much later the clouds pass here than in the middle of the
    /// region.
    pub(super) fn clearness(
        self,
        region: usize,
        sky: &RegionSky,
        at: Timestamp,
        lag_s: f64,
    ) -> f64 {
        let cover = sky.cover;
        let seed = derive(self.seed, 0x100 + region as u64);
        let seconds = seconds(at) - lag_s;
        let field =
            0.62 * wander(seed, seconds / 2700.0) + 0.38 * wander(derive(seed, 1), seconds / 780.0);
        let threshold = 0.92 - 0.72 * cover.cloudy;
        let thickness = ((field - threshold) / 0.22).clamp(0.0, 1.0);
        let haze = 0.02 * wander(derive(seed, 2), seconds / 7200.0);
        let edge = if cover.base > 0.9 { 0.05 * thickness * (1.0 - thickness) } else { 0.0 };
        (cover.base - haze + edge) * (1.0 - cover.depth * thickness)
    }

    /// Temperature of the air in the shade, °C.
    fn ambient_c(self, region: usize, at: Timestamp) -> f64 {
        use std::f64::consts::TAU;
        let zoned = at.to_zoned(TimeZone::UTC);
        let year = f64::from(zoned.day_of_year()) / 365.25;
        let hour = f64::from(zoned.hour()) + f64::from(zoned.minute()) / 60.0;
        let season = 10.5 - 9.5 * (TAU * (year - 0.055)).cos();
        // Warmest in the middle of the afternoon, at 14:00 UTC.
        let swing = 5.0 * (TAU * (hour - 14.0) / 24.0).cos();
        let spell = 7.0 * (wander(derive(self.seed, 0x200), seconds(at) / 260_000.0) - 0.5);
        let latitude = [-1.5, 0.0, 1.0].get(region).copied().unwrap_or(0.0);
        season + swing + spell + latitude
    }

    fn cover(self, region: usize, at: Timestamp) -> Cover {
        let zoned = at.to_zoned(TimeZone::UTC);
        let (morning, afternoon) = self.day(region, zoned.date());
        let hour = f64::from(zoned.hour()) + f64::from(zoned.minute()) / 60.0;
        let share = ((hour - 10.5) / 2.5).clamp(0.0, 1.0);
        morning.cover().turning_into(afternoon.cover(), share)
    }

    /// Morning and afternoon of a day. The last days before the demo opens are
    /// written down, so that what is wrong can be seen; mornings from then on
    /// are bright.
    fn day(self, region: usize, day: Date) -> (Sky, Sky) {
        const WRITTEN: [(Date, Sky, Sky); 6] = [
            (date(2026, 6, 7), Sky::Mixed, Sky::Light),
            (date(2026, 6, 8), Sky::Light, Sky::Light),
            (date(2026, 6, 9), Sky::Light, Sky::Clear),
            (date(2026, 6, 10), Sky::Mixed, Sky::Light),
            (date(2026, 6, 11), Sky::Clear, Sky::Light),
            (OPENING_DAY, Sky::Light, Sky::Clear),
        ];
        if let Some((_, morning, afternoon)) = WRITTEN.iter().find(|(on, ..)| *on == day) {
            return (*morning, *afternoon);
        }
        let number = i64::from(days_since_epoch(day));
        // Fronts cross the whole country: regions mostly share their sky.
        let front = wander(derive(self.seed, 0x300), number_of(number) / 2.3);
        let own = unit(derive(self.seed, 0x400 + region as u64), number);
        let later = unit(derive(self.seed, 0x500 + region as u64), number);
        // Spread the middle-heavy curve over the whole range again.
        let front = ((front - 0.5) * 2.0 + 0.5).clamp(0.0, 1.0);
        let morning = 0.8 * front + 0.2 * own;
        let afternoon = (morning + 0.45 * (later - 0.5)).clamp(0.0, 1.0);
        if day > OPENING_DAY {
            (Sky::usual(0.5 * own), Sky::usual(0.8 * afternoon))
        } else {
            (Sky::usual(morning), Sky::usual(afternoon))
        }
    }
}

fn days_since_epoch(day: Date) -> i32 {
    day.duration_since(date(1970, 1, 1)).as_hours().try_into().unwrap_or(0) / 24
}

fn number_of(days: i64) -> f64 {
    f64::from(i32::try_from(days).unwrap_or(0))
}

#[expect(clippy::cast_precision_loss, reason = "seconds since 1970 fit a double exactly")]
fn seconds(at: Timestamp) -> f64 {
    at.as_second() as f64
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;

    use super::*;

    fn light(weather: Weather, region: usize, at: Timestamp) -> f64 {
        weather.clearness(region, &weather.over(region, at), at, 0.0)
    }

    fn noon_mean(weather: Weather, region: usize, day: Date) -> f64 {
        let from = day.at(7, 0, 0, 0).to_zoned(TimeZone::UTC).unwrap().timestamp();
        let steps = 48;
        let sum: f64 =
            (0..steps).map(|step| light(weather, region, from + (step * 10).minutes())).sum();
        sum / f64::from(steps)
    }

    #[test]
    fn every_kind_of_day_occurs_in_a_season() {
        let weather = Weather::of(1);
        let days: Vec<f64> = (0..90)
            .map(|back| noon_mean(weather, 1, OPENING_DAY.checked_sub(back.days()).unwrap()))
            .collect();

        assert!(days.iter().filter(|clearness| **clearness > 0.9).count() > 15);
        assert!(days.iter().filter(|clearness| **clearness < 0.45).count() > 5);
        assert!(days.iter().all(|clearness| (0.1..1.1).contains(clearness)));
    }

    #[test]
    fn mornings_from_the_opening_on_are_bright() {
        let weather = Weather::of(1);
        for later in 0..30 {
            let day = OPENING_DAY.checked_add(later.days()).unwrap();
            let ten = day.at(8, 40, 0, 0).to_zoned(TimeZone::UTC).unwrap().timestamp();
            for region in 0..3 {
                assert!(light(weather, region, ten) > 0.5, "{day}");
            }
        }
    }

    #[test]
    fn june_is_warmer_than_march() {
        let weather = Weather::of(1);

        let march = weather.ambient_c(1, "2026-03-15T12:00:00Z".parse().unwrap());
        let june = weather.ambient_c(1, "2026-06-12T12:00:00Z".parse().unwrap());

        assert!((0.0..16.0).contains(&march), "{march}");
        assert!((18.0..32.0).contains(&june), "{june}");
    }
}
