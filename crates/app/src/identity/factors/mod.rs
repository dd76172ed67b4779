//! The second thing that signing in asks for: a code of an authenticator app,
//! or one of the codes kept for the day on which the app is lost.

mod contracts;
mod errors;
mod service;
#[cfg(test)]
mod tests;

pub use contracts::{Factor, FactorStore};
pub use errors::FactorError;
pub use service::{FactorState, RECOVERY_CODES, SecondFactors};
