//! Learning what a site can do from what it did.

use jiff::civil::Date;

use super::Baseline;
use super::expected::ENOUGH_SITES;
use super::stats::{count, median, quantile};

/// Days of a training window. A season is short enough that the model's
/// errors of angle stay alike, and long enough to outlast most faults.
pub const WINDOW_DAYS: i32 = 90;

/// Days on which a site has to have reported before its gain is believed.
const ENOUGH_DAYS: usize = 5;

/// Of the daily ratios the one below which this share lies is what a site can
/// do. Faults, dirt and maintenance only take away, so it is above the middle;
/// the best days are luck, so it is not the top.
const SHOWN: f64 = 0.6;

/// Gains outside of this are errors of capacity rather than of the site.
const GAINS: std::ops::RangeInclusive<f64> = 0.05..=3.0;

/// One site over the window: for each day energy produced, and what the
/// cloudless model gives, both in Wh; `None` where readings are missing.
#[derive(Debug, Clone)]
pub struct SiteDays {
    /// The baseline so far.
    pub known: Baseline,
    /// Production and model by day, oldest first, as many as the window has.
    pub days: Vec<Option<(f64, f64)>>,
}

/// What the sites of a region taught about each other.
#[derive(Debug, Clone, PartialEq)]
pub struct Trained {
    /// Baselines in the order of the sites.
    pub baselines: Vec<Baseline>,
    /// For each day of the window how much of a cloudless day arrived; `None`
    /// with too few sites.
    pub sky: Vec<Option<f64>>,
}

/// Learns gains from days.
///
/// Production is gain × model × sky, where the sky is shared by the region. The
/// gain is taken from the days with the sky divided out, the sky from the sites
/// with the gains divided out, in turns; medians keep single faults out of
/// both. As one could grow while the other shrinks, the brightest days of the
/// window count as cloudless. With fewer than five sites the sky is unknown
/// and a site's own brightest days stand for cloudless ones.
#[must_use]
pub fn train(window: (Date, Date), sites: &[SiteDays]) -> Trained {
    let days = sites.iter().map(|site| site.days.len()).max().unwrap_or(0);
    let ratios: Vec<Vec<Option<f64>>> =
        sites.iter().map(|site| site.days.iter().copied().map(ratio).collect()).collect();
    let mut gains: Vec<Option<f64>> = ratios.iter().map(|own| brightest(own)).collect();
    let mut sky = vec![None; days];
    for _ in 0..3 {
        sky = shared_sky(&ratios, &gains, days);
        for (own, gain) in ratios.iter().zip(&mut gains) {
            *gain = gain_under(own, &sky).or(*gain);
        }
    }
    let baselines = sites
        .iter()
        .zip(&ratios)
        .zip(gains)
        .map(|((site, own), gain)| learned(window, site, own, gain, &sky))
        .collect();
    Trained { baselines, sky }
}

fn learned(
    window: (Date, Date),
    site: &SiteDays,
    own: &[Option<f64>],
    gain: Option<f64>,
    sky: &[Option<f64>],
) -> Baseline {
    let seen = own.iter().flatten().count();
    let Some(gain) = gain.filter(|gain| seen >= ENOUGH_DAYS && GAINS.contains(gain)) else {
        return site.known;
    };
    // A month of days teaches all that days can; without neighbours to tell
    // the sky half of that.
    let days = (count(seen) / 30.0).min(1.0);
    let mut usual: Vec<f64> = own.iter().flatten().map(|ratio| ratio / gain).collect();
    let usual_sky = median(&mut usual).unwrap_or(site.known.usual_sky).clamp(0.1, 1.0);
    let shared = sky.iter().flatten().count() >= ENOUGH_DAYS;
    Baseline {
        gain,
        usual_sky,
        confidence: if shared { days } else { days / 2.0 },
        version: site.known.version.saturating_add(1),
        trained: Some(window),
        ..site.known
    }
}

fn ratio(day: Option<(f64, f64)>) -> Option<f64> {
    let (produced, model) = day?;
    let ratio = produced / model;
    // A day of nearly nothing is a fault or snow and teaches no gain.
    (model > 0.0 && ratio.is_finite() && ratio > 0.01).then_some(ratio)
}

/// The site's own brightest days.
fn brightest(own: &[Option<f64>]) -> Option<f64> {
    let mut seen: Vec<f64> = own.iter().flatten().copied().collect();
    quantile(&mut seen, 0.85)
}

fn shared_sky(ratios: &[Vec<Option<f64>>], gains: &[Option<f64>], days: usize) -> Vec<Option<f64>> {
    let mut sky: Vec<Option<f64>> = (0..days)
        .map(|day| {
            let mut told: Vec<f64> = ratios
                .iter()
                .zip(gains)
                .filter_map(|(own, gain)| Some((*own.get(day)?)? / (*gain)?))
                .filter(|told| told.is_finite())
                .collect();
            if told.len() < ENOUGH_SITES { None } else { median(&mut told) }
        })
        .collect();
    let mut known: Vec<f64> = sky.iter().flatten().copied().collect();
    if let Some(cloudless) = quantile(&mut known, 0.9).filter(|value| *value > 0.0) {
        for day in sky.iter_mut().flatten() {
            *day /= cloudless;
        }
    }
    sky
}

