//! What a replay of history reads from files and writes to one.

mod input;
mod output;
mod walk;

pub use input::{Assumed, BacktestFiles, BacktestInput, read_backtest};
pub use output::write_detections;
pub use walk::find_files;
