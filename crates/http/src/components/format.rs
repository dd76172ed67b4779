//! Quantities, money and times as people read them: rounded to what matters,
//! with a no-break space before the unit. Nothing else formats them.

use std::fmt;
use std::time::Duration;

use greengrid_domain::customer::Carbon;
use greengrid_domain::fleet::SiteDetails;
use greengrid_domain::time::SiteZone;
use greengrid_domain::units::{Energy, Money, PeakPower, Power, Price};
use jiff::Timestamp;
use jiff::civil::Date;
use maud::{Markup, Render, html};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::fault::whole_seconds;

/// Keeps a number and its unit on one line.
const NO_BREAK: char = '\u{a0}';

/// A value with its unit. As text it reads `520 kWh`; as markup the unit is
/// set smaller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Quantity {
    /// The number as shown.
    pub(crate) value: String,
    /// What it counts.
    pub(crate) unit: &'static str,
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{NO_BREAK}{}", self.value, self.unit)
    }
}

impl Render for Quantity {
    fn render(&self) -> Markup {
        html! { (self.value) span .u { (NO_BREAK) (self.unit) } }
    }
}

/// Energy: `12.8 kWh`, `520 kWh`, `16.2 MWh`.
pub(crate) fn energy(energy: Energy) -> Quantity {
    scaled(energy.kwh(), ["kWh", "MWh", "GWh"], 10_000.0)
}

/// Power: `0.6 kW`, `137 kW`, `5.79 MW`.
pub(crate) fn power(power: Power) -> Quantity {
    scaled(power.kw(), ["kW", "MW", "GW"], 1_000.0)
}

/// Capacity: `9.6 kWp`, `412 kWp`, `9.40 MWp`.
pub(crate) fn capacity(capacity: PeakPower) -> Quantity {
    watts_peak(capacity.wp())
}

/// The capacity of a site in words, or that nobody told it.
pub(crate) fn capacity_of(site: &SiteDetails) -> String {
    site.capacity().map_or_else(|| "capacity not known".to_owned(), |all| capacity(all).to_string())
}

/// Energy for each kilowatt of capacity, as IEC 61724-1 has it: `29.5 kWh/kWp`.
pub(crate) fn specific_yield(energy: Energy, capacity: PeakPower) -> Quantity {
    let value = energy.kwh() / capacity.kwp();
    Quantity { value: number(value, usize::from(value < 99.95)), unit: "kWh/kWp" }
}

/// A mass of carbon dioxide: `3.1 kg`, `1.24 t`.
pub(crate) fn carbon(carbon: Carbon) -> Quantity {
    let kg = carbon.kg();
    if kg >= 1_000.0 {
        Quantity { value: number(kg / 1000.0, 2), unit: "t" }
    } else {
        Quantity { value: number(kg, usize::from(kg < 99.95)), unit: "kg" }
    }
}

/// The capacity of many sites, in watts peak.
pub(crate) fn watts_peak(wp: i64) -> Quantity {
    let mut quantity = scaled(Power::from_watts(wp).kw(), ["kWp", "MWp", "GWp"], 1_000.0);
    if let Some(whole) = quantity.value.strip_suffix(".0") {
        quantity.value = whole.to_owned();
    }
    quantity
}

