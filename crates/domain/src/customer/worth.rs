use rust_decimal::Decimal;

use crate::units::{Currency, Energy, Money, Price};

/// How much of what a site makes is used in the house, of a thousand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SelfUse {
    /// A meter at the grid connection counted what was fed in.
    Measured(u16),
    /// Nobody counted it.
    Assumed(u16),
}

impl SelfUse {
    /// The share, of a thousand.
    #[must_use]
    pub const fn per_mille(self) -> u16 {
        match self {
            Self::Measured(share) | Self::Assumed(share) => share,
        }
    }

    /// What a meter says: everything that was made and not fed in was used.
    /// `None` when nothing was made.
    #[must_use]
    pub fn measured(made: Energy, fed_in: Energy) -> Option<Self> {
        let used = (made.wh() - fed_in.wh()).clamp(0, made.wh().max(0));
        let share = (made.wh() > 0).then(|| used * 1000 / made.wh())?;
        u16::try_from(share).ok().map(Self::Measured)
    }
}

/// By what the worth of energy is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Assumptions {
    /// What a kilowatt-hour from the grid costs: what own use saves.
    pub bought: Price,
    /// What a kilowatt-hour fed into the grid brings.
    pub fed_in: Price,
    /// Share of own use where no meter counts it, of a thousand.
    pub self_use: u16,
    /// Whether an owner stated them; else they are what we assume.
    pub stated: bool,
}

/// Why assumptions were refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AssumptionsError {
    /// The price of bought energy lies outside of the bounds.
    #[error("a price of power lies between 0 and 2 per kWh, such as 0.32")]
    Bought,
    /// The price of energy fed in lies outside of the bounds.
    #[error("a price of power lies between 0 and 2 per kWh, such as 0.08")]
    FedIn,
    /// The share is no percentage.
    #[error("a share lies between 0 and 100 %, such as 30")]
    SelfUse,
}

impl Assumptions {
    /// The share of own use that we assume of a house without a battery and
    /// without a meter, of a thousand.
    pub const USUAL_SELF_USE: u16 = 300;

    /// What we assume of a site until somebody states better: its own tariff,
    /// 8 hundredths for energy fed in, and the usual own use.
    #[must_use]
    pub fn usual(tariff: Price) -> Self {
        let Money { amount, currency } = tariff.of_one_kwh();
        let fed_in = Decimal::new(8, 2).min(amount);
        Self {
            bought: tariff,
            fed_in: Price::per_kwh(Money { amount: fed_in, currency }),
            self_use: Self::USUAL_SELF_USE,
            stated: false,
        }
    }

    /// What an owner states: prices in whole currency units per kilowatt-hour,
    /// and the share of own use in per cent.
    pub fn stated(
        currency: Currency,
        bought: Decimal,
        fed_in: Decimal,
        self_use_percent: u16,
    ) -> Result<Self, AssumptionsError> {
        let price = |amount: Decimal, refused| {
            let fits = (Decimal::ZERO..=Decimal::TWO).contains(&amount);
            let amount = amount.round_dp(5);
            fits.then_some(Price::per_kwh(Money { amount, currency })).ok_or(refused)
        };
        Ok(Self {
            bought: price(bought, AssumptionsError::Bought)?,
            fed_in: price(fed_in, AssumptionsError::FedIn)?,
            self_use: (self_use_percent <= 100)
                .then_some(self_use_percent * 10)
                .ok_or(AssumptionsError::SelfUse)?,
            stated: true,
        })
    }

    /// What energy was worth with a share of own use.
    #[must_use]
    pub fn worth(&self, made: Energy, self_use: SelfUse) -> Worth {
        let used = Energy::from_wh(made.wh() * i64::from(self_use.per_mille()) / 1000);
        Worth { self_use, saved: self.bought.worth(used), earned: self.fed_in.worth(made - used) }
    }
}

/// What energy was worth to its owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Worth {
    /// How much of it was used in the house.
    pub self_use: SelfUse,
    /// Power that did not have to be bought.
    pub saved: Money,
    /// Power that was sold.
    pub earned: Money,
}

impl Worth {
    /// Both together.
    #[must_use]
    pub fn total(&self) -> Money {
        Money { amount: self.saved.amount + self.earned.amount, ..self.saved }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn kwh(kwh: i64) -> Energy {
        Energy::from_wh(kwh * 1000)
    }

    fn stated() -> Assumptions {
        Assumptions::stated(Currency::Eur, Decimal::new(32, 2), Decimal::new(8, 2), 40).unwrap()
    }

    #[test]
    fn without_a_meter_own_use_is_as_stated() {
        let assumptions = stated();

        let worth = assumptions.worth(kwh(1000), SelfUse::Assumed(assumptions.self_use));

        assert_eq!(worth.saved.amount, Decimal::from(128));
        assert_eq!(worth.earned.amount, Decimal::from(48));
        assert_eq!(worth.total().amount, Decimal::from(176));
    }

    #[test]
    fn own_use_is_what_was_made_and_not_fed_in() {
        let measured = SelfUse::measured(kwh(1000), kwh(750)).unwrap();

        let worth = stated().worth(kwh(1000), measured);

        assert_eq!(measured, SelfUse::Measured(250));
        assert_eq!(worth.saved.amount, Decimal::from(80));
    }

    #[test]
    fn what_we_assume_never_pays_more_for_feeding_in_than_buying_costs() {
        let cheap = Price::per_kwh(Money { amount: Decimal::new(5, 2), currency: Currency::Usd });

        let usual = Assumptions::usual(cheap);

        assert_eq!(usual.fed_in, cheap);
        assert!(!usual.stated);
    }

    #[test]
    fn what_cannot_be_a_price_or_a_share_is_refused() {
        let of = |bought, fed_in, share| {
            Assumptions::stated(
                Currency::Eur,
                Decimal::new(bought, 2),
                Decimal::new(fed_in, 2),
                share,
            )
        };

        assert_eq!(of(-1, 8, 30), Err(AssumptionsError::Bought));
        assert_eq!(of(32, 3200, 30), Err(AssumptionsError::FedIn));
        assert_eq!(of(32, 8, 101), Err(AssumptionsError::SelfUse));
    }

    proptest! {
        #[test]
        fn own_use_lies_between_nothing_and_all(made in 0i64..10_000_000, fed in -1_000i64..20_000_000) {
            let share = SelfUse::measured(Energy::from_wh(made), Energy::from_wh(fed));
            prop_assert_eq!(share.is_none(), made == 0);
            prop_assert!(share.is_none_or(|share| share.per_mille() <= 1000));
        }
    }
}
