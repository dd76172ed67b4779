use greengrid_app::monitoring::DailyEnergy;
use greengrid_domain::units::Energy;
use jiff::civil::Date;
use maud::{Markup, html};

use super::path::short;
use crate::components::format;

const HEIGHT: f64 = 96.0;
const BASE: f64 = 74.0;
const TOP: f64 = 14.0;

/// Energy of each day from one to another, both included, as bars from zero;
/// days without readings are hatched, the last one stands out.
pub(crate) fn day_bars(days: &[DailyEnergy], from: Date, to: Date) -> Markup {
    let all: Vec<(Date, Option<Energy>)> = from
        .series(jiff::Span::new().days(1))
        .take_while(|day| *day <= to)
        .map(|day| (day, days.iter().find(|known| known.day == day).map(|known| known.energy)))
        .collect();
    let most = all.iter().filter_map(|(_, energy)| *energy).max().unwrap_or_default().kwh();
    let width = 100.0 / f64::from(u32::try_from(all.len().max(1)).unwrap_or(1));
    let float = |i: usize| f64::from(u32::try_from(i).unwrap_or(u32::MAX));
    let x = |i: usize| short_percent(width * float(i) + width * 0.1);
    let height = |energy: Energy| {
        if most > 0.0 { (BASE - TOP) * (energy.kwh() / most).max(0.0) } else { 0.0 }
    };
    html! {
        svg .chart width="100%" height=(short(HEIGHT)) role="img" aria-label=(sentence(&all)) {
            text .ax x="0" y="10" { (format::energy(Energy::from_wh_rounded(most * 1000.0)).to_string()) }
            line .c-grid x1="0" x2="100%" y1=(short(TOP)) y2=(short(TOP)) {}
            @for (i, (day, energy)) in all.iter().enumerate() {
                @match energy {
                    Some(energy) => {
                        rect class=(if *day == to { "c-fill2" } else { "c-fill" }) x=(x(i)) width=(short_percent(width * 0.8))
                            y=(short(BASE - height(*energy))) height=(short(height(*energy))) {
                            title { (format::short_day(*day)) ": " (format::energy(*energy).to_string()) }
                        }
                    },
                    None => rect fill="url(#p-none)" x=(x(i)) width=(short_percent(width * 0.8)) y=(short(BASE - 18.0)) height="18" {
                        title { (format::short_day(*day)) ": no readings" }
                    },
                }
            }
            line .c-base x1="0" x2="100%" y1=(short(BASE + 0.5)) y2=(short(BASE + 0.5)) {}
            text .ax x="0%" text-anchor="start" y="90" { (from.strftime("%-d %b").to_string()) }
            text .ax x="100%" text-anchor="end" y="90" { (to.strftime("%-d %b").to_string()) }
        }
    }
}

fn short_percent(value: f64) -> String {
    format!("{value:.2}%")
}

fn sentence(days: &[(Date, Option<Energy>)]) -> String {
    let known: Vec<(Date, Energy)> =
        days.iter().filter_map(|(day, energy)| Some((*day, (*energy)?))).collect();
    let missing = days.len() - known.len();
    let Some((best, most)) = known.iter().max_by_key(|(_, energy)| *energy) else {
        return "Energy by day: no readings yet.".to_owned();
    };
    let gap = match missing {
        0 => String::new(),
        n => format!(" {} without readings.", format::counted(n, "day", "days")),
    };
    format!(
        "Energy by day, {} in all, most on {}: {}.{gap}",
        format::energy(known.iter().map(|(_, energy)| *energy).sum()),
        best.strftime("%-d %B"),
        format::energy(*most)
    )
}