fn gain_under(own: &[Option<f64>], sky: &[Option<f64>]) -> Option<f64> {
    let under = |darkest: f64| -> Vec<f64> {
        own.iter()
            .zip(sky)
            .filter_map(|(own, sky)| Some(((*own)?, (*sky)?)))
            .filter(|(_, sky)| *sky > darkest)
            .map(|(own, sky)| own / sky)
            .collect()
    };
    // Bright days tell more; a dark month still tells something.
    let mut told = under(0.5);
    if told.len() < ENOUGH_DAYS {
        told = under(0.1);
    }
    if told.len() < ENOUGH_DAYS { None } else { quantile(&mut told, SHOWN) }
}

/// Learns how production at each hour differs from the site's gain, from days
/// that say for each hour what share of the model, under the sky of the
/// region, it gave. Hours that were seen on fewer than five days stay as they
/// are.
#[must_use]
pub fn learn_shape(known: &Baseline, days: &[[Option<f32>; 24]]) -> Baseline {
    let mut shape = known.shape;
    for (hour, factor) in shape.iter_mut().enumerate() {
        let mut seen: Vec<f64> = days.iter().filter_map(|day| day[hour]).map(f64::from).collect();
        if seen.len() >= ENOUGH_DAYS
            && let Some(usual) = quantile(&mut seen, SHOWN)
        {
            *factor = (usual / known.gain).clamp(0.05, 3.0);
        }
    }
    Baseline { shape, ..*known }
}

/// Production of a day in per cent of what the baseline gives under the sky of
/// its region; `None` where that cannot be said: readings are missing, or the
/// day was too dark to tell anything.
#[must_use]
#[expect(clippy::cast_possible_truncation, reason = "clamped before the cast")]
pub fn day_index(baseline: &Baseline, day: Option<(f64, f64)>, sky: Option<f64>) -> Option<i16> {
    let ((produced, model), sky) = (day?, sky.filter(|sky| *sky > 0.2)?);
    let index = 100.0 * produced / (model * baseline.gain * sky);
    index.is_finite().then(|| index.clamp(0.0, 300.0).round() as i16)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    const WINDOW: (Date, Date) = (date(2026, 3, 1), date(2026, 4, 9));

    fn weather(day: usize) -> f64 {
        [1.0, 0.95, 0.4, 0.98, 0.2, 1.0, 0.7][day % 7]
    }

    fn site(id: i32, gain: f64, fault: impl Fn(usize) -> f64) -> SiteDays {
        let days = (0..40)
            .map(|day| Some((50_000.0 * gain * weather(day) * fault(day), 50_000.0)))
            .collect();
        SiteDays { known: Baseline::untrained(id.into()), days }
    }

    #[test]
    fn gains_come_out_of_the_weather() {
        let truth = [0.7, 0.8, 0.85, 0.9, 1.1];
        let sites: Vec<SiteDays> =
            truth.iter().zip(1..).map(|(gain, id)| site(id, *gain, |_| 1.0)).collect();

        let trained = train(WINDOW, &sites);

        for (baseline, gain) in trained.baselines.iter().zip(truth) {
            assert!((baseline.gain / gain - 1.0).abs() < 0.02, "{baseline:?}");
            assert!((baseline.confidence - 1.0).abs() < 1e-9);
        }
        assert!((trained.sky[2].unwrap() - 0.4).abs() < 0.02);
    }

    #[test]
    fn a_third_of_faulty_days_teaches_nothing_wrong() {
        let mut sites: Vec<SiteDays> = (1..7).map(|id| site(id, 0.9, |_| 1.0)).collect();
        sites.push(site(7, 0.9, |day| if day > 26 { 0.5 } else { 1.0 }));

        let trained = train(WINDOW, &sites);

        assert!((trained.baselines[6].gain - 0.9).abs() < 0.02, "{:?}", trained.baselines[6]);
    }

    #[test]
    fn alone_a_site_goes_by_its_brightest_days() {
        let trained = train(WINDOW, &[site(1, 0.8, |_| 1.0)]);

        assert!((trained.baselines[0].gain - 0.8).abs() < 0.05);
        assert!(trained.baselines[0].confidence <= 0.5);
        assert!(trained.sky.iter().all(Option::is_none));
    }

    #[test]
    fn a_new_site_keeps_what_is_usual() {
        let mut new = site(1, 0.8, |_| 1.0);
        for day in &mut new.days[3..] {
            *day = None;
        }

        assert_eq!(train(WINDOW, &[new.clone()]).baselines[0], new.known);
        assert_eq!(train(WINDOW, &[]).baselines, []);
    }

    #[test]
    fn shade_in_the_afternoon_becomes_part_of_the_shape() {
        let mut day = [Some(1.0_f32); 24];
        day[16] = Some(0.5);
        day[3] = None;

        let known = Baseline { gain: 1.0, ..Baseline::untrained(1.into()) };
        let learned = learn_shape(&known, &[day; 8]);

        assert!((learned.shape[16] - 0.5).abs() < 1e-6);
        assert!((learned.shape[3] - 1.0).abs() < 1e-6);
    }

    proptest::proptest! {
        #[test]
        fn gains_are_always_sane(
            values in proptest::collection::vec(
                proptest::collection::vec(
                    proptest::option::of((-1.0e9..1.0e9_f64, -1.0..1.0e9_f64)), 0..20), 0..8),
        ) {
            let sites: Vec<SiteDays> = values
                .into_iter()
                .map(|days| SiteDays { known: Baseline::untrained(1.into()), days })
                .collect();
            for baseline in train(WINDOW, &sites).baselines {
                proptest::prop_assert!(GAINS.contains(&baseline.gain));
            }
        }
    }
}
