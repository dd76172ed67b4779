//! Letters to people, and what other programs are told: written with what they
//! tell of, sent afterwards.

mod contracts;
mod links;
mod postman;
mod service;
#[cfg(test)]
mod tests;
pub mod webhooks;

pub use contracts::{
    Claimed, Counts, LetterStore, LetterSummary, Mailer, NotSent, Outcome, Resent, StoredLetter,
};
pub use links::Links;
pub use postman::{Postman, Round};
pub use service::{Messages, MessagesError};
