use greengrid_domain::units::Energy;
use maud::{Markup, html};

use super::path::short;
use crate::components::format;

/// Energy of one stretch of time.
#[derive(Debug, Clone)]
pub(crate) struct Bar {
    /// Which stretch, in words.
    pub(crate) name: String,
    /// What stands below it, where something does.
    pub(crate) axis: Option<String>,
    /// What was made; `None` when that is not known.
    pub(crate) made: Option<Energy>,
    /// What was made in the same stretch a year before.
    pub(crate) year_before: Option<Energy>,
    /// Whether it goes on.
    pub(crate) current: bool,
    /// Whether it is still to come.
    pub(crate) to_come: bool,
}

/// Room above the bars for the number of the largest, and below for the axis.
const ABOVE: f64 = 16.0;
const BELOW: f64 = 22.0;

/// Bars from zero with a mark where each stood a year before; what is past and
/// not known is hatched.
pub(crate) fn bars(bars: &[Bar], height: f64, label: &str) -> Markup {
    let base = height - BELOW;
    let frame = Frame::of(bars, ABOVE, base);
    html! {
        svg .chart width="100%" height=(short(height)) role="img" aria-label=(label) {
            text .ax x="0" y="10" { (format::energy(frame.most).to_string()) }
            line .c-grid x1="0" x2="100%" y1=(short(ABOVE)) y2=(short(ABOVE)) {}
            @for (i, bar) in bars.iter().enumerate() {
                (frame.bar(i, bar))
                @if let Some(axis) = &bar.axis {
                    text .ax.ax--x x=(frame.middle(i)) y=(short(height - 5.0)) { (axis) }
                }
            }
            line .c-base x1="0" x2="100%" y1=(short(base + 0.5)) y2=(short(base + 0.5)) {}
        }
    }
}

/// A glance at a few bars, without numbers or axis.
pub(crate) fn small_bars(bars: &[Bar], label: &str) -> Markup {
    let (height, base) = (48.0, 46.0);
    let frame = Frame::of(bars, 2.0, base);
    html! {
        svg .chart width="100%" height=(short(height)) role="img" aria-label=(label) {
            @for (i, bar) in bars.iter().enumerate() { (frame.bar(i, bar)) }
            line .c-base x1="0" x2="100%" y1=(short(base + 0.5)) y2=(short(base + 0.5)) {}
        }
    }
}

struct Frame {
    most: Energy,
    width: f64,
    top: f64,
    base: f64,
}

impl Frame {
    fn of(bars: &[Bar], top: f64, base: f64) -> Self {
        let all = bars.iter().flat_map(|bar| [bar.made, bar.year_before]).flatten();
        let width = 100.0 / f64::from(u32::try_from(bars.len().max(1)).unwrap_or(1));
        Self { most: all.max().unwrap_or_default(), width, top, base }
    }

    fn left(&self, i: usize) -> f64 {
        self.width * f64::from(u32::try_from(i).unwrap_or(u32::MAX))
    }

    fn middle(&self, i: usize) -> String {
        percent(self.left(i) + self.width / 2.0)
    }

    fn height(&self, energy: Energy) -> f64 {
        let most = self.most.kwh();
        if most > 0.0 { (self.base - self.top) * (energy.kwh() / most).max(0.0) } else { 0.0 }
    }

    fn bar(&self, i: usize, bar: &Bar) -> Markup {
        let (x, width) = (percent(self.left(i) + self.width * 0.1), percent(self.width * 0.8));
        html! {
            @match bar.made {
                Some(made) => {
                    rect class=(if bar.current { "c-fill2" } else { "c-fill" }) x=(x) width=(width)
                        y=(short(self.base - self.height(made))) height=(short(self.height(made))) {
                        title { (words(bar)) }
                    }
                }
                None if bar.to_come => {}
                None => rect fill="url(#p-none)" x=(x) width=(width) y=(short(self.base - 14.0)) height="14" {
                    title { (words(bar)) }
                },
            }
            @if let Some(before) = bar.year_before {
                @let y = short(self.base - self.height(before));
                line .c-before x1=(percent(self.left(i) + self.width * 0.04))
                    x2=(percent(self.left(i) + self.width * 0.96)) y1=(y) y2=(y) {}
            }
        }
    }
}

fn words(bar: &Bar) -> String {
    let made = bar.made.map_or("no readings".to_owned(), |made| format::energy(made).to_string());
    match bar.year_before {
        Some(before) => {
            format!("{}: {made}; a year before {}", bar.name, format::energy(before))
        }
        None => format!("{}: {made}", bar.name),
    }
}

fn percent(value: f64) -> String {
    format!("{value:.2}%")
}
