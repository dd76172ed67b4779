//! Sign-in, sign-out, accounts.

mod accounts;
mod door;
mod dto;
mod factor;
mod handlers;
mod links;
mod next;
mod own;
mod password;
mod views;

pub(crate) use accounts::{live, query as accounts_query};

use crate::router::Routes;
use crate::urls;

pub(crate) fn routes() -> Routes {
    Routes::default()
        .get(urls::ROOT, handlers::home)
        .get(urls::SIGN_IN, handlers::door)
        .post(urls::SIGN_IN, handlers::sign_in)
        .post(urls::SIGN_OUT, handlers::sign_out)
        .post(urls::STRENGTH, password::strength)
        .merge(links::routes())
        .merge(factor::routes())
        .merge(own::routes())
        .merge(accounts::routes())
}
