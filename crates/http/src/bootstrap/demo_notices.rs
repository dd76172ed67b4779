//! Letters that people with sites got before the demo opens.

use std::sync::Arc;

use greengrid_app::clock::Clock;
use greengrid_app::error::StoreError;
use greengrid_app::messages::Links;
use greengrid_infra::demo::{DemoClock, first_look};
use jiff::{SignedDuration, Timestamp};

use super::{Core, CustomerParts};
use crate::settings::Secret;

/// Has the last month summed up on the first day of this one, in the morning.
pub(super) async fn last_month(
    core: &Core,
    links: &Links,
    secret: &Secret,
) -> Result<(), StoreError> {
    let clock: Arc<dyn Clock> = Arc::new(DemoClock::standing(first_morning(), 1.0));
    let parts = CustomerParts::of(core, links, secret).by(&clock);
    parts.rounds().notices.run().await?;
    Ok(())
}

/// On the first of the month in which the demo opens, at an hour for letters
/// in its whole country.
fn first_morning() -> Timestamp {
    let (opening, zone) = (first_look(), jiff::tz::TimeZone::UTC);
    let days = opening.to_zoned(zone).day() - 1;
    opening - SignedDuration::from_hours(24 * i64::from(days)) + SignedDuration::from_hours(3)
}
