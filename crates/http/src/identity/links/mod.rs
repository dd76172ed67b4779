//! Pages behind links that were mailed and work once, and the page that asks
//! for one.

mod dto;
mod handlers;
mod over;
mod views;

use crate::router::Routes;
use crate::urls;

pub(super) fn routes() -> Routes {
    Routes::default()
        .get(urls::FORGOT, handlers::forgot)
        .post(urls::FORGOT, handlers::send_reset)
        .get("/invitation/{secret}", handlers::invitation)
        .post("/invitation/{secret}", handlers::accept)
        .get("/reset/{secret}", handlers::reset)
        .post("/reset/{secret}", handlers::set_password)
        .get("/address/{secret}", handlers::address)
        .post("/address/{secret}", handlers::confirm_address)
}
