use greengrid_app::monitoring::SiteCurvePoint;
use greengrid_domain::time::SiteZone;
use greengrid_domain::units::Power;
use jiff::{SignedDuration, Timestamp};
use maud::{Markup, html};

use super::path::{PathData, short};
use super::pen::Pen as _;
use super::scale::PowerScale;
use super::spark::runs;
use crate::components::format;

/// Room above the plot for the uppermost number, and below it for the hours.
const ABOVE: f64 = 14.0;
const BELOW: f64 = 22.0;

/// Power in one interval.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CurvePoint {
    /// The middle of the interval.
    pub(crate) at: Timestamp,
    /// Measured; `None` when nothing was, or not yet.
    pub(crate) actual: Option<Power>,
    /// Expected.
    pub(crate) expected: Power,
    /// Lower edge of the expected range.
    pub(crate) low: Power,
    /// Upper edge of the expected range.
    pub(crate) high: Power,
}

/// A curve of power against expected over one or several local days.
#[derive(bon::Builder)]
pub(crate) struct Curve<'a> {
    points: &'a [CurvePoint],
    now: Timestamp,
    zone: &'a SiteZone,
    /// Height of the whole chart in pixels.
    #[builder(default = 186.0)]
    height: f64,
    /// The finding in a sentence.
    #[builder(into)]
    label: String,
    /// Whether the space below the measured line is filled.
    #[builder(default)]
    filled: bool,
    /// Power now, said beside the newest point.
    said: Option<Power>,
    /// What is short now, said below it.
    short_of: Option<Power>,
    /// The stretch that the chart is about, and whether it goes on.
    span: Option<(Timestamp, Option<Timestamp>)>,
}

/// Draws a curve.
pub(crate) fn curve(curve: &Curve<'_>) -> Markup {
    let Some(frame) = Frame::of(curve) else {
        return html! { p .dim { "There is nothing to draw for this time." } };
    };
    let plot = short(frame.plot);
    html! {
        svg .chart width="100%" height=(short(curve.height)) role="img" aria-label=(curve.label) {
            line .c-base x1="0" x2="100%" y1=(short(ABOVE + frame.plot)) y2=(short(ABOVE + frame.plot)) {}
            @for (share, text) in frame.scale.lines() {
                @let y = ABOVE + share * frame.plot;
                line .c-grid x1="0" x2="100%" y1=(short(y)) y2=(short(y)) {}
                text .ax x="0" y=(short(y - 4.0)) { (text) }
            }
            @if let Some((x, width)) = curve.span.and_then(|span| frame.span(span, curve.now)) {
                rect .c-span x=(x) width=(width) y="10" height=(short(ABOVE + frame.plot - 10.0)) {}
                line .c-since x1=(x) x2=(x) y1="6" y2=(short(ABOVE + frame.plot)) {}
            }
            @for x in frame.midnights(curve.zone) {
                line .c-day x1=(x) x2=(x) y1="10" y2=(short(ABOVE + frame.plot)) {}
            }
            svg x="0" y=(short(ABOVE)) width="100%" height=(plot) viewBox={ "0 0 1000 " (plot) } preserveAspectRatio="none" {
                path .c-band d=(frame.band()) {}
                path .c-exp d=(frame.expected()) {}
                @if curve.filled { path .c-solar d=(frame.fill()) {} }
                path fill="url(#p-none)" d=(frame.missing(curve.now)) {}
                path fill="url(#p-loss)" d=(frame.shortfall()) {}
                path class="c-act c-act--thick" d=(frame.actual()) {}
            }
            (frame.marks(curve))
        }
    }
}

/// Where things are in the chart.
struct Frame<'a> {
    points: Vec<&'a CurvePoint>,
    from: Timestamp,
    to: Timestamp,
    scale: PowerScale,
    plot: f64,
}

