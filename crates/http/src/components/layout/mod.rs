//! What all pages have in common.

mod head;
mod nav;
mod overlays;
mod topbar;

use greengrid_domain::identity::Role;
use maud::{DOCTYPE, Markup, Render, html};

use super::PageClock;
use crate::auth::{Theme, Viewer};
use crate::sse;

pub(crate) use nav::Nav;

/// A page of the program for somebody who is signed in. `main` comes with an
/// element `#main` of the class `page`, as [`main`] makes it.
#[derive(bon::Builder)]
#[builder(finish_fn = describe)]
pub(crate) struct Page<'a> {
    viewer: &'a Viewer,
    /// Of the browser's tab, without the program's name.
    #[builder(into)]
    title: String,
    /// Where it belongs in the navigation, unless in no place of it.
    nav: Option<Nav>,
    /// The time for the sites it shows, on pages that show any.
    clock: Option<PageClock>,
    /// Address of its live stream, on pages that have one.
    live: Option<String>,
    /// Posts that its reader has not seen, where the page knows; its stream
    /// tells afterwards.
    #[builder(default)]
    unread: i64,
    /// A class of the whole body, for pages that fill the window.
    body: Option<&'a str>,
    /// Text of the search field.
    search: Option<&'a str>,
    /// Scripts of this page besides those of every page, such as `chart.js`.
    #[builder(default)]
    scripts: &'a [&'a str],
    main: Markup,
}

/// Begins a [`Page`].
pub(crate) fn page<'a>() -> PageBuilder<'a> {
    Page::builder()
}

impl<S: page_builder::IsComplete> PageBuilder<'_, S> {
    /// The whole document.
    pub(crate) fn render(self) -> Markup {
        document(&self.describe())
    }
}

fn document(page: &Page<'_>) -> Markup {
    let viewer = page.viewer;
    let kind = if viewer.user.role == Role::Customer { "cust" } else { "ops" };
    html! {
        (DOCTYPE)
        html lang="en" data-theme=[forced(viewer.theme)] data-icons=(crate::assets::url("icons.svg")) {
            (head::head(&page.title, page.scripts))
            body class={ (kind) @if let Some(own) = page.body { " " (own) } } {
                a .skip href="#main" { "Skip to content" }
                (overlays::patterns())
                (topbar::topbar(page))
                (overlays::offline_banner(page.clock.as_ref()))
                (page.main)
                (nav::tab_bar(viewer.user.role, page.nav, page.unread))
                (overlays::keys_dialog(viewer.user.role))
                div #toasts .toasts role="status" aria-live="polite" {}
                @if let Some(address) = &page.live {
                    (sse::live_element(address))
                }
            }
        }
    }
}

/// The region of a page that streams replace as a whole.
pub(crate) fn main(content: impl Render) -> Markup {
    html! { main #main .page tabindex="-1" { (content) } }
}

/// A page outside the program proper: sign-in, errors. `main` comes with its
/// own `main` element with the id `main`.
pub(crate) fn bare(theme: Theme, title: &str, main: impl Render) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" data-theme=[forced(theme)] data-icons=(crate::assets::url("icons.svg")) {
            (head::head(title, &[]))
            body .signin {
                (main)
                div #toasts .toasts role="status" aria-live="polite" {}
            }
        }
    }
}

/// What `data-theme` says; nothing lets the system decide.
const fn forced(theme: Theme) -> Option<&'static str> {
    match theme {
        Theme::Auto => None,
        Theme::Light => Some("light"),
        Theme::Dark => Some("dark"),
    }
}

/// The brand with its picture, linked where a link makes sense.
pub(crate) fn brand(home: Option<&str>) -> Markup {
    let content = html! {
        svg .mark viewBox="0 0 24 24" aria-hidden="true" focusable="false" {
            path .mark__grid d="M3 3h7v7H3zM14 3h7v7h-7zM3 14h7v7H3z" {}
            path .mark__sun d="M14 21a7 7 0 0 1 7-7v7z" {}
        }
        span { "GreenGrid" }
    };
    html! {
        @match home {
            Some(home) => a .brand href=(home) { (content) },
            None => p .brand { (content) },
        }
    }
}

#[cfg(test)]
mod tests;
