use greengrid_domain::monitoring::Spark;
use maud::{Markup, html};

use super::path::{PathData, short};
use super::pen::Pen;

/// Dots that a small chart is wide and high.
pub(super) const WIDE: u32 = 160;
pub(super) const HIGH: u32 = 46;
const WIDTH: f64 = 160.0;
const BASE: f64 = 45.0;
const HEIGHT: f64 = 40.0;
/// The band around the expected line: within it a difference means nothing.
const BAND: f64 = 0.08;
/// Below this share of expected, the difference is drawn as shortfall.
const SHORT: f64 = 0.92;

/// The last three days of a site in the space of a thumb. `finding` is the
/// sentence for those who cannot see it.
pub(crate) fn spark(spark: &Spark, finding: &str) -> Markup {
    let drawing = Drawing::of(spark);
    let third = |n: f64| short(WIDTH / 3.0 * n);
    html! {
        svg .spark width="160" height="46" viewBox="0 0 160 46" role="img" aria-label=(finding) {
            path .c-day d={ "M" (third(1.0)) " 2V45M" (third(2.0)) " 2V45" } {}
            path .c-base d="M0 45H160" {}
            path .c-band d=(drawing.band::<PathData>().finish()) {}
            @let missing = drawing.missing::<PathData>().finish();
            @if !missing.is_empty() { path fill="url(#p-none)" d=(missing) {} }
            path .c-exp d=(drawing.expected::<PathData>().finish()) {}
            @let shortfall = drawing.shortfall::<PathData>().finish();
            @if !shortfall.is_empty() { path fill="url(#p-loss)" d=(shortfall) {} }
            path .c-act d=(drawing.actual::<PathData>().finish()) {}
            @if let Some((x, y)) = drawing.last() {
                circle .c-dot cx=(short(x)) cy=(short(y)) r="2.4" {}
            }
        }
    }
}

/// Where on a small chart what is.
pub(super) struct Drawing<'a> {
    spark: &'a Spark,
    top: f64,
    step: f64,
}

impl<'a> Drawing<'a> {
    pub(super) fn of(spark: &'a Spark) -> Self {
        let most_actual = spark.actual.iter().flatten().copied().max().unwrap_or(0);
        let most_expected = spark.expected.iter().copied().max().unwrap_or(0);
        let slots = u32::try_from(spark.expected.len().max(2) - 1).unwrap_or(u32::MAX);
        Self {
            spark,
            top: f64::from(most_actual).max(f64::from(most_expected) * (1.0 + BAND)).max(1.0),
            step: WIDTH / f64::from(slots),
        }
    }

    fn x(&self, slot: usize) -> f64 {
        self.step * f64::from(u32::try_from(slot).unwrap_or(u32::MAX))
    }

    fn y(&self, watts: f64) -> f64 {
        BASE - 0.5 - HEIGHT * (watts / self.top).clamp(0.0, 1.0)
    }

    fn expected_at(&self, slot: usize) -> f64 {
        f64::from(self.spark.expected.get(slot).copied().unwrap_or(0))
    }

    fn actual_at(&self, slot: usize) -> Option<f64> {
        self.spark.actual.get(slot).copied().flatten().map(f64::from)
    }

    /// What ends a day, and the ground.
    pub(super) fn days<P: Pen>() -> P {
        let mut path = P::default();
        for day in [WIDTH / 3.0, WIDTH / 3.0 * 2.0] {
            path.through([(day, 2.0), (day, BASE)]);
        }
        path.through([(0.0, BASE), (WIDTH, BASE)]);
        path
    }

    /// What a measured value may lie in.
    pub(super) fn band<P: Pen>(&self) -> P {
        let mut path = P::default();
        let slots = 0..self.spark.expected.len();
        let upper = slots.clone().map(|i| (self.x(i), self.y(self.expected_at(i) * (1.0 + BAND))));
        let lower = slots.rev().map(|i| (self.x(i), self.y(self.expected_at(i) * (1.0 - BAND))));
        path.through(upper.chain(lower));
        path
    }

    /// What was expected.
    pub(super) fn expected<P: Pen>(&self) -> P {
        let mut path = P::default();
        path.through(
            (0..self.spark.expected.len()).map(|i| (self.x(i), self.y(self.expected_at(i)))),
        );
        path
    }

    /// The measured line, broken where nothing was measured.
    pub(super) fn actual<P: Pen>(&self) -> P {
        let mut path = P::default();
        for run in self.runs(|slot| self.actual_at(slot).is_some()) {
            path.through(run.map(|i| (self.x(i), self.y(self.actual_at(i).unwrap_or(0.0)))));
        }
        path
    }

    /// What was expected while nothing was measured.
    pub(super) fn missing<P: Pen>(&self) -> P {
        let mut path = P::default();
        for run in self.runs(|slot| self.actual_at(slot).is_none()) {
            let (first, last) = (*run.start(), *run.end());
            if run.clone().all(|i| self.expected_at(i) <= 0.0) {
                continue;
            }
            path.move_to(self.x(first), self.y(0.0));
            for i in run {
                path.line_to(self.x(i), self.y(self.expected_at(i)));
            }
            path.line_to(self.x(last), self.y(0.0));
            path.close();
        }
        path
    }

    /// What is short of expected.
    pub(super) fn shortfall<P: Pen>(&self) -> P {
        let mut path = P::default();
        let short = |slot| {
            let (expected, actual) = (self.expected_at(slot), self.actual_at(slot));
            actual.is_some_and(|actual| expected > self.top * 0.04 && actual < expected * SHORT)
        };
        for run in self.runs(short).filter(|run| run.end() > run.start()) {
            let expected = run.clone().map(|i| (self.x(i), self.y(self.expected_at(i))));
            let back = run.rev().map(|i| (self.x(i), self.y(self.actual_at(i).unwrap_or(0.0))));
            path.through(expected.chain(back));
            path.close();
        }
        path
    }

    fn last(&self) -> Option<(f64, f64)> {
        let slot = self.spark.actual.iter().rposition(Option::is_some)?;
        Some((self.x(slot), self.y(self.actual_at(slot)?)))
    }

    /// Stretches of measured time, first and last slot, in which this holds.
    fn runs(
        &self,
        holds: impl Fn(usize) -> bool,
    ) -> impl Iterator<Item = std::ops::RangeInclusive<usize>> {
        let slots = self.spark.actual.len().min(self.spark.expected.len());
        runs(slots, holds)
    }
}

/// Stretches of `0..len` in which something holds.
pub(super) fn runs(
    len: usize,
    holds: impl Fn(usize) -> bool,
) -> impl Iterator<Item = std::ops::RangeInclusive<usize>> {
    let mut next = 0;
    std::iter::from_fn(move || {
        let first = (next..len).find(|i| holds(*i))?;
        let end = (first..len).find(|i| !holds(*i)).unwrap_or(len);
        next = end;
        Some(first..=end - 1)
    })
}