impl<'a> Frame<'a> {
    /// Trims a single day to the hours in which something happens.
    fn of(curve: &Curve<'a>) -> Option<Self> {
        let all = curve.points;
        let (first, last) = (all.first()?, all.last()?);
        let several = last.at.duration_since(first.at) > SignedDuration::from_hours(26);
        let alive = |p: &&CurvePoint| {
            p.high > Power::ZERO || p.actual.is_some_and(|actual| actual > Power::ZERO)
        };
        let (dawn, dusk) = match (all.iter().find(alive), all.iter().rfind(alive)) {
            (Some(dawn), Some(dusk)) if !several => (dawn.at, dusk.at),
            _ => (first.at, last.at),
        };
        let hour = |at: Timestamp, up: bool| {
            let seconds = at.as_second();
            let whole = if up { seconds + 3599 } else { seconds }.div_euclid(3600) * 3600;
            Timestamp::from_second(whole).unwrap_or(at)
        };
        let (from, to) = (hour(dawn, false), hour(dusk, true));
        let points: Vec<_> = all.iter().filter(|p| p.at >= from && p.at <= to).collect();
        let scale = PowerScale::holding(
            points.iter().flat_map(|p| [p.high, p.expected, p.actual.unwrap_or_default()]),
        );
        Some(Self { points, from, to, scale, plot: curve.height - ABOVE - BELOW })
    }

    /// Share of the width at which an instant is.
    fn share(&self, at: Timestamp) -> f64 {
        let span = self.to.duration_since(self.from).as_secs_f64().max(1.0);
        at.duration_since(self.from).as_secs_f64() / span
    }

    fn percent(&self, at: Timestamp) -> String {
        format!("{}%", short(self.share(at) * 100.0))
    }

    fn xy(&self, point: &CurvePoint, power: Power) -> (f64, f64) {
        (self.share(point.at) * 1000.0, self.scale.down(power) * self.plot)
    }

    fn band(&self) -> String {
        let mut path = PathData::default();
        let upper = self.points.iter().map(|p| self.xy(p, p.high));
        let lower = self.points.iter().rev().map(|p| self.xy(p, p.low));
        path.through(upper.chain(lower));
        path.finish()
    }

    fn expected(&self) -> String {
        let mut path = PathData::default();
        path.through(self.points.iter().map(|p| self.xy(p, p.expected)));
        path.finish()
    }

    fn actual(&self) -> String {
        let mut path = PathData::default();
        for run in runs(self.points.len(), |i| self.points[i].actual.is_some()) {
            path.through(run.map(|i| self.measured(i)));
        }
        path.finish()
    }

    fn measured(&self, i: usize) -> (f64, f64) {
        let point = self.points[i];
        self.xy(point, point.actual.unwrap_or_default())
    }

    /// The space below the measured line.
    fn fill(&self) -> String {
        let mut path = PathData::default();
        for run in runs(self.points.len(), |i| self.points[i].actual.is_some()) {
            let (first, last) = (self.measured(*run.start()).0, self.measured(*run.end()).0);
            path.move_to(first, self.plot);
            for i in run {
                let (x, y) = self.measured(i);
                path.line_to(x, y);
            }
            path.line_to(last, self.plot);
            path.close();
        }
        path.finish()
    }

    /// What was expected while nothing was measured.
    fn missing(&self, now: Timestamp) -> String {
        let mut path = PathData::default();
        let past = now - SignedDuration::from_mins(30);
        let holds = |i: usize| {
            let p = self.points[i];
            p.actual.is_none() && p.at < past && p.expected > Power::ZERO
        };
        for run in runs(self.points.len(), holds) {
            let (first, last) = (self.points[*run.start()], self.points[*run.end()]);
            path.move_to(self.share(first.at) * 1000.0, self.plot);
            for i in run {
                let (x, y) = self.xy(self.points[i], self.points[i].expected);
                path.line_to(x, y);
            }
            path.line_to(self.share(last.at) * 1000.0, self.plot);
            path.close();
        }
        path.finish()
    }

    /// What is short of expected, where it is below the expected range.
    fn shortfall(&self) -> String {
        let mut path = PathData::default();
        let holds = |i: usize| {
            let p = self.points[i];
            p.actual.is_some_and(|actual| actual < p.low)
        };
        for run in runs(self.points.len(), holds).filter(|run| run.end() > run.start()) {
            let expected = run.clone().map(|i| self.xy(self.points[i], self.points[i].expected));
            path.through(expected.chain(run.rev().map(|i| self.measured(i))));
            path.close();
        }
        path.finish()
    }

