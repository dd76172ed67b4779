//! Light on the ground, from the height of the sun and the state of the sky.

use super::sun::{Instant, SunPosition};

/// Solar irradiance in W/m².
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Irradiance {
    /// On the horizontal, from the whole sky.
    pub global: f64,
    /// On a plane facing the sun, from its direction only.
    pub beam: f64,
    /// On the horizontal, from the rest of the sky.
    pub diffuse: f64,
    /// On a plane facing the sun, above the atmosphere.
    pub extraterrestrial: f64,
}

/// Global irradiance on the horizontal under a cloudless sky, W/m²: Haurwitz,
/// "Insolation in relation to cloudiness and cloud density", Journal of
/// Meteorology 2 (1945). It needs the sun's height alone and is among the best
/// of the models that do (Reno, Hansen and Stein, SAND2012-2389).
#[must_use]
pub fn global(sun: SunPosition) -> f64 {
    let cos_zenith = sun.cos_zenith();
    if cos_zenith <= 0.0 { 0.0 } else { 1098.0 * cos_zenith * (-0.059 / cos_zenith).exp() }
}

/// Irradiance when the sky lets `clearness` of the clear-sky global irradiance
/// through: 1 under a cloudless sky, 0.2 under thick cloud, up to 1.3 between
/// bright clouds. The diffuse part follows from how much of the light above
/// the atmosphere arrives: Erbs, Klein and Duffie, "Estimation of the diffuse
/// radiation fraction", Solar Energy 28 (1982).
#[must_use]
pub fn irradiance(at: &Instant, sun: SunPosition, clearness: f64) -> Irradiance {
    let extraterrestrial = at.extraterrestrial_wm2();
    let global = global(sun) * if clearness.is_nan() { 0.0 } else { clearness.clamp(0.0, 1.3) };
    if global <= 0.0 {
        return Irradiance { extraterrestrial, ..Irradiance::default() };
    }
    let cos_zenith = sun.cos_zenith().max(LOWEST_COS_ZENITH);
    let transmitted = (global / (extraterrestrial * cos_zenith)).clamp(0.0, 1.0);
    let diffuse = global * diffuse_fraction(transmitted);
    Irradiance { global, beam: (global - diffuse) / cos_zenith, diffuse, extraterrestrial }
}

/// The cosine at which a sun on the horizon is held, so that dividing by it
/// does not turn a trace of light into a strong beam (about 3.7°).
const LOWEST_COS_ZENITH: f64 = 0.065;

fn diffuse_fraction(transmitted: f64) -> f64 {
    let k = transmitted;
    if k <= 0.22 {
        1.0 - 0.09 * k
    } else if k <= 0.80 {
        0.9511 - 0.1604 * k + 4.388 * k.powi(2) - 16.638 * k.powi(3) + 12.336 * k.powi(4)
    } else {
        0.165
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sun(elevation_deg: f64) -> SunPosition {
        SunPosition { elevation_deg, azimuth_deg: 180.0 }
    }

    #[test]
    fn clear_sky_light_agrees_with_the_published_formula() {
        for (elevation, expected) in [
            (-20.0, 0.0),
            (-0.05, 0.0),
            (5.0, 48.630),
            (10.0, 135.742),
            (30.0, 487.894),
            (50.0, 778.767),
            (90.0, 1035.092),
        ] {
            let actual = global(sun(elevation));
            assert!((actual - expected).abs() < 0.01, "{elevation}°: {actual}");
        }
    }

    #[test]
    fn clouds_take_the_beam_first() {
        let at = Instant::at("2026-06-21T11:00:00Z".parse().unwrap());
        let clear = irradiance(&at, sun(60.0), 1.0);
        let cloudy = irradiance(&at, sun(60.0), 0.3);

        assert!((0.10..0.30).contains(&(clear.diffuse / clear.global)), "{clear:?}");
        assert!((750.0..950.0).contains(&clear.beam), "{clear:?}");
        assert!(cloudy.diffuse / cloudy.global > 0.9, "{cloudy:?}");
    }

    #[test]
    fn beam_and_diffuse_add_up_to_the_whole() {
        let at = Instant::at("2026-03-21T11:00:00Z".parse().unwrap());
        for elevation in [8.0, 15.0, 40.0, 85.0] {
            for clearness in [0.0, 0.1, 0.5, 0.9, 1.0, 1.3, 9.0, f64::NAN] {
                let light = irradiance(&at, sun(elevation), clearness);
                let whole = light.beam * sun(elevation).cos_zenith() + light.diffuse;
                assert!((whole - light.global).abs() < 1e-6, "{elevation}° {clearness}: {light:?}");
            }
        }
    }
}
