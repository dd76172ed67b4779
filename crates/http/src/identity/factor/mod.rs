//! The second factor: turning it on and off, and the second step of signing in.

mod dto;
mod handlers;
mod pending;
mod qr;
mod step;
mod views;

pub(super) use pending::begin as ask_for_code;
pub(super) use views::section;

use crate::router::Routes;
use crate::urls;

pub(super) fn routes() -> Routes {
    Routes::default()
        .get(urls::SIGN_IN_CODE, step::show)
        .post(urls::SIGN_IN_CODE, step::pass)
        .get(urls::FACTOR, handlers::show)
        .post("/account/factor/begin", handlers::begin)
        .post("/account/factor/on", handlers::turn_on)
        .post("/account/factor/off", handlers::turn_off)
        .post("/account/factor/codes", handlers::renew_codes)
}
