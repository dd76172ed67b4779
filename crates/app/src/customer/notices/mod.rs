//! Letters to people about their sites, each of which they can switch off.

mod contracts;
mod letters;
mod round;
mod service;
mod token;

pub use contracts::{NoticeStore, Occasion, Recipient, WrittenNotice};
pub use round::NoticeRounds;
pub use service::{NoticeError, Notices};
pub use token::UnsubscribeKey;
