//! The administrator's page: people, tokens, and who did what.

mod dto;
mod handlers;
pub(crate) mod live;
mod model;
mod views;

use crate::router::Routes;
use crate::urls;

pub(super) fn routes() -> Routes {
    Routes::default()
        .get(urls::ADMIN, handlers::show)
        .post("/admin/users/{user}/role", handlers::set_role)
        .post("/admin/users/{user}/active", handlers::set_active)
        .post("/admin/tokens", handlers::create_token)
        .post("/admin/tokens/{token}/revoke", handlers::revoke_token)
}
