use maud::{Markup, html};

use super::path::{PathData, short};
use super::spark::runs;

const WIDTH: f64 = 96.0;
const HEIGHT: f64 = 22.0;
/// Per cent of expected at the lower and the upper edge.
const RANGE: (f64, f64) = (60.0, 110.0);

/// Production in per cent of expected for each of the last 30 days, between 60
/// and 110 %, with a band from 92 to 108 %.
pub(crate) fn index_line(days: &[Option<i16>]) -> Markup {
    let last = days.iter().rposition(Option::is_some);
    html! {
        svg .spark width="96" height="22" viewBox="0 0 96 22" role="img" aria-label=(sentence(days)) {
            path .c-band d={ "M0 " (short(y(108.0))) "H96V" (short(y(92.0))) "H0z" } {}
            path .c-act d=(line(days)) {}
            @if let Some(last) = last {
                @if let Some(Some(value)) = days.get(last) {
                    circle .c-dot cx=(short(x(last, days.len()))) cy=(short(y(f64::from(*value)))) r="2.4" {}
                }
            }
        }
    }
}

fn sentence(days: &[Option<i16>]) -> String {
    let known: Vec<i16> = days.iter().flatten().copied().collect();
    let (Some(lowest), Some(highest)) = (known.iter().min(), known.iter().max()) else {
        return "The last 30 days cannot be judged.".to_owned();
    };
    match days.last() {
        Some(Some(now)) => format!(
            "Last 30 days: between {lowest} and {highest} per cent of expected, {now} on the last."
        ),
        _ => format!(
            "Last 30 days: between {lowest} and {highest} per cent of expected, the last is unknown."
        ),
    }
}

fn line(days: &[Option<i16>]) -> String {
    let mut path = PathData::default();
    for run in runs(days.len(), |i| days[i].is_some()) {
        let points = run.map(|i| (x(i, days.len()), y(f64::from(days[i].unwrap_or_default()))));
        path.through(points);
    }
    path.finish()
}

fn x(day: usize, days: usize) -> f64 {
    let float = |n: usize| f64::from(u32::try_from(n).unwrap_or(u32::MAX));
    2.0 + (WIDTH - 6.0) * float(day) / float(days.max(2) - 1)
}

fn y(index: f64) -> f64 {
    let (low, high) = RANGE;
    2.0 + (HEIGHT - 4.0) * (1.0 - (index.clamp(low, high) - low) / (high - low))
}
