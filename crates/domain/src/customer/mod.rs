//! What the owner of a site is told and may decide: history, money, trouble.

mod co2;
mod history;
mod membership;
mod notice;
mod promise;
mod trouble;
mod worth;

pub use co2::{Carbon, GridFactor};
pub use history::{HistorySpan, Period};
pub use membership::SiteRole;
pub use notice::{
    BETWEEN_UNUSUAL_DAYS, NoticeKind, fault_lasts, is_best_day, is_letter_hour, month_to_sum_up,
};
pub use promise::{Promise, Standing, promise};
pub use trouble::{doing, script, what_is_wrong};
pub use worth::{Assumptions, AssumptionsError, SelfUse, Worth};
