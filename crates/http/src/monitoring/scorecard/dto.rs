use greengrid_app::monitoring::what_if::Question;
use greengrid_domain::monitoring::rules::Threshold;

use super::SPANS;
use crate::query::{Address, Asked};

/// What is asked of the scorecard.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct ScorecardQuery {
    /// Over how many days.
    pub(crate) days: u16,
    /// A threshold and the value to try, as typed.
    pub(crate) tried: Option<(Threshold, String)>,
}

impl Default for ScorecardQuery {
    fn default() -> Self {
        Self { days: SPANS[0], tried: None }
    }
}

impl ScorecardQuery {
    /// The question what would have fired; `None` where none is asked, or the
    /// value is no number.
    pub(super) fn question(&self) -> Option<Result<Question, String>> {
        let (threshold, typed) = self.tried.as_ref()?;
        let days = self.days.min(LONGEST_REPLAY);
        Some(match typed.replace(',', ".").parse() {
            Ok(value) => Ok(Question { threshold: *threshold, value, days }),
            Err(_) => Err(format!("“{typed}” is not a number")),
        })
    }

    /// Adds it to an address.
    pub(crate) fn write(&self, to: Address) -> Address {
        let (threshold, value) = self.tried.as_ref().map(|(t, v)| (t, v)).unzip();
        to.with("days", (self.days != SPANS[0]).then_some(self.days))
            .with("threshold", threshold)
            .with("value", value)
    }
}

/// Days that are replayed at most: a quarter of a year takes a minute or two.
pub(super) const LONGEST_REPLAY: u16 = 90;

/// Reads what is asked, and tells what of it made no sense.
pub(crate) fn read(query: &str) -> (ScorecardQuery, Vec<String>) {
    let mut asked = Asked::read(query);
    let days = asked.parse::<u16>("days").filter(|days| SPANS.contains(days)).unwrap_or(SPANS[0]);
    let tried = asked.parse::<Threshold>("threshold").zip(asked.text("value"));
    (ScorecardQuery { days, tried }, asked.ignored)
}
