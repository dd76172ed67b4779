use greengrid_app::monitoring::{OverviewQuery, OverviewView};
use greengrid_domain::fleet::{SiteCode, SiteId};
use jiff::civil::DateTime;
use serde::Deserialize;
use uuid::Uuid;

use crate::query::{Address, Asked};
use crate::urls;

/// Rows that one page of the overview shows unless asked for more.
pub(super) const PAGE: u16 = 50;
/// Rows that a reader may ask for at most.
const MOST: u16 = 500;

/// Reads what the overview is asked for, and what of it made no sense.
pub(crate) fn read(query: &str) -> (OverviewQuery, Vec<String>) {
    let mut asked = Asked::read(query);
    let order = asked.get("order").map(order).unwrap_or_default();
    let query = OverviewQuery {
        view: asked.parse("list").unwrap_or_default(),
        region: asked.parse("region"),
        brand: asked.parse("brand"),
        kind: asked.parse("kind"),
        owner: asked.parse::<Uuid>("owner").map(Into::into),
        text: asked.text("q"),
        order,
        limit: asked.parse::<u16>("limit").unwrap_or(0).min(MOST),
    };
    (query, asked.ignored)
}

/// The past moment that is asked for, by the clocks of most sites, and whether
/// what was typed makes no sense.
pub(super) fn at(query: &str) -> (Option<DateTime>, Option<String>) {
    let mut asked = Asked::read(query);
    (asked.parse("at"), asked.ignored.pop())
}

fn order(text: &str) -> Vec<SiteId> {
    let ids = text.split(['.', ',']).filter_map(|id| id.parse::<i32>().ok());
    ids.take(usize::from(MOST)).map(SiteId::from).collect()
}

/// The address of an overview, in the order of money.
pub(super) fn address(query: &OverviewQuery) -> String {
    write(query, Address::new(urls::OVERVIEW)).finish()
}

/// The same of a past moment.
pub(super) fn address_at(query: &OverviewQuery, at: Option<DateTime>) -> String {
    let at = at.map(|at| at.strftime("%Y-%m-%dT%H:%M").to_string());
    write(query, Address::new(urls::OVERVIEW)).with("at", at).finish()
}

/// Adds what an overview is asked for to an address, without its order.
pub(crate) fn write(query: &OverviewQuery, to: Address) -> Address {
    to.with("list", (query.view != OverviewView::default()).then_some(query.view))
        .with("region", query.region.as_ref())
        .with("brand", query.brand)
        .with("kind", query.kind)
        .with("owner", query.owner)
        .with("q", query.text.as_ref())
        .with("limit", (query.limit != 0).then_some(query.limit))
}

/// The form that takes a site or hands it back.
#[derive(Debug, Deserialize)]
pub(super) struct TakeDto {
    /// Whether to take it.
    #[serde(default)]
    pub(super) mine: bool,
    /// The query of the overview that it was sent from, or the address of the
    /// site's own page.
    #[serde(default)]
    pub(super) back: String,
}

impl TakeDto {
    /// The address of the site's own page, when it was sent from there.
    pub(super) fn site_page(&self, site: &SiteCode) -> Option<&str> {
        let rest = self.back.strip_prefix(urls::site(site).as_str())?;
        (rest.is_empty() || rest.starts_with('?')).then_some(self.back.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_survives_the_round_trip_without_its_order() {
        let (query, ignored) = read(
            "list=watch&region=north&brand=fronius&kind=outage&q=cold+store&order=3.1&limit=9999",
        );

        assert_eq!(ignored, Vec::<String>::new());
        assert_eq!(query.order, [3.into(), 1.into()]);
        assert_eq!(query.limit, MOST);
        assert_eq!(
            address(&query),
            "/overview?list=watch&region=north&brand=fronius&kind=outage&q=cold+store&limit=500"
        );
    }

    #[test]
    fn only_the_page_of_the_same_site_is_a_way_back() {
        let site: SiteCode = "gg-1".parse().unwrap();
        let from = |back: &str| TakeDto { mine: true, back: back.to_owned() };

        assert_eq!(from("/sites/gg-1?days=3").site_page(&site), Some("/sites/gg-1?days=3"));
        assert_eq!(from("/sites/gg-12").site_page(&site), None);
        assert_eq!(from("//evil.example").site_page(&site), None);
        assert_eq!(from("list=watch").site_page(&site), None);
    }

    #[test]
    fn nonsense_gives_the_usual_overview() {
        let (query, ignored) = read("list=all&kind=boredom&owner=7&order=a.b&limit=-1&other=1");

        assert_eq!(query, OverviewQuery::default());
        assert_eq!(ignored.len(), 4);
    }
}