    /// Now, the newest point with its number, and the hours.
    fn marks(&self, curve: &Curve<'_>) -> Markup {
        let base = ABOVE + self.plot;
        let here = curve.now > self.from && curve.now < self.to;
        let newest = self.points.iter().rfind(|p| p.actual.is_some());
        html! {
            @if here {
                line .c-now x1=(self.percent(curve.now)) x2=(self.percent(curve.now)) y1="10" y2=(short(base)) {}
            }
            @for (x, anchor, minor, text) in self.hours(curve.zone) {
                text class={ "ax ax--x" @if minor { " ax--minor" } } x=(x) y=(short(base + 17.0)) text-anchor=[anchor] { (text) }
            }
            @if let (true, Some(point)) = (here, newest) {
                @let y = ABOVE + self.scale.down(point.actual.unwrap_or_default()) * self.plot;
                circle .c-dot cx=(self.percent(point.at)) cy=(short(y)) r="4" {}
                @if let Some(said) = curve.said { (self.words(curve, y, said)) }
            }
        }
    }

    fn words(&self, curve: &Curve<'_>, y: f64, said: Power) -> Markup {
        let late = self.share(curve.now) > 0.62;
        let (x, anchor) = if late { (-2.5, "end") } else { (2.5, "start") };
        let x = format!("{}%", short(self.share(curve.now) * 100.0 + x));
        let y = (y + 16.0).clamp(ABOVE + 24.0, ABOVE + self.plot - 20.0);
        html! {
            text .an x=(x) y=(short(y)) text-anchor=(anchor) { (format::power(said).to_string()) " now" }
            @if let Some(missing) = curve.short_of {
                text class="an an--loss" x=(x) y=(short(y + 16.0)) text-anchor=(anchor) {
                    (format::power(missing).to_string()) " short"
                }
            }
        }
    }

    /// Where a stretch begins and how wide it is; `None` when it lies outside.
    fn span(
        &self,
        (since, until): (Timestamp, Option<Timestamp>),
        now: Timestamp,
    ) -> Option<(String, String)> {
        let (from, to) = (since.max(self.from), until.unwrap_or(now).min(self.to));
        let width = self.share(to) - self.share(from);
        (width > 0.0).then(|| (self.percent(from), format!("{}%", short(width * 100.0))))
    }

    /// Local midnights within the chart.
    fn midnights(&self, zone: &SiteZone) -> Vec<String> {
        let mut day = zone.day(self.from);
        let mut lines = Vec::new();
        while let Ok(next) = day.tomorrow() {
            day = next;
            let midnight = zone.start_of(day);
            if midnight >= self.to {
                break;
            }
            lines.push(self.percent(midnight));
        }
        lines
    }

    /// Labels of the time axis: hours of a single day, else the days' noons.
    fn hours(&self, zone: &SiteZone) -> Vec<(String, Option<&'static str>, bool, String)> {
        let hours = self.to.duration_since(self.from).as_secs() / 3600;
        if hours <= 26 {
            let every = if hours > 8 { 3 } else { 2 };
            (0..=hours)
                .filter(|h| h % every == 0)
                .map(|h| {
                    let at = self.from + SignedDuration::from_hours(h);
                    let anchor = match h {
                        0 => Some("start"),
                        h if h == hours => Some("end"),
                        _ => None,
                    };
                    let text = format::time_of_day(at, zone);
                    (self.percent(at), anchor, (h / every) % 2 == 1, text)
                })
                .collect()
        } else {
            let days = hours / 24;
            let form = if days <= 4 { "%a %-d %b" } else { "%-d %b" };
            let mut day = zone.day(self.from);
            let mut labels = Vec::new();
            for n in 0..=days {
                let at = zone.start_of(day) + SignedDuration::from_hours(12);
                if at > self.from && at < self.to && (days <= 8 || n % 2 == 0) {
                    labels.push((
                        self.percent(at),
                        None,
                        n % 4 == 2,
                        day.strftime(form).to_string(),
                    ));
                }
                let Ok(next) = day.tomorrow() else { break };
                day = next;
            }
            labels
        }
    }
}

impl From<&SiteCurvePoint> for CurvePoint {
    fn from(point: &SiteCurvePoint) -> Self {
        Self {
            at: point.interval.middle(),
            actual: point.actual,
            expected: point.expected,
            low: point.low,
            high: point.high,
        }
    }
}
