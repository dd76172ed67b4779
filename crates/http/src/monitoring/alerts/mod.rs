//! Alert rules, silences, and what was told by them.

mod dto;
mod form;
mod handlers;
mod inhibitions;
mod letter;
pub(crate) mod live;
mod post;
#[cfg(test)]
mod tests;
mod views;

pub(crate) use letter::Press;

use crate::router::Routes;

pub(crate) fn routes() -> Routes {
    Routes::default()
        .get("/alerts", handlers::list)
        .get("/alerts/new", handlers::fresh)
        .post("/alerts/new", handlers::create)
        .get("/alerts/{rule}", handlers::edit)
        .post("/alerts/{rule}", handlers::change)
        .post("/alerts/{rule}/remove", handlers::remove)
        .post("/alerts/inhibitions", handlers::inhibit)
        .get("/alerts/inhibitions/{inhibition}", handlers::inhibition)
        .post("/alerts/inhibitions/{inhibition}", handlers::change_inhibition)
        .post("/alerts/inhibitions/{inhibition}/end", handlers::uninhibit)
        .post("/alerts/silences", handlers::silence)
        .post("/alerts/silences/{silence}/end", handlers::unsilence)
}
