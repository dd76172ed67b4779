use maud::{Markup, html};

use super::path::{PathData, short};
use super::pen::Pen as _;
use super::spark::runs;

/// Per cent of expected at the lower and the upper edge.
const RANGE: (f64, f64) = (60.0, 110.0);
/// The size in which it fits a row of a table.
const SMALL: Size = Size { width: 96.0, height: 22.0 };
/// The size in which it takes the place of the curve of three days.
const LARGE: Size = Size { width: 160.0, height: 40.0 };

/// How large a chart is.
#[derive(Clone, Copy)]
struct Size {
    width: f64,
    height: f64,
}

/// Production in per cent of expected for each of the last 30 days, between 60
/// and 110 %, with a band from 92 to 108 %.
pub(crate) fn index_line(days: &[Option<i16>]) -> Markup {
    html! {
        svg .spark width="96" height="22" viewBox="0 0 96 22" role="img" aria-label=(sentence(days)) {
            path .c-band d={ "M0 " (short(SMALL.y(108.0))) "H96V" (short(SMALL.y(92.0))) "H0z" } {}
            path .c-act d=(SMALL.line(days)) {}
            (SMALL.last(days))
        }
    }
}

/// The same for a loss that takes weeks to show: larger, and with what is
/// missing to 100 % hatched. `finding` says what it shows.
pub(crate) fn index_spark(days: &[Option<i16>], finding: &str) -> Markup {
    html! {
        svg .spark width="160" height="40" viewBox="0 0 160 40" role="img" aria-label=(finding) {
            path .c-band d={ "M0 " (short(LARGE.y(108.0))) "H160V" (short(LARGE.y(92.0))) "H0z" } {}
            path fill="url(#p-loss)" d=(LARGE.shortfall(days)) {}
            path .c-act d=(LARGE.line(days)) {}
            (LARGE.last(days))
        }
        small { "30 days, % of expected" }
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

impl Size {
    fn x(self, day: usize, days: usize) -> f64 {
        let float = |n: usize| f64::from(u32::try_from(n).unwrap_or(u32::MAX));
        2.0 + (self.width - 6.0) * float(day) / float(days.max(2) - 1)
    }

    fn y(self, index: f64) -> f64 {
        let (low, high) = RANGE;
        2.0 + (self.height - 4.0) * (1.0 - (index.clamp(low, high) - low) / (high - low))
    }

    fn at(self, days: &[Option<i16>], i: usize) -> (f64, f64) {
        (self.x(i, days.len()), self.y(f64::from(days[i].unwrap_or_default())))
    }

    fn line(self, days: &[Option<i16>]) -> String {
        let mut path = PathData::default();
        for run in runs(days.len(), |i| days[i].is_some()) {
            path.through(run.map(|i| self.at(days, i)));
        }
        path.finish()
    }

    fn shortfall(self, days: &[Option<i16>]) -> String {
        let mut path = PathData::default();
        for run in runs(days.len(), |i| days[i].is_some_and(|index| index < 97)) {
            let (first, last) = (self.at(days, *run.start()).0, self.at(days, *run.end()).0);
            path.move_to(last, self.y(100.0));
            path.line_to(first, self.y(100.0));
            for i in run {
                let (x, y) = self.at(days, i);
                path.line_to(x, y);
            }
            path.close();
        }
        path.finish()
    }

    fn last(self, days: &[Option<i16>]) -> Markup {
        let last = days.iter().rposition(Option::is_some);
        html! {
            @if let Some((x, y)) = last.map(|i| self.at(days, i)) {
                circle .c-dot cx=(short(x)) cy=(short(y)) r="2.4" {}
            }
        }
    }
}
