use super::Baseline;
use crate::fleet::Site;

/// Neighbours from which on they tell the sky well: the median of fewer moves
/// with each of them.
const NEIGHBOURS: usize = 5;

/// Confidence below which a baseline has shown too little.
const SHOWN: f64 = 0.5;

/// Something that is not known about a site and that limits what can be found
/// there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumIter)]
pub enum Missing {
    /// Where it stands.
    Place,
    /// How large it is.
    Capacity,
    /// How its panels are tilted or turned.
    Orientation,
    /// What its inverters can make at most.
    AcLimit,
    /// When it was put into operation.
    Commissioning,
    /// Enough neighbours.
    Neighbours,
    /// Enough of its own past.
    History,
}

impl Missing {
    /// What is missing, in words.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Place => "Where it stands",
            Self::Capacity => "Its capacity",
            Self::Orientation => "Tilt or direction of the panels",
            Self::AcLimit => "Limit of the inverters",
            Self::Commissioning => "Day of commissioning",
            Self::Neighbours => "Five healthy neighbours",
            Self::History => "A longer past",
        }
    }

    /// What cannot be found well for lack of it.
    #[must_use]
    pub const fn limits(self) -> &'static str {
        match self {
            Self::Place => {
                "It counts as amid the others of its region, or else as where its time zone has \
                 noon, so that dawn, dusk and a wrong clock are seen roughly."
            }
            Self::Capacity => {
                "A value too large for it, or a unit mixed up, cannot be told; what is much and \
                 little there is measured by what it has shown."
            }
            Self::Orientation => {
                "The expectation comes from what the site has shown, so a fault that was there \
                 from the start looks normal, and a wrong clock is found late."
            }
            Self::AcLimit => "Clipping at noon cannot be told from being held at a limit.",
            Self::Commissioning => "Readings from before it began cannot be told from faults.",
            Self::Neighbours => {
                "The sky is known from the site's own past alone, so losses below a quarter are \
                 found only on clear days."
            }
            Self::History => {
                "The range is wide: only large losses are found until it has shown more."
            }
        }
    }
}

/// What is missing about a site. `neighbours` counts the other sites of its
/// region.
#[must_use]
pub fn missing(site: &Site, neighbours: usize, baseline: &Baseline) -> Vec<Missing> {
    let (array, assumed) = (&site.details.array, site.details.assumed);
    [
        (assumed.place, Missing::Place),
        (assumed.capacity, Missing::Capacity),
        (array.tilt_deg.is_none() || array.azimuth_deg.is_none(), Missing::Orientation),
        (array.ac_limit.is_none(), Missing::AcLimit),
        (site.details.commissioned_on.is_none(), Missing::Commissioning),
        (neighbours < NEIGHBOURS, Missing::Neighbours),
        (baseline.confidence < SHOWN, Missing::History),
    ]
    .into_iter()
    .filter_map(|(lacks, what)| lacks.then_some(what))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fleet::Assumed;
    use crate::monitoring::testing;

    #[test]
    fn a_bare_site_lacks_everything_and_a_complete_one_nothing() {
        let mut site = testing::site(1);
        site.details.assumed = Assumed { place: true, capacity: true };
        let untrained = Baseline::untrained(site.id);
        let lacking = missing(&site, 0, &untrained);
        site.details.assumed = Assumed::default();
        site.details.array.tilt_deg = Some(30.0);
        site.details.array.azimuth_deg = Some(180.0);
        site.details.array.ac_limit = Some(crate::units::Power::from_watts(9_000));
        site.details.commissioned_on = Some(jiff::civil::date(2021, 4, 14));

        assert_eq!(lacking.len(), 7);
        assert_eq!(missing(&site, 5, &Baseline { confidence: 0.8, ..untrained.clone() }), []);
        assert_eq!(
            missing(&site, 4, &Baseline { confidence: 0.8, ..untrained }),
            [Missing::Neighbours]
        );
    }
}
