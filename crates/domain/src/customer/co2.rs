use crate::time::SiteZone;
use crate::units::Energy;

/// What a kilowatt-hour from the grid emits, for what solar energy avoids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GridFactor {
    /// Grams of CO₂ for a kilowatt-hour.
    pub grams_per_kwh: i64,
    /// For which grid, in words.
    pub of: &'static str,
    /// Where the figure comes from.
    pub source: &'static str,
}

/// 657 million tonnes from 2,700 terawatt-hours.
const EUROPE: GridFactor = GridFactor {
    grams_per_kwh: 243,
    of: "the average of the European Union in 2023",
    source: "Ember, Global Electricity Review 2024",
};

/// 1,650 million tonnes from 4,231 terawatt-hours.
const UNITED_STATES: GridFactor = GridFactor {
    grams_per_kwh: 390,
    of: "the average of the United States in 2022",
    source: "U.S. Energy Information Administration, State Electricity Profiles",
};

const WORLD: GridFactor = GridFactor {
    grams_per_kwh: 480,
    of: "the average of the world in 2023",
    source: "Ember, Global Electricity Review 2024",
};

/// Zones of the United States that stand directly under `America/`; those with
/// a state in their name are found by it.
const STATES: [&str; 10] = [
    "America/New_York",
    "America/Detroit",
    "America/Chicago",
    "America/Denver",
    "America/Boise",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Anchorage",
    "America/Juneau",
    "Pacific/Honolulu",
];

impl GridFactor {
    /// The factor of the grid around a site, as far as its time zone tells.
    #[must_use]
    pub fn around(zone: &SiteZone) -> Self {
        let name = zone.name();
        let american = STATES.contains(&name)
            || ["America/Indiana/", "America/Kentucky/", "America/North_Dakota/", "US/"]
                .iter()
                .any(|part| name.starts_with(part));
        match name {
            _ if american => UNITED_STATES,
            name if name.starts_with("Europe/") => EUROPE,
            _ => WORLD,
        }
    }

    /// What this energy kept out of the air.
    #[must_use]
    pub const fn avoided_by(self, energy: Energy) -> Carbon {
        Carbon { grams: energy.wh() * self.grams_per_kwh / 1000 }
    }
}

/// A mass of carbon dioxide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Carbon {
    grams: i64,
}

impl Carbon {
    /// Kilograms.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "exact below 2^53 grams")]
    pub fn kg(self) -> f64 {
        self.grams as f64 / 1000.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(zone: &str, grams: i64) {
        assert_eq!(GridFactor::around(&zone.parse().unwrap()).grams_per_kwh, grams, "{zone}");
    }

    #[test]
    fn the_zone_tells_the_grid() {
        check("Europe/Berlin", 243);
        check("America/Los_Angeles", 390);
        check("America/Indiana/Knox", 390);
        check("America/Sao_Paulo", 480);
        check("Australia/Sydney", 480);
        check("UTC", 480);
    }

    #[test]
    fn a_megawatt_hour_in_europe_avoids_243_kilograms() {
        let avoided = EUROPE.avoided_by(Energy::from_wh(1_000_000));

        assert!((avoided.kg() - 243.0).abs() < 1e-9);
    }
}
