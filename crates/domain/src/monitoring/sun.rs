//! Where the sun stands.

use jiff::Timestamp;
use solar_positioning::time::JulianDate;
use solar_positioning::{PreparedPositions, SolarPositions};

use crate::fleet::Location;

/// The sun as seen from a place: the centre of its disc, without refraction.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SunPosition {
    /// Angle above the horizon in degrees, negative at night.
    pub elevation_deg: f64,
    /// Direction in degrees clockwise from north.
    pub azimuth_deg: f64,
}

impl SunPosition {
    /// A sun that gives no light, for instants no algorithm covers.
    const BELOW: Self = Self { elevation_deg: -90.0, azimuth_deg: 0.0 };

    /// Whether any of the disc can be above the horizon, refraction included.
    #[must_use]
    pub fn is_up(self) -> bool {
        self.elevation_deg > -0.833
    }

    /// Cosine of the angle from the zenith, never negative.
    #[must_use]
    pub fn cos_zenith(self) -> f64 {
        self.elevation_deg.to_radians().sin().max(0.0)
    }
}

/// The sun at one instant, prepared for many places.
///
/// From 2010 to 2109 by Grena, "Five new algorithms for the computation of sun
/// position from 2010 to 2110", Solar Energy 86 (2012), algorithm 3, good to
/// 0.01°; before and after by Reda and Andreas, "Solar position algorithm for
/// solar radiation applications", Solar Energy 76 (2004).
#[derive(Debug, Clone, Copy)]
pub struct Instant {
    positions: Option<PreparedPositions>,
    extraterrestrial_wm2: f64,
}

/// Terrestrial minus universal time in seconds. It drifts by less than a
/// second a year, which moves the sun by 0.004°.
const DELTA_T_S: f64 = 69.2;

const UNIX_EPOCH_JULIAN: f64 = 2_440_587.5;
const SECONDS_PER_DAY: f64 = 86_400.0;
/// 2010-02-01 and 2109-12-01, inside what Grena's algorithm covers.
const GRENA: std::ops::Range<i64> = 1_264_982_400..4_415_212_800;

impl Instant {
    /// Prepares an instant.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "seconds since 1970 are far below 2^53")]
    pub fn at(at: Timestamp) -> Self {
        let seconds = at.as_second();
        let model =
            if GRENA.contains(&seconds) { SolarPositions::grena3() } else { SolarPositions::new() };
        let days = seconds as f64 / SECONDS_PER_DAY;
        let positions = JulianDate::new(UNIX_EPOCH_JULIAN + days, DELTA_T_S)
            .and_then(|julian| model.for_time_from_julian(julian))
            .ok();
        Self { positions, extraterrestrial_wm2: extraterrestrial(days) }
    }

    /// The sun as seen from a place at this instant.
    #[must_use]
    pub fn seen_from(&self, place: Location) -> SunPosition {
        let place = solar_positioning::Location {
            latitude: place.latitude(),
            longitude: place.longitude(),
        };
        self.positions.and_then(|positions| positions.at(place, 0.0, None).ok()).map_or(
            SunPosition::BELOW,
            |position| SunPosition {
                elevation_deg: position.elevation_angle(),
                azimuth_deg: position.azimuth(),
            },
        )
    }

    /// Irradiance on a plane facing the sun above the atmosphere, W/m².
    #[must_use]
    pub const fn extraterrestrial_wm2(&self) -> f64 {
        self.extraterrestrial_wm2
    }
}

/// The sun as seen from a place at an instant.
#[must_use]
pub fn position(place: Location, at: Timestamp) -> SunPosition {
    Instant::at(at).seen_from(place)
}

/// The sun's declination on a day in degrees, good to half a degree: Cooper,
/// "The absorption of radiation in solar stills", Solar Energy 12 (1969).
pub(super) fn declination_deg(day: jiff::civil::Date) -> f64 {
    let angle = std::f64::consts::TAU * (284.0 + f64::from(day.day_of_year())) / 365.0;
    23.45 * angle.sin()
}

/// The sun at an hour of the mean solar day, good to some degrees: for learning
/// by where it stands, not for light.
pub(super) fn at_solar_hour(place: Location, declination_deg: f64, hour: f64) -> SunPosition {
    let (sin_lat, cos_lat) = place.latitude().to_radians().sin_cos();
    let (sin_dec, cos_dec) = declination_deg.to_radians().sin_cos();
    let (sin_hour, cos_hour) = (15.0 * (hour - 12.0)).to_radians().sin_cos();
    let sin_elevation = sin_lat * sin_dec + cos_lat * cos_dec * cos_hour;
    let azimuth = (-sin_hour).atan2(sin_dec / cos_dec * cos_lat - sin_lat * cos_hour);
    SunPosition {
        elevation_deg: sin_elevation.clamp(-1.0, 1.0).asin().to_degrees(),
        azimuth_deg: azimuth.to_degrees().rem_euclid(360.0),
    }
}

/// 1361 W/m² (Kopp and Lean 2011) with the eccentricity of the earth's orbit
/// as a single cosine (Duffie and Beckman, "Solar Engineering of Thermal
/// Processes", equation 1.4.1a); perihelion falls on about 3 January.
fn extraterrestrial(days_since_1970: f64) -> f64 {
    let angle = std::f64::consts::TAU * (days_since_1970 - 2.0) / 365.25;
    1361.0 * (1.0 + 0.033 * angle.cos())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(place: (f64, f64), at: &str, elevation_deg: f64, azimuth_deg: f64) {
        let place = Location::new(place.0, place.1).unwrap();
        let sun = position(place, at.parse().unwrap());
        assert!((sun.elevation_deg - elevation_deg).abs() < 0.05, "{at}: {sun:?}");
        assert!((sun.azimuth_deg - azimuth_deg).abs() < 0.05, "{at}: {sun:?}");
    }

    #[test]
    fn positions_agree_with_published_ones() {
        // NREL/TP-560-34302, table A5.1: Golden, Colorado (with refraction there).
        check((39.742_476, -105.178_6), "2003-10-17T19:30:30Z", 39.888, 194.340);
    }

    #[test]
    fn the_sun_of_midsummer_noon_stands_at_colatitude_plus_the_tilt_of_the_earth() {
        let vienna = Location::new(48.21, 16.37).unwrap();

        let highest = (0..96)
            .map(|quarter| {
                let start: Timestamp = "2026-06-21T00:00:00Z".parse().unwrap();
                position(vienna, start + jiff::SignedDuration::from_mins(15 * quarter))
            })
            .max_by(|a, b| a.elevation_deg.total_cmp(&b.elevation_deg))
            .unwrap();

        assert!((highest.elevation_deg - (90.0 - 48.21 + 23.44)).abs() < 0.1, "{highest:?}");
        assert!((highest.azimuth_deg - 180.0).abs() < 6.0, "{highest:?}");
    }

    #[test]
    fn the_earth_is_nearest_to_the_sun_in_january() {
        let january = Instant::at("2026-01-03T00:00:00Z".parse().unwrap());
        let july = Instant::at("2026-07-04T00:00:00Z".parse().unwrap());

        assert!((january.extraterrestrial_wm2() - 1406.0).abs() < 3.0);
        assert!((july.extraterrestrial_wm2() - 1316.0).abs() < 3.0);
    }
}
