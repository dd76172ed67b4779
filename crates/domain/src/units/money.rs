use rust_decimal::Decimal;

use super::Energy;

/// Currencies in which sites are priced (ISO 4217).
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    strum::Display,
    strum::EnumString,
    strum::EnumIter,
)]
#[strum(serialize_all = "UPPERCASE")]
pub enum Currency {
    /// Euro.
    #[default]
    Eur,
    /// United States dollar.
    Usd,
}

impl Currency {
    /// The sign written before an amount.
    #[must_use]
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Eur => "€",
            Self::Usd => "$",
        }
    }
}

/// An amount of money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    /// The amount in whole currency units.
    pub amount: Decimal,
    /// Its currency.
    pub currency: Currency,
}

impl Money {
    /// Sums, one for each currency in the order of [`Currency`]; none for
    /// nothing.
    #[must_use]
    pub fn sums(amounts: impl IntoIterator<Item = Self>) -> Vec<Self> {
        let mut sums: Vec<Self> = Vec::new();
        for money in amounts {
            match sums.iter_mut().find(|sum| sum.currency == money.currency) {
                Some(sum) => sum.amount += money.amount,
                None => sums.push(money),
            }
        }
        sums.sort_by_key(|sum| sum.currency);
        sums
    }
}

/// A price of energy, per kilowatt-hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Price(Money);

impl Price {
    /// So much per kilowatt-hour.
    #[must_use]
    pub const fn per_kwh(money: Money) -> Self {
        Self(money)
    }

    /// The money paid for one kilowatt-hour.
    #[must_use]
    pub const fn of_one_kwh(self) -> Money {
        self.0
    }

    /// What this energy is worth, not rounded.
    #[must_use]
    pub fn worth(self, energy: Energy) -> Money {
        Money { amount: self.0.amount * Decimal::from(energy.wh()) / Decimal::from(1000), ..self.0 }
    }
}

/// Why a price was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a price of a kilowatt-hour is written like 0.2875, up to 5, with at most five decimals")]
pub struct PriceError;

impl Price {
    /// A price as people type it, with a point or a comma.
    pub fn typed(text: &str, currency: Currency) -> Result<Self, PriceError> {
        let amount: Decimal = text.trim().replace(',', ".").parse().map_err(|_| PriceError)?;
        let fits = amount >= Decimal::ZERO
            && amount <= Decimal::from(5)
            && amount.normalize().scale() <= 5;
        if fits {
            Ok(Self(Money { amount: amount.normalize(), currency }))
        } else {
            Err(PriceError)
        }
    }
}

impl Default for Price {
    /// €0.21 per kilowatt-hour: what a site is priced at until its tariff is
    /// known.
    fn default() -> Self {
        Self(Money { amount: Decimal::new(21, 2), currency: Currency::Eur })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_is_read_with_a_point_or_a_comma() {
        let amount = |text: &str| {
            Price::typed(text, Currency::Eur).map(|price| price.of_one_kwh().amount.to_string())
        };

        assert_eq!(amount(" 0,28750 ").as_deref(), Ok("0.2875"));
        assert_eq!(amount("0").as_deref(), Ok("0"));
        for wrong in ["", "-0.1", "5.01", "0.123456", "a", "1e9", "NaN", "0.1 €"] {
            assert_eq!(amount(wrong), Err(PriceError), "{wrong}");
        }
    }

    #[test]
    fn energy_is_worth_its_price() {
        let worth = Price::default().worth(Energy::from_wh(520_000));

        assert_eq!(worth.amount, Decimal::new(10_920, 2));
    }
}
