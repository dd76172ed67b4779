use greengrid_domain::units::Power;

/// The vertical axis of a chart of power: from zero to a round number.
pub(super) struct PowerScale {
    /// Watts at the upper edge.
    pub(super) top: f64,
    /// Watts between two lines.
    step: f64,
}

impl PowerScale {
    /// A scale that holds these powers with a little room above.
    pub(super) fn holding(powers: impl Iterator<Item = Power>) -> Self {
        let most = powers.map(Power::watts).max().unwrap_or(0).max(1_000);
        let most = Power::from_watts(most).kw() * 1000.0;
        let rough = most / 4.0;
        let magnitude = 10_f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 2.5, 5.0, 10.0]
            .into_iter()
            .map(|factor| factor * magnitude)
            .find(|step| *step >= rough)
            .unwrap_or(rough);
        let top = (most / step).ceil() * step;
        Self { top: if top - most < most * 0.02 { top + step / 2.0 } else { top }, step }
    }

    /// Where a power is, as a share of the height from the upper edge.
    pub(super) fn down(&self, power: Power) -> f64 {
        1.0 - (power.kw() * 1000.0 / self.top).clamp(0.0, 1.0)
    }

    /// The lines above zero: share of the height from the upper edge, and the
    /// number beside it; the uppermost carries the unit.
    pub(super) fn lines(&self) -> Vec<(f64, String)> {
        let (unit, divisor) = if self.top >= 1e6 { ("MW", 1e6) } else { ("kW", 1e3) };
        let mut lines = Vec::new();
        let mut at = self.step;
        while at <= self.top * 1.0001 {
            lines.push((1.0 - at / self.top, trimmed(at / divisor)));
            at += self.step;
        }
        if let Some((_, text)) = lines.last_mut() {
            text.push('\u{a0}');
            text.push_str(unit);
        }
        lines
    }
}

fn trimmed(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(most_watts: i64, expected: &[&str]) {
        let scale = PowerScale::holding([Power::from_watts(most_watts)].into_iter());
        let shown: Vec<String> =
            scale.lines().into_iter().map(|(_, text)| text.replace('\u{a0}', " ")).collect();
        assert_eq!(shown, expected);
    }

    #[test]
    fn lines_stand_at_round_numbers_and_the_last_has_the_unit() {
        check(7_700_000, &["2", "4", "6", "8 MW"]);
        check(4_600, &["2", "4", "6 kW"]);
        check(137_000, &["50", "100", "150 kW"]);
        check(0, &["0.25", "0.5", "0.75", "1 kW"]);
    }
}
