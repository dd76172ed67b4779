//! The administrator's pages: people, tokens, who did what, regions with their
//! prices, keys of vendors, and whether letters arrive.

mod dto;
mod frame;
mod keys;
pub(crate) mod live;
mod mail;
mod people;
mod people_views;
pub(crate) mod query;
mod regions;
mod tokens;
mod tokens_views;
mod trail;
mod trail_views;

use crate::router::Routes;
use crate::urls;

pub(super) fn routes() -> Routes {
    Routes::default()
        .get(urls::ADMIN, people::show)
        .post("/admin/users", people::invite)
        .post("/admin/users/{user}/role", people::set_role)
        .post("/admin/users/{user}/active", people::set_active)
        .post("/admin/users/{user}/invite", people::invite_again)
        .post("/admin/users/{user}/factor/off", people::turn_factor_off)
        .get(urls::ADMIN_TOKENS, tokens::show)
        .post(urls::ADMIN_TOKENS, tokens::create)
        .post("/admin/tokens/{token}/revoke", tokens::revoke)
        .get(urls::ADMIN_TRAIL, trail::show)
        .get("/admin/trail.csv", trail::export)
        .get(urls::ADMIN_REGIONS, regions::show)
        .post("/admin/regions/{region}", regions::change)
        .get(urls::ADMIN_KEYS, keys::show)
        .post(urls::ADMIN_KEYS, keys::add)
        .get("/admin/keys/new", keys::blank)
        .post("/admin/keys/check", keys::check)
        .get("/admin/keys/{key}", keys::one)
        .post("/admin/keys/{key}/replace", keys::replace)
        .post("/admin/keys/{key}/plan", keys::plan)
        .post("/admin/keys/{key}/remove", keys::remove)
        .get(urls::ADMIN_MAIL, mail::show)
        .post(urls::ADMIN_MAIL, mail::send)
}
