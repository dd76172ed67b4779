//! All data of a person in one file.

mod contracts;
mod job;
mod service;
#[cfg(test)]
mod tests;

pub use contracts::{
    Archive, Archives, Requested, Takeout, TakeoutJob, TakeoutState, TakeoutStore,
};
pub use job::TakeoutRounds;
pub use service::{TakeoutError, Takeouts};
