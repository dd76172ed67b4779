//! By how much the curve of a day lies too late or too early.

use super::rules::Point;

/// Quarter hours by which a curve is moved at most: eight hours, more than any
/// mistake of a time zone leaves in daylight.
const FARTHEST: i64 = 32;

/// Daylight has to be covered so far that the edges of the day are seen.
const COVERED: f64 = 0.8;

/// By how much a day lies off, in minutes, positive when production is stamped
/// later than expected.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lag {
    /// The move that brings production and expectation together best.
    pub minutes: i16,
    /// The share of their difference that it explains.
    pub explained: f32,
    /// By how much the first production of the day comes late.
    pub first: i16,
    /// By how much the last does.
    pub last: i16,
}

/// Production, and expectation, above this share of the expected noon mark the
/// edges of a day.
const EDGE: f64 = 0.04;

/// The lag of a day; `None` when it tells nothing: little light, gaps, no
/// production. Of a site that is silent at night, silence is no production.
pub(super) fn of_day(points: &[Point], silent_at_night: bool) -> Option<Lag> {
    let power = |point: &Point| match point.power_w {
        Some(power) => Some(f64::from(power.mean.max(0.0)) / 4.0),
        None => point.actual().or(if silent_at_night { Some(0.0) } else { None }),
    };
    let produced: Vec<Option<f64>> = points.iter().map(power).collect();
    let expected: Vec<f64> = points.iter().map(|point| point.expected.wh).collect();
    let bright = points.iter().filter(|point| point.expected.wh > 0.0).count();
    let covered = points
        .iter()
        .zip(&produced)
        .filter(|(point, produced)| point.expected.wh > 0.0 && produced.is_some())
        .count();
    let whole: f64 = expected.iter().sum();
    let sum: f64 = produced.iter().flatten().sum();
    let tells = super::stats::count(covered) >= COVERED * super::stats::count(bright)
        && sum > 0.15 * whole
        && whole > 0.0;
    if !tells {
        return None;
    }
    let noon = expected.iter().copied().fold(0.0, f64::max);
    let is_up = |wh: f64| wh > EDGE * noon;
    let up: Vec<bool> = produced.iter().map(|wh| wh.is_some_and(is_up)).collect();
    let should: Vec<bool> = points.iter().map(|point| is_up(point.expected.wh)).collect();
    let first = |of: &[bool]| of.iter().position(|up| *up);
    let last = |of: &[bool]| of.iter().rposition(|up| *up);
    let off = |edge: &dyn Fn(&[bool]) -> Option<usize>| {
        let quarters = i64::try_from(edge(&up)?).ok()? - i64::try_from(edge(&should)?).ok()?;
        i16::try_from(15 * quarters).ok()
    };
    let (first, last) = (off(&first)?, off(&last)?);
    let error_at = |lag: i64| error(&produced, &expected, lag);
    let unmoved = error_at(0)?;
    let (lag, remaining) = (-FARTHEST..=FARTHEST)
        .filter_map(|lag| Some((lag, error_at(lag)?)))
        .min_by(|a, b| a.1.total_cmp(&b.1).then(a.0.abs().cmp(&b.0.abs())))?;
    let explained = if unmoved > 0.0 { 1.0 - remaining / unmoved } else { 0.0 };
    let minutes = i16::try_from(lag * 15).ok()?;
    Some(Lag { minutes, explained: narrow(explained), first, last })
}

/// Mean difference, as a share of production, between production and an
/// expectation moved by so many quarter hours and scaled to the same sum.
fn error(produced: &[Option<f64>], expected: &[f64], lag: i64) -> Option<f64> {
    let moved = |at: usize| {
        let from = i64::try_from(at).ok()? - lag;
        usize::try_from(from).ok().and_then(|from| expected.get(from)).copied()
    };
    let pairs = || {
        produced
            .iter()
            .enumerate()
            .filter_map(|(at, produced)| Some(((*produced)?, moved(at).unwrap_or(0.0))))
    };
    let (sum, model) = pairs().fold((0.0, 0.0), |sum, pair| (sum.0 + pair.0, sum.1 + pair.1));
    if sum <= 0.0 || model <= 0.0 {
        return None;
    }
    let scale = sum / model;
    Some(pairs().map(|(produced, model)| (produced - scale * model).abs()).sum::<f64>() / sum)
}

#[expect(clippy::cast_possible_truncation, reason = "a share")]
const fn narrow(value: f64) -> f32 {
    value as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::monitoring::testing::{World, at, clear, mixed};

    /// The points of 11 June.
    fn day(world: &World) -> Vec<Point> {
        let inside = |point: &&Point| {
            (at("06-11T00:00")..at("06-12T00:00")).contains(&point.interval.start())
        };
        world.points.iter().filter(inside).copied().collect()
    }

    /// The same with its readings stamped so many quarter hours later.
    fn stamped_later(points: &[Point], quarters: i64) -> Vec<Point> {
        (0_i64..)
            .zip(points)
            .map(|(place, point)| {
                let from = usize::try_from(place - quarters).ok().and_then(|from| points.get(from));
                from.map_or(Point { produced_wh: 0.0, power_w: None, ..*point }, |from| Point {
                    produced_wh: from.produced_wh,
                    power_w: from.power_w,
                    covered_s: from.covered_s,
                    ..*point
                })
            })
            .collect()
    }

    #[test]
    fn a_day_tells_by_how_much_it_is_stamped_late_or_early() {
        for sky in [clear, mixed] {
            let points = day(&World::under(sky));
            for quarters in [-8, -4, -2, 0, 2, 4, 8] {
                let lag = of_day(&stamped_later(&points, quarters), true).unwrap();

                let minutes = i16::try_from(15 * quarters).unwrap();
                assert_eq!(lag.minutes, minutes, "{lag:?}");
                assert!((lag.first - minutes).abs() <= 15, "{quarters}: {lag:?}");
                assert!((lag.last - minutes).abs() <= 15, "{quarters}: {lag:?}");
                assert!(quarters == 0 || lag.explained > 0.5, "{quarters}: {lag:?}");
            }
        }
    }

    #[test]
    fn shade_moves_one_edge_of_the_day_only() {
        let shaded = World::under(clear).giving("06-11T00:00", "06-12T00:00", |point| {
            if point.sun.azimuth_deg > 240.0 { 0.0 } else { point.produced_wh }
        });

        let lag = of_day(&day(&shaded), true).unwrap();

        assert!(lag.first.abs() <= 15 && lag.last < -120, "{lag:?}");
    }

    #[test]
    fn a_day_with_gaps_or_without_production_tells_nothing() {
        let gap = World::under(clear).silent("06-11T10:00", "06-11T15:00");
        let off = World::under(clear).losing("06-11T00:00", "06-12T00:00", 0.1);

        assert_eq!(of_day(&day(&gap), false), None);
        assert!(of_day(&day(&gap), true).is_some(), "silence of such a site is no production");
        assert_eq!(of_day(&day(&off), true), None);
    }
}
