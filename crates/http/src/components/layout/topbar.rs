use greengrid_app::actor::Permission;
use maud::{Markup, html};

use super::{Page, brand, nav};
use crate::auth::{Theme, Viewer};
use crate::components::icon;
use crate::urls;

/// Brand, navigation, search, the live dot with the clock, colours, and the
/// person's own menu.
pub(super) fn topbar(page: &Page<'_>) -> Markup {
    let role = page.viewer.user.role;
    html! {
        header .topbar {
            (brand(Some(urls::home(role))))
            (nav::main_nav(role, page.nav, page.unread))
            @if Permission::ViewSites.granted_to(role) { (search(page.search)) }
            @if let Some(clock) = &page.clock {
                p #live .live data-state="still" {
                    span .live__dot aria-hidden="true" {}
                    span .live__word { "As of" } " " (clock.time())
                    @if clock.demo {
                        span .live__demo title="The demo fleet lives by a clock of its own" { "demo clock" }
                    }
                }
            }
            (theme_toggle(page.viewer.theme))
            (account(page.viewer))
        }
    }
}

fn search(text: Option<&str>) -> Markup {
    html! {
        form .find role="search" action=(urls::SITES) {
            label .sr for="q" { "Search sites and customers" }
            (icon("search"))
            input #q name="text" type="search" placeholder="Search sites, customers" autocomplete="off" value=[text];
            kbd aria-hidden="true" { "/" }
        }
    }
}

/// Goes round system, light, dark. A form, so that it works without script.
fn theme_toggle(theme: Theme) -> Markup {
    let (now, next) = match theme {
        Theme::Auto => ("follows system", Theme::Light),
        Theme::Light => ("light", Theme::Dark),
        Theme::Dark => ("dark", Theme::Auto),
    };
    let next: &str = next.into();
    html! {
        form method="post" action=(urls::THEME) {
            button .iconbtn name="theme" value=(next) data-theme-toggle title={ "Theme: " (now) }
                aria-label={ "Colour theme: " (now) ". Change theme" } { (icon("theme")) }
        }
    }
}

fn account(viewer: &Viewer) -> Markup {
    let user = &viewer.user;
    html! {
        details .menu {
            summary .who {
                span .avatar aria-hidden="true" { (user.name.initials()) }
                span .who__name { (user.name.first()) }
                span .sr { ", account" }
            }
            div .menu__box {
                p { b { (user.name.as_str()) } br; span .dim { (user.role.name()) } }
                p { a href=(urls::ACCOUNT) { "Your account" } }
                form method="post" action=(urls::SIGN_OUT) {
                    button .btn .btn--small type="submit" { "Sign out" }
                }
            }
        }
    }
}
