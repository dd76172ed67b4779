use std::collections::BTreeMap;
use std::time::Duration;

use greengrid_app::monitoring::backtest::Found;
use greengrid_app::monitoring::backtest::score::Score;
use greengrid_domain::fleet::SiteCode;
use greengrid_http::{Assumed, BacktestInput};
use jiff::Timestamp;

use super::super::table::table;

/// What was replayed and what was found.
pub(super) fn summary(input: &BacktestInput, found: &[Found], took: Duration) -> String {
    let heard = input.judged.len();
    let spans = input.readings.spans();
    let first = spans.values().map(|(first, _)| first).min().map(Timestamp::to_string);
    let last = spans.values().map(|(_, last)| last).max().map(Timestamp::to_string);
    let mut kinds: BTreeMap<_, usize> = BTreeMap::new();
    for one in found.iter().filter(|one| !one.withdrawn) {
        *kinds.entry(one.detection.finding.kind).or_default() += 1;
    }
    let withdrawn = found.iter().filter(|one| one.withdrawn).count();
    let energies =
        found.iter().filter(|one| !one.withdrawn).map(|one| one.detection.finding.lost.kwh());
    let of_kind = kinds.iter().map(|(kind, count)| format!("\n  {kind}: {count}"));
    format!(
        "Sites:              {}, of which {heard} with readings\n\
         Readings:           {}, from {} to {}\n\
         Replayed in:        {:.1} s\n\
         Energy lost:        {:.1} kWh\n\
         Anomalies found:    {}, besides {withdrawn} withdrawn{}",
        input.sites.len(),
        input.readings.len(),
        first.unwrap_or_default(),
        last.unwrap_or_default(),
        took.as_secs_f64(),
        energies.fold(0.0, |sum, kwh| sum + kwh),
        kinds.values().sum::<usize>(),
        of_kind.collect::<String>()
    )
}

/// Says what was assumed, and of which sites.
pub(super) fn tell_assumed(assumed: &Assumed) {
    let tell = |what: &str, sites: Vec<String>| {
        if !sites.is_empty() {
            println!("{what:<20}{}", sites.join(", "));
        }
    };
    let codes = |codes: &[SiteCode]| codes.iter().map(ToString::to_string).collect::<Vec<_>>();
    tell("Places assumed:", codes(&assumed.places));
    tell("Capacity unknown:", codes(&assumed.capacities));
    let cadences = assumed.cadences.iter();
    let cadences = cadences.map(|(code, seconds)| format!("{code} ({seconds} s)"));
    tell("Cadences assumed:", cadences.collect());
    let nights = assumed.nights.iter();
    let nights = nights
        .map(|(code, reports)| format!("{code} ({})", if *reports { "reports" } else { "silent" }));
    tell("Nights assumed:", nights.collect());
}

/// How well each kind was found, as a table.
pub(super) fn scores(score: &Score) -> String {
    let share = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |v| format!("{v:.2}"));
    let rows: Vec<[String; 7]> = score
        .kinds
        .iter()
        .map(|kind| {
            [
                kind.kind.to_string(),
                kind.labels.to_string(),
                share(kind.recall),
                share(kind.precision),
                kind.delay_min.map_or_else(|| "-".to_owned(), |minutes| minutes.to_string()),
                kind.false_alarms.to_string(),
                share(kind.false_alarms_per_month),
            ]
        })
        .collect();
    let head = [
        "KIND",
        "LABELS",
        "RECALL",
        "PRECISION",
        "DELAY (DAYLIGHT MIN)",
        "FALSE ALARMS",
        "PER SITE-MONTH",
    ];
    format!(
        "{}\n\nFalse alarms: {} per site-month without faults, of which there are {:.1}",
        table(head, &rows),
        share(score.false_alarms_per_month),
        score.faultless_months
    )
}