/// Picks the unit so that at most four digits stand before it, of which three
/// matter.
fn scaled(thousands: f64, units: [&'static str; 3], turn: f64) -> Quantity {
    let (mut value, mut unit) = (thousands, units[0]);
    for larger in &units[1..] {
        if value.abs() >= turn {
            value /= 1000.0;
            unit = larger;
        }
    }
    let decimals = match value.abs() {
        small if small < 9.995 && unit != units[0] => 2,
        middling if middling < 99.95 => 1,
        _ => 0,
    };
    Quantity { value: number(value, decimals), unit }
}

/// A number with commas between thousands and a real minus sign.
pub(crate) fn number(value: f64, decimals: usize) -> String {
    let text = format!("{:.decimals$}", value.abs());
    let (whole, fraction) =
        text.split_once('.').map_or((text.as_str(), None), |(w, f)| (w, Some(f)));
    let mut grouped = String::with_capacity(text.len() + 4);
    let negative = value < 0.0 && text.chars().any(|c| matches!(c, '1'..='9'));
    if negative {
        grouped.push('−');
    }
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    if let Some(fraction) = fraction {
        grouped.push('.');
        grouped.push_str(fraction);
    }
    grouped
}

/// A count: `1,204`.
pub(crate) fn count(count: i64) -> String {
    let sign = if count < 0 { "−" } else { "" };
    let digits = count.unsigned_abs().to_string();
    let mut grouped = String::from(sign);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// `1 site`, `7 sites`.
pub(crate) fn counted(n: usize, one: &str, many: &str) -> String {
    let word = if n == 1 { one } else { many };
    format!("{}{NO_BREAK}{word}", count(i64::try_from(n).unwrap_or(i64::MAX)))
}

/// Money: `€109`, `€4`, `€0.40`.
pub(crate) fn money(money: Money) -> String {
    let amount = money.amount.to_f64().unwrap_or(0.0);
    let cents = amount != 0.0 && amount.abs() < 0.995;
    let text = number(amount, if cents { 2 } else { 0 });
    match text.strip_prefix('−') {
        Some(positive) => format!("−{}{positive}", money.currency.sign()),
        None => format!("{}{text}", money.currency.sign()),
    }
}

/// Money to the cent: `€2.48`.
pub(crate) fn money_exact(money: Money) -> String {
    let text = number(money.amount.to_f64().unwrap_or(0.0), 2);
    match text.strip_prefix('−') {
        Some(positive) => format!("−{}{positive}", money.currency.sign()),
        None => format!("{}{text}", money.currency.sign()),
    }
}

/// Several amounts, one for each currency: `€381 and $40`.
pub(crate) fn amounts(amounts: &[Money]) -> String {
    let shown: Vec<String> = amounts.iter().copied().map(money).collect();
    match shown.as_slice() {
        [] => "€0".to_owned(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// Words as a sentence of their own: with a capital and, unless they end one
/// already, a full stop.
pub(crate) fn sentence(message: &str) -> String {
    let mut letters = message.chars();
    let first = letters.next().map(char::to_uppercase);
    let end = if message.ends_with(['.', '?', '!']) { None } else { Some('.') };
    first.into_iter().flatten().chain(letters).chain(end).collect()
}

/// A price: `€0.21 per kWh`.
pub(crate) fn price(price: Price) -> String {
    let one = price.of_one_kwh();
    let amount = one.amount.round_dp(4).normalize();
    let amount = if amount.scale() < 2 { format!("{amount:.2}") } else { amount.to_string() };
    format!("{}{amount} per{NO_BREAK}kWh", one.currency.sign())
}

/// A share of one as whole per cent: `96 %`.
pub(crate) fn percent(share: f64) -> Quantity {
    Quantity { value: number(share * 100.0, 0), unit: "%" }
}

/// A share of one with one decimal, where the last per cent matters: `98.6 %`.
/// Only a whole one reads as 100.
pub(crate) fn percent_fine(share: f64) -> Quantity {
    let shown = if share < 1.0 { share.min(0.999) } else { share };
    Quantity { value: number(shown * 100.0, usize::from(share < 1.0)), unit: "%" }
}

/// One number as a share of another; `None` when there is nothing to compare
/// with.
#[expect(clippy::cast_precision_loss, reason = "shares of quantities below 2^53")]
pub(crate) fn share(part: i64, of: i64) -> Option<f64> {
    (of > 0).then(|| part as f64 / of as f64)
}

/// An amount as a share of another, for the length of a bar.
pub(crate) fn money_share(part: Decimal, of: Decimal) -> f64 {
    if of.is_zero() { 0.0 } else { (part / of).to_f64().unwrap_or(0.0).clamp(0.0, 1.0) }
}

/// `10:42`.
pub(crate) fn time_of_day(at: Timestamp, zone: &SiteZone) -> String {
    zone.local(at).strftime("%H:%M").to_string()
}

/// `10:42:18`.
pub(crate) fn time_with_seconds(at: Timestamp, zone: &SiteZone) -> String {
    zone.local(at).strftime("%H:%M:%S").to_string()
}

/// When something began, after the word “since”: `today 06:10`, `Thu 13:20`,
/// `22 May`, `22 May 2025`.
pub(crate) fn since(at: Timestamp, now: Timestamp, zone: &SiteZone) -> String {
    let (then, today) = (zone.local(at), zone.day(now));
    let days = today.since(then.date()).map_or(i32::MAX, |span| span.get_days());
    let form = match days {
        0 => "today %H:%M",
        1..=6 => "%a %H:%M",
        _ if then.year() == today.year() => "%-d %b",
        _ => "%-d %b %Y",
    };
    then.strftime(form).to_string().replace(' ', "\u{a0}")
}

/// When something happened: the time of day for today, else as [`since`].
pub(crate) fn moment(at: Timestamp, now: Timestamp, zone: &SiteZone) -> String {
    if zone.day(at) == zone.day(now) { time_of_day(at, zone) } else { since(at, now, zone) }
}

/// `Friday 12 June`.
pub(crate) fn long_day(day: Date) -> String {
    day.strftime("%A %-d %B").to_string()
}

/// `Friday 12 June 2026, 10:42`.
pub(crate) fn long_moment(at: Timestamp, zone: &SiteZone) -> String {
    zone.local(at).strftime("%A %-d %B %Y, %H:%M").to_string()
}

/// `12 Jun 2026`.
pub(crate) fn short_day(day: Date) -> String {
    day.strftime("%-d %b %Y").to_string()
}

/// `12 Jun`.
pub(crate) fn day_and_month(day: Date) -> String {
    day.strftime("%-d %b").to_string()
}

/// `June 2026`.
pub(crate) fn month_and_year(day: Date) -> String {
    day.strftime("%B %Y").to_string()
}

/// The machine-readable form for `datetime`.
pub(crate) fn iso(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A wait as people say it, never shorter than it is.
pub(crate) fn wait(wait: Duration) -> String {
    let counted = |n: u64, one, many| counted(usize::try_from(n).unwrap_or(usize::MAX), one, many);
    match whole_seconds(wait) {
        seconds @ ..=90 => counted(seconds, "second", "seconds"),
        seconds => counted(seconds.div_ceil(60), "minute", "minutes"),
    }
}

#[cfg(test)]
mod tests {
    use greengrid_domain::units::Currency;

    use super::*;

    fn check(shown: &impl ToString, expected: &str) {
        assert_eq!(shown.to_string().replace(NO_BREAK, " "), expected);
    }

    #[test]
    fn energy_and_power_keep_three_digits() {
        check(&energy(Energy::from_wh(12_840)), "12.8 kWh");
        check(&energy(Energy::from_wh(520_000)), "520 kWh");
        check(&energy(Energy::from_wh(1_856_000)), "1,856 kWh");
        check(&energy(Energy::from_wh(16_200_000)), "16.2 MWh");
        check(&energy(Energy::from_wh(-520_000)), "−520 kWh");
        check(&power(Power::from_watts(600)), "0.6 kW");
        check(&power(Power::from_watts(137_000)), "137 kW");
        check(&power(Power::from_watts(5_790_000)), "5.79 MW");
        check(&power(Power::from_watts(-20)), "0.0 kW");
        let capacity = PeakPower::from_kwp(9.6).unwrap();
        check(&specific_yield(Energy::from_wh(283_000), capacity), "29.5 kWh/kWp");
        check(&watts_peak(412_000), "412 kWp");
        check(&watts_peak(9_600), "9.6 kWp");
        check(&watts_peak(62_000), "62 kWp");
    }

    #[test]
    fn money_is_rounded_to_what_matters() {
        let eur = |cents| Money { amount: Decimal::new(cents, 2), currency: Currency::Eur };

        check(&money(eur(10_920)), "€109");
        check(&money(eur(120_000)), "€1,200");
        check(&money(eur(40)), "€0.40");
        check(&money(eur(0)), "€0");
        check(&money(eur(-1_170)), "−€12");
        check(&money_exact(eur(248)), "€2.48");
        check(&money_exact(eur(-1_170)), "−€11.70");
        check(
            &amounts(&[eur(38_100), Money { currency: Currency::Usd, ..eur(4_000) }]),
            "€381 and $40",
        );
        check(&price(Price::default()), "€0.21 per kWh");
    }

    #[test]
    fn a_share_short_of_all_never_reads_as_all() {
        check(&percent_fine(0.9999), "99.9 %");
        check(&percent_fine(1.0), "100 %");
        check(&percent(0.957), "96 %");
    }

    #[test]
    fn times_belong_to_the_site_and_say_the_day_when_it_is_another() {
        let zone: SiteZone = "Europe/Berlin".parse().unwrap();
        let now: Timestamp = "2026-06-12T08:42:18Z".parse().unwrap();
        let at = |text: &str| text.parse::<Timestamp>().unwrap();

        check(&time_with_seconds(now, &zone), "10:42:18");
        check(&since(at("2026-06-12T04:10:00Z"), now, &zone), "today 06:10");
        check(&since(at("2026-06-11T11:20:00Z"), now, &zone), "Thu 13:20");
        check(&since(at("2026-05-22T11:20:00Z"), now, &zone), "22 May");
        check(&since(at("2025-05-22T11:20:00Z"), now, &zone), "22 May 2025");
        check(&moment(at("2026-06-12T04:10:00Z"), now, &zone), "06:10");
        check(&long_moment(now, &zone), "Friday 12 June 2026, 10:42");
        check(&iso(now), "2026-06-12T08:42:18Z");
    }

    #[test]
    fn counts_are_grouped() {
        check(&count(1_204_000), "1,204,000");
        check(&counted(1, "site", "sites"), "1 site");
        check(&counted(0, "site", "sites"), "0 sites");
    }

    #[test]
    fn a_wait_is_never_told_too_short() {
        let check = |seconds: f64, expected: &str| {
            let told = wait(Duration::from_secs_f64(seconds)).replace('\u{a0}', " ");
            assert_eq!(told, expected);
        };
        check(0.2, "1 second");
        check(61.0, "61 seconds");
        check(841.5, "15 minutes");
    }
}
