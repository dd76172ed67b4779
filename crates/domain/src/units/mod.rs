//! Quantities with their units.

mod energy;
mod money;
mod power;

pub use energy::{Energy, MeterRegister};
pub use money::{Currency, Money, Price, PriceError};
pub use power::{PeakPower, Power};
