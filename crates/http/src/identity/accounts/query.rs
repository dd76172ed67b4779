//! What the administrator's lists are asked for, in their addresses.

use greengrid_app::identity::{PeopleQuery, TrailQuery};
use greengrid_domain::time::SiteZone;
use jiff::ToSpan;
use jiff::civil::Date;

use crate::query::{Address, Asked};
use crate::urls;

/// Reads what the list of people is asked for, and what of it made no sense.
pub(crate) fn read_people(query: &str) -> (PeopleQuery, Vec<String>) {
    let mut asked = Asked::read(query);
    let query = PeopleQuery {
        text: asked.text("q"),
        role: asked.parse("role"),
        standing: asked.parse("standing"),
        sort: asked.parse("sort").unwrap_or_default(),
        page: asked.parse("page").unwrap_or_default(),
    };
    (query, asked.ignored)
}

/// Writes it into an address.
pub(crate) fn write_people(query: &PeopleQuery, to: Address) -> Address {
    to.with("q", query.text.as_ref())
        .with("role", query.role)
        .with("standing", query.standing)
        .with("sort", (query.sort != PeopleQuery::default().sort).then_some(query.sort))
        .with("page", (query.page > 1).then_some(query.page))
}

/// The list of people as asked for.
pub(super) fn people_address(query: &PeopleQuery) -> String {
    write_people(query, Address::new(urls::ADMIN)).finish()
}

/// What the trail is asked for, with days as they were typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct AskedTrail {
    pub(super) query: TrailQuery,
    pub(super) from: Option<Date>,
    pub(super) to: Option<Date>,
    pub(super) ignored: Vec<String>,
}

/// Reads what the trail is asked for. Days are those of the zone.
pub(super) fn read_trail(query: &str, zone: &SiteZone) -> AskedTrail {
    let mut asked = Asked::read(query);
    let (from, to): (Option<Date>, Option<Date>) = (asked.parse("from"), asked.parse("to"));
    let query = TrailQuery {
        who: asked.text("who"),
        subject: asked.parse("subject"),
        what: asked.text("what"),
        from: from.map(|day| zone.start_of(day)),
        until: to.map(|day| zone.start_of(day.saturating_add(1.day()))),
        before: asked.parse("before"),
    };
    AskedTrail { query, from, to, ignored: asked.ignored }
}

impl AskedTrail {
    /// The same under another path.
    pub(super) fn address(&self, path: &str, before: Option<i64>) -> String {
        Address::new(path)
            .with("who", self.query.who.as_ref())
            .with("subject", self.query.subject)
            .with("what", self.query.what.as_ref())
            .with("from", self.from)
            .with("to", self.to)
            .with("before", before)
            .finish()
    }
}
