//! Morning reports: as letters, and kept as pages.

mod handlers;
mod letter;
pub(crate) mod live;
#[cfg(test)]
mod tests;
mod views;

pub(crate) use letter::Press;

use crate::router::Routes;

pub(crate) fn routes() -> Routes {
    Routes::default()
        .get("/reports", handlers::list)
        .get("/reports/{region}/{day}", handlers::report)
}
