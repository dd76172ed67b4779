//! What people asked a page for, as the query part of an address. The page and
//! its stream read it here, so they always show the same.

use std::fmt::Display;
use std::str::FromStr;

use form_urlencoded::Serializer;
use greengrid_app::monitoring::{OverviewQuery, OverviewView, SiteSort, SitesQuery};
use greengrid_domain::text::single_line;
use uuid::Uuid;

use crate::fault::Fault;

/// Rows a reader may have before them at most.
const MAX_ROWS: usize = 500;
/// Longest text to search for, in characters.
const MAX_TEXT: usize = 100;

/// Reads what the overview was asked for: `list`, `region`, `brand`, `kind`,
/// `owner`, `q`, `order`, `limit`. What is empty counts as not given.
pub(crate) fn overview_query(query: &str) -> Result<OverviewQuery, Fault> {
    let pairs = Pairs(query);
    Ok(OverviewQuery {
        view: pairs.parse("list")?.unwrap_or_default(),
        region: pairs.parse("region")?,
        brand: pairs.parse("brand")?,
        kind: pairs.parse("kind")?,
        owner: pairs.parse::<Uuid>("owner")?.map(Into::into),
        text: pairs.text("q")?,
        order: pairs.order()?,
        limit: pairs
            .parse::<u16>("limit")?
            .map_or(0, |limit| limit.min(u16::try_from(MAX_ROWS).unwrap_or(u16::MAX))),
    })
}

/// Reads what the list of sites was asked for: `status`, `region`, `brand`,
/// `q`, `sort`, `descending`, `page`.
pub(crate) fn sites_query(query: &str) -> Result<SitesQuery, Fault> {
    let pairs = Pairs(query);
    Ok(SitesQuery {
        status: pairs.parse("status")?,
        region: pairs.parse("region")?,
        brand: pairs.parse("brand")?,
        text: pairs.text("q")?,
        sort: pairs.parse("sort")?.unwrap_or_default(),
        descending: pairs.parse("descending")?.unwrap_or_default(),
        page: pairs.parse("page")?.unwrap_or_default(),
    })
}

/// Writes what [`overview_query`] reads.
pub(super) fn write_overview(query: &OverviewQuery, to: &mut Serializer<'_, String>) {
    let OverviewQuery { view, region, brand, kind, owner, text, order, limit } = query;
    put(to, "list", (*view != OverviewView::default()).then_some(view));
    put(to, "region", region.as_ref());
    put(to, "brand", brand.as_ref());
    put(to, "kind", kind.as_ref());
    put(to, "owner", owner.as_ref());
    put(to, "q", text.as_ref());
    if !order.is_empty() {
        // Dots need no escaping, so fifty sites stay readable in the address.
        let order: Vec<String> = order.iter().map(ToString::to_string).collect();
        to.append_pair("order", &order.join("."));
    }
    put(to, "limit", (*limit != 0).then_some(limit));
}

/// Writes what [`sites_query`] reads.
pub(super) fn write_sites(query: &SitesQuery, to: &mut Serializer<'_, String>) {
    let SitesQuery { status, region, brand, text, sort, descending, page } = query;
    put(to, "status", status.as_ref());
    put(to, "region", region.as_ref());
    put(to, "brand", brand.as_ref());
    put(to, "q", text.as_ref());
    put(to, "sort", (*sort != SiteSort::default()).then_some(sort));
    put(to, "descending", descending.then_some(descending));
    put(to, "page", (*page > 1).then_some(page));
}

pub(super) fn put(to: &mut Serializer<'_, String>, key: &str, value: Option<&impl Display>) {
    if let Some(value) = value {
        to.append_pair(key, &value.to_string());
    }
}

/// The pairs of a query; of several with one key the last counts.
pub(super) struct Pairs<'a>(pub(super) &'a str);

impl Pairs<'_> {
    pub(super) fn get(&self, key: &str) -> Option<String> {
        form_urlencoded::parse(self.0.as_bytes())
            .filter(|(k, value)| k == key && !value.is_empty())
            .last()
            .map(|(_, value)| value.into_owned())
    }

    pub(super) fn parse<T: FromStr>(&self, key: &str) -> Result<Option<T>, Fault> {
        let parse = |value: String| value.parse().map_err(|_| unknown(key));
        self.get(key).map(parse).transpose()
    }

    fn text(&self, key: &str) -> Result<Option<String>, Fault> {
        let text = self.get(key).map(|text| single_line(&text)).filter(|text| !text.is_empty());
        match text {
            Some(text) if text.chars().count() > MAX_TEXT => {
                Err(Fault::BadRequest(format!("a search has at most {MAX_TEXT} characters")))
            }
            text => Ok(text),
        }
    }

    fn order<T: From<i32>>(&self) -> Result<Vec<T>, Fault> {
        let Some(text) = self.get("order") else { return Ok(Vec::new()) };
        let ids = text.split(['.', ',']).take(MAX_ROWS);
        ids.map(|id| id.parse::<i32>().map(T::from).map_err(|_| unknown("order"))).collect()
    }
}

fn unknown(key: &str) -> Fault {
    Fault::BadRequest(format!("the address holds a value of {key} that does not exist"))
}
