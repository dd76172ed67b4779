use maud::{Markup, html};

use crate::auth::Viewer;
use crate::components::layout::{self, Nav};
use crate::sse::View;
use crate::urls;

/// A page of the administrator's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    People,
    Tokens,
    Trail,
    Regions,
    Keys,
    Mail,
}

const PLACES: [(Place, &str, &str); 6] = [
    (Place::People, "People", urls::ADMIN),
    (Place::Tokens, "Tokens", urls::ADMIN_TOKENS),
    (Place::Trail, "Who did what", urls::ADMIN_TRAIL),
    (Place::Regions, "Regions and prices", urls::ADMIN_REGIONS),
    (Place::Keys, "Vendor keys", urls::ADMIN_KEYS),
    (Place::Mail, "Mail", urls::ADMIN_MAIL),
];

/// The whole page: what it says first, the way to its neighbours, content.
pub(super) fn frame(
    viewer: &Viewer,
    place: Place,
    live: Option<&View>,
    lede: &Markup,
    content: &Markup,
) -> Markup {
    let title =
        PLACES.iter().find(|(p, ..)| *p == place).map_or("Accounts", |(_, title, _)| *title);
    let main = layout::main(html! {
        nav .seg .seg--places aria-label="Administration" {
            @for (other, words, url) in PLACES {
                a href=(url) aria-current=[(other == place).then_some("page")] { (words) }
            }
        }
        (lede)
        (content)
    });
    layout::page()
        .viewer(viewer)
        .title(title)
        .nav(Nav::Admin)
        .maybe_live(live.map(View::url))
        .main(main)
        .render()
}

/// What a page says first.
pub(super) fn lede(id: &str, first: &Markup, sub: &Markup) -> Markup {
    html! {
        div id=(id) .lede { div { h1 { (first) } p .lede__sub { (sub) } } }
    }
}
