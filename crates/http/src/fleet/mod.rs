//! The list of sites, the page of one, and how new ones begin.

pub(crate) mod dto;
mod export;
mod handlers;
pub(crate) mod live;
mod site;
mod sites;
#[cfg(test)]
mod tests;

pub(crate) use handlers::{CurveDto, site_page};

use crate::router::Routes;

pub(crate) fn routes() -> Routes {
    Routes::default()
        .get("/sites", handlers::sites)
        .get("/sites/{site}", handlers::site)
        .get("/sites/{site}/curve", handlers::curve)
        .get("/sites/{site}/readings.csv", handlers::readings_csv)
}
