//! Power of an array from the light that falls on it.

use jiff::Timestamp;

use super::clear_sky::{self, Irradiance};
use super::sun::{Instant, SunPosition};
use crate::fleet::{Array, Location};

/// An array whose orientation is settled, ready to be computed many times.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PvSystem {
    place: Location,
    capacity_w: f64,
    tilt_deg: f64,
    sin_tilt: f64,
    cos_tilt: f64,
    azimuth_deg: f64,
    limit_w: Option<f64>,
}

/// Share of power that a cell loses for each kelvin above 25 °C; typical of
/// crystalline silicon.
const LOSS_PER_KELVIN: f64 = 0.004;
/// Share of light that grass, gravel and roofs reflect, as usually assumed.
const ALBEDO: f64 = 0.2;
/// The cosine at which a low sun is held where the formula divides by it
/// (about 5°).
const LOWEST_COS_ZENITH: f64 = 0.087;

impl PvSystem {
    /// The array at a place. An unknown tilt counts as about the best one for
    /// the latitude, between 10° and 35° as roofs go; an unknown azimuth as
    /// facing the equator.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "watts of a site are far below 2^53")]
    pub fn new(array: &Array, place: Location) -> Self {
        let tilt_deg =
            array.tilt_deg.unwrap_or_else(|| (place.latitude().abs() * 0.7).clamp(10.0, 35.0));
        let azimuth_deg =
            array.azimuth_deg.unwrap_or(if place.latitude() < 0.0 { 0.0 } else { 180.0 });
        let limit = match (array.ac_limit, array.export_limit) {
            (Some(ac), Some(export)) => Some(ac.min(export)),
            (limit, None) | (None, limit) => limit,
        };
        let (sin_tilt, cos_tilt) = tilt_deg.to_radians().sin_cos();
        Self {
            place,
            capacity_w: array.capacity.wp() as f64,
            tilt_deg,
            sin_tilt,
            cos_tilt,
            azimuth_deg,
            limit_w: limit.map(|limit| limit.watts().max(0) as f64),
        }
    }

    /// DC capacity in watts.
    #[must_use]
    pub const fn capacity_w(&self) -> f64 {
        self.capacity_w
    }

    /// Angle from the horizontal in degrees.
    #[must_use]
    pub const fn tilt_deg(&self) -> f64 {
        self.tilt_deg
    }

    /// What the inverters, or the grid, let through at most, in watts.
    #[must_use]
    pub const fn limit_w(&self) -> Option<f64> {
        self.limit_w
    }

    /// Cuts power at what the inverters, or the grid, let through.
    #[must_use]
    pub fn clipped(&self, power_w: f64) -> f64 {
        self.limit_w.map_or(power_w, |limit| power_w.min(limit))
    }

    /// Irradiance in the plane of the array in W/m², less what glass reflects.
    ///
    /// The diffuse part after Hay and Davies (1980), as in Duffie and Beckman,
    /// "Solar Engineering of Thermal Processes", section 2.16: light from around
    /// the sun counts as beam, the rest comes evenly from the sky. Reflection
    /// at the glass after ASHRAE 93-77 with b₀ = 0.05.
    #[must_use]
    pub fn plane_of_array(&self, sun: SunPosition, light: &Irradiance) -> f64 {
        if light.global <= 0.0 {
            return 0.0;
        }
        let (sin_elevation, cos_elevation) = sun.elevation_deg.to_radians().sin_cos();
        let turn = (sun.azimuth_deg - self.azimuth_deg).to_radians();
        let cos_incidence =
            (sin_elevation * self.cos_tilt + cos_elevation * self.sin_tilt * turn.cos()).max(0.0);
        let passes = if cos_incidence > 0.0 {
            (1.0 - 0.05 * (1.0 / cos_incidence - 1.0)).clamp(0.0, 1.0)
        } else {
            0.0
        };
        let around_sun = (light.beam / light.extraterrestrial).clamp(0.0, 1.0);
        let ratio = cos_incidence / sin_elevation.max(LOWEST_COS_ZENITH);
        let beam = (light.beam * cos_incidence + light.diffuse * around_sun * ratio) * passes;
        let sky = light.diffuse * (1.0 - around_sun) * f64::midpoint(1.0, self.cos_tilt);
        let ground = light.global * ALBEDO * (1.0 - self.cos_tilt) / 2.0;
        beam + sky + ground
    }

    /// AC power in watts before any limit, as if nothing but heat cost any:
    /// wiring, inverters, dirt and age are left to the baseline's gain.
    ///
    /// Cells are warmer than the air after Faiman, "Assessing the outdoor
    /// operating temperature of photovoltaic modules", Progress in
    /// Photovoltaics 16 (2008), in a light wind of 1 m/s.
    #[must_use]
    pub fn unlimited_power(&self, sun: SunPosition, light: &Irradiance, ambient_c: f64) -> f64 {
        let plane = self.plane_of_array(sun, light);
        let cell_c = ambient_c + plane / (25.0 + 6.84);
        let heat = (1.0 - LOSS_PER_KELVIN * (cell_c - 25.0)).clamp(0.5, 1.2);
        self.capacity_w * plane / 1000.0 * heat
    }

    /// AC power in watts at an instant, cut at the limit; see
    /// [`Self::unlimited_power`] and [`clear_sky::irradiance`].
    #[must_use]
    pub fn power(&self, at: &Instant, clearness: f64, ambient_c: f64) -> f64 {
        let sun = at.seen_from(self.place);
        let light = clear_sky::irradiance(at, sun, clearness);
        self.clipped(self.unlimited_power(sun, &light, ambient_c))
    }
}

