use greengrid_app::customer::{HistoryQuery, StateAssumptions};
use greengrid_domain::customer::{AssumptionsError, HistorySpan};
use greengrid_domain::fleet::SiteCode;
use rust_decimal::Decimal;
use serde::Deserialize;

use crate::query::{Address, Asked};
use crate::urls;

/// Which stretch of history is asked for: this month's unless another is.
pub(crate) fn read_history(asked: &mut Asked) -> HistoryQuery {
    HistoryQuery { span: asked.parse("span").unwrap_or_default(), at: asked.parse("at") }
}

/// Adds which stretch of history is shown to an address.
pub(crate) fn write_history(query: HistoryQuery, to: Address) -> Address {
    to.with("span", (query.span != HistorySpan::default()).then_some(query.span))
        .with("at", query.at)
}

/// The page of one's own site with a stretch of its history.
pub(super) fn history_address(code: &SiteCode, query: HistoryQuery) -> String {
    write_history(query, Address::new(urls::own_site(code))).finish()
}

/// What an owner states of the worth of their energy, as typed.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct WorthDto {
    #[serde(default)]
    pub(super) bought: String,
    #[serde(default)]
    pub(super) fed_in: String,
    #[serde(default)]
    pub(super) self_use: String,
}

impl WorthDto {
    /// The command, or what is wrong.
    pub(super) fn command(&self) -> Result<StateAssumptions, AssumptionsError> {
        let price = |text: &str, refused| {
            // A comma is what most of Europe types.
            text.trim().replace(',', ".").parse::<Decimal>().map_err(|_| refused)
        };
        let percent = self.self_use.trim().trim_end_matches('%').trim();
        Ok(StateAssumptions {
            bought: price(&self.bought, AssumptionsError::Bought)?,
            fed_in: price(&self.fed_in, AssumptionsError::FedIn)?,
            self_use_percent: percent.parse().map_err(|_| AssumptionsError::SelfUse)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(bought: &str, fed_in: &str, self_use: &str) -> WorthDto {
        let owned = ToOwned::to_owned;
        WorthDto { bought: owned(bought), fed_in: owned(fed_in), self_use: owned(self_use) }
    }

    #[test]
    fn prices_are_read_as_people_type_them() {
        let command = typed(" 0,32 ", "0.08", "45 %").command().unwrap();

        assert_eq!(command.bought, Decimal::new(32, 2));
        assert_eq!(command.self_use_percent, 45);
    }

    #[test]
    fn what_is_no_number_names_its_field() {
        assert_eq!(typed("much", "0.08", "30").command(), Err(AssumptionsError::Bought));
        assert_eq!(typed("0.3", "", "30").command(), Err(AssumptionsError::FedIn));
        assert_eq!(typed("0.3", "0.1", "-5").command(), Err(AssumptionsError::SelfUse));
    }

    #[test]
    fn a_stretch_survives_its_address() {
        let query =
            HistoryQuery { span: HistorySpan::Week, at: Some(jiff::civil::date(2026, 3, 29)) };
        let address = history_address(&"gg-0001".parse().unwrap(), query);

        assert_eq!(address, "/my/gg-0001?span=week&at=2026-03-29");
        assert_eq!(read_history(&mut Asked::read("span=week&at=2026-03-29")), query);
    }
}
