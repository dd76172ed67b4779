//! A stretch of history as a CSV file.

use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use greengrid_app::customer::{Bucket, BucketStart, History};
use greengrid_app::monitoring::csv_text;
use greengrid_domain::fleet::Site;
use greengrid_domain::units::Energy;

const HEADER: &str =
    "site_id,from,energy_kwh,year_before_kwh,kwh_per_kwp,days_without_readings\r\n";

/// The file. Hours are told with the offset of the site's clocks, so that the
/// hour that comes twice in autumn is told apart.
pub(super) fn file(site: &Site, history: &History) -> Response {
    let name = format!(
        "{}-{}-{}-{}.csv",
        site.code, history.period.span, history.period.from, history.period.to
    );
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, text(site, history)).into_response()
}

/// What it holds: what is still to come is left out.
pub(super) fn text(site: &Site, history: &History) -> String {
    let past = history.buckets.iter().filter(|bucket| bucket.made.is_some() || !bucket.open);
    past.fold(HEADER.to_owned(), |text, bucket| text + &line(site, bucket))
}

fn line(site: &Site, bucket: &Bucket) -> String {
    let zone = &site.details.zone;
    let from = match bucket.start {
        BucketStart::Hour(at) => zone.local(at).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(),
        BucketStart::Day(day) => day.to_string(),
        BucketStart::Month(first) => first.strftime("%Y-%m").to_string(),
        BucketStart::Year(year) => year.to_string(),
    };
    let kwh = |energy: Option<Energy>| {
        energy.map_or(String::new(), |energy| format!("{:.3}", energy.kwh()))
    };
    let capacity = site.details.capacity();
    let per_kwp =
        bucket.made.zip(capacity).map(|(made, all)| format!("{:.3}", made.kwh() / all.kwp()));
    let cells = [
        csv_text(site.code.as_str()),
        from,
        kwh(bucket.made),
        kwh(bucket.year_before),
        per_kwp.unwrap_or_default(),
        bucket.missing_days.to_string(),
    ];
    let mut line = cells.join(",");
    line.push_str("\r\n");
    line
}