/// AC power in watts of an array at a place and instant, cut at its limits.
/// `clearness` is the share of clear-sky light that comes through.
#[must_use]
pub fn ac_power(
    array: &Array,
    place: Location,
    at: Timestamp,
    clearness: f64,
    ambient_c: f64,
) -> f64 {
    PvSystem::new(array, place).power(&Instant::at(at), clearness, ambient_c)
}

/// Air temperature by day that is usual for a place and season, °C, where
/// nobody measured it: the yearly mean falls and the seasons grow with
/// latitude, warmest in late July or January. Good to some 5 K, which moves
/// the power by 2 %.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "seconds since 1970 are far below 2^53")]
pub fn usual_ambient_c(place: Location, at: Timestamp) -> f64 {
    let latitude = place.latitude();
    let warmest = if latitude < 0.0 { 22.0 } else { 205.0 };
    let angle = std::f64::consts::TAU * (at.as_second() as f64 / 86_400.0 - warmest) / 365.25;
    30.0 - 0.35 * latitude.abs() + 0.2 * latitude.abs() * angle.cos()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::{PeakPower, Power};
    use jiff::SignedDuration;

    fn munich() -> Location {
        Location::new(48.14, 11.58).unwrap()
    }

    fn array(kwp: f64) -> Array {
        Array {
            capacity: PeakPower::from_kwp(kwp).unwrap(),
            tilt_deg: Some(30.0),
            azimuth_deg: Some(180.0),
            ac_limit: None,
            export_limit: None,
        }
    }

    fn daily_kwh(array: &Array, place: Location, day: &str, clearness: f64) -> f64 {
        let start: Timestamp = format!("{day}T00:00:00Z").parse().unwrap();
        (0..288)
            .map(|step| start + SignedDuration::from_mins(5 * step))
            .map(|at| ac_power(array, place, at, clearness, usual_ambient_c(place, at)))
            .sum::<f64>()
            / 12_000.0
    }

    #[test]
    fn clear_days_give_what_good_systems_give() {
        let array = array(1.0);

        // A clear June day brings some 7 to 8 kWh/m² onto such a roof at Munich,
        // a clear December day about 3.
        assert!((6.3..8.2).contains(&daily_kwh(&array, munich(), "2026-06-15", 1.0)));
        assert!((2.2..3.8).contains(&daily_kwh(&array, munich(), "2026-12-15", 1.0)));
        // San Diego in spring.
        let san_diego = Location::new(32.88, -117.24).unwrap();
        assert!((6.5..8.5).contains(&daily_kwh(&array, san_diego, "2016-04-20", 1.0)));
    }

    #[test]
    fn an_overcast_day_gives_about_a_fifth() {
        let clear = daily_kwh(&array(1.0), munich(), "2026-06-15", 1.0);
        let overcast = daily_kwh(&array(1.0), munich(), "2026-06-15", 0.2);

        assert!((0.12..0.28).contains(&(overcast / clear)));
    }

    #[test]
    fn an_east_roof_peaks_before_a_west_roof() {
        let noon: Timestamp = "2026-06-15T11:15:00Z".parse().unwrap();
        let morning = noon - SignedDuration::from_hours(4);
        let east = Array { azimuth_deg: Some(90.0), ..array(1.0) };
        let west = Array { azimuth_deg: Some(270.0), ..array(1.0) };
        let power = |array, at| ac_power(array, munich(), at, 1.0, 20.0);

        assert!(power(&east, morning) > 2.0 * power(&west, morning));
        assert!((power(&east, noon) / power(&west, noon) - 1.0).abs() < 0.03);
    }

    #[test]
    fn the_tighter_limit_cuts() {
        let noon = "2026-06-15T11:15:00Z".parse().unwrap();
        let limited = Array {
            ac_limit: Some(Power::from_watts(8_000)),
            export_limit: Some(Power::from_watts(6_000)),
            ..array(10.0)
        };

        assert!((ac_power(&limited, munich(), noon, 1.0, 20.0) - 6_000.0).abs() < 1e-9);
    }

    #[test]
    fn an_unknown_orientation_faces_the_equator() {
        let unknown = Array { tilt_deg: None, azimuth_deg: None, ..array(1.0) };
        let sydney = Location::new(-33.9, 151.2).unwrap();
        let noon = "2026-12-15T02:00:00Z".parse().unwrap();

        assert!(ac_power(&unknown, sydney, noon, 1.0, 25.0) > 800.0);
        assert!((PvSystem::new(&unknown, sydney).tilt_deg() - 23.73).abs() < 0.01);
    }

    proptest::proptest! {
        #[test]
        fn power_is_never_negative_and_always_a_number(
            latitude in -90.0..=90.0_f64, longitude in -180.0..=180.0_f64,
            second in -1_000_000_000_i64..8_000_000_000, clearness in proptest::num::f64::ANY,
            tilt in 0.0..=90.0_f64, azimuth in 0.0..=360.0_f64,
        ) {
            let place = Location::new(latitude, longitude).unwrap();
            let tilted = Array { tilt_deg: Some(tilt), azimuth_deg: Some(azimuth), ..array(1.0) };
            let at = Timestamp::from_second(second).unwrap();

            let power = ac_power(&tilted, place, at, clearness, usual_ambient_c(place, at));

            proptest::prop_assert!((0.0..2_500.0).contains(&power), "{power}");
        }
    }
}
