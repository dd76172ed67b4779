//! The pages of one's own sites.

mod hero;
mod history;
mod list;
mod today;
mod trouble;
mod words;
mod worth;

use greengrid_app::customer::{HistoryQuery, OwnSitePage};
use greengrid_domain::customer::AssumptionsError;
use greengrid_domain::fleet::Site;
use maud::{Markup, html};

pub(super) use list::list;

use super::dto::WorthDto;
use crate::components::layout;

/// What an owner typed, and what is wrong with it.
#[derive(Debug, Clone)]
pub(super) struct Typed {
    pub(super) worth: WorthDto,
    pub(super) error: AssumptionsError,
}

/// The page of one's own site.
pub(super) struct SiteView<'a> {
    pub(super) page: &'a OwnSitePage,
    /// The stretch of history asked for.
    pub(super) query: HistoryQuery,
    pub(super) typed: Option<&'a Typed>,
}

impl SiteView<'_> {
    fn site(&self) -> &Site {
        &self.page.site.row.site
    }
}

/// The region that streams replace.
pub(super) fn site(view: &SiteView<'_>) -> Markup {
    layout::main(html! {
        (hero::hero(view))
        (trouble::trouble(&view.page.site))
        (hero::sums(view))
        (today::today(view))
        (history::history(view))
        (worth::worth(view))
    })
}

/// The page of a site that nobody has judged yet.
pub(super) fn not_yet(site: &Site) -> Markup {
    layout::main(html! {
        div .state {
            h1 { (site.details.name.as_str()) " has just been connected" }
            p { "What it makes appears here within minutes. You need not do anything." }
        }
    })
}
