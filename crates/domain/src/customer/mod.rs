//! What the owner of a site is told and may decide: history, money, trouble.

mod co2;
mod history;
mod membership;
mod promise;
mod trouble;
mod worth;

pub use co2::{Carbon, GridFactor};
pub use history::{HistorySpan, Period};
pub use membership::SiteRole;
pub use promise::{Promise, Standing, promise};
pub use trouble::{doing, script, what_is_wrong};
pub use worth::{Assumptions, AssumptionsError, SelfUse, Worth};
